#include "test.h"

#include <math.h>

#include "base/file.h"
#include "base/memory.h"
#include "io/checkpoint.h"
#include "io/safetensors.h"
#include "scratch.h"

static const char state[] = "{\"epoch\":3,\"best\":0.25,\"note\":\"a \\\"b\\\"\"}";

static void round_trip(void) {
    heed_real values[100], moments[7], values_back[100], moments_back[7], none;
    heed_error error = {0};
    heed_arena arena = {0};
    const heed_json *json = NULL;
    for (int i = 0; i < 100; i++)
        values[i] = (heed_real)(i == 50 ? -0.0 : 1.0 / (i + 1) - 1e-40 * i); /* subnormals and -0 too */
    for (int i = 0; i < 7; i++)
        moments[i] = (heed_real)i;
    const heed_checkpoint_block out[] = {{"values", values, 100}, {"adam.m", moments, 7}, {"empty", &none, 0}};
    const heed_checkpoint_block in[] = {{"adam.m", moments_back, 7}, {"values", values_back, 100}, {"empty", &none, 0}};
    CHECK_OK(heed_checkpoint_write(scratch("c"), out, 3, state, &error), &error);
    CHECK_OK(heed_checkpoint_write(scratch("c"), out, 3, state, &error), &error);
    CHECK_OK(heed_checkpoint_read(scratch("c"), in, 3, &arena, &json, &error), &error);
    CHECK(memcmp(values, values_back, sizeof values) == 0);
    CHECK(memcmp(moments, moments_back, sizeof moments) == 0);
    int64_t epoch = 0;
    CHECK_OK(heed_json_int(json, "state", "epoch", 0, 9, &epoch, &error), &error);
    CHECK_INT(epoch, 3);
    CHECK_STRING(heed_json_get(json, "note")->string, "a \"b\"");
    CHECK_INT(scratch_count(scratch_folder), 1);
    heed_arena_free(&arena);
}

/* Reads with the wrong expectations; the blocks must keep what they held. */
static void refusals(void) {
    heed_real values[100], moments[8];
    heed_arena arena = {0};
    const heed_json *json = NULL;
    const heed_checkpoint_block longer[] = {{"values", values, 100}, {"adam.m", moments, 8}, {"empty", moments, 0}};
    const heed_checkpoint_block other[] = {{"values", values, 100}, {"adam.v", moments, 7}, {"empty", moments, 0}};
    const heed_checkpoint_block fewer[] = {{"values", values, 100}, {"adam.m", moments, 7}};
    for (int i = 0; i < 100; i++)
        values[i] = 77;
    heed_error size = {0}, name = {0}, count = {0}, missing = {0};
    CHECK_STATUS(heed_checkpoint_read(scratch("c"), longer, 3, &arena, &json, &size), HEED_ERROR_SHAPE, &size);
    CHECK_CONTAINS(size.message, "block adam.m is");
    CHECK_STATUS(heed_checkpoint_read(scratch("c"), other, 3, &arena, &json, &name), HEED_ERROR_FORMAT, &name);
    CHECK_CONTAINS(name.message, "block adam.v is missing");
    CHECK_STATUS(heed_checkpoint_read(scratch("c"), fewer, 2, &arena, &json, &count), HEED_ERROR_FORMAT, &count);
    CHECK_STATUS(heed_checkpoint_read(scratch("none"), fewer, 2, &arena, &json, &missing), HEED_ERROR_IO, &missing);
    char *bytes = NULL;
    size_t n = 0;
    heed_error error = {0};
    const heed_checkpoint_block right[] = {{"values", values, 100}, {"adam.m", moments, 7}, {"empty", moments, 0}};
    CHECK_OK(heed_file_read(scratch("c"), &bytes, &n, &error), &error);
    for (size_t cut = 0; cut < n; cut += 37) { /* a file that was cut anywhere */
        heed_bytes part = {(const unsigned char *)bytes, cut};
        heed_error broken = {0};
        CHECK_OK(heed_file_write(scratch("cut"), &part, 1, &error), &error);
        CHECK(heed_checkpoint_read(scratch("cut"), right, 3, &arena, &json, &broken) != HEED_OK);
    }
    heed_free(bytes);
    int changed = 0;
    for (int i = 0; i < 100; i++)
        changed += values[i] != 77;
    CHECK_INT(changed, 0);
    heed_arena_free(&arena);
}

