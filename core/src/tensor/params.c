#include "tensor/params.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

int heed_params_declare(heed_params *params, const char *name, heed_init init, double scale, bool matrix, int rank,
                        const int *dims)
{
    size_t count = 1;
    bool possible = true;
    for (int i = 0; i < rank; i++)
        possible = possible && dims[i] > 0 && heed_mul_size(count, (size_t)dims[i], &count);
    if (params->count == params->capacity && possible) {
        int capacity = params->capacity ? 2 * params->capacity : 32;
        heed_param *list =
            heed_realloc(params->list, (size_t)params->capacity * sizeof *list, (size_t)capacity, sizeof *list);
        possible = list != NULL;
        if (list) {
            params->list = list;
            params->capacity = capacity;
        }
    }
    size_t end = 0;
    if (!possible || !heed_add_size(params->size, count, &end)) {
        params->failed = true;
        return 0;
    }
    heed_param *param = &params->list[params->count];
    memset(param, 0, sizeof *param);
    snprintf(param->name, sizeof param->name, "%s", name);
    param->rank = rank;
    memcpy(param->dims, dims, (size_t)rank * sizeof *dims);
    param->offset = params->size;
    param->count = count;
    param->init = init;
    param->scale = scale;
    param->matrix = matrix;
    params->size = end;
    return params->count++;
}

int heed_params_declare_statistic(heed_params *params, const char *name, heed_init init, int size)
{
    const int id = heed_params_declare(params, name, init, 0, false, 1, &size);
    if (!params->failed)
        params->list[id].statistic = true;
    return id;
}

/* Places in the block: statistics last. */
static void place(heed_params *params)
{
    size_t at = 0;
    for (int statistic = 0; statistic < 2; statistic++) {
        for (int i = 0; i < params->count; i++)
            if (params->list[i].statistic == statistic) {
                params->list[i].offset = at;
                at += params->list[i].count;
            }
        if (!statistic)
            params->trained = at;
    }
}

void heed_params_free(heed_params *params)
{
    heed_free(params->list);
    heed_free(params->values);
    heed_free(params->store);
    memset(params, 0, sizeof *params);
}

heed_status heed_params_allocate(heed_params *params, heed_error *error)
{
    place(params);
    params->values = params->failed ? NULL : heed_alloc(params->size, sizeof *params->values);
    if (!params->values)
        return heed_fail(error, HEED_ERROR_MEMORY, "out of memory: %zu parameters", params->size);
    return HEED_OK;
}

/* The first quarter of a bias of gates, and the second. */
static void initialise_gate(const heed_param *param, size_t cells, heed_real *w, heed_rng *rng)
{
    for (size_t i = 0; i < cells; i++) {
        double keep = param->scale;
        if (param->init != HEED_INIT_GATE_BIAS)
            keep = log(1 + (param->scale - 2) * heed_rng_uniform(rng));
        w[cells + i] = (heed_real)keep;
        if (param->init == HEED_INIT_LSTM_CHRONO)
            w[i] = (heed_real)-keep;
    }
}

static void initialise(const heed_param *param, heed_real *w, heed_rng *rng)
{
    switch (param->init) {
    case HEED_INIT_ZERO:
        memset(w, 0, param->count * sizeof *w);
        break;
    case HEED_INIT_ONE:
    case HEED_INIT_CONSTANT:
        for (size_t i = 0; i < param->count; i++)
            w[i] = param->init == HEED_INIT_ONE ? 1 : (heed_real)param->scale;
        break;
    case HEED_INIT_UNIFORM:
        for (size_t i = 0; i < param->count; i++)
            w[i] = (heed_real)((2 * heed_rng_uniform(rng) - 1) * param->scale);
        break;
    case HEED_INIT_NORMAL:
        for (size_t i = 0; i < param->count; i++)
            w[i] = (heed_real)(heed_rng_normal(rng) * param->scale);
        break;
    case HEED_INIT_GATE_BIAS:
    case HEED_INIT_GRU_CHRONO:
    case HEED_INIT_LSTM_CHRONO:
        memset(w, 0, param->count * sizeof *w);
        initialise_gate(param, param->count / 4, w, rng);
        break;
    }
}

void heed_params_initialise(heed_params *params, uint64_t seed)
{
    for (int i = 0; i < params->count; i++) {
        heed_rng rng;
        heed_rng_seed(&rng, seed, (uint64_t)i);
        initialise(&params->list[i], params->values + params->list[i].offset, &rng);
    }
}

int heed_params_find(const heed_params *params, const char *name)
{
    for (int i = 0; i < params->count; i++)
        if (strcmp(params->list[i].name, name) == 0)
            return i;
    return -1;
}

void heed_params_begin_gradients(const heed_params *params, heed_tape *tape)
{
    if (tape->unset_grads)
        memset(tape->unset_grads, true, (size_t)params->count * sizeof *tape->unset_grads);
    else
        memset(tape->parameter_grads, 0, params->size * sizeof *tape->parameter_grads);
}

void heed_params_end_gradients(const heed_params *params, heed_tape *tape)
{
    for (int i = 0; tape->unset_grads && i < params->count; i++)
        if (tape->unset_grads[i]) {
            tape->unset_grads[i] = false;
            memset(tape->parameter_grads + params->list[i].offset, 0,
                   params->list[i].count * sizeof *tape->parameter_grads);
        }
}
