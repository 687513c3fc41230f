import gc
import json
import logging
import secrets
import signal
import socket
import sys
import types
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given

pytest.importorskip("starlette", reason="the backend is tested with spanproof[labelstudio]")
pytest.importorskip("uvicorn", reason="the backend is tested with spanproof[labelstudio]")

from starlette.applications import Starlette
from starlette.testclient import TestClient

from spanproof.checks.check import check
from spanproof.checks.predictions import faults
from spanproof.cli import main
from spanproof.cli.labelstudio_serve import serve
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.labelstudio.backend import Answer, answer, backend
from spanproof.labelstudio.config import config
from spanproof.labelstudio.from_task import from_task
from spanproof.labelstudio.precheck import precheck
from spanproof.labelstudio.to_task import to_task
from spanproof.schema.schema import Schema
from spanproof.systems.prediction import PredictionError
from spanproof.systems.registry import systems
from spanproof.systems.system import Annotations, Source, System
from spanproof.testing.strategies import documents
from support.labelstudio_hostile import HOSTILE
from support.predictions import annotate
from support.serving import address_of, ask, process

ROOT = Path(__file__).parents[2]
TIMES = systems().known["timex-baseline"]
VERSION = "timex-baseline-1"
SETUP = {
    "project": "7.1740000000",
    "schema": config(Schema.article()),
    "hostname": "http://localhost:8080",
    "extra_params": None,
}
PLAIN = {"id": 1, "data": {"text": "🎉 We met last week.", "dct": "2025-02-26", "id": "a"}}


def app_of(system: System = TIMES) -> Starlette:
    return backend(system, system.load(), Schema.article(), faults)


def client_of(system: System = TIMES) -> TestClient:
    return TestClient(app_of(system))


def stub(predict: Callable[[Sequence[Source]], Any]) -> System:
    return System("stub", "1", "MIT", None, {"entities": ("PERSON",)}, "", lambda _: predict)


def predictions(client: TestClient, tasks: list[Any]) -> Any:
    reply = client.post(
        "/predict", json={"tasks": tasks, "project": "7.1", "label_config": "", "params": {"context": None}}
    )
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_the_protocol() -> None:
    client = client_of()
    assert client.get("/health").json()["status"] == client.get("/").json()["status"] == "UP"
    assert client.post("/setup", json={**SETUP, "access_token": "t"}).json() == {"model_version": VERSION}
    assert client.get("/versions").json() == {"versions": [VERSION]}
    assert client.post("/webhook", json={"action": "START_TRAINING", "project": {}}).json()["status"] == "ok"


@pytest.mark.slow
def test_predictions_load_back_as_what_the_system_says() -> None:
    gold = list(read(ROOT / "annotations" / "gold").documents())
    replied = predictions(client_of(), [{"id": k, **to_task(each, Schema.article())} for k, each in enumerate(gold)])
    assert replied["warnings"] == []
    expected = list(annotate(TIMES, TIMES.load(), gold, Schema.article()))
    assert sum(len(each["dates"]) for each in expected) > 40
    for document, result, wanted in zip(gold, replied["results"], expected, strict=True):
        task = {**to_task(document, Schema.article()), "annotations": [], "predictions": [result]}
        pulled = from_task(task, Schema.article())
        assert pulled.findings == ()
        # What the task's data hold of the gold's own frame (its optional lists) is theirs; the layers are the system's.
        assert {name: pulled.document[name] for name in wanted} == wanted
        assert set(pulled.origins.values()) <= {"prediction"}
        assert result["model_version"] == VERSION
        assert precheck(Corpus.of([wanted]), check) == ()


@given(documents())
def test_any_article_gets_what_the_system_says(gold: dict[str, Any]) -> None:
    task = json.loads(json.dumps(to_task(gold, Schema.article())))
    found = answer([task], TIMES, TIMES.load(), Schema.article(), faults)
    (wanted,) = annotate(TIMES, TIMES.load(), [gold], Schema.article())
    pulled = from_task({**task, "annotations": [], "predictions": list(found.results)}, Schema.article())
    assert found.warnings == pulled.findings == ()
    assert {name: pulled.document[name] for name in wanted} == wanted


