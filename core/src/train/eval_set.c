#include "train/eval_set.h"

#include <string.h>

#include "base/memory.h"
#include "heed/generate.h"

static int32_t slice_of(const heed_eval_set *set)
{
    return set->slice > 0 ? set->slice : HEED_EVAL_SLICE;
}

static void *take(heed_arena *arena, size_t count, size_t size)
{
    size_t bytes;
    return heed_mul_size(count, size, &bytes) ? heed_arena_alloc_zero(arena, bytes) : NULL;
}

static heed_status out_of_memory(heed_error *error)
{
    return heed_fail(error, HEED_ERROR_MEMORY, "out of memory for the inputs to evaluate");
}

/* The ids of a right answer. What the tokenizer cannot read becomes one -1 a run, which no output equals. */
static heed_status encode_answer(heed_eval_set *set, const heed_model *model, const heed_pair *pair, heed_answer *out,
                                 heed_error *error)
{
    heed_encoding encoding;
    HEED_TRY(heed_tokenizer_encode(model->target, pair->target, (size_t)pair->target_size, &set->arena, &encoding,
                                   error));
    int32_t *tokens = take(&set->arena, (size_t)encoding.count + (size_t)encoding.skipped_count + 1, sizeof *tokens);
    if (tokens == NULL)
        return out_of_memory(error);
    int n = 0, skipped = 0;
    for (int i = 0; i <= encoding.count; i++) {
        while (skipped < encoding.skipped_count &&
               (i == encoding.count || encoding.skipped[skipped].start < encoding.spans[i].start)) {
            tokens[n++] = -1;
            skipped++;
        }
        if (i < encoding.count)
            tokens[n++] = encoding.ids[i];
    }
    *out = (heed_answer){tokens, n};
    if (n > set->longest_answer)
        set->longest_answer = n;
    return HEED_OK;
}

static heed_status build_item(heed_eval_set *set, const heed_model *model, const heed_reference *input,
                              const heed_reference *reference, int32_t index, heed_error *error)
{
    if (reference == NULL)
        return heed_fail(error, HEED_ERROR_FORMAT, "no reference for the input \"%.100s\"", input->source);
    heed_eval_item *item = &set->items[index];
    heed_eval_result *result = &set->results[index];
    heed_encoding encoding;
    HEED_TRY(heed_tokenizer_encode(model->source, input->source, (size_t)input->source_size, &set->arena, &encoding,
                                   error));
    heed_answer *answers = take(&set->arena, (size_t)reference->count, sizeof *answers);
    if (answers == NULL)
        return out_of_memory(error);
    for (int32_t i = 0; i < reference->count; i++)
        HEED_TRY(encode_answer(set, model, reference->pairs[i], &answers[i], error));
    *item = (heed_eval_item){.text = input->source,
                             .text_size = input->source_size,
                             .source = encoding.ids,
                             .values = encoding.values,
                             .source_length = encoding.count,
                             .answers = answers,
                             .answer_count = reference->count};
    /* The limit of heed_generate_options: a runaway output counts the same whichever way it is decoded. */
    result->max_length = 2 * encoding.count + 10;
    if (encoding.count == 0 || encoding.count > HEED_INPUT_MAX)
        result->max_length = 0;
    result->output = take(&set->arena, (size_t)result->max_length, sizeof *result->output);
    return result->output == NULL ? out_of_memory(error) : HEED_OK;
}

/* A counting sort keeps inputs of one length in the order of the file. */
static heed_status sort_by_length(heed_eval_set *set, heed_error *error)
{
    int32_t longest = 0;
    for (int32_t i = 0; i < set->count; i++)
        if (set->items[i].source_length > longest)
            longest = set->items[i].source_length;
    int32_t *starts = take(&set->arena, (size_t)longest + 2, sizeof *starts);
    if (starts == NULL)
        return out_of_memory(error);
    for (int32_t i = 0; i < set->count; i++)
        starts[set->items[i].source_length + 1]++;
    for (int32_t n = 0; n <= longest; n++)
        starts[n + 1] += starts[n];
    for (int32_t i = 0; i < set->count; i++)
        set->order[starts[set->items[i].source_length]++] = i;
    return HEED_OK;
}

heed_status heed_eval_set_build(heed_eval_set *set, const heed_model *model, const heed_references *inputs,
                                const heed_references *references, heed_error *error)
{
    size_t count = (size_t)inputs->count;
    set->count = inputs->count;
    set->items = take(&set->arena, count, sizeof *set->items);
    set->results = take(&set->arena, count, sizeof *set->results);
    set->order = take(&set->arena, count, sizeof *set->order);
    if (set->items == NULL || set->results == NULL || set->order == NULL)
        return out_of_memory(error);
    for (int32_t i = 0; i < inputs->count; i++) {
        const heed_reference *input = &inputs->list[i];
        const heed_reference *reference =
            references == inputs ? input : heed_references_find(references, input->source);
        HEED_TRY(build_item(set, model, input, reference, i, error));
    }
    return sort_by_length(set, error);
}

