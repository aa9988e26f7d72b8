/* Decoding: step by step it gives what the teacher-forced pass gives; a beam of one is greedy; a hypothesis has the
 * score that forced decoding of its tokens has; hypotheses are ranked, and are those of a beam search in its plainest
 * form. */
#include "heed/generate.h"
#include "models/generation.h"
#include "small_model.h"

enum { MODELS = 60, SOURCES = 4 };

/* logits [rows, target_length, vocabulary] of the teacher-forced pass, taken from its trace, in the arena. */
static heed_real *forced_logits(const heed_model *model, heed_tape *tape, const heed_batch *batch, heed_arena *arena) {
    heed_trace trace = {0};
    tape->trace = &trace;
    small_loss(model, tape, batch, 0, NULL);
    tape->trace = NULL;
    const size_t vocabulary = (size_t)heed_tokenizer_count(model->target);
    heed_real *logits =
        heed_arena_alloc_zero(arena, (size_t)batch->rows * batch->target_length * vocabulary * sizeof *logits);
    int done = 0; /* with input feeding every step is an entry of its own */
    for (int e = 0; e < trace.count; e++) {
        const heed_trace_entry *entry = &trace.entries[e];
        if (strcmp(entry->name, "decoder.logits") != 0)
            continue;
        for (int row = 0; row < batch->rows; row++)
            memcpy(logits + ((size_t)row * batch->target_length + done) * vocabulary,
                   entry->values + (size_t)row * entry->dims[1] * vocabulary,
                   (size_t)entry->dims[1] * vocabulary * sizeof *logits);
        done += entry->dims[1];
    }
    CHECK_INT(done, batch->target_length);
    heed_trace_free(&trace);
    return logits;
}

static void steps_equal_forced_pass(const heed_model *model, heed_tape *tape, const heed_batch *batch, int beam) {
    heed_arena arena = {0};
    heed_error error = {0};
    heed_decoding decoding;
    const heed_real *forced = forced_logits(model, tape, batch, &arena);
    const int rows = batch->rows * beam, vocabulary = heed_tokenizer_count(model->target);
    heed_tape_reset(tape);
    CHECK_OK(model->arch->start(model, tape,
                                &(heed_source){batch->rows, batch->source_length, batch->source, NULL, batch->source_lengths},
                                beam, &decoding, &error),
             &error);
    CHECK_INT(decoding.rows, rows);
    CHECK_INT(decoding.vocabulary, vocabulary);
    int32_t *previous = heed_arena_alloc(&arena, (size_t)rows * sizeof *previous);
    for (int t = 0; t < batch->target_length; t++) {
        for (int row = 0; row < rows; row++)
            previous[row] = batch->target_in[row / beam * batch->target_length + t];
        if (!CHECK_OK(model->arch->step(model, tape, &decoding, previous, &error), &error))
            break;
        for (int row = 0; row < rows; row++) {
            small_close("logits of a step", (size_t)vocabulary, decoding.logits + (size_t)row * vocabulary,
                        forced + ((size_t)(row / beam) * batch->target_length + t) * vocabulary, 1e-5);
            for (int k = 0; decoding.attention && k < batch->source_length; k++)
                if (k >= batch->source_lengths[row / beam])
                    CHECK(decoding.attention[(size_t)row * batch->source_length + k] == 0);
        }
        /* Rows of one source are equal here, so any exchange among them changes nothing. */
        for (int row = 0; row < rows; row++)
            previous[row] = row / beam * beam + (row % beam + 1) % beam;
        model->arch->reorder(model, &decoding, previous);
    }
    heed_arena_free(&arena);
}

/* Packs the model, which must not change what it computes. */
static void packed_is_the_same(heed_model *model, heed_tape *tape, const heed_batch *batch) {
    heed_arena arena = {0};
    heed_error error = {0};
    const size_t n = (size_t)batch->rows * batch->target_length * heed_tokenizer_count(model->target);
    const heed_real *before = forced_logits(model, tape, batch, &arena);
    CHECK_OK(heed_params_pack(&model->params, &error), &error);
    small_close("logits of the packed model", n, forced_logits(model, tape, batch, &arena), before, 1e-5);
    heed_arena_free(&arena);
}

