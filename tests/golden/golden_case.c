#include "golden_case.h"

#include <stdlib.h>

double golden_worst;

enum { NAME = 160, CASES_MIN = 3 };

bool golden_open(golden_file *file, const char *kind, const char *name) {
    char path[512], what[NAME];
    size_t size = 0;
    heed_error error = {0};
    *file = (golden_file){.name = name};
    snprintf(path, sizeof path, "%s/tests/golden/data/%s_%s.safetensors", HEED_SOURCE_DIR, kind, name);
    if (!CHECK_OK(heed_file_read(path, &file->bytes, &size, &error), &error) ||
        !CHECK_OK(heed_safetensors_parse(&file->arena, file->bytes, size, path, &file->tensors, &error), &error))
        return false;
    const char *cases = heed_safetensors_metadata(&file->tensors, "cases");
    file->cases = cases ? atoi(cases) : 0;
    snprintf(what, sizeof what, "%s has %d cases; at least %d are needed", name, file->cases, CASES_MIN);
    return heed_test_report(file->cases >= CASES_MIN, __FILE__, __LINE__, what);
}

void golden_close(golden_file *file) {
    heed_arena_free(&file->arena);
    heed_free(file->bytes);
}

golden_case golden_get(golden_file *file, int number) {
    golden_case test = {file, number, NULL};
    test.label = golden_text(&test, "label");
    return test;
}

static const char *numbered(const golden_case *test, const char *name, char out[NAME]) {
    snprintf(out, NAME, "%d.%s", test->number, name);
    return out;
}

const heed_safetensor *golden_find(const golden_case *test, const char *name) {
    char full[NAME];
    return heed_safetensors_find(&test->file->tensors, numbered(test, name, full));
}

const char *golden_name(const golden_case *test, int i) {
    char prefix[NAME];
    const char *name = test->file->tensors.list[i].name;
    const size_t n = strlen(numbered(test, "", prefix));
    return strncmp(name, prefix, n) == 0 ? name + n : NULL;
}

static void report_missing(const golden_case *test, const char *name, const heed_safetensor *tensor, size_t count) {
    char what[2 * NAME];
    snprintf(what, sizeof what, "%s, case %d (%s): %s is needed with %zu elements; the file has %s%zu",
             test->file->name, test->number, test->label ? test->label : "?", name, count,
             tensor ? "another type or " : "", tensor ? tensor->count : 0);
    heed_test_report(false, __FILE__, __LINE__, what);
}

heed_real *golden_reals(const golden_case *test, const char *name, size_t count) {
    const heed_safetensor *tensor = golden_find(test, name);
    heed_real *values = heed_arena_alloc_zero(&test->file->arena, (count + 1) * sizeof *values);
    if (!tensor || tensor->dtype != HEED_F32 || tensor->count != count)
        report_missing(test, name, tensor, count);
    else
        for (size_t i = 0; i < count; i++)
            values[i] = (heed_real)heed_safetensor_real(tensor, i);
    return values;
}

int32_t *golden_ints(const golden_case *test, const char *name, size_t count) {
    const heed_safetensor *tensor = golden_find(test, name);
    int32_t *values = heed_arena_alloc_zero(&test->file->arena, (count + 1) * sizeof *values);
    if (!tensor || tensor->dtype != HEED_I32 || tensor->count != count)
        report_missing(test, name, tensor, count);
    else
        memcpy(values, tensor->data.data, count * sizeof *values);
    return values;
}

int golden_int(const golden_case *test, const char *name, int absent) {
    return golden_find(test, name) ? golden_ints(test, name, 1)[0] : absent;
}

double golden_number(const golden_case *test, const char *name, double absent) {
    return golden_find(test, name) ? (double)golden_reals(test, name, 1)[0] : absent;
}

const char *golden_text(const golden_case *test, const char *name) {
    char full[NAME];
    return heed_safetensors_metadata(&test->file->tensors, numbered(test, name, full));
}

/* Whether a word is among those of a list with blanks between them; NULL: there is no list. */
static bool is_listed(const char *list, const char *word) {
    const size_t n = strlen(word);
    for (const char *at = list; at && (at = strstr(at, word)) != NULL; at += n)
        if ((at == list || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
            return true;
    return false;
}

/* In double nothing is excused. */
static double floor_of(const golden_case *test, const char *name) {
    return sizeof(heed_real) < sizeof(double) && is_listed(golden_text(test, "cancelling"), name) ? 0.1 : 1e-3;
}

bool golden_compare(const golden_case *test, const char *name, const heed_real *got, size_t n) {
    const heed_safetensor *tensor = golden_find(test, name);
    char what[4 * NAME];
    double largest = floor_of(test, name), worst = 0;
    size_t at = 0;
    if (!tensor || tensor->dtype != HEED_F32 || tensor->count != n) {
        report_missing(test, name, tensor, n);
        return false;
    }
    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(heed_safetensor_real(tensor, i)));
    for (size_t i = 0; i < n; i++) {
        const double error = fabs((double)got[i] - heed_safetensor_real(tensor, i)) / largest;
        if (!(error <= worst)) { /* a NaN is the worst there is, and stays */
            worst = error;
            at = i;
        }
    }
    golden_worst = isnan(worst) || worst > golden_worst ? worst : golden_worst;
    snprintf(what, sizeof what, "%s, case %d (%s): %s[%zu]: got %.9g, PyTorch has %.9g, largest %.3g", test->file->name,
             test->number, test->label ? test->label : "?", name, at, n ? (double)got[at] : 0,
             n ? heed_safetensor_real(tensor, at) : 0, largest);
    return heed_test_report(worst <= GOLDEN_TOLERANCE, __FILE__, __LINE__, what);
}
