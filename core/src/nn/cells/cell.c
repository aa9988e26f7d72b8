#include "nn/cells/cell.h"

#include <string.h>

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

const heed_cell *heed_cell_find(const char *name)
{
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
        if (strcmp(cells[i]->name, name) == 0)
            return cells[i];
    return NULL;
}
