/* Models that read or give numbers: a row does not depend on the others or on its padding, and a saved model says the
 * same. */
#include "heed/predict.h"
#include "small_model.h"

static const struct {
    const char *config, *tokenizers;
    int channels, steps; /* of a source; steps 0: any */
} cases[] = {
    {"{\"model_type\": \"mlp\", \"hidden\": [7, 5], \"activation\": \"gelu\"}",
     "{\"source\": {\"type\": \"values\", \"channels\": 2, \"steps\": 3}, \"target\": {\"type\": \"values\", \"channels\": 2, "
     "\"steps\": 1, \"mean\": [10, -1], \"scale\": [3, 0.5]}}", 2, 3},
    {"{\"model_type\": \"mlp\", \"hidden\": [9], \"activation\": \"relu\", \"loss\": \"binary_cross_entropy\"}",
     "{\"source\": {\"type\": \"values\", \"channels\": 1, \"steps\": 1, \"mean\": [1], \"scale\": [2]}, \"target\": {\"type\": "
     "\"values\", \"channels\": 1, \"steps\": 1}}", 1, 1},
    {"{\"model_type\": \"mlp\", \"hidden\": []}",
     "{\"source\": {\"type\": \"values\", \"channels\": 5, \"steps\": 1}, \"target\": {\"type\": \"char\", \"case\": \"none\", "
     "\"tokens\": [\"<pad>\", \"<bos>\", \"<eos>\", \"<unk>\", \"a\", \"b\", \"c\"]}}", 5, 1},
    {"{\"model_type\": \"mlp\", \"hidden\": [6, 9], \"activation\": \"relu\", \"batch_norm\": true}",
     "{\"source\": {\"type\": \"values\", \"channels\": 2, \"steps\": 2}, \"target\": {\"type\": \"values\", \"channels\": 1, "
     "\"steps\": 3}}", 2, 2},
    {"{\"model_type\": \"regression\", \"degree\": 4}",
     "{\"source\": {\"type\": \"values\", \"channels\": 2, \"steps\": 1, \"mean\": [1, 0], \"scale\": [2, 3]}, \"target\": "
     "{\"type\": \"values\", \"channels\": 2, \"steps\": 2, \"mean\": [10, -1], \"scale\": [3, 0.5]}}", 2, 1},
    {"{\"model_type\": \"regression\", \"degree\": 2}",
     "{\"source\": {\"type\": \"values\", \"channels\": 2, \"steps\": 3}, \"target\": {\"type\": \"char\", \"case\": \"none\", "
     "\"tokens\": [\"<pad>\", \"<bos>\", \"<eos>\", \"<unk>\", \"a\", \"b\", \"c\"]}}", 2, 3},
    {"{\"model_type\": \"classifier\", \"cell\": \"lstm\", \"hidden\": 6, \"bidirectional\": true, \"layers\": 2}",
     "{\"source\": {\"type\": \"values\", \"channels\": 3}, \"target\": {\"type\": \"values\", \"channels\": 1, \"steps\": 4}}", 3, 0},
    {"{\"model_type\": \"classifier\", \"cell\": \"gru\", \"hidden\": 17, \"pooling\": \"none\"}",
     "{\"source\": {\"type\": \"values\", \"channels\": 2}, \"target\": {\"type\": \"values\", \"channels\": 3}}", 2, 0},
    {"{\"model_type\": \"classifier\", \"cell\": \"rnn\", \"hidden\": 5, \"pooling\": \"mean\"}",
     "{\"source\": {\"type\": \"values\", \"channels\": 1}, \"target\": {\"type\": \"char\", \"case\": \"none\", \"tokens\": "
     "[\"<pad>\", \"<bos>\", \"<eos>\", \"<unk>\", \"0\", \"1\"]}}", 1, 0},
};
enum { CASES = sizeof cases / sizeof *cases, ROWS = 37, STEPS = 9 };

static heed_model *make(int k) {
    heed_error error = {0};
    heed_arena arena = {0};
    heed_tokenizer *source = NULL, *target = NULL;
    heed_model *model = NULL;
    const heed_json *json = heed_json_parse(&arena, cases[k].config, strlen(cases[k].config), "config", &error);
    if (CHECK(json != NULL) && CHECK_OK(heed_tokenizers_parse(cases[k].tokenizers, strlen(cases[k].tokenizers), &source,
                                                               &target, &error), &error))
        CHECK_OK(heed_model_create(json, source, target, (uint64_t)k, &model, &error), &error);
    heed_arena_free(&arena);
    return model;
}

