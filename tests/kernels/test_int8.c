/* gemm_int8 on every set against its definition, bit for bit: the sums are of integers, and the float operations around
 * them have one order. Also the packed rows of both forms, taken out again. */
#include "guarded.h"

#include <stdlib.h>

static heed_real *scratch;

/* One element of the product as kernels/int8.h defines it. */
static heed_real element(int k, const heed_real *x, const int8_t *w, heed_real scale) {
    heed_real low = k > 0 ? x[0] : 0, high = low;
    for (int p = 0; p < k; p++) {
        if (!isfinite((double)x[p]))
            return (heed_real)NAN;
        low = x[p] < low ? x[p] : low;
        high = x[p] > high ? x[p] : high;
    }
    if (!isfinite((double)(high - low)))
        return (heed_real)NAN;
    heed_real step = (high - low) / 127, inverse = step > (heed_real)1e-37 ? 1 / step : 0;
    int32_t dot = 0, sum = 0;
    for (int p = 0; p < k; p++) {
        heed_real level = (x[p] - low) * inverse;
        dot += w[p] * (int32_t)nearbyint((double)level);
        sum += w[p];
    }
    heed_real scaled = step * (heed_real)dot, shifted = low * (heed_real)sum;
    return scale * (scaled + shifted);
}

typedef struct operands {
    int m, n, k;
    ptrdiff_t a_row, c_row;
    guarded a, c;
    int8_t *w;
    heed_real *scales;
    unsigned char *block, *packed; /* packed: with sentinels round it, aligned as the kernels ask */
    size_t bytes;
} operands;

enum { RIM = 64, RIM_BYTE = 0x5a };

static operands make(const heed_kernels *kernels, int m, int n, int k) {
    operands o = {.m = m, .n = n, .k = k, .a_row = k + 3, .c_row = n + 2};
    o.a = guarded_random((size_t)m * (size_t)(k + 3), random_bits() % 5);
    o.c = guarded_random((size_t)m * (size_t)(n + 2), random_bits() % 5);
    o.w = malloc((size_t)n * (size_t)k + 1);
    o.scales = malloc((size_t)n * sizeof *o.scales + 1);
    o.bytes = kernels->int8_size(k, n);
    o.block = malloc(o.bytes + 3 * RIM);
    if (m < 0 || n < 0 || k < 0 || o.w == NULL || o.scales == NULL || o.block == NULL)
        exit(2);
    memset(o.block, RIM_BYTE, o.bytes + 3 * RIM);
    o.packed = (unsigned char *)(((uintptr_t)o.block + 2 * RIM - 1) / RIM * RIM);
    for (size_t i = 0; i < (size_t)n * (size_t)k; i++)
        o.w[i] = (int8_t)((int)(random_bits() % 256) - 128);
    for (int j = 0; j < n; j++)
        o.scales[j] = random_real() / 100;
    return o;
}

/* In pieces, as a file brings them; the scales before or after. */
static void pack(const heed_kernels *kernels, const operands *o) {
    for (int early = 0; early < 2; early++) {
        for (int j = 0; j < o->n && early == (int)(o->n % 2); j++)
            kernels->int8_scale(o->k, o->n, j, o->scales[j], o->packed);
        for (int j = 0, count; j < o->n && early == 0; j += count) {
            count = 1 + (int)(random_bits() % 5);
            count = count < o->n - j ? count : o->n - j;
            kernels->int8_pack(o->k, o->n, j, count, o->w + (size_t)j * (size_t)o->k, o->packed);
        }
    }
}

static void end(operands *o, const char *name) {
    bool whole = true;
    for (int i = 1; i <= RIM; i++)
        whole = whole && o->packed[-i] == RIM_BYTE && o->packed[o->bytes + (size_t)i - 1] == RIM_BYTE;
    heed_test_report(whole, "guarded", 0, name);
    guarded_end(&o->a, name);
    guarded_end(&o->c, name);
    free(o->w);
    free(o->scales);
    free(o->block);
}

