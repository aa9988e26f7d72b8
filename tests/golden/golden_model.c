/* Whole models: logits, loss, and the gradient of every parameter; Adam over several steps. */
#include "golden_parts.h"
#include "models/arch.h"
#include "train/optimizer.h"

/* A side is ids, or numbers: "values" and "answers" [rows, length, channels]. */
static heed_batch batch_of(const golden_case *test) {
    const heed_safetensor *values = golden_find(test, "values"), *answers = golden_find(test, "answers");
    const heed_safetensor *source = values ? values : golden_find(test, "source");
    const heed_safetensor *target = answers ? answers : golden_find(test, "target_in");
    heed_batch batch = {0};
    if (!CHECK(source && target))
        return batch;
    batch.rows = (int)source->dims[0];
    batch.source_length = (int)source->dims[1];
    batch.target_length = (int)target->dims[1];
    if (values)
        batch.values = golden_reals(test, "values", values->count);
    else
        batch.source = golden_ints(test, "source", source->count);
    batch.source_lengths = golden_ints(test, "source_lengths", (size_t)batch.rows);
    batch.target_lengths = golden_ints(test, "target_lengths", (size_t)batch.rows);
    if (answers) {
        batch.answers = golden_reals(test, "answers", answers->count);
        return batch;
    }
    batch.target_in = golden_ints(test, "target_in", target->count);
    batch.target_out = golden_ints(test, "target_out", target->count);
    for (int b = 0; b < batch.rows; b++)
        batch.tokens += batch.target_lengths[b];
    return batch;
}

/* The logits of all steps from the trace, zero beyond each row's end as in the file. */
static void compare_logits(const golden_case *test, const heed_trace *trace, const heed_batch *batch, int vocabulary) {
    const size_t count = (size_t)batch->rows * batch->target_length * vocabulary;
    heed_real *logits = heed_arena_alloc_zero(&test->file->arena, count * sizeof *logits);
    int done = 0; /* with input feeding every step is an entry */
    for (int e = 0; e < trace->count; e++) {
        const heed_trace_entry *entry = &trace->entries[e];
        if (strcmp(entry->name, "decoder.logits") != 0)
            continue;
        for (int b = 0; b < batch->rows; b++)
            for (int t = 0; t < entry->dims[1] && done + t < batch->target_lengths[b]; t++)
                memcpy(logits + ((size_t)b * batch->target_length + done + t) * vocabulary,
                       entry->values + ((size_t)b * entry->dims[1] + t) * vocabulary,
                       (size_t)vocabulary * sizeof *logits);
        done += entry->dims[1];
    }
    CHECK_INT(done, batch->target_length);
    golden_compare(test, "logits", logits, count);
}

/* What a model's head is given, all of it. */
static void compare_outputs(const golden_case *test, const heed_trace *trace) {
    for (int e = 0; e < trace->count; e++)
        if (strcmp(trace->entries[e].name, "logits") == 0) {
            const heed_trace_entry *entry = &trace->entries[e];
            size_t count = 1;
            for (int k = 0; k < entry->rank; k++)
                count *= (size_t)entry->dims[k];
            golden_compare(test, "logits", entry->values, count);
            return;
        }
    CHECK(!"a trace of the logits");
}

/* Greedy decoding of the first source step by step; every token and the last step's logits. Specials may be chosen. */
static void compare_greedy(const golden_case *test, const heed_model *model, heed_tape *tape, const heed_batch *batch,
                           int vocabulary) {
    const heed_safetensor *tokens_in = golden_find(test, "greedy.tokens");
    heed_error error = {0};
    heed_decoding decoding;
    if (!tokens_in)
        return;
    const int32_t *want = golden_ints(test, "greedy.tokens", tokens_in->count);
    heed_tape_reset(tape);
    tape->recording = tape->training = false;
    tape->trace = NULL;
    if (!CHECK_OK(model->arch->start(model, tape,
                                     &(heed_source){1, batch->source_lengths[0], batch->source, NULL, batch->source_lengths},
                                     1, &decoding, &error),
                  &error))
        return;
    int32_t token = HEED_TOKEN_BOS;
    for (size_t i = 0; i < tokens_in->count; i++) {
        if (!CHECK_OK(model->arch->step(model, tape, &decoding, &token, &error), &error))
            return;
        token = 0;
        for (int v = 1; v < vocabulary; v++)
            if (decoding.logits[v] > decoding.logits[token])
                token = v;
        CHECK_INT(token, want[i]);
    }
    golden_compare(test, "greedy.logits", decoding.logits, (size_t)vocabulary);
}

