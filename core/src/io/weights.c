/* Writing. Parameters are taken row by row, whatever their form. */
#include "io/weights.h"

#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "io/safetensors.h"
#include "io/weights_tensor.h"

static const char *const what = "weights";

/* A row of a parameter, which is written only when all of it is finite. */
static heed_status take_row(const heed_params *params, int id, size_t row, heed_real *out, heed_error *error)
{
    const heed_param *param = &params->list[id];
    const size_t width = heed_param_width(param);
    heed_params_get_row(params, id, row, out);
    for (size_t i = 0; i < width; i++)
        HEED_TRY(heed_weights_check_finite((double)out[i], param->name, row * width + i, error));
    return HEED_OK;
}

static heed_status add_int8(const heed_params *params, int id, heed_real *row, heed_arena *arena,
                            heed_safetensor *tensor, heed_safetensor *scale, heed_error *error)
{
    const heed_param *param = &params->list[id];
    const size_t rows = heed_param_rows(param), columns = heed_param_width(param);
    int8_t *q = heed_arena_alloc(arena, param->count);
    float *scales = heed_arena_alloc(arena, rows * sizeof *scales);
    char *name = heed_arena_alloc(arena, HEED_WEIGHTS_NAME);
    if (q == NULL || scales == NULL || name == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory for %s", what, param->name);
    for (size_t r = 0; r < rows; r++) {
        HEED_TRY(take_row(params, id, r, row, error));
        scales[r] = heed_quantise_row(columns, row, q + r * columns);
    }
    heed_weights_scale_name(param, name);
    tensor->dtype = HEED_I8;
    tensor->data.data = (const unsigned char *)q;
    scale->name = name;
    scale->dtype = HEED_F32;
    scale->rank = 1;
    scale->dims[0] = (int64_t)rows;
    scale->data.data = (const unsigned char *)scales;
    return HEED_OK;
}

static heed_status add_float(const heed_params *params, int id, heed_real *row, heed_arena *arena,
                             heed_safetensor *tensor, heed_error *error)
{
    const heed_param *param = &params->list[id];
    const size_t width = heed_param_width(param);
    float *copy = heed_arena_alloc(arena, param->count * sizeof *copy);
    if (copy == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory for %s", what, param->name);
    for (size_t r = 0; r < heed_param_rows(param); r++) {
        HEED_TRY(take_row(params, id, r, row, error));
        for (size_t i = 0; i < width; i++)
            copy[r * width + i] = (float)row[i];
    }
    tensor->dtype = HEED_F32;
    tensor->data.data = (const unsigned char *)copy;
    return HEED_OK;
}

static heed_status add_param(const heed_params *params, int id, bool int8, heed_arena *arena, heed_safetensor *list,
                             int *count, heed_error *error)
{
    const heed_param *param = &params->list[id];
    heed_real *row = heed_arena_alloc(arena, heed_param_width(param) * sizeof *row);
    if (row == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory for %s", what, param->name);
    heed_safetensor *tensor = &list[(*count)++];
    tensor->name = param->name;
    tensor->rank = param->rank;
    heed_weights_dims(param, tensor->dims);
    if (int8 && param->rank == 2)
        return add_int8(params, id, row, arena, tensor, &list[(*count)++], error);
    return add_float(params, id, row, arena, tensor, error);
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
        HEED_TRY(add_param(params, i, int8, arena, list, count, error));
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
