"""Characters as they can be shown on one line of a terminal or a page."""

import unicodedata


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
