"""A schema compiled: the tree of members with their stand-off keywords, column types, features, structural validation.

A schema is an ordinary JSON Schema 2020-12 of one document with the keywords of ``vocabulary.schema.json``. Everything
that spanproof knows about a corpus comes from the tree of :class:`Node` built here.
"""

import functools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, Self

import pyarrow as pa

if TYPE_CHECKING:
    import datasets
    from jsonschema import Draft202012Validator

Json = Mapping[str, Any]
Place = tuple[str, ...]
"""Where a node is in every document: member names, ``*`` for the items of a list."""

_ARROW = {"string": pa.string(), "integer": pa.int32(), "number": pa.float64(), "boolean": pa.bool_()}
_HERE = Path(__file__).parents[1]
CONTRACT = next(p for p in (_HERE / "contract", _HERE.parents[1] / "schema") if p.is_dir())


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


@dataclass(frozen=True)
class Schema:
    """A compiled schema; ``root`` is the node of the document."""

    json: Json
    root: Node

    @classmethod
    def of(cls, json_schema: Json) -> Self:
        """Compiles a schema.

        Raises:
            SchemaError: it breaks JSON Schema or the vocabulary, or a document of it has no column type.
        """
        from jsonschema import Draft202012Validator

        error = min(_meta_validator().iter_errors(json_schema), key=lambda e: len(e.absolute_path), default=None)
        if error is not None:
            raise SchemaError(f"{error.json_path}: {error.message}")
        Draft202012Validator.check_schema(json_schema)
        root = _compile(json_schema, json_schema, (), True)
        if root.kind != "object":
            raise SchemaError(f"$: a document is an object, not {root.kind}")
        schema = cls(json_schema, root)
        _check_names(schema)
        return schema

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Reads and compiles a schema file.

        Raises:
            SchemaError: the file can't be read, isn't JSON, or isn't a usable schema; the message names the file.
        """
        try:
            return cls.of(json.loads(Path(path).read_text("utf-8")))
        except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
            raise SchemaError(f"{path}: {error}") from error
        except SchemaError as error:
            raise SchemaError(f"{path}: {error}") from error

    @functools.cached_property
    def nodes(self) -> Mapping[Place, Node]:
        """Every node by its place."""
        return {node.place: node for node in self.root.walk()}

    def having(self, keyword: str) -> tuple[Node, ...]:
        """The nodes that carry a keyword, outer ones first."""
        return tuple(node for node in self.nodes.values() if node.get(keyword) is not None)

    @property
    def key(self) -> str | None:
        """The member that identifies a document."""
        key: str | None = self.root.get("key")
        return key

    @functools.cached_property
    def spans(self) -> tuple[Node, ...]:
        """The nodes that are spans, outer ones first."""
        return self.having("spanOf")

    def key_of(self, node: Node) -> str | None:
        """The member that identifies an item of a list, from the list's ``key``."""
        if node.place and node.place[-1] == "*":
            key: str | None = self.nodes[node.place[:-1]].get("key")
            return key
        return None

    @functools.cached_property
    def arrow(self) -> pa.Schema:
        """The columns of a corpus, one a member of the document."""
        return pa.schema(list(self.root.arrow))

    def features(self) -> "datasets.Features":
        """The Hugging Face features of the columns."""
        import datasets

        return datasets.Features.from_arrow_schema(self.arrow)

    @functools.cached_property
    def validator(self) -> "Draft202012Validator":
        """Validates one document; a missing member and a null one count as the same where null is allowed."""
        from jsonschema import Draft202012Validator

        return Draft202012Validator(_relaxed(self.json, self.json), format_checker=Draft202012Validator.FORMAT_CHECKER)


@functools.cache
def article() -> Schema:
    """The schema of the annotated article, the default contract."""
    return Schema.read(CONTRACT / "article.schema.json")


@functools.cache
def _meta_validator() -> "Draft202012Validator":
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads((CONTRACT / "vocabulary.schema.json").read_text("utf-8")))


