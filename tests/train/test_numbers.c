/* Training on numbers: what is learnt, how it is judged, cut and resumed, and what is refused before it begins. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "data/pairs.h"
#include "compare.h"
#include "heed/heed.h"
#include "scratch.h"
#include "test.h"

typedef struct parts { /* of a recipe; NULL: the default */
    const char *data, *source, *target, *model, *train, *method; /* method: all of "train", instead */
} parts;

static void write_recipe(char out[2048], parts p) {
    snprintf(out, 2048,
             "{\"name\":\"t\",\"seed\":3,\"data\":%s,\"tokenizer\":{\"source\":{%s},\"target\":{%s}},\"model\":%s,"
             "\"train\":{%s%s}}",
             p.data ? p.data : "{\"task\":\"polynomial\",\"examples_per_epoch\":400,\"dev\":150}",
             p.source ? p.source : "\"type\":\"values\"", p.target ? p.target : "\"type\":\"values\"",
             p.model ? p.model : "{\"model_type\":\"mlp\",\"hidden\":[6]}",
             p.method ? p.method : "\"batch\":20,\"epochs\":12,\"optimizer\":{\"name\":\"adam\",\"rate\":0.02},"
                                   "\"schedule\":{\"name\":\"constant\"}",
             p.train ? p.train : "");
}

static heed_status create(parts p, const char *pairs, heed_training **out, heed_error *error) {
    char recipe[2048];
    write_recipe(recipe, p);
    return heed_training_create(recipe, strlen(recipe), pairs, pairs ? strlen(pairs) : 0, out, error);
}

static void refused(const char *what, parts p, const char *pairs, const char *message) {
    heed_training *training = NULL;
    heed_error error = {0};
    heed_test_report(create(p, pairs, &training, &error) != HEED_OK && training == NULL, "refused", 0, what);
    CHECK_CONTAINS(error.message, message);
    heed_training_free(training);
}

#define CHAR "\"type\":\"char\""
#define FILE_DATA "{\"hold_out\":1,\"max_length\":50}"
#define REGRESSION(degree) "{\"model_type\":\"regression\",\"degree\":" degree "}"
#define CLASSIFIER "{\"model_type\":\"classifier\",\"hidden\":3"

