#include "data/tasks/task.h"

#include "base/error.h"
#include "base/hash.h"
#include <stdio.h>
#include <string.h>

enum { TRIES = 10000, DEV_SHARE = 10 };

const heed_task *const heed_tasks[] = {
#define HEED_TASK(name) &heed_task_##name,
#include "data/tasks.def"
#undef HEED_TASK
    NULL};

#define HEED_TASK(name) ", " #name
static const char name_list[] =
#include "data/tasks.def"
    ;
#undef HEED_TASK
const char *const heed_task_names = name_list + 2; /* without the first ", " */

const heed_task *heed_task_find(const char *name)
{
    for (const heed_task *const *task = heed_tasks; *task != NULL; task++)
        if (strcmp((*task)->name, name) == 0)
            return *task;
    return NULL;
}

static heed_status read_word(const heed_json *options, const char *where, const heed_task_option *option,
                             int64_t *value, heed_error *error)
{
    const char *word = option->words[*value];
    heed_string_buffer known = {0};
    HEED_TRY(heed_json_string(options, where, option->name, &word, error));
    for (int i = 0; option->words[i] != NULL; i++) {
        if (strcmp(option->words[i], word) == 0) {
            *value = i;
            heed_string_free(&known);
            return HEED_OK;
        }
        heed_string_format(&known, "%s%s", i == 0 ? "" : ", ", option->words[i]);
    }
    heed_status status = heed_fail(error, HEED_ERROR_UNKNOWN, "%s.%s is \"%.60s\"; it must be one of: %s", where,
                                   option->name, word, known.failed ? "" : known.text);
    heed_string_free(&known);
    return status;
}

heed_status heed_task_set_up(const char *name, const heed_json *options, const char *where, heed_task_setup *out,
                             heed_error *error)
{
    static const heed_task_option none = {0};
    const char *fields[HEED_TASK_OPTIONS_MAX + 1] = {NULL};
    *out = (heed_task_setup){.task = heed_task_find(name)};
    if (out->task == NULL)
        return heed_fail(error, HEED_ERROR_UNKNOWN, "%s.task is \"%.60s\"; it must be one of: %s", where, name,
                         heed_task_names);
    const heed_task_option *known = out->task->options != NULL ? out->task->options : &none;
    char place[200];
    snprintf(place, sizeof place, "%.150s.options", where);
    for (int i = 0; known[i].name != NULL; i++) {
        fields[i] = known[i].name;
        out->values[i] = known[i].value;
        if (known[i].words != NULL)
            HEED_TRY(read_word(options, place, &known[i], &out->values[i], error));
        else
            HEED_TRY(heed_json_int(options, place, known[i].name, known[i].min, known[i].max, &out->values[i], error));
    }
    if (options != NULL)
        HEED_TRY(heed_json_only(options, place, fields, error));
    return out->task->check != NULL ? out->task->check(out->values, place, error) : HEED_OK;
}

static heed_task_part part_of(const heed_string_buffer *source)
{
    const uint64_t hash = heed_hash(HEED_HASH_START, source->text, source->length);
    return (hash ^ hash >> 32) % DEV_SHARE == 0 ? HEED_TASK_DEV : HEED_TASK_TRAIN;
}

static heed_status draw(heed_task_stream *stream, heed_string_buffer *source, heed_string_buffer *target,
                        heed_error *error)
{
    const heed_task *task = stream->setup.task;
    for (int i = 0; i < TRIES; i++) {
        heed_string_clear(source);
        heed_string_clear(target);
        task->draw(stream->setup.values, &stream->rng, source, target);
        if (source->failed || target->failed)
            return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for an example of %s", task->name);
        if (part_of(source) == stream->part)
            return HEED_OK;
    }
    return heed_fail(error, HEED_ERROR_FORMAT,
                     "task %s: with these options there are too few different inputs for both training and dev",
                     task->name);
}

heed_task_stream heed_task_stream_begin(const heed_task_setup *setup, heed_task_part part, uint64_t seed,
                                        uint64_t block)
{
    heed_task_stream stream = {.setup = *setup, .part = part};
    heed_rng_seed(&stream.rng, seed, 2 * block + (part == HEED_TASK_DEV));
    return stream;
}

heed_status heed_task_stream_next(heed_task_stream *stream, int32_t count, heed_pairs *pairs, heed_error *error)
{
    heed_string_buffer source = {0}, target = {0};
    heed_status status = HEED_OK;
    for (int32_t i = 0; i < count && status == HEED_OK; i++) {
        status = draw(stream, &source, &target, error);
        if (status == HEED_OK)
            status = heed_pairs_add(pairs, source.text, source.length, target.text, target.length, error);
    }
    heed_string_free(&source);
    heed_string_free(&target);
    return status;
}

int64_t heed_task_between(heed_rng *rng, int64_t least, int64_t most)
{
    return least + heed_rng_below(rng, (uint32_t)(most - least + 1));
}

void heed_task_thousandths(heed_string_buffer *out, int64_t number)
{
    const long long size = number < 0 ? -number : number;
    char digits[8];
    int n = snprintf(digits, sizeof digits, ".%03d", (int)(size % 1000));
    while (n > 0 && (digits[n - 1] == '0' || digits[n - 1] == '.'))
        n--;
    heed_string_format(out, "%s%lld%.*s", number < 0 ? "-" : "", size / 1000, n, digits);
}

void heed_task_point(heed_string_buffer *out, heed_rng *rng, int64_t x, int64_t y, int64_t noise)
{
    heed_task_thousandths(out, x + heed_task_between(rng, -noise, noise));
    heed_string_append(out, " ", 1);
    heed_task_thousandths(out, y + heed_task_between(rng, -noise, noise));
}

heed_status heed_task_check_lengths(const int64_t *values, const char *where, heed_error *error)
{
    if (values[0] <= values[1])
        return HEED_OK;
    return heed_fail(error, HEED_ERROR_FORMAT, "%s.min_length is %lld; it must be at most max_length, which is %lld",
                     where, (long long)values[0], (long long)values[1]);
}

const char *const heed_task_languages[] = {"en", "ru", "both", NULL};

bool heed_task_english(heed_rng *rng, int64_t language)
{
    return language == 0 || (language == 2 && heed_rng_below(rng, 2));
}

const heed_task_option heed_letter_options[] = {
    {"min_length", 4, 1, HEED_LETTERS_MAX, NULL, "letters, at least"},
    {"max_length", 12, 1, HEED_LETTERS_MAX, NULL, "letters, at most"},
    {"alphabet", 26, 2, 26, NULL, "how many of the letters a-z occur"},
    {0},
};

int heed_task_letters(const int64_t *values, heed_rng *rng, char out[HEED_LETTERS_MAX])
{
    const int length = (int)heed_task_between(rng, values[0], values[1]);
    for (int i = 0; i < length; i++)
        out[i] = (char)('a' + heed_rng_below(rng, (uint32_t)values[2]));
    return length;
}
