"""What a text may have in place of a character: UTF-8 read as Windows-1252, a letter that no normal form composes."""

import unicodedata

_LOW = [*range(0x80, 0xC0)]
_BYTES = {bytes([byte]).decode("cp1252", "ignore") or chr(byte): byte for byte in range(0x80, 0x100)}
_BYTES |= {chr(byte): byte for byte in _LOW}  # Latin-1
_NEXT = "".join(character for character, byte in _BYTES.items() if byte < 0xC0)

MISREAD = f"[Â-ß][{_NEXT}]|[à-ï][{_NEXT}]{{2}}|[ð-ô][{_NEXT}]{{3}}"
"""Matches what may be one character of UTF-8 that was read as Windows-1252 or Latin-1."""


def read_aright(misread: str) -> str:
    """Return the character of UTF-8 that was read as Windows-1252 or Latin-1; itself where it was none."""
    try:
        return bytes(map(_BYTES.__getitem__, misread)).decode("utf-8")
    except UnicodeDecodeError:
        return misread


COMPOSED = {
    parts: letter
    for letter in map(chr, (*range(0x900, 0xE00), *range(0xFB1D, 0xFB50)))
    if len(parts := unicodedata.normalize("NFC", letter)) == 2
}
"""Letters of two code points that can be written as one, which even NFC writes as two: `ड़`, by the two."""
APART = "|".join(COMPOSED)
"""Matches such a letter written as two."""
