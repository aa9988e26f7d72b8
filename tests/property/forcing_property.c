/* Teacher forcing: without it a training step reads the network's own best tokens, and only a training step. */
#include "small_model.h"

enum { MODELS = 12, ROWS = 4 };

/* The batch with the best token of every step before, as the traced logits have it, in place of the right one. */
static heed_batch own_tokens(heed_arena *arena, const heed_batch *batch, const heed_trace *trace) {
    heed_batch own = small_batch_part(arena, batch, 0, batch->rows, batch->source_length, batch->target_length);
    int t = 0;
    for (int e = 0; e < trace->count; e++) {
        const heed_trace_entry *entry = &trace->entries[e];
        if (strcmp(entry->name, "decoder.logits") != 0 || ++t == batch->target_length)
            continue;
        for (int b = 0; b < batch->rows; b++)
            own.target_in[b * batch->target_length + t] =
                heed_best_token(entry->values + b * entry->dims[2], entry->dims[2]);
    }
    return own;
}

static double training_loss(const small_setting *set, heed_tape *tape, const heed_batch *batch, heed_trace *trace) {
    tape->training = true;
    tape->trace = trace;
    heed_rng_seed(&tape->rng, 5, 5);
    const double loss = small_loss(set->model, tape, batch, 0, NULL);
    tape->training = false;
    tape->trace = NULL;
    return loss;
}

/* Returns whether the network's own tokens differ from the right ones. */
static bool check(heed_rng *rng, int number, const char *more) {
    static const char *const scores[] = {"general", "additive", "none"};
    const small_config config = {scores[number % 3], number % 2, 1, 1, 4, 7, 0, "lstm", more};
    small_setting set;
    if (!small_open(&set, &config, (uint64_t)number))
        return false;
    const heed_batch batch = small_batch(&set.arena, rng, ROWS, 5, 6);
    heed_trace trace = {0};
    const double forced = small_loss(set.model, &set.tape, &batch, 0, NULL);
    const double free_running = training_loss(&set, &set.tape, &batch, &trace);
    const bool never = strstr(more, ": 0") != NULL;
    if (never) {
        const heed_batch own = own_tokens(&set.arena, &batch, &trace);
        heed_compare_one("loss on own tokens", 0, small_loss(set.model, &set.tape, &own, 0, NULL), free_running, 1e-6);
    } else {
        heed_compare_one("loss on right tokens", 0, free_running, forced, 1e-6);
    }
    heed_trace_free(&trace);
    small_close_setting(&set);
    return fabs(forced - free_running) > 1e-4;
}

int main(void) {
    heed_rng rng;
    heed_rng_seed(&rng, 8, 8);
    int different = 0;
    for (int i = 0; i < MODELS; i++) {
        CHECK(!check(&rng, i, ", \"teacher_forcing\": 1"));
        different += check(&rng, i, ", \"teacher_forcing\": 0");
    }
    CHECK(different > MODELS / 2);
    return heed_test_finish("forcing_property");
}
