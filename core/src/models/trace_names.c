#include "models/trace_names.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

static const char gradient[] = ".gradient", norm[] = ".gradient_norm";

static bool ends(const char *name, size_t n, const char *ending)
{
    const size_t m = strlen(ending);
    return n > m && memcmp(name + n - m, ending, m) == 0;
}

static bool is(const char *name, size_t n, const char *other)
{
    return strlen(other) == n && memcmp(name, other, n) == 0;
}

static const heed_param *find_param(const heed_model *model, const char *name, size_t n)
{
    for (int i = 0; i < model->params.count; i++)
        if (is(name, n, model->params.list[i].name))
            return &model->params.list[i];
    return NULL;
}

static bool is_kept(const heed_model *model, const char *name, size_t n)
{
    for (const char *const *kept = model->traces; kept && *kept; kept++)
        if (is(name, n, *kept))
            return true;
    return false;
}

static bool is_known(const heed_model *model, const char *name, size_t n)
{
    if (is_kept(model, name, n) || is(name, n, "attention") || find_param(model, name, n))
        return true;
    const size_t stem = ends(name, n, gradient) ? n - strlen(gradient) : 0;
    const heed_param *param = find_param(model, name, stem);
    return stem > 0 && ((param && !param->statistic) || (is_kept(model, name, stem) && !ends(name, stem, norm)));
}

heed_status heed_trace_check(const heed_model *model, const char *list, heed_error *error)
{
    for (size_t n; *list; list += n + (list[n] == ',')) {
        n = strcspn(list, ",");
        if (!is_known(model, list, n))
            return heed_fail(error, HEED_ERROR_UNKNOWN, "trace: \"%.*s\" is not kept by this model",
                             (int)(n < 100 ? n : 100), list);
    }
    return HEED_OK;
}

bool heed_trace_wanted(const char *list, const char *name)
{
    for (size_t n; *list; list += n + (list[n] == ',')) {
        n = strcspn(list, ",");
        if (is(list, n, name) || (is(list, n, "attention") && strcmp(name, "decoder.attention.weights") == 0))
            return true;
    }
    return false;
}

static bool is_gradient(const char *name, size_t n)
{
    return ends(name, n, gradient) || ends(name, n, norm);
}

bool heed_trace_wants_gradients(const char *list)
{
    for (size_t n; list && *list; list += n + (list[n] == ',')) {
        n = strcspn(list, ",");
        if (is_gradient(list, n))
            return true;
    }
    return false;
}

/* Every gradient of the list is there. */
static heed_status check_found(const char *list, const heed_trace *trace, heed_error *error)
{
    for (size_t n; *list; list += n + (list[n] == ',')) {
        n = strcspn(list, ",");
        bool found = !ends(list, n, gradient);
        for (int e = 0; e < trace->count && !found; e++)
            found = is(list, n, trace->entries[e].name);
        if (!found)
            return heed_fail(error, HEED_ERROR_ARGUMENT,
                             "trace: \"%.*s\": the value is only looked at and has no gradient of its own",
                             (int)(n < 100 ? n : 100), list);
    }
    return HEED_OK;
}

/* The gradients of the parameters in the list. */
static void keep_parameters(const heed_model *model, heed_tape *tape, const char *list)
{
    for (int i = 0; i < model->params.count; i++) {
        const heed_param *param = &model->params.list[i];
        char name[sizeof param->name + sizeof gradient];
        strcpy(name, param->name);
        strcat(name, gradient);
        if (!param->statistic && heed_trace_wanted(list, name))
            heed_trace_keep(tape, name,
                            heed_tensor_view(tape, tape->parameter_grads + param->offset, NULL, param->rank, param->dims));
    }
}

static heed_status go_back(const heed_model *model, const heed_batch *batch, const char *list, heed_tape *tape,
                           double *loss, heed_error *error)
{
    tape->recording = true;
    heed_tensor *total = model->arch->loss(model, tape, batch, 0);
    HEED_TRY(heed_tape_backward(tape, total, 1, error));
    if (loss)
        *loss = (double)total->data[0];
    keep_parameters(model, tape, list);
    HEED_TRY(heed_tape_check(tape, error));
    return check_found(list, tape->trace, error);
}

heed_status heed_trace_gradients(const heed_model *model, const heed_batch *batch, const char *list, heed_tape *to,
                                 double *loss, heed_error *error)
{
    heed_trace trace = {0};
    heed_tape tape = {0};
    heed_real *grads = heed_alloc(model->params.size, sizeof *grads);
    if (!grads)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: the trace of gradients");
    heed_status status = heed_tape_init(&tape, error);
    tape.attention_temperature = to->attention_temperature;
    tape.muted = to->muted;
    tape.parameter_grads = grads;
    tape.trace = &trace;
    if (status == HEED_OK)
        status = go_back(model, batch, list, &tape, loss, error);
    for (int i = trace.count - 1; i >= 0; i--) { /* the last step of a sequence came back first */
        const heed_trace_entry *entry = &trace.entries[i];
        if (is_gradient(entry->name, strlen(entry->name)) && heed_trace_wanted(list, entry->name))
            heed_trace_keep(to, entry->name, heed_tensor_view(to, entry->values, NULL, entry->rank, entry->dims));
    }
    heed_trace_free(&trace);
    heed_tape_free(&tape);
    heed_free(grads);
    return status == HEED_OK ? heed_tape_check(to, error) : status;
}

/* Name and shape; the values are to follow. */
static size_t begin_entry(heed_json_writer *writer, const char *name, int rank, const int *dims)
{
    size_t count = 1;
    heed_json_write_object(writer, NULL);
    heed_json_write_string(writer, "name", name);
    heed_json_write_array(writer, "shape");
    for (int k = 0; k < rank; k++) {
        heed_json_write_int(writer, NULL, dims[k]);
        count *= (size_t)dims[k];
    }
    heed_json_write_end_array(writer);
    heed_json_write_array(writer, "values");
    return count;
}

static void end_entry(heed_json_writer *writer)
{
    heed_json_write_end_array(writer);
    heed_json_write_end_object(writer);
}

/* The parameters among the names, as the kernels read them: int8 ones are what their rounded values stand for. */
static void write_parameters(const heed_params *params, const char *list, int digits, heed_json_writer *writer)
{
    for (int id = 0; id < params->count; id++) {
        const heed_param *param = &params->list[id];
        const size_t width = heed_param_width(param);
        if (!heed_trace_wanted(list, param->name))
            continue;
        heed_real *row = heed_alloc(width, sizeof *row);
        begin_entry(writer, param->name, param->rank, param->dims);
        for (size_t i = 0; row && i < heed_param_rows(param); i++) {
            heed_params_get_row(params, id, i, row);
            for (size_t k = 0; k < width; k++)
                heed_json_write_real(writer, NULL, (double)row[k], digits);
        }
        end_entry(writer);
        writer->out->failed = writer->out->failed || !row;
        heed_free(row);
    }
}

void heed_trace_write(const heed_model *model, const char *list, const heed_trace *trace, int digits,
                      heed_json_writer *writer)
{
    heed_json_write_array(writer, "trace");
    if (list)
        write_parameters(&model->params, list, digits, writer);
    for (int i = 0; list && i < trace->count; i++) {
        const heed_trace_entry *entry = &trace->entries[i];
        if (!heed_trace_wanted(list, entry->name))
            continue;
        const size_t count = begin_entry(writer, entry->name, entry->rank, entry->dims);
        for (size_t k = 0; k < count; k++)
            heed_json_write_real(writer, NULL, (double)entry->values[k], digits);
        end_entry(writer);
    }
    heed_json_write_end_array(writer);
}
