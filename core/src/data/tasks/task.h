/* Synthetic tasks: examples without end, drawn from a seed. A task is one file with one table, and its line in
 * tasks.def. All is computed with whole numbers, so that a seed gives the same examples on every machine. */
#ifndef HEED_DATA_TASK_H
#define HEED_DATA_TASK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "base/rng.h"
#include "data/pairs.h"

enum { HEED_TASK_OPTIONS_MAX = 8 };

typedef struct heed_task_option {
    const char *name;
    int64_t value;            /* when it is not given */
    int64_t min, max;
    const char *const *words; /* NULL: a whole number; else one of these, NULL-terminated, its value the index */
    const char *help;
} heed_task_option;

typedef struct heed_task {
    const char *name, *summary;
    const heed_task_option *options; /* NULL: none; ends with a NULL name */
    /* Options that are right one by one and impossible together; NULL: there are none. */
    heed_status (*check)(const int64_t *values, const char *where, heed_error *error);
    /* Appends an example to two empty buffers. Texts are not empty and hold neither tab nor newline. Numbers are
     * written step by step, ";" between steps and a blank between the numbers of one: "0.125 0;0.5 1". */
    void (*draw)(const int64_t *values, heed_rng *rng, heed_string_buffer *source, heed_string_buffer *target);
} heed_task;

#define HEED_TASK(name) extern const heed_task heed_task_##name;
#include "data/tasks.def"
#undef HEED_TASK

const heed_task *heed_task_find(const char *name); /* NULL: none of this name */
extern const char *const heed_task_names;          /* "copy, reverse, ..." */
extern const heed_task *const heed_tasks[];        /* NULL-terminated */

/* A task with its options. */
typedef struct heed_task_setup {
    const heed_task *task;
    int64_t values[HEED_TASK_OPTIONS_MAX]; /* in the order of task->options */
} heed_task_setup;

/* `options` may be NULL. An unknown task or option, a value out of range and an impossible combination are refused,
 * naming `where`.field, the value and what is allowed. */
heed_status heed_task_set_up(const char *name, const heed_json *options, const char *where, heed_task_setup *out,
                             heed_error *error);

/* Two streams that never share a source: a hash of the source text says to which of them an example belongs. One in ten
 * is of the dev stream. */
typedef enum heed_task_part { HEED_TASK_TRAIN, HEED_TASK_DEV } heed_task_part;

typedef struct heed_task_stream {
    heed_task_setup setup;
    heed_task_part part;
    heed_rng rng;
} heed_task_stream;

/* Block `block` (an epoch, say) of what `seed` gives; every block goes on for ever. */
heed_task_stream heed_task_stream_begin(const heed_task_setup *setup, heed_task_part part, uint64_t seed,
                                        uint64_t block);
/* Adds the next `count` examples. Fails when the options leave so few different sources that the part stays empty. */
heed_status heed_task_stream_next(heed_task_stream *stream, int32_t count, heed_pairs *pairs, heed_error *error);

/* ---- What tasks share. ---- */

/* A whole number from least to most, both included. */
int64_t heed_task_between(heed_rng *rng, int64_t least, int64_t most);
/* Appends a number of thousandths as a decimal: 1250 is "1.25". */
void heed_task_thousandths(heed_string_buffer *out, int64_t number);
/* Appends "x y", both in thousandths and off by up to `noise` of them. */
void heed_task_point(heed_string_buffer *out, heed_rng *rng, int64_t x, int64_t y, int64_t noise);
/* values[0] is min_length and values[1] max_length. */
heed_status heed_task_check_lengths(const int64_t *values, const char *where, heed_error *error);

/* Of a task in both languages: the words of its option, whose default is 2, and the language of the next example. */
extern const char *const heed_task_languages[]; /* "en", "ru", "both" */
bool heed_task_english(heed_rng *rng, int64_t language);

/* Strings of letters, of which the target is made: copy, reverse, sort. */
extern const heed_task_option heed_letter_options[];
enum { HEED_LETTERS_MAX = 1000 };
/* Draws min_length to max_length letters of the first `alphabet` ones; returns how many. */
int heed_task_letters(const int64_t *values, heed_rng *rng, char out[HEED_LETTERS_MAX]);

#endif
