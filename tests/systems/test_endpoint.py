"""Language models behind an endpoint, and files of predictions, as systems: answers are placed with proof."""

import json
import threading
import unicodedata
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import spanproof
from spanproof.bench.board import tasks_of
from spanproof.bench.records import Run
from spanproof.bench.run import run
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.formats.jsonl import FORMAT as JSONL
from spanproof.formats.parquet import FORMAT as PARQUET
from spanproof.metrics.score import score
from spanproof.schema.schema import article
from spanproof.systems.llm.endpoint import Endpoint, endpoint_of, make, parts, predict
from spanproof.systems.llm.locate import FOLDS, Ground, Offsets, place
from spanproof.systems.llm.prompt import _MEANINGS, _VALUES, heard, items_of, layers
from spanproof.systems.prediction import PredictionError
from spanproof.systems.registry import systems
from spanproof.systems.system import MissingSystemError, PartialAnswer, Source
from spanproof.testing.strategies import documents, texts
from spanproof.testing.strategies.ground import PIECE
from spanproof.testing.strategies.ground import Ground as Soil
from spanproof.text import timex
from spanproof.text.offsets import graphemes
from support.documents import ROOT
from support.predictions import annotate, predicted

GOLD = ROOT / "annotations" / "gold"
ENTITIES, QUOTES, DATES = layers()
MARKS = str.maketrans(dict.fromkeys("“”„«»", '"') | dict.fromkeys("‘’", "'") | dict.fromkeys("–—", "-"))
CURLY = str.maketrans({'"': "”", "'": "’", "-": "–"})
MANGLES: tuple[Callable[[str], str], ...] = (
    str,
    lambda words: unicodedata.normalize("NFC", words),
    lambda words: unicodedata.normalize("NFD", words),
    lambda words: words.translate(MARKS),
    lambda words: words.translate(CURLY),
    lambda words: words.replace(" ", "\n  ").replace("\u00a0", " "),
    lambda words: f" {words}\n",
)


def spans_of(document: Mapping[str, Any], layer: str) -> list[Offsets]:
    return sorted(((e["start"], e["end"]) for e in document[layer]), key=lambda each: (each[0], -each[1]))


def plain(words: str) -> str:
    """The words without all that any fold leaves out; written another way than the folds."""
    words = unicodedata.normalize("NFD", words.translate(MARKS)).replace("…", "...")
    words = "".join(c for c in words if unicodedata.category(c) != "Cf" or c in "\u200c\u200d").casefold()
    return unicodedata.normalize("NFD", "".join(words.split()))


def in_turn(places: Sequence[Sequence[Offsets]]) -> list[Offsets] | None:
    """Each the first place after the one before; None if one has none."""
    found: list[Offsets] = []
    for each in places:
        after = [one for one in each if not found or one[0] >= found[-1][1]]
        if not after:
            return None
        found.append(after[0])
    return found


@given(documents(), st.sampled_from(("entities", "dates", "quotes")), st.sampled_from(MANGLES))
def test_the_surfaces_of_an_article_are_placed_where_they_stand(
    document: dict[str, Any], layer: str, mangle: Callable[[str], str]
) -> None:
    text, gold = document["text"], spans_of(document, layer)
    ground, answers = Ground(text), [mangle(text[a:b]) for a, b in gold]
    placed = place(ground, answers, nest=layer == "quotes")
    for words, span in zip(answers, placed, strict=True):
        assert span is None or plain(text[slice(*span)]) == plain(words)
    if any(one[1] > other[0] for one, other in pairwise(gold)):  # nested
        return
    places = [ground.places(words) for words in answers]
    if all(span in each for span, each in zip(gold, places, strict=True)):
        assert placed == in_turn(places)
        starts = [0, *(end for _, end in gold)]
        if not any(
            low <= one[0] < span[0] for low, span, each in zip(starts, gold, places, strict=False) for one in each
        ):
            assert placed == gold
    else:  # the words as mangled stand as they are elsewhere, or an edge can't be seen
        assert mangle is not str


@given(documents(), st.sampled_from(("entities", "dates")))
def test_unmangled_surfaces_are_always_found(document: dict[str, Any], layer: str) -> None:
    ground = Ground(document["text"])
    assert all((a, b) in ground.places(document["text"][a:b]) for a, b in spans_of(document, layer))