/* Rows of one source that decoded different tokens, exchanged: row r goes on as row parents[r] would have. Returns
 * whether the tokens made any difference; in a small network with dead ReLUs they may not. */
static bool reorder_moves_all_state(const heed_model *model, heed_tape *tape, const int32_t *ids, int32_t length) {
    enum { BEAM = 3 };
    static const int32_t parents[BEAM] = {2, 0, 0};
    const int vocabulary = heed_tokenizer_count(model->target);
    const size_t row_bytes = (size_t)vocabulary * sizeof(heed_real);
    heed_real *logits[2] = {malloc(BEAM * row_bytes), malloc(BEAM * row_bytes)};
    for (int reordered = 0; reordered < 2; reordered++) {
        heed_error error = {0};
        heed_decoding decoding;
        int32_t tokens[BEAM] = {HEED_TOKEN_BOS, HEED_TOKEN_BOS, HEED_TOKEN_BOS};
        heed_tape_reset(tape);
        CHECK_OK(model->arch->start(model, tape,
                                    &(heed_source){1, length, ids, NULL, &length},
                                    BEAM, &decoding, &error), &error);
        CHECK_OK(model->arch->step(model, tape, &decoding, tokens, &error), &error);
        for (int row = 0; row < BEAM; row++)
            tokens[row] = HEED_TOKEN_SPECIALS + row;
        CHECK_OK(model->arch->step(model, tape, &decoding, tokens, &error), &error);
        if (reordered)
            model->arch->reorder(model, &decoding, parents);
        for (int row = 0; row < BEAM; row++)
            tokens[row] = HEED_TOKEN_SPECIALS;
        CHECK_OK(model->arch->step(model, tape, &decoding, tokens, &error), &error);
        memcpy(logits[reordered], decoding.logits, BEAM * row_bytes);
    }
    for (int row = 0; row < BEAM; row++)
        CHECK(memcmp(logits[1] + (size_t)row * vocabulary, logits[0] + (size_t)parents[row] * vocabulary,
                     row_bytes) == 0);
    const bool different = memcmp(logits[0], logits[0] + vocabulary, row_bytes) != 0;
    free(logits[0]);
    free(logits[1]);
    return different;
}

/* Runs a generation to its end; NULL after a failed check. */
static heed_generation *generate(const heed_model *model, const char *text, const heed_generate_options *options) {
    heed_error error = {0};
    heed_generation *g = NULL;
    if (!CHECK_OK(heed_generation_start(model, text, strlen(text), options, &g, &error), &error))
        return NULL;
    for (bool done = false; !done;)
        if (!CHECK_OK(heed_generation_advance(g, &done, &error), &error))
            break;
    bool done;
    CHECK_STATUS(heed_generation_advance(g, &done, &error), HEED_ERROR_ARGUMENT, &error);
    return g;
}

static void beam_of_one_is_greedy(const heed_model *model, heed_tape *tape, const char *text, const int32_t *ids,
                                  int32_t count) {
    enum { LIMIT = 14 };
    const heed_generate_options options = {.beam = 1, .max_length = LIMIT};
    heed_error error = {0};
    int32_t out[LIMIT], length;
    heed_generation *g = generate(model, text, &options);
    if (!g)
        return;
    CHECK_OK(heed_greedy_decode(model, tape,
                                &(heed_source){1, count, ids, NULL, &count},
                                LIMIT, out, &length, &error), &error);
    CHECK_INT(heed_generation_count(g), 1);
    if (CHECK_INT(heed_generation_length(g, 0), length))
        for (int i = 0; i < length; i++)
            CHECK_INT(heed_generation_get(g, 0, i).token, out[i]);
    CHECK_INT(heed_generation_ended(g, 0), length < LIMIT);
    heed_generation_free(g);
}

