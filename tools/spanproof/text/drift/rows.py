"""Texts in a row, such as the turns of a dialogue, whose offsets were counted in all of them joined.

Or each in its own text, but with another string of its object before it, such as the name of who speaks. Then every
text has a shift of its own, and the row tells them all: by how much the texts before it, what joins them and what
stands before each are long. A way of counting has at most two numbers that are fitted to spans.

It is proved for a row if it puts every span whose words stand in its own text at a place of that text, and

- two different wrong spans more than it has fitted numbers bear it out, and what chance would have to bring about is
  six bits more than it takes to say it; or two rows prove it so, and it explains five, or nine in ten;
- no other way that explains half as many rows puts a span of this row elsewhere;
- no text of the row is proved to be counted otherwise by its own spans.
"""

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from spanproof.text.drift.hypotheses import FRAME
from spanproof.text.drift.model import Explanation, Model, Placement
from spanproof.text.drift.proof import BORNE_OUT, FEW, MANY, MOST, SHARED, SLACK
from spanproof.text.drift.shared import Annotated

_BETWEEN, _BEFORE = 8, 4  # code points that may stand between two texts, and between a string and its text
_SOUGHT = 50  # rows on which ways are sought
_FEW = 8  # spans of which one may have words that its text doesn't hold
_RIVAL = 0.5  # of the rows that the best way explains


class Way(NamedTuple):
    """A way of counting in a row of texts.

    Attributes:
        joined: whether offsets count from the start of the first text, not of their own.
        member: the number of the strings that stand before the texts; -1 for none.
        before: code points between such a string and its text, or before the first text where there are no strings.
        more: code points that each text before adds, besides itself and its string.
    """

    joined: bool
    member: int
    before: int
    more: int

    @property
    def fitted(self) -> int:
        """Return how many numbers were fitted to spans."""
        return 2 if self.before or self.member >= 0 else 1


def ways_of(members: int) -> Iterator[Way]:
    """Yield the ways of counting, those first that say the least.

    Args:
        members: how many strings may stand before each text.
    """
    for before, member, more in itertools.product(range(_BETWEEN + 1), range(-1, members), range(_BETWEEN + 1)):
        if before <= more:
            yield Way(True, member, before, more)
    for before, member in itertools.product(range(_BEFORE + 1), range(members)):
        yield Way(False, member, before, 0)


@dataclass(frozen=True)
class TextRow:
    """Texts in a row.

    Attributes:
        texts: each with its spans.
        before: how long the strings are that may stand before each text, shape (members, texts).
    """

    texts: Sequence[Annotated]
    before: Sequence[Sequence[int]]

    def bases(self, way: Way) -> list[int]:
        """Return by how much the offsets of each text are too high."""
        strings = [0] * len(self.texts) if way.member < 0 else list(self.before[way.member])
        if not way.joined:
            return [length + way.before for length in strings]
        sizes = [len(text.text) + length + way.more for text, length in zip(self.texts, strings, strict=True)]
        starts = itertools.accumulate(sizes[:-1], initial=0)
        return [start + length + way.before for start, length in zip(starts, strings, strict=True)]

    def explained(self, way: Way) -> list[list[tuple[int, int] | None]] | None:
        """Return where a way puts the spans of each text, None for words that a text lacks; None if it fails."""
        places, lost = [], 0
        for (text, spans, *_), base in zip(self.texts, self.bases(way), strict=True):
            of_text: list[tuple[int, int] | None] = []
            for start, end, surface in spans:
                stands = start >= base and text[start - base : end - base] == surface != ""
                if not stands and surface and surface in text:
                    return None
                lost += not stands
                of_text.append((start - base, end - base) if stands else None)
            places.append(of_text)
        return places if lost <= sum(map(len, places)) // _FEW else None

    def moved(self, way: Way) -> dict[tuple[int, int, int], float]:
        """Return the different spans that a way puts elsewhere, each with the bits of the chance that it fits there."""
        bits = {}
        for k, ((text, spans, *_), base) in enumerate(zip(self.texts, self.bases(way), strict=True)):
            for start, end, surface in spans if base else ():
                count = text.count(surface) if surface else 0
                if count:
                    bits[k, start, end] = float(np.log2((len(text) + 1) / count))
        return bits

    @property
    def twice(self) -> bool:
        """Say whether a span is stored twice in a layer, as a search for words leaves two mentions of them."""
        spans = ((text, zip(text.spans, text.layers or itertools.repeat(None), strict=False)) for text in self.texts)
        return any(len(set(of_text)) < len(text.spans) for text, of_text in spans)


