"""The failure table: each command that reads or writes, and what can go wrong with it.

Nothing is half written, what is said is one sentence, and the next run completes what this one left.
"""

import errno
import itertools
import json
import os
import resource
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from spanproof.checks.check import check
from spanproof.checks.examples import sound
from spanproof.cli import labelstudio_demo, labelstudio_pull
from spanproof.cli.labelstudio import labelstudio
from spanproof.corpus.documents import Corpus
from spanproof.formats import files
from spanproof.formats.jsonl import FORMAT as JSONL
from spanproof.labelstudio import client, server, server_folder
from spanproof.labelstudio.pull import annotated, pull
from spanproof.labelstudio.push import push
from spanproof.labelstudio.server import Server
from spanproof.schema.schema import Schema
from support.failures import demand_refusal
from support.killed import steps
from support.labelstudio_tasks import ANA, PEOPLE, relabelled, task_of
from support.serving import address_of, ask, process

COMMANDS = ("push", "pull", "pull --write", "demo", "serve")
FAILURES = ("disk full", "killed at each step", "unreadable", "two runs at once")
SHOWN_BY = {
    ("push", "disk full"): "test_a_push_to_a_server_whose_disk_is_full_is_completed_by_the_next",
    ("push", "killed at each step"): "test_a_push_that_was_killed_is_completed_by_the_next",
    ("push", "unreadable"): "test_what_can_t_be_read_is_a_sentence",
    ("push", "two runs at once"): "test_pushes_at_once_fill_one_project_with_one_task_a_document",
    ("pull", "disk full"): "test_a_full_disk_leaves_what_was_there",
    ("pull", "killed at each step"): "test_a_pull_that_was_killed_changes_nothing_on_the_server",
    ("pull", "unreadable"): "test_what_can_t_be_read_is_a_sentence",
    ("pull", "two runs at once"): "test_two_pulls_at_once_leave_whole_files",
    ("pull --write", "disk full"): "test_a_full_disk_leaves_each_file_whole",
    ("pull --write", "killed at each step"): "test_a_pull_that_is_killed_at_any_step_is_completed_by_the_next",
    ("pull --write", "unreadable"): "test_what_can_t_be_read_is_a_sentence",
    ("pull --write", "two runs at once"): "test_two_pulls_at_once_leave_whole_files",
    ("demo", "disk full"): "test_a_folder_that_was_cut_off_is_completed_by_the_next_start",
    ("demo", "killed at each step"): "test_a_demo_that_is_killed_at_any_step_of_its_folder_is_completed_by_the_next",
    ("demo", "unreadable"): "test_what_can_t_be_read_is_a_sentence",
    ("demo", "two runs at once"): "test_two_servers_don_t_run_over_one_folder",
    ("serve", "disk full"): "test_serve_needs_no_disk",
    (
        "serve",
        "killed at each step",
    ): "test_a_serve_that_was_killed_in_a_request_leaves_its_port_to_the_next",
    ("serve", "unreadable"): "test_what_serve_can_t_read_is_a_sentence",
    ("serve", "two runs at once"): "test_a_port_that_is_taken_is_refused",
}
ARTICLES = [sound(id=f"a{k}", entities=[ANA]) for k in range(2)]
LINE = json.dumps(ARTICLES[0]).encode() + b"\n"
UNREADABLE = {
    "missing": (None, "no such file"),
    "folder": ("folder", "is empty|Is a directory"),
    "empty": (b"", "holds no document|not JSON"),
    "not UTF-8": (LINE + b'{"id": "\xff"}\n', "not UTF-8: byte 0xff"),
    "half": (LINE + b'{"id": "b", "te', "not JSON"),
    "zeros": (b"\0" * 50, "not JSON"),
}
SERVER = {"LABEL_STUDIO_URL": "http://127.0.0.1:9", "LABEL_STUDIO_API_KEY": "token"}


@pytest.mark.parametrize("cell", list(itertools.product(COMMANDS, FAILURES)), ids=" - ".join)
def test_each_cell_has_its_test(cell: tuple[str, str]) -> None:
    sources = "".join(file.read_text("utf-8") for file in Path(__file__).parent.glob("test_*.py"))
    assert sources.count(f"\ndef {SHOWN_BY[cell]}(") == 1


def run(*arguments: object, **environment: str) -> Result:
    result = CliRunner().invoke(labelstudio, [str(argument) for argument in arguments], env=environment)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result


