/* Word vectors in training: a step at a time, or many at once on several threads. */
#ifndef HEED_VECTORS_VECTOR_TRAINING_H
#define HEED_VECTORS_VECTOR_TRAINING_H

#include "base/thread.h"
#include "heed/training.h"
#include "vectors/vector_method.h"

/* Where the text comes from: calls heed_corpus_feed with its pieces; reader->where may be set to name it in
 * messages. */
typedef heed_status heed_vector_text(void *context, const heed_vector_recipe *recipe, heed_corpus_reader *reader,
                                     heed_error *error);

/* Checks the recipe, reads the text, makes the vocabulary and what the method needs. What does not fit in memory goes
 * to files in scratch_folder; when it is NULL everything must fit. */
heed_status heed_vector_training_create(const char *recipe, size_t recipe_size, heed_vector_text *text, void *context,
                                        const char *scratch_folder, heed_vector_training **out, heed_error *error);
void heed_vector_training_free(heed_vector_training *training); /* NULL is allowed */

int64_t heed_vector_training_steps(const heed_vector_training *training); /* in all */

/* The next `count` steps, all of one epoch, each on a thread of the pool that has time; NULL: on this thread, in order,
 * and then the same seed gives the same bits. With more threads they write to the same vectors without locks (Recht,
 * Re, Wright, Niu 2011, "Hogwild!"), as word2vec.c and GloVe do: a change is now and then lost, and no two runs are the
 * same. Adds to *loss (summed over *examples) and *words. Vectors that are not finite are an error. */
enum { HEED_VECTOR_STEPS_MAX = 64 };
heed_status heed_vector_training_advance(heed_vector_training *training, heed_pool *pool, int count, double *loss,
                                         int64_t *examples, int64_t *words, heed_error *error);

/* The learning rate of a step: it falls in a straight line to a ten-thousandth, unless the method's is steady. */
double heed_vector_training_rate(const heed_vector_training *training, int64_t step);

/* The training's own model as it is now. */
const heed_model *heed_vector_training_model(heed_vector_training *training);

#endif
