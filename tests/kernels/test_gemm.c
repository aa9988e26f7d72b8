/* gemm, pack and gemm_packed on every set against sums of integers, which are exact in float whatever their order. */
#include "guarded.h"

typedef struct gemm_case {
    int m, n, k;
    ptrdiff_t a_row, a_col, b_row, b_col, c_row;
    bool accumulate;
} gemm_case;

static heed_real *scratch;

static size_t extent(int rows, int columns, ptrdiff_t row, ptrdiff_t column) {
    return rows > 0 && columns > 0 ? (size_t)((rows - 1) * row + (columns - 1) * column + 1) : 0;
}

static void reference(const gemm_case *g, const heed_real *a, const heed_real *b, heed_real *c) {
    for (int i = 0; i < g->m; i++) {
        for (int j = 0; j < g->n; j++) {
            double sum = g->accumulate ? (double)c[i * g->c_row + j] : 0;
            for (int p = 0; p < g->k; p++)
                sum += (double)a[i * g->a_row + p * g->a_col] * (double)b[p * g->b_row + j * g->b_col];
            c[i * g->c_row + j] = (heed_real)sum;
        }
    }
}

static void run_case(const heed_kernels *kernels, const gemm_case *g) {
    size_t offset = random_bits() % 5;
    guarded a = guarded_integers(extent(g->m, g->k, g->a_row, g->a_col), offset);
    guarded b = guarded_integers(extent(g->k, g->n, g->b_row, g->b_col), (offset + 1) % 5);
    guarded c = guarded_integers(extent(g->m, g->n, g->c_row, 1), (offset + 2) % 5);
    guarded want = guarded_copy(&c, 0), again = guarded_copy(&c, 3);
    char name[200];
    snprintf(name, sizeof name, "%s gemm m=%d n=%d k=%d a=(%d,%d) b=(%d,%d) c=%d%s", kernels->isa, g->m, g->n, g->k,
             (int)g->a_row, (int)g->a_col, (int)g->b_row, (int)g->b_col, (int)g->c_row, g->accumulate ? " +=" : "");
    reference(g, a.data, b.data, want.data);
    kernels->gemm(g->m, g->n, g->k, a.data, g->a_row, g->a_col, b.data, g->b_row, g->b_col, c.data, g->c_row,
                  g->accumulate, scratch);
    /* The whole extent, so that what lies between the rows of C is compared too. */
    heed_compare(name, c.n, c.data, want.data, 0);

    if (g->a_col == 1) {
        guarded packed = guarded_new(kernels->packed_size(g->k, g->n), 1);
        kernels->pack(g->k, g->n, b.data, g->b_row, g->b_col, packed.data);
        kernels->gemm_packed(g->m, g->n, g->k, a.data, g->a_row, packed.data, again.data, g->c_row, g->accumulate);
        strncat(name, " packed", sizeof name - strlen(name) - 1);
        heed_compare(name, again.n, again.data, want.data, 0);
        guarded_end(&packed, name);
    }
    guarded_end(&a, name);
    guarded_end(&b, name);
    guarded_end(&c, name);
    guarded_end(&again, name);
    guarded_end(&want, name);
}

static gemm_case make_case(int m, int n, int k, int a_kind, int b_kind, bool accumulate) {
    gemm_case g = {m, n, k, k + 3, 1, n + 2, 1, n + (int)(random_bits() % 4), accumulate};
    if (a_kind == 1)
        g.a_row = 1, g.a_col = m + 2;
    if (a_kind == 2)
        g.a_row = 2 * k + 1, g.a_col = 2;
    if (b_kind == 1)
        g.b_row = 1, g.b_col = k + 1;
    if (b_kind == 2)
        g.b_row = 3 * n + 1, g.b_col = 3;
    if (b_kind == 3)
        g.b_row = 0, g.b_col = 1; /* the same row again and again: a broadcast */
    return g;
}

