"""Heed's random numbers, written again from their specification: SplitMix64 seeding xoshiro256** (Blackman and Vigna
2018), so that the golden file of dropout says which elements a seed drops."""

MASK = (1 << 64) - 1


def split_mix(state):
    state = (state + 0x9E3779B97F4A7C15) & MASK
    z = state
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return state, z ^ (z >> 31)


class Generator:
    def __init__(self, seed, stream):
        state, mixed = split_mix(seed)
        state = mixed ^ stream
        self.s = []
        for _ in range(4):
            state, mixed = split_mix(state)
            self.s.append(mixed)

    def next(self):
        s = self.s
        product = (s[1] * 5) & MASK
        result = ((((product << 7) | (product >> 57)) & MASK) * 9) & MASK
        t = (s[1] << 17) & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = ((s[3] << 45) | (s[3] >> 19)) & MASK
        return result

    def dropout_mask(self, count, p):
        """0 or 1 / (1 - p'), p' = p in 1/65536: each draw of 64 bits decides four elements, low bits first."""
        threshold = int(p * 65536 + 0.5)
        kept = 1 / (1 - threshold / 65536)
        mask = []
        for i in range(count):
            bits = bits >> 16 if i % 4 else self.next()
            mask.append(0.0 if bits & 0xFFFF < threshold else kept)
        return mask