def _resolve(schema: Json, whole: Json) -> tuple[Json, bool]:
    """The schema with its ``$ref`` and its nullable ``anyOf`` merged in, and whether null is allowed."""
    nullable = False
    for _ in range(32):
        if "$ref" in schema:
            target: Any = whole
            ref = schema["$ref"]
            try:
                if not ref.startswith("#"):
                    raise KeyError(ref)
                for step in filter(None, ref[1:].split("/")):
                    target = target[step.replace("~1", "/").replace("~0", "~")]
            except (KeyError, TypeError) as error:
                raise SchemaError(f"$ref {ref!r}: only places of the same file can be referred to") from error
            schema = {**target, **{k: v for k, v in schema.items() if k != "$ref"}}
            continue
        choice = next((k for k in ("anyOf", "oneOf") if k in schema), None)
        if choice and "properties" not in schema and "items" not in schema:
            real = [s for s in schema[choice] if s != {"type": "null"}]
            if len(real) == 1 and len(schema[choice]) == 2:
                nullable = True
                schema = {**real[0], **{k: v for k, v in schema.items() if k != choice}}
                continue
        return schema, nullable
    raise SchemaError(f"$ref {schema.get('$ref')!r}: refers to itself without end")


def _compile(schema: Json, whole: Json, place: Place, required: bool) -> Node:
    if len(place) > 16:
        raise SchemaError(f"/{'/'.join(place)}: nested more than 16 levels; a recursive schema has no column type")
    if not isinstance(schema, Mapping):
        raise SchemaError(f"/{'/'.join(place)}: a schema of true or false has no column type")
    merged, nullable = _resolve(schema, whole)
    kinds = merged.get("type", "object" if "properties" in merged else None)
    listed = [kinds] if isinstance(kinds, str) else list(kinds or [])
    known: list[Any] = [kind for kind in listed if kind != "null"]
    if len(known) != 1:
        raise SchemaError(f"/{'/'.join(place)}: needs exactly one type beside null to have a column, has {listed}")
    node = Node(place, known[0], nullable or "null" in listed, required, merged)
    if known[0] == "object":
        must = merged.get("required", ())
        fields = {
            name: _compile(sub, whole, (*place, name), name in must)
            for name, sub in merged.get("properties", {}).items()
        }
        return Node(node.place, node.kind, node.nullable, required, merged, MappingProxyType(fields))
    if known[0] == "array":
        items = _compile(merged.get("items", True), whole, (*place, "*"), True)
        return Node(node.place, node.kind, node.nullable, required, merged, items=items)
    return node


def _check_names(schema: Schema) -> None:
    """Keywords that name members must name ones that exist."""

    def demand(node: Node, keyword: str, owner: Node | None, *names: str) -> None:
        for name in names:
            if owner is None or name not in owner.fields:
                raise SchemaError(f"{node.name}: {keyword} names {name!r}, which isn't a member there")

    for node in schema.nodes.values():
        for keyword in ("spanOf", "hashOf"):
            if target := node.get(keyword):
                demand(node, keyword, schema.root, target)
        if node.get("spanOf"):
            demand(node, "spanOf", node, "start", "end")
            if ("*", "*") in pairwise(node.place):
                raise SchemaError(
                    f"{node.name}: a span in a list of lists; right is a list of objects with a list each"
                )
        if label := node.get("labelledBy"):
            demand(node, "labelledBy", node, label)
        if key := node.get("key"):
            demand(node, "key", node.items or node, key)
        if timex := node.get("timex3"):
            demand(node, "timex3", node, *timex.values())
        if quotation := node.get("quotation"):
            demand(node, "quotation", node, quotation["type"], *quotation["parts"])
        demand(node, "consistent", node.items, *node.get("consistent", ()))
        if exhaustive := node.get("exhaustive"):
            demand(node, "exhaustive", node.items, exhaustive["member"])
        if bars := node.get("bars"):
            demand(node, "bars", node.items, *bars["where"])
            demand(node, "bars", schema.root, *(layer.lstrip("/") for layer in bars["layers"]))
        for target in node.get("refersTo", ()):
            if target.startswith("/") and tuple(target[1:].split("/")) not in schema.nodes:
                raise SchemaError(f"{node.name}: refersTo names {target!r}, which isn't a place of the document")


def _relaxed(schema: Any, whole: Json) -> Any:
    """The schema with members that may be null taken out of ``required``."""
    if isinstance(schema, list):
        return [_relaxed(item, whole) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    relaxed = {key: _relaxed(value, whole) for key, value in schema.items()}
    if isinstance(schema.get("required"), list) and isinstance(schema.get("properties"), Mapping):
        relaxed["required"] = [name for name in schema["required"] if not _nullable(schema, name, whole)]
    return relaxed


def _nullable(schema: Json, name: str, whole: Json) -> bool:
    sub = schema["properties"].get(name)
    if not isinstance(sub, Mapping):
        return False
    merged, nullable = _resolve(sub, whole)
    return nullable or "null" in merged.get("type", ())
