#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "heed/generate.h"
#include "models/head.h"
#include "train/eval_set.h"
#include "train/fit.h"

/* One input per line, up to a tab if there is one; empty lines are ignored. */
static heed_status parse_inputs(heed_arena *arena, const char *text, size_t size, const char *path,
                                heed_references *out, heed_error *error)
{
    heed_reader reader = {.bytes = {(const unsigned char *)text, size}};
    heed_bytes line;
    size_t lines = 0, number = 0;
    while (heed_read_line(&reader, &line))
        lines++;
    reader.at = 0;
    if (lines > INT32_MAX)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s has more than %d lines", path, INT32_MAX);
    out->list = heed_arena_alloc(arena, lines * sizeof *out->list);
    if (out->list == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for the inputs of %s", path);
    while (heed_read_line(&reader, &line)) {
        number++;
        const unsigned char *tab = line.size > 0 ? memchr(line.data, '\t', line.size) : NULL;
        size_t n = tab == NULL ? line.size : (size_t)(tab - line.data);
        if (n == 0)
            continue;
        if (n > INT32_MAX || memchr(line.data, 0, n) != NULL || !heed_utf8_valid((const char *)line.data, n))
            return heed_fail(error, HEED_ERROR_FORMAT, "%s:%zu: the line is not UTF-8 text", path, number);
        heed_reference *input = &out->list[out->count++];
        *input = (heed_reference){.source = heed_arena_string(arena, (const char *)line.data, n),
                                  .source_size = (int32_t)n};
        if (input->source == NULL)
            return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for the inputs of %s", path);
    }
    return HEED_OK;
}

static heed_status read_inputs(heed_arena *arena, const char *path, heed_references *out, heed_error *error)
{
    char *text;
    size_t size;
    HEED_TRY(heed_file_read(path, &text, &size, error));
    heed_status status = parse_inputs(arena, text, size, path, out, error);
    heed_free(text);
    return status;
}

/* A line "source TAB answer TAB answer ..." as one pair per answer. An error is at path:line:answer. */
static heed_status add_answers(heed_pairs *pairs, heed_bytes line, const char *path, size_t number,
                               heed_string_buffer *text, heed_error *error)
{
    const char *source = (const char *)line.data, *end = source + line.size;
    const char *tab = line.size > 0 ? memchr(source, '\t', line.size) : NULL;
    char what[4200];
    heed_string_clear(text);
    if (tab == NULL)
        heed_string_append(text, source, line.size);
    for (const char *answer = tab; answer != NULL;) {
        const char *next = memchr(answer + 1, '\t', (size_t)(end - answer - 1));
        heed_string_append(text, source, (size_t)(tab - source));
        heed_string_append(text, answer, (size_t)((next == NULL ? end : next) - answer));
        heed_string_append(text, "\n", 1);
        answer = next;
    }
    if (text->failed)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for the references of %s", path);
    snprintf(what, sizeof what, "%s:%zu", path, number);
    return heed_pairs_parse(pairs, text->text == NULL ? "" : text->text, text->length, what, error);
}

static heed_status read_references(heed_pairs *pairs, const char *path, heed_error *error)
{
    char *text;
    size_t size, number = 0;
    heed_bytes line;
    heed_string_buffer expanded = {0};
    HEED_TRY(heed_file_read(path, &text, &size, error));
    heed_reader reader = {.bytes = {(const unsigned char *)text, size}};
    heed_status status = HEED_OK;
    while (status == HEED_OK && heed_read_line(&reader, &line))
        status = add_answers(pairs, line, path, ++number, &expanded, error);
    heed_string_free(&expanded);
    heed_free(text);
    return status;
}

static heed_status report_outputs(const heed_eval_set *set, const heed_model *model,
                                  const heed_evaluate_options *options, heed_error *error)
{
    heed_string_buffer text = {0};
    for (int32_t i = 0; i < set->count; i++) {
        const heed_eval_result *result = &set->results[i];
        heed_string_clear(&text);
        heed_string_append(&text, "", 0);
        heed_tokenizer_decode(model->target, result->output, result->output_length, &text);
        if (text.failed)
            break;
        options->output(options->context, set->items[i].text, text.text == NULL ? "" : text.text,
                        result->match.right);
    }
    bool failed = text.failed;
    heed_string_free(&text);
    return failed ? heed_fail(error, HEED_ERROR_MEMORY, "out of memory for the outputs") : HEED_OK;
}

/* What heed_evaluate holds on to; zero at first, freed as a whole. */
typedef struct evaluation_work {
    heed_arena arena;
    heed_pairs pairs;
    heed_references inputs, references;
    heed_eval_set set;
    heed_examples examples; /* of numbers */
    heed_pool *pool;
    heed_tape *tapes;
    int workers;
} evaluation_work;

/* Of a model that gives numbers: how far off they are, slice by slice. */
static heed_status evaluate_numbers(evaluation_work *work, const heed_model *model, const heed_evaluate_options *options,
                                    heed_evaluation *out, heed_error *error)
{
    heed_fit fit = {0};
    if (options->references != NULL || options->output != NULL)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "the model gives numbers: there are no references and no outputs of "
                         "theirs, only how far off they are");
    HEED_TRY(heed_pairs_read_tsv(&work->pairs, options->data, error));
    work->examples.labels = true;
    HEED_TRY(heed_examples_encode(&work->examples, &work->pairs, model->source, model->target, HEED_STEPS_MAX,
                                  HEED_STEPS_MAX, error));
    const int32_t count = work->examples.count;
    if (count == 0)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s has no inputs", options->data);
    work->tapes = heed_alloc(1, sizeof *work->tapes);
    if (work->tapes == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for an evaluation");
    work->workers = 1;
    HEED_TRY(heed_tape_init(work->tapes, error));
    for (int32_t first = 0; first < count; first += HEED_EVAL_SLICE) {
        int32_t indices[HEED_EVAL_SLICE], n = count - first < HEED_EVAL_SLICE ? count - first : HEED_EVAL_SLICE;
        heed_batch batch;
        heed_arena_reset(&work->arena);
        heed_tape_reset(work->tapes);
        for (int32_t i = 0; i < n; i++) {
            indices[i] = first + i;
            const char *objection = heed_head_objection(model, &work->examples.list[first + i]);
            if (objection != NULL)
                return heed_fail(error, HEED_ERROR_FORMAT, "%s: example %d: %s", options->data, (int)(first + i) + 1,
                                 objection);
        }
        HEED_TRY(heed_batch_build(&work->examples, indices, (int)n, &work->arena, &batch, error));
        HEED_TRY(heed_fit_batch(&fit, model, work->tapes, &batch, error));
    }
    *out = (heed_evaluation){.inputs = count, .numbers = true, .mse = heed_fit_mse(&fit), .mae = heed_fit_mae(&fit),
                             .rmse = sqrt(heed_fit_mse(&fit)), .r2 = heed_fit_r2(&fit)};
    if (model->head.loss->binary) {
        out->wrong = fit.wrong;
        out->wer = (double)fit.wrong / (double)fit.rows;
    }
    return HEED_OK;
}

static heed_status evaluate(evaluation_work *work, const heed_model *model, const heed_evaluate_options *options,
                            heed_evaluation *out, heed_error *error)
{
    if (model->values_out.channels > 0)
        return evaluate_numbers(work, model, options, out, error);
    if (options->references != NULL)
        HEED_TRY(read_references(&work->pairs, options->references, error));
    else
        HEED_TRY(heed_pairs_read_tsv(&work->pairs, options->data, error));
    HEED_TRY(heed_pairs_group(&work->pairs, &work->arena, &work->references, error));
    if (options->references != NULL)
        HEED_TRY(read_inputs(&work->arena, options->data, &work->inputs, error));
    const heed_references *inputs = options->references != NULL ? &work->inputs : &work->references;
    if (inputs->count == 0)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s has no inputs", options->data);
    HEED_TRY(heed_eval_set_build(&work->set, model, inputs, &work->references, error));
    HEED_TRY(heed_pool_create(work->workers, &work->pool, error));
    work->tapes = heed_alloc((size_t)work->workers, sizeof *work->tapes);
    if (work->tapes == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for %d threads", work->workers);
    for (int i = 0; i < work->workers; i++)
        HEED_TRY(heed_tape_init(&work->tapes[i], error));
    HEED_TRY(heed_eval_set_run(&work->set, model, options->beam, work->pool, work->tapes, work->workers, error));
    heed_eval_set_sum(&work->set, out);
    return options->output == NULL ? HEED_OK : report_outputs(&work->set, model, options, error);
}

heed_status heed_evaluate(const heed_model *model, const heed_evaluate_options *options, heed_evaluation *out,
                          heed_error *error)
{
    memset(out, 0, sizeof *out);
    if (options->beam < 1 || options->beam > HEED_BEAM_MAX)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "beam is %d; it must be from 1 to %d", options->beam,
                         HEED_BEAM_MAX);
    if (options->threads < 0)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "threads is %d; it must be 0 or more", options->threads);
    double start = heed_clock();
    evaluation_work work = {.workers = options->threads > 0 ? options->threads : heed_cpu_count()};
    heed_status status = evaluate(&work, model, options, out, error);
    heed_pool_free(work.pool);
    for (int i = 0; work.tapes != NULL && i < work.workers; i++)
        heed_tape_free(&work.tapes[i]);
    heed_free(work.tapes);
    heed_eval_set_free(&work.set);
    heed_examples_free(&work.examples);
    heed_arena_free(&work.arena);
    heed_pairs_free(&work.pairs);
    out->seconds = heed_clock() - start;
    return status;
}
