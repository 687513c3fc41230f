"""Code points of a text at UTF-16 offsets, which Java counts, and the other way round."""

import itertools
from bisect import bisect_left


class Utf16Places:
    """Where the UTF-16 code units of a text are."""

    def __init__(self, text: str) -> None:
        wide = (place for place, character in enumerate(text) if ord(character) > 0xFFFF)
        self._seconds = [place + number + 1 for number, place in enumerate(wide)]

    def place(self, offset: int) -> int | None:
        """Return the code point at a UTF-16 offset, also beyond the text; None within a character."""
        before = bisect_left(self._seconds, offset)
        within = before < len(self._seconds) and self._seconds[before] == offset
        return None if within else offset - before


def utf16_offsets(text: str) -> list[int]:
    """Return the UTF-16 offset of each code point of a text, and of its end."""
    return [*itertools.accumulate((1 + (ord(character) > 0xFFFF) for character in text), initial=0)]
