/* Checkpoints: an input as the file, and as the state and the numbers of one that is written and read back. */
#include <math.h>
#include <string.h>

#include "fuzz_file.h"
#include "io/checkpoint.h"

enum { COUNT = 6 };

static void read_file(const char *path)
{
    heed_real values[COUNT] = {7, 7, 7, 7, 7, 7}, moments[2] = {7, 7};
    const heed_checkpoint_block blocks[] = {{"values", values, COUNT}, {"adam.m", moments, 2}};
    heed_arena arena = {0};
    heed_error error = {0};
    const heed_json *state = NULL;
    const heed_status status = heed_checkpoint_read(path, blocks, 2, &arena, &state, &error);
    if (status != HEED_OK)
        FUZZ_CHECK_REFUSED(status, error);
    FUZZ_CHECK((status == HEED_OK) == (state != NULL));
    for (int i = 0; i < COUNT; i++)
        FUZZ_CHECK(status == HEED_OK ? isfinite((double)values[i]) : values[i] == 7);
    heed_arena_free(&arena);
}

static void write_and_read(const uint8_t *data, size_t size)
{
    heed_real values[COUNT] = {0}, back[COUNT] = {0};
    const heed_checkpoint_block out = {"values", values, COUNT}, in = {"values", back, COUNT};
    heed_arena arena = {0};
    heed_error error = {0}, parsing = {0};
    const heed_json *state = NULL;
    char *text = malloc(size + 1);
    FUZZ_CHECK(text != NULL);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    memcpy(values, data, size < sizeof values ? size : sizeof values);
    bool finite = true;
    for (int i = 0; i < COUNT; i++)
        finite = finite && isfinite((double)values[i]);
    const bool json = heed_json_parse(&arena, text, strlen(text), "state", &parsing) != NULL;
    const char *path = scratch("written");
    heed_status status = heed_checkpoint_write(path, &out, 1, text, &error);
    FUZZ_CHECK(finite || status == HEED_ERROR_NUMERIC);
    if (status == HEED_OK)
        status = heed_checkpoint_read(path, &in, 1, &arena, &state, &error);
    if (status != HEED_OK)
        FUZZ_CHECK_REFUSED(status, error);
    FUZZ_CHECK(!finite || (status == HEED_OK) == json);
    FUZZ_CHECK(status != HEED_OK || memcmp(values, back, sizeof values) == 0);
    fuzz_accepted += status == HEED_OK;
    free(text);
    heed_arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_file(fuzz_file("checkpoint", data, size));
    write_and_read(data, size);
    return 0;
}
