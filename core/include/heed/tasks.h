/* Synthetic tasks: examples without end for a recipe's "data": {"task": NAME, "options": {...}}, and to look at. */
#ifndef HEED_TASKS_H
#define HEED_TASKS_H

#include <stdbool.h>
#include <stdint.h>

#include "heed/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* All tasks as JSON: [{"name", "summary", "options": [{"name", "default", "min", "max" or "one_of", "help"}]}]. Free
 * with heed_text_free. */
heed_status heed_tasks_describe(char **json, heed_error *error);

/* Calls `example` for the first `count` examples that a recipe with this task, these options (JSON, or NULL) and this
 * seed trains on in its first epoch, or of its dev set. */
heed_status heed_tasks_examples(const char *task, const char *options, uint64_t seed, bool dev, int32_t count,
                                void (*example)(void *context, const char *source, const char *target), void *context,
                                heed_error *error);

/* Strips as the task "digits" draws them, with its options, of the images of a data set in IDX form, MNIST's: the files
 * "<prefix>-images-idx3-ubyte" and "<prefix>-labels-idx1-ubyte", not compressed. Every image is in one strip, in an
 * order that `seed` draws; there are at most `count`, and no more when the images are used up. */
heed_status heed_tasks_idx_strips(const char *prefix, const char *options, uint64_t seed, int32_t count,
                                  void (*example)(void *context, const char *source, const char *target), void *context,
                                  heed_error *error);

#ifdef __cplusplus
}
#endif
#endif