static void sizes(const heed_kernels *kernels) {
    static const int small[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 17};
    static const int wide[] = {0, 1, 7, 8, 15, 16, 23, 24, 25, 31, 32, 33, 64, 97, 129, 200};
    static const int deep[] = {0, 1, 2, 15, 16, 17, 33};
    for (size_t i = 0; i < sizeof small / sizeof *small; i++)
        for (size_t j = 0; j < sizeof wide / sizeof *wide; j++)
            for (size_t p = 0; p < sizeof deep / sizeof *deep; p++) {
                gemm_case g = make_case(small[i], wide[j], deep[p], (int)(random_bits() % 3), (int)(random_bits() % 4),
                                        random_bits() % 2);
                run_case(kernels, &g);
            }
    for (int a_kind = 0; a_kind < 3; a_kind++)
        for (int b_kind = 0; b_kind < 4; b_kind++)
            for (int accumulate = 0; accumulate < 2; accumulate++) {
                gemm_case g = make_case(37, 70, 50, a_kind, b_kind, accumulate);
                run_case(kernels, &g);
                g = make_case(1, 70, 50, a_kind, b_kind, accumulate);
                run_case(kernels, &g);
            }
    /* Beyond one block of k, of m and of n; with a single real to spare. */
    static const int large[][3] = {{97, 800, 5}, {193, 65, 769}, {3, 769, 385}, {1, 33, 1153}, {100, 1, 400},
                                  {8, 8, 2000}, {1000, 9, 384}, {9, 1600, 384}};
    for (size_t i = 0; i < sizeof large / sizeof *large; i++)
        for (int kind = 0; kind < 3; kind++) {
            gemm_case g = make_case(large[i][0], large[i][1], large[i][2], kind, (kind + 1) % 3, kind == 0);
            run_case(kernels, &g);
        }
}

/* A NaN in row 2 of A must reach row 2 of C and nothing else; an infinity in column 5 of B, column 5. */
static void special_values(const heed_kernels *kernels) {
    enum { M = 7, N = 45, K = 19 };
    for (int through = 0; through < 2; through++) {
        guarded a = guarded_new(M * K, 1), b = guarded_new(K * N, 2);
        guarded c = guarded_new(M * N, 3), want = guarded_new(M * N, 0);
        for (int i = 0; i < M * K; i++)
            a.data[i] = 1;
        for (int i = 0; i < K * N; i++)
            b.data[i] = 2;
        a.data[2 * K + 3] = (heed_real)NAN;
        b.data[4 * N + 5] = (heed_real)INFINITY;
        for (int i = 0; i < M; i++)
            for (int j = 0; j < N; j++)
                want.data[i * N + j] = i == 2 ? (heed_real)NAN : j == 5 ? (heed_real)INFINITY : 2 * K;
        if (through == 0) {
            kernels->gemm(M, N, K, a.data, K, 1, b.data, N, 1, c.data, N, false, scratch);
        } else {
            guarded packed = guarded_new(kernels->packed_size(K, N), 0);
            kernels->pack(K, N, b.data, N, 1, packed.data);
            kernels->gemm_packed(M, N, K, a.data, K, packed.data, c.data, N, false);
            guarded_end(&packed, "special packed");
        }
        heed_compare("special values", M * N, c.data, want.data, 0);
        guarded_end(&a, "special a");
        guarded_end(&b, "special b");
        guarded_end(&c, "special c");
        guarded_end(&want, "special want");
    }
}

