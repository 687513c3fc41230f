"""Characters as they can be shown on one line of a terminal or a page."""

import unicodedata
from collections.abc import Iterable


def visible(character: str) -> str:
    """Return a character as it can be shown on one line: control, invisible and bidirectional ones as their code point.

    So no text can act on a terminal or reorder the line that it is quoted in.
    """
    if character in "\n\r\t":
        return {"\n": "␊", "\r": "␍", "\t": "␉"}[character]
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") and character not in "\u200c\u200d":
        return f"<{ord(character):04X}>"
    return character


def literal(text: str) -> str:
    """Return a text as Python writes it, cut in the middle where it has more than 60 characters."""
    whole = repr(text)
    return whole if len(whole) <= 60 else f"{whole[:38]}...{whole[-18:]}"


def opening(text: str, left_out: Iterable[tuple[int, int]] = ()) -> str:
    """Return the first words of a text, 60 characters at most, by which people know it.

    Args:
        text: the text.
        left_out: extents that aren't its own words, such as a notice, in code points.
    """
    kept = list(text)
    for start, end in left_out:
        kept[start:end] = " " * (end - start)
    words = " ".join("".join(kept)[:2000].split())
    return words if len(words) <= 60 else words[:60].rsplit(" ", 1)[0] + " …"