static int steps_of(int k) {
    return cases[k].steps > 0 ? cases[k].steps : STEPS;
}

static void fill(float *values, size_t count, uint64_t seed) {
    heed_rng rng;
    heed_rng_seed(&rng, seed, 0);
    for (size_t i = 0; i < count; i++)
        values[i] = (float)(4 * heed_rng_uniform(&rng) - 2);
}

static bool equal(const heed_prediction *a, int from, const heed_prediction *b) {
    const int width = a->steps * a->channels;
    if (a->steps != b->steps || a->channels != b->channels)
        return false;
    for (int i = 0; i < b->rows * width; i++)
        if (!(fabsf(a->values[from * width + i] - b->values[i]) <= 1e-5F * fmaxf(1, fabsf(b->values[i]))))
            return false;
    return true;
}

/* Many rows at once are each row alone, to rounding: sums of one row are taken in another order. */
static void rows_are_apart(int k, const heed_model *model) {
    const int steps = steps_of(k), channels = cases[k].channels;
    const size_t width = (size_t)steps * (size_t)channels;
    float values[ROWS * STEPS * 5];
    heed_prediction all, one;
    heed_error error = {0};
    fill(values, ROWS * width, 3);
    if (!CHECK_OK(heed_predict(model, values, ROWS, steps, channels, &all, &error), &error))
        return;
    CHECK_INT(all.rows, ROWS);
    int same = 0;
    for (int row = 0; row < ROWS; row++) {
        CHECK_OK(heed_predict(model, values + (size_t)row * width, 1, steps, channels, &one, &error), &error);
        same += equal(&all, row, &one);
        heed_prediction_free(&one);
    }
    CHECK_INT(same, ROWS);
    for (int i = 0; all.labels && i < ROWS; i++) {
        double sum = 0;
        for (int c = 0; c < all.channels; c++)
            sum += (double)all.values[i * all.channels + c];
        heed_compare_one("probabilities", (size_t)i, sum, 1, 1e-6);
    }
    heed_prediction_free(&all);
}

/* As text, and as numbers. */
static void text_is_numbers(int k, const heed_model *model) {
    const int steps = steps_of(k), channels = cases[k].channels;
    float values[STEPS * 5];
    char text[2000] = "";
    heed_prediction of_values, of_text;
    heed_error error = {0};
    fill(values, (size_t)(steps * channels), 5);
    for (int t = 0, at = 0; t < steps; t++)
        for (int c = 0; c < channels; c++)
            at += snprintf(text + at, sizeof text - (size_t)at, "%s%.9g", c ? " " : t ? ";" : "",
                           (double)values[t * channels + c]);
    if (CHECK_OK(heed_predict(model, values, 1, steps, channels, &of_values, &error), &error) &&
        CHECK_OK(heed_predict_text(model, text, strlen(text), &of_text, &error), &error)) {
        for (int i = 0; i < of_text.steps * of_text.channels; i++)
            heed_compare_one("of text", (size_t)i, (double)of_text.values[i], (double)of_values.values[i], 1e-5);
        heed_prediction_free(&of_text);
    }
    heed_prediction_free(&of_values);
}