@pytest.mark.parametrize("name", ["timex-baseline", "quotes-baseline"])
def test_hostile_articles_are_answered(name: str) -> None:
    tasks = [to_task(each, Schema.article()) for each in HOSTILE.values()]
    replied = predictions(client_of(systems().known[name]), tasks)
    assert replied["warnings"] == []
    for document, result in zip(HOSTILE.values(), replied["results"], strict=True):
        regions = [each["value"] for each in result["result"] if each["type"] == "labels"]
        assert [each["text"] for each in regions] == [document["text"][each["start"] : each["end"]] for each in regions]


def test_a_task_that_isn_t_ours() -> None:
    (result,) = predictions(client_of(), [PLAIN])["results"]
    values = [each["value"] for each in result["result"] if each["type"] == "labels"]
    assert [(each["text"], each["start"]) for each in values] == [("last week", 9)]
    assert "2025-W08" in json.dumps(result)
    (undated,) = predictions(client_of(), [{"data": {"text": "We met last week."}}])["results"]
    assert "XXXX-WXX" in json.dumps(undated)


@pytest.mark.parametrize(
    ("task", "why"),
    [
        ({"id": 3, "data": {"body": "last week"}}, "task 3: it has no data.text; its prediction is empty"),
        ({"id": 3, "data": {"text": None}}, "task 3: it has no data.text"),
        ({"data": None}, "task 1 of the request: it has no data.text"),
        ("text", "task 1 of the request: it has no data.text"),
        (None, "it has no data.text"),
        ({"id": 3, "data": {"text": "last week \ud800"}}, "lone surrogate"),
        ({"id": 3, "data": {"text": "last week", "document": {"rest": 7}}}, "isn't what a push makes"),
        ({"id": 3, "data": {"text": "last week", "document": {}}}, "isn't what a push makes"),
    ],
)
def test_a_task_without_a_text_is_empty_and_warned_of(task: Any, why: str, caplog: pytest.LogCaptureFixture) -> None:
    body = json.dumps({"tasks": [PLAIN, task, PLAIN]})
    reply = client_of().post("/predict", content=body).json()
    assert [bool(each["result"]) for each in reply["results"]] == [True, False, True]
    assert {each["model_version"] for each in reply["results"]} == {VERSION}
    (warning,) = reply["warnings"]
    assert why in warning
    assert why in caplog.text


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "isn't JSON"),
        (b"{", "isn't JSON"),
        (b"\xff", "isn't JSON"),
        (b'{"tasks": NaN}', "isn't JSON"),
        (b"[" * 100_000, "isn't JSON"),
        (b"[]", "the body is list; expected an object"),
        (b"{}", "tasks is NoneType; expected a list"),
        (b'{"tasks": {}}', "tasks is dict; expected a list"),
    ],
)
def test_what_can_t_be_read_is_refused(content: bytes, fault: str) -> None:
    reply = client_of().post("/predict", content=content)
    assert reply.status_code == 400
    assert fault in reply.json()["error"]


@pytest.mark.parametrize(
    ("method", "path", "code"), [("GET", "/predict", 405), ("POST", "/health", 405), ("GET", "/nothing", 404)]
)
def test_other_requests_are_refused_as_json(method: str, path: str, code: int) -> None:
    reply = client_of().request(method, path)
    assert (reply.status_code, list(reply.json())) == (code, ["error"])


def test_a_system_that_breaks_is_no_traceback(caplog: pytest.LogCaptureFixture) -> None:
    def breaks(sources: Sequence[Source]) -> list[Annotations]:
        raise RuntimeError(f"out of memory at {sources[0].text}")

    client = client_of(stub(breaks))
    reply = client.post("/predict", json={"tasks": [PLAIN]})
    assert reply.status_code == 500
    assert reply.json() == {"error": "RuntimeError while /predict was answered"}
    assert "Traceback" in caplog.text
    assert client.get("/health").json()["status"] == "UP"


def test_an_unsound_prediction_is_refused() -> None:
    reply = client_of(stub(lambda _: [{"entities": [{"start": 0, "end": 99, "label": "PERSON"}]}])).post(
        "/predict", json={"tasks": [PLAIN]}
    )
    assert reply.status_code == 500
    assert reply.json() == {
        "error": "stub, document 'a': $.entities[0]: 0:99 ends past the text, which has 19 code points"
    }


