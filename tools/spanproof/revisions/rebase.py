"""The annotations of a document, carried over to its corrected text, and a report of what became of each.

Each span goes where :mod:`spanproof.revisions.align.follow` says; an annotation follows with all its spans or not at
all (:mod:`spanproof.revisions.cohesion`).
"""

import copy
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from spanproof.corpus.edits import Edit
from spanproof.parsing.arguments import demanding
from spanproof.revisions.align.follow import Fate, Offsets, Reason, Status, Texts
from spanproof.revisions.cohesion import Cut, settle
from spanproof.revisions.parts import TextParts
from spanproof.revisions.rewrite import rewrite, text_member
from spanproof.schema.node import Node
from spanproof.schema.paths import Path, holder_of, place_of, spans_in, value_at
from spanproof.schema.schema import Schema
from spanproof.text.place import place


@dataclass(frozen=True)
class Move:
    """What became of one span.

    Attributes:
        path: where it stood in the old document.
        id: the key of the annotation that it is part of.
        label: of the span, or of the annotation.
        status: kept: same offsets; shifted: same surface, other offsets; edited: its surface changed; moved: its
            passage stands elsewhere; refused: it can't follow.
        old: start and end in the old text (code points, half open); None where they are wrong there.
        new: start and end in the new text; None where it is refused.
        old_surface: its words in the old text; what it stores where its offsets are wrong.
        new_surface: its words in the new text; None where it is refused.
        reason: why it is refused.
        rivals: the places that an ambiguous one may be; of one whose words are gone, where equal words stand.
    """

    path: Path
    id: Any
    label: Any
    status: Status
    old: Offsets | None
    new: Offsets | None
    old_surface: str | None
    new_surface: str | None
    reason: Reason | None = None
    rivals: tuple[Offsets, ...] = ()


@dataclass(frozen=True)
class Rebased:
    """A document over its new text.

    Attributes:
        document: the document, without the annotations that couldn't follow.
        moves: what became of each span.
        refused: the annotations that couldn't follow, by their paths in the old document, as they were there.
        cuts: the references that became null, since what they named is refused.
    """

    document: Any
    moves: tuple[Move, ...]
    refused: tuple[tuple[Path, Any], ...] = ()
    cuts: tuple[Cut, ...] = ()

    def __repr__(self) -> str:
        """Return one line: how many spans have each status, and how many references were cut."""
        spans = ", ".join(f"{number:,} {status}" for status, number in self.counts.items())
        return f"<Rebased: spans {spans}; {len(self.cuts):,} references cut>"

    @property
    def counts(self) -> Mapping[str, int]:
        """Return how many spans have each status."""
        statuses = ("kept", "shifted", "edited", "moved", "refused")
        return {status: sum(move.status == status for move in self.moves) for status in statuses}


@demanding("document", "new_text", "schema")
def rebase(document: Mapping[str, Any], new_text: str | Sequence[str], schema: Schema) -> Rebased:
    """Carry the annotations of a document over to a corrected text; the document itself stays as it is.

    Args:
        document: the document with the old text.
        new_text: the corrected text; where the text is put together of several strings, such as title and abstract,
            that of each, in their order.
        schema: what the document is.

    Raises:
        ValueError: the document holds no text, the schema has spans of several texts, or there are more or fewer new
            texts than the text has strings.
    """
    parts = TextParts.of(document, text_member(schema), new_text, schema)
    texts = parts.texts
    spans = {path: (node, value) for path, node, value in spans_in(document, schema)}
    fates = {path: _fate(parts, value) for path, (_, value) in spans.items()} | parts.surfaces()
    groups: dict[Path, list[Path]] = defaultdict(list)
    for path in spans:
        groups[holder_of(path, schema)].append(path)
    _find_equals(texts, spans, fates)
    old = {path: (span["start"], span["end"]) for path, (_, span) in spans.items() if fates[path].reason != "unsound"}
    gone, cuts = settle(document, schema, groups, old, fates)
    extents = {path: fate.new for path, fate in fates.items() if fate.new}
    edits = [*parts.edits(), *(Edit(cut.path) for cut in cuts)]
    rebased = rewrite(document, texts.new, schema, extents, removed=gone, edits=edits)
    moves = tuple(
        _move(path, spans[path], fates[path], holder, document, schema, texts)
        for holder, paths in groups.items()
        for path in paths
    )
    return Rebased(
        rebased, moves, tuple((path, copy.deepcopy(value_at(document, path))) for path in sorted(gone, key=str)), cuts
    )


def _fate(parts: TextParts, span: Mapping[str, Any]) -> Fate:
    start, end = span.get("start"), span.get("end")
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(parts.texts.old):
        return Fate("refused", reason="unsound")
    if span.get("text") not in (None, parts.texts.old[start:end]):
        return Fate("refused", reason="unsound")
    return parts.follow(start, end)


def _find_equals(texts: Texts, spans: Mapping[Path, tuple[Node, Any]], fates: dict[Path, Fate]) -> None:
    """Add to what becomes of spans whose words are gone where equal words stand; none of them is taken."""
    gone = [path for path, fate in fates.items() if fate.reason == "gone"]
    words = [texts.old[spans[path][1]["start"] : spans[path][1]["end"]] for path in gone]
    for path, placement in zip(gone, place(texts.new, words, in_order=False), strict=True):
        fates[path] = replace(fates[path], rivals=placement.candidates)


def _move(
    path: Path, span: tuple[Node, Any], fate: Fate, holder: Path, document: Any, schema: Schema, texts: Texts
) -> Move:
    node, value = span
    owner, owner_node = value_at(document, holder), schema.nodes[place_of(holder)]
    label = next(
        (labelled[n] for labelled, of in ((value, node), (owner, owner_node)) if (n := of.label) in labelled), None
    )
    unsound = fate.reason == "unsound"
    old = None if unsound else (value["start"], value["end"])
    return Move(
        path,
        owner.get(schema.key_of(owner_node)),
        label,
        fate.status,
        old,
        fate.new,
        value.get("text") if old is None else texts.old[slice(*old)],
        texts.new[slice(*fate.new)] if fate.new else None,
        fate.reason,
        fate.rivals,
    )
