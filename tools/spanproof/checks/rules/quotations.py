"""SP4xx: the parts of a quotation and its marks."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from spanproof.arrays import booleans, distinct, indices, strings
from spanproof.checks.annotations import Annotations, annotations, spans_at
from spanproof.checks.rule import Hit, rule
from spanproof.checks.view import View
from spanproof.schema.node import Node
from spanproof.text import characters
from spanproof.text.characters import CLOSING, OPENING
from spanproof.text.display import literal

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
_PAIRS = {
    **{mark: mark for mark in '"＂'},
    "“": "”“",
    "‘": "’‘",
    "„": "“”",
    "‚": "‘’",
    "«": "»",
    "»": "«»",
    "‹": "›",
    "›": "‹›",
    "「": "」",
    "『": "』",
    "《": "》",
    "〈": "〉",
}
"""What closes a quotation, by what opens it; not the typewriter's apostrophe, which most often isn't a mark."""


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

    The content of a quotation must not overlap its source or its cue.

    Waive it where only the quoted words name the speaker: "I, Ana Silva, will come."
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
            for k in distinct(p[shared & (part.sound & quotes.sound[owner])[p]]).tolist():
                where = f"{part.start[k]}:{part.end[k]}"
                message = f"the {name} {where} shares characters with the content {quotes.where(int(owner[k]))}"
                yield Hit(part.items, k, message)


@dataclass(frozen=True)
class _Unmarked:
    """A direct quotation that doesn't plainly stand between marks.

    Attributes:
        quotes: the quotations of its place.
        k: which of them.
        opens: whether a mark stands before its content.
        closes: whether one stands after it.
        own: how many of the outer marks the content itself has at its start, and at its end.
    """

    quotes: Annotations
    k: int
    opens: bool
    closes: bool
    own: tuple[int, int]


def _own(content: str, opens: bool, closes: bool) -> tuple[int, int]:
    """Return how many of its outer marks a content has at its start and at its end: those whose mate isn't inside.

    Args:
        content: the text of the content.
        opens: whether a mark stands before it.
        closes: whether one stands after it.
    """
    first, last, mates = content[:1], content[-1:], _PAIRS.get(content[:1], "")
    inner = content[1:-1]
    if first in _PAIRS and len(content) > 2 and last in mates and not opens and not closes:
        return (0, 0) if any(mark in inner for mark in (first, *mates)) else (1, 1)
    if first in _PAIRS and closes and not opens and not any(mark in content[1:] for mark in (first, *mates)):
        return 1, 0
    openers = [mark for mark, closing in _PAIRS.items() if last and last in closing]
    apostrophe = last == "’"
    if openers and opens and not closes and not apostrophe and not any(m in content[:-1] for m in (*openers, last)):
        return 0, 1
    return 0, 0


def _unmarked(view: View) -> Iterator[_Unmarked]:
    """Yield the direct quotations that don't plainly stand between marks.

    Plainly means that the characters next to the content are marks. Else white space before it is passed over, and
    white space and the punctuation that may stand before a closing mark after it. A content of several fragments begins
    with the first and ends with the last.
    """
    for node, quotation in view.schema.having(Node.quotation):
        quotes = annotations(view)[node.place]
        direct = booleans(pc.is_in(quotes.items.columns[quotation.type], value_set=strings([quotation.direct])))
        k = indices(direct & quotes.sound)
        first, last = quotes.ends(k)
        opening, _, _, closing = quotes.spans.edges
        between = (opening[first] & characters.OPENS > 0) & (closing[last] & characters.CLOSES > 0)
        for j in k[~between].tolist():
            whole = view.string(int(quotes.items.doc[j]), quotes.spans.member)
            before, after = whole[: quotes.start[j]].rstrip(), whole[quotes.end[j] :].lstrip(_FLUSH)
            opens = before[-1:] in OPENING and before != ""
            closes = after[:1] in CLOSING and after != ""
            yield _Unmarked(quotes, j, opens, closes, _own(whole[quotes.start[j] : quotes.end[j]], opens, closes))


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

    The source is damaged there, or the content begins or ends at the wrong place. Nothing is corrected.

    Waive it where the source lacks the mark. An `info` finding fails no check.
    """
    for one in _unmarked(view):
        if one.opens != one.closes and one.own == (0, 0):
            lacking, where = ("closing", "after") if one.opens else ("opening", "before")
            yield Hit(one.quotes.items, one.k, f"there is no {lacking} mark {where} the content")


@rule(
    "SP403",
    "direct-without-marks",
    "warning",
    needs=Node.quotation,
    bad=[{"text": "Ana Silva said on Monday: We meet in Lisbon.", "quotes": [{**_QUOTE, "start": 26, "end": 44}]}],
    good=[{"quotes": [_QUOTE]}],
)
def direct_without_marks(view: View) -> Iterator[Hit]:
    """The content of a direct quotation isn't between quotation marks.

    The quotation is indirect, or the offsets of the span are wrong.

    Waive it where direct speech is set off otherwise, by a dash, in italics, or on a line of its own.
    """
    for one in _unmarked(view):
        if not one.opens and not one.closes and one.own == (0, 0):
            message = "there is no quotation mark before or after the content of this direct quotation"
            yield Hit(one.quotes.items, one.k, message)


@rule(
    "SP404",
    "mark-in-content",
    "warning",
    needs=Node.quotation,
    bad=[{"quotes": [{**_QUOTE, "start": 26, "end": 46, "text": "“We meet in Lisbon.”"}]}],
)
def mark_in_content(view: View) -> Iterator[Hit]:
    """The content of a direct quotation includes its own quotation marks.

    The marks say that something is quoted; they aren't part of what was said. A program that looks for them around the
    content finds none. Corrected by leaving them out, if the stored words match the text at the present offsets and no
    span in the document is misplaced.

    Waive it where the guidelines count the marks as content.
    """
    for one in _unmarked(view):
        if one.own != (0, 0):
            quotes, spans = one.quotes, one.quotes.spans
            whole = view.string(int(quotes.items.doc[one.k]), spans.member)
            start, end = int(quotes.start[one.k]), int(quotes.end[one.k])
            content = whole[start + one.own[0] : end - one.own[1]]
            start += one.own[0] + len(content) - len(content.lstrip())
            end = start + len(content.strip())
            pieces = quotes.spans_of(one.k)
            fix = spans.edits_to(pieces[0], start, end, whole[start:end]) if len(pieces) == 1 else ()
            proved = end > start and view.settled(spans)[pieces[0]]
            message = f"the content includes its quotation mark; expected {start}:{end}, {literal(whole[start:end])}"
            yield Hit(quotes.items, one.k, message, fix=fix if proved else ())