static void compare(const heed_kernels *kernels, operands *o, bool accumulate) {
    guarded want = guarded_copy(&o->c, 0);
    char name[200];
    snprintf(name, sizeof name, "%s gemm_int8 m=%d n=%d k=%d%s", kernels->isa, o->m, o->n, o->k,
             accumulate ? " +=" : "");
    for (int i = 0; i < o->m; i++)
        for (int j = 0; j < o->n; j++) {
            heed_real *to = want.data + i * o->c_row + j;
            heed_real y = element(o->k, o->a.data + i * o->a_row, o->w + (ptrdiff_t)j * o->k, o->scales[j]);
            *to = accumulate ? *to + y : y;
        }
    kernels->gemm_int8(o->m, o->n, o->k, o->a.data, o->a_row, o->packed, o->c.data, o->c_row, accumulate, scratch);
    heed_compare(name, o->c.n, o->c.data, want.data, 0);
    guarded_end(&want, name);
}

static void sizes(const heed_kernels *kernels) {
    static const int ms[] = {0, 1, 2, 3, 4, 5, 7, 31, 33, 70};
    static const int ns[] = {0, 1, 3, 4, 15, 16, 17, 31, 33, 63, 64, 65, 130};
    static const int ks[] = {0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 33, 63, 64, 65, 200};
    for (size_t i = 0; i < sizeof ms / sizeof *ms; i++)
        for (size_t j = 0; j < sizeof ns / sizeof *ns; j++)
            for (size_t p = 0; p < sizeof ks / sizeof *ks; p++) {
                operands o = make(kernels, ms[i], ns[j], ks[p]);
                pack(kernels, &o);
                compare(kernels, &o, random_bits() % 2);
                end(&o, "gemm_int8");
            }
}

/* The largest sums there are: no 16-bit step may saturate, no 32-bit sum wrap, at the widest row. */
static void extremes(const heed_kernels *kernels) {
    static const int widths[] = {64, 1000, HEED_INT8_WIDTH};
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++)
        for (int sign = 0; sign < 3; sign++) {
            operands o = make(kernels, 2, 5, widths[i]);
            memset(o.w, sign == 0 ? 127 : sign == 1 ? -128 : 0, (size_t)o.n * (size_t)o.k);
            for (int p = 0; sign == 2 && p < o.n * o.k; p++)
                o.w[p] = p % 2 ? -128 : 127;
            for (int p = 0; p < o.k; p++)
                o.a.data[p] = p ? 1 : (heed_real)-0.5;
            pack(kernels, &o);
            compare(kernels, &o, false);
            end(&o, "extremes");
        }
}

/* Rows of one value, huge and tiny ones; NaN and infinity give a row of NaN and leave the other rows alone. */
static void special_rows(const heed_kernels *kernels) {
    static const heed_real fills[] = {0, -3, (heed_real)3e38, (heed_real)-1e-42, (heed_real)1e-30};
    for (int k = 1; k < 70; k += 17) {
        operands o = make(kernels, 11, 21, k);
        for (int i = 0; i < 5; i++)
            for (int p = 0; p < k; p++)
                o.a.data[i * o.a_row + p] = fills[i];
        o.a.data[3 * o.a_row + k / 2] = (heed_real)1e-41;  /* a subnormal range */
        o.a.data[4 * o.a_row + k / 2] = (heed_real)-2e-30;
        o.a.data[5 * o.a_row + k - 1] = (heed_real)NAN;
        o.a.data[6 * o.a_row] = (heed_real)INFINITY;
        o.a.data[7 * o.a_row + k / 2] = (heed_real)-INFINITY;
        o.a.data[8 * o.a_row] = (heed_real)-3e38;
        o.a.data[8 * o.a_row + k - 1] = (heed_real)3e38;   /* a range beyond the floats, where k > 1 */
        pack(kernels, &o);
        compare(kernels, &o, false);
        CHECK(isnan((double)o.c.data[5 * o.c_row + 20]) && isnan((double)o.c.data[6 * o.c_row]));
        CHECK(isfinite((double)o.c.data[4 * o.c_row]) && isfinite((double)o.c.data[9 * o.c_row + 20]));
        end(&o, "special rows");
    }
}

