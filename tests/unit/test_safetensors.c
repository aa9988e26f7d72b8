#include "test.h"

#include "base/file.h"
#include "base/memory.h"
#include "compare.h"
#include "io/safetensors.h"
#include "scratch.h"

/* header (a JSON text) and `data_size` zero bytes as a file in memory. */
static heed_status parse_header(heed_arena *arena, const char *header, size_t data_size, heed_safetensors *out,
                                heed_error *error) {
    size_t n = strlen(header);
    unsigned char *file = heed_arena_alloc_zero(arena, 8 + n + data_size);
    for (int i = 0; i < 8; i++)
        file[i] = (unsigned char)((uint64_t)n >> 8 * i);
    memcpy(file + 8, header, n);
    return heed_safetensors_parse(arena, file, 8 + n + data_size, "m.safetensors", out, error);
}

static void round_trip(void) {
    static const float f[] = {1.5f, -2, 3e-30f, 0, 5, 6};
    static const double d[] = {0.1, -1e300};
    static const signed char q[] = {-127, 0, 127};
    static const unsigned char u[] = {255};
    static const int32_t i32[] = {-1, 1 << 30};
    static const int64_t i64[] = {INT64_MIN};
    const heed_safetensor list[] = {
        {.name = "f", .dtype = HEED_F32, .rank = 2, .dims = {2, 3}, .data = {(const unsigned char *)f, 0}},
        {.name = "d", .dtype = HEED_F64, .rank = 1, .dims = {2}, .data = {(const unsigned char *)d, 0}},
        {.name = "q\"\xC3\xA9", .dtype = HEED_I8, .rank = 1, .dims = {3}, .data = {(const unsigned char *)q, 0}},
        {.name = "u", .dtype = HEED_U8, .rank = 0, .data = {u, 0}},
        {.name = "i", .dtype = HEED_I32, .rank = 3, .dims = {1, 2, 1}, .data = {(const unsigned char *)i32, 0}},
        {.name = "none", .dtype = HEED_F32, .rank = 2, .dims = {0, 7}, .data = {NULL, 0}},
        {.name = "l", .dtype = HEED_I64, .rank = 1, .dims = {1}, .data = {(const unsigned char *)i64, 0}}};
    static const heed_metadata metadata[] = {{"format", "test"}, {"note", "a \"b\"\n"}};
    heed_error error = {0};
    char *bytes = NULL;
    size_t size = 0;
    CHECK_OK(heed_safetensors_write(scratch("t.safetensors"), list, 7, metadata, 2, &error), &error);
    if (!CHECK_OK(heed_file_read(scratch("t.safetensors"), &bytes, &size, &error), &error))
        return;
    heed_arena arena = {0};
    heed_safetensors file;
    CHECK_OK(heed_safetensors_parse(&arena, bytes, size, "t", &file, &error), &error);
    CHECK_INT(file.count, 7);
    for (int i = 0; i < 7; i++) {
        const heed_safetensor *t = heed_safetensors_find(&file, list[i].name);
        if (!CHECK(t != NULL))
            continue;
        CHECK_INT(t->dtype, list[i].dtype);
        CHECK_INT(t->rank, list[i].rank);
        CHECK(memcmp(t->dims, list[i].dims, sizeof t->dims) == 0);
        CHECK_INT(t->data.size, t->count * heed_dtype_size(t->dtype));
        CHECK(t->data.size == 0 || memcmp(t->data.data, list[i].data.data, t->data.size) == 0);
    }
    CHECK_INT(heed_safetensors_find(&file, "f")->count, 6);
    CHECK_INT(heed_safetensors_find(&file, "u")->count, 1);
    CHECK(heed_safetensors_find(&file, "F") == NULL);
    CHECK((float)heed_safetensor_real(heed_safetensors_find(&file, "f"), 2) == 3e-30f);
    CHECK(heed_safetensor_real(heed_safetensors_find(&file, "d"), 1) == -1e300);
    CHECK_STRING(heed_safetensors_metadata(&file, "note"), "a \"b\"\n");
    CHECK(heed_safetensors_metadata(&file, "absent") == NULL);
    /* The first tensor begins on a cache line of the file. */
    CHECK_INT(((const char *)file.list[0].data.data - bytes) % 64, 0);
    /* Every shorter file is refused: nothing can be cut off unnoticed. */
    int accepted = 0;
    for (size_t n = 0; n < size; n++) {
        heed_error cut = {0};
        char *exact = heed_alloc(n, 1); /* so that a sanitizer sees a read past the end */
        memcpy(exact, bytes, n);
        accepted += heed_safetensors_parse(&arena, exact, n, "t", &file, &cut) == HEED_OK || cut.message[0] == '\0';
        heed_free(exact);
    }
    CHECK_INT(accepted, 0);
    heed_arena_free(&arena);
    heed_free(bytes);
}

