/* Files, weights, checkpoints and the pool of threads. */
#include "fault.h"

#include "../unit/scratch.h"
#include "base/file.h"
#include "base/thread.h"
#include "io/checkpoint.h"
#include "io/weights.h"
#include "rounded.h"

static heed_status make(heed_params *params, heed_error *error) {
    static const int matrix[] = {5, 7}, bias[] = {7};
    char name[40];
    for (int i = 0; i < 40; i++) { /* more than one growth of the list */
        snprintf(name, sizeof name, "layer.%d.weight", i);
        heed_params_declare(params, name, HEED_INIT_NORMAL, 1, false, i % 2 ? 1 : 2, i % 2 ? bias : matrix);
    }
    HEED_TRY(heed_params_allocate(params, error));
    heed_params_initialise(params, 5);
    return HEED_OK;
}

static heed_status weights(bool int8, heed_error *error) {
    heed_params out = {0}, in = {0};
    char *bytes = NULL;
    size_t size = 0;
    heed_status status = make(&out, error);
    if (status == HEED_OK)
        status = make(&in, error);
    if (status == HEED_OK)
        status = heed_weights_write(&out, scratch("w"), int8, error);
    if (status == HEED_OK)
        status = heed_file_read(scratch("w"), &bytes, &size, error);
    if (status == HEED_OK) {
        memset(in.values, 0, in.size * sizeof *in.values);
        status = heed_weights_read(&in, bytes, size, error);
    }
    if (status == HEED_OK) {
        if (int8)
            round_to_int8(&out);
        if (memcmp(out.values, in.values, in.size * sizeof *in.values) != 0)
            status = HEED_ERROR_UNKNOWN;
    }
    heed_free(bytes);
    heed_params_free(&out);
    heed_params_free(&in);
    return status;
}

static heed_status weights_float(heed_error *error) {
    return weights(false, error);
}

static heed_status weights_int8(heed_error *error) {
    return weights(true, error);
}

static heed_status checkpoint(heed_error *error) {
    heed_real values[300], back[300] = {0};
    heed_arena arena = {0};
    const heed_json *state = NULL;
    for (int i = 0; i < 300; i++)
        values[i] = (heed_real)i;
    const heed_checkpoint_block out = {"values", values, 300}, in = {"values", back, 300};
    heed_status status = heed_checkpoint_write(scratch("c"), &out, 1, "{\"epoch\":1}", error);
    if (status == HEED_OK)
        status = heed_checkpoint_read(scratch("c"), &in, 1, &arena, &state, error);
    if (status == HEED_OK && (memcmp(values, back, sizeof values) != 0 || heed_json_get(state, "epoch") == NULL))
        status = HEED_ERROR_UNKNOWN;
    heed_arena_free(&arena);
    return status;
}

static void count_job(void *context, int index) {
    ((int *)context)[index]++;
}

static heed_status pool(heed_error *error) {
    heed_pool *threads = NULL;
    int counts[20] = {0}, sum = 0;
    HEED_TRY(heed_pool_create(3, &threads, error));
    heed_pool_run(threads, count_job, counts, 20);
    heed_pool_free(threads);
    for (int i = 0; i < 20; i++)
        sum += counts[i];
    return sum == 20 ? HEED_OK : HEED_ERROR_UNKNOWN;
}

int main(void) {
    if (!CHECK(scratch_open()))
        return heed_test_finish("fault_files");
    fault_every_allocation("weights in float", weights_float);
    fault_every_allocation("weights in int8", weights_int8);
    fault_every_allocation("checkpoint", checkpoint);
    fault_every_allocation("pool", pool);
    scratch_close();
    return heed_test_finish("fault_files");
}
