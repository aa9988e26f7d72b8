/* Files about words: vectors in word2vec's text form, questions and judgements. Each input is read as all three. */
#include <math.h>
#include <string.h>

#include "fuzz_file.h"
#include "heed/vectors.h"

static const char plane[] = "5 2\nking 3 1\nqueen 3 2\nman 1 1\nwoman 1 2\nnull 0 0\n";

/* What is taken has finite numbers and words that are found, and comes back from a file the same. */
static void check_vectors(const heed_model *model)
{
    heed_error error = {0};
    heed_vectors *vectors = NULL, *again = NULL;
    heed_model *copy = NULL;
    float row[2048], back[2048];
    FUZZ_CHECK(heed_vectors_open(model, &vectors, &error) == HEED_OK);
    const char *path = scratch("again.txt");
    FUZZ_CHECK(heed_vectors_export(vectors, path, &error) == HEED_OK);
    FUZZ_CHECK(heed_vectors_import(path, &copy, &error) == HEED_OK);
    FUZZ_CHECK(heed_vectors_open(copy, &again, &error) == HEED_OK);
    const int rows = heed_vectors_count(vectors), dim = heed_vectors_dim(vectors);
    FUZZ_CHECK(rows == heed_vectors_count(again) && dim == heed_vectors_dim(again));
    for (int i = 0; i < rows; i++) {
        const char *word = heed_vectors_word(vectors, i);
        FUZZ_CHECK(strcmp(word, heed_vectors_word(again, i)) == 0);
        FUZZ_CHECK(heed_vectors_find(vectors, word, strlen(word)) == i);
        heed_vectors_row(vectors, i, row);
        heed_vectors_row(again, i, back);
        for (int k = 0; k < dim; k++)
            FUZZ_CHECK(isfinite(row[k]) && row[k] == back[k]);
    }
    heed_vectors_free(vectors);
    heed_vectors_free(again);
    heed_model_free(copy);
}

static heed_vectors *open_plane(void)
{
    static heed_model *model;
    static heed_vectors *vectors;
    heed_error error = {0};
    if (model == NULL) {
        FUZZ_CHECK(heed_vectors_import(fuzz_file("plane.txt", (const uint8_t *)plane, sizeof plane - 1), &model,
                                       &error) == HEED_OK);
        FUZZ_CHECK(heed_vectors_open(model, &vectors, &error) == HEED_OK);
    }
    return vectors;
}

static bool ask(const char *path)
{
    heed_vectors *vectors = open_plane();
    heed_error analogies_error = {0}, similarity_error = {0};
    heed_analogy_score total;
    heed_similarity_score score;
    const heed_status analogies = heed_vectors_analogies(vectors, path, 0, NULL, NULL, &total, &analogies_error);
    const heed_status similarity = heed_vectors_similarity(vectors, path, &score, &similarity_error);
    if (analogies != HEED_OK)
        FUZZ_CHECK_REFUSED(analogies, analogies_error);
    FUZZ_CHECK(total.right <= total.covered && total.covered <= total.questions);
    if (similarity != HEED_OK)
        FUZZ_CHECK_REFUSED(similarity, similarity_error);
    else
        FUZZ_CHECK(score.covered <= score.pairs && (isnan(score.spearman) || fabs(score.spearman) <= 1 + 1e-9));
    return analogies == HEED_OK || similarity == HEED_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    heed_model *model = NULL;
    heed_error error = {0};
    const char *path = fuzz_file("words.txt", data, size);
    const heed_status status = heed_vectors_import(path, &model, &error);
    if (status != HEED_OK)
        FUZZ_CHECK_REFUSED(status, error);
    else
        check_vectors(model);
    heed_model_free(model);
    fuzz_accepted += ask(fuzz_file("words.txt", data, size)) || status == HEED_OK;
    return 0;
}
