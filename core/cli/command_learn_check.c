/* heed learn-check: whether each architecture learns what it should, and does not what it cannot. */
#define _POSIX_C_SOURCE 200809L /* sysconf */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "learn_check.h"

enum { SEEDS = 3, JOBS_MAX = 64 };

/* One training. */
typedef struct job {
    const learn_check *check;
    int seed;
    bool done;
    learn_result result;
} job;

/* Jobs are taken in order by whoever is free, and printed in order. */
typedef struct work {
    pthread_mutex_t lock;
    pthread_cond_t finished;
    job *jobs;
    int count, next, epochs, inputs;
} work;

static void *take_jobs(void *context)
{
    work *all = context;
    pthread_mutex_lock(&all->lock);
    while (all->next < all->count) {
        job *mine = &all->jobs[all->next++];
        pthread_mutex_unlock(&all->lock);
        learn_check_run(mine->check, mine->seed, all->epochs, all->inputs, &mine->result);
        pthread_mutex_lock(&all->lock);
        mine->done = true;
        pthread_cond_signal(&all->finished);
    }
    pthread_mutex_unlock(&all->lock);
    return NULL;
}

static void wait_for(work *all, const job *one)
{
    pthread_mutex_lock(&all->lock);
    while (!one->done)
        pthread_cond_wait(&all->finished, &all->lock);
    pthread_mutex_unlock(&all->lock);
}

static const char *rule_of(const learn_check *check)
{
    return check->at_least > 0 ? "at least" : "at most";
}

static double mark_of(const learn_check *check)
{
    return check->at_least > 0 ? check->at_least : check->at_most;
}

/* A part of a check, over all seeds. */
static void print_row(const job *jobs, int seeds, int part, double seconds, bool holds, bool json)
{
    const learn_check *check = jobs->check;
    const int digits = check->mse ? 4 : 2;
    const char *kind = check->parts[part].name != NULL ? check->parts[part].name : "";
    if (json) {
        printf("{\"check\":\"%s\",\"part\":\"%s\",\"task\":\"%s\",\"options\":%s,\"model\":%s,\"steps\":%lld,"
               "\"seconds\":%.2f,\"measure\":\"%s\",\"reached\":[", check->name, kind, check->task, check->options,
               check->model, (long long)jobs->result.steps, seconds, check->mse ? "mse" : "percent");
        for (int i = 0; i < seeds; i++)
            printf("%s%.*f", i > 0 ? "," : "", digits, jobs[i].result.reached[part]);
        printf("],\"rule\":\"%s\",\"mark\":%g,\"holds\":%s}\n", rule_of(check), mark_of(check),
               holds ? "true" : "false");
    } else {
        printf("%-22s %-9s %6lld %7.1f ", check->name, kind, (long long)jobs->result.steps, seconds);
        for (int i = 0; i < seeds; i++)
            printf(" %6.*f", digits, jobs[i].result.reached[part]);
        printf("   %s%s %g   %s\n", check->mse ? "MSE " : "", rule_of(check), mark_of(check), holds ? "ok" : "FAILED");
    }
    fflush(stdout);
}

/* The rows of a check whose jobs are done; how many of them miss their mark. */
static int print_check(const job *jobs, int seeds, bool json)
{
    double seconds = 0;
    int missed = 0;
    for (int i = 0; i < seeds; i++)
        seconds += jobs[i].result.seconds / seeds;
    for (int part = 0; part < learn_check_parts(jobs->check); part++) {
        bool holds = true;
        for (int i = 0; i < seeds; i++)
            holds = holds && learn_check_holds(jobs->check, jobs[i].result.reached[part]);
        print_row(jobs, seeds, part, seconds, holds, json);
        missed += !holds;
    }
    return missed;
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
    for (int i = 0; i < learn_check_count; i++)
        if (strcmp(learn_checks[i].name, name) == 0)
            return true;
    return false;
}

/* Prints every check as soon as its last seed is done; returns the exit code. A training that fails ends the table,
 * once those at work are done. */
