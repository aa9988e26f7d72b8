/* Training in memory, a piece at a time: for a program that must answer others while it trains and has no files, such
 * as a page. heed/train.h is the same training as one call, with a folder for its checkpoints. */
#ifndef HEED_TRAINING_H
#define HEED_TRAINING_H

#include "heed/model.h"
#include "heed/train.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct heed_training heed_training;

typedef enum heed_training_event {
    HEED_TRAINING_STEP,    /* an optimiser step was done */
    HEED_TRAINING_JUDGING, /* after an epoch's last step: a part of the dev set was looked at */
    HEED_TRAINING_EPOCH,   /* the last part: the dev figures of the epoch are known */
    HEED_TRAINING_FINISHED, /* the same, and it was the last epoch; from now on nothing happens */
    HEED_TRAINING_PART      /* a part of a step: a shard of a batch (recipe.train.shards, accumulate), or a piece of it */
} heed_training_event;

/* `pairs` are the examples, lines of "source TAB target", or a table when the recipe has data.table (HEED_OK only with
 * as many as recipe.data.hold_out asks for and more); they take the place of a file that the recipe names. NULL when
 * the recipe needs none. Everything in the recipe is checked: a field that is unknown, missing or impossible is an
 * error that names it, its value and what is allowed. A recipe with a train.method is refused. */
heed_status heed_training_create_model(const char *recipe_json, size_t recipe_size, const char *pairs,
                                       size_t pairs_size, heed_training **out, heed_error *error);
/* The same, also for a recipe with a train.method of regression. */
heed_status heed_training_create_fit(const char *recipe_json, size_t recipe_size, const char *pairs, size_t pairs_size,
                                     heed_training **out, heed_error *error);
/* The same for a recipe whose model_type is "word_vectors" (heed/vectors.h), on `text`, in lines. There is no dev set:
 * its figures are -1. A step is recipe.train.batch words, or pairs of words of GloVe; the loss is the mean over
 * examples. */
heed_status heed_training_create_vectors(const char *recipe_json, size_t recipe_size, const char *text,
                                         size_t text_size, heed_training **out, heed_error *error);
/* Either of them, as the recipe says. Who calls the others is linked with that kind of training only. */
heed_status heed_training_create(const char *recipe_json, size_t recipe_size, const char *data, size_t data_size,
                                 heed_training **out, heed_error *error);
void heed_training_free(heed_training *training); /* NULL is allowed */

/* Does the next piece of work, a shard of a batch or a few inputs of the dev set. A loss that is not finite is
 * HEED_ERROR_NUMERIC; the parameters are then as they were before the step. */
heed_status heed_training_advance(heed_training *training, heed_training_event *event, heed_error *error);

/* Where training is. `loss` and `tokens_per_second` are of the steps since the last call (when there was none, what the
 * last call said); the dev figures are those of the last epoch, -1 before its end; epoch_done: no step has been done
 * since an epoch ended. */
void heed_training_progress(heed_training *training, heed_progress *out);
/* The same as JSON: {"step", "total_steps", "epoch", "epochs", "parts" (of a step), "loss", "rate", "gradient_norm",
 * "tokens_per_second", "seconds" (spent in heed_training_advance), "epoch_done", "finished", "accuracy" (dev inputs wholly right, 0..1),
 * "dev_loss", "dev_per"}; the dev figures are null before the first epoch's end. Where outputs are numbers "dev_mse",
 * "dev_mae" and "dev_r2" come with the first epoch's end, and "accuracy" is null unless the numbers are learnt by
 * binary_cross_entropy. Free with heed_text_free. */
heed_status heed_training_json(heed_training *training, char **json, heed_error *error);

/* The model as it is now, the training's own: to be described, encoded, or to generate with. A generation must be freed
 * before the next heed_training_advance, because that changes the weights. */
heed_status heed_training_model(heed_training *training, const heed_model **out, heed_error *error);

#ifdef __cplusplus
}
#endif
#endif
