/* Global soft attention: weights = softmax(score(query, keys)), context = weights x values (Bahdanau 2015, Luong
 * 2015). */
#ifndef HEED_ATTENTION_H
#define HEED_ATTENTION_H

#include "nn/layers.h"

enum { HEED_SCORE_PARAMS_MAX = 4, HEED_LOCATIONS = 256 /* positions that "location" knows: HEED_INPUT_MAX */ };

typedef struct heed_score heed_score;

/* Which keys a query looks at: all; those about its own number; those about a place that it predicts (Luong 2015). */
typedef enum heed_locality { HEED_GLOBAL, HEED_LOCAL_MONOTONIC, HEED_LOCAL_PREDICTIVE } heed_locality;

typedef struct heed_attention {
    const heed_score *score;
    int params[HEED_SCORE_PARAMS_MAX]; /* ids, each score its own use */
    heed_locality locality;
    int reach;                         /* keys on either side, when local */
    heed_linear_layer place, place_v;  /* predictive: z = v . tanh(W q) */
    bool hard;                         /* one key, drawn in training and else the likeliest, in place of a mixture */
    heed_linear_layer baseline;        /* hard: the cost that is expected of a query */
} heed_attention;

struct heed_score {
    const char *name;
    /* Declares parameters under `name`; returns 0 when the sizes do not fit this score. */
    int (*declare)(heed_params *params, const char *name, int query_size, int key_size, heed_attention *attention);
    /* What of the keys [B, K, D] can be computed once per source, or the keys themselves. */
    heed_tensor *(*prepare)(heed_tape *tape, const heed_params *params, const heed_attention *attention,
                            heed_tensor *keys);
    /* Scores [B, Q, K] of queries [B, Q, D] with prepared keys. */
    heed_tensor *(*apply)(heed_tape *tape, const heed_params *params, const heed_attention *attention,
                          heed_tensor *queries, heed_tensor *prepared);
    const char *rule; /* what the sizes must be, for messages: "query and key size must be equal" */
};

#define HEED_SCORE(name) extern const heed_score heed_score_##name;
#include "nn/attention/scores.def"
#undef HEED_SCORE

/* NULL when there is none of this name; heed_score_names is "dot general additive ...", for messages. */
const heed_score *heed_score_find(const char *name);
extern const char heed_score_names[];

/* The softmax of the scores, divided by the tape's attention_temperature: below 1 it is sharper, above 1 flatter.
 * `first` is the number of the first query, for local attention.
 * weights [B, Q, K] (row b: zero from lengths[b] on) and context [B, Q, D] of values [B, K, D]. */
typedef struct heed_attention_result {
    heed_tensor *weights, *context;
    heed_tensor *scores;       /* [B, Q, K] that the softmax is taken of */
    heed_tensor *place;        /* [B, Q, 1] where a predictive query looks, when the tape traces; else NULL */
    heed_tensor *distribution; /* hard: what `weights`, which are 1 for one key, were chosen by */
    int32_t *choices;          /* hard: [B, Q] the keys */
} heed_attention_result;
/* Makes a global attention local; declares "<name>.place.weight" and "<name>.place_v.weight" where they are needed. */
void heed_attention_make_local(heed_params *params, const char *name, int query_size, heed_locality locality, int reach,
                               heed_attention *attention);
heed_attention_result heed_attention_apply(heed_tape *tape, const heed_params *params, const heed_attention *attention,
                                           heed_tensor *queries, heed_tensor *prepared, heed_tensor *values,
                                           const int32_t *lengths, int first);

/* Makes an attention hard; declares "<name>.baseline". */
void heed_attention_make_hard(heed_params *params, const char *name, int query_size, heed_attention *attention);
/* One key of every row of weights [B, Q, K] as a vector of 0 and 1 without a gradient; which ones in *choices. */
heed_tensor *heed_choose(heed_tape *tape, const heed_tensor *weights, int32_t **choices);
/* What teaches a hard attention: add it to the loss. One number, 0, whose gradient reaches the distribution of `chosen`
 * and the baseline: how much dearer than expected each choice was, by logits [B, Q, V] for targets [B, Q]. A choice
 * must have a bearing on its own step's logits only. */
heed_tensor *heed_reinforce_attention(heed_tape *tape, const heed_params *params, const heed_attention *attention,
                                      const heed_attention_result *chosen, const heed_tensor *queries,
                                      const heed_tensor *logits, const int32_t *targets, const int32_t *lengths);

#endif
