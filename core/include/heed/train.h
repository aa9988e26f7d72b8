/* Training a model from a recipe. Data-parallel: every batch is cut into a fixed number of shards, each shard's
 * gradient is computed by one thread and the sums are taken in shard order, so any number of threads gives the same
 * bits. */
#ifndef HEED_TRAIN_H
#define HEED_TRAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heed/model.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct heed_progress {
    int64_t step, total_steps; /* optimiser steps, over all epochs */
    int epoch, epochs;         /* 1-based */
    double loss;               /* mean cross-entropy per target token since the last report, in nats */
    double rate;               /* learning rate */
    double gradient_norm;      /* before clipping */
    double tokens_per_second;
    double seconds_left;
    int parts;                 /* a step is worked on in so many, between which training can be stopped */
    bool epoch_done;           /* dev figures below are set */
    double dev_loss, dev_per, dev_wer; /* rates, 0..1; -1 where outputs are numbers. dev_wer of numbers learnt by
                                  binary_cross_entropy: the share of rows with one on the wrong side of 1/2 */
    bool numbers;              /* outputs are numbers, and the figures below set */
    double dev_mse, dev_mae, dev_r2; /* in the units of the data */
} heed_progress;

typedef struct heed_train_options {
    const char *data_folder;   /* paths in the recipe are below it */
    const char *text;          /* of word vectors: the file to train on, instead of what the recipe names;
                                  "-": standard input */
    const char *output_folder; /* model folder: receives config, tokenizer, weights, log.jsonl, checkpoint */
    bool keep_recipe;          /* write the recipe into the output folder too, as recipe.json */
    int threads;               /* 0: as many as there are processors */
    bool resume;               /* go on from the folder's checkpoint */
    int max_steps;             /* stop after so many steps in this call; 0: no limit */
    double checkpoint_seconds; /* at least this often; 0: 60 */
    void (*report)(void *context, const heed_progress *progress);
    bool (*cancelled)(void *context); /* asked after every step; NULL: never */
    void *context;
} heed_train_options;

/* A recipe whose model_type is "word_vectors" trains word vectors (heed/vectors.h): `tokens_per_second` are words of
 * the text, the dev figures are -1, there are no checkpoints, and only one thread gives the same bits every time.
 *
 * Trains to the end of the recipe, or until cancelled (HEED_ERROR_CANCELLED, after a checkpoint). Unknown or impossible
 * recipe fields are refused before any work, naming field, value and what is allowed. Fails without harm to the last
 * checkpoint when the disk is full or the folder cannot be written. */
heed_status heed_train(const char *recipe_json, size_t recipe_size, const heed_train_options *options,
                       heed_error *error);

/* Error rates of a model on "source TAB target" lines. An output is right when it equals any reference of its source;
 * the phoneme (symbol) error rate takes the reference nearest in edit distance. */
typedef struct heed_evaluation {
    int64_t inputs, wrong;          /* wer = wrong / inputs */
    int64_t symbols, edits;         /* per = edits / symbols, of the nearest references */
    double wer, per;
    bool numbers;                   /* outputs are numbers: the four below are set, and nothing above but `inputs` and, of
                                       numbers learnt by binary_cross_entropy, `wrong` and `wer` (see heed_progress) */
    double mse, rmse, mae, r2;
    double seconds;
    int length_count;               /* by_length[n]: inputs of n source tokens; n < length_count */
    int64_t by_length_inputs[65], by_length_wrong[65]; /* longer ones are counted in the last */
} heed_evaluation;

typedef struct heed_evaluate_options {
    const char *data;          /* TSV with the references, or one input per line when `references` is given */
    const char *references;    /* TSV; NULL: `data`. Columns after the first, and lines with the same source, are several
                                  right answers (without `references` only the second column of `data` is one) */
    int beam;                  /* 1: greedy */
    int threads;               /* 0: as many as there are processors */
    void (*output)(void *context, const char *source, const char *target, bool right); /* may be NULL */
    void *context;
} heed_evaluate_options;

heed_status heed_evaluate(const heed_model *model, const heed_evaluate_options *options, heed_evaluation *out,
                          heed_error *error);

#ifdef __cplusplus
}
#endif
#endif
