/* safetensors and the weights of a small model: every view lies in the file, sizes agree, values are finite. */
#include <math.h>
#include <string.h>

#include "fuzz.h"
#include "io/safetensors.h"
#include "io/weights.h"

static void check_views(const uint8_t *data, size_t size)
{
    heed_arena arena = {0};
    heed_safetensors file;
    heed_error error = {0};
    heed_status status = heed_safetensors_parse(&arena, data, size, "fuzz", &file, &error);
    if (status != HEED_OK)
        FUZZ_CHECK_REFUSED(status, error);
    fuzz_accepted += status == HEED_OK;
    size_t total = 0;
    unsigned sum = 0;
    for (int i = 0; i < file.count; i++) {
        const heed_safetensor *tensor = &file.list[i];
        size_t count = 1;
        for (int k = 0; k < tensor->rank; k++)
            count *= (size_t)tensor->dims[k];
        FUZZ_CHECK(count == tensor->count && tensor->data.size == count * heed_dtype_size(tensor->dtype));
        FUZZ_CHECK(tensor->data.data >= data && tensor->data.size <= (size_t)(data + size - tensor->data.data));
        for (size_t k = 0; k < tensor->data.size; k++)
            sum += tensor->data.data[k];
        total += tensor->data.size;
        FUZZ_CHECK(heed_safetensors_find(&file, tensor->name) != NULL);
    }
    uint64_t header = 0;
    for (int i = 7; status == HEED_OK && i >= 0; i--)
        header = header << 8 | data[i];
    FUZZ_CHECK(status != HEED_OK || total == size - 8 - header); /* no byte twice, none left over */
    FUZZ_CHECK(sum <= 255u * (unsigned)total);
    heed_arena_free(&arena);
}

/* The same file in small pieces, to a store, its size known or not: the same verdict, the same weights. */
static void check_pieces(const heed_params *whole, heed_status expected, const uint8_t *data, size_t size, int way)
{
    heed_params params = {0};
    heed_error error = {0};
    heed_weights_reader *reader = NULL;
    const size_t piece = way & 1 ? 5 : 61;
    heed_real got[4], want[4];
    for (int i = 0; i < whole->count; i++)
        heed_params_declare(&params, whole->list[i].name, HEED_INIT_ZERO, 0, whole->list[i].matrix, whole->list[i].rank,
                            whole->list[i].dims);
    heed_status status =
        heed_weights_reader_create(&params, way & 2, way & 4 ? size : HEED_SIZE_UNKNOWN, &reader, &error);
    for (size_t at = 0; status == HEED_OK && at < size; at += piece)
        status = heed_weights_reader_feed(reader, data + at, size - at < piece ? size - at : piece, &error);
    if (status == HEED_OK)
        status = heed_weights_reader_end(reader, &error);
    FUZZ_CHECK((status == HEED_OK) == (expected == HEED_OK));
    if (status != HEED_OK)
        FUZZ_CHECK_REFUSED(status, error);
    for (int i = 0; status == HEED_OK && i < params.count; i++)
        for (size_t row = 0; row < heed_param_rows(&params.list[i]); row++) {
            heed_params_get_row(&params, i, row, got);
            heed_params_get_row(whole, i, row, want);
            FUZZ_CHECK(memcmp(got, want, heed_param_width(&params.list[i]) * sizeof *got) == 0);
        }
    heed_weights_reader_free(reader);
    heed_params_free(&params);
}

static void check_weights(const uint8_t *data, size_t size)
{
    static const int matrix[] = {3, 4}, bias[] = {3};
    heed_params params = {0};
    heed_error error = {0};
    heed_params_declare(&params, "a.weight", HEED_INIT_ZERO, 0, true, 2, matrix);
    heed_params_declare(&params, "a.bias", HEED_INIT_ZERO, 0, false, 1, bias);
    FUZZ_CHECK(heed_params_allocate(&params, &error) == HEED_OK);
    heed_status status = heed_weights_read(&params, data, size, &error);
    if (status != HEED_OK)
        FUZZ_CHECK_REFUSED(status, error);
    for (size_t i = 0; status == HEED_OK && i < params.size; i++)
        FUZZ_CHECK(isfinite((double)params.values[i]));
    for (int way = 0; way < 8; way++)
        check_pieces(&params, status, data, size, way);
    heed_params_free(&params);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_views(data, size);
    check_weights(data, size);
    return 0;
}
