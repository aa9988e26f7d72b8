/* strcspn without the C library's table, and what that draws in. */
#include <stddef.h>
#include <string.h>

size_t strcspn(const char *text, const char *ends)
{
    size_t n = 0;
    for (; text[n]; n++)
        for (const char *end = ends; *end; end++)
            if (text[n] == *end)
                return n;
    return n;
}
