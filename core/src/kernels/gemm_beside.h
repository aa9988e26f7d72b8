/* A product with one row waits for its panels to come from the outer cache, every second cycle: a tile of another
 * product, whose operands are at hand, is computed meanwhile. */
#ifndef HEED_KERNELS_GEMM_BESIDE_H
#define HEED_KERNELS_GEMM_BESIDE_H

/* Reals that are summed at a time: those of one row, and beside them one vector of columns for V_TILE_ROWS rows. */
enum { BESIDE = FEW_VECTORS(1) * V_LANES };
_Static_assert(!V_BESIDE || FEW_VECTORS(1) == V_TILE_ROWS, "as many parts as rows make up the other product");

static void beside_tile(int k, const heed_real *x, const heed_real *b, ptrdiff_t b_panel, heed_real *y, int other_k,
                        const heed_real *a, const heed_real *other, heed_real *c, ptrdiff_t c_row) {
    heed_vec sum[FEW_VECTORS(1)], side[V_TILE_ROWS];
    V_UNROLL for (int v = 0; v < FEW_VECTORS(1); v++)
        sum[v] = v_set1(0);
    V_UNROLL for (int i = 0; i < V_TILE_ROWS; i++)
        side[i] = v_set1(0);
    for (ptrdiff_t p = 0; p < k; p++, b += PANEL) {
        heed_vec value = v_set1(x[p]);
        V_UNROLL for (int v = 0; v < FEW_VECTORS(1); v++)
            sum[v] = v_fma(value, v_load(b + v / V_TILE_VECTORS * b_panel + v % V_TILE_VECTORS * V_LANES), sum[v]);
        if (p < other_k) {
            heed_vec weights = v_load(other + p * PANEL);
            V_UNROLL for (int i = 0; i < V_TILE_ROWS; i++)
                side[i] = v_fma(v_set1(a[i * other_k + p]), weights, side[i]);
        }
    }
    V_UNROLL for (int v = 0; v < FEW_VECTORS(1); v++)
        tile_store(y + v * V_LANES, V_LANES, true, sum[v]);
    V_UNROLL for (int i = 0; i < V_TILE_ROWS; i++)
        v_store(c + i * c_row, side[i]);
}

static void gemv_beside(int n, int k, const heed_real *x, const heed_real *packed, heed_real *y, int other_k,
                        const heed_real *a, const heed_real *other, heed_real *c, int part) {
    if (n % BESIDE != 0 || other_k > k) {
        rows_times_panels(1, n, k, x, k, packed, PANEL, (ptrdiff_t)PANEL * k, y, n, true);
        if (part == 0)
            rows_times_panels(V_TILE_ROWS, n, other_k, a, other_k, other, PANEL, (ptrdiff_t)PANEL * other_k, c, n, false);
        return;
    }
    int column = part * (n / V_TILE_ROWS);
    for (int j = 0; j < n; j += BESIDE, column += V_LANES)
        beside_tile(k, x, packed + (ptrdiff_t)j * k, (ptrdiff_t)PANEL * k, y + j, other_k, a,
                    other + (ptrdiff_t)(column / PANEL * PANEL) * other_k + column % PANEL, c + column, n);
}

#endif