/* One run: worker w takes the slices w, w + workers, ... of inputs sorted by length, which is even work for all. */
typedef struct run_work {
    heed_eval_set *set;
    const heed_model *model;
    heed_tape *tapes;
    heed_error *errors;   /* [workers] */
    int32_t *scratch;     /* [workers, scratch_size]: slice inputs, lengths, outputs; then a row of the edit distance */
    size_t scratch_size;
    int beam, workers;
    int32_t first;        /* inputs of order[0..first) have no token: nothing to decode */
    int32_t end;          /* those of order[end..count) are too long for the model */
} run_work;

static heed_status decode_slice(const run_work *work, heed_tape *tape, int32_t from, int rows, int32_t *scratch,
                                heed_error *error)
{
    heed_eval_set *set = work->set;
    const size_t channels = (size_t)work->model->values_in.channels;
    int32_t longest = set->items[set->order[from + rows - 1]].source_length;
    int32_t max_length = 2 * longest + 10;
    int32_t *ids = scratch, *lengths = ids + rows * longest, *out_lengths = lengths + rows;
    int32_t *out = out_lengths + rows;
    heed_real *values = channels > 0 ? heed_alloc((size_t)rows * (size_t)longest * channels, sizeof *values) : NULL;
    if (channels > 0 && values == NULL)
        return out_of_memory(error);
    for (int r = 0; r < rows; r++) {
        const heed_eval_item *item = &set->items[set->order[from + r]];
        lengths[r] = item->source_length;
        if (channels > 0)
            memcpy(values + (size_t)r * (size_t)longest * channels, item->values,
                   (size_t)item->source_length * channels * sizeof *values);
        for (int32_t t = 0; channels == 0 && t < longest; t++)
            ids[r * longest + t] = t < item->source_length ? item->source[t] : HEED_TOKEN_PAD;
    }
    const heed_source source = {rows, longest, channels > 0 ? NULL : ids, values, lengths};
    heed_status status = heed_greedy_decode(work->model, tape, &source, max_length, out, out_lengths, error);
    heed_free(values);
    HEED_TRY(status);
    for (int r = 0; r < rows; r++) {
        heed_eval_result *result = &set->results[set->order[from + r]];
        int32_t n = out_lengths[r] < result->max_length ? out_lengths[r] : result->max_length;
        memcpy(result->output, out + (size_t)r * (size_t)max_length, (size_t)n * sizeof *out);
        result->output_length = n;
    }
    return HEED_OK;
}

static heed_status decode_with_beam(const run_work *work, int32_t index, heed_error *error)
{
    const heed_eval_item *item = &work->set->items[index];
    heed_eval_result *result = &work->set->results[index];
    heed_generate_options options = {.beam = work->beam};
    heed_generation *generation = NULL;
    bool done = false;
    heed_status status = heed_generation_start(work->model, item->text, (size_t)item->text_size, &options, &generation,
                                               error);
    while (status == HEED_OK && !done)
        status = heed_generation_advance(generation, &done, error);
    if (status == HEED_OK) {
        int n = heed_generation_length(generation, 0);
        result->output_length = n < result->max_length ? n : result->max_length;
        for (int i = 0; i < result->output_length; i++)
            result->output[i] = heed_generation_get(generation, 0, i).token;
    }
    heed_generation_free(generation);
    return status;
}

static heed_status run_slice(const run_work *work, heed_tape *tape, int32_t from, int rows, int32_t *scratch,
                             heed_error *error)
{
    heed_eval_set *set = work->set;
    if (work->beam == 1)
        HEED_TRY(decode_slice(work, tape, from, rows, scratch, error));
    for (int r = 0; r < rows; r++) {
        int32_t index = set->order[from + r];
        heed_eval_result *result = &set->results[index];
        const heed_eval_item *item = &set->items[index];
        if (work->beam > 1)
            HEED_TRY(decode_with_beam(work, index, error));
        result->match = heed_match_answers(result->output, result->output_length, item->answers, item->answer_count,
                                           scratch);
    }
    return HEED_OK;
}

static void run_worker(void *context, int worker)
{
    const run_work *work = context;
    int32_t *scratch = work->scratch + (size_t)worker * work->scratch_size;
    int32_t slice = slice_of(work->set), stride = slice * work->workers;
    heed_status status = HEED_OK;
    for (int32_t from = work->first + worker * slice; from < work->end && status == HEED_OK; from += stride) {
        int rows = work->end - from < slice ? work->end - from : slice;
        status = run_slice(work, &work->tapes[worker], from, rows, scratch, &work->errors[worker]);
    }
}

