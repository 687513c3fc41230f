"""A system in a process of its own, asked again and again."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from spanproof.schema.schema import Schema
from spanproof.systems.prediction import PredictionError
from spanproof.systems.system import MissingSystemError, System
from spanproof.systems.worker import worker
from support.offered import offered
from support.systems_here import stub

FAKES = """
import os
from spanproof.systems.system import System

def fake(name, predict, registry=None):
    return System(name, "1", "MIT", None, {"entities": ("PERSON",)}, "None known.", predict, registry=registry)

def noisy(registries):
    def predict(sources):
        print("noise on the standard output")
        os.write(1, b"and below it")
        for source in sources:
            assert source.text != "bad"
            yield {"entities": [{"start": 0, "end": len(source.text), "label": "PERSON"}]
                               if source.text.istitle() else []}
    return predict

def dies(registries):
    return lambda sources: os._exit(3)

def torn(registries):
    raise RuntimeError(f"the weights are torn, whatever {registries}")

def liar(registries):
    return lambda sources: [{"entities": [{"start": 0, "end": 99, "label": "PERSON"}]} for _ in sources]

NOISY, DIES, LIAR, TORN = fake("noisy", noisy), fake("dies", dies), fake("liar", liar), fake("torn", torn, "entities")
"""
REGISTRIES = {"entities": {"ana": {"type": "PERSON"}}, "utterances": {"u": {}}}


@pytest.fixture
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, System]:
    names = ("NOISY", "DIES", "LIAR", "TORN")
    module = offered(tmp_path / "site", monkeypatch, "worker_fakes", FAKES, {name.lower(): name for name in names})
    return {name.lower(): getattr(module, name) for name in names}


def document(text: str) -> dict[str, Any]:
    hidden = {"id": "e1", "start": 0, "end": 1, "label": "PERSON", "text": text[:1]}
    return {"id": "a", "text": text, "language": "en", "entities": [hidden]}


@pytest.mark.slow
def test_it_answers_again_after_a_fault(fakes: Mapping[str, System]) -> None:
    with worker(fakes["noisy"], Schema.article(), {}) as ask:
        for _ in range(2):
            answers = ask([document("Ana 😀\u2028"), document("ana")])
            assert [[e["text"] for e in answer["entities"]] for answer in answers] == [["Ana 😀\u2028"], []]
            with pytest.raises(PredictionError, match="AssertionError"):
                ask([document("bad")])
        assert ask([]) == []


@pytest.mark.slow
def test_what_it_answers_is_proved(fakes: Mapping[str, System]) -> None:
    with (
        worker(fakes["liar"], Schema.article(), {}) as ask,
        pytest.raises(PredictionError, match="0:99 ends past the text"),
    ):
        ask([document("Ana")])


@pytest.mark.slow
def test_one_that_has_ended_says_why(fakes: Mapping[str, System]) -> None:
    with worker(fakes["dies"], Schema.article(), {}) as ask:
        for _ in range(2):
            with pytest.raises(MissingSystemError, match="dies ended: its process exited with 3"):
                ask([document("a")])
    with worker(fakes["torn"], Schema.article(), REGISTRIES) as ask:
        with pytest.raises(MissingSystemError, match="torn ended: RuntimeError: the weights are torn") as caught:
            ask([document("a")])
        assert "utterances" not in str(caught.value)


def test_one_that_can_t_be_had_says_so() -> None:
    lacking = stub(requires=("no-such-thing==1",))
    with pytest.raises(MissingSystemError, match="stub needs no-such-thing"), worker(lacking, Schema.article(), {}):
        pass
