#define _POSIX_C_SOURCE 200809L
#include "base/thread.h"

#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"

#if defined(__EMSCRIPTEN__) && !defined(__EMSCRIPTEN_PTHREADS__)

struct heed_pool {
    int threads;
};

heed_status heed_pool_create(int threads, heed_pool **out, heed_error *error)
{
    *out = NULL;
    if (threads < 1)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "a pool needs at least 1 thread, not %d", threads);
    heed_pool *pool = heed_alloc(1, sizeof *pool);
    if (pool == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for a pool of threads");
    pool->threads = 1;
    *out = pool;
    return HEED_OK;
}

void heed_pool_run(heed_pool *pool, heed_job *job, void *context, int count)
{
    (void)pool;
    for (int i = 0; i < count; i++)
        job(context, i);
}

void heed_pool_free(heed_pool *pool)
{
    heed_free(pool);
}

int heed_cpu_count(void)
{
    return 1;
}

#else

#include <pthread.h>
#include <stdatomic.h>

/* How often a thread looks, for some 50 us, before it sleeps: a step of training runs the pool three times with next to
 * nothing between them, and waking a thread may take longer than that. */
enum { LOOKS = 2000 };

struct heed_pool {
    pthread_mutex_t lock;
    pthread_cond_t wake; /* there are jobs, or it is time to stop */
    pthread_cond_t idle; /* the last job is done */
    heed_job *job;
    void *context;
    int count;                     /* jobs in all */
    atomic_int waiting, unfinished; /* not yet handed out, not yet done; changed with the lock held */
    atomic_bool stopping;          /* likewise */
    int helpers;                   /* threads beside the caller */
    pthread_t *threads;
};

static void pause_a_moment(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/* Takes and runs jobs until none is left to hand out. Called and left with the lock held. */
static void work(heed_pool *pool)
{
    while (pool->waiting > 0) {
        int index = pool->count - pool->waiting--;
        heed_job *job = pool->job;
        void *context = pool->context;
        pthread_mutex_unlock(&pool->lock);
        job(context, index);
        pthread_mutex_lock(&pool->lock);
        if (--pool->unfinished == 0)
            pthread_cond_signal(&pool->idle);
    }
}

static void *helper_main(void *argument)
{
    heed_pool *pool = argument;
    pthread_mutex_lock(&pool->lock);
    while (!pool->stopping) {
        work(pool);
        pthread_mutex_unlock(&pool->lock);
        for (int i = 0; i < LOOKS && pool->waiting == 0 && !pool->stopping; i++)
            pause_a_moment();
        pthread_mutex_lock(&pool->lock);
        if (pool->waiting == 0 && !pool->stopping)
            pthread_cond_wait(&pool->wake, &pool->lock);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

heed_status heed_pool_create(int threads, heed_pool **out, heed_error *error)
{
    *out = NULL;
    if (threads < 1 || threads > 1024)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "a pool has 1 to 1024 threads, not %d", threads);
    heed_pool *pool = heed_alloc(1, sizeof *pool);
    pthread_t *list = heed_alloc((size_t)threads, sizeof *list);
    if (pool == NULL || list == NULL) {
        heed_free(pool);
        heed_free(list);
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for a pool of %d threads", threads);
    }
    pool->threads = list;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->wake, NULL);
    pthread_cond_init(&pool->idle, NULL);
    for (int i = 1; i < threads; i++) {
        if (pthread_create(&list[pool->helpers], NULL, helper_main, pool) != 0) {
            heed_pool_free(pool);
            return heed_fail(error, HEED_ERROR_MEMORY, "the system refused thread %d of %d", i + 1, threads);
        }
        pool->helpers++;
    }
    *out = pool;
    return HEED_OK;
}

void heed_pool_run(heed_pool *pool, heed_job *job, void *context, int count)
{
    if (count <= 0)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->job = job;
    pool->context = context;
    pool->count = count;
    pool->waiting = pool->unfinished = count;
    pthread_cond_broadcast(&pool->wake);
    work(pool);
    pthread_mutex_unlock(&pool->lock);
    for (int i = 0; i < LOOKS && pool->unfinished > 0; i++)
        pause_a_moment();
    pthread_mutex_lock(&pool->lock);
    while (pool->unfinished > 0)
        pthread_cond_wait(&pool->idle, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
}

void heed_pool_free(heed_pool *pool)
{
    if (pool == NULL)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->stopping = 1;
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->lock);
    for (int i = 0; i < pool->helpers; i++)
        pthread_join(pool->threads[i], NULL);
    pthread_cond_destroy(&pool->idle);
    pthread_cond_destroy(&pool->wake);
    pthread_mutex_destroy(&pool->lock);
    heed_free(pool->threads);
    heed_free(pool);
}

int heed_cpu_count(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1 ? 1 : count > 1024 ? 1024 : (int)count;
}

#endif