@given(st.data())
def test_places_are_those_that_a_comparison_of_every_slice_finds(data: st.DataObject) -> None:
    text = data.draw(st.lists(PIECE, max_size=4).map("".join))
    cuts = graphemes(text).tolist()
    soil = {edge for token in Soil.of(text).tokens for edge in token}
    low, high = sorted(data.draw(st.tuples(*[st.sampled_from(cuts)] * 2)))
    words = data.draw(st.sampled_from(MANGLES))(text[low:high])

    def folded(words: str, level: int) -> str:
        return "".join(FOLDS[level]([words[a:b] for a, b in pairwise(graphemes(words).tolist())]))

    def seen(start: int, end: int, level: int) -> bool:
        clusters = [text[a:b] for a, b in pairwise(cuts) if start <= a < end]
        return all(FOLDS[level]([edge]) != [""] for edge in (clusters[0], clusters[-1]))

    expected: list[Offsets] = []
    for level in range(len(FOLDS)):
        wanted = folded(words, level).strip()
        edges = [at for at in cuts if at in soil]
        slices = [(a, b) for a in edges for b in edges if a < b]
        expected = [each for each in slices if folded(text[slice(*each)], level) == wanted and seen(*each, level)]
        if wanted and expected:
            break
        expected = []
    assert list(Ground(text).places(words)) == sorted(expected)


@given(texts(), st.lists(st.one_of(texts(), st.sampled_from(("Ana", "a", "the", "“", "")))), st.booleans(), st.data())
def test_whatever_is_answered_no_place_crosses_or_lies(
    text: str, answers: list[str], nest: bool, data: st.DataObject
) -> None:
    cuts = graphemes(text).tolist()
    answers += [text[a:b] for a, b in data.draw(st.lists(st.tuples(*[st.sampled_from(cuts)] * 2), max_size=8))]
    placed = place(Ground(text), answers, nest=nest)
    kept = [span for span in placed if span is not None]
    for words, span in zip(answers, placed, strict=True):
        if span is not None:
            assert set(span) <= set(cuts)
            assert text[slice(*span)].strip() == text[slice(*span)]
            assert plain(text[slice(*span)]) == plain(words)
    assert len(set(kept)) == len(kept)
    for (a, b), (c, d) in pairwise(sorted(kept)):
        assert b <= c or (nest and (d <= b or (a == c and b <= d)))


@pytest.mark.parametrize(
    ("text", "answers", "found"),
    [
        ("Ana met Bo. Ana left.", ["Ana", "Bo", "Ana"], [0, 8, 12]),
        ("Ana met Bo. Ana left.", ["Ana", "Ana", "Ana"], [0, 12, None]),
        ("Ana met Bo. Ana left.", ["Bo", "Ana", "Ana"], [8, 12, 0]),  # out of order
        ("Ana Silva met Ana.", ["Ana Silva", "Ana"], [0, 14]),
        ("Ana met Bo, Cy and Di.", ["Ana", "Di", "Bo", "Cy"], [0, 19, 8, 12]),  # one strays, three don't
        ("Anabel and Ana", ["Ana"], [11]),
        ("in Tu\u0308rkiye", ["T\u00fcrkiye"], [3]),
        ("the Feb.18 talks", ["Feb. 18"], [4]),
        ("the Feb. 18 talks", ["Feb.18"], [4]),
        ("a US-led one, led by us", ["us"], [21]),
        ("a US-led one", ["us"], [2]),
        ("he said: «we — all of us»", ['"we - all of us"'], [9]),
        ("new\u00a0 York", ["new York"], [0]),
        ("wait… no", ["wait... no"], [0]),
        ("so\u00adft", ["soft"], [0]),
        ("外交部发言人", ["发言"], [3]),
        ("Ana", ["Eve", "", " ", "\ufeff"], [None] * 4),
    ],
)
def test_answers_are_placed(text: str, answers: list[str], found: list[int | None]) -> None:
    assert [span and span[0] for span in place(Ground(text), answers)] == found


def test_quotations_may_nest_and_never_cross() -> None:
    text = "we say that he said that they go. Go"
    answers = ["he said that they go", "they go", "said that they go. Go", "they go"]
    assert place(Ground(text), answers, nest=True) == [(12, 32), (25, 32), None, None]


