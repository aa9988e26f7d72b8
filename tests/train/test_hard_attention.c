/* Hard attention learns by reinforcement: to reverse a word, each step must look at one letter, the right one. */
#include "compare.h"

#include "heed/heed.h"
#include "scratch.h"
#include "small_task.h"

/* How many steps of a word look at its letter from the end (the decoder's state may know one by itself); every step
 * looks at one letter only. */
static int right_looks(const heed_model *model, const char *word) {
    heed_error error = {0};
    heed_generation *g = NULL;
    const int length = (int)strlen(word);
    int right = 0;
    bool done = false;
    if (!CHECK_OK(heed_generation_start(model, word, strlen(word), NULL, &g, &error), &error))
        return 0;
    while (!done && CHECK_OK(heed_generation_advance(g, &done, &error), &error))
        continue;
    if (CHECK_INT(heed_generation_length(g, 0), length))
        for (int i = 0; i < length; i++) {
            const heed_generation_step step = heed_generation_get(g, 0, i);
            int looks = 0;
            for (int k = 0; k < length; k++) {
                looks += step.attention[k] == 1;
                CHECK(step.attention[k] == 0 || step.attention[k] == 1);
            }
            CHECK_INT(looks, 1);
            right += step.attention[length - 1 - i] == 1;
        }
    heed_generation_free(g);
    return right;
}

int main(void) {
    heed_error error = {0};
    heed_model *model = NULL;
    heed_evaluation result;
    char data[400], output[400];
    if (!CHECK(scratch_open()) || !CHECK(small_task_write(scratch("task.tsv"), 1500)))
        return heed_test_finish("train hard attention");
    snprintf(data, sizeof data, "%s", scratch("task.tsv"));
    snprintf(output, sizeof output, "%s", scratch("hard"));
    /* a further field of the config beside the score */
    const char *text =
        small_recipe_text((small_recipe){.seed = 4, .score = "general\",\"hard\":true,\"cell\":\"gru", .epochs = 14});
    const heed_train_options train = {.data_folder = scratch_folder, .output_folder = output, .threads = 1};
    const heed_evaluate_options evaluate = {.data = data, .beam = 1, .threads = 1};
    if (CHECK_OK(heed_train(text, strlen(text), &train, &error), &error) &&
        CHECK_OK(heed_model_load_folder(output, NULL, &model, &error), &error)) {
        CHECK_OK(heed_evaluate(model, &evaluate, &result, &error), &error);
        printf("WER %.4f\n", result.wer);
        CHECK(result.wer < 0.05);
        /* of 16; most seeds reach 13 to 16, chance has 3 */
        CHECK(right_looks(model, "abcf") + right_looks(model, "fedcab") + right_looks(model, "badfce") >= 13);
        heed_model_free(model);
    }
    scratch_close();
    return heed_test_finish("train hard attention");
}
