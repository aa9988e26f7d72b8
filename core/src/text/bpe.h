/* Byte-pair encoding (Sennrich, Haddow and Birch 2016, "Neural Machine Translation of Rare Words with Subword Units")
 * over code points, with a token for every byte for what has none: any text is read, nothing is unknown, and a token
 * never holds part of a code point unless it is a byte. Kept as Hugging Face's tokenizer.json:
 *
 *     normalizer null, NFC, Lowercase or the sequence NFC, Lowercase, NFC; pre_tokenizer Split by a regular expression;
 *     model BPE with byte_fallback; decoder ByteFallback, Fuse
 *
 * which the library `tokenizers` reads from 0.20 on (https://huggingface.co/docs/tokenizers). Text that spells a
 * special is text here; there it is that token. */
#ifndef HEED_TEXT_BPE_H
#define HEED_TEXT_BPE_H

#include "text/vocabulary.h"

typedef struct heed_merge {
    int32_t left, right, made; /* ids */
} heed_merge;

enum { HEED_BPE_DIRECT = 0x500 };

typedef struct heed_bpe {
    heed_merge *merges; /* the earlier, the sooner done */
    int count;
    int32_t *slots;     /* rank + 1 by pair, open addressing; 0: free */
    size_t capacity;    /* a power of two */
    int32_t bytes[256]; /* ids */
    int32_t direct[HEED_BPE_DIRECT]; /* ids of code points; -1: none */
} heed_bpe;

/* Makes the tables of a tokenizer whose tokens and merges are there, with heed_tokenizer_finish done. */
heed_status heed_bpe_index(heed_tokenizer *tokenizer, const char *where, heed_error *error);
/* "<0x0A>". */
void heed_bpe_byte_name(int byte, char out[8]);

heed_status heed_bpe_train(heed_tokenizer *tokenizer, heed_pieces *pieces, const char *where, heed_error *error);
/* Reads Hugging Face's form. Fails on whatever says something else than the above, naming it. */
heed_status heed_bpe_parse(const heed_json *json, const char *where, heed_tokenizer **out, heed_error *error);
void heed_bpe_write(const heed_tokenizer *tokenizer, heed_json_writer *writer, const char *key);

#endif
