"""Commands that read a corpus at an address: they say the same of it as of the files on this machine."""

import gzip
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import fsspec
import pytest
from click.testing import CliRunner, Result

from spanproof.cli import main
from support.apart import environment
from support.documents import ROOT
from support.failures import demand_refusal
from support.hub import Hub, release

EXAMPLES = ROOT / "schema" / "examples"
BRAT = {
    "talks/a.ann": "T1\tPerson 8 17\tAna Silva\nT2\tCity 21 25\tRoma\nE1\tMeet:T9\n",
    "talks/a.txt": "This is Ana Silva in Rome.\n",
    "talks/b.ann": "T1\tPerson 1 4\tBob\n",
    "talks/b.txt": "Bob left.\n",
}


@pytest.fixture
def corpora(tmp_path: Path) -> Iterator[Path]:
    """A folder of corpora with faults, which is also in the store that ``memory://`` names."""
    folder = tmp_path / "corpora"
    for name, content in BRAT.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    for name in ("doccano.jsonl", "doccano.schema.json", "squad.json", "squad.schema.json"):
        shutil.copy(EXAMPLES / name, folder)
    broken = (EXAMPLES / "doccano.jsonl").read_text().replace("[0,", "[1,", 1) + '{"text": \n'
    (folder / "broken.jsonl.gz").write_bytes(gzip.compress(broken.encode()))
    shutil.copytree(ROOT / "dataset", folder / "dataset")
    (folder / "dataset" / "data" / "dates" / "test-00000-of-00001.parquet").write_bytes(b"PAR1")
    memory = fsspec.filesystem("memory")
    memory.store.clear()
    for file in filter(Path.is_file, folder.rglob("*")):
        memory.pipe(f"/corpora/{file.relative_to(folder)}", file.read_bytes())
    yield folder
    memory.store.clear()


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("talks", "text"),
        ("talks", "github"),
        ("talks/a.ann", "jsonl"),
        ("doccano.jsonl", "json"),
        ("squad.json", "markdown"),
        ("broken.jsonl.gz", "text"),
        ("dataset", "json"),
    ],
)
def test_a_check_of_an_address_is_that_of_the_files(
    name: str, form: str, corpora: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(corpora.parent)
    options = ("--output", form, "--show", "all", "--max-findings", 50)
    here, there = run("check", f"corpora/{name}", *options), run("check", f"memory://corpora/{name}", *options)
    assert here.exit_code == there.exit_code
    printed = there.stdout.replace("memory%3A", "memory:").replace("memory://memory://", "memory://")
    assert here.stdout.replace("corpora/", "memory://corpora/") == printed
    told, *others = there.stderr.splitlines()
    assert told.startswith(f"memory://corpora/{name}: fetching")
    assert "\n".join(others) in here.stderr.replace("corpora/", "memory://corpora/")
    assert str(corpora.parent) not in there.output
    assert "spanproof-address" not in there.output


def test_sarif_has_the_address(corpora: Path) -> None:
    assert '"uri": "memory://corpora/talks/a.ann"' in run("check", "memory://corpora/talks", "--output", "sarif").stdout


def test_two_processes_check_an_address(corpora: Path) -> None:
    one, two = (run("check", "memory://corpora/talks", "--jobs", jobs) for jobs in (1, 2))
    assert (one.exit_code, one.output) == (two.exit_code, two.output)


@pytest.mark.parametrize(
    "command",
    [
        ("score", "{}/doccano.jsonl", "{}/doccano.jsonl", "--output", "json", "--resamples", "10"),
        ("agree", "{}/doccano.jsonl", "{}/doccano.jsonl", "--output", "json", "--resamples", "10"),
        ("diff", "{}/talks", "{}/doccano.jsonl", "--output", "json", "--schema", "stand-off.json"),
        ("diff", "{}/doccano.jsonl", "{}/broken.jsonl.gz"),
        ("convert", "{}/doccano.jsonl", "out.conll", "--output", "json"),
        ("show", "{}/doccano.jsonl", "--out", "out.html"),
    ],
    ids=lambda command: command[0],
)
def test_readers_say_of_an_address_what_they_say_of_files(
    command: tuple[str, ...], corpora: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(corpora.parent)
    shutil.copy(ROOT / "schema" / "stand-off.schema.json", "stand-off.json")
    here, there = (run(*(part.format(where) for part in command)) for where in ("corpora", "memory://corpora"))
    assert here.exit_code == there.exit_code
    assert here.stdout.replace("corpora/", "memory://corpora/") == there.stdout
    said = [line for line in there.stderr.splitlines(keepends=True) if "fetching" not in line]
    assert here.stderr.replace("corpora/", "memory://corpora/") == "".join(said)
    assert len(said) < len(there.stderr.splitlines())


def test_nothing_is_written_to_an_address(corpora: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    talks, here = "memory://corpora/talks", corpora / "talks"
    for option in (["--fix"], ["--diff"], ["--add-waiver", "so"]):
        demand_refusal(
            ["check", talks, *option], 2, "can't be combined with the address memory://corpora/talks; expected"
        )
    demand_refusal(["rebase", talks, here / "a.txt"], 2, "is an address, which is fetched by commands that only read")
    demand_refusal(["strip", talks, "out.jsonl"], 2, "is an address, which is fetched by commands that only read")
    for command in (["convert", here], ["strip", here], ["show", here, "--out"], ["check", here, "--write-baseline"]):
        demand_refusal([*command, "s3://bucket/out.jsonl"], 2, "is an address; expected a file")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["corpora"]


@contextmanager
def web(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[str]:
    """A server on loopback, and its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def log_message(self, *_: object) -> None:
            """Silence."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def sending(
    content: bytes, *, length: int | None = None, status: int = 200
) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(content) if length is None else length))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def test_a_web_address_is_read_and_its_secrets_stay_secret(corpora: Path) -> None:
    with web(sending((corpora / "broken.jsonl.gz").read_bytes())) as server:
        result = run("check", f"{server}/a/broken.jsonl.gz?signature=hidden", "--output", "json")
        named = demand_refusal(
            ["check", server.replace("//", "//user:word@") + "/a.jsonl"], 2, "names a user; expected"
        )
    assert result.exit_code == 2
    assert f'"file": "{server}/a/broken.jsonl.gz"' in result.stdout
    assert "hidden" not in result.output
    assert "word@" not in named.output
    here = run("check", corpora / "broken.jsonl.gz", "--output", "json")
    assert here.stdout.replace(str(corpora), f"{server}/a") == result.stdout


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (sending(b"x", status=404), "there is no such file"),
        (sending(b"x", status=403), "you aren't allowed to read it"),
        (sending(b"x", status=500), "HTTP Error 500"),
        (sending(b'{"text": "a"}', length=1000), "13 bytes came; expected 1,000"),
        (sending(b"<!doctype html><p>A page"), "looks like a web page"),
    ],
    ids=["missing", "forbidden", "broken", "cut off", "a page"],
)
def test_what_the_web_refuses_is_unusable_input(answer: Callable[[BaseHTTPRequestHandler], None], words: str) -> None:
    with web(answer) as server:
        demand_refusal(["check", f"{server}/a.jsonl"], 2, f"^(spanproof: {server}/a.jsonl: |  ){words}")


