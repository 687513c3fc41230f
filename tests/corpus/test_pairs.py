"""Two corpora as one pair: the same documents on both sides, whatever order they come in; or what is wrong."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.corpus.documents import Corpus
from spanproof.corpus.pairs import document_names, numbered, pair_corpora
from spanproof.schema.schema import Schema

WORD = {
    "type": "object",
    "spanOf": "text",
    "properties": {"start": {"type": "integer"}, "end": {"type": "integer"}},
}
MEMBERS = {"text": {"type": "string"}, "words": {"type": "array", "items": WORD}}
KEYLESS = Schema.of({"type": "object", "properties": MEMBERS})
KEYED = Schema.of({"type": "object", "key": "id", "properties": {"id": {"type": "string"}, **MEMBERS}})

Document = dict[str, Any]


def document(name: str, text: str = "a b", *words: tuple[int, int]) -> Document:
    return {"id": name, "text": text, "words": [{"start": start, "end": end} for start, end in words]}


TEXTS = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(("x", "y z", "")), max_size=5)


@given(TEXTS, st.data())
def test_documents_are_paired_by_their_keys_in_any_order(texts: dict[str, str], data: st.DataObject) -> None:
    documents = [document(name, text) for name, text in texts.items()]
    mixed = data.draw(st.permutations(documents))
    pair = pair_corpora(Corpus.of(documents, KEYED), Corpus.of(mixed, KEYED))
    assert pair.names == sorted(texts)
    for columns in pair.columns:
        members = columns.items(()).columns
        assert members["id"].to_pylist() == pair.names
        assert members["text"].to_pylist() == [texts[name] for name in pair.names]


@given(TEXTS, st.sets(st.sampled_from("abcdef")))
def test_a_partial_second_corpus_has_empty_documents_for_those_it_lacks(texts: dict[str, str], kept: set[str]) -> None:
    first = [document(name, text, *([(0, 1)] if text else [])) for name, text in texts.items()]
    second = [each for each in first if each["id"] in kept]
    pair = pair_corpora(Corpus.of(first, KEYED), Corpus.of(second, KEYED), partial=True)
    ours, theirs = pair.spans(("words", "*"))
    assert len(ours) == sum(map(bool, texts.values()))
    assert len(theirs) == sum(bool(each["words"]) for each in second)
    assert {pair.names[row] for row in theirs.items.doc} <= kept


def test_spans_are_placed_on_one_continuum() -> None:
    one = Corpus.of([document("b", "cd", (0, 2)), document("a", "😀b", (1, 2))], KEYED)
    pair = pair_corpora(one, one)
    spans, _ = pair.spans(("words", "*"))
    continuum = pair.continuum(KEYED.nodes["words", "*"])
    assert continuum.text == "😀bcd"
    assert [continuum.text[start:end] for start, end in zip(spans.start, spans.end, strict=True)] == ["b", "cd"]
    assert continuum.document(spans.start).tolist() == [0, 1]


def test_without_a_key_documents_are_paired_in_their_order() -> None:
    documents = [{"text": "x", "words": []}, {"text": "y", "words": []}]
    assert document_names(Corpus.of(documents, KEYLESS)) == ["1", "2"]
    assert pair_corpora(*(Corpus.of(documents, KEYLESS),) * 2).names == ["1", "2"]


@pytest.mark.parametrize(
    ("first", "second", "partial", "message"),
    [
        ("a", "b", True, 'the gold has no document "b"; expected predictions only for its documents'),
        ("a", "b", False, 'only one corpus has "a", "b"; expected two corpora over the same texts'),
        ("ab", "a", False, 'only one corpus has "b"; expected'),
        ("aa", "a", True, 'id "a" is shared by 2 documents; expected a different one for each'),
    ],
)
def test_documents_that_can_t_be_paired_are_named(first: str, second: str, partial: bool, message: str) -> None:
    corpora = [Corpus.of(map(document, names), KEYED) for names in (first, second)]
    with pytest.raises(ValueError, match=re.escape(message)):
        pair_corpora(*corpora, partial=partial)


def test_texts_and_schemas_have_to_be_the_same() -> None:
    with pytest.raises(ValueError, match='text differs in "a"; expected two corpora over the same texts'):
        pair_corpora(Corpus.of([document("a", "x")], KEYED), Corpus.of([document("a", "y")], KEYED))
    with pytest.raises(ValueError, match="the corpora have different schemas"):
        pair_corpora(Corpus.of([], KEYED), Corpus.of([], KEYLESS))


VALUES = st.lists(st.sampled_from((None, "a", "b", ("quotes", 3, 4))), max_size=6)


@given(VALUES, VALUES)
def test_equal_values_have_equal_numbers(a: list[Any], b: list[Any]) -> None:
    (first, second), values = numbered(a, b)
    back = [None if k < 0 else values[k] for k in (*first.tolist(), *second.tolist())]
    assert back == [*a, *b]
    assert None not in values
    assert len(set(values)) == len(values)
