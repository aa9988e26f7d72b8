/* Dates as people write them, in English and Russian, to ISO 8601: "5 мая 2019 г." is 2019-05-05, "the last Monday of
 * May 2019" takes a calendar. Words are CLDR's (make_words.mjs); numbers with strokes are read the American way, with
 * dots the Russian way. */
#include "base/error.h"
#include "data/tasks/date_words.h"
#include "data/tasks/task.h"

enum { LANGUAGE, FORMS, FIRST_YEAR, LAST_YEAR };
enum { ALL, PLAIN, ENDS };

static const char *const form_sets[] = {"all", "plain", "ends", NULL};

static const heed_task_option options[] = {
    {"language", 2, 0, 0, heed_task_languages, "of the dates"},
    {"forms", ALL, 0, 0, form_sets,
     "\"plain\" leaves out what takes a calendar; \"ends\" has the last day of May but not its last Monday"},
    {"first_year", 1900, 1600, 9999, NULL, "the earliest"},
    {"last_year", 2099, 1600, 9999, NULL, "the latest"},
    {0},
};

typedef struct date {
    int year, month, day; /* from 1 */
} date;

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

/* 0 is Sunday (Sakamoto 1993). */
static int weekday(int year, int month, int day)
{
    static const int shift[] = {0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4};
    const int y = month < 3 ? year - 1 : year;
    return (y + y / 4 - y / 100 + y / 400 + shift[month - 1] + day) % 7;
}

static const char *english_suffix(int day)
{
    if (day / 10 == 1)
        return "th";
    return day % 10 == 1 ? "st" : day % 10 == 2 ? "nd" : day % 10 == 3 ? "rd" : "th";
}

/* A form writes the date. Those that take a calendar choose the day themselves. */
typedef void form(heed_rng *rng, date *d, heed_string_buffer *out);

static const char *english_month(heed_rng *rng, const date *d)
{
    const int i = d->month - 1;
    return heed_rng_below(rng, 3) == 0 ? english_short_months[i] : english_months[i];
}

static const char *english_day(heed_rng *rng, const date *d)
{
    const int i = weekday(d->year, d->month, d->day);
    return heed_rng_below(rng, 2) ? english_short_days[i] : english_days[i];
}

static void english_month_first(heed_rng *rng, date *d, heed_string_buffer *out)
{
    const char *suffix = heed_rng_below(rng, 2) ? english_suffix(d->day) : "";
    heed_string_format(out, "%s %d%s, %d", english_month(rng, d), d->day, suffix, d->year);
}

static void english_day_first(heed_rng *rng, date *d, heed_string_buffer *out)
{
    heed_string_format(out, "%d %s %d", d->day, english_month(rng, d), d->year);
}

static void english_day_of(heed_rng *rng, date *d, heed_string_buffer *out)
{
    const char *month = english_months[d->month - 1];
    if (heed_rng_below(rng, 2))
        heed_string_format(out, "the %s of %s %d", english_ordinals[d->day - 1], month, d->year);
    else
        heed_string_format(out, "%d%s of %s %d", d->day, english_suffix(d->day), month, d->year);
}

static void english_with_weekday(heed_rng *rng, date *d, heed_string_buffer *out)
{
    const char *day = english_day(rng, d), *month = english_month(rng, d);
    if (heed_rng_below(rng, 2))
        heed_string_format(out, "%s, %s %d, %d", day, month, d->day, d->year);
    else
        heed_string_format(out, "%s %d %s %d", day, d->day, month, d->year);
}

static void english_digits(heed_rng *rng, date *d, heed_string_buffer *out)
{
    if (heed_rng_below(rng, 2))
        heed_string_format(out, "%d/%d/%d", d->month, d->day, d->year);
    else
        heed_string_format(out, "%02d/%02d/%d", d->month, d->day, d->year);
}

static void english_end_of_month(heed_rng *rng, date *d, heed_string_buffer *out)
{
    const bool last = heed_rng_below(rng, 2);
    d->day = days_in(d->year, d->month) - !last;
    heed_string_format(out, "the %s day of %s %d", last ? "last" : "next-to-last",
                       english_months[d->month - 1], d->year);
}

/* The n-th of its weekday in the month, from 1; 0 for the last, when asked so. */
static int nth_weekday(heed_rng *rng, const date *d)
{
    const bool is_last = d->day + 7 > days_in(d->year, d->month);
    return is_last && (d->day > 28 || heed_rng_below(rng, 2)) ? 0 : (d->day + 6) / 7;
}

static void english_weekday_of_month(heed_rng *rng, date *d, heed_string_buffer *out)
{
    const int n = nth_weekday(rng, d);
    heed_string_format(out, "the %s %s of %s %d", n == 0 ? "last" : english_ordinals[n - 1],
                       english_days[weekday(d->year, d->month, d->day)], english_months[d->month - 1], d->year);
}

