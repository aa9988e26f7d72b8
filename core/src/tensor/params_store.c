/* The forms of parameters that the kernels read: packing, rows put in and taken out, tensors. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "tensor/params.h"

size_t heed_param_width(const heed_param *param)
{
    return param->rank > 0 ? (size_t)param->dims[param->rank - 1] : 1;
}

heed_form heed_param_form(const heed_param *param, bool int8)
{
    if (param->matrix && int8 && param->dims[1] <= HEED_INT8_WIDTH)
        return HEED_FORM_INT8;
    return param->matrix && !param->lookup ? HEED_FORM_PANELS : HEED_FORM_FLAT;
}

/* Bytes of a parameter in its form. */
static size_t form_bytes(const heed_kernels *kernels, const heed_param *param)
{
    switch (param->form) {
    case HEED_FORM_INT8:
        return kernels->int8_size(param->dims[1], param->dims[0]);
    case HEED_FORM_PANELS:
        return kernels->packed_size(param->dims[1], param->dims[0]) * sizeof(heed_real);
    case HEED_FORM_FLAT:
        break;
    }
    return param->count * sizeof(heed_real);
}

/* Gives every parameter its slot and allocates; `all`, or the packed ones only. */
static heed_status make_store(heed_params *params, bool all, heed_error *error)
{
    enum { WIDEST_PANEL = 256 };
    const heed_kernels *kernels = heed_kernels_active();
    size_t size = 0;
    bool fits = !params->failed;
    for (int i = 0; i < params->count && fits; i++) {
        heed_param *param = &params->list[i];
        size_t most; /* no packed form is larger */
        if (!all && param->form == HEED_FORM_FLAT)
            continue;
        fits = heed_add_size(heed_param_rows(param), WIDEST_PANEL, &most) &&
               heed_mul_size(most, heed_param_width(param) + 4 * sizeof(heed_real), &most) &&
               heed_mul_size(most, sizeof(heed_real), &most) && heed_add_size(most, size, &most);
        if (!fits)
            break;
        param->slot = size;
        size += (form_bytes(kernels, param) + HEED_ALIGNMENT - 1) / HEED_ALIGNMENT * HEED_ALIGNMENT;
    }
    params->kernels = kernels;
    params->store_size = size;
    params->store = fits ? heed_alloc_large(size) : NULL;
    if (!params->store)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: %zu parameters", params->size);
    return HEED_OK;
}

static heed_real *reals_at(const heed_params *params, const heed_param *param)
{
    return (heed_real *)(params->store + param->slot);
}

heed_status heed_params_reserve(heed_params *params, heed_error *error)
{
    return make_store(params, true, error);
}

heed_status heed_params_pack(heed_params *params, heed_error *error)
{
    if (!params->values)
        return HEED_OK;
    for (int i = 0; i < params->count; i++)
        params->list[i].form = heed_param_form(&params->list[i], false);
    if (params->store && params->kernels != heed_kernels_active()) {
        heed_free(params->store);
        params->store = NULL;
    }
    if (!params->store)
        HEED_TRY(make_store(params, false, error));
    for (int i = 0; i < params->count; i++) {
        const heed_param *param = &params->list[i];
        if (param->form == HEED_FORM_PANELS) /* W [out, in] is read as W^T: element (p, j) is w[j * in + p] */
            params->kernels->pack(param->dims[1], param->dims[0], params->values + param->offset, 1, param->dims[1],
                                  reals_at(params, param));
    }
    return HEED_OK;
}

void heed_params_get_row(const heed_params *params, int id, size_t row, heed_real *out)
{
    const heed_param *param = &params->list[id];
    const size_t width = heed_param_width(param);
    if (params->values)
        memcpy(out, params->values + param->offset + row * width, width * sizeof *out);
    else if (param->form == HEED_FORM_FLAT)
        memcpy(out, reals_at(params, param) + row * width, width * sizeof *out);
    else if (param->form == HEED_FORM_PANELS)
        params->kernels->packed_row(param->dims[1], param->dims[0], (int)row, reals_at(params, param), out);
    else
        params->kernels->int8_row(param->dims[1], param->dims[0], (int)row, params->store + param->slot, out);
}

void heed_params_put_row(heed_params *params, int id, size_t row, const heed_real *w)
{
    const heed_param *param = &params->list[id];
    const size_t width = heed_param_width(param);
    if (params->values)
        memcpy(params->values + param->offset + row * width, w, width * sizeof *w);
    else if (param->form == HEED_FORM_PANELS)
        params->kernels->pack_row(param->dims[1], param->dims[0], (int)row, w, reals_at(params, param));
    else
        memcpy(reals_at(params, param) + row * width, w, width * sizeof *w);
}

