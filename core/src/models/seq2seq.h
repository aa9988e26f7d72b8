/* The inside of the seq2seq architecture; its formulas are in seq2seq.c. */
#ifndef HEED_SEQ2SEQ_H
#define HEED_SEQ2SEQ_H

#include "models/input.h"
#include "nn/attention/attention.h"

typedef struct heed_seq2seq {
    heed_input_layer input;
    int target_embedding;                   /* parameter id */
    heed_recurrent_layer encoder, decoder;
    bool bridged;                           /* encoder and decoder states differ in size */
    heed_linear_layer bridge_h, bridge_c;
    bool attends;                           /* else the context is the encoder's last state */
    bool before;                            /* the context is found before the decoder's step and is its input */
    bool once;                              /* no context: the encoder's last state begins the decoder, and that is all */
    heed_attention attention;
    heed_linear_layer combine, output;
    bool input_feeding;
    double dropout, teacher_forcing;
    int memory_size, hidden, vocabulary;
} heed_seq2seq;

/* What the decoder needs to know of the source. */
typedef struct heed_encoded {
    heed_tensor *memory;        /* [B, S, D] */
    heed_tensor *prepared;      /* keys, when the network attends */
    heed_tensor *summary;       /* [B, D]: the last state */
    heed_recurrent_state state; /* of the decoder, before its first step */
} heed_encoded;

/* Decoder steps: h and, before dropout, h~ [B, T, H], logits [B, T, V]; the attention's weights [B, T, S] are NULL without
 * one. */
typedef struct heed_decoded {
    heed_tensor *h, *readout, *logits;
    heed_attention_result attention;
} heed_decoded;

heed_status heed_seq2seq_configure(heed_model *model, const heed_json *config, int source_vocabulary,
                                   int target_vocabulary, heed_error *error);

heed_encoded heed_seq2seq_encode(const heed_model *model, heed_tape *tape, const heed_source *source);
/* The steps [first, first + length) at once; length must be 1 where a step needs the one before. `feed` [B, 1, H] is h~ of that step with input
 * feeding, else NULL. `state` is where to begin and becomes the state after the last step. */
heed_decoded heed_seq2seq_decode(const heed_model *model, heed_tape *tape, const heed_encoded *source,
                                 const int32_t *lengths, const int32_t *previous, int rows, int first,
                                 int length, heed_tensor *feed, heed_recurrent_state *state);

heed_status heed_seq2seq_start(const heed_model *model, heed_tape *tape, const heed_source *source, int beam,
                               heed_decoding *out, heed_error *error);
heed_status heed_seq2seq_step(const heed_model *model, heed_tape *tape, heed_decoding *decoding,
                              const int32_t *previous, heed_error *error);
void heed_seq2seq_reorder(const heed_model *model, heed_decoding *decoding, const int32_t *parents);

#endif
