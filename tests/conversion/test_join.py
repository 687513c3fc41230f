"""Stripped documents joined onto texts."""

import contextlib
import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof import check, read
from spanproof.conversion.join import demand_stripped, joined
from spanproof.conversion.strip import stripped
from spanproof.corpus.documents import Corpus
from spanproof.schema.schema import Schema

ARTICLES = list(read("annotations/gold").load().documents())
SCHEMA = Schema.article()


def spans_of(document: Any) -> list[tuple[str, int, int, str]]:
    return [
        (span["id"], span["start"], span["end"], span["text"])
        for layer in ("zones", "entities", "quotes", "dates", "damage")
        for span in document.get(layer) or ()
    ]


@pytest.mark.parametrize("k", range(len(ARTICLES)))
def test_a_text_with_other_line_ends_is_known_to_be_a_variant(k: int) -> None:
    document = ARTICLES[k]
    other = document["text"].replace("\r\n", "\n").replace("\n", "\r\n")
    other = other if other != document["text"] else other.replace("\r\n", "\n")
    result = joined(stripped(document, SCHEMA).record, {"x": other}, SCHEMA)
    assert (result.how, result.difference) == ("variant", "its line ends")
    assert not [loss for loss in result.losses if loss.what == "span"]
    assert result.document is not None
    assert all(other[start:end] == text for _, start, end, text in spans_of(result.document))
    assert len(spans_of(result.document)) == len(spans_of(document))


@pytest.mark.parametrize("k", range(len(ARTICLES)))
def test_onto_a_text_that_differs_what_follows_has_the_same_words_and_the_rest_is_named(k: int) -> None:
    document = ARTICLES[k]
    text = document["text"]
    middle = text.index(" ", len(text) // 2)
    other = f"Corrected.\n{text[:middle]} truly and very much{text[middle:]}"
    result = joined(stripped(document, SCHEMA).record, {"x": other}, SCHEMA, "x")
    assert result.how == "changed"
    assert result.document is not None
    words = {id_: text for id_, _, _, text in spans_of(document)}
    following = spans_of(result.document)
    assert all(other[start:end] == text == words[id_] for id_, start, end, text in following)
    refused = {loss.id for loss in result.losses if loss.what == "span"}
    assert {id_ for id_, *_ in following} | refused == set(words)
    assert len(following) > len(words) / 2
    report = check(Corpus.of([result.document], SCHEMA, read("annotations/gold").registries))
    assert not [finding for finding in report.findings if finding.code.startswith(("SP1", "SP06"))]


def test_without_a_text_that_is_its_nothing_is_joined() -> None:
    record = stripped(ARTICLES[0], SCHEMA).record
    for texts in ({}, {"x": ""}, {"x": ARTICLES[1]["text"]}):
        result = joined(record, texts, SCHEMA)
        assert (result.how, result.document) == ("missing", None)
        assert [loss.what for loss in result.losses] == ["document"]


@pytest.mark.parametrize("other", ["", " ", "\n", "Another text."])
def test_onto_another_text_nothing_follows(other: str) -> None:
    record = stripped(ARTICLES[0], SCHEMA).record
    result = joined(record, {"x": other}, SCHEMA, "x")
    assert result.document is not None
    assert spans_of(result.document) == []
    assert len([loss for loss in result.losses if loss.what == "span"]) >= len(spans_of(ARTICLES[0]))


VALUES = st.sampled_from([None, 0, -1, 10**6, "x", [], {}, [1], [0, "x", 1], True])


@given(data=st.data())
def test_a_record_that_was_changed_is_joined_or_refused(data: st.DataObject) -> None:
    record = copy.deepcopy(stripped(ARTICLES[0], SCHEMA).record)
    path = data.draw(
        st.sampled_from(
            [
                ("form",),
                ("text",),
                ("text", "length"),
                ("text", "sha256"),
                ("text", "blocks"),
                ("text", "blocks", 0),
                ("text", "blocks", 0, 0),
                ("text", "blocks", 0, 1),
                ("text", "blocks", 0, 2),
                ("document",),
                ("words",),
                ("words", "/entities/0/text"),
                ("words", "/nothing/0"),
                ("words", "/entities/x"),
                ("words", "/entities/99999/text"),
            ]
        )
    )
    holder: Any = record
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = data.draw(VALUES)
    with contextlib.suppress(ValueError):
        joined(demand_stripped(record), {"x": ARTICLES[0]["text"]}, SCHEMA, "x")
