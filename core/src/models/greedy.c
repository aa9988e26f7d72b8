/* Greedy decoding of many sources at once. */
#include "models/arch.h"

int32_t heed_best_token(const heed_real *logits, int vocabulary)
{
    int32_t best = HEED_TOKEN_EOS;
    for (int32_t v = HEED_TOKEN_SPECIALS; v < vocabulary; v++)
        if (logits[v] > logits[best])
            best = v;
    return best;
}

heed_status heed_greedy_decode(const heed_model *model, heed_tape *tape, const heed_source *source, int max_length,
                               int32_t *out, int32_t *out_lengths, heed_error *error)
{
    const int rows = source->rows;
    heed_decoding decoding;
    heed_tape_reset(tape);
    HEED_TRY(model->arch->start(model, tape, source, 1, &decoding, error));
    int32_t *previous = heed_tape_alloc(tape, (size_t)rows, sizeof *previous);
    bool *ended = heed_tape_alloc(tape, (size_t)rows, sizeof *ended);
    if (!previous || !ended)
        return heed_tape_check(tape, error);
    for (int row = 0; row < rows; row++) {
        previous[row] = HEED_TOKEN_BOS;
        ended[row] = false;
        out_lengths[row] = 0;
    }
    int working = rows;
    int limit = heed_arch_output_limit(model->arch, max_length);
    if (decoding.max_steps > 0 && limit > decoding.max_steps)
        limit = decoding.max_steps;
    for (int t = 0; t < limit && working > 0; t++) {
        HEED_TRY(model->arch->step(model, tape, &decoding, previous, error));
        for (int row = 0; row < rows; row++) {
            if (ended[row])
                continue;
            previous[row] = heed_best_token(decoding.logits + (size_t)row * decoding.vocabulary, decoding.vocabulary);
            ended[row] = previous[row] == HEED_TOKEN_EOS;
            working -= ended[row];
            if (!ended[row])
                out[(size_t)row * max_length + out_lengths[row]++] = previous[row];
        }
    }
    return HEED_OK;
}
