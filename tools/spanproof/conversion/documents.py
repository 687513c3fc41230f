"""The way back from a stand-off document to a document of a schema; what the schema has no place for is lost."""

import contextlib
import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from spanproof.conversion.annotations import value_of
from spanproof.conversion.kinds import LAYER, LINK, REFERENCE, Kind, Reference, kind_of, kinds, text_member
from spanproof.conversion.ledger import LedgerRow, row_of
from spanproof.conversion.standoff import has_surface
from spanproof.parsing.json import parse
from spanproof.schema.lens import ColumnsShape, DictionaryShape, ListShape, ObjectShape
from spanproof.schema.node import Node
from spanproof.schema.schema import Schema

Json = Mapping[str, Any]


@dataclass(frozen=True)
class PlacedDocument:
    """A document of a schema, and what of the stand-off document it has no place for."""

    document: dict[str, Any]
    losses: tuple[LedgerRow, ...] = ()


def document_of(record: Json, schema: Schema) -> PlacedDocument:
    """Return a stand-off document as a document of a schema, the inverse of ``standoff_of``.

    An annotation goes to the layer that it names. One that names none, or another, goes to the only layer whose labels
    have its own. Nothing is made up: a member that the record doesn't have isn't in the document.

    Args:
        record: the stand-off document.
        schema: what the document is to be.

    Raises:
        ValueError: the schema has spans of several texts, or of none.
    """
    return _Placing(record, schema).restored()


