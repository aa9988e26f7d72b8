/* Word vectors: what a model of type "word_vectors" can be asked. Such a model is trained by a recipe (heed/train.h,
 * heed/training.h), or comes from a file in word2vec's text form. */
#ifndef HEED_VECTORS_H
#define HEED_VECTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heed/model.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A model together with the lengths of its vectors. The model must outlive it and not change; one thread at a time. */
typedef struct heed_vectors heed_vectors;
heed_status heed_vectors_open(const heed_model *model, heed_vectors **out, heed_error *error);
void heed_vectors_free(heed_vectors *vectors); /* NULL is allowed */

int heed_vectors_count(const heed_vectors *vectors); /* V: rows, the most frequent word first */
int heed_vectors_dim(const heed_vectors *vectors);   /* D */
/* The word of a row, "" when there is no such row. Owned by the model. */
const char *heed_vectors_word(const heed_vectors *vectors, int row);
/* The row of a word, read as the model's tokenizer reads texts (case, normal form); -1: there is none. */
int heed_vectors_find(const heed_vectors *vectors, const char *word, size_t size);
/* out[D] = the vector of a row. */
void heed_vectors_row(const heed_vectors *vectors, int row, float *out);

typedef struct heed_neighbour {
    int row;
    double similarity; /* cosine */
} heed_neighbour;

/* The rows whose vectors have the largest cosine with sum_i sign[i] v_i / |v_i|, the rows asked for left out: for one
 * row its neighbours, for b - a + c the answer of "a is to b as c is to ?" (3CosAdd: Mikolov, Yih, Zweig 2013; Levy and
 * Goldberg 2014). Writes up to `wanted` of them, best first, of equals the more frequent; returns how many. Only the
 * first `limit` rows are looked at; 0: all. */
int heed_vectors_nearest(heed_vectors *vectors, const int *rows, const double *signs, int count, int wanted, int limit,
                         heed_neighbour *out);
/* The same for words, as JSON: {"terms": [{"word", "sign"}], "neighbours": [{"word", "row", "similarity"}]}. `query`
 * are words parted by blanks, each with a sign before it or none: "king -man +woman". A word without a vector is
 * HEED_ERROR_UNKNOWN. Free with heed_text_free. */
heed_status heed_vectors_ask(heed_vectors *vectors, const char *query, size_t size, int wanted, char **json,
                             heed_error *error);

/* How a set of questions went, or a section of it. */
typedef struct heed_analogy_score {
    const char *name;  /* of the section; valid during the call */
    int64_t questions; /* "a b c d": a is to b as c is to d */
    int64_t covered;   /* all four words have a vector */
    int64_t right;     /* of the covered: the nearest is d */
} heed_analogy_score;

/* Asks the questions of a text in the form of questions-words.txt: a line ": name" begins a section, all others are
 * four words. `limit` as above. Calls `section` after each. Lines that are neither are errors that name the line. */
heed_status heed_vectors_analogies(heed_vectors *vectors, const char *path, int limit,
                                   void (*section)(void *context, const heed_analogy_score *score), void *context,
                                   heed_analogy_score *total, heed_error *error);

typedef struct heed_similarity_score {
    int64_t pairs, covered; /* both words have a vector */
    double spearman;        /* rank correlation of cosine and judgement over the covered; NaN for fewer than two, or when
                               all of one side are equal */
} heed_similarity_score;

/* Compares with human judgements: lines "word SEP word SEP number", SEP a tab or a comma. Lines that begin with # are
 * left out, and so is a first line without a number (names of columns). */
heed_status heed_vectors_similarity(heed_vectors *vectors, const char *path, heed_similarity_score *out,
                                    heed_error *error);
/* Spearman's rank correlation: Pearson's of the ranks, equal values having the mean of their ranks. */
double heed_spearman(const double *x, const double *y, size_t count);

/* What a recipe of word vectors makes of a text, before anything is learned; for figures. Both are JSON for
 * heed_text_free.
 *
 * The windows of a sentence, with word counts from `text`: {"tokens": [{"text", "known" (in the vocabulary), "count",
 * "keep" (chance to survive subsampling), "kept" (by this draw, which is that of the recipe's seed)}], "windows":
 * [{"center", "radius", "context": [..]}]}; places are numbers of tokens. CBOW learns one example from a window,
 * skip-gram one from each word of the context. */
heed_status heed_vectors_examples(const char *recipe, size_t recipe_size, const char *text, size_t text_size,
                                  const char *sentence, size_t sentence_size, char **json, heed_error *error);
/* GloVe's counts between the `words` most frequent words: {"vocabulary", "tokens", "words": [..], "counts": [..],
 * "matrix": [[X_ij ..] ..]}, with X_ij the sum of 1 / distance over the places where i and j stand within
 * recipe.train.window. */
heed_status heed_vectors_cooccurrence(const char *recipe, size_t recipe_size, const char *text, size_t text_size,
                                      int words, char **json, heed_error *error);

/* word2vec's text form: a line "V D", then a line per word: the word and its D numbers. */
heed_status heed_vectors_export(const heed_vectors *vectors, const char *path, heed_error *error);
heed_status heed_vectors_import(const char *path, heed_model **out, heed_error *error);

#ifdef __cplusplus
}
#endif
#endif
