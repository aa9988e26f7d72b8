/* Whole trainings on a small world, from three seeds each: neighbours and analogies come out right, and one thread
 * gives the same bits again. */
#include "heed/training.h"
#include "heed/vectors.h"
#include "test.h"
#include "word_world.h"

static const char *const methods[] = {
#define HEED_VECTOR_METHOD(name) #name,
#include "vectors/vector_methods.def"
#undef HEED_VECTOR_METHOD
};

static const char *settings_of(const char *method)
{
    if (strcmp(method, "glove") == 0)
        return "\"epochs\":25,\"x_max\":5";
    return strcmp(method, "skip_gram") == 0 ? "\"epochs\":6,\"rate\":0.05,\"batch\":1000,\"subsample\":0"
                                            : "\"epochs\":15,\"rate\":0.2,\"batch\":1000,\"subsample\":0";
}

static heed_training *train(const char *method, int seed, const heed_string_buffer *text)
{
    char recipe[512];
    heed_error error = {0};
    heed_training *training = NULL;
    heed_training_event event = HEED_TRAINING_STEP;
    snprintf(recipe, sizeof recipe,
             "{\"name\":\"world\",\"seed\":%d,\"tokenizer\":{\"source\":{\"type\":\"word\"}},"
             "\"model\":{\"model_type\":\"word_vectors\",\"dim\":20},\"train\":{\"method\":\"%s\",%s}}",
             seed, method, settings_of(method));
    CHECK_OK(heed_training_create(recipe, strlen(recipe), text->text, text->length, &training, &error), &error);
    while (training != NULL && event != HEED_TRAINING_FINISHED)
        if (!CHECK_OK(heed_training_advance(training, &event, &error), &error))
            break;
    return training;
}

static heed_vectors *open_vectors(heed_training *training)
{
    heed_error error = {0};
    const heed_model *model = NULL;
    heed_vectors *vectors = NULL;
    if (training != NULL && CHECK_OK(heed_training_model(training, &model, &error), &error))
        CHECK_OK(heed_vectors_open(model, &vectors, &error), &error);
    return vectors;
}

/* Of the words of trades, the share whose nearest word is of the same trade. */
static double right_neighbours(heed_vectors *vectors)
{
    int right = 0, asked = 0;
    for (int row = 0; row < heed_vectors_count(vectors); row++) {
        const double sign = 1;
        heed_neighbour best;
        const char *word = heed_vectors_word(vectors, row);
        if (word[0] != 't' || heed_vectors_nearest(vectors, &row, &sign, 1, 1, 0, &best) != 1)
            continue;
        const char *other = heed_vectors_word(vectors, best.row);
        const int trade = atoi(word + 1);
        asked++;
        right += (other[0] == 't' || other[0] == 'm' || other[0] == 'f') && atoi(other + 1) == trade &&
                 other[1] >= '0' && other[1] <= '9';
    }
    CHECK_INT(asked, WORLD_TRADES * WORLD_TRADE_WORDS);
    return (double)right / asked;
}

static int find(const heed_vectors *vectors, char kind, int trade)
{
    char word[8];
    snprintf(word, sizeof word, "%c%d", kind, trade);
    return heed_vectors_find(vectors, word, strlen(word));
}

/* m_a is to f_a as m_b is to f_b. */
static double right_analogies(heed_vectors *vectors)
{
    static const double signs[] = {-1, 1, 1};
    int right = 0, asked = 0;
    for (int a = 0; a < WORLD_TRADES; a++)
        for (int b = 0; b < WORLD_TRADES; b++) {
            const int rows[] = {find(vectors, 'm', a), find(vectors, 'f', a), find(vectors, 'm', b)};
            heed_neighbour best;
            if (a == b)
                continue;
            CHECK_INT(heed_vectors_nearest(vectors, rows, signs, 3, 1, 0, &best), 1);
            asked++;
            right += best.row == find(vectors, 'f', b);
        }
    return (double)right / asked;
}

static void check_learns(const char *method)
{
    for (int seed = 1; seed <= 3; seed++) {
        heed_string_buffer text = word_world(6000, (uint64_t)seed);
        heed_training *training = train(method, seed, &text);
        heed_vectors *vectors = open_vectors(training);
        if (vectors != NULL) {
            CHECK_INT(heed_vectors_count(vectors), WORLD_WORDS);
            const double neighbours = right_neighbours(vectors), analogies = right_analogies(vectors);
            printf("%s, seed %d: neighbours %.3f, analogies %.3f\n", method, seed, neighbours, analogies);
            CHECK(neighbours >= 0.95);
            CHECK(analogies >= 0.85);
        }
        heed_vectors_free(vectors);
        heed_training_free(training);
        heed_string_free(&text);
    }
}

/* Vectors that were not trained have no neighbours worth the name: the marks can be missed. */
static void check_untrained(void)
{
    heed_string_buffer text = word_world(6000, 1);
    char recipe[] = "{\"name\":\"world\",\"seed\":1,\"tokenizer\":{\"source\":{\"type\":\"word\"}},"
                    "\"model\":{\"model_type\":\"word_vectors\",\"dim\":20},\"train\":{\"method\":\"cbow\"}}";
    heed_error error = {0};
    heed_training *training = NULL;
    CHECK_OK(heed_training_create(recipe, strlen(recipe), text.text, text.length, &training, &error), &error);
    heed_vectors *vectors = open_vectors(training);
    if (vectors != NULL) {
        CHECK(right_neighbours(vectors) < 0.3);
        CHECK(right_analogies(vectors) < 0.1);
    }
    heed_vectors_free(vectors);
    heed_training_free(training);
    heed_string_free(&text);
}

static void check_same_bits(const char *method)
{
    heed_string_buffer text = word_world(500, 5);
    heed_model_files files[3];
    for (int i = 0; i < 3; i++) {
        heed_training *training = train(method, i == 2 ? 8 : 7, &text);
        const heed_model *model = NULL;
        heed_error error = {0};
        CHECK_OK(heed_training_model(training, &model, &error), &error);
        CHECK_OK(heed_model_encode(model, 0, &files[i], &error), &error);
        heed_training_free(training);
    }
    CHECK(files[0].weights_size == files[1].weights_size &&
          memcmp(files[0].weights, files[1].weights, files[0].weights_size) == 0);
    CHECK(memcmp(files[0].weights, files[2].weights, files[0].weights_size) != 0); /* of another seed */
    for (int i = 0; i < 3; i++)
        heed_model_files_free(&files[i]);
    heed_string_free(&text);
}

int main(void)
{
    check_untrained();
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        check_learns(methods[i]);
        check_same_bits(methods[i]);
    }
    return heed_test_finish("word_world");
}
