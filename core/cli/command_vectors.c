/* heed vectors: neighbours, analogies and judgements of word vectors. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static void print_neighbours(const char *json)
{
    for (const char *one = cli_json_first(cli_json_member(json, "neighbours")); one != NULL; one = cli_json_next(one)) {
        printf("%8.4f  ", strtod(cli_json_member(one, "similarity"), NULL));
        cli_json_print_text(stdout, cli_json_member(one, "word"));
        printf("\n");
    }
}

static int ask(const cli_command *command, heed_vectors *vectors, const char *query, int wanted, bool json)
{
    heed_error error = {0};
    char *text = NULL;
    if (heed_vectors_ask(vectors, query, strlen(query), wanted, &text, &error) != HEED_OK)
        return cli_fail_error(command, &error);
    if (json)
        printf("%s\n", text);
    else
        print_neighbours(text);
    heed_text_free(text);
    return CLI_OK;
}

static void print_score(void *context, const heed_analogy_score *score)
{
    const char *const format = context != NULL
                                   ? "{\"section\":\"%s\",\"questions\":%lld,\"covered\":%lld,\"right\":%lld,"
                                     "\"accuracy\":%.4f}\n"
                                   : "%-28s %6lld questions %6lld covered %6lld right %6.1f %%\n";
    const double share = score->covered > 0 ? (double)score->right / (double)score->covered : 0;
    printf(format, score->name, (long long)score->questions, (long long)score->covered, (long long)score->right,
           context != NULL ? share : 100 * share);
    fflush(stdout);
}

static int judge(const cli_command *command, heed_vectors *vectors, const char *analogies, const char *similarities,
                 int limit, bool json)
{
    heed_error error = {0};
    heed_analogy_score total;
    heed_similarity_score score;
    void *context = json ? &total : NULL;
    if (analogies != NULL) {
        if (heed_vectors_analogies(vectors, analogies, limit, print_score, context, &total, &error) != HEED_OK)
            return cli_fail_error(command, &error);
        print_score(context, &total);
    }
    if (similarities == NULL)
        return CLI_OK;
    if (heed_vectors_similarity(vectors, similarities, &score, &error) != HEED_OK)
        return cli_fail_error(command, &error);
    if (json && isfinite(score.spearman))
        printf("{\"pairs\":%lld,\"covered\":%lld,\"spearman\":%.4f}\n", (long long)score.pairs, (long long)score.covered,
               score.spearman);
    else if (json)
        printf("{\"pairs\":%lld,\"covered\":%lld,\"spearman\":null}\n", (long long)score.pairs, (long long)score.covered);
    else
        printf("%lld pairs, %lld covered, Spearman's rho %.3f\n", (long long)score.pairs, (long long)score.covered,
               score.spearman);
    return CLI_OK;
}

static heed_status load(const char *path, bool text_form, heed_model **out, heed_error *error)
{
    static const heed_load_options exact = {.f32 = 1};
    return text_form ? heed_vectors_import(path, out, error) : heed_model_load_folder(path, &exact, out, error);
}

static int run(const cli_command *command, int count, char **arguments)
{
    const char *analogies = NULL, *similarities = NULL, *save = NULL, *export = NULL;
    bool json = false, import = false;
    int wanted = 10, limit = 0, code;
    const cli_option table[] = {
        {"--count", "N", "neighbours of each; default 10", CLI_INT, &wanted, 1, 1000},
        {"--analogies", "FILE", "ask the questions of FILE (questions-words.txt) and count right answers", CLI_TEXT,
         &analogies, 0, 0},
        {"--similarities", "FILE", "compare with \"word, word, number\" lines (SimLex-999, WordSim-353, RUSSE-HJ)",
         CLI_TEXT, &similarities, 0, 0},
        {"--limit", "N", "of analogies: among the N most frequent words; default all", CLI_INT, &limit, 1, INT_MAX},
        {"--import", NULL, "MODEL is a file in word2vec's text form", CLI_FLAG, &import, 0, 0},
        {"--export", "FILE", "write word2vec's text form", CLI_TEXT, &export, 0, 0},
        {"--save", "DIR", "write a model folder with int8 weights", CLI_TEXT, &save, 0, 0},
        {"--json", NULL, "results as JSON, one object a line", CLI_FLAG, &json, 0, 0},
        {NULL, NULL, NULL, CLI_FLAG, NULL, 0, 0},
    };
    const int positional = cli_parse(command, table, count, arguments, &code);
    if (positional < 0)
        return code;
    if (positional == 0)
        return cli_usage(command, "it takes a MODEL folder");
    heed_error error = {0};
    heed_model *model = NULL;
    heed_vectors *vectors = NULL;
    heed_status status = load(arguments[0], import, &model, &error);
    if (status == HEED_OK)
        status = heed_vectors_open(model, &vectors, &error);
    if (status == HEED_OK && save != NULL)
        status = heed_model_save(model, save, 1, &error);
    if (status == HEED_OK && export != NULL)
        status = heed_vectors_export(vectors, export, &error);
    code = status == HEED_OK ? CLI_OK : cli_fail_error(command, &error);
    for (int i = 1; i < positional && code == CLI_OK; i++)
        code = ask(command, vectors, arguments[i], wanted, json);
    if (code == CLI_OK)
        code = judge(command, vectors, analogies, similarities, limit, json);
    heed_vectors_free(vectors);
    heed_model_free(model);
    return code == CLI_OK ? cli_finish(command) : code;
}

const cli_command heed_command_vectors = {
    "vectors", "MODEL [QUERY...]", "neighbours and analogies of word vectors",
    "Prints the words nearest to each QUERY by the cosine of their vectors: of a word (\"king\"), or of a sum (\"king -man\n"
    "+woman\"); and judges the vectors by files of analogies and of similarities. Vectors are trained by heed train, with\n"
    "a recipe whose model_type is \"word_vectors\".\n",
    run};
