"""A model in words: the known causes that have its numbers, or the numbers."""

import itertools
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from spanproof.text.display import literal
from spanproof.text.drift.evaluation import Result
from spanproof.text.drift.hypotheses import BEHIND_SURFACE, Hypothesis
from spanproof.text.drift.model import Model

_ENDS = {
    "last": ("end-inclusive", "an end is the offset of the last character, not the one after it"),
    "length": ("length", "the second number is a length, not an end"),
    "points": ("length", "the second number is a length in code points, not an end"),
    BEHIND_SURFACE: (
        "end-by-surface",
        "only starts were counted so: ends follow from the surfaces, in code points",
    ),
}
_FRAMES = {
    "paragraph": "offsets count from the start of their paragraph",
    "page": "offsets count from the start of their page (form feed)",
    "line": "offsets count from the start of their line",
    "sentence": "offsets count from the start of their sentence",
    "passage": "offsets after the first paragraph count from its end",
}


_WORDS = 3  # of those that the text can't tell from each other

_Named = tuple[str, str]
"""The short name of a cause, and its statement."""
SOUND: _Named = ("sound", "offsets are right")


def _parts(hypothesis: Hypothesis, model: Model) -> list[list[_Named]]:
    """Return each way in which a model departs from sound offsets, as all that it may be."""
    parts = [[(unit.name, unit.statement) for unit in alike] for alike in hypothesis.units]
    parts += [[("width", _width(*width))] for width in model.widths]
    if model.frame != "text":
        parts.append([(f"{model.frame}-relative", _FRAMES[model.frame])])
    if model.base:
        parts.append(_base(model.base))
    if model.end != "end":
        parts.append([_ENDS[model.end]])
    if hypothesis.candidates.writings:
        parts.append([(writing.name, writing.statement) for writing in hypothesis.candidates.writings])
    parts += [[("edit", _edit(*edit))] for edit in model.edits]
    return parts


def _width(character: str, more: int) -> str:
    """Say what a character counts; nothing is known that counts a single letter otherwise."""
    unknown = " (no known unit counts it so: perhaps words with it were changed since)" if character.isalnum() else ""
    return f"each {literal(character)} counts {more + 1}{unknown}"


def of_words(words: Sequence[str], longer: int) -> str:
    """Return that one of some words, which stand in the same places, was changed wherever it stands.

    Args:
        words: the words, the likeliest first.
        longer: by how many code points it was longer.
    """
    one, *others = map(literal, words[:_WORDS])
    alike = f" (or {' or '.join(others)}, which the text can't tell from it)" if others else ""
    way = "longer" if longer > 0 else "shorter"
    return f"each {one}{alike} was {_points(abs(longer))} {way} when the offsets were counted, so the word was changed"


def _base(base: int) -> list[_Named]:
    """Name a shift of all spans: what is before the first of them leaves no other trace."""
    if base == 1:
        more = "offsets were counted with one more character before the first span, such as a byte order mark"
        return [("one-based", "offsets are counted from one"), ("one-based", more)]
    way, change = ("high", "deleted") if base > 0 else ("low", "inserted")
    size = abs(base)
    shift = f"every offset is {size} too {way}, as if {_points(size)} had been {change} before the first span"
    return [("shift", shift)]


def _edit(low: int, high: int, size: int) -> str:
    where = f"at {low}" if low == high else f"between {low} and {high}"
    return f"the text was edited {where}: {_points(abs(size))} {'deleted' if size > 0 else 'inserted'}"


def model_of(result: Result) -> Model:
    """Return a result as plain values."""
    hypothesis = result.hypothesis
    placed = np.flatnonzero(result.start >= 0)
    edits: list[tuple[int, int, int]] = []
    for one, other in pairwise(placed.tolist()):
        if result.shift[one] != result.shift[other]:
            low, high = int(result.stop[one]), int(result.start[other])
            edits.append((min(low, high), high, int(result.shift[other] - result.shift[one])))
    return Model(
        units=tuple(tuple(unit.name for unit in alike) for alike in hypothesis.units),
        widths=hypothesis.widths,
        base=int(result.shift[placed[0]]) if placed.size else 0,
        edits=tuple(edits),
        end=hypothesis.end,
        frame=hypothesis.frame,
        writings=tuple(writing.name for writing in hypothesis.candidates.writings),
    )


def name_of(hypothesis: Hypothesis, model: Model) -> str:
    """Return the short name of the cause that a model is, ``utf-16``; ``utf-16+end-inclusive`` where it is a sum."""
    return "+".join(dict.fromkeys(part[0][0] for part in _parts(hypothesis, model)))


def readings_of(hypothesis: Hypothesis, model: Model) -> tuple[str, ...]:
    """Return the causes that a model may be in words: all that have its numbers; none where offsets are sound."""
    return tuple(statement for _, statement in named_readings(hypothesis, model))


def named_readings(hypothesis: Hypothesis, model: Model) -> list[_Named]:
    """Return the same, each with its short name."""
    parts = _parts(hypothesis, model)
    every = (zip(*some, strict=True) for some in itertools.product(*parts)) if parts else ()
    return [("+".join(dict.fromkeys(names)), ", and ".join(statements)) for names, statements in every]


def number_of_parts(hypothesis: Hypothesis, model: Model) -> int:
    """Return in how many ways a model departs from sound offsets."""
    return len(_parts(hypothesis, model))


def of_two_origins(one: str, other: str) -> str:
    """Return in words that one cause is that of some spans, and another one that of the others."""
    return f"spans are of two origins: for some, {one}, and for the others, {other}"


def _points(count: int) -> str:
    return f"{count} code point{'' if count == 1 else 's'}"
