"""The journey of a rebase: a document and its corrected text in, the document over the new text and a report out.

Each span goes where :mod:`spanproof.revisions.align.follow` says; an annotation follows with all its spans or not at
all (:mod:`spanproof.revisions.cohesion`).
"""

import copy
import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spanproof.revisions.align.follow import Fate, Offsets, Reason, Status, Texts, follow
from spanproof.revisions.cohesion import Cut, settle
from spanproof.schema.node import Node
from spanproof.schema.paths import Path, holder_of, objects, pattern, reached
from spanproof.schema.schema import Schema
from spanproof.text.quote_selector import quote_selector


@dataclass(frozen=True)
class Move:
    """What became of one span: ``path`` is where it stood in the old document.

    kept: same offsets; shifted: same surface, other offsets; edited: its surface changed; moved: its passage stands
    elsewhere; refused: ``reason`` says why, and of an ambiguous one ``rivals`` are the places that it may be.
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
    """The document over its new text without ``refused``, the annotations that couldn't follow, as they were."""

    document: Any
    moves: tuple[Move, ...]
    refused: tuple[tuple[Path, Any], ...] = ()
    cuts: tuple[Cut, ...] = ()

    @property
    def counts(self) -> Mapping[str, int]:
        """How many spans have each status."""
        statuses = ("kept", "shifted", "edited", "moved", "refused")
        return {status: sum(move.status == status for move in self.moves) for status in statuses}


def rebase(document: Mapping[str, Any], new_text: str, schema: Schema) -> Rebased:
    """The document's annotations over a corrected text; the document itself stays as it is.

    Raises:
        ValueError: the document holds no text, or the schema has spans of several texts.
    """
    if len(schema.texts) != 1:
        raise ValueError(f"a rebase needs spans of one text; the schema has spans of {sorted(schema.texts) or 'none'}")
    (member,) = schema.texts
    old_text = document.get(member)
    if not isinstance(old_text, str):
        raise ValueError(f"the document has no text at {member!r}")
    texts = Texts(old_text, new_text)
    spans = {path: (node, value) for path, node, value in objects(document, schema.root, ()) if node.span_of}
    fates = {path: _fate(texts, value) for path, (_, value) in spans.items()}
    groups: dict[Path, list[Path]] = defaultdict(list)
    for path in spans:
        groups[holder_of(path, schema)].append(path)
    old = {path: (span["start"], span["end"]) for path, (_, span) in spans.items() if fates[path].reason != "unsound"}
    gone, cuts = settle(document, schema, groups, old, fates)
    rebased = _written(document, new_text, schema, member, spans, fates, gone, cuts)
    moves = tuple(
        _move(path, spans[path], fates[path], holder, document, schema, texts)
        for holder, paths in groups.items()
        for path in paths
    )
    return Rebased(
        rebased, moves, tuple((path, copy.deepcopy(reached(document, path))) for path in sorted(gone, key=str)), cuts
    )


def _fate(texts: Texts, span: Mapping[str, Any]) -> Fate:
    start, end = span.get("start"), span.get("end")
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(texts.old):
        return Fate("refused", reason="unsound")
    if span.get("text") not in (None, texts.old[start:end]):
        return Fate("refused", reason="unsound")
    return follow(texts, start, end)


def _written(
    document: Mapping[str, Any],
    new_text: str,
    schema: Schema,
    member: str,
    spans: Mapping[Path, tuple[Node, Any]],
    fates: Mapping[Path, Fate],
    gone: set[Path],
    cuts: Sequence[Cut],
) -> Any:
    """The document with offsets, surfaces, contexts and hashes of the new text, without what is gone."""
    rebased = copy.deepcopy(dict(document))
    rebased[member] = new_text
    for node, hashed in schema.having(Node.hash_of):
        if hashed == member and len(node.place) == 1 and rebased.get(node.place[0]) is not None:
            rebased[node.place[0]] = hashlib.sha256(new_text.encode()).hexdigest()
    for path in spans:
        if (new := fates[path].new) is None:
            continue
        span = reached(rebased, path)
        span["start"], span["end"] = new
        renewed = quote_selector(new_text, *new, span)
        span.update({name: value for name, value in renewed.items() if isinstance(span.get(name), str)})
    for cut in cuts:
        reached(rebased, cut.path[:-1])[cut.path[-1]] = None
    for path in sorted(gone, key=lambda path: [str(step).zfill(9) for step in path], reverse=True):
        owner = reached(rebased, path[:-1])
        if isinstance(path[-1], str) and schema.nodes[pattern(path)].nullable:
            owner[path[-1]] = None
        else:
            del owner[path[-1]]
    return rebased


def _move(
    path: Path, span: tuple[Node, Any], fate: Fate, holder: Path, document: Any, schema: Schema, texts: Texts
) -> Move:
    node, value = span
    owner, owner_node = reached(document, holder), schema.nodes[pattern(holder)]
    label = next((each[n] for each, of in ((value, node), (owner, owner_node)) if (n := of.label) in each), None)
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
