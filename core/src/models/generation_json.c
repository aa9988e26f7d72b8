/* The result of a generation as JSON: what the CLI prints and the bindings parse. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "models/generation.h"
#include "models/trace_names.h"

enum { DIGITS = 7 }; /* of a float that is shown or compared, not stored */

static void write_span(heed_json_writer *writer, const char *key, const char *text, size_t text_size, heed_span span)
{
    heed_json_write_object(writer, NULL);
    heed_json_write_string_n(writer, key, text, text_size);
    heed_json_write_int(writer, "start", (int64_t)span.start);
    heed_json_write_int(writer, "length", (int64_t)span.length);
    heed_json_write_end_object(writer);
}

static void write_input(const heed_generation *g, heed_json_writer *writer)
{
    heed_json_write_string_n(writer, "input", g->input, g->input_size);
    heed_json_write_array(writer, "source");
    for (int i = 0; i < g->encoding.count; i++) {
        const heed_span span = g->encoding.spans[i];
        const char *token =
            g->encoding.ids ? heed_model_source_token(g->model, g->encoding.ids[i]) : g->input + span.start;
        write_span(writer, "token", token, g->encoding.ids ? strlen(token) : span.length, span);
    }
    heed_json_write_end_array(writer);
    if (g->decoding.columns > 0)
        heed_json_write_int(writer, "columns", g->decoding.columns);
    heed_json_write_array(writer, "skipped");
    for (int i = 0; i < g->encoding.skipped_count; i++) {
        const heed_span span = g->encoding.skipped[i];
        write_span(writer, "text", g->input + span.start, span.length, span);
    }
    heed_json_write_end_array(writer);
}

static void write_step(const heed_generation *g, const heed_generation_step *step, heed_json_writer *writer)
{
    heed_json_write_object(writer, NULL);
    heed_json_write_string(writer, "token", heed_model_target_token(g->model, step->token));
    heed_json_write_int(writer, "id", step->token);
    heed_json_write_real(writer, "log_probability", step->log_probability, DIGITS);
    heed_json_write_int(writer, "rank", step->rank);
    if (g->draws)
        heed_json_write_real(writer, "chance", step->chance, DIGITS);
    heed_json_write_array(writer, "candidates");
    for (int i = 0; i < step->candidate_count; i++) {
        heed_json_write_object(writer, NULL);
        heed_json_write_string(writer, "token", heed_model_target_token(g->model, step->candidates[i]));
        heed_json_write_real(writer, "probability", step->probabilities[i], DIGITS);
        if (g->draws)
            heed_json_write_real(writer, "chance", step->chances[i], DIGITS);
        heed_json_write_end_object(writer);
    }
    heed_json_write_end_array(writer);
    if (step->attention) {
        heed_json_write_array(writer, "attention");
        for (int i = 0; i < g->decoding.source_length; i++)
            heed_json_write_real(writer, NULL, (double)step->attention[i], DIGITS);
        heed_json_write_end_array(writer);
    } else {
        heed_json_write_null(writer, "attention");
    }
    heed_json_write_end_object(writer);
}

static void write_hypothesis(const heed_generation *g, int k, heed_json_writer *writer, heed_string_buffer *text)
{
    const int length = heed_generation_length(g, k), steps = length + heed_generation_ended(g, k);
    const double log_probability = heed_generation_log_probability(g, k);
    int32_t ids[HEED_OUTPUT_MAX];
    heed_string_clear(text);
    heed_json_write_object(writer, NULL);
    heed_json_write_real(writer, "score", heed_generation_score(g, k), DIGITS);
    heed_json_write_real(writer, "log_probability", log_probability, DIGITS);
    heed_json_write_real(writer, "perplexity", exp(-log_probability / steps), DIGITS);
    heed_json_write_bool(writer, "ended", heed_generation_ended(g, k));
    heed_json_write_array(writer, "tokens");
    for (int i = 0; i < length; i++) {
        ids[i] = heed_generation_get(g, k, i).token;
        heed_json_write_string(writer, NULL, heed_model_target_token(g->model, ids[i]));
    }
    heed_json_write_end_array(writer);
    heed_tokenizer_decode(g->model->target, ids, length, text);
    heed_json_write_string_n(writer, "text", text->text ? text->text : "", text->length);
    heed_json_write_array(writer, "steps");
    for (int i = 0; i < steps; i++) {
        const heed_generation_step step = heed_generation_get(g, k, i);
        write_step(g, &step, writer);
    }
    heed_json_write_end_array(writer);
    heed_json_write_end_object(writer);
}

/* The nodes know the one made before; a list tells them from the first. */
static heed_status write_tree(const heed_generation *g, heed_json_writer *writer, heed_error *error)
{
    const int count = g->beam > 1 && g->newest ? g->newest->number + 1 : 0;
    const heed_beam_node **nodes = heed_alloc((size_t)count + 1, sizeof *nodes);
    if (!nodes)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: the tree of a beam");
    for (const heed_beam_node *node = g->newest; count > 0 && node; node = node->before)
        nodes[node->number] = node;
    heed_json_write_array(writer, "tree");
    for (int i = 0; i < count; i++) {
        heed_json_write_object(writer, NULL);
        heed_json_write_int(writer, "parent", nodes[i]->parent ? nodes[i]->parent->number : -1);
        heed_json_write_string(writer, "token", heed_model_target_token(g->model, nodes[i]->step.token));
        heed_json_write_real(writer, "log_probability", nodes[i]->sum, DIGITS);
        heed_json_write_bool(writer, "ended", nodes[i]->step.token == HEED_TOKEN_EOS);
        heed_json_write_end_object(writer);
    }
    heed_json_write_end_array(writer);
    heed_free(nodes);
    return HEED_OK;
}

heed_status heed_generation_json(const heed_generation *g, char **json, heed_error *error)
{
    heed_string_buffer out = {0}, text = {0};
    heed_json_writer writer = {.out = &out};
    heed_json_write_object(&writer, NULL);
    write_input(g, &writer);
    heed_json_write_array(&writer, "hypotheses");
    for (int k = 0; k < g->ranked_count; k++)
        write_hypothesis(g, k, &writer, &text);
    heed_json_write_end_array(&writer);
    const heed_status status = write_tree(g, &writer, error);
    heed_trace_write(g->model, g->options.trace, &g->trace, DIGITS, &writer);
    heed_json_write_real(&writer, "ms", g->seconds * 1000, 4);
    heed_json_write_end_object(&writer);
    const bool failed = out.failed || text.failed;
    heed_string_free(&text);
    if (failed || status != HEED_OK) {
        heed_string_free(&out);
        return status != HEED_OK ? status : heed_fail(error, HEED_ERROR_MEMORY, "out of memory: the result of a generation");
    }
    *json = out.text;
    return HEED_OK;
}
