"""Lists that are nearly spans: what they have instead of what spans have, in words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from spanproof.schema.likely_spans import is_digits, is_whole
from spanproof.schema.node import Place
from spanproof.schema.open_shapes import is_number, most
from spanproof.schema.open_texts import InnerItem
from spanproof.schema.span_pairs import has_string, is_spans, is_triples, pairs_of

_PAIR = 2


class Nearly(NamedTuple):
    """A list that is nearly one of spans: what its items have instead of offsets, and whether they are spans for sure.

    They are if offsets are called as such, and are only written otherwise.
    """

    place: Place
    instead: str
    sure: bool


def nearly(layers: Iterable[tuple[Place, Sequence[InnerItem]]]) -> Iterator[Nearly]:
    """Yield the places at which most of what stands there is nearly a span.

    Args:
        layers: places, each with what stands there.
    """
    for place, items in layers:
        values = [item.value for item in items]
        if not place or is_spans(values):
            continue
        if named := _named(values):
            yield Nearly(place, named, True)
        elif instead := _instead(values):
            yield Nearly(place, instead, False)


def _named(values: Sequence[Any]) -> str:
    """Return how values have offsets that are called so and are no integers, in words; empty where they have none."""
    for start, end in pairs_of([_with_numbers(value) for value in values])[:1]:
        kinds = {"strings" if isinstance(value.get(start), str) else "numbers with a fraction"
                 for value in values if isinstance(value, Mapping) and value.get(start) is not None}  # fmt: skip
        return f"{start!r} and {end!r} are {' and '.join(sorted(kinds))}; expected integers"
    return ""


def _instead(values: Sequence[Any]) -> str:
    """Return what values have instead of offsets, in words; empty where they aren't like spans."""
    numbered = [_with_numbers(value) for value in values]
    if is_triples([[*value[1:3], value[0]] for value in numbered if isinstance(value, list) and len(value) > _PAIR]):
        return "each is [label, start, end]; expected [start, end, label]"
    if is_triples(numbered):
        return "the first two items of each aren't integers; expected [start, end, label]"
    objects = [value for value in values if isinstance(value, Mapping)]
    for name in dict.fromkeys(name for one in objects for name in one):
        if most([one.get(name) for one in objects], _is_pair):
            return f"{name!r} is a pair of integers; expected a member with the start, and one with the end"
    for one in objects:
        for start, end, words in _as_far_apart(one):
            return f"{start!r} and {end!r} may be offsets of {words!r}; expected names such as start and end"
    return ""


def _with_numbers(value: Any) -> Any:
    """Return an object or an array with the whole numbers that it writes otherwise, such as ``"12"``, as integers."""
    if isinstance(value, Mapping):
        return {name: _number(member) for name, member in value.items()}
    return (
        [_number(value[0]), _number(value[1]), *value[2:]] if isinstance(value, list) and len(value) > _PAIR else value
    )


def _number(value: Any) -> Any:
    return int(value) if is_digits(value) or (isinstance(value, float) and is_whole(value)) else value


def _is_pair(value: Any) -> bool:
    """Say whether a value is a list of two integers, or of such lists."""
    if not isinstance(value, list) or not value:
        return False
    return all(map(_is_pair, value)) or (
        len(value) == _PAIR and all(map(is_number, value)) and 0 <= value[0] < value[1]
    )


def _as_far_apart(one: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield two numbers of an object that are as far apart as a string of it is long."""
    numbers = [name for name, value in one.items() if is_number(value)]
    for start in numbers:
        for end in numbers:
            for words in one:
                if has_string(one, words) and 1 < len(one[words]) == one[end] - one[start] and one[start] >= 0:
                    yield start, end, words
