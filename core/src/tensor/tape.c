#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "tensor/tensor.h"

heed_status heed_tape_init(heed_tape *tape, heed_error *error)
{
    memset(tape, 0, sizeof *tape);
    tape->kernels = heed_kernels_active();
    tape->gemm_scratch = heed_alloc(HEED_GEMM_SCRATCH, sizeof *tape->gemm_scratch);
    if (!tape->gemm_scratch)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: scratch of the matrix product");
    return HEED_OK;
}

void heed_tape_free(heed_tape *tape)
{
    heed_arena_free(&tape->arena);
    heed_free(tape->gemm_scratch);
    memset(tape, 0, sizeof *tape);
}

void heed_tape_reset(heed_tape *tape)
{
    heed_arena_reset(&tape->arena);
    tape->last = NULL;
    tape->error.status = HEED_OK;
}

heed_status heed_tape_check(const heed_tape *tape, heed_error *error)
{
    if (tape->error.status == HEED_OK)
        return HEED_OK;
    return heed_fail(error, tape->error.status, "%s", tape->error.message);
}

void *heed_tape_alloc(heed_tape *tape, size_t count, size_t size)
{
    size_t bytes;
    void *block = heed_mul_size(count, size, &bytes) ? heed_arena_alloc(&tape->arena, bytes) : NULL;
    if (!block)
        heed_fail(&tape->error, HEED_ERROR_MEMORY, "out of memory: %zu x %zu bytes", count, size);
    return block;
}

heed_tensor *heed_op_fail(heed_tape *tape, heed_status status, const char *format, ...)
{
    if (tape->error.status == HEED_OK) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(tape->error.message, sizeof tape->error.message, format, arguments);
        va_end(arguments);
        tape->error.status = status;
    }
    return &tape->invalid;
}

bool heed_wants_grad(const heed_tape *tape, int count, heed_tensor *const *inputs)
{
    if (!tape->recording)
        return false;
    for (int i = 0; i < count; i++)
        if (inputs[i] && inputs[i]->grad)
            return true;
    return false;
}

static void note(heed_tape *tape, const heed_op *op, int input_count, heed_tensor *const *inputs, int output_count,
                 heed_tensor *const *outputs, bool asks, void *saved)
{
    if (!heed_wants_grad(tape, input_count, inputs))
        return;
    heed_node *node = heed_tape_alloc(tape, 1, sizeof *node);
    heed_tensor **ends = heed_tape_alloc(tape, (size_t)(input_count + output_count), sizeof *ends);
    if (!node || !ends)
        return; /* the tape's error is set; heed_tape_backward reports it */
    memcpy(ends, inputs, (size_t)input_count * sizeof *ends);
    memcpy(ends + input_count, outputs, (size_t)output_count * sizeof *ends);
    *node = (heed_node){.op = op, .previous = tape->last, .input_count = input_count, .output_count = output_count,
                        .inputs = ends, .outputs = ends + input_count, .asks = asks, .saved = saved};
    tape->last = node;
}

void heed_tape_note(heed_tape *tape, const heed_op *op, int input_count, heed_tensor *const *inputs, int output_count,
                    heed_tensor *const *outputs, void *saved)
{
    note(tape, op, input_count, inputs, output_count, outputs, false, saved);
}

void heed_tape_note_asking(heed_tape *tape, const heed_op *op, int input_count, heed_tensor *const *inputs,
                           int output_count, heed_tensor *const *outputs, void *saved)
{
    note(tape, op, input_count, inputs, output_count, outputs, true, saved);
}

heed_status heed_tape_backward(heed_tape *tape, heed_tensor *loss, heed_real seed, heed_error *error)
{
    HEED_TRY(heed_tape_check(tape, error));
    if (heed_tensor_count(loss) != 1 || !loss->grad)
        return heed_fail(error, HEED_ERROR_ARGUMENT, "backward: the loss must be one recorded number");
    heed_grad_settle(loss);
    /* [book:backward] */
    loss->grad[0] += seed;
    for (const heed_node *node = tape->last; node; node = node->previous) {
        for (int i = 0; i < node->output_count; i++) /* one that nothing was made of */
            if (node->outputs[i])
                heed_grad_settle(node->outputs[i]);
        for (int i = 0; !node->asks && i < node->input_count; i++)
            if (node->inputs[i])
                heed_grad_settle(node->inputs[i]);
        node->op->backward(tape, node);
    }
    /* [/book] */
    heed_trace_take_gradients(tape);
    return heed_tape_check(tape, error);
}