/* What is in the padding changes no output of a row, no loss and no gradient. */
static void padding_is_nothing(int k, const heed_model *model) {
    heed_tape tape;
    heed_error error = {0};
    const size_t channels = (size_t)cases[k].channels;
    heed_real *grads[2] = {calloc(model->params.size, sizeof(heed_real)), calloc(model->params.size, sizeof(heed_real))};
    heed_real values[3 * STEPS * 5], answers[3 * STEPS * 4];
    double loss[2];
    int32_t lengths[] = {STEPS, 2, 5}, ids[3] = {4, 5, 4}, one[3] = {1, 1, 1};
    if (cases[k].steps > 0 || !CHECK_OK(heed_tape_init(&tape, &error), &error))
        goto done;
    for (int turn = 0; turn < 2; turn++) {
        float drawn[3 * STEPS * 5];
        fill(drawn, sizeof drawn / sizeof *drawn, 8);
        const bool every = model->head.every;
        const int length = every ? STEPS : model->values_out.steps;
        for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
            answers[i] = (heed_real)(i % 7) / 3;
        for (int b = 0; b < 3; b++)
            for (size_t i = 0; i < STEPS * channels; i++) {
                const bool there = i < (size_t)lengths[b] * channels;
                values[(size_t)b * STEPS * channels + i] =
                    there ? (heed_real)drawn[(size_t)b * STEPS * channels + i] : turn ? 1000 : 0;
            }
        heed_batch batch = {.rows = 3, .source_length = STEPS, .values = values, .source_lengths = lengths,
                            .target_length = 1, .target_in = one, .target_out = ids, .target_lengths = one};
        int32_t whole[3] = {length, length, length};
        if (model->values_out.channels > 0) {
            batch.target_in = batch.target_out = NULL;
            batch.target_length = length;
            batch.target_lengths = every ? lengths : whole;
            batch.answers = answers;
        }
        loss[turn] = small_loss(model, &tape, &batch, 0, grads[turn]);
    }
    heed_compare_one("loss", 0, loss[1], loss[0], 0);
    CHECK(memcmp(grads[0], grads[1], model->params.size * sizeof(heed_real)) == 0);
    heed_tape_free(&tape);
done:
    free(grads[0]);
    free(grads[1]);
}

static void saving_changes_nothing(int k, const heed_model *model) {
    heed_model_files files, again;
    heed_model *loaded = NULL;
    heed_prediction before, after;
    heed_error error = {0};
    float values[STEPS * 5];
    fill(values, STEPS * 5, 6);
    const int quantize = model->values_out.channels > 0; /* which is then not done */
    if (!CHECK_OK(heed_model_encode(model, quantize, &files, &error), &error))
        return;
    if (CHECK_OK(heed_model_load(&files, NULL, &loaded, &error), &error) &&
        CHECK_OK(heed_model_encode(loaded, 0, &again, &error), &error)) {
        CHECK(again.tokenizer_size == files.tokenizer_size &&
              memcmp(again.tokenizer, files.tokenizer, files.tokenizer_size) == 0);
        CHECK(again.weights_size == files.weights_size && memcmp(again.weights, files.weights, files.weights_size) == 0);
        CHECK_OK(heed_predict(model, values, 1, steps_of(k), cases[k].channels, &before, &error), &error);
        CHECK_OK(heed_predict(loaded, values, 1, steps_of(k), cases[k].channels, &after, &error), &error);
        for (int i = 0; i < before.steps * before.channels; i++)
            heed_compare_one("after loading", (size_t)i, (double)after.values[i], (double)before.values[i], 1e-5);
        heed_prediction_free(&before);
        heed_prediction_free(&after);
        heed_model_files_free(&again);
    }
    heed_model_free(loaded);
    heed_model_files_free(&files);
}

static void refuses(int k, const heed_model *model) {
    float values[STEPS * 5] = {0};
    heed_prediction out;
    heed_error error = {0};
    const int channels = cases[k].channels, steps = steps_of(k);
    CHECK_STATUS(heed_predict(model, values, 1, steps, channels + 1, &out, &error), HEED_ERROR_SHAPE, &error);
    CHECK_STATUS(heed_predict(model, values, 0, steps, channels, &out, &error), HEED_ERROR_SHAPE, &error);
    if (cases[k].steps > 0)
        CHECK_STATUS(heed_predict(model, values, 1, steps + 1, channels, &out, &error), HEED_ERROR_SHAPE, &error);
    values[0] = NAN;
    CHECK_STATUS(heed_predict(model, values, 1, steps, channels, &out, &error), HEED_ERROR_NUMERIC, &error);
    CHECK(out.values == NULL);
    CHECK_STATUS(heed_predict_text(model, "", 0, &out, &error), HEED_ERROR_EMPTY_INPUT, &error);
    CHECK_STATUS(heed_predict_text(model, "a", 1, &out, &error), HEED_ERROR_FORMAT, &error);
}

int main(void) {
    for (int k = 0; k < CASES; k++) {
        heed_model *model = make(k);
        if (model == NULL)
            continue;
        rows_are_apart(k, model);
        text_is_numbers(k, model);
        padding_is_nothing(k, model);
        saving_changes_nothing(k, model);
        refuses(k, model);
        heed_model_free(model);
    }
    return heed_test_finish("number_property");
}
