/* Reading, in pieces. The header says which tensors follow; what they are for is settled before the first of their
 * bytes is taken, and what they ask for is allocated only then. */
#include <string.h>

#include "base/arena.h"
#include "base/memory.h"
#include "io/safetensors.h"
#include "io/weights.h"
#include "io/weights_tensor.h"

static const char *const what = "weights";
enum { HEADER_MOST = 1 << 24 }; /* bytes of a header that are believed when the size of the file is not known */

/* What a tensor of the file is for. */
typedef struct place {
    int param;           /* id; -1: for nothing */
    bool scale;          /* it is the scales of that parameter */
    bool quantised;      /* I8 */
    size_t rows, width;  /* of the tensor; a row is taken at once */
} place;

typedef enum stage { LENGTH, HEADER, ROWS } stage;

struct heed_weights_reader {
    heed_params *params;
    bool int8;
    uint64_t total, taken; /* bytes */
    heed_arena arena;
    stage stage;
    size_t header_size;
    heed_safetensors file;
    place *places;         /* [file.count] */
    heed_real **scales;    /* [params->count]: of I8 matrices that do not stay int8, once read */
    int tensor;            /* the rows to come are of this one, */
    size_t row;            /* from this one on */
    unsigned char *held;   /* a piece that has not come whole yet */
    size_t held_size, held_room;
    heed_real *values;     /* [widest row] */
    heed_error failure;    /* the first one; status HEED_OK: none */
};

static heed_status check_shape(const heed_safetensor *tensor, int rank, const int64_t *dims, heed_error *error)
{
    char want[200], have[200];
    if (tensor->rank == rank && memcmp(tensor->dims, dims, (size_t)rank * sizeof *dims) == 0)
        return HEED_OK;
    return heed_fail(error, HEED_ERROR_SHAPE, "%s: %s is %s in the file; the model needs %s", what, tensor->name,
                     heed_dims_text(tensor->rank, tensor->dims, have, sizeof have),
                     heed_dims_text(rank, dims, want, sizeof want));
}

static heed_status set_place(heed_weights_reader *reader, const heed_safetensor *tensor, place use, heed_error *error)
{
    place *at = &reader->places[tensor - reader->file.list];
    if (at->param >= 0)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s: %s is both a parameter and the scales of one", what,
                         tensor->name);
    *at = use;
    return HEED_OK;
}

static heed_status find_scale(heed_weights_reader *reader, int id, heed_error *error)
{
    const heed_param *param = &reader->params->list[id];
    char name[HEED_WEIGHTS_NAME];
    heed_weights_scale_name(param, name);
    const heed_safetensor *scale = heed_safetensors_find(&reader->file, name);
    if (param->rank != 2)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s: %s is I8, which only a matrix can be", what, param->name);
    if (scale == NULL)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s: %s is I8 but %s is missing", what, param->name, name);
    if (scale->dtype != HEED_F32)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s: %s is %s; it must be F32", what, name,
                         heed_dtype_name(scale->dtype));
    const int64_t rows = param->dims[0];
    HEED_TRY(check_shape(scale, 1, &rows, error));
    return set_place(reader, scale, (place){id, true, false, 1, (size_t)rows}, error);
}

static heed_status find_param(heed_weights_reader *reader, int id, heed_error *error)
{
    heed_param *param = &reader->params->list[id];
    int64_t dims[HEED_MAX_RANK];
    char text[200];
    heed_weights_dims(param, dims);
    const heed_safetensor *tensor = heed_safetensors_find(&reader->file, param->name);
    if (tensor == NULL)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s: %s %s is missing", what, param->name,
                         heed_dims_text(param->rank, dims, text, sizeof text));
    HEED_TRY(check_shape(tensor, param->rank, dims, error));
    if (tensor->dtype != HEED_I8 && tensor->dtype != HEED_F32)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s: %s is %s; F32 and I8 are read", what, param->name,
                         heed_dtype_name(tensor->dtype));
    const bool quantised = tensor->dtype == HEED_I8;
    if (quantised)
        HEED_TRY(find_scale(reader, id, error));
    if (!reader->params->values)
        param->form = heed_param_form(param, quantised && reader->int8);
    return set_place(reader, tensor, (place){id, false, quantised, heed_param_rows(param), heed_param_width(param)},
                     error);
}