class _Placing:
    """The annotations of a record on their way to a document."""

    def __init__(self, record: Json, schema: Schema) -> None:
        self.record, self.schema = record, schema
        self.outer = kinds(schema)
        self.kinds = [kind for outer in self.outer for kind in outer.walk()]
        self.values: dict[str, Any] = {}
        self.kind_of: dict[str, Kind] = {}
        self.placed: set[str] = set()
        self.losses: list[LedgerRow] = []

    def restored(self) -> PlacedDocument:
        """Return the document."""
        for span in self.record["spans"]:
            self._add(span, "span")
        links = []
        for relation in self.record.get("relations") or ():
            if (link := self._link(relation)) is not None:
                links.append((relation, *link))
            else:
                self._add(relation, "relation")
        for relation in self.record.get("relations") or ():
            if relation["id"] in self.values:
                self._fill(relation)
        for relation, kind, reference in links:
            self._join(relation, kind, reference)
        for annotation in (*self.record["spans"], *(self.record.get("relations") or ())):
            self._put_back(annotation)
        document = self._document()
        for annotation in (*self.record["spans"], *(self.record.get("relations") or ())):
            kind = self.kind_of.get(annotation["id"])
            if kind is not None and kind.is_part and annotation["id"] not in self.placed:
                self._lose(annotation, f"no annotation says that this {kind.name} is a part of it")
        return PlacedDocument(document, tuple(self.losses))

    def _lose(self, annotation: Json, why: str) -> None:
        what = "span" if "start" in annotation else "relation"
        self.losses.append(row_of(self.record, annotation, what, why))  # type: ignore[arg-type]

    def _add(self, annotation: Json, noun: str) -> None:
        """Take an annotation into the document, without what it names or consists of."""
        kind = kind_of(annotation, self.kinds)
        if kind is None:
            self._lose(annotation, f"the schema has no layer for a {noun} of this label, or has several")
            return
        if annotation["id"] in self.values:
            self._lose(annotation, "another annotation has this identifier")
            return
        self.values[annotation["id"]] = self._value(annotation, kind)
        self.kind_of[annotation["id"]] = kind

    def _value(self, annotation: Json, kind: Kind) -> Any:
        node, attributes = kind.node, dict(annotation.get("attributes") or {})
        attributes = {name: value for name, value in attributes.items() if not name.startswith("/")}
        value: dict[str, Any] = {}
        if kind.key and node.fields[kind.key].kind == "string":
            value[kind.key] = annotation["id"]
        if node.label and node.fields[node.label].kind == "string":
            value[node.label] = annotation["label"]
        if kind.form == "span":
            value |= {"start": annotation["start"], "end": annotation["end"]}
        if node.annotation is not None and kind.form == "fragments":
            alone = {name: annotation[name] for name in ("start", "end", "text") if name in annotation}
            fragments = copy.deepcopy(annotation.get("fragments") or [alone])
            rests = attributes.pop(node.annotation.fragments, [])
            value[node.annotation.fragments] = [
                {**fragment, **(rests[k] if k < len(rests) else {})} for k, fragment in enumerate(fragments)
            ]
        elif annotation.get("fragments"):
            why = f"{kind.name} has no fragments: the whole extent stands for {len(annotation['fragments'])} of them"
            self.losses.append(row_of(self.record, annotation, "span", why))
        if has_surface(node) and annotation.get("text") is not None:
            value["text"] = annotation["text"]
        for name, attribute in attributes.items():
            if name not in node.fields and not self._takes_others(node):
                why = f"{kind.name} has no member {name}"
                self.losses.append(row_of(self.record, annotation, "attribute", why, name, attribute))
            else:
                value[name] = _unpacked(attribute, node.fields.get(name))
        return value

    def _put_back(self, annotation: Json) -> None:
        """Put what was left of lists within an annotation back to its number."""
        if annotation["id"] in self.values:
            for name, item in (annotation.get("attributes") or {}).items():
                if name.startswith("/") and name != LAYER:
                    _insert(self.values[annotation["id"]], name, item)

    def _takes_others(self, node: Node) -> bool:
        """Say whether an object may have members that the schema doesn't list; arrays and columns have no place."""
        shape = self.schema.lens.shape if self.schema.lens else None
        for step in node.place:
            if isinstance(shape, ColumnsShape):
                return False
            if isinstance(shape, ObjectShape):
                shape = shape.shapes.get(step)
            elif isinstance(shape, ListShape | DictionaryShape):
                shape = shape.items
        return not node.closed and not (isinstance(shape, ObjectShape) and shape.positional)

    def _link(self, relation: Json) -> tuple[Kind | None, Reference | None] | None:
        """Return what a link between two annotations says: a part, or a reference; None for another relation."""
        owner, other = self._two(relation)
        roles = tuple(argument["role"] for argument in relation["arguments"])
        is_layer = roles not in (LINK, REFERENCE) and kind_of(relation, self.kinds) is not None
        if owner is None or other is None or is_layer or LAYER in (relation.get("attributes") or {}):
            return None
        if roles != REFERENCE and owner.form != "group":
            for part in owner.parts:
                if part is other and relation["label"] == part.noun:
                    return part, None
        if roles != LINK:
            for reference in owner.references:
                if relation["label"] == reference.member:
                    return None, reference
        return None

    def _two(self, relation: Json) -> tuple[Kind | None, Kind | None]:
        """Return the kinds of what a relation relates, if these are two."""
        targets = [argument["target"] for argument in relation["arguments"]]
        return (self._kind_by(targets[0]), self._kind_by(targets[1])) if len(targets) == 2 else (None, None)

    def _kind_by(self, id_: str) -> Kind | None:
        """Return the kind of an annotation; relations that haven't been looked at yet are known by their layer."""
        if id_ in self.kind_of:
            return self.kind_of[id_]
        relations = (one for one in self.record.get("relations") or () if one["id"] == id_)
        return next((kind_of(one, self.kinds) for one in relations), None)

    def _fill(self, relation: Json) -> None:
        """Give a group its parts, a relation its ends."""
        kind, value = self.kind_of[relation["id"]], self.values[relation["id"]]
        ends = kind.node.relation.members if kind.node.relation else ()
        for argument in relation["arguments"]:
            role, target = argument["role"], argument["target"]
            part = self._part(kind, role, target)
            if part is not None:
                self._place(part, value, target)
            elif role in ends and target in self.values:
                value[role] = self._key(target)
            else:
                why = f"{kind.name} has no end {role}" if target in self.values else f"{target} doesn't exist"
                self.losses.append(row_of(self.record, relation, "attribute", why, role, target))

    def _part(self, kind: Kind, role: str, target: str) -> Kind | None:
        of = self.kind_of.get(target)
        return next((part for part in kind.parts if part is of and part.role == role), None)

    def _join(self, relation: Json, kind: Kind | None, reference: Reference | None) -> None:
        """Put a part into what it is a part of, or write a reference."""
        owner, target = (argument["target"] for argument in relation["arguments"])
        if kind is not None:
            self._place(kind, self.values[owner], target)
        elif reference is not None:
            key = self._key(target)
            if reference.listed:
                self.values[owner].setdefault(reference.member, []).append(key)
            else:
                self.values[owner][reference.member] = key

    def _key(self, id_: str) -> Any:
        kind = self.kind_of[id_]
        return self.values[id_].get(kind.key, id_) if kind.key else id_

    def _place(self, kind: Kind, holder: Any, id_: str) -> None:
        """Put an annotation where its kind stands within a holder, or the document."""
        *above, last = kind.steps
        for step in above:
            holder = holder.setdefault(step, {})
        if kind.listed:
            holder.setdefault(last, []).append(self.values[id_])
        elif last in holder:
            annotation = next(one for one in self.record["spans"] if one["id"] == id_)
            self._lose(annotation, f"{kind.name} holds one span, and there is another")
        else:
            holder[last] = self.values[id_]
        self.placed.add(id_)

    def _document(self) -> dict[str, Any]:
        """Return the document of all annotations that stand in no other, and of the metadata."""
        metadata = copy.deepcopy(dict(self.record.get("metadata") or {}))
        left = {name: metadata.pop(name) for name in list(metadata) if name.startswith("/")}
        document: dict[str, Any] = {}
        for name, value in metadata.items():
            if name not in self.schema.root.fields and not self._takes_others(self.schema.root):
                why = f"the schema has no member {name}"
                self.losses.append(LedgerRow(self.record["id"], "metadata", name, why, value=value))
            else:
                document[name] = _unpacked(value, self.schema.root.fields.get(name))
        document[text_member(self.schema)] = self.record["text"]
        if self.schema.key and self.schema.key not in document and self.record["id"]:
            document[self.schema.key] = self.record["id"]
        for id_, kind in self.kind_of.items():
            if not kind.is_part:
                self._place(kind, document, id_)
        for pointer, value in left.items():
            _insert(document, pointer, value)
        whole: dict[str, Any] = _filled(document, self.schema, self.outer)
        return whole


