#define _POSIX_C_SOURCE 200809L /* clock_gettime, getrusage */
#include "model_timing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { PIECE = 1 << 20, MOST_CALLS = 5000, LEAST_CALLS = 5, WARM_CALLS = 10 };

static double seconds_of(clockid_t which)
{
    struct timespec now;
    clock_gettime(which, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* One line of output: a metric's value, and the numbers beside it as JSON members. */
static void put(const model_timing *timing, const char *metric, const char *value, const char *more)
{
    const heed_bench_job_options *job = &timing->job;
    const bool training = job->task != NULL && strcmp(job->task, "train") == 0;
    char threads[16] = "";
    if (training && job->threads > 1)
        snprintf(threads, sizeof threads, "/%dt", job->threads);
    const bool f32 = job->dtype == NULL || strcmp(job->dtype, "f32") == 0;
    if (timing->json)
        printf("{\"peer\":\"heed/native-%s%s%s%s\",\"model\":\"%s\",\"metric\":\"%s\",\"value\":%s%s%s}\n",
               heed_isa_name(), f32 ? "" : "/", f32 ? "" : job->dtype, threads, job->model, metric, value,
               *more ? "," : "", more);
    else
        printf("%-28s %12s  %s\n", metric, value, more);
}

static void put_number(const model_timing *timing, const char *metric, double number)
{
    char text[32];
    snprintf(text, sizeof text, "%.5g", number);
    put(timing, metric, text, "");
}

static int fail_path(const cli_command *command, const char *path)
{
    return cli_fail(command, "%s: cannot read: %s", path, strerror(errno));
}

/* The job with its tensors read piece by piece: the file is never whole in memory. */
static int load(const cli_command *command, const model_timing *timing, const heed_bench_model *model,
                heed_bench_job **job)
{
    char path[4096];
    size_t size = 0;
    heed_error error = {0};
    snprintf(path, sizeof path, "%s/%s.json", timing->folder, model->file);
    char *manifest = cli_read_file(command, path, &size);
    if (manifest == NULL)
        return CLI_FAILED;
    snprintf(path, sizeof path, "%s/%s.bin", timing->folder, model->file);
    FILE *file = fopen(path, "rb");
    char *piece = malloc(PIECE);
    long end = -1;
    if (file != NULL && fseek(file, 0, SEEK_END) == 0)
        end = ftell(file);
    int code = CLI_OK;
    if (end < 0 || piece == NULL) {
        code = fail_path(command, path);
    } else {
        rewind(file);
        heed_status status = heed_bench_job_create(&timing->job, manifest, size, (size_t)end, job, &error);
        size_t got = 1;
        while (status == HEED_OK && (got = fread(piece, 1, PIECE, file)) > 0)
            status = heed_bench_job_feed(*job, piece, got, &error);
        if (status != HEED_OK)
            code = cli_fail(command, "%s: %s", path, error.message);
        else if (ferror(file))
            code = fail_path(command, path);
    }
    if (file != NULL)
        fclose(file);
    free(piece);
    free(manifest);
    return code;
}

static int check(const cli_command *command, const model_timing *timing, heed_bench_job *job)
{
    char path[4096];
    size_t size = 0;
    heed_bench_check found;
    heed_error error = {0};
    snprintf(path, sizeof path, "%s/golden.json", timing->folder);
    char *expected = cli_read_file(command, path, &size);
    if (expected == NULL)
        return CLI_FAILED;
    heed_status status = heed_bench_job_check(job, expected, size, &found, &error);
    free(expected);
    if (found.tokens_ok >= 0)
        put(timing, "tokens_ok", found.tokens_ok ? "true" : "false", "");
    if (found.agreement >= 0)
        put_number(timing, "token_agreement", found.agreement);
    if (found.max_abs_err >= 0)
        put_number(timing, "max_abs_err", found.max_abs_err);
    if (found.train_loss_err >= 0)
        put_number(timing, "train_loss_err", found.train_loss_err);
    return status == HEED_OK ? CLI_OK : cli_fail_error(command, &error);
}

static int ascending(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return a < b ? -1 : a > b;
}

/* Runs the job for the span and prints what a call takes: the median, and beside it what disturbs a median less. */
static int measure(const cli_command *command, const model_timing *timing, heed_bench_job *job, bool training)
{
    heed_error error = {0};
    double *times = malloc(MOST_CALLS * sizeof *times);
    if (times == NULL)
        return cli_fail(command, "out of memory");
    heed_status status = HEED_OK;
    double start = seconds_of(CLOCK_MONOTONIC);
    for (int i = 0; i < WARM_CALLS && status == HEED_OK && (i < 2 || seconds_of(CLOCK_MONOTONIC) - start < 1); i++)
        status = heed_bench_job_run(job, &error);
    const uint64_t allocations = heed_bench_allocations();
    const double cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    int n = 0;
    start = seconds_of(CLOCK_MONOTONIC);
    for (double now = start, before; status == HEED_OK && n < MOST_CALLS &&
                                     (n < LEAST_CALLS || now - start < timing->seconds); n++) {
        before = now;
        status = heed_bench_job_run(job, &error);
        now = seconds_of(CLOCK_MONOTONIC);
        times[n] = (now - before) * 1e3;
    }
    if (status != HEED_OK) {
        free(times);
        return cli_fail_error(command, &error);
    }
    const double per_call = (seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu) * 1e3 / n;
    qsort(times, (size_t)n, sizeof *times, ascending);
    const double median = n % 2 ? times[n / 2] : (times[n / 2 - 1] + times[n / 2]) / 2;
    const heed_bench_outcome outcome = heed_bench_job_outcome(job);
    char value[32], more[128];
    snprintf(value, sizeof value, "%.5g", median);
    snprintf(more, sizeof more, "\"n\":%d,\"p10\":%.5g,\"min\":%.5g,\"cpu\":%.5g", n, times[n / 10], times[0],
             per_call);
    put(timing, training ? "train_step_ms" : "latency_ms", value, more);
    if (training)
        put_number(timing, "train_examples_per_s", outcome.examples * 1e3 / median);
    if (training && outcome.target_tokens > 0)
        put_number(timing, "train_target_tokens_per_s", outcome.target_tokens * 1e3 / median);
    if (outcome.token_count > 0)
        put_number(timing, "tokens_per_s", outcome.token_count * 1e3 / median);
    put_number(timing, "allocations_per_call", (double)(heed_bench_allocations() - allocations) / n);
    free(times);
    return CLI_OK;
}

static const heed_bench_model *find_model(const char *name)
{
    for (int i = 0; heed_bench_model_at(i) != NULL; i++)
        if (strcmp(heed_bench_model_at(i)->name, name) == 0)
            return heed_bench_model_at(i);
    return NULL;
}

static int list_models(const cli_command *command, const char *name)
{
    char names[128] = "";
    for (int i = 0; heed_bench_model_at(i) != NULL; i++)
        snprintf(names + strlen(names), sizeof names - strlen(names), " %s", heed_bench_model_at(i)->name);
    return cli_usage(command, "there is no model \"%s\"; there are%s", name, names);
}

int time_model(const cli_command *command, const model_timing *timing)
{
    const double began = seconds_of(CLOCK_MONOTONIC) - seconds_of(CLOCK_PROCESS_CPUTIME_ID); /* when the process did */
    const heed_bench_model *model = find_model(timing->job.model);
    if (model == NULL)
        return list_models(command, timing->job.model);
    if (timing->folder == NULL)
        return cli_usage(command, "--model needs --data FOLDER");
    const bool training = timing->job.task != NULL && strcmp(timing->job.task, "train") == 0;
    heed_bench_job *job = NULL;
    heed_error error = {0};
    int code = load(command, timing, model, &job);
    if (code == CLI_OK && heed_bench_job_run(job, &error) != HEED_OK)
        code = cli_fail_error(command, &error);
    if (code == CLI_OK)
        put_number(timing, "init_ms", (seconds_of(CLOCK_MONOTONIC) - began) * 1e3);
    for (int i = 1; training && i < HEED_BENCH_LOSSES && code == CLI_OK; i++)
        if (heed_bench_job_run(job, &error) != HEED_OK)
            code = cli_fail_error(command, &error);
    if (code == CLI_OK && !timing->unchecked)
        code = check(command, timing, job);
    if (code == CLI_OK && timing->seconds > 0)
        code = measure(command, timing, job, training);
    struct rusage usage;
    if (code == CLI_OK && getrusage(RUSAGE_SELF, &usage) == 0)
        put_number(timing, training ? "train_peak_rss_mb" : "peak_rss_mb", (double)(usage.ru_maxrss / 1024));
    heed_bench_job_free(job);
    return code == CLI_OK ? cli_finish(command) : code;
}
