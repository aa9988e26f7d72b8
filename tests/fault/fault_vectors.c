/* Word vectors: each way to train them, and what they are asked. */
#include "fault.h"

#include "../unit/scratch.h"
#include "../vectors/word_world.h"
#include "base/error.h"
#include "heed/training.h"
#include "heed/vectors.h"

static heed_string_buffer text; /* of a small world */

static heed_status ask(const heed_model *model, heed_error *error) {
    heed_vectors *vectors = NULL;
    char *json = NULL;
    HEED_TRY(heed_vectors_open(model, &vectors, error));
    const char *word = heed_vectors_word(vectors, 0);
    heed_status status = heed_vectors_ask(vectors, word, strlen(word), 3, &json, error);
    if (status == HEED_OK && strstr(json, "\"neighbours\":[{") == NULL)
        status = HEED_ERROR_UNKNOWN;
    heed_text_free(json);
    heed_vectors_free(vectors);
    return status;
}

/* A training to its end, and a question to its model. */
static heed_status train(const char *method, heed_error *error) {
    char recipe[400];
    heed_training *training = NULL;
    heed_training_event event = HEED_TRAINING_STEP;
    const heed_model *model = NULL;
    snprintf(recipe, sizeof recipe,
             "{\"name\":\"world\",\"seed\":1,\"tokenizer\":{\"source\":{\"type\":\"word\"}},"
             "\"model\":{\"model_type\":\"word_vectors\",\"dim\":6},"
             "\"train\":{\"method\":\"%s\",\"epochs\":1,\"batch\":100}}", method);
    heed_status status = heed_training_create(recipe, strlen(recipe), text.text, text.length, &training, error);
    while (status == HEED_OK && event != HEED_TRAINING_FINISHED)
        status = heed_training_advance(training, &event, error);
    if (status == HEED_OK)
        status = heed_training_model(training, &model, error);
    if (status == HEED_OK)
        status = ask(model, error);
    heed_training_free(training);
    return status;
}

#define HEED_VECTOR_METHOD(name)                          \
    static heed_status train_##name(heed_error *error) { \
        return train(#name, error);                       \
    }
#include "vectors/vector_methods.def"
#undef HEED_VECTOR_METHOD

static const char plane[] = "5 2\nking 3 1\nqueen 3 2\nman 1 1\nwoman 1 2\nfar -1 -1\n";
static const char questions[] = ": family\nman woman king queen\n";

static bool write_file(const char *name, const char *contents) {
    FILE *file = fopen(scratch(name), "w");
    return file != NULL && fputs(contents, file) >= 0 && fclose(file) == 0;
}

/* More pairs than the list of judgements first has room for. */
static bool write_judgements(void) {
    FILE *file = fopen(scratch("s.csv"), "w");
    for (int i = 0; file != NULL && i < 300; i++)
        fprintf(file, "king,%s,%d\n", i % 2 ? "queen" : "far", i % 2 ? 9 : 1);
    return file != NULL && fclose(file) == 0;
}

static heed_status judgements(heed_error *error) {
    heed_model *model = NULL;
    heed_vectors *vectors = NULL;
    heed_analogy_score total = {0};
    heed_similarity_score score = {0};
    heed_status status = heed_vectors_import(scratch("plane.txt"), &model, error);
    if (status == HEED_OK)
        status = heed_vectors_open(model, &vectors, error);
    if (status == HEED_OK)
        status = heed_vectors_analogies(vectors, scratch("q.txt"), 0, NULL, NULL, &total, error);
    if (status == HEED_OK)
        status = heed_vectors_similarity(vectors, scratch("s.csv"), &score, error);
    if (status == HEED_OK && (total.right != 1 || score.covered != 300 || !(score.spearman > 0.99)))
        status = HEED_ERROR_UNKNOWN;
    heed_vectors_free(vectors);
    heed_model_free(model);
    return status;
}

static heed_status text_form(heed_error *error) {
    heed_model *model = NULL;
    heed_vectors *vectors = NULL;
    heed_status status = heed_vectors_import(scratch("plane.txt"), &model, error);
    if (status == HEED_OK)
        status = heed_vectors_open(model, &vectors, error);
    if (status == HEED_OK)
        status = heed_vectors_export(vectors, scratch("out.txt"), error);
    heed_vectors_free(vectors);
    heed_model_free(model);
    return status;
}

int main(void) {
    text = word_world(60, 1);
    if (!CHECK(!text.failed) || !CHECK(scratch_open()))
        return heed_test_finish("fault_vectors");
#define HEED_VECTOR_METHOD(name) fault_every_allocation(#name, train_##name);
#include "vectors/vector_methods.def"
#undef HEED_VECTOR_METHOD
    if (CHECK(write_file("plane.txt", plane) && write_file("q.txt", questions) && write_judgements())) {
        fault_every_allocation("judgements", judgements);
        fault_every_allocation("text form", text_form);
    }
    scratch_close();
    heed_string_free(&text);
    return heed_test_finish("fault_vectors");
}
