/* Single rows of the matrix W [n, k] that `pack` reads as its right factor W^T: put into the panels as a file brings
 * them, and taken out again, where W is also a table of embeddings. */
#ifndef HEED_KERNELS_PANEL_ROWS_H
#define HEED_KERNELS_PANEL_ROWS_H

static void pack_row(int k, int n, int row, const heed_real *w, heed_real *packed) {
    heed_real *out = packed + (ptrdiff_t)(row / PANEL * PANEL) * k + row % PANEL;
    for (ptrdiff_t p = 0; p < k; p++)
        out[p * PANEL] = w[p];
    if (row + 1 == n && n % PANEL > 0) /* the columns that the last panel does not have */
        for (ptrdiff_t p = 0; p < k; p++)
            memset(out + p * PANEL + 1, 0, (size_t)(PANEL - n % PANEL) * sizeof *out);
}

static void packed_row(int k, int n, int row, const heed_real *packed, heed_real *w) {
    const heed_real *from = packed + (ptrdiff_t)(row / PANEL * PANEL) * k + row % PANEL;
    (void)n;
    for (ptrdiff_t p = 0; p < k; p++)
        w[p] = from[p * PANEL];
}

#endif
