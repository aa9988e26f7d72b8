/* Tables of numbers as pairs. */
#include <string.h>

#include "base/error.h"
#include "compare.h"
#include "data/csv.h"
#include "test.h"

static heed_status parse(const char *text, const char *columns, bool numbers, heed_pairs *pairs, heed_error *error) {
    heed_arena arena = {0};
    const heed_json *json = heed_json_parse(&arena, columns, strlen(columns), "columns", error);
    heed_status status = heed_table_parse(pairs, text, strlen(text), json, numbers, "t.csv", error);
    heed_arena_free(&arena);
    return status;
}

/* "source=target|source=target" */
static void reads(const char *text, const char *columns, bool numbers, const char *want) {
    heed_pairs pairs = {0};
    heed_error error = {0};
    char got[500] = "";
    CHECK_OK(parse(text, columns, numbers, &pairs, &error), &error);
    for (int32_t i = 0, at = 0; i < pairs.count; i++)
        at += snprintf(got + at, sizeof got - (size_t)at, "%s%s=%s", i ? "|" : "", pairs.list[i].source, pairs.list[i].target);
    CHECK_STRING(got, want);
    heed_pairs_free(&pairs);
}

static void refuses(const char *text, const char *columns, const char *message) {
    heed_pairs pairs = {0};
    heed_error error = {0};
    CHECK_OK(heed_pairs_add(&pairs, "a", 1, "b", 1, &error), &error);
    CHECK(parse(text, columns, true, &pairs, &error) != HEED_OK);
    CHECK_CONTAINS(error.message, message);
    CHECK_INT(pairs.count, 1);
    heed_pairs_free(&pairs);
}

int main(void) {
    reads("1,2,3\n4,5,6\n", "{}", true, "1 2=3|4 5=6");
    reads("a\tb\n1\t-2.5e1\r\n\n3\t4", "{}", true, "1=-2.5e1|3=4");
    reads("x;y;z\n1;2;3\n", "{\"target\":\"x\"}", true, "2 3=1");
    reads("x,y,z\n1,2,3\n", "{\"features\":[\"z\",\"x\"],\"target\":\"y\"}", true, "3 1=2");
    reads("x,y,z\n1,2,3\n", "{\"features\":\"z\",\"target\":[\"y\",\"x\"]}", true, "3=2 1");
    reads("7,8,9\n", "{\"features\":[\"2\"],\"target\":\"1\"}", true, "8=7");
    reads("5.1, 3.5 ,setosa\n4.9,3.0,\"new \"\"kind\"\", b\"\n", "{}", false, "5.1 3.5=setosa|4.9 3.0=new \"kind\", b");
    reads("\"a, b\",c\n1,2\n", "{\"features\":[\"a, b\"]}", true, "1=2");

    refuses("", "{}", "t.csv has no lines");
    refuses("1\n2\n", "{}", "t.csv:1: a table has from 2 to 4096 columns");
    refuses("1,2\n\n3,4,5\n", "{}", "t.csv:3: there are 3 cells; the first line has 2");
    refuses("a,b\n1,x\n", "{}", "t.csv:2: column 2 is \"x\"; it must be a number");
    refuses("a,b\n1,2\n,2\n", "{}", "t.csv:3: column 1 is \"\"; it must be a number");
    refuses("a,b\n1,2\n1.5.2,2\n", "{}", "t.csv:3: column 1 is \"1.5.2\"");
    refuses("a,b\n1,\"2\n", "{}", "t.csv:2: a cell in quotes does not end with a quote");
    refuses("a,b\n\"1\"2,3\n", "{}", "t.csv:2: a cell in quotes does not end with a quote");
    refuses("a,b\n1,2\n", "{\"target\":\"c\"}", "t.csv: of 2 columns none is \"c\"");
    refuses("a,a\n1,2\n", "{\"target\":\"a\"}", "t.csv: 2 columns have the name \"a\"");
    refuses("a,b\n1,2\n", "{\"features\":[\"b\"]}", "t.csv: column 2 is a feature and a target");
    refuses("a,b\n1,2\n", "{\"features\":[]}", "t.csv: a list of columns is empty");
    refuses("a,b\n1,2\n", "{\"features\":[3]}", "t.csv: columns are named by texts");
    refuses("a,b\n1,2\n", "{\"target\":[\"a\",\"b\"]}", "t.csv: there is no column beside the target");
    refuses("a,b\n1,2\n", "{\"columns\":1}", "\"columns\"");
    refuses("a,b\n1,\xFF\n", "{}", "t.csv:2: the line is not UTF-8 text");
    return heed_test_finish("csv");
}
