"""Requests to language models: retries, refused options, redirects, sizes, times, keys."""

import asyncio
import json
import threading
from collections.abc import Sequence
from typing import Any

import pytest

from spanproof.schema.schema import Schema
from spanproof.systems.brief import Brief
from spanproof.systems.llm import sending
from spanproof.systems.llm.asking import Asker, parts
from spanproof.systems.llm.endpoint import questions
from spanproof.systems.llm.sending import Endpoint, Pace
from spanproof.systems.prediction import PredictionError
from spanproof.systems.system import MissingSystemError, PartialAnswer, Source
from support.completions import Reply, completion, failing, layer_of, server

ARTICLE = Schema.article()
LAYERS = {layer: ARTICLE.nodes[layer, "*"].labels for layer in ("entities", "quotes", "dates")}
GOOD = '{"entities": [{"text": "Ana", "label": "PERSON"}]}'


def ana(body: dict[str, Any], _: int = 0) -> Reply:
    return completion(GOOD if layer_of(body) == "entities" else f'{{"{layer_of(body)}": []}}')


def asker(url: str, pauses: list[float] | None = None, concurrency: int = 1, **settings: Any) -> Asker:
    async def pause(seconds: float) -> None:
        (pauses if pauses is not None else []).append(seconds)
        await asyncio.sleep(0)

    endpoint = Endpoint("m", url, **{"key": "sk-secret", "pause": pause, **settings})
    brief = Brief(LAYERS, concurrency=concurrency)
    return Asker(endpoint, questions(ARTICLE, brief), brief)


def names(url: str, text: str = "Ana left.", **settings: Any) -> tuple[list[str], list[float]]:
    """The entities and the pauses of a run over one text."""
    pauses: list[float] = []
    (annotations,) = asker(url, pauses, **settings)([Source("a", text, "en", "2025-02-26")])
    return [text[item["start"] : item["end"]] for item in annotations["entities"]], [round(one) for one in pauses]


def test_a_layer_and_a_part_are_a_request() -> None:
    text = "Ana left.\n" + "All is well here. " * 200 + "\nAna came."
    with server(ana) as (url, asked):
        assert names(url, text)[0] == ["Ana", "Ana"]
    assert {one["path"] for one in asked} == {"/v1/chat/completions"}
    assert {one["key"] for one in asked} == {"Bearer sk-secret"}
    assert {(one["temperature"], one["seed"], one["model"]) for one in asked} == {(0, 0, "m")}
    assert len(asked) == 3 * len(parts(text)) > 3
    schema = asked[0]["response_format"]["json_schema"]["schema"]
    assert schema["properties"]["entities"]["items"]["properties"]["label"]["enum"] == list(LAYERS["entities"])
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
        ask = asker(url)
        list(ask([Source("a", "Ana left.")]))
    assert len(asked) == requests
    assert all(name not in one for name in refusals for one in asked[-2:])
    assert ask.outcomes.left_out == sorted(refusals)


def test_options_are_left_out_in_turn_where_the_server_doesnt_say_which() -> None:
    with server(lambda body, _: failing(422) if "temperature" in body else ana(body)) as (url, asked):
        assert names(url)[0] == ["Ana"]
    assert len(asked) == 6


@pytest.mark.parametrize(
    ("first", "pauses"),
    [
        ([failing(429, Retry_After="7")], [7]),
        ([failing(503), failing(500), failing(429, Retry_After="99999")], [1, 2, 60]),
        ([None, failing(502, Retry_After="soon")], [1, 2]),
    ],
)
def test_what_may_pass_is_tried_again(first: list[Reply], pauses: list[int]) -> None:
    with server(lambda body, n: first[n - 1] if n <= len(first) else ana(body)) as (url, _):
        heard, waited = names(url)
    assert heard == ["Ana"]
    assert [one for one in waited if one in pauses][: len(pauses)] == pauses


@pytest.mark.parametrize(("status", "said"), [(401, "key in $OPENAI_API_KEY"), (403, "no right"), (404, "nothing is")])
def test_what_can_not_pass_ends_the_run_and_never_shows_the_key(status: int, said: str) -> None:
    with server(lambda *_: failing(status, "Incorrect key sk-secret")) as (url, asked):
        with pytest.raises(MissingSystemError, match=r"m at http://127\.0\.0\.1") as caught:
            names(url)
        assert said in str(caught.value)
        assert "Incorrect key ***" in str(caught.value)
        assert "secret" not in f"{caught.value!r}{Endpoint('m', url, 'sk-secret')!r}"
    assert len(asked) == 1


