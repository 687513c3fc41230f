"""Names by their words: what a name is called wherever it stands, and the longer name that a short one stands for."""

import unicodedata
from collections.abc import Iterable, Sequence

import regex

_ARTICLE = ("the", "a", "an")


def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name without case, marks over letters, a leading article and a possessive ending."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))
    words = regex.findall(r"\w+", regex.sub(r"['’]s?$", "", plain.casefold()))
    return tuple(words[1:] if len(words) > 1 and words[0] in _ARTICLE else words)


def full_name(words: Sequence[str], names: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """Return the first of some names that is longer and ends with these words; where none does, the words."""
    longer = (name for name in names if len(name) > len(words) > 0 and tuple(name[-len(words) :]) == tuple(words))
    return tuple(next(longer, words))


def slug(words: Sequence[str]) -> str | None:
    """Return words as one identifier; None of no words."""
    return "-".join(words) or None
