#include "test.h"

#include "base/file.h"
#include "data/pairs.h"
#include "scratch.h"

static heed_status parse(heed_pairs *pairs, const char *text, heed_error *error) {
    return heed_pairs_parse(pairs, text, strlen(text), "a.tsv", error);
}

static void lines(void) {
    heed_pairs pairs = {0};
    heed_error error = {0};
    CHECK_OK(parse(&pairs, "one\tun\r\n\ntwo\tdeux\textra\tcolumns\nthr ee\t t r \n", &error), &error);
    CHECK_OK(parse(&pairs, "last\tdernier", &error), &error); /* added to what is there */
    CHECK_OK(parse(&pairs, "", &error), &error);
    static const char *const want[][2] = {{"one", "un"}, {"two", "deux"}, {"thr ee", " t r "}, {"last", "dernier"}};
    CHECK_INT(pairs.count, 4);
    for (int i = 0; i < 4; i++) {
        CHECK_STRING(pairs.list[i].source, want[i][0]);
        CHECK_STRING(pairs.list[i].target, want[i][1]);
        CHECK_INT(pairs.list[i].source_size, strlen(want[i][0]));
        CHECK_INT(pairs.list[i].target_size, strlen(want[i][1]));
    }
    heed_pairs_free(&pairs);
}

static void refusals(void) {
    static const struct {
        const char *text;
        size_t size;
        const char *message;
    } cases[] = {
        {"a\tb\nno tab here\n", 16, "a.tsv:2: no tab between source and target"},
        {"a\tb\n\n\tb\n", 8, "a.tsv:3: the source is empty"},
        {"a\t\n", 3, "a.tsv:1: the target is empty"},
        {"a\t\tb\n", 5, "a.tsv:1: the target is empty"},
        {"a\t\xC3\n", 4, "a.tsv:1: bytes that are not UTF-8"},
        {"a\tb\nc\0\td\n", 9, "a.tsv:2: a NUL in the line"},
    };
    heed_pairs pairs = {0};
    heed_error first = {0};
    CHECK_OK(parse(&pairs, "kept\tgardé\n", &first), &first);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        heed_error error = {0};
        CHECK_STATUS(heed_pairs_parse(&pairs, cases[i].text, cases[i].size, "a.tsv", &error), HEED_ERROR_FORMAT,
                     &error);
        CHECK_STRING(error.message, cases[i].message);
        CHECK_INT(pairs.count, 1); /* nothing of the bad text was added */
        CHECK_STRING(pairs.list[0].source, "kept");
    }
    heed_pairs_free(&pairs);
}

static void files(void) {
    heed_pairs pairs = {0};
    heed_error error = {0}, missing = {0}, bad = {0};
    static const char text[] = "a\tb\nbad\n";
    heed_bytes part = {(const unsigned char *)text, 4};
    CHECK_OK(heed_file_write(scratch("p.tsv"), &part, 1, &error), &error);
    CHECK_OK(heed_pairs_read_tsv(&pairs, scratch("p.tsv"), &error), &error);
    CHECK_INT(pairs.count, 1);
    CHECK_STATUS(heed_pairs_read_tsv(&pairs, scratch("none"), &missing), HEED_ERROR_IO, &missing);
    part.size = 8;
    CHECK_OK(heed_file_write(scratch("p.tsv"), &part, 1, &error), &error);
    CHECK_STATUS(heed_pairs_read_tsv(&pairs, scratch("p.tsv"), &bad), HEED_ERROR_FORMAT, &bad);
    CHECK_CONTAINS(bad.message, "/p.tsv:2: no tab");
    heed_pairs_free(&pairs);
}

/* 60 sources, source k on 1 + k % 3 lines, spread over the text. */
static void many(heed_pairs *pairs) {
    char line[40];
    heed_error error = {0};
    for (int round = 0; round < 3; round++)
        for (int k = 0; k < 60; k++) {
            if (round > k % 3)
                continue;
            snprintf(line, sizeof line, "s%d\tt%d-%d\n", k * 37 % 60, k * 37 % 60, round);
            CHECK_OK(parse(pairs, line, &error), &error);
        }
}

