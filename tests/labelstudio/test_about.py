"""What people are shown of a document: a line of facts, and the first words beside a name that is a hash."""

from typing import Any

import pytest

from spanproof.checks.examples import sound
from spanproof.cli.labelstudio_project import print_findings
from spanproof.corpus.documents import Corpus
from spanproof.corpus.findings import Finding
from spanproof.labelstudio.about import about, openings
from spanproof.labelstudio.tasks import sha256_of
from spanproof.schema.schema import Schema

HASH = "28c5c7bc61b1027f"
TEXT = "By Rio Press. Ana Silva met Zoë in Lisbon."
CREDIT = {"id": "z1", "type": "credit", "start": 0, "end": 13, "text": TEXT[:13]}
TITLED: dict[str, Any] = {
    "type": "object",
    "properties": {
        "title": {"type": "string"},
        "text": {"type": "string"},
        "names": {
            "type": "array",
            "items": {
                "type": "object",
                "spanOf": "text",
                "properties": {"start": {"type": "integer"}, "end": {"type": "integer"}},
            },
        },
    },
}


def test_a_name_that_is_a_hash_is_followed_by_the_documents_first_words(capsys: pytest.CaptureFixture[str]) -> None:
    corpus = Corpus.of([sound(id=HASH, text=TEXT, zones=[CREDIT]), sound(id="report")])
    findings = [Finding("unfinished", "info", "has no annotation", name) for name in (HASH, "report", "0" * 16, None)]
    assert print_findings(findings, corpus) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"info[unfinished] {HASH} “Ana Silva met Zoë in Lisbon.”: has no annotation",
        "info[unfinished] report: has no annotation",
        f"info[unfinished] {'0' * 16}: has no annotation",
        "info[unfinished]: has no annotation",
    ]


def test_documents_without_a_key_are_named_by_the_hash_of_their_text() -> None:
    corpus = Corpus.of([{"title": "Zoë", "text": TEXT, "names": []}], Schema.of(TITLED))
    assert openings(corpus, [sha256_of(TEXT)]) == {sha256_of(TEXT): TEXT}


@pytest.mark.parametrize("zones", [None, [{"type": "credit", "start": 5, "end": 2}], [{"type": "credit"}], []])
def test_of_an_unsound_document_the_words_are_shown_that_are_there(zones: Any) -> None:
    assert openings(Corpus.of([sound(id=HASH, text=TEXT, zones=zones)]), [HASH]) == {HASH: TEXT}


def test_a_title_stands_on_the_tasks_page() -> None:
    assert about({"title": "The\ntalks", "text": TEXT, "names": []}, Schema.of(TITLED)) == "Title: The talks"
