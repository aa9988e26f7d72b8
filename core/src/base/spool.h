/* Bytes that are appended one after another and then used as one block: in memory, or, where there is a folder for it,
 * in a file without a name, which may be larger than memory and is gone when it is closed, however the program ends. */
#ifndef HEED_BASE_SPOOL_H
#define HEED_BASE_SPOOL_H

#include <stdbool.h>
#include <stddef.h>

#include "heed/status.h"

typedef struct heed_spool { /* zero-initialise, or heed_spool_open: then it is in memory */
    char *buffer;           /* what is not in the file yet, or everything */
    size_t used, capacity;
    bool in_file;
    int descriptor;
    size_t written;         /* bytes in the file */
    void *map;
} heed_spool;

/* `folder` may be NULL: in memory. */
heed_status heed_spool_open(heed_spool *spool, const char *folder, heed_error *error);
heed_status heed_spool_append(heed_spool *spool, const void *bytes, size_t size, heed_error *error);
/* All of it, to be read and changed; nothing can be appended then. *size may be NULL. The block is the spool's. */
heed_status heed_spool_view(heed_spool *spool, void **block, size_t *size, heed_error *error);
void heed_spool_close(heed_spool *spool);

#endif