static void hold_out(void) {
    heed_pairs a = {0}, b = {0}, c = {0}, dev_a, dev_b, dev_c, nothing;
    heed_error error = {0}, too_many = {0}, negative = {0};
    many(&a);
    many(&b);
    many(&c);
    int32_t all = a.count;
    CHECK_STATUS(heed_pairs_hold_out(&a, 60, 1, &dev_a, &too_many), HEED_ERROR_ARGUMENT, &too_many);
    CHECK_STATUS(heed_pairs_hold_out(&a, -1, 1, &dev_a, &negative), HEED_ERROR_ARGUMENT, &negative);
    CHECK_INT(a.count, all);
    CHECK_OK(heed_pairs_hold_out(&a, 10, 1, &dev_a, &error), &error);
    CHECK_OK(heed_pairs_hold_out(&b, 10, 1, &dev_b, &error), &error);
    CHECK_OK(heed_pairs_hold_out(&c, 10, 2, &dev_c, &error), &error);
    CHECK_INT(a.count + dev_a.count, all);
    int shared = 0, same = 0, other = 0;
    for (int i = 0; i < dev_a.count; i++) {
        for (int k = 0; k < a.count; k++)
            shared += strcmp(dev_a.list[i].source, a.list[k].source) == 0;
        same += i < dev_b.count && strcmp(dev_a.list[i].target, dev_b.list[i].target) == 0;
        other += i < dev_c.count && strcmp(dev_a.list[i].target, dev_c.list[i].target) == 0;
    }
    CHECK_INT(shared, 0);
    CHECK(dev_a.count == dev_b.count && same == dev_a.count);
    CHECK(other < dev_a.count);
    heed_arena arena = {0};
    heed_references groups;
    CHECK_OK(heed_pairs_group(&dev_a, &arena, &groups, &error), &error);
    CHECK_INT(groups.count, 10);
    CHECK_OK(heed_pairs_hold_out(&a, 0, 1, &nothing, &error), &error);
    CHECK_INT(nothing.count, 0);
    heed_pairs_free(&nothing);
    heed_arena_free(&arena);
    heed_pairs_free(&dev_a);
    heed_pairs_free(&dev_b);
    heed_pairs_free(&dev_c);
    heed_pairs_free(&a);
    heed_pairs_free(&b);
    heed_pairs_free(&c);
}

static void groups(void) {
    heed_pairs pairs = {0};
    heed_arena arena = {0};
    heed_references r;
    heed_error error = {0};
    CHECK_OK(parse(&pairs, "b\t1\na\t2\nb\t3\nab\t4\na\t5\nb\t6\n", &error), &error);
    CHECK_OK(heed_pairs_group(&pairs, &arena, &r, &error), &error);
    static const char *const sources[] = {"b", "a", "ab"}, *const targets[] = {"136", "25", "4"};
    CHECK_INT(r.count, 3);
    for (int i = 0; i < 3; i++) {
        CHECK_STRING(r.list[i].source, sources[i]);
        CHECK_INT(r.list[i].count, strlen(targets[i]));
        for (int k = 0; k < r.list[i].count; k++)
            CHECK_INT(r.list[i].pairs[k]->target[0], targets[i][k]);
        CHECK(heed_references_find(&r, sources[i]) == &r.list[i]);
    }
    CHECK(heed_references_find(&r, "") == NULL && heed_references_find(&r, "aa") == NULL &&
          heed_references_find(&r, "z") == NULL);
    heed_pairs empty = {0};
    CHECK_OK(heed_pairs_group(&empty, &arena, &r, &error), &error);
    CHECK_INT(r.count, 0);
    CHECK(heed_references_find(&r, "a") == NULL);
    heed_arena_free(&arena);
    heed_pairs_free(&pairs);
}

int main(void) {
    lines();
    refusals();
    if (CHECK(scratch_open())) {
        files();
        scratch_close();
    }
    hold_out();
    groups();
    return heed_test_finish("pairs");
}
