/* Tables: what is accepted is texts of whole numbers of cells, clean and as many as asked; a regression of it is
 * finite. */
#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "data/csv.h"
#include "fuzz.h"
#include "heed/regression.h"

/* How many parts blanks make of a text. */
static int parts(const char *text)
{
    int count = 1;
    for (; *text; text++)
        count += *text == ' ';
    return count;
}

static bool parse(const uint8_t *data, size_t size, const char *columns, bool numbers)
{
    heed_arena arena = {0};
    heed_pairs pairs = {0};
    heed_error error = {0};
    const heed_json *json = heed_json_parse(&arena, columns, strlen(columns), "columns", &error);
    const heed_status status = heed_table_parse(&pairs, (const char *)data, size, json, numbers, "fuzz.csv", &error);
    if (status != HEED_OK) {
        FUZZ_CHECK_REFUSED(status, error);
        FUZZ_CHECK(pairs.count == 0);
    }
    for (int32_t i = 0; i < pairs.count; i++) {
        const heed_pair *pair = &pairs.list[i];
        FUZZ_CHECK(pair->source_size > 0 && strlen(pair->source) == (size_t)pair->source_size);
        FUZZ_CHECK(pair->target_size > 0 && strlen(pair->target) == (size_t)pair->target_size);
        FUZZ_CHECK(heed_utf8_valid(pair->source, (size_t)pair->source_size));
        FUZZ_CHECK(heed_utf8_valid(pair->target, (size_t)pair->target_size));
        FUZZ_CHECK(parts(pair->source) == parts(pairs.list[0].source));
        FUZZ_CHECK(!numbers || parts(pair->target) == parts(pairs.list[0].target));
    }
    heed_pairs_free(&pairs);
    heed_arena_free(&arena);
    return status == HEED_OK;
}

static void regress(const uint8_t *data, size_t size)
{
    const heed_regression_options options = {.l2 = 0.1, .standardise = true};
    heed_regression fit;
    heed_error error = {0};
    const heed_status status = heed_regress_table((const char *)data, size, "fuzz.csv", &options, &fit, &error);
    if (status != HEED_OK)
        FUZZ_CHECK_REFUSED(status, error);
    FUZZ_CHECK(status != HEED_ERROR_MEMORY);
    for (int j = 0; status == HEED_OK && j < fit.features; j++)
        FUZZ_CHECK(isfinite(fit.coefficients[j]) && isfinite(fit.inflation[j]));
    for (int i = 0; status == HEED_OK && i < fit.rows; i++)
        FUZZ_CHECK(isfinite(fit.predictions[i]) && isfinite(fit.residuals[i]));
    heed_regression_free(&fit);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_accepted += parse(data, size, "{}", true);
    parse(data, size, "{}", false);
    parse(data, size, "{\"features\":[\"x\",\"2\"],\"target\":\"y\"}", false);
    regress(data, size);
    return 0;
}
