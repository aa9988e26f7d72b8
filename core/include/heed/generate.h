/* From an input text to output tokens, one step at a time: the likeliest (greedy or beam search: Graves 2012, Sutskever
 * 2014), drawn (temperature, top-k: Fan 2018, top-p: Holtzman 2020), or given ones, to be scored. */
#ifndef HEED_GENERATE_H
#define HEED_GENERATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heed/model.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { HEED_CANDIDATES = 5, HEED_BEAM_MAX = 16, HEED_INPUT_MAX = 256 /* tokens; a longer input is an error */,
       HEED_OUTPUT_MAX = 1024 /* tokens */ };

typedef struct heed_generate_options {
    int beam;           /* hypotheses kept, all of which can be read; 1 is greedy; at most HEED_BEAM_MAX */
    int max_length;     /* output tokens, at most HEED_OUTPUT_MAX; 0: 2 * input + 10 */
    double length_penalty; /* scores are log p / length^penalty when hypotheses are ranked; 0: log p as it is */
    double temperature; /* tokens are drawn with probabilities softmax(logits / temperature), 0.01 .. 100; 0: with top_k or
                           top_p it is 1, else nothing is drawn */
    int top_k;          /* drawn are the k likeliest only; 0: all */
    double top_p;       /* and of these the fewest likeliest whose probabilities sum to top_p; 0: all */
    uint64_t seed;      /* of what is drawn: the same gives the same tokens */
    const char *target; /* forced decoding: the output is this text, and is scored; NUL-terminated; NULL: none. A part of
                           it that the model has no token for is an error. Neither this nor drawing goes with a beam */
    double attention_temperature; /* attention scores are divided by it before their softmax, 0.01 .. 100: below 1 the
                           weights are sharper than in training, above 1 flatter; 0: 1 */
    const char *mute;   /* comma-separated attention heads that contribute zero ("encoder.0.self_attention.2": the third
                           of that layer); NULL: none; a name that is no head of the model is an error */
    const char *trace;  /* comma-separated trace names to keep ("attention" is every step's attention row, always kept; a
                           parameter's name gives its values); NULL: none; a name that the model does not keep is an
                           error. Names in ".gradient" (of what the model keeps, or of a parameter: the same shape) and in
                           ".gradient_norm" are of -log p of the best output, or of the target, and there when it is done;
                           a value that is only looked at, and not computed with, has no gradient: an error then */
    int no_cache;       /* 1: decoding keeps no keys and values, every step reads all tokens so far again: the same output,
                           later. An error where the model is no Transformer that decodes */
} heed_generate_options;

/* One decoding step of a hypothesis. `attention` has one weight per input token, or per cell of an image, row after row
 * (NULL without attention). */
typedef struct heed_generation_step {
    int32_t token;
    double log_probability;                 /* of the token, natural logarithm; as the model has it, however it was drawn */
    double chance;                          /* that it was drawn; 0 where nothing is */
    int rank;                               /* 1: no token is likelier */
    int candidate_count;
    int32_t candidates[HEED_CANDIDATES];    /* best first, <eos> included */
    double probabilities[HEED_CANDIDATES];
    double chances[HEED_CANDIDATES];        /* of being drawn, after temperature, top_k and top_p */
    const float *attention;
} heed_generation_step;

typedef struct heed_generation heed_generation;

/* Reads the input and prepares the first step. The input may be any bytes; what the model's alphabet does not hold is
 * skipped and listed in the result. Fails when nothing readable is left (but a language model takes an empty input), or
 * when the input is too long. Options that are impossible or contradict each other are errors that name them. */
heed_status heed_generation_start(const heed_model *model, const char *text, size_t size,
                                  const heed_generate_options *options, heed_generation **out, heed_error *error);
/* Decodes one step. *done becomes true after the step that ended the output (or the length limit); a call after that
 * fails. With a beam, all hypotheses advance by one token. */
heed_status heed_generation_advance(heed_generation *generation, bool *done, heed_error *error);
/* The k-th best hypothesis so far (0 is the best); <eos> is not among its steps, `ended` says whether it came. */
int heed_generation_count(const heed_generation *generation);
int heed_generation_length(const heed_generation *generation, int k);
double heed_generation_score(const heed_generation *generation, int k);
double heed_generation_log_probability(const heed_generation *generation, int k); /* of all its steps */
bool heed_generation_ended(const heed_generation *generation, int k);
/* Step i of hypothesis k; i == length gives the step that chose <eos>, when it ended. */
heed_generation_step heed_generation_get(const heed_generation *generation, int k, int i);
/* The result so far as JSON, the form that `heed run --json` and the bindings share:
 * {"input", "source": [{"token", "start", "length"}] (byte offsets), "skipped": [{"text", "start", "length"}],
 *  "hypotheses": [{"score", "log_probability", "perplexity", "ended", "text", "tokens": [..], "steps": [{"token", "id",
 *  "log_probability", "rank", "candidates": [{"token", "probability"}], "attention": [..]|null}]}],
 *  "columns" (of an image only: cells of a row of its grid),
 *  "tree": [{"parent", "token", "log_probability", "ended"}], "trace": [{"name", "shape", "values"}], "ms"}.
 * perplexity is exp(-log_probability / steps). Steps and candidates that were drawn have a "chance" as well. The tree
 * is that of a beam, all hypotheses it ever held: a node is a prefix, its parent an earlier node's place in the list or
 * -1. The steps of an ended hypothesis include the one that chose <eos>; "tokens" does not. Free with
 * heed_text_free. */
heed_status heed_generation_json(const heed_generation *generation, char **json, heed_error *error);
/* The bytes that it and its model hold now, as JSON: {"parameters": the flat block of a model that trains, "packed":
 * what the kernels read (all parameters where there is no flat block), "model": configuration, network, tokenizers,
 * "tensors": the arena of all that steps compute, "hypotheses": input and search, "scratch": of the matrix product}.
 * Free with heed_text_free. */
heed_status heed_generation_memory(const heed_generation *generation, char **json, heed_error *error);
void heed_generation_free(heed_generation *generation); /* NULL is allowed */

#ifdef __cplusplus
}
#endif
#endif
