#include "test.h"

#include <signal.h>
#include <sys/resource.h>

#include "base/file.h"
#include "base/memory.h"
#include "data/find.h"
#include "scratch.h"

static heed_bytes view(const char *text) {
    heed_bytes bytes = {(const unsigned char *)text, strlen(text)};
    return bytes;
}

static void check_content(const char *name, const char *want) {
    char *data = NULL;
    size_t size = 0;
    heed_error error = {0};
    if (CHECK_OK(heed_file_read(scratch(name), &data, &size, &error), &error)) {
        CHECK_STRING(data, want);
        CHECK_INT(size, strlen(want));
    }
    heed_free(data);
}

static void round_trip(void) {
    heed_error error = {0};
    heed_bytes parts[] = {view("one "), view(""), view("two\n")};
    CHECK_OK(heed_file_write(scratch("a"), parts, 3, &error), &error);
    check_content("a", "one two\n");
    CHECK_OK(heed_file_write(scratch("a"), parts, 1, &error), &error);
    check_content("a", "one ");
    CHECK_OK(heed_file_write(scratch("empty"), NULL, 0, &error), &error);
    check_content("empty", "");
    CHECK_OK(heed_file_append(scratch("log"), "x\n", 2, &error), &error);
    CHECK_OK(heed_file_append(scratch("log"), "y\n", 2, &error), &error);
    check_content("log", "x\ny\n");
    /* Larger than one read. */
    size_t size = 300001;
    char *large = heed_alloc(size + 1, 1), *back = NULL;
    memset(large, 'z', size);
    heed_bytes part = view(large);
    size_t got = 0;
    CHECK_OK(heed_file_write(scratch("large"), &part, 1, &error), &error);
    CHECK_OK(heed_file_read(scratch("large"), &back, &got, &error), &error);
    CHECK(got == size && memcmp(large, back, size + 1) == 0);
    heed_free(large);
    heed_free(back);
    /* No size to go by. */
    CHECK_OK(heed_file_read("/proc/self/status", &back, &got, &error), &error);
    CHECK(got > 100 && strlen(back) == got);
    heed_free(back);
}

static void refusals(void) {
    heed_error missing = {0}, folder = {0}, nowhere = {0}, under_file = {0}, full = {0};
    char *data = NULL;
    size_t size = 0;
    heed_bytes part = view("text");
    CHECK_STATUS(heed_file_read(scratch("none"), &data, &size, &missing), HEED_ERROR_IO, &missing);
    CHECK_CONTAINS(missing.message, "none: cannot open: No such file");
    CHECK_STATUS(heed_file_read(scratch_folder, &data, &size, &folder), HEED_ERROR_IO, &folder);
    CHECK_STATUS(heed_file_write(scratch("no/where"), &part, 1, &nowhere), HEED_ERROR_IO, &nowhere);
    CHECK_STATUS(heed_file_write(scratch("a/b"), &part, 1, &under_file), HEED_ERROR_IO, &under_file);
    CHECK_CONTAINS(under_file.message, "cannot create");
    CHECK_STATUS(heed_file_append("/dev/full", "text", 4, &full), HEED_ERROR_IO, &full);
    CHECK_CONTAINS(full.message, "/dev/full: cannot write");
}

/* A disk that fills up: the old file stays whole and no half file is left. */
static void full_disk(void) {
    heed_error error = {0};
    heed_bytes before = view("the last good content");
    CHECK_OK(heed_file_write(scratch("model"), &before, 1, &error), &error);
    int files = scratch_count(scratch_folder);
    struct rlimit old, small;
    getrlimit(RLIMIT_FSIZE, &old);
    small = old;
    small.rlim_cur = 4096;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    char *large = heed_alloc(100001, 1);
    memset(large, 'q', 100000);
    heed_bytes after = view(large);
    heed_status status = heed_file_write(scratch("model"), &after, 1, &error);
    setrlimit(RLIMIT_FSIZE, &old);
    CHECK_INT(status, HEED_ERROR_IO);
    CHECK_CONTAINS(error.message, "model.tmp: cannot write");
    check_content("model", "the last good content");
    CHECK_INT(scratch_count(scratch_folder), files);
    heed_free(large);
}

static void folders_and_paths(void) {
    heed_error error = {0}, long_path = {0}, file_there = {0};
    char out[64];
    CHECK_OK(heed_folder_create(scratch("x/y/z"), &error), &error);
    CHECK_OK(heed_folder_create(scratch("x/y/z/"), &error), &error);
    CHECK(scratch_exists("x/y/z"));
    CHECK_STATUS(heed_folder_create(scratch("a/b"), &file_there), HEED_ERROR_IO, &file_there);
    CHECK_OK(heed_path_join(out, sizeof out, "f", "n", &error), &error);
    CHECK_STRING(out, "f/n");
    CHECK_OK(heed_path_join(out, sizeof out, "f/", "n", &error), &error);
    CHECK_STRING(out, "f/n");
    CHECK_STATUS(heed_path_join(out, 4, "ff", "n", &long_path), HEED_ERROR_ARGUMENT, &long_path);
}

static void finding_data(void) {
    char out[400];
    heed_error error = {0}, none = {0}, unset = {0}, climbing = {0}, empty = {0};
    CHECK_OK(heed_data_find(scratch_folder, "log", out, sizeof out, &error), &error);
    CHECK_STRING(out, scratch("log"));
    CHECK_OK(heed_data_find(NULL, scratch("log"), out, sizeof out, &error), &error);
    CHECK_STATUS(heed_data_find(scratch_folder, "nothing", out, sizeof out, &none), HEED_ERROR_IO, &none);
    CHECK_CONTAINS(none.message, "./book data");
    CHECK_STATUS(heed_data_find("", "log", out, sizeof out, &unset), HEED_ERROR_IO, &unset);
    CHECK_CONTAINS(unset.message, "HEED_DATA");
    CHECK_STATUS(heed_data_find(scratch_folder, "x/../log", out, sizeof out, &climbing), HEED_ERROR_ARGUMENT,
                 &climbing);
    CHECK_STATUS(heed_data_find(scratch_folder, "", out, sizeof out, &empty), HEED_ERROR_ARGUMENT, &empty);
}

int main(void) {
    if (!CHECK(scratch_open()))
        return heed_test_finish("file");
    round_trip();
    refusals();
    full_disk();
    folders_and_paths();
    finding_data();
    scratch_close();
    return heed_test_finish("file");
}
