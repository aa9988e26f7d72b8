#include "data/pairs.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/utf8.h"

static heed_status reserve(heed_pairs *pairs, heed_error *error)
{
    if (pairs->count < pairs->capacity)
        return HEED_OK;
    int32_t capacity = pairs->capacity == 0 ? 1024 : pairs->capacity > INT32_MAX / 2 ? INT32_MAX : pairs->capacity * 2;
    heed_pair *list = NULL;
    if (pairs->count < INT32_MAX)
        list = heed_realloc(pairs->list, (size_t)pairs->count * sizeof *list, (size_t)capacity, sizeof *list);
    if (list == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for more than %d pairs", (int)pairs->count);
    pairs->list = list;
    pairs->capacity = capacity;
    return HEED_OK;
}

/* `line` is in the arena and may be cut with NULs. */
static heed_status add_line(heed_pairs *pairs, char *line, size_t size, const char *what, long number,
                            heed_error *error)
{
    if (size == 0)
        return HEED_OK;
    if (size > INT32_MAX)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s:%ld: a line of %zu bytes", what, number, size);
    if (memchr(line, '\0', size) != NULL)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s:%ld: a NUL in the line", what, number);
    if (!heed_utf8_valid(line, size))
        return heed_fail(error, HEED_ERROR_FORMAT, "%s:%ld: bytes that are not UTF-8", what, number);
    char *tab = memchr(line, '\t', size);
    if (tab == NULL)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s:%ld: no tab between source and target", what, number);
    char *target = tab + 1;
    size_t left = size - (size_t)(target - line);
    char *end = left == 0 ? NULL : memchr(target, '\t', left);
    if (end == NULL)
        end = target + left;
    if (tab == line || end == target)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s:%ld: the %s is empty", what, number,
                         tab == line ? "source" : "target");
    HEED_TRY(reserve(pairs, error));
    *tab = '\0';
    *end = '\0'; /* at the farthest the line's end, which the caller owns */
    heed_pair *pair = &pairs->list[pairs->count++];
    pair->source = line;
    pair->source_size = (int32_t)(tab - line);
    pair->target = target;
    pair->target_size = (int32_t)(end - target);
    return HEED_OK;
}

heed_status heed_pairs_add(heed_pairs *pairs, const char *source, size_t source_size, const char *target,
                           size_t target_size, heed_error *error)
{
    HEED_TRY(reserve(pairs, error));
    heed_pair *pair = &pairs->list[pairs->count];
    pair->source = heed_arena_string(&pairs->arena, source, source_size);
    pair->target = heed_arena_string(&pairs->arena, target, target_size);
    pair->source_size = (int32_t)source_size;
    pair->target_size = (int32_t)target_size;
    if (pair->source == NULL || pair->target == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for more than %d pairs", (int)pairs->count);
    pairs->count++;
    return HEED_OK;
}

heed_status heed_pairs_parse(heed_pairs *pairs, const char *text, size_t size, const char *what, heed_error *error)
{
    int32_t count_before = pairs->count;
    heed_arena_mark mark = heed_arena_save(&pairs->arena);
    char *copy = heed_arena_string(&pairs->arena, text, size);
    if (copy == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory for %zu bytes", what, size);
    heed_reader reader = {{(const unsigned char *)copy, size}, 0, 0};
    heed_bytes line;
    heed_status status = HEED_OK;
    for (long number = 1; status == HEED_OK && heed_read_line(&reader, &line); number++)
        status = add_line(pairs, copy + (line.data - (const unsigned char *)copy), line.size, what, number, error);
    if (status != HEED_OK) {
        pairs->count = count_before;
        heed_arena_restore(&pairs->arena, mark);
    }
    return status;
}

heed_status heed_pairs_read_tsv(heed_pairs *pairs, const char *path, heed_error *error)
{
    char *text = NULL;
    size_t size = 0;
    HEED_TRY(heed_file_read(path, &text, &size, error));
    heed_status status = heed_pairs_parse(pairs, text, size, path, error);
    heed_free(text);
    return status;
}

void heed_pairs_free(heed_pairs *pairs)
{
    heed_free(pairs->list);
    heed_arena_free(&pairs->arena);
    memset(pairs, 0, sizeof *pairs);
}
