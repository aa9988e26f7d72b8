/* A task that a tiny model learns in seconds: reverse a word of six letters. With its recipe. */
#ifndef HEED_SMALL_TASK_H
#define HEED_SMALL_TASK_H

#include <stdio.h>
#include <string.h>

#include "base/rng.h"
#include "data/pairs.h"
#include "train/recipe.h"

typedef struct small_recipe { /* zero: the default */
    const char *score, *schedule;
    int seed, epochs, batch, shards, accumulate, early_stopping, hidden; /* shards of -1: the recipe does not say */
    double rate, dropout;
} small_recipe;

/* `count` distinct words of 2 to 6 letters a-f with their letters in reverse, as "abc TAB c b a". */
static inline int small_task_write(const char *path, int count) {
    static unsigned char seen[6 * 7 * 7 * 7 * 7 * 7];
    FILE *file = fopen(path, "w");
    heed_rng rng;
    heed_rng_seed(&rng, 11, 0);
    memset(seen, 0, sizeof seen);
    while (file != NULL && count > 0) {
        char word[8] = "";
        int length = 2 + (int)heed_rng_below(&rng, 5), code = 0;
        for (int i = 0; i < 6; i++) {
            int letter = i < length ? 1 + (int)heed_rng_below(&rng, 6) : 0;
            code = i == 0 ? letter - 1 : code * 7 + letter;
            if (letter > 0)
                word[i] = (char)('a' + letter - 1);
        }
        if (seen[code])
            continue;
        seen[code] = 1;
        count--;
        fprintf(file, "%s\t", word);
        for (int i = length - 1; i >= 0; i--)
            fprintf(file, "%c%s", word[i], i > 0 ? " " : "\n");
    }
    return file != NULL && fclose(file) == 0;
}

/* A heed_pairs_source: the pairs of the file whose path is the context. */
static inline heed_status small_task_pairs(void *path, const heed_recipe *recipe, heed_pairs *pairs, heed_error *error) {
    (void)recipe;
    return heed_pairs_read_tsv(pairs, path, error);
}

/* The recipe of task.tsv; one of two buffers in turn. */
static inline const char *small_recipe_text(small_recipe r) {
    static char texts[2][2000];
    static int turn;
    char *text = texts[turn ^= 1];
    const char *schedule = r.schedule ? r.schedule : "{\"name\":\"cosine\",\"warmup_steps\":20,\"final\":0.05}";
    int hidden = r.hidden ? r.hidden : 24;
    char shards[32] = "";
    if (r.shards >= 0)
        snprintf(shards, sizeof shards, "\"shards\":%d,", r.shards ? r.shards : 2);
    snprintf(text, sizeof texts[0],
             "{\"name\":\"reverse\",\"seed\":%d,"
             "\"data\":{\"train\":\"task.tsv\",\"hold_out\":100,\"hold_out_seed\":5,\"max_length\":20},"
             "\"tokenizer\":{\"source\":{\"type\":\"char\"},\"target\":{\"type\":\"symbol\"}},"
             "\"model\":{\"model_type\":\"seq2seq\",\"source_embedding\":16,\"target_embedding\":16,"
             "\"encoder_hidden\":%d,\"encoder_layers\":1,\"decoder_hidden\":%d,\"decoder_layers\":1,"
             "\"score\":\"%s\",\"input_feeding\":false,\"dropout\":%g},"
             "\"train\":{\"batch\":%d,%s\"accumulate\":%d,\"epochs\":%d,\"early_stopping\":%d,"
             "\"optimizer\":{\"name\":\"adam\",\"rate\":%g},\"schedule\":%s,\"clip\":2.0,\"label_smoothing\":0.05}}",
             r.seed ? r.seed : 3, hidden, 2 * hidden, r.score ? r.score : "general", r.dropout, r.batch ? r.batch : 32,
             shards, r.accumulate ? r.accumulate : 1, r.epochs ? r.epochs : 3, r.early_stopping,
             r.rate > 0 ? r.rate : 0.01, schedule);
    return text;
}

#endif
