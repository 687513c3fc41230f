"""Characters that are one another but for case, marks or width."""

import unicodedata

_SHAPES = str.maketrans(dict.fromkeys("“”„‟«»″", '"') | dict.fromkeys("‘’‚‛′", "'") | dict.fromkeys("‐‑‒–—―−", "-"))


def fold(text: str) -> str:
    """What two forms of a token are compared by."""
    if text.isspace():
        return " "
    return "…" if text == "..." else unicodedata.normalize("NFC", text).translate(_SHAPES)
