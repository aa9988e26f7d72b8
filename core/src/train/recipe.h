/* A recipe: everything that a training run depends on beside the data itself. See models/<name>/recipe.json. */
#ifndef HEED_RECIPE_H
#define HEED_RECIPE_H

#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "data/tasks/task.h"
#include "train/optimizer.h"
#include "train/schedule.h"

typedef struct heed_recipe {
    const char *name;
    int64_t seed;

    const char *train_path;   /* TSV below the data folder: source, tab, target; NULL when the caller has the pairs */
    const heed_json *table;   /* the file is a table of numbers: its columns, see data/csv.h; NULL: pairs */
    heed_task_setup task;     /* synthetic examples instead, fresh ones in every epoch; NULL in .task: none */
    int64_t examples_per_epoch, dev; /* of a task: training examples of an epoch; dev examples */
    int64_t hold_out;         /* dev inputs, taken out of the train file with all their lines */
    int64_t hold_out_seed;
    int64_t max_length;       /* pairs with more tokens than this on either side are left out of training */
    const char *test_path, *test_references; /* for `heed eval`; NULL when absent */

    const heed_json *source_tokenizer, *target_tokenizer; /* NULL when one is shared by both sides */
    const heed_json *shared_tokenizer;
    const heed_json *model;   /* the config of heed_model_create */

    int64_t batch;            /* pairs of one batch */
    int64_t shards;           /* parts of a batch, each computed by one thread */
    bool shards_given;        /* else there is one, which may be divided: see heed_trainer_choose_pieces */
    int64_t accumulate;       /* batches of one optimiser step */
    int64_t epochs;
    int64_t early_stopping;   /* epochs without a better dev figure after which training ends; 0: never */
    double clip;              /* largest Euclidean norm of the gradient; 0: no limit */
    double clip_value;        /* every gradient is kept within +- this; 0: no limit */
    double label_smoothing;
    const heed_json *method;  /* recipe.train with a "method" in place of an optimizer, which is then to be read; or NULL */
    const heed_optimizer *optimizer;
    heed_optimizer_settings optimizer_settings; /* `rate` is the base rate */
    const heed_schedule *schedule;
    heed_schedule_settings schedule_settings;   /* total_steps is 0 until the data is known */
} heed_recipe;

/* The examples of `text`, which `what` names in messages: pairs, or a table when the recipe says so. */
heed_status heed_recipe_read(const heed_recipe *recipe, heed_pairs *pairs, const char *text, size_t size,
                             const char *what, heed_error *error);
/* Whether a tokenizer's options say that its side is numbers. */
bool heed_recipe_is_values(const heed_json *tokenizer);

/* Parses and checks a recipe; its texts and JSON live in `arena`. Unknown fields, missing ones, wrong types and values
 * out of range are refused, naming the field, the value and what is allowed. */
heed_status heed_recipe_parse(heed_arena *arena, const char *json, size_t size, heed_recipe *out, heed_error *error);

#endif
