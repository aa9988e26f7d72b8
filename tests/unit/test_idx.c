/* IDX files: what is read, what is refused, and strips in which every image is once. */
#include "data/idx.h"
#include "heed/tasks.h"
#include "scratch.h"
#include "test.h"

enum { COUNT = 30, SIDE = 28, HEADER = 16 };

typedef struct files {
    unsigned char images[HEADER + COUNT * SIDE * SIDE], labels[8 + COUNT];
    size_t image_size, label_size;
} files;

static void put(unsigned char *at, unsigned value) {
    for (int i = 0; i < 4; i++)
        at[i] = (unsigned char)(value >> (24 - 8 * i));
}

/* Image i is a bar in the middle as long as its label, i % 10. */
static void make(files *out) {
    memset(out, 0, sizeof *out);
    out->image_size = sizeof out->images;
    out->label_size = sizeof out->labels;
    put(out->images, 0x803);
    put(out->images + 4, COUNT);
    put(out->images + 8, SIDE);
    put(out->images + 12, SIDE);
    put(out->labels, 0x801);
    put(out->labels + 4, COUNT);
    for (int i = 0; i < COUNT; i++) {
        out->labels[8 + i] = (unsigned char)(i % 10);
        for (int k = 0; k < 2 * (1 + i % 10); k++)
            for (int y = 12; y < 16; y++)
                out->images[HEADER + (i * SIDE + y) * SIDE + 4 + k] = 255;
    }
}

static void write_bytes(const char *name, const unsigned char *bytes, size_t size) {
    FILE *file = fopen(scratch(name), "wb");
    CHECK(file != NULL && fwrite(bytes, 1, size, file) == size && fclose(file) == 0);
}

static heed_status read_back(const files *of, heed_idx *idx, heed_error *error) {
    write_bytes("a-images-idx3-ubyte", of->images, of->image_size);
    write_bytes("a-labels-idx1-ubyte", of->labels, of->label_size);
    *error = (heed_error){0};
    return heed_idx_read(scratch("a"), idx, error);
}

static void whole(void) {
    files made;
    heed_idx idx;
    heed_error error;
    make(&made);
    if (!CHECK_OK(read_back(&made, &idx, &error), &error))
        return;
    CHECK_INT(idx.count, COUNT);
    CHECK_INT(idx.height, SIDE);
    CHECK_INT(idx.width, SIDE);
    CHECK_INT(idx.labels[13], 3);
    CHECK_INT(idx.pixels[(13 * SIDE + 12) * SIDE + 4 + 7], 255);
    CHECK_INT(idx.pixels[(13 * SIDE + 12) * SIDE + 4 + 8], 0);
    heed_idx_free(&idx);
}

static void refused(const files *of, const char *want) {
    heed_idx idx;
    heed_error error;
    CHECK(read_back(of, &idx, &error) != HEED_OK && idx.image_file == NULL);
    if (!CHECK(strstr(error.message, want) != NULL))
        fprintf(stderr, "%s\n", error.message);
}

static void what_is_wrong(void) {
    files made;
    make(&made);
    made.images[0] = 0x1f;
    made.images[1] = 0x8b;
    refused(&made, "a-images-idx3-ubyte is compressed; gunzip it first");
    make(&made);
    made.images[2] = 9; /* 16-bit numbers */
    refused(&made, "a-images-idx3-ubyte is no IDX file of 3-dimensional bytes");
    make(&made);
    made.labels[3] = 3;
    refused(&made, "a-labels-idx1-ubyte is no IDX file of 1-dimensional bytes");
    for (size_t size = 0; size < HEADER; size += 5) {
        make(&made);
        made.image_size = size;
        refused(&made, "is no IDX file");
    }
    make(&made);
    made.image_size--;
    refused(&made, "has 23519 bytes behind its header, which promises 23520");
    make(&made);
    put(made.images + 4, 0xffffffff); /* the product of the sizes does not fit */
    put(made.images + 8, 0xffffffff);
    put(made.images + 12, 0xffffffff);
    refused(&made, "behind its header, which promises");
    make(&made);
    put(made.images + 4, COUNT * SIDE);
    put(made.images + 8, 1);
    refused(&made, "has 30 labels, and there are 840 images");
    make(&made);
    put(made.images + 4, 1);
    put(made.images + 8, COUNT * SIDE);
    refused(&made, "has 1 images of 840 x 28; a side has 1 to 256 pixels");
    make(&made);
    made.labels[8 + 4] = 10;
    refused(&made, "label 5 is 10; it must be a digit");
}

typedef struct seen {
    int strips, digits[10];
} seen;

static void look(void *context, const char *source, const char *target) {
    seen *all = context;
    int rows = 1;
    all->strips++;
    for (; *source; source++)
        rows += *source == ';';
    CHECK_INT(rows, 20);
    for (; *target; target++)
        all->digits[*target - '0']++;
}

static void take_target(void *context, const char *source, const char *target) {
    (void)source;
    strncat(context, target, 90);
    strncat(context, " ", 2);
}

/* A single image on a strip of its own: the bar's length shows. */
static void measure(void *context, const char *source, const char *target) {
    double *ink = context;
    for (char *end; *source; source = *end ? end + 1 : end)
        ink[*target - '0'] += strtod(source, &end);
}

static void strips(void) {
    files made;
    heed_idx idx;
    heed_error error = {0};
    seen all = {0};
    make(&made);
    CHECK_OK(read_back(&made, &idx, &error), &error);
    heed_idx_free(&idx);
    const char *two = "{\"min_length\": 2, \"max_length\": 2, \"height\": 20}";
    const char *one = "{\"min_length\": 1, \"max_length\": 1, \"height\": 28, \"noise\": 0}";
    CHECK_OK(heed_tasks_idx_strips(scratch("a"), two, 1, 1000, look, &all, &error), &error);
    CHECK_INT(all.strips, COUNT / 2);
    for (int digit = 0; digit < 10; digit++)
        CHECK_INT(all.digits[digit], COUNT / 10);
    all = (seen){0};
    CHECK_OK(heed_tasks_idx_strips(scratch("a"), two, 1, 4, look, &all, &error), &error);
    CHECK_INT(all.strips, 4);
    char texts[3][100] = {""};
    for (int i = 0; i < 3; i++)
        CHECK_OK(heed_tasks_idx_strips(scratch("a"), two, 1 + i / 2, 15, take_target, texts[i], &error), &error);
    CHECK_STRING(texts[1], texts[0]);
    CHECK(strcmp(texts[2], texts[0]) != 0);
    double ink[10] = {0};
    CHECK_OK(heed_tasks_idx_strips(scratch("a"), one, 1, 1000, measure, ink, &error), &error);
    CHECK(ink[1] > 0 && ink[4] > ink[1] && ink[9] > ink[4]); /* sizes differ by half at most */
    CHECK_STATUS(heed_tasks_idx_strips(scratch("b"), one, 1, 1, look, &all, &error), HEED_ERROR_IO, &error);
    CHECK_STATUS(heed_tasks_idx_strips(scratch("a"), "{\"height\": 5}", 1, 1, look, &all, &error), HEED_ERROR_FORMAT,
                 &error);
}

int main(void) {
    if (!CHECK(scratch_open()))
        return heed_test_finish("idx");
    whole();
    what_is_wrong();
    strips();
    scratch_close();
    return heed_test_finish("idx");
}