static const char *russian_year(heed_rng *rng)
{
    static const char *const words[] = {" г.", " года", ""};
    return words[heed_rng_below(rng, 3)];
}

static const char *russian_month(heed_rng *rng, const date *d)
{
    const int i = d->month - 1;
    return heed_rng_below(rng, 3) == 0 ? russian_short_months[i] : russian_months[i];
}

static void russian_plain(heed_rng *rng, date *d, heed_string_buffer *out)
{
    const char *ending = heed_rng_below(rng, 5) == 0 ? "-е" : "", *month = russian_month(rng, d);
    heed_string_format(out, "%d%s %s %d%s", d->day, ending, month, d->year, russian_year(rng));
}

static void russian_in_words(heed_rng *rng, date *d, heed_string_buffer *out)
{
    const int i = d->day - 1;
    const char *day = heed_rng_below(rng, 2) ? russian_ordinals[i] : russian_genitive_ordinals[i];
    heed_string_format(out, "%s %s %d%s", day, russian_months[d->month - 1], d->year, russian_year(rng));
}

static void russian_with_weekday(heed_rng *rng, date *d, heed_string_buffer *out)
{
    const int i = weekday(d->year, d->month, d->day);
    const char *day = heed_rng_below(rng, 2) ? russian_short_days[i] : russian_days[i], *month = russian_month(rng, d);
    heed_string_format(out, "%s, %d %s %d%s", day, d->day, month, d->year, russian_year(rng));
}

static void russian_digits(heed_rng *rng, date *d, heed_string_buffer *out)
{
    if (heed_rng_below(rng, 2))
        heed_string_format(out, "%d.%d.%d", d->day, d->month, d->year);
    else
        heed_string_format(out, "%02d.%02d.%d", d->day, d->month, d->year);
}

static void russian_end_of_month(heed_rng *rng, date *d, heed_string_buffer *out)
{
    const bool last = heed_rng_below(rng, 2);
    d->day = days_in(d->year, d->month) - !last;
    heed_string_format(out, "%s день %s %d%s", last ? "последний" : "предпоследний", russian_months[d->month - 1],
                       d->year, russian_year(rng));
}

static void russian_weekday_of_month(heed_rng *rng, date *d, heed_string_buffer *out)
{
    enum { MASCULINE, FEMININE, NEUTER };
    static const int genders[] = {NEUTER, MASCULINE, MASCULINE, FEMININE, MASCULINE, FEMININE, FEMININE};
    static const char *const ordinals[][3] = {{"последний", "последняя", "последнее"}, {"первый", "первая", "первое"},
                                              {"второй", "вторая", "второе"}, {"третий", "третья", "третье"},
                                              {"четвертый", "четвертая", "четвертое"}};
    const int day = weekday(d->year, d->month, d->day), n = nth_weekday(rng, d);
    heed_string_format(out, "%s %s %s %d%s", ordinals[n][genders[day]], russian_days[day], russian_months[d->month - 1],
                       d->year, russian_year(rng));
}

static const size_t left_out[] = {[ALL] = 0, [PLAIN] = 2, [ENDS] = 1}; /* at the end of each list */
static form *const english_forms[] = {english_month_first, english_day_first, english_day_of, english_with_weekday,
                                      english_digits, english_end_of_month, english_weekday_of_month};
static form *const russian_forms[] = {russian_plain, russian_in_words, russian_with_weekday, russian_digits,
                                      russian_end_of_month, russian_weekday_of_month};

static void draw(const int64_t *values, heed_rng *rng, heed_string_buffer *source, heed_string_buffer *target)
{
    const bool english = heed_task_english(rng, values[LANGUAGE]);
    const size_t all = (english ? sizeof english_forms : sizeof russian_forms) / sizeof(form *);
    const size_t forms = all - left_out[values[FORMS]];
    date d = {.year = (int)heed_task_between(rng, values[FIRST_YEAR], values[LAST_YEAR]),
              .month = (int)heed_task_between(rng, 1, 12)};
    d.day = (int)heed_task_between(rng, 1, days_in(d.year, d.month));
    const uint32_t chosen = heed_rng_below(rng, (uint32_t)forms);
    form *write = english ? english_forms[chosen] : russian_forms[chosen];
    write(rng, &d, source);
    heed_string_format(target, "%d-%02d-%02d", d.year, d.month, d.day);
}

static heed_status check(const int64_t *values, const char *where, heed_error *error)
{
    if (values[FIRST_YEAR] <= values[LAST_YEAR])
        return HEED_OK;
    return heed_fail(error, HEED_ERROR_FORMAT, "%s.first_year is %lld; it must be at most last_year, which is %lld",
                     where, (long long)values[FIRST_YEAR], (long long)values[LAST_YEAR]);
}

const heed_task heed_task_dates = {"dates", "dates in English and Russian, to ISO 8601", options, check, draw};
