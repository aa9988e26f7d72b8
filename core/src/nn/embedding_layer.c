#include <stdio.h>

#include "nn/layers.h"

int heed_embedding_declare(heed_params *params, const char *name, int vocabulary, int size)
{
    char full[96];
    snprintf(full, sizeof full, "%s.weight", name);
    const int id = heed_params_declare(params, full, HEED_INIT_NORMAL, 0.1, true, 2, (int[]){vocabulary, size});
    if (!params->failed)
        params->list[id].lookup = true;
    return id;
}
