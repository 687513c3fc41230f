"""One corpus under schemas that say the same in two ways: the check finds the same in it, word for word."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.checks.report import Report
from spanproof.formats.discovery import read
from spanproof.schema.schema import Schema
from support import examples

TEXT = "Ana 😀 met Bob in Oslo."
BAD: tuple[Any, ...] = (None, 1, "x", [], {}, -3, 1.5, True, 10**30)
OTHER_NAMES = {"start": "from", "end": "to", "text": "words"}


def schema(span_of: Any, names: dict[str, str]) -> Schema:
    """A schema of a text and names, whose spans are bound in some way."""
    types = {"start": "integer", "end": "integer", "text": "string", "label": "string", "score": "number"}
    members: dict[str, Any] = {names.get(name, name): {"type": kind} for name, kind in types.items()}
    members["label"]["enum"] = ["A", "B"]
    required = [names.get(name, name) for name in ("start", "end", "label", "text")]
    item = {"type": "object", "spanOf": span_of, "labelledBy": "label", "required": required, "properties": members}
    properties = {
        "id": {"type": "string"},
        "text": {"type": "string"},
        "by": {"type": "string"},
        "note": {"type": ["string", "null"]},
        "ents": {"type": "array", "overlap": "forbid", "items": item},
    }
    return Schema.of(
        {"type": "object", "key": "id", "required": ["id", "text", "note", "ents"], "properties": properties}
    )


PLAIN = schema("text", {})
BOUND = schema({"text": "text", "start": "start", "end": "end", "surface": "text"}, {})
RENAMED = schema({"text": "text", "start": "from", "end": "to", "surface": "words"}, OTHER_NAMES)


def document(number: int) -> dict[str, Any]:
    """A sound document."""
    named = [("Ana", "A"), ("Bob", "A"), ("Oslo", "B")]
    places = [(TEXT.index(word), word, label) for word, label in named]
    spans = [{"start": start, "end": start + len(word), "text": word, "label": label} for start, word, label in places]
    return {"id": f"d{number}", "text": TEXT, "note": None, "ents": spans}


def break_(sound: dict[str, Any], dice: random.Random) -> None:
    """Break a document in up to two places, or in none."""
    for _ in range(dice.choice([0, 0, 1, 1, 2])):
        spans = sound.get("ents")
        inner = [span for span in spans if isinstance(span, dict)] if isinstance(spans, list) else []
        owner = dice.choice([sound, *inner])
        name, way = dice.choice([*owner, "by"]), dice.random()
        if way < 0.4:
            owner[name] = dice.choice(BAD)
        elif way < 0.6:
            owner.pop(name, None)
        elif way < 0.8:
            owner[dice.choice(["by", "note", "extra", "score"])] = dice.choice(BAD)
        else:
            owner[name] = dice.choice([4, 5, 0, 7]) if name in ("start", "end") else "zz"


def checked(documents: list[dict[str, Any]], under: Schema, path: Path) -> Report:
    """What a check finds in documents of a file."""
    path.write_text("".join(f"{json.dumps(one)}\n" for one in documents), "utf-8")
    return check(read(path, under, {}))


def found(report: Report, *, in_words: bool = True) -> tuple[Any, ...]:
    """Findings in order, and the counts; by code and document alone where the words differ."""
    findings = [
        (one.code, one.severity, one.document, *((one.json_path, one.message) if in_words else ()))
        for one in report.findings
    ]
    return sorted(findings, key=repr), report.documents, report.spans, report.proved, report.unread


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a corpus is written, again and again."""
    return tmp_path_factory.mktemp("two ways") / "corpus.jsonl"


@settings(max_examples=examples(60), deadline=None)
@given(seed=st.integers(0, 2**32), number=st.integers(1, 4))
def test_a_binding_that_says_what_is_usual_finds_the_same(seed: int, number: int, corpus: Path) -> None:
    dice = random.Random(seed)
    documents = [document(k) for k in range(number)]
    for one in documents:
        break_(one, dice)
    plain = checked(documents, PLAIN, corpus)
    assert found(checked(documents, BOUND, corpus)) == found(plain)
    for one in documents:
        spans = one.get("ents")
        for span in spans if isinstance(spans, list) else ():
            if isinstance(span, dict):
                for name, other in OTHER_NAMES.items():
                    if name in span:
                        span[other] = span.pop(name)
    assert found(checked(documents, RENAMED, corpus), in_words=False) == found(plain, in_words=False)
