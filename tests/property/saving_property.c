/* A saved model is the model: load(save(m)) has the same bits, and the files of a second save are the same bytes.
 * With int8 every weight of a matrix is within half a step of its row. */
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "heed/generate.h"
#include "small_model.h"

enum { MODELS = 12 };
static const heed_load_options trainable = {.trainable = 1}; /* the values in one block, to compare them */
static const char *const files[] = {"config.json", "tokenizer.json", "model.safetensors"};

static void same_files(const char *first, const char *second) {
    for (int i = 0; i < 3; i++) {
        char path[2][512], *data[2] = {0};
        size_t size[2] = {0};
        heed_error error = {0};
        const char *folder[] = {first, second};
        for (int k = 0; k < 2; k++) {
            CHECK_OK(heed_path_join(path[k], sizeof path[k], folder[k], files[i], &error), &error);
            CHECK_OK(heed_file_read(path[k], &data[k], &size[k], &error), &error);
        }
        CHECK(size[0] > 0 && size[0] == size[1] && memcmp(data[0], data[1], size[0]) == 0);
        for (int k = 0; k < 2; k++)
            heed_free(data[k]);
    }
}

static void remove_folder(const char *folder) {
    for (int i = 0; i < 3; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        CHECK(unlink(path) == 0);
    }
    CHECK(rmdir(folder) == 0);
}

static char *generated(const heed_model *model) {
    heed_error error = {0};
    heed_generation *g = NULL;
    char *json = NULL;
    const heed_generate_options options = {.beam = 4};
    if (!CHECK_OK(heed_generation_start(model, "fab", 3, &options, &g, &error), &error))
        return NULL;
    for (bool done = false; !done;)
        if (!CHECK_OK(heed_generation_advance(g, &done, &error), &error))
            break;
    CHECK_OK(heed_generation_json(g, &json, &error), &error);
    heed_generation_free(g);
    char *ms = json ? strstr(json, "\"ms\"") : NULL;
    if (ms)
        *ms = '\0'; /* the time it took is no part of the result */
    return json;
}

static void float_round_trip(heed_model *model, const char *folder) {
    char first[512], second[512];
    heed_error error = {0};
    heed_model *loaded = NULL, *used = NULL;
    snprintf(first, sizeof first, "%s/first", folder);
    snprintf(second, sizeof second, "%s/second", folder);
    CHECK_OK(heed_model_save(model, first, 0, &error), &error);
    if (!CHECK_OK(heed_model_load_folder(first, &trainable, &loaded, &error), &error) ||
        !CHECK_OK(heed_model_load_folder(first, NULL, &used, &error), &error))
        return;
    CHECK(used->params.values == NULL); /* every weight once */
    CHECK_INT(heed_model_parameter_count(loaded), heed_model_parameter_count(model));
    CHECK(memcmp(loaded->params.values, model->params.values, model->params.size * sizeof(heed_real)) == 0);
    CHECK_OK(heed_model_save(loaded, second, 0, &error), &error);
    same_files(first, second);
    CHECK_OK(heed_model_save(used, second, 0, &error), &error);
    same_files(first, second);
    /* A model that is used is packed; products with a matrix that is not sum in another order. */
    CHECK_OK(heed_params_pack(&model->params, &error), &error);
    char *before = generated(model), *after = generated(used);
    CHECK_STRING(after, before);
    heed_text_free(before);
    heed_text_free(after);
    heed_model_free(used);
    heed_model_free(loaded);
    remove_folder(first);
    remove_folder(second);
}

/* The weights of `loaded` against those that were saved: a row's step is max|row| / 127. */
static void within_half_a_step(const heed_model *loaded, const heed_model *model) {
    for (int p = 0; p < model->params.count; p++) {
        const heed_param *param = &model->params.list[p];
        const heed_real *want = model->params.values + param->offset, *got = loaded->params.values + param->offset;
        if (param->rank != 2) {
            CHECK(memcmp(got, want, param->count * sizeof *want) == 0);
            continue;
        }
        for (int row = 0; row < param->dims[0]; row++) {
            const size_t columns = (size_t)param->dims[1], at = (size_t)row * columns;
            double largest = 0, worst = 0;
            for (size_t k = 0; k < columns; k++) {
                largest = fmax(largest, fabs((double)want[at + k]));
                worst = fmax(worst, fabs((double)got[at + k] - (double)want[at + k]));
            }
            if (!CHECK(worst <= largest / 127 * 0.5 * (1 + 1e-4)))
                fprintf(stderr, "%s row %d: off by %g of %g\n", param->name, row, worst, largest);
        }
    }
}

static void int8_round_trip(const heed_model *model, const char *folder) {
    char first[512], second[512];
    heed_error error = {0};
    heed_model *loaded = NULL, *again = NULL;
    snprintf(first, sizeof first, "%s/first", folder);
    snprintf(second, sizeof second, "%s/second", folder);
    CHECK_OK(heed_model_save(model, first, 1, &error), &error);
    if (CHECK_OK(heed_model_load_folder(first, &trainable, &loaded, &error), &error)) {
        within_half_a_step(loaded, model);
        CHECK_OK(heed_model_save(loaded, second, 0, &error), &error); /* what int8 kept, as floats, is kept exactly */
        if (CHECK_OK(heed_model_load_folder(second, &trainable, &again, &error), &error))
            CHECK(memcmp(loaded->params.values, again->params.values, model->params.size * sizeof(heed_real)) == 0);
        remove_folder(second);
    }
    remove_folder(first);
    heed_model_free(loaded);
    heed_model_free(again);
}

int main(void) {
    char folder[] = "/tmp/heed-saving-XXXXXX";
    heed_rng rng;
    heed_rng_seed(&rng, 3, 3);
    if (!CHECK(mkdtemp(folder) != NULL))
        return heed_test_finish("saving_property");
    for (int i = 0; i < MODELS; i++) {
        const small_config config = small_config_random(&rng);
        heed_model *model = small_model(&config, (uint64_t)i, i % 2 ? 0.7 : 30);
        if (!model)
            break;
        if (i % 3 == 0) /* a row of zeros has no scale */
            memset(model->params.values, 0, (size_t)model->params.list[0].dims[1] * sizeof(heed_real));
        float_round_trip(model, folder);
        int8_round_trip(model, folder);
        heed_model_free(model);
    }
    CHECK(rmdir(folder) == 0);
    return heed_test_finish("saving_property");
}
