#include <string.h>

#include "base/error.h"
#include "base/registry.h"
#include "vectors/vector_method.h"

static const heed_vector_method *const methods[] = {
#define HEED_VECTOR_METHOD(name) &heed_vectors_##name,
#include "vectors/vector_methods.def"
#undef HEED_VECTOR_METHOD
};

static const char method_names[] =
#define HEED_VECTOR_METHOD(name) " " #name
#include "vectors/vector_methods.def"
#undef HEED_VECTOR_METHOD
    ;

static HEED_FIND_BY_NAME(heed_vector_method, find_method, methods)

bool heed_vector_recipe_is(const char *json, size_t size)
{
    heed_arena arena = {0};
    const heed_json *recipe = heed_json_parse(&arena, json, size, "recipe", NULL);
    const heed_json *type = heed_json_get(heed_json_get(recipe, "model"), "model_type");
    const bool is = type != NULL && type->type == HEED_JSON_STRING && strcmp(type->string, "word_vectors") == 0;
    heed_arena_free(&arena);
    return is;
}

static heed_status parse_train(const heed_json *train, heed_vector_recipe *out, heed_error *error)
{
    static const char *const where = "recipe.train";
    static const char *const common[] = {"method", "batch", "epochs", "rate", "window"};
    enum { COMMON = sizeof common / sizeof *common, FIELDS = 16 };
    const char *fields[FIELDS] = {0}, *name = NULL;
    HEED_TRY(heed_json_need(train, where, "method", error));
    HEED_TRY(heed_json_string(train, where, "method", &name, error));
    out->method = find_method(name);
    if (out->method == NULL)
        return heed_fail(error, HEED_ERROR_UNKNOWN, "%s.method is \"%.60s\"; it must be one of:%s", where, name,
                         method_names);
    memcpy(fields, common, sizeof common);
    for (int i = 0; out->method->fields[i] != NULL && COMMON + i + 1 < FIELDS; i++)
        fields[COMMON + i] = out->method->fields[i];
    HEED_TRY(heed_json_only(train, where, fields, error));
    heed_vector_settings *settings = &out->settings;
    *settings = out->method->defaults;
    HEED_TRY(heed_json_int(train, where, "batch", 1, 100000000, &settings->batch, error));
    HEED_TRY(heed_json_int(train, where, "epochs", 1, 1000000, &settings->epochs, error));
    HEED_TRY(heed_json_real(train, where, "rate", 1e-9, 10, &settings->rate, error));
    HEED_TRY(heed_json_int(train, where, "window", 1, 20, &settings->window, error));
    HEED_TRY(heed_json_bool(train, where, "dynamic_window", &settings->dynamic, error));
    HEED_TRY(heed_json_int(train, where, "negative", 1, 100, &settings->negative, error));
    HEED_TRY(heed_json_real(train, where, "subsample", 0, 1, &settings->subsample, error));
    HEED_TRY(heed_json_real(train, where, "negative_power", 0, 2, &settings->power, error));
    HEED_TRY(heed_json_real(train, where, "x_max", 1e-3, 1e9, &settings->x_max, error));
    HEED_TRY(heed_json_real(train, where, "alpha", 0, 2, &settings->alpha, error));
    return heed_json_int(train, where, "memory_mb", 1, 1 << 20, &settings->memory_mb, error);
}

heed_status heed_vector_recipe_parse(heed_arena *arena, const char *json, size_t size, heed_vector_recipe *out,
                                     heed_error *error)
{
    static const char *const fields[] = {"name", "seed", "data", "tokenizer", "model", "train", NULL};
    static const char *const data_fields[] = {"text", NULL};
    static const char *const tokenizer_fields[] = {"source", NULL};
    const heed_json *tokenizer, *train;
    *out = (heed_vector_recipe){0};
    heed_error parsing = {0};
    const heed_json *recipe = heed_json_parse(arena, json, size, "recipe", &parsing);
    if (recipe == NULL)
        return heed_fail(error, parsing.status, "%s", parsing.message);
    HEED_TRY(heed_json_only(recipe, "recipe", fields, error));
    HEED_TRY(heed_json_need(recipe, "recipe", "name", error));
    HEED_TRY(heed_json_string(recipe, "recipe", "name", &out->name, error));
    HEED_TRY(heed_json_need(recipe, "recipe", "seed", error));
    HEED_TRY(heed_json_int(recipe, "recipe", "seed", 0, INT64_C(9007199254740992), &out->seed, error));
    const heed_json *data = heed_json_get(recipe, "data");
    HEED_TRY(heed_json_only(data, "recipe.data", data_fields, error));
    HEED_TRY(heed_json_string(data, "recipe.data", "text", &out->text_path, error));
    HEED_TRY(heed_json_object(recipe, "recipe", "tokenizer", &tokenizer, error));
    HEED_TRY(heed_json_only(tokenizer, "recipe.tokenizer", tokenizer_fields, error));
    HEED_TRY(heed_json_object(tokenizer, "recipe.tokenizer", "source", &out->tokenizer, error));
    HEED_TRY(heed_json_object(recipe, "recipe", "model", &out->model, error));
    HEED_TRY(heed_json_object(recipe, "recipe", "train", &train, error));
    return parse_train(train, out, error);
}
