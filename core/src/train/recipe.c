#include "train/recipe.h"

#include <string.h>

#include "base/error.h"
#include "data/csv.h"

/* The largest whole number up to which a JSON number (a double) is exact. */
#define SEED_MAX 9007199254740992

static heed_status get_int(const heed_json *object, const char *where, const char *key, int64_t min, int64_t max,
                           int64_t *out, heed_error *error)
{
    HEED_TRY(heed_json_need(object, where, key, error));
    return heed_json_int(object, where, key, min, max, out, error);
}

static heed_status get_real(const heed_json *object, const char *where, const char *key, double min, double max,
                            double *out, heed_error *error)
{
    HEED_TRY(heed_json_need(object, where, key, error));
    return heed_json_real(object, where, key, min, max, out, error);
}

static heed_status get_string(const heed_json *object, const char *where, const char *key, const char **out,
                              heed_error *error)
{
    HEED_TRY(heed_json_need(object, where, key, error));
    HEED_TRY(heed_json_string(object, where, key, out, error));
    if (**out == '\0')
        return heed_fail(error, HEED_ERROR_FORMAT, "%s.%s is \"\"; it must not be empty", where, key);
    return HEED_OK;
}

static heed_status parse_task(const heed_json *data, heed_recipe *out, heed_error *error)
{
    static const char *const where = "recipe.data";
    static const char *const fields[] = {"task", "options", "examples_per_epoch", "dev", "max_length", NULL};
    const heed_json *options = NULL;
    const char *name;
    HEED_TRY(heed_json_only(data, where, fields, error));
    HEED_TRY(get_string(data, where, "task", &name, error));
    if (heed_json_get(data, "options") != NULL)
        HEED_TRY(heed_json_object(data, where, "options", &options, error));
    HEED_TRY(heed_task_set_up(name, options, where, &out->task, error));
    HEED_TRY(get_int(data, where, "examples_per_epoch", 1, 100000000, &out->examples_per_epoch, error));
    HEED_TRY(get_int(data, where, "dev", 1, 1000000, &out->dev, error));
    out->max_length = 4096;
    return heed_json_int(data, where, "max_length", 1, 4096, &out->max_length, error);
}

static heed_status parse_data(const heed_json *data, heed_recipe *out, heed_error *error)
{
    if (heed_json_get(data, "task") != NULL)
        return parse_task(data, out, error);
    static const char *const fields[] = {"train", "table", "hold_out", "hold_out_seed", "max_length", NULL};
    HEED_TRY(heed_json_only(data, "recipe.data", fields, error));
    if (heed_json_get(data, "train") != NULL)
        HEED_TRY(get_string(data, "recipe.data", "train", &out->train_path, error));
    if (heed_json_get(data, "table") != NULL)
        HEED_TRY(heed_json_object(data, "recipe.data", "table", &out->table, error));
    HEED_TRY(get_int(data, "recipe.data", "hold_out", 1, 100000000, &out->hold_out, error));
    out->hold_out_seed = out->seed;
    HEED_TRY(heed_json_int(data, "recipe.data", "hold_out_seed", 0, SEED_MAX, &out->hold_out_seed, error));
    return get_int(data, "recipe.data", "max_length", 1, 4096, &out->max_length, error);
}

static heed_status parse_test(const heed_json *test, heed_recipe *out, heed_error *error)
{
    static const char *const fields[] = {"data", "references", NULL};
    if (test == NULL)
        return HEED_OK;
    HEED_TRY(heed_json_only(test, "recipe.test", fields, error));
    HEED_TRY(get_string(test, "recipe.test", "data", &out->test_path, error));
    return heed_json_string(test, "recipe.test", "references", &out->test_references, error);
}

enum { FIELDS_MAX = 16 };

/* Refuses members that are neither in `common` nor in what the entry of a list says. */
static heed_status only(const heed_json *object, const char *where, const char *const *common, const char *const *own,
                        heed_error *error)
{
    const char *fields[FIELDS_MAX] = {0};
    int count = 0;
    for (const char *const *list = common; list != NULL; list = list == common ? own : NULL)
        for (int i = 0; list[i] != NULL && count + 1 < FIELDS_MAX; i++)
            fields[count++] = list[i];
    return heed_json_only(object, where, fields, error);
}

