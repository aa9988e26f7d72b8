/* A training run as an object, so that a caller may go step by step:
 *
 *     heed_trainer_create, then until heed_trainer_done: heed_trainer_step and, whenever heed_trainer_epoch_over,
 *     heed_trainer_judge and heed_trainer_next_epoch.
 *
 * It touches no file: where the pairs come from is the caller's, and so is what becomes of the results (run_folder.h,
 * or a page). Everything random comes from (seed, epoch, step, shard), so the state of a run is its flat blocks and the
 * numbers of heed_trainer_state, and a run that was cut anywhere and resumed ends with the same bits. */
#ifndef HEED_TRAINER_H
#define HEED_TRAINER_H

#include "data/batches.h"
#include "heed/train.h"
#include "train/eval_set.h"
#include "train/fit.h"
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

typedef struct heed_trainer heed_trainer;

/* A way to train without an optimizer: that of a recipe with a train.method. A program that names none, as the one that
 * trains in pages does, is not linked with it. */
typedef struct heed_trainer_method {
    heed_status (*configure)(heed_trainer *trainer, heed_error *error); /* recipe.train, against the model */
    heed_status (*step)(heed_trainer *trainer, heed_error *error);      /* one of steps_per_epoch */
    void (*free)(heed_trainer *trainer);
} heed_trainer_method;
extern const heed_trainer_method heed_trainer_regression;

struct heed_trainer {
    heed_arena arena;       /* recipe, paths */
    heed_recipe recipe;
    const heed_trainer_method *method; /* NULL: an optimizer's */
    void *fit;              /* the method's own */
    const char *recipe_text;

    heed_pairs pairs, dev_pairs;
    heed_examples examples, dev_examples;
    heed_references dev_references;
    uint64_t data_hash;     /* of the encoded examples: a checkpoint goes with its data */
    heed_batch_plan plan;   /* of epoch planned_epoch; -1: none yet */
    int64_t planned_epoch;
    int64_t examples_epoch; /* of a task: the epoch that `examples` are of */
    int64_t steps_per_epoch, total_steps;

    heed_model *model;
    heed_real *m, *v, *best;       /* as long as the parameters */
    heed_real **gradients;         /* [shards] likewise */
    double *chunk_sums;
    heed_shard *shards;
    int pieces;                    /* of a shard, worked on in turn; its gradient is their sum */
    heed_pool *pool;
    int threads;

    heed_eval_set dev;
    heed_tape *dev_tapes;          /* [threads] */
    int32_t *dev_order;            /* dev examples by length, for the loss */
    double *dev_losses;            /* [slices] */
    heed_fit *dev_fits;            /* [slices] of a model that gives numbers */

    heed_trainer_state state;
    double last_loss, last_norm, last_rate; /* of the last step: summed loss; norm before clipping; learning rate */
    int64_t last_tokens;
    double dev_loss, dev_wer, dev_per;      /* of the last judgement; -1 before the first. Of a model that gives numbers
                                               dev_per stays -1, and dev_wer too unless they are of 0 or 1 */
    heed_fit dev_fit;                       /* of such a model */
    bool better;                            /* that judgement was the best so far */
    int32_t parts_done;                     /* of the step at hand, by heed_trainer_step_part */
    int64_t packed_step;                    /* the step whose values the packed matrices hold; -1: none */
};

/* Fills `pairs` (empty) with the examples that the recipe means; not asked when the recipe has a task. */
typedef heed_status heed_pairs_source(void *context, const heed_recipe *recipe, heed_pairs *pairs, heed_error *error);

/* Checks the recipe, takes the pairs, makes the model. *out is NULL on failure. `method` is what a recipe's train.method
 * means; NULL: it may have none. */
heed_status heed_trainer_create_by(const heed_trainer_method *method, const char *recipe_json, size_t recipe_size,
                                   heed_pairs_source *source, void *context, int threads, heed_trainer **out,
                                   heed_error *error);
/* The same without methods. */
heed_status heed_trainer_create(const char *recipe_json, size_t recipe_size, heed_pairs_source *source, void *context,
                                int threads, heed_trainer **out, heed_error *error);
void heed_trainer_free(heed_trainer *trainer); /* NULL is allowed */

/* For the trainer itself: whether every example can be learnt by the model's loss. */
heed_status heed_trainer_check_examples(const heed_trainer *trainer, const heed_examples *examples, heed_error *error);
/* Of a recipe with a task, for the trainer itself: the dev pairs, and a sample that the vocabularies are made of; the
 * examples of an epoch, always as many. */
heed_status heed_trainer_task_pairs(heed_trainer *trainer, heed_error *error);
heed_status heed_trainer_task_epoch(heed_trainer *trainer, int64_t epoch, heed_error *error);

/* For the trainer itself, once it can record: sets `pieces`. One, where the recipe says `shards`. Else so many that a
 * piece's share of the longest batch is at most HEED_PIECE_WORK multiply-adds forward (some 50 ms with the way back, in a
 * page on a machine of 2020), but no more than a batch has rows, nor 64: a function of recipe and data. Batch norms
 * measure a part of a batch, so models that have them are not divided. */
#define HEED_PIECE_WORK 80000000
heed_status heed_trainer_choose_pieces(heed_trainer *trainer, heed_error *error);
/* The parts of a step: shards, times pieces, times the batches of a step. */
int heed_trainer_parts(const heed_trainer *trainer);

/* One optimiser step. A loss or gradient that is not finite is HEED_ERROR_NUMERIC, naming the step; the parameters are
 * then as they were before it. */
heed_status heed_trainer_step(heed_trainer *trainer, heed_error *error);
/* The same in parts, a piece of a shard of a batch each, for a caller that must answer others between them: as often as it takes
 * to make *done true. The bits are those of heed_trainer_step. */
heed_status heed_trainer_step_part(heed_trainer *trainer, bool *done, heed_error *error);
bool heed_trainer_epoch_over(const heed_trainer *trainer);
bool heed_trainer_done(const heed_trainer *trainer);
/* Packs the model's matrices when a step has changed them: decoding reads packed ones. */
heed_status heed_trainer_pack(heed_trainer *trainer, heed_error *error);

/* Puts the dev figures of the last judgement where callers look for them. */
void heed_trainer_dev_figures(const heed_trainer *trainer, heed_progress *out);
/* The dev figures at an epoch's end: sets dev_loss, dev_wer, dev_per and `better`, and keeps the weights when they are
 * the best so far. */
heed_status heed_trainer_judge(heed_trainer *trainer, heed_error *error);
/* The same in small pieces, for a caller that must answer others between them: part 0 .. parts - 1, in order. */
int32_t heed_trainer_judge_parts(const heed_trainer *trainer);
heed_status heed_trainer_judge_part(heed_trainer *trainer, int32_t part, heed_error *error);
/* Begins the next epoch, after the judgement: tells the schedule, looks whether training is over. */
void heed_trainer_next_epoch(heed_trainer *trainer);

#endif
