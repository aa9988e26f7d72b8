/* C = A W^T with int8 weights W [n, k], w = q * scale of its row, and the rows of A quantised on the way in. The sums
 * are of integers, so every instruction set gives the same ones, and with one order of the few float operations around
 * them the same bits.
 *
 * A row x of A becomes levels of 7 bits, u = round((x - low) / step) in 0..127 with step = (high - low) / 127. Then
 *     y_j = scale_j * (step * sum_p q_jp u_p + low * sum_p q_jp),
 * whose last sum is known when W is packed. Seven bits, because the pairwise sums that AVX2 and relaxed wasm make in 16
 * bits must not saturate: 2 * 128 * 127 < 2^15 (the scheme: Jacob et al. 2018, with 8 bits).
 *
 * The packed block is panels of INT8_PANEL rows of W: their scales, the sums of their weights, their weights. The
 * V_GROUP neighbouring weights of a row that one v_dot takes lie together: weight (j, p) at [p / V_GROUP][j][p %
 * V_GROUP]. What is missing at the ends is zero. */
#ifndef HEED_KERNELS_INT8_H
#define HEED_KERNELS_INT8_H

#include <math.h>

enum {
    INT8_PANEL = V_INT8_VECTORS * V_LANES,
    INT8_BLOCK = 32,  /* rows of A quantised at once */
    LEVELS_ALIGN = 64 /* levels of a row are padded to a multiple: room for the last vector and the last group */
};
_Static_assert(LEVELS_ALIGN % V_LANES == 0 && LEVELS_ALIGN % V_GROUP == 0, "a padded row is whole vectors and groups");
_Static_assert((size_t)HEED_INT8_WIDTH * sizeof(heed_level) <= HEED_GEMM_SCRATCH * sizeof(heed_real),
               "the levels of one row fit the scratch");

#define DOT_IS_SHORT(way) (V_GROUP == 4 && (way) == 0)

static ptrdiff_t int8_groups(int k) { return ((ptrdiff_t)k + V_GROUP - 1) / V_GROUP; }
/* Bytes of a panel. */
static ptrdiff_t int8_stride(int k) {
    return INT8_PANEL * (2 * (ptrdiff_t)sizeof(heed_real) + int8_groups(k) * V_GROUP);
}

static size_t int8_size(int k, int n) { return ((size_t)n + INT8_PANEL - 1) / INT8_PANEL * (size_t)int8_stride(k); }

/* A panel: the scales, INT8_PANEL reals further the sums, as many further the weights. */
static heed_real *int8_scales(int k, int row, const void *packed) {
    return (heed_real *)((char *)packed + row / INT8_PANEL * int8_stride(k));
}

/* The first group of weights of a row; the next is INT8_PANEL groups further. */
static int8_t *int8_weights(int k, int row, const void *packed) {
    return (int8_t *)(int8_scales(k, row, packed) + 2 * INT8_PANEL) + row % INT8_PANEL * V_GROUP;
}

static void int8_pack(int k, int n, int row, int count, const int8_t *w, void *packed) {
    const int last = (n + INT8_PANEL - 1) / INT8_PANEL * INT8_PANEL, end = row + count == n ? last : row + count;
    for (; row < end; row++, w += k) {
        heed_real *scales = int8_scales(k, row, packed);
        int8_t *to = int8_weights(k, row, packed);
        int32_t sum = 0;
        for (int p = 0; p < k; p += V_GROUP, to += INT8_PANEL * V_GROUP) {
            int8_t group[V_GROUP] = {0};
            for (int i = 0; row < n && i < V_GROUP && p + i < k; i++) {
                group[i] = w[p + i];
                sum += group[i];
            }
            memcpy(to, group, sizeof group);
        }
        scales[INT8_PANEL + row % INT8_PANEL] = (heed_real)sum; /* exact: below 2^24 up to HEED_INT8_WIDTH */
        if (row >= n)
            scales[row % INT8_PANEL] = 0;
    }
}

static void int8_scale(int k, int n, int row, heed_real scale, void *packed) {
    (void)n;
    int8_scales(k, row, packed)[row % INT8_PANEL] = scale;
}

