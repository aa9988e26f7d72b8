#include "vectors/windows.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/power.h"

const char *const heed_window_fields[] = {"dynamic_window", "negative", "subsample", "negative_power", NULL};

typedef struct alias {
    uint32_t threshold; /* of a draw below 2^32: this word, else the other */
    int32_t other;
} alias;

typedef struct windows {
    alias *aliases;    /* [V] */
    uint32_t *keep;    /* [V] a draw up to this keeps the word */
    size_t *starts;    /* [steps + 1] in the ids: lines of each step */
} windows;

/* Walker 1977, in Vose's form: every word's share of V is filled up by a part of one larger share. */
static void make_aliases(alias *aliases, const int64_t *counts, int words, double power, double *share, int32_t *stack)
{
    double sum = 0;
    int small = 0, large = words; /* two stacks in one block */
    for (int i = 0; i < words; i++)
        sum += share[i] = heed_power((double)counts[i], power);
    for (int i = 0; i < words; i++) {
        share[i] *= words / sum;
        stack[share[i] < 1 ? small++ : --large] = i;
    }
    while (small > 0 && large < words) {
        const int32_t less = stack[--small], more = stack[large];
        aliases[less] = (alias){(uint32_t)(share[less] * 0x1p32), more};
        share[more] -= 1 - share[less];
        if (share[more] < 1) {
            large++;
            stack[small++] = more;
        }
    }
    while (small > 0 || large < words) { /* what rounding left: whole shares */
        const int32_t i = small > 0 ? stack[--small] : stack[large++];
        aliases[i] = (alias){UINT32_MAX, i};
    }
}

double heed_windows_keep_chance(const heed_vector_settings *settings, int64_t count, int64_t tokens)
{
    const double ratio = settings->subsample * (double)tokens / (double)count;
    return settings->subsample > 0 ? fmin(1, sqrt(ratio) + ratio) : 1;
}

/* A step has whole lines, of `batch` words or a little more. */
static int64_t cut_steps(const heed_word_corpus *corpus, int64_t batch, size_t *starts)
{
    int64_t steps = 0, words = batch;
    for (size_t i = 0; i < corpus->size; i++) {
        if (words >= batch && (i == 0 || corpus->ids[i - 1] == HEED_LINE_END)) {
            if (starts != NULL)
                starts[steps] = i;
            steps++;
            words = 0;
        }
        words += corpus->ids[i] != HEED_LINE_END;
    }
    if (starts != NULL)
        starts[steps] = corpus->size;
    return steps;
}

heed_status heed_windows_prepare(heed_vector_training *training, heed_error *error)
{
    const heed_vector_settings *settings = &training->recipe.settings;
    const heed_word_corpus *corpus = &training->corpus;
    const size_t words = (size_t)corpus->words;
    heed_arena *arena = &training->arena, scratch = {0};
    windows *own = heed_arena_alloc_zero(arena, sizeof *own);
    training->steps_per_epoch = cut_steps(corpus, settings->batch, NULL);
    training->output = heed_alloc(words * (size_t)training->dim, sizeof *training->output); /* zero, as in word2vec.c */
    training->state = own;
    if (own != NULL) {
        own->aliases = heed_arena_alloc(arena, words * sizeof *own->aliases);
        own->keep = heed_arena_alloc(arena, words * sizeof *own->keep);
        own->starts = heed_arena_alloc(arena, ((size_t)training->steps_per_epoch + 1) * sizeof *own->starts);
    }
    double *share = heed_arena_alloc(&scratch, words * sizeof *share);
    int32_t *stack = heed_arena_alloc(&scratch, words * sizeof *stack);
    const bool fine = own && own->aliases && own->keep && own->starts && share && stack && training->output;
    if (fine) {
        make_aliases(own->aliases, corpus->counts, corpus->words, settings->power, share, stack);
        for (size_t i = 0; i < words; i++)
            own->keep[i] = (uint32_t)fmin(0xFFFFFFFF, heed_windows_keep_chance(settings, corpus->counts[i],
                                                                              corpus->tokens) * 0x1p32);
        cut_steps(corpus, settings->batch, own->starts);
    }
    heed_arena_free(&scratch);
    return fine ? HEED_OK : heed_fail(error, HEED_ERROR_MEMORY, "out of memory for the vectors of %zu words", words);
}

