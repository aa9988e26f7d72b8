/* Reading the config of a Transformer. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "models/transformer.h"

static const char where[] = "config";

heed_status heed_choice(const heed_json *config, const char *in, const char *key, const char *const *names, int *out,
                        heed_error *error)
{
    const char *text = NULL;
    char list[128] = "";
    HEED_TRY(heed_json_string(config, in, key, &text, error));
    for (int i = 0; names[i]; i++) {
        if (!text || strcmp(text, names[i]) == 0) {
            *out = text ? i : *out;
            return HEED_OK;
        }
        snprintf(list + strlen(list), sizeof list - strlen(list), " %s", names[i]);
    }
    return heed_fail(error, HEED_ERROR_UNKNOWN, "%s: %s \"%s\" is not one of:%s", in, key, text, list);
}

heed_status heed_config_choice(const heed_json *config, const char *key, const char *const *names, int *out,
                               heed_error *error)
{
    return heed_choice(config, where, key, names, out, error);
}

heed_status heed_stack_options_read(const heed_json *config, const char *layers, heed_stack_options *out,
                                    heed_error *error)
{
    static const char *const norms[] = {"post", "pre", "none", NULL};
    static const char *const norm_kinds[] = {"layer", "batch", NULL};
    static const char *const activations[] = {"relu", "gelu", NULL};
    static const char *const positions[] = {"sinusoidal", "learned", "none", NULL};
    int64_t size = 128, heads = 4, ffn = 512, count = 2, max_length = 256, window = 0;
    int norm = HEED_NORM_POST, norm_kind = HEED_LAYER_NORM, activation = HEED_RELU, position = HEED_SINUSOIDAL;
    *out = (heed_stack_options){.residual = true, .epsilon = 1e-5};
    HEED_TRY(heed_json_int(config, where, "d_model", 1, 4096, &size, error));
    HEED_TRY(heed_json_int(config, where, "heads", 1, HEED_HEADS_MAX, &heads, error));
    HEED_TRY(heed_json_int(config, where, "ffn", 1, 16384, &ffn, error));
    HEED_TRY(heed_json_int(config, where, layers, 1, 48, &count, error));
    HEED_TRY(heed_json_int(config, where, "max_length", 1, 16384, &max_length, error));
    HEED_TRY(heed_json_int(config, where, "window", 0, 16384, &window, error));
    HEED_TRY(heed_config_choice(config, "norm", norms, &norm, error));
    HEED_TRY(heed_config_choice(config, "norm_kind", norm_kinds, &norm_kind, error));
    HEED_TRY(heed_config_choice(config, "activation", activations, &activation, error));
    HEED_TRY(heed_config_choice(config, "positions", positions, &position, error));
    HEED_TRY(heed_json_bool(config, where, "residual", &out->residual, error));
    HEED_TRY(heed_json_real(config, where, "dropout", 0, 0.95, &out->dropout, error));
    HEED_TRY(heed_json_real(config, where, "attention_dropout", 0, 0.95, &out->attention_dropout, error));
    HEED_TRY(heed_json_real(config, where, "eps", 1e-12, 1, &out->epsilon, error));
    if (size % heads != 0)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "%s: heads = %d does not divide d_model = %d", where, (int)heads,
                         (int)size);
    out->size = (int)size;
    out->heads = (int)heads;
    out->ffn = (int)ffn;
    out->layers = (int)count;
    out->max_length = (int)max_length;
    out->window = (int)window;
    out->norm = (heed_norm_place)norm;
    out->norm_kind = (heed_norm_kind)norm_kind;
    out->activation = (heed_activation)activation;
    out->positions = (heed_positions)position;
    return HEED_OK;
}

int heed_table_declare(heed_params *params, const char *name, int vocabulary, int size, bool output)
{
    char full[96];
    snprintf(full, sizeof full, "%s.weight", name);
    return heed_params_declare(params, full, HEED_INIT_NORMAL, 1 / sqrt((double)size), output, 2,
                               (int[]){vocabulary, size});
}

typedef int lister(const heed_transformer_stack *stack, heed_arena *arena, const char **list, int at, bool *failed);

/* What `names` lists of all stacks, then `more`; NULL on failure. */
static const char **collect(heed_model *model, lister *names, const heed_transformer_stack *const *stacks, int count,
                            const char *const *more)
{
    bool failed = false;
    int total = 0, at = 0;
    for (int i = 0; i < count; i++)
        total = names(stacks[i], NULL, NULL, total, &failed);
    for (int i = 0; more[i]; i++)
        total++;
    const char **list = heed_arena_alloc_zero(&model->arena, (size_t)(total + 1) * sizeof *list);
    for (int i = 0; list && i < count; i++)
        at = names(stacks[i], &model->arena, list, at, &failed);
    for (int i = 0; list && more[i]; i++)
        list[at++] = more[i];
    return failed ? NULL : list;
}

heed_status heed_transformer_names(heed_model *model, const heed_transformer_stack *const *stacks, int count,
                                   const char *const *more, heed_error *error)
{
    static const char *const nothing[] = {NULL};
    model->traces = collect(model, heed_stack_traces, stacks, count, more);
    model->heads = collect(model, heed_stack_heads, stacks, count, nothing);
    if (!model->traces || !model->heads)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: a Transformer");
    return HEED_OK;
}