def test_every_span_of_gold_is_found_again() -> None:
    for document in read(GOLD).documents():
        for layer in layers():
            gold = spans_of(document, layer.name)
            answers = [document["text"][a:b] for a, b in gold]
            assert place(Ground(document["text"]), answers, nest=layer.nest) == gold


LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), texts())
NAMES = st.sampled_from(("text", "content", "label", "type", "value", "source", "cue", "id"))
JSON = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5))
KINDS = st.sampled_from(("PERSON", "org", "DATE", "TIME ", "set", "DURATION", "direct", "MIXED", "CITY", 7, None))


@settings(max_examples=min(40, settings().max_examples))
@given(documents(), st.data())
def test_whatever_a_model_says_the_prediction_is_sound(document: dict[str, Any], data: st.DataObject) -> None:
    text, system = document["text"], make("m@http://localhost/v1")
    cuts = graphemes(text).tolist()
    slices = st.tuples(*[st.sampled_from(cuts)] * 2).map(lambda pair: text[pair[0] : pair[1]])
    values = st.sampled_from(("2025-02-26", "P3D", "XXXX", "T9", 2025, None, "yesterday", ""))
    members = {"text": slices, "content": slices, "source": slices, "cue": slices, "value": values}
    items = st.fixed_dictionaries({}, optional={**members, "label": KINDS, "type": KINDS}) | JSON
    said: dict[str, Any] = {}
    for layer in layers():
        said[layer.name] = []
        for part in parts(text, limit=40):
            answers = data.draw(st.lists(items, max_size=4))
            told = heard(answers, layer, text[slice(*part)], "a", part[0])
            assert len(told.annotations) + len(told.lost) == len(answers)
            said[layer.name] += told.annotations
    made = predicted(document, said, system, article())
    findings = spanproof.check(Corpus.of([made], article())).findings
    assert [f"{each.code} {each.path} {each.message}" for each in findings if each.severity == "error"] == []


@given(texts(), st.integers(1, 60))
def test_the_parts_of_a_text_hold_all_of_it(text: str, limit: int) -> None:
    found = parts(text, limit=limit)
    assert all(a < b <= c for (a, b), (c, _) in pairwise(found))
    left = set(range(len(text))) - {at for a, b in found for at in range(a, b)}
    assert all(text[at].isspace() for at in left)
    assert all(b - a <= limit or len(parts(text[a:b], limit=1)) == 1 for a, b in found)


def test_paragraphs_stay_whole_where_they_can() -> None:
    text = "One is here. Two is here.\n\nThree is here. Four is here."
    assert [text[a:b] for a, b in parts(text, limit=30)] == text.split("\n\n")
    assert [text[a:b] for a, b in parts(text, limit=15)] == [
        "One is here.",
        "Two is here.",
        "Three is here.",
        "Four is here.",
    ]
    assert parts(text) == [(0, len(text))]
    assert parts("") == parts(" \n") == []
    assert [parts(text, each) for each in ("und", "tr", "zh-Hant", "qxx")] == [[(0, len(text))]] * 4


GOOD = '{"entities": [{"text": "Ana", "label": "PERSON"}]}'


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        f"```json\n{GOOD}\n```",
        f"Here it is: {GOOD} I hope that [this] helps {{you}}.",
        f'<think>{{"entities": []}} or [1] rather</think>{GOOD}',
        '[{"text": "Ana", "label": "PERSON"}]',
        f"[[[{GOOD}",
    ],
)
def test_the_items_of_an_answer_are_found(content: str) -> None:
    assert items_of(content, ENTITIES) == [{"text": "Ana", "label": "PERSON"}]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "I can't.",
        GOOD[:-5],
        GOOD.replace("}]", "},]"),
        '{"entities": {"text": "Ana"}}',
        '{"PERSON": ["Ana"]}',
        '["Ana", "Bo"]',
        '{"entities": "Ana"}',
        "[" * 100_000,
        '[{"a":' * 100_000,
    ],
)
def test_what_is_no_answer_is_refused(content: str) -> None:
    with pytest.raises(ValueError, match="no JSON object with a list entities"):
        items_of(content, ENTITIES)


def test_nothing_is_an_answer() -> None:
    assert items_of('{"entities": null}', ENTITIES) == items_of('{"entities": []}', ENTITIES) == []


