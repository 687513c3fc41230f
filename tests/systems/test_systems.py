"""What holds of every system that needs nothing but this package."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import spanproof
from spanproof.corpus.documents import Corpus
from spanproof.schema.paths import Document
from spanproof.schema.schema import Schema
from spanproof.systems.registry import systems
from spanproof.systems.system import Source, System
from spanproof.testing.strategies import documents, texts
from spanproof.text import timex
from support import examples
from support.documents import ROOT
from support.predictions import annotate

OURS = tuple(systems(()).known.values())
LIGHT = [each for each in OURS if not (each.requires or each.alone or each.node or each.programs)]
SPACY = next(system for system in OURS if system.name == "spacy-sm")
REGISTRIES = {"entities": {"ana": {"type": "PERSON", "aliases": ["Ana", "Ana Silva", "外"]}, "e": {"type": "LOC"}}}
GOLD = ROOT / "annotations" / "gold"
DCT = "2025-02-26"  # a Wednesday, in 2025-W09
ANSWERS = texts() | st.sampled_from(
    (
        "on Monday, “We all meet in Rio,” said Ana Silva on Feb.18. ",
        "last week 5 days ago 2025-02-30 ",
        '"a b c d" he said',
    )
)


def predict(system: System, document: Document) -> dict[str, Any]:
    return annotate(system, system.load(REGISTRIES), [document], Schema.article())[0]


def errors(document: Document) -> list[str]:
    found = spanproof.check(Corpus.of([document], Schema.article())).findings
    return [f"{each.code} {each.path} {each.message}" for each in found if each.severity == "error"]


def spans(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, dict):
        if "start" in value:
            yield value
        for each in value.values():
            yield from spans(each)
    elif isinstance(value, list):
        for each in value:
            yield from spans(each)


def proved(system: System, gold: Document, predict_: Callable[[Sequence[Source]], Any]) -> None:
    made = annotate(system, predict_, [gold], Schema.article())[0]
    for span in spans(made):
        assert span["text"] == gold["text"][span["start"] : span["end"]] != ""
    predicted = {name for name in ("zones", "entities", "quotes", "dates") if made[name]}
    assert predicted <= set(system.predicts)
    # Tokens of a model may cut emoji; that is a finding about the model, not a lie about the text.
    assert [each for each in errors(made) if not (system.requires and each.startswith("SP108"))] == []
    assert {name: made[name] for name in ("id", "text", "sha256", "language", "dct")} == {
        name: gold[name] for name in ("id", "text", "sha256", "language", "dct")
    }


@pytest.mark.parametrize("system", LIGHT, ids=lambda system: system.name)
def test_what_is_predicted_of_any_article_is_sound(system: System) -> None:
    loaded = system.load(REGISTRIES)

    @given(documents())
    def holds(gold: dict[str, Any]) -> None:
        proved(system, gold, loaded)

    holds()


@pytest.mark.parametrize("system", LIGHT, ids=lambda system: system.name)
def test_what_is_predicted_of_any_text_is_sound_and_again_the_same(system: System) -> None:
    loaded = system.load(REGISTRIES)

    @given(st.lists(ANSWERS, max_size=6).map("".join), st.none() | st.sampled_from(("", DCT, "0001-01-01", "XXXX")))
    def holds(text: str, dct: str | None) -> None:
        document = {"id": "a", "text": text, "language": "en", "dct": {"value": dct}}
        once, twice = (list(annotate(system, loaded, [document], Schema.article())) for _ in range(2))
        assert once == twice
        assert all(span["text"] == text[span["start"] : span["end"]] != "" for span in spans(once[0]))

    holds()


def test_spacy_is_sound_on_any_article() -> None:
    if SPACY.missing:
        pytest.skip(SPACY.missing)
    loaded = SPACY.load()

    @settings(max_examples=examples(40))
    @given(documents())
    def holds(gold: dict[str, Any]) -> None:
        proved(SPACY, gold, loaded)

    holds()


def test_spacy_reads_names_and_dates() -> None:
    if SPACY.missing:
        pytest.skip(SPACY.missing)
    text = "🎉 Angela Merkel met Barack Obama in Berlin last Friday. It was 3:30 p.m.; later in 2014, months passed."
    made = predict(SPACY, {"id": "a", "text": text, "language": "en", "dct": {"value": DCT}})
    assert [(e["text"], e["label"], e["entity_id"]) for e in made["entities"][:3]] == [
        ("Angela Merkel", "PERSON", None),
        ("Barack Obama", "PERSON", None),
        ("Berlin", "GPE", None),
    ]
    assert ("last Friday", "DATE", "2025-02-21", "dct") in [
        (d["text"], d["type"], d["value"], d["anchor"]) for d in made["dates"]
    ]
    assert all(timex.problem(d["value"], d["type"]) is None for d in made["dates"])


@pytest.mark.parametrize(
    "piece", ["“ ", "last ", "1 ", "every ", '"a b c d ', "said ", "A ", "A-", "2022-", "more than ", "a" + "\u0301"]
)
@pytest.mark.parametrize("system", LIGHT, ids=lambda system: system.name)
def test_long_texts_take_linear_time(system: System, piece: str) -> None:
    loaded, begun = system.load(REGISTRIES), time.process_time()
    list(loaded([Source("a", piece * 20_000, "en", DCT)]))
    assert time.process_time() - begun < 5  # a fraction of a second; quadratic ones take minutes