def _unpacked(value: Any, node: Node | None) -> Any:
    """Return a value; one that a format could only hold as a string of JSON as the list or object that it says."""
    if isinstance(value, str) and node is not None and node.kind in ("object", "array"):
        with contextlib.suppress(ValueError):
            return parse(value.encode("utf-8", "surrogatepass"), lone_surrogates=True)
    return copy.deepcopy(value)


def _insert(document: dict[str, Any], pointer: str, value: Any) -> None:
    """Put what was metadata by its JSON Pointer back; the item of a list to its number."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    holder: Any = document
    for k, step in enumerate(steps[:-1]):
        holder = holder.setdefault(step, [] if k == len(steps) - 2 else {})
    if isinstance(holder, list):
        holder.insert(int(steps[-1]), value)
    else:
        holder[steps[-1]] = value


def _filled(document: dict[str, Any], schema: Schema, outer: tuple[Kind, ...]) -> dict[str, Any]:
    """Return the document with null where that must be said of a member, its members in the order of the schema."""

    def whole(value: Any, node: Node, within: tuple[Kind, ...]) -> Any:
        if not isinstance(value, dict):
            return value
        nulls = {name: None for name, sub in node.fields.items() if sub.nullable and sub.required}
        members = {name: (nulls | value)[name] for name in (*node.fields, *value) if name in nulls | value}
        for kind in within:
            there = value_of(members, kind.steps)
            ones = there if isinstance(there, list) else [there]
            for k, one in enumerate(ones):
                changed = whole(one, kind.node, kind.parts)
                if isinstance(there, list):
                    there[k] = changed
                elif there is not None:
                    _set(members, kind.steps, changed)
        return members

    filled: dict[str, Any] = whole(document, schema.root, outer)
    return filled


def _set(holder: dict[str, Any], steps: tuple[str, ...], value: Any) -> None:
    for step in steps[:-1]:
        holder = holder[step]
    holder[steps[-1]] = value
