/* heed quantize: a model folder with int8 weights out of one with f32 weights. */
#include "cli.h"

static int run(const cli_command *command, int count, char **arguments)
{
    const cli_option table[] = {{NULL, NULL, NULL, CLI_FLAG, NULL, 0, 0}};
    int code;
    if (!cli_parse_exactly(command, table, count, arguments, 2, "two folders, MODEL and OUT", &code))
        return code;
    heed_error error = {0};
    heed_model *model;
    if (heed_model_load_folder(arguments[0], NULL, &model, &error) != HEED_OK)
        return cli_fail_error(command, &error);
    heed_status status = heed_model_save(model, arguments[1], 1, &error);
    heed_model_free(model);
    return status == HEED_OK ? CLI_OK : cli_fail_error(command, &error);
}

const cli_command heed_command_quantize = {
    "quantize", "MODEL OUT", "write a model with int8 weights",
    "Writes the model of the folder MODEL to the folder OUT with its matrices as int8 with a scale per row.\n", run};
