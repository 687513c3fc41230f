"""What the objects and arrays of a list are as spans: which members hold offsets, words and a label."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from spanproof.schema.node import Json
from spanproof.schema.open_shapes import is_number, members_called, most

_ENDS = (
    ("start_char", "end_char"), ("char_start", "char_end"), ("charBegin", "charEnd"),
    ("start", "end"), ("begin", "end"), ("start", "exclusive_end"),
)  # fmt: skip
_OPENINGS = {"start": ("end", "stop"), "begin": ("end",), "from": ("to",)}
"""Words in the name of an offset, and those in the name of the other one."""
_STARTS = re.compile("start|begin|offset", re.IGNORECASE)
_LENGTHS = (("offset", "length"), ("start", "length"), ("begin", "length"))
_SURFACES = ("text", "surface", "value", "word", "words", "mention", "span", "quote", "form", "string", "entity_text",
             "span_text", "coveredtext")  # fmt: skip
_SURELY = ("text", "surface", "entity_text", "span_text", "coveredtext")
"""Names of surfaces that mean nothing else: where they stand nowhere in the text, that is a fault."""
_LABELS = ("label", "type", "tag", "entity_type", "entity_group", "entity", "category", "class", "labelName", "ner")

_OTHER_LABELS = (*_LABELS, "labels", "label_id", "types", "tags", "categories", "classes")
"""Names of labels, also of those that are numbers or lists, which a schema can't name."""

Located = tuple[Any, Sequence[str] | str]
"""An object or an array that may be a span, and the text or the tokens that it is in."""


@dataclass
class SpanRead:
    """What the items of a layer are as spans.

    Attributes:
        layer: the layer, for messages.
        items: the items, each with its text or its tokens.
        unsure: takes what looked like a part of a span, and wasn't taken for it.
    """

    layer: str
    items: Sequence[Located]
    unsure: list[str] = field(default_factory=list)

    @property
    def unread_label(self) -> str | None:
        """The member with labels that are no strings; None where there are strings, or nothing like a label."""
        items = [item for item, _ in self.items if isinstance(item, Mapping)]
        called = [*members_called(_OTHER_LABELS, items)]
        if any(self._most_strings(name) for name in called):
            return None
        return next((name for name in called if most([name in item for item in items], bool)), None)

    def schema(self, binding: Json) -> tuple[Json, str]:
        """Return the schema of a span, and its members in words.

        Args:
            binding: where its text or its tokens are, as ``spanOf`` has it.
        """
        if is_triples([item for item, _ in self.items]):
            return self._triple(binding)
        pairs, surface = pairs_of([item for item, _ in self.items]), self._surface()
        start, end = chosen = max(pairs, key=lambda pair: agreeing(pair, surface, self.items))
        others = [", ".join(pair) for pair in pairs if not {*pair} & {*chosen}]
        if others:
            self.unsure.append(f"what {' and '.join(others)} of {self.layer!r} count")
        by_words = self._most_strings(end)  # the words say where it ends
        extent = "surface" if by_words else "length" if chosen in _LENGTHS else "end"
        bound = {**binding, "start": start, extent: end, **self._counted(binding, chosen)}
        properties: dict[str, Any] = {start: {"type": "integer"}, end: {"type": "string" if by_words else "integer"}}
        if surface is not None and surface != end and "tokens" not in binding:
            bound["surface"] = surface
            properties[surface] = {"type": "string"}
        called = members_called(_LABELS, (item for item, _ in self.items))
        label = next((name for name in called if name != surface and self._most_strings(name)), None)
        if label is not None:
            properties[label] = {"type": "string"}
        required = [start, end, *([label] if label else [])]
        span = {"type": "object", "spanOf": bound, **({"labelledBy": label} if label else {}), "required": required}
        return {**span, "properties": properties}, ", ".join(dict.fromkeys(filter(None, [start, end, surface, label])))

    def _triple(self, binding: Json) -> tuple[Json, str]:
        lengths = [len(item) for item, _ in self.items if isinstance(item, list) and len(item) >= 3]
        parts = [{"type": "integer"}, {"type": "integer"}, {"type": "string"}]
        bound = {**binding, "start": 0, "end": 1, **self._counted(binding, (0, 1))}
        span = {"type": "array", "minItems": 3, "prefixItems": parts, "spanOf": bound}
        return {**span, **({"maxItems": 3} if min(lengths) == 3 else {}), "labelledBy": 2}, "[start, end, label]"

    def _counted(self, binding: Json, pair: tuple[Any, Any]) -> Json:
        """Return whether ends are those of the last token: where one is the start, or else it would be none."""
        if "tokens" not in binding or pair in _LENGTHS:
            return {}
        offsets = [(numbers, len(tokens)) for item, tokens in self.items if (numbers := _numbers(item, pair))]
        if any(end == size for (_, end), size in offsets):
            return {}
        if any(start == end for (start, end), _ in offsets):
            return {"inclusive": True}
        self.unsure.append(f"whether the ends of {self.layer!r} are those of the last token or of the one after it")
        return {}

    def _surface(self) -> str | None:
        """Return the member with the words: one surely called so, or that stands in the text in half of the spans.

        Not all spans need to have it, but those that do are held to it.
        """
        members = list(dict.fromkeys(name for item, _ in self.items if isinstance(item, Mapping) for name in item))
        for name in members_called(_SURFACES, (item for item, _ in self.items)):
            of_name = [(item[name], whole) for item, whole in self.items if _has_string(item, name)]
            there = sum(words in (whole if isinstance(whole, str) else " ".join(whole)) for words, whole in of_name)
            if of_name and (name.lower() in _SURELY or there * 2 >= len(of_name)):
                return name
            if of_name:
                words = f"{there} of {len(of_name)} occur in the text"
                self.unsure.append(f"whether {name!r} of {self.layer!r} are the words: {words}")
        pairs = pairs_of([item for item, _ in self.items])
        numbers = {name: max(agreeing(pair, name, self.items) for pair in pairs) for name in members}
        return next((name for name, number in numbers.items() if number * 2 >= len(self.items)), None)

    def _most_strings(self, name: str) -> bool:
        return most(self.items, lambda located: _has_string(located[0], name))


