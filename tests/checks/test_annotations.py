"""Annotations of several fragments against a judge that knows nothing but sets of characters."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.corpus.documents import Corpus
from spanproof.schema.node import SchemaError
from spanproof.schema.schema import Schema
from support import examples
from support.checks import correct

Fragments = Sequence[tuple[int, int]]
TEXT = "a b c d e f g h"
NO_WORDS = "一二三四五六七八九十百千万上下"
"""A text in which a span may begin and end anywhere."""


def schema(overlap: str = "allow", **members: Any) -> Schema:
    """Mentions of several fragments, labelled, with their joined text."""
    span = {"type": "object", "spanOf": "body", "properties": {n: {"type": "integer"} for n in ("start", "end")}}
    mention = {
        "type": "object",
        "annotationOf": {"fragments": "pieces", "text": "words", "joinedBy": "+"},
        "labelledBy": "label",
        "properties": {
            "pieces": {"type": "array", "items": span},
            "label": {"type": "string", "enum": ["A", "B"]},
            "words": {"type": ["string", "null"]},
            **members,
        },
    }
    mentions = {"type": "array", "overlap": overlap, "items": mention}
    return Schema.of({"type": "object", "properties": {"body": {"type": "string"}, "mentions": mentions}})


def mention(pieces: Fragments, label: str = "A", words: str | None = None) -> dict[str, Any]:
    return {"pieces": [{"start": start, "end": end} for start, end in pieces], "label": label, "words": words}


def document(*mentions: dict[str, Any], text: str = TEXT) -> dict[str, Any]:
    return {"body": text, "mentions": list(mentions)}


def without_words(corpus: Sequence[Sequence[Fragments]]) -> list[dict[str, Any]]:
    return [document(*map(mention, listed), text=NO_WORDS) for listed in corpus]


def codes(overlap: str, *mentions: dict[str, Any]) -> list[str]:
    findings = check(Corpus.of([document(*mentions)], schema(overlap)), ignore=["SP003", "SP109"]).findings
    return [finding.code for finding in findings]


def test_a_discontinuous_annotation_repeated_overlapping_and_misquoted_is_three_faults() -> None:
    """The row of the issue: it had no findings, because each of its fragments was judged alone."""
    twice = mention([(0, 1), (4, 5)])
    assert codes("allow", twice, twice) == ["SP203"]
    assert codes("allow", twice, {**twice, "label": "B"}) == ["SP204"]
    assert codes("allow", twice, {**twice, "label": "C"}) == ["SP201"]
    assert codes("forbid", twice, mention([(2, 3), (4, 5)])) == ["SP206"]
    assert codes("forbid", twice, mention([(4, 5)])) == ["SP205"]
    assert codes("allow", mention([(0, 1), (4, 5)], words="a b c")) == ["SP209"]
    assert codes("allow", mention([(0, 1), (4, 5)], words="a+c")) == []


def test_fragments_are_parts_of_one_annotation() -> None:
    """They may be those of another annotation, between its fragments; and share a first fragment with it."""
    assert codes("forbid", mention([(0, 1), (4, 5)]), mention([(2, 3), (6, 7)])) == []
    assert codes("allow", mention([(0, 1), (4, 5)]), mention([(0, 1), (6, 7)])) == []
    assert codes("nest", mention([(0, 1), (4, 5)]), mention([(0, 1), (6, 7)])) == ["SP206"]
    assert codes("nest", mention([(0, 3), (4, 7)]), mention([(0, 1), (6, 7)])) == []
    assert codes("allow", mention([(4, 5), (0, 1)])) == ["SP208"]
    assert codes("allow", mention([])) == ["SP006"]


def test_what_hides_a_fragment_hides_its_annotation() -> None:
    wrong = mention([(0, 1), (4, 99)], words="x")
    assert codes("forbid", wrong, wrong, mention([(0, 1)])) == ["SP105", "SP105"]


def test_a_finding_of_an_annotation_says_where_it_is() -> None:
    one = mention([(0, 1), (4, 5)], words="a+c")
    [finding] = check(Corpus.of([document(one, one)], schema()), select=["SP203"]).findings
    assert (finding.path, finding.start, finding.end, finding.text) == (("mentions", 1), 0, 5, "a+c")
    assert "0:1, 4:5" in finding.message


def test_a_joined_text_is_corrected_only_where_its_fragments_prove_their_offsets() -> None:
    unproved, ended = correct(document(mention([(0, 1), (4, 5)], words="x")), schema(), {})
    assert (unproved["mentions"][0]["words"], ended) == ("x", ())


@pytest.mark.parametrize("words", [["a", "c"], ["a", "d"]])
def test_a_text_may_be_a_list_of_the_texts_of_fragments(words: list[str]) -> None:
    listed = schema(words={"type": "array", "items": {"type": "string"}})
    one = {**mention([(0, 1), (4, 5)]), "words": words}
    found = [finding.code for finding in check(Corpus.of([document(one)], listed), ignore=["SP003"]).findings]
    assert found == ([] if words == ["a", "c"] else ["SP209"])


@pytest.mark.parametrize("pieces", [{"type": "string"}, {"type": "array", "items": {"type": "string"}}, None])
def test_fragments_are_a_list_of_spans(pieces: Any) -> None:
    json: Any = schema().json
    properties = {**json["properties"]["mentions"]["items"]["properties"], "pieces": pieces}
    if pieces is None:
        del properties["pieces"]
    items = {**json["properties"]["mentions"]["items"], "properties": properties}
    with pytest.raises(SchemaError, match="pieces"):
        Schema.of({**json, "properties": {**json["properties"], "mentions": {"type": "array", "items": items}}})


def characters(pieces: Fragments) -> frozenset[int]:
    return frozenset(at for start, end in pieces for at in range(start, end))


def breaks(one: frozenset[int], other: frozenset[int], nest: bool) -> bool:
    return bool(one & other) and not (nest and (one <= other or other <= one))


@st.composite
def fragments(draw: st.DrawFn) -> Fragments:
    cuts = sorted(draw(st.lists(st.integers(0, len(NO_WORDS)), min_size=2, max_size=6)))
    pieces = [(low, high) for low, high in zip(cuts[::2], cuts[1::2], strict=False) if low < high]
    return pieces or [(0, 1)]


@settings(max_examples=examples(300))
@given(st.lists(st.lists(fragments(), max_size=6), min_size=1, max_size=3), st.booleans())
def test_overlap_is_that_of_sets_of_characters(corpus: list[list[Fragments]], nest: bool) -> None:
    """Who is told breaks the policy with another of its list, and those who aren't keep it among themselves."""
    schema_ = schema("nest" if nest else "forbid")
    unique = [list({characters(pieces): pieces for pieces in listed}.values()) for listed in corpus]
    told: set[tuple[int, int]] = set()
    for finding in check(Corpus.of(without_words(unique), schema_)).findings:
        if finding.code in ("SP205", "SP206"):
            assert finding.row is not None
            told.add((finding.row, int(finding.path[1])))
    for row, listed in enumerate(unique):
        sets = [characters(pieces) for pieces in listed]
        for k, one in enumerate(sets):
            others = [other for j, other in enumerate(sets) if j != k]
            left = [other for j, other in enumerate(sets) if j != k and (row, j) not in told]
            if (row, k) in told:
                assert any(breaks(one, other, nest) for other in others)
            else:
                assert not any(breaks(one, other, nest) for other in left)


@settings(max_examples=examples(100))
@given(st.lists(st.tuples(st.lists(fragments(), min_size=1, max_size=3), st.integers(0, 2)), min_size=1, max_size=3))
def test_duplicates_are_those_of_all_fragments(corpus: list[tuple[list[Fragments], int]]) -> None:
    documents = [[*listed, *listed[:again]] for listed, again in corpus]
    expected = {
        (row, k)
        for row, listed in enumerate(documents)
        for k, pieces in enumerate(listed)
        if any(tuple(pieces) == tuple(other) for other in listed[:k])
    }
    findings = check(Corpus.of(without_words(documents), schema()), select=["SP203"]).findings
    assert {(finding.row, finding.path[1]) for finding in findings} == expected
