"""Rules of a document as it is read (SP0xx): its hash."""

import hashlib
from typing import Any

import pytest

from spanproof.checks.check import check
from spanproof.checks.examples import sound
from spanproof.corpus.documents import Corpus
from spanproof.schema.schema import Schema
from support.checks import codes


@pytest.mark.parametrize("text", [None, 7])
def test_the_hash_of_no_text_is_not_judged(text: Any) -> None:
    document = sound(sha256="0" * 64)
    assert codes(document) == ["SP004"]
    assert codes({**document, "text": text}) == ["SP002"]


def test_each_document_is_judged_by_its_own_hash() -> None:
    texts = ["Ana", "Bob", "Eva", "Ida"]
    true = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
    stated = [true[0], true[0], None, true[3]]
    documents = [sound(id=text, text=text, sha256=digest) for text, digest in zip(texts, stated, strict=True)]
    found = check(Corpus.of(documents)).findings
    assert [f.document for f in found if f.code == "SP004"] == ["Bob"]


def test_documents_may_be_numbered() -> None:
    span = {
        "type": "object",
        "spanOf": "text",
        "properties": {"start": {"type": "integer"}, "end": {"type": "integer"}},
    }
    members = {"no": {"type": "integer"}, "text": {"type": "string"}, "names": {"type": "array", "items": span}}
    schema = Schema.of({"type": "object", "key": "no", "properties": members})
    documents = [
        {"no": number, "text": f"Ana {number} met.", "names": [{"start": 0, "end": 3}]} for number in (0, 2, 12, 2)
    ]
    assert not check(Corpus.of(documents[:3], schema)).findings
    assert {one.code for one in check(Corpus.of(documents, schema)).findings} >= {"SP003"}
