/* Heed against PyTorch: outputs and gradients of every op, score, layer, model and optimiser, on every instruction
 * set that this machine has. The files come from make_golden.py; PyTorch is not needed here. */
#include "golden_parts.h"

#include "entries.h"
#include "heed/isa.h"
#include "ops/ops.h"

static const char *const layers[] = {
#define HEED_CELL(name) #name,
#include "nn/cells/cells.def"
#undef HEED_CELL
};

static const char *const optimizers[] = {
#define HEED_OPTIMIZER(name) #name,
#include "train/optimizers.def"
#undef HEED_OPTIMIZER
};

static const char *const vector_methods[] = {
#define HEED_VECTOR_METHOD(name) #name,
#include "vectors/vector_methods.def"
#undef HEED_VECTOR_METHOD
};

static const char *const image_encoders[] = { /* as a config must have it */
#define HEED_IMAGE_ENCODER(name) "\"type\": \"" #name "\"",
#include "models/image/encoders.def"
#undef HEED_IMAGE_ENCODER
};

/* The golden models of image_reader have every encoder among them. */
static void every_image_encoder(void) {
    golden_file file;
    const int cases = golden_open(&file, "model", "image_reader") ? file.cases : 0;
    for (size_t i = 0; i < sizeof image_encoders / sizeof *image_encoders; i++) {
        bool found = false;
        for (int k = 0; k < cases && !found; k++) {
            const golden_case test = golden_get(&file, k);
            found = strstr(golden_text(&test, "config"), image_encoders[i]) != NULL;
        }
        heed_test_report(found, "no golden model of an image encoder", __LINE__, image_encoders[i]);
    }
    golden_close(&file);
}

static void each(const char *kind, const char *const *names, size_t count, void (*check)(const golden_case *test)) {
    for (size_t i = 0; i < count; i++) {
        golden_file file;
        if (golden_open(&file, kind, names[i]))
            for (int k = 0; k < file.cases; k++) {
                const golden_case test = golden_get(&file, k);
                check(&test);
            }
        golden_close(&file);
    }
}
#define EACH(kind, names, check) each(kind, names, sizeof(names) / sizeof *(names), check)
static const char *const regressions[] = {"all"};

/* The comparison sees a number that is off by twice the tolerance, a NaN, and a tensor that is not there. */
static void self_test(void) {
    golden_file file;
    if (!golden_open(&file, "op", "tanh"))
        return;
    const golden_case test = golden_get(&file, 0);
    const size_t n = golden_find(&test, "y")->count;
    heed_real *y = golden_reals(&test, "y", n);
    const long passed = heed_test_passed, failed = heed_test_failed;
    const double worst = golden_worst;
    heed_test_failed = HEED_TEST_PRINTED; /* expected failures are not printed */
    const bool same = golden_compare(&test, "y", y, n);
    y[n - 1] += (heed_real)(2 * GOLDEN_TOLERANCE);
    const bool off = golden_compare(&test, "y", y, n);
    y[n - 1] = (heed_real)NAN;
    const bool nan = golden_compare(&test, "y", y, n);
    const bool absent = golden_compare(&test, "nothing", y, n);
    heed_test_passed = passed;
    heed_test_failed = failed;
    golden_worst = worst;
    CHECK(same && !off && !nan && !absent);
    golden_close(&file);
}

int main(void) {
    self_test();
    every_image_encoder();
    for (const char *const *isa = heed_isa_list(); *isa; isa++) {
        heed_error error = {0};
        if (!heed_isa_available(*isa)) {
            printf("%s is not available here\n", *isa);
            continue;
        }
        if (!CHECK_OK(heed_isa_force(*isa, &error), &error) || !CHECK_STRING(heed_isa_name(), *isa))
            continue;
        golden_worst = 0;
        EACH("op", entries_of_ops, golden_check_op);
        EACH("score", entries_of_scores, golden_check_score);
        EACH("layer", layers, golden_check_layer);
        EACH("model", entries_of_models, golden_check_model);
        EACH("vectors", vector_methods, golden_check_vectors);
        EACH("optimizer", optimizers, golden_check_optimizer);
        EACH("regression", regressions, golden_check_regression);
        printf("%s: worst relative error %.2g, tolerance %g\n", *isa, golden_worst, GOLDEN_TOLERANCE);
    }
    return heed_test_finish("golden_files");
}
