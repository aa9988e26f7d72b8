/* Every gradient against central differences, in double; and that nothing is left out: this walks ops.def,
 * scores.def and models.def, and an entry fails that has too few cases here or no golden file in tests/golden. */
#include "gradients.h"

#include "entries.h"
#include "gradient.h"
#include "op_runner.h"

enum { CASES_MIN = 3 }; /* batch of 1, length 1, ragged: see the tables */

/* "op_add" and the like; the golden test reads the file and fails on fewer than three cases. */
static bool has_golden_file(const char *kind, const char *name) {
    char path[512];
    snprintf(path, sizeof path, "%s/tests/golden/data/%s_%s.safetensors", HEED_SOURCE_DIR, kind, name);
    FILE *file = fopen(path, "rb");
    if (file)
        fclose(file);
    return file != NULL;
}

static void cover(const char *kind, const char *name, int (*check)(const char *)) {
    char text[200];
    const int cases = check(name);
    snprintf(text, sizeof text, "%s %s has %d gradient cases; at least %d are needed", kind, name, cases, CASES_MIN);
    heed_test_report(cases >= CASES_MIN, __FILE__, __LINE__, text);
    snprintf(text, sizeof text, "%s %s has no golden file", kind, name);
    heed_test_report(has_golden_file(kind, name), __FILE__, __LINE__, text);
}

int main(void) {
    /* The checker sees a factor that is wrong by one part in a thousand, and one in a hundred thousand, and no error
     * where there is none; a gradient that is missing or not a number is seen too. */
    CHECK(gradient_error_when_spoilt(1.001) > 100 * HEED_GRADIENT_TOLERANCE);
    CHECK(gradient_error_when_spoilt(0.99999) > 5 * HEED_GRADIENT_TOLERANCE);
    CHECK(gradient_error_when_spoilt(0) > 0.5);
    CHECK(gradient_error_when_spoilt(NAN) > HEED_GRADIENT_TOLERANCE);
    CHECK(gradient_error_when_spoilt(1 + 1e-15) < HEED_GRADIENT_TOLERANCE / 10);
    /* An entry that does not exist is seen as not covered. */
    CHECK_INT(gradients_of_op("no such op"), 0);
    CHECK_INT(gradients_of_score("no such score"), 0);
    CHECK_INT(gradients_of_model("no such model"), 0);
    CHECK(!has_golden_file("op", "no such op"));

    for (size_t i = 0; i < sizeof entries_of_ops / sizeof *entries_of_ops; i++)
        cover("op", entries_of_ops[i], gradients_of_op);
    for (size_t i = 0; i < sizeof entries_of_scores / sizeof *entries_of_scores; i++)
        cover("score", entries_of_scores[i], gradients_of_score);
    for (size_t i = 0; i < sizeof entries_of_models / sizeof *entries_of_models; i++)
        cover("model", entries_of_models[i], gradients_of_model);
    printf("worst relative error %.2g, tolerance %g\n", heed_gradient_worst, HEED_GRADIENT_TOLERANCE);
    return heed_test_finish("gradients");
}