def test_what_is_heard_is_told_with_what_is_lost_or_changed() -> None:
    text = "Ana said: “We meet in 2025.” Bo left."
    items = [{"text": "Bo", "label": "person"}, {"text": "Eve", "label": "PERSON"}, ["Ana", "PERSON"]]
    items += [{"text": "Ana", "label": "HUMAN"}, {"label": "ORG"}]
    told = heard(items, ENTITIES, text, "a", 100)
    assert told.annotations == [{"start": 129, "end": 131, "label": "PERSON"}]
    assert str(told) == (
        "of 5 answers 4 lost: an item is list, no object; 'Ana' has the label 'HUMAN'; "
        "an item has no words in text; 'Eve' doesn't stand in the text, or not as often"
    )
    dates = heard([{"text": 2025, "type": "DATE", "value": 2025}], DATES, text, "a")
    assert dates.annotations == [{"start": 22, "end": 26, "type": "DATE", "value": "2025"}]
    unread = heard([{"text": "2025", "type": "TIME", "value": "noon"}], DATES, text, "a")
    assert unread.annotations[0]["value"] == "XXXX-XX-XXTXX"
    assert unread.changed == ["'noon' is no value of a TIME"]
    quote = {"content": "We meet in 2025.", "type": "direct", "source": "Ana", "cue": "We"}
    quoted = heard([quote], QUOTES, text, "a")
    assert quoted.annotations == [
        {"start": 11, "end": 27, "type": "direct", "source": {"start": 0, "end": 3}, "cue": None, "utterance": "a-11"}
    ]
    assert quoted.changed == ["the cue 'We' stands nowhere outside the content"]


def test_what_is_asked_comes_from_the_schema() -> None:
    for layer in layers():
        for label in layer.labels:
            assert f"- {label}: {_MEANINGS[label]}" in layer.rules
        assert layer.answer["required"] == [layer.name]
    for kind, values in _VALUES.items():
        assert values in DATES.rules
        assert [each for each in values.split(", ") if timex.problem(each, kind)] == []
    assert DATES.labels == timex.TYPES


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
    return next(layer.name for layer in layers() if f'{{"{layer.name}": [...]}}' in rules)


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
    assert faults == ["'a', entities of 0:9: of 2 answers 1 lost: 'Eve' doesn't stand in the text, or not as often"]


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
    layer, high = next(each for each in layers() if each.name == layer_of(body)), low + len(part)
    items: list[dict[str, Any]] = [{"text": "Nobody Nowhere", layer.label: layer.labels[0], "value": "XXXX"}]
    for each in sorted(document[layer.name], key=lambda each: (each["start"], -each["end"])):
        if low <= each["start"] and each["end"] <= high:
            members = {layer.words: each["text"], layer.label: each[layer.label]}
            members |= {name: each[name] and each[name]["text"] for name in layer.parts}
            items.append(members | ({"value": each["value"]} if layer.value else {}))
    content = unicodedata.normalize("NFC", json.dumps({layer.name: items}, ensure_ascii=False))
    return completion(f"Sure!\n```json\n{content}\n```")


def ran(name: str, out: Path) -> Run:
    corpus = read(GOLD)
    return run(systems().find(name), corpus, out)


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


@pytest.fixture
def guesses(tmp_path: Path) -> list[dict[str, Any]]:
    made = [{**each, "quotes": [], "dates": each["dates"][1:]} for each in read(GOLD).documents()]
    JSONL.write(tmp_path / "mine.jsonl", made, article())
    PARQUET.write(tmp_path / "mine.parquet", made, article())
    return made


