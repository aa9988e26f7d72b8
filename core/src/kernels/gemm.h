/* C = A B in blocks (Goto and van de Geijn 2008, Anatomy of High-Performance Matrix Multiplication): a block of B,
 * packed into panels, stays in the outer cache, a block of A in the middle one, and one panel of B in the inner one
 * while the register tile passes over it. */
#ifndef HEED_KERNELS_GEMM_H
#define HEED_KERNELS_GEMM_H

enum {
    BLOCK_K = 384,
    BLOCK_K_ACROSS = 256, /* of a transposed A, which is then read where it lies */
    BLOCK_M = 96 / V_TILE_ROWS * V_TILE_ROWS,
    BLOCK_N = HEED_GEMM_BLOCK_N / PANEL * PANEL,
    SMALL = 8 * 1024, /* reals of a matrix that stays in the inner cache, or nearly: it is read where it lies */
    A_BLOCK = BLOCK_K * BLOCK_M + 64, /* slack for pack_panel_a, in whole cache lines */
};
_Static_assert(A_BLOCK + BLOCK_K * BLOCK_N <= HEED_GEMM_SCRATCH, "the blocks fit the scratch");
_Static_assert(V_LANES <= 64, "the slack covers a vector");

/* The block that divides `size` evenly, at most `limit`: 400 in blocks of up to 384 is 200 + 200. */
static int even_block(int size, int limit) {
    int blocks = (size + limit - 1) / limit;
    return blocks > 1 ? (size + blocks - 1) / blocks : size;
}

/* A tile of up to `most` rows, a constant, and one panel, of which one vector may be enough: where vectors are short that
 * is rare, and not worth the code that pages download. */
#define TILE_CASE(r)                                                                                              \
    case (r):                                                                                                     \
        if (V_LANES > 4 && (r) <= most && columns <= V_LANES)                                                     \
            tile((r) <= V_TILE_ROWS ? (r) : 1, 1, across, k, a, a_stride, b, b_step, 0, c, c_row, columns, add);  \
        else if ((r) <= most)                                                                                     \
            tile((r) <= V_TILE_ROWS ? (r) : 1, V_TILE_VECTORS, across, k, a, a_stride, b, b_step, 0, c, c_row,    \
                 columns, add);                                                                                   \
        break;

V_INLINE void any_tile(const bool across, const int most, int rows, int columns, int k, const heed_real *a,
                       ptrdiff_t a_stride, const heed_real *b, ptrdiff_t b_step, heed_real *c, ptrdiff_t c_row, bool add) {
    switch (rows) {
        TILE_CASE(1)
        TILE_CASE(2)
        TILE_CASE(3)
        TILE_CASE(4)
        TILE_CASE(5)
        TILE_CASE(6)
        TILE_CASE(7)
        TILE_CASE(8)
    default:
        break;
    }
}
_Static_assert(V_TILE_ROWS <= 8, "any_tile has a case for every number of rows");

/* One or two rows: as many panels at a time as keep the units busy. Returns how many columns are done. */
#define FEW_CASE(r)                                                                                               \
    case (r):                                                                                                     \
        for (; done + FEW_VECTORS(r) * V_LANES <= n; done += FEW_VECTORS(r) * V_LANES)                            \
            tile(r, FEW_VECTORS(r), across, k, a, a_stride, b + done / PANEL * b_panel, b_step, b_panel, c + done, \
                 c_row, FEW_VECTORS(r) * V_LANES, accumulate);                                                    \
        break;

V_INLINE int few_rows(const bool across, int rows, int n, int k, const heed_real *a, ptrdiff_t a_stride,
                      const heed_real *b, ptrdiff_t b_step, ptrdiff_t b_panel, heed_real *c, ptrdiff_t c_row,
                      bool accumulate) {
    int done = 0;
    switch (rows) {
        FEW_CASE(1)
        FEW_CASE(2)
    default:
        break;
    }
    return done;
}

/* Any rows of A times all panels of B. Rows are divided evenly among tiles of up to `tile_rows`: eight are 4 + 4, not
 * 6 + 2; but `across`, where panels may have been packed. From a tile's rows to the next one's it is a_next for
 * each. */
V_INLINE void times_panels(const bool across, const int tile_rows, int m, int n, int k, const heed_real *a,
                           ptrdiff_t a_next, ptrdiff_t a_stride, const heed_real *b, ptrdiff_t b_step,
                           ptrdiff_t b_panel, heed_real *c, ptrdiff_t c_row, bool accumulate) {
    const int tiles = (m + tile_rows - 1) / tile_rows;
    int j = few_rows(across, m, n, k, a, a_stride, b, b_step, b_panel, c, c_row, accumulate);
    for (; j < n; j += PANEL) {
        int columns = n - j < PANEL ? n - j : PANEL;
        for (int i = 0, left = tiles; left > 0; left--) {
            int rows = !across ? (m - i + left - 1) / left : left > 1 ? tile_rows : m - i;
            any_tile(across, tile_rows, rows, columns, k, a + i * a_next, a_stride, b + j / PANEL * b_panel, b_step,
                     c + i * c_row + j, c_row, accumulate);
            i += rows;
        }
    }
}

