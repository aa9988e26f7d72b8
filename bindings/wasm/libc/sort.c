/* qsort by a heap (Williams 1964), in a fraction of the C library's size. The engine's comparisons leave no ties, so
 * the order is that of any other sort. */
#include <stddef.h>
#include <stdlib.h>

typedef int comparison(const void *, const void *);

static void swap(char *a, char *b, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        const char kept = a[i];
        a[i] = b[i];
        b[i] = kept;
    }
}

void qsort(void *items, size_t count, size_t size, comparison *compare)
{
    char *base = items;
    for (size_t top = count / 2, end = count; end > 1;) {
        if (top > 0) /* first the heap is made, then its largest goes behind it again and again */
            top--;
        else
            swap(base, base + --end * size, size);
        for (size_t at = top, child; (child = 2 * at + 1) < end; at = child) {
            if (child + 1 < end && compare(base + child * size, base + (child + 1) * size) < 0)
                child++;
            if (compare(base + at * size, base + child * size) >= 0)
                break;
            swap(base + at * size, base + child * size, size);
        }
    }
}
