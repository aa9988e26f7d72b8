/* A benchmark's model: made of a manifest, filled from a file piece by piece, run. */
#include "bench/bench_job.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

const heed_bench_model *heed_bench_model_at(int i)
{
    return heed_bench_plans[i].arch ? &heed_bench_plans[i].model : NULL;
}

uint64_t heed_bench_allocations(void) { return heed_alloc_count(); }

int32_t *heed_bench_input(const heed_bench_job *job, const char *name, int *rows, int *columns, heed_error *error)
{
    const heed_bench_entry *entry = heed_bench_manifest_find(&job->manifest, name);
    if (!entry || !entry->integers) {
        heed_fail(error, HEED_ERROR_FORMAT, "manifest: there is no i32 tensor \"%s\"", name);
        return NULL;
    }
    *rows = entry->dims[0];
    *columns = entry->rank == 2 ? entry->dims[1] : 1;
    return job->destinations[entry - job->manifest.entries];
}

/* Whether `name` is `pattern`, in which '#' stands for a number of up to 7 digits, given in `number`. */
static bool matches(const char *pattern, const char *name, char number[8])
{
    number[0] = '\0';
    while (*pattern) {
        if (*pattern == '#') {
            size_t n = strspn(name, "0123456789");
            if (n == 0 || n > 7)
                return false;
            memcpy(number, name, n);
            number[n] = '\0';
            name += n;
            pattern++;
        } else if (*pattern++ != *name++) {
            return false;
        }
    }
    return *name == '\0';
}

static void insert_number(char *out, size_t size, const char *pattern, const char *number)
{
    const char *mark = strchr(pattern, '#');
    if (mark)
        snprintf(out, size, "%.*s%s%s", (int)(mark - pattern), pattern, number, mark + 1);
    else
        snprintf(out, size, "%s", pattern);
}

/* Where a tensor goes: rows `part` of `parts` of parameter `param`. */
typedef struct placing {
    int param; /* -1: our model computes it; -2: nobody reads it */
    int part, parts;
} placing;

static placing place_of(const heed_bench_job *job, const char *name)
{
    char number[8], full[96];
    for (const heed_bench_slot *slot = job->plan->slots; slot->tensor; slot++) {
        if (!*slot->tensor || !matches(slot->tensor, name, number))
            continue;
        if (!*slot->param)
            return (placing){-1, 0, 1};
        insert_number(full, sizeof full, slot->param, number);
        int param = heed_params_find(&job->model.params, full);
        return (placing){param < 0 ? -2 : param, slot->part, slot->parts ? slot->parts : 1};
    }
    return (placing){-2, 0, 1};
}

static bool zero_here(const heed_bench_job *job, const char *param)
{
    char number[8];
    for (const heed_bench_slot *slot = job->plan->slots; slot->tensor; slot++)
        if (!*slot->tensor && matches(slot->param, param, number))
            return true;
    return false;
}

static bool fits(const heed_bench_entry *entry, const heed_param *param, int parts)
{
    bool same = entry->rank == param->rank && param->dims[0] % parts == 0 && entry->dims[0] == param->dims[0] / parts;
    for (int i = 1; same && i < entry->rank; i++)
        same = entry->dims[i] == param->dims[i];
    return same;
}

/* Every tensor goes somewhere, every part of a parameter comes from one tensor. */
static heed_status match(const heed_bench_job *job, placing *placings, heed_error *error)
{
    const heed_params *ours = &job->model.params;
    for (int i = 0; i < job->manifest.count; i++) {
        const heed_bench_entry *entry = &job->manifest.entries[i];
        placings[i] = entry->integers ? (placing){-1, 0, 1} : place_of(job, entry->name);
        const int param = placings[i].param;
        if (param == -2)
            return heed_fail(error, HEED_ERROR_FORMAT, "manifest: %s has no place for the tensor \"%s\"",
                             job->plan->model.name, entry->name);
        if (param >= 0 && !fits(entry, &ours->list[param], placings[i].parts))
            return heed_fail(error, HEED_ERROR_SHAPE,
                             "manifest: \"%s\" has not the shape of %s that its config asks for", entry->name,
                             ours->list[param].name);
    }
    for (int p = 0; p < ours->count; p++) {
        int sources = 0, wanted = zero_here(job, ours->list[p].name) ? 0 : 1; /* names differ: no part comes twice */
        for (int i = 0; i < job->manifest.count; i++)
            if (placings[i].param == p) {
                sources++;
                wanted = placings[i].parts;
            }
        if (sources != wanted)
            return heed_fail(error, HEED_ERROR_FORMAT, "manifest: %s needs %d tensors for its parameter %s, not %d",
                             job->plan->model.name, wanted, ours->list[p].name, sources);
    }
    return HEED_OK;
}

