"""Tokens with a tag for each: the schema is made with the names that records use."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from spanproof.schema.node import Json
from spanproof.schema.open_shapes import TOKENS, NamesRead, all_of, document_of

_BIO = re.compile(r"[BI]-.+")
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
    tags = [name for name, items in lists.items() if name != tokens and _is_tags(items, _BIO)]
    if tags:
        properties = {tokens: {"type": "array", "items": {"type": "string"}}}
        for name in tags:
            binding = {"tokens": tokens, "tags": "BIO"}
            properties[name] = {"type": "array", "items": {"type": "string"}, "spanOf": binding}
        return NamesRead(document_of(objects, properties, [tokens, *tags]), f"BIO tags in {', '.join(map(repr, tags))}")
    return NamesRead(None, lacking=tuple(_no_tags(tokens, lists)), distance=1)


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
