/* The number type of the engine: float. Compiled with HEED_DOUBLE it is double on the scalar kernels only; the gradient
 * checks use that build, because central differences in double show a factor that is wrong by one part in 10^6. */
#ifndef HEED_REAL_H
#define HEED_REAL_H

#ifdef HEED_DOUBLE
typedef double heed_real;
#else
typedef float heed_real;
#endif

#endif
