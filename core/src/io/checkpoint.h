/* A checkpoint: named blocks of reals and a JSON text, in one safetensors file that is replaced atomically. */
#ifndef HEED_IO_CHECKPOINT_H
#define HEED_IO_CHECKPOINT_H

#include <stddef.h>

#include "base/arena.h"
#include "base/json.h"
#include "heed/real.h"
#include "heed/status.h"

typedef struct heed_checkpoint_block {
    const char *name;
    heed_real *values; /* [count]; read from when writing, filled when reading */
    size_t count;
} heed_checkpoint_block;

/* A crash or a full disk while writing leaves the last checkpoint whole. Numbers keep every bit. */
heed_status heed_checkpoint_write(const char *path, const heed_checkpoint_block *blocks, int count, const char *state,
                                  heed_error *error);
/* Fills the blocks, all of which must be there with these sizes and no others, and gives the state, parsed into the
 * arena. Nothing is written to a block unless the whole file is right: its checksum tells a file that the disk has
 * damaged; a NaN or an infinity is refused too. */
heed_status heed_checkpoint_read(const char *path, const heed_checkpoint_block *blocks, int count, heed_arena *arena,
                                 const heed_json **state, heed_error *error);

#endif
