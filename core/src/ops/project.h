/* The product x W^T that every layer with a weight matrix is made of; not an op, but what ops compute with. The one
 * place that knows in which forms a weight may lie (plain, f32 panels, int8 panels). */
#ifndef HEED_PROJECT_H
#define HEED_PROJECT_H

#include "tensor/tensor.h"

/* y[n, out] = x[n, in] W^T, or += when `accumulate`; W [out, in]. Rows of x and y begin x_row and y_row reals apart. */
void heed_project(heed_tape *tape, int n, const heed_tensor *w, const heed_real *x, ptrdiff_t x_row, heed_real *y,
                  ptrdiff_t y_row, bool accumulate);

/* sum[size] += the rows of y [n, size], as the product of ones with them: the way back of a bias that was added to
 * each. */
void heed_add_rows(heed_tape *tape, int n, int size, const heed_real *y, heed_real *sum);

/* W in a form that is fast to use again and again: itself when it is packed already, else a copy packed in the arena
 * (without a gradient). For the recurrent step of a sequence. The invalid tensor when there is no memory. */
const heed_tensor *heed_packed(heed_tape *tape, const heed_tensor *w);

/* out[in] = row `row` of W [out, in], whatever its form: for tables of embeddings. */
void heed_weight_row(const heed_tape *tape, const heed_tensor *w, int row, heed_real *out);

#endif
