"""What was decided where annotators differ: who had what, what holds now, who chose it, and why if that was noted."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spanproof.labelstudio.compared import Annotation, ComparedVersion, Subject
from spanproof.labelstudio.regions import note_of
from spanproof.labelstudio.versions import UNKNOWN, Version
from spanproof.schema.layers import layers
from spanproof.schema.paths import Document
from spanproof.schema.schema import Schema

EXTENT = "extent"
"""The field of a decision about where a span starts and ends; of a part of an annotation, after the part's name."""

_NOWHERE = (None, None, None)


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
        passes: what each annotator has, None for nothing; who didn't annotate the layer is left out. Of the version
            with the star that is what it holds now: the server doesn't tell what somebody else changed in it before.
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
    schema = schema.canonical
    held_back = ComparedVersion.of(taken, chosen, schema)
    team = {person: ComparedVersion.of(passes[person], chosen, schema) for person in sorted(passes)}
    star = UNKNOWN if version.is_changed_since else version.decided_by
    notes = _notes(version, chosen, schema)
    rows = [*_of_chosen(name, team, held_back, star, notes), *_of_others(name, team, held_back, star)]
    order = {None: -1} | {layer.name: k for k, layer in enumerate(held_back.versions.layers)}
    yield from sorted(rows, key=lambda row: (order[row.layer], row.start or 0, row.end or 0, row.field or ""))


def _of_chosen(
    name: str,
    team: Mapping[str, ComparedVersion],
    held_back: ComparedVersion,
    star: str | None,
    notes: Mapping[Subject, str],
) -> Iterator[Adjudication]:
    """Yield what was decided of what the version with the star has: one decision for each member that differs."""
    subjects = dict.fromkeys(subject for one in team.values() for subject in one.differing)
    for subject in (subject for subject in subjects if subject not in held_back.differing):
        layer, index = subject
        own = {person: one for person, one in team.items() if layer is None or layer in one.layers}
        for steps in dict.fromkeys(steps for one in own.values() for steps in one.differing.get(subject, ())):
            any_one = next(iter(own.values()))
            decision = any_one.value(subject, steps, 1)
            by = tuple(person for person, one in own.items() if not one.differs(subject, steps))
            had = {p: decision if p in by else one.value(subject, steps, 0) for p, one in own.items()}
            about = ".".join(EXTENT if step is None else step for step in steps) or None
            start, end, text = (layer and any_one.stand((layer, int(index)), 1)) or _NOWHERE
            yield Adjudication(name, layer, start, end, text, about, had, decision, by, star, notes.get(subject))


def _of_others(
    name: str, team: Mapping[str, ComparedVersion], held_back: ComparedVersion, star: str | None
) -> Iterator[Adjudication]:
    """Yield what was decided of annotations that the version with the star hasn't: that they aren't there."""
    groups = _groups([held_back, *team.values()])
    for group in (group for group in groups if 0 not in group):
        ((layer, _), *_) = group.values()
        own = [(k, person) for k, person in enumerate(team, 1) if layer in team[person].layers]
        had = {person: team[person].annotation(group[k], 0) if k in group else None for k, person in own}
        by = tuple(person for k, person in own if k not in group)
        start, end, text = next(team[person].stand(group[k], 0) for k, person in own if k in group) or _NOWHERE
        yield Adjudication(name, layer, start, end, text, None, had, None, by, star, None)


def _groups(sides: Sequence[ComparedVersion]) -> list[dict[int, Annotation]]:
    """Return what the version with the star hasn't, by the index of the side; what is the same is in one group.

    On some sides that may be an annotation that the version with the star has, too, but with another label.
    """
    groups: list[dict[int, Annotation]] = []
    known: set[tuple[int, Annotation]] = set()
    twins: dict[tuple[int, int], dict[Annotation, Annotation]] = {}
    for side, one in enumerate(sides):
        for annotation in (own for own in one.alone if own[0] in one.layers and (side, own) not in known):
            group = {side: annotation}
            for other in (other for other in range(len(sides)) if other != side):
                if (side, other) not in twins:
                    twins[side, other] = one.twins_in(sides[other])
                twin = twins[side, other].get(annotation)
                if twin is not None and (other or twin in sides[0].alone):
                    group[other] = twin
                    known.add((other, twin))
            groups.append(group)
    return groups


def _notes(version: Version, chosen: Document, schema: Schema) -> dict[Subject, str]:
    """Return the notes on the regions of a version by the annotation that they are of."""
    annotations = [((layer.name, k), one) for layer in layers(schema) for k, one in enumerate(layer.items(chosen))]
    notes: dict[Subject, list[str]] = {}
    for item in version.annotation.result if isinstance(version.annotation.result, list) else ():
        words = note_of(item.get("meta")) if isinstance(item, Mapping) and item.get("type") == "labels" else ""
        whole = version.pulled.objects.get(str(item.get("id"))) if words else None
        for subject, one in annotations if whole is not None else ():
            if one == whole:
                notes.setdefault(subject, []).append(words)
    return {subject: " ".join(words) for subject, words in notes.items()}
