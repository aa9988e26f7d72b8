/* A reader of images: what a row gives depends on that row only, decoding is the forced pass step by step, every step
 * looks at cells of its own image, files keep everything, and what cannot be is refused. */
#include "models/generation.h"
#include "small_model.h"

enum { MODELS = 40, ROWS = 4, EXTRA = 5, MAX_OUTPUT = 10 };

/* A config drawn at random, and how many rows an image needs at least to have a cell. */
static const char *config_text(heed_rng *rng, int number, int *least, char out[512]) {
    static const char *const cells[] = {"lstm", "gru", "rnn"};
    static const char *const scores[] = {"general", "additive", "location", "none"};
    char encoder[160];
    const int size = 2 + (int)heed_rng_below(rng, 3), layers = 1 + (int)heed_rng_below(rng, 2);
    const char *score = scores[heed_rng_below(rng, 4)], *positions = heed_rng_below(rng, 2) ? "sinusoidal" : "none";
    const bool hard = heed_rng_below(rng, 3) == 0 && strcmp(score, "none") != 0;
    const bool before = !hard && heed_rng_below(rng, 2);
    const bool feeding = !hard && heed_rng_below(rng, 3) == 0;
    if (number % 2)
        snprintf(encoder, sizeof encoder,
                 "{\"type\": \"patches\", \"patch\": %d, \"size\": %d, \"heads\": 2, \"ffn\": 5, \"layers\": %d, "
                 "\"positions\": \"%s\"}", size, 2 * size, layers, positions);
    else
        snprintf(encoder, sizeof encoder,
                 "{\"channels\": %d, \"layers\": %d, \"kernel\": %d, \"batch_norm\": %s, \"positions\": \"%s\"}", size,
                 layers, heed_rng_below(rng, 2) ? 3 : 5, number % 4 ? "true" : "false", positions);
    *least = number % 2 ? size : 1 << layers;
    snprintf(out, 512,
             "{\"model_type\": \"image_reader\", \"encoder\": %s, \"target_embedding\": 4, \"decoder_hidden\": 5, "
             "\"decoder_layers\": %d, \"cell\": \"%s\", \"score\": \"%s\", \"hard\": %s, \"attend\": \"%s\", "
             "\"input_feeding\": %s}", encoder, 1 + (int)heed_rng_below(rng, 2), cells[heed_rng_below(rng, 3)],
             score, hard ? "true" : "false", before ? "before" : "after",
             feeding ? "true" : "false");
    return out;
}

/* Images of `least` to `least` + 6 rows, the first the highest. */
static heed_batch picture_batch(heed_arena *arena, heed_rng *rng, int least, int target_length) {
    heed_batch batch = small_batch(arena, rng, ROWS, 7, target_length);
    batch.source = NULL;
    batch.source_length = least + 6;
    batch.values =
        heed_arena_alloc_zero(arena, (size_t)ROWS * batch.source_length * SMALL_PIXELS * sizeof *batch.values);
    for (int b = 0; b < ROWS; b++) {
        batch.source_lengths[b] += least - 1;
        for (int i = 0; i < batch.source_lengths[b] * SMALL_PIXELS; i++)
            batch.values[(size_t)b * batch.source_length * SMALL_PIXELS + i] = (heed_real)heed_rng_uniform(rng);
    }
    return batch;
}

/* Rows [from, from + rows), cut or padded. What lies in the padding of the model's input is never read. */
static heed_batch part_of(heed_arena *arena, const heed_batch *whole, int from, int rows, int source_length,
                          int target_length) {
    heed_batch copy = *whole;
    copy.source = heed_arena_alloc_zero(arena, (size_t)whole->rows * whole->source_length * sizeof(int32_t));
    heed_batch part = small_batch_part(arena, &copy, from, rows, source_length, target_length);
    part.source = NULL;
    part.values = heed_arena_alloc_zero(arena, (size_t)rows * source_length * SMALL_PIXELS * sizeof *part.values);
    for (int b = 0; b < rows; b++)
        for (int i = 0; i < source_length * SMALL_PIXELS; i++)
            part.values[(size_t)b * source_length * SMALL_PIXELS + i] =
                i < part.source_lengths[b] * SMALL_PIXELS
                    ? whole->values[(size_t)(from + b) * whole->source_length * SMALL_PIXELS + i]
                    : (heed_real)1e3;
    return part;
}