/* log p of tokens[0..count) by decoding them one after another. */
static double forced_score(const heed_model *model, heed_tape *tape, const int32_t *ids, int32_t length,
                           const int32_t *tokens, int count) {
    heed_error error = {0};
    heed_decoding decoding;
    double sum = 0;
    heed_tape_reset(tape);
    CHECK_OK(model->arch->start(model, tape,
                                &(heed_source){1, length, ids, NULL, &length},
                                1, &decoding, &error), &error);
    for (int i = 0; i < count; i++) {
        const int32_t previous = i ? tokens[i - 1] : HEED_TOKEN_BOS;
        CHECK_OK(model->arch->step(model, tape, &decoding, &previous, &error), &error);
        double total = 0;
        for (int v = 0; v < decoding.vocabulary; v++)
            total += exp((double)decoding.logits[v]);
        sum += (double)decoding.logits[tokens[i]] - log(total);
    }
    return sum;
}

/* Whether attention weights are a softmax times a Gaussian, whose sum is below 1. */
static bool weights_fade(const heed_model *model) {
    const heed_json *local = heed_json_get(model->config, "local");
    return local && strcmp(local->string, "predictive") == 0;
}

static int beams_are_ranked_and_scored(const heed_model *model, heed_tape *tape, const char *text, const int32_t *ids,
                                       int32_t count, int beam, double penalty) {
    const bool faded = weights_fade(model);
    enum { LIMIT = 10 };
    const heed_generate_options options = {.beam = beam, .max_length = LIMIT, .length_penalty = penalty};
    heed_generation *g = generate(model, text, &options);
    if (!g)
        return 0;
    const int found = heed_generation_count(g);
    CHECK(found >= 1 && found <= beam);
    for (int k = 0; k < found; k++) {
        int32_t tokens[LIMIT + 1];
        const int steps = heed_generation_length(g, k) + heed_generation_ended(g, k);
        double sum = 0;
        CHECK(steps >= 1 && steps <= LIMIT);
        /* The search goes on until the best ones have ended or the limit is reached. */
        CHECK(heed_generation_ended(g, k) || heed_generation_length(g, k) == LIMIT);
        for (int i = 0; i < steps; i++) {
            const heed_generation_step step = heed_generation_get(g, k, i);
            tokens[i] = step.token;
            sum += step.log_probability;
            CHECK((step.token == HEED_TOKEN_EOS) == (heed_generation_ended(g, k) && i + 1 == steps));
            double weight = 0, probability = 0;
            for (int s = 0; step.attention && s < count; s++)
                weight += step.attention[s];
            if (step.attention && faded)
                CHECK(weight > 0 && weight <= 1 + 1e-5);
            else if (step.attention)
                heed_compare_one("attention of a step", (size_t)i, weight, 1, 1e-5);
            for (int c = 0; c < step.candidate_count; c++) {
                probability += step.probabilities[c];
                CHECK(c == 0 || step.probabilities[c] <= step.probabilities[c - 1]);
                if (step.candidates[c] == step.token)
                    heed_compare_one("probability", (size_t)i, log(step.probabilities[c]), step.log_probability, 1e-6);
            }
            CHECK(probability <= 1 + 1e-6);
        }
        const double score = heed_generation_score(g, k);
        heed_compare_one("score is the sum", (size_t)k, penalty > 0 ? sum / pow(steps, penalty) : sum, score, 1e-9);
        heed_compare_one("score of forced decoding", (size_t)k, forced_score(model, tape, ids, count, tokens, steps),
                         sum, 1e-5);
        CHECK(k == 0 || score <= heed_generation_score(g, k - 1));
        for (int other = 0; other < k; other++) { /* no hypothesis twice */
            bool same = heed_generation_length(g, other) + heed_generation_ended(g, other) == steps;
            for (int i = 0; same && i < steps; i++)
                same = heed_generation_get(g, other, i).token == tokens[i];
            CHECK(!same);
        }
    }
    heed_generation_free(g);
    return found;
}

