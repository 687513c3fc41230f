"""SP101 to SP106: the offsets of one span: numbers, order, bounds, and the surface that they cut out."""

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import numpy as np

from spanproof.arrays import Bools, indices
from spanproof.checks.borders import guess_of
from spanproof.checks.examples import PLACE, one_entity
from spanproof.checks.rule import Hit, HitRun, rule
from spanproof.checks.runs import Saying
from spanproof.checks.structure import Misfit, owned
from spanproof.checks.view import Spans, View
from spanproof.corpus.edits import Edit
from spanproof.corpus.findings import Cause, Level
from spanproof.schema.node import Node
from spanproof.schema.paths import place_of
from spanproof.text.display import literal
from spanproof.text.likeness import differing

_MOST_DIGITS = 18
_BY_CHANCE = 16  # code points of a text for each occurrence that a wrong offset could hit by chance


class Remedy(NamedTuple):
    """The cause, the edits, how sure they are, and where the span could belong if that is open, as a hit has them."""

    cause: Cause | None = None
    fix: tuple[Edit, ...] = ()
    level: Level = "proved"
    candidates: tuple[tuple[int, int], ...] = ()


def _remedied(view: View, spans: Spans, k: int, message: str) -> Hit:
    """Return a hit of a span that is off, with its remedy."""
    cause, fix, level, candidates = _remedy(view, spans, k)
    return Hit(spans.items, k, message, cause=cause, fix=fix, level=level, candidates=candidates)


def _remedy(view: View, spans: Spans, k: int) -> Remedy:
    """Return why a span is off and its correction: that of the whole text, or else that of the span alone.

    A correction of the whole text is one value for all of its spans, so that it is made, or refused, as one.
    """
    # The search for causes takes as long to import as all rules, and a sound corpus never needs it.
    from spanproof.checks.causes import WITHHELD, diagnosis_of
    from spanproof.checks.other_strings import of_another_string

    if spans.words(k) is None:
        guess = guess_of(view, spans, k)
        return Remedy(*guess, "likely") if guess else Remedy()
    if elsewhere := of_another_string(view, spans, k):
        return Remedy(elsewhere, level="open")
    diagnosed = diagnosis_of(view, spans, k)
    if diagnosed is None:
        return Remedy()
    diagnosis, placement = diagnosed
    if placement.level == "proved" and placement.place:
        return Remedy(diagnosis.cause, diagnosis.moves.edits)
    cause = diagnosis.cause if diagnosis.cause and diagnosis.cause.level != "proved" else None
    cause = WITHHELD if placement.withheld else cause
    text = view.string(int(spans.items.doc[k]), spans.member)
    lone = _anchored(text, spans, k, diagnosis.alone) if diagnosis.alone and spans.known[k] else ()
    if lone or placement.place is None:
        return Remedy(cause, lone, "proved" if lone else "open", () if lone else placement.candidates)
    edits = spans.edits_to(k, *placement.place, text[slice(*placement.place)])
    return Remedy(cause, edits, placement.level, placement.candidates)


def _outside_of_its_text(view: View, misfit: Misfit) -> Remedy:
    """Return the remedy of a span that lies outside of the string in which it is counted; none for anything else."""
    if misfit.keyword != "offset" or misfit.path[-1:] not in (("start",), ("end",)):
        return Remedy()
    spans = view.spans.get(place_of(misfit.path[:-1]))
    k = view.find(spans.node.place, misfit.row, misfit.path[:-1]) if spans else None
    return Remedy() if spans is None or k is None or spans.words(k) is None else _remedy(view, spans, k)


def _anchored(text: str, spans: Spans, k: int, alone: int) -> tuple[Edit, ...]:
    """Return the edits of a span one of whose offsets is none, if the surface stands at the other one alone.

    That offset and the surface prove each other where other spans of the document are sound, and chance would hardly
    bring any of the wrong ones there. Beside a start that can be one, a second number that is the length of the
    surface may be just that: it proves no place.

    Args:
        text: the text.
        spans: the spans at one place.
        k: which of them.
        alone: how many spans of the document are wrong.
    """
    start, end, surface = int(spans.start[k]), int(spans.end[k]), spans.words(k)
    if 0 <= start < end <= len(text) or not surface:
        return ()
    if text.count(surface) * alone * _BY_CHANCE > len(text):
        return ()
    places = set()
    if start >= 0 and text.startswith(surface, start):
        places.add((start, start + len(surface)))
    if len(surface) + (start >= 0) <= end <= len(text) and text.endswith(surface, 0, end):
        places.add((end - len(surface), end))
    return spans.edits_to(k, *places.pop(), surface) if len(places) == 1 else ()


