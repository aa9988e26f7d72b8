/* Copying blocks of A and B into the order in which the register tile reads them. */
#ifndef HEED_KERNELS_GEMM_PACK_H
#define HEED_KERNELS_GEMM_PACK_H

/* B[k, columns <= PANEL] to out[p * PANEL + j]; missing columns are zero. */
static void pack_panel_b(int k, int columns, const heed_real *b, ptrdiff_t b_row, ptrdiff_t b_col, heed_real *out) {
    if (b_col == 1 && columns == PANEL) {
        for (int p = 0; p < k; p++, b += b_row, out += PANEL) {
            V_UNROLL for (int v = 0; v < V_TILE_VECTORS; v++)
                v_store(out + v * V_LANES, v_load(b + v * V_LANES));
        }
    } else if (b_row == 1 && columns == PANEL) {
        for (int p = 0; p < k; p += V_LANES) {
            int count = k - p < V_LANES ? k - p : V_LANES;
            for (int v = 0; v < V_TILE_VECTORS; v++) {
                heed_vec block[V_LANES];
                const heed_real *from = b + p + v * V_LANES * b_col;
                if (count == V_LANES) {
                    V_UNROLL for (int j = 0; j < V_LANES; j++)
                        block[j] = v_load(from + j * b_col);
                } else {
                    V_UNROLL for (int j = 0; j < V_LANES; j++)
                        block[j] = v_load_part(from + j * b_col, (size_t)count);
                }
                v_transpose(block);
                V_UNROLL for (int t = 0; t < V_LANES; t++) {
                    if (t < count)
                        v_store(out + (p + t) * PANEL + v * V_LANES, block[t]);
                }
            }
        }
    } else {
        for (int p = 0; p < k; p++, out += PANEL) {
            for (int j = 0; j < columns; j++)
                out[j] = b[p * b_row + j * b_col];
            for (int j = columns; j < PANEL; j++)
                out[j] = 0;
        }
    }
}

/* The vectors that hold one column of an A panel. */
enum { A_GROUPS = (V_TILE_ROWS + V_LANES - 1) / V_LANES };

/* A[rows <= V_TILE_ROWS, k] to out[p * V_TILE_ROWS + i]; missing rows are zero. May write up to V_LANES - 1 reals past
 * the panel, which belong to the next one, packed later, or to the slack at the end of the block. */
static void pack_panel_a(int rows, int k, const heed_real *a, ptrdiff_t a_row, ptrdiff_t a_col, heed_real *out) {
    int p = 0;
    if (rows == V_TILE_ROWS && a_row == 1) {
        for (; p < k; p++)
            memcpy(out + p * V_TILE_ROWS, a + p * a_col, V_TILE_ROWS * sizeof *out);
        return;
    }
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
        for (int i = 0; i < V_TILE_ROWS; i++)
            out[p * V_TILE_ROWS + i] = i < rows ? a[i * a_row + p * a_col] : 0;
    }
}

#endif