/* Every tensor gets its place, every parameter its tensor; then the memory. */
static heed_status prepare(heed_weights_reader *reader, heed_error *error)
{
    heed_params *params = reader->params;
    const heed_safetensors *file = &reader->file;
    size_t widest = 1;
    reader->places = heed_arena_alloc(&reader->arena, (size_t)file->count * sizeof *reader->places);
    reader->scales = heed_arena_alloc_zero(&reader->arena, (size_t)params->count * sizeof *reader->scales);
    if (reader->places == NULL || reader->scales == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory for %d tensors", what, file->count);
    for (int i = 0; i < file->count; i++)
        reader->places[i] = (place){.param = -1};
    for (int id = 0; id < params->count; id++)
        HEED_TRY(find_param(reader, id, error));
    for (int i = 0; i < file->count; i++) {
        char text[200];
        const heed_safetensor *tensor = &file->list[i];
        if (reader->places[i].param < 0)
            return heed_fail(error, HEED_ERROR_FORMAT, "%s: the model has no parameter %.100s %s", what, tensor->name,
                             heed_dims_text(tensor->rank, tensor->dims, text, sizeof text));
        widest = reader->places[i].width > widest ? reader->places[i].width : widest;
    }
    reader->values = heed_arena_alloc(&reader->arena, widest * sizeof *reader->values);
    if (reader->values == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory for a row of %zu", what, widest);
    return params->values ? HEED_OK : heed_params_reserve(params, error);
}

static heed_status parse_header(heed_weights_reader *reader, const unsigned char *bytes, heed_error *error)
{
    const uint64_t before = HEED_SAFETENSORS_LENGTH + (uint64_t)reader->header_size;
    const uint64_t data = reader->total == HEED_SIZE_UNKNOWN ? HEED_SIZE_UNKNOWN : reader->total - before;
    HEED_TRY(heed_safetensors_parse_header(&reader->arena, (const char *)bytes, reader->header_size, data, what,
                                           &reader->file, error));
    return prepare(reader, error);
}

static heed_status parse_length(heed_weights_reader *reader, const unsigned char *bytes, heed_error *error)
{
    heed_reader length = {.bytes = {bytes, HEED_SAFETENSORS_LENGTH}};
    const uint64_t size = heed_read_u64(&length);
    if (reader->total != HEED_SIZE_UNKNOWN && size > reader->total - HEED_SAFETENSORS_LENGTH)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s: the header is said to have %llu bytes but the file has %llu; is "
                         "it cut, or no safetensors file?", what, (unsigned long long)size,
                         (unsigned long long)reader->total);
    if (size > HEADER_MOST)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s: the header is said to have %llu bytes; is it no safetensors file?",
                         what, (unsigned long long)size);
    reader->header_size = (size_t)size;
    return HEED_OK;
}

/* The scales of a matrix whose int8 came first and is not kept as int8. */
static void rescale(heed_weights_reader *reader, int id)
{
    const heed_param *param = &reader->params->list[id];
    const size_t width = heed_param_width(param), rows = heed_param_rows(param);
    heed_real *row = reader->values;
    for (size_t r = 0; r < rows; r++) {
        heed_params_get_row(reader->params, id, r, row);
        for (size_t i = 0; i < width; i++)
            row[i] *= reader->scales[id][r];
        heed_params_put_row(reader->params, id, r, row);
    }
}

static bool stays_int8(const heed_weights_reader *reader, int id)
{
    return !reader->params->values && reader->params->list[id].form == HEED_FORM_INT8;
}