static void rows_are_alone(const heed_model *model, heed_tape *tape, const heed_batch *batch) {
    heed_arena arena = {0};
    const size_t size = model->params.size;
    heed_real *grads = heed_alloc(size, sizeof *grads), *other = heed_alloc(size, sizeof *other);
    const double loss = small_loss(model, tape, batch, 0.1, grads);
    const heed_batch padded =
        part_of(&arena, batch, 0, ROWS, batch->source_length + EXTRA, batch->target_length + EXTRA);
    heed_compare_one("loss with padding", 0, small_loss(model, tape, &padded, 0.1, other), loss, 1e-6);
    small_close("gradient with padding", size, other, grads, 1e-5);
    double sum = 0;
    memset(other, 0, size * sizeof *other);
    for (int row = 0; row < ROWS; row++) {
        const heed_batch one = part_of(&arena, batch, row, 1, batch->source_lengths[row], batch->target_lengths[row]);
        sum += small_loss(model, tape, &one, 0.1, other);
    }
    heed_compare_one("loss of single rows", 0, sum, loss, 1e-6);
    small_close("gradient of single rows", size, other, grads, 1e-5);
    heed_free(grads);
    heed_free(other);
    heed_arena_free(&arena);
}

/* The batch's statistics in training, else the running ones. */
static void training_looks_at_the_batch(const heed_model *model, heed_tape *tape, const heed_batch *batch) {
    const bool norm = model->params.trained < model->params.size;
    const double used = small_loss(model, tape, batch, 0, NULL);
    tape->training = true;
    heed_rng_seed(&tape->rng, 5, 0);
    const double trained = small_loss(model, tape, batch, 0, NULL);
    tape->training = false;
    CHECK(!norm || used != trained);
}

static const heed_trace_entry *entry_of(const heed_trace *trace, const char *name, int *count) {
    const heed_trace_entry *found = NULL;
    *count = 0;
    for (int i = 0; i < trace->count; i++)
        if (strcmp(trace->entries[i].name, name) == 0) {
            found = &trace->entries[i];
            ++*count;
        }
    return found;
}

/* Every name of the model is kept, the cells as a grid. */
static void names_are_kept(const heed_model *model, heed_tape *tape, const heed_batch *batch, int least) {
    heed_trace trace = {0};
    int count;
    tape->trace = &trace;
    small_loss(model, tape, batch, 0, NULL);
    tape->trace = NULL;
    for (const char *const *name = model->traces; *name; name++)
        if (!strstr(*name, "gradient_norm"))
            CHECK(entry_of(&trace, *name, &count) != NULL && (count == 1 || strncmp(*name, "decoder.", 8) == 0));
    const heed_trace_entry *cells = entry_of(&trace, "encoder.cells", &count);
    if (CHECK(cells && cells->rank == 4)) {
        CHECK_INT(cells->dims[0], ROWS);
        CHECK_INT(cells->dims[1], batch->source_length / least);
        CHECK_INT(cells->dims[2], SMALL_PIXELS / least);
    }
    heed_trace_free(&trace);
}

