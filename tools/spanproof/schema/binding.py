"""A schema of documents as they are written made into the schema of canonical documents, and the lens between them.

The written schema says with ``spanOf`` how its spans lie: members of other names, arrays, strings, other units, a text
elsewhere. Everything after the border knows canonical documents alone (:mod:`spanproof.schema.lens`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from spanproof.schema.compiling import resolved
from spanproof.schema.lens import (
    NUMBER,
    ColumnsShape,
    Counting,
    DictionaryShape,
    Lens,
    ListShape,
    NumberedList,
    NumberShape,
    ObjectShape,
    Shape,
    Tags,
)
from spanproof.schema.node import Json, Place, SchemaError, pointer
from spanproof.schema.numbered import demand_numbered, numbered_list, with_numbers
from spanproof.schema.other_objects import having
from spanproof.schema.references import targets_of
from spanproof.schema.spans import Bound, bound_span, bound_string
from spanproof.schema.texts import TextSources, bindings, document_place, key_of
from spanproof.schema.written import POINTERS

_DEEPEST = 16  # as many levels as a compiled schema has


def bind(written: Json) -> tuple[Json, Lens | None]:
    """Return the schema of canonical documents, and the lens that leads to them.

    Args:
        written: a JSON Schema with the stand-off vocabulary; it was approved by the meta-schema.

    Returns:
        The schema itself and None where documents are canonical as they are written.

    Raises:
        SchemaError: it binds spans in a way that can't be.
    """
    place = document_place(written)
    outer = enclosing(written, place)
    root, _ = resolved(outer[-1], written)
    binder = _Binder(written, TextSources(root, written, place))
    canonical, shape = binder.rewritten(root, ())
    if binder.numbered:  # what is named by its number is known now
        binder = _Binder(written, binder.texts, {named: [] for named in binder.numbered})
        canonical, shape = binder.rewritten(root, ())
        demand_numbered(binder.numbered, binder.with_numbers)
    if place:
        canonical = _without_crossing(canonical, place)
    key, member = key_of(written, [*outer[:-1], root], place)
    if not (place or key or shape or binder.texts.joined):
        return written, None
    composed = tuple(text.member for text in binder.texts.joined.values()) + ((member,) if key else ())
    if composed:
        whole = shape if isinstance(shape, ObjectShape) else ObjectShape()
        shape = replace(whole, reserved=(*whole.reserved, *composed))
    canonical = _inlined(binder.texts.added(canonical), written)
    canonical = {name: value for name, value in canonical.items() if name not in ("key", "documents")}
    if "$defs" in written:
        canonical["$defs"] = written["$defs"]
    if key:
        canonical = _with_member(canonical, member, {"type": "string"})
    if member:
        canonical["key"] = member
    counted = tuple(_in_order([counting for counting in binder.counted if not counting.plain]))
    tagged = tuple(binder.tagged)
    numbered = tuple(NumberedList(items, tuple(named)) for items, named in binder.numbered.items())
    return canonical, Lens(
        place, key, member if key else "", shape, tuple(binder.texts.joined.values()), counted, tagged, numbered
    )


def enclosing(written: Json, place: Place) -> list[Json]:
    """Return the schemas on the way from the root of a record to its documents, that of the documents last."""
    schemas: list[Json] = [resolved(written, written)[0]]
    for k, step in enumerate(place):
        outer = schemas[-1]
        inner = outer.get("properties", {}).get(step) if step != "*" else outer.get("items")
        if inner is None and step == "*":
            inner = outer.get("additionalProperties")
        if not isinstance(inner, Mapping):
            raise SchemaError(f"documents: the schema has nothing at {pointer(place[: k + 1])}; expected the documents")
        schemas.append(resolved(inner, written)[0])
    return schemas


def _inlined(schema: Any, written: Json) -> Any:
    """Return a schema with what it refers to outside of ``$defs`` in the place of the references."""
    if isinstance(schema, list):
        return [_inlined(item, written) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    if str(schema.get("$ref", "")).startswith("#/") and not str(schema["$ref"]).startswith("#/$defs/"):
        schema = {**resolved({"$ref": schema["$ref"]}, written)[0], **{k: v for k, v in schema.items() if k != "$ref"}}
    return {name: value if name == "$defs" else _inlined(value, written) for name, value in schema.items()}


def _with_member(schema: Json, name: str, member: Json) -> dict[str, Any]:
    properties = {name: member, **schema.get("properties", {})}
    return {**schema, "required": [name, *schema.get("required", ())], "properties": properties}


def _in_order(counted: Sequence[Counting]) -> Iterator[Counting]:
    """Yield how spans count, those that count tokens after how these count themselves.

    Raises:
        SchemaError: tokens are counted in what is counted in them.
    """
    left = list(counted)
    while left:
        waiting = [counting for counting in left if any(counting.tokens == other.place for other in left)]
        if len(waiting) == len(left):
            first = left[0]
            what = f"spanOf counts the tokens {pointer(first.tokens[:-1])}, which count what is counted in them"
            raise SchemaError(f"{pointer(first.place)}: {what}; expected tokens whose own offsets count characters")
        yield from (counting for counting in left if counting not in waiting)
        left = waiting


def _without_crossing(schema: Any, documents: Place) -> Any:
    """Return a schema whose references stay within a document.

    Raises:
        SchemaError: one leads from the record into documents, so that it could lead into another document.
    """
    if isinstance(schema, list):
        return [_without_crossing(item, documents) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    keyword = schema.get("refersTo")
    for target in targets_of(keyword) if isinstance(keyword, list) else ():
        if tuple(target.removeprefix("/").split("/"))[: len(documents)] == documents:
            inner = "/" + "/".join(target.removeprefix("/").split("/")[len(documents) :])
            raise SchemaError(
                f"refersTo {target!r} could lead from one text to another, each of which is a document of its own; "
                f"expected a place within one, {inner!r}"
            )
    return {name: _without_crossing(value, documents) for name, value in schema.items()}


@dataclass
class _Binder:
    """What was bound so far while a schema is rewritten."""

    whole: Json
    texts: TextSources
    numbered: dict[Place, list[Place]] = field(default_factory=dict)
    with_numbers: list[Place] = field(default_factory=list)
    counted: list[Any] = field(default_factory=list)
    tagged: list[Tags] = field(default_factory=list)

    def rewritten(self, schema: Any, place: Place) -> tuple[Any, Shape | None]:
        """Return the canonical schema of a part and its shape; the part itself and None where it is canonical.

        Args:
            schema: the part of the written schema.
            place: its canonical place.
        """
        if not isinstance(schema, Mapping) or len(place) > _DEEPEST:
            return schema, None
        merged, nullable = resolved(schema, self.whole)
        canonical, shape = self._of_kind(merged, place)
        if shape is None:
            return schema, None
        kinds = merged.get("type", ())
        if nullable or (not isinstance(kinds, str) and "null" in kinds):
            canonical = {**canonical, "type": [canonical["type"], "null"]}
        return canonical, shape

    def _of_kind(self, merged: Json, place: Place) -> tuple[Json, Shape | None]:
        kinds = merged.get("type", "object" if "properties" in merged else ())
        kind = kinds if isinstance(kinds, str) else next((k for k in kinds if k != "null"), None)
        binding = merged.get("spanOf")
        if isinstance(binding, Mapping) and "tags" in binding:
            return self._tags(merged, place, binding)
        if isinstance(binding, Mapping) and kind == "string":
            return self._bound(bound_string(merged, place, self.texts))
        if isinstance(binding, Mapping) or (kind == "array" and "prefixItems" in merged):
            return self._span(merged, place, positional=kind == "array")
        if kind == "array":
            return self._list(merged, place)
        if (named := numbered_list(merged)) is not None:
            return self._number(merged, place, named, kind)
        if kind == "object" and "properties" in merged:
            return self._members(merged, place)
        if kind == "object" and isinstance(merged.get("additionalProperties"), Mapping):
            return self._dictionary(merged, place)
        return merged, None

    def _number(self, merged: Json, place: Place, named: Place, kind: str | None) -> tuple[Json, Shape | None]:
        """Return what names an item by its number: canonically a string, which is so already in a canonical schema."""
        if kind == "string" and named not in self.numbered:
            return merged, None
        if kind != "integer":
            what = f"refersTo names '{pointer((*named, NUMBER))}' from a {kind or 'schema without a type'}"
            raise SchemaError(f"{pointer(place)}: {what}; expected an integer, the number of an item")
        self.numbered.setdefault(named, []).append(place)
        kept = {name: merged[name] for name in ("refersTo", "acyclic", "description", POINTERS) if name in merged}
        return {**kept, "type": "string"}, NumberShape()

    def _list(self, merged: Json, place: Place) -> tuple[Json, Shape | None]:
        items, shape = self.rewritten(merged.get("items"), (*place, "*"))
        if (*place, "*") not in self.numbered:
            return {**merged, "type": "array", "items": items}, ListShape(shape) if shape else None
        inner, _ = resolved(items, self.whole) if isinstance(items, Mapping) else ({}, False)
        self.with_numbers.append((*place, "*"))
        counted = with_numbers(inner, (*place, "*"), merged)
        return {**merged, "type": "array", "key": NUMBER, "items": counted}, ListShape(shape, numbered=True)

    def _members(self, merged: Json, place: Place) -> tuple[Json, Shape | None]:
        parts = {name: self.rewritten(sub, (*place, name)) for name, sub in merged["properties"].items()}
        shapes = {name: shape for name, (_, shape) in parts.items() if shape}
        canonical = {**merged, "type": "object", "properties": {name: sub for name, (sub, _) in parts.items()}}
        return canonical, ObjectShape(shapes=MappingProxyType(shapes)) if shapes else None

    def _dictionary(self, merged: Json, place: Place) -> tuple[Json, Shape | None]:
        """Return a dictionary with ``key`` as a list whose items have the key as a member."""
        key, sub = merged.get("key"), merged["additionalProperties"]
        if not isinstance(key, str):
            if next(bindings(sub, self.whole), None) is not None:
                raise SchemaError(
                    f"{pointer(place)}: a dictionary of spans; expected key with the name of the member that holds "
                    "the key of an entry"
                )
            return merged, None
        items, shape = self.rewritten(sub, (*place, "*"))
        inner, _ = resolved(items, self.whole)
        if inner.get("type") != "object" or key in inner.get("properties", {}):
            raise SchemaError(
                f"{pointer(place)}: key on a dictionary names {key!r}, a member that its objects are given; expected a "
                "dictionary of objects that have no such member"
            )
        kept = {name: value for name, value in merged.items() if name not in ("additionalProperties", "propertyNames")}
        names = merged.get("propertyNames", {})
        items = _with_member(inner, key, {"type": "string", **(names if isinstance(names, Mapping) else {})})
        return {**kept, "type": "array", "items": items}, DictionaryShape(key, shape)

    def _span(self, merged: Json, place: Place, *, positional: bool) -> tuple[Json, Shape | None]:
        bound = bound_span(merged, place, self.texts, positional=positional)
        shape = bound.shape
        named = having(merged, place, shape)
        if isinstance(shape, ColumnsShape):
            return self._bound(bound)
        assert isinstance(shape, ObjectShape)
        properties, shapes = dict(bound.schema["properties"]), dict(shape.shapes)
        for name, sub in properties.items():
            if name not in shapes:
                properties[name], inner = self.rewritten(sub, (*place, name))
                if inner:
                    shapes[name] = inner
        whole = replace(shape, shapes=MappingProxyType(shapes), having=named)
        return self._bound(Bound({**bound.schema, "properties": properties}, whole, bound.counting))

    def _bound(self, bound: Bound) -> tuple[Json, Shape]:
        if bound.counting is not None:
            self.counted.append(bound.counting)
        return bound.schema, bound.shape

    def _tags(self, merged: Json, place: Place, binding: Json) -> tuple[Json, Shape]:
        within = self.texts.within(binding, place)
        if len(place) != 1 and not within:
            documents = pointer(place[:-1])
            expected = f'expected a member of the document, as with "documents": "{documents}", or the tokens beside'
            raise SchemaError(
                f"{pointer(place)}: spanOf makes spans of tags that aren't a member of the document; {expected} them, "
                f'as with "tokens": "1/tokens"'
            )
        text, tokens = self.texts.tokens(binding, place)
        names = tuple(binding["tags"]) if isinstance(binding["tags"], list) else ()
        self.tagged.append(Tags(place, text, tokens, names, within))
        label = {"type": "string", **({"enum": _tag_labels(names)} if names else {})}
        offset = {"type": "integer"}
        span = {
            "type": "object",
            "spanOf": text,
            "labelledBy": "label",
            "required": ["start", "end", "label"],
            "properties": {"start": offset, "end": offset, "label": label},
        }
        kept = {
            name: value for name, value in merged.items() if name not in ("spanOf", "items", "minItems", "maxItems")
        }
        return {"overlap": "forbid", **kept, "type": "array", "items": span}, ListShape()


def _tag_labels(names: Sequence[str]) -> list[str]:
    """Return the labels of tags, each once: ``PER`` of ``B-PER`` and ``I-PER``."""
    labels = (re.sub(r"^[BIESLUM][-_]", "", name) for name in names if name != "O")
    return list(dict.fromkeys(labels))
