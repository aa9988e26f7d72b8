/* A text as numbers: what word vectors are trained on. Words beyond the vocabulary are left out, as in word2vec and
 * GloVe: their neighbours move together. */
#ifndef HEED_VECTORS_WORD_CORPUS_H
#define HEED_VECTORS_WORD_CORPUS_H

#include "base/spool.h"
#include "text/tokenizer.h"
#include "vectors/word_table.h"

enum {
    HEED_LINE_END = -1,
    HEED_LINE_WORDS = 1000 /* longer lines are cut, as word2vec cuts them */
};

typedef struct heed_word_corpus { /* zero-initialise */
    heed_tokenizer *tokenizer; /* its tokens after the specials are the words, the most frequent first */
    int32_t words;             /* how many; word w is token HEED_TOKEN_SPECIALS + w */
    int64_t *counts;           /* [words] */
    int64_t text_words;        /* all that were read */
    int64_t tokens;            /* of these, those with a word in the vocabulary */
    const int32_t *ids;        /* [size] lines of word numbers, none empty, each ended by HEED_LINE_END */
    size_t size;
    heed_spool spool;          /* where ids are */
} heed_word_corpus;

/* Reads a text piece by piece. Its lines are what windows do not cross. */
typedef struct heed_corpus_reader {
    heed_word_corpus *corpus;
    heed_word_table table;
    heed_arena scratch;
    heed_string_buffer line; /* what came of the line in hand */
    int64_t line_number;     /* of it, from 1 */
    int32_t line_words;
    const char *where;       /* names the text in messages */
} heed_corpus_reader;

/* `options` are the tokenizer's: of type "word". Numbers go to a temporary file in `folder`, or memory when it is
 * NULL. */
heed_status heed_corpus_begin(heed_corpus_reader *reader, heed_word_corpus *corpus, const heed_json *options,
                              const char *options_where, const char *where, const char *folder, heed_error *error);
/* Fails, naming the line, on a NUL and on bytes that are not UTF-8. */
heed_status heed_corpus_feed(heed_corpus_reader *reader, const char *bytes, size_t size, heed_error *error);
/* Makes the vocabulary and frees the reader. Fails when fewer than two words are left. */
heed_status heed_corpus_end(heed_corpus_reader *reader, heed_error *error);
void heed_corpus_cancel(heed_corpus_reader *reader); /* instead of the end */

void heed_word_corpus_free(heed_word_corpus *corpus);

#endif
