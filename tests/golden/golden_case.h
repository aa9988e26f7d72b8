/* Cases of a golden file: what tests/golden/make_golden.py wrote with PyTorch. Tensors are looked up by name; a case
 * that lacks one that a test needs fails the test. */
#ifndef HEED_GOLDEN_CASE_H
#define HEED_GOLDEN_CASE_H

#include "base/file.h"
#include "base/memory.h"
#include "compare.h"
#include "io/safetensors.h"

/* Of values relative to the largest magnitude of the tensor they belong to. */
#define GOLDEN_TOLERANCE (sizeof(heed_real) < sizeof(double) ? 1e-5 : 1e-6)

typedef struct golden_file {
    const char *name; /* "op_add" */
    char *bytes;
    heed_arena arena;
    heed_safetensors tensors;
    int cases;
} golden_file;

typedef struct golden_case {
    golden_file *file;
    int number;
    const char *label;
} golden_case;

/* false after a failed check. Close it in either case. */
bool golden_open(golden_file *file, const char *kind, const char *name);
void golden_close(golden_file *file);
golden_case golden_get(golden_file *file, int number);

/* NULL when the case has no such tensor. */
const heed_safetensor *golden_find(const golden_case *test, const char *name);
/* Tensor i of the file if it belongs to the case: its name without the number; else NULL. */
const char *golden_name(const golden_case *test, int i);

/* Copies in the file's arena; a failed check and zeros (of the `count` wanted) when it is absent or has another
 * type. */
heed_real *golden_reals(const golden_case *test, const char *name, size_t count);
int32_t *golden_ints(const golden_case *test, const char *name, size_t count);
/* One number, or `absent` when there is none. */
int golden_int(const golden_case *test, const char *name, int absent);
double golden_number(const golden_case *test, const char *name, double absent);
const char *golden_text(const golden_case *test, const char *name);

/* One check: got[0..n) against a tensor of n elements. Magnitudes below 1e-3 count as that; for those that the case
 * lists as "cancelling", sums of large numbers that come to nothing or little, it is 0.1 in single precision. */
bool golden_compare(const golden_case *test, const char *name, const heed_real *got, size_t n);

/* The largest error, relative as above, that any comparison met. */
extern double golden_worst;

#endif
