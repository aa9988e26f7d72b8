/* Looking an entry up by its name in a table that a .def list makes. */
#ifndef HEED_BASE_REGISTRY_H
#define HEED_BASE_REGISTRY_H

#include <stddef.h>
#include <string.h>

/* Defines const type *function(const char *name): the entry of `table`, an array of const type *, whose `name` is this
 * one, or NULL. Put `static` before it when the function is a file's own. */
#define HEED_FIND_BY_NAME(type, function, table)                 \
    const type *function(const char *name)                       \
    {                                                            \
        for (size_t i = 0; i < sizeof table / sizeof *table; i++) \
            if (strcmp(table[i]->name, name) == 0)               \
                return table[i];                                 \
        return NULL;                                             \
    }

#endif
