/* What a way to learn word vectors is, its recipe, and the training that holds one.
 *
 *   V  words of the vocabulary    D  numbers of a vector (recipe.model.dim)    w  input vectors [V, D]: the model
 *   u  output vectors [V, D]: of words as what is predicted */
#ifndef HEED_VECTORS_VECTOR_METHOD_H
#define HEED_VECTORS_VECTOR_METHOD_H

#include "base/json.h"
#include "base/rng.h"
#include "kernels/kernels.h"
#include "models/arch.h"
#include "vectors/word_corpus.h"

typedef struct heed_vector_method heed_vector_method;

typedef struct heed_vector_settings {
    int64_t batch;     /* words (GloVe: pairs) of a step */
    int64_t epochs;
    double rate;       /* at the start */
    int64_t window;    /* words on either side */
    bool dynamic;      /* of these, 1 .. window are drawn for each word (word2vec); otherwise all */
    int64_t negative;  /* words drawn beside each right one */
    double subsample;  /* frequency above which words are dropped at random; 0: none is */
    double power;      /* negative words are drawn by count^power */
    double x_max, alpha; /* of GloVe's weighting */
    int64_t memory_mb; /* that counting pairs may take */
} heed_vector_settings;

typedef struct heed_vector_recipe {
    const char *name;
    int64_t seed;
    const char *text_path;        /* below the data folder; NULL when the caller has the text */
    const heed_json *tokenizer, *model;
    const heed_vector_method *method;
    heed_vector_settings settings;
} heed_vector_recipe;

/* What one step computes with; a thread's own. */
typedef struct heed_vector_worker {
    heed_arena arena;
    heed_rng rng;
    double rate;
    int32_t *line;          /* [HEED_LINE_WORDS] what subsampling left of a line */
    heed_real *hidden, *change; /* [D] h, and -rate dJ/dh */
    int32_t *targets;       /* [1 + negative] the right word, then wrong ones */
    heed_real *scores;      /* [1 + negative] */
    int target_count;
    double chance;          /* product of probabilities whose logarithm is not in `loss` yet */
    double loss;            /* summed over examples, nats; GloVe: its J */
    int64_t examples, words;
} heed_vector_worker;

typedef struct heed_vector_training {
    heed_arena arena;          /* recipe */
    heed_vector_recipe recipe;
    heed_word_corpus corpus;
    heed_model *model;         /* with a flat block */
    int dim, words;
    const heed_kernels *kernels;
    heed_real *input, *output; /* [V, D] each; `input` is the model's block, or the method's */
    void *state;               /* the method's own, in the arena */
    int64_t steps_per_epoch, step;
    const char *scratch_folder; /* for what does not fit in memory; NULL: everything must */
    heed_vector_worker *workers; /* [worker_count] */
    int worker_count;
} heed_vector_training;

struct heed_vector_method {
    const char *name;
    const char *const *fields; /* of recipe.train, beside those that all have; NULL-terminated */
    heed_vector_settings defaults;
    bool steady;               /* the rate does not fall: the method has its own way */
    heed_status (*prepare)(heed_vector_training *training, heed_error *error); /* steps_per_epoch, vectors, state */
    /* Step `index` of an epoch with a worker whose rng and rate are set. Several threads may do this at once. */
    void (*step)(const heed_vector_training *training, heed_vector_worker *worker, int64_t index);
    void (*settle)(const heed_vector_training *training); /* the model's block from what was learned; NULL: it is */
    void (*release)(heed_vector_training *training);      /* what `prepare` allocated beyond the arena; NULL: nothing */
};

#define HEED_VECTOR_METHOD(name) extern const heed_vector_method heed_vectors_##name;
#include "vectors/vector_methods.def"
#undef HEED_VECTOR_METHOD

/* Whether a recipe is one of word vectors: its model_type is "word_vectors". */
bool heed_vector_recipe_is(const char *json, size_t size);
/* Refuses what heed_recipe_parse refuses, in the same words. */
heed_status heed_vector_recipe_parse(heed_arena *arena, const char *json, size_t size, heed_vector_recipe *out,
                                     heed_error *error);

#endif
