#include "vectors/word_corpus.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/utf8.h"

/* A line is read when it ends, or when so much of it has come: some texts are one line. */
enum { LINE_BYTES = 1 << 16 };

heed_status heed_corpus_begin(heed_corpus_reader *reader, heed_word_corpus *corpus, const heed_json *options,
                              const char *options_where, const char *where, const char *folder, heed_error *error)
{
    *reader = (heed_corpus_reader){.corpus = corpus, .line_number = 1, .where = where};
    HEED_TRY(heed_tokenizer_new(options, options_where, &corpus->tokenizer, error));
    if (corpus->tokenizer->kind != &heed_tokenizer_word)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s.type is \"%s\"; word vectors need \"word\"", options_where,
                         corpus->tokenizer->kind->name);
    return heed_spool_open(&corpus->spool, folder, error);
}

static heed_status fail_memory(const heed_corpus_reader *reader, heed_error *error)
{
    return heed_fail(error, HEED_ERROR_MEMORY, "%s:%lld: out of memory for %d different words", reader->where,
                     (long long)reader->line_number, (int)reader->table.count);
}

static heed_status put(heed_corpus_reader *reader, int32_t id, heed_error *error)
{
    return heed_spool_append(&reader->corpus->spool, &id, sizeof id, error);
}

static heed_status add_word(heed_corpus_reader *reader, const char *text, size_t n, heed_error *error)
{
    const int32_t id = heed_word_table_add(&reader->table, text, n);
    if (id < 0)
        return fail_memory(reader, error);
    HEED_TRY(put(reader, id, error));
    reader->corpus->text_words++;
    if (++reader->line_words < HEED_LINE_WORDS)
        return HEED_OK;
    reader->line_words = 0;
    return put(reader, HEED_LINE_END, error);
}

static heed_status read_text(heed_corpus_reader *reader, const char *text, size_t n, heed_error *error)
{
    const heed_tokenizer *tokenizer = reader->corpus->tokenizer;
    const heed_text_options *options = &tokenizer->options;
    heed_normal_text normal;
    if (!heed_utf8_valid(text, n) || (n > 0 && memchr(text, '\0', n) != NULL))
        return heed_fail(error, HEED_ERROR_FORMAT, "%s:%lld: the line is not UTF-8 or holds a NUL", reader->where,
                         (long long)reader->line_number);
    heed_arena_reset(&reader->scratch);
    if (!heed_normalize(options->form, options->letter_case, text, n, &reader->scratch, &normal))
        return fail_memory(reader, error);
    for (size_t at = 0, taken; at < normal.size; at += taken) {
        bool is_token;
        taken = tokenizer->kind->next(options, normal.text + at, normal.size - at, &is_token);
        if (is_token)
            HEED_TRY(add_word(reader, normal.text + at, taken, error));
    }
    return HEED_OK;
}

static heed_status end_line(heed_corpus_reader *reader, heed_error *error)
{
    if (reader->line.length > 0)
        HEED_TRY(read_text(reader, reader->line.text, reader->line.length, error));
    heed_string_clear(&reader->line);
    if (reader->line_words > 0)
        HEED_TRY(put(reader, HEED_LINE_END, error));
    reader->line_words = 0;
    reader->line_number++;
    return HEED_OK;
}

/* Reads what came of a long line up to its last blank. */
static heed_status cut_line(heed_corpus_reader *reader, heed_error *error)
{
    heed_string_buffer *line = &reader->line;
    size_t n = line->length;
    while (n > 0 && line->text[n - 1] != ' ' && line->text[n - 1] != '\t')
        n--;
    if (n == 0)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s:%lld: a word of more than %d bytes", reader->where,
                         (long long)reader->line_number, LINE_BYTES);
    HEED_TRY(read_text(reader, line->text, n, error));
    memmove(line->text, line->text + n, line->length - n + 1);
    line->length -= n;
    return HEED_OK;
}

heed_status heed_corpus_feed(heed_corpus_reader *reader, const char *bytes, size_t size, heed_error *error)
{
    while (size > 0) {
        const char *newline = memchr(bytes, '\n', size);
        size_t n = newline != NULL ? (size_t)(newline - bytes) : size;
        if (n > LINE_BYTES)
            n = LINE_BYTES;
        heed_string_append(&reader->line, bytes, n);
        if (reader->line.failed)
            return fail_memory(reader, error);
        bytes += n;
        size -= n;
        if (newline == bytes) {
            HEED_TRY(end_line(reader, error));
            bytes++;
            size--;
        } else if (reader->line.length >= LINE_BYTES) {
            HEED_TRY(cut_line(reader, error));
        }
    }
    return HEED_OK;
}