def test_no_tasks_no_predictions() -> None:
    assert answer([], TIMES, TIMES.load(), Schema.article(), faults) == Answer((), ())


def test_a_schema_without_the_layer_is_refused(letters: Schema) -> None:
    with pytest.raises(PredictionError, match="predicts dates, which isn't a list of spans in the schema"):
        backend(TIMES, TIMES.load(), letters, faults)


def test_another_labeling_config_is_told(caplog: pytest.LogCaptureFixture) -> None:
    client = client_of()
    client.post("/setup", json=SETUP)
    assert caplog.text == ""
    client.post("/setup", json={**SETUP, "schema": "<View/>"})
    assert "another labeling config" in caplog.text


def reachable(*roots: object) -> Iterator[object]:
    """Everything that is held by objects, but for what modules and classes hold."""
    seen, left = set(), list(roots)
    while left:
        each = left.pop()
        globals_ = isinstance(each, dict) and "__name__" in each and "__spec__" in each
        if id(each) not in seen and not globals_ and not isinstance(each, type | types.ModuleType | types.FrameType):
            seen.add(id(each))
            yield each
            left += gc.get_referents(each)


def test_the_token_is_neither_kept_nor_logged(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    token = secrets.token_hex(20)
    app = app_of()
    client = TestClient(app)
    replies = [
        client.post("/setup", json={**SETUP, "schema": schema, "access_token": token}) for schema in ("<View/>", 3)
    ]
    replies += [client.post("/setup", content=f'{{"access_token": "{token}"{end}') for end in ("", ', "a": 1, "a": 2}')]
    assert [each.status_code for each in replies] == [200, 200, 400, 400]
    assert all(token not in each.text + str(each.headers) for each in replies)
    said = capfd.readouterr()
    assert token not in said.out + said.err + caplog.text
    del replies
    held = [
        each
        for each in reachable(app, logging.getLogger("spanproof.labelstudio.backend"))
        if isinstance(each, str | bytes)
    ]
    assert len(held) > 100
    assert not [each for each in held if (token if isinstance(each, str) else token.encode()) in each]
    # The search finds a token that is kept.
    app.state.kept = [{"token": f"x{token}"}]
    assert any(token in each for each in reachable(app) if isinstance(each, str))


@pytest.mark.slow
def test_a_serve_that_was_killed_in_a_request_leaves_its_port_to_the_next() -> None:
    with process("--system", "gazetteer", "--port", "0") as first:
        port = int(address_of(first).rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as caller:
            caller.sendall(b"POST /predict HTTP/1.1\r\nHost: here\r\nContent-Length: 1000\r\n\r\n{")
            first.kill()
            first.communicate()
            with process("--system", "gazetteer", "--port", str(port)) as second:
                assert address_of(second).endswith(f":{port}")
                assert ask(f"http://127.0.0.1:{port}/health")["status"] == "UP"
                second.send_signal(signal.SIGTERM)
                assert second.communicate(timeout=20)[1].endswith("stopped\n")


@pytest.mark.slow
@pytest.mark.parametrize(("name", "number"), [("gazetteer", signal.SIGINT), ("spacy-sm", signal.SIGTERM)])
def test_a_process_answers_and_stops(name: str, number: signal.Signals) -> None:
    if systems().find(name).missing:
        pytest.skip(str(systems().find(name).missing))
    token = secrets.token_hex(20)
    with process("--system", name, "--port", "0") as running:
        assert running.stderr is not None
        assert running.stderr.readline().startswith(f"loading {name}-")
        said = running.stderr.readline()
        url = said.split(" answers at ")[1].split(";")[0]
        assert url.startswith("http://127.0.0.1:")
        assert ask(f"{url}/health")["status"] == "UP"
        assert ask(f"{url}/setup", {**SETUP, "schema": "<View/>", "access_token": token})
        (result,) = ask(
            f"{url}/predict", {"tasks": [{"data": {"text": "🎉 Vladimir Putin met Donald Trump in Moscow."}}]}
        )["results"]
        spans = [each["value"] for each in result["result"] if each["type"] == "labels"]
        assert ("Moscow", 37) in [(each["text"], each["start"]) for each in spans]
        with pytest.raises(urllib.error.HTTPError, match="400"):
            ask(f"{url}/predict", {})
        running.send_signal(number)
        out, err = running.communicate(timeout=20)
    assert running.returncode == 0
    assert err.endswith("stopped\n")
    assert "Traceback" not in err
    assert token not in out + said + err
    with pytest.raises(OSError):
        ask(f"{url}/health")


@pytest.mark.slow
@pytest.mark.xdist_group("label-studio")
def test_a_label_studio_asks_for_predictions(tmp_path: Path) -> None:
    pytest.importorskip("label_studio_sdk", reason="Label Studio is tested with label-studio-sdk")
    from spanproof.labelstudio import client, projects, server

    gold = list(read(ROOT / "annotations" / "gold").documents())
    expected = {each["id"]: each for each in annotate(TIMES, TIMES.load(), gold, Schema.article())}
    with process("--system", TIMES.name, "--port", "0") as running, server.running(tmp_path) as studio:
        url = address_of(running)
        sdk = client.connect(studio.url, studio.token)
        project = projects.create(sdk, "pre-annotated", Schema.article()).id
        sdk.projects.import_tasks(project, request=[{"data": to_task(each, Schema.article())["data"]} for each in gold])
        made = sdk.ml.create(project=project, url=url, title="ours", is_interactive=True, timeout=30)
        connected = sdk.ml.get(id=str(made.id))
        assert (connected.state, connected.model_version) == ("CO", VERSION)
        sdk.actions.create(
            id="retrieve_tasks_predictions", project=project, selected_items={"all": True, "excluded": []}
        )
        found = {each.task: each for each in sdk.predictions.list(project=project)}
        tasks = list(sdk.tasks.list(project=project, fields="all"))
        assert len(found) == len(tasks) == len(gold)
        for task in tasks:
            result = json.loads(json.dumps(found[task.id].result))
            predicted = {"data": task.data, "annotations": [], "predictions": [{"result": result}]}
            document = from_task(predicted, Schema.article()).document
            wanted = expected[task.data["id"]]
            assert {name: document[name] for name in wanted} == wanted
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=20)
    assert (running.returncode, err) == (0, "stopped\n")
    assert studio.token not in out + err


@pytest.mark.slow
def test_a_port_that_is_taken_is_refused() -> None:
    with process("--system", "timex-baseline", "--port", "0") as running:
        assert running.stderr is not None
        running.stderr.readline()
        port = running.stderr.readline().split(";")[0].rpartition(":")[2]
        with process("--system", "timex-baseline", "--port", port) as other:
            _, err = other.communicate(timeout=20)
        assert other.returncode == 2
        assert f"spanproof: 127.0.0.1:{port}: Address already in use" in err
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=20)


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (["--system", "spacy-lg"], "no system 'spacy-lg'; did you mean spacy-sm? There are spacy-sm, "),
        (
            ["--system", "gazetteer", "--registry", str(ROOT / "tests")],
            "gazetteer needs the registry entities: entities.json of a corpus",
        ),
        (["--system", "gazetteer", "--host", "256.0.0.1"], "256.0.0.1:9090: "),
    ],
)
def test_what_can_t_be_served_is_refused(arguments: list[str], fault: str) -> None:
    old = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)]
    result = CliRunner().invoke(serve, [*arguments, "--port", "0"] if "256.0.0.1" not in arguments else arguments)
    for number, handler in zip((signal.SIGINT, signal.SIGTERM), old, strict=True):
        signal.signal(number, handler)
    assert result.exit_code == 2
    assert fault in result.stderr


def test_without_the_extra_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import spanproof.labelstudio

    monkeypatch.setitem(sys.modules, "uvicorn", None)
    monkeypatch.delitem(sys.modules, "spanproof.labelstudio.backend")
    monkeypatch.delattr(spanproof.labelstudio, "backend")
    old = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)]
    result = CliRunner().invoke(main, ["labelstudio", "serve", "--system", "timex-baseline"])
    for number, handler in zip((signal.SIGINT, signal.SIGTERM), old, strict=True):
        signal.signal(number, handler)
    assert result.exit_code == 2
    assert result.stderr.startswith("spanproof: uvicorn isn't installed, which this needs; expected `")
