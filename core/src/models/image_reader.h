/* The inside of the architecture "image_reader", whose decoder is that of seq2seq. */
#ifndef HEED_IMAGE_READER_H
#define HEED_IMAGE_READER_H

#include "models/seq2seq.h"
#include "nn/transformer_layers.h"

enum { HEED_IMAGE_LAYERS_MAX = 6 };

typedef struct heed_image_reader heed_image_reader;

/* What makes cells of pixels: an object in the config, {"type": "conv", ..}. */
typedef struct heed_image_encoder {
    const char *name;
    const char *const *fields; /* beside "type" and "positions", NULL-terminated */
    /* Reads its fields, declares its parameters, and says how many cells there are in a row and of what size. */
    heed_status (*configure)(heed_model *model, const heed_json *config, heed_image_reader *reader,
                             heed_error *error);
    /* Pixels x [B, H, W, 1] to cells [B, H', W', size]; heights [B] become theirs. */
    heed_tensor *(*cells)(heed_tape *tape, const heed_params *params, const heed_image_reader *reader, heed_tensor *x,
                          int32_t *heights);
    /* From cells that know their places, [B, H' W', size], to those that are read; NULL: they are. */
    heed_tensor *(*refine)(heed_tape *tape, const heed_params *params, const heed_image_reader *reader,
                           heed_tensor *x, const int32_t *lengths);
} heed_image_encoder;

#define HEED_IMAGE_ENCODER(name) extern const heed_image_encoder heed_image_encoder_##name;
#include "models/image/encoders.def"
#undef HEED_IMAGE_ENCODER

struct heed_image_reader {
    heed_seq2seq decoder; /* the model's network, seen as a seq2seq */
    const heed_image_encoder *encoder;
    bool placed;          /* cells get sinusoids of their row and column */
    int width, columns, size;
    int layers, kernel; /* conv; patches: 0, and the first weight cuts patches of kernel x kernel */
    int weight[HEED_IMAGE_LAYERS_MAX], bias[HEED_IMAGE_LAYERS_MAX];
    bool batch_norm;
    heed_norm_layer norm[HEED_IMAGE_LAYERS_MAX];
    heed_transformer_stack stack; /* patches */
};

/* Layer `l`: "<name>.weight" [out, kernel kernel in] and "<name>.bias" [out], both uniform in
 * +-1/sqrt(kernel kernel in). */
void heed_image_declare(heed_params *params, const char *name, heed_image_reader *reader, int l, int in, int out);

#endif
