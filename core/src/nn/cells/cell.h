/* What a recurrent layer needs to know of its cell. */
#ifndef HEED_CELL_H
#define HEED_CELL_H

#include "ops/ops.h"
#include "tensor/params.h"

typedef struct heed_cell {
    const char *name;
    int gates, biases;   /* Wx [gates H, I], Wh [gates H, H], bias [biases H] */
    heed_init bias_init; /* HEED_INIT_UNIFORM is +-1/sqrt(H), as the matrices are drawn */
    heed_init chrono;    /* HEED_INIT_ZERO when it has no gate that keeps */
    bool has_c;          /* a state beside h */
    const char *const *traces; /* what `run` keeps, see heed_pass; NULL-terminated */
    heed_recurrent_result (*run)(heed_tape *tape, heed_tensor *x, heed_tensor *wx, heed_tensor *wh, heed_tensor *bias,
                                 heed_tensor *h0, heed_tensor *c0, heed_pass pass);
} heed_cell;

#define HEED_CELL(name) extern const heed_cell heed_cell_##name;
#include "nn/cells/cells.def"
#undef HEED_CELL

/* NULL when there is none of this name; heed_cell_names is "rnn rnn_relu gru lstm ", for messages. */
const heed_cell *heed_cell_find(const char *name);
extern const char heed_cell_names[];

#endif
