/* What the biases of a cell's gates begin with, in every layer and direction: by themselves, and as a config asks. */
#include <math.h>

#include "base/json.h"
#include "small_model.h"

enum { HIDDEN = 40, STEPS = 100 };

typedef struct range {
    double least, most;
} range;

static heed_model *make(const char *cell, const char *more) {
    char text[300];
    snprintf(text, sizeof text,
             "{\"model_type\": \"classifier\", \"embedding\": 4, \"hidden\": %d, \"layers\": 2, "
             "\"bidirectional\": true, \"cell\": \"%s\"%s}", HIDDEN, cell, more);
    heed_model *model = small_model_of(text, 5, 0);
    if (model) /* as a fresh one has them */
        heed_params_initialise(&model->params, 5);
    return model;
}

/* The quarters of every bias lie in the ranges, and where a range is not a point they do not lie in one. */
static void check(const char *cell, const char *more, const range quarters[4]) {
    heed_model *model = make(cell, more);
    int biases = 0;
    for (int i = 0; model && i < model->params.count; i++) {
        const heed_param *param = &model->params.list[i];
        if (!strstr(param->name, "encoder.") || !strstr(param->name, ".bias"))
            continue;
        const heed_real *bias = model->params.values + param->offset;
        biases++;
        for (int q = 0; q < 4; q++) {
            double least = INFINITY, most = -INFINITY;
            for (int k = 0; k < HIDDEN; k++) {
                least = fmin(least, bias[q * HIDDEN + k]);
                most = fmax(most, bias[q * HIDDEN + k]);
            }
            CHECK(least >= quarters[q].least && most <= quarters[q].most);
            CHECK(quarters[q].least == quarters[q].most || most - least > 0.3 * (quarters[q].most - quarters[q].least));
        }
    }
    CHECK_INT(biases, 4);
    heed_model_free(model);
}

/* A cell of an lstm whose gates begin so keeps for as many steps as was said: f and i add up to 1. */
static void complementary(void) {
    heed_model *model = make("lstm", ", \"chrono\": 100");
    const int id = model ? heed_params_find(&model->params, "encoder.lstm.0.bias") : -1;
    if (CHECK(id >= 0)) {
        const heed_real *bias = model->params.values + model->params.list[id].offset;
        for (int k = 0; k < HIDDEN; k++) {
            const double i = 1 / (1 + exp(-bias[k])), f = 1 / (1 + exp(-bias[HIDDEN + k]));
            heed_compare_one("sigmoid(i) + sigmoid(f)", k, i + f, 1, 1e-6);
        }
    }
    heed_model_free(model);
}

int main(void) {
    const double root = 1 / sqrt(HIDDEN), slow = log(STEPS - 1);
    check("lstm", "", (range[]){{0, 0}, {1, 1}, {0, 0}, {0, 0}});
    check("lstm", ", \"forget_bias\": -0.5", (range[]){{0, 0}, {-0.5, -0.5}, {0, 0}, {0, 0}});
    check("lstm", ", \"chrono\": 100", (range[]){{-slow, 0}, {0, slow}, {0, 0}, {0, 0}});
    check("gru", "", (range[]){{-root, root}, {-root, root}, {-root, root}, {-root, root}});
    check("gru", ", \"forget_bias\": 2", (range[]){{0, 0}, {2, 2}, {0, 0}, {0, 0}});
    check("gru", ", \"chrono\": 100", (range[]){{0, 0}, {0, slow}, {0, 0}, {0, 0}});
    complementary();
    return heed_test_finish("property gate");
}
