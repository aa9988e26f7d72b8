/* C = A B in blocks (Goto and van de Geijn 2008, Anatomy of High-Performance Matrix Multiplication): a block of B,
 * packed into panels, stays in the outer cache, a block of A in the middle one, and one panel of B in the inner one while the
 * register tile passes over it. */
#ifndef HEED_KERNELS_GEMM_H
#define HEED_KERNELS_GEMM_H

enum {
    BLOCK_K = 384,
    BLOCK_M = 96 / V_TILE_ROWS * V_TILE_ROWS,
    BLOCK_N = 768 / PANEL * PANEL,
    A_BLOCK = BLOCK_K * BLOCK_M + 64, /* slack for pack_panel_a, in whole cache lines */
};
_Static_assert(A_BLOCK + BLOCK_K * BLOCK_N <= HEED_GEMM_SCRATCH, "the blocks fit the scratch");
_Static_assert(V_LANES <= 64, "the slack covers a vector");

/* The block that divides `size` evenly, at most `limit`: 400 in blocks of up to 384 is 200 + 200. */
static int even_block(int size, int limit) {
    int blocks = (size + limit - 1) / limit;
    return blocks > 1 ? (size + blocks - 1) / blocks : size;
}

/* Rows of A as they lie, 1 <= rows <= V_DIRECT_ROWS, times all panels of B. */
#define ROWS_CASE(r)                                                                                            \
    case (r):                                                                                                   \
        if ((r) <= V_DIRECT_ROWS) {                                                                             \
            enum { R = (r) <= V_DIRECT_ROWS ? (r) : V_DIRECT_ROWS, P = PANELS_OF(R) };                          \
            for (; n >= P * PANEL; n -= P * PANEL, b += P * b_panel, c += P * PANEL)                            \
                tile(R, P, false, k, a, a_row, b, b_step, b_panel, c, c_row, P * PANEL, accumulate);            \
            for (; n > 0; n -= PANEL, b += b_panel, c += PANEL)                                                 \
                tile(R, 1, false, k, a, a_row, b, b_step, b_panel, c, c_row, n < PANEL ? n : PANEL, accumulate); \
        }                                                                                                       \
        break;

static void rows_times_panels(int rows, int n, int k, const heed_real *a, ptrdiff_t a_row, const heed_real *b,
                              ptrdiff_t b_step, ptrdiff_t b_panel, heed_real *c, ptrdiff_t c_row, bool accumulate) {
    switch (rows) {
        ROWS_CASE(1)
        ROWS_CASE(2)
        ROWS_CASE(3)
        ROWS_CASE(4)
        ROWS_CASE(5)
        ROWS_CASE(6)
        ROWS_CASE(7)
        ROWS_CASE(8)
    default:
        break;
    }
}
_Static_assert(V_DIRECT_ROWS <= 8, "rows_times_panels has a case for every number of rows");

/* One packed panel of A times one packed panel of B. */
#define PANEL_CASE(r)                                                                                             \
    case (r):                                                                                                     \
        if ((r) <= V_TILE_ROWS)                                                                                   \
            tile((r) <= V_TILE_ROWS ? (r) : 1, 1, true, k, a, 0, b, PANEL, 0, c, c_row, columns, accumulate);     \
        break;

static void panel_times_panel(int rows, int columns, int k, const heed_real *a, const heed_real *b, heed_real *c,
                              ptrdiff_t c_row, bool accumulate) {
    if (rows == V_TILE_ROWS) {
        tile(V_TILE_ROWS, 1, true, k, a, 0, b, PANEL, 0, c, c_row, columns, accumulate);
        return;
    }
    switch (rows) {
        PANEL_CASE(1)
        PANEL_CASE(2)
        PANEL_CASE(3)
        PANEL_CASE(4)
        PANEL_CASE(5)
        PANEL_CASE(6)
        PANEL_CASE(7)
    default:
        break;
    }
}

_Static_assert(V_TILE_ROWS <= 8, "panel_times_panel has a case for every number of rows");

static size_t packed_size(int k, int n) {
    return ((size_t)n + PANEL - 1) / PANEL * PANEL * (size_t)k;
}

