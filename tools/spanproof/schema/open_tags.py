"""Tokens with a tag for each: the schema is made with the names that records use."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spanproof.schema.node import Json
from spanproof.schema.open_shapes import TOKENS, NamesRead, all_of, document_of

_BIO = re.compile(r"[BI]-.+")
_MOST_CLASSES = 999
"""Greater numbers are no classes: tokens may have numbers too."""
_ENOUGH = 3
_ANY_SCHEME = re.compile(r"[A-Z]-.+")


def named_tags(records: Sequence[Any]) -> NamesRead:
    """Return the schema of objects with a list of tokens and a BIO tag for each.

    Args:
        records: values as files have them.
    """
    objects = [record for record in records if isinstance(record, Mapping)]
    lists = _lists(objects)
    tokens = next((name for name in TOKENS if all_of(lists.get(name, ()), str)), None)
    if tokens is None:
        return NamesRead(None, lacking=("a list 'tokens' of strings", "a list with a tag for each of them"), distance=4)
    schemes: dict[str, str | list[str]] = {}
    unsure: list[str] = []
    for name, items in lists.items():
        if name != tokens and _is_tags(items, _BIO):
            schemes[name] = "BIO"
        elif name != tokens and (numbers := _ClassNumbers.of(objects, name)):
            schemes[name] = numbers.names
            unsure.append(numbers.unsure)
    if not schemes:
        return NamesRead(None, lacking=tuple(_no_tags(tokens, lists)), distance=1)
    properties = {tokens: {"type": "array", "items": {"type": "string"}}}
    for name, scheme in schemes.items():
        kind = "string" if scheme == "BIO" else "integer"
        properties[name] = {"type": "array", "items": {"type": kind}, "spanOf": {"tokens": tokens, "tags": scheme}}
    shown = ", ".join(f"{name!r}{'' if scheme == 'BIO' else ' by number'}" for name, scheme in schemes.items())
    return NamesRead(document_of(objects, properties, [tokens, *schemes]), f"BIO tags in {shown}", unsure=tuple(unsure))


@dataclass(frozen=True)
class _ClassNumbers:
    """Tags by their class numbers, whose names nothing says, in the usual order: O, then B and I of each class in turn.

    Attributes:
        names: a name for each number, that of a class being its own number: ``B-1``.
        unsure: what of it nothing proves.
    """

    names: list[str]
    unsure: str

    @classmethod
    def of(cls, objects: Sequence[Json], name: str) -> "_ClassNumbers | None":
        """Return the tags in a list of numbers; None where the numbers don't show that they are in this order.

        They do where nine of ten even ones, each of which says that something goes on, and three at least, come after
        that which begins it.
        """
        rows = [row for one in objects if all_of(row := one.get(name) or (), int)]
        inside = [(row[k - 1] if k else 0, tag) for row in rows for k, tag in enumerate(row) if tag and not tag % 2]
        following = sum(before in (tag, tag - 1) for before, tag in inside)
        every = {tag for row in rows for tag in row}
        if following < _ENOUGH or following * 10 < len(inside) * 9 or min(every) != 0 or max(every) > _MOST_CLASSES:
            return None
        classes = range(1, (max(every) + 1) // 2 + 1)
        names = ["O", *(f"{part}-{number}" for number in classes for part in "BI")]
        shown = f"{following:,} of {len(inside):,} even numbers come after their own"
        return cls(
            names, f"what the numbers in {name!r} stand for (read as O, B-1, I-1, B-2, I-2 and so on, as {shown})"
        )


def _no_tags(tokens: str, lists: Mapping[str, Sequence[Any]]) -> Iterator[str]:
    """Say why none of the lists beside tokens are BIO tags."""
    for name, items in lists.items():
        if name != tokens and all_of(items, int) and len(items) == len(lists[tokens]):
            yield f'the names of the class numbers in {name!r}, which nothing says: "tags": ["O", ...] in a schema'
            return
        if name != tokens and _is_tags(items, _ANY_SCHEME):
            yield f"tags in BIO: those in {name!r} are of another scheme"
            return
    yield f"a list with a tag for each of {tokens!r}"


def _lists(objects: Sequence[Json]) -> dict[str, list[Any]]:
    """Return the items of the lists that are members of objects, those of all objects together."""
    lists: dict[str, list[Any]] = {}
    for one in objects:
        for name, value in one.items():
            if isinstance(value, list):
                lists.setdefault(name, []).extend(value)
    return {name: items for name, items in lists.items() if items}


def _is_tags(items: Sequence[Any], tag: re.Pattern[str]) -> bool:
    """Say whether items are tags of a scheme but for a few that are broken: nine of ten, and of those that aren't O."""
    strings = [item for item in items if isinstance(item, str)]
    inside = [item for item in strings if item != "O"]
    of_scheme = sum(bool(tag.fullmatch(item)) for item in inside)
    return bool(strings) and len(strings) * 10 >= len(items) * 9 and of_scheme * 10 >= len(inside) * 9