def full(*_: Any, **__: Any) -> Any:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Two articles, each in a file of its own."""
    for article in ARTICLES:
        JSONL.write(tmp_path / "corpus" / f"{article['id']}.jsonl", [article], Schema.article())
    return tmp_path / "corpus"


@pytest.fixture
def pulled(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server where two people relabelled the articles; the star is on what one of them made."""
    tasks = [task_of(article, number) for number, article in enumerate(ARTICLES, 1)]
    for task in tasks:
        other = relabelled(task, "GPE", id=3, completed_by=2)
        task["annotations"] = [relabelled(task, "ORG", id=2, ground_truth=True), other]
    monkeypatch.setattr(labelstudio_pull, "connected", lambda _: None)
    monkeypatch.setattr(labelstudio_pull, "pull_corpus", lambda corpus, *_, **__: annotated(corpus, tasks, PEOPLE))


@pytest.fixture
def restored_signals() -> Iterator[None]:
    """`serve` and `demo` take signals for themselves, here in the process of the tests."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    old = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, old, strict=True):
        signal.signal(number, handler)


def content(folder: Path) -> dict[str, bytes]:
    there = (file for file in sorted(folder.rglob("*")) if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in there}


def whole(folder: Path) -> dict[str, bytes]:
    return {name: text for name, text in content(folder).items() if not files.is_unfinished(Path(name))}


@pytest.mark.usefixtures("pulled")
@pytest.mark.parametrize("files_written", [0, 1])
def test_a_full_disk_leaves_each_file_whole(corpus: Path, monkeypatch: pytest.MonkeyPatch, files_written: int) -> None:
    before, replace, count = content(corpus), os.replace, iter(range(9))

    def replaced(*arguments: Any) -> None:
        (replace if next(count) < files_written else full)(*arguments)

    monkeypatch.setattr(files.os, "replace", replaced)
    failed = run("pull", corpus, "--write")
    assert failed.exit_code == 2
    last = failed.stderr.strip().splitlines()[-1]
    assert last == f"spanproof: {corpus / f'a{files_written}.jsonl'}: No space left on device"
    monkeypatch.undo()
    after = content(corpus)
    assert after.keys() == before.keys()
    assert sum(after[name] != before[name] for name in before) == files_written
    assert all(text in (before[name], before[name].replace(b"PERSON", b"ORG")) for name, text in after.items())


@pytest.mark.usefixtures("pulled")
@pytest.mark.parametrize("step", ["fdopen", "replace", pytest.param("mkstemp", marks=pytest.mark.full)])
@pytest.mark.parametrize("option", ["--out o.jsonl", "--out o.parquet", "--out o", "--passes o", "--decisions o",
                                    "--adjudication o"])  # fmt: skip
def test_a_full_disk_leaves_what_was_there(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str, step: str
) -> None:
    flag, _, name = option.partition(" ")
    out = tmp_path / "out"
    written = run("pull", corpus, flag, out / name)
    assert written.exit_code == 0, written.output
    wanted, before = content(out), content(corpus)
    assert wanted
    where = files.tempfile if step == "mkstemp" else files.os
    for there in (wanted, {}):
        for path in out.rglob("*") if not there else ():
            if path.is_file():
                path.unlink()
        with monkeypatch.context() as patched:
            patched.setattr(where, step, full)
            failed = run("pull", corpus, flag, out / name)
        if failed.exit_code == 0 and there:  # what is there already isn't written again
            continue
        assert failed.exit_code == 2, failed.output
        assert failed.stderr.splitlines()[-1].startswith(f"spanproof: {out}/")
        assert failed.stderr.splitlines()[-1].endswith("No space left on device")
        assert (content(out), content(corpus)) == (there, before)
    assert run("pull", corpus, flag, out / name).exit_code == 0
    assert content(out) == wanted


@pytest.mark.usefixtures("pulled")
def test_a_pull_that_is_killed_at_any_step_is_completed_by_the_next(corpus: Path, tmp_path: Path) -> None:
    before = content(corpus)
    wanted = {name: text.replace(b"PERSON", b"ORG") for name, text in before.items()}
    options = ["--write", "--decisions", tmp_path / "d.jsonl", "--out", tmp_path / "out.jsonl"]

    def begin() -> None:
        for path in [*corpus.rglob(".*"), *tmp_path.glob("*.jsonl"), *tmp_path.glob(".*.jsonl.*")]:
            path.unlink()
        for name, text in before.items():
            (corpus / name).write_bytes(text)

    count = 0
    for step in steps(lambda: run("pull", corpus, *options), tmp_path, begin):
        count = step + 1
        left = whole(corpus)
        assert left.keys() == before.keys()
        assert all(text in (before[name], wanted[name]) for name, text in left.items())
        for file in tmp_path.glob("*.jsonl"):
            assert file.read_bytes().endswith(b"}\n")
        assert run("pull", corpus, *options).exit_code == 0
        assert whole(corpus) == wanted
        assert (tmp_path / "out.jsonl").read_bytes().count(b"ORG") == len(before)
    assert count > 10


def at_once(actions: list[Callable[[], Result]], folder: Path) -> list[tuple[int, str]]:
    """Runs commands in processes of their own, which begin together; returns how each ended, and its last words."""
    gate, opened = os.pipe()
    children = []
    for number, action in enumerate(actions):
        child = os.fork()
        if child == 0:
            os.close(opened)
            os.read(gate, 1)
            try:
                result = action()
                (folder / str(number)).write_text("".join(result.stderr.splitlines()[-1:]))
                os._exit(result.exit_code)
            finally:
                os._exit(99)
        children.append(child)
    os.close(opened)
    os.close(gate)
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    return [(code, (folder / str(number)).read_text()) for number, code in enumerate(codes)]


@pytest.mark.usefixtures("pulled")
@pytest.mark.parametrize("attempt", [0, *(pytest.param(k, marks=pytest.mark.full) for k in range(1, 20))])
def test_two_pulls_at_once_leave_whole_files(corpus: Path, tmp_path: Path, attempt: int) -> None:
    before = content(corpus)
    wanted = {name: text.replace(b"PERSON", b"ORG") for name, text in before.items()}
    out = tmp_path / "out"
    out.mkdir()
    options = ["--out", out / "o.jsonl", "--decisions", out / "d", "--adjudication", out / "a", "--passes", out / "p"]
    assert run("pull", corpus, *options).exit_code == 0
    whole_files = content(out)
    said = at_once([lambda: run("pull", corpus, *options)] * 3, tmp_path)
    assert [code for code, _ in said] == [0, 0, 0], said
    assert content(out) == whole_files
    said = at_once([lambda: run("pull", corpus, "--write")] * 3, tmp_path)
    assert {code for code, _ in said} <= {0, 2}
    assert min(said)[0] == 0
    for code, last in said:
        refused = "another command is writing into" in last or "was changed since it was read" in last
        assert refused == (code == 2), said
    assert content(corpus) == wanted


@pytest.mark.usefixtures("restored_signals")
@pytest.mark.parametrize("kind", UNREADABLE)
@pytest.mark.parametrize("command", [command for command in COMMANDS if command != "serve"])
def test_what_can_t_be_read_is_a_sentence(tmp_path: Path, command: str, kind: str) -> None:
    path = tmp_path / "c.jsonl"
    text, words = UNREADABLE[kind]
    if isinstance(text, bytes):
        path.write_bytes(text)
    elif text:
        path.mkdir()
    before = content(tmp_path)
    name, *flags = command.split()
    demand_refusal(["labelstudio", name, path, *flags], 2, words, SERVER)
    assert content(tmp_path) == before


@pytest.mark.usefixtures("restored_signals")
@pytest.mark.parametrize("kind", UNREADABLE)
def test_what_serve_can_t_read_is_a_sentence(tmp_path: Path, kind: str) -> None:
    text, words = UNREADABLE[kind]
    registry, schema = tmp_path / "registry" / "entities.json", tmp_path / "schema.json"
    registry.parent.mkdir()
    for path in (registry, schema):
        if isinstance(text, bytes):
            path.write_bytes(text)
        elif text:
            path.mkdir()
    serve = ("labelstudio", "serve", "--port", "0", "--system")
    words = words.replace("no such file", "No such file")
    demand_refusal([*serve, "timex-baseline", "--schema", schema], 2, words)
    demand_refusal([*serve, "gazetteer", "--registry", registry.parent], 2, "entities.json")


@pytest.mark.usefixtures("restored_signals")
@pytest.mark.parametrize("kind", ["file", "secrets", "database"])
def test_a_demo_over_a_folder_that_can_t_be_used_is_a_sentence(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    folder = tmp_path / "demo"
    if kind == "file":
        folder.write_bytes(b"")
    else:
        folder.mkdir()
        (folder / "secrets").write_bytes(b"\xff\n" if kind == "secrets" else b"password\ntoken\n")
        (folder / server_folder.DATABASE).write_bytes(b"no database" * 100)
    before = content(tmp_path)
    monkeypatch.setattr(server, "_installed", lambda _: tmp_path / "label-studio")
    monkeypatch.setattr(server, "_prepare_template", lambda *_: None)
    demand_refusal(["labelstudio", "demo", corpus, "--folder", folder], 2, str(folder))
    assert before.items() <= content(tmp_path).items()


@pytest.mark.full
@pytest.mark.xdist_group("label-studio")
def test_a_push_to_a_server_whose_disk_is_full_is_completed_by_the_next(label_studio: Server) -> None:
    """The server may write its database little further: it answers as with a full disk."""
    sdk = client.connect(label_studio.url, label_studio.token)
    documents = Corpus.of([sound(id=f"a{k}", entities=[ANA]) for k in range(500)])
    push(Corpus.of([sound(id="a0", entities=[ANA])]), sdk, check, title="Full disk")
    size = (label_studio.folder / server_folder.DATABASE).stat().st_size
    process_id, limits = label_studio.process.popen.pid, (size + 100_000, resource.RLIM_INFINITY)
    old = resource.prlimit(process_id, resource.RLIMIT_FSIZE, limits)
    try:
        with pytest.raises(client.ClientError, match=r"answered 500: .*; what was sent is there, the next run goes on"):
            push(documents, sdk, check, title="Full disk")
    finally:
        resource.prlimit(process_id, resource.RLIMIT_FSIZE, old)
    done = push(documents, sdk, check, title="Full disk")
    assert (done.sent + done.present, done.findings) == (500, ())
    again = pull(documents, sdk, check, "Full disk")
    assert list(again.over(documents).documents()) == list(documents.documents())


@pytest.mark.full
def test_serve_needs_no_disk() -> None:
    with process("--system", "timex-baseline", "--port", "0") as running:
        url = address_of(running)
        resource.prlimit(running.pid, resource.RLIMIT_FSIZE, (0, 0))
        tasks = [{"id": 1, "data": {"text": "We met on Monday.", "dct": "2025-02-26", "id": "a"}}]
        answer = ask(f"{url}/predict", {"tasks": tasks})
        assert [item["value"]["text"] for item in answer["results"][0]["result"][:1]] == ["Monday"]
        running.send_signal(signal.SIGINT)
        assert running.communicate(timeout=20)[1] == "stopped\n"


def test_guidelines_that_are_no_text_are_named_before_a_server_is_asked(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "guidelines.md").write_bytes(b"# Names\n\xff")
    instructions = ("--instructions", tmp_path / "guidelines.md")
    for command, more in (("push", ()), ("export", ("--out", tmp_path / "out"))):
        failed = run(command, corpus, *instructions, *more, **SERVER)
        assert failed.exit_code == 2
        assert failed.output.splitlines()[-1].startswith(
            f"spanproof: {tmp_path / 'guidelines.md'} is not UTF-8: byte 9"
        )
    assert not (tmp_path / "out").exists()


def test_a_server_that_can_t_be_reached_is_a_sentence(corpus: Path) -> None:
    for command in ("push", "pull", "status"):
        failed = run(command, corpus, **SERVER)
        assert failed.exit_code == 2
        *notes, problem = failed.output.strip().splitlines()
        assert all(note.startswith("Label Studio has no field for ") for note in notes)
        assert "doesn't answer" in problem


@pytest.mark.parametrize("key", ["integer", None])
def test_a_demo_says_what_is_wrong_with_its_corpus_before_it_starts_a_server(
    key: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def started(*_: object) -> None:
        raise AssertionError("a server was started")

    monkeypatch.setattr(labelstudio_demo, "running", started)
    offsets = {"start": {"type": "integer"}, "end": {"type": "integer"}, "label": {"enum": ["X"]}}
    span = {"type": "object", "spanOf": "text", "labelledBy": "label", "properties": offsets}
    members: dict[str, Any] = {"text": {"type": "string"}, "spans": {"type": "array", "items": span}}
    schema: dict[str, Any] = {"type": "object", "properties": members}
    if key:
        schema |= {"key": "id", "properties": {"id": {"type": key}, **members}}
    (tmp_path / "a.schema.json").write_text(json.dumps(schema), "utf-8")
    record = {"id": 7, "text": "Ana", "spans": [{"start": 0, "end": 3, "label": "X"}]}
    (tmp_path / "a.jsonl").write_text(f"{json.dumps(record)}\n" * (1 if key else 2), "utf-8")
    expected = "the id of a document is 7" if key else "is shared by several documents"
    demand_refusal(["labelstudio", "demo", tmp_path / "a.jsonl"], 2, expected)
