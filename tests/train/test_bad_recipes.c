/* Recipes that cannot be trained are refused before anything is made, by a message that names the field, its value, and
 * what is allowed. A case changes one place of a recipe that can be. */
#include <string.h>

#include "base/memory.h"
#include "compare.h"
#include "heed/training.h"

typedef struct bad_recipe {
    const char *old, *new; /* the text in the recipe, and what takes its place */
    heed_status status;
    const char *said[3];   /* parts of the message: the field, the value, what is allowed */
} bad_recipe;

static const char good[] =
    "{\"name\": \"r\", \"seed\": 1,"
    " \"data\": {\"task\": \"reverse\", \"options\": {\"max_length\": 5}, \"examples_per_epoch\": 50, \"dev\": 10, "
    "\"max_length\": 12},"
    " \"tokenizer\": {\"source\": {\"type\": \"char\"}, \"target\": {\"type\": \"char\"}},"
    " \"model\": {\"model_type\": \"seq2seq\", \"encoder_hidden\": 4, \"decoder_hidden\": 8},"
    " \"train\": {\"batch\": 8, \"epochs\": 1, \"optimizer\": {\"name\": \"adam\", \"rate\": 0.01},"
    " \"schedule\": {\"name\": \"constant\"}}}";

#define TASK "\"task\": \"reverse\", \"options\": {\"max_length\": 5}, \"examples_per_epoch\": 50, \"dev\": 10, "
#define TOKENIZERS "{\"source\": {\"type\": \"char\"}, \"target\": {\"type\": \"char\"}}"
#define SOURCE "\"source\": {\"type\": \"char\"}"
#define MODEL "\"model_type\": \"seq2seq\", \"encoder_hidden\": 4, \"decoder_hidden\": 8"
#define OPTIMIZER "{\"name\": \"adam\", \"rate\": 0.01}"
#define SCHEDULE "{\"name\": \"constant\"}"
#define TRAIN "\"batch\": 8, \"epochs\": 1, \"optimizer\": " OPTIMIZER ", \"schedule\": " SCHEDULE
#define SEQ2SEQ(more) "\"model_type\": \"seq2seq\", \"encoder_hidden\": 4, \"decoder_hidden\": 8, " more
#define TRANSFORMER(more) "\"model_type\": \"transformer\", \"d_model\": 8, \"heads\": 2, \"ffn\": 8" more
#define CLASSIFIER(more) "\"model_type\": \"classifier\", \"hidden\": 4" more
#define FORMAT HEED_ERROR_FORMAT
#define UNKNOWN HEED_ERROR_UNKNOWN
#define ARGUMENT HEED_ERROR_ARGUMENT

