/* What a kind of training is, for heed/training.h: models that are trained by their loss, or word vectors. A program
 * that starts one kind only is not linked with the other. */
#ifndef HEED_TRAIN_TRAINING_KIND_H
#define HEED_TRAIN_TRAINING_KIND_H

#include "base/error.h"
#include "heed/training.h"

typedef struct heed_training_kind heed_training_kind;

struct heed_training {
    const heed_training_kind *kind;
    void *work;                 /* a heed_trainer or a heed_vector_training; NULL as long as there is none */
    int32_t judged;             /* parts of the dev set since the epoch's last step */
    bool epoch_done;
    double seconds;             /* in all pieces of work */
    double loss_sum, sum_start; /* since the last progress; sum_start is `seconds` then */
    int64_t tokens, examples;   /* the loss is the mean over `examples` */
    double last_loss, last_speed; /* what the last progress said: nats, tokens a second */
};

struct heed_training_kind {
    /* Sets training->work, also when it fails later. `given` is NULL when the caller has no data. */
    heed_status (*create)(heed_training *training, const char *recipe, size_t recipe_size, const char *given,
                          size_t given_size, heed_error *error);
    heed_status (*advance)(heed_training *training, heed_training_event *event, heed_error *error); /* when not done */
    bool (*done)(const heed_training *training);
    /* Everything but loss, speed and time. */
    void (*progress)(const heed_training *training, heed_progress *out);
    heed_status (*model)(heed_training *training, const heed_model **out, heed_error *error);
    void (*free)(void *work); /* NULL is allowed */
};

heed_status heed_training_start(const heed_training_kind *kind, const char *recipe, size_t recipe_size, const char *given,
                                size_t given_size, heed_training **out, heed_error *error);

#endif