/* gemm_packed gives a row the same bits whatever rows go with it, and wherever it lies in memory. */
static void same_bits(const heed_kernels *kernels) {
    enum { M = 21, N = 77, K = 133 };
    guarded a = guarded_random(M * K, 1), b = guarded_random(K * N, 2), c = guarded_new(M * N, 3);
    guarded packed = guarded_new(kernels->packed_size(K, N), 0);
    kernels->pack(K, N, b.data, 1, K, packed.data);
    kernels->gemm_packed(M, N, K, a.data, K, packed.data, c.data, N, false);
    for (int m = 1; m <= 8; m++) {
        guarded few = guarded_new((size_t)(m * N), (size_t)m % 3);
        kernels->gemm_packed(m, N, K, a.data + (M - m) * K, K, packed.data, few.data, N, false);
        CHECK(memcmp(few.data, c.data + (M - m) * N, (size_t)(m * N) * sizeof(heed_real)) == 0);
        guarded_end(&few, "few rows");
    }
    guarded moved = guarded_copy(&a, 4), again = guarded_new(M * N, 2);
    kernels->gemm(M, N, K, a.data, K, 1, b.data, 1, K, c.data, N, false, scratch);
    kernels->gemm(M, N, K, moved.data, K, 1, b.data, 1, K, again.data, N, false, scratch);
    CHECK(memcmp(again.data, c.data, M * N * sizeof(heed_real)) == 0);
    guarded_end(&a, "bits a");
    guarded_end(&b, "bits b");
    guarded_end(&c, "bits c");
    guarded_end(&packed, "bits packed");
    guarded_end(&moved, "bits moved");
    guarded_end(&again, "bits again");
}

/* gemv_beside gives the bits of gemm_packed; of sizes that it takes, and that it leaves to others. */
static void beside(const heed_kernels *kernels) {
    static const int beside_sizes[][3] = {{128, 40, 40}, {256, 128, 64}, {384, 33, 1}, {77, 50, 20}, {128, 30, 31}};
    const int rows = kernels->beside_rows;
    CHECK((rows == 0) == (kernels->gemv_beside == NULL));
    for (size_t i = 0; rows > 0 && i < sizeof beside_sizes / sizeof *beside_sizes; i++) {
        const int n = beside_sizes[i][0], k = beside_sizes[i][1], k2 = beside_sizes[i][2];
        guarded x = guarded_random((size_t)k, 1), a = guarded_random((size_t)(rows * k2), 2);
        guarded b = guarded_random((size_t)(k * n), 0), b2 = guarded_random((size_t)(k2 * n), 0);
        guarded packed = guarded_new(kernels->packed_size(k, n), 0);
        guarded packed2 = guarded_new(kernels->packed_size(k2, n), 0);
        guarded y = guarded_random((size_t)n, 3), c = guarded_new((size_t)(rows * n), 1);
        guarded want_y = guarded_copy(&y, 0), want_c = guarded_new((size_t)(rows * n), 0);
        kernels->pack(k, n, b.data, n, 1, packed.data);
        kernels->pack(k2, n, b2.data, n, 1, packed2.data);
        kernels->gemm_packed(rows, n, k2, a.data, k2, packed2.data, want_c.data, n, false);
        for (int part = 0; part < rows; part++) {
            kernels->gemm_packed(1, n, k, x.data, k, packed.data, want_y.data, n, true);
            kernels->gemv_beside(n, k, x.data, packed.data, y.data, k2, a.data, packed2.data, c.data, part);
        }
        CHECK(memcmp(y.data, want_y.data, (size_t)n * sizeof(heed_real)) == 0);
        CHECK(memcmp(c.data, want_c.data, (size_t)(rows * n) * sizeof(heed_real)) == 0);
        guarded *all[] = {&x, &a, &b, &b2, &packed, &packed2, &y, &c, &want_y, &want_c};
        for (size_t g = 0; g < sizeof all / sizeof *all; g++)
            guarded_end(all[g], "beside");
    }
}

int main(void) {
    /* Sentinels round the scratch: its size is part of the contract. */
    guarded room = guarded_new(HEED_GEMM_SCRATCH + 16, 0);
    scratch = (heed_real *)(((uintptr_t)room.data + 63) / 64 * 64);
    size_t before = (size_t)(scratch - room.data);
    each_set(sizes);
    each_set(special_values);
    each_set(same_bits);
    each_set(beside);
    for (size_t i = 0; i < before; i++)
        CHECK(room.data[i] == SENTINEL);
    for (size_t i = before + HEED_GEMM_SCRATCH; i < room.n; i++)
        CHECK(room.data[i] == SENTINEL);
    guarded_end(&room, "scratch");
    return heed_test_finish("kernels_gemm");
}
