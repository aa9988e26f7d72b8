/* Copying blocks of A and B into the order in which the register tile reads them. */
#ifndef HEED_KERNELS_GEMM_PACK_H
#define HEED_KERNELS_GEMM_PACK_H

/* One vector of the columns of a transposed B, for V_LANES of k: a square that is turned over in registers. */
V_INLINE void transpose_b(int k, int columns, const heed_real *b, ptrdiff_t b_col, heed_real *out) {
    heed_vec block[V_LANES];
    if (k >= V_LANES && columns >= V_LANES) {
        V_UNROLL for (int j = 0; j < V_LANES; j++)
            block[j] = v_load(b + j * b_col);
    } else {
        V_UNROLL for (int j = 0; j < V_LANES; j++)
            block[j] = j >= columns ? v_set1(0) : k >= V_LANES ? v_load(b + j * b_col) : v_load_part(b + j * b_col, (size_t)k);
    }
    v_transpose(block);
    V_UNROLL for (int t = 0; t < V_LANES; t++) {
        if (t < k)
            v_store(out + t * PANEL, block[t]);
    }
}

/* B[k, columns <= PANEL] to out[p * PANEL + j]; missing columns are zero. */
static void pack_panel_b(int k, int columns, const heed_real *b, ptrdiff_t b_row, ptrdiff_t b_col, heed_real *out) {
    if (b_col == 1 && columns == PANEL) {
        for (int p = 0; p < k; p++, b += b_row, out += PANEL) {
            V_UNROLL for (int v = 0; v < V_TILE_VECTORS; v++)
                v_store(out + v * V_LANES, v_load(b + v * V_LANES));
        }
    } else if (b_row == 1) {
        for (int p = 0; p < k; p += V_LANES)
            for (int v = 0; v < V_TILE_VECTORS; v++)
                transpose_b(k - p, columns - v * V_LANES, b + p + v * V_LANES * b_col, b_col,
                            out + p * PANEL + v * V_LANES);
    } else {
        for (int p = 0; p < k; p++, out += PANEL) {
            for (int j = 0; j < columns; j++)
                out[j] = b[p * b_row + j * b_col];
            for (int j = columns; j < PANEL; j++)
                out[j] = 0;
        }
    }
}

/* Matrices are packed in strips of this many rows, which give their part to every panel while their lines and pages are
 * at hand. */
enum { STRIP = 8 };

static void pack(int k, int n, const heed_real *b, ptrdiff_t b_row, ptrdiff_t b_col, heed_real *packed) {
    const int strip = b_row == 1 ? k : STRIP;
    for (int p = 0; p < k; p += strip)
        for (int j = 0; j < n; j += PANEL)
            pack_panel_b(k - p < strip ? k - p : strip, n - j < PANEL ? n - j : PANEL, b + p * b_row + j * b_col, b_row,
                         b_col, packed + (ptrdiff_t)j * k + (ptrdiff_t)p * PANEL);
}

/* The vectors that hold one column of an A panel. */
enum { A_GROUPS = (V_TILE_ROWS + V_LANES - 1) / V_LANES };

/* A[rows <= V_TILE_ROWS, k] to out[p * V_TILE_ROWS + i], A by rows. May write up to V_LANES - 1 reals past the panel,
 * which belong to the next one, packed later, or to the slack at the end of the block. */
static void pack_panel_a(int rows, int k, const heed_real *a, ptrdiff_t a_row, ptrdiff_t a_col, heed_real *out) {
    int p = 0;
    if (rows == V_TILE_ROWS && a_col == 1) {
        for (; p + V_LANES <= k; p += V_LANES) {
            heed_vec block[A_GROUPS][V_LANES];
            V_UNROLL for (int g = 0; g < A_GROUPS; g++) {
                V_UNROLL for (int i = 0; i < V_LANES; i++)
                    block[g][i] = g * V_LANES + i < V_TILE_ROWS ? v_load(a + (g * V_LANES + i) * a_row + p) : v_set1(0);
                v_transpose(block[g]);
            }
            /* Ascending: a store that runs over into the next column is overwritten by that column's own. */
            V_UNROLL for (int t = 0; t < V_LANES; t++) {
                V_UNROLL for (int g = 0; g < A_GROUPS; g++)
                    v_store(out + (p + t) * V_TILE_ROWS + g * V_LANES, block[g][t]);
            }
        }
    }
    for (; p < k; p++) {
        for (int i = 0; i < rows; i++)
            out[p * V_TILE_ROWS + i] = a[i * a_row + p * a_col];
    }
}

/* A[m, k] to panels of V_TILE_ROWS rows. What would be missing rows of the last panel stays as it was. */
static void pack_a(int m, int k, const heed_real *a, ptrdiff_t a_row, ptrdiff_t a_col, heed_real *out) {
    int whole = a_row == 1 ? m / V_TILE_ROWS * V_TILE_ROWS : 0;
    for (int first = 0; first < k && whole > 0; first += STRIP) {
        int end = k - first < STRIP ? k : first + STRIP;
        for (int i = 0; i < whole; i += V_TILE_ROWS)
            for (int p = first; p < end; p++) {
                V_PREFETCH(a + i + (p + 2 * STRIP) * a_col);
                memcpy(out + (ptrdiff_t)i * k + p * V_TILE_ROWS, a + i + p * a_col, V_TILE_ROWS * sizeof *out);
            }
    }
    for (int i = whole; i < m; i += V_TILE_ROWS)
        pack_panel_a(m - i < V_TILE_ROWS ? m - i : V_TILE_ROWS, k, a + i * a_row, a_row, a_col, out + (ptrdiff_t)i * k);
}

#endif
