/* The manifest of a benchmark: what is accepted can be filled with zeros and run, what is not says why. */
#include "bench/bench_manifest.h"
#include "fuzz.h"
#include "heed/bench.h"

/* Every model in turn: the manifest is made for one of them only. */
static void run(const char *model, const char *task, const uint8_t *data, size_t size, size_t file_size)
{
    static const char zeros[1 << 16];
    heed_bench_job *job = NULL;
    heed_error error = {0};
    const heed_bench_job_options options = {.model = model, .task = task};
    heed_status status = heed_bench_job_create(&options, (const char *)data, size, file_size, &job, &error);
    if (status == HEED_OK) {
        status = heed_bench_job_feed(job, zeros, file_size, &error);
        FUZZ_CHECK(status == HEED_OK);
        status = heed_bench_job_run(job, &error);
    }
    if (status != HEED_OK)
        FUZZ_CHECK_REFUSED(status, error);
    heed_bench_job_free(job);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    heed_arena arena = {0};
    heed_bench_manifest manifest;
    heed_error error = {0};
    heed_status status = heed_bench_manifest_parse(&arena, (const char *)data, size, &manifest, &error);
    if (status != HEED_OK)
        FUZZ_CHECK_REFUSED(status, error);
    fuzz_accepted += status == HEED_OK;
    const size_t file_size = status == HEED_OK ? manifest.bytes : 4;
    heed_arena_free(&arena);
    for (int i = 0; file_size <= 1 << 16 && heed_bench_model_at(i); i++)
        for (int train = 0; train < 2; train++)
            run(heed_bench_model_at(i)->name, train ? "train" : "infer", data, size, file_size);
    return 0;
}
