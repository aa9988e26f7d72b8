/* fuzz_<target> CORPUS [RUNS [SEED]]: every file of the corpus, then RUNS mutations of them. An input that breaks
 * something is left as "crash-<target>" in the working folder; give its path as CORPUS to run it alone. */
#include <dirent.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/rng.h"
#include "fuzz.h"
#include "test.h"

enum { FILES_MAX = 100, SIZE_MAX_INPUT = 1 << 14 };

static struct {
    char *data;
    size_t size;
} corpus[FILES_MAX];
static int corpus_count;

static uint8_t input[SIZE_MAX_INPUT];
static size_t input_size;
static char crash_path[300];

/* What parsers stumble over: limits of types, structure, half sequences. */
static const char *const words[] = {
    "0", "-1", "1e999", "-0", "9007199254740993", "18446744073709551615", "4294967296", "2147483648", "0.5", "1e-400",
    "{", "}", "[", "]", "\"", ":", ",", "null", "true", "{}", "[]", "\\u0000", "\\ud800", "\\", "\xFF", "\xC3",
    "\xED\xA0\x80",
    "\xF0\x9F\x98\x80", "\t", "\n", "\r\n", " ", "<pad>", "<eos>", "\"shape\"", "\"dtype\"", "\"F32\"", "\"I8\"",
    "\"data_offsets\"", "__metadata__", ".scale", "\"tokens\"", "\"type\"", "\"char\"", "\"symbol\"", "\"hidden\""};

static void save_and_die(int signal_number) {
    FILE *file = fopen(crash_path, "wb");
    if (file != NULL) {
        fwrite(input, 1, input_size, file);
        fclose(file);
    }
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

static void insert(size_t at, const void *bytes, size_t n) {
    if (n > SIZE_MAX_INPUT - input_size)
        n = SIZE_MAX_INPUT - input_size;
    memmove(input + at + n, input + at, input_size - at);
    memmove(input + at, bytes, n);
    input_size += n;
}

static void erase(size_t at, size_t n) {
    if (n > input_size - at)
        n = input_size - at;
    memmove(input + at, input + at + n, input_size - at - n);
    input_size -= n;
}

static void mutate(heed_rng *rng) {
    size_t at = heed_rng_below(rng, (uint32_t)input_size + 1);
    const char *word = words[heed_rng_below(rng, sizeof words / sizeof *words)];
    uint8_t chunk[64];
    size_t n = 1 + heed_rng_below(rng, sizeof chunk);
    switch (heed_rng_below(rng, 9)) {
    case 0: /* a bit */
        if (at < input_size)
            input[at] ^= (uint8_t)(1 << heed_rng_below(rng, 8));
        break;
    case 1: /* a byte */
        if (at < input_size)
            input[at] = (uint8_t)heed_rng_below(rng, 256);
        break;
    case 2: erase(at, n); break;
    case 3: input_size = at; break; /* cut */
    case 4: insert(at, word, strlen(word)); break;
    case 5: /* in place of as many bytes */
        erase(at, strlen(word));
        insert(at, word, strlen(word));
        break;
    case 6: /* a stretch once more, somewhere else */
        if (n > input_size - at)
            n = input_size - at;
        memcpy(chunk, input + at, n);
        insert(heed_rng_below(rng, (uint32_t)input_size + 1), chunk, n);
        break;
    case 7: { /* the rest of another file */
        int other = (int)heed_rng_below(rng, (uint32_t)corpus_count);
        size_t from = heed_rng_below(rng, (uint32_t)corpus[other].size + 1);
        input_size = at;
        insert(at, corpus[other].data + from, corpus[other].size - from);
        break;
    }
    default: /* a digit: sizes and offsets that are nearly right */
        for (size_t i = 0; i < input_size; i++) {
            size_t place = (at + i) % input_size;
            if (input[place] >= '0' && input[place] <= '9') {
                input[place] = (uint8_t)('0' + heed_rng_below(rng, 10));
                break;
            }
        }
    }
}

/* In a block of exactly its size, so that a sanitizer sees the first byte read beyond. */
static void run_input(void) {
    uint8_t *exact = malloc(input_size == 0 ? 1 : input_size);
    if (exact == NULL)
        abort();
    memcpy(exact, input, input_size);
    LLVMFuzzerTestOneInput(exact, input_size);
    free(exact);
}

static void use(int file) {
    input_size = corpus[file].size;
    memcpy(input, corpus[file].data, input_size);
}

static int compare_names(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void read_corpus_file(const char *path) {
    heed_error error = {0};
    if (!CHECK_OK(heed_file_read(path, &corpus[corpus_count].data, &corpus[corpus_count].size, &error), &error))
        return;
    if (CHECK(corpus[corpus_count].size <= SIZE_MAX_INPUT))
        corpus_count++;
}

static void read_corpus(const char *path) {
    struct stat facts;
    if (stat(path, &facts) == 0 && S_ISREG(facts.st_mode)) {
        read_corpus_file(path);
        return;
    }
    char *names[FILES_MAX];
    int count = 0;
    DIR *entries = opendir(path);
    if (!CHECK(entries != NULL))
        return;
    for (struct dirent *entry; (entry = readdir(entries)) != NULL && count < FILES_MAX;)
        if (entry->d_name[0] != '.')
            names[count++] = strdup(entry->d_name);
    closedir(entries);
    qsort(names, (size_t)count, sizeof *names, compare_names); /* the same order everywhere */
    for (int i = 0; i < count; i++) {
        char full[1000];
        heed_error error = {0};
        if (CHECK_OK(heed_path_join(full, sizeof full, path, names[i], &error), &error))
            read_corpus_file(full);
        free(names[i]);
    }
}

int main(int argc, char **argv) {
    const char *slash = strrchr(argv[0], '/'), *name = slash == NULL ? argv[0] : slash + 1;
    long runs = argc > 2 ? strtol(argv[2], NULL, 10) : 0;
    uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    if (argc < 2) {
        fprintf(stderr, "usage: %s CORPUS [RUNS [SEED]]\n", name);
        return 2;
    }
    snprintf(crash_path, sizeof crash_path, "crash-%.200s", name);
    signal(SIGABRT, save_and_die);
    signal(SIGSEGV, save_and_die);
    read_corpus(argv[1]);
    CHECK(corpus_count > 0);
    for (int i = 0; i < corpus_count; i++) {
        use(i);
        run_input();
        CHECK(true); /* it came back */
    }
    heed_rng rng;
    heed_rng_seed(&rng, seed, 0);
    for (long run = 0; run < runs && corpus_count > 0; run++) {
        use((int)heed_rng_below(&rng, (uint32_t)corpus_count));
        for (uint32_t changes = 1 + heed_rng_below(&rng, 6); changes > 0; changes--)
            mutate(&rng);
        run_input();
    }
    for (int i = 0; i < corpus_count; i++)
        heed_free(corpus[i].data);
    printf("%s: %d files, %ld mutations, %ld accepted\n", name, corpus_count, runs, fuzz_accepted);
    CHECK(runs == 0 || (fuzz_accepted > runs / 100 && fuzz_accepted < runs));
    return heed_test_finish(name);
}