static void refusals(void) {
    const char *const letters = "{\"task\":\"copy\",\"examples_per_epoch\":9,\"dev\":9}";
    const char *const tones = "{\"task\":\"tones\",\"examples_per_epoch\":9,\"dev\":9}";
    refused("letters", (parts){.data = letters}, NULL, "recipe.tokenizer.source: text 1: step 1: \"");
    refused("loss of numbers", (parts){.target = CHAR, .model = "{\"model_type\":\"mlp\",\"hidden\":[],\"loss\":\"mse\"}"}, NULL,
            "recipe.model: config: loss \"mse\"; where the target is text it is one of: cross_entropy");
    refused("loss of labels", (parts){.model = "{\"model_type\":\"mlp\",\"hidden\":[],\"loss\":\"cross_entropy\"}"}, NULL,
            "loss \"cross_entropy\"; where the target is numbers it is one of: mse mae binary_cross_entropy");
    refused("not from 0 to 1", (parts){.model = "{\"model_type\":\"mlp\",\"hidden\":[],\"loss\":\"binary_cross_entropy\"}"}, NULL,
            "binary_cross_entropy needs targets from 0 to 1");
    refused("text at every step", (parts){.data = tones, .target = CHAR, .model = CLASSIFIER ",\"pooling\":\"none\"}"}, NULL,
            "an output at every step is numbers; the target is text");
    refused("too few answers", (parts){.data = FILE_DATA, .model = CLASSIFIER ",\"pooling\":\"none\"}"}, "1;2\t3\n4;5\t6\n",
            "an output at every step needs as many steps in the target as in the source");
    refused("answers of different lengths", (parts){.data = FILE_DATA, .model = CLASSIFIER "}"}, "1;2\t3\n4;5\t6;7\n8\t9\n",
            "the targets have different numbers of steps");
    refused("text for an mlp", (parts){.data = letters, .source = CHAR, .target = CHAR}, NULL,
            "model_type \"mlp\" reads numbers, and the source is text");
    refused("numbers for a Transformer",
            (parts){.target = CHAR, .model = "{\"model_type\":\"transformer_classifier\",\"d_model\":4,\"heads\":1}"}, NULL,
            "model_type \"transformer_classifier\" reads text, and the source is numbers");
    refused("numbers of seq2seq", (parts){.model = "{\"model_type\":\"seq2seq\"}"}, NULL,
            "model_type \"seq2seq\" writes text, and the target is numbers");
    refused("embedded numbers", (parts){.model = CLASSIFIER ",\"embedding\":4}"}, NULL,
            "embedding is for text; the source is numbers, 1 in a step");
    refused("smoothed numbers", (parts){.train = ",\"label_smoothing\":0.1"}, NULL,
            "recipe.train.label_smoothing is 0.1; targets that are numbers have none");
    refused("no layers", (parts){.model = "{\"model_type\":\"mlp\"}"}, NULL, "hidden must be a list of the sizes");
    refused("layers", (parts){.model = "{\"model_type\":\"mlp\",\"hidden\":8}"}, NULL, "hidden must be a list of the sizes");
    refused("an empty layer", (parts){.model = "{\"model_type\":\"mlp\",\"hidden\":[4,0]}"}, NULL,
            "hidden[1] must be a whole number from 1 to 4096");
    refused("activation", (parts){.model = "{\"model_type\":\"mlp\",\"hidden\":[],\"activation\":\"swish\"}"}, NULL,
            "activation \"swish\" is not one of: sigmoid tanh relu gelu");
    refused("a field", (parts){.model = "{\"model_type\":\"mlp\",\"hidden\":[],\"layers\":2}"}, NULL, "\"layers\"");
    refused("steps", (parts){.data = tones, .target = CHAR}, NULL, "an mlp reads as many steps of every source");
    refused("degree", (parts){.model = REGRESSION("13")}, NULL, "degree is 13; it must be a whole number from 1 to 12");
    refused("features", (parts){.data = "{\"hold_out\":1,\"max_length\":50}", .model = REGRESSION("9")},
            "1 2 3 4 5 6\t1\n2 3 4 5 6 7\t2\n", "degree is 9; 6 numbers then have more than 512 features");
    refused("steps of a regression", (parts){.data = tones, .target = CHAR, .model = REGRESSION("2")}, NULL,
            "regression reads as many steps of every source");
    refused("a method for an mlp", (parts){.method = "\"method\":\"coordinates\""}, NULL,
            "recipe.train.method is \"coordinates\"; it fits a recipe.model of type \"regression\"");
    refused("a method for labels", (parts){.data = "{\"task\":\"xor\",\"examples_per_epoch\":9,\"dev\":9}", .target = CHAR,
                                           .model = REGRESSION("2"), .method = "\"method\":\"normal\""}, NULL, "to numbers");
    refused("a table of text", (parts){.data = "{\"table\":{},\"hold_out\":1,\"max_length\":1}", .source = CHAR}, "1,2\n",
            "recipe.data.table gives numbers; recipe.tokenizer.source.type must be \"values\"");
    refused("a table", (parts){.data = "{\"table\":{},\"hold_out\":1,\"max_length\":1}"}, "a,b\n1,2\n1,x\n",
            "data:3: column 2 is \"x\"; it must be a number");
    refused("options of numbers", (parts){.source = "\"type\":\"values\",\"case\":\"lower\""}, NULL, "\"case\"");
}

