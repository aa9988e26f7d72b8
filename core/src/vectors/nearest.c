/* Neighbours: one product of the whole table with the query, and the best of it. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "ops/project.h"
#include "vectors/vector_table.h"

static heed_status open_table(heed_vectors *vectors, heed_error *error)
{
    HEED_TRY(heed_tape_init(&vectors->tape, error));
    const size_t rows = (size_t)vectors->rows, dim = (size_t)vectors->dim;
    vectors->weight = heed_params_tensor(&vectors->tape, &vectors->model->params, 0);
    vectors->inverse = heed_tape_alloc(&vectors->tape, rows, sizeof *vectors->inverse);
    vectors->scores = heed_tape_alloc(&vectors->tape, rows, sizeof *vectors->scores);
    vectors->query = heed_tape_alloc(&vectors->tape, dim, sizeof *vectors->query);
    vectors->row = heed_tape_alloc(&vectors->tape, dim, sizeof *vectors->row);
    if (!heed_tensor_ok(vectors->weight) || !vectors->inverse || !vectors->scores || !vectors->query || !vectors->row)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for the lengths of %zu vectors", rows);
    for (size_t i = 0; i < rows; i++) {
        heed_weight_row(&vectors->tape, vectors->weight, (int)i, vectors->row);
        const double square = vectors->tape.kernels->sum_squares(dim, vectors->row);
        vectors->inverse[i] = (heed_real)(square > 0 ? 1 / sqrt(square) : 0);
    }
    return HEED_OK;
}

heed_status heed_vectors_open(const heed_model *model, heed_vectors **out, heed_error *error)
{
    *out = NULL;
    if (model->arch != &heed_arch_word_vectors)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "the model is a %s; only word_vectors have neighbours",
                         model->arch->name);
    heed_vectors *vectors = heed_alloc(1, sizeof *vectors);
    if (vectors == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for vectors");
    vectors->model = model;
    vectors->rows = model->params.list[0].dims[0];
    vectors->dim = model->params.list[0].dims[1];
    const heed_status status = open_table(vectors, error);
    if (status == HEED_OK)
        *out = vectors;
    else
        heed_vectors_free(vectors);
    return status;
}

void heed_vectors_free(heed_vectors *vectors)
{
    if (vectors == NULL)
        return;
    heed_tape_free(&vectors->tape);
    heed_free(vectors);
}

int heed_vectors_count(const heed_vectors *vectors)
{
    return vectors->rows;
}

int heed_vectors_dim(const heed_vectors *vectors)
{
    return vectors->dim;
}

const char *heed_vectors_word(const heed_vectors *vectors, int row)
{
    return row < 0 ? "" : heed_tokenizer_token(vectors->model->source, HEED_TOKEN_SPECIALS + row);
}

heed_status heed_vectors_look_up(const heed_vectors *vectors, const char *word, size_t size, int *row,
                                 heed_error *error)
{
    heed_arena arena = {0};
    heed_encoding encoding;
    heed_error why = {0};
    const heed_status status = heed_tokenizer_encode(vectors->model->source, word, size, &arena, &encoding, &why);
    *row = status == HEED_OK && encoding.count == 1 && encoding.ids[0] >= HEED_TOKEN_SPECIALS
               ? encoding.ids[0] - HEED_TOKEN_SPECIALS
               : -1;
    heed_arena_free(&arena);
    return status == HEED_ERROR_MEMORY ? heed_fail(error, status, "%s", why.message) : HEED_OK;
}

int heed_vectors_find(const heed_vectors *vectors, const char *word, size_t size)
{
    int row;
    heed_vectors_look_up(vectors, word, size, &row, NULL);
    return row;
}

void heed_vectors_row(const heed_vectors *vectors, int row, float *out)
{
    heed_weight_row(&vectors->tape, vectors->weight, row, vectors->row);
    for (int i = 0; i < vectors->dim; i++)
        out[i] = (float)vectors->row[i];
}

/* Puts a row among the best; they stay in order. */
static int insert(heed_neighbour *out, int count, int wanted, int row, double similarity)
{
    int at = count < wanted ? count : wanted - 1;
    if (count == wanted && !(similarity > out[at].similarity))
        return count;
    for (; at > 0 && similarity > out[at - 1].similarity; at--)
        out[at] = out[at - 1];
    out[at] = (heed_neighbour){row, similarity};
    return count < wanted ? count + 1 : count;
}

int heed_vectors_nearest(heed_vectors *vectors, const int *rows, const double *signs, int count, int wanted, int limit,
                         heed_neighbour *out)
{
    heed_tape *tape = &vectors->tape;
    const heed_kernels *kernels = tape->kernels;
    const size_t dim = (size_t)vectors->dim;
    int found = 0;
    if (wanted < 1)
        return 0;
    memset(vectors->query, 0, dim * sizeof *vectors->query);
    for (int i = 0; i < count; i++) {
        heed_weight_row(tape, vectors->weight, rows[i], vectors->row);
        kernels->axpy(dim, (heed_real)signs[i] * vectors->inverse[rows[i]], vectors->row, vectors->query);
    }
    const double square = kernels->sum_squares(dim, vectors->query);
    kernels->scale(dim, (heed_real)(square > 0 ? 1 / sqrt(square) : 0), vectors->query);
    heed_project(tape, 1, vectors->weight, vectors->query, vectors->dim, vectors->scores, vectors->rows, false);
    for (int i = 0; i < count; i++)
        vectors->scores[rows[i]] = (heed_real)NAN; /* what was asked for is no answer */
    const int last = limit > 0 && limit < vectors->rows ? limit : vectors->rows;
    for (int row = 0; row < last; row++) {
        const double similarity = (double)(vectors->scores[row] * vectors->inverse[row]);
        if (!isnan(similarity))
            found = insert(out, found, wanted, row, similarity);
    }
    return found;
}
