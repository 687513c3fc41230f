"""Language models behind an endpoint: requests, retries, refusals, a run."""

import json
import threading
import unicodedata
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from spanproof.formats.discovery import read
from spanproof.metrics.score import score
from spanproof.systems.llm.endpoint import Endpoint, endpoint_of, parts, predict
from spanproof.systems.llm.prompt import questions
from spanproof.systems.registry import systems
from spanproof.systems.system import MissingSystemError, PartialAnswer, Source
from spanproof.text.segmentation import Extent
from support.documents import ROOT
from support.systems_here import ran

GOLD = ROOT / "annotations" / "gold"
ENTITIES, QUOTES, DATES = questions()


def spans_of(document: Mapping[str, Any], layer: str) -> list[Extent]:
    return sorted(((e["start"], e["end"]) for e in document[layer]), key=lambda each: (each[0], -each[1]))


GOOD = '{"entities": [{"text": "Ana", "label": "PERSON"}]}'


Reply = tuple[int, dict[str, str], bytes] | None
"""Status, headers, body; None drops the connection."""


def completion(content: str | None, reason: str = "stop") -> Reply:
    body = {"choices": [{"message": {"role": "assistant", "content": content}, "finish_reason": reason}]}
    return 200, {"Content-Type": "application/json"}, json.dumps(body).encode()


def failing(status: int, message: str = "no", **headers: str) -> Reply:
    return status, headers, json.dumps({"error": {"message": message}}).encode()


