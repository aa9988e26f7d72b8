#include "test.h"

#include <stdint.h>

#include "base/arena.h"
#include "base/memory.h"

static void alignment_and_contents(void) {
    heed_arena arena = {0};
    unsigned char *blocks[64];
    for (int i = 0; i < 64; i++) {
        blocks[i] = heed_arena_alloc(&arena, (size_t)i * 37);
        if (!CHECK(blocks[i] != NULL))
            return;
        CHECK_INT((uintptr_t)blocks[i] % HEED_ALIGNMENT, 0);
        memset(blocks[i], i, (size_t)i * 37);
    }
    int damaged = 0;
    for (int i = 0; i < 64; i++)
        for (int k = 0; k < i * 37; k++)
            damaged += blocks[i][k] != i;
    CHECK_INT(damaged, 0);
    char *zeros = heed_arena_alloc_zero(&arena, 500);
    int nonzero = 0;
    for (int i = 0; i < 500; i++)
        nonzero += zeros[i] != 0;
    CHECK_INT(nonzero, 0);
    CHECK_STRING(heed_arena_string(&arena, "abcdef", 3), "abc");
    CHECK(heed_arena_alloc(&arena, SIZE_MAX) == NULL);
    CHECK(heed_arena_alloc(&arena, SIZE_MAX - 100) == NULL);
    CHECK(heed_arena_string(&arena, "", SIZE_MAX) == NULL);
    heed_arena_free(&arena);
    CHECK_INT(heed_arena_bytes(&arena), 0);
}

static void one_pass(heed_arena *arena) {
    for (int i = 0; i < 100; i++)
        heed_arena_alloc(arena, 1 + (size_t)i * 997);
}

static void a_second_pass_allocates_nothing(void) {
    heed_arena arena = {0};
    one_pass(&arena);
    heed_arena_reset(&arena);
    uint64_t before = heed_alloc_count();
    for (int pass = 0; pass < 5; pass++) {
        one_pass(&arena);
        heed_arena_reset(&arena);
    }
    CHECK_INT(heed_alloc_count() - before, 0);
    heed_arena_free(&arena);
}

static void marks(void) {
    heed_arena arena = {0};
    heed_arena_mark empty = heed_arena_save(&arena);
    char *kept = heed_arena_string(&arena, "kept", 4);
    heed_arena_mark mark = heed_arena_save(&arena);
    void *first = heed_arena_alloc(&arena, 100);
    heed_arena_alloc(&arena, 1 << 20); /* in a block of its own */
    heed_arena_restore(&arena, mark);
    uint64_t before = heed_alloc_count();
    CHECK(heed_arena_alloc(&arena, 100) == first);
    heed_arena_alloc(&arena, 1 << 20);
    CHECK_INT(heed_alloc_count() - before, 0);
    CHECK_STRING(kept, "kept");
    heed_arena_restore(&arena, empty);
    CHECK(heed_arena_alloc(&arena, 1) == (void *)kept);
    heed_arena_free(&arena);
}

static void failure_keeps_the_arena_usable(void) {
    heed_arena arena = {0};
    char *text = heed_arena_string(&arena, "still here", 10);
    size_t held = heed_arena_bytes(&arena);
    heed_alloc_fail_at(1);
    CHECK(heed_arena_alloc(&arena, 1 << 20) == NULL);
    CHECK_INT(heed_arena_bytes(&arena), held);
    CHECK(heed_arena_alloc(&arena, 1 << 20) != NULL);
    CHECK_STRING(text, "still here");
    /* A merge that fails leaves none. */
    heed_alloc_fail_at(1);
    heed_arena_reset(&arena);
    heed_alloc_fail_at(0);
    CHECK_INT(heed_arena_bytes(&arena), 0);
    CHECK(heed_arena_alloc(&arena, 1 << 20) != NULL);
    heed_arena_free(&arena);
}

/* What was in use at once decides, not the blocks, each as large as all before it. */
static void merged_blocks_have_what_was_used(void) {
    heed_arena arena = {0};
    for (int i = 0; i < 50; i++)
        heed_arena_alloc(&arena, 1000);
    const size_t held = heed_arena_bytes(&arena);
    const heed_arena_mark mark = heed_arena_save(&arena);
    for (int i = 0; i < 50; i++)
        heed_arena_alloc(&arena, 1000);
    heed_arena_restore(&arena, mark); /* counts all the same */
    heed_arena_reset(&arena);
    CHECK(heed_arena_bytes(&arena) > held && heed_arena_bytes(&arena) >= 100 * 1024 &&
          heed_arena_bytes(&arena) < 108 * 1024);
    const uint64_t before = heed_alloc_count();
    for (int i = 0; i < 100; i++)
        CHECK(heed_arena_alloc(&arena, 1000) != NULL);
    CHECK_INT(heed_alloc_count() - before, 0);
    heed_arena_free(&arena);
}

static void memory(void) {
    size_t out = 0;
    CHECK(heed_mul_size(3, 5, &out) && out == 15);
    CHECK(!heed_mul_size(SIZE_MAX / 2, 3, &out));
    CHECK(heed_mul_size(0, SIZE_MAX, &out) && out == 0);
    CHECK(heed_add_size(SIZE_MAX - 1, 1, &out) && out == SIZE_MAX);
    CHECK(!heed_add_size(SIZE_MAX, 1, &out));
    CHECK(heed_alloc(SIZE_MAX / 2, 4) == NULL);
    unsigned char *block = heed_alloc(10, 10);
    CHECK_INT((uintptr_t)block % HEED_ALIGNMENT, 0);
    int sum = 0;
    for (int i = 0; i < 100; i++)
        sum += block[i];
    CHECK_INT(sum, 0);
    block[99] = 7;
    CHECK(heed_realloc(block, 100, SIZE_MAX, 2) == NULL);
    block = heed_realloc(block, 100, 3000, 1);
    CHECK_INT(block[99], 7);
    CHECK_INT((uintptr_t)block % HEED_ALIGNMENT, 0);
    heed_free(block);
    heed_alloc_fail_at(2);
    void *a = heed_alloc(1, 1), *b = heed_alloc(1, 1), *c = heed_alloc(1, 1);
    CHECK(a != NULL && b == NULL && c != NULL);
    heed_free(a);
    heed_free(c);
}

int main(void) {
    alignment_and_contents();
    a_second_pass_allocates_nothing();
    marks();
    failure_keeps_the_arena_usable();
    merged_blocks_have_what_was_used();
    memory();
    return heed_test_finish("arena");
}
