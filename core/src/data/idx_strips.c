/* Strips of the digits of a data set: every image is in one strip. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "data/idx.h"
#include "data/strips.h"
#include "heed/tasks.h"

enum { FINE = 256 /* of a pixel of the data set */, INNER = 5, OUTER = 7 /* a digit is 5/7 of its image: 20 of 28 */ };

typedef struct album {
    const heed_idx *idx;
    const int32_t *order; /* of the images */
    int32_t next;         /* the first that is not used yet */
} album;

static int pixel_at(const heed_idx *idx, int32_t image, int x, int y)
{
    if (x < 0 || x >= idx->width || y < 0 || y >= idx->height)
        return 0;
    return idx->pixels[((size_t)image * (size_t)idx->height + (size_t)y) * (size_t)idx->width + (size_t)x];
}

/* Between the four pixels around a place; u and v count from the middle of the first pixel. */
static int ink_at(const heed_idx *idx, int32_t image, int u, int v)
{
    const int x = (u + FINE * HEED_IDX_SIDE) / FINE - HEED_IDX_SIDE, y = (v + FINE * HEED_IDX_SIDE) / FINE - HEED_IDX_SIDE;
    const int right = u - x * FINE, down = v - y * FINE;
    const int above = pixel_at(idx, image, x, y) * (FINE - right) + pixel_at(idx, image, x + 1, y) * right;
    const int below = pixel_at(idx, image, x, y + 1) * (FINE - right) + pixel_at(idx, image, x + 1, y + 1) * right;
    return (above * (FINE - down) + below * down) / (FINE * FINE);
}

/* A pixel of the strip is the mean of four places in it. */
static void draw_image(void *context, int i, int x, int y, int size, heed_rng *rng, heed_strip *strip)
{
    enum { P = HEED_STRIP_PIXEL };
    const album *from = context;
    const heed_idx *idx = from->idx;
    const int32_t image = from->order[from->next + i];
    const int reach = size * OUTER / INNER / 2; /* from the middle to the image's edge */
    const int left = (x - reach) / P - 1, right = (x + reach) / P + 1;
    const int top = (y - reach) / P - 1, bottom = (y + reach) / P + 1;
    (void)rng;
    for (int row = top; row <= bottom; row++)
        for (int column = left; column <= right; column++) {
            int sum = 0;
            for (int k = 0; k < 4; k++) {
                const int64_t across = column * P + (k % 2 ? 12 : 4) - x, down = row * P + (k / 2 ? 12 : 4) - y;
                const int u = (int)(across * idx->height * INNER * FINE / (OUTER * size)) + (idx->width - 1) * FINE / 2;
                const int v = (int)(down * idx->height * INNER * FINE / (OUTER * size)) + (idx->height - 1) * FINE / 2;
                sum += ink_at(idx, image, u, v);
            }
            heed_strip_mark(strip, column, row, (sum * HEED_STRIP_INK + 510) / 1020);
        }
}

static heed_status make_strips(const heed_task_setup *setup, const heed_idx *idx, const int32_t *order, uint64_t seed,
                               int32_t count, void (*example)(void *context, const char *source, const char *target),
                               void *context, heed_error *error)
{
    album from = {idx, order, 0};
    heed_strip strip;
    heed_rng rng;
    heed_string_buffer source = {0}, target = {0};
    heed_rng_seed(&rng, seed, 1);
    for (int32_t made = 0; made < count && !source.failed && !target.failed; made++) {
        uint8_t digits[HEED_STRIP_DIGITS];
        const int wanted = heed_strip_count(setup->values, &rng);
        if (wanted > idx->count - from.next)
            break;
        for (int i = 0; i < wanted; i++)
            digits[i] = idx->labels[order[from.next + i]];
        heed_string_clear(&source);
        heed_string_clear(&target);
        heed_strip_make(setup->values, digits, wanted, draw_image, &from, &rng, &strip, &source, &target);
        if (!source.failed && !target.failed)
            example(context, source.text, target.text);
        from.next += wanted;
    }
    const bool failed = source.failed || target.failed;
    heed_string_free(&source);
    heed_string_free(&target);
    return failed ? heed_fail(error, HEED_ERROR_MEMORY, "out of memory for a strip") : HEED_OK;
}

heed_status heed_tasks_idx_strips(const char *prefix, const char *options, uint64_t seed, int32_t count,
                                  void (*example)(void *context, const char *source, const char *target), void *context,
                                  heed_error *error)
{
    heed_arena arena = {0};
    heed_idx idx = {0};
    heed_task_setup setup;
    heed_rng rng;
    const heed_json *json = options ? heed_json_parse(&arena, options, strlen(options), "options", error) : NULL;
    heed_status status = options && !json ? HEED_ERROR_FORMAT : heed_task_set_up("digits", json, "data", &setup, error);
    if (status == HEED_OK)
        status = heed_idx_read(prefix, &idx, error);
    int32_t *order = heed_arena_alloc(&arena, ((size_t)idx.count + 1) * sizeof *order);
    if (status == HEED_OK && !order)
        status = heed_fail(error, HEED_ERROR_MEMORY, "out of memory for the order of %d images", (int)idx.count);
    for (int32_t i = 0; order && i < idx.count; i++)
        order[i] = i;
    heed_rng_seed(&rng, seed, 0);
    if (status == HEED_OK) {
        heed_rng_shuffle(&rng, order, idx.count);
        status = make_strips(&setup, &idx, order, seed, count, example, context, error);
    }
    heed_idx_free(&idx);
    heed_arena_free(&arena);
    return status;
}
