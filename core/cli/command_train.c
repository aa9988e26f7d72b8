/* heed train: the loop is the library's; here are the recipe's place, the progress line and the signals. */
#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
    (void)number;
    interrupted = 1;
}

static void catch_signals(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESETHAND; /* a second signal ends the program at once */
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

static bool is_cancelled(void *context)
{
    (void)context;
    return interrupted != 0;
}

typedef struct progress_line {
    bool terminal;   /* one line, written over; otherwise a line every half minute */
    bool open;       /* the terminal's line is not finished */
    time_t last;
} progress_line;

static void print_duration(char *out, size_t size, double seconds)
{
    long all = lround(seconds < 0 ? 0 : seconds > 1e8 ? 1e8 : seconds);
    if (all >= 3600)
        snprintf(out, size, "%ld:%02ld:%02ld", all / 3600, all / 60 % 60, all % 60);
    else
        snprintf(out, size, "%ld:%02ld", all / 60, all % 60);
}

static void report(void *context, const heed_progress *progress)
{
    progress_line *line = context;
    char left[32];
    if (progress->epoch_done) {
        fprintf(stderr, "%sepoch %d/%d  step %lld  dev loss %.4f", line->open ? "\r" : "", progress->epoch,
                progress->epochs, (long long)progress->step, progress->dev_loss);
        if (progress->numbers)
            fprintf(stderr, "  dev MSE %.6g  dev R2 %.4f", progress->dev_mse, progress->dev_r2);
        else
            fprintf(stderr, "  dev PER %.2f %%  dev WER %.2f %%", 100 * progress->dev_per, 100 * progress->dev_wer);
        fprintf(stderr, "%s\n", line->open ? "\033[K" : "");
        line->open = false;
        return;
    }
    time_t now = time(NULL);
    if (!line->terminal && now - line->last < 30)
        return;
    line->last = now;
    print_duration(left, sizeof left, progress->seconds_left);
    fprintf(stderr, "%sepoch %d/%d  step %lld/%lld  loss %.4f  rate %.2e  %.0f tokens/s  %s left%s",
            line->terminal ? "\r" : "", progress->epoch, progress->epochs, (long long)progress->step,
            (long long)progress->total_steps, progress->loss, progress->rate, progress->tokens_per_second, left,
            line->terminal ? "\033[K" : "\n");
    fflush(stderr);
    line->open = line->terminal;
}

/* The folder of a path, as a string for free(). */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t n = slash == NULL ? 1 : slash == path ? 1 : (size_t)(slash - path);
    char *folder = malloc(n + 1);
    if (folder != NULL) {
        memcpy(folder, slash == NULL ? "." : path, n);
        folder[n] = '\0';
    }
    return folder;
}

/* $HEED_DATA, or the user's cache folder, into out; NULL when neither is known. */
static const char *default_data_folder(char *out, size_t size)
{
    const char *data = getenv("HEED_DATA"), *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (data != NULL && *data != '\0')
        return data;
    if (cache != NULL && *cache != '\0')
        snprintf(out, size, "%s/heed", cache);
    else if (home != NULL && *home != '\0')
        snprintf(out, size, "%s/.cache/heed", home);
    else
        return NULL;
    return out;
}

/* Hours of work are not overwritten by a forgotten --resume. */
static bool has_checkpoint(const char *folder)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/checkpoint.safetensors", folder);
    FILE *file = fopen(path, "rb");
    if (file != NULL)
        fclose(file);
    return file != NULL;
}

static int train(const cli_command *command, const char *recipe_path, heed_train_options *options, bool fresh)
{
    if (!options->resume && !fresh && has_checkpoint(options->output_folder))
        return cli_fail(command, "%s has the checkpoint of an earlier run; --resume goes on with it, --fresh begins anew",
                        options->output_folder);
    size_t size;
    char *recipe = cli_read_file(command, recipe_path, &size);
    if (recipe == NULL)
        return CLI_FAILED;
    heed_error error = {0};
    progress_line line = {.terminal = isatty(STDERR_FILENO) != 0};
    options->report = report;
    options->cancelled = is_cancelled;
    options->context = &line;
    catch_signals();
    heed_status status = heed_train(recipe, size, options, &error);
    free(recipe);
    if (line.open)
        fprintf(stderr, "\n");
    if (status == HEED_ERROR_CANCELLED)
        return cli_fail(command, "%s; to go on, give the same command with --resume", error.message);
    if (status != HEED_OK)
        return cli_fail_error(command, &error);
    fprintf(stderr, "the model is in %s, its f32 weights in %s/f32\n", options->output_folder, options->output_folder);
    return CLI_OK;
}

static int run(const cli_command *command, int count, char **arguments)
{
    heed_train_options options = {0};
    char cache[4096];
    int code, seconds = 60;
    bool fresh = false;
    const cli_option table[] = {
        {"--threads", "N", "threads; 0, the default: one per processor", CLI_INT, &options.threads, 0, 1024},
        {"--resume", NULL, "go on from the checkpoint in the output folder", CLI_FLAG, &options.resume, 0, 0},
        {"--fresh", NULL, "begin anew although there is a checkpoint", CLI_FLAG, &fresh, 0, 0},
        {"--data", "DIR", "what the recipe's paths are below; default $HEED_DATA, else ~/.cache/heed", CLI_TEXT,
         &options.data_folder, 0, 0},
        {"--text", "FILE", "of word vectors: the text, instead of the recipe's; - is standard input", CLI_TEXT,
         &options.text, 0, 0},
        {"--out", "DIR", "output folder, which gets the recipe too; default: the recipe's folder", CLI_TEXT,
         &options.output_folder, 0, 0},
        {"--steps", "N", "stop after N steps of this call, with a checkpoint", CLI_INT, &options.max_steps, 1, INT_MAX},
        {"--checkpoint", "S", "at most S seconds between checkpoints; default 60", CLI_INT, &seconds, 1, 86400},
        {NULL, NULL, NULL, CLI_FLAG, NULL, 0, 0},
    };
    if (!cli_parse_exactly(command, table, count, arguments, 1, "one RECIPE", &code))
        return code;
    options.checkpoint_seconds = seconds;
    if (options.data_folder == NULL)
        options.data_folder = default_data_folder(cache, sizeof cache);
    char *folder = folder_of(arguments[0]);
    if (folder == NULL)
        return cli_fail(command, "out of memory");
    options.keep_recipe = options.output_folder != NULL;
    if (!options.keep_recipe)
        options.output_folder = folder;
    code = train(command, arguments[0], &options, fresh);
    free(folder);
    return code;
}

const cli_command heed_command_train = {
    "train", "RECIPE", "train a model from a recipe",
    "Trains the model that RECIPE (a recipe.json) describes. Into the output folder go config.json, tokenizer.json,\n"
    "model.safetensors (int8, the best epoch's), f32/ (the same model with f32 weights), log.jsonl (a line per\n"
    "epoch) and checkpoint.safetensors. SIGINT or SIGTERM ends the run after the step and a checkpoint; --resume\n"
    "goes on to the same bits.\n",
    run};
