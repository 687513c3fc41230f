"""Which members of objects and arrays hold offsets, and how many spans agree with a text."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, permutations, product
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
LENGTHS = (("offset", "length"), ("start", "length"), ("begin", "length"))
SURELY = ("text", "surface", "entity_text", "span_text", "coveredtext", "covered_text")
"""Names of surfaces that mean nothing else: where they stand nowhere in the text, that is a fault."""
LABELS = ("label", "type", "tag", "entity_type", "entity_group", "entity", "category", "class", "labelName", "ner",
          "labels", "label_id", "types", "tags", "categories", "classes")  # fmt: skip
"""Names of labels; those from ``labels`` on are numbers or lists, which a schema can't name."""

_MOST_NUMBERS = 6
"""Members with numbers of which two may be offsets, whatever they are called; more would be tried for long."""
_TRIED = 50
"""Items in which they are tried."""

Located = tuple[Any, Sequence[str] | str]
"""An object or an array that may be a span, and the text or the tokens that it is in."""


def is_spans(items: Sequence[Any]) -> bool:
    """Say whether most items have offsets."""
    return bool(pairs_of(items)) or is_triples(items)


def are_spans_with_words(items: Sequence[Any]) -> bool:
    """Say whether most items have offsets, and words that are as long as from the one to the other."""
    surfaces = [*members_called(SURELY, items)]

    def is_one(item: Any) -> bool:
        return any(
            has_string(item, name) and item[name] and len(item[name]) == numbers[1] - numbers[0]
            for pair in pairs
            for name in surfaces
            if (numbers := numbers_of(item, pair))
        )

    pairs = [pair for pair in pairs_of(items) if pair not in LENGTHS]
    return most(items, is_one)


def is_triples(items: Sequence[Any]) -> bool:
    """Say whether most items are arrays of a start, an end and a label."""
    return most(items, lambda item: isinstance(item, list) and len(item) >= 3 and is_number(item[0])
                and is_number(item[1]) and isinstance(item[2], str))  # fmt: skip


def pairs_of(items: Sequence[Any]) -> list[tuple[str, str]]:
    """Return the pairs of members with start and end, or start and length, that most items have as numbers.

    Without any they are numbers as far apart as words beside them are long, or else those of a start and the words.
    """
    named = dict.fromkeys(name for item in items if isinstance(item, Mapping) for name in item)
    others = sorted((pair for name in named for pair in _opposite(name)), key=lambda pair: "token" in pair[0].lower())
    possible = [pair for pair in dict.fromkeys((*_ENDS, *others, *LENGTHS)) if named.keys() >= {*pair}]
    pairs = [pair for pair in possible if most((numbers_of(item, pair) for item in items), bool)]
    pairs = pairs or [pair for pair in permutations(_numbers(items, named), 2) if _are_as_far_apart(pair, items)]
    words = members_called(SURELY, items)
    alone = [(name, surface) for surface in words for name in named if _STARTS.search(name) and name != surface]
    return pairs or [pair for pair in alone if most((numbers_of(item, pair) for item in items), bool)]


def _numbers(items: Sequence[Any], names: Iterable[str]) -> list[str]:
    """Return the members that are numbers in most items; none where there are too many to be tried in pairs."""
    some = items[:_TRIED]
    numbers = [name for name in names if most((value_of(item, name) for item in some), is_number)]
    return numbers if len(numbers) <= _MOST_NUMBERS else []


def _are_as_far_apart(pair: tuple[str, str], items: Sequence[Any]) -> bool:
    """Say whether in three of four items two numbers are as far apart as some words beside them are long.

    Or as the first and the last character of the words are. The words are of two lengths at least: anything else may be
    so by chance.
    """
    objects = [item for item in items[:_TRIED] if isinstance(item, Mapping)]
    names = dict.fromkeys(name for item in objects for name, value in item.items() if isinstance(value, str))
    for name, less in product(names, (0, 1)):
        sizes = [(len(item[name]), _distance(item, pair)) for item in objects if has_string(item, name)]
        lengths = [size for size, distance in sizes if distance == size - less >= 0]
        if len(lengths) * 4 >= len(objects) * 3 and len(set(lengths)) > 1:
            return True
    return False


def _distance(item: Json, pair: tuple[str, str]) -> int:
    numbers = numbers_of(item, pair)
    return numbers[1] - numbers[0] if numbers else -1


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


