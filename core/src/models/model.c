#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "io/weights.h"
#include "models/arch.h"

static const heed_arch *find_arch(const char *name)
{
    const heed_arch *const *arch = heed_archs;
    while (*arch && strcmp((*arch)->name, name) != 0)
        arch++;
    return *arch;
}

static heed_value_shape shape_of(const heed_tokenizer *tokenizer)
{
    const heed_values *values = heed_values_of(tokenizer);
    return values ? (heed_value_shape){values->channels, values->steps} : (heed_value_shape){0};
}

/* What the sides are is for some architectures only. */
static heed_status check_sides(const heed_model *model, heed_error *error)
{
    const heed_arch *arch = model->arch;
    if (model->values_in.channels > 0 ? !arch->reads_values : !arch->reads_text)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "config: model_type \"%s\" reads %s, and the source is %s", arch->name,
                         arch->reads_text ? "text" : "numbers", arch->reads_text ? "numbers" : "text");
    if (model->values_out.channels > 0 && !arch->outputs)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "config: model_type \"%s\" writes text, and the target is numbers",
                         arch->name);
    return HEED_OK;
}

heed_status heed_model_assemble(const char *config, size_t config_size, heed_tokenizer *source, heed_tokenizer *target,
                                heed_model **out, heed_error *error)
{
    *out = NULL;
    heed_model *model = heed_alloc(1, sizeof *model);
    if (!model) {
        heed_tokenizer_free(source);
        heed_tokenizer_free(target);
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: a model");
    }
    model->source = source;
    model->target = target;
    heed_error parsing = {0};
    model->config = heed_json_parse(&model->arena, config, config_size, "config.json", &parsing);
    const char *type = NULL;
    heed_status status = model->config ? HEED_OK : heed_fail(error, parsing.status, "%s", parsing.message);
    if (status == HEED_OK)
        status = heed_json_string(model->config, "config", "model_type", &type, error);
    if (status == HEED_OK && !type)
        status = heed_fail(error, HEED_ERROR_FORMAT, "config: the field \"model_type\" is missing; it is one of:%s",
                           heed_arch_names);
    if (status == HEED_OK && !(model->arch = find_arch(type)))
        status = heed_fail(error, HEED_ERROR_UNKNOWN, "config: model_type \"%s\" is not one of:%s", type, heed_arch_names);
    model->values_in = shape_of(source);
    model->values_out = shape_of(target);
    if (status == HEED_OK)
        status = check_sides(model, error);
    if (status == HEED_OK)
        model->traces = model->arch->traces;
    if (status == HEED_OK)
        status = model->arch->configure(model, model->config, heed_tokenizer_count(source),
                                        heed_tokenizer_count(target), error);
    if (status == HEED_OK && model->params.failed)
        status = heed_fail(error, HEED_ERROR_MEMORY, "out of memory: %zu parameters", model->params.size);
    if (status != HEED_OK) {
        heed_model_free(model);
        return status;
    }
    *out = model;
    return HEED_OK;
}

heed_status heed_model_create(const heed_json *config, heed_tokenizer *source, heed_tokenizer *target, uint64_t seed,
                              heed_model **out, heed_error *error)
{
    heed_string_buffer text = {0};
    heed_json_writer writer = {.out = &text};
    heed_json_write_value(&writer, NULL, config);
    heed_status status;
    if (text.failed) {
        heed_tokenizer_free(source);
        heed_tokenizer_free(target);
        status = heed_fail(error, HEED_ERROR_MEMORY, "out of memory: a model's config");
    } else {
        status = heed_model_assemble(text.text, text.length, source, target, out, error);
    }
    heed_string_free(&text);
    HEED_TRY(status);
    status = heed_params_allocate(&(*out)->params, error);
    if (status == HEED_OK) {
        heed_params_initialise(&(*out)->params, seed);
    } else {
        heed_model_free(*out);
        *out = NULL;
    }
    return status;
}

const char *const heed_model_file_names[3] = {"config.json", "tokenizer.json", "model.safetensors"};

void heed_model_free(heed_model *model)
{
    if (!model)
        return;
    heed_tokenizer_free(model->source);
    heed_tokenizer_free(model->target);
    heed_params_free(&model->params);
    heed_arena_free(&model->arena);
    heed_free(model);
}

static heed_status write_text(const char *folder, const char *name, const heed_string_buffer *text, heed_error *error)
{
    char path[4096];
    if (text->failed)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: %s", name);
    HEED_TRY(heed_path_join(path, sizeof path, folder, name, error));
    const heed_bytes part = {(const unsigned char *)text->text, text->length};
    return heed_file_write(path, &part, 1, error);
}

static void write_texts(const heed_model *model, heed_string_buffer *config, heed_string_buffer *tokenizer)
{
    heed_json_writer writer = {.out = config};
    heed_json_write_value(&writer, NULL, model->config);
    heed_string_append(config, "\n", 1);
    heed_tokenizers_write(model->source, model->target, tokenizer);
}

/* Numbers that a model gives are not worth rounding its products to 7 bits. */
static bool rounds(const heed_model *model, int quantize)
{
    return quantize != 0 && model->values_out.channels == 0;
}

heed_status heed_model_save(const heed_model *model, const char *folder, int quantize, heed_error *error)
{
    char path[4096];
    heed_string_buffer config = {0}, tokenizer = {0};
    write_texts(model, &config, &tokenizer);
    heed_status status = heed_folder_create(folder, error);
    if (status == HEED_OK)
        status = write_text(folder, heed_model_file_names[0], &config, error);
    if (status == HEED_OK)
        status = write_text(folder, heed_model_file_names[1], &tokenizer, error);
    if (status == HEED_OK)
        status = heed_path_join(path, sizeof path, folder, heed_model_file_names[2], error);
    if (status == HEED_OK)
        status = heed_weights_write(&model->params, path, rounds(model, quantize), error);
    heed_string_free(&config);
    heed_string_free(&tokenizer);
    return status;
}

heed_status heed_model_encode(const heed_model *model, int quantize, heed_model_files *out, heed_error *error)
{
    heed_string_buffer config = {0}, tokenizer = {0}, weights = {0};
    write_texts(model, &config, &tokenizer);
    heed_status status = heed_weights_encode(&model->params, rounds(model, quantize), &weights, error);
    *out = (heed_model_files){config.text, config.length, tokenizer.text, tokenizer.length, weights.text,
                              weights.length}; /* memory of heed_alloc, handed over */
    if (status == HEED_OK && (config.failed || tokenizer.failed))
        status = heed_fail(error, HEED_ERROR_MEMORY, "out of memory: the files of a model");
    if (status != HEED_OK)
        heed_model_files_free(out);
    return status;
}

void heed_model_files_free(heed_model_files *files)
{
    heed_free((void *)files->config);
    heed_free((void *)files->tokenizer);
    heed_free((void *)files->weights);
    *files = (heed_model_files){0};
}

int64_t heed_model_parameter_count(const heed_model *model)
{
    int64_t count = 0;
    for (int i = 0; i < model->params.count; i++)
        count += model->params.list[i].statistic ? 0 : (int64_t)model->params.list[i].count;
    return count;
}

const char *heed_model_source_token(const heed_model *model, int32_t id)
{
    return heed_tokenizer_token(model->source, id);
}

const char *heed_model_target_token(const heed_model *model, int32_t id)
{
    return heed_tokenizer_token(model->target, id);
}
