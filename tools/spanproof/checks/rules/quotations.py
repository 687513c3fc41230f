"""SP4xx: the parts of a quotation and its marks."""

from collections.abc import Iterator

import numpy as np
import pyarrow.compute as pc

from spanproof.arrays import booleans, distinct, indices, strings
from spanproof.checks.annotations import Annotations, annotations, spans_at
from spanproof.checks.rule import Hit, rule
from spanproof.checks.view import View
from spanproof.schema.node import Node
from spanproof.text import characters
from spanproof.text.characters import CLOSING, OPENING

_QUOTE = {
    "id": "q1",
    "type": "direct",
    "start": 27,
    "end": 45,
    "text": "We meet in Lisbon.",
    "source": {"start": 0, "end": 9, "text": "Ana Silva"},
    "cue": {"start": 10, "end": 14, "text": "said"},
    "speaker": None,
    "continues": None,
    "utterance": "meeting-in-lisbon",
}
_FLUSH = " ,.;:!?…\u00a0\u202f\u2009"
"""What may stand between a content and its closing mark."""


@rule(
    "SP401",
    "part-inside-content",
    needs=Node.quotation,
    bad=[
        {
            "quotes": [
                {**_QUOTE, "type": "indirect", "start": 0, "end": 24, "text": "Ana Silva said on Monday", "cue": None}
            ]
        }
    ],
    good=[{"quotes": [{**_QUOTE, "type": "indirect", "start": 15, "end": 24, "text": "on Monday", "cue": None}]}],
)
def part_inside_content(view: View) -> Iterator[Hit]:
    """The source or cue of a quotation lies in its own content.

    What is said can't name who says it: the content, the source and the cue of one quotation share no character.

    Waive it where the speaker is named by the words that are quoted alone: "I, Ana Silva, will come."
    """
    for node, quotation in view.schema.having(Node.quotation):
        quotes = annotations(view)[node.place]
        for name in quotation.parts:
            part, owner = spans_at(view, (*node.place, name)) or (None, None)
            if part is None or owner is None or part.member != quotes.spans.member:
                continue
            content, n = quotes.spans, np.diff(quotes.bounds)[owner]
            # Each part beside each fragment of its content.
            p = np.repeat(np.arange(len(owner)), n)
            c = np.arange(len(p)) + np.repeat(quotes.bounds[owner] - np.cumsum(n) + n, n)
            shared = (part.low[p] < content.high[c]) & (part.high[p] > content.low[c])
            for k in distinct(p[shared & (part.open & quotes.open[owner])[p]]).tolist():
                where = f"{part.start[k]}:{part.end[k]}"
                message = f"the {name} {where} shares characters with the content {quotes.where(int(owner[k]))}"
                yield Hit(part.items, k, message)


def _marks(view: View) -> Iterator[tuple[Annotations, int, bool, bool]]:
    """Yield the direct quotations that don't plainly stand between marks: whether one opens, whether one closes it.

    Plainly means that the characters next to the content are marks. Else white space before it is passed over, and
    white space and the punctuation that may stand before a closing mark after it. A content of several fragments begins
    with the first and ends with the last.
    """
    for node, quotation in view.schema.having(Node.quotation):
        quotes = annotations(view)[node.place]
        direct = booleans(pc.is_in(quotes.items.columns[quotation.type], value_set=strings([quotation.direct])))
        k = indices(direct & quotes.open)
        first, last = quotes.ends(k)
        opening, _, _, closing = quotes.spans.edges
        between = (opening[first] & characters.OPENS > 0) & (closing[last] & characters.CLOSES > 0)
        for j in k[~between].tolist():
            whole = view.string(int(quotes.items.doc[j]), quotes.spans.member)
            before, after = whole[: quotes.start[j]].rstrip(), whole[quotes.end[j] :].lstrip(_FLUSH)
            yield quotes, j, before[-1:] in OPENING and before != "", after[:1] in CLOSING and after != ""


@rule(
    "SP402",
    "unbalanced-marks",
    "info",
    needs=Node.quotation,
    bad=[{"text": "Ana Silva said on Monday: “We meet in Lisbon.", "quotes": [_QUOTE]}],
    good=[{"quotes": [_QUOTE]}],
)
def unbalanced_marks(view: View) -> Iterator[Hit]:
    """A direct quotation has a mark on one side only.

    The source is damaged there, or the content ends too early or too late. The text stays as it is.

    Waive it where the source lacks the mark. An information fails no check.
    """
    for quotes, k, opens, closes in _marks(view):
        if opens != closes:
            lacking = "closing" if opens else "opening"
            yield Hit(quotes.items, k, f"no {lacking} mark stands {'after' if opens else 'before'} the content")


@rule(
    "SP403",
    "direct-without-marks",
    "warning",
    needs=Node.quotation,
    bad=[{"text": "Ana Silva said on Monday: We meet in Lisbon.", "quotes": [{**_QUOTE, "start": 26, "end": 44}]}],
    good=[{"quotes": [_QUOTE]}],
)
def direct_without_marks(view: View) -> Iterator[Hit]:
    """The content of a direct quotation doesn't stand between quotation marks.

    It is indirect, or the span is elsewhere than the words.

    Waive it where direct speech is set off otherwise, by a dash, in italics, or on a line of its own.
    """
    for quotes, k, opens, closes in _marks(view):
        if not opens and not closes:
            yield Hit(quotes.items, k, "no quotation mark stands before or after the content of this direct quote")
