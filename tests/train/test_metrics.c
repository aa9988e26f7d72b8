#include "test.h"

#include "train/metrics.h"

static int32_t distance(const char *a, const char *b) {
    int32_t x[32], y[32], row[33];
    int32_t n = (int32_t)strlen(a), m = (int32_t)strlen(b);
    for (int32_t i = 0; i < n; i++)
        x[i] = a[i];
    for (int32_t i = 0; i < m; i++)
        y[i] = b[i];
    return heed_edit_distance(x, n, y, m, row);
}

static void distances(void) {
    static const struct {
        const char *a, *b;
        int32_t edits;
    } cases[] = {
        {"", "", 0},       {"", "abc", 3},      {"abc", "", 3},          {"abc", "abc", 0},
        {"abc", "abd", 1}, {"abc", "ac", 1},    {"ac", "abc", 1},        {"abc", "cba", 2},
        {"abcd", "bcda", 2}, {"kitten", "sitting", 3}, {"intention", "execution", 5}, {"aaaa", "a", 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CHECK_INT(distance(cases[i].a, cases[i].b), cases[i].edits);
        CHECK_INT(distance(cases[i].b, cases[i].a), cases[i].edits);
    }
    /* A token outside the alphabet equals nothing, itself included. */
    const int32_t unknown[] = {5, -1, 6};
    int32_t row[4];
    CHECK_INT(heed_edit_distance(unknown, 3, unknown, 3, row), 1);
}

static void nearest_answer(void) {
    const int32_t first[] = {1, 2, 3, 4}, second[] = {1, 2, 5}, third[] = {1, 9, 5};
    const heed_answer answers[] = {{first, 4}, {second, 3}, {third, 3}};
    int32_t row[5];
    heed_match match = heed_match_answers(second, 3, answers, 3, row);
    CHECK(match.right);
    CHECK_INT(match.edits, 0);
    CHECK_INT(match.symbols, 3);
    const int32_t output[] = {1, 2};
    match = heed_match_answers(output, 2, answers, 3, row); /* 2, 1 and 2 edits away */
    CHECK(!match.right);
    CHECK_INT(match.edits, 1);
    CHECK_INT(match.symbols, 3);
    const int32_t between[] = {1, 7, 5}; /* as far from the second as from the third: the first of them counts */
    match = heed_match_answers(between, 3, answers, 2, row);
    CHECK_INT(match.edits, 1);
    CHECK_INT(match.symbols, 3);
    match = heed_match_answers(output, 0, answers, 1, row);
    CHECK_INT(match.edits, 4);
    CHECK(!match.right);
}

int main(void) {
    distances();
    nearest_answer();
    return heed_test_finish("train metrics");
}