static heed_status make_places(heed_bench_job *job, const placing *placings, heed_error *error)
{
    HEED_TRY(heed_params_allocate(&job->model.params, error));
    for (int i = 0; i < job->manifest.count; i++) {
        const heed_bench_entry *entry = &job->manifest.entries[i];
        const placing *place = &placings[i];
        job->destinations[i] = NULL;
        if (entry->integers)
            job->destinations[i] = heed_arena_alloc_zero(&job->arena, entry->count * sizeof(int32_t));
        else if (place->param >= 0)
            job->destinations[i] = job->model.params.values + job->model.params.list[place->param].offset +
                                   (size_t)place->part * entry->count;
        if (entry->integers && !job->destinations[i])
            return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: the tensor %s", entry->name);
    }
    return HEED_OK;
}

static heed_status make_model(heed_bench_job *job, heed_error *error)
{
    heed_string_buffer text = {0};
    heed_json_writer writer = {.out = &text};
    heed_json_write_object(&writer, NULL);
    heed_status status = job->plan->configure(job->manifest.config, &job->sizes, &writer, error);
    heed_json_write_end_object(&writer);
    heed_model *model = &job->model;
    if (status == HEED_OK && text.failed)
        status = heed_fail(error, HEED_ERROR_MEMORY, "out of memory: a model's config");
    if (status == HEED_OK)
        model->config = heed_json_parse(&model->arena, text.text, text.length, "config", error);
    heed_string_free(&text);
    HEED_TRY(status);
    if (!model->config)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: a model's config");
    model->arch = job->plan->arch;
    return model->arch->configure(model, model->config, (int)job->sizes.source_vocabulary,
                                  (int)job->sizes.target_vocabulary, error);
}

static heed_status build(heed_bench_job *job, int threads, const char *manifest, size_t manifest_size,
                         size_t file_size, heed_error *error)
{
    HEED_TRY(heed_bench_manifest_parse(&job->arena, manifest, manifest_size, &job->manifest, error));
    if (job->manifest.bytes != file_size)
        return heed_fail(error, HEED_ERROR_FORMAT, "the manifest's tensors have %zu bytes, but the file has %zu",
                         job->manifest.bytes, file_size);
    HEED_TRY(make_model(job, error));
    placing *placings = heed_arena_alloc(&job->arena, (size_t)job->manifest.count * sizeof *placings);
    job->destinations = heed_arena_alloc(&job->arena, (size_t)job->manifest.count * sizeof *job->destinations);
    if (!placings || !job->destinations || job->model.params.failed)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: a benchmark's tensors");
    HEED_TRY(match(job, placings, error));
    HEED_TRY(make_places(job, placings, error));
    job->outcome.weights = (int64_t)job->model.params.size;
    return job->training ? heed_bench_prepare_training(job, threads, error) : heed_bench_prepare_inference(job, error);
}

static heed_status find_plan(const char *name, const heed_bench_plan **out, heed_error *error)
{
    char names[128] = "";
    for (const heed_bench_plan *plan = heed_bench_plans; plan->arch; plan++) {
        *out = plan;
        if (name && strcmp(plan->model.name, name) == 0)
            return HEED_OK;
        snprintf(names + strlen(names), sizeof names - strlen(names), " %s", plan->model.name);
    }
    return heed_fail(error, HEED_ERROR_UNKNOWN, "bench: model \"%s\" is not one of:%s", name ? name : "", names);
}

