/* A pool of threads that runs `count` numbered jobs. Where there are no threads (wasm) the caller runs them all, in
 * order. */
#ifndef HEED_BASE_THREAD_H
#define HEED_BASE_THREAD_H

#include "heed/status.h"

typedef struct heed_pool heed_pool;
typedef void heed_job(void *context, int index);

heed_status heed_pool_create(int threads, heed_pool **out, heed_error *error); /* threads >= 1, the caller included */
/* Runs job(context, 0 .. count-1), each index on any thread; returns when all are done. */
void heed_pool_run(heed_pool *pool, heed_job *job, void *context, int count);
void heed_pool_free(heed_pool *pool);
int heed_cpu_count(void);

#endif
