"""References by number: ``refersTo`` with ``/entities/*/#`` names an item by its number in its list, from 0.

Canonically each item of such a list has its number as its key, a string, and what refers to it is that string. So
nothing behind the border knows of numbers, and items that go or come don't mislead the references to others.
"""

from collections.abc import Iterable
from typing import Any

from spanproof.schema.lens import NUMBER
from spanproof.schema.node import Json, Place, SchemaError, pointer
from spanproof.schema.references import targets_of
from spanproof.schema.written import pointer_of

_EXPECTED = "expected /LIST/*/#, the numbers of the items of a list of objects that is in no other list"


def numbered_list(schema: Json) -> Place | None:
    """Return the place of the items that a value names by their numbers; None where it refers otherwise.

    Args:
        schema: that of the value, marked.

    Raises:
        SchemaError: it may be a number and something else, or the number of what is in a list of lists.
    """
    keyword = schema.get("refersTo")
    targets = [*targets_of(keyword)] if isinstance(keyword, list) else []
    numbers = [target for target in targets if target.endswith(f"/{NUMBER}")]
    if not numbers:
        return None
    where = pointer_of(schema)
    if len(targets) > 1:
        others = "expected it alone, since a number could be that of either"
        raise SchemaError(f"{where}: refersTo names {numbers[0]!r} beside {len(targets) - 1} more; {others}")
    place = tuple(numbers[0].split("/")[1:-1])
    if place.count("*") != 1 or place[-1] != "*":
        nested = ', with "documents" at the objects that hold it' if place.count("*") > 1 else ""
        raise SchemaError(f"{where}: refersTo names {numbers[0]!r}; {_EXPECTED}{nested}")
    return place


def with_numbers(items: Any, place: Place, known: Json) -> dict[str, Any]:
    """Return the canonical schema of items with their numbers.

    Args:
        items: their canonical schema without them, references resolved.
        place: the place of the items.
        known: the schema of their list.

    Raises:
        SchemaError: the items are no objects, or are called otherwise already.
    """
    what = f"refersTo names {pointer((*place, NUMBER))!r}"
    if items.get("type") != "object" or NUMBER in items.get("properties", {}):
        raise SchemaError(f"{pointer(place)}: {what}; {_EXPECTED}, which have no member {NUMBER!r}")
    if "key" in known:
        named = pointer((*place, known["key"]))
        raise SchemaError(f"{pointer(place)}: {what}, and the list has the key {known['key']!r}; expected {named!r}")
    properties = {NUMBER: {"type": "string"}, **items.get("properties", {})}
    return {**items, "required": [NUMBER, *items.get("required", ())], "properties": properties}


def demand_numbered(asked: Iterable[Place], numbered: Iterable[Place]) -> None:
    """Raise SchemaError where items are named by their numbers that have none.

    Args:
        asked: the places of items that references name.
        numbered: those of items that have numbers.
    """
    for place in sorted({*asked} - {*numbered}):
        raise SchemaError(f"refersTo names {pointer((*place, NUMBER))!r}; {_EXPECTED}")
