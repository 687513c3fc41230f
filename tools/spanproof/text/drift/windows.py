"""Offsets that count from the start of a window: a long text was cut into pieces, and nobody added where each begins.

Windows begin every so many code points and may overlap, so that a place lies in several of them. Such offsets are too
low by a multiple of that step. What nothing else explains is proved so by the rules of
:mod:`~spanproof.text.drift.proof`, with the step as a parameter that was fitted to spans: of all multiples only one
leads to the words of the span, no other step that is at most six bits longer leads elsewhere, and so that chance can't
have done it the step places nine of ten wrong spans.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from spanproof.arrays import Bools, Ints, distinct
from spanproof.text.drift.document import Document
from spanproof.text.drift.evaluation import Result, scattered
from spanproof.text.drift.hypotheses import BASE, FRAME
from spanproof.text.drift.model import Explanation, Model, Placement
from spanproof.text.drift.proof import BORNE_OUT, FEW, SHARED, SLACK, margin
from spanproof.text.drift.shared import Annotated
from spanproof.text.drift.surfaces import in_context

WINDOW = "window-"
"""What the frame of a model is called, before its step."""
_LEAST, _OVERLAP = 50, 4  # code points between two windows, and windows in which a place may lie
_RARE, _AWAY = 6, 60  # spans from which steps are told, and places of one of these
_SHARE = 0.9  # of the wrong spans that a step must place
_ONCE, _CHANCE = 0.6, 0.4  # of them: those that have one place, and those of the placed that a shifted step may place
_WINDOWS = 2  # behind the first one
_LISTED = 5  # candidates of a span


class _Away(NamedTuple):
    """The places of wrong spans behind their offsets.

    Attributes:
        span: the span of each place.
        by: how far behind its offset it begins (code points).
    """

    span: Ints
    by: Ints

    def explained(self, step: int) -> Bools:
        """Say which places a step leads to."""
        explained: Bools = self.by % step == 0
        return explained

    def by_chance(self, step: int) -> int:
        """Return how many spans a step leads to at most with a shift of all: many where a text repeats itself."""
        rest = distinct(self.span * step + self.by % step) % step
        counts = np.bincount(rest, minlength=step)
        return int(counts[1:].max(initial=0))


def in_windows(
    document: Document, results: Sequence[Result], documents: int, known: Collection[int] = ()
) -> Explanation | None:
    """Return the explanation of a document by windows; None where nothing is proved so.

    Args:
        document: the document, of which no other model proves anything.
        results: what the other models make of all spans, the shortest first; empty where none is near.
        documents: how many documents are searched for models, this one among them.
        known: the steps that others of them prove; by default it is sought.
    """
    wrong = ~document.right & document.sample
    away = _away(document, wrong)
    behind = distinct(away.span)
    if len(behind) < FEW + (not known):
        return None
    longest = int(document.stored.end[behind].max())
    bits, every = document.stored.exception, float(document.stored.exception[wrong].sum())
    counts = np.maximum(document.written[0].counts, 1)
    costs: dict[int, float] = {}
    saved: dict[int, float] = {}
    for step in {*_steps(away, longest), *known}:
        placed = distinct(away.span[away.explained(step)])
        cost = SHARED if step in known else FRAME + BASE
        cost += float(np.log2(max(1, -(-longest // step)))) * len(placed)  # that of the choice of a window over each
        costs[step] = every - float(bits[placed].sum()) + cost
        saved[step] = float(np.maximum(np.log2(min(step, longest) / counts[placed]), 0).sum()) - cost
    if not (known or costs):
        return None
    best = min(known or costs, key=lambda step: (costs[step], -step))
    rivals = [step for step, cost in costs.items() if cost <= costs[best] + SLACK]
    proved = _proved(document, best, rivals)
    standing = wrong & (document.written[0].counts > 0)
    explained = distinct(away.span[away.explained(best)])
    if saved[best] < (SLACK if known else margin(documents)) or len(explained) < _SHARE * standing.sum():
        return None
    if len(proved) < _ONCE * standing.sum() or away.by_chance(best) > _CHANCE * len(explained):
        return None
    if not known and (len(proved) < FEW + 1 or len({*proved.values()}) < _WINDOWS):
        return None
    if any(
        one.cost <= costs[best] + SLACK and not _agrees(one, document, proved)
        for one in _others(document, wrong, results)
    ):
        return None
    return _told(document, proved, best, rivals, saved[best]) if proved else None


def in_windows_of_others(
    documents: Sequence[Annotated], explanations: Mapping[int, Explanation]
) -> dict[int, Explanation]:
    """Return the explanations of documents that prove nothing alone, by the windows that others prove.

    Args:
        documents: the documents.
        explanations: what each tells, by its number.
    """
    frames = Counter(one.models[0].frame for one in explanations.values() if one.models)
    steps = {int(frame.removeprefix(WINDOW)): number for frame, number in frames.items() if frame.startswith(WINDOW)}
    known = [step for step, number in steps.items() if number >= BORNE_OUT]
    by_others: dict[int, Explanation] = {}
    for k in [k for k, one in explanations.items() if not one.models] if known else ():
        document = Document(*documents[k])
        if document.whole and (one := in_windows(document, document.searched(document.sample), 1, known)):
            by_others[k] = one
    return by_others


def stored_once(document: Document) -> Bools:
    """Say which spans one annotation has alone: in two pieces of a text others may be stored alike, of any layer."""
    once: Bools = np.bincount(document.asked, minlength=len(document.spans)) == 1
    return once


def _away(document: Document, wrong: Bools) -> _Away:
    """Return the places of wrong spans behind their offsets, of those whose ends lie behind surfaces."""
    there, stored = document.written[0], document.stored
    by = there.start - stored.start[there.span]
    same = there.end - there.start == (stored.end - stored.start)[there.span]
    at = np.flatnonzero(wrong[there.span] & same & (by > 0) & (stored.start[there.span] >= 0))
    return _Away(there.span[at], by[at])


def _steps(away: _Away, longest: int) -> list[int]:
    """Return the steps that lead to a place of most of some spans that have few places.

    Args:
        away: the places of the wrong spans.
        longest: the highest offset of a wrong span: no window is shorter.
    """
    least = max(_LEAST, -(-longest // _OVERLAP))
    counts = np.bincount(away.span)
    rare = [k for k in np.argsort(counts, kind="stable").tolist() if 0 < counts[k] <= _AWAY][:_RARE]
    votes = Counter[int]()
    for k in rare:
        steps = set[int]()
        for by in away.by[away.span == k].tolist():
            parts = np.arange(1, by // least + 1)
            steps.update((by // parts[by % parts == 0]).tolist())
        votes.update(steps)
    return [step for step, number in votes.items() if 2 * number > len(rare)]


def _proved(document: Document, best: int, rivals: Sequence[int]) -> dict[int, int]:
    """Return by how much the offsets of wrong spans are too low to which all rivals of the best step give one place."""
    text, proved = document.letters.text, dict[int, int]()
    for k in np.flatnonzero(~document.right & stored_once(document)).tolist():
        start, end, surface, *context = document.spans[k]
        if start < 0 or end - start != len(surface) > 0:
            continue
        every = {at for step in rivals for at in range(start + step, len(text), step) if text.startswith(surface, at)}
        there = in_context(text, [(at, at + len(surface)) for at in sorted(every)], *context)
        if len(there) == 1 and (by := there[0][0] - start) % best == 0:
            proved[k] = by
    return proved


def _others(document: Document, wrong: Bools, results: Sequence[Result]) -> Iterator[Result]:
    """Yield what other models make of all spans, and of the wrong ones alone."""
    yield from results
    if document.whole:
        yield from (scattered(result, wrong) for result in document.searched(wrong))


def _agrees(result: Result, document: Document, proved: Mapping[int, int]) -> bool:
    """Say whether another model puts the proved spans where the windows do."""
    return all(result.start[k] == document.stored.start[k] + by for k, by in proved.items())


def _told(document: Document, proved: dict[int, int], best: int, rivals: Sequence[int], saved: float) -> Explanation:
    """Return the explanation by windows that begin every so many code points."""
    steps = [best, *sorted({*rivals} - {best})]
    placements = []
    for k, (start, end, *_) in enumerate(document.spans):
        if k in proved:
            placements.append(Placement("proved", (start + proved[k], end + proved[k])))
        else:
            near = () if document.right[k] else tuple(document.nearest(k, _LISTED)[0])
            placements.append(Placement("open", None, near))
    number = " or ".join(f"{step:,}" for step in steps)
    reading = f"offsets count from the start of a window of the text; windows begin every {number} code points"
    return Explanation(
        (Model(frame=f"{WINDOW}{best}"),),
        "window-relative",
        (reading,),
        "",
        len(proved),
        False,
        [placements[k] for k in document.asked],
        len(steps) - 1,
        saved=saved,
    )
