"""What was decided where annotators differ: who had what, what holds now, who chose it, and why if that was noted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from spanproof.corpus.documents import Corpus
from spanproof.labelstudio.regions import note_of
from spanproof.labelstudio.versions import UNKNOWN, Version
from spanproof.revisions.diff import Change, diff
from spanproof.schema.layers import layers
from spanproof.schema.paths import Document
from spanproof.schema.schema import Schema

EXTENT = "extent"
"""The field of a decision about where a span starts and ends."""


@dataclass(frozen=True)
class Adjudication:
    """One decision between versions of a document.

    Attributes:
        document: what identifies the document.
        layer: the layer of the annotation; None for what is the document's own.
        start: where the annotation stands, its first code point; None for what has no place of its own.
        end: the code point after its last.
        text: the words there.
        field: what of it they differ in; None where the question is whether it is there at all.
        passes: what each annotator has, None for nothing. Of the version with the star that is what it holds now: the
            server doesn't tell what somebody else changed in it before.
        decision: what holds now, None for nothing.
        by: the annotators who had it so.
        decided_by: who gave the star; ``unknown`` where nobody can know, or the version was changed after that.
        reason: the note on the region in the version with the star; None where there is none: nothing is guessed.
    """

    document: str
    layer: str | None
    start: int | None
    end: int | None
    text: str | None
    field: str | None
    passes: Mapping[str, Any]
    decision: Any
    by: tuple[str, ...]
    decided_by: str | None
    reason: str | None


@dataclass
class _Difference:
    """A difference between the decision and those who had it otherwise."""

    change: Change
    about: str | None
    others: dict[str, Any] = field(default_factory=dict)


def adjudications(
    name: str,
    chosen: Document,
    taken: Document,
    version: Version,
    passes: Mapping[str, Document],
    schema: Schema,
) -> Iterator[Adjudication]:
    """Yield what was decided of one document, in the order of its layers and of its text.

    Where the version with the star isn't taken as it is, because something is held back, nothing is decided yet. An
    identifier that only numbers an annotation otherwise is no difference.

    Args:
        name: what identifies the document.
        chosen: the document as the version with the star has it.
        taken: the document as it was taken.
        version: the version with the star.
        passes: the document of each annotator.
        schema: the schema of the documents.
    """
    differences: dict[tuple[Any, ...], _Difference] = {}
    lacking: set[tuple[str, str | None, str | None]] = set()
    held_back = {_where(change) for change in _changes(taken, chosen, schema)}
    for person, document in passes.items():
        for change in _changes(document, chosen, schema):
            if _where(change) in held_back:
                continue
            asked = _field(change)
            difference = differences.setdefault((*_where(change), asked), _Difference(change, asked))
            difference.others[person] = change.old
            if change.kind == "added":
                lacking.add((person, change.layer, change.id))
    notes = _notes(version, chosen, schema)
    for difference in differences.values():
        change, others = difference.change, difference.others
        had = {
            person: None if (person, change.layer, change.id) in lacking else others.get(person, change.new)
            for person in sorted(passes)
        }
        by = tuple(person for person in had if person not in others and had[person] == change.new)
        stand = (change.start, change.end, change.text)
        reason = None if change.kind == "removed" else notes.get((change.layer, change.id))
        star = UNKNOWN if version.is_changed_since else version.decided_by
        yield Adjudication(name, change.layer, *stand, difference.about, had, change.new, by, star, reason)


def _changes(old: Document, new: Document, schema: Schema) -> Iterator[Change]:
    """Yield what differs between two versions of a document, but for identifiers."""
    sides = (Corpus.of([side], schema.canonical) for side in (old, new))
    return (change for change in diff(*sides).changes if change.kind != "renumbered")


def _where(change: Change) -> tuple[Any, ...]:
    """Return which annotation of the new version a change is about, or which member of the document."""
    known = None if change.kind == "removed" else change.id
    return change.layer, known, change.start, change.end, change.path[:1] if change.layer is None else ()


def _field(change: Change) -> str | None:
    if change.kind in ("added", "removed"):
        return None
    return EXTENT if change.kind == "moved" else ".".join(map(str, change.path)) or None


def _notes(version: Version, chosen: Document, schema: Schema) -> dict[tuple[str | None, str | None], str]:
    """Return the notes on the regions of a version by layer and key of the annotation that they are of."""
    keys: list[tuple[Any, str, str]] = []
    for layer in layers(schema.canonical):
        keys += [(item, layer.name, str(item[layer.key])) for item in layer.items(chosen) if layer.key in item]
    notes: dict[tuple[str | None, str | None], list[str]] = {}
    for item in version.annotation.result if isinstance(version.annotation.result, list) else ():
        words = note_of(item.get("meta")) if isinstance(item, Mapping) and item.get("type") == "labels" else ""
        whole = version.pulled.objects.get(str(item.get("id"))) if words else None
        for one, layer_name, key in keys if whole is not None else ():
            if one == whole:
                notes.setdefault((layer_name, key), []).append(words)
    return {key: " ".join(words) for key, words in notes.items()}
