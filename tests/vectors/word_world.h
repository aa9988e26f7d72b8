/* A world of 300 words in which it is known who belongs to whom. A sentence is about one of 12 trades, and of one of
 * two kinds ("m", "f"): beside the word for both, "m4" or "f4", there stand words of the trade ("t4a" .. "t4t") and of
 * the kind
 * ("ma" .. "ml"), and words that are everywhere ("wa" .. "wl"); one trade word in ten is of any trade.
 * So a trade's words are neighbours, and "m3 is to f3 as m7 is to f7". */
#ifndef HEED_TEST_WORD_WORLD_H
#define HEED_TEST_WORD_WORLD_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "base/string_buffer.h"

enum { WORLD_TRADES = 12, WORLD_TRADE_WORDS = 20, WORLD_KIND_WORDS = 12, WORLD_WORDS = 300 };

/* To be freed with heed_string_free. */
static inline heed_string_buffer word_world(int sentences, uint64_t seed)
{
    heed_string_buffer text = {0};
    heed_rng rng;
    heed_rng_seed(&rng, seed, 0);
    for (int i = 0; i < sentences; i++) {
        char words[8][8];
        int32_t order[8];
        const unsigned trade = heed_rng_below(&rng, WORLD_TRADES);
        const char kind = heed_rng_below(&rng, 2) ? 'm' : 'f';
        for (int k = 0; k < 8; k++)
            order[k] = k;
        heed_rng_shuffle(&rng, order, 8);
        snprintf(words[0], sizeof words[0], "%c%u", kind, trade);
        for (int k = 1; k < 4; k++) {
            const unsigned about = heed_rng_below(&rng, 10) == 0 ? heed_rng_below(&rng, WORLD_TRADES) : trade;
            snprintf(words[k], sizeof words[k], "t%u%c", about, 'a' + (int)heed_rng_below(&rng, WORLD_TRADE_WORDS));
        }
        for (int k = 4; k < 7; k++)
            snprintf(words[k], sizeof words[k], "%c%c", kind, 'a' + (int)heed_rng_below(&rng, WORLD_KIND_WORDS));
        snprintf(words[7], sizeof words[7], "w%c", 'a' + (int)heed_rng_below(&rng, WORLD_KIND_WORDS));
        for (int k = 0; k < 8; k++)
            heed_string_format(&text, "%s%c", words[order[k]], k < 7 ? ' ' : '\n');
    }
    return text;
}

#endif
