"""A model in words: the known causes that have its numbers, or the numbers."""

import itertools
from itertools import pairwise

import numpy as np

from spanproof.text.display import literal
from spanproof.text.drift.evaluation import Result
from spanproof.text.drift.hypotheses import Hypothesis
from spanproof.text.drift.model import Model

_ENDS = {
    "last": ("end-inclusive", "an end is the offset of the last character, not the one after it"),
    "length": ("length", "the second number is a length, not an end"),
    "points": ("length", "the second number is a length in code points, not an end"),
}
_FRAMES = {
    "paragraph": "offsets count from the start of their paragraph",
    "line": "offsets count from the start of their line",
    "sentence": "offsets count from the start of their sentence",
    "passage": "offsets after the first paragraph count from its end",
}


def _parts(hypothesis: Hypothesis, model: Model) -> list[tuple[str, list[str]]]:
    """Return the name of each way in which a model departs from sound offsets, and all statements that it may be."""
    parts = [(alike[0].name, [unit.statement for unit in alike]) for alike in hypothesis.units]
    parts += [("width", [f"each {literal(character)} counts {more + 1}"]) for character, more in model.widths]
    if model.frame != "text":
        parts.append((f"{model.frame}-relative", [_FRAMES[model.frame]]))
    if model.base:
        parts.append(_base(model.base))
    if model.end != "end":
        name, statement = _ENDS[model.end]
        parts.append((name, [statement]))
    if hypothesis.candidates.writings:
        writings = hypothesis.candidates.writings
        parts.append((writings[0].name, [writing.statement for writing in writings]))
    parts += [("edit", [_edit(*edit)]) for edit in model.edits]
    return parts


def _base(base: int) -> tuple[str, list[str]]:
    """Name a shift of all spans: what is before the first of them leaves no other trace."""
    if base == 1:
        return "one-based", [
            "offsets are counted from one",
            "offsets were counted with one more character before the first span, such as a byte order mark",
        ]
    way, change = ("high", "deleted") if base > 0 else ("low", "inserted")
    size = abs(base)
    return "shift", [f"every offset is {size} too {way}, as if {_points(size)} had been {change} before the first span"]


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
    return "+".join(dict.fromkeys(name for name, _ in _parts(hypothesis, model)))


def readings_of(hypothesis: Hypothesis, model: Model) -> tuple[str, ...]:
    """Return the causes that a model may be in words: all that have its numbers; none where offsets are sound."""
    parts = [statements for _, statements in _parts(hypothesis, model)]
    return tuple(", and ".join(some) for some in itertools.product(*parts)) if parts else ()


def _points(count: int) -> str:
    return f"{count} code point{'' if count == 1 else 's'}"
