#include "test.h"

#include <math.h>

#include "base/file.h"
#include "base/memory.h"
#include "compare.h"
#include "io/safetensors.h"
#include "io/weights.h"
#include "rounded.h"
#include "scratch.h"

enum { ROWS = 6, COLUMNS = 11 };

static void make(heed_params *params) {
    static const int matrix[] = {ROWS, COLUMNS}, bias[] = {COLUMNS}, cube[] = {2, 3, 4};
    heed_error error = {0};
    memset(params, 0, sizeof *params);
    heed_params_declare(params, "a.weight", HEED_INIT_NORMAL, 0.3, true, 2, matrix);
    heed_params_declare(params, "a.bias", HEED_INIT_NORMAL, 1, false, 1, bias);
    heed_params_declare(params, "b.weight", HEED_INIT_UNIFORM, 2, false, 3, cube);
    CHECK_OK(heed_params_allocate(params, &error), &error);
    heed_params_initialise(params, 42);
}

static heed_status read_path(heed_params *params, const char *path, heed_error *error) {
    char *bytes = NULL;
    size_t size = 0;
    heed_status status = heed_file_read(path, &bytes, &size, error);
    if (status == HEED_OK)
        status = heed_weights_read(params, bytes, size, error);
    heed_free(bytes);
    return status;
}

static void save_load_save(bool int8) {
    heed_params a, b;
    heed_error error = {0};
    make(&a);
    make(&b);
    memset(b.values, 0, b.size * sizeof *b.values);
    CHECK_OK(heed_weights_write(&a, scratch("1"), int8, &error), &error);
    CHECK_OK(read_path(&b, scratch("1"), &error), &error);
    if (int8) {
        /* Each weight is off by at most half a step of its row; what is no matrix is exact. */
        int far = 0;
        for (int r = 0; r < ROWS; r++) {
            double largest = 0;
            for (int c = 0; c < COLUMNS; c++)
                largest = fmax(largest, fabs((double)a.values[r * COLUMNS + c]));
            for (int c = 0; c < COLUMNS; c++)
                far += fabs((double)a.values[r * COLUMNS + c] - (double)b.values[r * COLUMNS + c]) >
                       0.5001 * largest / 127;
        }
        CHECK_INT(far, 0);
        CHECK(memcmp(a.values, b.values, ROWS * COLUMNS * sizeof *a.values) != 0);
        round_to_int8(&a);
    }
    CHECK(memcmp(a.values, b.values, a.size * sizeof *a.values) == 0);
    /* What was rounded once is rounded no further. */
    CHECK_OK(heed_weights_write(&b, scratch("2"), int8, &error), &error);
    CHECK_OK(read_path(&a, scratch("2"), &error), &error);
    heed_compare("second load", a.size, a.values, b.values, 1e-6);
    heed_params_free(&a);
    heed_params_free(&b);
}

static void rows_of_zeros(void) {
    heed_params a;
    heed_error error = {0};
    make(&a);
    memset(a.values, 0, 2 * COLUMNS * sizeof *a.values);
    CHECK_OK(heed_weights_write(&a, scratch("z"), true, &error), &error);
    a.values[0] = 9;
    CHECK_OK(read_path(&a, scratch("z"), &error), &error);
    CHECK(a.values[0] == 0 && a.values[2 * COLUMNS] != 0);
    heed_params_free(&a);
}

/* A file of three tensors as the model wants them, then with one thing wrong. */
typedef struct variant {
    const char *what;
    heed_status status;
    const char *message;
} variant;

