/* The learning rate as a function of the step, and of how the dev figures went. */
#ifndef HEED_SCHEDULE_H
#define HEED_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

/* What a recipe says about the schedule. */
typedef struct heed_schedule_settings {
    double rate;          /* the base rate, that of the optimizer */
    int64_t warmup_steps; /* the rate grows linearly from rate / warmup_steps to rate over these */
    int64_t total_steps;  /* of all epochs */
    double final;         /* cosine: fraction of the base rate at the last step */
    double factor;        /* plateau: what the rate is multiplied by */
    int64_t patience;     /* plateau: after so many epochs in a row without a better dev figure */
} heed_schedule_settings;

/* What a schedule remembers; part of a checkpoint. Begins as {1, 0}. */
typedef struct heed_schedule_state {
    double scale;
    int64_t epochs_without_gain;
} heed_schedule_state;

typedef struct heed_schedule {
    const char *name;
    /* The rate of optimiser step `step`, counted from 0. */
    double (*rate)(const heed_schedule_settings *settings, const heed_schedule_state *state, int64_t step);
    /* Called after every epoch; `better`: the dev figure is the best so far. NULL when the schedule does not care. */
    void (*epoch_done)(const heed_schedule_settings *settings, heed_schedule_state *state, bool better);
    const char *const *fields; /* of the recipe's "schedule" beside "name" and "warmup_steps", NULL-terminated */
} heed_schedule;

#define HEED_SCHEDULE(name) extern const heed_schedule heed_schedule_##name;
#include "train/schedules.def"
#undef HEED_SCHEDULE

/* NULL when there is none of this name; heed_schedule_names is "constant, plateau, cosine, ...". */
const heed_schedule *heed_schedule_find(const char *name);
extern const char *const heed_schedule_names;

#endif