def left(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith("spanproof")]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_fetch_leaves_nothing(number: signal.Signals, code: int, tmp_path: Path) -> None:
    asked = threading.Event()

    def stalls(handler: BaseHTTPRequestHandler) -> None:
        sending(b'{"text": "a"}\n', length=1000)(handler)
        asked.set()
        time.sleep(20)

    with web(stalls) as server:
        command = [sys.executable, "-m", "spanproof", "check", f"{server}/a.jsonl"]
        environment = {**os.environ, "TMPDIR": str(tmp_path)}
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert asked.wait(30)
            deadline = time.monotonic() + 10
            while not list(tmp_path.rglob("a.jsonl")) and time.monotonic() < deadline:
                time.sleep(0.02)
            process.send_signal(number)
            _, said = process.communicate(timeout=30)
    assert process.returncode == code, said
    assert b"Traceback" not in said
    assert left(tmp_path) == []


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    with web(sending(b'{"text": "a"}\n' * 100_000)) as server:
        done = subprocess.run(
            [sys.executable, "-m", "spanproof", "check", f"{server}/a.jsonl"],
            env={**os.environ, "TMPDIR": str(tmp_path)},
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000)),
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 2, done.stderr
    assert f"spanproof: {server}/a.jsonl: File too large" in done.stderr
    assert left(tmp_path) == []


