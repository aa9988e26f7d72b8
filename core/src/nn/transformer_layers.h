/* The layers of a Transformer (Vaswani et al. 2017): blocks of self-attention, attention to another sequence and a
 * feed-forward network, each with its norm and its residual; a stack of them over embedded tokens; what a stack keeps
 * between decoding steps.
 *
 * Sizes: B rows, T steps, S steps of the memory, C = d_model channels, F = ffn, L layers. Rows of `qkv` are the query's
 * C, the key's C, the value's C, as in PyTorch's in_proj_weight; rows of `key_value` the key's, then the value's. */
#ifndef HEED_TRANSFORMER_LAYERS_H
#define HEED_TRANSFORMER_LAYERS_H

#include "nn/layers.h"


typedef enum heed_norm_place { HEED_NORM_POST, HEED_NORM_PRE, HEED_NORM_NONE } heed_norm_place;
typedef enum heed_positions { HEED_SINUSOIDAL, HEED_LEARNED, HEED_NO_POSITIONS } heed_positions;

/* What a stack is made of; the fields of a config with the same names. */
typedef struct heed_stack_options {
    int size, heads, ffn, layers, max_length, window;
    heed_norm_place norm;
    heed_norm_kind norm_kind;
    heed_activation activation;
    heed_positions positions;
    bool residual;
    bool causal, cross; /* not fields: what kind of stack it is */
    double dropout, epsilon;
    double attention_dropout; /* of the weights; `dropout` is of embeddings and of what sublayers give (Vaswani 2017, 5.4) */
} heed_stack_options;

/* One block. A sublayer f is applied as
 *   post: norm(x + dropout(f(x)))    pre: x + dropout(f(norm(x)))    none: x + dropout(f(x))
 * or, without residuals, the same without "x +". Parameters below "<name>":
 *   self_attention.qkv [3C, C], self_attention.output [C, C], self_attention.norm
 *   cross_attention.query [C, C], cross_attention.key_value [2C, C], cross_attention.output [C, C],
 * cross_attention.norm ffn.up [F, C], ffn.down [C, F], ffn.norm each linear with weight and bias. */
typedef struct heed_transformer_block {
    char name[32];
    heed_linear_layer qkv, self_output, query, key_value, cross_output, up, down;
    heed_norm_layer self_norm, cross_norm, ffn_norm;
} heed_transformer_block;

/* Keys and values of the steps so far of every layer's self-attention, in the tape's arena. Rows are exchanged by
 * copying into `spare`, which then takes the place of what was copied. */
typedef struct heed_stack_cache {
    int rows, capacity, used;         /* capacity, used: steps, of the longest row */
    int32_t *lengths, *spare_lengths; /* [rows] steps of each row */
    heed_real **kv;                   /* [L] of [rows, capacity, 2C] */
    heed_real *spare;
} heed_stack_cache;

typedef struct heed_transformer_stack {
    heed_stack_options options;
    char name[16];
    int embedding;                  /* the table's parameter id */
    int learned;                    /* the positions' parameter id, or -1 */
    heed_real *sinusoids;           /* [max_length, C], or NULL */
    heed_transformer_block *blocks; /* [L] */
    heed_norm_layer last_norm;      /* pre-norm stacks end in one: "<name>.norm" */
} heed_transformer_stack;

/* Below "<name>": the blocks "0", "1" ..; "positions.weight" [max_length, C] when learned; "norm" for pre-norm.
 * `embedding` is the table [vocabulary, C], declared by the caller. Blocks and sinusoids lie in `arena`. */
heed_status heed_stack_declare(heed_params *params, heed_arena *arena, const char *name,
                               const heed_stack_options *options, int embedding, heed_transformer_stack *out,
                               heed_error *error);

/* What a pass over a stack is given, and gives beside its output. */
typedef struct heed_stack_pass {
    const int32_t *lengths;          /* [B] real steps of the sequence; NULL: all */
    const int32_t *counted;          /* [B] the steps that make batch statistics, where lengths is NULL */
    heed_tensor *memory;             /* [B, S, C] of the other sequence; or */
    heed_tensor *const *memory_kv;   /* [L] of [B, S, 2C]: its keys and values, made by heed_stack_memory */
    const int32_t *memory_lengths;
    heed_stack_cache *cache;         /* steps before this pass, to which this one is added; or NULL. T is 1, or the cache is
                                        empty and the pass is the beginning of causal rows */
    heed_tensor *cross_weights;      /* out: of the last layer, [B, H, T, S]; NULL without cross attention */
} heed_stack_pass;
static inline const int32_t *heed_counted(const heed_stack_pass *pass)
{
    return pass->lengths ? pass->lengths : pass->counted;
}

/* ids [rows, length] -> [rows, length, C]. Intermediates are kept as "<name>.<layer>...", see heed_stack_traces. */
heed_tensor *heed_stack_apply(heed_tape *tape, const heed_params *params, const heed_transformer_stack *stack,
                              const int32_t *ids, int rows, int length, heed_stack_pass *pass);
/* The same from vectors x [B, T, C] that are placed already. */
heed_tensor *heed_stack_run(heed_tape *tape, const heed_params *params, const heed_transformer_stack *stack,
                            heed_tensor *x, heed_stack_pass *pass);
/* The block alone: x [B, T, C], kv [B, S, 2C] or NULL, cache_kv the layer's part of pass->cache or NULL. */
heed_tensor *heed_block_apply(heed_tape *tape, const heed_params *params, const heed_stack_options *options,
                              const heed_transformer_block *block, heed_tensor *x, heed_tensor *kv,
                              heed_real *cache_kv, heed_stack_pass *pass);
void heed_block_declare(heed_params *params, const char *name, const heed_stack_options *options,
                        heed_transformer_block *out);

/* Keys and values of the memory for every layer: computed once, used by every decoding step. NULL on failure. */
heed_tensor **heed_stack_memory(heed_tape *tape, const heed_params *params, const heed_transformer_stack *stack,
                                heed_tensor *memory);

/* An empty cache. */
void heed_stack_cache_start(heed_tape *tape, const heed_transformer_stack *stack, int rows, heed_stack_cache *out);
/* Room for so many more steps. Not to be called below a mark of the arena that is given back before the cache ends. */
void heed_stack_cache_reserve(heed_tape *tape, const heed_transformer_stack *stack, heed_stack_cache *cache,
                              int steps);
/* Counts the steps of a pass that was added: lengths[row] of each row, or `steps` of every row when NULL. */
void heed_stack_cache_advance(heed_stack_cache *cache, const int32_t *lengths, int steps);
/* Row r becomes what row parents[r] was. */
void heed_stack_cache_reorder(const heed_transformer_stack *stack, heed_stack_cache *cache, const int32_t *parents);

/* Appends the names of what passes keep, all beginning with the stack's name, to list[at..]; returns the new count.
 * With list == NULL nothing is written. Names lie in `arena`; on failure the list is cut and *failed set. */
int heed_stack_traces(const heed_transformer_stack *stack, heed_arena *arena, const char **list, int at, bool *failed);
/* The same for the names of heads: "<name>.<layer>.self_attention.<head>" and cross_attention. */
int heed_stack_heads(const heed_transformer_stack *stack, heed_arena *arena, const char **list, int at, bool *failed);

/* The heads of "<layer name>" that tape->muted lists ("encoder.0.self_attention.2,.."), one bit each. */
uint64_t heed_muted_heads(const heed_tape *tape, const char *block, const char *sublayer);

#endif
