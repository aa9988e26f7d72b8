/* Tables, IDX files, regression as a call and as a recipe's training. */
#include "fault.h"

#include "../unit/scratch.h"
#include "data/csv.h"
#include "data/idx.h"
#include "heed/regression.h"
#include "heed/training.h"

static const char points[] = "a,b,y\n1,2,3.5\n2,1,4\n3,5,9\n4,3,8.5\n5,8,15\n6,1,8\n7,7,16\n8,2,11\n";

static heed_status table(heed_error *error) {
    static const char columns[] = "{\"features\":[\"b\",\"a\"],\"target\":\"y\"}";
    heed_arena arena = {0};
    heed_pairs pairs = {0};
    const heed_json *json = heed_json_parse(&arena, columns, sizeof columns - 1, "columns", error);
    heed_status status =
        json == NULL ? error->status : heed_table_parse(&pairs, points, sizeof points - 1, json, true, "points", error);
    if (status == HEED_OK && (pairs.count != 8 || strcmp(pairs.list[7].source, "2 8") != 0))
        status = HEED_ERROR_UNKNOWN;
    heed_pairs_free(&pairs);
    heed_arena_free(&arena);
    return status;
}

static bool write_idx(void) {
    static const char images[] = "\0\0\x08\x03\0\0\0\x02\0\0\0\x02\0\0\0\x01" "abcd", labels[] = "\0\0\x08\x01\0\0\0\x02\7\3";
    FILE *image_file = fopen(scratch("a-images-idx3-ubyte"), "wb"), *label_file = fopen(scratch("a-labels-idx1-ubyte"), "wb");
    return image_file != NULL && label_file != NULL && fwrite(images, 1, 20, image_file) == 20 &&
           fwrite(labels, 1, 10, label_file) == 10 && fclose(image_file) == 0 && fclose(label_file) == 0;
}

static heed_status idx(heed_error *error) {
    heed_idx read;
    heed_status status = heed_idx_read(scratch("a"), &read, error);
    if (status == HEED_OK && (read.count != 2 || read.pixels[3] != 'd' || read.labels[0] != 7))
        status = HEED_ERROR_UNKNOWN;
    heed_idx_free(&read);
    return status;
}

static heed_status regress(heed_regression_method method, heed_error *error) {
    const heed_regression_options options = {.method = method, .degree = 2, .l2 = 0.1, .standardise = true};
    static const double at[] = {3, 3};
    heed_regression fit;
    char *json = NULL;
    heed_status status = heed_regress_table(points, sizeof points - 1, "points", &options, &fit, error);
    if (status == HEED_OK && (fit.features != 5 || !(fit.r2 > 0.9)))
        status = HEED_ERROR_UNKNOWN;
    if (status == HEED_OK)
        status = heed_regression_json(&fit, at, 1, &json, error);
    if (status == HEED_OK && strstr(json, "\"at\":[") == NULL)
        status = HEED_ERROR_UNKNOWN;
    heed_text_free(json);
    heed_regression_free(&fit);
    return status;
}

static heed_status normal(heed_error *error) {
    return regress(HEED_REGRESSION_NORMAL, error);
}

static heed_status gradient(heed_error *error) {
    return regress(HEED_REGRESSION_GRADIENT, error);
}

static heed_status coordinates(heed_error *error) {
    return regress(HEED_REGRESSION_COORDINATES, error);
}

/* A recipe's training, to its end. */
static heed_status fit(const char *method, heed_error *error) {
    char recipe[600];
    heed_training *training = NULL;
    heed_training_event event = HEED_TRAINING_STEP;
    snprintf(recipe, sizeof recipe,
             "{\"name\":\"fit\",\"seed\":3,\"data\":{\"table\":{},\"hold_out\":2,\"max_length\":9},"
             "\"tokenizer\":{\"source\":{\"type\":\"values\"},\"target\":{\"type\":\"values\"}},"
             "\"model\":{\"model_type\":\"regression\",\"degree\":1},"
             "\"train\":{\"method\":\"%s\",\"penalty\":{\"l2\":0.1},\"standardise\":true}}", method);
    heed_status status =
        heed_training_create(recipe, strlen(recipe), points, sizeof points - 1, &training, error);
    while (status == HEED_OK && event != HEED_TRAINING_FINISHED)
        status = heed_training_advance(training, &event, error);
    const heed_model *model = NULL;
    if (status == HEED_OK)
        status = heed_training_model(training, &model, error);
    heed_training_free(training);
    return status;
}

static heed_status fit_normal(heed_error *error) {
    return fit("normal", error);
}

static heed_status fit_coordinates(heed_error *error) {
    return fit("coordinates", error);
}

int main(void) {
    if (!CHECK(scratch_open()) || !CHECK(write_idx()))
        return heed_test_finish("fault_regression");
    fault_every_allocation("table", table);
    fault_every_allocation("IDX", idx);
    fault_every_allocation("normal equation", normal);
    fault_every_allocation("gradient descent", gradient);
    fault_every_allocation("coordinates", coordinates);
    fault_every_allocation("training by the normal equation", fit_normal);
    fault_every_allocation("training by coordinates", fit_coordinates);
    scratch_close();
    return heed_test_finish("fault_regression");
}
