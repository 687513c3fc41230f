"""What was decided where annotators differ: who had what, what holds now, who chose it, and why if that was noted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from spanproof.corpus.documents import Corpus
from spanproof.labelstudio.regions import note_of
from spanproof.labelstudio.versions import Version
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
        decided_by: who gave the star.
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
    name: str, decided: Document, version: Version, passes: Mapping[str, Document], schema: Schema
) -> Iterator[Adjudication]:
    """Yield what was decided of one document, in the order of its layers and of its text.

    Args:
        name: what identifies the document.
        decided: the document as it was taken.
        version: the version that it was taken from.
        passes: the document of each annotator.
        schema: the schema of the documents.
    """
    differences: dict[tuple[Any, ...], _Difference] = {}
    lacking: set[tuple[str, str | None, str | None]] = set()
    for person, document in passes.items():
        sides = (Corpus.of([side], schema.canonical) for side in (document, decided))
        for change in diff(*sides).changes:
            asked = _field(change)
            known = None if change.kind == "removed" else change.id
            where = (change.layer, known, change.start, change.end, asked)
            differences.setdefault(where, _Difference(change, asked)).others[person] = change.old
            if change.kind == "added":
                lacking.add((person, change.layer, change.id))
    notes = _notes(version, decided, schema)
    for difference in differences.values():
        change, others = difference.change, difference.others
        had = {
            person: None if (person, change.layer, change.id) in lacking else others.get(person, change.new)
            for person in sorted(passes)
        }
        by = tuple(person for person in had if person not in others and had[person] == change.new)
        stand = (change.start, change.end, change.text)
        reason = None if change.kind == "removed" else notes.get((change.layer, change.id))
        star = version.decided_by
        yield Adjudication(name, change.layer, *stand, difference.about, had, change.new, by, star, reason)


def _field(change: Change) -> str | None:
    if change.kind in ("added", "removed"):
        return None
    return EXTENT if change.kind == "moved" else ".".join(map(str, change.path)) or None


def _notes(version: Version, decided: Document, schema: Schema) -> dict[tuple[str | None, str | None], str]:
    """Return the notes on the regions of a version by layer and key of the annotation that they are of."""
    keys: list[tuple[Any, str, str]] = []
    for layer in layers(schema.canonical):
        keys += [(item, layer.name, str(item[layer.key])) for item in layer.items(decided) if layer.key in item]
    notes: dict[tuple[str | None, str | None], list[str]] = {}
    for item in version.annotation.result if isinstance(version.annotation.result, list) else ():
        words = note_of(item.get("meta")) if isinstance(item, Mapping) and item.get("type") == "labels" else ""
        whole = version.pulled.objects.get(str(item.get("id"))) if words else None
        for one, layer_name, key in keys if whole is not None else ():
            if one == whole:
                notes.setdefault((layer_name, key), []).append(words)
    return {key: " ".join(words) for key, words in notes.items()}
