/* What the methods make of a text before they learn: windows and their examples, and how often words meet. */
#include <string.h>

#include "base/error.h"
#include "heed/vectors.h"
#include "vectors/cooccurrence.h"
#include "vectors/windows.h"

/* A text read by a recipe, up to where learning would begin. */
typedef struct view {
    heed_arena arena;
    heed_vector_recipe recipe;
    heed_word_corpus corpus;
} view;

static heed_status open_view(view *v, const char *recipe, size_t recipe_size, const char *text, size_t text_size,
                             heed_error *error)
{
    heed_corpus_reader reader;
    HEED_TRY(heed_vector_recipe_parse(&v->arena, recipe, recipe_size, &v->recipe, error));
    heed_status status = heed_corpus_begin(&reader, &v->corpus, v->recipe.tokenizer, "recipe.tokenizer.source", "text", NULL,
                                           error);
    if (status == HEED_OK)
        status = heed_corpus_feed(&reader, text, text_size, error);
    if (status == HEED_OK)
        return heed_corpus_end(&reader, error);
    heed_corpus_cancel(&reader);
    return status;
}

static void close_view(view *v)
{
    heed_word_corpus_free(&v->corpus);
    heed_arena_free(&v->arena);
}

/* Hands over what was written. */
static heed_status finish(heed_status status, heed_string_buffer *text, char **json, heed_error *error)
{
    if (status == HEED_OK && text->failed)
        status = heed_fail(error, HEED_ERROR_MEMORY, "out of memory for what is seen of a text");
    if (status == HEED_OK)
        *json = text->text; /* the buffer's memory comes from heed_alloc */
    else
        heed_string_free(text);
    return status;
}

/* A word of the sentence; `word` is -1 when the vocabulary has none. */
typedef struct seen_word {
    int32_t word;
    double keep;
    bool kept;
} seen_word;

static void write_token(heed_json_writer *writer, const view *v, const char *text, size_t n, const seen_word *seen)
{
    const bool known = seen->word >= 0;
    heed_json_write_object(writer, NULL);
    heed_json_write_string_n(writer, "text", text, n);
    heed_json_write_bool(writer, "known", known);
    heed_json_write_int(writer, "count", known ? v->corpus.counts[seen->word] : 0);
    heed_json_write_real(writer, "keep", seen->keep, 6);
    heed_json_write_bool(writer, "kept", seen->kept);
    heed_json_write_end_object(writer);
}

/* The tokens that stayed are at places[0..n) of the sentence. */
static void write_windows(heed_json_writer *writer, const view *v, const int *places, int n, heed_rng *rng)
{
    heed_json_write_array(writer, "windows");
    for (int center = 0; center < n; center++) {
        const int radius = heed_windows_radius(&v->recipe.settings, rng);
        heed_json_write_object(writer, NULL);
        heed_json_write_int(writer, "center", places[center]);
        heed_json_write_int(writer, "radius", radius);
        heed_json_write_array(writer, "context");
        for (int c = center > radius ? center - radius : 0; c < n && c <= center + radius; c++)
            if (c != center)
                heed_json_write_int(writer, NULL, places[c]);
        heed_json_write_end_array(writer);
        heed_json_write_end_object(writer);
    }
    heed_json_write_end_array(writer);
}

