/* A trained (or fresh) model: architecture, parameters, tokenizers. A model folder holds config.json, tokenizer.json,
 * model.safetensors and what else its MODEL.md names. A model may be used by several threads at once as long as each
 * has its own heed_generation and none changes it. */
#ifndef HEED_MODEL_H
#define HEED_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include "heed/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct heed_model heed_model;

/* The bytes of the three files that make a model. They are read during the call only. */
typedef struct heed_model_files {
    const char *config;
    size_t config_size;
    const char *tokenizer;
    size_t tokenizer_size;
    const void *weights;
    size_t weights_size;
} heed_model_files;

typedef struct heed_load_options { /* zero-initialise */
    int f32;       /* weights that are int8 become f32 too; otherwise they stay, and products with them are int8 (the
                      activations are rounded to 7 bits) */
    int trainable; /* parameters as one block that gradients and optimisers know, in f32; otherwise each is kept once, in
                      the form that the kernels read */
} heed_load_options;

/* Loads a model. Everything in the files is checked; on failure *out is NULL, nothing is kept and `error` says what is
 * wrong. `options` may be NULL. Free with heed_model_free. The folder's weights are read in pieces. */
heed_status heed_model_load(const heed_model_files *files, const heed_load_options *options, heed_model **out,
                            heed_error *error);
heed_status heed_model_load_folder(const char *folder, const heed_load_options *options, heed_model **out,
                                   heed_error *error);

/* The same for weights that come in pieces of any size, from a network: beside the model's own memory there is never
 * more than the header of the file and one row of a matrix. `files->weights` is not read; weights_size is what the
 * pieces will be in all, 0 when it is not known. After a failed feed, feed and finish fail in the same way. */
typedef struct heed_model_loader heed_model_loader;
heed_status heed_model_load_begin(const heed_model_files *files, const heed_load_options *options,
                                  heed_model_loader **out, heed_error *error);
heed_status heed_model_load_feed(heed_model_loader *loader, const void *bytes, size_t size, heed_error *error);
/* Frees the loader, whatever comes of it. */
heed_status heed_model_load_finish(heed_model_loader *loader, heed_model **out, heed_error *error);
void heed_model_load_cancel(heed_model_loader *loader); /* frees it before its time; NULL is allowed */

void heed_model_free(heed_model *model); /* NULL is allowed */

/* Writes config.json, tokenizer.json and model.safetensors (int8 with per-row scales when `quantize`, but never of a
 * model that gives numbers). */
heed_status heed_model_save(const heed_model *model, const char *folder, int quantize, heed_error *error);

/* The same three files in memory, for a program without a file system. They are the caller's: heed_model_files_free. */
heed_status heed_model_encode(const heed_model *model, int quantize, heed_model_files *out, heed_error *error);
void heed_model_files_free(heed_model_files *files); /* of heed_model_encode only */

/* What the model is, as JSON: {"model_type", "config", "parameters", "bytes", "tensors": [{name, shape, count}],
 * "traces": [names], "heads": [names of attention heads that can be muted], "source_vocabulary", "target_vocabulary":
 * [tokens]}; where a side is numbers also "source_values", "target_values": {"channels", "steps"}, steps 0 where they
 * may differ. The text is the caller's: heed_text_free. */
heed_status heed_model_describe(const heed_model *model, char **json, heed_error *error);
void heed_text_free(char *text);

int64_t heed_model_parameter_count(const heed_model *model);
/* The token's text, "" when there is no such id. Owned by the model. */
const char *heed_model_source_token(const heed_model *model, int32_t id);
const char *heed_model_target_token(const heed_model *model, int32_t id);

#ifdef __cplusplus
}
#endif
#endif
