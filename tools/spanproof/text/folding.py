"""Tokens that are the same but for their normal form, the shape of a mark, or the kind of white space."""

import unicodedata

_SHAPES = str.maketrans(dict.fromkeys("“”„‟«»″", '"') | dict.fromkeys("‘’‚‛′", "'") | dict.fromkeys("‐‑‒–—―−", "-"))


def fold(text: str) -> str:
    """Return what two forms of a token are compared by.

    Its NFC, with quotation marks and dashes of one shape, three dots as an ellipsis, and all white space as one blank.
    Case counts: "US" and "us" are two words.
    """
    if text.isspace():
        return " "
    return "…" if text == "..." else unicodedata.normalize("NFC", text).translate(_SHAPES)
