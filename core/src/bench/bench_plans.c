/* The benchmark's models as ours: the one place that knows both sets of names. */
#include "base/error.h"
#include "bench/bench_job.h"

/* A size that must be there: 1 .. 65536. */
static heed_status need(const heed_json *config, const char *key, int64_t *out, heed_error *error)
{
    *out = 0;
    HEED_TRY(heed_json_int(config, "config", key, 0, 65536, out, error));
    if (*out == 0)
        return heed_fail(error, HEED_ERROR_FORMAT, "config.%s must be there, from 1 to 65536", key);
    return HEED_OK;
}

static heed_status configure_seq2seq(const heed_json *config, heed_bench_sizes *sizes, heed_json_writer *writer,
                                     heed_error *error)
{
    int64_t embedding, encoder, decoder;
    HEED_TRY(need(config, "srcVocab", &sizes->source_vocabulary, error));
    HEED_TRY(need(config, "tgtVocab", &sizes->target_vocabulary, error));
    HEED_TRY(need(config, "emb", &embedding, error));
    HEED_TRY(need(config, "encHidden", &encoder, error));
    HEED_TRY(need(config, "decHidden", &decoder, error));
    HEED_TRY(need(config, "steps", &sizes->steps, error));
    HEED_TRY(heed_json_int(config, "config", "bos", 0, sizes->target_vocabulary - 1, &sizes->bos, error));
    if (2 * encoder != decoder) /* ours has a bridge then, which the benchmark's has not */
        return heed_fail(error, HEED_ERROR_FORMAT, "config: decHidden must be twice encHidden");
    heed_json_write_string(writer, "model_type", "seq2seq");
    heed_json_write_int(writer, "source_embedding", embedding);
    heed_json_write_int(writer, "target_embedding", embedding);
    heed_json_write_int(writer, "encoder_hidden", encoder);
    heed_json_write_int(writer, "decoder_hidden", decoder);
    heed_json_write_string(writer, "score", "general");
    return HEED_OK;
}

static const heed_bench_slot seq2seq_slots[] = {
    {"src_emb", "encoder.embedding.weight", 0, 0},
    {"enc_fw.w_ih", "encoder.lstm.0.weight_ih", 0, 0},
    {"enc_fw.w_hh", "encoder.lstm.0.weight_hh", 0, 0},
    {"enc_fw.b", "encoder.lstm.0.bias", 0, 0},
    {"enc_bw.w_ih", "encoder.lstm.0.weight_ih_reverse", 0, 0},
    {"enc_bw.w_hh", "encoder.lstm.0.weight_hh_reverse", 0, 0},
    {"enc_bw.b", "encoder.lstm.0.bias_reverse", 0, 0},
    {"tgt_emb", "decoder.embedding.weight", 0, 0},
    {"dec.w_ih", "decoder.lstm.0.weight_ih", 0, 0},
    {"dec.w_hh", "decoder.lstm.0.weight_hh", 0, 0},
    {"dec.b", "decoder.lstm.0.bias", 0, 0},
    {"attn.w", "decoder.attention.weight", 0, 0},
    {"combine.w", "decoder.combine.weight", 0, 0},
    {"", "decoder.combine.bias", 0, 0},
    {"out.w", "decoder.output.weight", 0, 0},
    {"out.b", "decoder.output.bias", 0, 0},
    {NULL, NULL, 0, 0},
};

static heed_status configure_classifier(const heed_json *config, heed_bench_sizes *sizes, heed_json_writer *writer,
                                        heed_error *error)
{
    int64_t embedding, hidden, classes;
    const char *cell = "";
    HEED_TRY(need(config, "vocab", &sizes->source_vocabulary, error));
    HEED_TRY(need(config, "classes", &classes, error));
    HEED_TRY(need(config, "emb", &embedding, error));
    HEED_TRY(need(config, "hidden", &hidden, error));
    HEED_TRY(heed_json_string(config, "config", "cell", &cell, error));
    HEED_TRY(heed_json_real(config, "config", "lr", 0, 1, &sizes->rate, error));
    sizes->target_vocabulary = classes + HEED_TOKEN_SPECIALS;
    sizes->steps = 1;
    heed_json_write_string(writer, "model_type", "classifier");
    heed_json_write_int(writer, "embedding", embedding);
    heed_json_write_int(writer, "hidden", hidden);
    heed_json_write_string(writer, "cell", cell);
    return HEED_OK;
}

