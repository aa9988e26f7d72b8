#include "io/weights.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "io/safetensors.h"

static const char *const what = "weights";
enum { NAME_SIZE = 128 };

static void scale_name(const heed_param *param, char out[NAME_SIZE])
{
    snprintf(out, NAME_SIZE, "%s.scale", param->name);
}

static void param_dims(const heed_param *param, int64_t *dims)
{
    for (int i = 0; i < param->rank; i++)
        dims[i] = param->dims[i];
}

static heed_status check_shape(const heed_safetensor *tensor, int rank, const int64_t *dims, heed_error *error)
{
    char want[200], have[200];
    if (tensor->rank == rank && memcmp(tensor->dims, dims, (size_t)rank * sizeof *dims) == 0)
        return HEED_OK;
    return heed_fail(error, HEED_ERROR_SHAPE, "%s: %s is %s in the file; the model needs %s", what, tensor->name,
                     heed_dims_text(tensor->rank, tensor->dims, have, sizeof have),
                     heed_dims_text(rank, dims, want, sizeof want));
}

static heed_status check_finite(double value, const char *name, size_t i, heed_error *error)
{
    if (isfinite(value))
        return HEED_OK;
    return heed_fail(error, HEED_ERROR_NUMERIC, "%s: %s holds %s at element %zu", what, name,
                     isnan(value) ? "a NaN" : "an infinity", i);
}

static heed_status read_float(const heed_safetensor *tensor, heed_real *values, heed_error *error)
{
    for (size_t i = 0; i < tensor->count; i++) {
        double value = heed_safetensor_real(tensor, i);
        HEED_TRY(check_finite(value, tensor->name, i, error));
        values[i] = (heed_real)value;
    }
    return HEED_OK;
}

static heed_status read_int8(const heed_safetensors *file, const heed_safetensor *tensor, const heed_param *param,
                             heed_real *values, heed_error *error)
{
    char name[NAME_SIZE];
    scale_name(param, name);
    const heed_safetensor *scale = heed_safetensors_find(file, name);
    if (param->rank != 2)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s: %s is I8, which only a matrix can be", what, param->name);
    if (scale == NULL)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s: %s is I8 but %s is missing", what, param->name, name);
    if (scale->dtype != HEED_F32)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s: %s is %s; it must be F32", what, name,
                         heed_dtype_name(scale->dtype));
    int64_t rows = param->dims[0];
    HEED_TRY(check_shape(scale, 1, &rows, error));
    size_t columns = (size_t)param->dims[1];
    for (size_t r = 0; r < (size_t)rows; r++) {
        double s = heed_safetensor_real(scale, r);
        HEED_TRY(check_finite(s, name, r, error));
        for (size_t c = 0; c < columns; c++)
            values[r * columns + c] = (heed_real)((float)(signed char)tensor->data.data[r * columns + c] * (float)s);
    }
    /* A scale near the largest float is finite, but not times 127. */
    for (size_t i = 0; i < param->count; i++)
        HEED_TRY(check_finite((double)values[i], param->name, i, error));
    return HEED_OK;
}

static heed_status read_param(const heed_safetensors *file, heed_params *params, const heed_param *param, int *used,
                              heed_error *error)
{
    int64_t dims[HEED_MAX_RANK];
    char text[200];
    param_dims(param, dims);
    const heed_safetensor *tensor = heed_safetensors_find(file, param->name);
    if (tensor == NULL)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s: %s %s is missing", what, param->name,
                         heed_dims_text(param->rank, dims, text, sizeof text));
    HEED_TRY(check_shape(tensor, param->rank, dims, error));
    heed_real *values = params->values + param->offset;
    *used += tensor->dtype == HEED_I8 ? 2 : 1;
    if (tensor->dtype == HEED_I8)
        return read_int8(file, tensor, param, values, error);
    if (tensor->dtype == HEED_F32)
        return read_float(tensor, values, error);
    return heed_fail(error, HEED_ERROR_FORMAT, "%s: %s is %s; F32 and I8 are read", what, param->name,
                     heed_dtype_name(tensor->dtype));
}

/* Whether the model has use for a tensor: a parameter, or the scale of an I8 one. */
static int is_declared(const heed_safetensors *file, const heed_params *params, const char *name)
{
    char owner[NAME_SIZE];
    size_t n = strlen(name), tail = strlen(".scale");
    if (heed_params_find(params, name) >= 0)
        return 1;
    if (n <= tail || n - tail >= sizeof owner || strcmp(name + n - tail, ".scale") != 0)
        return 0;
    memcpy(owner, name, n - tail);
    owner[n - tail] = '\0';
    const heed_safetensor *tensor = heed_safetensors_find(file, owner);
    return tensor != NULL && tensor->dtype == HEED_I8 && heed_params_find(params, owner) >= 0;
}

heed_status heed_weights_read(heed_params *params, const void *bytes, size_t size, heed_error *error)
{
    heed_arena arena = {0};
    heed_safetensors file;
    int used = 0;
    heed_status status = heed_safetensors_parse(&arena, bytes, size, what, &file, error);
    for (int i = 0; i < params->count && status == HEED_OK; i++)
        status = read_param(&file, params, &params->list[i], &used, error);
    for (int i = 0; i < file.count && status == HEED_OK && used != file.count; i++)
        if (!is_declared(&file, params, file.list[i].name)) {
            char text[200];
            status = heed_fail(error, HEED_ERROR_FORMAT, "%s: the model has no parameter %.100s %s", what,
                               file.list[i].name,
                               heed_dims_text(file.list[i].rank, file.list[i].dims, text, sizeof text));
        }
    heed_arena_free(&arena);
    return status;
}

