/* Path queries over a small family: "gleb mother spouse" is boris. The family is always the same one, so it must be
 * learnt by heart; the paths that are asked for in the end were never seen. */
#include "data/tasks/task.h"

enum { MIN_HOPS, MAX_HOPS, HOPS_MAX = 20 };

static const heed_task_option options[] = {
    {"min_length", 1, 1, HOPS_MAX, NULL, "steps of a path, at least"},
    {"max_length", 4, 1, HOPS_MAX, NULL, "steps of a path, at most"},
    {0},
};

enum { ANNA, BORIS, CLARA, DAVID, ELENA, FEDOR, GLEB, HANNA, IVAN, JULIA, KARL, LEO, MARIA, NINA, OSKAR, PAUL, ROSA,
       SIMON, TAMARA, ULLA, PEOPLE, NOBODY = -1 };

/* The children of a couple are in order of age. */
static const struct {
    const char *name;
    int mother, father, spouse;
} people[PEOPLE] = {
    [ANNA] = {"anna", NOBODY, NOBODY, BORIS},  [BORIS] = {"boris", NOBODY, NOBODY, ANNA},
    [CLARA] = {"clara", NOBODY, NOBODY, DAVID}, [DAVID] = {"david", NOBODY, NOBODY, CLARA},
    [ELENA] = {"elena", NOBODY, NOBODY, FEDOR}, [FEDOR] = {"fedor", NOBODY, NOBODY, ELENA},
    [GLEB] = {"gleb", ANNA, BORIS, JULIA},     [HANNA] = {"hanna", ANNA, BORIS, LEO},
    [IVAN] = {"ivan", ANNA, BORIS, NOBODY},    [JULIA] = {"julia", CLARA, DAVID, GLEB},
    [KARL] = {"karl", CLARA, DAVID, MARIA},    [LEO] = {"leo", ELENA, FEDOR, HANNA},
    [MARIA] = {"maria", ELENA, FEDOR, KARL},   [NINA] = {"nina", JULIA, GLEB, NOBODY},
    [OSKAR] = {"oskar", JULIA, GLEB, NOBODY},  [PAUL] = {"paul", MARIA, KARL, NOBODY},
    [ROSA] = {"rosa", MARIA, KARL, NOBODY},    [SIMON] = {"simon", HANNA, LEO, NOBODY},
    [TAMARA] = {"tamara", HANNA, LEO, NOBODY}, [ULLA] = {"ulla", HANNA, LEO, NOBODY},
};

enum { MOTHER, FATHER, SPOUSE, ELDEST, YOUNGEST, RELATIONS };

static const char *const relations[RELATIONS] = {"mother", "father", "spouse", "eldest", "youngest"};

static int child_of(int person, bool youngest)
{
    int found = NOBODY;
    for (int other = 0; other < PEOPLE; other++)
        if ((people[other].mother == person || people[other].father == person) && (youngest || found == NOBODY))
            found = other;
    return found;
}

static int follow(int person, int relation)
{
    switch (relation) {
    case MOTHER: return people[person].mother;
    case FATHER: return people[person].father;
    case SPOUSE: return people[person].spouse;
    default: return child_of(person, relation == YOUNGEST);
    }
}

static void draw(const int64_t *values, heed_rng *rng, heed_string_buffer *source, heed_string_buffer *target)
{
    const int64_t hops = heed_task_between(rng, values[MIN_HOPS], values[MAX_HOPS]);
    int person = (int)heed_rng_below(rng, PEOPLE);
    heed_string_format(source, "%s", people[person].name);
    for (int64_t i = 0; i < hops; i++) {
        int relation, next; /* everybody has a relation to follow */
        do {
            relation = (int)heed_rng_below(rng, RELATIONS);
            next = follow(person, relation);
        } while (next == NOBODY);
        heed_string_format(source, " %s", relations[relation]);
        person = next;
    }
    heed_string_format(target, "%s", people[person].name);
}

const heed_task heed_task_family = {"family", "who is at the end of a path through a family", options,
                                    heed_task_check_lengths, draw};
