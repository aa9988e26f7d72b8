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
#include "heed/status.h"

enum { HEED_TOKEN_PAD, HEED_TOKEN_BOS, HEED_TOKEN_EOS, HEED_TOKEN_UNK, HEED_TOKEN_SPECIALS };
enum { HEED_VOCABULARY_MAX = 1 << 18 /* tokens */, HEED_TOKEN_BYTES_MAX = 64 };

typedef struct heed_tokenizer heed_tokenizer;

typedef struct heed_span {
    size_t start, length; /* bytes of the input */
} heed_span;

/* Arrays live in the arena given to heed_tokenizer_encode. */
typedef struct heed_encoding {
    int count;
    int32_t *ids;       /* [count] no specials: neither <bos>, <eos> nor <unk> */
    heed_span *spans;   /* [count] where in the input token i stood */
    int skipped_count;
    heed_span *skipped; /* [skipped_count] runs of the input that have no token, longest possible, in order */
} heed_encoding;

/* Text i of a collection; the view must stay until the next call. */
typedef heed_bytes heed_text_at(void *context, size_t i);

/* Builds a vocabulary from `count` texts: the specials, then every token that occurs, by code point, so that the
 * order of the texts does not matter. `options` holds "type" and the kind's own fields: {"type": "char", "case":
 * "upper"}; `where` names it in messages. Fails on invalid UTF-8, on text that spells a special, and above
 * HEED_VOCABULARY_MAX. */
heed_status heed_tokenizer_train(const heed_json *options, const char *where, size_t count, heed_text_at *text,
                                 void *context, heed_tokenizer **out, heed_error *error);
/* From {"type": ..., options, "tokens": ["<pad>", "<bos>", "<eos>", "<unk>", ...]}. Fails on an unknown kind or field,
 * wrong specials, an empty, repeated or too long token, one that the kind could never produce, and too many. */
heed_status heed_tokenizer_parse(const heed_json *json, const char *where, heed_tokenizer **out, heed_error *error);
void heed_tokenizer_write(const heed_tokenizer *tokenizer, heed_json_writer *writer, const char *key);
void heed_tokenizer_free(heed_tokenizer *tokenizer); /* NULL is allowed */

/* The pair in a model's tokenizer.json: {"source": {...}, "target": {...}}. On failure both are NULL. */
heed_status heed_tokenizers_parse(const char *text, size_t size, heed_tokenizer **source, heed_tokenizer **target,
                                  heed_error *error);
/* Appends compact JSON and a newline. */
void heed_tokenizers_write(const heed_tokenizer *source, const heed_tokenizer *target, heed_string_buffer *out);

/* Any bytes are allowed as text; the only failure is memory. */
heed_status heed_tokenizer_encode(const heed_tokenizer *tokenizer, const char *text, size_t size, heed_arena *arena,
                                  heed_encoding *out, heed_error *error);
/* Appends the tokens' text; specials and ids outside the vocabulary add nothing. "symbol" puts a blank between two. */
void heed_tokenizer_decode(const heed_tokenizer *tokenizer, const int32_t *ids, int count, heed_string_buffer *out);

int heed_tokenizer_count(const heed_tokenizer *tokenizer); /* size of the vocabulary, specials included */
/* A token's text, "" for an id outside the vocabulary. Owned by the tokenizer. */
const char *heed_tokenizer_token(const heed_tokenizer *tokenizer, int32_t id);
int32_t heed_tokenizer_find(const heed_tokenizer *tokenizer, const char *token, size_t size); /* no special; -1: none */
const char *heed_tokenizer_kind_name(const heed_tokenizer *tokenizer);

/* ---- What a kind is: one file with one table, and its line in tokenizers.def. ---- */

typedef struct heed_piece {
    const char *text; /* of a possible token, after case folding; in the input or in `folded`; length 0: a separator, */
    size_t length;    /* which is neither token nor skipped */
    char folded[4];
} heed_piece;

typedef struct heed_tokenizer_kind {
    const char *name;
    const char *const *options; /* fields it reads besides "type" and "tokens"; NULL-terminated */
    /* Reads the options into a number of the kind's own. */
    heed_status (*configure)(const heed_json *options, const char *where, int *mode, heed_error *error);
    void (*write_options)(int mode, heed_json_writer *writer);
    /* Cuts the first piece off text[0..n), n > 0; returns how many bytes it took (at least 1). */
    size_t (*next)(int mode, const char *text, size_t n, heed_piece *piece);
    const char *joiner; /* between tokens when decoding */
} heed_tokenizer_kind;

#define HEED_TOKENIZER(name) extern const heed_tokenizer_kind heed_tokenizer_##name;
#include "text/tokenizers.def"
#undef HEED_TOKENIZER

#endif