/* Beam search in its plainest form: a hypothesis is its tokens, and is decoded from the start at every step. */
enum { PLAIN_LIMIT = 10, PLAIN_BEAM = 6, PLAIN_MAX = 64 };

typedef struct plain {
    int32_t tokens[PLAIN_LIMIT + 1];
    int count;
    double score; /* log p, divided by count^penalty where it is ranked among the ended */
    double sum;
} plain;

static int plain_order(const void *a, const void *b) {
    const double x = ((const plain *)a)->score, y = ((const plain *)b)->score;
    return (x < y) - (x > y);
}

static plain plain_scored(plain p, double penalty) {
    p.score = penalty > 0 ? p.sum / pow(p.count, penalty) : p.sum;
    return p;
}

/* All extensions of `from` by a token that may follow, into out. */
static int plain_extend(const heed_model *model, heed_tape *tape, const int32_t *ids, int32_t length, const plain *from,
                        plain *out) {
    int count = 0;
    for (int32_t v = 0; v < heed_tokenizer_count(model->target); v++) {
        if (v != HEED_TOKEN_EOS && v < HEED_TOKEN_SPECIALS)
            continue;
        plain *p = &out[count++];
        *p = *from;
        p->tokens[p->count++] = v;
        p->score = p->sum = forced_score(model, tape, ids, length, p->tokens, p->count);
    }
    return count;
}

/* Writes the ended and the live hypotheses, best first; returns how many of them count (at most `beam`). A token <eos>
 * ends a hypothesis only when the extension is among the best `beam` of all. */
static int plain_search(const heed_model *model, heed_tape *tape, const int32_t *ids, int32_t length, int beam,
                        double penalty, plain *ended) {
    plain live[PLAIN_BEAM] = {{.count = 0}}, all[PLAIN_MAX];
    int live_count = 1, ended_count = 0;
    for (int t = 0; t < PLAIN_LIMIT && live_count > 0; t++) {
        int count = 0, next = 0;
        for (int i = 0; i < live_count; i++)
            count += plain_extend(model, tape, ids, length, &live[i], all + count);
        qsort(all, (size_t)count, sizeof *all, plain_order);
        for (int i = 0; i < count && next < beam; i++) {
            const bool ends = all[i].tokens[t] == HEED_TOKEN_EOS;
            if (ends && i < beam)
                ended[ended_count++] = plain_scored(all[i], penalty);
            else if (!ends)
                live[next++] = all[i];
        }
        live_count = next;
        qsort(ended, (size_t)ended_count, sizeof *ended, plain_order);
        if (ended_count > beam)
            ended_count = beam;
        double best_live = -INFINITY;
        for (int i = 0; i < live_count; i++)
            best_live = fmax(best_live, plain_scored(live[i], penalty).score);
        if (ended_count == beam && best_live <= ended[beam - 1].score)
            break;
    }
    for (int i = 0; i < live_count; i++)
        ended[ended_count++] = plain_scored(live[i], penalty);
    qsort(ended, (size_t)ended_count, sizeof *ended, plain_order);
    return ended_count < beam ? ended_count : beam;
}

static void beams_are_those_of_plain_search(const heed_model *model, heed_tape *tape, const char *text,
                                            const int32_t *ids, int32_t length, int beam, double penalty) {
    const heed_generate_options options = {.beam = beam, .max_length = PLAIN_LIMIT, .length_penalty = penalty};
    plain want[PLAIN_MAX];
    heed_generation *g = generate(model, text, &options);
    if (!g)
        return;
    const int count = plain_search(model, tape, ids, length, beam, penalty, want);
    CHECK_INT(heed_generation_count(g), count);
    for (int k = 0; k < count && k < heed_generation_count(g); k++) {
        heed_compare_one("score of plain search", (size_t)k, heed_generation_score(g, k), want[k].score, 1e-5);
        CHECK_INT(heed_generation_length(g, k) + heed_generation_ended(g, k), want[k].count);
    }
    heed_generation_free(g);
}

