/* Running statistics in training: what they become, that only training moves them, and that threads, a cut run and a
 * saved model keep them. */
#include "compare.h"
#include "io/weights.h"
#include "scratch.h"
#include "small_task.h"
#include "train/run_folder.h"
#include "train/trainer.h"

static const char recipe[] =
    "{\"name\":\"norm\",\"seed\":3,\"data\":{\"task\":\"copy\",\"examples_per_epoch\":64,\"dev\":10},"
    "\"tokenizer\":{\"source\":{\"type\":\"char\"},\"target\":{\"type\":\"char\"}},"
    "\"model\":{\"model_type\":\"transformer\",\"d_model\":8,\"heads\":2,\"ffn\":8,\"encoder_layers\":1,"
    "\"decoder_layers\":1,\"norm_kind\":\"batch\"},"
    "\"train\":{\"batch\":16,\"shards\":%d,\"accumulate\":%d,\"epochs\":1,\"clip\":%g,"
    "\"optimizer\":{\"name\":\"adamw\",\"rate\":0.01,\"weight_decay\":%g},\"schedule\":{\"name\":\"constant\"}}}";

static heed_trainer *trainer_of(int shards, int accumulate, double clip, double decay, int threads) {
    char text[1000];
    heed_error error = {0};
    heed_trainer *trainer = NULL;
    snprintf(text, sizeof text, recipe, shards, accumulate, clip, decay);
    CHECK_OK(heed_trainer_create(text, strlen(text), NULL, NULL, threads, &trainer, &error), &error);
    return trainer;
}

static const heed_real *statistic(const heed_trainer *trainer, const char *name) {
    const int id = heed_params_find(&trainer->model->params, name);
    return CHECK(id >= 0 && trainer->model->params.list[id].statistic)
               ? trainer->model->params.values + trainer->model->params.list[id].offset
               : trainer->model->params.values;
}

static void step(heed_trainer *trainer) {
    heed_error error = {0};
    CHECK_OK(heed_trainer_step(trainer, &error), &error);
}

/* They are behind what is optimised, and count as no parameters. A step moves them, whatever clipping and weight decay
 * do to the rest. By how much is in the golden files. */
static void only_the_data_moves_them(void) {
    const char *mean = "encoder.0.self_attention.norm.running_mean", *variance = "encoder.0.self_attention.norm.running_var";
    heed_trainer *plain = trainer_of(1, 1, 0, 0, 1), *clipped = trainer_of(1, 1, 1e-6, 1, 1);
    const heed_params *params = &plain->model->params;
    CHECK(params->trained < params->size);
    CHECK_INT(params->size - params->trained, 5 * 2 * 8);
    CHECK_INT(heed_model_parameter_count(plain->model), params->trained);
    step(plain);
    step(clipped);
    for (int c = 0; c < 8; c++) {
        CHECK(statistic(plain, mean)[c] != 0 && statistic(plain, variance)[c] > (heed_real)0.9);
        CHECK(statistic(plain, mean)[c] == statistic(clipped, mean)[c]);
        CHECK(statistic(plain, variance)[c] == statistic(clipped, variance)[c]);
    }
    heed_trainer_free(plain);
    heed_trainer_free(clipped);
}

/* Parts of a batch count by their tokens: nearly the whole's mean, to the last bit alike with any number of threads. */
static void parts_make_the_whole(void) {
    const char *name = "encoder.0.self_attention.norm.running_mean";
    heed_trainer *whole = trainer_of(1, 4, 0, 0, 1), *parts = trainer_of(4, 4, 0, 0, 1), *threads = trainer_of(4, 4, 0, 0, 3);
    step(whole);
    step(parts);
    step(threads);
    double largest = 0;
    for (int c = 0; c < 8; c++)
        largest = fmax(largest, fabs((double)statistic(whole, name)[c]));
    CHECK(largest > 0 && largest < 1);
    for (int c = 0; c < 8; c++) {
        CHECK(fabs((double)statistic(whole, name)[c] - (double)statistic(parts, name)[c]) < 0.1 * largest);
        CHECK(statistic(threads, name)[c] == statistic(parts, name)[c]);
    }
    heed_trainer_free(whole);
    heed_trainer_free(parts);
    heed_trainer_free(threads);
}

/* A run that is cut and resumed has them; so has the exported model, in f32 and beside int8. */
static void kept_in_files(void) {
    heed_error error = {0};
    heed_run_folder folder;
    heed_trainer *first = trainer_of(2, 1, 0, 0, 1), *second = trainer_of(2, 1, 0, 0, 1);
    const heed_params *params = &first->model->params;
    step(first);
    step(first);
    CHECK_OK(heed_run_folder_open(&folder, scratch("run"), &error), &error);
    CHECK_OK(heed_run_folder_begin(&folder, first, &error), &error);
    CHECK_OK(heed_run_folder_resume(&folder, second, &error), &error);
    step(first);
    step(second);
    CHECK(memcmp(params->values, second->model->params.values, params->size * sizeof *params->values) == 0);
    for (int int8 = 0; int8 < 2; int8++) {
        heed_model *loaded = NULL;
        heed_model_files files;
        CHECK_OK(heed_model_encode(first->model, int8, &files, &error), &error);
        if (CHECK_OK(heed_model_load(&files, &(heed_load_options){.trainable = true}, &loaded, &error), &error))
            CHECK(memcmp(params->values + params->trained, loaded->params.values + params->trained,
                         (params->size - params->trained) * sizeof *params->values) == 0);
        heed_model_free(loaded);
        heed_model_files_free(&files);
    }
    heed_trainer_free(first);
    heed_trainer_free(second);
}

int main(void) {
    if (!CHECK(scratch_open()))
        return heed_test_finish("train batch norm");
    only_the_data_moves_them();
    parts_make_the_whole();
    kept_in_files();
    scratch_close();
    return heed_test_finish("train batch norm");
}