static void rows_times_panels(int m, int n, int k, const heed_real *a, ptrdiff_t a_row, const heed_real *b,
                              ptrdiff_t b_step, ptrdiff_t b_panel, heed_real *c, ptrdiff_t c_row, bool accumulate) {
    times_panels(false, V_DIRECT_ROWS, m, n, k, a, a_row, a_row, b, b_step, b_panel, c, c_row, accumulate);
}

static void columns_times_panels(int m, int n, int k, const heed_real *a, ptrdiff_t a_next, ptrdiff_t a_col,
                                 const heed_real *b, ptrdiff_t b_step, ptrdiff_t b_panel, heed_real *c,
                                 ptrdiff_t c_row, bool accumulate) {
    times_panels(true, V_TILE_ROWS, m, n, k, a, a_next, a_col, b, b_step, b_panel, c, c_row, accumulate);
}

static size_t packed_size(int k, int n) {
    return ((size_t)n + PANEL - 1) / PANEL * PANEL * (size_t)k;
}

static void clear(int m, int n, heed_real *c, ptrdiff_t c_row) {
    for (int i = 0; i < m; i++)
        memset(c + i * c_row, 0, (size_t)n * sizeof *c);
}

static void gemm_packed(int m, int n, int k, const heed_real *a, ptrdiff_t a_row, const heed_real *packed,
                        heed_real *c, ptrdiff_t c_row, bool accumulate) {
    if (m <= 0 || n <= 0)
        return;
    if (k <= 0) {
        if (!accumulate)
            clear(m, n, c, c_row);
        return;
    }
    rows_times_panels(m, n, k, a, a_row, packed, PANEL, (ptrdiff_t)PANEL * k, c, c_row, accumulate);
}

/* Whether B is read where it lies: when it is small, or its panels would be used by a few rows only. */
static bool lies_well(int m, int k, ptrdiff_t b_row, ptrdiff_t b_col) {
    return b_col == 1 && (m <= V_DIRECT_ROWS || k * b_row <= (m <= 64 ? 4 * SMALL : SMALL));
}

/* All of A times panels of B, for one block of k. */
static void gemm_panels(int m, int n, int k, const heed_real *a, ptrdiff_t a_row, ptrdiff_t a_col, const heed_real *b,
                        ptrdiff_t b_step, ptrdiff_t b_panel, heed_real *c, ptrdiff_t c_row, bool accumulate,
                        heed_real *a_block) {
    int m_block = (even_block(m, BLOCK_M) + V_TILE_ROWS - 1) / V_TILE_ROWS * V_TILE_ROWS;
    for (int i = 0; i < m; i += m_block) {
        int mb = m - i < m_block ? m - i : m_block;
        const heed_real *rows = a + i * a_row;
        if (a_col == 1 && (V_DIRECT_ROWS == V_TILE_ROWS || m <= V_DIRECT_ROWS)) {
            rows_times_panels(mb, n, k, rows, a_row, b, b_step, b_panel, c + i * c_row, c_row, accumulate);
        } else if (a_row == 1 && k * a_col <= 16 * SMALL) {
            columns_times_panels(mb, n, k, rows, 1, a_col, b, b_step, b_panel, c + i * c_row, c_row, accumulate);
        } else {
            pack_a(mb, k, rows, a_row, a_col, a_block);
            columns_times_panels(mb, n, k, a_block, k, V_TILE_ROWS, b, b_step, b_panel, c + i * c_row, c_row, accumulate);
        }
    }
}

static void gemm(int m, int n, int k, const heed_real *a, ptrdiff_t a_row, ptrdiff_t a_col, const heed_real *b,
                 ptrdiff_t b_row, ptrdiff_t b_col, heed_real *c, ptrdiff_t c_row, bool accumulate,
                 heed_real *scratch) {
    if (m <= 0 || n <= 0)
        return;
    if (k <= 0) {
        if (!accumulate)
            clear(m, n, c, c_row);
        return;
    }
    heed_real *b_block = scratch, *a_block = scratch + BLOCK_K * BLOCK_N;
    int k_block = even_block(k, a_col == 1 ? BLOCK_K : BLOCK_K_ACROSS);
    for (int p = 0; p < k; p += k_block, a += k_block * a_col, b += k_block * b_row) {
        int kb = k - p < k_block ? k - p : k_block;
        bool add = accumulate || p > 0;
        if (m == 1 && a_col == 1 && b_row == 1) {
            for (int j = 0; j < n; j++)
                c[j] = (add ? c[j] : 0) + dot((size_t)kb, a, b + j * b_col);
            continue;
        }
        int whole = lies_well(m, kb, b_row, b_col) ? n / PANEL * PANEL : 0;
        if (whole > 0)
            gemm_panels(m, whole, kb, a, a_row, a_col, b, b_row, PANEL, c, c_row, add, a_block);
        for (int j = whole; j < n; j += BLOCK_N) {
            int columns = n - j < BLOCK_N ? n - j : BLOCK_N;
            pack(kb, columns, b + j * b_col, b_row, b_col, b_block);
            gemm_panels(m, columns, kb, a, a_row, a_col, b_block, PANEL, (ptrdiff_t)PANEL * kb, c + j, c_row, add,
                        a_block);
        }
    }
}

#endif
