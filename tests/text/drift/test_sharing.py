"""Documents that drift for one reason are explained by what some of them prove; none is put where it doesn't belong."""

import re
from collections.abc import Callable
from random import Random

import pytest

from spanproof.testing.open_world.texts import written
from spanproof.text.drift.explain import explain
from spanproof.text.drift.model import Explanation
from spanproof.text.drift.pool import Annotated, explain_all
from spanproof.text.drift.shared import SharedModel, in_widths
from spanproof.text.drift.span_columns import Span

Counted = Callable[[str, int], int]
Places = list[tuple[int, int]]
DRIFTS: dict[str, Counted] = {
    "utf-16": lambda text, at: len(text[:at].encode("utf-16-le")) // 2,
    "utf-8": lambda text, at: len(text[:at].encode()),
    "shift": lambda text, at: at + 3,
    "width": lambda text, at: at + 2 * text[:at].count(" "),
    "white-space": lambda text, at: len(re.sub(r"\s+", " ", text[:at])),
    "sum": lambda text, at: 1 + at + 4 * text[:at].count("&") + sum(c > "\uffff" for c in text[:at]),
}
BORNE_OUT = " documents)"


def sound(seed: str) -> tuple[str, Places]:
    random = Random(seed)
    known = written(random, random.choice((12, 24)))
    places = sorted({(mention.start, mention.end) for mention in known.mentions})
    return known.text, [place for place in places if random.random() < 0.8]


def drifted(text: str, places: Places, counted: Counted, base: int = 0) -> Annotated:
    spans: list[Span] = [(counted(text, s) + base, counted(text, e) + base, text[s:e]) for s, e in places]
    return Annotated(text, spans, [("", "")] * len(spans))


def is_wrong(document: Annotated) -> bool:
    return any(document.text[start:end] != surface for start, end, surface in document.spans)


def sharing(name: str, number: int = 12) -> list[tuple[Annotated, Places]]:
    """Documents in which spans are wrong, all of one drift."""
    texts = [sound(f"{name}/{k}") for k in range(number)]
    documents = [(drifted(text, places, DRIFTS[name]), places) for text, places in texts]
    return [(document, places) for document, places in documents if places and is_wrong(document)]


def misplaced(document: Annotated, places: Places, explanation: Explanation) -> list[Span]:
    return [
        span
        for span, place, placed in zip(document.spans, places, explanation.placements, strict=True)
        if placed.level == "proved" and placed.place != place
    ]


def proved(explanations: list[Explanation]) -> int:
    return sum(placed.level == "proved" for one in explanations for placed in one.placements)


@pytest.mark.parametrize("name", DRIFTS)
def test_what_documents_share_proves_no_less_than_each_alone(name: str) -> None:
    documents = sharing(name)
    together = explain_all([document for document, _ in documents])
    assert sum(BORNE_OUT in one.statement for one in together) > len(documents) / 2
    assert [misplaced(*case, one) for case, one in zip(documents, together, strict=True)] == [[]] * len(documents)
    assert proved(together) >= proved([explain(document.text, document.spans) for document, _ in documents])


def test_what_documents_share_places_the_spans_that_a_document_does_not_prove_by_itself() -> None:
    cases = sharing("sum", 24)
    alone = [explain(document.text, document.spans) for document, _ in cases]
    together = explain_all([document for document, _ in cases])
    partly = [k for k, one in enumerate(alone) if one.models and 0 < proved([one]) < len(one.placements)]
    assert any(proved([together[k]]) == len(together[k].placements) for k in partly)
    for before, after in zip(alone, together, strict=True):
        known = [pair for pair in zip(before.placements, after.placements, strict=True) if pair[0].level == "proved"]
        assert all(one.place == other.place and other.level == "proved" for one, other in known)


def test_units_that_widen_few_characters_of_a_text_are_these_widths_as_well() -> None:
    units = SharedModel(("utf-16", "html"), (), 1, "end")
    assert in_widths(units, "R&D 😀") == SharedModel((), (("&", 4), ("😀", 1)), 1, "end")
    assert in_widths(units, "a<b> & 😀") is None
    assert in_widths(SharedModel(("nfd",), (), 0, "end"), "é") is None
    assert in_widths(SharedModel((), (("&", 4),), 0, "end"), "R&D") is None


@pytest.mark.parametrize("size", [-22, -1, 1, 3, 22, 44])
@pytest.mark.parametrize("name", ["shift", "utf-16"])
def test_a_text_that_repeats_itself_is_not_put_where_the_others_would_be(name: str, size: int) -> None:
    documents = [document for document, _ in sharing(name, 8)]
    text = "Ana met Oslo and Ana. " * 20
    places = [match.span() for match in re.finditer("Ana|Oslo", text)][9:30]
    documents.append(drifted(text, places, DRIFTS[name], size))
    last = explain_all(documents)[-1]
    assert BORNE_OUT not in last.statement
    assert misplaced(documents[-1], places, last) == []


def test_a_model_of_one_document_or_of_few_is_not_shared() -> None:
    documents = [document for document, _ in sharing("shift", 4)]
    assert all(BORNE_OUT not in one.statement for one in explain_all(documents))
    other = [document for document, _ in sharing("utf-8", 2)][:1]
    known = explain_all([*documents, *[document for document, _ in sharing("shift", 12)][4:], *other])
    assert (known[-1].name, BORNE_OUT in known[-1].statement) == ("utf-8", False)


def test_two_drifts_share_their_documents() -> None:
    cases = [*sharing("utf-8", 10), *sharing("shift", 10)]
    together = explain_all([document for document, _ in cases])
    assert [misplaced(*case, one) for case, one in zip(cases, together, strict=True)] == [[]] * len(cases)
    assert {one.name for one in together if BORNE_OUT in one.statement} == {"utf-8", "shift"}


def test_what_is_doubled_has_a_context_or_is_altered_is_judged_alone() -> None:
    cases = sharing("shift", 12)
    documents = [document for document, _ in cases]
    text, spans, contexts, _ = documents[0]
    doubled = Annotated(text, [*spans, spans[0]], [*contexts, contexts[0]])
    context = Annotated(text, spans, [("a", ""), *contexts[1:]])
    cut = Annotated(text, [(start, end, surface[:-1]) for start, end, surface in spans], contexts)
    together = explain_all([*documents, doubled, context, cut])
    assert [BORNE_OUT in one.statement for one in together[len(documents) :]] == [False] * 3


def test_a_span_that_stands_nowhere_does_not_keep_a_document_from_sharing() -> None:
    documents = [document for document, _ in sharing("shift", 12)]
    text, spans, contexts, _ = documents[0]
    beside = Annotated(text, [*spans, (4, 9, "nowhere in it")], [*contexts, ("", "")])
    without, *_, placed = explain_all([*documents, beside])
    assert "as in 12 of 12 texts" in placed.statement
    assert placed.placements[:-1] == without.placements


def test_what_is_shared_is_told_in_any_order_of_documents_and_spans() -> None:
    documents = [document for document, _ in sharing("sum", 10)]
    turned = [Annotated(text, spans[::-1], contexts) for text, spans, contexts, _ in reversed(documents)]
    together, again = explain_all(documents), explain_all(turned)
    for one, other in zip(together, reversed(again), strict=True):
        assert one.placements == other.placements[::-1]
