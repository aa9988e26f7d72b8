/* heed learn-check: whether each architecture learns what it should, and does not what it cannot. */
#include <string.h>

#include "cli.h"

enum { FULL, QUICK };
enum { AT_LEAST, AT_MOST };
enum { SEEDS = 3, ANY_LENGTH = 4096 };

typedef struct learn_check {
    const char *name;
    int quick;
    const char *task, *options;
    int longest;
    const char *model;
    int examples, epochs;
    double rate;
    int rule;
    double mark;
    const char *source, *target; /* types of tokenizer */
} learn_check;

static const learn_check checks[] = {
#define LEARN_CHECK(...) {__VA_ARGS__, "char", "char"},
#define VALUES "values"
#define LABELS "char"
#define NUMBERS_CHECK(name, quick, task, options, target, model, examples, epochs, rate, rule, mark) \
    {name, quick, task, options, ANY_LENGTH, model, examples, epochs, rate, rule, mark, "values", target},
#include "learn_checks.def"
#undef NUMBERS_CHECK
#undef LEARN_CHECK
};
enum { CHECKS = sizeof checks / sizeof checks[0] };

static void write_recipe(const learn_check *check, int seed, int epochs, char *out, size_t size)
{
    snprintf(out, size,
             "{\"name\":\"%s\",\"seed\":%d,"
             "\"data\":{\"task\":\"%s\",\"options\":%s,\"examples_per_epoch\":%d,\"dev\":300,\"max_length\":%d},"
             "\"tokenizer\":{\"source\":{\"type\":\"%s\"},\"target\":{\"type\":\"%s\"}},\"model\":%s,"
             "\"train\":{\"batch\":32,\"epochs\":%d,\"optimizer\":{\"name\":\"adam\",\"rate\":%g},\"clip\":1,"
             "\"schedule\":{\"name\":\"cosine\",\"warmup_steps\":50,\"final\":0.02}}}",
             check->name, seed, check->task, check->options, check->examples, check->longest, check->source,
             check->target, check->model,
             epochs > 0 ? epochs : check->epochs, check->rate);
}

/* Trains to the end; the share of dev inputs that are right then, or the MSE. */
static heed_status learn(const learn_check *check, int seed, int epochs, double *reached, heed_error *error)
{
    char recipe[2048];
    heed_training *training;
    heed_training_event event = HEED_TRAINING_STEP;
    heed_progress end;
    write_recipe(check, seed, epochs, recipe, sizeof recipe);
    heed_status status = heed_training_create(recipe, strlen(recipe), NULL, 0, &training, error);
    if (status != HEED_OK)
        return status;
    while (status == HEED_OK && event != HEED_TRAINING_FINISHED)
        status = heed_training_advance(training, &event, error);
    heed_training_progress(training, &end);
    *reached = end.numbers ? end.dev_mse : 1 - end.dev_wer;
    heed_training_free(training);
    return status;
}

/* A line of the table. *failed grows when a seed misses the mark. */
static heed_status run_check(const learn_check *check, int seeds, int epochs, int *failed, heed_error *error)
{
    bool holds = true;
    const bool share = strcmp(check->target, "values") != 0;
    const double factor = share ? 100 : 1;
    const char *unit = share ? " %" : "";
    printf("%-20s", check->name);
    for (int seed = 1; seed <= seeds; seed++) {
        double reached = 0;
        heed_status status = learn(check, seed, epochs, &reached, error);
        if (status != HEED_OK) {
            printf("\n");
            return status;
        }
        holds = holds && (check->rule == AT_LEAST ? reached >= check->mark : reached <= check->mark);
        printf(" %6.*f%s", share ? 2 : 4, factor * reached, unit);
        fflush(stdout);
    }
    printf("   %s%s %g%s   %s\n", share ? "" : "MSE ", check->rule == AT_LEAST ? "at least" : "at most",
           factor * check->mark, unit, holds ? "ok" : "FAILED");
    *failed += !holds;
    return HEED_OK;
}

static bool is_wanted(const learn_check *check, bool quick, int count, char **names)
{
    if (quick && !check->quick)
        return false;
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], check->name) == 0)
            return true;
    return count == 0;
}

static bool is_known(const char *name)
{
    for (int i = 0; i < CHECKS; i++)
        if (strcmp(checks[i].name, name) == 0)
            return true;
    return false;
}

static int run(const cli_command *command, int count, char **arguments)
{
    bool quick = false, list = false;
    int seeds = SEEDS, epochs = 0, code, failed = 0;
    const cli_option table[] = {
        {"--quick", NULL, "only those that take seconds, from one seed", CLI_FLAG, &quick, 0, 0},
        {"--seeds", "N", "from so many seeds; default 3", CLI_INT, &seeds, 1, 100},
        {"--epochs", "N", "train for so long instead", CLI_INT, &epochs, 1, 1000},
        {"--list", NULL, "print the names", CLI_FLAG, &list, 0, 0},
        {NULL, NULL, NULL, CLI_FLAG, NULL, 0, 0},
    };
    const int positional = cli_parse(command, table, count, arguments, &code);
    if (positional < 0)
        return code;
    for (int i = 0; i < positional; i++)
        if (!is_known(arguments[i]))
            return cli_usage(command, "there is no check \"%s\"; --list names them", arguments[i]);
    for (int i = 0; i < CHECKS; i++) {
        heed_error error = {0};
        if (!is_wanted(&checks[i], quick, positional, arguments))
            continue;
        if (list)
            printf("%s\n", checks[i].name);
        else if (run_check(&checks[i], quick ? 1 : seeds, epochs, &failed, &error) != HEED_OK)
            return cli_fail_error(command, &error);
    }
    code = cli_finish(command);
    return failed > 0 ? cli_fail(command, "%d of the marks were missed", failed) : code;
}

const cli_command heed_command_learn_check = {
    "learn-check", "[NAME...]", "train every architecture on small tasks",
    "Trains small models on synthetic tasks from several seeds and prints which share of held-out inputs each gets\n"
    "wholly right, or how far off its numbers are (MSE), beside the mark that it has to reach, or to stay below. Without\n"
    "NAME all; takes minutes.\n",
    run};