static void int8_row(int k, int n, int row, const void *packed, heed_real *w) {
    const heed_real scale = int8_scales(k, row, packed)[row % INT8_PANEL];
    const int8_t *from = int8_weights(k, row, packed);
    (void)n;
    for (int p = 0; p < k; p++)
        w[p] = (heed_real)from[p / V_GROUP * INT8_PANEL * V_GROUP + p % V_GROUP] * scale;
}

typedef struct int8_range {
    heed_real low, step;
} int8_range;

/* The least and the largest of k values. False when one is not finite. */
static bool find_range(size_t k, const heed_real *x, heed_real *low, heed_real *high) {
    heed_real least = k ? x[0] : 0, most = least, odd = 0; /* odd: x - x is NaN for NaN and infinity */
    if (k < V_LANES) {
        for (size_t p = 0; p < k; p++) {
            least = x[p] < least ? x[p] : least;
            most = x[p] > most ? x[p] : most;
            odd += x[p] - x[p];
        }
    } else {
        heed_vec minus = v_sub(v_set1(0), v_load(x)), plus = v_load(x), odds = v_sub(plus, plus);
        for (size_t p = V_LANES; p < k; p += V_LANES) {
            heed_vec v = v_load(p + V_LANES <= k ? x + p : x + k - V_LANES); /* some values twice, at the end */
            minus = v_max(minus, v_sub(v_set1(0), v));
            plus = v_max(plus, v);
            odds = v_add(odds, v_sub(v, v));
        }
        least = -v_max_across(minus);
        most = v_max_across(plus);
        odd = v_sum(odds);
    }
    *low = least;
    *high = most;
    return odd == 0;
}

/* x[k] as levels at q, padded with zeros to q[padded]. A row with a value that is not finite, or whose range is not,
 * becomes a range of NaN: so will all of its products. */
static int8_range quantise_row(size_t k, size_t padded, const heed_real *x, heed_level *q) {
    int8_range range = {(heed_real)NAN, (heed_real)NAN};
    heed_real low, high;
    if (!find_range(k, x, &low, &high) || !(high - low < (heed_real)INFINITY)) {
        memset(q, 0, padded * sizeof *q);
        return range;
    }
    range.low = low;
    range.step = (high - low) / 127;
    /* Of a range as small as this only `low` is left. */
    const heed_real inverse = range.step > (heed_real)1e-37 ? 1 / range.step : 0;
    const heed_vec lows = v_set1(low), inverses = v_set1(inverse);
    size_t p = 0;
    for (; p + V_LANES <= k; p += V_LANES)
        v_store_levels(q + p, v_mul(v_sub(v_load(x + p), lows), inverses));
    if (p < k)
        v_store_levels(q + p, v_mul(v_sub(v_load_part(x + p, k - p), lows), inverses));
    memset(q + k, 0, (padded - k) * sizeof *q);
    return range;
}

/* `rows` rows of levels times `panels` panels, `stride` bytes apart. `way`, `rows` and `panels` are constants at every
 * call. */
V_INLINE void int8_tile(const int way, const int rows, const int panels, ptrdiff_t groups, const heed_level *q,
                        ptrdiff_t q_row, const int8_range *ranges, const heed_real *panel, ptrdiff_t stride,
                        heed_real *c, ptrdiff_t c_row, int columns, bool accumulate) {
    const int vectors = panels * V_INT8_VECTORS;
    const int8_t *w = (const int8_t *)(panel + 2 * INT8_PANEL);
    heed_ints sum[V_INT8_ROWS][2 * V_INT8_VECTORS];
    V_UNROLL for (int i = 0; i < rows; i++) {
        V_UNROLL for (int v = 0; v < vectors; v++)
            sum[i][v] = v_ints_zero();
    }
    /* [book:int8] */
    for (ptrdiff_t g = 0; g < groups; g++, q += V_GROUP, w += INT8_PANEL * V_GROUP) {
        heed_group x[V_INT8_ROWS];
        V_UNROLL for (int i = 0; i < rows; i++)
            x[i] = v_group(q + i * q_row);
        V_UNROLL for (int v = 0; v < vectors; v++) {
            const heed_weights weights =
                v_weights(w + v / V_INT8_VECTORS * stride + v % V_INT8_VECTORS * V_LANES * V_GROUP);
            V_UNROLL for (int i = 0; i < rows; i++)
                sum[i][v] = v_dot(way, sum[i][v], weights, x[i]);
        }
    }
    V_UNROLL for (int i = 0; i < rows; i++) {
        const heed_vec step = v_set1(ranges[i].step), low = v_set1(ranges[i].low);
        V_UNROLL for (int v = 0; v < vectors; v++) {
            const heed_real *scales = (const heed_real *)((const char *)panel + v / V_INT8_VECTORS * stride) +
                                      v % V_INT8_VECTORS * V_LANES;
            heed_vec y = v_add(v_mul(step, v_from_ints(sum[i][v])), v_mul(low, v_load(scales + INT8_PANEL)));
            tile_store(c + i * c_row + v * V_LANES, columns - v * V_LANES, accumulate, v_mul(v_load(scales), y));
        }
    }
    /* [/book] */
}

