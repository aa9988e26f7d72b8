#ifndef HEED_BASE_CLOCK_H
#define HEED_BASE_CLOCK_H

/* Seconds from an arbitrary moment, monotonic. */
double heed_clock(void);

#endif
