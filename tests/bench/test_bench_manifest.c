/* Manifests that are not what they should be are refused with what is wrong. */
#include "bench_files.h"
#include "base/string_buffer.h"

typedef struct change {
    const char *from, *to; /* of the first occurrence in M1.json */
    const char *message;
} change;

static const change changes[] = {
    {"\"srcVocab\":9", "\"srcVocab\":10", "src_emb"},
    {"\"srcVocab\":9", "\"srcVocab\":-1", "srcVocab"},
    {"\"srcVocab\":9", "\"srcVocab\":1e9", "srcVocab"},
    {"\"srcVocab\":9,", "", "srcVocab"},
    {"\"decHidden\":8", "\"decHidden\":9", "decHidden"},
    {"\"steps\":6", "\"steps\":0", "steps"},
    {"\"bos\":1", "\"bos\":12", "bos"},
    {"\"offset\":0", "\"offset\":4", "offset"},
    {"\"offset\":0", "\"offset\":-4", "offset"},
    {",\"offset\":0", "", "offset"},
    {"\"shape\":[9,6]", "\"shape\":[6,9]", "src_emb"},
    {"\"shape\":[9,6]", "\"shape\":[9,6,1]", "shape"},
    {"\"shape\":[9,6]", "\"shape\":[]", "shape"},
    {"\"shape\":[9,6]", "\"shape\":[9,0]", "shape"},
    {"\"shape\":[9,6]", "\"shape\":[1e9,1e9]", "shape"},
    {"\"shape\":[9,6]", "\"shape\":[1.5,36]", "shape"},
    {"\"shape\":[9,6]", "\"shape\":54", "shape"},
    {"\"dtype\":\"f32\"", "\"dtype\":\"f16\"", "f16"},
    {"\"dtype\":\"f32\"", "\"dtype\":\"i32\"", "encoder.embedding.weight"},
    {"\"name\":\"src_emb\"", "\"name\":\"other\"", "other"},
    {"\"name\":\"src_emb\"", "\"name\":\"enc_fw.b\"", "enc_fw.b"},
    {"\"name\":\"src_emb\"", "\"nome\":\"src_emb\"", "nome"},
    {"\"name\":\"src\"", "\"name\":\"source\"", "src"},
    {"\"shape\":[1,5]", "\"shape\":[5,1]", "src"},
    {"\"tensors\"", "\"tensor\"", "tensors"},
    {"\"config\"", "\"configs\"", "config"},
    {"{", "[", "manifest"},
};

static void refuse(const heed_bench_job_options *options, const bench_file *manifest, size_t file_size,
                   const change *x)
{
    heed_string_buffer text = {0};
    const char *at = strstr(manifest->data, x->from);
    CHECK(at != NULL);
    if (!at)
        return;
    heed_string_append(&text, manifest->data, (size_t)(at - manifest->data));
    heed_string_append(&text, x->to, strlen(x->to));
    at += strlen(x->from);
    heed_string_append(&text, at, manifest->size - (size_t)(at - manifest->data));
    heed_error error = {0};
    heed_bench_job *job = NULL;
    CHECK(heed_bench_job_create(options, text.text, text.length, file_size, &job, &error) != HEED_OK);
    CHECK(job == NULL);
    CHECK_CONTAINS(error.message, x->message);
    heed_string_free(&text);
}

/* Of M3.json, to be trained. */
static const change training_changes[] = {
    {"\"cell\":\"lstm\"", "\"cell\":\"gate\"", "gate"},
    {"\"cell\":\"lstm\"", "\"cell\":\"rnn\"", "rnn.w_ih"},
    {"\"classes\":2", "\"classes\":3", "out.w"},
    {"\"lr\":0.01", "\"lr\":-1", "lr"},
    {"\"name\":\"train_x\"", "\"name\":\"train_z\"", "train_x"},
    {"\"name\":\"train_y\"", "\"name\":\"train_z\"", "train_y"},
    {"\"shape\":[4]", "\"shape\":[1,4]", "train_y"},
    {"\"shape\":[4]", "\"shape\":[2,2]", "train_y"},
};

/* Every allocation that fails is an error, and nothing is lost. */
static void run_out_of_memory(const heed_bench_job_options *options)
{
    bench_file manifest = read_bench_file(options->model, ".json"), tensors = read_bench_file(options->model, ".bin");
    heed_status status = HEED_ERROR_MEMORY;
    for (uint64_t n = 1; status != HEED_OK && n < 1000; n++) {
        heed_error error = {0};
        heed_bench_job *job = NULL;
        heed_alloc_fail_at(n);
        status = heed_bench_job_create(options, manifest.data, manifest.size, tensors.size, &job, &error);
        if (status == HEED_OK)
            status = heed_bench_job_feed(job, tensors.data, tensors.size, &error);
        if (status == HEED_OK)
            status = heed_bench_job_run(job, &error);
        CHECK(status == HEED_OK || (status == HEED_ERROR_MEMORY && error.message[0] != '\0'));
        heed_bench_job_free(job);
    }
    heed_alloc_fail_at(0);
    CHECK(status == HEED_OK);
    heed_free(manifest.data);
    heed_free(tensors.data);
}

int main(void)
{
    const heed_bench_job_options infer = {.model = "M1"}, train = {.model = "M3", .task = "train", .threads = 2};
    bench_file manifest = read_bench_file("M1", ".json"), tensors = read_bench_file("M1", ".bin");
    bench_file sizes = read_bench_file("M3", ".json"), weights = read_bench_file("M3", ".bin");
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        refuse(&infer, &manifest, tensors.size, &changes[i]);
    for (size_t i = 0; i < sizeof training_changes / sizeof *training_changes; i++)
        refuse(&train, &sizes, weights.size, &training_changes[i]);
    for (size_t cut = 0; cut < manifest.size - 3; cut += 7) {
        heed_error error = {0};
        heed_bench_job *job = NULL;
        CHECK(heed_bench_job_create(&infer, manifest.data, cut, tensors.size, &job, &error) != HEED_OK);
        CHECK(error.message[0] != '\0');
    }
    run_out_of_memory(&infer);
    run_out_of_memory(&train);
    heed_free(manifest.data);
    heed_free(tensors.data);
    heed_free(sizes.data);
    heed_free(weights.data);
    return heed_test_finish("bench_manifest");
}