/* Decoding gives the logits of the forced pass, whatever is decoded beside it; its weights are over the row's cells. */
static void steps_are_the_forced_pass(const heed_model *model, heed_tape *tape, const heed_batch *batch, int least) {
    heed_arena arena = {0};
    heed_error error = {0};
    heed_decoding decoding;
    const heed_source source = heed_batch_source(batch);
    const int vocabulary = heed_tokenizer_count(model->target);
    heed_real *forced =
        heed_arena_alloc_zero(&arena, (size_t)ROWS * batch->target_length * vocabulary * sizeof *forced);
    for (int row = 0; row < ROWS; row++) {
        heed_trace trace = {0};
        const heed_batch one = part_of(&arena, batch, row, 1, batch->source_lengths[row], batch->target_length);
        tape->trace = &trace;
        small_loss(model, tape, &one, 0, NULL);
        tape->trace = NULL;
        int done = 0;
        for (int e = 0; e < trace.count; e++)
            if (strcmp(trace.entries[e].name, "decoder.logits") == 0) {
                const size_t n = (size_t)trace.entries[e].dims[1] * vocabulary;
                memcpy(forced + ((size_t)row * batch->target_length + done) * vocabulary, trace.entries[e].values,
                       n * sizeof *forced);
                done += trace.entries[e].dims[1];
            }
        CHECK_INT(done, batch->target_length);
        heed_trace_free(&trace);
    }
    heed_tape_reset(tape);
    CHECK_OK(model->arch->start(model, tape, &source, 1, &decoding, &error), &error);
    CHECK_INT(decoding.columns, SMALL_PIXELS / least);
    CHECK_INT(decoding.source_length, batch->source_length / least * decoding.columns);
    int32_t previous[ROWS];
    for (int t = 0; t < batch->target_length; t++) {
        for (int row = 0; row < ROWS; row++)
            previous[row] = batch->target_in[row * batch->target_length + t];
        if (!CHECK_OK(model->arch->step(model, tape, &decoding, previous, &error), &error))
            break;
        for (int row = 0; row < ROWS; row++) {
            small_close("logits of a step", (size_t)vocabulary, decoding.logits + (size_t)row * vocabulary,
                        forced + ((size_t)row * batch->target_length + t) * vocabulary, 1e-5);
            double sum = 0;
            const int cells = batch->source_lengths[row] / least * decoding.columns;
            for (int k = 0; decoding.attention && k < decoding.source_length; k++) {
                const heed_real weight = decoding.attention[(size_t)row * decoding.source_length + k];
                CHECK(weight >= 0 && (k < cells || weight == 0));
                sum += (double)weight;
            }
            if (decoding.attention)
                heed_compare_one("weights of a step", (size_t)row, sum, 1, 1e-5);
        }
    }
    heed_arena_free(&arena);
}

/* What a beam writes of the first image, as JSON; free it. The image is given as lines of numbers. */
static char *generated(const heed_model *model, const heed_batch *batch) {
    heed_error error = {0};
    heed_generation *g = NULL;
    heed_string_buffer text = {0};
    char *json = NULL;
    for (int i = 0; i < batch->source_lengths[0] * SMALL_PIXELS; i++)
        heed_string_format(&text, "%s%.9g", i == 0 ? "" : i % SMALL_PIXELS ? " " : "\n", (double)batch->values[i]);
    const heed_generate_options options = {.beam = 3, .max_length = MAX_OUTPUT};
    if (CHECK_OK(heed_generation_start(model, text.text, text.length, &options, &g, &error), &error)) {
        for (bool done = false; !done;)
            if (!CHECK_OK(heed_generation_advance(g, &done, &error), &error))
                break;
        CHECK_OK(heed_generation_json(g, &json, &error), &error);
        heed_generation_free(g);
    }
    heed_string_free(&text);
    char *ms = json ? strstr(json, "\"ms\"") : NULL;
    if (ms)
        *ms = '\0'; /* the time it took is no part of the result */
    return json;
}

