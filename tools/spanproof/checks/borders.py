"""Why spans don't stand at words though no surface differs: the likely cause, and the correction that is no proof."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from spanproof.arrays import Bools, indices, validity
from spanproof.checks.own_texts import OwnText, own_texts
from spanproof.checks.view import Spans, View
from spanproof.corpus.edits import Edit
from spanproof.corpus.findings import Cause
from spanproof.text import characters

if TYPE_CHECKING:
    from spanproof.text.drift.borders import Likely, Unworded

Guess = tuple[Cause, tuple[Edit, ...]]
"""The likely cause of a document, and the edits that put its spans where that says."""


def guess_of(view: View, spans: Spans, k: int) -> Guess | None:
    """Return the likely cause of the document that a span belongs to; None if it has none.

    Surfaces that agree are no evidence against it: they may have been copied from the text at the wrong offsets. A
    document in which one differs is left to those who compare them.

    Args:
        view: the batch.
        spans: the spans at one place of it.
        k: which of them.
    """
    return view.once(("borders", spans.node.place), lambda: _guesses(view, spans)).get(int(spans.items.doc[k]))


def _guesses(view: View, spans: Spans) -> Mapping[int, Guess]:
    from spanproof.text.drift.borders import LEAST, SHARE, likely_of

    doc = spans.items.doc
    known = indices(spans.known & ~np.isin(doc, doc[~spans.same]))
    if spans.surface is not None and _off_words(spans)[known].sum() < max(LEAST, SHARE * len(known)):
        return {}
    rows, first = np.unique(doc[known], return_index=True)
    of = [[(spans, k) for k in some.tolist()] for some in np.split(known, first[1:])]
    texts = [
        (r, own) for r, some in zip(rows.tolist(), of, strict=False) for own in own_texts(view, r, spans.member, some)
    ]
    likely = likely_of([_unworded(view, spans, row, own) for row, own in texts])
    if likely is None:
        return {}
    of_row = groupby(enumerate(texts), key=lambda numbered: numbered[1][0])
    return {row: _guess(spans, likely, [(n, own) for n, (_, own) in some]) for row, some in of_row}


def _off_words(spans: Spans) -> Bools:
    """Say which spans begin or end within a word or a grapheme cluster, or with white space."""
    before, first, last, after = spans.edges
    cut = (before & first | last & after) & characters.WORD > 0
    cut |= characters.joins(before, first) | characters.joins(last, after)
    return cut | ((first | last) & characters.SPACE > 0)


def _unworded(view: View, spans: Spans, row: int, own: OwnText) -> "Unworded":
    """Return a text with the offsets and labels of its spans, and its tokens if they agree with it."""
    from spanproof.text.drift.borders import Unworded

    offsets = [(int(spans.start[k]) - own.low, int(spans.end[k]) - own.low) for _, k in own.stored]
    label = spans.node.label
    labels = [spans.items.value(label, k) for _, k in own.stored] if label else ()
    return Unworded(own.text, offsets, labels, [] if own.low else _tokens(view, row, spans.member))


def _tokens(view: View, row: int, member: str) -> list[tuple[int, int]]:
    """Return start and end of the tokens that a document has for a text; none if one of them disagrees with it."""
    tokens: list[tuple[int, int]] = []
    for spans in view.spans.values():
        if spans.member == member and spans.node.policy.role == "tokens" and spans.surface is not None:
            first, last = np.searchsorted(spans.items.doc, [row, row + 1]).tolist()
            if not (spans.known & spans.same)[first:last].all():
                return []
            tokens += zip(spans.start[first:last].tolist(), spans.end[first:last].tolist(), strict=True)
    return tokens


def _guess(spans: Spans, likely: "Likely", texts: Sequence[tuple[int, OwnText]]) -> Guess:
    agree, of = sum(int(likely.agree[n].sum()) for n, _ in texts), sum(len(own.stored) for _, own in texts)
    statement = f"{likely.statement} (then {agree} of {of} spans begin and end at words)"
    if spans.surface is not None and validity(spans.surface).any():
        statement += "; the stored words may have been copied from the text at the wrong offsets"
    if likely.recurring:
        statement += f"; {likely.recurring} of all spans then have words that their label has in another document"
    cause = Cause(likely.name, statement, 0, of, "likely")
    edits: list[Edit] = []
    if likely.places is not None and agree == of:
        for n, own in texts:
            for (_, k), (start, end) in zip(own.stored, likely.places[n].tolist(), strict=True):
                edits += spans.edits_to(k, start + own.low, end + own.low, own.text[start:end])
    return cause, tuple(edits)
