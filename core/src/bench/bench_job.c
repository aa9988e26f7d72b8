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
    return job->places[entry - job->manifest.entries].integers;
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

static heed_bench_place place_of(const heed_bench_job *job, const heed_bench_entry *entry)
{
    char number[8], full[96];
    for (const heed_bench_slot *slot = job->plan->slots; slot->tensor && !entry->integers; slot++) {
        if (!*slot->tensor || !matches(slot->tensor, entry->name, number))
            continue;
        if (!*slot->param)
            return (heed_bench_place){-1, 0, 1, NULL};
        insert_number(full, sizeof full, slot->param, number);
        int param = heed_params_find(&job->model.params, full);
        return (heed_bench_place){param < 0 ? -2 : param, slot->part, slot->parts ? slot->parts : 1, NULL};
    }
    return (heed_bench_place){entry->integers ? -1 : -2, 0, 1, NULL};
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

/* Every tensor goes somewhere; every part of a parameter comes from one tensor, the last part last. */
static heed_status match(const heed_bench_job *job, heed_error *error)
{
    const heed_params *ours = &job->model.params;
    for (int i = 0; i < job->manifest.count; i++) {
        const heed_bench_entry *entry = &job->manifest.entries[i];
        const heed_bench_place *place = &job->places[i];
        if (place->param == -2)
            return heed_fail(error, HEED_ERROR_FORMAT, "manifest: %s has no place for the tensor \"%s\"",
                             job->plan->model.name, entry->name);
        if (place->param >= 0 && !fits(entry, &ours->list[place->param], place->parts))
            return heed_fail(error, HEED_ERROR_SHAPE,
                             "manifest: \"%s\" has not the shape of %s that its config asks for", entry->name,
                             ours->list[place->param].name);
    }
    for (int p = 0; p < ours->count; p++) {
        int sources = 0, wanted = zero_here(job, ours->list[p].name) ? 0 : 1; /* names differ: no part comes twice */
        for (int i = 0; i < job->manifest.count; i++)
            if (job->places[i].param == p) {
                wanted = job->places[i].parts;
                if (job->places[i].part != sources++)
                    return heed_fail(error, HEED_ERROR_FORMAT, "manifest: the tensors of %s come in another order",
                                     ours->list[p].name);
            }
        if (sources != wanted)
            return heed_fail(error, HEED_ERROR_FORMAT, "manifest: %s needs %d tensors for its parameter %s, not %d",
                             job->plan->model.name, wanted, ours->list[p].name, sources);
    }
    return HEED_OK;
}

/* Row `row` of a parameter, from job->row. */
static void put_row(heed_bench_job *job, int id, size_t row)
{
    heed_params *params = &job->model.params;
    const size_t width = heed_param_width(&params->list[id]);
    if (params->values || params->list[id].form != HEED_FORM_INT8) {
        heed_params_put_row(params, id, row, job->row);
        return;
    }
    heed_params_put_scale(params, id, row, (heed_real)heed_quantise_row(width, job->row, job->rounded));
    heed_params_put_int8(params, id, row, job->rounded);
}

/* Memory for the parameters, in the form in which they are used, and for what comes before them. */
static heed_status make_places(heed_bench_job *job, heed_error *error)
{
    heed_params *params = &job->model.params;
    size_t widest = 1;
    for (int i = 0; i < params->count; i++) {
        const size_t width = heed_param_width(&params->list[i]);
        params->list[i].form = heed_param_form(&params->list[i], job->int8);
        widest = width > widest ? width : widest;
    }
    job->row = heed_arena_alloc_zero(&job->arena, widest * sizeof *job->row);
    job->rounded = heed_arena_alloc(&job->arena, widest);
    if (!job->row || !job->rounded)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: a row of %zu", widest);
    HEED_TRY(job->training ? heed_params_allocate(params, error) : heed_params_reserve(params, error));
    for (int i = 0; i < params->count; i++)
        if (zero_here(job, params->list[i].name))
            for (size_t row = 0; row < heed_param_rows(&params->list[i]); row++)
                put_row(job, i, row);
    for (int i = 0; i < job->manifest.count; i++) {
        const heed_bench_entry *entry = &job->manifest.entries[i];
        if (!entry->integers)
            continue;
        job->places[i].integers = heed_arena_alloc_zero(&job->arena, entry->count * sizeof(int32_t));
        if (!job->places[i].integers)
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
    job->places = heed_arena_alloc(&job->arena, (size_t)job->manifest.count * sizeof *job->places);
    if (!job->places || job->model.params.failed)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: a benchmark's tensors");
    for (int i = 0; i < job->manifest.count; i++)
        job->places[i] = place_of(job, &job->manifest.entries[i]);
    HEED_TRY(match(job, error));
    HEED_TRY(make_places(job, error));
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
    const bool int8 = strcmp(dtype, "int8") == 0, training = strcmp(task, "train") == 0;
    if ((!int8 && strcmp(dtype, "f32") != 0) || (int8 && (training || plan->int8_tolerance == 0)))
        return heed_fail(error, HEED_ERROR_UNKNOWN, "bench: dtype \"%s\" of %s, %s: it is f32, or int8 to infer M1, M2",
                         dtype, plan->model.name, task);
    if (options->threads < 0 || options->threads > HEED_BENCH_THREADS)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "bench: threads is %d, must be 0 to %d", options->threads,
                         HEED_BENCH_THREADS);
    heed_bench_job *job = heed_alloc(1, sizeof *job);
    if (!job)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: a benchmark");
    job->plan = plan;
    job->training = training;
    job->int8 = int8;
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

/* The next elements of a tensor of reals, from number `done` on: rows that are whole are put where they belong. A
 * vector is one row, of which a tensor may be a part: what the other parts gave is fetched first. */
static heed_status take_reals(heed_bench_job *job, size_t done, const unsigned char *bytes, size_t count,
                              heed_error *error)
{
    const heed_bench_entry *entry = &job->manifest.entries[job->at];
    const heed_bench_place *place = &job->places[job->at];
    if (place->param < 0)
        return HEED_OK;
    const size_t width = heed_param_width(&job->model.params.list[place->param]);
    const size_t first = (size_t)place->part * entry->count + done;
    const bool vector = entry->rank == 1;
    bool finite = true;
    if (vector)
        heed_params_get_row(&job->model.params, place->param, 0, job->row);
    for (size_t i = first; i < first + count; i++) {
        float x;
        memcpy(&x, bytes + 4 * (i - first), 4);
        finite &= fabsf(x) <= 3.402823466e38f; /* false for a NaN */
        job->row[i % width] = x;
        if (i % width == width - 1 && !vector)
            put_row(job, place->param, i / width);
    }
    if (vector)
        put_row(job, place->param, 0);
    return finite ? HEED_OK : heed_fail(error, HEED_ERROR_NUMERIC, "bench: the tensor %s holds a NaN or an infinity",
                                        entry->name);
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
        if (entry->integers)
            memcpy(job->places[job->at].integers + done / 4, from, n);
        else
            HEED_TRY(take_reals(job, done / 4, from, n / 4, error));
        from += n;
        size -= n;
        job->fed += n;
        job->at += n == left;
    }
    if (job->fed == job->manifest.bytes && job->training)
        heed_bench_fill_batch(job);
    return HEED_OK;
}

heed_status heed_bench_job_run(heed_bench_job *job, heed_error *error)
{
    if (job->fed < job->manifest.bytes)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "bench: %zu of %zu bytes of tensors were given", job->fed,
                         job->manifest.bytes);
    return job->training ? heed_bench_train_step(job, error) : heed_bench_infer(job, NULL, error);
}

heed_bench_outcome heed_bench_job_outcome(const heed_bench_job *job) { return job->outcome; }
