/* Keys of a telephone by their tones (ITU-T Q.23): a digit sounds as a low and a high frequency together for some
 * steps, then there is silence. A step is the loudness of the seven frequencies; the target is what was dialled. */
#include "data/tasks/task.h"

enum { MIN_DIGITS, MAX_DIGITS, NOISE };
enum { LOW = 4, HIGH = 3, BANDS = LOW + HIGH, LOUD = 1000 };

static const heed_task_option options[] = {
    {"min_length", 3, 1, 50, NULL, "digits, at least"},
    {"max_length", 7, 1, 50, NULL, "digits, at most"},
    {"noise", 200, 0, 400, NULL, "thousandths by which a loudness may be off"},
    {0},
};

/* `low` and `high` are BANDS in silence. */
static void add_step(heed_rng *rng, int64_t noise, int low, int high, heed_string_buffer *out)
{
    if (out->length > 0)
        heed_string_append(out, ";", 1);
    for (int band = 0; band < BANDS; band++) {
        const bool sounds = band == low || band == high;
        const int64_t off = heed_task_between(rng, 0, noise);
        heed_string_format(out, "%s", band > 0 ? " " : "");
        heed_task_thousandths(out, sounds ? LOUD - off : off);
    }
}

static void draw(const int64_t *values, heed_rng *rng, heed_string_buffer *source, heed_string_buffer *target)
{
    static const char keys[] = "123456789*0#"; /* row by row */
    const int64_t count = heed_task_between(rng, values[MIN_DIGITS], values[MAX_DIGITS]);
    for (int64_t i = 0; i < count; i++) {
        int key;
        do
            key = (int)heed_rng_below(rng, LOW * HIGH);
        while (keys[key] == '*' || keys[key] == '#');
        heed_string_append(target, &keys[key], 1);
        for (int64_t steps = heed_task_between(rng, 2, 4); steps > 0; steps--)
            add_step(rng, values[NOISE], key / HIGH, LOW + key % HIGH, source);
        for (int64_t steps = heed_task_between(rng, 1, 2); steps > 0; steps--)
            add_step(rng, values[NOISE], BANDS, BANDS, source);
    }
}

const heed_task heed_task_tones = {"tones", "telephone tones to digits", options, heed_task_check_lengths, draw};