static heed_status configure_transformer(const heed_json *config, heed_bench_sizes *sizes, heed_json_writer *writer,
                                         heed_error *error)
{
    int64_t size, heads, ffn, encoder_layers, decoder_layers, positions;
    double epsilon = 1e-5;
    HEED_TRY(need(config, "vocab", &sizes->source_vocabulary, error));
    HEED_TRY(need(config, "d", &size, error));
    HEED_TRY(need(config, "heads", &heads, error));
    HEED_TRY(need(config, "ffn", &ffn, error));
    HEED_TRY(need(config, "encLayers", &encoder_layers, error));
    HEED_TRY(need(config, "decLayers", &decoder_layers, error));
    HEED_TRY(need(config, "maxPos", &positions, error));
    HEED_TRY(need(config, "steps", &sizes->steps, error));
    HEED_TRY(heed_json_int(config, "config", "bos", 0, sizes->source_vocabulary - 1, &sizes->bos, error));
    HEED_TRY(heed_json_real(config, "config", "lnEps", 0, 1, &epsilon, error));
    HEED_TRY(heed_json_real(config, "config", "lr", 0, 1, &sizes->rate, error));
    sizes->target_vocabulary = sizes->source_vocabulary;
    heed_json_write_string(writer, "model_type", "transformer");
    heed_json_write_string(writer, "tied", "all");
    heed_json_write_int(writer, "d_model", size);
    heed_json_write_int(writer, "heads", heads);
    heed_json_write_int(writer, "ffn", ffn);
    heed_json_write_int(writer, "encoder_layers", encoder_layers);
    heed_json_write_int(writer, "decoder_layers", decoder_layers);
    heed_json_write_int(writer, "max_length", positions);
    heed_json_write_real(writer, "eps", epsilon, 17);
    return HEED_OK;
}

#define LINEAR(tensor, kind, param) {tensor ".w" kind, param ".weight", 0, 0}, {tensor ".b" kind, param ".bias", 0, 0}
#define PART(tensor, kind, param, part, parts) \
    {tensor ".w" kind, param ".weight", part, parts}, {tensor ".b" kind, param ".bias", part, parts}
#define NORM(tensor, param) {tensor ".g", param ".weight", 0, 0}, {tensor ".b", param ".bias", 0, 0}
#define SELF(tensor, block) \
    PART(tensor ".sa", "q", block ".self_attention.qkv", 0, 3), \
        PART(tensor ".sa", "k", block ".self_attention.qkv", 1, 3), \
        PART(tensor ".sa", "v", block ".self_attention.qkv", 2, 3), \
        LINEAR(tensor ".sa", "o", block ".self_attention.output"), NORM(tensor ".ln1", block ".self_attention.norm"), \
        LINEAR(tensor ".ff", "1", block ".ffn.up"), LINEAR(tensor ".ff", "2", block ".ffn.down")

static const heed_bench_slot transformer_slots[] = {
    {"emb", "embedding.weight", 0, 0},
    {"pe", "", 0, 0},
    SELF("enc#", "encoder.#"),
    NORM("enc#.ln2", "encoder.#.ffn.norm"),
    SELF("dec#", "decoder.#"),
    LINEAR("dec#.ca", "q", "decoder.#.cross_attention.query"),
    PART("dec#.ca", "k", "decoder.#.cross_attention.key_value", 0, 2),
    PART("dec#.ca", "v", "decoder.#.cross_attention.key_value", 1, 2),
    LINEAR("dec#.ca", "o", "decoder.#.cross_attention.output"),
    NORM("dec#.ln2", "decoder.#.cross_attention.norm"),
    NORM("dec#.ln3", "decoder.#.ffn.norm"),
    {NULL, NULL, 0, 0},
};

#define CLASSIFIER_SLOTS(cell) \
    {{"emb", "embedding.weight", 0, 0}, \
     {"rnn.w_ih", "encoder." cell ".0.weight_ih", 0, 0}, \
     {"rnn.w_hh", "encoder." cell ".0.weight_hh", 0, 0}, \
     {"rnn.b", "encoder." cell ".0.bias", 0, 0}, \
     {"out.w", "output.weight", 0, 0}, \
     {"out.b", "output.bias", 0, 0}, \
     {NULL, NULL, 0, 0}}
static const heed_bench_slot lstm_slots[] = CLASSIFIER_SLOTS("lstm");
static const heed_bench_slot rnn_slots[] = CLASSIFIER_SLOTS("rnn");

const heed_bench_plan heed_bench_plans[] = {
    {.model = {"M1", "M1", "infer", "LSTM encoder and decoder with attention"},
     .arch = &heed_arch_seq2seq,
     .slots = seq2seq_slots,
     .configure = configure_seq2seq,
     .input = "src",
     .int8_tolerance = 0.25},
    {.model = {"M2", "M2", "infer", "Transformer, decoding with a cache"},
     .arch = &heed_arch_transformer,
     .slots = transformer_slots,
     .configure = configure_transformer,
     .input = "src",
     .int8_tolerance = 1}, /* random weights, attention nearly hard: a trained one is not so sensitive (bench/README.md) */
    {.model = {"M3", "M3", "infer train", "classifier over an LSTM"},
     .arch = &heed_arch_classifier,
     .slots = lstm_slots,
     .configure = configure_classifier,
     .input = "x",
     .train_input = "train_x",
     .train_target = "train_y",
     .loss_tolerance = 1e-4},
    {.model = {"M4", "M4", "infer train", "classifier over a tanh RNN"},
     .arch = &heed_arch_classifier,
     .slots = rnn_slots,
     .configure = configure_classifier,
     .input = "x",
     .train_input = "train_x",
     .train_target = "train_y",
     .loss_tolerance = 1e-4},
    {.model = {"M5", "M2", "train", "Transformer, teacher forcing"},
     .arch = &heed_arch_transformer,
     .slots = transformer_slots,
     .configure = configure_transformer,
     .input = "src",
     .train_input = "train_src",
     .train_target = "train_tgt",
     .loss_tolerance = 1e-2}, /* Adam makes full-size steps of the rounding of gradients near zero */
    {.arch = NULL},
};
