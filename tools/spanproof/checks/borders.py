"""Why spans that have no surfaces don't stand at words: the likely cause, and the correction that is no proof."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from spanproof.arrays import indices, validity
from spanproof.checks.view import Spans, View
from spanproof.corpus.edits import Edit
from spanproof.corpus.findings import Cause

if TYPE_CHECKING:
    from spanproof.text.drift.borders import Likely

Guess = tuple[Cause, tuple[Edit, ...]]
"""The likely cause of a document, and the edits that put its spans where that says."""


def guess_of(view: View, spans: Spans, k: int) -> Guess | None:
    """Return the likely cause of the document that a span without a surface belongs to; None if it has none.

    Args:
        view: the batch.
        spans: the spans at one place of it.
        k: which of them.
    """
    return view.once(("borders", spans.node.place), lambda: _guesses(view, spans)).get(int(spans.items.doc[k]))


def _guesses(view: View, spans: Spans) -> Mapping[int, Guess]:
    if spans.surface is not None and validity(spans.surface).any():
        return {}
    from spanproof.text.drift.borders import likely_of

    rows = np.unique(spans.items.doc[spans.known]).tolist()
    of = {row: indices(spans.known & (spans.items.doc == row)) for row in rows}
    texts = [view.string(row, spans.member) for row in rows]
    stored = [list(zip(spans.start[at].tolist(), spans.end[at].tolist(), strict=True)) for at in of.values()]
    likely = likely_of(texts, stored)
    if likely is None:
        return {}
    return {row: _guess(spans, of[row].tolist(), likely, n, texts[n]) for n, row in enumerate(rows)}


def _guess(spans: Spans, of: list[int], likely: "Likely", number: int, text: str) -> Guess:
    cause = Cause(likely.name, likely.statement, int(likely.agree[number].sum()), len(of), "likely")
    edits: list[Edit] = []
    if likely.places is not None and likely.agree[number].all():
        for k, (start, end) in zip(of, likely.places[number].tolist(), strict=True):
            edits += spans.edits_to(k, start, end, text[start:end])
    return cause, tuple(edits)