heed_status heed_bench_job_create(const heed_bench_job_options *options, const char *manifest, size_t manifest_size,
                                  size_t file_size, heed_bench_job **out, heed_error *error)
{
    const heed_bench_plan *plan = NULL;
    const char *task = options->task ? options->task : "infer", *dtype = options->dtype ? options->dtype : "f32";
    *out = NULL;
    HEED_TRY(find_plan(options->model, &plan, error));
    if ((strcmp(task, "infer") != 0 && strcmp(task, "train") != 0) || !strstr(plan->model.tasks, task))
        return heed_fail(error, HEED_ERROR_UNKNOWN, "bench: the tasks of %s are: %s; not \"%s\"", plan->model.name,
                         plan->model.tasks, task);
    if (strcmp(dtype, "f32") != 0)
        return heed_fail(error, HEED_ERROR_UNKNOWN, "bench: dtype \"%s\" is not f32", dtype);
    if (options->threads < 0 || options->threads > HEED_BENCH_THREADS)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "bench: threads is %d, must be 0 to %d", options->threads,
                         HEED_BENCH_THREADS);
    heed_bench_job *job = heed_alloc(1, sizeof *job);
    if (!job)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: a benchmark");
    job->plan = plan;
    job->training = strcmp(task, "train") == 0;
    heed_status status = build(job, options->threads > 0 ? options->threads : 1, manifest, manifest_size, file_size,
                               error);
    if (status != HEED_OK) {
        heed_bench_job_free(job);
        return status;
    }
    *out = job;
    return HEED_OK;
}

void heed_bench_job_free(heed_bench_job *job)
{
    if (!job)
        return;
    heed_bench_free_training(job);
    heed_tape_free(&job->tape);
    heed_params_free(&job->model.params);
    heed_arena_free(&job->model.arena);
    heed_arena_free(&job->arena);
    heed_free(job);
}

static bool copy_reals(heed_real *out, const unsigned char *bytes, size_t count)
{
    bool finite = true;
    for (size_t i = 0; i < count; i++) {
        float x;
        memcpy(&x, bytes + 4 * i, 4);
        finite &= fabsf(x) <= 3.402823466e38f; /* false for a NaN */
        out[i] = x;
    }
    return finite;
}

heed_status heed_bench_job_feed(heed_bench_job *job, const void *bytes, size_t size, heed_error *error)
{
    const unsigned char *from = bytes;
    if (size % 4 != 0 || size > job->manifest.bytes - job->fed)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "bench: %zu more bytes were given, of which %zu can be taken, a "
                         "multiple of four", size, job->manifest.bytes - job->fed);
    while (size > 0) {
        const heed_bench_entry *entry = &job->manifest.entries[job->at];
        const size_t done = job->fed - entry->offset, left = entry->count * 4 - done, n = size < left ? size : left;
        void *place = job->destinations[job->at];
        if (entry->integers)
            memcpy((char *)place + done, from, n);
        else if (place && !copy_reals((heed_real *)place + done / 4, from, n / 4))
            return heed_fail(error, HEED_ERROR_NUMERIC, "bench: the tensor %s holds a NaN or an infinity", entry->name);
        from += n;
        size -= n;
        job->fed += n;
        job->at += n == left;
    }
    if (job->fed < job->manifest.bytes)
        return HEED_OK;
    if (!job->training)
        return heed_params_pack(&job->model.params, error);
    heed_bench_fill_batch(job);
    return HEED_OK;
}

heed_status heed_bench_job_run(heed_bench_job *job, heed_error *error)
{
    if (job->fed < job->manifest.bytes)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "bench: %zu of %zu bytes of tensors were given", job->fed,
                         job->manifest.bytes);
    return job->training ? heed_bench_train_step(job, error) : heed_bench_infer(job, error);
}

heed_bench_outcome heed_bench_job_outcome(const heed_bench_job *job) { return job->outcome; }
