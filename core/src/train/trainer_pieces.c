/* In how many pieces a shard is worked on, when the recipe leaves it open. */
#include "ops/ops.h"
#include "train/trainer.h"

enum { PIECES_MAX = 64 };

static bool is_parameter(const heed_params *params, const heed_tensor *x)
{
    return x && x->data >= params->values && x->data < params->values + params->size;
}

static size_t most_rows(const heed_params *params, int count, heed_tensor *const *tensors, size_t most)
{
    for (int i = 0; i < count; i++)
        if (tensors[i] && !is_parameter(params, tensors[i]) && heed_tensor_rows(tensors[i]) > most)
            most = heed_tensor_rows(tensors[i]);
    return most;
}

/* Multiply-adds of what the tape has recorded: every parameter is used at every row that its op reads or writes, but those
 * of a table, of which rows are copied. What weights have no part in (attention's sums) counts little and is left out. */
static double count_work(const heed_params *params, const heed_tape *tape)
{
    double work = 0;
    for (const heed_node *node = tape->last; node; node = node->previous) {
        if (node->op == &heed_op_embedding)
            continue;
        size_t rows = most_rows(params, node->input_count, node->inputs, 1);
        rows = most_rows(params, node->output_count, node->outputs, rows);
        for (int i = 0; i < node->input_count; i++)
            if (is_parameter(params, node->inputs[i]))
                work += (double)rows * (double)heed_tensor_count(node->inputs[i]);
    }
    return work;
}

/* The first of the longest examples. */
static int32_t longest(const heed_examples *examples)
{
    int32_t best = 0, most = 0;
    for (int32_t i = 0; i < examples->count; i++) {
        const int32_t length = examples->list[i].source_length + examples->list[i].target_length;
        if (length > most) {
            most = length;
            best = i;
        }
    }
    return best;
}

/* Of one pass forward over the longest example. It changes nothing: it does not train, so it draws nothing at random. */
static heed_status measure(heed_trainer *trainer, double *work, heed_error *error)
{
    heed_shard *shard = &trainer->shards[0];
    const int32_t index = longest(&trainer->examples);
    heed_batch batch;
    HEED_TRY(heed_batch_build(&trainer->examples, &index, 1, &shard->batch_arena, &batch, error));
    shard->tape.training = false;
    trainer->model->arch->loss(trainer->model, &shard->tape, &batch, trainer->recipe.label_smoothing);
    shard->tape.training = true;
    HEED_TRY(heed_tape_check(&shard->tape, error));
    *work = count_work(&trainer->model->params, &shard->tape);
    heed_tape_reset(&shard->tape);
    return HEED_OK;
}

heed_status heed_trainer_choose_pieces(heed_trainer *trainer, heed_error *error)
{
    const heed_recipe *recipe = &trainer->recipe;
    const heed_params *params = &trainer->model->params;
    double work = 0;
    trainer->pieces = 1;
    if (recipe->shards_given || params->trained < params->size)
        return HEED_OK;
    HEED_TRY(measure(trainer, &work, error));
    const int most = recipe->batch < PIECES_MAX ? (int)recipe->batch : PIECES_MAX;
    while (trainer->pieces < most && work * (double)recipe->batch > (double)trainer->pieces * HEED_PIECE_WORK)
        trainer->pieces++;
    return HEED_OK;
}

int heed_trainer_parts(const heed_trainer *trainer)
{
    return (int)(trainer->recipe.shards * trainer->recipe.accumulate) * trainer->pieces;
}