def explained_in_rows(
    rows: Sequence[TextRow], alone: Sequence[Sequence[Explanation | None]], members: Sequence[str]
) -> list[list[Explanation | None]]:
    """Return the explanations of the texts of rows: by the row where that proves one, else what each tells alone.

    Args:
        rows: the rows.
        alone: what the spans of each text tell; None where all agree.
        members: what the strings are called that may stand before texts.
    """
    result = [list(of_row) for of_row in alone]
    wrong = [k for k, of_row in enumerate(alone) if any(of_row) and not rows[k].twice]
    support = Counter(
        way
        for k in wrong[:_SOUGHT]
        for way in ways_of(len(members))
        if (len(rows[k].texts) > 1 or not way.joined) and rows[k].explained(way) is not None
    )
    if not support:
        return result
    most = max(support.values())
    ways = [way for way, number in support.items() if number > _RIVAL * most]
    best = next(way for way, number in support.items() if number == most)
    fit = {k: places for k in wrong if (places := rows[k].explained(best)) is not None}
    cost = FRAME + float(np.log2(sum(1 for _ in ways_of(len(members)))))
    evidence = {k: rows[k].moved(best) for k in fit}
    by_itself = {k for k, bits in evidence.items() if _bears_out(bits, FEW + best.fitted, cost)}
    is_shared = len(by_itself) >= BORNE_OUT and (len(fit) >= MANY or len(fit) >= MOST * len(wrong))
    for k, places in fit.items():
        least = 1 if len(fit) >= MOST * len(wrong) else FEW
        if k not in by_itself and not (is_shared and _bears_out(evidence[k], least, SHARED)):
            continue
        rivals = {way: rows[k].explained(way) for way in ways}
        alike = [way for way, there in rivals.items() if there == places and support[way] == most]
        if all(there in (None, places) for there in rivals.values()) and _agree(rows[k], places, alone[k]):
            share = f"as in {len(fit)} of {len(wrong)} records" if len(wrong) > 1 else ""
            result[k] = _told(rows[k], alike, places, alone[k], members, share)
    return result


def _bears_out(bits: dict[tuple[int, int, int], float], least: int, cost: float) -> bool:
    return len(bits) >= least and sum(bits.values()) >= cost + SLACK


def _agree(
    row: TextRow, places: Sequence[Sequence[tuple[int, int] | None]], alone: Sequence[Explanation | None]
) -> bool:
    """Say whether no text tells by itself that its spans stand elsewhere; one that agrees with its spans does."""
    for text, of_text, explanation in zip(row.texts, places, alone, strict=True):
        known: list[tuple[int, int] | None]
        if explanation is None:
            known = [span[:2] for span in text.spans]
        else:
            known = [placed.place if placed.level == "proved" else None for placed in explanation.placements]
        if any(here and there and here != there for here, there in zip(known, of_text, strict=True)):
            return False
    return True


def _told(
    row: TextRow,
    ways: Sequence[Way],
    places: Sequence[Sequence[tuple[int, int] | None]],
    alone: Sequence[Explanation | None],
    members: Sequence[str],
    share: str,
) -> list[Explanation | None]:
    """Return the explanations of the texts of a row by a way of counting, and those that are as good."""
    readings = tuple(_statement(way, members) for way in ways)
    name = "joined-texts" if ways[0].joined else "string-before"
    explanations: list[Explanation | None] = []
    for of_text, base, explanation in zip(places, row.bases(ways[0]), alone, strict=True):
        if explanation is None:
            explanations.append(None)
            continue
        placements = [Placement("proved", place) if place else old._replace(level="open", place=None) for place, old in
                      zip(of_text, explanation.placements, strict=True)]  # fmt: skip
        explanations.append(
            replace(
                explanation,
                models=(Model(base=base),),
                name=name,
                readings=readings,
                share=share,
                witnesses=len(placements),
                foreign=False,
                placements=tuple(placements),
                rivals=len(ways) - 1,
            )
        )
    return explanations


def _statement(way: Way, members: Sequence[str]) -> str:
    """Return a way of counting in words."""
    before, between = way.before, way.more - way.before
    if not way.joined:
        return f"offsets count {members[way.member]!r} and {_points(before)} before the text"
    joined = f"with {_points(between)} between two" if between else "with nothing between two"
    strings = f", each with {_points(before)} before it" if before else ""
    if way.member >= 0:
        strings = f", each with {members[way.member]!r} and {_points(before)} before it"
    return f"offsets count in all texts of the record, joined {joined}{strings}"


def _points(count: int) -> str:
    return f"{count} code point{'' if count == 1 else 's'}"
