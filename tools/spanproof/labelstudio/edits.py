"""What people changed of a document, annotation by annotation; sound edits are told from broken ones by trial."""

import copy
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from spanproof.corpus.findings import Finding
from spanproof.labelstudio.arcs import relating
from spanproof.labelstudio.holders import named
from spanproof.labelstudio.layout import not_shown
from spanproof.schema.layers import Layer, layers
from spanproof.schema.node import Place
from spanproof.schema.paths import Document
from spanproof.schema.schema import Schema

Judge = Callable[[Document], Sequence[Finding]]
"""Finds the errors of one document."""


@dataclass(frozen=True)
class AnnotationEdit:
    """An annotation that was added, changed or removed.

    Attributes:
        place: the place of the annotation in the schema.
        index: where it stands in its list in the corpus; None for one that was added.
        old: the annotation in the corpus; None for one that was added.
        new: the annotation as it is now; None for one that was removed.
    """

    place: Place
    index: int | None
    old: Any
    new: Any

    @property
    def loses(self) -> bool:
        """Whether something isn't there any more that was there."""
        return self.old is not None and (self.new is None or _lacks(self.old, self.new))


def _lacks(old: Any, new: Any) -> bool:
    """Say whether a value lacks something that another one has."""
    if isinstance(old, Mapping):
        return not isinstance(new, Mapping) or any(_lacks(value, new.get(name)) for name, value in old.items())
    if isinstance(old, list):
        return not isinstance(new, list) or len(new) < len(old)
    return old is not None and new is None


def edits(base: Document, changed: Document, schema: Schema) -> list[AnnotationEdit]:
    """Return what differs between two versions of a document, in the order of the schema.

    Annotations with a key are the same where the key is; others where they are equal, then in their order.

    Args:
        base: the document in the corpus.
        changed: the document as it is now.
        schema: the schema of both.
    """
    return [edit for layer in _layers(schema) for edit in _edits(layer, base, changed)]


def _layers(schema: Schema) -> tuple[Layer, ...]:
    relations = (Layer(named(node.place), node, schema.key_of(node)) for node, _ in relating(schema))
    return (*layers(schema), *relations)


def _edits(layer: Layer, base: Document, changed: Document) -> Iterator[AnnotationEdit]:
    """Yield what differs in a layer."""
    place, old, new = layer.node.place, layer.items(base), layer.items(changed)
    pairs = _paired(layer.key, old, new)
    for index, item in enumerate(old):
        other = new[pairs[index]] if index in pairs else None
        if item != other:
            yield AnnotationEdit(place, index, item, other)
    yield from (AnnotationEdit(place, None, None, item) for k, item in enumerate(new) if k not in pairs.values())


def _paired(key: str | None, old: Sequence[Any], new: Sequence[Any]) -> dict[int, int]:
    """Return which of the new annotations each of the old ones is, by their indices."""
    free: dict[str, list[int]] = {}
    for k, item in enumerate(new):
        free.setdefault(_identity(item, key), []).append(k)
    pairs: dict[int, int] = {}
    for k, item in enumerate(old):
        if same := free.get(_identity(item, key)):
            pairs[k] = same.pop(0)
    if key is None:
        left = sorted(k for indices in free.values() for k in indices)
        gone = [k for k in range(len(old)) if k not in pairs]
        if len(left) == len(gone):
            pairs |= dict(zip(gone, left, strict=True))
    return pairs


def _identity(item: Any, key: str | None) -> str:
    """Return what makes an annotation the same in two versions."""
    return json.dumps(item if key is None or not isinstance(item, Mapping) else item.get(key), sort_keys=True)


def without(changed: Document, undone: Collection[AnnotationEdit], schema: Schema) -> dict[str, Any]:
    """Return a document without some of the edits: what they are about is as it was in the corpus.

    Args:
        changed: the document as it is now, with all edits.
        undone: the edits that aren't made.
        schema: the schema of the document.
    """
    document = copy.copy(dict(changed))
    for layer in _layers(schema):
        if own := [edit for edit in undone if edit.place == layer.node.place]:
            _revert(document, layer.node.place, own)
    return document


