"""Spans without surfaces: a likely cause by the borders of words, never a proof, and nothing is trimmed beside it."""

import html
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.checks.fix import fix
from spanproof.corpus.documents import Corpus
from spanproof.schema.schema import Schema
from spanproof.text.drift.borders import likely_of

SCHEMA = Schema.of(
    {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "key": "id",
        "required": ["id", "text", "names"],
        "properties": {
            "id": {"type": "string"},
            "text": {"type": "string"},
            "names": {
                "type": "array",
                "items": {
                    "type": "object",
                    "spanOf": "text",
                    "labelledBy": "label",
                    "required": ["start", "end", "label"],
                    "properties": {
                        "start": {"type": "integer"},
                        "end": {"type": "integer"},
                        "label": {"type": "string"},
                    },
                },
            },
        },
    }
)
NAMES = ("Anna Wei", "Bo", "Çelik", "Li", "Robinson", "R&D")
Counting = Callable[[str], int]


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def corpus(counted: Counting, seed: int = 1) -> tuple[list[dict[str, Any]], list[list[tuple[int, int]]]]:
    """Ten documents whose offsets count otherwise, without surfaces, and where their spans belong."""
    chance, documents, right = random.Random(seed), [], []
    for number in range(10):
        text, spans = "", []
        for _ in range(8):
            text += chance.choice(["😀 ", "& ", "<b> ", "“So” ", ""]) + chance.choice(["Then ", "And so ", "Today, "])
            name = chance.choice(NAMES)
            spans.append((len(text), len(text) + len(name)))
            text += name + chance.choice([" left. ", " said so. ", ", they say, went. "])
        names = [{"start": counted(text[:a]), "end": counted(text[:b]), "label": "NAME"} for a, b in spans]
        documents.append({"id": f"d{number}", "text": text, "names": names})
        right.append(spans)
    return documents, right


def spans_of(documents: Any) -> list[list[tuple[int, int]]]:
    return [[(name["start"], name["end"]) for name in document["names"]] for document in documents]


@pytest.mark.parametrize(
    ("name", "counted"),
    [
        ("utf-16", utf16),
        ("utf-8", lambda text: len(text.encode())),
        ("html", lambda text: len(html.escape(text, quote=False))),
        ("one-based", lambda text: len(text) + 1),
    ],
)
def test_ten_documents_without_surfaces_have_a_likely_cause_and_no_proof(name: str, counted: Counting) -> None:
    documents, right = corpus(counted)
    broken = Corpus.of(documents, SCHEMA)
    report = check(broken)
    findings = [finding for finding in report.findings if finding.code in ("SP107", "SP108", "SP109")]
    assert findings
    for finding in findings:
        assert finding.cause
        assert name in finding.cause.name.split(" or ")
        assert (finding.cause.level, finding.cause.models) == ("likely", ())
        assert not finding.fix or finding.level == "likely"
    assert list(fix(broken).corpus.documents()) == documents  # what is trimmed here would be wrong for good
    likely = spans_of(fix(broken, likely=True).corpus.documents())
    for stored, now, true in zip(spans_of(documents), likely, right, strict=True):
        assert now in (stored, true)
    assert likely != spans_of(documents)


def test_sound_documents_and_few_odd_spans_have_no_cause() -> None:
    documents, right = corpus(len)
    texts = [document["text"] for document in documents]
    assert likely_of(texts, right) is None
    right[0][0] = (right[0][0][0], right[0][0][1] + 1)
    right[1][0] = (right[1][0][0], right[1][0][1] + 1)
    assert likely_of(texts, right) is None
    (edge, *_) = check(Corpus.of([{**documents[0], "names": [{"start": 0, "end": 2, "label": "X"}]}], SCHEMA)).findings
    assert edge.cause is None
    assert likely_of([], []) is None
    assert likely_of(["", "Ana"], [[], []]) is None


@given(st.lists(st.tuples(st.integers(-5, 60), st.integers(-5, 60)), max_size=30))
def test_offsets_at_random_break_nothing(spans: list[tuple[int, int]]) -> None:
    text = "😀 Then Anna Wei & Bo said so. R&D, İzmir\r\nand Jose\u0301 met 外交部 again."
    likely = likely_of([text, ""], [spans, spans])
    if likely and likely.places:
        assert ((likely.places[0] >= -1) & (likely.places[0] <= len(text))).all()
