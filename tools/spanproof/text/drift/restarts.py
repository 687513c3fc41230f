"""Offsets that start again in the list of spans: its parts were counted each from a place of its own in the text.

A text was cut where its sentences end, or a program read it in blocks, and the lists of all pieces were put together.
Where an offset is lower than the one before it, a part of the list may begin. That is a guess, so it is no evidence:
each part must prove by itself, as if it were all spans of the text, that its offsets have a shift of their own
(:mod:`~spanproof.text.drift.proof`). Nothing is proved if the parts don't stand in the text in the order of the list.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from spanproof.arrays import Ints
from spanproof.text.drift.document import Document
from spanproof.text.drift.evaluation import Result
from spanproof.text.drift.hypotheses import about_no_text
from spanproof.text.drift.model import Explanation, Model, Placement
from spanproof.text.drift.naming import readings_of
from spanproof.text.drift.units import BY_NAME
from spanproof.text.drift.windows import in_windows, stored_once

_LEAST, _SHARE = 4, 0.8  # spans of a part, and how many of all spans must be in such parts
_PROVED = 2  # parts that prove a shift of their own, if that may be any
_TOLD = 4  # starts that a statement lists
_LISTED = 5  # candidates of a span
RESTARTED = "restarted"
"""What the frame of the model is called."""

Explaining = Callable[[Document, int], Explanation]
"""What explains a document, given among how many documents it is searched."""


class _Part(NamedTuple):
    """A part of the list of spans.

    Attributes:
        rows: its spans, by their numbers in the document.
        base: where in the text it counts from, in the unit of the offsets; None if that isn't known.
        counting: how it counts from there, if that is proved.
        placements: where its spans belong.
    """

    rows: Sequence[int]
    base: int | None
    counting: Model | None = None
    placements: Sequence[Placement] = ()


def counted_in_pieces(
    document: Document, results: Sequence[Result], documents: int, explain: Explaining
) -> Explanation | None:
    """Return the explanation of a document by pieces of its text; None where nothing is proved so.

    Args:
        document: the document, of which no other model proves anything.
        results: what the other models make of all spans, the shortest first; empty where none is near.
        documents: how many documents are searched for models, this one among them.
        explain: what explains a document.
    """
    return in_windows(document, results, documents) or _restarted(document, documents, explain)


def _restarted(document: Document, documents: int, explain: Explaining) -> Explanation | None:
    parts = [rows for rows in _rising(document) if len(set(rows)) >= _LEAST]
    if len(parts) < 2 or sum(map(len, parts)) < _SHARE * len(document.asked):
        return None
    known = [_part(document, rows, documents * len(parts), explain) for rows in parts]
    bases = [part.base for part in known if part.base is not None]
    proved = [part for part in known if part.base]
    if any(one >= other for one, other in pairwise(bases)) or len({part.counting for part in proved}) > 1:
        return None
    if len(proved) < _PROVED and not (proved and _goes_on(document, known[0], proved[0])):
        return None
    return _told(document, proved)


def _goes_on(document: Document, first: _Part, other: _Part) -> bool:
    """Say whether a part counts from behind all spans of the first part, which is right: it isn't just any shift."""
    last = int(document.stored.end[first.rows].max())
    return first.base == 0 and other.counting == Model() and last <= (other.base or 0)


def _rising(document: Document) -> list[list[int]]:
    """Return the parts of the list of spans in which no offset is lower than the one before it."""
    asked: Ints = np.array(document.asked, np.int64)
    falls = np.flatnonzero(np.diff(document.stored.start[asked]) < 0) + 1
    return [part.tolist() for part in np.split(asked, falls)]


def _part(document: Document, rows: Sequence[int], documents: int, explain: Explaining) -> _Part:
    """Return a part with what its spans tell."""
    if document.right[rows].all():
        return _Part(rows, 0)
    spans = [document.spans[k] for k in rows]
    part = Document(document.letters.text, [span[:3] for span in spans], [span[3:] for span in spans])
    explanation = explain(part, documents)
    if len(explanation.models) != 1:
        return _Part(rows, None)
    model = explanation.models[0]
    if model.edits or model.frame != "text":
        return _Part(rows, None)
    return _Part(rows, -model.base, replace(model, base=0), explanation.placements)


def _told(document: Document, proved: Sequence[_Part]) -> Explanation:
    """Return the explanation by parts that prove where they count from."""
    placements: list[Placement | None] = [None] * len(document.spans)
    once = stored_once(document)
    for part in proved:
        for k, placed in zip(part.rows, part.placements, strict=True):
            if placed.level == "proved" and once[k]:
                placements[k] = placed
    every = []
    for k in document.asked:
        near = () if document.right[k] or placements[k] else tuple(document.nearest(k, _LISTED)[0])
        every.append(placements[k] or Placement("open", None, near))
    counting = proved[0].counting or Model()
    number = sum(placed is not None for placed in placements)
    return Explanation(
        (replace(counting, frame=RESTARTED),), "restarted", _readings(proved, counting), "", number, False, every
    )


def _readings(proved: Sequence[_Part], counting: Model) -> tuple[str, ...]:
    """Return in words that parts of the list count from places of their own, and where these are, or in which unit."""
    reading = "offsets start again in the list of spans: parts of it count from other places of the text"
    units = tuple(tuple(BY_NAME[name] for name in names) for names in counting.units)
    if others := readings_of(about_no_text(units), counting):
        return tuple(f"{other}, and {reading}" for other in others)
    starts = [f"{part.base:,}" for part in proved]
    listed = ", ".join(starts[:_TOLD]) + (f" and {len(starts) - _TOLD} more" if len(starts) > _TOLD else "")
    return (f"{reading} ({listed})",)