static heed_status parse_optimizer(const heed_json *train, heed_recipe *out, heed_error *error)
{
    static const char *const where = "recipe.train.optimizer";
    static const char *const common[] = {"name", "rate", NULL};
    const heed_json *optimizer;
    const char *name;
    HEED_TRY(heed_json_object(train, "recipe.train", "optimizer", &optimizer, error));
    HEED_TRY(get_string(optimizer, where, "name", &name, error));
    out->optimizer = heed_optimizer_find(name);
    if (out->optimizer == NULL)
        return heed_fail(error, HEED_ERROR_UNKNOWN, "%s.name is \"%.60s\"; it must be one of: %s", where, name,
                         heed_optimizer_names);
    HEED_TRY(only(optimizer, where, common, out->optimizer->fields, error));
    heed_optimizer_settings *settings = &out->optimizer_settings;
    *settings = out->optimizer->defaults;
    HEED_TRY(get_real(optimizer, where, "rate", 1e-9, 10, &settings->rate, error));
    HEED_TRY(heed_json_real(optimizer, where, "beta1", 0, 0.99999, &settings->beta1, error));
    HEED_TRY(heed_json_real(optimizer, where, "beta2", 0, 0.9999999, &settings->beta2, error));
    HEED_TRY(heed_json_real(optimizer, where, "epsilon", 1e-16, 1, &settings->epsilon, error));
    HEED_TRY(heed_json_real(optimizer, where, "weight_decay", 0, 10, &settings->weight_decay, error));
    HEED_TRY(heed_json_real(optimizer, where, "momentum", 0, 0.99999, &settings->momentum, error));
    HEED_TRY(heed_json_bool(optimizer, where, "nesterov", &settings->nesterov, error));
    if (settings->nesterov && settings->momentum == 0)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s.nesterov is true and momentum is 0; it needs a momentum", where);
    return HEED_OK;
}

static heed_status parse_schedule(const heed_json *train, heed_recipe *out, heed_error *error)
{
    static const char *const where = "recipe.train.schedule";
    static const char *const common[] = {"name", "warmup_steps", NULL};
    const heed_json *schedule;
    const char *name;
    HEED_TRY(heed_json_object(train, "recipe.train", "schedule", &schedule, error));
    HEED_TRY(get_string(schedule, where, "name", &name, error));
    out->schedule = heed_schedule_find(name);
    if (out->schedule == NULL)
        return heed_fail(error, HEED_ERROR_UNKNOWN, "%s.name is \"%.60s\"; it must be one of: %s", where, name,
                         heed_schedule_names);
    HEED_TRY(only(schedule, where, common, out->schedule->fields, error));
    heed_schedule_settings *settings = &out->schedule_settings;
    *settings = (heed_schedule_settings){.rate = out->optimizer_settings.rate, .factor = 0.5, .patience = 1};
    HEED_TRY(heed_json_int(schedule, where, "warmup_steps", 0, 100000000, &settings->warmup_steps, error));
    HEED_TRY(heed_json_real(schedule, where, "final", 0, 1, &settings->final, error));
    HEED_TRY(heed_json_real(schedule, where, "factor", 1e-6, 1, &settings->factor, error));
    return heed_json_int(schedule, where, "patience", 1, 1000000, &settings->patience, error);
}