/* The scale of a row, symmetric: -128 stays unused. */
static float row_scale(const heed_real *w, size_t n)
{
    double largest = 0;
    for (size_t i = 0; i < n; i++)
        if (fabs((double)w[i]) > largest)
            largest = fabs((double)w[i]);
    return (float)(largest / 127);
}

static signed char quantize(double w, float scale)
{
    double level = scale > 0 ? round(w / (double)scale) : 0;
    return (signed char)(level > 127 ? 127 : level < -127 ? -127 : level);
}

static heed_status add_int8(const heed_param *param, const heed_real *values, heed_arena *arena,
                            heed_safetensor *tensor, heed_safetensor *scale, heed_error *error)
{
    size_t rows = (size_t)param->dims[0], columns = (size_t)param->dims[1];
    signed char *q = heed_arena_alloc(arena, param->count);
    float *scales = heed_arena_alloc(arena, rows * sizeof *scales);
    char *name = heed_arena_alloc(arena, NAME_SIZE);
    if (q == NULL || scales == NULL || name == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory for %s", what, param->name);
    for (size_t r = 0; r < rows; r++) {
        scales[r] = row_scale(values + r * columns, columns);
        for (size_t i = r * columns; i < (r + 1) * columns; i++)
            q[i] = quantize((double)values[i], scales[r]);
    }
    scale_name(param, name);
    tensor->dtype = HEED_I8;
    tensor->data.data = (const unsigned char *)q;
    scale->name = name;
    scale->dtype = HEED_F32;
    scale->rank = 1;
    scale->dims[0] = (int64_t)rows;
    scale->data.data = (const unsigned char *)scales;
    return HEED_OK;
}

static heed_status add_float(const heed_param *param, const heed_real *values, heed_arena *arena,
                             heed_safetensor *tensor, heed_error *error)
{
    float *copy = heed_arena_alloc(arena, param->count * sizeof *copy);
    if (copy == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory for %s", what, param->name);
    for (size_t i = 0; i < param->count; i++)
        copy[i] = (float)values[i];
    tensor->dtype = HEED_F32;
    tensor->data.data = (const unsigned char *)copy;
    return HEED_OK;
}

static heed_status add_param(const heed_params *params, const heed_param *param, bool int8, heed_arena *arena,
                             heed_safetensor *list, int *count, heed_error *error)
{
    const heed_real *values = params->values + param->offset;
    for (size_t i = 0; i < param->count; i++)
        HEED_TRY(check_finite((double)values[i], param->name, i, error));
    heed_safetensor *tensor = &list[(*count)++];
    tensor->name = param->name;
    tensor->rank = param->rank;
    param_dims(param, tensor->dims);
    if (int8 && param->rank == 2)
        return add_int8(param, values, arena, tensor, &list[(*count)++], error);
    return add_float(param, values, arena, tensor, error);
}

/* Wide elements first, as the format's own library has it: every tensor then lies at a multiple of its element. */
static void order_by_size(const heed_safetensor *list, int count, heed_safetensor *out)
{
    for (int wide = 1; wide >= 0; wide--)
        for (int i = 0; i < count; i++)
            if ((list[i].dtype != HEED_I8) == wide)
                *out++ = list[i];
}

static const heed_metadata format = {"format", "heed"};

/* The tensors of the file in their order, in the arena. */
static heed_status list_tensors(const heed_params *params, bool int8, heed_arena *arena, heed_safetensor **out,
                                int *count, heed_error *error)
{
    size_t room = 2 * (size_t)params->count;
    heed_safetensor *list = heed_arena_alloc_zero(arena, room * sizeof *list);
    *out = heed_arena_alloc(arena, room * sizeof **out);
    *count = 0;
    if (list == NULL || *out == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory for %d tensors", what, params->count);
    for (int i = 0; i < params->count; i++)
        HEED_TRY(add_param(params, &params->list[i], int8, arena, list, count, error));
    order_by_size(list, *count, *out);
    return HEED_OK;
}

heed_status heed_weights_write(const heed_params *params, const char *path, bool int8, heed_error *error)
{
    heed_arena arena = {0};
    heed_safetensor *list;
    int count;
    heed_status status = list_tensors(params, int8, &arena, &list, &count, error);
    if (status == HEED_OK)
        status = heed_safetensors_write(path, list, count, &format, 1, error);
    heed_arena_free(&arena);
    return status;
}

heed_status heed_weights_encode(const heed_params *params, bool int8, heed_string_buffer *out, heed_error *error)
{
    heed_arena arena = {0};
    heed_safetensor *list;
    int count;
    heed_status status = list_tensors(params, int8, &arena, &list, &count, error);
    if (status == HEED_OK)
        status = heed_safetensors_encode(list, count, &format, 1, what, out, error);
    heed_arena_free(&arena);
    return status;
}

void heed_weights_round(heed_params *params)
{
    for (int i = 0; i < params->count; i++) {
        const heed_param *param = &params->list[i];
        if (param->rank != 2)
            continue;
        size_t columns = (size_t)param->dims[1];
        for (int r = 0; r < param->dims[0]; r++) {
            heed_real *row = params->values + param->offset + (size_t)r * columns;
            float scale = row_scale(row, columns);
            for (size_t c = 0; c < columns; c++)
                row[c] = (heed_real)((float)quantize((double)row[c], scale) * scale);
        }
    }
}
