/* Digits drawn by a pen that shakes, to the number they make: a picture to read without any data set. */
#include "data/strips.h"

/* Each digit is one line through points (x, y) of a sheet of 8 x 12, in base 13, from the top left. */
static const char *const strokes[] = {
    "406184886b4c2b08042140",
    "23505c",
    "03206083760c8c",
    "014071744646878a5c0b",
    "6c600888",
    "80100655886c0b",
    "7032071b4c8a774608",
    "00803c",
    "46141140717446887b4c1b0846",
    "844614114081856c",
};

enum { POINTS = 24, SHEET_WIDTH = 8, SHEET_HEIGHT = 12 };

typedef struct point {
    int x, y;
} point;

static int value_of(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

/* The points of a digit on its sheet. */
static int read_strokes(const char *text, point *out)
{
    int n = 0;
    for (; text[2 * n]; n++)
        out[n] = (point){value_of(text[2 * n]), value_of(text[2 * n + 1])};
    return n;
}

/* The square of the distance of p from the line a b. */
static int64_t distance_squared(point p, point a, point b)
{
    const int64_t dx = b.x - a.x, dy = b.y - a.y, px = p.x - a.x, py = p.y - a.y;
    const int64_t along = px * dx + py * dy, length = dx * dx + dy * dy;
    if (along <= 0)
        return px * px + py * py;
    if (along >= length)
        return (p.x - b.x) * (int64_t)(p.x - b.x) + (p.y - b.y) * (int64_t)(p.y - b.y);
    return px * px + py * py - along * along / length;
}

/* A line of a pen of the radius, its edge a pixel wide. */
static void draw_line(heed_strip *strip, point a, point b, int radius)
{
    enum { P = HEED_STRIP_PIXEL };
    const int outer = radius + P / 2, inner = radius - P / 2;
    const int64_t most = (int64_t)outer * outer, least = (int64_t)inner * inner;
    const int left = ((a.x < b.x ? a.x : b.x) - outer) / P - 1, right = ((a.x > b.x ? a.x : b.x) + outer) / P;
    const int top = ((a.y < b.y ? a.y : b.y) - outer) / P - 1, bottom = ((a.y > b.y ? a.y : b.y) + outer) / P;
    for (int y = top; y <= bottom; y++)
        for (int x = left; x <= right; x++) {
            const int64_t d = distance_squared((point){x * P + P / 2, y * P + P / 2}, a, b);
            const int64_t ink = (most - d) * HEED_STRIP_INK / (most - least);
            heed_strip_mark(strip, x, y, d >= most ? 0 : d <= least ? HEED_STRIP_INK : (int)ink);
        }
}

static void draw_digit(void *context, int i, int x, int y, int size, heed_rng *rng, heed_strip *strip)
{
    point points[POINTS];
    const int count = read_strokes(strokes[((const uint8_t *)context)[i]], points);
    const int width = size * (int)heed_task_between(rng, 45, 65) / 100, shake = size / 40;
    const int slant = (int)heed_task_between(rng, -size / 8, size / 5);
    const int radius = (int)heed_task_between(rng, strip->height * 13 / 16, strip->height * 20 / 16);
    for (int k = 0; k < count; k++) {
        point *p = &points[k];
        const int right = 2 * p->x - SHEET_WIDTH, up = SHEET_HEIGHT - 2 * p->y; /* halves from the sheet's middle */
        const int shake_x = (int)heed_task_between(rng, -shake, shake);
        const int shake_y = (int)heed_task_between(rng, -shake, shake);
        p->x = x + width * right / (2 * SHEET_WIDTH) + slant * up / (2 * SHEET_HEIGHT) + shake_x;
        p->y = y - size * up / (2 * SHEET_HEIGHT) + shake_y;
        if (k > 0)
            draw_line(strip, points[k - 1], *p, radius);
    }
}

static void draw(const int64_t *values, heed_rng *rng, heed_string_buffer *source, heed_string_buffer *target)
{
    heed_strip strip;
    uint8_t digits[HEED_STRIP_DIGITS];
    const int count = heed_strip_count(values, rng);
    for (int i = 0; i < count; i++)
        digits[i] = (uint8_t)heed_rng_below(rng, 10);
    heed_strip_make(values, digits, count, draw_digit, digits, rng, &strip, source, target);
}

const heed_task heed_task_digits = {"digits", "a picture of digits to the number", heed_strip_options,
                                    heed_task_check_lengths, draw};
