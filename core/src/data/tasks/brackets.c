/* Balanced brackets (the Dyck language of several kinds): what must be kept in mind is a stack. The target is a
 * verdict, or what closes a beginning. */
#include "base/error.h"
#include "data/tasks/task.h"

enum { MIN_LENGTH, MAX_LENGTH, KINDS, TARGET };
enum { VERDICT, CLOSING };
enum { LENGTH_MAX = 400 };

static const char *const targets[] = {"verdict", "closing", NULL};

static const heed_task_option options[] = {
    {"min_length", 2, 1, LENGTH_MAX, NULL, "brackets, at least"},
    {"max_length", 24, 2, LENGTH_MAX, NULL, "brackets, at most"},
    {"kinds", 3, 1, 4, NULL, "how many of ( [ { < occur"},
    {"target", VERDICT, 0, 0, targets, "\"yes\" or \"no\", or the brackets that close what is open"},
    {0},
};

static const char opening[] = "([{<", closing[] = ")]}>";

typedef struct stack {
    char waiting[LENGTH_MAX]; /* the closing brackets that are due, the next one last */
    int depth;
} stack;

/* False when the bracket closes what is not open. */
static bool take(stack *open, char bracket)
{
    for (int kind = 0; kind < 4; kind++)
        if (bracket == opening[kind]) {
            open->waiting[open->depth++] = closing[kind];
            return true;
        }
    return open->depth > 0 && open->waiting[--open->depth] == bracket;
}

static bool balanced(const char *brackets, int length)
{
    stack open = {.depth = 0};
    for (int i = 0; i < length; i++)
        if (!take(&open, brackets[i]))
            return false;
    return open.depth == 0;
}

/* `length` brackets none of which is wrong; all are closed at the end when `whole`, which takes an even length. */
static void draw_brackets(heed_rng *rng, int64_t kinds, int length, bool whole, stack *open, char *out)
{
    open->depth = 0;
    for (int i = 0; i < length; i++) {
        const bool must_close = whole && open->depth == length - i;
        if (open->depth > 0 && (must_close || heed_rng_below(rng, 2) == 0))
            out[i] = open->waiting[open->depth - 1];
        else
            out[i] = opening[heed_rng_below(rng, (uint32_t)kinds)];
        take(open, out[i]);
    }
}

/* One bracket replaced by another, until the whole is wrong. */
static void spoil(heed_rng *rng, int64_t kinds, int length, char *brackets)
{
    do {
        const uint32_t kind = heed_rng_below(rng, (uint32_t)kinds);
        brackets[heed_rng_below(rng, (uint32_t)length)] = heed_rng_below(rng, 2) ? opening[kind] : closing[kind];
    } while (balanced(brackets, length));
}

static void draw(const int64_t *values, heed_rng *rng, heed_string_buffer *source, heed_string_buffer *target)
{
    char brackets[LENGTH_MAX];
    stack open;
    if (values[TARGET] == CLOSING) {
        const int length = (int)heed_task_between(rng, values[MIN_LENGTH], values[MAX_LENGTH]);
        draw_brackets(rng, values[KINDS], length, false, &open, brackets);
        if (open.depth == 0) { /* nothing would be left to say */
            brackets[length - 1] = opening[heed_rng_below(rng, (uint32_t)values[KINDS])];
            open.depth = 0;
            for (int i = 0; i < length; i++)
                take(&open, brackets[i]);
        }
        heed_string_append(source, brackets, (size_t)length);
        while (open.depth > 0)
            heed_string_append(target, &open.waiting[--open.depth], 1);
        return;
    }
    const int length = 2 * (int)heed_task_between(rng, (values[MIN_LENGTH] + 1) / 2, values[MAX_LENGTH] / 2);
    const bool right = heed_rng_below(rng, 2) == 0;
    draw_brackets(rng, values[KINDS], length, true, &open, brackets);
    if (!right)
        spoil(rng, values[KINDS], length, brackets);
    heed_string_append(source, brackets, (size_t)length);
    heed_string_append(target, right ? "yes" : "no", right ? 3 : 2);
}

static heed_status check(const int64_t *values, const char *where, heed_error *error)
{
    HEED_TRY(heed_task_check_lengths(values, where, error));
    if (values[TARGET] == VERDICT && (values[MIN_LENGTH] + 1) / 2 > values[MAX_LENGTH] / 2)
        return heed_fail(error, HEED_ERROR_FORMAT, "%s.max_length is %lld; no even length lies between it and "
                         "min_length", where, (long long)values[MAX_LENGTH]);
    return HEED_OK;
}

const heed_task heed_task_brackets = {"brackets", "are the brackets balanced, or what closes them", options, check,
                                      draw};
