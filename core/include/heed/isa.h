/* Which instruction set the kernels use. The best one that the machine has is picked at the first use; one can be
 * pinned. */
#ifndef HEED_ISA_H
#define HEED_ISA_H

#include "heed/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Sets built into this library, best first, NULL-terminated: "avx512vnni", "avx512", "avx2", "neon", "relaxed",
 * "simd128", "scalar". */
const char *const *heed_isa_list(void);
/* Whether this machine can run the set `name`. */
int heed_isa_available(const char *name);
/* Pins the set for the whole process; call it before models are loaded or created, and from one thread. Fails when the
 * name is unknown, not built in, or not available on this machine. */
heed_status heed_isa_force(const char *name, heed_error *error);
/* The set in use. */
const char *heed_isa_name(void);

#ifdef __cplusplus
}
#endif
#endif
