"""A model in words: the known causes that have its numbers, or the numbers."""

from spanproof.text.display import literal
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


def _parts(hypothesis: Hypothesis, model: Model) -> list[tuple[str, str]]:
    """Return the name and the statement of each way in which a model departs from sound offsets."""
    parts = [(alike[0].name, ", or ".join(unit.statement for unit in alike)) for alike in hypothesis.units]
    parts += [("width", f"each {literal(character)} counts {more + 1}") for character, more in model.widths]
    if model.frame != "text":
        parts.append((f"{model.frame}-relative", _FRAMES[model.frame]))
    if model.base:
        parts.append(_base(model.base))
    if model.end != "end":
        parts.append(_ENDS[model.end])
    if hypothesis.candidates.writings:
        same = ", or ".join(writing.statement for writing in hypothesis.candidates.writings)
        parts.append((hypothesis.candidates.writings[0].name, same))
    parts += [("edit", _edit(*edit)) for edit in model.edits]
    return parts


def _base(base: int) -> tuple[str, str]:
    """Name a shift of all spans: what is before the first of them leaves no other trace."""
    if base == 1:
        return "one-based", (
            "offsets are counted from one, or in a text with one more character before the first span, such as a byte "
            "order mark"
        )
    if base > 0:
        return "shift", f"every offset is {base} too high, as if {_points(base)} had been deleted before the first span"
    return "shift", f"every offset is {-base} too low, as if {_points(-base)} had been inserted before the first span"


def _edit(low: int, high: int, size: int) -> str:
    where = f"at {low}" if low == high else f"between {low} and {high}"
    return f"the text was edited {where}: {_points(abs(size))} {'deleted' if size > 0 else 'inserted'}"


def name_of(hypothesis: Hypothesis, model: Model) -> str:
    """Return the short name of the cause that a model is, ``utf-16``; ``utf-16+end-inclusive`` where it is a sum."""
    return "+".join(dict.fromkeys(name for name, _ in _parts(hypothesis, model)))


def statement_of(hypothesis: Hypothesis, model: Model) -> str:
    """Return the cause that a model is in words."""
    return "; ".join(statement for _, statement in _parts(hypothesis, model))


def _points(count: int) -> str:
    return f"{count} code point{'' if count == 1 else 's'}"
