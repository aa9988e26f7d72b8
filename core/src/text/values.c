/* Numbers in place of tokens: a text is steps, parted by ";", of numbers, parted by blanks or commas. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/number.h"
#include "text/vocabulary.h"

static bool is_gap(char c)
{
    return c == ' ' || c == ',' || c == '\t' || c == '\r';
}

/* A decimal of up to 15 digits is a whole number over a power of ten, both exact, so that their quotient is the nearest
 * double (Clinger 1990); others are left to the slower way. */
static heed_status read_number(const char *text, size_t n, heed_arena *arena, double *out, heed_error *error)
{
    static const double powers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    const size_t sign = text[0] == '-' || text[0] == '+';
    double whole = 0;
    size_t at = sign, digits = 0, places = 0;
    for (bool point = false; at < n && (heed_is_digit(text[at]) || text[at] == '.'); at++) {
        if (text[at] == '.') {
            point = true;
            continue;
        }
        whole = 10 * whole + (text[at] - '0');
        digits++;
        places += point;
    }
    if (at == n && digits <= 15)
        *out = (text[0] == '-' ? -whole : whole) / powers[places];
    else if (!heed_number_parse(text, n, arena, out))
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for a number");
    if (fabs(*out) <= (double)FLT_MAX)
        return HEED_OK;
    return heed_fail(error, HEED_ERROR_FORMAT, "%.*s is too large for a number", n > 40 ? 40 : (int)n, text);
}

/* Goes through a text. `take` gets every number; a step that is over has `filled` numbers. */
typedef struct walk {
    const char *text;
    size_t size, at, step_start, step_end;
    int steps, filled;
} walk;

/* The next number; *found is false at the end of a step, and at the text's end, where at == size. */
static heed_status next_number(walk *w, heed_arena *arena, bool *found, double *out, heed_error *error)
{
    while (w->at < w->size && is_gap(w->text[w->at]))
        w->at++;
    *found = w->at < w->size && w->text[w->at] != ';' && w->text[w->at] != '\n';
    if (!*found)
        return HEED_OK;
    const size_t n = heed_number_size(w->text + w->at, w->size - w->at);
    const char after = w->at + n < w->size ? w->text[w->at + n] : ';';
    if (n == 0 || !(is_gap(after) || after == ';' || after == '\n'))
        return heed_fail(error, HEED_ERROR_FORMAT, "step %d: \"%.*s\" is not a number", w->steps + 1,
                         w->size - w->at > 20 ? 20 : (int)(w->size - w->at), w->text + w->at);
    HEED_TRY(read_number(w->text + w->at, n, arena, out, error));
    if (w->filled++ == 0)
        w->step_start = w->at;
    w->at += n;
    w->step_end = w->at;
    return HEED_OK;
}

/* Steps and numbers of a text, which all of them have alike in a step; *steps is 0 when there is none. */
static heed_status measure(const char *text, size_t size, heed_arena *arena, int *steps, int *channels,
                           void (*each)(void *context, int channel, double value), void *context, heed_error *error)
{
    walk w = {.text = text, .size = size};
    *steps = 0;
    for (;;) {
        bool found;
        double value;
        HEED_TRY(next_number(&w, arena, &found, &value, error));
        if (found) {
            const int most = *channels > 0 ? *channels : HEED_CHANNELS_MAX;
            if (w.filled > most)
                return heed_fail(error, HEED_ERROR_FORMAT, "step %d has more than %d number%s", w.steps + 1, most,
                                 most == 1 ? "" : "s");
            if (each != NULL)
                each(context, w.filled - 1, value);
            continue;
        }
        if (w.filled > 0) {
            if (*channels == 0)
                *channels = w.filled;
            if (w.filled != *channels)
                return heed_fail(error, HEED_ERROR_FORMAT, "step %d has %d number%s; it must have %d", w.steps + 1,
                                 w.filled, w.filled == 1 ? "" : "s", *channels);
            if (++w.steps > HEED_STEPS_MAX)
                return heed_fail(error, HEED_ERROR_LONG_INPUT, "there are more than %d steps", HEED_STEPS_MAX);
            w.filled = 0;
        }
        if (w.at == w.size)
            break;
        w.at++;
    }
    *steps = w.steps;
    return HEED_OK;
}