/* The error is that of the roundings: half a level of x for each weight, nothing else. */
static void close_to_real(const heed_kernels *kernels) {
    enum { N = 50, K = 300 };
    operands o = make(kernels, 1, N, K);
    pack(kernels, &o);
    kernels->gemm_int8(1, N, K, o.a.data, o.a_row, o.packed, o.c.data, o.c_row, false, scratch);
    for (int j = 0; j < N; j++) {
        double exact = 0, most = 0;
        for (int p = 0; p < K; p++) {
            double w = o.w[j * K + p] * (double)o.scales[j];
            exact += w * (double)o.a.data[p];
            most += fabs(w) * 0.5001 * 2 / 127;
        }
        CHECK(fabs((double)o.c.data[j] - exact) <= most);
    }
    end(&o, "close to real");
}

/* The first rows of what is packed, in either form, are a packed matrix of their own. */
static void first_rows(const heed_kernels *kernels) {
    enum { N = 150, K = 37 };
    operands o = make(kernels, 3, N, K);
    guarded w = guarded_random(N * K, 0), panels = guarded_new(kernels->packed_size(K, N), 0);
    pack(kernels, &o);
    kernels->pack(K, N, w.data, 1, K, panels.data);
    for (int n = 1; n < N; n += 7) {
        guarded c = guarded_new((size_t)(3 * n), 1), want = guarded_new((size_t)(3 * N), 1);
        for (int int8 = 0; int8 < 2; int8++) {
            if (int8) {
                kernels->gemm_int8(3, n, K, o.a.data, o.a_row, o.packed, c.data, n, false, scratch);
                kernels->gemm_int8(3, N, K, o.a.data, o.a_row, o.packed, want.data, N, false, scratch);
            } else {
                kernels->gemm_packed(3, n, K, o.a.data, o.a_row, panels.data, c.data, n, false);
                kernels->gemm_packed(3, N, K, o.a.data, o.a_row, panels.data, want.data, N, false);
            }
            for (int i = 0; i < 3; i++)
                heed_compare("first rows", (size_t)n, c.data + i * n, want.data + i * N, 0);
        }
        guarded_end(&c, "first rows");
        guarded_end(&want, "all rows");
    }
    guarded_end(&w, "first rows w");
    guarded_end(&panels, "first rows panels");
    end(&o, "first rows");
}

static void rows_taken_out(const heed_kernels *kernels) {
    for (int n = 1; n < 70; n += 13)
        for (int k = 1; k < 40; k += 6) {
            operands o = make(kernels, 1, n, k);
            guarded w = guarded_random((size_t)n * (size_t)k, 1), row = guarded_new((size_t)k, 2);
            const size_t reals = kernels->packed_size(k, n) % ((size_t)1 << 20);
            guarded panels = guarded_new(reals, 3), whole = guarded_new(reals, 0);
            pack(kernels, &o);
            kernels->pack(k, n, w.data, 1, k, whole.data);
            for (int j = 0; j < n; j++)
                kernels->pack_row(k, n, j, w.data + (ptrdiff_t)j * k, panels.data);
            heed_compare("pack in rows", panels.n, panels.data, whole.data, 0);
            for (int j = 0; j < n; j++) {
                kernels->packed_row(k, n, j, panels.data, row.data);
                heed_compare("packed_row", row.n, row.data, w.data + (ptrdiff_t)j * k, 0);
                kernels->int8_row(k, n, j, o.packed, row.data);
                for (int p = 0; p < k; p++)
                    w.data[(ptrdiff_t)j * k + p] = (heed_real)o.w[j * k + p] * o.scales[j];
                heed_compare("int8_row", row.n, row.data, w.data + (ptrdiff_t)j * k, 0);
            }
            guarded_end(&w, "rows w");
            guarded_end(&row, "rows row");
            guarded_end(&panels, "rows panels");
            guarded_end(&whole, "rows whole");
            end(&o, "rows");
        }
}

int main(void) {
    guarded room = guarded_new(HEED_GEMM_SCRATCH + 16, 0);
    scratch = (heed_real *)(((uintptr_t)room.data + 63) / 64 * 64);
    each_set(sizes);
    each_set(extremes);
    each_set(special_rows);
    each_set(close_to_real);
    each_set(first_rows);
    each_set(rows_taken_out);
    for (size_t i = (size_t)(scratch - room.data) + HEED_GEMM_SCRATCH; i < room.n; i++)
        CHECK(room.data[i] == SENTINEL);
    guarded_end(&room, "scratch");
    return heed_test_finish("kernels_int8");
}
