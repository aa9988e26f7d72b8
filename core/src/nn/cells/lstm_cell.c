/* Long short-term memory (Hochreiter and Schmidhuber 1997), its forget gate open at first (Jozefowicz 2015). */
#include "nn/cells/cell.h"

static const char *const traces[] = {"gate.input", "gate.forget", "gate.candidate", "gate.output", "gate.input.pre",
                                     "gate.forget.pre", "gate.candidate.pre", "gate.output.pre", "cell", NULL};

const heed_cell heed_cell_lstm = {"lstm", 4, 4, HEED_INIT_GATE_BIAS, HEED_INIT_LSTM_CHRONO, true, traces, heed_lstm};