@pytest.mark.parametrize("key", ["Ana", "null", "EMPTY"])
def test_a_key_that_is_a_word_changes_no_answer(key: str) -> None:
    with server(ana) as (url, _):
        assert names(url, key=key)[0] == ["Ana"]


@pytest.mark.parametrize("key", ["sk-secret", "sk-secret-of-usual-length"])
def test_what_is_no_answer_is_told_without_the_key(key: str) -> None:
    with server(lambda *_: failing(200, f"Incorrect key {key}")) as (url, _):
        with pytest.warns(PartialAnswer) as told, pytest.raises(PredictionError) as caught:
            names(url, key=key)
        assert "secret" not in f"{caught.value}{[str(one.message) for one in told]}"
        assert any("Incorrect key ***" in str(one.message) for one in told)


def test_an_outage_ends_the_run() -> None:
    with server(lambda *_: failing(503, "busy")) as (url, asked):
        with pytest.warns(PartialAnswer), pytest.raises(MissingSystemError, match="3 requests in a row got no answer"):
            names(url)
        assert len(asked) == 12
    with pytest.warns(PartialAnswer), pytest.raises(MissingSystemError, match="ConnectError"):
        names(url)  # nobody listens there any more


def test_a_redirect_is_not_followed_and_the_text_goes_nowhere_else() -> None:
    with server(ana) as (other, elsewhere):
        reply = 307, {"Location": f"{other}?key=sk-secret"}, b""
        with server(lambda *_: reply) as (url, asked):
            with pytest.warns(PartialAnswer, match="redirect") as told, pytest.raises(MissingSystemError):
                names(url)
            assert len(asked) == 3
        assert elsewhere == []
    assert not any("secret" in str(one.message) for one in told)


def test_what_is_too_large_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "LARGEST", 1000)
    big = completion('{"quotes": []}' + " " * 5000)
    with server(lambda body, _: big if layer_of(body) == "quotes" else ana(body)) as (url, _):
        ask = asker(url)
        with pytest.warns(PartialAnswer, match="more than 1,000 bytes"), pytest.raises(PredictionError):
            list(ask([Source("a", "Ana left.")]))
    assert ask.outcomes.failures == {"too large": 1}


@pytest.mark.parametrize("limits", [{"silence": 0.3}, {"patience": 0.3}])
def test_an_answer_that_does_not_come_in_time_is_given_up(limits: dict[str, float]) -> None:
    done = threading.Event()

    def answer(body: dict[str, Any], _: int) -> Reply:
        if layer_of(body) == "quotes":
            done.wait(20)
        return ana(body)

    with server(answer) as (url, _):
        ask = asker(url, **limits)
        with pytest.warns(PartialAnswer, match="no answer in time"), pytest.raises(PredictionError):
            list(ask([Source("a", "Ana left.")]))
        done.set()
    assert ask.outcomes.failures == {"no answer in time": 1}


def test_requests_keep_to_a_pace_and_to_what_a_server_asks() -> None:
    pace = Pace(per_minute=60)
    waits = [pace.wait() for _ in range(4)]
    assert [round(wait) for wait in waits] == [0, 1, 2, 3]
    pace.hold(30)
    assert round(pace.wait()) == 30
    assert Pace().wait() == 0


def test_many_requests_are_under_way_at_once_and_answers_keep_their_order() -> None:
    together, most, lock = 0, 0, threading.Lock()
    gate = threading.Event()

    def answer(body: dict[str, Any], number: int) -> Reply:
        nonlocal together, most
        with lock:
            together += 1
            most = max(most, together)
        gate.wait(0.05)
        with lock:
            together -= 1
        return ana(body)

    texts = [f"{'x' * k} Ana" for k in range(12)]
    with server(answer) as (url, asked):
        ask = asker(url, concurrency=4)
        heard = [one["entities"] for one in ask([Source(str(k), text) for k, text in enumerate(texts)])]
    assert [one[0]["start"] for one in heard] == [text.index("Ana") for text in texts]
    assert len(asked) == ask.outcomes.requests == ask.outcomes.answered == 36
    assert 2 <= most <= 4
    assert ask.outcomes.tokens == (3600, 360)
    assert json.loads(json.dumps(ask.outcomes.as_json))["annotations"] == 12
