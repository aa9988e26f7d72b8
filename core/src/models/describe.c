/* A model as JSON, and the ownership of texts that cross the public API. */
#include "base/error.h"
#include "base/memory.h"
#include "models/arch.h"

static void write_shape(heed_json_writer *writer, const char *key, const heed_value_shape *shape)
{
    if (shape->channels == 0)
        return;
    heed_json_write_object(writer, key);
    heed_json_write_int(writer, "channels", shape->channels);
    heed_json_write_int(writer, "steps", shape->steps);
    heed_json_write_end_object(writer);
}

static void write_vocabulary(heed_json_writer *writer, const char *key, const heed_tokenizer *tokenizer)
{
    heed_json_write_array(writer, key);
    for (int32_t id = 0; id < heed_tokenizer_count(tokenizer); id++)
        heed_json_write_string(writer, NULL, heed_tokenizer_token(tokenizer, id));
    heed_json_write_end_array(writer);
}

heed_status heed_model_describe(const heed_model *model, char **json, heed_error *error)
{
    heed_string_buffer text = {0};
    heed_json_writer writer = {.out = &text};
    heed_json_write_object(&writer, NULL);
    heed_json_write_string(&writer, "model_type", model->arch->name);
    heed_json_write_value(&writer, "config", model->config);
    heed_json_write_int(&writer, "parameters", heed_model_parameter_count(model));
    heed_json_write_int(&writer, "bytes", (int64_t)model->file_bytes);
    heed_json_write_array(&writer, "tensors");
    for (int i = 0; i < model->params.count; i++) {
        const heed_param *param = &model->params.list[i];
        heed_json_write_object(&writer, NULL);
        heed_json_write_string(&writer, "name", param->name);
        heed_json_write_array(&writer, "shape");
        for (int k = 0; k < param->rank; k++)
            heed_json_write_int(&writer, NULL, param->dims[k]);
        heed_json_write_end_array(&writer);
        heed_json_write_int(&writer, "count", (int64_t)param->count);
        heed_json_write_end_object(&writer);
    }
    heed_json_write_end_array(&writer);
    heed_json_write_array(&writer, "traces");
    for (const char *const *name = model->traces; *name; name++)
        heed_json_write_string(&writer, NULL, *name);
    heed_json_write_end_array(&writer);
    heed_json_write_array(&writer, "heads");
    for (const char *const *name = model->heads; name && *name; name++)
        heed_json_write_string(&writer, NULL, *name);
    heed_json_write_end_array(&writer);
    write_shape(&writer, "source_values", &model->values_in);
    write_shape(&writer, "target_values", &model->values_out);
    write_vocabulary(&writer, "source_vocabulary", model->source);
    write_vocabulary(&writer, "target_vocabulary", model->target);
    heed_json_write_end_object(&writer);
    if (text.failed) {
        heed_string_free(&text);
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: the description of a model");
    }
    *json = text.text; /* the buffer's memory comes from heed_alloc and is handed over */
    return HEED_OK;
}

void heed_text_free(char *text)
{
    heed_free(text);
}
