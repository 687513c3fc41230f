"""Why the spans of a document disagree with their surfaces, and the correction of each of its texts."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter

from spanproof.arrays import indices
from spanproof.checks.own_texts import OwnText, own_texts
from spanproof.checks.rows_of_texts import explained_by_record
from spanproof.checks.view import Spans, View
from spanproof.corpus.edits import Edit
from spanproof.corpus.findings import Cause
from spanproof.schema.node import Place
from spanproof.text.drift.document import Span
from spanproof.text.drift.model import Explanation, Level, Placement
from spanproof.text.drift.pool import Annotated, explain_all

_SHARE = 0.25
"""The least share of the spans of a text that disagree where that has one reason."""
WITHHELD = Cause(
    "first-occurrence",
    "spans are stored twice at the first (or last) occurrence of their words, where a search may have put them and "
    "others, so no such occurrence is proved",
    0,
    0,
    "open",
)
"""Why a span is open that the model of its document has a place for."""


@dataclass(frozen=True)
class Diagnosis:
    """What the surfaces of one text tell of its offsets.

    Attributes:
        text: the text, with the spans that are counted in it.
        cause: why spans disagree; None where nothing is known. Other texts of the document that have the same are
            counted with it.
        alone: how many spans disagree, if they are so few that each may do so for a reason of its own; else 0.
        placements: where each span of the text belongs, in the text of the document.
        edits: the correction of all spans of the text whose place is proved.
    """

    text: OwnText
    cause: Cause | None
    alone: int
    placements: Sequence[Placement]
    edits: tuple[Edit, ...]


def diagnosis_of(view: View, spans: Spans, k: int) -> tuple[Diagnosis, Placement] | None:
    """Return why spans of the text that a span is counted in disagree with their surfaces, and where it belongs.

    Args:
        view: the batch.
        spans: the spans at one place.
        k: which of them.

    Returns:
        Both; None where all spans of the text agree, or it isn't known which text that is.
    """
    return _known(view, spans.member).get((spans.node.place, k))


def proved_by(view: View, spans: Spans) -> Sequence[Diagnosis | None]:
    """Return for each span at one place what proves where it belongs; None where nothing does."""

    def compute() -> Sequence[Diagnosis | None]:
        by: list[Diagnosis | None] = [None] * len(spans.items)
        for (place, k), (diagnosis, placement) in _known(view, spans.member).items():
            if place == spans.node.place and placement.level == "proved" and placement.place:
                by[k] = diagnosis
        return by

    return view.once(("proved by", spans.node.place), compute)


def _known(view: View, member: str) -> Mapping[tuple[Place, int], tuple[Diagnosis, Placement]]:
    return view.once(("diagnoses", member), lambda: dict(_by_span(view, member)))


def _by_span(view: View, member: str) -> Iterator[tuple[tuple[Place, int], tuple[Diagnosis, Placement]]]:
    for diagnosis in _diagnoses(view, member):
        for (spans, k), placement in zip(diagnosis.text.stored, diagnosis.placements, strict=True):
            yield (spans.node.place, k), (diagnosis, placement)


def _diagnoses(view: View, member: str) -> Iterator[Diagnosis]:
    """Yield the diagnoses of the texts of a batch in which spans disagree; they are judged together."""
    rows: list[int] = []
    texts: list[OwnText] = []
    for row in indices(view.drifts(member)).tolist():
        for own in own_texts(view, row, member, view.surfaces(row, member)):
            if not all(_agrees(own.text, span) for span in own.spans):
                rows.append(row)
                texts.append(own)
    asked = [_annotated(own) for own in texts]
    kind = "documents" if all(own.name == member for own in texts) else "texts"
    drifting = list(zip(rows, texts, asked, strict=True))
    explanations = explained_by_record(view, member, drifting, explain_all(asked, kind))
    explained = zip(texts, asked, explanations, strict=True)
    of_row = groupby(zip(rows, (_diagnosis(*one) for one in explained), strict=True), key=itemgetter(0))
    for _, of_texts in of_row:
        yield from _of_document([diagnosis for _, diagnosis in of_texts])


def _annotated(own: OwnText) -> Annotated:
    contexts = [(_context(spans, k, "prefix"), _context(spans, k, "suffix")) for spans, k in own.stored]
    return Annotated(own.text, own.spans, contexts, [_layer(own, spans, k) for spans, k in own.stored])


def _of_document(diagnoses: Sequence[Diagnosis]) -> Iterator[Diagnosis]:
    """Yield the diagnoses of the texts of one document, each cause with all that it explains in them."""
    alike: dict[Hashable, list[Cause]] = defaultdict(list)
    for cause in filter(None, (diagnosis.cause for diagnosis in diagnoses)):
        alike[_kind(cause)].append(cause)
    joined = {kind: _together(causes) for kind, causes in alike.items()}
    for one in diagnoses:
        yield replace(one, cause=one.cause and joined[_kind(one.cause)])


def _kind(cause: Cause) -> Hashable:
    return cause.name, cause.level, cause.models or cause.statement


def _together(causes: Sequence[Cause]) -> Cause:
    """Return one cause of several texts as one, in the words of the text in which it explains the most spans."""
    agree, of = (sum(numbers) for numbers in zip(*((cause.agree, cause.of) for cause in causes), strict=True))
    spans = Counter[tuple[str, tuple[str, ...]]]()
    for cause in causes:
        spans[cause.statement, cause.readings] += cause.of
    statement, readings = spans.most_common(1)[0][0]
    return replace(causes[0], statement=statement, readings=readings, agree=agree, of=of)


def _layer(own: OwnText, spans: Spans, k: int) -> Hashable:
    """Return the layer in which a second such span is a double; a part of an annotation, as a source, never is one."""
    place = spans.node.place[own.depth :]
    return place if len(place) == 2 and place[-1] == "*" else (place, k)


def _diagnosis(own: OwnText, annotated: Annotated, explanation: Explanation) -> Diagnosis:
    text = own.text
    wrong = [not _agrees(text, span) for span in annotated.spans]
    edits: list[Edit] = []
    placements = _unoccupied(annotated, wrong, explanation.placements)
    for (spans, k), placed in zip(own.stored, placements, strict=True):
        if placed.level == "proved" and placed.place:
            start, end = placed.place
            edits += spans.edits_to(k, start + own.low, end + own.low, text[start:end])
    sure: Level = "proved" if explanation.models else "likely"
    agree = sum(bad and placed.level == sure for bad, placed in zip(wrong, explanation.placements, strict=True))
    cause = _cause(explanation, agree, sum(wrong))
    few = sum(wrong) == 1 or sum(wrong) < _SHARE * len(wrong)
    alone = sum(wrong) if few and cause is None else 0
    if own.low:
        placements = [_moved(placed, own.low) for placed in placements]
    return Diagnosis(own, cause, alone, placements, tuple(edits))


def _unoccupied(annotated: Annotated, wrong: Sequence[bool], placements: Sequence[Placement]) -> list[Placement]:
    """Return placements of spans, but open where another one of their layer stands already that nothing moves.

    One of the two is wrong, and what is known of the text doesn't tell which: a double would stand in its place.
    """
    stay = {
        (layer, span[:2])
        for layer, span, bad, placed in zip(annotated.layers, annotated.spans, wrong, placements, strict=True)
        if not bad and placed.level != "proved"
    }
    return [
        placed._replace(level="open", place=None, candidates=(placed.place,))
        if placed.level == "proved" and placed.place and (layer, placed.place) in stay
        else placed
        for layer, placed in zip(annotated.layers, placements, strict=True)
    ]


def _moved(placed: Placement, low: int) -> Placement:
    """Return a placement in a string of a joined text as one in the joined text, where the string begins at ``low``."""
    place = placed.place and (placed.place[0] + low, placed.place[1] + low)
    return placed._replace(place=place, candidates=tuple((start + low, end + low) for start, end in placed.candidates))


def _agrees(text: str, span: Span) -> bool:
    start, end, surface = span
    return 0 <= start <= end <= len(text) and text[start:end] == surface


def _cause(explanation: Explanation, agree: int, of: int) -> Cause | None:
    if explanation.models:
        known = explanation.models, explanation.readings
        return Cause(explanation.name, explanation.statement, agree, of, "proved", *known)
    if explanation.name:
        return Cause(explanation.name, explanation.statement, agree, of, "likely")
    if explanation.foreign:
        few = "each known cause explains fewer than half of the spans; the annotations may belong to another text"
        return Cause("another-text", few, 0, of, "open")
    return None


def _context(spans: Spans, k: int, name: str) -> str:
    """Return the stored words before or after a span; empty where it has none."""
    stored = spans.items.value(name, k) if name in spans.items.columns else None
    return stored if isinstance(stored, str) else ""
