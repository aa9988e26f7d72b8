/* base, text and data. */
#include "fault.h"

#include "data/batches.h"

static const char config[] =
    "{\"a\":[1,2,3,{\"b\":\"\\u0041\"}],\"n\":\"0123456789\",\"keys\":{\"x\":1,\"y\":2,\"z\":3}}";

static heed_status json(heed_error *error) {
    heed_arena arena = {0};
    heed_string_buffer out = {0};
    heed_json_writer writer = {&out, false};
    heed_status status = HEED_OK;
    /* Enough of them that the arena needs several blocks. */
    for (int i = 0; i < 40 && status == HEED_OK; i++) {
        const heed_json *value = heed_json_parse(&arena, config, sizeof config - 1, "config", error);
        if (value == NULL) {
            status = error->status;
            break;
        }
        heed_string_clear(&out);
        writer.need_comma = false;
        heed_json_write_value(&writer, NULL, value);
        if (out.failed)
            status = heed_fail(error, HEED_ERROR_MEMORY, "the text");
        else if (strstr(out.text, "[1,2,3,{\"b\":\"A\"}]") == NULL)
            status = HEED_ERROR_UNKNOWN;
    }
    heed_string_free(&out);
    heed_arena_free(&arena);
    return status;
}

static heed_bytes source_at(void *context, size_t i) {
    const heed_pair *pair = &((const heed_pairs *)context)->list[i];
    heed_bytes bytes = {(const unsigned char *)pair->source, (size_t)pair->source_size};
    return bytes;
}

static heed_bytes target_at(void *context, size_t i) {
    const heed_pair *pair = &((const heed_pairs *)context)->list[i];
    heed_bytes bytes = {(const unsigned char *)pair->target, (size_t)pair->target_size};
    return bytes;
}

static heed_status train(const char *options, heed_text_at *text, heed_pairs *pairs, heed_tokenizer **out,
                         heed_error *error) {
    heed_arena arena = {0};
    const heed_json *value = heed_json_parse(&arena, options, strlen(options), "options", error);
    heed_status status = value == NULL ? error->status
                                       : heed_tokenizer_train(value, "options", (size_t)pairs->count, text, pairs, out,
                                                              error);
    heed_arena_free(&arena);
    return status;
}

static heed_status bpe(heed_error *error) {
    static const char lines[] = "the cat the Cat\tx\nthe e\xCC\x81t\xC3\xA9 cat\ty\n";
    heed_pairs pairs = {0};
    heed_tokenizer *source = NULL, *copy = NULL;
    heed_string_buffer decoded = {0};
    heed_arena arena = {0};
    heed_encoding encoding = {0};
    heed_status status = heed_pairs_parse(&pairs, lines, sizeof lines - 1, "lines", error);
    if (status == HEED_OK)
        status = train("{\"type\":\"bpe\",\"case\":\"lower\"}", source_at, &pairs, &source, error);
    if (status == HEED_OK && (copy = heed_tokenizer_copy(source)) == NULL)
        status = heed_fail(error, HEED_ERROR_MEMORY, "the copy");
    if (status == HEED_OK)
        status = heed_tokenizer_encode(copy, "The cat\xD0\xAF!", 10, &arena, &encoding, error);
    if (status == HEED_OK) {
        heed_tokenizer_decode(copy, encoding.ids, encoding.count, &decoded);
        if (decoded.failed)
            status = heed_fail(error, HEED_ERROR_MEMORY, "the text");
        else if (strcmp(decoded.text, "the cat\xD1\x8F!") != 0 || encoding.count != 5)
            status = HEED_ERROR_UNKNOWN;
    }
    heed_arena_free(&arena);
    heed_string_free(&decoded);
    heed_tokenizer_free(source);
    heed_tokenizer_free(copy);
    heed_pairs_free(&pairs);
    return status;
}