/* An input that cannot be decoded has an empty output, which is wrong unless an answer is empty too. */
static void match_unread(heed_eval_set *set, int32_t from, int32_t end, int32_t *scratch)
{
    for (int32_t i = from; i < end; i++) {
        heed_eval_result *result = &set->results[set->order[i]];
        const heed_eval_item *item = &set->items[set->order[i]];
        result->output_length = 0;
        result->match = heed_match_answers(result->output, 0, item->answers, item->answer_count, scratch);
    }
}

int32_t heed_eval_set_slices(const heed_eval_set *set)
{
    return (set->count + slice_of(set) - 1) / slice_of(set);
}

/* order[first..end) without the inputs at both ends that cannot be decoded; those are matched at once. */
static void trim(run_work *work)
{
    heed_eval_set *set = work->set;
    const int32_t first = work->first, end = work->end;
    while (work->first < end && set->items[set->order[work->first]].source_length == 0)
        work->first++;
    while (work->end > work->first && set->items[set->order[work->end - 1]].source_length > HEED_INPUT_MAX)
        work->end--;
    match_unread(set, first, work->first, work->scratch);
    match_unread(set, work->end, end, work->scratch);
}

heed_status heed_eval_set_run_slices(heed_eval_set *set, const heed_model *model, int beam, heed_pool *pool,
                                     heed_tape *tapes, int workers, int32_t first, int32_t end, heed_error *error)
{
    run_work work = {.set = set, .model = model, .tapes = tapes, .beam = beam, .workers = workers,
                     .first = first * slice_of(set),
                     .end = end < heed_eval_set_slices(set) ? end * slice_of(set) : set->count};
    int32_t last = set->count > 0 ? set->items[set->order[set->count - 1]].source_length : 0;
    size_t longest = last < HEED_INPUT_MAX ? (size_t)last : HEED_INPUT_MAX;
    work.scratch_size = (size_t)slice_of(set) * (longest + 2 + 2 * longest + 10);
    if (work.scratch_size < (size_t)set->longest_answer + 1)
        work.scratch_size = (size_t)set->longest_answer + 1;
    heed_arena_mark mark = heed_arena_save(&set->arena);
    work.scratch = take(&set->arena, work.scratch_size * (size_t)workers, sizeof *work.scratch);
    work.errors = take(&set->arena, (size_t)workers, sizeof *work.errors);
    heed_status status = HEED_OK;
    if (work.scratch == NULL || work.errors == NULL) {
        status = out_of_memory(error);
    } else {
        trim(&work);
        for (int w = 0; w < workers; w++)
            tapes[w].recording = tapes[w].training = false;
        heed_pool_run(pool, run_worker, &work, workers);
        for (int w = 0; w < workers && status == HEED_OK; w++)
            if (work.errors[w].status != HEED_OK)
                status = heed_fail(error, work.errors[w].status, "%s", work.errors[w].message);
    }
    heed_arena_restore(&set->arena, mark);
    return status;
}

heed_status heed_eval_set_run(heed_eval_set *set, const heed_model *model, int beam, heed_pool *pool,
                              heed_tape *tapes, int workers, heed_error *error)
{
    return heed_eval_set_run_slices(set, model, beam, pool, tapes, workers, 0, heed_eval_set_slices(set), error);
}

void heed_eval_set_sum(const heed_eval_set *set, heed_evaluation *out)
{
    double seconds = out->seconds;
    memset(out, 0, sizeof *out);
    out->seconds = seconds;
    const int lengths = (int)(sizeof out->by_length_inputs / sizeof out->by_length_inputs[0]);
    for (int32_t i = 0; i < set->count; i++) {
        const heed_match *match = &set->results[i].match;
        int length = set->items[i].source_length < lengths ? set->items[i].source_length : lengths - 1;
        out->inputs++;
        out->wrong += match->right ? 0 : 1;
        out->symbols += match->symbols;
        out->edits += match->edits;
        out->by_length_inputs[length]++;
        out->by_length_wrong[length] += match->right ? 0 : 1;
        if (length >= out->length_count)
            out->length_count = length + 1;
    }
    out->wer = out->inputs > 0 ? (double)out->wrong / (double)out->inputs : 0;
    out->per = out->symbols > 0 ? (double)out->edits / (double)out->symbols : 0;
}

void heed_eval_set_free(heed_eval_set *set)
{
    heed_arena_free(&set->arena);
    memset(set, 0, sizeof *set);
}
