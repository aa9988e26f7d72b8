#include "base/error.h"
#include "base/json.h"
#include "heed/bench.h"

static void write_row(void *context, const heed_bench_row *row)
{
    heed_json_writer *writer = context;
    heed_json_write_object(writer, NULL);
    heed_json_write_string(writer, "isa", row->isa);
    heed_json_write_string(writer, "kernel", row->kernel);
    heed_json_write_string(writer, "shape", row->shape);
    heed_json_write_string(writer, "unit", row->unit);
    heed_json_write_real(writer, "rate", row->rate, 6);
    heed_json_write_real(writer, "best", row->best, 6);
    heed_json_write_real(writer, "percent", row->percent, 4);
    heed_json_write_string(writer, "against", row->against ? row->against : "");
    heed_json_write_real(writer, "ratio", row->ratio, 4);
    heed_json_write_end_object(writer);
}

heed_status heed_bench_kernels_json(const heed_bench_options *options, char **json, heed_error *error)
{
    heed_string_buffer text = {0};
    heed_json_writer writer = {.out = &text};
    *json = NULL;
    heed_json_write_array(&writer, NULL);
    heed_status status = heed_bench_kernels(options, write_row, &writer, error);
    heed_json_write_end_array(&writer);
    if (status == HEED_OK && text.failed)
        status = heed_fail(error, HEED_ERROR_MEMORY, "out of memory: the benchmark's figures");
    if (status != HEED_OK) {
        heed_string_free(&text);
        return status;
    }
    *json = text.text; /* the buffer's memory comes from heed_alloc and is handed over */
    return HEED_OK;
}
