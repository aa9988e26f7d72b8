/* One training step of a benchmark's model: the trainer's parts without its data, schedule and clipping. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "bench/bench_job.h"
#include "train/optimizer.h"

/* Sizes: B rows of S source tokens and T targets. train_target is [B] labels (T = 1), or [B, T + 1] tokens of which the
 * first T are read and the last T are foretold. */
typedef struct batch_shape {
    int rows, source_length, target_length;
} batch_shape;

static heed_status read_shape(const heed_bench_job *job, batch_shape *shape, heed_error *error)
{
    const heed_bench_plan *plan = job->plan;
    int rows, columns;
    if (!heed_bench_input(job, plan->train_input, &shape->rows, &shape->source_length, error) ||
        !heed_bench_input(job, plan->train_target, &rows, &columns, error))
        return HEED_ERROR_FORMAT;
    shape->target_length = job->model.arch->labels ? columns : columns - 1;
    if (rows != shape->rows || shape->target_length < 1 || (job->model.arch->labels && columns != 1))
        return heed_fail(error, HEED_ERROR_FORMAT, "manifest: %s [%d, %d] does not go with the %d rows of %s",
                         plan->train_target, rows, columns, shape->rows, plan->train_input);
    return HEED_OK;
}

static heed_status make_batch(heed_bench_job *job, heed_bench_shard *shard, batch_shape shape, int rows,
                              heed_error *error)
{
    const size_t targets = (size_t)rows * shape.target_length;
    int32_t *block = heed_arena_alloc_zero(&job->arena, (2 * (size_t)rows + 2 * targets) * sizeof *block);
    if (!block)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: a training batch");
    shard->batch = (heed_batch){.rows = rows,
                                .source_length = shape.source_length,
                                .target_length = shape.target_length,
                                .source_lengths = block,
                                .target_lengths = block + rows,
                                .target_in = block + 2 * rows,
                                .target_out = block + 2 * rows + targets,
                                .tokens = (int)targets};
    return heed_tape_init(&shard->tape, error);
}

heed_status heed_bench_prepare_training(heed_bench_job *job, int threads, heed_error *error)
{
    batch_shape shape;
    const size_t size = job->model.params.size;
    size_t blocks = 0;
    HEED_TRY(read_shape(job, &shape, error));
    job->shard_count = threads < shape.rows ? threads : shape.rows;
    job->shards = heed_alloc((size_t)job->shard_count, sizeof *job->shards);
    if (heed_mul_size(size, (size_t)job->shard_count + 2, &blocks))
        job->blocks = heed_alloc(blocks, sizeof *job->blocks);
    job->chunk_sums = heed_alloc(heed_flat_chunks(size), sizeof *job->chunk_sums);
    if (!job->shards || !job->blocks || !job->chunk_sums)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: %zu parameters to train", size);
    HEED_TRY(heed_pool_create(threads, &job->pool, error));
    for (int k = 0; k < job->shard_count; k++) { /* as even as possible */
        const int64_t all = shape.rows;
        const int rows = (int)((k + 1) * all / job->shard_count - k * all / job->shard_count);
        heed_bench_shard *shard = &job->shards[k];
        HEED_TRY(make_batch(job, shard, shape, rows, error));
        shard->gradient = job->blocks + (size_t)(k + 2) * size;
        shard->tape.recording = true;
        shard->tape.training = true;
        shard->tape.parameter_grads = shard->gradient;
        shard->tape.unset_grads = heed_arena_alloc(&job->arena, (size_t)job->model.params.count * sizeof(bool));
        if (!shard->tape.unset_grads)
            return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: a training batch");
    }
    job->outcome.losses = job->losses;
    job->outcome.examples = shape.rows;
    job->outcome.target_tokens = job->model.arch->labels ? 0 : shape.rows * shape.target_length;
    return HEED_OK;
}

void heed_bench_fill_batch(heed_bench_job *job)
{
    int rows, columns, source_length, first = 0;
    int32_t *source = heed_bench_input(job, job->plan->train_input, &rows, &source_length, NULL);
    const int32_t *target = heed_bench_input(job, job->plan->train_target, &rows, &columns, NULL);
    for (int k = 0; k < job->shard_count; k++) {
        heed_batch *batch = &job->shards[k].batch;
        const int length = batch->target_length;
        batch->source = source + (size_t)first * source_length;
        for (int b = 0; b < batch->rows; b++) {
            const int32_t *from = target + (size_t)(first + b) * columns;
            batch->source_lengths[b] = source_length;
            batch->target_lengths[b] = length;
            for (int t = 0; t < length; t++) {
                batch->target_in[b * length + t] = from[t];
                batch->target_out[b * length + t] =
                    job->model.arch->labels ? from[t] + HEED_TOKEN_SPECIALS : from[t + 1];
            }
        }
        first += batch->rows;
    }
}

static void run_shard(void *context, int index)
{
    heed_bench_job *job = context;
    heed_bench_shard *shard = &job->shards[index];
    heed_params_begin_gradients(&job->model.params, &shard->tape);
    shard->error = (heed_error){0};
    heed_tape_reset(&shard->tape);
    heed_tensor *loss = job->model.arch->loss(&job->model, &shard->tape, &shard->batch, 0);
    if (heed_tape_check(&shard->tape, &shard->error) != HEED_OK)
        return;
    shard->loss = loss->data[0];
    const double tokens = (double)job->outcome.examples * shard->batch.target_length;
    if (heed_tape_backward(&shard->tape, loss, (heed_real)(1 / tokens), &shard->error) == HEED_OK)
        heed_params_end_gradients(&job->model.params, &shard->tape);
}

heed_status heed_bench_train_step(heed_bench_job *job, heed_error *error)
{
    const size_t size = job->model.params.size;
    const heed_kernels *kernels = heed_kernels_active();
    heed_pool_run(job->pool, run_shard, job, job->shard_count);
    double loss = 0, norm;
    heed_real *gradients[HEED_BENCH_THREADS];
    for (int k = 0; k < job->shard_count; k++) {
        const heed_error *failure = &job->shards[k].error;
        if (failure->status != HEED_OK)
            return heed_fail(error, failure->status, "%s", failure->message);
        loss += job->shards[k].loss;
        gradients[k] = job->shards[k].gradient;
    }
    if (job->shard_count > 1)
        heed_gradients_reduce(job->pool, kernels, gradients, job->shard_count, size, job->chunk_sums, &norm);
    const heed_flat_blocks blocks = {size, job->model.params.values, gradients[0], job->blocks, job->blocks + size};
    const heed_optimizer_settings settings = {.rate = job->sizes.rate, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8};
    heed_optimizer_step(job->pool, kernels, &heed_optimizer_adam, &settings, &blocks, ++job->step, 1);
    if (job->outcome.loss_count < HEED_BENCH_LOSSES) {
        const int targets = job->outcome.examples * job->shards[0].batch.target_length;
        job->losses[job->outcome.loss_count++] = loss / targets;
    }
    return isfinite(loss) ? HEED_OK : heed_fail(error, HEED_ERROR_NUMERIC, "bench: the loss is %g", loss);
}

void heed_bench_free_training(heed_bench_job *job)
{
    for (int k = 0; job->shards && k < job->shard_count; k++)
        heed_tape_free(&job->shards[k].tape);
    heed_pool_free(job->pool);
    heed_free(job->shards);
    heed_free(job->blocks);
    heed_free(job->chunk_sums);
}
