/* The choice of the instruction set: the best first, pinning takes, and what cannot be is refused with a reason. */
#include "guarded.h"

int main(void) {
    const char *const *list = heed_isa_list();
    CHECK(list[0] != NULL);
    int count = 0;
    while (list[count] != NULL)
        count++;
    CHECK_STRING(list[count - 1], "scalar");
    CHECK(heed_isa_available("scalar"));

    const char *best = NULL;
    for (int i = 0; i < count && best == NULL; i++)
        if (heed_isa_available(list[i]))
            best = list[i];
    CHECK_STRING(heed_isa_name(), best);
    CHECK(heed_kernels_active() == heed_kernels_named(best));

    for (int i = 0; i < count; i++) {
        heed_error error = {0};
        const char *before = heed_isa_name();
        if (heed_isa_available(list[i])) {
            CHECK_OK(heed_isa_force(list[i], &error), &error);
            CHECK_STRING(heed_isa_name(), list[i]);
            CHECK_STRING(heed_kernels_active()->isa, list[i]);
        } else {
            CHECK_STATUS(heed_isa_force(list[i], &error), HEED_ERROR_ARGUMENT, &error);
            CHECK_CONTAINS(error.message, list[i]);
            CHECK_STRING(heed_isa_name(), before);
            CHECK(heed_kernels_named(list[i]) == NULL);
        }
    }

    heed_error error = {0};
    const char *before = heed_isa_name();
    CHECK_STATUS(heed_isa_force("sse9", &error), HEED_ERROR_UNKNOWN, &error);
    CHECK_CONTAINS(error.message, "sse9");
    CHECK_STRING(heed_isa_name(), before);
    heed_error second = {0};
    CHECK_STATUS(heed_isa_force(NULL, &second), HEED_ERROR_UNKNOWN, &second);
    CHECK(!heed_isa_available("sse9"));
    CHECK(!heed_isa_available(NULL));
    return heed_test_finish("kernels_dispatch");
}
