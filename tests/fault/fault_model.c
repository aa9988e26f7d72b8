/* A whole model: made, saved, loaded, described, run. */
#include "fault.h"

#include "../unit/scratch.h"
#include "base/error.h"
#include "heed/generate.h"
#include "models/arch.h"

static const char config[] =
    "{\"model_type\":\"seq2seq\",\"source_embedding\":5,\"target_embedding\":4,\"encoder_hidden\":6,"
    "\"encoder_layers\":2,\"decoder_hidden\":12,\"score\":\"general\"}";
static const char tokenizer[] =
    "{\"source\":{\"type\":\"char\",\"case\":\"upper\",\"tokens\":[\"<pad>\",\"<bos>\",\"<eos>\",\"<unk>\",\"A\",\"B\"]},"
    "\"target\":{\"type\":\"symbol\",\"tokens\":[\"<pad>\",\"<bos>\",\"<eos>\",\"<unk>\",\"AH\",\"B\",\"EY\"]}}";

static heed_status make(heed_model **out, heed_error *error) {
    heed_arena arena = {0};
    heed_tokenizer *source = NULL, *target = NULL;
    const heed_json *json = heed_json_parse(&arena, config, sizeof config - 1, "config", error);
    heed_status status = json == NULL ? error->status : HEED_OK;
    *out = NULL;
    if (status == HEED_OK)
        status = heed_tokenizers_parse(tokenizer, sizeof tokenizer - 1, &source, &target, error);
    if (status == HEED_OK)
        status = heed_model_create(json, source, target, 1, out, error);
    heed_arena_free(&arena);
    return status;
}

static heed_status save_and_load_as(const heed_load_options *options, heed_error *error) {
    heed_model *made = NULL, *loaded = NULL;
    heed_status status = make(&made, error);
    if (status == HEED_OK)
        status = heed_model_save(made, scratch("model"), 1, error);
    if (status == HEED_OK)
        status = heed_model_load_folder(scratch("model"), options, &loaded, error);
    if (status == HEED_OK && heed_model_parameter_count(made) != heed_model_parameter_count(loaded))
        status = HEED_ERROR_UNKNOWN;
    heed_model_free(made);
    heed_model_free(loaded);
    return status;
}

static heed_status save_and_load(heed_error *error) {
    return save_and_load_as(NULL, error);
}

static heed_status save_and_load_f32(heed_error *error) {
    return save_and_load_as(&(heed_load_options){.f32 = 1}, error);
}

static heed_status save_and_load_trainable(heed_error *error) {
    return save_and_load_as(&(heed_load_options){.trainable = 1}, error);
}

static heed_model *model; /* of the folder that save_and_load left */
static char first_answer[220];

static heed_status describe(heed_error *error) {
    char *json = NULL;
    HEED_TRY(heed_model_describe(model, &json, error));
    heed_status status = strstr(json, "\"EY\"") != NULL && json[strlen(json) - 1] == '}' ? HEED_OK : HEED_ERROR_UNKNOWN;
    heed_text_free(json);
    return status;
}

static heed_status generate(int beam, heed_error *error) {
    const heed_generate_options options = {.beam = beam, .max_length = 12, .trace = "encoder.h"};
    heed_generation *generation = NULL;
    char *json = NULL;
    bool done = false;
    HEED_TRY(heed_generation_start(model, "ab!ba", 5, &options, &generation, error));
    heed_status status = HEED_OK;
    while (status == HEED_OK && !done)
        status = heed_generation_advance(generation, &done, error);
    if (status == HEED_OK)
        status = heed_generation_json(generation, &json, error);
    if (status == HEED_OK) {
        /* The same answer every time; the time it took is left out of the comparison. */
        char answer[200] = "";
        for (int i = 0; i < heed_generation_length(generation, 0); i++)
            snprintf(answer + strlen(answer), sizeof answer - strlen(answer), "%d ",
                     (int)heed_generation_get(generation, 0, i).token);
        if (first_answer[0] == '\0')
            snprintf(first_answer, sizeof first_answer, "%s.", answer);
        if (strncmp(first_answer, answer, strlen(answer)) != 0 || first_answer[strlen(answer)] != '.' ||
            strstr(json, "\"hypotheses\"") == NULL || strstr(json, "encoder.h") == NULL)
            status = HEED_ERROR_UNKNOWN;
    }
    heed_text_free(json);
    heed_generation_free(generation);
    return status;
}

static heed_status greedy(heed_error *error) {
    return generate(1, error);
}

static heed_status beam(heed_error *error) {
    return generate(4, error);
}

int main(void) {
    heed_error error = {0};
    if (!CHECK(scratch_open()))
        return heed_test_finish("fault_model");
    fault_every_allocation("save and load", save_and_load);
    fault_every_allocation("save and load in f32", save_and_load_f32);
    fault_every_allocation("save and load to train", save_and_load_trainable);
    if (CHECK_OK(heed_model_load_folder(scratch("model"), NULL, &model, &error), &error)) {
        fault_every_allocation("describe", describe);
        fault_every_allocation("greedy", greedy);
        first_answer[0] = '\0';
        fault_every_allocation("beam", beam);
    }
    heed_model_free(model);
    scratch_close();
    return heed_test_finish("fault_model");
}
