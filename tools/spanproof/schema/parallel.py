"""Strings beside spans and around them: no schema can say that these are their words."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from spanproof.schema.node import Json, Place
from spanproof.schema.open_shapes import all_of, is_identifier
from spanproof.schema.open_texts import InnerItem


def lists_beside(place: Place, items: Sequence[InnerItem], read: Json) -> Iterator[str]:
    """Yield what isn't read beside spans: lists of strings that are as long as theirs in most objects with both.

    Args:
        place: the place of the spans.
        items: the spans, with the objects around them.
        read: the schema of what is read.
    """
    *outer, layer = place[:-1] if place[-1] == "*" else place
    holders = {id(holder): holder for item in items for where, holder in item.around if where == tuple(outer)}
    both: Counter[str] = Counter()
    as_long: Counter[str] = Counter()
    for holder in holders.values():
        number = _number(holder.get(layer))
        for name, value in holder.items():
            if name != layer and number and all_of(value if isinstance(value, list) else (), str):
                both[name] += 1
                as_long[name] += len(value) == number
    for name, count in both.items():
        if as_long[name] * 2 > count and name not in read.get("properties", {}):
            yield f"the strings in {name!r}, one for each of {layer!r} (put each into its span)"


def strings_around(items: Sequence[InnerItem], known: Collection[Place]) -> Iterator[str]:
    """Yield what isn't read around spans: strings of the objects that hold them, such as the words beside a ``span``.

    Args:
        items: the spans, with the objects around them.
        known: the places of objects whose strings are read or named elsewhere: those with texts, and around them.
    """
    inner = [where for where in dict(items[0].around) if where not in known] if items else []
    for where in inner:
        objects = (dict(item.around).get(where) or {} for item in items)
        names = dict.fromkeys(
            name for one in objects for name, value in one.items() if isinstance(value, str) and not is_identifier(name)
        )
        if names:
            holder = "/".join(step for step in where if step != "*")
            yield f"what {' and '.join(map(repr, names))} of {holder!r} say{'s' * (len(names) == 1)}"


def _number(spans: Any) -> int:
    """Return how many spans there are in a list, or in an object of lists."""
    columns = spans.values() if isinstance(spans, Mapping) else [spans]
    return max((len(column) for column in columns if isinstance(column, list)), default=0)