def _wrong(view: View, spans: Spans, bad: Bools, saying: Saying) -> Iterator[Hit | HitRun]:
    """Yield hits for bad spans, with cause and correction where they are known.

    Args:
        view: the batch.
        spans: the spans at one place.
        bad: which of them are at fault.
        saying: what makes the message of each.
    """
    wrong = indices(bad)
    if not len(wrong) or spans.surface is None:
        yield from (_said(view, spans, k, saying) for k in wrong.tolist())
        return
    from spanproof.checks.causes import moved_together

    for some, bounds, diagnoses in moved_together(view, spans, wrong):
        if diagnoses:
            yield HitRun(spans, some, bounds, saying, diagnoses)
        else:
            yield from (_said(view, spans, k, saying) for k in some.tolist())


def _said(view: View, spans: Spans, k: int, saying: Saying) -> Hit:
    """Return the hit of one bad span."""
    text = view.string(int(spans.items.doc[k]), spans.member)
    message = saying(text, int(spans.start[k]), int(spans.end[k]), spans.words(k) or "")
    return _remedied(view, spans, k, message)


def _misplaced(view: View, spans: Spans, bad: Bools, what: str) -> Iterator[Hit | HitRun]:
    """Yield hits for bad spans, with cause and correction where they are known.

    Args:
        view: the batch.
        spans: the spans at one place.
        bad: which of them are at fault.
        what: the message, with the fields ``start``, ``end`` and ``length`` (of the text).
    """
    yield from _wrong(view, spans, bad & spans.sound, partial(_out_of_bounds, what))


def _out_of_bounds(what: str, text: str, start: int, end: int, _: str) -> str:
    return what.format(start=start, end=end, length=len(text))


@rule("SP101", "offset-type", needs=Node.span_of, bad=one_entity("0", 9, "Ana Silva"))
def offset_type(view: View) -> Iterator[Hit]:
    """An offset isn't an integer.

    Offsets are JSON integers that count Unicode code points. A string of digits is corrected to its number if the
    records have a schema of their own. Without one it isn't known what the number counts.

    Never waive it: programs would read another span, or none.
    """
    for misfit in owned(view, "SP101"):
        digits = isinstance(misfit.instance, str) and misfit.instance.isascii() and misfit.instance.isdigit()
        # Elsewhere the number may count another unit; no text is so long that a longer one could be an offset.
        digits = digits and misfit.written is None and len(misfit.instance) <= _MOST_DIGITS
        remedy = _outside_of_its_text(view, misfit)
        if digits:
            remedy = Remedy(fix=(Edit(misfit.path, int(misfit.instance)),))
        hit = Hit(view.documents, misfit.row, misfit.message, misfit.path, written=misfit.written)
        yield hit._replace(**remedy._asdict())


@rule("SP102", "offset-negative", needs=Node.span_of, bad=one_entity(-9, 9, "Ana"), good=one_entity(0, 3, "Ana"))
def offset_negative(view: View) -> Iterator[Hit | HitRun]:
    """An offset is negative.

    Offsets count from the beginning of the text; Python's slices would silently read a negative one from the end.

    Never waive it: the span is nowhere.
    """
    for spans in view.spans.values():
        what = "{start}:{end} has a negative offset; expected 0 to {length}"
        yield from _misplaced(view, spans, (spans.start < 0) | (spans.end < 0), what)


@rule("SP103", "span-inverted", needs=Node.span_of, bad=one_entity(9, 0, "Ana Silva"))
def span_inverted(view: View) -> Iterator[Hit]:
    """The span ends before it starts.

    Corrected by swapping the offsets if that gives the stored surface, unless the second number may be the length of
    the span instead of its end.

    Never waive it: the span holds nothing.
    """
    for spans in view.spans.values():
        saying = partial(_out_of_bounds, "start {start} is after end {end}; expected start < end")
        for k in indices((spans.start > spans.end) & spans.sound).tolist():
            hit = _said(view, spans, k, saying)
            text = view.string(int(spans.items.doc[hit.k]), spans.member)
            start, end = int(spans.end[hit.k]), int(spans.start[hit.k])
            surface = spans.words(hit.k)
            length = surface is not None and start == len(surface) and text.startswith(surface, end)
            if (not hit.fix or hit.level != "proved") and surface and text[start:end] == surface and not length:
                hit = hit._replace(fix=spans.edits_to(hit.k, start, end, surface), level="proved", candidates=())
            yield hit


