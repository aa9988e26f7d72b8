#include "models/cell_choice.h"

#include "base/error.h"

heed_status heed_cell_choice_read(const heed_json *config, heed_cell_choice *out, heed_error *error)
{
    static const char where[] = "config";
    const char *name = out->cell->name;
    int64_t chrono = 0;
    HEED_TRY(heed_json_string(config, where, "cell", &name, error));
    HEED_TRY(heed_json_real(config, where, "forget_bias", -20, 20, &out->scale, error));
    HEED_TRY(heed_json_int(config, where, "chrono", 3, 100000, &chrono, error));
    out->cell = heed_cell_find(name);
    if (!out->cell)
        return heed_fail(error, HEED_ERROR_UNKNOWN, "config: cell \"%s\" is not one of: %s", name, heed_cell_names);
    const bool fixed = heed_json_get(config, "forget_bias") != NULL;
    if ((fixed || chrono) && (out->cell->chrono == HEED_INIT_ZERO || (fixed && chrono)))
        return heed_fail(error, HEED_ERROR_ARGUMENT,
                         "config: forget_bias or chrono, not both, goes with the cells gru and lstm, not with \"%s\"",
                         name);
    if (chrono)
        out->scale = (double)chrono;
    out->init = fixed ? HEED_INIT_GATE_BIAS : chrono ? out->cell->chrono : HEED_INIT_ZERO;
    return HEED_OK;
}

void heed_cell_choice_apply(const heed_cell_choice *choice, heed_params *params, const heed_recurrent_layer *layer)
{
    if (choice->init != HEED_INIT_ZERO)
        heed_recurrent_keep(params, layer, choice->init, choice->scale);
}
