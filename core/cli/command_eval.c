/* heed eval: error rates of a model. */
#include <limits.h>

#include "cli.h"

static void print_text(const heed_evaluation *result)
{
    printf("inputs   %lld\n", (long long)result->inputs);
    if (result->numbers) {
        printf("MSE      %.6g\nRMSE     %.6g\nMAE      %.6g\nR2       %.6g\nseconds  %.1f\n", result->mse, result->rmse,
               result->mae, result->r2, result->seconds);
        return;
    }
    printf("WER      %.2f %%  (%lld wrong)\n", 100 * result->wer, (long long)result->wrong);
    printf("PER      %.2f %%  (%lld edits, %lld symbols)\n", 100 * result->per, (long long)result->edits,
           (long long)result->symbols);
    printf("seconds  %.1f\n", result->seconds);
}

static void print_json(const heed_evaluation *result, int beam)
{
    if (result->numbers) {
        printf("{\"inputs\":%lld,\"wrong\":%lld,\"wer\":%.6g,\"mse\":%.9g,\"rmse\":%.9g,\"mae\":%.9g,\"r2\":%.9g,"
               "\"seconds\":%.3f,\"isa\":\"%s\"}\n",
               (long long)result->inputs, (long long)result->wrong, result->wer, result->mse, result->rmse, result->mae,
               result->r2, result->seconds, heed_isa_name());
        return;
    }
    printf("{\"inputs\":%lld,\"wrong\":%lld,\"wer\":%.6g,\"symbols\":%lld,\"edits\":%lld,\"per\":%.6g,\"beam\":%d,"
           "\"seconds\":%.3f,\"isa\":\"%s\",\"by_length\":[",
           (long long)result->inputs, (long long)result->wrong, result->wer, (long long)result->symbols,
           (long long)result->edits, result->per, beam, result->seconds, heed_isa_name());
    const char *comma = "";
    for (int n = 0; n < result->length_count; n++) {
        if (result->by_length_inputs[n] == 0)
            continue;
        printf("%s{\"length\":%d,\"inputs\":%lld,\"wrong\":%lld}", comma, n, (long long)result->by_length_inputs[n],
               (long long)result->by_length_wrong[n]);
        comma = ",";
    }
    printf("]}\n");
}

static void write_output(void *context, const char *source, const char *target, bool right)
{
    fprintf(context, "%s\t%s\t%s\n", source, target, right ? "right" : "wrong");
}

static int evaluate(const cli_command *command, const char *folder, const heed_load_options *load,
                    heed_evaluate_options *options, const char *outputs, bool json)
{
    heed_error error = {0};
    heed_evaluation result;
    heed_model *model;
    if (heed_model_load_folder(folder, load, &model, &error) != HEED_OK)
        return cli_fail_error(command, &error);
    FILE *stream = outputs == NULL ? NULL : fopen(outputs, "w");
    int code = CLI_OK;
    if (outputs != NULL && stream == NULL)
        code = cli_fail(command, "%s: cannot be written", outputs);
    if (stream != NULL) {
        options->output = write_output;
        options->context = stream;
    }
    if (code == CLI_OK && heed_evaluate(model, options, &result, &error) != HEED_OK)
        code = cli_fail_error(command, &error);
    heed_model_free(model);
    if (stream != NULL && (ferror(stream) | fclose(stream)) != 0 && code == CLI_OK)
        code = cli_fail(command, "%s: cannot be written", outputs);
    if (code != CLI_OK)
        return code;
    if (json)
        print_json(&result, options->beam);
    else
        print_text(&result);
    return cli_finish(command);
}

static int run(const cli_command *command, int count, char **arguments)
{
    heed_evaluate_options options = {.beam = 1};
    heed_load_options load;
    const char *outputs = NULL, *dtype = NULL;
    bool json = false;
    int code;
    const cli_option table[] = {
        {"--data", "FILE", "\"source TAB target\" lines, or one input per line with --refs", CLI_TEXT, &options.data,
         0, 0},
        {"--refs", "FILE", "\"source TAB target\" lines; several of one source are several right answers", CLI_TEXT,
         &options.references, 0, 0},
        {"--beam", "K", "hypotheses kept; 1, the default, is greedy", CLI_INT, &options.beam, 1, HEED_BEAM_MAX},
        {"--threads", "N", "threads; 0, the default: one per processor", CLI_INT, &options.threads, 0, 1024},
        {"--outputs", "FILE", "write every input, its output and \"right\" or \"wrong\" as TSV", CLI_TEXT, &outputs, 0,
         0},
        CLI_DTYPE(&dtype),
        {"--json", NULL, "the result as JSON, with the errors by input length", CLI_FLAG, &json, 0, 0},
        {NULL, NULL, NULL, CLI_FLAG, NULL, 0, 0},
    };
    if (!cli_parse_exactly(command, table, count, arguments, 1, "one MODEL folder", &code))
        return code;
    if (options.data == NULL)
        return cli_usage(command, "--data FILE is missing");
    if (!cli_load_options(command, dtype, &load, &code))
        return code;
    return evaluate(command, arguments[0], &load, &options, outputs, json);
}

const cli_command heed_command_eval = {
    "eval", "MODEL --data FILE", "error rates of a model on data",
    "Decodes every input of FILE with the model in the folder MODEL and prints how many outputs are wrong (WER: equal\n"
    "to none of the right answers) and the edits per symbol of the nearest right answer (PER); of a model that gives\n"
    "numbers how far off they are: MSE, RMSE, MAE and R2.\n",
    run};
