"""What proof means.

A model says how stored offsets and surfaces came about (:class:`~spanproof.text.drift.model.Model`). Each has a length:
the bits that it takes to say it, and for each span that it doesn't place the bits of the chance that it stands there.

Theorem. Assume that the offsets of the spans were counted in one version of the text (or, where several models are
told, in one version for each of them), by a model of the class, and that each surface is that version's words, written
as the model says. Then a span whose place is *proved* stands there, unless a model that is longer by more than six bits
is the true one.

For a place is proved only if

- every model of the class that is at most six bits longer than the shortest puts the span there or, being two bits
  longer at least, has no place for it; and with other edits, or edits elsewhere, the shortest neither takes the span
  away within six bits, nor puts it at another place within twelve, or, where it leaves spans without a place, for less
  than an edit: one that gives them a place is a rival;
- the model places at least two different wrong spans more than it has parameters that were fitted to spans: so each is
  confirmed by two that had no part in it;
- where the model has edits, no others do nearly as well, twelve bits, if each costs what the rate of those found
  says, and its size: a text that lost a sentence may have lost another one (:mod:`~spanproof.text.drift.further`). Nor
  where it has none and leaves spans. What a deletion took costs the bits of the chance for its surface;
- the model is six bits shorter than to say of each wrong span that nothing explains it: two spans that stand often
  in a short text are hit by some model. Where many documents are searched, some are hit: each doubling asks for a bit;
- of the spans of its stretch between edits, three are placed and two more for each that isn't;
- a deletion that lies elsewhere can't have taken it, or left it at another place: twelve bits, those of the chance for
  each span that chance would have to put there (:mod:`~spanproof.text.drift.deletions`);
- another edit beside one, at an end of an edited text, or where three spans in a row have no place can't have taken it:
  seven bits, those of the chance for it and each span between. The same is asked at the start of a text whose offsets
  are all shifted, of spans that have a nearer place: the shift may be an edit behind them;
- it doesn't stand beside an edit, or at the end of an edited text, in one of two copies of the same words that lie next
  to each other: what was put in may be either (:mod:`~spanproof.text.drift.copies`);
- of the eight spans around it six are placed as well, so that it isn't one that a model of a part of the text hits by
  chance;
- where a span is right, is left as it is, and stands behind a wrong one, the wrong spans prove the place without the
  right ones, too. The right ones may have been corrected since: then they are of another version, and what they seem to
  say of edits between them is nothing. So a correction adds no evidence to what it left open;
- where a span is right and the model moves it, seven wrong ones are moved as well. It may have been corrected since, as
  likely as not, and nobody knows how often that is done. Of seven others none was: then it is one in 72 (Laplace's rule
  of succession), six bits.

A span that no model can place costs all of them the same and is left out, unless many are so
(:mod:`~spanproof.text.drift.silent`).

That a place is the only one in its order is no proof: where a mention was deleted, a namesake is that.

Documents of one corpus mostly drift for one reason. What carries over from some of them to the others is a model with
its parameters, and nothing else: once it is known, to say that a document was counted so as well takes three bits (one
in eight), whatever it took to say the model. So the theorem holds of such a document with the models of nine bits at
most as rivals: that nothing drifts, that ends or frames are meant otherwise, that surfaces were altered where they
stand; a known unit, a width, a shift or an edit takes more. A model is *shared* if two documents prove it by
themselves, each on two wrong spans at least, and if it explains five documents, and one in eight. Units that only
give few characters of a document's text another width are, too, the model that these have it. It explains a document in
which it alone says this, of the document's own spans:

- it puts every span at one place, where the surface stands as it is, and no span is stored twice or has a context;
- no rival of nine bits at most puts a span elsewhere, nor does any other shared model, nor the model itself or sound
  offsets shifted by another number, though that takes more: for where a text repeats itself, a shift is what fits;
- it puts two wrong spans more than it has fitted parameters elsewhere, or else explains nine of ten documents.

Whatever isn't explained so is searched for models by itself. A document that was searched, and proves some of its
spans, is explained by a shared model as well if that puts these where they are proved to stand.
"""

from collections.abc import Sequence

import numpy as np

from spanproof.arrays import Bools, Ints
from spanproof.text.drift.deletions import taken_beside, taken_elsewhere
from spanproof.text.drift.evaluation import Result, edit_cost
from spanproof.text.drift.further import otherwise_edited
from spanproof.text.drift.hypotheses import BASE, Stored
from spanproof.text.drift.stretches import BESIDE, CONFIRMED, repeated, uncertain

