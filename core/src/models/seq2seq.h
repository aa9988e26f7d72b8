/* The inside of the seq2seq architecture; its formulas are in seq2seq.c. */
#ifndef HEED_SEQ2SEQ_H
#define HEED_SEQ2SEQ_H

#include "models/cell_choice.h"
#include "models/input.h"
#include "models/recurrent_traces.h"
#include "nn/attention/attention.h"

typedef struct heed_encoded heed_encoded;

typedef struct heed_seq2seq {
    heed_encoded (*encode)(const heed_model *model, heed_tape *tape, const heed_source *source);
    heed_input_layer input;                 /* this and `encoder`: of seq2seq itself only */
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
struct heed_encoded {
    heed_tensor *memory;        /* [B, S, D] */
    const int32_t *lengths;     /* [B] its real steps */
    int columns;                /* S is rows of so many cells; 0: of a text */
    heed_tensor *prepared;      /* keys, when the network attends */
    heed_tensor *summary;       /* [B, D]: the last state */
    heed_recurrent_state state; /* of the decoder, before its first step */
};

/* Decoder steps: h and, before dropout, h~ [B, T, H], logits [B, T, V]; the attention's weights [B, T, S] are NULL
 * without one. */
typedef struct heed_decoded {
    heed_tensor *h, *readout, *logits;
    heed_attention_result attention;
} heed_decoded;

heed_status heed_seq2seq_configure(heed_model *model, const heed_json *config, int source_vocabulary,
                                   int target_vocabulary, heed_error *error);

/* The fields of a config that describe a decoder, whatever it reads. */
#define HEED_DECODER_FIELDS                                                                                \
    "target_embedding", "decoder_hidden", "decoder_layers", "score", "input_feeding", "dropout",         \
        HEED_CELL_FIELDS, "attend", "vector", "teacher_forcing", "local", "reach", "hard", "truncate"
typedef struct heed_decoder_options {
    int64_t target_embedding, hidden, layers, reach, truncate;
    double dropout, teacher_forcing;
    bool input_feeding, hard, before, once;
    heed_locality locality;
    heed_cell_choice cell;
    const char *score;
} heed_decoder_options;
heed_status heed_decoder_options_read(const heed_json *config, heed_decoder_options *out, heed_error *error);
/* The decoder over a memory of `memory` channels, which messages call `memory_name`; `bridge`: its first state is made
 * by a layer also where the sizes fit. Behind the encoder's parameters. */
heed_status heed_decoder_declare(heed_model *model, const heed_decoder_options *options, int memory,
                                 const char *memory_name, bool bridge, int target_vocabulary, heed_seq2seq *net,
                                 heed_error *error);
/* Adds the names of what a decoder keeps beside its cells. */
void heed_decoder_traces(const heed_seq2seq *net, heed_trace_list *list);
/* The decoder's first state from what the encoder says: h and c (NULL: the cell has none) of each layer's source. */
void heed_decoder_begin(const heed_model *model, heed_tape *tape, heed_tensor *h, heed_tensor *c, int layer,
                        heed_recurrent_state *state);

heed_encoded heed_seq2seq_encode(const heed_model *model, heed_tape *tape, const heed_source *source);
heed_tensor *heed_seq2seq_loss(const heed_model *model, heed_tape *tape, const heed_batch *batch, double smoothing);
/* The steps [first, first + length) at once; length must be 1 where a step needs the one before. `feed` [B, 1, H] is h~
 * of that step with input feeding, else NULL. `state` is where to begin and becomes the state after the last step. */
heed_decoded heed_seq2seq_decode(const heed_model *model, heed_tape *tape, const heed_encoded *source,
                                 const int32_t *previous, int rows, int first, int length, heed_tensor *feed,
                                 heed_recurrent_state *state);

heed_status heed_seq2seq_start(const heed_model *model, heed_tape *tape, const heed_source *source, int beam,
                               heed_decoding *out, heed_error *error);
heed_status heed_seq2seq_step(const heed_model *model, heed_tape *tape, heed_decoding *decoding,
                              const int32_t *previous, heed_error *error);
void heed_seq2seq_reorder(const heed_model *model, heed_decoding *decoding, const int32_t *parents);

#endif
