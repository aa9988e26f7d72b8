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
    {"src_emb", "encoder.embedding.weight"},
    {"enc_fw.w_ih", "encoder.lstm.0.weight_ih"},
    {"enc_fw.w_hh", "encoder.lstm.0.weight_hh"},
    {"enc_fw.b", "encoder.lstm.0.bias"},
    {"enc_bw.w_ih", "encoder.lstm.0.weight_ih_reverse"},
    {"enc_bw.w_hh", "encoder.lstm.0.weight_hh_reverse"},
    {"enc_bw.b", "encoder.lstm.0.bias_reverse"},
    {"tgt_emb", "decoder.embedding.weight"},
    {"dec.w_ih", "decoder.lstm.0.weight_ih"},
    {"dec.w_hh", "decoder.lstm.0.weight_hh"},
    {"dec.b", "decoder.lstm.0.bias"},
    {"attn.w", "decoder.attention.weight"},
    {"combine.w", "decoder.combine.weight"},
    {"", "decoder.combine.bias"},
    {"out.w", "decoder.output.weight"},
    {"out.b", "decoder.output.bias"},
    {NULL, NULL},
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

#define CLASSIFIER_SLOTS(cell)                                                                                        \
    {{"emb", "embedding.weight"},                                                                                     \
     {"rnn.w_ih", "encoder." cell ".0.weight_ih"},                                                                    \
     {"rnn.w_hh", "encoder." cell ".0.weight_hh"},                                                                    \
     {"rnn.b", "encoder." cell ".0.bias"},                                                                            \
     {"out.w", "output.weight"},                                                                                      \
     {"out.b", "output.bias"},                                                                                        \
     {NULL, NULL}}
static const heed_bench_slot lstm_slots[] = CLASSIFIER_SLOTS("lstm");
static const heed_bench_slot rnn_slots[] = CLASSIFIER_SLOTS("rnn");

const heed_bench_plan heed_bench_plans[] = {
    {.model = {"M1", "M1", "infer", "LSTM encoder and decoder with attention"},
     .arch = &heed_arch_seq2seq,
     .slots = seq2seq_slots,
     .configure = configure_seq2seq,
     .input = "src"},
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
    {.arch = NULL},
};