static heed_status write_examples(view *v, const char *sentence, size_t size, heed_json_writer *writer, heed_error *error)
{
    heed_encoding encoding;
    heed_rng rng;
    int n = 0;
    HEED_TRY(heed_tokenizer_encode(v->corpus.tokenizer, sentence, size, &v->arena, &encoding, error));
    int *places = heed_arena_alloc(&v->arena, ((size_t)encoding.count + 1) * sizeof *places);
    if (places == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for %d words", encoding.count);
    heed_rng_seed(&rng, (uint64_t)v->recipe.seed, 1);
    heed_json_write_object(writer, NULL);
    heed_json_write_array(writer, "tokens");
    for (int i = 0; i < encoding.count; i++) {
        seen_word seen = {.word = encoding.ids[i] - HEED_TOKEN_SPECIALS};
        if (seen.word >= 0) {
            seen.keep = heed_windows_keep_chance(&v->recipe.settings, v->corpus.counts[seen.word], v->corpus.tokens);
            seen.kept = heed_rng_uniform(&rng) < seen.keep;
        }
        if (seen.kept)
            places[n++] = i;
        write_token(writer, v, sentence + encoding.spans[i].start, encoding.spans[i].length, &seen);
    }
    heed_json_write_end_array(writer);
    write_windows(writer, v, places, n, &rng);
    heed_json_write_end_object(writer);
    return HEED_OK;
}

heed_status heed_vectors_examples(const char *recipe, size_t recipe_size, const char *text, size_t text_size,
                                  const char *sentence, size_t sentence_size, char **json, heed_error *error)
{
    view v = {0};
    heed_string_buffer buffer = {0};
    heed_json_writer writer = {.out = &buffer};
    *json = NULL;
    heed_status status = open_view(&v, recipe, recipe_size, text, text_size, error);
    if (status == HEED_OK && v.recipe.settings.negative == 0)
        status = heed_fail(error, HEED_ERROR_ARGUMENT, "recipe.train.method is \"%s\", which has no windows of examples",
                           v.recipe.method->name);
    if (status == HEED_OK)
        status = write_examples(&v, sentence, sentence_size, &writer, error);
    close_view(&v);
    return finish(status, &buffer, json, error);
}

typedef struct matrix {
    double *values; /* [size, size] */
    int32_t size;
} matrix;

static heed_status take_pair(void *context, int32_t a, int32_t b, double count, heed_error *error)
{
    const matrix *m = context;
    (void)error;
    if (b < m->size) { /* a <= b */
        m->values[(size_t)a * (size_t)m->size + (size_t)b] += count;
        m->values[(size_t)b * (size_t)m->size + (size_t)a] += count;
    }
    return HEED_OK;
}

static void write_matrix(const view *v, const matrix *m, heed_json_writer *writer)
{
    heed_json_write_object(writer, NULL);
    heed_json_write_int(writer, "vocabulary", v->corpus.words);
    heed_json_write_int(writer, "tokens", v->corpus.tokens);
    heed_json_write_array(writer, "words");
    for (int32_t i = 0; i < m->size; i++)
        heed_json_write_string(writer, NULL, heed_tokenizer_token(v->corpus.tokenizer, HEED_TOKEN_SPECIALS + i));
    heed_json_write_end_array(writer);
    heed_json_write_array(writer, "counts");
    for (int32_t i = 0; i < m->size; i++)
        heed_json_write_int(writer, NULL, v->corpus.counts[i]);
    heed_json_write_end_array(writer);
    heed_json_write_array(writer, "matrix");
    for (int32_t i = 0; i < m->size; i++) {
        heed_json_write_array(writer, NULL);
        for (int32_t k = 0; k < m->size; k++)
            heed_json_write_real(writer, NULL, m->values[i * m->size + k], 6);
        heed_json_write_end_array(writer);
    }
    heed_json_write_end_array(writer);
    heed_json_write_end_object(writer);
}

static heed_status count(view *v, const matrix *m, heed_error *error)
{
    heed_cooccurrence counts;
    const int64_t memory = v->recipe.settings.memory_mb > 0 ? v->recipe.settings.memory_mb : 64;
    heed_status status = heed_cooccurrence_begin(&counts, (int)v->recipe.settings.window, (size_t)memory << 20, NULL, error);
    if (status == HEED_OK)
        status = heed_cooccurrence_add_text(&counts, v->corpus.ids, v->corpus.size, error);
    if (status == HEED_OK)
        status = heed_cooccurrence_end(&counts, take_pair, (void *)m, error);
    heed_cooccurrence_free(&counts);
    return status;
}

heed_status heed_vectors_cooccurrence(const char *recipe, size_t recipe_size, const char *text, size_t text_size, int words,
                                      char **json, heed_error *error)
{
    enum { WORDS_MAX = 500 };
    view v = {0};
    heed_string_buffer buffer = {0};
    heed_json_writer writer = {.out = &buffer};
    *json = NULL;
    if (words < 1 || words > WORDS_MAX)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "a matrix of %d words; 1 to %d can be had", words, WORDS_MAX);
    heed_status status = open_view(&v, recipe, recipe_size, text, text_size, error);
    matrix m = {.size = words < v.corpus.words ? words : v.corpus.words};
    if (status == HEED_OK) {
        m.values = heed_arena_alloc_zero(&v.arena, (size_t)m.size * (size_t)m.size * sizeof *m.values);
        status = m.values != NULL ? count(&v, &m, error)
                                  : heed_fail(error, HEED_ERROR_MEMORY, "out of memory for a matrix of %d words", words);
    }
    if (status == HEED_OK)
        write_matrix(&v, &m, &writer);
    close_view(&v);
    return finish(status, &buffer, json, error);
}
