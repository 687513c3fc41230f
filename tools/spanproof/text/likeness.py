"""How words that are written in two ways differ: by case, by accents; and whether they are nearly the same."""

import unicodedata
from collections.abc import Callable, Mapping
from difflib import SequenceMatcher

_LIKE, _MOST = 0.6, 200  # the least share of letters in common, and how many characters are compared
_I = str.maketrans("İIı", "iii")  # Turkish and others write i and ı as İ and I


def caseless(words: str) -> str:
    """Return words whatever their case, in Turkish, too, where ``İzmir`` is ``izmir`` and ``IRAK`` is ``ırak``."""
    return words.translate(_I).casefold()


def _no_accents(words: str) -> str:
    parts = unicodedata.normalize("NFD", words)
    return unicodedata.normalize("NFC", "".join(part for part in parts if not unicodedata.combining(part)))


def _one_blank(words: str) -> str:
    return " ".join(words.split())


_FOLDS: dict[str, Callable[[str], str]] = {
    "normal form": lambda words: unicodedata.normalize("NFC", words),
    "white space": _one_blank,
    "compatibility characters": lambda words: unicodedata.normalize("NFKC", words),
    "case": caseless,
    "accents": _no_accents,
}


def differing(one: str, other: str) -> tuple[str, ...]:
    """Return by what the spellings of the same words differ: the fewest of case, accents, white space and others.

    Returns:
        Names of differences; none where the words are the same, or differ otherwise as well.
    """
    if one.isascii() and other.isascii() and _one_blank(one).lower() != _one_blank(other).lower():
        return ()  # as most words of which one stands where the other should
    for name, fold in _FOLDS.items():
        if one != other and fold(one) == fold(other):
            return (name,)
    folds = dict(_FOLDS)
    if one == other or _folded(one, folds) != _folded(other, folds):
        return ()
    for name in reversed(_FOLDS):  # what folds more is needed only where what folds less isn't enough
        fewer = {kept: fold for kept, fold in folds.items() if kept != name}
        if _folded(one, fewer) == _folded(other, fewer):
            folds = fewer
    return tuple(folds)


def _folded(words: str, folds: Mapping[str, Callable[[str], str]]) -> str:
    for fold in folds.values():
        words = fold(words)
    return words


def are_alike(one: str, other: str) -> bool:
    """Say whether two strings have most of their letters in common, in the same order; case and accents aside."""
    first, second = (_folded(words[:_MOST], _FOLDS) for words in (one, other))
    return SequenceMatcher(None, first, second, autojunk=False).ratio() >= _LIKE
