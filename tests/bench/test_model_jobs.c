/* The models of the comparison, small: they compute what PyTorch computed, however their file is cut, whatever the
 * instruction set, and a run allocates nothing. In double the same within the rounding of the expected float32. */
#include "bench_files.h"
#include "heed/isa.h"

static heed_bench_job *load(const heed_bench_job_options *options, const char *file, size_t piece)
{
    heed_error error = {0};
    heed_bench_job *job = NULL;
    bench_file manifest = read_bench_file(file, ".json"), tensors = read_bench_file(file, ".bin");
    CHECK_OK(heed_bench_job_create(options, manifest.data, manifest.size, tensors.size, &job, &error), &error);
    for (size_t at = 0; job && at < tensors.size; at += piece) {
        const size_t n = tensors.size - at < piece ? tensors.size - at : piece;
        CHECK_OK(heed_bench_job_feed(job, tensors.data + at, n, &error), &error);
    }
    heed_free(manifest.data);
    heed_free(tensors.data);
    return job;
}

static void compute(const char *isa, const heed_bench_model *model, const char *task, int threads, size_t piece)
{
    const heed_bench_job_options options = {.model = model->name, .task = task, .threads = threads};
    const bool training = strcmp(task, "train") == 0;
    bench_file golden = read_bench_file("golden", ".json");
    heed_error error = {0};
    heed_bench_check check;
    heed_bench_job *job = load(&options, model->file, piece);
    for (int i = 0; job && i < HEED_BENCH_LOSSES; i++)
        CHECK_OK(heed_bench_job_run(job, &error), &error);
    if (job) {
        const uint64_t before = heed_bench_allocations();
        CHECK_OK(heed_bench_job_run(job, &error), &error);
        CHECK_INT(heed_bench_allocations() - before, 0);
        CHECK_OK(heed_bench_job_check(job, golden.data, golden.size, &check, &error), &error);
        CHECK(training ? check.train_loss_err >= 0 && check.train_loss_err < 1e-4
                       : check.max_abs_err >= 0 && check.max_abs_err < 1e-5);
        CHECK(check.agreement == (check.tokens_ok < 0 ? -1 : 1));
        heed_bench_outcome outcome = heed_bench_job_outcome(job);
        CHECK_INT(check.tokens_ok, outcome.token_count > 0 ? 1 : -1);
        CHECK(training ? outcome.examples > 1 : outcome.logit_count > 1);
    }
    if (heed_test_failed)
        fprintf(stderr, "  with %s, %s, %s, %d threads, pieces of %zu bytes\n", isa, model->name, task, threads,
                piece);
    heed_bench_job_free(job);
    heed_free(golden.data);
}

/* int8 is near, and not the same; and it takes the expected tokens as given. */
static void compute_int8(const char *model)
{
    bench_file golden = read_bench_file("golden", ".json");
    heed_error error = {0};
    heed_bench_check check;
    heed_bench_job *job = load(&(heed_bench_job_options){.model = model, .dtype = "int8"}, model, 1 << 20);
    if (job) {
        CHECK_OK(heed_bench_job_run(job, &error), &error);
        CHECK_OK(heed_bench_job_check(job, golden.data, golden.size, &check, &error), &error);
        CHECK(check.max_abs_err > 1e-4 && check.max_abs_err < 0.25);
        CHECK(check.agreement > 0.5);
    }
    heed_bench_job_free(job);
    heed_free(golden.data);
}

