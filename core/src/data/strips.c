#include "data/strips.h"

#include <string.h>

#include "data/tasks/number_words.h"

enum { AS_DIGITS, IN_ENGLISH, IN_RUSSIAN };
static const char *const answers[] = {"digits", "en", "ru", NULL};

const heed_task_option heed_strip_options[] = {
    {"min_length", 1, 1, HEED_STRIP_DIGITS, NULL, "digits, at least"},
    {"max_length", 3, 1, HEED_STRIP_DIGITS, NULL, "digits, at most"},
    {"height", 16, 12, HEED_STRIP_HEIGHT, NULL, "pixels"},
    {"noise", 2, 0, 50, NULL, "pixels in a hundred that are anything"},
    {"answer", AS_DIGITS, 0, 0, answers, "what is written: digits, or their names"},
    {0},
};

int heed_strip_count(const int64_t *options, heed_rng *rng)
{
    return (int)heed_task_between(rng, options[HEED_STRIP_MIN], options[HEED_STRIP_MAX]);
}

static void write_picture(const heed_strip *strip, heed_string_buffer *out)
{
    static const char *const levels[HEED_STRIP_INK + 1] = {"0",  ".1", ".2", ".3", ".4", ".5",
                                                           ".6", ".7", ".8", ".9", "1"};
    for (int i = 0; i < strip->height * strip->width; i++) {
        const char *level = levels[strip->ink[i]];
        if (i > 0)
            heed_string_append(out, i % strip->width == 0 ? ";" : " ", 1);
        heed_string_append(out, level, strlen(level));
    }
}

static void write_answer(const uint8_t *digits, int count, int64_t answer, heed_string_buffer *out)
{
    for (int i = 0; i < count; i++) {
        if (answer == AS_DIGITS)
            heed_string_append(out, &"0123456789"[digits[i]], 1);
        else
            heed_string_format(out, "%s%s", i > 0 ? " " : "",
                               (answer == IN_ENGLISH ? english_units : russian_units)[digits[i]]);
    }
}

void heed_strip_make(const int64_t *options, const uint8_t *digits, int count, heed_strip_draw *draw, void *context,
                     heed_rng *rng, heed_strip *strip, heed_string_buffer *source, heed_string_buffer *target)
{
    enum { P = HEED_STRIP_PIXEL };
    const int height = (int)options[HEED_STRIP_HIGH], slot = height * 3 / 4;
    strip->height = height;
    strip->width = (int)options[HEED_STRIP_MAX] * slot + height / 4;
    memset(strip->ink, 0, (size_t)(strip->height * strip->width));
    const int left = (int)heed_task_between(rng, 0, strip->width - count * slot);
    for (int i = 0; i < count; i++) {
        const int size = height * P * (int)heed_task_between(rng, 60, 85) / 100;
        const int spare = (height * P - size) / 2, aside = slot * P / 10;
        const int x = (left + i * slot) * P + slot * P / 2 + (int)heed_task_between(rng, -aside, aside);
        const int y = height * P / 2 + (int)heed_task_between(rng, -spare / 2, spare / 2);
        draw(context, i, x, y, size, rng, strip);
    }
    for (int i = 0; options[HEED_STRIP_NOISE] > 0 && i < strip->height * strip->width; i++)
        if ((int64_t)heed_rng_below(rng, 100) < options[HEED_STRIP_NOISE])
            strip->ink[i] = (uint8_t)heed_rng_below(rng, HEED_STRIP_INK + 1);
    write_picture(strip, source);
    write_answer(digits, count, options[HEED_STRIP_ANSWER], target);
}
