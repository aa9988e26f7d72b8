#!/usr/bin/env python3
"""Writes unicode_table.h beside this file, and tests/unit/data/normalization.tsv, from Python's unicodedata.

Kept of the basic plane: canonical decompositions whose second part is a combining mark, and those into one other
code point, without CJK compatibility ideographs and Hangul; combining classes; one-to-one lower case.
"""
import pathlib
import random
import unicodedata

HERE = pathlib.Path(__file__).parent
BMP = [c for c in range(0x10000) if not 0xD800 <= c < 0xE000]


def kept(code):
    return not (0xF900 <= code <= 0xFAFF or 0xAC00 <= code <= 0xD7A3)


def decompositions():
    for code in filter(kept, BMP):
        parts = unicodedata.decomposition(chr(code))
        if not parts or parts.startswith("<"):
            continue
        first, second = ([int(p, 16) for p in parts.split()] + [0])[:2]
        if second and not unicodedata.combining(chr(second)):
            continue
        composes = second and unicodedata.normalize("NFC", chr(first) + chr(second)) == chr(code)
        yield code, first, second, bool(composes)


def ranges(pairs):
    """(code, value) in order to (first, last, value)."""
    out = []
    for code, value in pairs:
        if out and out[-1][1] == code - 1 and out[-1][2] == value:
            out[-1][1] = code
        else:
            out.append([code, code, value])
    return out


def case_ranges():
    """[first, last, step, distance] with lower(code) == code + distance."""
    out = []
    for code in BMP:
        lower = chr(code).lower()
        if len(lower) != 1 or ord(lower) == code or ord(lower) > 0xFFFF:
            continue
        distance = ord(lower) - code
        if out and out[-1][3] == distance:
            last = out[-1]
            if last[0] == last[1] and code - last[1] in (1, 2):
                last[1], last[2] = code, code - last[1]
                continue
            if code == last[1] + last[2]:
                last[1] = code
                continue
        out.append([code, code, 1, distance])
    return out


def table(kind, name, items):
    lines = [""]
    for item in items:
        text = "{" + ", ".join(map(str, item)) + "}, " if isinstance(item, (list, tuple)) else "%d, " % item
        if len(lines[-1]) + len(text) > 112:
            lines.append("")
        lines[-1] += text
    return "static const %s %s[] = {\n%s};\n" % (kind, name, "".join("    %s\n" % line.rstrip() for line in lines))


def gaps(runs):
    """How far each run of (first, length) begins behind the one before, in bytes of seven bits, the upper ones first."""
    out, behind = [], 0
    for first, length in runs:
        gap, behind = first - behind, first + length
        parts = [gap & 127]
        while gap >= 128:
            gap >>= 7
            parts.append(gap & 127 | 128)
        out += reversed(parts)
    return out


def run_tables(name, runs):
    return table("uint8_t", name + "_gaps", gaps(runs)) + table("uint8_t", name + "_lengths", [n for _, n in runs])


def samples():
    """Texts that mix what the tables hold, from a fixed seed."""
    rng = random.Random(1)
    rows = list(decompositions())
    marks = sorted({second for _, _, second, _ in rows if second}) + [0x300, 0x323, 0x345, 0x315, 0x31B, 0x489]
    blocks = [c for a, b in ((0x41, 0x5B), (0x61, 0x7B), (0xC0, 0x250), (0x400, 0x530), (0x1E00, 0x1F00))
              for c in range(a, b)]
    for code, *_ in rows:
        yield chr(code)
    for _ in range(1500):
        text = ""
        for _ in range(rng.randint(1, 6)):
            text += chr(rng.choice(blocks if rng.random() < 0.8 else [row[0] for row in rows]))
            for _ in range(rng.choice([0, 0, 1, 1, 2, 4])):
                text += chr(rng.choice(marks))
        yield text


def main():
    rows = list(decompositions())
    marks = [0] + sorted({second for _, _, second, _ in rows if second})
    assert len(marks) <= 128
    runs = []
    for code, *_ in rows:
        if runs and code == sum(runs[-1]):
            runs[-1] = runs[-1][0], runs[-1][1] + 1
        else:
            runs.append((code, 1))
    classes = ranges((c, unicodedata.combining(chr(c))) for c in BMP if unicodedata.combining(chr(c)))
    text = "/* Of the Unicode Character Database %s (licence Unicode-3.0,\n * https://www.unicode.org/license.txt). Made " \
           "by make_unicode.py; do not edit. */\n#include <stdint.h>\n\n" % unicodedata.unidata_version
    text += "/* Runs of codes, in order, as few bytes: how far one begins behind the last (7 bits in a byte, the upper ones " \
            "first,\n * 128 more when others follow), and its length. First the codes that are made of others. */\n"
    text += run_tables("made", runs)
    text += "\n/* What they are made of: a code, and in `seconds` the index of a mark; 0: it only stands for the first. " \
            "128 more:\n * not put together again. */\n"
    text += table("uint16_t", "firsts", [row[1] for row in rows])
    text += table("uint8_t", "seconds", [marks.index(row[2]) + (0 if row[3] else 128) for row in rows])
    text += table("uint16_t", "mark_codes", marks)
    text += "\n/* Combining classes that are not 0. */\n"
    text += run_tables("combining", [(first, last - first + 1) for first, last, _ in classes])
    text += table("uint8_t", "combining_classes", [kind for *_, kind in classes])
    capitals = case_ranges()
    text += "\n/* Capital letters: every step-th code; lower case is code + distance, modulo 65536. */\n"
    text += run_tables("capital", [(first, last - first + 1) for first, last, *_ in capitals])
    text += table("uint8_t", "capital_steps", [step for _, _, step, _ in capitals])
    text += table("uint16_t", "capital_distances", [distance % 65536 for *_, distance in capitals])
    (HERE / "unicode_table.h").write_text(text)

    data = HERE / "../../../tests/unit/data/normalization.tsv"
    data.parent.mkdir(exist_ok=True)
    lines = []
    for sample in samples():
        if any(unicodedata.category(c) in ("Zl", "Zp", "Cc", "Cs") for c in sample):
            continue
        composed = unicodedata.normalize("NFC", sample)
        lower = "".join(c.lower() if len(c.lower()) == 1 or c == "\u0130" else c for c in composed)
        lower = unicodedata.normalize("NFC", lower)
        lines.append("\t".join((sample, composed, lower)) + "\n")
    data.write_text("".join(lines))


main()