@contextmanager
def server(answer: Callable[[dict[str, Any], int], Reply]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """An endpoint on this computer: its address, and what it was asked so far."""
    asked: list[dict[str, Any]] = []
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with lock:
                asked.append({**body, "path": self.path, "key": self.headers.get("Authorization")})
                count = len(asked)
            reply = answer(body, count)
            if reply is None:
                self.close_connection = True
                return
            status, headers, content = reply
            with suppress(OSError):  # who asked may have gone
                self.send_response(status)
                for name, value in {"Content-Length": str(len(content)), **headers}.items():
                    self.send_header(name.replace("_", "-"), value)
                self.end_headers()
                self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        thread = threading.Thread(target=httpd.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{httpd.server_port}/v1", asked
        finally:
            httpd.shutdown()
            thread.join()


def layer_of(body: Mapping[str, Any]) -> str:
    rules = body["messages"][0]["content"]
    return next(question.layer for question in questions() if f'{{"{question.layer}": [...]}}' in rules)


def ana(body: Mapping[str, Any], _: int = 0) -> Reply:
    return completion(GOOD if layer_of(body) == "entities" else f'{{"{layer_of(body)}": []}}')


def told(url: str, text: str = "Ana left.", **settings: Any) -> tuple[list[str], list[str], list[float]]:
    """The entities, the warnings, the pauses of a run over one text."""
    pauses: list[float] = []
    endpoint = Endpoint("m", url, **{"key": "sk-secret", "pause": pauses.append, **settings})
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        (found,) = predict(endpoint, [Source("a", text, "en", "2025-02-26")])
    assert all(each.category is PartialAnswer for each in caught)
    return [text[e["start"] : e["end"]] for e in found["entities"]], [str(each.message) for each in caught], pauses


def test_a_layer_and_a_part_are_a_request() -> None:
    text = "Ana left.\n" + "All is well here. " * 200 + "\nAna came."
    with server(ana) as (url, asked):
        assert told(url, text)[0] == ["Ana", "Ana"]
    assert [each["path"] for each in asked] == ["/v1/chat/completions"] * len(asked)
    assert {each["key"] for each in asked} == {"Bearer sk-secret"}
    assert {(each["temperature"], each["seed"], each["model"]) for each in asked} == {(0, 0, "m")}
    assert len(asked) == 3 * len(parts(text)) > 3
    schema = asked[0]["response_format"]["json_schema"]["schema"]
    assert schema["properties"]["entities"]["items"]["properties"]["label"]["enum"] == list(ENTITIES.labels)
    assert "2025-02-26" in asked[0]["messages"][1]["content"]


@pytest.mark.parametrize(
    ("refusals", "requests"),
    [
        (("response_format",), 4),
        (("seed", "temperature"), 5),
        (("seed", "response_format", "temperature"), 6),
    ],
)
def test_options_that_a_server_refuses_are_left_out_from_then_on(refusals: Sequence[str], requests: int) -> None:
    def answer(body: dict[str, Any], _: int) -> Reply:
        refused = next((name for name in refusals if name in body), None)
        return failing(400, f"Unsupported: {refused}") if refused else ana(body)

    with server(answer) as (url, asked):
        assert told(url) == (["Ana"], [], [])
    assert len(asked) == requests
    assert all(name not in each for name in refusals for each in asked[-2:])


def test_options_are_left_out_in_turn_where_the_server_doesnt_say_which() -> None:
    with server(lambda body, _: failing(422) if "temperature" in body else ana(body)) as (url, asked):
        assert told(url)[0] == ["Ana"]
    assert len(asked) == 6


@pytest.mark.parametrize(
    ("first", "pauses"),
    [
        ([failing(429, Retry_After="7")], [7.0]),
        ([failing(503), failing(500), failing(429, Retry_After="99999")], [1.0, 2.0, 60.0]),
        ([None, failing(502, Retry_After="soon")], [1.0, 2.0]),
    ],
)
def test_what_may_pass_is_tried_again(first: list[Reply], pauses: list[float]) -> None:
    with server(lambda body, n: first[n - 1] if n <= len(first) else ana(body)) as (url, _):
        assert told(url) == (["Ana"], [], pauses)


@pytest.mark.parametrize(("status", "said"), [(401, "key in $OPENAI_API_KEY"), (403, "no right"), (404, "nothing is")])
def test_what_can_not_pass_ends_the_run_and_never_shows_the_key(status: int, said: str) -> None:
    with server(lambda *_: failing(status, "Incorrect key sk-secret")) as (url, asked):
        with pytest.raises(MissingSystemError, match=r"m at http://127\.0\.0\.1") as caught:
            told(url)
        assert said in str(caught.value)
        assert "Incorrect key ***" in str(caught.value)
        assert "secret" not in f"{caught.value!r}{Endpoint('m', url, 'sk-secret')!r}"
    assert len(asked) == 1


def test_three_failures_in_a_row_end_the_run() -> None:
    with server(lambda *_: failing(503, "busy")) as (url, asked):
        with warnings.catch_warnings(record=True), pytest.raises(MissingSystemError, match="3 requests in a row"):
            told(url)
        assert len(asked) == 12
    with warnings.catch_warnings(record=True), pytest.raises(MissingSystemError, match="ConnectError"):
        told(url)  # nobody listens there any more


def html(*_: Any) -> Reply:
    return 200, {}, b"<html>Welcome</html>"


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (html(), "no chat completion: '<html>"),
        ((200, {}, b'{"choices": []}'), "no chat completion"),
        ((200, {}, b'{"choices": [{"message": null}]}'), "no chat completion"),
        ((200, {}, b"[" * 100_000), "no chat completion"),
        (completion(None, "content_filter"), "said nothing (content_filter)"),
        (completion(GOOD, "length"), "cut off"),
        (completion(GOOD[:-5]), "no JSON object"),
        (completion("I'm sorry."), "no JSON object"),
        (failing(413, "too long"), "HTTP 413"),
        (failing(400, "context length"), "HTTP 400"),
        ((200, {"Content-Encoding": "gzip"}, b"not gzip"), "DecodingError"),
        (failing(500, "out of memory"), "HTTP 500"),
    ],
)
def test_a_part_that_fails_is_told_and_the_others_go_on(reply: Reply, said: str) -> None:
    with server(lambda body, _: reply if layer_of(body) == "quotes" else ana(body)) as (url, _):
        names, faults, _ = told(url)
    assert names == ["Ana"]
    assert len(faults) == 1
    assert faults[0].startswith("'a', quotes of 0:9: ")
    assert said in faults[0]