static void not_a_number(void) {
    heed_real values[3] = {1, (heed_real)INFINITY, 2};
    heed_error infinite = {0}, error = {0}, broken = {0}, state_error = {0};
    heed_arena arena = {0};
    const heed_json *json = NULL;
    const heed_checkpoint_block block = {"values", values, 3};
    CHECK_STATUS(heed_checkpoint_write(scratch("bad"), &block, 1, state, &infinite), HEED_ERROR_NUMERIC, &infinite);
    CHECK_CONTAINS(infinite.message, "block values holds a NaN or an infinity at element 1");
    CHECK(!scratch_exists("bad"));
    values[1] = 5;
    CHECK_OK(heed_checkpoint_write(scratch("bad"), &block, 1, state, &error), &error);
    char *bytes = NULL;
    size_t n = 0;
    CHECK_OK(heed_file_read(scratch("bad"), &bytes, &n, &error), &error);
    memset(bytes + n - 2 * sizeof *values, 0xFF, sizeof *values); /* a NaN on disk */
    heed_bytes part = {(const unsigned char *)bytes, n};
    CHECK_OK(heed_file_write(scratch("bad"), &part, 1, &error), &error);
    heed_free(bytes);
    CHECK_STATUS(heed_checkpoint_read(scratch("bad"), &block, 1, &arena, &json, &broken), HEED_ERROR_NUMERIC, &broken);
    CHECK(values[1] == 5);
    CHECK_OK(heed_checkpoint_write(scratch("bad"), &block, 1, "{\"epoch\":", &error), &error);
    CHECK_STATUS(heed_checkpoint_read(scratch("bad"), &block, 1, &arena, &json, &state_error), HEED_ERROR_FORMAT,
                 &state_error);
    CHECK_CONTAINS(state_error.message, "state of ");
    heed_arena_free(&arena);
}

/* One bit turned over anywhere but in the padding is seen; so is a file of the time before checksums. */
static void damage(void) {
    heed_real values[20], back[20];
    heed_error error = {0}, old = {0};
    heed_arena arena = {0};
    const heed_json *json = NULL;
    char *bytes = NULL;
    size_t n = 0;
    for (int i = 0; i < 20; i++)
        values[i] = (heed_real)(i + 0.5);
    const heed_checkpoint_block out = {"values", values, 20}, in = {"values", back, 20};
    CHECK_OK(heed_checkpoint_write(scratch("d"), &out, 1, state, &error), &error);
    CHECK_OK(heed_file_read(scratch("d"), &bytes, &n, &error), &error);
    int unseen = 0, checksums = 0;
    for (size_t at = 8; at < n; at++) {
        heed_error damaged = {0};
        const heed_bytes part = {(const unsigned char *)bytes, n};
        if (bytes[at] == ' ')
            continue;
        bytes[at] ^= 1;
        CHECK_OK(heed_file_write(scratch("d"), &part, 1, &error), &error);
        bytes[at] ^= 1;
        unseen += heed_checkpoint_read(scratch("d"), &in, 1, &arena, &json, &damaged) == HEED_OK;
        checksums += strstr(damaged.message, "it is damaged: its checksum is ") != NULL;
    }
    CHECK_INT(unseen, 0);
    CHECK(checksums >= (int)(20 * sizeof *values));
    heed_free(bytes);
    const heed_safetensor list = {.name = "values", .dtype = sizeof *values == 8 ? HEED_F64 : HEED_F32, .rank = 1,
                                  .dims = {20}, .data.data = (const unsigned char *)values};
    const heed_metadata metadata[] = {{"format", "heed checkpoint"}, {"state", state}};
    CHECK_OK(heed_safetensors_write(scratch("d"), &list, 1, metadata, 2, &error), &error);
    CHECK_STATUS(heed_checkpoint_read(scratch("d"), &in, 1, &arena, &json, &old), HEED_ERROR_FORMAT, &old);
    CHECK_CONTAINS(old.message, "without a checksum");
    heed_arena_free(&arena);
}

int main(void) {
    if (!CHECK(scratch_open()))
        return heed_test_finish("checkpoint");
    round_trip();
    refusals();
    not_a_number();
    damage();
    scratch_close();
    return heed_test_finish("checkpoint");
}
