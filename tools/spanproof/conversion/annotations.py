"""The annotations of a document of any schema, found along its kinds, each with an identifier and what it names."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from spanproof.conversion.kinds import Kind, kinds
from spanproof.schema.node import Node, Place
from spanproof.schema.paths import Path, values_at
from spanproof.schema.schema import Schema


@dataclass
class AnnotationItem:
    """An annotation of a document on its way to a record.

    Attributes:
        kind: what it is.
        path: where it stands.
        value: what stands there.
        parts: the annotations within it.
        id: what identifies it in the stand-off document.
        targets: the identifiers of what a member names, by the member; of a relation also its ends.
    """

    kind: Kind
    path: Path
    value: Any
    parts: list["AnnotationItem"] = field(default_factory=list)
    id: str = ""
    targets: dict[str, list[str]] = field(default_factory=dict)

    def walk(self) -> Iterator["AnnotationItem"]:
        """Yield it and what stands within it, outer ones first."""
        yield self
        for part in self.parts:
            yield from part.walk()

    @property
    def key(self) -> Any:
        """The value of its key; None without any."""
        return self.value.get(self.kind.key) if self.kind.key else None


def annotations(document: Mapping[str, Any], schema: Schema) -> list[AnnotationItem]:
    """Return the annotations of a document that stand within no other, in the order of the schema.

    What can't be one, such as a span without offsets, isn't among them.

    Args:
        document: the canonical document.
        schema: what the document is.

    Raises:
        ValueError: the schema has spans of several texts, or of none.
    """
    outer = [one for kind in kinds(schema) for one in _annotations(kind, document, ())]
    _name_all([one for top in outer for one in top.walk()])
    return _resolved(outer, document)


def none_of(document: Mapping[str, Any], schema: Schema, outer: list[AnnotationItem]) -> list[tuple[Kind, Path]]:
    """Return what stands where spans of a kind do and can't be one, since it has no offsets.

    Args:
        document: the canonical document.
        schema: what the document is.
        outer: the annotations of the document, as :func:`annotations` returns them.
    """
    known = {one.path for top in outer for one in top.walk()}
    return [place for kind in kinds(schema) for place in _none_of(kind, document, (), known)]


def _none_of(kind: Kind, holder: Any, path: Path, known: set[Path]) -> Iterator[tuple[Kind, Path]]:
    for where, item in _items(kind, holder, path):
        if item is not None and where not in known and kind.form in ("span", "fragments"):
            yield kind, where
        for part in kind.parts:
            yield from _none_of(part, item, where, known)


def value_of(holder: Any, steps: tuple[str, ...]) -> Any:
    """Return what stands at some members within each other; None where there is none."""
    for step in steps:
        holder = holder.get(step) if isinstance(holder, Mapping) else None
    return holder


def _annotations(kind: Kind, holder: Any, path: Path) -> list[AnnotationItem]:
    """Return the annotations of a kind within an object, or the document: those that can be one."""
    candidates = (_annotation(kind, where, item) for where, item in _items(kind, holder, path))
    return [one for one in candidates if one is not None]


def _items(kind: Kind, holder: Any, path: Path) -> list[tuple[Path, Any]]:
    """Return what stands where annotations of a kind do, each with its path."""
    value, at = value_of(holder, kind.steps), (*path, *kind.steps)
    if not kind.listed:
        return [(at, value)]
    return [((*at, k), item) for k, item in enumerate(value)] if isinstance(value, list) else []


def _annotation(kind: Kind, path: Path, value: Any) -> AnnotationItem | None:
    """Return an annotation with those within it; None for what can't be one."""
    if not isinstance(value, dict):
        return None
    if kind.form == "span" and not has_offsets(value):
        return None
    if kind.form == "fragments" and not fragments_of(kind.node, value):
        return None
    parts = [part for sub in kind.parts for part in _annotations(sub, value, path)]
    return AnnotationItem(kind, path, value, parts) if parts or kind.form != "group" else None


def has_offsets(value: Any) -> bool:
    """Say whether an object has a start and an end that are whole numbers."""
    return type(value.get("start")) is int and type(value.get("end")) is int


def fragments_of(node: Node, value: Any) -> list[Any]:
    """Return the fragments of an annotation; none where one of them is no span."""
    fragments = value.get(node.annotation.fragments) if node.annotation else None
    sound = isinstance(fragments, list) and all(isinstance(one, Mapping) and has_offsets(one) for one in fragments)
    return fragments if sound and fragments else []


def _name_all(annotations: list[AnnotationItem]) -> None:
    """Give each annotation an identifier: its key where that is a string that no other has."""
    keys = Counter(one.key for one in annotations if isinstance(one.key, str))
    taken = {key for key, count in keys.items() if key and count == 1}
    for one in annotations:
        one.id = one.key if isinstance(one.key, str) and one.key in taken else ""
    for one in annotations:
        if not one.id:
            one.id = unused(".".join([one.kind.name, *(str(s) for s in one.path if isinstance(s, int))]), taken)


def unused(wanted: str, taken: set[str]) -> str:
    """Return an identifier that isn't taken, as wanted or with underscores behind; it is taken then."""
    while wanted in taken:
        wanted += "_"
    taken.add(wanted)
    return wanted


class _Keys:
    """What the keys of a document name: annotations by the places of their keys."""

    def __init__(self, document: Any, every: list[AnnotationItem]) -> None:
        self.document = document
        self.by_path = {one.path: one for one in every}
        self.named: dict[Place, dict[str, list[str]]] = {}

    def at(self, place: Place) -> dict[str, list[str]]:
        """Return the identifiers of what each key at a place names; empty for what is no annotation."""
        if place not in self.named:
            self.named[place] = {}
            for path, value in values_at(self.document, place):
                of = self.by_path.get(path[:-1])
                identifier = of.id if of is not None and of.kind.key == place[-1] else ""
                self.named[place].setdefault(json.dumps(value), []).append(identifier)
        return self.named[place]

    def target(self, value: Any, places: tuple[Place, ...]) -> str:
        """Return the one annotation that a value names; empty where there is none, or several."""
        ids = [one for place in places for one in self.at(place).get(json.dumps(value), ())]
        return ids[0] if len(ids) == 1 else ""


def _resolved(outer: list[AnnotationItem], document: Any) -> list[AnnotationItem]:
    """Return the annotations with what they name; relations of which no end is an annotation are none."""
    while True:
        every = [one for top in outer for one in top.walk()]
        keys = _Keys(document, every)
        for one in every:
            one.targets = {member: ids for member, ids in _named_by(one, keys) if all(ids)}
        left = [one for one in outer if one.kind.form != "relation" or any(end in one.targets for end in ends_of(one))]
        if len(left) == len(outer):
            return outer
        outer = left


def ends_of(one: AnnotationItem) -> tuple[str, ...]:
    """Return the members that name the ends of a relation; none for others."""
    return one.kind.node.relation.members if one.kind.form == "relation" and one.kind.node.relation else ()


def _named_by(one: AnnotationItem, keys: _Keys) -> Iterator[tuple[str, list[str]]]:
    """Yield the members of an annotation that name others, each with the identifiers that its values have."""
    for end in ends_of(one):
        if isinstance(value := one.value.get(end), str | int):
            yield end, [keys.target(value, one.kind.node.fields[end].refers_to.places)]
    for reference in one.kind.references:
        value = one.value.get(reference.member)
        values = value if reference.listed else [value]
        if isinstance(values, list) and values and all(isinstance(name, str | int) for name in values):
            yield reference.member, [keys.target(name, reference.targets) for name in values]
