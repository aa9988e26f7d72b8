/* What the files of a model benchmark share: the job, and how each model becomes one of ours. */
#ifndef HEED_BENCH_JOB_H
#define HEED_BENCH_JOB_H

#include "base/thread.h"
#include "bench/bench_manifest.h"
#include "heed/bench.h"
#include "models/arch.h"

/* Sizes that the manifest's config gives. Absent ones are 0. */
typedef struct heed_bench_sizes {
    int64_t source_vocabulary, target_vocabulary, steps, bos;
    double rate; /* of Adam */
} heed_bench_sizes;

/* Where a tensor of the file goes. '#' stands for one number, the same on both sides. */
typedef struct heed_bench_slot {
    const char *tensor; /* "": the parameter has no counterpart and is zero */
    const char *param;  /* "": our model computes it */
    int part, parts;    /* rows part/parts .. (part + 1)/parts of the parameter; parts 0: all */
} heed_bench_slot;

typedef struct heed_bench_plan heed_bench_plan;
struct heed_bench_plan {
    heed_bench_model model;
    const heed_arch *arch;
    const heed_bench_slot *slots; /* ended by NULLs */
    /* Reads the sizes and appends our config.json for them. */
    heed_status (*configure)(const heed_json *config, heed_bench_sizes *sizes, heed_json_writer *writer,
                             heed_error *error);
    const char *input;                       /* names of the i32 tensors: of inference, */
    const char *train_input, *train_target;  /* and of training; NULL: it is not trained */
    double loss_tolerance; /* of the first training steps against float64 */
    double int8_tolerance; /* of the logits of the last step; 0: not run in int8 */
};
extern const heed_bench_plan heed_bench_plans[]; /* ended by a NULL arch */

/* Where a tensor goes. */
typedef struct heed_bench_place {
    int param;          /* -1: our model computes it, or it is integers; -2: nobody reads it */
    int part, parts;    /* rows part/parts .. (part + 1)/parts of that parameter */
    int32_t *integers;  /* of an i32 tensor */
} heed_bench_place;

/* A part of the training batch, computed by one thread. */
typedef struct heed_bench_shard {
    heed_tape tape;
    heed_batch batch;
    heed_real *gradient;
    double loss;              /* summed */
    heed_error error;
} heed_bench_shard;

struct heed_bench_job {
    heed_arena arena;         /* manifest, inputs, results */
    const heed_bench_plan *plan;
    heed_bench_manifest manifest;
    heed_bench_sizes sizes;
    heed_model model;
    heed_bench_place *places; /* of every entry */
    bool int8;                /* matrices are rounded to it */
    size_t fed;               /* bytes of the file */
    int at;                   /* the entry that the next byte belongs to */
    heed_real *row;           /* of the entry, as far as it has come; as wide as the widest */
    int8_t *rounded;          /* likewise */
    heed_bench_outcome outcome;
    /* inference */
    heed_tape tape;
    int32_t *tokens;
    heed_real *logits;
    /* training */
    bool training;
    int shard_count;
    heed_bench_shard *shards;
    heed_pool *pool;
    heed_real *blocks;        /* m, v, then the gradient of each shard */
    double *chunk_sums;
    int64_t step;
    double losses[HEED_BENCH_LOSSES];
};

/* The integers of this name, [rows, columns]; rank 1 is one column. NULL and an error when they are not there. */
int32_t *heed_bench_input(const heed_bench_job *job, const char *name, int *rows, int *columns, heed_error *error);

/* bench_infer.c and bench_train.c: what a run needs, made when the sizes are known; and a run. */
heed_status heed_bench_prepare_inference(heed_bench_job *job, heed_error *error);
/* `forced` (NULL: none): the tokens that each step is given as those before it, whatever was found; as many as
 * steps. */
heed_status heed_bench_infer(heed_bench_job *job, const int32_t *forced, heed_error *error);
heed_status heed_bench_prepare_training(heed_bench_job *job, int threads, heed_error *error);
/* The batch, once its numbers are there. */
void heed_bench_fill_batch(heed_bench_job *job);
heed_status heed_bench_train_step(heed_bench_job *job, heed_error *error);
void heed_bench_free_training(heed_bench_job *job);

#endif
