/* How fast this machine is: the numeric kernels against what its registers allow, and whole models, on the work that
 * other engines are compared on. */
#ifndef HEED_BENCH_H
#define HEED_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heed/real.h"
#include "heed/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct heed_bench_row {
    const char *isa;    /* "avx512", ... */
    const char *kernel; /* "peak", "gemm", "gemm_bt", "gemm_at", "gemm_packed", "exp", "lstm_forward", ... */
    char shape[48];     /* "256x256x256" (m x n x k), "4096" (values); empty for peak */
    const char *unit;   /* "GFLOP/s", where a multiply-add is two; "Gvalue/s"; "GB/s", read and written together */
    double rate;        /* in that unit: the median over the rounds */
    double best;        /* the highest of the rounds: what an undisturbed machine does */
    double percent;     /* median of rate / peak of the same set in the same round * 100; 0 where unit is not GFLOP/s */
    const char *against; /* the kernel that this one is compared with, NULL for none: "load", a plain read of the same
                            memory; "triad", y += a x of as many values; "libm_exp", ..., the C library */
    double ratio;       /* its rate to theirs in the same round where units agree, else calls per second; or 0 */
    double seconds;     /* of one call, at the median */
} heed_bench_row;

typedef struct heed_bench_options {
    const char *isa;       /* one set, or NULL for every set that this machine can run */
    const char *kernel;    /* one kernel (the peak is always measured), or NULL for all */
    const char *shape;     /* one shape, as in the rows, or NULL for all */
    int rounds;            /* 1 .. 101; 0 means 9 */
    double sample_seconds; /* how long each kernel runs in a round; 0 means 0.005. Browsers' clocks tick at 0.1 ms */
} heed_bench_options;

/* Measures all kernels in rounds, each round running every kernel of every set once for `sample_seconds`, so that a
 * disturbance hits all alike; then calls `row` for each, sets best first, the peak before the others. The row is valid
 * during the call. `options` may be NULL. Takes rounds * sample_seconds * about 70 per set, one thread.
 * Fails with HEED_ERROR_UNKNOWN when `isa`, or `kernel` with `shape`, names nothing that can be run here,
 * HEED_ERROR_ARGUMENT, HEED_ERROR_MEMORY. */
heed_status heed_bench_kernels(const heed_bench_options *options,
                               void (*row)(void *context, const heed_bench_row *row), void *context,
                               heed_error *error);

/* The same as JSON: [{"isa", "kernel", "shape", "unit", "rate", "best", "percent", "against" ("" for none), "ratio"}].
 * The text is the caller's: heed_text_free. On failure *json is NULL. */
heed_status heed_bench_kernels_json(const heed_bench_options *options, char **json, heed_error *error);

/* ---- Whole models. bench/README.md says what they are and where their numbers come from: a manifest (JSON: sizes, and
 * what lies where) and one flat file of tensors, little-endian. A job is one model with its task, to be run many times:
 *
 *     heed_bench_job_create, heed_bench_job_feed until the file is through, then heed_bench_job_run as often as wanted;
 *     heed_bench_job_outcome or heed_bench_job_check at any time after a run; heed_bench_job_free.
 *
 * After the first runs a run allocates nothing. */
typedef struct heed_bench_job heed_bench_job;

typedef struct heed_bench_job_options {
    const char *model; /* one of heed_bench_model_at */
    const char *task;  /* "infer" or "train"; NULL: "infer" */
    const char *dtype; /* of the weight matrices in inference: "f32" or "int8"; NULL: "f32" */
    int threads;       /* of training, at most HEED_BENCH_THREADS; the batch is cut into as many shards; 0: 1 */
} heed_bench_job_options;

typedef struct heed_bench_model {
    const char *name;  /* "M1" */
    const char *file;  /* the files it is read from, without extension */
    const char *tasks; /* "infer train" */
    const char *title; /* what it is, in a few words */
} heed_bench_model;
/* Model i of the list, NULL after the last. */
const heed_bench_model *heed_bench_model_at(int i);

/* What was computed. Pointers are the job's, until its next run. */
typedef struct heed_bench_outcome {
    int token_count;       /* of one inference that decodes; else 0 */
    const int32_t *tokens;
    int logit_count;       /* of the last step; 0 when training */
    const heed_real *logits;
    int loss_count;        /* of the first training steps, at most HEED_BENCH_LOSSES: mean cross-entropy before each */
    const double *losses;
    int examples, target_tokens; /* of one training step; target_tokens 0 for a classifier */
    int64_t weights;       /* parameters of the model */
} heed_bench_outcome;
enum { HEED_BENCH_LOSSES = 5, HEED_BENCH_THREADS = 64 };

/* How far that is from the expected values; -1 where there is nothing to compare. With int8 weights one token that
 * comes out differently changes all that follow, so agreement and logits are of steps that are given the expected
 * tokens. */
typedef struct heed_bench_check {
    int tokens_ok;         /* 1: the same tokens; 0: others */
    double agreement;      /* share of the steps that choose the expected token */
    double max_abs_err;    /* of the logits of the last step */
    double train_loss_err; /* largest difference of the first HEED_BENCH_LOSSES losses */
    double allowed;        /* what max_abs_err or train_loss_err may be */
} heed_bench_check;

/* A job whose model has the sizes that the manifest gives. `file_size` is that of the file of tensors: no more is
 * allocated than it can fill. Fails, with *out NULL, when the manifest is not what it should be, lacks a tensor, has
 * one that nobody reads or one of another shape; on names that are not known; out of memory. */
heed_status heed_bench_job_create(const heed_bench_job_options *options, const char *manifest, size_t manifest_size,
                                  size_t file_size, heed_bench_job **out, heed_error *error);
/* The next bytes of the file, as many as there are (a multiple of four). Fails on a NaN, an infinity, and bytes beyond
 * the end. The last bytes make the job ready. */
heed_status heed_bench_job_feed(heed_bench_job *job, const void *bytes, size_t size, heed_error *error);
/* One whole inference at batch 1 (all greedy steps of a decoder, none ends it early), or one training step: forward,
 * backward, Adam, loss. Fails when the job is not ready or a token of the file is outside its vocabulary. */
heed_status heed_bench_job_run(heed_bench_job *job, heed_error *error);
heed_bench_outcome heed_bench_job_outcome(const heed_bench_job *job);
/* Compares the last run with the expected values, JSON: {"M1": {"tokens": [..], "logits": [the first ones], "losses":
 * [..]}, ..}. The numbers are in *out also when it fails with HEED_ERROR_NUMERIC because they are not near enough.
 * Training needs HEED_BENCH_LOSSES runs. */
heed_status heed_bench_job_check(heed_bench_job *job, const char *expected, size_t expected_size,
                                 heed_bench_check *out, heed_error *error);
void heed_bench_job_free(heed_bench_job *job); /* NULL is allowed */
/* Allocations of the engine since the process began: the same before and after a run once the first ones are over. */
uint64_t heed_bench_allocations(void);

#ifdef __cplusplus
}
#endif
#endif