const heed_values *heed_values_of(const heed_tokenizer *tokenizer)
{
    return tokenizer->kind->reader != NULL ? tokenizer->own : NULL;
}

static heed_status encode(const heed_tokenizer *tokenizer, const char *text, size_t size, heed_arena *arena,
                          heed_encoding *out, heed_error *error)
{
    const heed_values *form = tokenizer->own;
    int channels = form->channels, steps;
    HEED_TRY(measure(text, size, arena, &steps, &channels, NULL, NULL, error));
    heed_real *values = heed_arena_alloc(arena, (size_t)steps * (size_t)channels * sizeof *values);
    heed_span *spans = heed_arena_alloc(arena, (size_t)steps * sizeof *spans);
    if (values == NULL || spans == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for %d steps of numbers", steps);
    walk w = {.text = text, .size = size};
    for (size_t i = 0; w.steps < steps;) {
        bool found;
        double value;
        HEED_TRY(next_number(&w, arena, &found, &value, error));
        if (found) {
            const int c = w.filled - 1;
            values[i++] = (heed_real)(form->mean != NULL ? (value - form->mean[c]) / form->scale[c] : value);
            continue;
        }
        if (w.filled > 0)
            spans[w.steps++] = (heed_span){w.step_start, w.step_end - w.step_start};
        w.filled = 0;
        w.at++;
    }
    *out = (heed_encoding){.count = steps, .values = values, .spans = spans};
    return HEED_OK;
}

/* Mean and mean square deviation of each channel, a number at a time (Welford 1962). */
typedef struct moments {
    double count, mean, deviation;
} moments;

static void add(void *context, int channel, double value)
{
    moments *m = (moments *)context + channel;
    const double off = value - m->mean;
    m->mean += off / ++m->count;
    m->deviation += off * (value - m->mean);
}

static heed_status make(heed_tokenizer *tokenizer, const char *where, int channels, int64_t steps, double **mean,
                        heed_error *error)
{
    heed_values *form = heed_arena_alloc_zero(&tokenizer->arena, sizeof *form);
    if (mean != NULL)
        *mean = heed_arena_alloc_zero(&tokenizer->arena, 2 * (size_t)channels * sizeof **mean);
    if (form == NULL || (mean != NULL && *mean == NULL))
        return heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory", where);
    *form = (heed_values){.channels = channels, .steps = (int)steps};
    if (mean != NULL) {
        form->mean = *mean;
        form->scale = *mean + channels;
    }
    tokenizer->own = form;
    return HEED_OK;
}

static heed_status train(heed_tokenizer *tokenizer, const heed_json *options, const char *where, size_t count,
                         heed_text_at *text_at, void *context, heed_error *error)
{
    static const char *const fields[] = {"type", "standardise", NULL};
    bool standardise = false;
    int channels = 0, all_steps = 0;
    heed_arena scratch = {0};
    moments *each = NULL;
    HEED_TRY(heed_json_only(options, where, fields, error));
    HEED_TRY(heed_json_bool(options, where, "standardise", &standardise, error));
    heed_status status = HEED_OK;
    for (size_t i = 0; i < count && status == HEED_OK; i++) {
        const heed_bytes text = text_at(context, i);
        heed_error local = {0};
        int steps;
        status = measure((const char *)text.data, text.size, &scratch, &steps, &channels, each ? add : NULL, each,
                         &local);
        if (status == HEED_OK && each == NULL && standardise) { /* the first, once more, now that its width is known */
            each = heed_arena_alloc_zero(&tokenizer->arena, (size_t)channels * sizeof *each);
            i--;
            if (each == NULL)
                status = heed_fail(&local, HEED_ERROR_MEMORY, "out of memory");
            continue;
        }
        all_steps = i == 0 ? steps : all_steps == steps ? steps : 0;
        if (status == HEED_OK && steps == 0)
            status = heed_fail(&local, HEED_ERROR_FORMAT, "there is no number");
        if (status != HEED_OK)
            heed_fail(error, status, "%s: text %zu: %s", where, i + 1, local.message);
    }
    heed_arena_free(&scratch);
    HEED_TRY(status);
    if (channels == 0)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s: there are no texts to read numbers from", where);
    double *mean = NULL;
    HEED_TRY(make(tokenizer, where, channels, all_steps, standardise ? &mean : NULL, error));
    for (int c = 0; mean != NULL && c < channels; c++) {
        const double deviation = sqrt(each[c].deviation / each[c].count);
        mean[c] = each[c].mean;
        mean[channels + c] = deviation > 0 ? deviation : 1; /* a channel that never changes says nothing: 0 */
    }
    return HEED_OK;
}

static heed_status read_list(const heed_json *json, const char *where, const char *key, int channels, double least,
                             double *out, heed_error *error)
{
    const heed_json *list = heed_json_get(json, key);
    if (list == NULL || list->type != HEED_JSON_ARRAY || list->count != channels)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s.%s must be %d numbers", where, key, channels);
    int i = 0;
    for (const heed_json *entry = list->first; entry != NULL; entry = entry->next, i++) {
        if (entry->type != HEED_JSON_NUMBER || !(fabs(entry->number) <= 1e300) || entry->number < least)
            return heed_fail(error, HEED_ERROR_FORMAT, "%s.%s[%d] must be a number%s", where, key, i,
                             least > 0 ? " above 0" : "");
        out[i] = entry->number;
    }
    return HEED_OK;
}

static heed_status parse(heed_tokenizer *tokenizer, const heed_json *json, const char *where, heed_error *error)
{
    static const char *const fields[] = {"type", "channels", "steps", "mean", "scale", NULL};
    int64_t channels = 0, steps = 0;
    double *mean = NULL;
    const bool standardised = heed_json_get(json, "mean") != NULL || heed_json_get(json, "scale") != NULL;
    HEED_TRY(heed_json_only(json, where, fields, error));
    HEED_TRY(heed_json_int(json, where, "channels", 1, HEED_CHANNELS_MAX, &channels, error));
    HEED_TRY(heed_json_int(json, where, "steps", 0, HEED_STEPS_MAX, &steps, error));
    if (channels == 0)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s.channels is missing", where);
    HEED_TRY(make(tokenizer, where, (int)channels, steps, standardised ? &mean : NULL, error));
    if (!standardised)
        return HEED_OK;
    HEED_TRY(read_list(json, where, "mean", (int)channels, -1e300, mean, error));
    return read_list(json, where, "scale", (int)channels, 1e-300, mean + channels, error);
}

static void write_list(heed_json_writer *writer, const char *key, const double *list, int count)
{
    heed_json_write_array(writer, key);
    for (int i = 0; i < count; i++)
        heed_json_write_real(writer, NULL, list[i], 17);
    heed_json_write_end_array(writer);
}

static void write(const heed_tokenizer *tokenizer, heed_json_writer *writer)
{
    const heed_values *form = tokenizer->own;
    heed_json_write_int(writer, "channels", form->channels);
    heed_json_write_int(writer, "steps", form->steps);
    if (form->mean == NULL)
        return;
    write_list(writer, "mean", form->mean, form->channels);
    write_list(writer, "scale", form->scale, form->channels);
}

static const char *const options[] = {"standardise", "channels", "steps", "mean", "scale", NULL};
static const heed_reader_kind reader = {train, parse, encode, write};

const heed_tokenizer_kind heed_tokenizer_values = {.name = "values", .options = options, .reader = &reader};
