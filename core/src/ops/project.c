#include "ops/project.h"

#include <string.h>

void heed_project(heed_tape *tape, int n, const heed_tensor *w, const heed_real *x, ptrdiff_t x_row, heed_real *y,
                  ptrdiff_t y_row, bool accumulate)
{
    const heed_kernels *kernels = tape->kernels;
    const int in = w->dims[1], out = w->dims[0];
    if (w->int8)
        kernels->gemm_int8(n, out, in, x, x_row, w->int8, y, y_row, accumulate, tape->gemm_scratch);
    else if (w->packed)
        kernels->gemm_packed(n, out, in, x, x_row, w->packed, y, y_row, accumulate);
    else
        kernels->gemm(n, out, in, x, x_row, 1, w->data, 1, in, y, y_row, accumulate, tape->gemm_scratch);
}

void heed_add_rows(heed_tape *tape, int n, int size, const heed_real *y, heed_real *sum)
{
    const heed_arena_mark mark = heed_arena_save(&tape->arena);
    heed_real *ones = heed_tape_alloc(tape, (size_t)n, sizeof *ones);
    for (int i = 0; ones && i < n; i++)
        ones[i] = 1;
    if (ones)
        tape->kernels->gemm(1, size, n, ones, n, 1, y, size, 1, sum, size, true, tape->gemm_scratch);
    heed_arena_restore(&tape->arena, mark);
}

const heed_tensor *heed_packed(heed_tape *tape, const heed_tensor *w)
{
    if (w->packed || w->int8)
        return w;
    const int in = w->dims[1], out = w->dims[0];
    heed_tensor *copy = heed_tensor_view(tape, w->data, NULL, w->rank, w->dims);
    heed_real *panels = heed_tape_alloc(tape, tape->kernels->packed_size(in, out), sizeof *panels);
    if (!heed_tensor_ok(copy) || !panels)
        return &tape->invalid;
    tape->kernels->pack(in, out, w->data, 1, in, panels);
    copy->packed = panels;
    return copy;
}

void heed_weight_row(const heed_tape *tape, const heed_tensor *w, int row, heed_real *out)
{
    const int in = w->dims[1];
    if (w->data)
        memcpy(out, w->data + (size_t)row * in, (size_t)in * sizeof *out);
    else if (w->packed)
        tape->kernels->packed_row(in, w->dims[0], row, w->packed, out);
    else
        tape->kernels->int8_row(in, w->dims[0], row, w->int8, out);
}
