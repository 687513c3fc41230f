"""Which text the spans of a list belong to: the string in which their words stand at their offsets, else by its name.

Two strings of a record may be it together, a title and a body, where offsets count on from the one to the other.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, permutations
from typing import Any

from spanproof.schema.node import Json, Place
from spanproof.schema.open_texts import TEXTS, InnerItem, TextAt, strings_in, texts_in
from spanproof.schema.span_pairs import (
    LABELS,
    Located,
    fitting,
    has_string,
    occurring,
    offsets_of,
    standing,
    value_of,
    with_words,
)

_PARTS = re.compile("[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_SEPARATORS = ("\n", " ", "", "\n\n")
_MOST_STRINGS = 8
"""Strings of which two may be a text together; more would be tried for long."""
_TRIED = 50
"""Spans, or one less than twice as many, with which two strings are tried first."""


class SeveralTextsError(ValueError):
    """Nothing decides which text spans belong to, or they belong to several."""


def text_of(place: Place, items: Sequence[InnerItem], layers: Mapping[Place, Any]) -> tuple[TextAt | None, str]:
    """Return the text that the spans of a layer belong to, None for none; and what is to be said of it, if anything.

    It is the string in which at least half of their words stand at their offsets, and most of all strings. Where there
    is none, its name tells: it is in that of the layer, or is one that texts have. Else it is the only string in which
    their words occur, or the longest where they have no words.

    Args:
        place: the place of the spans.
        items: the spans.
        layers: the places of all spans.

    Raises:
        SeveralTextsError: spans of a record have other words than this text, and stand in another string; or none of
            these reasons tells several strings apart.
    """
    texts = [*_around(place, items, layers, strings_in)]
    texts.sort(key=lambda text: (not _is_named(text, place), not _is_called(text)))
    stands = _Standing("/".join(step for step in place if step != "*"), items, texts)
    if (best := stands.best) is not None:
        stands.demand_one(best)
        return best, stands.doubt(best)
    if texts and _is_named(texts[0], place) and (stands.has_words(texts[0]) or _most_end_in(texts[0], items)):
        return texts[0], ""
    text = _by_bounds(place, items, layers)
    return text if text is not None and _is_called(text) else stands.with_words or text, ""


def located(text: TextAt, items: Sequence[InnerItem]) -> list[Located]:
    """Return spans with the text around each, those that have one."""
    return [(one.value, whole) for one in items if (whole := text.of(one)) is not None]


class _Standing:
    """The strings that may be the text of a layer, each with the spans that stand in it: their words are there."""

    def __init__(self, layer: str, items: Sequence[InnerItem], texts: Sequence[TextAt]) -> None:
        """Take a layer and strings, the likelier ones first: the others aren't looked at where one has all words."""
        self.layer, self.items, self.texts = layer, items, texts
        self.pairs = offsets_of([item.value for item in items])
        self.of: dict[TextAt, frozenset[int]] = {}
        self.names: set[str | int] = set()
        for text in texts:
            self.add(text)
            if len(self.of[text]) == len(items):
                break

    def add(self, text: TextAt) -> None:
        """Count the spans that stand in a text."""
        words_there = standing(self.pairs, [(item.value, text.of(item)) for item in self.items])
        self.names |= {name for _, name in words_there}
        self.of[text] = frozenset(k for k, _ in words_there)

    @property
    def worded(self) -> list[int]:
        """The spans that have words."""
        return [
            k
            for k, item in enumerate(self.items)
            if any(has_string(item.value, name) and value_of(item.value, name) for name in self.names)
        ]

    @property
    def best(self) -> TextAt | None:
        """The text in which most spans stand, if those are half of all that have words; it may be of two strings."""
        number = len(self.worded)
        best = max(self.of, key=lambda text: len(self.of[text]), default=None)
        if best is None or not number or len(self.of[best]) < number:
            if named := self._said:
                return named
            best = self._joined(best) or best
        return best if best is not None and self.of[best] and len(self.of[best]) * 2 >= number else None

    @property
    def _said(self) -> TextAt | None:
        """The text that every span names in a member, such as ``"field": "title"``; None where none does.

        Raises:
            SeveralTextsError: they name several.
        """
        named = {text.steps[-1]: text for text in self.texts}
        values = [item.value for item in self.items if isinstance(item.value, Mapping)]
        for name in (name for name in dict.fromkeys(chain(*values)) if name.lower() not in LABELS):
            names = {value if isinstance(value := one.get(name), str) else "" for one in values}
            if names <= named.keys() and len(names) > 1:
                raise SeveralTextsError(
                    f"one text for {self.layer!r}: {name!r} of its spans names {', '.join(map(repr, sorted(names)))}; "
                    "put those of each text into a list of their own"
                )
            if names <= named.keys() and names:
                return named[names.pop()]
        return None

    def _joined(self, single: TextAt | None) -> TextAt | None:
        """Return a text of two strings in which more spans stand than in any string alone.

        Args:
            single: the string in which most spans stand; None where there is no string.

        Raises:
            SeveralTextsError: it might as well be that they were moved by as much.
        """
        strings = [text for text in self.texts if not text.tokens][:_MOST_STRINGS]
        some = self.items[:: 1 + len(self.items) // _TRIED]
        for first, second in permutations(strings, 2):
            if first.document != second.document or not any(map(first.of, some)):
                continue
            for separator in _SEPARATORS:
                text = first.followed_by(second, separator)
                if self._number_in(text, some) * 4 < len(some) * 3:
                    continue
                self.add(text)
                if single is None or len(self.of[text]) > len(self.of[single]) + 1:
                    return self._shown_by_lengths(text, first)
                del self.of[text]
        return None

    def _number_in(self, text: TextAt, items: Sequence[InnerItem]) -> int:
        """Count spans that stand in a text."""
        return len({k for k, _ in standing(self.pairs, [(item.value, text.of(item)) for item in items])})

    def _shown_by_lengths(self, text: TextAt, first: TextAt) -> TextAt | None:
        """Return a text of two strings if spans stand in both, or behind first strings of several lengths.

        Raises:
            SeveralTextsError: neither is so, and the first string may be a title.
        """
        inside = self.of.get(first, frozenset())
        lengths = {len(first.of(self.items[k])) for k in self.of[text] - inside}
        if (len(inside) > 1 and lengths) or len(lengths) > 1:
            return text
        if not any(" " in first.of(self.items[k]) for k in self.of[text]):
            return None
        raise SeveralTextsError(
            f"one text for {self.layer!r}: their offsets are those of {text.shown}, or they were all moved by as much"
        )

    def demand_one(self, best: TextAt) -> None:
        """Raise SeveralTextsError if two or more spans of a record, and half of those in no text, stand in another."""
        worded = self.worded
        rest = [k for k in worded if k not in self.of[best]]
        records = Counter(id(self.items[k].around[0][1]) for k in rest)
        for text in self.texts if rest else ():
            elsewhere = Counter(id(self.items[k].around[0][1]) for k in rest if k in self.of[text])
            if any(number > 1 and number * 2 >= records[record] for record, number in elsewhere.items()):
                raise SeveralTextsError(
                    f"one text for {self.layer!r}: of {len(worded):,} spans {len(self.of[best]):,} belong to "
                    f"{best.shown}, and {sum(elsewhere.values()):,} others to {text.shown}; put those of each text "
                    "into a list of their own"
                )

    def doubt(self, best: TextAt) -> str:
        """Say that another string is called as texts are and has the words, too, but at other offsets."""
        others = [text for text in self.texts if _is_called(text) and text.steps not in (best.steps, best.second)]
        if _is_called(best) or not (other := next(filter(self.has_words, others), None)):
            return ""
        return f"the spans in {self.layer!r} against {other.shown}: their offsets are those of {best.shown}"

    def has_words(self, text: TextAt) -> bool:
        """Say whether the words of at least half of the spans occur in a text, at whatever offsets."""
        return occurring(self.pairs, located(text, self.items)) * 2 >= len(self.items)

    @property
    def with_words(self) -> TextAt | None:
        """The only text in which most words occur; None where they occur in none.

        Raises:
            SeveralTextsError: they occur in several.
        """
        texts = [*filter(self.has_words, self.texts)]
        if len(texts) > 1:
            some = ", ".join(text.shown for text in texts)
            raise SeveralTextsError(
                f"one text for {self.layer!r}: their words occur in {some}, but not at their offsets"
            )
        return texts[0] if texts else None


def _around(
    place: Place,
    items: Sequence[InnerItem],
    layers: Mapping[Place, Any],
    strings: Callable[[Place, Sequence[Json]], Iterator[TextAt]],
) -> Iterator[TextAt]:
    """Yield the strings of the objects around spans, from the nearest to the record."""
    for k in range(len(place) - 1, -1, -1):
        outer = (dict(one.around).get(place[:k]) for one in items)
        objects = [one for one in outer if isinstance(one, Mapping)]
        if objects and place[:k] not in layers:
            yield from strings(place[:k], objects)


def _is_called(text: TextAt) -> bool:
    return text.steps[-1].lower() in TEXTS


def _is_named(text: TextAt, place: Place) -> bool:
    """Say whether the name of a text is in that of a layer: ``title`` in ``title_spans``."""
    layer = next(step for step in reversed(place) if step != "*")
    own = _parts_of(text.steps[-1])
    return bool(own) and own <= _parts_of(layer) and not text.tokens


def _parts_of(name: str) -> set[str]:
    return {part.lower() for part in _PARTS.findall(name)}


def _most_end_in(text: TextAt, items: Sequence[InnerItem]) -> bool:
    return fitting(located(text, items)) * 2 >= len(items)


def _by_bounds(place: Place, items: Sequence[InnerItem], layers: Mapping[Place, Any]) -> TextAt | None:
    """Return the text in which most spans end, the nearest of those that do as well; None for none."""
    texts = [text for text in _around(place, items, layers, texts_in) if _may_be_text(text, items)]
    best = max(texts, key=lambda text: fitting(located(text, items)), default=None)
    if best is None or not fitting(located(best, items)):
        return next(filter(_is_called, texts), None)
    return best if _is_called(best) or _most_end_in(best, items) else None


def _may_be_text(text: TextAt, items: Sequence[InnerItem]) -> bool:
    """Say whether the string of an inner object may be a text: it is called so, or has the words of most spans."""
    if not text.document or text.tokens or _is_called(text):
        return True
    return with_words(some := located(text, items)) * 2 >= len(some)
