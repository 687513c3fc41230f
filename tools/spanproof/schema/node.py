"""One member of a document as its schema has it: kind, keywords, column type."""

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import pyarrow as pa

if TYPE_CHECKING:
    pass

Json = Mapping[str, Any]


Place = tuple[str, ...]
"""Where a node is in every document: member names, ``*`` for the items of a list."""


_ARROW = {"string": pa.string(), "integer": pa.int32(), "number": pa.float64(), "boolean": pa.bool_()}


class SchemaError(ValueError):
    """A schema that can't be used: which file or place, what is wrong, what would be right."""


@dataclass(frozen=True)
class Node:
    """One member of the document (or the items of one list), with its keywords resolved."""

    place: Place
    kind: Literal["object", "array", "string", "integer", "number", "boolean"]
    nullable: bool
    required: bool
    keywords: Json
    fields: Mapping[str, "Node"] = field(default_factory=lambda: MappingProxyType({}))
    items: "Node | None" = None

    def get(self, keyword: str, default: Any = None) -> Any:
        """The value of a keyword of this node."""
        return self.keywords.get(keyword, default)

    @property
    def name(self) -> str:
        """The JSON Pointer of the node, ``*`` for the items of a list."""
        return "/" + "/".join(self.place)

    @property
    def closed(self) -> bool:
        """Whether unlisted members are forbidden."""
        return self.get("additionalProperties", True) is False

    @functools.cached_property
    def arrow(self) -> pa.DataType:
        """The column type: struct, list, string, int32, double or bool."""
        if self.kind == "object":
            return pa.struct([pa.field(name, node.arrow) for name, node in self.fields.items()])
        if self.items is not None:
            return pa.list_(self.items.arrow)
        return _ARROW[self.kind]

    def walk(self) -> Iterator["Node"]:
        """This node and all below it, outer ones first."""
        yield self
        for node in (*self.fields.values(), *filter(None, [self.items])):
            yield from node.walk()