typedef struct numbered_word {
    heed_piece piece; /* the first member: what heed_compare_counts sees */
    int32_t id;
} numbered_word;

/* The vocabulary: the most frequent words. Their numbers go to number_of[id], which is HEED_LINE_END of all others. */
static heed_status choose_words(heed_corpus_reader *reader, numbered_word *sorted, int32_t *number_of, heed_error *error)
{
    heed_word_corpus *corpus = reader->corpus;
    heed_tokenizer *tokenizer = corpus->tokenizer;
    const heed_text_options *options = &tokenizer->options;
    for (int32_t id = 0; id < reader->table.count; id++) {
        sorted[id] = (numbered_word){reader->table.words[id], id};
        number_of[id] = HEED_LINE_END;
    }
    qsort(sorted, (size_t)reader->table.count, sizeof *sorted, heed_compare_counts);
    const int64_t found = HEED_TOKEN_SPECIALS + (int64_t)reader->table.count;
    const int most = (int)(found < options->size ? found : options->size);
    corpus->counts = heed_alloc((size_t)most, sizeof *corpus->counts);
    if (corpus->counts == NULL || !heed_tokenizer_reserve(tokenizer, most))
        return fail_memory(reader, error);
    for (int32_t i = 0; i < reader->table.count && tokenizer->count < most; i++) {
        const heed_token *token = &sorted[i].piece.token;
        if (sorted[i].piece.count < options->min_count)
            break;
        if (token->size > HEED_TOKEN_BYTES_MAX)
            continue;
        heed_token *kept = &tokenizer->tokens[tokenizer->count++];
        *kept = (heed_token){heed_arena_string(&tokenizer->arena, token->text, token->size), token->size};
        if (kept->text == NULL)
            return fail_memory(reader, error);
        number_of[sorted[i].id] = corpus->words;
        corpus->counts[corpus->words++] = sorted[i].piece.count;
    }
    return heed_tokenizer_finish(tokenizer, "vocabulary", error);
}

/* Numbers instead of ids, in place, without what has none. */
static heed_status renumber(heed_word_corpus *corpus, const int32_t *number_of, heed_error *error)
{
    void *block;
    size_t bytes, kept = 0;
    HEED_TRY(heed_spool_view(&corpus->spool, &block, &bytes, error));
    int32_t *ids = block;
    for (size_t i = 0; i < bytes / sizeof *ids; i++) {
        const int32_t number = ids[i] == HEED_LINE_END ? HEED_LINE_END : number_of[ids[i]];
        if (number != HEED_LINE_END) {
            ids[kept++] = number;
            corpus->tokens++;
        } else if (ids[i] == HEED_LINE_END && kept > 0 && ids[kept - 1] != HEED_LINE_END) {
            ids[kept++] = HEED_LINE_END;
        }
    }
    corpus->ids = ids;
    corpus->size = kept;
    return HEED_OK;
}

static heed_status finish(heed_corpus_reader *reader, heed_error *error)
{
    heed_word_corpus *corpus = reader->corpus;
    HEED_TRY(end_line(reader, error)); /* the last may lack its newline */
    const size_t count = (size_t)reader->table.count + 1;
    heed_arena_reset(&reader->scratch);
    numbered_word *sorted = heed_arena_alloc(&reader->scratch, count * sizeof *sorted);
    int32_t *number_of = heed_arena_alloc(&reader->scratch, count * sizeof *number_of);
    if (sorted == NULL || number_of == NULL)
        return fail_memory(reader, error);
    HEED_TRY(choose_words(reader, sorted, number_of, error));
    if (corpus->words < 2)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s: of %lld words %d occur %lld times or more; two are needed",
                         reader->where, (long long)corpus->text_words, (int)corpus->words,
                         (long long)corpus->tokenizer->options.min_count);
    return renumber(corpus, number_of, error);
}

heed_status heed_corpus_end(heed_corpus_reader *reader, heed_error *error)
{
    const heed_status status = finish(reader, error);
    heed_corpus_cancel(reader);
    return status;
}

void heed_corpus_cancel(heed_corpus_reader *reader)
{
    heed_word_table_free(&reader->table);
    heed_arena_free(&reader->scratch);
    heed_string_free(&reader->line);
}

void heed_word_corpus_free(heed_word_corpus *corpus)
{
    heed_tokenizer_free(corpus->tokenizer);
    heed_free(corpus->counts);
    heed_spool_close(&corpus->spool);
    memset(corpus, 0, sizeof *corpus);
}
