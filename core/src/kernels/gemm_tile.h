/* The innermost block of matrix multiplication: a register tile of C, rows x (panels * V_TILE_VECTORS) vectors, over
 * all of k. Everything above it only arranges memory. Each element of C is summed over p = 0, 1, ... in one
 * accumulator, so a row comes out the same whatever rows are computed with it.
 *
 * A panel of B is PANEL columns wide: element (p, j) at b[p * b_step + j]. A is read by rows,
 * element (i, p) at a[i * a_stride + p], or `across`, from packed panels and transposed matrices, at a[i + p *
 * a_stride]. */
#ifndef HEED_KERNELS_GEMM_TILE_H
#define HEED_KERNELS_GEMM_TILE_H

enum { PANEL = V_TILE_VECTORS * V_LANES };

/* How many vectors a tile of few rows is wide, to keep as many accumulators going as the full tile has. */
#define FEW_VECTORS(rows) \
    (V_TILE_VECTORS * (V_TILE_ROWS / (rows) >= 4 ? 4 : V_TILE_ROWS / (rows) >= 1 ? V_TILE_ROWS / (rows) : 1))

/* Apart, because it stands in every tile and is seldom reached: inlined it is a fifteenth of what a page downloads. */
static __attribute__((noinline)) void tile_store_part(heed_real *c, size_t columns, bool accumulate, heed_vec sum) {
    v_store_part(c, columns, accumulate ? v_add(v_load_part(c, columns), sum) : sum);
}

V_INLINE void tile_store(heed_real *c, int columns, bool accumulate, heed_vec sum) {
    if (columns >= V_LANES)
        v_store(c, accumulate ? v_add(v_load(c), sum) : sum);
    else if (columns > 0)
        tile_store_part(c, (size_t)columns, accumulate, sum);
}

/* C[rows, columns] = or += A[rows, k] B[k, vectors * V_LANES]; columns <= vectors * V_LANES are stored. `rows`,
 * `vectors` and `across` are constants at every call. */
V_INLINE void tile(const int rows, const int vectors, const bool across, int k, const heed_real *a, ptrdiff_t a_stride,
                   const heed_real *b, ptrdiff_t b_step, ptrdiff_t b_panel, heed_real *c, ptrdiff_t c_row,
                   int columns, bool accumulate) {
    heed_vec sum[V_TILE_ROWS][4 * V_TILE_VECTORS];
    V_UNROLL for (int i = 0; i < rows; i++) {
        V_UNROLL for (int v = 0; v < vectors; v++)
            sum[i][v] = v_set1(0);
        V_PREFETCH(c + i * c_row); /* needed at the end, after a time in which it can come */
        V_PREFETCH(c + i * c_row + vectors * V_LANES - 1);
    }
    /* [book:tile] */
    for (ptrdiff_t p = 0; p < k; p++) {
        heed_vec bs[4 * V_TILE_VECTORS];
        V_UNROLL for (int v = 0; v < vectors; v++)
            bs[v] = v_load(b + v / V_TILE_VECTORS * b_panel + v % V_TILE_VECTORS * V_LANES);
        V_UNROLL for (int i = 0; i < rows; i++) {
            heed_vec x = v_set1(across ? a[i] : a[i * a_stride + p]);
            V_UNROLL for (int v = 0; v < vectors; v++)
                sum[i][v] = v_fma(x, bs[v], sum[i][v]);
        }
        b += b_step;
        if (across)
            a += a_stride;
    }
    /* [/book] */
    if (columns == vectors * V_LANES) {
        V_UNROLL for (int i = 0; i < rows; i++) {
            V_UNROLL for (int v = 0; v < vectors; v++)
                tile_store(c + i * c_row + v * V_LANES, V_LANES, accumulate, sum[i][v]);
        }
    } else {
        V_UNROLL for (int i = 0; i < rows; i++) {
            V_UNROLL for (int v = 0; v < vectors; v++)
                tile_store(c + i * c_row + v * V_LANES, columns - v * V_LANES, accumulate, sum[i][v]);
        }
    }
}

#endif
