#include "tensor/tensor.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"

static heed_tensor *shaped(heed_tape *tape, int rank, const int *dims, size_t *count)
{
    heed_tensor *x = heed_tape_alloc(tape, 1, sizeof *x);
    if (!x)
        return &tape->invalid;
    memset(x, 0, sizeof *x);
    x->rank = rank;
    size_t n = 1;
    for (int i = 0; i < rank; i++) {
        if (dims[i] < 0 || !heed_mul_size(n, (size_t)dims[i], &n))
            return heed_op_fail(tape, HEED_ERROR_SHAPE, "tensor: axis %d has an impossible size %d", i, dims[i]);
        x->dims[i] = dims[i];
    }
    *count = n;
    return x;
}

static heed_tensor *make(heed_tape *tape, bool wants_grad, bool zeroed, int rank, const int *dims)
{
    size_t count = 0;
    heed_tensor *x = shaped(tape, rank, dims, &count);
    if (x == &tape->invalid)
        return x;
    heed_real *data = heed_tape_alloc(tape, count, sizeof *data);
    heed_real *grad = NULL;
    if (wants_grad && tape->recording) {
        grad = heed_tape_alloc(tape, count, sizeof *grad);
        if (!grad)
            return &tape->invalid;
        if (tape->unset_grads)
            x->unset = &x->own_unset;
        else
            memset(grad, 0, count * sizeof *grad);
    }
    if (!data)
        return &tape->invalid;
    if (zeroed)
        memset(data, 0, count * sizeof *data);
    x->data = data;
    x->grad = grad;
    x->own_unset = true;
    return x;
}

heed_tensor *heed_tensor_new(heed_tape *tape, bool wants_grad, int rank, const int *dims)
{
    return make(tape, wants_grad, true, rank, dims);
}

heed_tensor *heed_tensor_new_dirty(heed_tape *tape, bool wants_grad, int rank, const int *dims)
{
    return make(tape, wants_grad, false, rank, dims);
}

heed_tensor *heed_tensor_view(heed_tape *tape, heed_real *data, heed_real *grad, int rank, const int *dims)
{
    size_t count = 0;
    heed_tensor *x = shaped(tape, rank, dims, &count);
    if (x == &tape->invalid)
        return x;
    x->data = data;
    x->grad = tape->recording ? grad : NULL;
    return x;
}

heed_tensor *heed_tensor_reshape(heed_tape *tape, heed_tensor *x, int rank, const int *dims)
{
    if (!heed_tensor_ok(x))
        return x;
    heed_tensor *y = heed_tensor_view(tape, x->data, x->grad, rank, dims);
    if (heed_tensor_ok(y) && heed_tensor_count(y) != heed_tensor_count(x)) {
        char from[64], to[64];
        return heed_op_fail(tape, HEED_ERROR_SHAPE, "reshape: %s has not as many elements as %s",
                            heed_shape_text(y, to), heed_shape_text(x, from));
    }
    y->unset = x->unset;
    return y;
}

heed_tensor *heed_tensor_first(heed_tape *tape, heed_tensor *x, int n)
{
    if (!heed_tensor_ok(x))
        return x;
    if (x->rank < 1 || n < 0 || n > x->dims[0]) {
        char text[64];
        return heed_op_fail(tape, HEED_ERROR_SHAPE, "first: %s has not %d rows", heed_shape_text(x, text), n);
    }
    int dims[HEED_MAX_RANK];
    memcpy(dims, x->dims, sizeof dims);
    dims[0] = n;
    heed_grad_settle(x); /* of a part there is no knowing whether it was written */
    heed_tensor *first = heed_tensor_view(tape, x->data, x->grad, x->rank, dims);
    if (first != &tape->invalid) { /* the first rows of what is packed lie first */
        first->packed = x->packed;
        first->int8 = x->int8;
    }
    return first;
}

void heed_grad_settle(heed_tensor *x)
{
    if (x->grad && !heed_grad_adds(x))
        memset(x->grad, 0, heed_tensor_count(x) * sizeof *x->grad);
}

size_t heed_tensor_count(const heed_tensor *x)
{
    size_t n = 1;
    for (int i = 0; i < x->rank; i++)
        n *= (size_t)x->dims[i];
    return n;
}

int heed_tensor_last(const heed_tensor *x)
{
    return x->rank ? x->dims[x->rank - 1] : 1;
}

size_t heed_tensor_rows(const heed_tensor *x)
{
    size_t n = 1;
    for (int i = 0; i + 1 < x->rank; i++)
        n *= (size_t)x->dims[i];
    return n;
}

const char *heed_shape_text(const heed_tensor *x, char *out)
{
    int at = snprintf(out, 64, "[");
    for (int i = 0; i < x->rank; i++)
        at += snprintf(out + at, (size_t)(64 - at), i ? ", %d" : "%d", x->dims[i]);
    snprintf(out + at, (size_t)(64 - at), "]");
    return out;
}