def said_by(thing: object, documents_: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    system = systems().find(f"predictions:{thing}")
    return list(annotate(system, system.load(), documents_, article()))


@pytest.mark.parametrize("name", ["mine.jsonl", "mine.parquet"])
def test_a_file_says_what_stands_in_it(name: str, tmp_path: Path, guesses: list[dict[str, Any]]) -> None:
    made = said_by(tmp_path / name, guesses[::-1])
    for layer in ("entities", "dates", "quotes", "zones"):
        given_ = [[(e["id"], e["start"], e["end"]) for e in each[layer]] for each in guesses[::-1]]
        assert [[(e["id"], e["start"], e["end"]) for e in each[layer]] for each in made] == given_
    system = systems().find(f"predictions:{tmp_path / name}")
    assert "quotes" not in system.predicts
    assert set(system.predicts["dates"]) == {each["type"] for document in guesses for each in document["dates"]}
    assert system.tells == "ontonotes-16"


def test_a_folder_is_a_file_too() -> None:
    gold = list(read(GOLD).documents())
    assert [len(each["entities"]) for each in said_by(GOLD, gold)] == [len(each["entities"]) for each in gold]


def test_names_are_what_is_measured_as_entities() -> None:
    predicts = systems().find(f"predictions:{GOLD}").predicts
    assert set(predicts) == {"zones", "entities", "quotes", "dates", "damage"}
    assert tasks_of(predicts, article()) == {"entities": "entities", "quotations": "quotes", "timex3": "dates"}


def test_the_version_is_that_of_the_bytes(tmp_path: Path, guesses: list[dict[str, Any]]) -> None:
    path = tmp_path / "mine.jsonl"
    before = systems().find(f"predictions:{path}").version
    assert systems().find(f"predictions:{path}").version == before
    path.write_bytes(path.read_bytes() + b"\n")
    assert systems().find(f"predictions:{path}").version != before


def test_labels_that_are_found_say_what_is_told_apart(tmp_path: Path, guesses: list[dict[str, Any]]) -> None:
    for names, tells in (({"PERSON", "LOC"}, "three"), ({"PERSON", "NORP"}, "conll-4"), ({"GPE"}, "ontonotes-16")):
        fewer = [
            {**each, "dates": [], "entities": [e for e in each["entities"] if e["label"] in names]} for each in guesses
        ]
        JSONL.write(tmp_path / "few.jsonl", fewer, article())
        system = systems().find(f"predictions:{tmp_path / 'few.jsonl'}")
        assert (system.tells, set(system.predicts["entities"])) == (tells, names)


def test_other_texts_and_missing_ones_are_refused(tmp_path: Path, guesses: list[dict[str, Any]]) -> None:
    first = {**guesses[0], "text": guesses[0]["text"][:50] + "!" + guesses[0]["text"][50:]}
    with pytest.raises(PredictionError, match=r"differs in .* stands at 50, right is '!.*spanproof rebase"):
        said_by(tmp_path / "mine.jsonl", [first])
    longer = {**guesses[0], "text": guesses[0]["text"] + "!"}
    with pytest.raises(PredictionError, match=rf"'' stands at {len(guesses[0]['text'])}, right is '!'"):
        said_by(tmp_path / "mine.jsonl", [longer])
    with pytest.raises(PredictionError, match="no prediction of 'other'"):
        said_by(tmp_path / "mine.jsonl", [{**guesses[0], "id": "other"}])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "no such file"),
        ("{", "not JSON"),
        ("", "no document"),
        ('{"id": "a", "text": "b", "entities": []}', "no annotations"),
        ('{"text": "b"}', "no id"),
        ('{"id": "a", "text": "b"}\n{"id": "a", "text": "b"}', "several documents"),
        ("3", "no id"),
    ],
)
def test_a_file_that_predicts_nothing_is_none(content: str | None, said: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    if content is not None:
        path.write_text(content)
    with pytest.raises(MissingSystemError, match=said):
        systems().find(f"predictions:{path}")


@pytest.mark.parametrize("entities", ['"all"', '[{"start": 0, "end": 9, "label": "ORG"}]', '[{"label": "ORG"}]', "[3]"])
def test_an_unsound_prediction_is_refused(entities: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    sound = '{"id": "b", "text": "Ana", "entities": [{"start": 0, "end": 3, "label": "ORG"}]}'
    path.write_text(f'{{"id": "a", "text": "Ana", "entities": {entities}}}\n{sound}')
    with pytest.raises(PredictionError, match="entities"):
        said_by(path, [{"id": "a", "text": "Ana", "language": "en"}])
    assert said_by(path, [{"id": "b", "text": "Ana"}])[0]["entities"][0]["text"] == "Ana"


@pytest.mark.slow
def test_a_file_is_run_and_scored(tmp_path: Path, guesses: list[dict[str, Any]]) -> None:
    found = ran(f"predictions:{tmp_path / 'mine.jsonl'}", tmp_path / "out")
    assert found.problem is None
    scores = score(read(GOLD), read(found.path), "timex3", resamples=0).scores
    exact = next(each for each in scores if each.measure == "exact")
    total = sum(len(each["dates"]) for each in read(GOLD).documents())
    assert exact.value == pytest.approx(2 * (total - 5) / (2 * total - 5))