static const bad_recipe cases[] = {
    /* the recipe itself */
    {"\"name\": \"r\", ", "", FORMAT, {"recipe.name", "missing"}},
    {"\"name\": \"r\"", "\"name\": \"\"", FORMAT, {"recipe.name", "\"\"", "not be empty"}},
    {"\"name\": \"r\"", "\"name\": 5", FORMAT, {"recipe.name", "5", "string"}},
    {"\"seed\": 1", "\"seed\": -1", FORMAT, {"recipe.seed", "-1", "from 0"}},
    {"\"seed\": 1", "\"seed\": 1.5", FORMAT, {"recipe.seed", "1.5", "whole number"}},
    {"\"seed\": 1", "\"sead\": 1", FORMAT, {"recipe", "sead", "seed"}},
    {"\"seed\": 1,", "", FORMAT, {"recipe.seed", "missing"}},
    {"\"seed\": 1", "\"seed\": 1, \"seed\": 2", FORMAT, {"recipe", "seed"}},
    {" \"train\": {", " \"trian\": {", FORMAT, {"recipe", "trian", "train"}},
    /* data */
    {"\"data\": {", "\"data\": [], \"test\": {", FORMAT, {"recipe.data", "object"}},
    {"\"task\": \"reverse\"", "\"task\": \"reverze\"", UNKNOWN, {"recipe.data.task", "reverze", "reverse"}},
    {"\"options\": {\"max_length\": 5}", "\"options\": {\"longest\": 5}", FORMAT,
     {"recipe.data.options", "longest", "max_length"}},
    {"\"options\": {\"max_length\": 5}", "\"options\": {\"max_length\": 0}", FORMAT,
     {"recipe.data.options.max_length", "0", "from 1"}},
    {"\"options\": {\"max_length\": 5}", "\"options\": {\"min_length\": 9, \"max_length\": 5}", FORMAT,
     {"min_length", "9", "max_length"}},
    {"\"options\": {\"max_length\": 5}", "\"options\": 5", FORMAT, {"recipe.data.options", "object"}},
    {"\"examples_per_epoch\": 50, ", "", FORMAT, {"recipe.data.examples_per_epoch", "missing"}},
    {"\"examples_per_epoch\": 50", "\"examples_per_epoch\": 0", FORMAT, {"recipe.data.examples_per_epoch", "0", "from 1"}},
    {"\"dev\": 10", "\"dev\": \"ten\"", FORMAT, {"recipe.data.dev", "\"ten\"", "a number"}},
    {"\"max_length\": 12", "\"max_length\": 5000", FORMAT, {"recipe.data.max_length", "5000", "4096"}},
    {TASK, "", FORMAT, {"recipe.data.hold_out", "missing"}},
    {TASK, "\"hold_out\": 5, ", ARGUMENT, {"recipe.data", "no examples"}},
    {TASK, "\"train\": \"a.tsv\", \"task\": \"reverse\", ", FORMAT, {"recipe.data", "train", "task"}},
    {TASK, "\"hold_out\": 0, ", FORMAT, {"recipe.data.hold_out", "0", "from 1"}},
    {"\"max_length\": 12", "\"max_length\": 1", FORMAT, {"max_length", "1"}},
    /* tokenizers */
    {SOURCE, "\"source\": {\"type\": \"sillable\"}", UNKNOWN, {"recipe.tokenizer.source", "sillable", "char"}},
    {SOURCE, "\"source\": {}", FORMAT, {"recipe.tokenizer.source", "type", "missing"}},
    {SOURCE, "\"source\": {\"type\": \"char\", \"size\": 50}", FORMAT, {"recipe.tokenizer.source", "size", "case"}},
    {SOURCE, "\"source\": {\"type\": \"char\", \"case\": \"title\"}", FORMAT,
     {"recipe.tokenizer.source", "title", "lower"}},
    {SOURCE, "\"source\": {\"type\": \"bpe\", \"size\": 2}", FORMAT, {"recipe.tokenizer.source.size", "2"}},
    {SOURCE ", ", "", FORMAT, {"recipe.tokenizer.source", "missing"}},
    {TOKENIZERS, "{\"shared\": {\"type\": \"char\"}, \"source\": {\"type\": \"char\"}}", FORMAT,
     {"recipe.tokenizer", "source", "shared"}},
    /* models */
    {"seq2seq", "seq2sec", UNKNOWN, {"recipe.model", "seq2sec", "seq2seq"}},
    {"\"model_type\": \"seq2seq\", ", "", FORMAT, {"recipe.model", "model_type", "seq2seq"}},
    {MODEL, SEQ2SEQ("\"hiden\": 4"), FORMAT, {"recipe.model", "hiden", "encoder_hidden"}},
    {"\"encoder_hidden\": 4", "\"encoder_hidden\": 0", FORMAT, {"recipe.model", "encoder_hidden is 0", "from 1"}},
    {"\"encoder_hidden\": 4", "\"encoder_hidden\": 1000000000", FORMAT, {"encoder_hidden", "1000000000", "4096"}},
    {MODEL, SEQ2SEQ("\"cell\": \"lstn\""), UNKNOWN, {"recipe.model", "cell \"lstn\"", "lstm"}},
    {MODEL, SEQ2SEQ("\"score\": \"dott\""), UNKNOWN, {"recipe.model", "score \"dott\"", "dot general"}},
    {MODEL, "\"model_type\": \"seq2seq\", \"score\": \"dot\", \"encoder_hidden\": 4, \"decoder_hidden\": 9", ARGUMENT,
     {"score \"dot\"", "decoder_hidden = 9", "same size"}},
    {MODEL, SEQ2SEQ("\"attend\": \"never\""), UNKNOWN, {"attend \"never\"", "after before"}},
    {MODEL, SEQ2SEQ("\"vector\": \"twice\""), UNKNOWN, {"vector \"twice\"", "every_step once"}},
    {MODEL, SEQ2SEQ("\"vector\": \"once\""), ARGUMENT, {"vector \"once\"", "score \"none\"", "general"}},
    {MODEL, SEQ2SEQ("\"local\": \"near\""), UNKNOWN, {"local \"near\"", "none monotonic predictive"}},
    {MODEL, SEQ2SEQ("\"score\": \"none\", \"local\": \"monotonic\""), ARGUMENT, {"local \"monotonic\"", "score"}},
    {MODEL, SEQ2SEQ("\"reach\": 0"), FORMAT, {"reach", "0", "from 1"}},
    {MODEL, SEQ2SEQ("\"hard\": true, \"input_feeding\": true"), ARGUMENT, {"hard", "input_feeding"}},
    {MODEL, SEQ2SEQ("\"hard\": true, \"score\": \"none\""), ARGUMENT, {"hard", "score"}},
    {MODEL, SEQ2SEQ("\"hard\": 1"), FORMAT, {"hard", "1", "true or false"}},
    {MODEL, SEQ2SEQ("\"teacher_forcing\": 1.5"), FORMAT, {"teacher_forcing", "1.5", "from 0 to 1"}},
    {MODEL, SEQ2SEQ("\"dropout\": 1"), FORMAT, {"dropout", "1", "0.95"}},
    {MODEL, SEQ2SEQ("\"decoder_layers\": 9"), FORMAT, {"decoder_layers", "9", "8"}},
    {MODEL, CLASSIFIER(", \"pooling\": \"max\""), UNKNOWN, {"pooling \"max\"", "last mean"}},
    {MODEL, CLASSIFIER(", \"truncate\": -1"), FORMAT, {"truncate", "-1", "from 0"}},
    {MODEL, CLASSIFIER(", \"loss\": \"mse\""), UNKNOWN, {"loss \"mse\"", "cross_entropy"}},
    {MODEL, CLASSIFIER(""), FORMAT, {"recipe.model: classifier", "one label", "reverse"}},
    {MODEL, TRANSFORMER(", \"heads\": 3"), FORMAT, {"heads"}},
    {MODEL, "\"model_type\": \"transformer\", \"d_model\": 8, \"heads\": 3, \"ffn\": 8", ARGUMENT,
     {"heads = 3", "d_model = 8"}},
    {MODEL, TRANSFORMER(", \"norm\": \"layer\""), UNKNOWN, {"norm \"layer\"", "post pre none"}},
    {MODEL, TRANSFORMER(", \"norm_kind\": \"group\""), UNKNOWN, {"norm_kind \"group\"", "layer batch"}},
    {MODEL, TRANSFORMER(", \"positions\": \"rotary\""), UNKNOWN, {"positions \"rotary\"", "sinusoidal learned none"}},
    {MODEL, TRANSFORMER(", \"activation\": \"swish\""), UNKNOWN, {"activation \"swish\"", "relu gelu"}},
    {MODEL, TRANSFORMER(", \"tied\": \"both\""), UNKNOWN, {"tied \"both\"", "target all none"}},
    {MODEL, TRANSFORMER(", \"attention_dropout\": 1"), FORMAT, {"attention_dropout", "1", "0.95"}},
    {MODEL, TRANSFORMER(", \"window\": -1"), FORMAT, {"window", "-1", "from 0"}},
    {MODEL, TRANSFORMER(", \"layers\": 2"), FORMAT, {"layers", "encoder_layers"}},
    {MODEL, "\"model_type\": \"transformer_lm\", \"predict\": \"source\"", UNKNOWN, {"predict \"source\"", "target all"}},
    {MODEL, "\"model_type\": \"transformer_classifier\", \"pooling\": \"last\"", UNKNOWN, {"pooling \"last\"", "mean first"}},
    {MODEL, "\"model_type\": \"mlp\", \"hidden\": [8]", ARGUMENT, {"mlp", "numbers"}},
    /* training */
    {"\"batch\": 8", "\"batch\": 0", FORMAT, {"recipe.train.batch", "0", "from 1"}},
    {"\"batch\": 8, ", "", FORMAT, {"recipe.train.batch", "missing"}},
    {"\"batch\": 8", "\"batch\": 8, \"shards\": 65", FORMAT, {"recipe.train.shards", "65", "64"}},
    {"\"batch\": 8", "\"batch\": 8, \"shards\": 9", FORMAT, {"recipe.train.shards", "9", "at most recipe.train.batch"}},
    {"\"batch\": 8", "\"batch\": 8, \"accumulate\": 0", FORMAT, {"recipe.train.accumulate", "0", "from 1"}},
    {"\"batch\": 8", "\"batch\": 8, \"clip\": -1", FORMAT, {"recipe.train.clip", "-1", "from 0"}},
    {"\"batch\": 8", "\"batch\": 8, \"clip\": 1, \"clip_value\": 1", FORMAT, {"recipe.train.clip", "clip_value", "only one"}},
    {"\"batch\": 8", "\"batch\": 8, \"label_smoothing\": 1", FORMAT, {"recipe.train.label_smoothing", "1", "0.9"}},
    {"\"batch\": 8", "\"batch\": 8, \"early_stoping\": 1", FORMAT, {"recipe.train", "early_stoping", "early_stopping"}},
    {"\"epochs\": 1", "\"epochs\": 0", FORMAT, {"recipe.train.epochs", "0", "from 1"}},
    {OPTIMIZER, "\"adam\"", FORMAT, {"recipe.train.optimizer", "object"}},
    {OPTIMIZER, "{\"name\": \"adamm\", \"rate\": 1}", UNKNOWN, {"recipe.train.optimizer.name", "adamm", "adam"}},
    {OPTIMIZER, "{\"name\": \"adam\"}", FORMAT, {"recipe.train.optimizer.rate", "missing"}},
    {OPTIMIZER, "{\"name\": \"adam\", \"rate\": 0}", FORMAT, {"recipe.train.optimizer.rate", "0", "1e-09"}},
    {OPTIMIZER, "{\"name\": \"adam\", \"rate\": 0.1, \"momentum\": 0.9}", FORMAT,
     {"recipe.train.optimizer", "momentum", "beta1"}},
    {OPTIMIZER, "{\"name\": \"sgd\", \"rate\": 0.1, \"nesterov\": true}", FORMAT,
     {"recipe.train.optimizer.nesterov", "momentum is 0", "needs a momentum"}},
    {SCHEDULE, "{\"name\": \"linear\"}", UNKNOWN, {"recipe.train.schedule.name", "linear", "constant"}},
    {SCHEDULE, "{\"name\": \"constant\", \"final\": 0.1}", FORMAT, {"recipe.train.schedule", "final", "warmup_steps"}},
    {SCHEDULE, "{\"name\": \"cosine\", \"final\": 2}", FORMAT, {"recipe.train.schedule.final", "2", "from 0 to 1"}},
    {SCHEDULE, "{\"name\": \"plateau\", \"patience\": 0}", FORMAT, {"recipe.train.schedule.patience", "0", "from 1"}},
    {SCHEDULE, "{\"name\": \"constant\", \"warmup_steps\": -5}", FORMAT,
     {"recipe.train.schedule.warmup_steps", "-5", "from 0"}},
    /* methods of regression */
    {TRAIN, "\"method\": \"best\"", UNKNOWN, {"recipe.train: method \"best\"", "auto normal gradient coordinates"}},
    {TRAIN, "\"method\": 3", FORMAT, {"recipe.train.method", "3", "string"}},
    {TRAIN, "\"method\": \"normal\"", FORMAT, {"recipe.train.method is \"normal\"", "of type \"regression\"", "\"mse\""}},
    {TRAIN, "\"method\": \"auto\", \"epochs\": 3", FORMAT, {"recipe.train", "\"epochs\"", "method, penalty"}},
    {TRAIN, "\"method\": \"auto\", \"penalty\": 3", FORMAT, {"recipe.train.penalty", "object"}},
    {TRAIN, "\"method\": \"auto\", \"penalty\": {\"l3\": 1}", FORMAT, {"recipe.train.penalty", "l3", "l1, l2"}},
    {TRAIN, "\"method\": \"auto\", \"penalty\": {\"l2\": -1}", FORMAT, {"recipe.train.penalty.l2", "-1", "from 0"}},
    {TRAIN, "\"method\": \"normal\", \"penalty\": {\"l1\": 0.5}", ARGUMENT,
     {"recipe.train.penalty.l1 is 0.5", "no closed form", "coordinates"}},
    {TRAIN, "\"method\": \"gradient\", \"steps\": 0", FORMAT, {"recipe.train.steps", "0", "from 1"}},
    {TRAIN, "\"method\": \"gradient\", \"rate\": -2", FORMAT, {"recipe.train.rate", "-2"}},
    {TRAIN, "\"method\": \"auto\", \"steps\": 5", FORMAT, {"recipe.train.steps", "\"normal\" has none"}},
    {TRAIN, "\"method\": \"coordinates\", \"rate\": 1", FORMAT, {"recipe.train.rate", "\"coordinates\" has none"}},
    {TRAIN, "\"method\": \"gradient\", \"standardise\": 1", FORMAT, {"recipe.train.standardise", "1", "true or false"}},
    {TRAIN, TRAIN ", \"penalty\": {\"l2\": 1}", FORMAT, {"recipe.train.penalty", "without a method", "gradient"}},
    /* no JSON */
    {"{\"name\"", "{name", FORMAT, {"recipe"}},
    {"}}}", "}}", FORMAT, {"recipe"}},
};

