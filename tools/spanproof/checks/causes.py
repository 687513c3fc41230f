"""Why the spans of a document disagree with their surfaces, and the correction of the document."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

from spanproof.arrays import indices
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
    """What the surfaces of one text of a document tell of its offsets.

    Attributes:
        cause: why spans disagree; None where nothing is known.
        alone: how many spans disagree, if they are so few that each may do so for a reason of its own; else 0.
        placements: where each span belongs, by the place of its node and its number there.
        edits: the correction of all spans whose place is proved.
    """

    cause: Cause | None = None
    alone: int = 0
    placements: Mapping[tuple[Place, int], Placement] = field(default_factory=dict)
    edits: tuple[Edit, ...] = ()


def diagnosis_of(view: View, row: int, member: str) -> Diagnosis:
    """Return why spans of a document disagree with their surfaces, and where they belong.

    Args:
        view: the batch.
        row: which document.
        member: which of its texts.
    """
    return view.once(("diagnoses", member), lambda: _diagnoses(view, member)).get(row, Diagnosis())


def _diagnoses(view: View, member: str) -> Mapping[int, Diagnosis]:
    """Return the diagnoses of the documents of a batch in which spans disagree; they are judged together."""
    stored: dict[int, list[tuple[Spans, int]]] = {}
    asked: list[Annotated] = []
    for row in indices(view.drifts(member)).tolist():
        known = view.surfaces(row, member)
        text = view.string(row, member)
        triples = [(s.items.value("start", k), s.items.value("end", k), s.items.value("text", k)) for s, k in known]
        if not all(_agrees(text, span) for span in triples):
            stored[row] = known
            contexts = [(_context(spans, k, "prefix"), _context(spans, k, "suffix")) for spans, k in known]
            asked.append(Annotated(text, triples, contexts, [_layer(spans, k) for spans, k in known]))
    explanations = explain_all(asked)
    return {
        row: _diagnosis(known, annotated, explanation)
        for (row, known), annotated, explanation in zip(stored.items(), asked, explanations, strict=True)
    }


def _layer(spans: Spans, k: int) -> Hashable:
    """Return the layer in which a second such span is a double; a part of an annotation, as a source, never is one."""
    place = spans.node.place
    return place if len(place) == 2 and place[-1] == "*" else (place, k)


def _diagnosis(stored: list[tuple[Spans, int]], annotated: Annotated, explanation: Explanation) -> Diagnosis:
    text = annotated.text
    wrong = [not _agrees(text, span) for span in annotated.spans]
    known = [(spans, k, placed) for (spans, k), placed in zip(stored, explanation.placements, strict=True)]
    proved = [(spans, k, placed.place) for spans, k, placed in known if placed.level == "proved" and placed.place]
    edits = [edit for spans, k, at in proved for edit in spans.edits_to(k, *at, text[slice(*at)])]
    sure: Level = "proved" if explanation.models else "likely"
    agree = sum(bad and placed.level == sure for bad, (_, _, placed) in zip(wrong, known, strict=True))
    cause = _cause(explanation, agree, sum(wrong))
    few = sum(wrong) == 1 or sum(wrong) < _SHARE * len(wrong)
    alone = sum(wrong) if few and cause is None else 0
    return Diagnosis(cause, alone, {(spans.node.place, k): placed for spans, k, placed in known}, tuple(edits))


def _agrees(text: str, span: Span) -> bool:
    start, end, surface = span
    return 0 <= start <= end <= len(text) and text[start:end] == surface


def _cause(explanation: Explanation, agree: int, of: int) -> Cause | None:
    if explanation.models:
        statement = ", or ".join((explanation.statement, *explanation.rivals))
        return Cause(explanation.name, statement, agree, of, "proved", explanation.models)
    if explanation.name:
        return Cause(explanation.name, explanation.statement, agree, of, "likely")
    if explanation.foreign:
        few = "no cause that is known places half of the spans; the annotations may belong to another text"
        return Cause("another-text", few, 0, of, "open")
    return None


def _context(spans: Spans, k: int, name: str) -> str:
    """Return the stored words before or after a span; empty where it has none."""
    stored = spans.items.value(name, k) if name in spans.items.columns else None
    return stored if isinstance(stored, str) else ""
