"""Agreement of two corpora: with itself, from either side, in any order, of the repository's own passes."""

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.metrics import agreement as agreements
from spanproof.metrics.agreement import Agreement, AgreementScore
from spanproof.metrics.render import as_json, as_markdown, as_text
from spanproof.schema.schema import Schema
from spanproof.testing import strategies
from support import examples
from support.documents import LETTER, ROOT

GOLD = ROOT / "annotations" / "gold"
PASSES = sorted((ROOT / "annotations" / "passes").glob("*/articles"))
FEW = settings(max_examples=examples(25))

Key = tuple[str, str | None, str | None, str]
Document = dict[str, Any]


def agree(a: Corpus, b: Corpus) -> Agreement:
    return agreements.agree(a, b, resamples=20)


def by_name(agreement: Agreement) -> dict[Key, AgreementScore]:
    found = {(s.layer, s.member, s.part, s.measure): s for s in agreement.scores}
    assert len(found) == len(agreement.scores)
    return found


def values(agreement: Agreement) -> dict[Key, float | None]:
    return {key: score.value for key, score in by_name(agreement).items()}


def alike(one: Agreement, other: Agreement) -> bool:
    return values(one) == pytest.approx(values(other), abs=2e-6)


def spans_of(document: Document) -> Iterator[tuple[str, int]]:
    for layer in ("zones", "entities", "quotes", "dates"):
        yield from ((layer, k) for k in range(len(document[layer])))


def without(document: Document, layer: str, k: int) -> Document:
    return {**document, layer: [item for n, item in enumerate(document[layer]) if n != k]}


@st.composite
def variants(draw: st.DrawFn) -> tuple[Document, Document]:
    """A document and one like it: some annotations are gone, some have other values or offsets."""
    document = draw(strategies.documents())
    other = copy.deepcopy(document)
    for layer, k in reversed(list(spans_of(document))):
        item = other[layer][k]
        change = draw(st.sampled_from(["none", "none", "gone", "shorter", "relabelled", "elsewhere"]))
        if change == "gone":
            del other[layer][k]
        elif change == "shorter" and item["end"] - item["start"] > 1:
            item["end"] -= 1
        elif change == "relabelled":
            item["label" if layer == "entities" else "type"] = "x"
        elif change == "elsewhere" and layer == "entities":
            item["entity_id"] = "y"
    return document, other


@FEW
@given(st.lists(strategies.documents(), max_size=3, unique_by=lambda document: document["id"]))
def test_a_corpus_agrees_with_itself(documents: list[Document]) -> None:
    corpus = Corpus.of(documents)
    for score in agree(corpus, corpus).scores:
        assert score.value in (None, 1) or (score.measure == "MUC" and score.value == 0)  # without a link
        assert (score.value == 1) == (score.n != (0, 0)) or score.measure in ("token α", "α_U", "κ", "MUC")
        # One that is whole has exact bounds, or nothing: an end without width would look like certainty.
        assert score.low is None or score.low < score.high == 1 == score.value


@FEW
@given(variants())
def test_the_sides_can_change_places(pair: tuple[Document, Document]) -> None:
    a, b = (Corpus.of([document]) for document in pair)
    there, back = agree(a, b), agree(b, a)
    assert alike(there, back)
    assert {key: score.n for key, score in by_name(there).items()} == {
        key: score.n[::-1] for key, score in by_name(back).items()
    }


@FEW
@given(variants(), st.data())
def test_the_order_of_annotations_says_nothing(pair: tuple[Document, Document], data: st.DataObject) -> None:
    a, b = pair
    mixed = {k: data.draw(st.permutations(v)) if isinstance(v, list) else v for k, v in b.items()}
    assert agree(Corpus.of([a]), Corpus.of([b])) == agree(Corpus.of([a]), Corpus.of([mixed]))


@pytest.mark.slow
@FEW
@given(variants(), st.data())
def test_an_annotation_less_is_no_agreement_more(pair: tuple[Document, Document], data: st.DataObject) -> None:
    document, other = pair
    places = list(spans_of(other))
    if not places:
        return
    layer, k = data.draw(st.sampled_from(places))
    whole, fewer = (by_name(agree(Corpus.of([document]), Corpus.of([o]))) for o in (other, without(other, layer, k)))
    for measure in ("exact F1", "overlap F1"):
        key = (layer, None, None, measure)
        matches = [(each[key].value or 0) * sum(each[key].n) for each in (fewer, whole)]
        assert matches[0] <= matches[1] + 1e-3
        assert fewer[key].n == (whole[key].n[0], whole[key].n[1] - 1)


