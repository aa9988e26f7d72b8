/* heed bench --model: one model of the comparison with other engines. */
#ifndef MODEL_TIMING_H
#define MODEL_TIMING_H

#include "cli.h"

typedef struct model_timing {
    heed_bench_job_options job;
    const char *folder; /* of the files; NULL is a mistake in the usage */
    int seconds;        /* the timed span */
    bool json;
    bool unchecked;     /* there are no expected results: sizes of one's own */
} model_timing;

/* Loads, checks, times, prints. Returns the exit code. */
int time_model(const cli_command *command, const model_timing *timing);

#endif