static heed_progress run(parts p, const char *pairs) {
    heed_training *training = NULL;
    heed_error error = {0};
    heed_training_event event = HEED_TRAINING_STEP;
    heed_progress end = {0};
    if (CHECK_OK(create(p, pairs, &training, &error), &error)) {
        while (event != HEED_TRAINING_FINISHED && CHECK_OK(heed_training_advance(training, &event, &error), &error))
            ;
        heed_training_progress(training, &end);
    }
    heed_training_free(training);
    return end;
}

/* Units must not matter when sides are standardised. */
static void learns(void) {
    const char *const line = "{\"model_type\":\"mlp\",\"hidden\":[]}";
    const heed_progress plain = run((parts){.model = line, .train = ",\"clip\":5"}, NULL);
    CHECK(plain.numbers && plain.dev_r2 > 0.9 && plain.dev_wer == -1 && plain.dev_per == -1);
    heed_compare_one("loss", 0, plain.dev_loss, plain.dev_mse, 1e-6); /* the same figure by two ways */
    char pairs[12000] = "";
    for (int i = 0, at = 0; i < 300; i++)
        at += snprintf(pairs + at, sizeof pairs - (size_t)at, "%d\t%d\n", 1000 + i, 5000000 - 2000 * i);
    const heed_progress large = run((parts){.data = "{\"hold_out\":50,\"max_length\":1}", .model = line,
                                            .source = "\"type\":\"values\",\"standardise\":true",
                                            .target = "\"type\":\"values\",\"standardise\":true"}, pairs);
    CHECK(large.dev_r2 > 0.9 && large.dev_mse > 1e5); /* in its own units */
    const heed_progress bits = run((parts){.data = "{\"task\":\"xor\",\"examples_per_epoch\":1000,\"dev\":200}",
                                           .model = "{\"model_type\":\"mlp\",\"hidden\":[8],\"loss\":\"binary_cross_entropy\"}"},
                                   NULL);
    CHECK(bits.dev_wer >= 0 && bits.dev_wer < 0.05 && bits.dev_r2 > 0.5);
    /* A table whose columns have names and units of their own. */
    char rows[12000] = "weight,\"height, cm\",age\n";
    for (int i = 0, at = (int)strlen(rows); i < 200; i++)
        at += snprintf(rows + at, sizeof rows - (size_t)at, "%g,%d,%d\n", 0.5 * (150 + i % 50) - 0.1 * (i / 4), 150 + i % 50, i / 4);
    const heed_progress table =
        run((parts){.data = "{\"table\":{\"features\":[\"height, cm\",\"age\"],\"target\":\"weight\"},\"hold_out\":40,"
                            "\"max_length\":1}", .model = line, .source = "\"type\":\"values\",\"standardise\":true",
                    .target = "\"type\":\"values\",\"standardise\":true"}, rows);
    CHECK(table.dev_r2 > 0.9);
    /* An answer at every step: the sum of two channels. */
    const heed_progress steps =
        run((parts){.data = FILE_DATA, .model = "{\"model_type\":\"classifier\",\"hidden\":8,\"pooling\":\"none\"}"},
            "1 0;0 1;1 1\t1;1;2\n0 0;0.5 0\t0;0.5\n0.25 0.25\t0.5\n1 1;0 0\t2;0\n");
    CHECK(steps.numbers && steps.dev_mse >= 0 && steps.loss < 2);
}