@pytest.mark.slow
def test_a_dataset_of_the_hub_is_checked_as_its_folder(tmp_path: Path) -> None:
    """With the real client: a dataset at a tag, a table of it, and what isn't there."""
    folder = release(tmp_path / "data", "1.0.0")
    shutil.rmtree(folder / "data" / "dates")
    names = ["o/n@v1", "o/n/data/articles/test-00000-of-00001.parquet", "o/none"]
    program = (
        "from click.testing import CliRunner\nfrom huggingface_hub import HfApi\nfrom spanproof.cli import main\n"
        "api, out = HfApi(), []\napi.create_repo('o/n', repo_type='dataset')\n"
        f"api.upload_folder(repo_id='o/n', repo_type='dataset', folder_path={str(folder)!r})\n"
        "api.create_tag('o/n', tag='v1', repo_type='dataset')\n"
        f"for name in {names!r}:\n"
        "    ran = CliRunner().invoke(main, ['check', f'hf://datasets/{name}'])\n"
        "    out.append((ran.exit_code, ran.stdout, ran.stderr))\n"
    )
    with Hub() as hub:
        tagged, table, missing = hub.run(tmp_path / "home", program)
    here = run("check", folder)
    assert (tagged[0], tagged[1]) == (here.exit_code, here.stdout.replace(str(folder), "hf://datasets/o/n@v1"))
    assert table[1].startswith(
        "info[SP402] unbalanced-marks  hf://datasets/o/n/data/articles/test-00000-of-00001.parquet"
    )
    assert "5 documents, 720 spans: 720 proved" in table[1]
    assert missing[0] == 2
    assert "hf://datasets/o/none: there is no such file, folder or bucket" in missing[2]


S3 = """
import json, os, subprocess, sys
import s3fs
from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
server.start()
os.environ["AWS_ENDPOINT_URL"] = "http://127.0.0.1:%d" % server.get_host_and_port()[1]
store = s3fs.S3FileSystem()
store.mkdir("bucket")
store.put(sys.argv[1] + "/", "bucket/corpora/", recursive=True)
ran = list()
for address in sys.argv[3:]:
    done = subprocess.run([sys.executable, "-m", "spanproof", "check", address], capture_output=True, text=True)
    ran.append((done.returncode, done.stdout, done.stderr))
with open(sys.argv[2], "w") as file:
    json.dump(ran, file)
"""


@pytest.mark.full
def test_buckets_of_s3_are_read(corpora: Path, tmp_path: Path) -> None:
    """With s3fs and a server that speaks S3, in an environment of their own."""
    python = environment(tmp_path / "environment", "s3fs", "moto[server]")
    names = ["talks", "broken.jsonl.gz", "dataset", "nothing"]
    addresses = [*(f"s3://bucket/corpora/{name}" for name in names), "s3://nobucket/a.jsonl"]
    keys = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": "us-east-1"}
    paths = {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    command = [str(python), "-c", S3, str(corpora), str(tmp_path / "ran.json"), *addresses]
    done = subprocess.run(
        command, env={**os.environ, **keys, **paths}, check=False, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    *there, nothing, no_bucket = json.loads((tmp_path / "ran.json").read_text())
    for name, (code, printed, _) in zip(names, there, strict=False):
        here = run("check", corpora / name)
        assert (code, printed) == (here.exit_code, here.stdout.replace(str(corpora), "s3://bucket/corpora"))
    for code, _, said in (nothing, no_bucket):
        assert code == 2
        assert "there is no such file, folder or bucket" in said