@rule("SP104", "span-empty", needs=Node.span_of, bad=one_entity(4, 4, ""), good=one_entity(4, 9, "Silva"))
def span_empty(view: View) -> Iterator[Hit | HitRun]:
    """The span is empty.

    An annotation covers at least one character. Corrected if the stored surface begins or ends at that offset.

    Waive it where a layer marks places between characters, such as the place of an omitted word, and every program that
    reads the layer accepts empty spans.
    """
    for spans in view.spans.values():
        yield from _misplaced(
            view,
            spans,
            (spans.start == spans.end) & (spans.end <= spans.length),
            "start and end are both {start}; expected start < end",
        )


@rule(
    "SP105",
    "span-past-end",
    needs=Node.span_of,
    bad=one_entity(40, 400, "Lisbon", **PLACE),
    good=one_entity(38, 44, "Lisbon", **PLACE),
)
def span_past_end(view: View) -> Iterator[Hit | HitRun]:
    """The span ends past the end of its text.

    Often the offsets don't count code points, or were made for another version of the text; the cause then says so.

    Never waive it: a part of the span is nowhere.
    """
    for spans in view.spans.values():
        what = "{start}:{end} ends past the text, which has {length} code points"
        yield from _misplaced(view, spans, spans.end > spans.length, what)


@rule(
    "SP106", "text-differs", needs=Node.span_of, bad=one_entity(1, 10, "Ana Silva"), good=one_entity(0, 9, "Ana Silva")
)
def text_differs(view: View) -> Iterator[Hit | HitRun]:
    """The stored surface differs from the text at the span's offsets.

    The offsets, the surface or the text is wrong. Often one cause explains a whole document: the offsets count UTF-16
    code units or bytes; they come from a text with other line ends, another normalisation, a byte order mark or edits;
    or the stored surfaces were written in another form (trimmed, or with other spaces). The finding then names the
    cause. The correction then applies to the whole document, also to spans whose words occur at their wrong offsets by
    chance. Where nothing is proved, the places where the surface occurs are listed.

    Waive it where the stored words are meant to differ from the text, such as a corrected spelling. It is better to
    store these words in a member with another name.
    """
    for spans in view.spans.values():
        if spans.surface is None:
            continue
        yield from _wrong(view, spans, spans.sound & ~spans.same, _other_words)
        yield from _right_by_chance(view, spans)


def _other_words(text: str, start: int, end: int, stored: str) -> str:
    """Say that the words at some offsets aren't the stored ones."""
    have = text[start:end]
    message = f"the text here is {literal(have)}; the stored surface is {literal(stored)}"
    lines = have.splitlines()
    if len(lines) > 1 and stored.strip() in (lines[0].strip(), lines[-1].strip()):
        return message + ", which may have been cut at the line break"
    by = differing(have, stored)
    return f"{message}, the same words except for {' and '.join(by)}" if by else message


def _right_by_chance(view: View, spans: Spans) -> Iterator[Hit | HitRun]:
    """Yield hits for spans that agree with the text by chance: the proved cause puts them elsewhere."""
    wrong = spans.items.doc[indices(~spans.same)]
    if not len(wrong):
        return
    from spanproof.checks.causes import diagnosis_of, moved_by_proof, moved_together, proved_places

    message = "the surface occurs there by chance; like the others, it belongs at {}:{}"
    by_chance = indices(spans.sound & spans.same & np.isin(spans.items.doc, wrong) & moved_by_proof(view, spans))
    for some, bounds, diagnoses in moved_together(view, spans, by_chance) if len(by_chance) else ():
        messages = [message.format(*place) for place in proved_places(view, spans, some).tolist()]
        if diagnoses:
            yield HitRun(spans, some, bounds, messages, diagnoses)
            continue
        for k, stated in zip(some.tolist(), messages, strict=True):
            if diagnosed := diagnosis_of(view, spans, k):
                yield Hit(spans.items, k, stated, cause=diagnosed[0].cause, fix=diagnosed[0].moves.edits)
