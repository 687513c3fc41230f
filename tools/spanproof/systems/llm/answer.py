"""Answers: what a language model says is read as annotations, none of it trusted, each place with its evidence."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from spanproof.parsing.json import NestingError, parse_at
from spanproof.systems.llm.prompt import Question
from spanproof.text import timex
from spanproof.text.drift.model import Placement
from spanproof.text.occurrences import SearchText, apart
from spanproof.text.place import place
from spanproof.text.segmentation import Extent
from spanproof.text.timex_calendar import PLACEHOLDERS

_SHOWN = 5


def items_of(content: str, question: Question) -> list[Any]:
    """Return the items of an answer: of the last JSON object with the layer in it, else of the last list of objects.

    Fences, prose and thoughts may stand round it. Nothing is mended: what is cut off or no JSON is no answer.

    Args:
        content: what the model wrote.
        question: what it was asked.

    Raises:
        ValueError: there is none.
    """
    objects, lists = [], []
    for value in _values(content):
        if isinstance(value, Mapping) and question.layer in value:
            objects.append(value[question.layer])
        elif isinstance(value, list) and all(isinstance(item, Mapping) for item in value):
            lists.append(value)
    items = (objects or lists or [None])[-1]
    if objects and items is None:
        return []
    if not isinstance(items, list):
        raise ValueError(f"the answer holds no JSON object with a list {question.layer}: {content[:80]!r}")
    return items


def _values(content: str) -> Iterator[Any]:
    """Yield the outermost JSON objects, and lists of objects or of nothing, in a text."""
    end = 0
    for opening in re.finditer(r'\{(?=\s*["}])|\[(?=\s*[{\]])', content):
        if opening.start() >= end:
            try:
                value, end = parse_at(content, opening.start())
            except NestingError:  # What is nested that deep is no answer, nor is what lies in it.
                return
            except ValueError:
                continue
            yield value


@dataclass(frozen=True)
class ReadAnswer:
    """What an answer was read as.

    Attributes:
        annotations: the annotations, in the order of the text.
        lost: why each item that is none of them was lost.
        changed: what of the annotations isn't as the answer says, and why.
    """

    annotations: list[dict[str, Any]] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        counts = []
        for faults, what in ((self.lost, "lost"), (self.changed, "changed")):
            more = f"; and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
            counts += [f"{len(faults)} {what}: {'; '.join(faults[:_SHOWN])}{more}"] if faults else []
        return f"of {len(self.annotations) + len(self.lost)} answers {', '.join(counts) or 'none lost'}"


def read_answer(items: list[Any], question: Question, text: str, document: str, low: int = 0) -> ReadAnswer:
    """Read the items of an answer about a part of a document's text.

    An item that is malformed, has no label of the layer, or whose words have no proved or likely place, is lost: one
    of several places would be a guess. A part (source, cue)
    that stands nowhere outside the content is null; a value that isn't a TIMEX3 value of its type becomes one that says
    nothing (XXXX-XX-XX, of a TIME XXXX-XX-XXTXX, of a DURATION PXD).

    Args:
        items: the items, as :func:`items_of` returns them.
        question: what was asked.
        text: the part of the text.
        document: the key of the document.
        low: where the part begins in the text of the document (code points).
    """
    answer, sound = ReadAnswer(), []
    for item in items:
        fault = _fault(item, question)
        if fault:
            answer.lost.append(fault)
        else:
            sound.append(item)
    search = SearchText(text)
    placements = place(text, [_string(item[question.words]) or "" for item in sound], overlap=question.nest)
    kept = _compatible(placements, nest=question.nest)
    for k, item in enumerate(sound):
        span = placements[k].place
        if span is None or k not in kept:
            answer.lost.append(f"{_string(item[question.words])!r} {_why(placements[k])}")
            continue
        annotation = {**_offsets(span, low), question.label: _label(item, question)}
        if question.parts:
            annotation |= _parts(item, question, search, span, low, answer)
        annotation |= dict.fromkeys(question.clusters, f"{document}-{low + span[0]}")
        if question.value:
            annotation[question.value] = _value(item, question, answer)
        answer.annotations.append(annotation)
    answer.annotations.sort(key=lambda annotation: (annotation["start"], -annotation["end"]))
    return answer


def _compatible(placements: Sequence[Placement], *, nest: bool) -> set[int]:
    """Return which answers can stand together: no two at one place, none crossing one that comes before it.

    The proved ones come first, then the longer ones, then those that were listed before.

    Args:
        placements: where each answer stands.
        nest: whether one may lie within another.
    """
    placed = {k: placement.place for k, placement in enumerate(placements) if placement.place}
    ranked = sorted(placed, key=lambda k: (placements[k].level != "proved", placed[k][0] - placed[k][1], k))
    kept: dict[int, Extent] = {}
    for k in ranked:
        if all(apart(placed[k], other) or (nest and _nested(placed[k], other)) for other in kept.values()):
            kept[k] = placed[k]
    return set(kept)


def _nested(one: Extent, other: Extent) -> bool:
    (a, b), (c, d) = one, other
    return one != other and ((a <= c and d <= b) or (c <= a and b <= d))


def _why(placement: Placement) -> str:
    """Return why an answer isn't in the prediction."""
    if placement.place:
        return "has the place of another answer, or crosses one"
    if placement.candidates:
        return f"occurs at {len(placement.candidates)} places, and nothing says which is meant"
    return "doesn't occur in the text"


def _fault(item: Any, question: Question) -> str | None:
    if not isinstance(item, Mapping):
        return f"an item is {type(item).__name__}, no object"
    words = _string(item.get(question.words))
    if not words:
        return f"an item has no words in {question.words}"
    if _label(item, question) not in question.labels:
        return f"{words!r} has the {question.label} {item.get(question.label)!r}"
    return None


def _string(value: Any) -> str | None:
    """Return a string, also where a number stands in its place; None for anything else."""
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else None


def _label(item: Mapping[str, Any], question: Question) -> str | None:
    """Return the label of an item, whatever its case; None if the layer has no such label."""
    folded = (_string(item.get(question.label)) or "").strip().casefold()
    return next((label for label in question.labels if label.casefold() == folded), None)


def _offsets(span: Extent, low: int) -> dict[str, Any]:
    return {"start": low + span[0], "end": low + span[1]}


def _parts(
    item: Mapping[str, Any], question: Question, search: SearchText, span: Extent, low: int, answer: ReadAnswer
) -> dict[str, Any]:
    """Return the source and the cue of a quotation whose content is a span, each where its words stand nearest."""
    taken: list[Extent] = []
    parts: dict[str, Any] = dict.fromkeys(question.parts)
    for part in question.parts:
        words = _string(item.get(part))
        nearest = search.nearest(words, span, taken) if words and words.strip() else None
        if nearest:
            taken.append(nearest)
            parts[part] = _offsets(nearest, low)
        elif words and words.strip():
            answer.changed.append(f"the {part} {words!r} stands nowhere outside the content")
    return parts


def _value(item: Mapping[str, Any], question: Question, answer: ReadAnswer) -> str:
    kind = _label(item, question) or ""
    value = (_string(item.get(question.value or "")) or "").strip()
    if timex.problem(value, kind) is None:
        return value
    answer.changed.append(f"{value!r} isn't a value of a {kind}")
    return PLACEHOLDERS[kind]