SHARED = 3.0
"""Bits that it takes to say that a document was counted as others were: one in eight."""
SHARE = 0.125
"""The least share of the documents that a shared model must explain."""
BORNE_OUT, MANY, MOST = 2, 5, 0.9
"""Documents that prove a shared model by themselves, and that it must explain; and the share of them that it must
explain if it is to prove places where fewer than two wrong spans bear it out."""
FEW = 2
"""Wrong spans that bear a model out, beyond those that its parameters were fitted to."""
SLACK = 6.0
"""Bits by which a rival may be longer."""
_LACKING = 2.0  # bits by which a rival may be longer that has no place for a span
_LOOSE = 12.0  # bits by which another path of one model may be longer
_BORDER = 7.0  # bits of the chance that another edit took what is beside one
_LEAST_BITS = 0.1  # fewer are none
_UNCORRECTED = 7  # wrong spans that are moved if one that is right is to be moved as well
_WITNESSES = 6  # spans that one of two models alone must place
_TURNS = 2  # changes from spans of one of two models to those of the other, at least
_SHIFT = 40  # code points by which all offsets of one origin of two may be off
_LEAST, _LEAST_FITTED, _LEAST_RICH = 0.5, 0.8, 0.95  # shares of the spans that a model must place: one without
# parameters that were fitted, one with some, one with widths and edits
_AROUND, _MISSES = 4, 2  # spans on each side of one, and how many of them may have no place


def proved(results: Sequence[Result], right: Bools, documents: int = 1) -> Ints:
    """Return for each span where its place is proved to begin, shape (spans,); -1 where it isn't.

    Args:
        results: of the models that are at most the slack longer than the shortest, the shortest first.
        right: which spans agree as they are stored.
        documents: how many documents are searched for models, this one among them.
    """
    best = results[0]
    start = _unrivalled(results)
    known = (best.start >= 0) | best.taken
    start[_misses(known) > _MISSES] = -1
    start[uncertain(best) | repeated(best) | otherwise_edited(best, _LOOSE)] = -1
    moved = (start >= 0) & ~right
    fitted = _fitted(best)
    rich = bool(best.hypothesis.widths) and fitted > len(best.hypothesis.widths)
    least = _LEAST_RICH if rich else _LEAST_FITTED if fitted else _LEAST
    if moved.sum() < FEW + fitted or known.mean() < least or saved_bits(best, right) < margin(documents):
        start[:] = -1
    if moved.sum() < _UNCORRECTED:
        start[right & (start != best.offset)] = -1
    return start


def saved_bits(result: Result, right: Bools) -> float:
    """Return by how much a model is shorter than to say of each wrong span that nothing explains it."""
    return float(result.exception[~right].sum()) - result.cost


def margin(documents: int) -> float:
    """Return by how much a model must be shorter: the more documents are searched, the more are hit by chance."""
    return SLACK + float(np.log2(documents))


def proved_in_two(first: Sequence[Result], second: Sequence[Result], rest: Bools, right: Bools) -> Ints:
    """Return the same for spans of two origins, each of which has a model: every span belongs to one of them.

    A span that both models place, and differently, is proved by neither. No part has edits, none lies where the text
    repeats itself, and no two spans are put on one place.

    Args:
        first: of the models of all spans.
        second: of the models of those spans that the first one doesn't place, but judged on all.
        rest: which spans the first one doesn't place.
        right: which spans agree as they are stored.
    """
    one, two = first[0], second[0]
    if max(abs(int(part.shift[0])) for part in (one, two)) > _SHIFT or _are_an_edit(one, two):
        return np.full(len(right), -1, np.int64)
    start = np.where(rest, _unrivalled(second), _unrivalled(first))
    known = np.where(one.start >= 0, one.start, two.start), np.where(one.start >= 0, one.stop, two.stop)
    if _share_places(*known):
        start[:] = -1
    both = (one.start >= 0) & (two.start >= 0) & ((one.start != two.start) | (one.stop != two.stop))
    start[both | one.several | two.several | repeated(one) | repeated(two)] = -1
    start[_misses((one.start >= 0) | (two.start >= 0)) > 0] = -1
    for alone in (one.start >= 0) & (two.start < 0), (two.start >= 0) & (one.start < 0):
        if alone.sum() < _WITNESSES:
            start[:] = -1
    if ((start >= 0) & ~right).sum() < _WITNESSES:
        start[:] = -1
    return start


