/* What an architecture is (an abstract class in C), and the model that holds one. */
#ifndef HEED_ARCH_H
#define HEED_ARCH_H

#include "base/json.h"
#include "data/batches.h"
#include "heed/model.h"
#include "tensor/params.h"
#include "text/tokenizer.h"

typedef struct heed_arch heed_arch;

/* Of a side that is numbers: how many a step has, and how many steps an example has (0: they differ). Where `channels`
 * is 0 the side is text. */
typedef struct heed_value_shape {
    int channels, steps;
} heed_value_shape;

/* What outputs are learnt by, see models/head.h; a model that writes token after token has none. */
typedef struct heed_head {
    const struct heed_loss *loss; /* NULL: no head */
    int size;                     /* outputs of an example, or of a step when `every` */
    bool every;                   /* an output at every step of the source */
} heed_head;

struct heed_model {
    heed_arena arena;          /* config, network, tokenizers: everything but the parameters */
    const heed_arch *arch;
    const heed_json *config;   /* as parsed or given; lives in the arena */
    void *network;             /* the architecture's own struct */
    heed_params params;
    heed_tokenizer *source, *target;
    heed_value_shape values_in, values_out; /* as the tokenizers say; set before configure */
    heed_head head;            /* set by configure */
    size_t file_bytes;         /* of the weights it was loaded from; 0 when fresh */
    const char *const *traces; /* those of the architecture, unless configure made a list of its own */
    const char *const *heads;  /* attention heads that can be muted, NULL-terminated; or NULL: there are none */
};

/* A decoder at work on R rows (batch rows times beam). Made by `start`, in the tape's arena below everything that steps
 * allocate: a step's own tensors are given back by the caller after each step. */
typedef struct heed_decoding {
    int rows, vocabulary, source_length; /* source_length: padded; attention rows have it */
    int columns;                         /* attention rows are rows of so many cells of an image; 0: of a text */
    int max_steps;                       /* as many as the model can take; 0: no limit */
    void *state;                         /* the architecture's own struct */
    heed_real *logits;                   /* [rows, vocabulary], after a step */
    heed_real *attention;                /* [rows, source_length], after a step; NULL without attention */
} heed_decoding;

struct heed_arch {
    const char *name;
    bool labels;      /* a target is one token, without <eos>, and decoding one step; or, where values_out says so, numbers */
    bool caches;       /* keys and values of the steps before; start and step obey tape->no_cache */
    bool starts_empty; /* a source may have no token */
    bool reads_values, reads_text; /* what a source may be */
    /* Reads the config (refusing unknown fields and impossible sizes), declares the parameters, sets model->network.
     * Vocabulary sizes are those of the tokenizers and are given, not read; a side that is values has none, 0. */
    heed_status (*configure)(heed_model *model, const heed_json *config, int source_vocabulary, int target_vocabulary,
                             heed_error *error);
    /* Summed cross-entropy of a teacher-forced batch, one element; see heed_cross_entropy for smoothing. */
    heed_tensor *(*loss)(const heed_model *model, heed_tape *tape, const heed_batch *batch, double smoothing);
    /* Encodes the sources and makes `beam` decoder rows of each, in the state before the first step. */
    heed_status (*start)(const heed_model *model, heed_tape *tape, const heed_source *source, int beam,
                         heed_decoding *out, heed_error *error);
    /* One step: previous tokens [rows] in; logits and attention out; the state advances. */
    heed_status (*step)(const heed_model *model, heed_tape *tape, heed_decoding *decoding, const int32_t *previous,
                        heed_error *error);
    /* Row r becomes what row parents[r] was (of the same source). */
    void (*reorder)(const heed_model *model, heed_decoding *decoding, const int32_t *parents);
    /* Of an architecture with a head: what its last layer gives for each source, [B, size], or [B, T, size] when there
     * is an output at every step. */
    heed_tensor *(*outputs)(const heed_model *model, heed_tape *tape, const heed_source *source);
    const char *const *traces; /* names of intermediates it can keep, NULL-terminated */
};

#define HEED_ARCH(name) extern const heed_arch heed_arch_##name;
#include "models/models.def"
#undef HEED_ARCH
extern const heed_arch heed_arch_word_vectors;

/* Those that this program has, up to a NULL, and their names with a space before each. */
extern const heed_arch *const heed_archs[];
extern const char heed_arch_names[];

/* How many tokens of an output can be asked for: `wanted`, or 1 where outputs are labels. */
static inline int heed_arch_output_limit(const heed_arch *arch, int wanted)
{
    return arch->labels && wanted > 1 ? 1 : wanted;
}

/* The same of targets: numbers are as many as they are. */
static inline int32_t heed_model_target_limit(const heed_model *model, int32_t wanted)
{
    return model->values_out.channels > 0 ? wanted : heed_arch_output_limit(model->arch, wanted);
}

/* The files of a model folder: config, tokenizer, weights. */
extern const char *const heed_model_file_names[3];

/* A model with its network declared, without memory for its parameters. The tokenizers become the model's, also on
 * failure. */
heed_status heed_model_assemble(const char *config, size_t config_size, heed_tokenizer *source, heed_tokenizer *target,
                                heed_model **out, heed_error *error);

/* A fresh model with initialised parameters. The tokenizers become the model's (freed with it), also on failure.
 * `config` is an object with "model_type" and the architecture's fields; it is copied. */
heed_status heed_model_create(const heed_json *config, heed_tokenizer *source, heed_tokenizer *target, uint64_t seed,
                              heed_model **out, heed_error *error);

/* The token with the largest of logits[vocabulary], among <eos> and those that are not special. */
int32_t heed_best_token(const heed_real *logits, int vocabulary);

/* Greedy decoding of many sources at once, for evaluation. Writes output ids without <eos> to out[rows, max_length] and
 * their numbers to out_lengths. The tape is reset. */
heed_status heed_greedy_decode(const heed_model *model, heed_tape *tape, const heed_source *source, int max_length,
                               int32_t *out, int32_t *out_lengths, heed_error *error);

#endif