def is_spans(items: Sequence[Any]) -> bool:
    """Say whether most items have offsets."""
    return bool(pairs_of(items)) or is_triples(items)


def are_spans_with_words(items: Sequence[Any]) -> bool:
    """Say whether most items have offsets, and words that are as long as from the one to the other."""
    surfaces = [*members_called(_SURELY, items)]

    def is_one(item: Any) -> bool:
        return any(
            _has_string(item, name) and item[name] and len(item[name]) == numbers[1] - numbers[0]
            for pair in pairs
            for name in surfaces
            if (numbers := _numbers(item, pair))
        )

    pairs = [pair for pair in pairs_of(items) if pair not in _LENGTHS]
    return most(items, is_one)


def is_triples(items: Sequence[Any]) -> bool:
    """Say whether most items are arrays of a start, an end and a label."""
    return most(items, lambda item: isinstance(item, list) and len(item) >= 3 and is_number(item[0])
                and is_number(item[1]) and isinstance(item[2], str))  # fmt: skip


def pairs_of(items: Sequence[Any]) -> list[tuple[str, str]]:
    """Return the pairs of members with start and end, or start and length, that most items have as numbers.

    Without any they are those of a start and the words.
    """
    named = dict.fromkeys(name for item in items if isinstance(item, Mapping) for name in item)
    others = sorted((pair for name in named for pair in _opposite(name)), key=lambda pair: "token" in pair[0].lower())
    possible = [pair for pair in dict.fromkeys((*_ENDS, *others, *_LENGTHS)) if named.keys() >= {*pair}]
    pairs = [pair for pair in possible if most((_numbers(item, pair) for item in items), bool)]
    words = members_called(_SURELY, items)
    alone = [(name, surface) for surface in words for name in named if _STARTS.search(name) and name != surface]
    return pairs or [pair for pair in alone if most((_numbers(item, pair) for item in items), bool)]


def _opposite(name: str) -> Iterator[tuple[str, str]]:
    """Yield the pairs of offsets of which a name may be the first: ``BeginOffset`` and ``EndOffset``.

    ``from_id`` and ``to_id`` are the ends of a relation, and no offsets.
    """
    if name.lower().endswith("id"):
        return
    for opening, closings in _OPENINGS.items():
        if (match := re.search(opening, name, re.IGNORECASE)) is not None:
            for closing in closings:
                word = closing.title() if match[0][0].isupper() else closing
                yield name, name[: match.start()] + (word.upper() if match[0].isupper() else word) + name[match.end() :]


def agreeing(pair: tuple[str, str], surface: str | None, items: Sequence[Located]) -> int:
    """Count the spans whose words stand where a pair of members says, in code points.

    Args:
        pair: the members with start and end, or start and length.
        surface: the member with the words; None for none.
        items: the spans, each with its text.
    """
    return sum(
        whole[numbers[0] : numbers[1] + (pair in _LENGTHS) * numbers[0]] == item[surface]
        for item, whole in items
        if surface is not None and _has_string(item, surface) and item[surface] and (numbers := _numbers(item, pair))
    )


def fitting(items: Sequence[Located]) -> int:
    """Count the spans that agree with a text: whose words stand where they say, or that at least end within it."""
    pairs = pairs_of([item for item, _ in items])
    if best := max((agreeing(pair, "text", items) for pair in pairs), default=0):
        return best
    ends: list[tuple[Any, Any]] = [pair for pair in pairs if pair not in _LENGTHS] or [(0, 1)]
    return sum(
        max(numbers) <= len(whole) for item, whole in items if (numbers := [*chain(*(_numbers(item, p) for p in ends))])
    )


def with_words(items: Sequence[Located]) -> int:
    """Count the spans of which a member, whatever it is called, holds the words of a text at their offsets."""
    pairs = pairs_of([item for item, _ in items])
    places = [(item, whole, [_numbers(item, pair) for pair in pairs]) for item, whole in items]
    return sum(
        any(numbers and whole[slice(*numbers)] in item.values() for numbers in offsets)
        for item, whole, offsets in places
        if isinstance(item, Mapping)
    )


def _numbers(item: Any, pair: tuple[Any, Any]) -> tuple[int, int] | tuple[()]:
    """Return the offsets that a pair of members holds; nothing where they aren't numbers."""
    first: Any
    second: Any
    if isinstance(item, Mapping):
        first, second = item.get(pair[0]), item.get(pair[1])
    elif isinstance(item, list) and len(item) >= 2 and pair == (0, 1):
        first, second = item[:2]
    else:
        return ()
    if is_number(first) and isinstance(second, str):
        second = first + len(second)
    return (int(first), int(second)) if is_number(first) and is_number(second) else ()


def _has_string(item: Any, name: str) -> bool:
    return isinstance(item, Mapping) and isinstance(item.get(name), str)