static void wrong_files(void) {
    static const variant variants[] = {
        {"right", HEED_OK, ""},
        {"missing", HEED_ERROR_FORMAT, "weights: a.bias [11] is missing"},
        {"extra", HEED_ERROR_FORMAT, "weights: the model has no parameter c.weight [2]"},
        {"shape", HEED_ERROR_SHAPE, "weights: a.weight is [11, 6] in the file; the model needs [6, 11]"},
        {"rank", HEED_ERROR_SHAPE, "weights: a.bias is [1, 11] in the file; the model needs [11]"},
        {"dtype", HEED_ERROR_FORMAT, "weights: a.bias is I32; F32 and I8 are read"},
        {"nan", HEED_ERROR_NUMERIC, "weights: a.weight holds a NaN at element 7"},
        {"infinity", HEED_ERROR_NUMERIC, "weights: a.weight holds an infinity at element 7"},
        {"vector in I8", HEED_ERROR_FORMAT, "weights: a.bias is I8, which only a matrix can be"},
        {"no scale", HEED_ERROR_FORMAT, "weights: a.weight is I8 but a.weight.scale is missing"},
        {"stray scale", HEED_ERROR_FORMAT, "weights: the model has no parameter a.weight.scale [6]"},
    };
    static float values[ROWS * COLUMNS], cube[24];
    static const unsigned char bytes[ROWS * COLUMNS];
    static const int32_t numbers[COLUMNS];
    for (size_t v = 0; v < sizeof variants / sizeof *variants; v++) {
        const char *what = variants[v].what;
        heed_params params;
        heed_error error = {0}, result = {0};
        make(&params);
        for (int i = 0; i < ROWS * COLUMNS; i++)
            values[i] = (float)i;
        heed_safetensor list[5] = {
            {.name = "b.weight", .rank = 3, .dims = {2, 3, 4}, .data = {(const unsigned char *)cube, 0}},
            {.name = "a.weight", .rank = 2, .dims = {ROWS, COLUMNS}, .data = {(const unsigned char *)values, 0}},
            {.name = "a.bias", .rank = 1, .dims = {COLUMNS}, .data = {(const unsigned char *)cube, 0}},
            {.name = "c.weight", .rank = 1, .dims = {2}, .data = {(const unsigned char *)cube, 0}}};
        int count = 3;
        if (strcmp(what, "missing") == 0)
            count = 2;
        if (strcmp(what, "extra") == 0)
            count = 4;
        if (strcmp(what, "shape") == 0) {
            list[1].dims[0] = COLUMNS;
            list[1].dims[1] = ROWS;
        }
        if (strcmp(what, "rank") == 0) {
            list[2].rank = 2;
            list[2].dims[0] = 1;
            list[2].dims[1] = COLUMNS;
        }
        if (strcmp(what, "dtype") == 0) {
            list[2].dtype = HEED_I32;
            list[2].data.data = (const unsigned char *)numbers;
        }
        if (strcmp(what, "nan") == 0)
            values[7] = NAN;
        if (strcmp(what, "infinity") == 0)
            values[7] = -INFINITY;
        if (strcmp(what, "vector in I8") == 0) {
            list[2].dtype = HEED_I8;
            list[2].data.data = bytes;
        }
        if (strcmp(what, "no scale") == 0) {
            list[1].dtype = HEED_I8;
            list[1].data.data = bytes;
        }
        if (strcmp(what, "stray scale") == 0) {
            list[3].name = "a.weight.scale";
            list[3].dims[0] = ROWS;
            count = 4;
        }
        CHECK_OK(heed_safetensors_write(scratch("v"), list, count, NULL, 0, &error), &error);
        CHECK_STATUS(read_path(&params, scratch("v"), &result), variants[v].status, &result);
        CHECK_STRING(result.message, variants[v].message);
        heed_params_free(&params);
    }
}

static void scales(void) {
    static float scale[ROWS];
    static signed char q[ROWS * COLUMNS];
    static float zeros[24];
    for (int attack = 0; attack < 4; attack++) {
        heed_params params;
        heed_error error = {0}, result = {0};
        make(&params);
        for (int r = 0; r < ROWS; r++)
            scale[r] = 0.5f * (float)(r + 1);
        for (int i = 0; i < ROWS * COLUMNS; i++)
            q[i] = (signed char)(i - 30);
        scale[2] = attack == 1 ? NAN : attack == 2 ? 3e38f : scale[2];
        const heed_safetensor list[] = {
            {.name = "a.weight", .dtype = HEED_I8, .rank = 2, .dims = {ROWS, COLUMNS}, .data = {(const void *)q, 0}},
            {.name = "a.weight.scale", .rank = 1, .dims = {attack == 3 ? 5 : ROWS}, .data = {(const void *)scale, 0}},
            {.name = "a.bias", .rank = 1, .dims = {COLUMNS}, .data = {(const void *)zeros, 0}},
            {.name = "b.weight", .rank = 3, .dims = {2, 3, 4}, .data = {(const void *)zeros, 0}}};
        static const heed_status want[] = {HEED_OK, HEED_ERROR_NUMERIC, HEED_ERROR_NUMERIC, HEED_ERROR_SHAPE};
        CHECK_OK(heed_safetensors_write(scratch("s"), list, 4, NULL, 0, &error), &error);
        CHECK_STATUS(read_path(&params, scratch("s"), &result), want[attack], &result);
        if (attack == 0) {
            CHECK((double)params.values[0] == -30 * 0.5);
            CHECK((double)params.values[5 * COLUMNS + 10] == 35 * 3.0);
        } else {
            CHECK_CONTAINS(result.message, "a.weight");
        }
        heed_params_free(&params);
    }
}

