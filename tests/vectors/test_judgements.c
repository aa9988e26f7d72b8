/* Neighbours, analogies and judgements on vectors that are known; files that are not what they should be. */
#include <math.h>
#include <stdlib.h>

#include "base/file.h"
#include "compare.h"
#include "heed/vectors.h"
#include "scratch.h"

/* In the plane: king, queen, man and woman are a parallelogram; far is opposite to all, null has no direction. */
static const char plane[] = "7 2\nking 3 1\nqueen 3 2\nman 1 1\nwoman 1 2\nqueens 3.1 2\nfar -1 -1\nnull 0 0\n";

static heed_status write_file(const char *name, const char *text)
{
    heed_error error = {0};
    const heed_bytes part = {(const unsigned char *)text, strlen(text)};
    return heed_file_write(scratch(name), &part, 1, &error);
}

static heed_vectors *open_plane(heed_model **model)
{
    heed_error error = {0};
    heed_vectors *vectors = NULL;
    CHECK(write_file("plane.txt", plane) == HEED_OK);
    if (CHECK_OK(heed_vectors_import(scratch("plane.txt"), model, &error), &error))
        CHECK_OK(heed_vectors_open(*model, &vectors, &error), &error);
    return vectors;
}

static int row(const heed_vectors *vectors, const char *word)
{
    return heed_vectors_find(vectors, word, strlen(word));
}

static void check_nearest(heed_vectors *vectors)
{
    static const double signs[] = {1, -1, 1};
    heed_neighbour best[10];
    const int king = row(vectors, "king"), asked[] = {king, row(vectors, "man"), row(vectors, "woman")};
    CHECK_INT(heed_vectors_count(vectors), 7);
    CHECK_INT(king, 0);
    CHECK_INT(row(vectors, "King"), -1);
    CHECK_INT(heed_vectors_nearest(vectors, &king, signs, 1, 10, 0, best), 6); /* all others, itself not */
    CHECK_STRING(heed_vectors_word(vectors, best[0].row), "queens");
    CHECK_STRING(heed_vectors_word(vectors, best[5].row), "far");
    heed_compare_one("cosine", 0, best[0].similarity, (3 * 3.1 + 2) / sqrt(10) / sqrt(3.1 * 3.1 + 4), 1e-6);
    CHECK_INT(heed_vectors_nearest(vectors, &king, signs, 1, 2, 0, best), 2);
    CHECK(best[0].similarity >= best[1].similarity);
    /* king itself would be the nearest to king - man + woman here, were it allowed. */
    CHECK_INT(heed_vectors_nearest(vectors, asked, signs, 3, 10, 0, best), 4);
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 3; k++)
            CHECK(best[i].row != asked[k]);
    CHECK_INT(heed_vectors_nearest(vectors, asked, signs, 3, 10, 4, best), 1); /* among the first four words */
    CHECK_STRING(heed_vectors_word(vectors, best[0].row), "queen");
}

static void check_ask(heed_vectors *vectors)
{
    heed_error error = {0};
    char *json = NULL;
    CHECK_OK(heed_vectors_ask(vectors, "king -man  +woman", 17, 1, &json, &error), &error);
    CHECK_CONTAINS(json, "{\"word\":\"man\",\"row\":2,\"sign\":-1}");
    CHECK_CONTAINS(json, "\"neighbours\":[{\"word\":\"queen");
    heed_text_free(json);
    CHECK_STATUS(heed_vectors_ask(vectors, "emperor", 7, 1, &json, &error), HEED_ERROR_UNKNOWN, &error);
    CHECK_CONTAINS(error.message, "\"emperor\"");
    error = (heed_error){0};
    CHECK_STATUS(heed_vectors_ask(vectors, "  ", 2, 1, &json, &error), HEED_ERROR_EMPTY_INPUT, &error);
    error = (heed_error){0};
    CHECK_STATUS(heed_vectors_ask(vectors, "king", 4, 0, &json, &error), HEED_ERROR_ARGUMENT, &error);
}

static int sections;

static void count_section(void *context, const heed_analogy_score *score)
{
    (void)context;
    CHECK_STRING(score->name, sections++ == 0 ? "family" : "plural");
}

static void check_analogies(heed_vectors *vectors)
{
    heed_error error = {0};
    heed_analogy_score total;
    write_file("q.txt", ": family\nman woman king queen\nman king woman queens\nman woman boy girl\n\n: plural\n"
                        "queen queens man men\n");
    CHECK_OK(heed_vectors_analogies(vectors, scratch("q.txt"), 4, count_section, NULL, &total, &error), &error);
    CHECK_INT(sections, 2);
    CHECK_INT(total.questions, 4);
    CHECK_INT(total.covered, 1); /* queens is not among the first four */
    CHECK_INT(total.right, 1);
    CHECK_OK(heed_vectors_analogies(vectors, scratch("q.txt"), 0, NULL, NULL, &total, &error), &error);
    CHECK_INT(total.covered, 2);
}

static void check_similarity(heed_vectors *vectors)
{
    heed_error error = {0};
    heed_similarity_score score;
    write_file("s.csv", "word1,word2,sim\nking,queen,9\nking,far,0.5\n# note\nman,woman,5e0\nking,ruler,3\n");
    CHECK_OK(heed_vectors_similarity(vectors, scratch("s.csv"), &score, &error), &error);
    CHECK_INT(score.pairs, 4);
    CHECK_INT(score.covered, 3);
    heed_compare_one("rho", 0, score.spearman, 1, 1e-12);
    write_file("s.tsv", "king\tqueen\t1\r\nking\tking\t2\n");
    CHECK_OK(heed_vectors_similarity(vectors, scratch("s.tsv"), &score, &error), &error);
    heed_compare_one("rho", 1, score.spearman, 1, 1e-12);
}