def _revert(document: dict[str, Any], place: Place, undone: Sequence[AnnotationEdit]) -> None:
    """Undo edits of one layer in a document, whose containers are copied on the way."""
    *outer, last = place[:-1] if place[-1] == "*" else place
    for step in outer:
        inner = document.get(step)
        document[step] = dict(inner) if isinstance(inner, Mapping) else {}
        document = document[step]
    if place[-1] != "*":
        document[last] = undone[0].old
        return
    items = list(document.get(last) or ())
    for edit in undone:
        at = next((k for k, item in enumerate(items) if item is edit.new), None) if edit.new is not None else None
        if edit.old is None:
            items = [item for k, item in enumerate(items) if k != at]
        elif at is not None:
            items[at] = edit.old
    for edit in sorted((edit for edit in undone if edit.new is None), key=lambda edit: edit.index or 0):
        items.insert(min(edit.index or 0, len(items)), edit.old)
    document[last] = items


@dataclass(frozen=True)
class EditTrial:
    """Edits of a document, tried against the rules.

    Attributes:
        base: the document in the corpus.
        changed: the document with all edits.
        every: all edits.
        schema: the schema of the document.
        judge: finds the errors of a document.
    """

    base: Document
    changed: Document
    every: tuple[AnnotationEdit, ...]
    schema: Schema
    judge: Judge

    def sound(self, wanted: Sequence[AnnotationEdit]) -> list[AnnotationEdit]:
        """Return those of some edits that together bring no error that the corpus didn't have.

        What is refused is tried again beside what was taken, since one edit may need another: a reference and what it
        refers to.
        """
        taken, refused = self._taken([], wanted), list(wanted)
        while True:
            refused = [edit for edit in wanted if not _is_in(edit, taken)]
            more = self._taken(taken, refused)
            if not more:
                return taken
            taken = taken + more

    def _taken(self, before: list[AnnotationEdit], wanted: Sequence[AnnotationEdit]) -> list[AnnotationEdit]:
        """Return those of some edits that bring no error on top of others, halving what does."""
        if not wanted or not self.errors([*before, *wanted]):
            return list(wanted)
        if len(wanted) == 1:
            return []
        half = len(wanted) // 2
        first = self._taken(before, wanted[:half])
        return first + self._taken(before + first, wanted[half:])

    def errors(self, taken: Sequence[AnnotationEdit]) -> list[Finding]:
        """Return the errors that some edits bring, beside those that the corpus has."""
        known = Counter(self._faults)
        brought = []
        for finding in self.judge(self.with_only(taken)):
            if known[fault(finding)] > 0:
                known[fault(finding)] -= 1
            else:
                brought.append(finding)
        return brought

    @cached_property
    def _faults(self) -> list[tuple[Any, ...]]:
        """The errors that the corpus has."""
        return [fault(finding) for finding in self.judge(self.base)]

    def with_only(self, taken: Sequence[AnnotationEdit]) -> dict[str, Any]:
        """Return the document with some of the edits."""
        return without(self.changed, [edit for edit in self.every if not _is_in(edit, taken)], self.schema)


def _is_in(edit: AnnotationEdit, some: Sequence[AnnotationEdit]) -> bool:
    return any(other is edit for other in some)


def fault(finding: Finding) -> tuple[Any, ...]:
    """Return what makes two findings in two versions of a document the same."""
    return finding.code, finding.id, finding.start, finding.end, finding.message


def grafted(base: Document, other: Document, schema: Schema) -> dict[str, Any]:
    """Return a document with the annotations of another version; all else is as it is in the corpus.

    Args:
        base: the document in the corpus.
        other: the version whose annotations are taken.
        schema: the schema of both.
    """
    document = dict(base)
    hidden = not_shown(schema)
    for layer in (layer for layer in _layers(schema) if layer.name not in hidden):
        steps = layer.node.place[:-1] if layer.node.place[-1] == "*" else layer.node.place
        _graft(document, other, steps)
    return document


def _graft(document: dict[str, Any], other: Mapping[str, Any], steps: Sequence[str]) -> None:
    """Set what a path leads to as another version has it."""
    step, *further = steps
    if step not in other:
        document.pop(step, None)
    elif further and isinstance(document.get(step), Mapping) and isinstance(other[step], Mapping):
        document[step] = dict(document[step])
        _graft(document[step], other[step], further)
    else:
        document[step] = other[step]
