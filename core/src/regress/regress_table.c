/* A regression of what stands in a file. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"
#include "data/csv.h"
#include "heed/regression.h"

/* The numbers of a text, with blanks between them, to out[0..most); how many there are. */
static int read_numbers(const char *text, heed_arena *arena, double *out, int most)
{
    int count = 0;
    for (size_t n; count < most && (n = heed_number_size(text, strlen(text))) > 0; text += n, text += *text == ' ')
        if (!heed_number_parse(text, n, arena, &out[count++]))
            return -1;
    return count;
}

heed_status heed_regress_table(const char *text, size_t size, const char *what, const heed_regression_options *options,
                               heed_regression *out, heed_error *error)
{
    enum { MOST = HEED_REGRESSION_FEATURES_MAX + 1 }; /* one more is too many, and refused below */
    double first[MOST];
    heed_pairs pairs = {0};
    *out = (heed_regression){0};
    const heed_status parsed = heed_table_parse(&pairs, text, size, NULL, true, what, error);
    if (parsed != HEED_OK) {
        heed_pairs_free(&pairs);
        return parsed;
    }
    const int rows = pairs.count;
    const int columns = rows > 0 ? read_numbers(pairs.list[0].source, &pairs.arena, first, MOST) : 0;
    const size_t width = columns > 0 ? (size_t)columns : 1;
    double *x = heed_alloc(((size_t)rows + 1) * (width + 1), sizeof *x), *y = x ? x + (size_t)rows * width : NULL;
    bool read = x != NULL && columns >= 0;
    for (int i = 0; i < rows && read; i++)
        read = read_numbers(pairs.list[i].source, &pairs.arena, x + (size_t)i * width, columns) == columns &&
               read_numbers(pairs.list[i].target, &pairs.arena, y + i, 1) == 1;
    const heed_status status = read ? heed_regress(x, y, rows, columns, options, out, error)
                                    : heed_fail(error, HEED_ERROR_MEMORY, "out of memory for %s", what);
    heed_free(x);
    heed_pairs_free(&pairs);
    return status;
}
