/* A training run as an object, so that a caller may go step by step:
 *
 *     heed_trainer_create, then until heed_trainer_done: heed_trainer_step, and heed_trainer_finish_epoch whenever
 *     heed_trainer_epoch_over; heed_trainer_checkpoint at any time between steps.
 *
 * Everything random comes from (seed, epoch, step, shard), so the state of a run is its flat blocks and the numbers of
 * heed_trainer_state, and a run that was cut anywhere and resumed ends with the same bits. */
#ifndef HEED_TRAINER_H
#define HEED_TRAINER_H

#include "data/batches.h"
#include "heed/train.h"
#include "train/eval_set.h"
#include "train/recipe.h"

typedef struct heed_trainer_state {
    int64_t step;       /* optimiser steps done */
    int64_t epoch;      /* epochs finished, dev figures included */
    bool finished;      /* the last epoch is done or training stopped early */
    double loss_sum;    /* of the epoch so far: summed cross-entropy, label smoothing included */
    int64_t tokens;     /* of the epoch so far: target tokens with <eos> */
    double norm_sum;    /* of the epoch so far: gradient norms before clipping */
    double seconds;     /* of the epoch so far, in all calls */
    int64_t best_epoch; /* 1-based; 0: none yet */
    double best_wer, best_loss;
    int64_t epochs_without_gain;
    heed_schedule_state schedule;
} heed_trainer_state;

/* What a shard's thread works with. */
typedef struct heed_shard {
    heed_tape tape;
    heed_arena batch_arena;
    double loss;
    heed_error error;
} heed_shard;

typedef struct heed_trainer {
    heed_arena arena;       /* recipe, paths */
    heed_recipe recipe;
    const char *recipe_text;
    size_t recipe_size;
    const char *output_folder, *checkpoint_path, *log_path;

    heed_pairs pairs, dev_pairs;
    heed_examples examples, dev_examples;
    heed_references dev_references;
    uint64_t data_hash;     /* of the encoded examples: a checkpoint goes with its data */
    heed_batch_plan plan;   /* of epoch planned_epoch; -1: none yet */
    int64_t planned_epoch;
    int64_t steps_per_epoch, total_steps;

    heed_model *model;
    heed_real *m, *v, *best;       /* as long as the parameters */
    heed_real **gradients;         /* [shards] likewise */
    double *chunk_sums;
    heed_shard *shards;
    heed_pool *pool;
    int threads;

    heed_eval_set dev;
    heed_tape *dev_tapes;          /* [threads] */
    int32_t *dev_order;            /* dev examples by length, for the loss */
    double *dev_losses;            /* [slices] */

    heed_trainer_state state;
    double last_loss, last_norm, last_rate; /* of the last step: summed loss; norm before clipping; learning rate */
    int64_t last_tokens;
    double dev_loss, dev_wer, dev_per;      /* of the last finished epoch */
} heed_trainer;

/* Checks the recipe, reads the data, makes the model. Nothing is written. *out is NULL on failure. */
heed_status heed_trainer_create(const char *recipe_json, size_t recipe_size, const char *data_folder,
                                const char *output_folder, int threads, heed_trainer **out, heed_error *error);
void heed_trainer_free(heed_trainer *trainer); /* NULL is allowed */

/* One optimiser step. A loss or gradient that is not finite is HEED_ERROR_NUMERIC, naming the step; the parameters are
 * then as they were before it. */
heed_status heed_trainer_step(heed_trainer *trainer, heed_error *error);
bool heed_trainer_epoch_over(const heed_trainer *trainer);
bool heed_trainer_done(const heed_trainer *trainer);
/* Evaluates on the dev set, writes a line of log.jsonl and, when the dev figure is the best so far, the model folder. */
heed_status heed_trainer_finish_epoch(heed_trainer *trainer, heed_error *error);

/* Begins a run: empties log.jsonl and writes the checkpoint of step 0, which shows at once whether there is room. */
heed_status heed_trainer_begin(heed_trainer *trainer, heed_error *error);
heed_status heed_trainer_checkpoint(const heed_trainer *trainer, heed_error *error);
/* Goes on from the checkpoint in the output folder: refuses one of another recipe or of other data; lines of log.jsonl
 * that are later than it are cut. */
heed_status heed_trainer_resume(heed_trainer *trainer, heed_error *error);
/* Writes the model folder with the best epoch's weights: int8 in the output folder, f32 in its folder f32. */
heed_status heed_trainer_export(heed_trainer *trainer, heed_error *error);

/* Parts of heed_trainer_finish_epoch. */
heed_status heed_trainer_judge(heed_trainer *trainer, heed_error *error); /* sets dev_loss, dev_wer, dev_per */
heed_status heed_trainer_log(const heed_trainer *trainer, heed_error *error);

#endif