/* Without a cache a beam says the same; a model that has none to go without says so. */
static void no_cache_changes_nothing(const heed_model *model, const char *text, int beam) {
    const heed_generate_options with = {.beam = beam, .max_length = 6}, without = {.beam = beam, .max_length = 6, .no_cache = 1};
    heed_error error = {0};
    heed_generation *cached, *g = NULL;
    if (!model->arch->caches) {
        CHECK_STATUS(heed_generation_start(model, text, strlen(text), &without, &g, &error), HEED_ERROR_ARGUMENT, &error);
        CHECK_CONTAINS(error.message, "no_cache: model_type \"seq2seq\"");
        return;
    }
    cached = generate(model, text, &with);
    g = generate(model, text, &without);
    for (int k = 0; cached && g && k < heed_generation_count(cached); k++) {
        const int length = heed_generation_length(cached, k);
        heed_compare_one("score", (size_t)k, heed_generation_score(g, k), heed_generation_score(cached, k), 1e-5);
        CHECK_INT(heed_generation_length(g, k), length);
        for (int i = 0; i < length && i < heed_generation_length(g, k); i++) {
            const heed_generation_step want = heed_generation_get(cached, k, i), got = heed_generation_get(g, k, i);
            CHECK_INT(got.token, want.token);
            for (int s = 0; want.attention && s < (int)strlen(text); s++)
                heed_compare_one("attention", (size_t)s, (double)got.attention[s], (double)want.attention[s], 1e-5);
        }
    }
    heed_generation_free(cached);
    heed_generation_free(g);
}

int main(void) {
    heed_rng rng;
    heed_rng_seed(&rng, 2, 2);
    int hypotheses = 0, different = 0;
    for (int i = 0; i < MODELS; i++) {
        small_setting set;
        if (!small_open_model(&set, small_model_any(&rng, i, 0)))
            break;
        const heed_batch batch =
            small_batch(&set.arena, &rng, SOURCES, 1 + (int)heed_rng_below(&rng, 9), 1 + (int)heed_rng_below(&rng, 9));
        steps_equal_forced_pass(set.model, &set.tape, &batch, 1 + i % 3);
        set.tape.no_cache = set.model->arch->caches;
        steps_equal_forced_pass(set.model, &set.tape, &batch, 1 + i % 3);
        reorder_moves_all_state(set.model, &set.tape, batch.source, batch.source_length);
        set.tape.no_cache = false;
        no_cache_changes_nothing(set.model, "face", 1 + i % 4);
        different += reorder_moves_all_state(set.model, &set.tape, batch.source, batch.source_length);
        if (i % 2)
            packed_is_the_same(set.model, &set.tape, &batch);
        for (int row = 0; row < SOURCES; row++) {
            char text[32] = {0};
            const int32_t *ids = batch.source + row * batch.source_length, count = batch.source_lengths[row];
            for (int k = 0; k < count; k++)
                text[k] = (char)('a' + ids[k] - HEED_TOKEN_SPECIALS);
            beam_of_one_is_greedy(set.model, &set.tape, text, ids, count);
            hypotheses += beams_are_ranked_and_scored(set.model, &set.tape, text, ids, count, 2 + (i + row) % 15,
                                                      row % 2 ? 0.7 : 0);
            if (row < 2)
                beams_are_those_of_plain_search(set.model, &set.tape, text, ids, count, 1 + i % PLAIN_BEAM,
                                                row ? 0.7 : 0);
        }
        small_close_setting(&set);
    }
    CHECK(different > MODELS * 9 / 10);
    CHECK(hypotheses > 3 * MODELS * SOURCES); /* beams did hold several */
    return heed_test_finish("decoding_property");
}
