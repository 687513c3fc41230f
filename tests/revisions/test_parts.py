"""Annotations of a text that is put together of several strings follow each their own string."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.corpus.documents import Corpus
from spanproof.revisions.parts import TextParts
from spanproof.revisions.rebase import rebase
from spanproof.schema.schema import Schema
from spanproof.testing.strategies import documents, texts
from support import examples
from support.documents import ROOT

SCHEMAS = {name: Schema.read(ROOT / "schema" / "examples" / f"{name}.schema.json") for name in ("pubtator", "bigbio")}
PUBTATOR = SCHEMAS["pubtator"]


def strings_of(document: Mapping[str, Any], schema: Schema) -> list[str]:
    if schema is PUBTATOR:
        return [document[member] for member in ("title", "abstract") if document.get(member) is not None]
    return [span["text"] for passage in document["passages"] for span in passage["offsets"]]


def canonical(title: str, abstract: str | None, *surfaces: tuple[int, str]) -> dict[str, Any]:
    spans = [{"start": at, "end": at + len(words), "text": words, "type": "Gene"} for at, words in surfaces]
    whole = title if abstract is None else f"{title} {abstract}"
    return {"pmid": "1", "text": whole, "title": title, "abstract": abstract, "annotations": spans}


@pytest.mark.parametrize("name", SCHEMAS)
@given(data=st.data())
@settings(max_examples=examples(25), suppress_health_check=[*HealthCheck])
def test_whatever_the_strings_become_the_record_is_sound(name: str, data: st.DataObject) -> None:
    schema = SCHEMAS[name]
    corpus = Corpus.of([data.draw(documents(schema))], schema)
    (batch,) = corpus.batches
    (document,) = corpus.documents()
    old = strings_of(document, schema)
    if not old:
        with pytest.raises(ValueError, match="expected"):
            rebase(document, ["a"], schema)
        return
    assert rebase(document, old, schema).document == document
    drawn = texts().map(str.strip).filter(bool)
    new = [data.draw(st.just(string) | st.just(f"so {string}".strip()) | drawn) for string in old]
    rebased = rebase(document, new, schema)
    assert rebased.document["text"] == " ".join(new)
    assert strings_of(rebased.document, schema) == new
    ((_, record),) = batch.changed({0: rebased.document})
    found = check(Corpus.of([record], schema), ignore=["SP12", "SP109"]).findings
    assert [(finding.code, finding.message) for finding in found] == []


def test_words_of_one_string_never_follow_into_another() -> None:
    document = canonical("Aspirin in headache.", "We gave aspirin to patients.", (29, "aspirin"))
    rebased = rebase(document, ["We gave aspirin to patients.", "Nothing else."], PUBTATOR)
    assert rebased.document["annotations"] == []
    (move,) = rebased.moves
    assert (move.reason, move.rivals) == ("gone", ((8, 15),))


@pytest.mark.parametrize("name", ["gliner", "spert", "tokens-and-tags"])
def test_tokens_follow_a_text_with_as_many(name: str) -> None:
    schema = Schema.read(ROOT / "schema" / "examples" / f"{name}.schema.json")
    layer = {"gliner": "ner", "spert": "entities", "tokens-and-tags": "ner_tags"}[name]
    tokens = ["Ana", "Silva", "met", "Rui"]
    record = {
        "gliner": {"tokenized_text": tokens, "ner": [[0, 1, "person"], [3, 3, "person"]]},
        "spert": {"orig_id": "a", "tokens": tokens, "entities": [{"type": "PER", "start": 0, "end": 2}]},
        "tokens-and-tags": {"id": "a", "tokens": tokens, "ner_tags": [1, 2, 0, 1]},
    }[name]
    (batch,) = Corpus.of([record], schema).batches
    rebased = rebase(batch.document(0), "Anna Silva met Rui\n", schema)
    ((_, after),) = batch.changed({0: rebased.document})
    words = "tokenized_text" if name == "gliner" else "tokens"
    assert after == {**record, words: ["Anna", "Silva", "met", "Rui"]}
    assert rebased.document[layer][0]["end"] == len("Anna Silva")
    with pytest.raises(ValueError, match="or one with 4 between ' '; the new text has 5"):
        rebase(batch.document(0), "Ana de Silva met Rui", schema)


def test_a_span_over_two_strings_follows_if_both_are_as_they_were() -> None:
    document = canonical("On Ana", "Silva. More.", (3, "Ana Silva"))
    assert rebase(document, ["On Ana", "Silva. More."], PUBTATOR).document == document
    (move,) = rebase(document, ["On Ana", "Silva. More and more."], PUBTATOR).moves
    assert move.reason == "apart"


@pytest.mark.parametrize("new", ["a", [], ["a", "b", "c"]])
def test_as_many_new_texts_as_strings_are_expected(new: str | list[str]) -> None:
    with pytest.raises(
        ValueError, match="put together of 2 strings at /title, /abstract; expected the new text of each"
    ):
        rebase(canonical("On Ana", "More."), new, PUBTATOR)
    assert rebase(canonical("On Ana", None), "One", PUBTATOR).document["title"] == "One"
    with pytest.raises(ValueError, match="'text' is one string; expected the new text of each, in their order, not 2"):
        rebase({"text": "a"}, ["a", "b"], Schema.article())


@pytest.mark.parametrize("blank", ["", " ", "Ana ", "\tAna"])
def test_a_surface_has_no_white_space_at_its_edges(blank: str) -> None:
    (title, abstract) = ({"start": 0, "end": 3, "text": "Ana"}, {"start": 4, "end": 7, "text": "Bob"})
    passages = [{"id": str(k), "type": "p", "offsets": [span]} for k, span in enumerate((title, abstract))]
    document = {"id": "a", "text": "Ana Bob", "passages": passages, "entities": []}
    with pytest.raises(ValueError, match="becomes the surface of a span; expected one that isn't empty"):
        rebase(document, ["Ana", blank], SCHEMAS["bigbio"])


def test_strings_that_make_another_text_are_refused() -> None:
    with pytest.raises(ValueError, match="isn't what the strings at /title, /abstract make"):
        TextParts.of({**canonical("On Ana", "More."), "text": "On Bob More."}, "text", ["a", "b"], PUBTATOR)