/* An expected value that is wrong is found, and what cannot be compared is refused. */
static void refuse_expectations(void)
{
    static const char *const bad[] = {
        "{\"M1\": {\"tokens\": [1, 1, 1, 1, 1, 1], \"logits\": [0]}}",
        "{\"M1\": {\"tokens\": [1, 1, 1, 1, 1], \"logits\": [0]}}", "{\"M1\": {\"logits\": [0]}}",
        "{\"M1\": {\"tokens\": 3, \"logits\": [\"x\"]}}", "{\"M2\": {}}", "[]", "{",
    };
    heed_bench_job *job = load(&(heed_bench_job_options){.model = "M1"}, "M1", 1 << 20);
    heed_error ran = {0};
    CHECK_OK(heed_bench_job_run(job, &ran), &ran);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        heed_bench_check check;
        heed_error error = {0};
        heed_status status = heed_bench_job_check(job, bad[i], strlen(bad[i]), &check, &error);
        CHECK_INT(status, i == 0 ? HEED_ERROR_NUMERIC : HEED_ERROR_FORMAT);
        CHECK_CONTAINS(error.message, "M1");
    }
    heed_bench_job_free(job);
}

static void refuse_use(void)
{
    heed_error unready = {0}, odd = {0}, over = {0}, nan = {0}, model = {0}, task = {0}, dtype = {0}, size = {0}, rounded = {0};
    bench_file manifest = read_bench_file("M1", ".json"), tensors = read_bench_file("M1", ".bin");
    const size_t file_size = tensors.size;
    heed_bench_job *job = load(&(heed_bench_job_options){.model = "M1"}, "M1", 1 << 20), *none = NULL;
    CHECK_STATUS(heed_bench_job_feed(job, "abcd", 4, &over), HEED_ERROR_ARGUMENT, &over);
    heed_bench_job *empty = NULL;
    heed_error made = {0};
    CHECK_OK(heed_bench_job_create(&(heed_bench_job_options){.model = "M1"}, manifest.data, manifest.size, file_size,
                                   &empty, &made), &made);
    CHECK_STATUS(heed_bench_job_run(empty, &unready), HEED_ERROR_ARGUMENT, &unready);
    CHECK_STATUS(heed_bench_job_feed(empty, "abc", 3, &odd), HEED_ERROR_ARGUMENT, &odd);
    CHECK_STATUS(heed_bench_job_feed(empty, "\xff\xff\xff\xff", 4, &nan), HEED_ERROR_NUMERIC, &nan);
    CHECK_CONTAINS(nan.message, "src_emb");
    const heed_bench_job_options options[] = {{.model = "M0"}, {.model = "M1", .task = "sing"},
                                              {.model = "M1", .dtype = "f16"}, {.model = "M3", .dtype = "int8"}};
    heed_error *errors[] = {&model, &task, &dtype, &rounded};
    for (int i = 0; i < 4; i++)
        CHECK_STATUS(heed_bench_job_create(&options[i], manifest.data, manifest.size, file_size, &none, errors[i]),
                     HEED_ERROR_UNKNOWN, errors[i]);
    CHECK_STATUS(heed_bench_job_create(&(heed_bench_job_options){.model = "M1"}, manifest.data, manifest.size,
                                       file_size - 4, &none, &size), HEED_ERROR_FORMAT, &size);
    CHECK(none == NULL);
    heed_bench_job_free(job);
    heed_bench_job_free(empty);
    heed_bench_job_free(NULL);
    heed_free(manifest.data);
    heed_free(tensors.data);
}

int main(void)
{
    for (const char *const *isa = heed_isa_list(); *isa; isa++) {
        heed_error error = {0};
        if (!heed_isa_available(*isa))
            continue;
        CHECK_OK(heed_isa_force(*isa, &error), &error);
        for (int i = 0; heed_bench_model_at(i); i++) {
            const heed_bench_model *model = heed_bench_model_at(i);
            if (strstr(model->tasks, "infer"))
                compute(*isa, model, "infer", 1, 1 << 20);
            for (int threads = 1; strstr(model->tasks, "train") && threads <= 9; threads *= 3)
                compute(*isa, model, "train", threads, 100);
        }
        compute(*isa, heed_bench_model_at(0), "infer", 1, 4);
    }
    compute_int8("M1");
    compute_int8("M2");
    refuse_expectations();
    refuse_use();
    return heed_test_finish("bench_model_jobs");
}