static heed_status tokenizers(heed_error *error) {
    heed_pairs pairs = {0};
    heed_tokenizer *source = NULL, *target = NULL, *source_back = NULL, *target_back = NULL;
    heed_string_buffer text = {0}, decoded = {0};
    heed_arena arena = {0};
    heed_encoding encoding = {0};
    char lines[4000] = "";
    for (int i = 0; i < 150; i++) /* more symbols than the first hash table holds */
        snprintf(lines + strlen(lines), sizeof lines - strlen(lines), "ab\xC3\xA9\tS%d T%d\n", i, i);
    heed_status status = heed_pairs_parse(&pairs, lines, strlen(lines), "lines", error);
    if (status == HEED_OK)
        status = train("{\"type\":\"char\",\"case\":\"upper\"}", source_at, &pairs, &source, error);
    if (status == HEED_OK)
        status = train("{\"type\":\"symbol\"}", target_at, &pairs, &target, error);
    if (status == HEED_OK) {
        heed_tokenizers_write(source, target, &text);
        status = text.failed ? heed_fail(error, HEED_ERROR_MEMORY, "the text")
                             : heed_tokenizers_parse(text.text, text.length, &source_back, &target_back, error);
    }
    if (status == HEED_OK)
        status = heed_tokenizer_encode(target_back, "S7 ? T149", 9, &arena, &encoding, error);
    if (status == HEED_OK) {
        heed_tokenizer_decode(target_back, encoding.ids, encoding.count, &decoded);
        if (decoded.failed)
            status = heed_fail(error, HEED_ERROR_MEMORY, "the text");
        else if (strcmp(decoded.text, "S7 T149") != 0 || heed_tokenizer_count(source_back) != 7)
            status = HEED_ERROR_UNKNOWN;
    }
    heed_arena_free(&arena);
    heed_string_free(&text);
    heed_string_free(&decoded);
    heed_tokenizer_free(source);
    heed_tokenizer_free(target);
    heed_tokenizer_free(source_back);
    heed_tokenizer_free(target_back);
    heed_pairs_free(&pairs);
    return status;
}

static heed_status batch_all(const heed_examples *examples, heed_error *error) {
    heed_batch_plan plan = {0};
    heed_arena arena = {0};
    int rows = 0;
    heed_status status = heed_batch_plan_make(&plan, examples, 4, 1, 1, error);
    for (int32_t i = 0; status == HEED_OK && i < plan.batch_count; i++) {
        heed_batch batch;
        status = heed_batch_shard(&plan, examples, i, 0, 1, &arena, &batch, error);
        rows += batch.rows;
    }
    if (status == HEED_OK && rows != examples->count)
        status = HEED_ERROR_UNKNOWN;
    heed_batch_plan_free(&plan);
    heed_arena_free(&arena);
    return status;
}

static heed_status parallel_data(heed_error *error) {
    heed_pairs pairs = {0}, held_out = {0};
    heed_tokenizer *source = NULL, *target = NULL;
    heed_examples examples = {0};
    heed_references references = {0};
    heed_arena arena = {0};
    heed_status status = HEED_OK;
    for (int i = 0; i < 1500 && status == HEED_OK; i++) { /* more than one growth of the list */
        char line[60];
        snprintf(line, sizeof line, "w%d\tW %d\n", i % 700, i % 10);
        status = heed_pairs_parse(&pairs, line, strlen(line), "lines", error);
    }
    if (status == HEED_OK)
        status = heed_pairs_hold_out(&pairs, 50, 3, &held_out, error);
    if (status == HEED_OK)
        status = heed_pairs_group(&held_out, &arena, &references, error);
    if (status == HEED_OK)
        status = train("{\"type\":\"char\"}", source_at, &pairs, &source, error);
    if (status == HEED_OK)
        status = train("{\"type\":\"symbol\"}", target_at, &pairs, &target, error);
    if (status == HEED_OK)
        status = heed_examples_encode(&examples, &pairs, source, target, 20, 20, error);
    if (status == HEED_OK)
        status = batch_all(&examples, error);
    if (status == HEED_OK && (references.count != 50 || pairs.count + held_out.count != 1500 ||
                              examples.count != pairs.count))
        status = HEED_ERROR_UNKNOWN;
    heed_arena_free(&arena);
    heed_examples_free(&examples);
    heed_tokenizer_free(source);
    heed_tokenizer_free(target);
    heed_pairs_free(&held_out);
    heed_pairs_free(&pairs);
    return status;
}

int main(void) {
    fault_every_allocation("json", json);
    fault_every_allocation("tokenizers", tokenizers);
    fault_every_allocation("bpe", bpe);
    fault_every_allocation("parallel data", parallel_data);
    return heed_test_finish("fault_data");
}
