/* Loading a model whose weights come in pieces. */
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "io/safetensors.h"
#include "io/weights.h"
#include "models/arch.h"

struct heed_model_loader {
    heed_model *model;
    heed_weights_reader *reader;
};

static heed_status begin(heed_model_loader *loader, const heed_model_files *files, const heed_load_options *options,
                         uint64_t total, heed_error *error)
{
    heed_tokenizer *source = NULL, *target = NULL;
    HEED_TRY(heed_tokenizers_parse(files->tokenizer, files->tokenizer_size, &source, &target, error));
    HEED_TRY(heed_model_assemble(files->config, files->config_size, source, target, &loader->model, error));
    heed_params *params = &loader->model->params;
    if (options->trainable)
        HEED_TRY(heed_params_allocate(params, error));
    return heed_weights_reader_create(params, !options->f32, total, &loader->reader, error);
}

static heed_status begin_sized(const heed_model_files *files, const heed_load_options *options, uint64_t total,
                               heed_model_loader **out, heed_error *error)
{
    static const heed_load_options none;
    *out = NULL;
    heed_model_loader *loader = heed_alloc(1, sizeof *loader);
    if (loader == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: a model");
    heed_status status = begin(loader, files, options ? options : &none, total, error);
    if (status == HEED_OK)
        *out = loader;
    else
        heed_model_load_cancel(loader);
    return status;
}

heed_status heed_model_load_begin(const heed_model_files *files, const heed_load_options *options,
                                  heed_model_loader **out, heed_error *error)
{
    return begin_sized(files, options, files->weights_size ? files->weights_size : HEED_SIZE_UNKNOWN, out, error);
}

heed_status heed_model_load_feed(heed_model_loader *loader, const void *bytes, size_t size, heed_error *error)
{
    loader->model->file_bytes += size;
    return heed_weights_reader_feed(loader->reader, bytes, size, error);
}

heed_status heed_model_load_finish(heed_model_loader *loader, heed_model **out, heed_error *error)
{
    heed_status status = heed_weights_reader_end(loader->reader, error);
    *out = NULL;
    if (status == HEED_OK) {
        *out = loader->model;
        loader->model = NULL;
    }
    heed_model_load_cancel(loader);
    return status;
}

void heed_model_load_cancel(heed_model_loader *loader)
{
    if (loader == NULL)
        return;
    heed_weights_reader_free(loader->reader);
    heed_model_free(loader->model);
    heed_free(loader);
}

heed_status heed_model_load(const heed_model_files *files, const heed_load_options *options, heed_model **out,
                            heed_error *error)
{
    heed_model_loader *loader = NULL;
    *out = NULL;
    HEED_TRY(begin_sized(files, options, files->weights_size, &loader, error));
    heed_status status = heed_model_load_feed(loader, files->weights, files->weights_size, error);
    if (status == HEED_OK)
        return heed_model_load_finish(loader, out, error);
    heed_model_load_cancel(loader);
    return status;
}

typedef struct folder_load {
    heed_model_files files;
    const heed_load_options *options;
    heed_model_loader *loader;
} folder_load;

static heed_status take_weights(void *context, const void *bytes, size_t size, uint64_t total, heed_error *error)
{
    folder_load *load = context;
    if (load->loader == NULL)
        HEED_TRY(begin_sized(&load->files, load->options, total == HEED_FILE_UNSIZED ? HEED_SIZE_UNKNOWN : total,
                             &load->loader, error));
    return heed_model_load_feed(load->loader, bytes, size, error);
}

heed_status heed_model_load_folder(const char *folder, const heed_load_options *options, heed_model **out,
                                   heed_error *error)
{
    char path[4096], *texts[2] = {0};
    size_t sizes[2] = {0};
    heed_status status = HEED_OK;
    *out = NULL;
    for (int i = 0; i < 2 && status == HEED_OK; i++) {
        status = heed_path_join(path, sizeof path, folder, heed_model_file_names[i], error);
        if (status == HEED_OK)
            status = heed_file_read(path, &texts[i], &sizes[i], error);
    }
    folder_load load = {.files = {texts[0], sizes[0], texts[1], sizes[1], NULL, 0}, .options = options};
    if (status == HEED_OK)
        status = heed_path_join(path, sizeof path, folder, heed_model_file_names[2], error);
    if (status == HEED_OK)
        status = heed_file_stream(path, take_weights, &load, error);
    if (status == HEED_OK)
        status = heed_model_load_finish(load.loader, out, error);
    else
        heed_model_load_cancel(load.loader);
    for (int i = 0; i < 2; i++)
        heed_free(texts[i]);
    return status;
}
