/* The gated recurrent unit (Cho 2014). */
#include "nn/cells/cell.h"

static heed_recurrent_result run(heed_tape *tape, heed_tensor *x, heed_tensor *wx, heed_tensor *wh, heed_tensor *bias,
                                 heed_tensor *h0, heed_tensor *c0, heed_pass pass)
{
    (void)c0;
    return heed_gru(tape, x, wx, wh, bias, h0, pass);
}

static const char *const traces[] = {"gate.reset", "gate.update", "gate.candidate", "gate.reset.pre", "gate.update.pre",
                                     "gate.candidate.pre", "gate.candidate.state", NULL};

const heed_cell heed_cell_gru = {"gru", 3, 4, HEED_INIT_UNIFORM, HEED_INIT_GRU_CHRONO, false, traces, run};