/* Every method gives what heed_regress does of the same rows, of each target, and stops when it is there. */
static void methods(void) {
    enum { ROWS = 60, DEV = 10 };
    static const char *const named[] = {"normal\",\"penalty\":{\"l2\":0.1}", "gradient\",\"penalty\":{\"l1\":0.05,\"l2\":0.1}",
                                        "coordinates\",\"penalty\":{\"l1\":0.05,\"l2\":0.1}"};
    char pairs[6000] = "";
    for (int i = 0, at = 0; i < ROWS; i++)
        at += snprintf(pairs + at, sizeof pairs - (size_t)at, "%.4f %.4f\t%.4f %.4f\n", sin(i), cos(3 * i),
                       1 + 2 * sin(i) * cos(3 * i) + 0.3 * sin(7 * i), cos(3 * i) + 0.2 * cos(11 * i));
    for (int k = 0; k < 3; k++) {
        char method[200];
        heed_training *training = NULL;
        const heed_model *model = NULL;
        heed_error error = {0};
        heed_training_event event = HEED_TRAINING_STEP;
        heed_pairs all = {0}, dev = {0};
        double x[2 * ROWS], y[2][ROWS];
        int n = 0;
        snprintf(method, sizeof method, "\"method\":\"%s,\"standardise\":true", named[k]);
        if (!CHECK_OK(create((parts){.data = "{\"hold_out\":10,\"max_length\":9}", .model = REGRESSION("2"), .method = method},
                             pairs, &training, &error), &error))
            continue;
        heed_progress end = {0};
        while (event != HEED_TRAINING_FINISHED && CHECK_OK(heed_training_advance(training, &event, &error), &error))
            heed_training_progress(training, &end);
        CHECK(end.step == end.total_steps && (k > 0 ? end.step > 1 && end.step < 10000 : end.step == 1));
        CHECK_OK(heed_training_model(training, &model, &error), &error);
        CHECK_OK(heed_pairs_parse(&all, pairs, strlen(pairs), "pairs", &error), &error);
        CHECK_OK(heed_pairs_hold_out(&all, DEV, 3, &dev, &error), &error);
        for (; n < all.count; n++)
            CHECK(sscanf(all.list[n].source, "%lf %lf", &x[2 * n], &x[2 * n + 1]) == 2 &&
                  sscanf(all.list[n].target, "%lf %lf", &y[0][n], &y[1][n]) == 2);
        CHECK_INT(n, ROWS - DEV);
        double mse = 0;
        for (int t = 0; t < 2; t++) {
            const heed_regression_options options = {.method = (heed_regression_method)(k + 1), .degree = 2, .standardise = true,
                                                     .l1 = k > 0 ? 0.05 : 0, .l2 = 0.1};
            heed_regression fit;
            heed_prediction got;
            const float at[2] = {0.3F, -0.7F};
            double want;
            if (!CHECK_OK(heed_regress(x, y[t], n, 2, &options, &fit, &error), &error))
                continue;
            heed_regression_predict(&fit, (const double[]){0.3, -0.7}, 1, &want);
            CHECK_OK(heed_predict(model, at, 1, 1, 2, &got, &error), &error);
            heed_compare_one("prediction", (size_t)t, (double)got.values[t], want, 1e-5);
            mse += fit.mse / 2;
            heed_prediction_free(&got);
            heed_regression_free(&fit);
        }
        heed_compare_one("loss", 0, end.loss, mse, 1e-5);
        heed_pairs_free(&all);
        heed_pairs_free(&dev);
        heed_training_free(training);
    }
    /* What cannot be solved says so in the first step. */
    heed_training *training = NULL;
    heed_error error = {0};
    heed_training_event event;
    if (CHECK_OK(create((parts){.data = FILE_DATA, .model = REGRESSION("1"), .method = "\"method\":\"normal\""},
                        "1 1\t1\n2 2\t2\n3 3\t5\n4 4\t1\n", &training, &error), &error))
        CHECK_STATUS(heed_training_advance(training, &event, &error), HEED_ERROR_NUMERIC, &error);
    CHECK_CONTAINS(error.message, "a penalty l2 chooses one");
    heed_training_free(training);
}

static void add_line(void *file, const char *source, const char *target) {
    fprintf(file, "%s\t%s\n", source, target);
}

static heed_status train_folder(const char *recipe, const char *folder, int steps, bool resume, heed_error *error) {
    const heed_train_options options = {.output_folder = folder, .threads = 1, .max_steps = steps, .resume = resume};
    return heed_train(recipe, strlen(recipe), &options, error);
}

