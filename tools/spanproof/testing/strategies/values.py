"""Values of one node: strings, numbers, days, TIMEX3."""

import functools
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from spanproof.schema.node import Node
from spanproof.text import temporal, timex

_CHARACTERS = st.characters(exclude_categories=("Cs", "Cc"))


def leaf(node: Node, but: Sequence[Any] = ()) -> st.SearchStrategy[Any]:
    """Return the values of a string, number or boolean, without some."""
    if node.allowed is not None:
        listed = [value for value in node.allowed if value is not None and value not in but]
        return st.sampled_from(listed) if listed else st.none()
    low, high = node.minimum, node.maximum
    if node.kind == "boolean":
        return st.booleans()
    if node.kind == "integer":
        return st.integers(-(2**31) + 1 if low is None else low, 2**31 - 1 if high is None else high)
    if node.kind == "number":
        return st.floats(low, high, allow_nan=False, allow_infinity=False)
    if pattern := node.pattern:
        return _matching(pattern).filter(lambda string: len(string) >= node.min_length and string not in but)
    longest = node.min_length + 12 if node.max_length is None else node.max_length
    words = st.text(_CHARACTERS, min_size=node.min_length, max_size=longest)
    return words.filter(lambda word: word not in but)


@functools.cache
def _matching(pattern: str) -> st.SearchStrategy[str]:
    # In Python, `$` lets a line feed follow; in other languages it doesn't.
    return st.from_regex(pattern, alphabet=_CHARACTERS).map(lambda string: string.removesuffix("\n"))


def days() -> st.SearchStrategy[str]:
    """Days of the calendar, some with a time."""
    return st.dates().map(str) | st.datetimes().map(lambda at: at.isoformat(timespec="minutes"))


def timex_values(kind: str) -> st.SearchStrategy[str]:
    """Right TIMEX3 values of a type."""
    known = st.sampled_from(timex.examples(kind))
    counted = st.integers(1, 99)
    more = {
        "DATE": st.dates().map(str),
        "TIME": st.datetimes().map(lambda at: at.isoformat(timespec="minutes")),
        "DURATION": st.tuples(counted, st.sampled_from("YMWDQ")).map(lambda n: f"P{n[0]}{n[1]}"),
        "SET": counted.map(lambda n: f"P{n}W"),
    }
    return known | more[kind]


def relations_of_time(node: Node) -> list[str]:
    """Return the labels of a relation that are known as relations of time."""
    assert node.temporal
    assert node.label
    known = [*temporal.RELATIONS, *node.temporal.meanings]
    listed = node.fields[node.label].allowed
    return known if listed is None else [label for label in listed if isinstance(label, str) and _known(label, known)]


def _known(label: str, known: Sequence[str]) -> bool:
    return label in known or temporal.relation_of(label) is not None