def _are_an_edit(one: Result, two: Result) -> bool:
    """Say whether two models of spans may be one with edits: they count alike, and the spans of one stand in rows.

    Then that model was judged already, and didn't prove anything.
    """
    alike = [(part.hypothesis.units, part.hypothesis.widths, part.hypothesis.frame, part.hypothesis.end)
             for part in (one, two)]  # fmt: skip
    either = (one.start >= 0) != (two.start >= 0)
    return alike[0] == alike[1] and _may_be_edits((one.start >= 0)[either], len(one.hypothesis.counting.start) - 1)


def _share_places(start: Ints, stop: Ints) -> bool:
    """Say whether two different spans are put on one place: then one of them was put there by chance.

    Args:
        start: where spans are put, shape (spans,); -1 where they have no place.
        stop: the code point after the last of each.
    """
    places = np.stack((start, stop), 1)[start >= 0]
    return len(np.unique(places, axis=0)) < len(places)


def _may_be_edits(some: Bools, size: int) -> bool:
    """Say whether edits where spans of one kind follow on others are told in no more bits than the kind of each span.

    Args:
        some: which spans, in their order, are of one kind.
        size: of the text (code points).
    """
    turns = int((np.diff(some.astype(np.int64)) != 0).sum())
    shares = np.array((some.mean(), 1 - some.mean())) if len(some) else np.ones(1)
    kinds = -len(some) * float((shares * np.log2(np.maximum(shares, 1 / (len(some) + 1)))).sum())
    return turns < _TURNS or turns * edit_cost(size) <= BASE + kinds + SLACK


def proved_among_right(results: Sequence[Result], stored: Stored, right: Bools, documents: int = 1) -> Ints:
    """Return the same for the wrong spans of a document in which many others are right, and stand among them.

    So it is where only some spans were counted otherwise, or corrected since. The right ones are left as they are; the
    wrong ones must be proved by themselves, without one among them that has no place or that of a right one, and lie
    close to what is stored.

    Args:
        results: of the models of the wrong spans alone, of shape (wrong spans,).
        stored: all spans.
        right: which of them agree as they are stored.
        documents: how many documents are searched for models, this one among them.

    Returns:
        For each span where its place is proved to begin, shape (spans,).
    """
    start = np.full(len(right), -1, np.int64)
    wrong, best = np.flatnonzero(~right), results[0]
    among = int(right[wrong[0] : wrong[-1] + 1].sum())
    places = np.append(best.start, stored.start[right]), np.append(best.stop, stored.end[right])
    if among < CONFIRMED or np.abs(best.shift).max() > _SHIFT or _share_places(*places):
        return start
    alone = proved(results, np.zeros(len(wrong), np.bool_), documents)
    alone[_misses(best.start >= 0) > 0] = -1
    # The first of them may have stood in a stretch that was deleted before all others.
    if best.shift[0] > 0:
        alone[stored.start[wrong] < stored.start[wrong[0]] + best.shift[0]] = -1
        alone[:BESIDE] = -1
    if (alone >= 0).sum() >= _WITNESSES:
        start[wrong] = alone
    return start


def _unrivalled(results: Sequence[Result]) -> Ints:
    """Return where the first result puts spans and no other of the results puts them elsewhere, or nowhere."""
    best = results[0]
    start = _within(best, best.start.copy())
    for rival in results[1:]:
        other = (rival.start >= 0) & ((rival.start != best.start) | (rival.stop != best.stop) | rival.several)
        start[other | ((rival.start < 0) & (rival.cost < best.cost + _LACKING))] = -1
    return start


def _fitted(result: Result) -> int:
    """Return how many parameters of a result were fitted to spans."""
    return int(result.shift[0] != 0) + int((np.diff(result.shift) != 0).sum()) + len(result.hypothesis.widths)


def _misses(placed: Bools) -> Ints:
    """Return for each span how many of those around it, and of itself, have no place."""
    sums: Ints = np.cumsum(np.pad(~placed, (_AROUND + 1, _AROUND)), dtype=np.int64)
    return sums[2 * _AROUND + 1 :] - sums[: -2 * _AROUND - 1]


def _within(result: Result, start: Ints) -> Ints:
    """Return the starts of the places that nothing within the result itself speaks against."""
    whole = bool((result.start >= 0).all())
    loose = _LOOSE if whole else edit_cost(len(result.hypothesis.counting.start) - 1) - _LEAST_BITS
    elsewhere = (result.rival < loose) | (result.gone < SLACK)
    taken = taken_elsewhere(result, _LOOSE) | taken_beside(result, _BORDER)
    start[result.several | elsewhere | taken] = -1
    return start