static heed_status parse_train(const heed_json *train, heed_recipe *out, heed_error *error)
{
    static const char *const where = "recipe.train";
    static const char *const fields[] = {"batch", "shards", "epochs", "optimizer", "schedule", "clip",
                                         "clip_value", "label_smoothing", "early_stopping", "accumulate", NULL};
    out->batch = out->shards = out->accumulate = out->epochs = 1;
    if (heed_json_get(train, "method") != NULL) {
        out->method = train;
        out->schedule = &heed_schedule_constant;
        return HEED_OK;
    }
    if (heed_json_get(train, "penalty") != NULL)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s.penalty is there without a method: auto, normal, gradient or "
                         "coordinates", where);
    HEED_TRY(heed_json_only(train, where, fields, error));
    out->shards_given = heed_json_get(train, "shards") != NULL;
    HEED_TRY(get_int(train, where, "batch", 1, 65536, &out->batch, error));
    HEED_TRY(heed_json_int(train, where, "shards", 1, 64, &out->shards, error));
    if (out->shards > out->batch)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s.shards is %lld; it must be at most %s.batch, which is %lld",
                         where, (long long)out->shards, where, (long long)out->batch);
    HEED_TRY(heed_json_int(train, where, "accumulate", 1, 1024, &out->accumulate, error));
    HEED_TRY(get_int(train, where, "epochs", 1, 1000000, &out->epochs, error));
    HEED_TRY(heed_json_int(train, where, "early_stopping", 0, 1000000, &out->early_stopping, error));
    HEED_TRY(heed_json_real(train, where, "clip", 0, 1e9, &out->clip, error));
    HEED_TRY(heed_json_real(train, where, "clip_value", 0, 1e9, &out->clip_value, error));
    if (out->clip > 0 && out->clip_value > 0)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s.clip is %g and clip_value is %g; only one of them can be above 0",
                         where, out->clip, out->clip_value);
    HEED_TRY(heed_json_real(train, where, "label_smoothing", 0, 0.9, &out->label_smoothing, error));
    HEED_TRY(parse_optimizer(train, out, error));
    return parse_schedule(train, out, error);
}

bool heed_recipe_is_values(const heed_json *tokenizer)
{
    const heed_json *type = heed_json_get(tokenizer, "type");
    return type != NULL && type->type == HEED_JSON_STRING && strcmp(type->string, "values") == 0;
}

heed_status heed_recipe_read(const heed_recipe *recipe, heed_pairs *pairs, const char *text, size_t size,
                             const char *what, heed_error *error)
{
    if (recipe->table == NULL)
        return heed_pairs_parse(pairs, text, size, what, error);
    return heed_table_parse(pairs, text, size, recipe->table, heed_recipe_is_values(recipe->target_tokenizer), what, error);
}

heed_status heed_recipe_parse(heed_arena *arena, const char *json, size_t size, heed_recipe *out, heed_error *error)
{
    static const char *const fields[] = {"name", "seed", "data", "test", "tokenizer", "model", "train", NULL};
    static const char *const tokenizer_fields[] = {"source", "target", "shared", NULL};
    const heed_json *data, *tokenizer, *train;
    *out = (heed_recipe){0};
    const heed_json *recipe = heed_json_parse(arena, json, size, "recipe", error);
    if (recipe == NULL)
        return error != NULL && error->status != HEED_OK ? error->status : HEED_ERROR_FORMAT;
    HEED_TRY(heed_json_only(recipe, "recipe", fields, error));
    HEED_TRY(get_string(recipe, "recipe", "name", &out->name, error));
    HEED_TRY(get_int(recipe, "recipe", "seed", 0, SEED_MAX, &out->seed, error));
    HEED_TRY(heed_json_object(recipe, "recipe", "data", &data, error));
    HEED_TRY(parse_data(data, out, error));
    HEED_TRY(parse_test(heed_json_get(recipe, "test"), out, error));
    HEED_TRY(heed_json_object(recipe, "recipe", "tokenizer", &tokenizer, error));
    HEED_TRY(heed_json_only(tokenizer, "recipe.tokenizer", tokenizer_fields, error));
    if (heed_json_get(tokenizer, "shared") != NULL) {
        static const char *const shared_fields[] = {"shared", NULL};
        HEED_TRY(heed_json_only(tokenizer, "recipe.tokenizer", shared_fields, error));
        HEED_TRY(heed_json_object(tokenizer, "recipe.tokenizer", "shared", &out->shared_tokenizer, error));
    } else {
        HEED_TRY(heed_json_object(tokenizer, "recipe.tokenizer", "source", &out->source_tokenizer, error));
        HEED_TRY(heed_json_object(tokenizer, "recipe.tokenizer", "target", &out->target_tokenizer, error));
    }
    if (out->table != NULL && !heed_recipe_is_values(out->source_tokenizer))
        return heed_fail(error, HEED_ERROR_FORMAT, "recipe.data.table gives numbers; recipe.tokenizer.source.type must be "
                         "\"values\"");
    HEED_TRY(heed_json_object(recipe, "recipe", "model", &out->model, error));
    HEED_TRY(heed_json_object(recipe, "recipe", "train", &train, error));
    return parse_train(train, out, error);
}
