"""Documents as those of spaCy, and back: what no token fits is named."""

from typing import Any

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from spanproof import read
from spanproof.conversion.spacy_docs import from_spacy, to_spacy
from spanproof.corpus.documents import Corpus
from spanproof.schema.schema import Schema
from support.documents import ROOT
from support.stand_off import stand_off_documents

GOLD = ROOT / "annotations" / "gold"
NLP = spacy.blank("en")


def document(text: str, *spans: tuple[int, int, str]) -> dict[str, Any]:
    each = [{"id": f"s{k}", "label": label, "start": start, "end": end} for k, (start, end, label) in enumerate(spans)]
    return {"id": "d", "text": text, "spans": each}


def corpus(*documents: Any) -> Corpus:
    return Corpus.of(documents, Schema.stand_off())


def test_a_span_inside_of_a_token_is_a_row_and_not_dropped() -> None:
    source = corpus(document("The U.S.-Russia talks", (4, 8, "GPE"), (9, 15, "GPE"), (0, 3, "X")))
    result = to_spacy(source, NLP)
    assert [[span.text for span in doc.ents] for doc in result.docs] == [["The"]]
    spans = [(row.id, row.text, row.why) for row in result.rows if row.what == "span"]
    assert [(name, text) for name, text, _ in spans] == [("s0", "U.S."), ("s1", "Russia")]
    assert all("'U.S.-Russia'" in why for *_, why in spans)


def test_the_entities_of_the_articles() -> None:
    result = to_spacy(read(GOLD), NLP, layers=["entities"])
    lost = [row for row in result.rows if row.what == "span"]
    assert sum(len(doc.ents) for doc in result.docs) + len(lost) == 351
    for doc, article in zip(result.docs, read(GOLD).documents(), strict=True):
        assert doc.text == article["text"]
        assert {span.label_ for span in doc.ents} <= {one["label"] for one in article["entities"]}
    assert lost


def test_all_layers_are_groups() -> None:
    result = to_spacy(read(GOLD), NLP, entities="entities")
    assert {"quotes", "quotes.source", "dates"} <= set(result.docs[0].spans)
    assert "entities" not in result.docs[0].spans


@given(st.lists(stand_off_documents(), max_size=2))
def test_what_spacy_holds_comes_back_and_the_rest_is_named(documents: list[dict[str, Any]]) -> None:
    documents = [{**one, "id": f"d{k}"} for k, one in enumerate(documents)]
    there = to_spacy(corpus(*documents), NLP)
    back = from_spacy(there.docs)
    assert back.rows == ()
    assert [one["text"] for one in back.corpus.documents()] == [one["text"] for one in documents]
    before = sum(len(one["spans"]) for one in documents)
    after = sum(len(one["spans"]) for one in back.corpus.documents())
    assert before == after + len([row for row in there.rows if row.what == "span"])


def test_of_nothing_comes_nothing() -> None:
    assert to_spacy(corpus(), NLP).docs == ()
    assert list(from_spacy([]).corpus.documents()) == []
    (doc,) = to_spacy(corpus(document("")), NLP).docs
    assert doc.text == ""


def test_what_cannot_be_packed_is_refused() -> None:
    doc = NLP("Ana")
    doc.user_data["x"] = object()
    with pytest.raises(ValueError, match="can't be packed"):
        from_spacy([doc])
