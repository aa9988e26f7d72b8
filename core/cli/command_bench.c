/* heed bench: how fast the kernels are here. */
#include "cli.h"

typedef struct bench_output {
    bool json;
    int rows;
} bench_output;

static void print_row(void *context, const heed_bench_row *row)
{
    bench_output *output = context;
    if (output->json)
        printf("%s\n {\"isa\":\"%s\",\"kernel\":\"%s\",\"shape\":\"%s\",\"unit\":\"%s\",\"rate\":%.6g,\"best\":%.6g,"
               "\"percent\":%.4g,\"seconds\":%.6g}",
               output->rows > 0 ? "," : "", row->isa, row->kernel, row->shape, row->unit, row->rate, row->best,
               row->percent, row->seconds);
    else if (row->percent > 0)
        printf("%-8s %-24s %-16s %10.2f %10.2f %-9s %5.1f %%\n", row->isa, row->kernel, row->shape, row->rate,
               row->best, row->unit, row->percent);
    else
        printf("%-8s %-24s %-16s %10.2f %10.2f %-9s\n", row->isa, row->kernel, row->shape, row->rate, row->best,
               row->unit);
    output->rows++;
}

static int run(const cli_command *command, int count, char **arguments)
{
    heed_bench_options options = {0};
    bench_output output = {0};
    int milliseconds = 5, code;
    const cli_option table[] = {
        {"--set", "NAME", "only this instruction set", CLI_TEXT, &options.isa, 0, 0},
        {"--kernel", "NAME", "only this kernel", CLI_TEXT, &options.kernel, 0, 0},
        {"--rounds", "N", "rounds, of which the median counts; default 9", CLI_INT, &options.rounds, 1, 101},
        {"--sample", "MS", "milliseconds of each kernel in a round; default 5", CLI_INT, &milliseconds, 1, 10000},
        {"--json", NULL, "a list of objects", CLI_FLAG, &output.json, 0, 0},
        {NULL, NULL, NULL, CLI_FLAG, NULL, 0, 0},
    };
    int positional = cli_parse(command, table, count, arguments, &code);
    if (positional < 0)
        return code;
    if (positional != 0)
        return cli_usage(command, "it takes no arguments, not %d", positional);
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
    "bench", "", "how fast the kernels are on this machine",
    "Measures the numeric kernels of every instruction set that this machine can run, and how near they come to a loop\n"
    "of multiply-adds that touches registers only.\n",
    run};