void heed_params_put_int8(heed_params *params, int id, size_t row, const int8_t *q)
{
    const heed_param *param = &params->list[id];
    params->kernels->int8_pack(param->dims[1], param->dims[0], (int)row, 1, q, params->store + param->slot);
}

void heed_params_put_scale(heed_params *params, int id, size_t row, heed_real scale)
{
    const heed_param *param = &params->list[id];
    params->kernels->int8_scale(param->dims[1], param->dims[0], (int)row, scale, params->store + param->slot);
}

float heed_quantise_row(size_t n, const heed_real *w, int8_t *q)
{
    double largest = 0;
    for (size_t i = 0; i < n; i++)
        if (fabs((double)w[i]) > largest)
            largest = fabs((double)w[i]);
    const float scale = (float)(largest / 127);
    for (size_t i = 0; i < n; i++) {
        const double level = scale > 0 ? round((double)w[i] / (double)scale) : 0;
        q[i] = (int8_t)(level > 127 ? 127 : level < -127 ? -127 : level);
    }
    return scale;
}

/* The rows of one parameter of the flat block `values` into the store. `q` holds a row of int8. */
static void settle_param(heed_params *params, int id, const heed_real *values, int8_t *q)
{
    const heed_param *param = &params->list[id];
    const size_t width = heed_param_width(param), rows = heed_param_rows(param);
    for (size_t row = 0; row < rows; row++) {
        const heed_real *w = values + param->offset + row * width;
        if (param->form == HEED_FORM_INT8) {
            heed_params_put_scale(params, id, row, (heed_real)heed_quantise_row(width, w, q));
            heed_params_put_int8(params, id, row, q);
        } else {
            heed_params_put_row(params, id, row, w);
        }
    }
}

heed_status heed_params_settle(heed_params *params, bool int8, heed_error *error)
{
    heed_real *values = params->values;
    size_t widest = 0;
    if (!values)
        return HEED_OK;
    for (int i = 0; i < params->count; i++) {
        heed_param *param = &params->list[i];
        param->form = heed_param_form(param, int8);
        widest = heed_param_width(param) > widest ? heed_param_width(param) : widest;
    }
    heed_free(params->store);
    params->store = NULL;
    int8_t *q = heed_alloc(widest, 1);
    heed_status status = q ? heed_params_reserve(params, error)
                           : heed_fail(error, HEED_ERROR_MEMORY, "out of memory: a row of %zu", widest);
    if (status == HEED_OK) {
        params->values = NULL;
        for (int i = 0; i < params->count; i++)
            settle_param(params, i, values, q);
        heed_free(values);
    }
    heed_free(q);
    return status;
}

/* A packed parameter as it was declared, in the arena: for the way back, which reads weights by columns. */
static heed_real *unpack(heed_tape *tape, const heed_params *params, int id)
{
    const heed_param *param = &params->list[id];
    heed_real *values = heed_tape_alloc(tape, param->count, sizeof *values);
    for (size_t row = 0; values && row < heed_param_rows(param); row++)
        heed_params_get_row(params, id, row, values + row * heed_param_width(param));
    return values;
}

heed_tensor *heed_params_tensor(heed_tape *tape, const heed_params *params, int id)
{
    const heed_param *param = &params->list[id];
    heed_real *grad = tape->parameter_grads ? tape->parameter_grads + param->offset : NULL;
    if (params->values) {
        heed_tensor *x = heed_tensor_view(tape, params->values + param->offset, grad, param->rank, param->dims);
        if (tape->unset_grads && heed_tensor_ok(x))
            x->unset = &tape->unset_grads[id];
        if (heed_tensor_ok(x) && param->form == HEED_FORM_PANELS && params->store && !tape->recording &&
            params->kernels == tape->kernels)
            x->packed = reals_at(params, param);
        return x;
    }
    if (params->kernels != tape->kernels)
        return heed_op_fail(tape, HEED_ERROR_ARGUMENT, "%s was packed for %s, not for %s", param->name,
                            params->kernels->isa, tape->kernels->isa);
    heed_tensor *x = heed_tensor_view(tape, NULL, grad, param->rank, param->dims);
    if (x == &tape->invalid)
        return x;
    if (tape->unset_grads)
        x->unset = &tape->unset_grads[id];
    if (param->form == HEED_FORM_FLAT)
        x->data = reals_at(params, param);
    else if (tape->recording)
        x->data = unpack(tape, params, id);
    else if (param->form == HEED_FORM_PANELS)
        x->packed = reals_at(params, param);
    else
        x->int8 = params->store + param->slot;
    return x;
}
