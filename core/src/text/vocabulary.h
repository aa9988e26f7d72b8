/* What the files of this folder share: the tokenizer itself. */
#ifndef HEED_TEXT_VOCABULARY_H
#define HEED_TEXT_VOCABULARY_H

#include "text/tokenizer.h"

typedef struct heed_token {
    const char *text; /* NUL-terminated */
    size_t size;
} heed_token;

struct heed_tokenizer {
    heed_arena arena; /* all that follows */
    const heed_tokenizer_kind *kind;
    heed_text_options options;
    int count;
    heed_token *tokens; /* [count] by id */
    int32_t *sorted;    /* [count - HEED_TOKEN_SPECIALS] ids by text: no text is a special */
    void *own;          /* what a kind with subwords or a reader keeps */
};

/* Pieces that occur in texts: a set with open addressing, at most half full. */
struct heed_pieces {
    struct heed_piece {
        heed_token token; /* text is NULL in a free slot */
        int64_t count;
    } *slots;
    size_t capacity; /* a power of two */
    int count;
};

typedef struct heed_piece heed_piece;

extern const char *const heed_token_specials[HEED_TOKEN_SPECIALS];

/* By bytes, which for UTF-8 is by code point. */
int heed_token_compare(const char *a, size_t a_size, const char *b, size_t b_size);
/* The slot of a text, which is not copied: a new one has the count 0. NULL when memory is out. */
heed_piece *heed_pieces_add(heed_pieces *pieces, const char *text, size_t n);
heed_piece *heed_pieces_find(const heed_pieces *pieces, const char *text, size_t n); /* NULL: it is not there */
/* Moves all to the front, in order; returns their number. Nothing can be found in them then. */
int heed_pieces_sort(heed_pieces *pieces, int (*compare)(const void *, const void *));
int heed_compare_texts(const void *a, const void *b);  /* by code point */
int heed_compare_counts(const void *a, const void *b); /* more frequent first, of equals by code point */

/* An empty tokenizer of a kind, with its defaults. */
heed_status heed_tokenizer_of_kind(const heed_tokenizer_kind *kind, const char *where, heed_tokenizer **out,
                                   heed_error *error);
/* One of a kind without tokens but the specials: the target of models that write nothing. */
heed_status heed_tokenizer_empty(const heed_tokenizer_kind *kind, heed_tokenizer **out, heed_error *error);
/* An empty tokenizer of the kind that options.type names. */
heed_status heed_tokenizer_new(const heed_json *options, const char *where, heed_tokenizer **out, heed_error *error);
/* Room for `count` tokens of which the specials are filled in; 0 when memory is out. */
int heed_tokenizer_reserve(heed_tokenizer *tokenizer, int count);
/* Checks tokens[0..count) and makes the index. */
heed_status heed_tokenizer_finish(heed_tokenizer *tokenizer, const char *where, heed_error *error);

#endif