#define INT8_CASE(r)                                                                                               \
    case (r):                                                                                                      \
        if ((r) <= V_INT8_ROWS)                                                                                    \
            int8_tile(way, (r) <= V_INT8_ROWS ? (r) : 1, 1, groups, q, q_row, ranges, panel, 0, c, c_row, columns, \
                      accumulate);                                                                                 \
        break;

V_INLINE void int8_rows(const int way, int rows, ptrdiff_t groups, const heed_level *q, ptrdiff_t q_row,
                        const int8_range *ranges, const heed_real *panel, heed_real *c, ptrdiff_t c_row, int columns,
                        bool accumulate) {
    switch (rows) {
        INT8_CASE(1)
        INT8_CASE(2)
        INT8_CASE(3)
        INT8_CASE(4)
    default:
        break;
    }
}
_Static_assert(V_INT8_ROWS <= 4, "int8_rows has a case for every number of rows");

V_INLINE void gemm_int8_by(const int way, int m, int n, int k, const heed_real *a, ptrdiff_t a_row, const void *packed,
                           heed_real *c, ptrdiff_t c_row, bool accumulate, heed_real *scratch) {
    const ptrdiff_t groups = int8_groups(k);
    const ptrdiff_t q_row = ((ptrdiff_t)k + LEVELS_ALIGN - 1) / LEVELS_ALIGN * LEVELS_ALIGN;
    const ptrdiff_t room = (ptrdiff_t)(HEED_GEMM_SCRATCH * sizeof *scratch / sizeof(heed_level)) / (q_row ? q_row : 1);
    const int block = room < INT8_BLOCK ? (int)room : INT8_BLOCK;
    heed_level *q = (heed_level *)scratch;
    for (int i = 0; i < m; i += block, a += block * a_row, c += block * c_row) {
        const int rows = m - i < block ? m - i : block;
        int8_range ranges[INT8_BLOCK];
        for (int r = 0; r < rows; r++)
            ranges[r] = quantise_row((size_t)k, (size_t)q_row, a + r * a_row, q + r * q_row);
        int j = 0;
        /* One row's few sums wait for themselves; but where a dot product takes several instructions, those are what is
         * waited for. */
        for (; DOT_IS_SHORT(way) && rows == 1 && j + 2 * INT8_PANEL <= n; j += 2 * INT8_PANEL)
            int8_tile(way, 1, 2, groups, q, q_row, ranges, int8_scales(k, j, packed), int8_stride(k), c + j, c_row,
                      2 * INT8_PANEL, accumulate);
        for (; j < n; j += INT8_PANEL) {
            const heed_real *panel = int8_scales(k, j, packed);
            for (int r = 0; r < rows; r += V_INT8_ROWS)
                int8_rows(way, rows - r < V_INT8_ROWS ? rows - r : V_INT8_ROWS, groups, q + r * q_row, q_row,
                          ranges + r, panel, c + r * c_row + j, c_row, n - j, accumulate);
        }
    }
}

static void gemm_int8(int m, int n, int k, const heed_real *a, ptrdiff_t a_row, const void *packed, heed_real *c,
                      ptrdiff_t c_row, bool accumulate, heed_real *scratch) {
    if (v_dot_way() == 0)
        gemm_int8_by(0, m, n, k, a, a_row, packed, c, c_row, accumulate, scratch);
    else
        gemm_int8_by(1, m, n, k, a, a_row, packed, c, c_row, accumulate, scratch);
}

#endif