static void lies(void) {
    static const struct {
        const char *header;
        size_t data_size;
        const char *message;
    } cases[] = {
        {"{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 7,
         "tensor w: bytes 0 to 8 lie outside the 7"},
        {"{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 9, "1 bytes after the last tensor"},
        {"{\"w\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", 8,
         "tensor w: F32 [3] needs 12 bytes but has 8"},
        {"{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}", 8, "tensor w: bytes 8 to 0 lie outside"},
        {"{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}", 8, "tensor w: data_offsets"},
        {"{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]}}", 8, "tensor w: data_offsets"},
        {"{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8.5]}}", 8, "tensor w: data_offsets"},
        {"{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,1e30]}}", 8, "tensor w: data_offsets"},
        {"{\"w\":{\"dtype\":\"F32\",\"shape\":[2]}}", 8, "tensor w: data_offsets"},
        {"{\"w\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4,
         "tensor w: dtype BF16 is not supported"},
        {"{\"w\":{\"shape\":[2],\"data_offsets\":[0,4]}}", 4, "tensor w: dtype is missing"},
        {"{\"w\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", 4, "tensor w: shape is missing"},
        {"{\"w\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", 4, "tensor w: impossible size of axis 0"},
        {"{\"w\":{\"dtype\":\"F32\",\"shape\":[1,\"2\"],\"data_offsets\":[0,4]}}", 4,
         "tensor w: impossible size of axis 1"},
        {"{\"w\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}", 0,
         "tensor w: impossible"},
        {"{\"w\":{\"dtype\":\"F64\",\"shape\":[4503599627370496,512],\"data_offsets\":[0,0]}}", 0,
         "tensor w: impossible"},
        {"{\"w\":{\"dtype\":\"U8\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,1]}}", 1, "more than 8 axes"},
        {"{\"w\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},\"v\":{\"dtype\":\"U8\",\"shape\":[4],"
         "\"data_offsets\":[2,6]}}", 6, "tensor v overlaps w"},
        {"{\"w\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},\"v\":{\"dtype\":\"U8\",\"shape\":[4],"
         "\"data_offsets\":[0,4]}}", 4, "overlaps"},
        {"{\"w\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},\"v\":{\"dtype\":\"U8\",\"shape\":[1],"
         "\"data_offsets\":[5,6]}}", 6, "a hole of 1 bytes before tensor v"},
        {"{\"w\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},\"w\":{\"dtype\":\"U8\",\"shape\":[1],"
         "\"data_offsets\":[1,2]}}", 2, "\"w\" occurs twice"},
        {"{\"w\":[]}", 0, "must be an object"},
        {"{\"w\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1],\"x\":1}}", 1, "unknown field \"x\""},
        {"{\"__metadata__\":[]}", 0, "__metadata__ is no object"},
        {"{\"__metadata__\":{\"a\":1}}", 0, "__metadata__.a is no string"},
        {"[]", 0, "the header is no JSON object"},
        {"{\"w\"", 0, "header of m.safetensors: line 1"},
        {"", 0, "header of m.safetensors"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        heed_arena arena = {0};
        heed_safetensors file;
        heed_error error = {0};
        CHECK_STATUS(parse_header(&arena, cases[i].header, cases[i].data_size, &file, &error), HEED_ERROR_FORMAT,
                     &error);
        CHECK_CONTAINS(error.message, cases[i].message);
        CHECK(file.count == 0 && file.list == NULL);
        heed_arena_free(&arena);
    }
    static const unsigned char lengths[][10] = {
        {255, 255, 255, 255, 255, 255, 255, 255, '{', '}'}, {3, 0, 0, 0, 0, 0, 0, 0, '{', '}'},
        {2, 0, 0, 0, 0, 0, 0, 128, '{', '}'}};
    for (int i = 0; i < 3; i++) {
        heed_arena arena = {0};
        heed_safetensors file;
        heed_error error = {0};
        CHECK_STATUS(heed_safetensors_parse(&arena, lengths[i], 10, "m", &file, &error), HEED_ERROR_FORMAT, &error);
        CHECK_CONTAINS(error.message, "the header is said to have");
        heed_arena_free(&arena);
    }
    heed_arena arena = {0};
    heed_safetensors file;
    heed_error error = {0};
    CHECK_OK(parse_header(&arena, "{}", 0, &file, &error), &error);
    CHECK_INT(file.count, 0);
    heed_arena_free(&arena);
}

int main(void) {
    if (CHECK(scratch_open())) {
        round_trip();
        scratch_close();
    }
    lies();
    return heed_test_finish("safetensors");
}
