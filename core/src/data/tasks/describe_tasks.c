#include "heed/tasks.h"

#include <string.h>

#include "base/error.h"
#include "data/tasks/task.h"

static void write_option(heed_json_writer *writer, const heed_task_option *option)
{
    heed_json_write_object(writer, NULL);
    heed_json_write_string(writer, "name", option->name);
    if (option->words != NULL) {
        heed_json_write_string(writer, "default", option->words[option->value]);
        heed_json_write_array(writer, "one_of");
        for (const char *const *word = option->words; *word != NULL; word++)
            heed_json_write_string(writer, NULL, *word);
        heed_json_write_end_array(writer);
    } else {
        heed_json_write_int(writer, "default", option->value);
        heed_json_write_int(writer, "min", option->min);
        heed_json_write_int(writer, "max", option->max);
    }
    heed_json_write_string(writer, "help", option->help);
    heed_json_write_end_object(writer);
}

heed_status heed_tasks_describe(char **json, heed_error *error)
{
    heed_string_buffer text = {0};
    heed_json_writer writer = {.out = &text};
    heed_json_write_array(&writer, NULL);
    for (const heed_task *const *task = heed_tasks; *task != NULL; task++) {
        heed_json_write_object(&writer, NULL);
        heed_json_write_string(&writer, "name", (*task)->name);
        heed_json_write_string(&writer, "summary", (*task)->summary);
        heed_json_write_array(&writer, "options");
        for (const heed_task_option *option = (*task)->options; option != NULL && option->name != NULL; option++)
            write_option(&writer, option);
        heed_json_write_end_array(&writer);
        heed_json_write_end_object(&writer);
    }
    heed_json_write_end_array(&writer);
    if (text.failed) {
        heed_string_free(&text);
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: the list of tasks");
    }
    *json = text.text; /* the buffer's memory comes from heed_alloc and is handed over */
    return HEED_OK;
}

heed_status heed_tasks_examples(const char *task, const char *options, uint64_t seed, bool dev, int32_t count,
                                void (*example)(void *context, const char *source, const char *target), void *context,
                                heed_error *error)
{
    heed_arena arena = {0};
    heed_pairs pairs = {0};
    heed_task_setup setup;
    heed_error parsing = {0};
    const heed_json *parsed = NULL;
    if (options != NULL)
        parsed = heed_json_parse(&arena, options, strlen(options), "options", &parsing);
    heed_status status = parsing.status != HEED_OK ? heed_fail(error, parsing.status, "%s", parsing.message) : HEED_OK;
    if (status == HEED_OK)
        status = heed_task_set_up(task, parsed, "data", &setup, error);
    if (status == HEED_OK) {
        heed_task_stream stream =
            heed_task_stream_begin(&setup, dev ? HEED_TASK_DEV : HEED_TASK_TRAIN, seed, dev ? 0 : 1);
        for (int32_t i = 0; i < count && status == HEED_OK; i++) {
            status = heed_task_stream_next(&stream, 1, &pairs, error);
            if (status == HEED_OK)
                example(context, pairs.list[0].source, pairs.list[0].target);
            heed_arena_reset(&pairs.arena);
            pairs.count = 0;
        }
    }
    heed_pairs_free(&pairs);
    heed_arena_free(&arena);
    return status;
}
