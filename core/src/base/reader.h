/* The one bounded reader: every byte of a foreign file is taken through it, and no length in a file is believed. */
#ifndef HEED_BASE_READER_H
#define HEED_BASE_READER_H

#include <stddef.h>
#include <stdint.h>

typedef struct heed_bytes {
    const unsigned char *data;
    size_t size;
} heed_bytes;

typedef struct heed_reader {
    heed_bytes bytes;
    size_t at;
    int failed; /* sticky: a read past the end sets it and gives zero */
} heed_reader;

uint8_t heed_read_u8(heed_reader *reader);
uint64_t heed_read_u64(heed_reader *reader);                     /* little-endian */
heed_bytes heed_read_bytes(heed_reader *reader, uint64_t count); /* a view, empty on failure */
/* The next line without its "\n" or "\r\n"; returns 0 at the end. The last line needs no newline. */
int heed_read_line(heed_reader *reader, heed_bytes *line);

#endif