def gold() -> list[Document]:
    return [copy.deepcopy(document) for document in read(GOLD).documents()]


def test_slugs_need_not_be_spelt_alike() -> None:
    a, b = gold(), gold()
    for document in b:
        for layer, member in (("entities", "entity_id"), ("quotes", "speaker"), ("quotes", "utterance")):
            for item in document[layer]:
                item[member] = item[member] and f"the-{item[member][::-1]}"
    found = values(agree(Corpus.of(a), Corpus.of(reversed(b))))
    clusters = {key: value for key, value in found.items() if key[3] in ("MUC", "B³", "CEAF-e", "LEA")}
    assert len(clusters) == 3 * 2 * 4
    assert set(clusters.values()) == {1}


def test_every_layer_and_every_member_is_compared() -> None:
    corpus = Corpus.of(gold())
    agreement = agree(corpus, corpus)
    found = by_name(agreement)
    assert agreement.documents == 5
    assert {key[0] for key in found} >= {"zones", "entities", "quotes", "quotes.source", "quotes.cue", "dates"}
    members = {(layer, member) for layer, member, _, _ in found if member}
    assert members >= {
        *(("dates", member) for member in ("type", "value", "mod", "anchor")),
        *(("quotes", member) for member in ("type", "continues", "speaker", "utterance")),
        *(("entities", member) for member in ("label", "entity_id")),
    }
    assert not {member for _, member in members} & {"id", "start", "end", "text", "note"}
    assert set(values(agreement).values()) == {1}


def day(start: int, end: int, **more: Any) -> Document:
    return {"id": f"d{start}", "start": start, "end": end, "type": "DATE", "value": "2025-02-26", "mod": None,
            "anchor": None, **more}  # fmt: skip


def said(start: int, end: int, **more: Any) -> Document:
    return {"id": f"q{start}", "start": start, "end": end, "type": "direct", "source": None, "cue": None,
            "speaker": None, "continues": None, "utterance": "u", **more}  # fmt: skip


def article(text: str = "Today. Now. Then. Soon.", **layers: Any) -> Document:
    empty: Document = {"zones": [], "entities": [], "quotes": [], "dates": []}
    return {"id": "x", "text": text, "sha256": "", "language": "en", "dct": None, **empty, **layers}


def compared(a: Document, b: Document) -> dict[Key, AgreementScore]:
    return by_name(agree(Corpus.of([a]), Corpus.of([b])))


def test_spans_by_hand() -> None:
    """Of three and two days, one is the same, one overlaps: exact 2 · 1 / 5, overlap 2 · 1.5 / 5."""
    a, b = article(dates=[day(0, 5), day(7, 10), day(12, 16)]), article(dates=[day(0, 5), day(7, 9)])
    found = compared(a, b)
    score = found["dates", None, None, "exact F1"]
    assert (score.value, score.n, score.of, score.method) == (0.4, (3, 2), "spans", None)
    assert found["dates", None, "DATE", "overlap F1"].value == 0.6
    assert found["dates", None, None, "token α"].n == (8, 8)


def test_a_reference_is_what_it_points_at() -> None:
    """Identifiers differ, the dates that they name don't, but for the last."""
    a = [day(0, 5), day(7, 10, anchor="dct"), day(12, 16, anchor="d0"), day(18, 22, anchor="d0")]
    b = [{**day(0, 5), "id": "a"}, day(7, 10, anchor="dct"), day(12, 16, anchor="a"), day(18, 22, anchor="d7")]
    found = compared(article(dates=a), article(dates=b))
    assert found["dates", "anchor", None, "accuracy"].value == 3 / 4
    given = found["dates", "anchor", "given", "accuracy"]
    assert (given.value, given.n, given.of) == (0.666667, (3, 3), "matched spans")
    quotes = [[said(0, 5), said(7, 10, continues="q0")], [said(0, 5, continues="q7"), said(7, 10, continues="q0")]]
    found = compared(*(article(quotes=each) for each in quotes))
    assert found["quotes", "continues", None, "accuracy"].value == 0.5