static void files_keep_everything(heed_model *model, const heed_batch *batch) {
    heed_error error = {0};
    heed_model *loaded = NULL;
    heed_model_files files;
    CHECK_OK(heed_model_encode(model, 0, &files, &error), &error);
    if (CHECK_OK(heed_model_load(&files, NULL, &loaded, &error), &error)) {
        CHECK_OK(heed_params_pack(&model->params, &error), &error);
        char *before = generated(model, batch), *after = generated(loaded, batch);
        CHECK_STRING(after, before);
        CHECK(before && strstr(before, "\"columns\":"));
        heed_text_free(before);
        heed_text_free(after);
        heed_model_free(loaded);
    }
    heed_model_files_free(&files);
}

static void refused(const char *encoder, const char *more, const char *want) {
    char config[512];
    heed_error error = {0};
    heed_tokenizer *source = NULL, *target = NULL;
    heed_model *model = NULL;
    snprintf(config, sizeof config, "{\"model_type\": \"image_reader\", \"encoder\": %s%s}", encoder, more);
    CHECK_OK(heed_tokenizers_parse(small_tokenizers_pixels, strlen(small_tokenizers_pixels), &source, &target, &error),
             &error);
    CHECK(heed_model_assemble(config, strlen(config), source, target, &model, &error) != HEED_OK);
    if (!CHECK(strstr(error.message, want) != NULL))
        fprintf(stderr, "%s: %s\n", config, error.message);
    heed_model_free(model);
}

static void bad_configs_are_refused(void) {
    refused("{\"type\": \"cnn\"}", "", "config.encoder: type \"cnn\" is not one of: conv patches");
    refused("{\"patch\": 3}", "", "config.encoder has an unknown field \"patch\"");
    refused("{\"layers\": 4}", "", "config.encoder: layers is 4; of 9 pixels in a row");
    refused("{\"layers\": 1, \"kernel\": 4}", "", "config.encoder: kernel is 4; it must be odd");
    refused("{\"type\": \"patches\", \"patch\": 10}", "", "config.encoder: patch is 10; a row has 9 pixels");
    refused("{\"type\": \"patches\", \"size\": 6, \"heads\": 4}", "", "heads = 4 does not divide size = 6");
    refused("{\"layers\": 1}", ", \"score\": \"dot\", \"decoder_hidden\": 7", "the query has decoder_hidden = 7");
    refused("{\"layers\": 1}", ", \"encoder_hidden\": 7", "config has an unknown field \"encoder_hidden\"");
    refused("3", "", "config.encoder must be an object");
    refused("{\"positions\": \"learned\"}", "", "positions \"learned\" is not one of: sinusoidal none");
}

static void low_images_are_refused(const heed_model *model, heed_tape *tape, int least) {
    heed_error error = {0};
    heed_decoding decoding;
    heed_real values[SMALL_PIXELS * 8] = {0};
    const int32_t length = least - 1;
    heed_tape_reset(tape);
    if (length > 0)
        CHECK_STATUS(model->arch->start(model, tape, &(heed_source){1, length, NULL, values, &length}, 1, &decoding,
                                        &error), HEED_ERROR_SHAPE, &error);
}

int main(void) {
    heed_rng rng;
    heed_rng_seed(&rng, 8, 8);
    for (int i = 0; i < MODELS; i++) {
        char text[512];
        int least;
        small_setting set;
        if (!small_open_model(&set, small_model_of(config_text(&rng, i, &least, text), (uint64_t)i, 0.7)))
            break;
        const heed_batch batch = picture_batch(&set.arena, &rng, least, 1 + (int)heed_rng_below(&rng, 5));
        rows_are_alone(set.model, &set.tape, &batch);
        set.tape.recording = false;
        training_looks_at_the_batch(set.model, &set.tape, &batch);
        names_are_kept(set.model, &set.tape, &batch, least);
        steps_are_the_forced_pass(set.model, &set.tape, &batch, least);
        low_images_are_refused(set.model, &set.tape, least);
        files_keep_everything(set.model, &batch);
        small_close_setting(&set);
    }
    bad_configs_are_refused();
    return heed_test_finish("image_property");
}