static void same_file(const char *a, const char *b) {
    char *bytes[2] = {0};
    size_t sizes[2] = {0};
    heed_error error = {0};
    if (CHECK_OK(heed_file_read(a, &bytes[0], &sizes[0], &error), &error) &&
        CHECK_OK(heed_file_read(b, &bytes[1], &sizes[1], &error), &error))
        CHECK(sizes[0] == sizes[1] && memcmp(bytes[0], bytes[1], sizes[0]) == 0);
    heed_free(bytes[0]);
    heed_free(bytes[1]);
}

/* A run that is cut and goes on ends with the same bits; the model in the folder is judged as it was in training. */
static void folders(void) {
    static const struct {
        const char *data, *model, *method;
    } cases[] = {
        {NULL, NULL, NULL},
        {"{\"task\":\"adding\",\"options\":{\"length\":8},\"examples_per_epoch\":400,\"dev\":150}",
         "{\"model_type\":\"classifier\",\"hidden\":6,\"cell\":\"gru\",\"dropout\":0.1}", NULL},
        {NULL, REGRESSION("5"), "\"method\":\"gradient\",\"steps\":400"},
    };
    static const char *const names[] = {"whole0", "whole1", "whole2", "cut0", "cut1", "cut2"};
    for (int k = 0; k < 3; k++) {
        char recipe[2048], whole[400], cut[400], data[400], a[600], b[600];
        heed_error error = {0};
        heed_model *model = NULL;
        heed_evaluation result;
        write_recipe(recipe, (parts){.data = cases[k].data, .model = cases[k].model, .method = cases[k].method});
        snprintf(whole, sizeof whole, "%s", scratch(names[k]));
        snprintf(cut, sizeof cut, "%s", scratch(names[k + 3]));
        snprintf(data, sizeof data, "%s", scratch("dev.tsv"));
        if (!CHECK_OK(train_folder(recipe, whole, 0, false, &error), &error) ||
            !CHECK_OK(train_folder(recipe, cut, 33, false, &error), &error) ||
            !CHECK_OK(train_folder(recipe, cut, 0, true, &error), &error))
            return;
        snprintf(b, sizeof b, "%s/model.safetensors", whole);
        snprintf(a, sizeof a, "%s/model.safetensors", cut);
        same_file(a, b);
        snprintf(b, sizeof b, "%s/f32/model.safetensors", cut); /* numbers are not rounded to int8 */
        same_file(a, b);

        FILE *lines = fopen(data, "w");
        const char *task = k == 1 ? "adding" : "polynomial", *options = k == 1 ? "{\"length\":8}" : NULL;
        if (!CHECK(lines != NULL))
            return;
        CHECK_OK(heed_tasks_examples(task, options, 3, true, 150, add_line, lines, &error), &error);
        fclose(lines);
        if (!CHECK_OK(heed_model_load_folder(whole, NULL, &model, &error), &error))
            return;
        CHECK_OK(heed_evaluate(model, &(heed_evaluate_options){.data = data, .beam = 1, .threads = 1}, &result, &error), &error);
        CHECK(result.numbers && result.inputs == 150);
        heed_compare_one("rmse", 0, result.rmse * result.rmse, result.mse, 1e-9);
        char *log = NULL;
        size_t size = 0;
        snprintf(a, sizeof a, "%s/log.jsonl", whole);
        CHECK_OK(heed_file_read(a, &log, &size, &error), &error);
        double best = 1e9; /* the folder's model is the best epoch's */
        for (const char *at = log; at && (at = strstr(at, "\"dev_mse\":")); at++)
            best = fmin(best, strtod(at + 10, NULL));
        heed_compare_one("mse", 0, result.mse, best, 1e-4 * best);
        heed_free(log);
        heed_model_free(model);
    }
}

int main(void) {
    if (!CHECK(scratch_open()))
        return heed_test_finish("numbers");
    refusals();
    learns();
    methods();
    folders();
    scratch_close();
    return heed_test_finish("numbers");
}
