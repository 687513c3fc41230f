"""Answers: what a language model says is read as annotations, none of it trusted, each place with its evidence."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from spanproof.parsing.json import NestingError, parse_at
from spanproof.systems.llm.failure import AnswerError
from spanproof.systems.llm.question import Question
from spanproof.systems.outcomes import Unplaced
from spanproof.text import timex
from spanproof.text.drift.model import Level
from spanproof.text.occurrences import SearchText, apart
from spanproof.text.place import place
from spanproof.text.segmentation import Extent
from spanproof.text.timex_calendar import PLACEHOLDERS


def items_of(content: str, question: Question) -> list[Any]:
    """Return the items of an answer: of the last JSON object with the layer in it, else of the last list of objects.

    Fences, prose and thoughts may stand round it. Nothing is mended: what is cut off or no JSON is no answer.

    Args:
        content: what the model wrote.
        question: what it was asked.

    Raises:
        AnswerError: there is none.
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
        raise AnswerError(
            "unreadable", f"the answer holds no JSON object with a list {question.layer}: {content[:80]!r}"
        )
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
class Located:
    """An item of an answer, and where its words stand.

    Attributes:
        item: the item.
        extents: where its pieces stand in the part of the text that was asked about; one for an item of one span.
        level: how sure that is, of the least sure piece.
    """

    item: Mapping[str, Any]
    extents: tuple[Extent, ...]
    level: Level


@dataclass(frozen=True)
class ReadAnswer:
    """What an answer was read as.

    Attributes:
        annotations: the annotations, in the order of the text, each with how sure its place is.
        unplaced: the items that are none.
        changed: what of the annotations isn't as the answer says, and why.
    """

    annotations: list[tuple[dict[str, Any], Level]] = field(default_factory=list)
    unplaced: list[Unplaced] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)


def read_answer(items: Sequence[Any], question: Question, text: str, document: str, low: int = 0) -> ReadAnswer:
    """Read the items of an answer about a part of a document's text.

    An item that is malformed, has no label of the layer, or whose words have no proved or likely place, is unplaced:
    one of several places would be a guess. A part (source, cue) that stands nowhere outside the content is null; a
    value that isn't a TIMEX3 value of its type becomes one that says nothing (XXXX-XX-XX, of a TIME XXXX-XX-XXTXX, of
    a DURATION PXD).

    Args:
        items: the items, as :func:`items_of` returns them.
        question: what was asked.
        text: the part of the text.
        document: the key of the document.
        low: where the part begins in the text of the document (code points).
    """
    answer = ReadAnswer()

    def lose(item: Any, why: str, *, malformed: bool = False) -> None:
        label = _label(item, question) or next(iter(question.labels), "")
        words = " ".join(_pieces(item, question) or ())[:200]
        answer.unplaced.append(Unplaced(document, question.layer, label, words, why, malformed))

    sound = []
    for item in items:
        fault = _fault(item, question)
        if fault:
            lose(item, fault, malformed=True)
        else:
            sound.append(item)
    located = []
    for item, outcome in zip(sound, _located(sound, question, text), strict=True):
        if isinstance(outcome, str):
            lose(item, outcome)
        else:
            located.append(outcome)
    search, kept = SearchText(text), _compatible(located, question.overlap)
    for k, one in enumerate(located):
        if k in kept:
            answer.annotations.append((_annotation(one, question, search, document, low, answer), one.level))
        else:
            lose(one.item, "has the place of another answer, or crosses one")
    answer.annotations.sort(key=lambda pair: _order(pair[0], question))
    return answer


def _order(annotation: Mapping[str, Any], question: Question) -> tuple[int, int]:
    pieces = annotation[question.pieces] if question.pieces else [annotation]
    return pieces[0]["start"], -pieces[-1]["end"]


def _located(items: Sequence[Mapping[str, Any]], question: Question, text: str) -> Iterator[Located | str]:
    """Yield where each item stands, or why that isn't known."""
    if not question.pieces:
        surfaces = [(_pieces(item, question) or ("",))[0] for item in items]
        placements = place(text, surfaces, overlap=question.overlap != "forbid")
        for item, placement in zip(items, placements, strict=True):
            at = placement.place
            yield Located(item, (at,), placement.level) if at else _why(len(placement.candidates))
        return
    for item in items:
        placements = place(text, _pieces(item, question) or ())
        extents = tuple(placement.place for placement in placements if placement.place)
        open_one = next((placement for placement in placements if placement.place is None), None)
        if open_one:
            yield _why(len(open_one.candidates))
        elif any(a[1] > b[0] for a, b in pairwise(extents)):
            yield "has pieces that don't stand in this order"
        else:
            sure = all(placement.level == "proved" for placement in placements)
            yield Located(item, extents, "proved" if sure else "likely")


