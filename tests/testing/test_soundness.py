"""assert_sound: silent for what is sound, an assertion that shows the rest; nothing at all is no proof."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from spanproof.checks.examples import sound
from spanproof.corpus.documents import Corpus
from spanproof.schema.node import SchemaError
from spanproof.testing.soundness import assert_sound
from spanproof.testing.strategies import documents
from support import examples
from support.documents import LETTER, LETTERS

WRONG = sound(entities=[{"id": "e1", "start": 0, "end": 3, "text": "Bob", "label": "PERSON", "entity_id": None}])


@settings(max_examples=examples(10))
@given(documents())
def test_sound_documents_are(document: object) -> None:
    assert assert_sound([document]).documents == 1  # type: ignore[list-item]


def test_what_is_wrong_is_shown() -> None:
    with pytest.raises(AssertionError, match=r"error\[SP106\] text-differs"):
        assert_sound([WRONG])
    assert assert_sound([WRONG], ignore=["text-differs"]).documents == 1


def test_other_schemas_files_and_corpora(tmp_path: Path) -> None:
    assert assert_sound([LETTER], LETTERS).spans == 4
    (tmp_path / "a.jsonl").write_text(json.dumps(dict(sound())) + "\n")
    assert assert_sound(tmp_path / "a.jsonl").documents == 1
    assert assert_sound(Corpus.of([sound()])).documents == 1
    with pytest.raises(TypeError, match="has a schema already"):
        assert_sound(Corpus.of([sound()]), LETTERS)
    with pytest.raises(SchemaError):
        assert_sound([LETTER], {"type": 3})


def test_nothing_is_no_proof(tmp_path: Path) -> None:
    for nothing in ([], tmp_path / "none.jsonl"):
        with pytest.raises(AssertionError, match=r"nothing|no such file"):
            assert_sound(nothing)


def test_the_profile_has_no_deadline_and_expects_slow_draws() -> None:
    profile = settings.get_profile("spanproof")
    assert profile.deadline is None
    assert HealthCheck.too_slow in profile.suppress_health_check
