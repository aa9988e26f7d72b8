/* Text to token ids and back. A tokenizer is a kind (a line of tokenizers.def) and a vocabulary whose first four tokens
 * are the specials. Text that has no token is skipped and reported, so that a page can say what was not read. */
#ifndef HEED_TEXT_TOKENIZER_H
#define HEED_TEXT_TOKENIZER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/reader.h"
#include "base/string_buffer.h"
#include "heed/real.h"
#include "heed/status.h"
#include "text/normalize.h"

enum { HEED_TOKEN_PAD, HEED_TOKEN_BOS, HEED_TOKEN_EOS, HEED_TOKEN_UNK, HEED_TOKEN_SPECIALS };
enum { HEED_VOCABULARY_MAX = 1 << 18 /* tokens */, HEED_TOKEN_BYTES_MAX = 64 };

typedef struct heed_tokenizer heed_tokenizer;

typedef struct heed_span {
    size_t start, length; /* bytes of the input */
} heed_span;

/* Arrays live in the arena given to heed_tokenizer_encode. */
typedef struct heed_encoding {
    int count;
    int32_t *ids;       /* [count] no specials but the <unk> of the kinds that have one; NULL where there are values */
    heed_real *values;  /* [count, channels] of the kind "values", whose tokens are steps of numbers; else NULL */
    heed_span *spans;   /* [count] where in the input token i stood; tokens of one character may share its span */
    int skipped_count;
    heed_span *skipped; /* [skipped_count] runs of the input that have no token, longest possible, in order */
} heed_encoding;

/* Text i of a collection; the view must stay until the next call. */
typedef heed_bytes heed_text_at(void *context, size_t i);

/* Builds a vocabulary from `count` texts: the specials, then every token that occurs, by code point (of "bpe" in the
 * order of its merges); the order of the texts does not matter. `options` holds "type" and the kind's own fields:
 * {"type": "char", "case": "upper"}; `where` names it in messages. Fails on invalid UTF-8, on text that spells a
 * special, and above HEED_VOCABULARY_MAX. */
heed_status heed_tokenizer_train(const heed_json *options, const char *where, size_t count, heed_text_at *text,
                                 void *context, heed_tokenizer **out, heed_error *error);
/* From {"type": ..., options, "tokens": ["<pad>", "<bos>", "<eos>", "<unk>", ...]}, or from Hugging Face's form
 * (bpe.h). Fails on an unknown kind or field, wrong specials, an empty, repeated or too long token, one that the
 * kind could never produce, and too many. */
heed_status heed_tokenizer_parse(const heed_json *json, const char *where, heed_tokenizer **out, heed_error *error);
void heed_tokenizer_write(const heed_tokenizer *tokenizer, heed_json_writer *writer, const char *key);
void heed_tokenizer_free(heed_tokenizer *tokenizer); /* NULL is allowed */

/* The pair in a model's tokenizer.json: {"source": {...}, "target": {...}}, or one of Hugging Face's form for both
 * sides. On failure both are NULL. */
heed_status heed_tokenizers_parse(const char *text, size_t size, heed_tokenizer **source, heed_tokenizer **target,
                                  heed_error *error);
/* Appends compact JSON and a newline. */
void heed_tokenizers_write(const heed_tokenizer *source, const heed_tokenizer *target, heed_string_buffer *out);

/* Any bytes are allowed as text; the only failure is memory. But where the tokenizer is of values, the text has to be
 * numbers, as many in each step as there are channels. */
heed_status heed_tokenizer_encode(const heed_tokenizer *tokenizer, const char *text, size_t size, heed_arena *arena,
                                  heed_encoding *out, heed_error *error);
/* Appends the tokens' text, which is UTF-8 whatever the ids; specials and ids outside the vocabulary add nothing.
 * "symbol" and "word" put a blank between two. */
void heed_tokenizer_decode(const heed_tokenizer *tokenizer, const int32_t *ids, int count, heed_string_buffer *out);

/* What numbers a text stands for, of a tokenizer of the kind "values": steps, parted by ";", of `channels` numbers
 * each, parted by blanks or commas: "0.5 1; 0.25 0". A model reads (number - mean) / scale. */
