"""The lists of spans that a rule asks for."""

from typing import TypeVar

from spanproof.schema.node import Place

Spans = TypeVar("Spans")


class Layers(dict[Place, Spans]):
    """The spans of each list of a schema, by the place of the list; a place that isn't there is an error."""

    def __missing__(self, place: Place) -> Spans:
        expected = ", ".join(map(repr, self)) or "none: the schema has no spans"
        raise KeyError(f"no list of spans is at {place!r}; expected one of {expected}")