def test_mentions_that_one_side_lacks_count_but_not_among_the_common() -> None:
    def entities(*slugs: str | None) -> Document:
        return article(entities=[
            {"id": f"e{k}", "start": k, "end": k + 1, "label": "GPE", "entity_id": slug}
            for k, slug in enumerate(slugs) if slug != "-"
        ])  # fmt: skip

    found = compared(entities("p", "p", "q", "q", None), entities("r", "r", "s", "-", None))
    assert found["entities", "entity_id", "common", "B³"].value == 1
    assert found["entities", "entity_id", "common", "B³"].n == (3, 3)
    recall, precision = (1 + 1 + 0.5) / 4, 1
    assert found["entities", "entity_id", None, "B³"].value == pytest.approx(
        2 * recall * precision / (recall + precision), abs=1e-6
    )
    assert found["entities", "entity_id", None, "B³"].n == (4, 3)


def test_a_part_of_a_quote_is_a_layer() -> None:
    a = article(quotes=[said(7, 10, source={"start": 0, "end": 5, "text": "Today"})])
    b = article(quotes=[said(7, 10, source={"start": 0, "end": 3, "text": "Tod"})])
    found = compared(a, b)
    assert found["quotes", None, None, "exact F1"].value == 1
    assert found["quotes.source", None, None, "exact F1"].value == 0
    assert found["quotes.source", None, None, "overlap F1"].value == 0.5
    assert not any(layer == "quotes.source" and (member or part) for layer, member, part, _ in found)


def test_any_schema_will_do(letters: Schema) -> None:
    other = copy.deepcopy(LETTER)
    del other["mentions"][0]["fragments"][1]
    found = by_name(agree(*(Corpus.of([letter], letters) for letter in (LETTER, other))))
    assert found["persons", "role", None, "κ"].value == 1
    assert found["mentions.fragments", None, None, "exact F1"].value == pytest.approx(2 / 3, abs=1e-6)
    bare = Schema.of({"type": "object", "properties": {"text": {"type": "string"}}})
    assert agree(Corpus.of([{"text": "a"}], bare), Corpus.of([{"text": "b"}], bare)) == Agreement((), 1, 0, 20, drawn=1)


def test_documents_without_a_key_are_compared_in_order() -> None:
    word = {
        "type": "object",
        "spanOf": "text",
        "properties": {"start": {"type": "integer"}, "end": {"type": "integer"}},
    }
    schema = Schema.of(
        {"type": "object", "properties": {"text": {"type": "string"}, "words": {"type": "array", "items": word}}}
    )
    one, two = {"text": "a b", "words": [{"start": 0, "end": 1}]}, {"text": None, "words": []}
    assert by_name(agree(*(Corpus.of([one, two], schema),) * 2))["words", None, None, "exact F1"].value == 1
    with pytest.raises(ValueError, match='text differs in "1", "2"'):
        agree(Corpus.of([one, two], schema), Corpus.of([two, one], schema))


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        ([article()], [article(text="Today?")], 'text differs in "x"'),
        ([article()], [], 'only one corpus has "x"'),
        (
            [{**article(), "id": f"x{k}"} for k in range(7)],
            [],
            '"x3", "x4" and 2 more',
        ),
        ([article()], [article(), article()], 'id "x" is shared by 2 documents'),
        ([article()], [{**article(), "id": None}], "id is missing from 1 of 1 documents"),
        ([article()], [article(dates=[day(0, 5), day(20, 24)])], "x /dates/1: 20 to 24 isn't a span"),
        ([article()], [article(dates=[day(5, 5)])], "x /dates/0: 5 to 5 isn't a span"),
        ([article()], [article(quotes=[said(7, 10, cue={"start": None, "end": 5})])], "x /quotes/0/cue: 0 to 5"),
    ],
)
def test_what_cannot_be_compared_is_named(a: list[Document], b: list[Document], message: str) -> None:
    for pair in ((a, b), (b, a)):
        with pytest.raises(ValueError, match=re.escape(message)):
            agree(*map(Corpus.of, pair))