static int run_jobs(const cli_command *command, work *all, int threads, int seeds, bool json)
{
    pthread_t workers[JOBS_MAX];
    int started = 0, missed = 0;
    const learn_result *failed = NULL;
    while (started < threads && pthread_create(&workers[started], NULL, take_jobs, all) == 0)
        started++;
    if (started == 0)
        return cli_fail(command, "no thread can be started");
    if (!json)
        printf("%-22s %-9s %6s %7s  %% wholly right, by seed\n", "check", "inputs", "steps", "CPU s");
    for (int i = 0; i < all->count && failed == NULL; i++) {
        wait_for(all, &all->jobs[i]);
        if (all->jobs[i].result.status != HEED_OK)
            failed = &all->jobs[i].result;
        else if ((i + 1) % seeds == 0) /* the last of its check */
            missed += print_check(&all->jobs[i + 1 - seeds], seeds, json);
    }
    pthread_mutex_lock(&all->lock);
    all->next = all->count;
    pthread_mutex_unlock(&all->lock);
    while (started > 0)
        pthread_join(workers[--started], NULL);
    if (failed != NULL)
        return cli_fail_error(command, &failed->error);
    const int code = cli_finish(command);
    return missed > 0 ? cli_fail(command, "%d of the marks were missed", missed) : code;
}

static int run(const cli_command *command, int count, char **arguments)
{
    bool quick = false, list = false, json = false;
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    int seeds = 0, first = 1, code, threads = processors < 1 ? 1 : processors > JOBS_MAX ? JOBS_MAX : (int)processors;
    work all = {.lock = PTHREAD_MUTEX_INITIALIZER, .finished = PTHREAD_COND_INITIALIZER, .inputs = 300};
    const cli_option table[] = {
        {"--quick", NULL, "only those that take seconds, from one seed", CLI_FLAG, &quick, 0, 0},
        {"--seeds", "N", "from so many seeds; default 3", CLI_INT, &seeds, 1, 100},
        {"--first-seed", "N", "the first of them; default 1. Others judge marks that were chosen by these", CLI_INT, &first, 1,
         1000000},
        {"--epochs", "N", "train for so long instead", CLI_INT, &all.epochs, 1, 1000},
        {"--inputs", "N", "held-out inputs of each kind; default 300", CLI_INT, &all.inputs, 1, 100000},
        {"--threads", "N", "trainings at a time; default: one per processor", CLI_INT, &threads, 1, JOBS_MAX},
        {"--json", NULL, "an object a line instead of the table", CLI_FLAG, &json, 0, 0},
        {"--list", NULL, "print the names", CLI_FLAG, &list, 0, 0},
        {NULL, NULL, NULL, CLI_FLAG, NULL, 0, 0},
    };
    const int positional = cli_parse(command, table, count, arguments, &code);
    if (positional < 0)
        return code;
    for (int i = 0; i < positional; i++)
        if (!is_known(arguments[i]))
            return cli_usage(command, "there is no check \"%s\"; --list names them", arguments[i]);
    if (seeds == 0)
        seeds = quick ? 1 : SEEDS;
    all.jobs = calloc((size_t)learn_check_count * (size_t)seeds, sizeof *all.jobs);
    if (all.jobs == NULL)
        return cli_fail(command, "out of memory");
    for (int i = 0; i < learn_check_count; i++) {
        if (!is_wanted(&learn_checks[i], quick, positional, arguments))
            continue;
        if (list)
            printf("%s\n", learn_checks[i].name);
        for (int seed = first; seed < first + seeds && !list; seed++)
            all.jobs[all.count++] = (job){.check = &learn_checks[i], .seed = seed};
    }
    heed_isa_name(); /* chosen before there are threads */
    code = list ? cli_finish(command) : run_jobs(command, &all, threads, seeds, json);
    free(all.jobs);
    return code;
}

const cli_command heed_command_learn_check = {
    "learn-check", "[NAME...]", "train every architecture on small tasks",
    "Trains small models on synthetic tasks from several seeds and prints which share of held-out inputs each gets\n"
    "wholly right, or how far off its numbers are (MSE), beside the mark that every seed has to reach, or to stay\n"
    "below. Without NAME all; takes minutes. CPU seconds are those of one training in one thread. Exits with 1 when a\n"
    "mark is missed.\n",
    run};
