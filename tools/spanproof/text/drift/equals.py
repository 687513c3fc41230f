"""All causes that give what is proved the same places: they are told as equals, those first that other documents show.

That places are proved doesn't prove the cause. Where a cause shows in one step of the offsets alone, an edit of that
size explains as much. And where some spans may have been corrected since, a known unit may explain the others in fewer
bits than an edit, or a sum of units, that explains all.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from spanproof.arrays import Ints
from spanproof.text.drift.document import Document
from spanproof.text.drift.evaluation import Result, alike, edit_cost, fits
from spanproof.text.drift.fitting import WIDTH
from spanproof.text.drift.hypotheses import BASE, END, UNIT, WRITING, Hypothesis, about_no_text
from spanproof.text.drift.model import Equal, Explanation, Model, Origin
from spanproof.text.drift.naming import SOUND, model_of, named_readings, number_of_parts, of_two_origins, of_words
from spanproof.text.drift.proof import SLACK
from spanproof.text.drift.surfaces import Candidates
from spanproof.text.drift.words_changed import changed_words

_NOWHERE = np.zeros(0, np.int64)
_SEVERAL = 2  # documents that bear a cause out, or places of a word of which one letter seems to have a width
_LISTED = 3  # causes of some spans that a sentence lists at most
_MANY = 3  # places of a word that several edits may be one of
_EDITS = 2  # of these, with known units


def equals_of(document: Document, results: Sequence[Result], start: Ints) -> tuple[Equal, ...]:
    """Return all causes that give the proved spans of a document the same places, those of the search first.

    Args:
        document: the document.
        results: of the models of the shortest descriptions, the shortest first.
        start: where spans are proved to begin, shape (spans,); -1 where they aren't.
    """
    best = results[0]
    equals = [one for result in alike(results) for one in _of_model(result.hypothesis, model_of(result), result.cost)]
    moved = np.flatnonzero((start >= 0) & (~document.right | (start != document.stored.start)))
    if best.hypothesis.frame == "text":
        if words := [*_of_words(document, best, start)]:  # nothing is known that counts letters
            equals = words + [one for one in equals if not _have_letters(one.models[0])]
        equals += [*_of_units(document, best, moved), *_of_one_step(document, best, moved)]
    return tuple({one.keys: one for one in reversed(equals)}.values())[::-1]


def equals_of_two(results: Sequence[Result], others: Sequence[Result]) -> Equal:
    """Return the cause of spans of two origins, by the models of each."""
    parts = [[one for result in alike(some) for one in _of_model(result.hypothesis, model_of(result), result.cost)]
             for some in (results, others)]  # fmt: skip
    first, second = (_either(list(dict.fromkeys(one.statement for one in part))) for part in parts)
    keys = tuple(one.statement for part in parts for one in part if one.name != SOUND[0])
    names, bits = " or ".join(part[0].name for part in parts), sum(part[0].bits for part in parts)
    models = tuple(part[0].models[0] for part in parts)
    return Equal(of_two_origins(first, second), keys, names, models, bits, len(parts), "search")


def _either(statements: Sequence[str]) -> str:
    """Return causes that nothing tells apart as a part of a sentence."""
    more = len(statements) - _LISTED
    return " or ".join([*statements[:_LISTED], *([f"{more} more"] if more > 0 else [])])


def _of_model(hypothesis: Hypothesis, model: Model, bits: float, origin: Origin = "search") -> Iterator[Equal]:
    number = number_of_parts(hypothesis, model)
    sizes = [size for *_, size in model.edits]
    for name, statement in named_readings(hypothesis, model) or [SOUND]:
        key = f"edits of {sizes}" if sizes else statement  # where a text was edited is a matter of the document
        yield Equal(statement, (key,), name, (model,), bits, number, origin)


def _have_letters(model: Model) -> bool:
    """Say whether a model says of a letter that it has a width."""
    return any(character.isalnum() for character, _ in model.widths)


def _of_words(document: Document, best: Result, start: Ints) -> Iterator[Equal]:
    """Yield the words that were changed wherever they stand, if that puts all proved spans where they are."""
    rows, stored, model = np.flatnonzero(start >= 0), document.stored, model_of(best)
    off = stored.start[rows] - best.start[rows]
    letters = _have_letters(model)
    if not letters and len(model.edits) + len(model.units) < _EDITS:
        return
    if (stored.end[rows] - best.stop[rows] != off).any():
        return
    changed = changed_words(document.letters.text, best.start[rows], off, _SEVERAL if letters else _MANY)
    for longer, words in changed.items():
        statement = of_words(words, longer)
        yield Equal(statement, (statement,), "changed-word", (model,), min(best.cost, WIDTH), 1, "search")


def _of_units(document: Document, best: Result, moved: Ints) -> Iterator[Equal]:
    """Yield the known units that put the moved spans where they are proved to be; others may be right as they are."""
    right = np.setdiff1d(np.flatnonzero(document.right), moved)
    outline = WRITING * bool(best.hypothesis.candidates.writings) + END * (best.hypothesis.end != "end")
    for units, counting in document.hypotheses.counted:
        if counting.start[best.start[moved[0]]] != document.stored.start[moved[0]]:
            continue
        of_unit = replace(best.hypothesis, counting=counting, units=(units,), widths=())
        if len(_counted_so(of_unit, document, moved, best.start, best.stop)) < len(moved):
            continue
        kept = np.setdiff1d(right, _counted_so(of_unit, document, right, document.stored.start, document.stored.end))
        span, shift, _ = fits(of_unit, document.stored, _NOWHERE)
        wrong = np.setdiff1d(span[shift == 0], right)
        left = np.setdiff1d(np.arange(len(document.spans)), np.append(wrong, right))
        bits = outline + UNIT + float(document.stored.exception[left].sum()) + _kinds(kept, wrong)
        writings = tuple(writing.name for writing in best.hypothesis.candidates.writings)
        model = Model((tuple(unit.name for unit in units),), end=best.hypothesis.end, writings=writings)
        for one in _of_model(of_unit, model, bits, "unit"):
            if kept.size:
                partly = of_two_origins(SOUND[1], one.statement)
                yield one._replace(
                    statement=partly, name=f"sound or {one.name}", models=(Model(), model), parts=one.parts + 1
                )
            else:
                yield one


def _counted_so(hypothesis: Hypothesis, document: Document, rows: Ints, start: Ints, stop: Ints) -> Ints:
    """Return those of some spans whose stored offsets a hypothesis counts at given places."""
    there = Candidates(rows, start[rows], stop[rows], np.ones(len(rows), np.int64))
    span, shift, _ = fits(replace(hypothesis, candidates=there), document.stored, _NOWHERE)
    counted: Ints = span[shift == 0]
    return counted


def _kinds(right: Ints, wrong: Ints) -> float:
    """Return in how many bits it is said which of some spans are right, one by one or row by row."""
    number = len(right) + len(wrong)
    if not len(right) or not len(wrong):
        return math.log2(number + 1) if len(right) else 0.0
    is_right = np.isin(np.sort(np.append(right, wrong)), right)
    turns = int((np.diff(is_right.astype(np.int64)) != 0).sum())
    one_by_one = -sum(len(some) * math.log2(len(some) / number) for some in (right, wrong))
    return min(one_by_one, turns * math.log2(number + 1)) + math.log2(number + 1)


def _of_one_step(document: Document, best: Result, moved: Ints) -> Iterator[Equal]:
    """Yield an edit, or a shift, where all offsets before some span are right, and all behind it off by one number."""
    shift = document.stored.start[moved] - best.start[moved]
    if not (best.hypothesis.units or best.hypothesis.widths) or best.hypothesis.end != "end" or not shift[0]:
        return
    right = np.setdiff1d(np.flatnonzero(document.right), moved)
    ends = document.stored.end[moved] - best.stop[moved]
    if (shift != shift[0]).any() or (ends != shift[0]).any() or (right > moved[0]).any():
        return
    sound = replace(about_no_text(()), candidates=best.hypothesis.candidates)
    writings = tuple(writing.name for writing in best.hypothesis.candidates.writings)
    if right.size:
        low, high = int(document.stored.end[right[-1]]), int(best.start[moved[0]])
        model = Model(edits=((min(low, high), high, int(shift[0])),), writings=writings)
        bits = edit_cost(len(document.letters.text))
    else:
        model, bits = Model(base=int(shift[0]), writings=writings), BASE
    yield from _of_model(sound, model, bits, "step")


def told_as_equals(explanations: Sequence[Explanation]) -> list[Explanation]:
    """Return explanations of documents with all equal causes of each, those first that the most documents bear out."""
    known = Counter(key for explanation in explanations for key in _keys(explanation))
    return [_told(explanation, known) if explanation.equals else explanation for explanation in explanations]


def _keys(explanation: Explanation) -> Iterable[str]:
    """Return what other documents may say of a document in the same words."""
    return {key for one in explanation.equals for key in one.keys} or (
        explanation.readings if explanation.models else ()
    )


def _told(explanation: Explanation, known: Mapping[str, int]) -> Explanation:
    """Return an explanation in the words of all its equals, but for those that are longer and no better borne out."""
    support = {one: max(known[key] for key in one.keys) for one in explanation.equals}
    by_search = [one for one in explanation.equals if one.origin == "search"]
    least, borne_out = min(one.bits for one in by_search), max(_SEVERAL - 1, *(support[one] for one in by_search))
    listed = by_search + [
        one for one in explanation.equals if one.origin == "unit" and (one.bits <= least or support[one] > borne_out)
    ]
    named = max((support[one] for one in listed if one.parts == 1), default=0)
    listed += [one for one in explanation.equals if one.origin == "step" and named < max(_SEVERAL, support[one])]
    least = min(one.bits for one in listed)

    def rank(one: Equal) -> tuple[int, bool, int, float]:
        return -max(support[one], _SEVERAL - 1), one.bits > least + SLACK, one.parts, one.bits

    listed.sort(key=rank)
    return replace(
        explanation,
        models=listed[0].models,
        name=listed[0].name,
        readings=tuple(one.statement for one in listed),
        equals=(),
    )
