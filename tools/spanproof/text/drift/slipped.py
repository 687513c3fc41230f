"""Surfaces that slipped by a row: each span has the words of the next one, or of the one before.

In a list, a table or a text of few names, that looks like a shift of all offsets by one item. Which of the two it is
the text can't tell, so neither is proved.
"""

from dataclasses import replace

from spanproof.text.drift.model import Explanation, Placement
from spanproof.text.drift.shared import Annotated
from spanproof.text.drift.span_columns import SpanColumns

FEWEST = 3
"""Different words that have slipped at least."""
_LOOKED_AT, _SHARE = 4, 0.8
_NEIGHBOURS = {1: "next", -1: "previous"}


def unless_slipped(annotated: Annotated, explanation: Explanation) -> Explanation:
    """Return an explanation; one that proves nothing where the surfaces may have slipped by a row.

    Args:
        annotated: the text with its spans.
        explanation: why spans disagree with their surfaces.
    """
    by = _slipped(annotated) if explanation.models or explanation.foreign else 0
    if not by:
        return explanation
    statement = f"the stored words are those of the {_NEIGHBOURS[by]} span, or all offsets point one span too "
    statement += f"{'low' if by > 0 else 'high'}; the text can't tell"
    placements = []
    for span, one in zip(annotated.spans, explanation.placements, strict=True):
        places = (one.place,) if one.place else one.candidates
        placements.append(Placement() if one.place == span[:2] else Placement("open", None, places))
    return replace(
        explanation,
        models=(),
        name="slipped-rows",
        readings=(statement,),
        share="",
        foreign=False,
        placements=placements,
        rivals=0,
    )


def _slipped(annotated: Annotated) -> int:
    """Return 1 if most wrong spans have the words of the next one, -1 if those of the previous one, else 0."""
    text, surfaces = annotated.text, set(SpanColumns.of(annotated.spans).different)
    wrong = (span for span in annotated.spans if text[max(span[0], 0) : max(span[1], 0)] != span[2])
    first = [text[max(start, 0) : max(end, 0)] for _, (start, end, _) in zip(range(_LOOKED_AT), wrong, strict=False)]
    if not any(words in surfaces for words in first):
        return 0
    spans = sorted(set(annotated.spans))
    words = [text[max(start, 0) : max(end, 0)] for start, end, _ in spans]
    number = sum(there != span[2] for there, span in zip(words, spans, strict=True))
    for by in _NEIGHBOURS:
        pairs = zip(words[by:], spans, strict=False) if by > 0 else zip(words, spans[1:], strict=False)
        same = [there for there, (*_, surface) in pairs if there == surface]
        if len(set(same)) >= FEWEST and len(same) >= _SHARE * number:
            return by
    return 0
