/* Numbers in words, in English and Russian, to digits: "one hundred twenty-three", "двадцать одна тысяча". The words
 * are CLDR's, and so are the rules of putting them together (RBNF, spellout-cardinal). */
#include "base/error.h"
#include "data/tasks/number_words.h"
#include "data/tasks/task.h"

enum { LANGUAGE, MIN, MAX };
enum { BILLION = 1000000000 };

static const heed_task_option options[] = {
    {"language", 2, 0, 0, heed_task_languages, "of the words"},
    {"min", 0, 0, BILLION - 1, NULL, "the smallest number"},
    {"max", 999999, 0, BILLION - 1, NULL, "the largest number"},
    {0},
};

static void add_word(heed_string_buffer *out, const char *word)
{
    heed_string_format(out, "%s%s", out->length > 0 ? " " : "", word);
}

/* 1 to 999. */
static void english_hundreds(int n, heed_string_buffer *out)
{
    if (n >= 100) {
        add_word(out, english_units[n / 100]);
        add_word(out, "hundred");
    }
    n %= 100;
    if (n >= 20) {
        add_word(out, english_tens[n / 10]);
        if (n % 10 > 0)
            heed_string_format(out, "-%s", english_units[n % 10]);
    } else if (n > 0) {
        add_word(out, english_units[n]);
    }
}

static void russian_hundreds_of(int n, bool feminine, heed_string_buffer *out)
{
    if (n >= 100)
        add_word(out, russian_hundreds[n / 100]);
    n %= 100;
    if (n >= 20) {
        add_word(out, russian_tens[n / 10]);
        n %= 10;
    }
    if (n > 0)
        add_word(out, feminine && n <= 2 ? russian_feminine[n] : russian_units[n]);
}

/* Which of the three forms a Russian noun takes after n: одна тысяча, две тысячи, пять тысяч. */
static int russian_plural(int n)
{
    if (n % 100 / 10 == 1)
        return 2;
    return n % 10 == 1 ? 0 : n % 10 >= 2 && n % 10 <= 4 ? 1 : 2;
}

/* "two million", "две тысячи": nothing for 0. */
static void add_scale(bool english, int n, const char *english_word, const char *const *russian_words, bool feminine,
                      heed_string_buffer *out)
{
    if (n == 0)
        return;
    if (english)
        english_hundreds(n, out);
    else
        russian_hundreds_of(n, feminine, out);
    add_word(out, english ? english_word : russian_words[russian_plural(n)]);
}

static void spell(bool english, int n, heed_string_buffer *out)
{
    if (n == 0)
        add_word(out, english ? english_units[0] : russian_units[0]);
    add_scale(english, n / 1000000, "million", russian_millions, false, out);
    add_scale(english, n / 1000 % 1000, "thousand", russian_thousands, true, out);
    if (english)
        english_hundreds(n % 1000, out);
    else
        russian_hundreds_of(n % 1000, false, out);
}

/* Every number of digits is as likely as another, or nearly all numbers would be long. */
static int draw_number(heed_rng *rng, int64_t min, int64_t max)
{
    int64_t bounds[10][2];
    int count = 0;
    for (int64_t first = 0, end = 10; first <= max && count < 10; first = end, end *= 10)
        if (end > min) {
            bounds[count][0] = first > min ? first : min;
            bounds[count++][1] = end - 1 < max ? end - 1 : max;
        }
    const int64_t *bound = bounds[heed_rng_below(rng, (uint32_t)count)];
    return (int)heed_task_between(rng, bound[0], bound[1]);
}

static void draw(const int64_t *values, heed_rng *rng, heed_string_buffer *source, heed_string_buffer *target)
{
    const bool english = heed_task_english(rng, values[LANGUAGE]);
    const int n = draw_number(rng, values[MIN], values[MAX]);
    spell(english, n, source);
    heed_string_format(target, "%d", n);
}

static heed_status check(const int64_t *values, const char *where, heed_error *error)
{
    if (values[MIN] <= values[MAX])
        return HEED_OK;
    return heed_fail(error, HEED_ERROR_FORMAT, "%s.min is %lld; it must be at most max, which is %lld", where,
                     (long long)values[MIN], (long long)values[MAX]);
}

const heed_task heed_task_numbers = {"numbers", "numbers in English and Russian words, to digits", options, check,
                                     draw};
