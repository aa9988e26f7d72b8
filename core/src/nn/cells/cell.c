#include "nn/cells/cell.h"

#include "base/registry.h"

static const heed_cell *const cells[] = {
#define HEED_CELL(name) &heed_cell_##name,
#include "nn/cells/cells.def"
#undef HEED_CELL
};

const char heed_cell_names[] =
#define HEED_CELL(name) #name " "
#include "nn/cells/cells.def"
#undef HEED_CELL
    ;

HEED_FIND_BY_NAME(heed_cell, heed_cell_find, cells)
