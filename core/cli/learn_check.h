/* What `heed learn-check` trains and measures: one check is a line of learn_checks.def. */
#ifndef HEED_LEARN_CHECK_H
#define HEED_LEARN_CHECK_H

#include "cli.h"

enum { LEARN_PARTS = 2 /* kinds of inputs that are counted apart */ };

typedef struct learn_part {
    const char *name;    /* "en"; NULL: there is only one kind */
    const char *options; /* of the task, when it draws these inputs */
} learn_part;

typedef struct learn_check {
    const char *name;
    bool quick;            /* trained by --quick too */
    const char *task;
    const char *options;   /* JSON */
    const char *tokenizer; /* JSON, as in a recipe */
    const char *model;     /* JSON */
    int batch, batches, epochs; /* batches: of an epoch */
    double rate;
    const char *train;     /* JSON, "train" of the recipe as it is; NULL: Adam, by what stands above */
    learn_part parts[LEARN_PARTS]; /* what is measured; when empty, inputs as in training */
    /* The mark, one of the two, the other is 0: in percent of held-out inputs that are wholly right or, where outputs
     * are numbers (`mse`), the mean squared error on the dev set. */
    double at_least, at_most;
    bool mse;
} learn_check;

extern const learn_check learn_checks[];
extern const int learn_check_count;

typedef struct learn_result {
    heed_status status;
    heed_error error;
    int64_t steps;
    double seconds;              /* of training, without the last measurement */
    double reached[LEARN_PARTS]; /* in the unit of the mark */
} learn_result;

/* Trains to the end from a seed, `epochs` long (0: as the check says), in one thread, and asks the model for `inputs`
 * examples of each part, none of which was trained on. */
void learn_check_run(const learn_check *check, int seed, int epochs, int inputs, learn_result *out);

static inline bool learn_check_holds(const learn_check *check, double reached)
{
    return check->at_least > 0 ? reached >= check->at_least : reached <= check->at_most;
}
static inline int learn_check_parts(const learn_check *check)
{
    return check->parts[0].options != NULL && check->parts[1].options != NULL ? 2 : 1;
}

#endif