static void pack(int k, int n, const heed_real *b, ptrdiff_t b_row, ptrdiff_t b_col, heed_real *packed) {
    for (int j = 0; j < n; j += PANEL, packed += (ptrdiff_t)PANEL * k)
        pack_panel_b(k, n - j < PANEL ? n - j : PANEL, b + j * b_col, b_row, b_col, packed);
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
    ptrdiff_t panel = (ptrdiff_t)PANEL * k;
    int whole = m / V_DIRECT_ROWS * V_DIRECT_ROWS;
    for (int j = 0; j < n && whole > 0; j += PANEL) {
        const heed_real *b = packed + j / PANEL * panel;
        int columns = n - j < PANEL ? n - j : PANEL;
        for (int i = 0; i < whole; i += V_DIRECT_ROWS)
            tile(V_DIRECT_ROWS, 1, false, k, a + i * a_row, a_row, b, PANEL, 0, c + i * c_row + j, c_row, columns,
                 accumulate);
    }
    rows_times_panels(m - whole, n, k, a + whole * a_row, a_row, packed, PANEL, panel, c + whole * c_row, c_row,
                      accumulate);
}

/* Few rows: packing B pays only when its rows are not contiguous, since each of its elements is used a few times. */
static void gemm_thin(int m, int n, int k, const heed_real *a, ptrdiff_t a_row, const heed_real *b, ptrdiff_t b_row,
                      ptrdiff_t b_col, heed_real *c, ptrdiff_t c_row, bool accumulate, heed_real *scratch) {
    if (m == 1 && b_row == 1) {
        for (int j = 0; j < n; j++) {
            heed_real sum = dot((size_t)k, a, b + j * b_col);
            c[j] = accumulate ? c[j] + sum : sum;
        }
        return;
    }
    int whole = b_col == 1 ? n / PANEL * PANEL : 0;
    if (whole > 0)
        rows_times_panels(m, whole, k, a, a_row, b, b_row, PANEL, c, c_row, accumulate);
    for (int j = whole; j < n; j += BLOCK_N) {
        int columns = n - j < BLOCK_N ? n - j : BLOCK_N;
        pack(k, columns, b + j * b_col, b_row, b_col, scratch);
        rows_times_panels(m, columns, k, a, a_row, scratch, PANEL, (ptrdiff_t)PANEL * k, c + j, c_row, accumulate);
    }
}

static void gemm_block(int m, int n, int k, const heed_real *a, ptrdiff_t a_row, ptrdiff_t a_col, const heed_real *b,
                       heed_real *c, ptrdiff_t c_row, bool accumulate, heed_real *a_block) {
    for (int i = 0; i < m; i += V_TILE_ROWS)
        pack_panel_a(m - i < V_TILE_ROWS ? m - i : V_TILE_ROWS, k, a + i * a_row, a_row, a_col,
                     a_block + (ptrdiff_t)i * k);
    for (int j = 0; j < n; j += PANEL) {
        const heed_real *panel = b + (ptrdiff_t)j * k;
        int columns = n - j < PANEL ? n - j : PANEL;
        for (int i = 0; i < m; i += V_TILE_ROWS)
            panel_times_panel(m - i < V_TILE_ROWS ? m - i : V_TILE_ROWS, columns, k, a_block + (ptrdiff_t)i * k, panel,
                              c + i * c_row + j, c_row, accumulate);
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
    int k_block = even_block(k, BLOCK_K), m_block = even_block(m, BLOCK_M);
    m_block = (m_block + V_TILE_ROWS - 1) / V_TILE_ROWS * V_TILE_ROWS;
    for (int p = 0; p < k; p += k_block) {
        int kb = k - p < k_block ? k - p : k_block;
        bool add = accumulate || p > 0;
        if (m <= V_DIRECT_ROWS && a_col == 1) {
            gemm_thin(m, n, kb, a + p, a_row, b + p * b_row, b_row, b_col, c, c_row, add, scratch);
            continue;
        }
        for (int j = 0; j < n; j += BLOCK_N) {
            int nb = n - j < BLOCK_N ? n - j : BLOCK_N;
            pack(kb, nb, b + p * b_row + j * b_col, b_row, b_col, b_block);
            for (int i = 0; i < m; i += m_block)
                gemm_block(m - i < m_block ? m - i : m_block, nb, kb, a + i * a_row + p * a_col, a_row, a_col, b_block,
                           c + i * c_row + j, c_row, add, a_block);
        }
    }
}

#endif
