/* The inside of the architecture "transformer", and what those like it share. */
#ifndef HEED_TRANSFORMER_H
#define HEED_TRANSFORMER_H

#include "models/arch.h"
#include "nn/transformer_layers.h"

typedef struct heed_transformer {
    heed_transformer_stack encoder, decoder;
    int output_weight; /* [V, C]; the target's embedding when tied */
    int output_bias;   /* -1: none */
    int vocabulary;    /* V, of the target */
} heed_transformer;

/* The fields of a config that describe a stack: d_model, heads, ffn, activation, norm, norm_kind, positions, residual,
 * window, max_length, dropout, attention_dropout, eps. `layers` is the name of the field that holds their number. */
#define HEED_STACK_FIELDS \
    "d_model", "heads", "ffn", "activation", "norm", "norm_kind", "positions", "residual", "window", "max_length", \
    "dropout", "attention_dropout", "eps"
heed_status heed_stack_options_read(const heed_json *config, const char *layers, heed_stack_options *out,
                                    heed_error *error);
/* The place of the string `key` in the NULL-terminated list `names`; an absent field leaves *out as it is. */
heed_status heed_choice(const heed_json *config, const char *in, const char *key, const char *const *names, int *out,
                        heed_error *error);
/* Of the config itself, in = "config". */
heed_status heed_config_choice(const heed_json *config, const char *key, const char *const *names, int *out,
                               heed_error *error);
/* An embedding table "<name>.weight" [vocabulary, size], normal with deviation 1 / sqrt(size), which scaled by
 * sqrt(size) gives steps of unit variance. Packed as a matrix when the output reads it as well. */
int heed_table_declare(heed_params *params, const char *name, int vocabulary, int size, bool output);
/* Sets model->traces, those of `stacks` and then `more` (NULL-terminated), and model->heads. */
heed_status heed_transformer_names(heed_model *model, const heed_transformer_stack *const *stacks, int count,
                                   const char *const *more, heed_error *error);

heed_tensor *heed_transformer_encode(const heed_model *model, heed_tape *tape, const int32_t *source,
                                     const int32_t *lengths, int rows, int length);
/* Logits of decoder states h [B, T, C]. */
heed_tensor *heed_transformer_logits(const heed_model *model, heed_tape *tape, heed_tensor *h);
/* The mean over the heads of the last layer's weights [B, H, T, S]: [B, T, S]. */
heed_tensor *heed_mean_over_heads(heed_tape *tape, const heed_tensor *weights);

heed_status heed_transformer_start(const heed_model *model, heed_tape *tape, const heed_source *source, int beam,
                                   heed_decoding *out, heed_error *error);
heed_status heed_transformer_step(const heed_model *model, heed_tape *tape, heed_decoding *decoding,
                                  const int32_t *previous, heed_error *error);
void heed_transformer_reorder(const heed_model *model, heed_decoding *decoding, const int32_t *parents);

#endif