/* The file of `list` to the parameters in pieces of `piece` bytes; with `known`, its size is said beforehand. */
static heed_status read_in_pieces(heed_params *params, const char *bytes, size_t size, size_t piece, bool known,
                                  bool int8, heed_error *error) {
    heed_weights_reader *reader = NULL;
    HEED_TRY(heed_weights_reader_create(params, int8, known ? size : HEED_SIZE_UNKNOWN, &reader, error));
    heed_status status = HEED_OK;
    for (size_t at = 0; at < size && status == HEED_OK; at += piece)
        status = heed_weights_reader_feed(reader, bytes + at, size - at < piece ? size - at : piece, error);
    heed_error once = {0}, again = {0};
    if (status != HEED_OK) { /* and so it stays */
        CHECK_STATUS(heed_weights_reader_feed(reader, bytes, size, &once), status, &once);
        CHECK_STATUS(heed_weights_reader_end(reader, &again), status, &again);
        CHECK_STRING(again.message, error->message);
    } else {
        status = heed_weights_reader_end(reader, error);
    }
    heed_weights_reader_free(reader);
    return status;
}

static void compare_rows(const heed_params *got, const heed_params *want) {
    heed_real row[2][24];
    for (int id = 0; id < want->count; id++)
        for (size_t r = 0; r < heed_param_rows(&want->list[id]); r++) {
            heed_params_get_row(got, id, r, row[0]);
            heed_params_get_row(want, id, r, row[1]);
            heed_compare(want->list[id].name, heed_param_width(&want->list[id]), row[0], row[1], 0);
        }
}

/* However a file is cut into pieces, in whatever order its tensors lie, and whatever form the weights take. */
static void pieces(void) {
    static const size_t sizes[] = {1, 2, 3, 7, 11, 44, 100, 1000, 100000};
    static float values[ROWS * COLUMNS], scale[ROWS] = {0.5f, 1, -2, 1e-3f, 3, 0};
    static signed char q[ROWS * COLUMNS];
    for (int i = 0; i < ROWS * COLUMNS; i++) {
        values[i] = (float)i - 20;
        q[i] = (signed char)(4 * i - 128);
    }
    const heed_safetensor tensors[] = {
        {.name = "a.weight", .dtype = HEED_I8, .rank = 2, .dims = {ROWS, COLUMNS}, .data = {(const void *)q, 0}},
        {.name = "a.weight.scale", .rank = 1, .dims = {ROWS}, .data = {(const void *)scale, 0}},
        {.name = "a.bias", .rank = 1, .dims = {COLUMNS}, .data = {(const void *)values, 0}},
        {.name = "b.weight", .rank = 3, .dims = {2, 3, 4}, .data = {(const void *)values, 0}},
        {.name = "a.weight", .rank = 2, .dims = {ROWS, COLUMNS}, .data = {(const void *)values, 0}}};
    static const int orders[][5] = {{4, 0, 1, 2, 3}, {4, 1, 0, 3, 2}, {4, 3, 2, 0, 1}, {4, 1, 2, 3, 0}, {3, 4, 3, 2, 0}};
    for (size_t o = 0; o < sizeof orders / sizeof *orders; o++) {
        heed_safetensor list[4];
        heed_params flat;
        heed_error error = {0};
        heed_string_buffer file = {0};
        for (int i = 0; i < orders[o][0]; i++)
            list[i] = tensors[orders[o][i + 1]];
        CHECK_OK(heed_safetensors_encode(list, orders[o][0], NULL, 0, "pieces", &file, &error), &error);
        make(&flat);
        CHECK_OK(heed_weights_read(&flat, file.text, file.length, &error), &error);
        CHECK((double)flat.values[2] == (o < 4 ? -60.0 : -18.0));
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
            for (int way = 0; way < 8; way++) {
                heed_params params;
                make(&params);
                if (way & 1) {
                    heed_free(params.values);
                    params.values = NULL;
                }
                CHECK_OK(read_in_pieces(&params, file.text, file.length, sizes[s], way & 2, way & 4, &error), &error);
                CHECK((params.list[0].form == HEED_FORM_INT8) == ((way & 5) == 5 && o < 4));
                compare_rows(&params, &flat);
                heed_params_free(&params);
            }
        /* Cut anywhere, it is refused; so is a byte more. */
        int accepted = 0;
        for (size_t n = 0; n <= file.length + 1; n++)
            for (int way = 0; way < 4; way++) {
                heed_params params;
                heed_error cut = {0};
                make(&params);
                heed_free(params.values);
                params.values = NULL;
                char *exact = heed_alloc(n, 1);
                memcpy(exact, file.text, n < file.length ? n : file.length);
                if (n != file.length) {
                    heed_status status = read_in_pieces(&params, exact, n, way & 1 ? n + 1 : 13, way & 2, true, &cut);
                    accepted += status == HEED_OK || cut.message[0] == '\0';
                }
                heed_free(exact);
                heed_params_free(&params);
            }
        CHECK_INT(accepted, 0);
        heed_string_free(&file);
        heed_params_free(&flat);
    }
}

