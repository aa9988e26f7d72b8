/* The inside of a heed_generation. */
#ifndef HEED_GENERATION_H
#define HEED_GENERATION_H

#include "heed/generate.h"
#include "models/arch.h"

typedef struct heed_beam_node { /* one step of a hypothesis; nodes form a tree */
    const struct heed_beam_node *parent, *before; /* before: made before this one, whatever it continues */
    int number;                                   /* of those made before */
    heed_generation_step step;
    double sum; /* log probability of the whole prefix */
    int depth;  /* steps, this one included */
} heed_beam_node;

typedef struct heed_beam_hypothesis {
    const heed_beam_node *last; /* NULL before the first step */
    double score;
    bool ended;                 /* `last` chose <eos> */
} heed_beam_hypothesis;

struct heed_generation {
    const heed_model *model;
    heed_generate_options options;
    heed_arena arena; /* input, nodes */
    heed_tape tape;
    heed_decoding decoding;
    const char *input;
    size_t input_size;
    heed_encoding encoding;
    const int32_t *forced; /* the target's tokens and, where it ends so, <eos>; NULL: the search chooses */
    int beam, steps;
    bool draws, done;
    const heed_beam_node *newest;
    const heed_beam_node *live[HEED_BEAM_MAX]; /* of each decoder row; NULL before the first step */
    int live_count;                            /* rows in use; the rest decode along and are not looked at */
    heed_real *probabilities;                  /* [vocabulary] scratch */
    int32_t *order;                            /* [vocabulary] scratch, when it draws */
    heed_beam_hypothesis ended[HEED_BEAM_MAX + 1]; /* best first, at most `beam`, and room to insert one */
    int ended_count;
    heed_beam_hypothesis ranked[2 * HEED_BEAM_MAX]; /* ended and live, best first */
    int ranked_count;
    heed_trace trace;
    double seconds;
};

/* One step of the search: every live hypothesis grows by a token, and all are ranked. */
heed_status heed_generation_search(heed_generation *generation, heed_error *error);
/* Whether a token may stand in an output. */
static inline bool heed_generation_may_follow(const heed_generation *g, int32_t token)
{
    return token >= HEED_TOKEN_SPECIALS || (token == HEED_TOKEN_EOS && !g->model->arch->labels);
}
/* Draws the next token from `logits` into *token; the chances of step->candidates and its own into *step. */
void heed_generation_draw(heed_generation *generation, const heed_real *logits, heed_generation_step *step,
                          int32_t *token);

/* When a trace is asked for that heed_trace_is_gradient: a backward pass from -log p of the best hypothesis (<eos>
 * included, when it came), whose gradients join the trace. Fails where a value that was named is not on the tape. */
heed_status heed_generation_trace_gradients(heed_generation *generation, heed_error *error);

#endif
