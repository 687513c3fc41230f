"""The command line: options, exit codes, messages, whole journeys."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from spanproof.checks.examples import sound
from spanproof.cli import main
from spanproof.formats.jsonl import FORMAT as JSONL
from spanproof.schema.schema import Schema
from support.documents import LETTER, LETTERS, ROOT
from support.pages import DOCS

ANA = {"id": "e1", "start": 1, "end": 10, "text": "Ana Silva", "label": "PERSON", "entity_id": None}


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / "a.jsonl"
    JSONL.write(path, [sound(entities=[ANA]), sound(id="b", text="x", language="?")], Schema.article())
    return path


def test_the_own_corpus_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "tests")
    assert run("check").exit_code == 0
    assert "5 documents" in run("check").output


def test_elsewhere_a_path_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("check")
    assert result.exit_code == 2
    assert "expected the PATH of a corpus" in result.output


def test_exit_codes(broken: Path, tmp_path: Path) -> None:
    assert run("check", broken).exit_code == 1
    assert run("check", broken, "--select", "SP3").exit_code == 0
    assert run("check", broken, "--ignore", "SP1,SP002").exit_code == 0
    assert run("check", tmp_path / "none.jsonl").exit_code == 2
    assert run("check", broken, "--select", "SP9").exit_code == 2
    assert run("check", broken, "--diff", "--fix").exit_code == 2
    assert run("check", broken, "--schema", tmp_path / "none.json").exit_code == 2
    assert run("check", "--nonsense").exit_code == 2


@pytest.mark.parametrize("output", ["json", "sarif"])
def test_machine_output_is_nothing_but_that(output: str, broken: Path) -> None:
    json.loads(run("check", broken, "--output", output).stdout)


def test_diff_shows_and_fix_makes(broken: Path) -> None:
    names = [("Ana", 2), ("Bob", 10), ("Eve", 18)]  # counted in UTF-16, which three of three prove
    spans = [{**ANA, "id": name, "start": at + 1, "end": at + 4, "text": name} for name, at in names]
    documents = [sound(text="😀 Ana met Bob and Eve.", entities=spans), sound(id="b", text="x", language="?")]
    JSONL.write(broken, documents, Schema.article())
    before = broken.read_bytes()
    shown = run("check", broken, "--diff")
    assert shown.exit_code == 1
    assert '"start": 18' in shown.stdout
    assert "would resolve 3 SP106" in shown.stderr
    assert broken.read_bytes() == before
    fixed = run("check", broken, "--fix")
    assert fixed.exit_code == 1
    assert "resolved 3 SP106" in fixed.stderr
    assert "SP002" in fixed.stdout
    assert "SP106" not in fixed.stdout
    assert "+++" not in run("check", broken, "--diff").stdout


def test_fix_of_a_missing_path_is_refused(tmp_path: Path) -> None:
    assert run("check", tmp_path / "none.jsonl", "--fix").exit_code == 2


def test_another_schema(tmp_path: Path) -> None:
    (tmp_path / "letters.schema.json").write_text(json.dumps(LETTERS))
    JSONL.write(tmp_path / "letters.jsonl", [LETTER], Schema.of(LETTERS))
    result = run("check", tmp_path / "letters.jsonl", "--schema", tmp_path / "letters.schema.json")
    assert (result.exit_code, result.output) == (0, "1 document, 4 spans: 2 proved, 2 in bounds only; no findings\n")


def test_registries_and_waivers_are_found_beside(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    JSONL.write(path, [sound(entities=[{**ANA, "start": 0, "end": 9, "entity_id": "ana"}])], Schema.article())
    assert "SP512" in run("check", path).output
    entry = '{"ana": {"name": "Ana Silva", "type": "PERSON", "aliases": ["Ana Silva"]}}'
    (tmp_path / "entities.json").write_text(entry)
    assert run("check", path).exit_code == 0
    (tmp_path / "entities.json").write_text(entry.replace("ana", "bob"))
    assert "SP503" in run("check", path).output
    (tmp_path / "waivers.json").write_text('[{"code": "SP503", "reason": "for the test"}]')
    assert "1 waived" in run("check", path).output
    (tmp_path / "waivers.json").write_text('[{"code": "SP503"}]')
    result = run("check", path)
    assert result.exit_code == 2
    assert "waivers.json" in result.output
    (tmp_path / "waivers.json").unlink()
    other = tmp_path / "other"
    other.mkdir()
    (other / "entities.json").write_text(entry)
    assert run("check", path, "--registry", other).exit_code == 0
    (other / "entities.json").write_text("3")
    assert run("check", path, "--registry", other).exit_code == 2


def test_a_corpus_of_another_shape_is_told_of_schemas(tmp_path: Path) -> None:
    path = tmp_path / "other.jsonl"
    path.write_text('{"text": "Hi", "spans": []}\n')
    assert "--schema" in run("check", path).stderr
    path.write_text('{"text": "Hi", "spans": []}\n' + json.dumps(sound()))
    assert "--schema" not in run("check", path).stderr


@pytest.mark.slow
def test_two_passes_are_compared(tmp_path: Path) -> None:
    a, b = (ROOT / "annotations" / "passes" / name / "articles" for name in "ab")
    result = run("agree", a, b, "--resamples", 10, "--output", "json")
    assert {"quotes.source", "entities"} <= {
        score["layer"] for score in json.loads(result.stdout)["pairs"][0]["agreement"]["scores"]
    }
    assert "Clusters" in run("agree", a, b, "--resamples", 10).stdout
    JSONL.write(tmp_path / "a.jsonl", [sound()], Schema.article())
    assert run("agree", a, tmp_path / "a.jsonl").exit_code == 2


def test_the_matrix_of_any_corpus(tmp_path: Path) -> None:
    JSONL.write(tmp_path / "a.jsonl", [sound(entities=[{**ANA, "start": 0, "end": 9}])], Schema.article())
    assert "| 03 inverted | SP103 | 1 | 1 | 0 | - | 1 |" in run("matrix", tmp_path / "a.jsonl").stdout
    assert run("matrix", tmp_path / "none.jsonl").exit_code == 2


@pytest.mark.slow
def test_rules_and_explain() -> None:
    listed = run("rules").output
    assert "SP106" in listed
    assert json.loads(run("rules", "--output", "json").output)[0]["code"] == "SP001"
    assert (DOCS / "reference" / "rules.md").read_text("utf-8").startswith(run("rules", "--output", "markdown").output)
    assert "UTF-16" in run("explain", "SP106").output
    assert run("explain", "SP999").exit_code == 2


def test_several_paths_are_one_corpus(tmp_path: Path) -> None:
    for name in ("a", "b"):
        JSONL.write(tmp_path / f"{name}.jsonl", [sound()], Schema.article())
    result = run("check", tmp_path / "a.jsonl", tmp_path / "b.jsonl")
    assert result.exit_code == 1
    assert "SP003" in result.output


def test_build_refuses_what_does_not_pass(tmp_path: Path) -> None:
    for name in ("annotations", "dataset", "tools/leaderboard"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)  # texts may stand anywhere in the repository of a corpus
    gold = tmp_path / "annotations" / "gold"
    file = next(gold.glob("*.json"))
    file.write_text(file.read_text("utf-8").replace('"start": 21', '"start": 22'), "utf-8")
    before = (tmp_path / "dataset" / "README.md").read_bytes()
    result = run("build", "--gold", gold, "--out", tmp_path / "dataset")
    assert result.exit_code == 1
    assert "SP106" in result.output
    assert "not built" in result.output
    assert (tmp_path / "dataset" / "README.md").read_bytes() == before
    file.write_bytes(b"{")
    assert run("build", "--gold", gold, "--out", tmp_path / "dataset").exit_code == 2
    (tmp_path / "annotations" / "waivers.json").write_text("3")
    assert run("build", "--gold", gold, "--out", tmp_path / "dataset").exit_code == 2


@pytest.mark.slow
def test_the_process_speaks_utf_8_whatever_the_locale(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    JSONL.write(path, [sound(text="Zoë 😀", entities=[{**ANA, "start": 0, "end": 3, "text": "Zoe"}])], Schema.article())
    command = [sys.executable, "-m", "spanproof", "check", str(path)]
    result = subprocess.run(
        command, capture_output=True, check=False, env={"LC_ALL": "C", "PATH": "/usr/bin"}, cwd=ROOT
    )
    assert result.returncode == 1
    assert "Zoë 😀" in result.stdout.decode()


PROBE = """
import sys
from spanproof.cli import main
sys.argv = ["spanproof", *{arguments!r}]
try:
    main()
except SystemExit as stop:
    assert not stop.code
print(sorted(set({names!r}) & set(sys.modules)))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["--help"], ["datasets", "jsonschema", "numpy", "pandas", "pyarrow", "rich"]),
        (["check"], ["datasets", "hypothesis", "pandas", "yaml"]),
    ],
)
def test_a_command_imports_nothing_that_it_does_not_need(arguments: list[str], names: list[str]) -> None:
    command = [sys.executable, "-c", PROBE.format(arguments=arguments, names=names)]
    result = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert result.stdout.endswith("[]\n")
