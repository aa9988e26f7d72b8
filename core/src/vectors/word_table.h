/* Words and how often they occur, while a text is read: ids count up in the order of first occurrence. */
#ifndef HEED_VECTORS_WORD_TABLE_H
#define HEED_VECTORS_WORD_TABLE_H

#include "text/vocabulary.h"

typedef struct heed_word_table { /* zero-initialise */
    heed_arena arena;  /* the texts */
    heed_piece *words; /* [count] by id */
    int32_t count, capacity;
    int32_t *slots;    /* id + 1, 0: free; open addressing, at most half full */
    size_t slot_count; /* a power of two */
} heed_word_table;

/* Counts one more occurrence; the word's id, -1 when memory is out. */
int32_t heed_word_table_add(heed_word_table *table, const char *text, size_t n);
void heed_word_table_free(heed_word_table *table);

#endif