static heed_status take_scales(heed_weights_reader *reader, const place *at, const heed_safetensor *tensor,
                               const unsigned char *bytes, heed_error *error)
{
    const bool direct = stays_int8(reader, at->param);
    heed_real *scales = NULL;
    if (!direct) {
        scales = heed_arena_alloc(&reader->arena, at->width * sizeof *scales);
        if (scales == NULL)
            return heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory for %s", what, tensor->name);
        reader->scales[at->param] = scales;
    }
    for (size_t r = 0; r < at->width; r++) {
        float scale;
        memcpy(&scale, bytes + r * sizeof scale, sizeof scale);
        HEED_TRY(heed_weights_check_finite((double)scale, tensor->name, r, error));
        if (!isfinite(scale * 128)) /* finite by itself, but no weight would be */
            return heed_fail(error, HEED_ERROR_NUMERIC, "%s: %s holds %g at element %zu, which is too large", what,
                             tensor->name, (double)scale, r);
        if (direct)
            heed_params_put_scale(reader->params, at->param, r, (heed_real)scale);
        else
            scales[r] = (heed_real)scale;
    }
    const heed_safetensor *matrix = heed_safetensors_find(&reader->file, reader->params->list[at->param].name);
    if (!direct && matrix < tensor)
        rescale(reader, at->param);
    return HEED_OK;
}

static heed_status take_row(heed_weights_reader *reader, const place *at, const heed_safetensor *tensor,
                            const unsigned char *bytes, heed_error *error)
{
    const heed_real *scales = reader->scales[at->param];
    heed_real *values = reader->values;
    if (at->quantised && stays_int8(reader, at->param)) {
        heed_params_put_int8(reader->params, at->param, reader->row, (const int8_t *)bytes);
        return HEED_OK;
    }
    for (size_t i = 0; at->quantised && i < at->width; i++)
        values[i] = (heed_real)(int8_t)bytes[i] * (scales ? scales[reader->row] : 1);
    for (size_t i = 0; !at->quantised && i < at->width; i++) {
        float value;
        memcpy(&value, bytes + i * sizeof value, sizeof value);
        HEED_TRY(heed_weights_check_finite((double)value, tensor->name, reader->row * at->width + i, error));
        values[i] = (heed_real)value;
    }
    heed_params_put_row(reader->params, at->param, reader->row, values);
    return HEED_OK;
}

/* The size of the piece that is needed next; 0: the last tensor is done. */
static size_t wanted(const heed_weights_reader *reader)
{
    if (reader->stage == LENGTH)
        return HEED_SAFETENSORS_LENGTH;
    if (reader->stage == HEADER)
        return reader->header_size;
    if (reader->tensor == reader->file.count)
        return 0;
    const heed_safetensor *tensor = &reader->file.list[reader->tensor];
    return reader->places[reader->tensor].width * heed_dtype_size(tensor->dtype);
}

static heed_status take(heed_weights_reader *reader, const unsigned char *piece, heed_error *error)
{
    if (reader->stage == LENGTH) {
        HEED_TRY(parse_length(reader, piece, error));
        reader->stage = HEADER;
        return HEED_OK;
    }
    if (reader->stage == HEADER) {
        HEED_TRY(parse_header(reader, piece, error));
        reader->stage = ROWS;
        return HEED_OK;
    }
    const place *at = &reader->places[reader->tensor];
    const heed_safetensor *tensor = &reader->file.list[reader->tensor];
    HEED_TRY(at->scale ? take_scales(reader, at, tensor, piece, error) : take_row(reader, at, tensor, piece, error));
    if (++reader->row == at->rows) {
        reader->row = 0;
        reader->tensor++;
    }
    return HEED_OK;
}

/* Keeps what has come of a piece of `size` bytes; gives the piece when it is whole, NULL otherwise. */
static heed_status hold(heed_weights_reader *reader, size_t size, const unsigned char **bytes, size_t *left,
                        const unsigned char **piece, heed_error *error)
{
    *piece = NULL;
    if (reader->held_size == 0 && *left >= size) { /* no need to */
        *piece = *bytes;
        *bytes += size;
        *left -= size;
        return HEED_OK;
    }
    if (size > reader->held_room) {
        reader->held = heed_arena_alloc(&reader->arena, size);
        reader->held_room = reader->held ? size : 0;
        if (reader->held == NULL)
            return heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory for %zu bytes", what, size);
    }
    const size_t n = *left < size - reader->held_size ? *left : size - reader->held_size;
    if (n > 0)
        memcpy(reader->held + reader->held_size, *bytes, n);
    reader->held_size += n;
    *bytes += n;
    *left -= n;
    if (reader->held_size == size) {
        *piece = reader->held;
        reader->held_size = 0;
    }
    return HEED_OK;
}