typedef struct heed_values {
    int channels; /* at least 1 */
    int steps;    /* of every text; 0: they differ */
    const double *mean, *scale; /* [channels]; NULL: numbers are read as they are */
} heed_values;
enum { HEED_CHANNELS_MAX = 65536, HEED_STEPS_MAX = 65536 };
const heed_values *heed_values_of(const heed_tokenizer *tokenizer); /* NULL: its tokens have ids */
/* The number that a model's x of a channel stands for; `values` may be NULL for numbers as they are. */
static inline double heed_values_restore(const heed_values *values, int channel, double x)
{
    return values != NULL && values->mean != NULL ? x * values->scale[channel] + values->mean[channel] : x;
}

/* Another one like it; NULL when memory is out. */
heed_tokenizer *heed_tokenizer_copy(const heed_tokenizer *tokenizer);

int heed_tokenizer_count(const heed_tokenizer *tokenizer); /* size of the vocabulary, specials included */
/* A token's text, "" for an id outside the vocabulary. Owned by the tokenizer. */
const char *heed_tokenizer_token(const heed_tokenizer *tokenizer, int32_t id);
int32_t heed_tokenizer_find(const heed_tokenizer *tokenizer, const char *token, size_t size); /* no special; -1: none */
const char *heed_tokenizer_kind_name(const heed_tokenizer *tokenizer);

/* ---- What a kind is: one file with one table, and its line in tokenizers.def. ---- */

/* What a tokenizer is asked for; a kind names those that it takes. */
typedef struct heed_text_options {
    heed_letter_case letter_case;  /* "case": none, upper, lower */
    heed_normal_form form;         /* "normalize": none, nfc */
    bool split_punctuation;        /* "punctuation": split, keep */
    int64_t size;                  /* tokens at most, specials included; of training only, like the next */
    int64_t min_count;             /* what occurs less often is no token */
} heed_text_options;

typedef struct heed_pieces heed_pieces;

/* Kinds whose tokens are parts of a piece. */
typedef struct heed_subwords {
    /* Makes the vocabulary of the pieces counted. */
    heed_status (*train)(heed_tokenizer *tokenizer, heed_pieces *pieces, const char *where, heed_error *error);
    /* The tokens of a piece into ids[0..n) and spans[0..n); returns how many, -1: memory is out. The caller gives
     * `scratch` back. */
    int (*split)(const heed_tokenizer *tokenizer, const char *piece, size_t n, heed_arena *scratch, int32_t *ids,
                 heed_span *spans);
    void (*decode)(const heed_tokenizer *tokenizer, const int32_t *ids, int count, heed_string_buffer *out);
    /* The kind's own file format; bpe.h reads it. */
    void (*write)(const heed_tokenizer *tokenizer, heed_json_writer *writer, const char *key);
} heed_subwords;

/* Kinds that look nothing up in a vocabulary. */
typedef struct heed_reader_kind {
    heed_status (*train)(heed_tokenizer *tokenizer, const heed_json *options, const char *where, size_t count,
                         heed_text_at *text, void *context, heed_error *error);
    heed_status (*parse)(heed_tokenizer *tokenizer, const heed_json *json, const char *where, heed_error *error);
    heed_status (*encode)(const heed_tokenizer *tokenizer, const char *text, size_t size, heed_arena *arena,
                          heed_encoding *out, heed_error *error);
    void (*write)(const heed_tokenizer *tokenizer, heed_json_writer *writer);
} heed_reader_kind;

typedef struct heed_tokenizer_kind {
    const char *name;
    const char *const *options; /* the names of heed_text_options that it takes; NULL-terminated */
    heed_text_options defaults;
    /* Cuts the first piece off normalised text[0..n), n > 0; returns how many bytes it took (at least 1). *is_token is
     * false for what is neither token nor skipped. */
    size_t (*next)(const heed_text_options *options, const char *text, size_t n, bool *is_token);
    bool unknown;       /* a piece without a token is <unk>; otherwise it is skipped */
    const char *joiner; /* between tokens when decoding */
    /* Whether the joiner is left out between two tokens; NULL: never. */
    bool (*joined)(const char *left, const char *right);
    const heed_subwords *subwords; /* NULL: a piece is a token */
    const heed_reader_kind *reader; /* NULL: tokens are looked up; else nothing above but name and options counts */
} heed_tokenizer_kind;

#define HEED_TOKENIZER(name) extern const heed_tokenizer_kind heed_tokenizer_##name;
#include "text/tokenizers.def"
#undef HEED_TOKENIZER

#endif
