/* The fields of a config that say what a recurrent layer is made of. */
#ifndef HEED_CELL_CHOICE_H
#define HEED_CELL_CHOICE_H

#include "base/json.h"
#include "nn/layers.h"

/* "cell" and, where it has a gate that keeps (lstm's forget gate, gru's update gate), what that gate's bias begins
 * with: "forget_bias", the same in every cell; or by "chrono" a bias of each cell's own, so that what was up to about
 * so many steps ago is felt from the first step of training on. See HEED_INIT_GATE_BIAS and what follows it. */
#define HEED_CELL_FIELDS "cell", "forget_bias", "chrono"
typedef struct heed_cell_choice {
    const heed_cell *cell;
    heed_init init; /* of the bias; HEED_INIT_ZERO: the cell's own */
    double scale;
} heed_cell_choice;

/* out->cell is the one that a config has which names none. */
heed_status heed_cell_choice_read(const heed_json *config, heed_cell_choice *out, heed_error *error);
void heed_cell_choice_apply(const heed_cell_choice *choice, heed_params *params, const heed_recurrent_layer *layer);

#endif
