"""The configuration ``challenge``: rewritten documents with exact gold, for those who don't have our code."""

from collections import Counter
from typing import Any

import pytest

import spanproof
from spanproof.corpus.documents import Corpus
from spanproof.publication.challenge import ChallengeRows
from spanproof.publication.configs import configs
from spanproof.publication.documents import Documents, UnpublishableError
from spanproof.publication.facts import Facts
from spanproof.schema.schema import Schema
from support.documents import LETTER, LETTERS
from support.rewritten import CORPUS, DOCUMENT

FACTS = Facts({"configurations": ["articles", "challenge"]})


def challenge(corpus: Corpus, facts: Facts = FACTS, noun: str = "article") -> list[dict[str, Any]]:
    tables = {config.name: config for config in configs(Documents.of(corpus, noun), corpus.registries, facts)}
    return list(tables["challenge"].table.to_pylist()) if "challenge" in tables else []


def test_rows_are_sound_documents_that_say_what_was_changed_and_of_what_they_were_made() -> None:
    rows = challenge(CORPUS)
    assert len(rows) > 10
    assert {row["article_id"] for row in rows} == {"a"}
    assert all(row["text"] != DOCUMENT["text"] for row in rows)
    assert len({row["id"] for row in rows}) == len({row["transformation"] for row in rows}) == len(rows)
    documents = [{name: row[name] for name in DOCUMENT} for row in rows]
    for row in documents:
        for layer in ("entities", "quotes", "dates"):
            assert [row["text"][span["start"] : span["end"]] for span in row[layer]] == [s["text"] for s in row[layer]]
    labels = Counter(span["label"] for span in DOCUMENT["entities"])
    assert all(len(row["entities"]) == labels.total() for row in documents)


def test_it_is_published_where_the_facts_ask_for_it_and_nowhere_else() -> None:
    assert not challenge(CORPUS, Facts())
    letters = Corpus.of([LETTER], Schema.of(LETTERS))
    asked = Facts({"configurations": ["letters", "challenge"], "document": "letter"})
    rows = challenge(letters, asked, "letter")
    assert {row["letter_name"] for row in rows} == {"first"}
    written = ChallengeRows(Documents.of(letters, "letter"), {})
    documents = [{name: row[name] for name in LETTER} for row in written]
    assert len(documents) == len(rows)
    assert not spanproof.check(Corpus.of(documents, letters.schema)).findings


def test_a_schema_of_several_texts_is_refused_by_name() -> None:
    members = {**LETTERS["properties"], "subject": {"type": "string"}}
    members["about"] = {"type": "array", "items": {**LETTERS["properties"]["persons"]["items"], "spanOf": "subject"}}
    both = Corpus.of([{**LETTER, "subject": "Hi", "about": []}], Schema.of({**LETTERS, "properties": members}))
    with pytest.raises(UnpublishableError, match="configuration challenge: "):
        challenge(both, Facts({"configurations": ["letters", "challenge"]}), "letter")
