"""What servers and models do instead of answering: how the run ends, what it says, what is kept."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from spanproof.bench import run as running
from spanproof.checks.predictions import faults
from spanproof.cli import main
from spanproof.systems.llm import sending
from spanproof.systems.prediction import PredictionError
from spanproof.systems.system import MissingSystemError, System
from support.completions import Reply, completion, failing, part_of, server

KEY = "sk-very-secret"
SCHEMA: dict[str, Any] = {
    "type": "object", "key": "id", "required": ["id", "text", "people"],
    "properties": {
        "id": {"type": "string"}, "text": {"type": "string"},
        "people": {"type": "array", "items": {
            "type": "object", "spanOf": "text", "labelledBy": "who", "required": ["start", "end", "who"],
            "properties": {"start": {"type": "integer"}, "end": {"type": "integer"},
                           "who": {"type": "string", "enum": ["MAN", "WOMAN"]}}}},
    },
}  # fmt: skip
GOOD = '{"people": [{"text": "Ana", "who": "WOMAN"}]}'
FIGURES = ("n", "precision", "recall")


def documents(number: int) -> list[dict[str, Any]]:
    return [
        {"id": f"d{k}", "text": f"In town {k} Ana left.", "people": [{"start": at, "end": at + 3, "who": "WOMAN"}]}
        for k in range(number)
        for at in [f"In town {k} Ana left.".index("Ana")]
    ]


def in_this_process(system: System, folder: Path, *_: Any) -> str | None:
    """Predict as the process of a system does, without one."""
    (folder / "log").touch()
    try:
        running.predict(system, folder, faults)
    except (MissingSystemError, PredictionError) as error:
        return " ".join(str(error).split())
    return None


@dataclass
class Bench:
    """A folder with a corpus, in which ``bench run`` is called."""

    folder: Path

    def run(self, url: str, *options: str, number: int = 3) -> Result:
        lines = "".join(json.dumps(one) + "\n" for one in documents(number))
        (self.folder / "gold.jsonl").write_text(lines, "utf-8")
        (self.folder / "gold.schema.json").write_text(json.dumps(SCHEMA), "utf-8")
        arguments = ["bench", "run", f"openai:m@{url}", "--corpus", f"{self.folder / 'gold.jsonl'}", "--resamples", "2"]
        arguments += ["--out", f"{self.folder / 'out'}", "--output", "json", "--concurrency", "1", *options]
        return CliRunner().invoke(main, arguments)

    @property
    def kept(self) -> tuple[int, int, int]:
        """How many predictions, answers and failures are kept."""
        out = self.folder / "out"
        failures = len([*out.glob("requests/*/*.failed.json")])
        return len([*out.glob("*.jsonl")]), len([*out.glob("requests/*/*.json")]) - failures, failures


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    async def at_once(_: float) -> None:
        return None

    monkeypatch.setattr(running, "_run_process", in_this_process)
    monkeypatch.setattr(sending, "LARGEST", 100_000)
    monkeypatch.setattr(sending.Endpoint.__init__, "__defaults__", defaults_with(at_once))
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    return Bench(tmp_path)


def defaults_with(pause: Any) -> tuple[Any, ...]:
    """The defaults of an endpoint, with another way to wait."""
    old = sending.Endpoint.__init__.__defaults__ or ()
    return tuple(pause if value is sending.asyncio.sleep else value for value in old)


def page(status: int = 200, **headers: str) -> Reply:
    return status, headers, b"<!doctype html><title>Log in</title>"


def raw(content: bytes, **headers: str) -> Reply:
    return 200, {"Content-Type": "application/json", **headers}, content


TOOLS = [{"id": "1", "type": "function", "function": {"name": "annotate", "arguments": GOOD}}]
STREAM = b'data: {"choices": [{"delta": {"content": "{}"}}]}\n\ndata: [DONE]\n\n'

NO_PREDICTION: dict[str, tuple[Reply, str]] = {
    "a key that isn't taken": (failing(401, f"bad key {KEY}"), "the key in $OPENAI_API_KEY isn't taken: "),
    "a key without a right": (failing(403), "the key in $OPENAI_API_KEY has no right to it"),
    "an address with nothing": (failing(404, "no such model"), "nothing is there"),
    "a login page": (page(), "no completion: a page came, as of a login or a proxy"),
    "a login page behind a redirect": (page(302, Location=f"http://e.org/{KEY}"), "redirect: HTTP 302 to http://e.org/***"),
    "a redirect of the request": ((308, {"Location": "http://e.org/v1"}, b""), "redirect: HTTP 308 to http://e.org/v1"),
    "no body": (raw(b""), "3 empty"),
    "JSON of another kind": (raw(b'["no"]'), "no completion: the response isn't a JSON object"),
    "no choices": (raw(b'{"choices": []}'), "no completion: the response isn't a chat completion"),
    "a message of null": (raw(b'{"choices": [{"message": null}]}'), "no completion"),
    "nested without end": (raw(b"[" * 50_000), "no completion: the response isn't JSON"),
    "an error with a status of 200": (raw(b'{"error": {"message": "quota"}}'), "3 error"),
    "a stream that wasn't asked for": ((200, {"Content-Type": "text/event-stream"}, STREAM), "3 stream"),
    "nothing said": (completion(""), "3 empty"),
    "blanks said": (completion(" \n"), "3 empty"),
    "content of null": (completion(None), "3 empty"),
    "a refusal": (completion(None, refusal="I can't help with that."), "3 refusal"),
    "a refusal in words": (completion("I'm sorry, I can't help with that."), "3 unreadable"),
    "a filter": (completion(None, "content_filter"), "3 refusal"),
    "a filter that left a part": (completion(GOOD, "content_filter"), "3 refusal"),
    "cut off": (completion(GOOD[:-5], "length"), "3 cut off"),
    "cut off where JSON is whole": (completion(GOOD, "length"), "3 cut off"),
    "cut off and not told": (completion(GOOD[:-5]), "3 unreadable"),
    "a tool call": (completion(None, "tool_calls", tool_calls=TOOLS), "3 tool call"),
    "content in parts": (completion([{"type": "text", "text": GOOD}]), "no completion: the content is list"),
    "another layer": (completion('{"persons": ["Ana"]}'), "3 unreadable"),
    "a label as a layer": (completion('{"WOMAN": ["Ana"]}'), "3 unreadable"),
    "JSON that is broken": (completion(GOOD.replace("}]", "},]")), "3 unreadable"),
    "an outage": (failing(503, "busy"), "unavailable: HTTP 503: "),
    "a limit that never ends": (failing(429, Retry_After="3600"), "unavailable: HTTP 429"),
    "a text that is too long": (failing(413, "too long"), "3 refused request"),
    "a context that is too short": (failing(400, "context length exceeded"), "3 refused request"),
    "a connection that drops": (None, "no connection: "),
    "a body that isn't what it says": (raw(b"not gzip", Content_Encoding="gzip"), "no connection: DecodingError"),
    "a body without end": (raw(b" " * 200_000), "3 too large"),
    "a body of no UTF-8": (raw(b'{"choices": "\xff\xfe"}'), "no completion"),
}  # fmt: skip


@pytest.mark.parametrize("behaviour", NO_PREDICTION)
def test_a_failure_is_never_an_answer(bench: Bench, behaviour: str) -> None:
    reply, said = NO_PREDICTION[behaviour]
    with server(lambda *_: reply) as (url, _):
        result = bench.run(url)
        assert result.exit_code == 1, result.output
        assert said in result.stderr
        assert KEY not in result.output
        predictions, answers, failures = bench.kept
        assert (predictions, answers) == (0, 0)
        assert failures > 0 or "$OPENAI_API_KEY" in said or "nothing is there" in said
        assert not [path for path in bench.folder.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]


USABLE: dict[str, tuple[str, int, int]] = {
    "fences": (f"```json\n{GOOD}\n```", 0, 0),
    "thoughts": (f'<think>{{"people": []}} or [1]?</think>{GOOD}', 0, 0),
    "prose": (f"Here it is: {GOOD} I hope that [this] helps {{you}}.", 0, 0),
    "a list alone": ('[{"text": "Ana", "who": "WOMAN"}]', 0, 0),
    "a label in another case": ('{"people": [{"text": "Ana", "who": "woman "}]}', 0, 0),
    "wrong offsets": ('{"people": [{"text": "Ana", "who": "WOMAN", "start": 900, "end": -1}]}', 0, 0),
    "a name that isn't there": ('{"people": [{"text": "Ana", "who": "WOMAN"}, {"text": "Eve", "who": "WOMAN"}]}', 3, 0),
    "the same twice": ('{"people": [{"text": "Ana", "who": "WOMAN"}, {"text": "Ana", "who": "WOMAN"}]}', 3, 0),
    "a label of its own": ('{"people": [{"text": "Ana", "who": "WOMAN"}, {"text": "Ana", "who": "HUMAN"}]}', 0, 3),
    "no words": ('{"people": [{"text": "Ana", "who": "WOMAN"}, {"who": "WOMAN"}]}', 0, 3),
    "no objects": ('{"people": [{"text": "Ana", "who": "WOMAN"}, "Ana", 7, null]}', 0, 9),
}


@pytest.mark.parametrize("behaviour", USABLE)
def test_what_a_model_invents_costs_precision_and_nothing_else(bench: Bench, behaviour: str) -> None:
    content, unplaced, malformed = USABLE[behaviour]
    with server(lambda *_: completion(content)) as (url, _):
        result = bench.run(url)
    assert result.exit_code == 0, result.output
    assert bench.kept == (1, 3, 0)
    report = json.loads(result.stdout)
    outcomes = report["systems"][0]["tally"]
    lost = [item["malformed"] for item in outcomes["unplaced"]]
    assert (lost.count(False), lost.count(True)) == (unplaced, malformed)
    ((scores),) = report["boards"][0]["scores"].values()
    exact = next(one for one in scores if one["measure"] == "exact" and one["variant"] == "strict" and not one["part"])
    spurious = unplaced + malformed
    assert [exact[name] for name in FIGURES] == [[3, 3 + spurious], round(3 / (3 + spurious), 6), 1.0]
    files = [bench.folder / "gold.jsonl", *bench.folder.glob("out/*.jsonl")]
    scored = CliRunner().invoke(main, ["score", *map(str, files), "--resamples", "2", "--output", "json"])
    ((again),) = json.loads(scored.stdout)["boards"][0]["scores"].values()
    assert exact["n"] in [one["n"] for one in again if one["measure"] == "exact" and not one["part"]]


@pytest.mark.parametrize(("failed", "code"), [(5, 0), (6, 1)])
def test_more_than_one_in_twenty_without_an_answer_is_no_score(bench: Bench, failed: int, code: int) -> None:
    """Of 100 requests 5 may fail; of 6 there is no score and no prediction, and only those are asked again."""
    bad = {f"In town {k} Ana left." for k in range(0, 10 * failed, 10)}

    def answer(body: dict[str, Any], _: int) -> Reply:
        return completion(GOOD, "length") if part_of(body) in bad else completion(GOOD)

    with server(answer) as (url, asked):
        result = bench.run(url, number=100)
        assert result.exit_code == code, result.output
        assert bench.kept == (1 - code, 100 - failed, 2 * failed)
        if code:
            assert "6 of 100 requests have no usable answer (6 cut off), more than 5%" in result.stderr
        else:
            assert json.loads(result.stdout)["systems"][0]["tally"]["failures"] == {"cut off": 5}
        asked.clear()
        bad.clear()
        mended = bench.run(url, "--again", number=100)
        assert mended.exit_code == 0
        assert len(asked) == failed
        assert json.loads(mended.stdout)["systems"][0]["tally"]["reused"] == 100 - failed


def test_examples_are_neither_asked_nor_scored(bench: Bench) -> None:
    with server(lambda *_: completion(GOOD)) as (url, asked):
        result = bench.run(
            url, "--example", "d1", "--prices", str(prices(bench.folder, '{"m": {"input": 2, "output": 5}}'))
        )
        assert result.exit_code == 0, result.output
        assert len(asked) == 2
        assert all("An example. The text:\n\nIn town 1 Ana left." in one["messages"][0]["content"] for one in asked)
        assert "In town 1" not in {part_of(one) for one in asked}
        report = json.loads(result.stdout)
        assert report["systems"][0]["tally"]["cost"] == pytest.approx((200 * 2 + 20 * 5) / 1e6)
        assert next(iter(report["boards"][0]["coverage"].values()))["documents"] == 2
        shown = bench.run(url, "--example", "d1", "--show-prompt")
        assert shown.exit_code == 0
        assert shown.stdout.count("In town 1 Ana left.") == 1
        assert len(asked) == 2


def test_a_model_is_asked_where_an_event_loop_runs(bench: Bench) -> None:
    """As in a notebook. A browser that another test opened keeps a loop running in this thread; else one is begun."""

    async def cell() -> Result:
        return bench.run(url)

    with server(lambda *_: completion(GOOD)) as (url, _):
        result = bench.run(url) if asyncio._get_running_loop() else asyncio.run(cell())
    assert result.exit_code == 0, result.stderr
    assert bench.kept == (1, 3, 0)


def prices(folder: Path, content: str) -> Path:
    (folder / "prices.json").write_text(content, "utf-8")
    return folder / "prices.json"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (lambda folder: ["--example", "d9"], "gold has no document 'd9' for an example; expected one of d0, d1, d2"),
        (lambda folder: [f"--example=d{k}" for k in range(3)], "all documents of gold are examples"),
        (lambda folder: ["--prices", str(prices(folder, '{"m": 2}'))], "isn't a price list; expected"),
        (lambda folder: ["--guidelines", str(folder / "none.md")], "none.md: No such file"),
        (lambda folder: ["--patience", "nan"], "'nan' isn't a finite number; expected one in x>0"),
        (lambda folder: ["--per-minute", "inf"], "'inf' isn't a finite number; expected one in x>0"),
        (lambda folder: ["--timeout", "nan"], "'nan' isn't a finite number; expected one in x>=1"),
        (lambda folder: ["--layer", "places"], "gold has no list of spans places"),
    ],
)
def test_options_that_can_not_be_met_are_refused(bench: Bench, options: Callable[[Path], list[str]], said: str) -> None:
    result = bench.run("http://127.0.0.1:1/v1", *options(bench.folder))
    assert (result.exit_code, said in result.stderr) == (2, True), result.stderr