def test_an_answer_that_does_not_come_is_told() -> None:
    done = threading.Event()

    def answer(body: dict[str, Any], _: int) -> Reply:
        if layer_of(body) == "quotes":
            done.wait(20)
        return ana(body)

    with server(answer) as (url, _):
        names, faults, pauses = told(url, patience=0.3)
        done.set()
    assert (names, pauses) == (["Ana"], [])
    assert faults == ["'a', quotes of 0:9: no answer within 0.3 seconds"]


def test_what_is_lost_is_told_with_its_number() -> None:
    content = '{"entities": [{"text": "Ana", "label": "PERSON"}, {"text": "Eve", "label": "PERSON"}]}'
    with server(lambda body, _: completion(content) if layer_of(body) == "entities" else ana(body)) as (url, _):
        names, faults, _ = told(url)
    assert names == ["Ana"]
    assert faults == ["'a', entities of 0:9: of 2 answers 1 lost: 'Eve' doesn't occur in the text"]


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
    found = endpoint_of(thing, environment)
    assert (found.model, found.url, found.key) == (model, url, None)


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
    part = body["messages"][1]["content"].partition("The text:\n\n")[2]
    document = next(each for each in read(GOLD).documents() if part in each["text"])
    low = document["text"].index(part)
    question, high = next(each for each in questions() if each.layer == layer_of(body)), low + len(part)
    items: list[dict[str, Any]] = [{"text": "Nobody Nowhere", question.label: question.labels[0], "value": "XXXX"}]
    for each in sorted(document[question.layer], key=lambda each: (each["start"], -each["end"])):
        if low <= each["start"] and each["end"] <= high:
            members = {question.words: each["text"], question.label: each[question.label]}
            members |= {name: each[name] and each[name]["text"] for name in question.parts}
            items.append(members | ({"value": each["value"]} if question.value else {}))
    content = unicodedata.normalize("NFC", json.dumps({question.layer: items}, ensure_ascii=False))
    return completion(f"Sure!\n```json\n{content}\n```")


@pytest.mark.slow
def test_a_model_is_run_and_scored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    with server(oracle) as (url, asked):
        found = ran(f"openai:m@{url}", tmp_path)
        assert found.problem is None
        count = len(asked)
        assert ran(f"openai:m@{url}", tmp_path).kept
        assert len(asked) == count
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and b"sk-secret" in path.read_bytes()]
    assert len(found.faults) == count  # in each part of each layer, what isn't there
    assert all("Nobody Nowhere" in each or "no words in content" in each for each in found.faults)
    gold, guess = read(GOLD), read(found.path)
    names, times, quotes = (
        score(gold, guess, task, resamples=0).scores for task in ("entities", "timex3", "quotations")
    )
    assert {each.value for each in (*names, *times)} == {1.0}
    exact = {each.signature.partition("|")[0]: each.value or 0.0 for each in quotes if each.measure == "exact"}
    assert exact["quotes"] == 1.0
    assert min(exact["quotes.source"], exact["quotes.cue"]) > 0.95  # the nearest place isn't always the right one


@pytest.mark.slow
def test_a_key_that_is_refused_is_the_problem_of_the_run_and_stays_unwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    with server(lambda *_: failing(401, "no such key: sk-secret")) as (url, _):
        found = ran(f"openai:m@{url}", tmp_path)
    assert found.problem is not None
    assert "the key in $OPENAI_API_KEY isn't taken" in found.problem
    assert not found.path.exists()
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert written
    assert not [path for path in written if b"sk-secret" in path.read_bytes()]