void golden_check_model(const golden_case *test) {
    heed_error error = {0};
    heed_model model = {0};
    heed_tape tape;
    heed_trace trace = {0};
    const char *config = golden_text(test, "config");
    const int32_t *vocabularies = golden_ints(test, "vocabularies", 2);
    static const heed_arch *const archs[] = {
#define HEED_ARCH(name) &heed_arch_##name,
#include "models/models.def"
#undef HEED_ARCH
    };
    for (size_t i = 0; i < sizeof archs / sizeof *archs; i++)
        if (strcmp(archs[i]->name, test->file->name) == 0)
            model.arch = archs[i];
    if (!CHECK(model.arch && config) || !CHECK_OK(heed_tape_init(&tape, &error), &error))
        return;
    if (golden_find(test, "shapes")) {
        const int32_t *shapes = golden_ints(test, "shapes", 4);
        model.values_in = (heed_value_shape){shapes[0], shapes[1]};
        model.values_out = (heed_value_shape){shapes[2], shapes[3]};
    }
    model.config = heed_json_parse(&model.arena, config, strlen(config), "config", &error);
    if (CHECK_OK(model.arch->configure(&model, model.config, vocabularies[0], vocabularies[1], &error), &error) &&
        CHECK_OK(heed_params_allocate(&model.params, &error), &error)) {
        for (int i = 0; i < model.params.count; i++) {
            const heed_param *param = &model.params.list[i];
            memcpy(model.params.values + param->offset, golden_reals(test, param->name, param->count),
                   param->count * sizeof *model.params.values);
        }
        heed_real *grads = heed_arena_alloc_zero(&model.arena, model.params.size * sizeof *grads);
        const heed_batch batch = batch_of(test);
        tape.recording = true;
        tape.parameter_grads = grads;
        tape.trace = &trace;
        tape.training = golden_int(test, "training", 0);
        tape.share = 1; /* what running statistics change by is then in their gradients' place */
        heed_tensor *loss = model.arch->loss(&model, &tape, &batch, golden_number(test, "number", 0));
        if (CHECK_OK(heed_tape_backward(&tape, loss, 1, &error), &error)) {
            golden_compare(test, "loss", loss->data, 1);
            if (model.arch->labels)
                compare_outputs(test, &trace);
            else
                compare_logits(test, &trace, &batch, vocabularies[1]);
            for (int i = 0; i < model.params.count; i++) {
                const heed_param *param = &model.params.list[i];
                char name[128];
                snprintf(name, sizeof name, "grad.%s", param->name);
                golden_compare(test, name, grads + param->offset, param->count);
            }
            compare_greedy(test, &model, &tape, &batch, vocabularies[1]);
        }
    }
    heed_trace_free(&trace);
    heed_tape_free(&tape);
    heed_params_free(&model.params);
    heed_arena_free(&model.arena);
}

void golden_check_optimizer(const golden_case *test) {
    const heed_optimizer *optimizer = heed_optimizer_find(test->file->name);
    const heed_safetensor *gradients_in = golden_find(test, "gradients");
    if (!CHECK(optimizer && gradients_in && gradients_in->rank == 2))
        return;
    const size_t steps = (size_t)gradients_in->dims[0], n = (size_t)gradients_in->dims[1];
    const heed_real *gradients = golden_reals(test, "gradients", steps * n);
    const heed_real *scales = golden_reals(test, "scales", steps);
    const heed_real *numbers = golden_reals(test, "settings", 7);
    const heed_optimizer_settings settings = {.rate = (double)numbers[0],
                                              .beta1 = (double)numbers[1],
                                              .beta2 = (double)numbers[2],
                                              .epsilon = (double)numbers[3],
                                              .weight_decay = (double)numbers[4],
                                              .momentum = (double)numbers[5],
                                              .nesterov = numbers[6] != 0};
    heed_real *all = heed_arena_alloc_zero(&test->file->arena, steps * n * sizeof *all);
    heed_real *m = heed_arena_alloc_zero(&test->file->arena, n * sizeof *m);
    heed_real *v = heed_arena_alloc_zero(&test->file->arena, n * sizeof *v);
    heed_real *w = golden_reals(test, "start", n);
    for (size_t step = 0; step < steps; step++) {
        const heed_flat_blocks blocks = {n, w, gradients + step * n, m, v};
        optimizer->update(heed_kernels_active(), &settings, &blocks, 0, n, (int64_t)step + 1, (double)scales[step]);
        memcpy(all + step * n, w, n * sizeof *w);
    }
    golden_compare(test, "weights", all, steps * n);
    if (golden_find(test, "m"))
        golden_compare(test, "m", m, n);
    if (golden_find(test, "v"))
        golden_compare(test, "v", v, n);
}
