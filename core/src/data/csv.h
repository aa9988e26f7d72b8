/* Tables of numbers: CSV or TSV, one example a line, as pairs whose source is the features and whose target is what
 * they are to foretell. */
#ifndef HEED_DATA_CSV_H
#define HEED_DATA_CSV_H

#include <stdbool.h>

#include "base/json.h"
#include "data/pairs.h"

/* Adds a pair for every line of a table to `pairs`. Cells are parted by tabs where the first line has one, else by
 * commas, else by semicolons; a cell in double quotes may hold them, and "" for a quote. A first line without any
 * number names the columns; else they are named "1", "2", ... Empty lines are ignored.
 *
 * `columns` is {"features": [names], "target": name or [names]}: without "target" it is the last column, and without
 * "features" they are all others. Features must be numbers, and so must targets when `numbers` is set; targets that are
 * not are texts. Fails, adding nothing, as "what:line: ..." on lines of different lengths and on cells that are empty
 * or no numbers; and on names that are unknown, twice in the table, or on both sides. */
heed_status heed_table_parse(heed_pairs *pairs, const char *text, size_t size, const heed_json *columns, bool numbers,
                             const char *what, heed_error *error);

#endif
