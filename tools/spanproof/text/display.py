"""Characters as they can be shown on one line."""

import unicodedata


def visible(character: str) -> str:
    """A character as it can be shown on one line: control, invisible and bidirectional ones as their code point."""
    if character in "\n\r\t":
        return {"\n": "␊", "\r": "␍", "\t": "␉"}[character]
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") and character not in "\u200c\u200d":
        return f"<{ord(character):04X}>"
    return character