/* Against scipy.stats.spearmanr. */
static void check_spearman(void)
{
    static const double x[] = {1, 2, 3, 4, 5}, y[] = {5, 6, 7, 8, 7}, tied[] = {1, 2, 2, 2, 3}, same[] = {4, 4, 4, 4, 4},
                        down[] = {9, 7, 5, 3, 1};
    heed_compare_one("spearman", 0, heed_spearman(x, y, 5), 0.8207826816681233, 1e-14);
    heed_compare_one("spearman", 1, heed_spearman(x, tied, 5), 0.8944271909999159, 1e-14);
    heed_compare_one("spearman", 2, heed_spearman(y, tied, 5), 0.573539334676404, 1e-14);
    heed_compare_one("spearman", 3, heed_spearman(x, down, 5), -1, 1e-14);
    CHECK(isnan(heed_spearman(x, same, 5)));
    CHECK(isnan(heed_spearman(x, y, 1)));
    CHECK(isnan(heed_spearman(x, y, 0)));
}

static void check_bad_files(heed_vectors *vectors)
{
    static const struct {
        char kind; /* i: import, a: analogies, s: similarities */
        const char *text, *message;
    } bad[] = {
        {'i', "", ":1: \"\""},
        {'i', "2\n", ":1: \"2\"; it must be the number of words"},
        {'i', "0 5\n", ":1:"},
        {'i', "1 4000\n", "1 to 2048"},
        {'i', "200000 2000\na 1\n", "too short for 200000 vectors of 2000 numbers"},
        {'i', "2 2\nking 1 2\nman 1\nx 1\n", ":3: 2 fields"},
        {'i', "2 2\nking 1 2\nman 1 x\n", ":3: \"x\" is no number"},
        {'i', "2 2\nking 1 2\nman 1 nan\n", ":3: \"nan\" is no number"},
        {'i', "2 2\nking 1 2\nman 1 1e999\n", ":3: \"1e999\" is no number"},
        {'i', "1 1\nking 1e39\n", ":2: \"1e39\" is too large a number"},
        {'i', "2 1\nking 1\nking 12\n", "\"king\" twice"},
        {'i', "3 1\nking 1\nman 123456\n", ":4: a word is missing"},
        {'i', "1 1\n<unk> 12\n", "reserved"},
        {'a', ": family\n", "there are no questions"},
        {'a', ": family\nman woman king\n", ":2: 3 words; a question has 4"},
        {'a', "a b c d e\n", ":1: 5 words"},
        {'s', "", "there are no pairs"},
        {'s', "king,man,1\nking,man\n", ":2: 2 columns"},
        {'s', "king,man,1\nking,man,high\n", ":2: \"high\" is no number"},
        {'s', "king,man,1\nking,man,1.2.3\n", ":2: \"1.2.3\" is no number"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        heed_error error = {0};
        heed_model *model = NULL;
        heed_analogy_score total;
        heed_similarity_score score;
        write_file("bad.txt", bad[i].text);
        const char *path = scratch("bad.txt");
        const heed_status status = bad[i].kind == 'i'   ? heed_vectors_import(path, &model, &error)
                                   : bad[i].kind == 'a' ? heed_vectors_analogies(vectors, path, 0, NULL, NULL, &total, &error)
                                                        : heed_vectors_similarity(vectors, path, &score, &error);
        CHECK_STATUS(status, HEED_ERROR_FORMAT, &error);
        CHECK_CONTAINS(error.message, bad[i].message);
        CHECK(model == NULL);
    }
    heed_error error = {0};
    heed_model *model = NULL;
    CHECK_STATUS(heed_vectors_import(scratch("none.txt"), &model, &error), HEED_ERROR_IO, &error);
}

/* Out and in again, as text and as a folder: the same numbers; in int8 nearly. */
static void check_round_trip(heed_vectors *vectors, const heed_model *model)
{
    heed_error error = {0};
    heed_model *again = NULL;
    heed_vectors *other = NULL;
    CHECK_OK(heed_vectors_export(vectors, scratch("again.txt"), &error), &error);
    for (int way = 0; way < 3; way++) {
        if (way > 0)
            CHECK_OK(heed_model_save(model, scratch("folder"), way == 2, &error), &error);
        if (CHECK_OK(way == 0 ? heed_vectors_import(scratch("again.txt"), &again, &error)
                              : heed_model_load_folder(scratch("folder"), NULL, &again, &error), &error) &&
            CHECK_OK(heed_vectors_open(again, &other, &error), &error))
            for (int i = 0; i < heed_vectors_count(vectors); i++) {
                float a[2], b[2];
                heed_vectors_row(vectors, i, a);
                heed_vectors_row(other, i, b);
                CHECK_STRING(heed_vectors_word(other, i), heed_vectors_word(vectors, i));
                heed_compare("row", 2, b, a, way == 2 ? 0.02 : 0);
            }
        heed_vectors_free(other);
        heed_model_free(again);
        other = NULL;
        again = NULL;
    }
}

int main(void)
{
    heed_model *model = NULL;
    if (!CHECK(scratch_open()))
        return heed_test_finish("judgements");
    heed_vectors *vectors = open_plane(&model);
    if (vectors != NULL) {
        check_nearest(vectors);
        check_ask(vectors);
        check_analogies(vectors);
        check_similarity(vectors);
        check_bad_files(vectors);
        check_round_trip(vectors, model);
    }
    check_spearman();
    heed_vectors_free(vectors);
    heed_model_free(model);
    scratch_close();
    return heed_test_finish("judgements");
}