/* `good` with the case's change; the caller's to free. */
static char *changed(const bad_recipe *test)
{
    const char *at = strstr(good, test->old);
    if (!CHECK(at != NULL))
        return NULL;
    const size_t before = (size_t)(at - good), old = strlen(test->old), new = strlen(test->new);
    char *text = heed_alloc(sizeof good + new, 1);
    memcpy(text, good, before);
    memcpy(text + before, test->new, new);
    memcpy(text + before + new, at + old, sizeof good - before - old);
    return text;
}

int main(void)
{
    heed_training *training = NULL;
    heed_error none = {0};
    CHECK_OK(heed_training_create(good, strlen(good), NULL, 0, &training, &none), &none);
    heed_training_free(training);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        heed_error error = {0};
        char *recipe = changed(&cases[i]);
        if (recipe == NULL)
            continue;
        training = NULL;
        heed_test_report(heed_training_create(recipe, strlen(recipe), NULL, 0, &training, &error) == cases[i].status,
                         __FILE__, __LINE__, recipe);
        CHECK(training == NULL);
        for (int k = 0; k < 3 && cases[i].said[k] != NULL; k++)
            CHECK_CONTAINS(error.message, cases[i].said[k]);
        CHECK(strlen(error.message) < sizeof error.message - 1); /* nothing is cut off */
        heed_training_free(training);
        heed_free(recipe);
    }
    return heed_test_finish("train bad recipes");
}