def _compatible(located: Sequence[Located], overlap: str) -> set[int]:
    """Return which answers can stand together: no two at one place, none where the layer doesn't let it.

    The proved ones come first, then the longer ones, then those that were listed before.

    Args:
        located: where each answer stands.
        overlap: how those of the layer may lie to each other.
    """
    ranked = sorted(range(len(located)), key=lambda k: (located[k].level != "proved", -_width(located[k]), k))
    kept: dict[int, tuple[Extent, ...]] = {}
    taken: set[tuple[Extent, ...]] = set()
    for k in ranked:
        extents = located[k].extents
        if extents in taken:
            continue
        if overlap == "allow" or all(_agree(extents, other, overlap) for other in kept.values()):
            kept[k] = extents
            taken.add(extents)
    return set(kept)


def _width(one: Located) -> int:
    return sum(end - start for start, end in one.extents)


def _agree(extents: Sequence[Extent], others: Sequence[Extent], overlap: str) -> bool:
    if all(apart(one, other) for one in extents for other in others):
        return True
    return overlap == "nest" and len(extents) == len(others) == 1 and _nested(extents[0], others[0])


def _nested(one: Extent, other: Extent) -> bool:
    (a, b), (c, d) = one, other
    return one != other and ((a <= c and d <= b) or (c <= a and b <= d))


def _why(candidates: int) -> str:
    if candidates:
        return f"occurs at {candidates} places, and nothing says which is meant"
    return "doesn't occur in the text"


def _fault(item: Any, question: Question) -> str | None:
    if not isinstance(item, Mapping):
        return f"an item is {type(item).__name__}, no object"
    if _pieces(item, question) is None:
        return f"an item has no words in {question.words}"
    if question.label and _label(item, question) not in question.labels:
        return f"the {question.label} is {item.get(question.label)!r:.80}, none of the layer"
    for name, values in question.others.items():
        value = _string(item.get(name))
        if value is None or (values and value not in values):
            return f"{name} is {item.get(name)!r:.80}; expected {' or '.join(values) or 'a string'}"
    return None


def _pieces(item: Any, question: Question) -> tuple[str, ...] | None:
    """Return the words of an item, one string a piece; None where it has none."""
    value = item.get(question.words) if isinstance(item, Mapping) else None
    values = value if question.pieces and isinstance(value, list) else [value]
    pieces = tuple(_string(piece) or "" for piece in values)
    return pieces if pieces and all(pieces) else None


def _string(value: Any) -> str | None:
    """Return a string, also where a number stands in its place; None for anything else."""
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else None


def _label(item: Any, question: Question) -> str | None:
    """Return the label of an item, whatever its case; None if the layer has no such label."""
    if not isinstance(item, Mapping) or question.label is None:
        return None
    folded = (_string(item.get(question.label)) or "").strip().casefold()
    return next((label for label in question.labels if label.casefold() == folded), None)


def _annotation(
    one: Located, question: Question, search: SearchText, document: str, low: int, answer: ReadAnswer
) -> dict[str, Any]:
    """Return an item as an annotation of the document, with offsets in its text (code points)."""
    extents = one.extents
    if question.pieces:
        annotation: dict[str, Any] = {question.pieces: [_offsets(extent, low) for extent in extents]}
        if question.joined:
            name, joined_by = question.joined
            annotation[name] = joined_by.join(search.text[start:end] for start, end in extents)
    else:
        annotation = _offsets(extents[0], low)
    if question.label:
        annotation[question.label] = _label(one.item, question)
    if question.parts:
        annotation |= _parts(one.item, question, search, (extents[0][0], extents[-1][1]), low, answer)
    annotation |= dict.fromkeys(question.clusters, f"{document}-{low + extents[0][0]}")
    if question.value:
        annotation[question.value] = _value(one.item, question, answer)
    return annotation | {name: _string(one.item.get(name)) for name in question.others}


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
            answer.changed.append(f"the {part} {words[:80]!r} stands nowhere outside the content")
    return parts


def _value(item: Mapping[str, Any], question: Question, answer: ReadAnswer) -> str:
    kind = _label(item, question) or ""
    value = (_string(item.get(question.value or "")) or "").strip()
    if timex.problem(value, kind) is None:
        return value
    answer.changed.append(f"{value[:80]!r} isn't a value of a {kind}")
    return PLACEHOLDERS[kind]
