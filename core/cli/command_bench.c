/* heed bench: how fast the kernels are here, and with --model how fast a whole model is (model_timing.c). */
#include "model_timing.h"

typedef struct bench_output {
    bool json;
    int rows;
} bench_output;

static void print_row(void *context, const heed_bench_row *row)
{
    bench_output *output = context;
    const char *against = row->against ? row->against : "";
    if (output->json)
        printf("%s\n {\"isa\":\"%s\",\"kernel\":\"%s\",\"shape\":\"%s\",\"unit\":\"%s\",\"rate\":%.6g,\"best\":%.6g,"
               "\"percent\":%.4g,\"against\":\"%s\",\"ratio\":%.4g,\"seconds\":%.6g}",
               output->rows > 0 ? "," : "", row->isa, row->kernel, row->shape, row->unit, row->rate, row->best,
               row->percent, against, row->ratio, row->seconds);
    else {
        printf("%-8s %-24s %-16s %10.2f %10.2f %-9s", row->isa, row->kernel, row->shape, row->rate, row->best,
               row->unit);
        if (row->percent > 0)
            printf(" %5.1f %%", row->percent);
        if (row->against)
            printf(" %5.2f of %s", row->ratio, against);
        printf("\n");
    }
    output->rows++;
}

static int run(const cli_command *command, int count, char **arguments)
{
    heed_bench_options options = {0};
    bench_output output = {0};
    model_timing model = {.job = {.threads = 1}, .seconds = 3};
    int milliseconds = 5, code;
    const cli_option table[] = {
        {"--set", "NAME", "only this instruction set", CLI_TEXT, &options.isa, 0, 0},
        {"--kernel", "NAME", "only this kernel", CLI_TEXT, &options.kernel, 0, 0},
        {"--rounds", "N", "rounds, of which the median counts; default 9", CLI_INT, &options.rounds, 1, 101},
        {"--sample", "MS", "milliseconds of each kernel in a round; default 5", CLI_INT, &milliseconds, 1, 10000},
        {"--model", "NAME", "a whole model instead: M1, M2, ..; bench/README.md says what they are", CLI_TEXT,
         &model.job.model, 0, 0},
        {"--data", "FOLDER", "where its files are: NAME.json, NAME.bin, golden.json", CLI_TEXT, &model.folder, 0, 0},
        {"--task", "TASK", "infer (default) or train", CLI_TEXT, &model.job.task, 0, 0},
        {"--dtype", "TYPE", "of its weights: f32 (default) or int8", CLI_TEXT, &model.job.dtype, 0, 0},
        {"--threads", "N", "of its training; default 1", CLI_INT, &model.job.threads, 1, HEED_BENCH_THREADS},
        {"--unchecked", NULL, "no golden.json: for sizes of your own", CLI_FLAG, &model.unchecked, 0, 0},
        {"--seconds", "S", "how long it is timed; default 3", CLI_INT, &model.seconds, 0, 3600},
        {"--json", NULL, "a list of objects; with --model an object on each line", CLI_FLAG, &output.json, 0, 0},
        {NULL, NULL, NULL, CLI_FLAG, NULL, 0, 0},
    };
    if (!cli_parse_exactly(command, table, count, arguments, 0, "no arguments", &code))
        return code;
    model.json = output.json;
    if (model.job.model != NULL)
        return time_model(command, &model);
    if (model.folder != NULL || model.job.task != NULL || model.job.dtype != NULL)
        return cli_usage(command, "--data, --task and --dtype go with --model");
    heed_error error = {0};
    options.sample_seconds = milliseconds / 1000.0;
    if (output.json)
        printf("[");
    else
        printf("%-8s %-24s %-16s %10s %10s %-9s %s\n", "set", "kernel", "shape", "median", "best", "unit", "of peak");
    if (heed_bench_kernels(&options, print_row, &output, &error) != HEED_OK)
        return cli_fail_error(command, &error);
    if (output.json)
        printf("\n]\n");
    return cli_finish(command);
}

const cli_command heed_command_bench = {
    "bench", "", "how fast the kernels, or a whole model, are on this machine",
    "Measures the numeric kernels of every instruction set that this machine can run, and how near they come to a loop\n"
    "of multiply-adds that touches registers only. With --model it runs a model of the comparison with others, checks\n"
    "its results against golden.json, fails when they differ, and times it.\n",
    run};
