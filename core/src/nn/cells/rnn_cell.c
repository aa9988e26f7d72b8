/* The simple recurrent network with tanh (Elman 1990) and with ReLU (Le, Jaitly and Hinton 2015). */
#include "nn/cells/cell.h"

static heed_recurrent_result run_tanh(heed_tape *tape, heed_tensor *x, heed_tensor *wx, heed_tensor *wh,
                                      heed_tensor *bias, heed_tensor *h0, heed_tensor *c0, heed_pass pass)
{
    (void)c0;
    return heed_rnn(tape, x, wx, wh, bias, h0, pass, false);
}

static heed_recurrent_result run_relu(heed_tape *tape, heed_tensor *x, heed_tensor *wx, heed_tensor *wh,
                                      heed_tensor *bias, heed_tensor *h0, heed_tensor *c0, heed_pass pass)
{
    (void)c0;
    return heed_rnn(tape, x, wx, wh, bias, h0, pass, true);
}

static const char *const traces[] = {"gate.pre", NULL};

const heed_cell heed_cell_rnn = {"rnn", 1, 1, HEED_INIT_UNIFORM, HEED_INIT_ZERO, false, traces, run_tanh};
const heed_cell heed_cell_rnn_relu = {"rnn_relu", 1, 1, HEED_INIT_UNIFORM, HEED_INIT_ZERO, false, traces, run_relu};
