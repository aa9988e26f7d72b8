/* Strips of digits: pictures with a few digits side by side, as examples that a model of images reads. All is whole
 * numbers, so that a seed gives the same pictures everywhere. Lengths within a picture are in sixteenths of a pixel. */
#ifndef HEED_DATA_STRIPS_H
#define HEED_DATA_STRIPS_H

#include <stdint.h>

#include "base/rng.h"
#include "base/string_buffer.h"
#include "data/tasks/task.h"

enum { HEED_STRIP_DIGITS = 8, HEED_STRIP_HEIGHT = 64, HEED_STRIP_INK = 10, HEED_STRIP_PIXEL = 16 };

typedef struct heed_strip {
    int height, width; /* pixels */
    uint8_t ink[HEED_STRIP_HEIGHT * HEED_STRIP_HEIGHT * (HEED_STRIP_DIGITS + 1)]; /* [height, width] */
} heed_strip;

/* The options of all strips, in this order: digits at least and at most, height, noise, what is written of them. */
enum { HEED_STRIP_MIN, HEED_STRIP_MAX, HEED_STRIP_HIGH, HEED_STRIP_NOISE, HEED_STRIP_ANSWER };
extern const heed_task_option heed_strip_options[];

/* Draws digit number i of the strip with its middle at (x, y), `size` high. */
typedef void heed_strip_draw(void *context, int i, int x, int y, int size, heed_rng *rng, heed_strip *strip);

/* How many digits the next strip has. */
int heed_strip_count(const int64_t *options, heed_rng *rng);
/* An empty strip, then its digits by `draw`, each of another size and a little beside its place, then noise. The
 * picture goes to `source`, rows of ".7 0 .."; what is to be read of it, "42", "four two" or the Russian names, to
 * `target`. */
void heed_strip_make(const int64_t *options, const uint8_t *digits, int count, heed_strip_draw *draw, void *context,
                     heed_rng *rng, heed_strip *strip, heed_string_buffer *source, heed_string_buffer *target);

/* More ink at a pixel, if there is less. Places outside are left out. */
static inline void heed_strip_mark(heed_strip *strip, int x, int y, int ink)
{
    if (x >= 0 && x < strip->width && y >= 0 && y < strip->height && ink > strip->ink[y * strip->width + x])
        strip->ink[y * strip->width + x] = (uint8_t)ink;
}

#endif