def test_corpora_of_two_schemas_are_refused(letters: Schema) -> None:
    with pytest.raises(ValueError, match="different schemas"):
        agree(Corpus.of([article()]), Corpus.of([LETTER], letters))


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no such file"):
        agree(read(GOLD, registries={}), read(tmp_path / "nowhere", registries={}))


def passes() -> tuple[Path, Path]:
    if len(PASSES) < 2:
        pytest.skip("annotations/passes has no two passes")
    return PASSES[0], PASSES[1]


@pytest.fixture(scope="module")
def ours() -> Agreement:
    return agreements.agree(*passes(), resamples=100)


@pytest.mark.slow
def test_the_passes_are_compared_whole(ours: Agreement) -> None:
    there = [len(list(path.glob("*.json"))) for path in passes()]
    assert there == [ours.documents] * 2
    assert {score.layer for score in ours.scores if score.n != (0, 0)} >= {"zones", "entities", "quotes", "dates"}
    for score in ours.scores:
        assert (score.low is None) == (score.high is None)
        assert score.value is None or score.value <= 1
        assert score.method in ("two-stage", "documents") or score.value in (None, 0, 1)
    assert alike(ours, agreements.agree(*passes()[::-1], resamples=1))
    assert as_json(ours) == as_json(agreements.agree(*passes(), resamples=100))


def test_counts_of_the_passes_are_those_of_their_files(ours: Agreement) -> None:
    first, second = (
        [
            (document["id"], e["start"], e["end"], e["label"])
            for document in read(path).documents()
            for e in document["entities"]
        ]
        for path in passes()
    )
    score = by_name(ours)["entities", None, None, "exact F1"]
    assert score.n == (len(first), len(second))
    assert score.value == pytest.approx(2 * len({*first} & {*second}) / (len(first) + len(second)), abs=1e-6)


def example() -> Agreement:
    """Two articles; one annotator has two quotations in the first and none in the second, the other one of them."""
    quotes = [said(7, 10, speaker="p"), said(12, 16, type="mixed", speaker="p")]
    sides = ([article(quotes=of), {**article(), "id": "y"}] for of in (quotes, quotes[:1]))
    return agreements.agree(*map(Corpus.of, sides))


def test_the_text_has_every_table() -> None:
    shown = as_text(example())
    for title in ("Spans", "Values of spans with the same offsets", "Clusters"):
        assert f"{title}\n" in shown
    assert re.search(r"^quotes +all +2, 1 +0\.667 \[0\.000, 1\.000\] ", shown, re.MULTILINE)
    assert re.search(r"^ +mixed +1, 0 +0\.000 ", shown, re.MULTILINE)
    told = " ".join(shown.split())
    assert "There are only 2 documents, so sentences of each are drawn too." in told


def test_one_document_has_no_interval() -> None:
    """It says nothing of others; what is 0 or 1 has the bounds of its things."""
    found = compared(article(dates=[day(0, 5), day(7, 10)]), article(dates=[day(0, 5)]))
    score = found["dates", None, None, "exact F1"]
    assert (score.value, score.low, score.high) == (0.666667, None, None)


def test_colours_are_for_terminals() -> None:
    shown = as_text(example())
    assert "\x1b[" not in shown
    assert "\x1b[" in as_text(example(), color=True)


def test_without_resamples_there_is_no_interval() -> None:
    corpus = Corpus.of([article(quotes=[said(7, 10)])])
    shown = as_text(agreements.agree(corpus, corpus, resamples=0))
    assert re.search(r"^quotes +all +1 +1\.000 +1\.000 +1\.000 +1\.000$", shown, re.MULTILINE)


def test_the_markdown_says_what_the_text_says() -> None:
    def cells(shown: str) -> list[str]:
        return re.findall(r"\d\.\d{3} \[\d\.\d{3}, \d\.\d{3}\]|–(?!:)", shown)

    assert cells(as_markdown(example())) == cells(as_text(example()))
    for line in as_markdown(example()).splitlines():
        assert line.count("|") in (0, 6, 8)


def test_the_json_has_every_score() -> None:
    plain = json.loads(as_json(example()))
    assert (plain["documents"], plain["sentences"]) == (2, 8)
    assert [score["n"] for score in plain["scores"]] == [list(score.n) for score in example().scores]
    assert None in [score["value"] for score in plain["scores"]]