void heed_windows_release(heed_vector_training *training)
{
    heed_free(training->output);
}

int heed_windows_subsample(const heed_vector_training *training, heed_rng *rng, const int32_t *line, int n, int32_t *out)
{
    const windows *own = training->state;
    int kept = 0;
    for (int i = 0; i < n; i++) {
        const uint32_t keep = own->keep[line[i]];
        if (keep == UINT32_MAX || heed_rng_next(rng) >> 32 <= keep)
            out[kept++] = line[i];
    }
    return kept;
}

void heed_windows_step(const heed_vector_training *training, heed_vector_worker *worker, int64_t index,
                       heed_window_use *use)
{
    const windows *own = training->state;
    const int32_t *ids = training->corpus.ids;
    for (size_t at = own->starts[index], end; at < own->starts[index + 1]; at = end + 1) {
        for (end = at; ids[end] != HEED_LINE_END;)
            end++;
        const int n = heed_windows_subsample(training, &worker->rng, ids + at, (int)(end - at), worker->line);
        worker->words += (int64_t)(end - at);
        for (int center = 0; center < n; center++) {
            const int radius = heed_windows_radius(&training->recipe.settings, &worker->rng);
            const int first = center > radius ? center - radius : 0;
            const int last = n - 1 - center > radius ? center + radius : n - 1;
            if (first < last)
                use(training, worker, worker->line, center, first, last);
        }
    }
}

void heed_negative_draw(const heed_vector_training *training, heed_vector_worker *worker, int32_t right)
{
    const windows *own = training->state;
    const uint64_t words = (uint64_t)training->words;
    int count = 0;
    worker->targets[count++] = right;
    for (int64_t i = 0; i < training->recipe.settings.negative; i++) {
        const uint64_t draw = heed_rng_next(&worker->rng);
        const alias *entry = &own->aliases[(draw >> 32) * words >> 32];
        const int32_t word = (uint32_t)draw <= entry->threshold ? (int32_t)(entry - own->aliases) : entry->other;
        if (word != right)
            worker->targets[count++] = word;
    }
    worker->target_count = count;
}

double heed_negative_loss(heed_vector_worker *worker)
{
    worker->loss -= log(worker->chance);
    worker->chance = 1;
    return worker->loss;
}

void heed_negative_step(const heed_vector_training *training, heed_vector_worker *worker, const heed_real *hidden,
                        heed_real *change)
{
    const heed_kernels *kernels = training->kernels;
    const size_t dim = (size_t)training->dim;
    const int count = worker->target_count;
    heed_real *scores = worker->scores;
    for (int i = 0; i < count; i++) {
        const heed_real score = kernels->dot(dim, training->output + (size_t)worker->targets[i] * dim, hidden);
        scores[i] = i == 0 ? score : -score;
    }
    kernels->sigmoid((size_t)count, scores, scores); /* the probability of what is right */
    for (int i = 0; i < count; i++) {
        const double chance = fmax((double)scores[i], 1e-30);
        worker->chance *= chance;
        if (worker->chance < 1e-200)
            heed_negative_loss(worker);
        scores[i] = (heed_real)(i == 0 ? worker->rate : -worker->rate) * (1 - scores[i]);
        kernels->axpy(dim, scores[i], training->output + (size_t)worker->targets[i] * dim, change);
    }
    for (int i = 0; i < count; i++)
        kernels->axpy(dim, scores[i], hidden, training->output + (size_t)worker->targets[i] * dim);
}