static heed_status feed(heed_weights_reader *reader, const unsigned char *bytes, size_t size, heed_error *error)
{
    reader->taken += size;
    while (size > 0) {
        const size_t want = wanted(reader);
        const unsigned char *piece;
        if (want == 0 && reader->stage == ROWS)
            return heed_fail(error, HEED_ERROR_FORMAT, "%s: %zu bytes after the last tensor", what, size);
        HEED_TRY(hold(reader, want, &bytes, &size, &piece, error));
        if (piece)
            HEED_TRY(take(reader, piece, error));
    }
    return HEED_OK;
}

/* Runs on after a failure would read tensors in the wrong places: the first failure is given again. */
static heed_status keep_failure(heed_weights_reader *reader, heed_status status, heed_error *error)
{
    if (status == HEED_OK)
        return HEED_OK;
    reader->failure.status = status;
    return heed_fail(error, status, "%s", reader->failure.message);
}

heed_status heed_weights_reader_feed(heed_weights_reader *reader, const void *bytes, size_t size, heed_error *error)
{
    heed_status status = reader->failure.status;
    if (status == HEED_OK)
        status = feed(reader, bytes, size, &reader->failure);
    return keep_failure(reader, status, error);
}

static heed_status end(heed_weights_reader *reader, heed_error *error)
{
    if (reader->stage == LENGTH)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s: %llu bytes are too few for a safetensors file", what,
                         (unsigned long long)reader->taken);
    if (reader->stage == HEADER && reader->header_size == 0) /* says what is wrong with a header of no bytes */
        return parse_header(reader, (const unsigned char *)"", error);
    if (reader->stage == HEADER)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s: the file ends within the header, after %llu bytes; is it cut?",
                         what, (unsigned long long)reader->taken);
    if (wanted(reader) > 0)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s: the file ends within %s, after %llu bytes; is it cut?", what,
                         reader->file.list[reader->tensor].name, (unsigned long long)reader->taken);
    return HEED_OK;
}

heed_status heed_weights_reader_end(heed_weights_reader *reader, heed_error *error)
{
    heed_status status = reader->failure.status;
    if (status == HEED_OK)
        status = end(reader, &reader->failure);
    return keep_failure(reader, status, error);
}

heed_status heed_weights_reader_create(heed_params *params, bool int8, uint64_t total, heed_weights_reader **out,
                                       heed_error *error)
{
    *out = NULL;
    if (total < HEED_SAFETENSORS_LENGTH)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s: %llu bytes are too few for a safetensors file", what,
                         (unsigned long long)total);
    heed_weights_reader *reader = heed_alloc(1, sizeof *reader);
    if (reader == NULL)
        return heed_fail(error, HEED_ERROR_MEMORY, "%s: out of memory for a reader", what);
    reader->params = params;
    reader->int8 = int8;
    reader->total = total;
    *out = reader;
    return HEED_OK;
}

void heed_weights_reader_free(heed_weights_reader *reader)
{
    if (reader == NULL)
        return;
    heed_arena_free(&reader->arena);
    heed_free(reader);
}

heed_status heed_weights_read(heed_params *params, const void *bytes, size_t size, heed_error *error)
{
    heed_weights_reader *reader = NULL;
    HEED_TRY(heed_weights_reader_create(params, true, size, &reader, error));
    heed_status status = heed_weights_reader_feed(reader, bytes, size, error);
    if (status == HEED_OK)
        status = heed_weights_reader_end(reader, error);
    heed_weights_reader_free(reader);
    return status;
}
