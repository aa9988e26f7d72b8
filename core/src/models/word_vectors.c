/* Word vectors: a table, a row for every word of the source tokenizer but its specials, the most frequent word first.
 * They are learned (core/src/vectors) and asked for neighbours, and decode nothing; so this is an architecture for what
 * loads, saves and describes models, and not one of models.def, whose entries are trained by their loss.
 *
 *   weight [V, D] */
#include "base/error.h"
#include "models/arch.h"

static heed_status configure(heed_model *model, const heed_json *config, int source_vocabulary, int target_vocabulary,
                             heed_error *error)
{
    static const char *const fields[] = {"model_type", "dim", NULL};
    int64_t dim = 100;
    HEED_TRY(heed_json_only(config, "config", fields, error));
    HEED_TRY(heed_json_int(config, "config", "dim", 1, 2048, &dim, error));
    if (source_vocabulary <= HEED_TOKEN_SPECIALS || target_vocabulary != HEED_TOKEN_SPECIALS)
        return heed_fail(error, HEED_ERROR_FORMAT, "tokenizer: %d source and %d target tokens; word vectors have words of "
                         "the source, and no target", source_vocabulary, target_vocabulary);
    const int dims[] = {source_vocabulary - HEED_TOKEN_SPECIALS, (int)dim};
    heed_params_declare(&model->params, "weight", HEED_INIT_UNIFORM, 0.5 / (double)dim, true, 2, dims);
    return HEED_OK;
}

static heed_status start(const heed_model *model, heed_tape *tape, const heed_source *source, int beam,
                         heed_decoding *out, heed_error *error)
{
    (void)model, (void)tape, (void)source, (void)beam, (void)out;
    return heed_fail(error, HEED_ERROR_ARGUMENT, "word vectors have no output; ask for the neighbours of words");
}

static heed_tensor *loss(const heed_model *model, heed_tape *tape, const heed_batch *batch, double smoothing)
{
    (void)model, (void)batch, (void)smoothing;
    return heed_op_fail(tape, HEED_ERROR_ARGUMENT, "word vectors are trained by a recipe.train.method, not by a loss");
}

static const char *const traces[] = {NULL};

const heed_arch heed_arch_word_vectors = {
    .name = "word_vectors", .reads_text = true, .configure = configure, .loss = loss, .start = start, .traces = traces};
