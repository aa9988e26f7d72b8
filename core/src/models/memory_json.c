/* Where the bytes of a model at work are. */
#include "base/error.h"
#include "models/generation.h"

heed_status heed_generation_memory(const heed_generation *generation, char **json, heed_error *error)
{
    const heed_model *model = generation->model;
    const heed_tape *tape = &generation->tape;
    heed_string_buffer text = {0};
    heed_json_writer writer = {.out = &text};
    *json = NULL;
    heed_json_write_object(&writer, NULL);
    const heed_params *params = &model->params;
    heed_json_write_int(&writer, "parameters", params->values ? (int64_t)(params->size * sizeof *params->values) : 0);
    heed_json_write_int(&writer, "packed", (int64_t)params->store_size);
    heed_json_write_int(&writer, "model", (int64_t)heed_arena_bytes(&model->arena));
    heed_json_write_int(&writer, "tensors", (int64_t)heed_arena_bytes(&tape->arena));
    heed_json_write_int(&writer, "hypotheses", (int64_t)heed_arena_bytes(&generation->arena));
    heed_json_write_int(&writer, "scratch", (int64_t)(HEED_GEMM_SCRATCH * sizeof *tape->gemm_scratch));
    heed_json_write_end_object(&writer);
    if (text.failed) {
        heed_string_free(&text);
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: the bytes of a model");
    }
    *json = text.text; /* the buffer's memory comes from heed_alloc and is handed over */
    return HEED_OK;
}
