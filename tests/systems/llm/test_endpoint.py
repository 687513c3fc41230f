"""Language models as systems: what a name means, what is asked of the gold, a whole run of it."""

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from spanproof.formats.discovery import read
from spanproof.metrics.score import score
from spanproof.schema.schema import Schema
from spanproof.systems.llm.endpoint import asked_model_of
from spanproof.systems.llm.question import Question, question_of
from spanproof.systems.registry import systems
from spanproof.systems.system import MissingSystemError
from support.completions import Reply, completion, failing, layer_of, part_of, server
from support.documents import ROOT
from support.systems_here import ran

GOLD = ROOT / "annotations" / "gold"


def asked(layer: str) -> Question:
    schema = Schema.article()
    return question_of(schema, layer, schema.nodes[layer, "*"].labels)


@pytest.mark.parametrize(
    ("thing", "environment", "model", "url"),
    [
        ("llama3.2@http://localhost:11434/v1/", {}, "llama3.2", "http://localhost:11434/v1"),
        ("gpt", {}, "gpt", "https://api.openai.com/v1"),
        ("gpt", {"OPENAI_BASE_URL": "https://e.org/v1"}, "gpt", "https://e.org/v1"),
        ("@cf/a/b@https://e.org/v1", {"OPENAI_BASE_URL": "no"}, "@cf/a/b", "https://e.org/v1"),
        ("a@2024", {}, "a@2024", "https://api.openai.com/v1"),
        ("a/b:7b@http://[::1]:8000", {}, "a/b:7b", "http://[::1]:8000"),
    ],
)
def test_a_thing_is_a_model_and_an_address(thing: str, environment: dict[str, str], model: str, url: str) -> None:
    understood = asked_model_of(thing, environment)
    assert (understood.model, understood.url, understood.key) == (model, url, None)


@pytest.mark.parametrize(
    "thing",
    [
        *("m@http://", "m@http://e.org:x/v1", "m@http://u:p@e.org/v1", "m@http://e.org/v1?key=1", "m@http://[e/v1"),
        *("m@ftp://e.org/v1", "@http://e.org/v1", "http://e.org/v1", "m@localhost:8000/v1", "m@::1:80", "m@e.org/v1/"),
    ],
)
def test_what_is_no_address_or_holds_a_secret_is_refused(thing: str) -> None:
    with pytest.raises(MissingSystemError, match="address"):
        systems().find(f"openai:{thing}")


@pytest.mark.parametrize(
    ("template", "said"),
    [
        (None, "can't be read: No such file"),
        (b"\xff", "can't be read: it is no UTF-8"),
        (b" \n", "the template is empty; expected a text with [$]layer"),
        (b"Find $quotes", "has [$]quotes; expected [$]layer"),
        (b"5$ for you", "a [$] that begins no name"),
    ],
)
def test_a_template_that_can_not_be_filled_is_refused(tmp_path: Path, template: bytes | None, said: str) -> None:
    if template is not None:
        (tmp_path / "mine.txt").write_bytes(template)
    with pytest.raises(MissingSystemError, match=said):
        systems().find(f"openai:m@http://localhost/v1#{tmp_path / 'mine.txt'}")


def test_another_prompt_is_another_version(tmp_path: Path) -> None:
    template = tmp_path / "mine.txt"
    versions = []
    for text in ("Find $layer: $labels", "Find all $layer: $labels"):
        template.write_text(text, "utf-8")
        system = systems().find(f"openai:m@http://localhost/v1#{template}")
        assert "Find" in system.prompt
        versions.append(system.version)
    assert len({*versions, systems().find("openai:m@http://localhost/v1").version}) == 3


@pytest.mark.parametrize("host", ["u:secret@localhost:x", "u:secret@localhost", "u:secret@"])
def test_a_password_in_the_environment_is_not_shown(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://{host}/v1")
    with pytest.raises(MissingSystemError) as caught:
        systems().find("openai:gpt")
    assert "secret" not in str(caught.value)


def test_the_official_server_needs_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(MissingSystemError, match="OPENAI_API_KEY"):
        systems().find("openai:gpt").load()
    monkeypatch.setenv("OPENAI_API_KEY", "ключ")
    with pytest.raises(MissingSystemError, match="characters"):
        systems().find("openai:gpt").load()
    before = systems().find("openai:gpt").version
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost/v1")
    assert systems().find("openai:gpt").version != before


def oracle(body: dict[str, Any], _: int) -> Reply:
    """What gold says of the part that is asked about, in NFC, with straight quotes, and one entity that isn't there."""
    part = part_of(body)
    document = next(one for one in read(GOLD).documents() if part in one["text"])
    low = document["text"].index(part)
    question, high = asked(layer_of(body)), low + len(part)
    items: list[dict[str, Any]] = [{"text": "Nobody Nowhere", question.label: question.labels[0], "value": "XXXX"}]
    for one in sorted(document[question.layer], key=lambda one: (one["start"], -one["end"])):
        if low <= one["start"] and one["end"] <= high:
            members = {question.words: one["text"], question.label: one[question.label]}
            members |= {name: one[name] and one[name]["text"] for name in question.parts}
            items.append(members | ({"value": one["value"]} if question.value else {}))
    content = unicodedata.normalize("NFC", json.dumps({question.layer: items}, ensure_ascii=False))
    return completion(f"Sure!\n```json\n{content}\n```")


@pytest.mark.slow
def test_a_model_is_run_and_what_it_invents_costs_precision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    with server(oracle) as (url, requests):
        run = ran(f"openai:m@{url}", tmp_path)
        assert run.problem is None
        count = len(requests)
        assert ran(f"openai:m@{url}", tmp_path).kept
        assert len(requests) == count
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and b"sk-secret" in path.read_bytes()]
    assert run.outcomes is not None
    assert run.outcomes.requests == run.outcomes.answered == count
    assert len(run.outcomes.unplaced) == count  # in each part of each layer, what isn't there
    gold, guess = read(GOLD), read(run.path)
    names, times = (score(gold, guess, task, resamples=0).scores for task in ("entities", "timex3"))
    assert {one.value for one in (*names, *times)} == {1.0}
    charged = score(gold, guess, "entities", resamples=0, spurious=run.outcomes.unplaced).find("exact")
    invented = sum(item.layer == "entities" for item in run.outcomes.unplaced)
    assert charged.n[1] == charged.n[0] + invented
    assert charged.precision == pytest.approx(charged.n[0] / charged.n[1], abs=1e-5)
    assert charged.recall == 1.0


@pytest.mark.slow
def test_a_key_that_is_refused_is_the_problem_of_the_run_and_stays_unwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    with server(lambda *_: failing(401, "no such key: sk-secret")) as (url, _):
        run = ran(f"openai:m@{url}", tmp_path)
    assert run.problem is not None
    assert "the key in $OPENAI_API_KEY isn't taken" in run.problem
    assert not run.path.exists()
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert written
    assert not [path for path in written if b"sk-secret" in path.read_bytes()]
