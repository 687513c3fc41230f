"""What a character is, for spans: one byte of flags for each code point.

The table is generated from the Unicode data of ``regex`` and ``unicodedata`` (``python -m spanproof.text.characters``)
and shipped compressed, so that no process pays for building it; a test compares it with a fresh one.
"""

import functools
import unicodedata
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
import regex

SPACE, WORD, EXTENDS, GLUES, ODD, OPENS, CLOSES, MEETS = (1 << k for k in range(8))
"""White space; part of a word in a script that puts blanks between words; may continue the grapheme cluster before it;
may hold the character after it in its cluster; control, invisible or bidirectional; opens, closes a quotation; may
continue the cluster before it if that ends in its like or in a character that extends."""

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
INVISIBLE = "\u00ad\u180e\u200b\u2060\u2061\u2062\u2063\u2064"
BOM = "\ufeff"
OPENING = "\"'“‘„‚«‹»›「『《〈＂＇"
CLOSING = "\"'”’“‘»›«‹」』》〉＂＇"
_FILE = Path(__file__).with_name("characters.bin")
_UNSPACED = [
    "Han",
    "Hiragana",
    "Katakana",
    "Hangul",
    "Bopomofo",
    "Thai",
    "Lao",
    "Khmer",
    "Myanmar",
    "Tibetan",
    "Javanese",
    "Balinese",
    "Tai_Le",
    "New_Tai_Lue",
]

Flags = npt.NDArray[np.uint8]


@functools.cache
def flags() -> Flags:
    """Return the flags of every code point, an array of 0x110000 bytes."""
    return np.frombuffer(zlib.decompress(_FILE.read_bytes()), np.uint8)


def joins(before: Flags, after: Flags) -> npt.NDArray[np.bool_]:
    """Return where two neighbours may be of one grapheme cluster; where not, they surely are in two.

    Args:
        before: the flags of the first character of each pair.
        after: the flags of the second.
    """
    meets = (after & MEETS > 0) & (before & (MEETS | EXTENDS) > 0)
    return meets | (before & GLUES > 0) | (after & EXTENDS > 0)


def inside_word(text: str, at: int) -> bool:
    """Say whether the characters on both sides of an offset are of a word; a mark is of one if its base is."""
    table = flags()
    base = at - 1
    while base > 0 and unicodedata.category(text[base]).startswith("M"):
        base -= 1
    return 0 < at < len(text) and bool(table[ord(text[base])] & table[ord(text[at])] & WORD)


def borders_words(text: str, at: int) -> bool:
    """Say whether it can be seen that a word begins or ends at an offset: no letters or digits on both its sides."""
    base = at - 1
    while base > 0 and unicodedata.category(text[base]).startswith("M"):
        base -= 1
    return not (0 < at < len(text) and text[base].isalnum() and text[at].isalnum())


def build() -> Flags:
    """Return the table, computed anew from the Unicode data that are installed."""
    points = np.array([c for c in range(0x110000) if not 0xD800 <= c < 0xE000])
    characters = "".join(map(chr, points.tolist()))
    table = np.zeros(0x110000, np.uint8)

    def mark(pattern: str, flag: int) -> None:
        for match in regex.finditer(pattern, characters):
            table[points[match.start() : match.end()]] |= flag

    unspaced = "".join(rf"\p{{Script={script}}}" for script in _UNSPACED)
    mark(rf"(?V1)[[\p{{L}}\p{{N}}\p{{M}}]--[{unspaced}]]+", WORD)
    # UAX #29: what GB3 and GB6 to GB9b may join, then GB9c and GB11 to GB13. Over-marking costs time, never a verdict.
    mark(r"[\p{GCB=Extend}\p{GCB=ZWJ}\p{GCB=SpacingMark}\p{GCB=V}\p{GCB=T}]+", EXTENDS)
    mark(r"[\p{GCB=Prepend}\p{GCB=L}\r]+", GLUES)
    mark(r"[\p{InCB=Consonant}\p{InCB=Linker}\p{Extended_Pictographic}\p{GCB=RI}]+", MEETS)
    for c in points.tolist():
        character = chr(c)
        table[c] |= SPACE * character.isspace()
        if (unicodedata.category(character) == "Cc" and character not in "\t\n") or character in BIDI + INVISIBLE + BOM:
            table[c] |= ODD
    table[list(map(ord, OPENING))] |= OPENS
    table[list(map(ord, CLOSING))] |= CLOSES
    return table


def main() -> None:
    """Write the table beside this module."""
    _FILE.write_bytes(zlib.compress(build().tobytes(), 9))


if __name__ == "__main__":
    main()