/* What a header may ask for before there are bytes to show for it. */
static void lying_headers(void) {
    static const unsigned char lengths[][8] = {{1, 0, 0, 1}, {0, 0, 0, 0, 1}, {255, 255, 255, 255, 255, 255, 255, 255}};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        heed_params params;
        heed_error error = {0};
        make(&params);
        CHECK_STATUS(read_in_pieces(&params, (const char *)lengths[i], 8, 3, false, true, &error), HEED_ERROR_FORMAT,
                     &error);
        CHECK_CONTAINS(error.message, "weights: the header is said to have");
        heed_params_free(&params);
    }
    /* A parameter whose name is that of another one's scales. */
    static float zeros[ROWS * COLUMNS];
    const heed_safetensor list[] = {
        {.name = "w", .dtype = HEED_I8, .rank = 2, .dims = {ROWS, COLUMNS}, .data = {(const void *)zeros, 0}},
        {.name = "w.scale", .rank = 1, .dims = {ROWS}, .data = {(const void *)zeros, 0}}};
    heed_params params = {0};
    heed_error error = {0};
    heed_params_declare(&params, "w", HEED_INIT_ZERO, 0, true, 2, (int[]){ROWS, COLUMNS});
    heed_params_declare(&params, "w.scale", HEED_INIT_ZERO, 0, false, 1, (int[]){ROWS});
    heed_string_buffer file = {0};
    CHECK_OK(heed_safetensors_encode(list, 2, NULL, 0, "both", &file, &error), &error);
    CHECK_STATUS(read_in_pieces(&params, file.text, file.length, 64, false, true, &error), HEED_ERROR_FORMAT, &error);
    CHECK_CONTAINS(error.message, "w.scale is both");
    heed_string_free(&file);
    heed_params_free(&params);
}

/* The block of a model that was trained, turned into the forms of one that is used, and what those are written as. */
static void settled(void) {
    for (int int8 = 0; int8 < 2; int8++) {
        heed_params trained, used;
        heed_error error = {0};
        heed_string_buffer before = {0}, after = {0};
        make(&trained);
        make(&used);
        CHECK_OK(heed_weights_encode(&trained, int8, &before, &error), &error);
        CHECK_OK(heed_params_pack(&used, &error), &error); /* what was packed meanwhile makes no difference */
        CHECK_OK(heed_params_settle(&used, int8, &error), &error);
        CHECK(used.values == NULL && used.list[0].form == (int8 ? HEED_FORM_INT8 : HEED_FORM_PANELS));
        CHECK_OK(heed_params_settle(&used, int8, &error), &error);
        if (int8)
            round_to_int8(&trained);
        compare_rows(&used, &trained);
        CHECK_OK(heed_weights_encode(&used, int8, &after, &error), &error);
        CHECK(after.length == before.length && (int8 || memcmp(after.text, before.text, after.length) == 0));
        heed_string_free(&before);
        heed_string_free(&after);
        heed_params_free(&trained);
        heed_params_free(&used);
    }
}

static void writing_refuses(void) {
    heed_params params;
    heed_error nan = {0}, folder = {0};
    make(&params);
    CHECK_STATUS(heed_weights_write(&params, scratch("no/where"), false, &folder), HEED_ERROR_IO, &folder);
    params.values[ROWS * COLUMNS + 3] = (heed_real)NAN;
    CHECK_STATUS(heed_weights_write(&params, scratch("never"), true, &nan), HEED_ERROR_NUMERIC, &nan);
    CHECK_STRING(nan.message, "weights: a.bias holds a NaN at element 3");
    CHECK(!scratch_exists("never"));
    heed_params_free(&params);
}

int main(void) {
    if (!CHECK(scratch_open()))
        return heed_test_finish("weights");
    save_load_save(false);
    save_load_save(true);
    rows_of_zeros();
    wrong_files();
    scales();
    pieces();
    lying_headers();
    settled();
    writing_refuses();
    scratch_close();
    return heed_test_finish("weights");
}
