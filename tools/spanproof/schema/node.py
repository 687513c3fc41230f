"""One member of a document as its schema has it: kind, typed keywords, column type."""

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

import pyarrow as pa

from spanproof.schema.derived import Derived
from spanproof.schema.keywords import (
    Annotation,
    Bars,
    Consistent,
    Exhaustive,
    Keyword,
    Policy,
    Quotation,
    Timex3,
)
from spanproof.schema.references import References
from spanproof.schema.relations import RelationType, Temporal

Json = Mapping[str, Any]


Place = tuple[str, ...]
"""Where a node is in every document: member names, ``*`` for the items of a list."""


def pointer(place: Place) -> str:
    """Return a place as a JSON Pointer, ``*`` for items."""
    return "/" + "/".join(place)


def owner_of(place: Place) -> Place:
    """Return the place of the object that has a value: as a member, or in a list, or in a list of lists."""
    while place[-1:] == ("*",):
        place = place[:-1]
    return place[:-1]


_ARROW = {"string": pa.string(), "integer": pa.int32(), "number": pa.float64(), "boolean": pa.bool_()}


class SchemaError(ValueError):
    """A schema that can't be used: which file or place, what is wrong, what would be right."""


Overlap = Literal["forbid", "nest", "allow"]


@dataclass(frozen=True)
class Node:
    """One member of the document (or the items of one list), with what its schema says of it.

    ``json`` is its JSON Schema with references and the choice of null resolved. Its keywords are attributes, parsed
    when first read; one that the schema doesn't have is None, or empty, or false. A keyword that names a member of the
    document or of the object holds that name as a string. ``written`` are the JSON Pointers of all in the schema file
    that the node is made of, the outermost first.
    """

    place: Place
    kind: Literal["object", "array", "string", "integer", "number", "boolean"]
    nullable: bool
    required: bool
    json: Json
    fields: Mapping[str, "Node"] = field(default_factory=dict)
    items: "Node | None" = None
    written: tuple[str, ...] = ()

    span_of = Keyword("spanOf", str, None)
    """The member of the document that holds the text of which this object is a span."""
    annotation = Keyword("annotationOf", Annotation.of, None)
    """Which members make this object one annotation of several spans."""
    label = Keyword("labelledBy", str, None)
    """The member of this span that holds its label."""
    key = Keyword("key", str, None)
    """The member that identifies an item of this list; of the document, the one that identifies it."""
    overlap = Keyword[Overlap | None]("overlap", lambda policy: policy, None)
    """How the spans of this list may lie to each other."""
    in_order = Keyword("inOrder", bool, False)
    """Whether each span of this list ends before the next begins."""
    refers_to = Keyword("refersTo", References.of, References())
    """What this string may refer to."""
    referred_to_by = Keyword[tuple[tuple[str, ...], ...]](
        "referredToBy", lambda pointers: tuple(tuple(pointer[1:].split("/")) for pointer in pointers), ()
    )
    """Where the values stand of which one at least names each item of this list."""
    relation = Keyword("relation", RelationType.of, None)
    """What this object relates."""
    temporal = Keyword("temporal", Temporal.of, None)
    """What the labels of this relation say of time."""
    derived = Keyword("derived", Derived.of, None)
    """What the value of this member follows from."""
    acyclic = Keyword("acyclic", bool, False)
    """Whether following this reference never comes back."""
    hash_of = Keyword("hashOf", str, None)
    """The member of the document of whose text this string is the SHA-256."""
    timex3 = Keyword("timex3", Timex3.of, None)
    """Which members make this object a TIMEX3."""
    quotation = Keyword("quotation", Quotation.of, None)
    """Which members make this span a quotation."""
    bars = Keyword("bars", Bars.of, None)
    """Which spans of this list carry no span of other layers."""
    exhaustive = Keyword("exhaustive", Exhaustive.of, None)
    """The registry whose names this list covers wherever they stand."""
    consistent = Keyword("consistent", Consistent.of, Consistent())
    """The members of which one surface has one value across the corpus."""
    policy = Keyword("policy", Policy.of, Policy())
    """What is different in this layer: its role, the severity of rules, what else is right there."""
    same_text_allowed = Keyword("sameText", lambda allowed: allowed == "allowed", False)
    """Whether documents of this corpus may have the same text."""
    registries = Keyword[Mapping[str, Any]]("registries", dict, MappingProxyType({}))
    """The JSON Schema of an entry of each registry, by the name of the registry; of the document alone."""

    enum = Keyword[tuple[Any, ...]]("enum", tuple, ())
    minimum = Keyword("minimum", lambda number: number, None)
    maximum = Keyword("maximum", lambda number: number, None)
    pattern = Keyword("pattern", str, "")
    min_length = Keyword("minLength", int, 0)
    max_length = Keyword("maxLength", int, None)
    min_items = Keyword("minItems", int, 0)
    max_items = Keyword("maxItems", int, None)
    description = Keyword("description", str, "")
    meanings = Keyword[Mapping[str, str]]("meanings", dict, MappingProxyType({}))
    """What each value of the enum means, in words, for annotators and for models that are asked."""

    @property
    def allowed(self) -> tuple[Any, ...] | None:
        """The values that ``enum`` and ``const`` leave; None where any of the kind is allowed."""
        if "const" in self.json:
            return tuple(value for value in (self.json["const"],) if value in self.json.get("enum", (value,)))
        return tuple(self.json["enum"]) if "enum" in self.json else None

    @property
    def labels(self) -> tuple[Any, ...]:
        """The labels that the schema lists for this span; empty where it has no label or a free one."""
        return self.fields[self.label].enum if self.label else ()

    @property
    def kind_member(self) -> str | None:
        """The member that says what kind of annotation this is: the type of a TIMEX3, of a quotation, or the label."""
        return self.timex3.type if self.timex3 else self.quotation.type if self.quotation else self.label

    @property
    def name(self) -> str:
        """The JSON Pointer of the node, ``*`` for the items of a list."""
        return pointer(self.place)

    @property
    def closed(self) -> bool:
        """Whether unlisted members are forbidden."""
        return self.json.get("additionalProperties", True) is False

    @property
    def judges_unlisted(self) -> bool:
        """Whether the schema says of members without a column that they may not be there, or what they are."""
        columnless = self.json.get("properties", {}).keys() - self.fields.keys()
        return bool(columnless) or self.json.get("additionalProperties", True) not in (True, {})

    @functools.cached_property
    def arrow(self) -> pa.DataType:
        """The column type: struct, list, string, int32, double or bool."""
        if self.kind == "object":
            return pa.struct([pa.field(name, node.arrow) for name, node in self.fields.items()])
        if self.items is not None:
            return pa.list_(self.items.arrow)
        return _ARROW[self.kind]

    def walk(self) -> Iterator["Node"]:
        """Yield this node and all below it, outer ones first."""
        yield self
        for node in (*self.fields.values(), *filter(None, [self.items])):
            yield from node.walk()
