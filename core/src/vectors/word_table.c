#include "vectors/word_table.h"

#include <string.h>

#include "base/hash.h"
#include "base/memory.h"

static int32_t *slot_of(const heed_word_table *table, const char *text, size_t n)
{
    const uint64_t hash = heed_hash(HEED_HASH_START, text, n);
    size_t i = (hash ^ hash >> 32) & (table->slot_count - 1);
    for (;; i = (i + 1) & (table->slot_count - 1)) {
        int32_t *slot = &table->slots[i];
        if (*slot == 0)
            return slot;
        const heed_token *token = &table->words[*slot - 1].token;
        if (token->size == n && memcmp(token->text, text, n) == 0)
            return slot;
    }
}

static bool grow(heed_word_table *table)
{
    const int32_t capacity = table->capacity == 0 ? 1024 : table->capacity > INT32_MAX / 4 ? 0 : 2 * table->capacity;
    const size_t slot_count = 2 * (size_t)capacity;
    heed_piece *words = capacity == 0 ? NULL
                                      : heed_realloc(table->words, (size_t)table->count * sizeof *words, (size_t)capacity,
                                                     sizeof *words);
    if (words == NULL)
        return false;
    table->words = words;
    int32_t *slots = heed_alloc(slot_count, sizeof *slots);
    if (slots == NULL)
        return false;
    heed_free(table->slots);
    table->slots = slots;
    table->slot_count = slot_count;
    table->capacity = capacity;
    for (int32_t id = 0; id < table->count; id++)
        *slot_of(table, words[id].token.text, words[id].token.size) = id + 1;
    return true;
}

int32_t heed_word_table_add(heed_word_table *table, const char *text, size_t n)
{
    if (table->count == table->capacity && !grow(table))
        return -1;
    int32_t *slot = slot_of(table, text, n);
    if (*slot == 0) {
        const char *copy = heed_arena_string(&table->arena, text, n);
        if (copy == NULL)
            return -1;
        table->words[table->count] = (heed_piece){{copy, n}, 0};
        *slot = ++table->count;
    }
    table->words[*slot - 1].count++;
    return *slot - 1;
}

void heed_word_table_free(heed_word_table *table)
{
    heed_arena_free(&table->arena);
    heed_free(table->words);
    heed_free(table->slots);
    memset(table, 0, sizeof *table);
}
