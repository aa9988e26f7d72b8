/* Neighbours of words given as a text, as JSON. */
#include <string.h>

#include "base/error.h"
#include "vectors/vector_table.h"

enum { TERMS_MAX = 16, WANTED_MAX = 1000 };

typedef struct query {
    int rows[TERMS_MAX];
    double signs[TERMS_MAX];
    int count;
} query;

static heed_status read_query(const heed_vectors *vectors, const char *text, size_t size, query *out, heed_error *error)
{
    out->count = 0;
    for (size_t at = 0, n; at < size; at += n) {
        for (n = 0; at + n < size && text[at + n] != ' ';)
            n++;
        if (n == 0) {
            n = 1;
            continue;
        }
        const size_t sign = n > 1 && (text[at] == '-' || text[at] == '+');
        int row;
        HEED_TRY(heed_vectors_look_up(vectors, text + at + sign, n - sign, &row, error));
        if (row < 0)
            return heed_fail(error, HEED_ERROR_UNKNOWN, "there is no vector for \"%.*s\"", (int)(n - sign < 100 ? n - sign : 100),
                             text + at + sign);
        if (out->count == TERMS_MAX)
            return heed_fail(error, HEED_ERROR_ARGUMENT, "more than %d words", TERMS_MAX);
        out->signs[out->count] = text[at] == '-' && sign ? -1 : 1;
        out->rows[out->count++] = row;
    }
    return out->count > 0 ? HEED_OK : heed_fail(error, HEED_ERROR_EMPTY_INPUT, "no word was given");
}

static void write_word(heed_json_writer *writer, const heed_vectors *vectors, int row, const char *key, double value)
{
    heed_json_write_object(writer, NULL);
    heed_json_write_string(writer, "word", heed_vectors_word(vectors, row));
    heed_json_write_int(writer, "row", row);
    heed_json_write_real(writer, key, value, 6);
    heed_json_write_end_object(writer);
}

heed_status heed_vectors_ask(heed_vectors *vectors, const char *text, size_t size, int wanted, char **json,
                             heed_error *error)
{
    query asked;
    heed_neighbour found[WANTED_MAX];
    heed_string_buffer buffer = {0};
    heed_json_writer writer = {.out = &buffer};
    *json = NULL;
    if (wanted < 1 || wanted > WANTED_MAX)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "%d neighbours; 1 to %d can be had", wanted, WANTED_MAX);
    HEED_TRY(read_query(vectors, text, size, &asked, error));
    const int count = heed_vectors_nearest(vectors, asked.rows, asked.signs, asked.count, wanted, 0, found);
    heed_json_write_object(&writer, NULL);
    heed_json_write_array(&writer, "terms");
    for (int i = 0; i < asked.count; i++)
        write_word(&writer, vectors, asked.rows[i], "sign", asked.signs[i]);
    heed_json_write_end_array(&writer);
    heed_json_write_array(&writer, "neighbours");
    for (int i = 0; i < count; i++)
        write_word(&writer, vectors, found[i].row, "similarity", found[i].similarity);
    heed_json_write_end_array(&writer);
    heed_json_write_end_object(&writer);
    if (buffer.failed) {
        heed_string_free(&buffer);
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for neighbours");
    }
    *json = buffer.text; /* the buffer's memory comes from heed_alloc and is handed over */
    return HEED_OK;
}
