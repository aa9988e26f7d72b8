#include "base/reader.h"

#include <string.h>

heed_bytes heed_read_bytes(heed_reader *reader, uint64_t count)
{
    heed_bytes view = {NULL, 0};
    if (reader->failed || reader->at > reader->bytes.size || count > reader->bytes.size - reader->at) {
        reader->failed = 1;
        return view;
    }
    view.data = reader->bytes.data + reader->at;
    view.size = (size_t)count;
    reader->at += (size_t)count;
    return view;
}

uint8_t heed_read_u8(heed_reader *reader)
{
    heed_bytes one = heed_read_bytes(reader, 1);
    return reader->failed ? 0 : one.data[0];
}

uint64_t heed_read_u64(heed_reader *reader)
{
    heed_bytes eight = heed_read_bytes(reader, 8);
    uint64_t value = 0;
    if (reader->failed)
        return 0;
    for (int i = 7; i >= 0; i--)
        value = value << 8 | eight.data[i];
    return value;
}

int heed_read_line(heed_reader *reader, heed_bytes *line)
{
    if (reader->failed || reader->at >= reader->bytes.size)
        return 0;
    const unsigned char *start = reader->bytes.data + reader->at;
    size_t left = reader->bytes.size - reader->at;
    const unsigned char *end = memchr(start, '\n', left);
    size_t n = end == NULL ? left : (size_t)(end - start);
    reader->at += end == NULL ? n : n + 1;
    if (n > 0 && start[n - 1] == '\r')
        n--;
    line->data = start;
    line->size = n;
    return 1;
}