def agreeing(pair: tuple[Any, Any], surface: str | int | None, items: Sequence[Located]) -> int:
    """Count the spans whose words stand where a pair of members says, in code points.

    Args:
        pair: the members with start and end, or start and length.
        surface: the member with the words; None for none.
        items: the spans, each with its text.
    """
    return sum(
        whole[numbers[0] : numbers[1] + (pair in LENGTHS) * numbers[0]] == item[surface]
        for item, whole in items
        if surface is not None and has_string(item, surface) and item[surface] and (numbers := numbers_of(item, pair))
    )


def as_long(pair: tuple[Any, Any], surface: str | int, items: Sequence[Located]) -> int:
    """Count the spans whose words stand somewhere in the text, and are as long as their offsets say in some unit.

    Args:
        pair: the members with start and end, or start and length.
        surface: the member with the words.
        items: the spans, each with its text.
    """
    count = 0
    for item, whole in items:
        words, numbers = value_of(item, surface), numbers_of(item, pair)
        if isinstance(words, str) and words and numbers and isinstance(whole, str):
            size = numbers[1] - (pair not in LENGTHS) * numbers[0]
            units = {len(words), len(words.encode("utf-16-le", "replace")) // 2, len(words.encode(errors="replace"))}
            count += bool({size, size + 1} & units) and words in whole
    return count


def offsets_of(items: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Return the pairs of members, or of positions in arrays, that hold the offsets of most items."""
    pairs: list[tuple[Any, Any]] = [*pairs_of(items)]
    return pairs or [(0, 1)]


def standing(pairs: Sequence[tuple[Any, Any]], items: Sequence[tuple[Any, Any]]) -> list[tuple[int, str | int]]:
    """Return the numbers of the spans whose words stand at their offsets, each with the member that holds them.

    Args:
        pairs: the members with offsets.
        items: the spans, each with its text or its tokens; None where there is none.
    """
    there: list[tuple[int, str | int]] = []
    for k, (item, whole) in enumerate(items):
        places = [(numbers, pair) for pair in pairs if whole and (numbers := numbers_of(item, pair))]
        if words := {_words_at(whole, *place) for place in places} - {""}:
            there += [(k, name) for name, value in _members_of(item) if isinstance(value, str) and value in words]
    return there


def _words_at(whole: Any, numbers: tuple[int, int], pair: tuple[Any, Any]) -> str:
    """Return what stands between two offsets of a text or of tokens, in code points or in tokens."""
    start, end = numbers[0], numbers[1] + (pair in LENGTHS) * numbers[0]
    part = whole[start:end] if 0 <= start < end <= len(whole) else ""
    return part if isinstance(part, str) else " ".join(part)


def occurring(pairs: Sequence[tuple[Any, Any]], items: Sequence[Located]) -> int:
    """Count the spans whose words occur in a text and are as long as their offsets say, whatever member holds them."""
    names = {name for item, _ in items for name, value in _members_of(item) if isinstance(value, str)}
    return max((as_long(pair, name, items) for pair in pairs for name in names), default=0)


def _members_of(item: Any) -> Iterable[tuple[str | int, Any]]:
    """Return the members of an object, or the positions of an array, with their values."""
    return item.items() if isinstance(item, Mapping) else enumerate(item) if isinstance(item, list) else ()


def fitting(items: Sequence[Located]) -> int:
    """Count the spans that agree with a text: whose words stand where they say, or that at least end within it."""
    pairs = pairs_of([item for item, _ in items])
    if best := max((agreeing(pair, "text", items) for pair in pairs), default=0):
        return best
    ends: list[tuple[Any, Any]] = [pair for pair in pairs if pair not in LENGTHS] or [(0, 1)]
    return sum(
        max(numbers) <= len(whole)
        for item, whole in items
        if (numbers := [*chain(*(numbers_of(item, p) for p in ends))])
    )


def with_words(items: Sequence[Located]) -> int:
    """Count the spans of which a member, whatever it is called, holds the words of a text at their offsets."""
    pairs = pairs_of([item for item, _ in items])
    places = [(item, whole, [numbers_of(item, pair) for pair in pairs]) for item, whole in items]
    return sum(
        any(numbers and whole[slice(*numbers)] in item.values() for numbers in offsets)
        for item, whole, offsets in places
        if isinstance(item, Mapping)
    )


def numbers_of(item: Any, pair: tuple[Any, Any]) -> tuple[int, int] | tuple[()]:
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


def value_of(item: Any, name: str | int) -> Any:
    """Return a member of an object, or what stands at a position of an array; None where there is nothing."""
    if isinstance(item, Mapping):
        return item.get(name)
    return item[name] if isinstance(item, list) and isinstance(name, int) and name < len(item) else None


def has_string(item: Any, name: str | int) -> bool:
    """Say whether a member of an object, or what stands at a position of an array, is a string."""
    return isinstance(value_of(item, name), str)
