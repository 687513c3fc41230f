"""What others call spanproof by: hooks of pre-commit, the action of GitHub, the completion of shells."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from spanproof.checks.examples import sound
from spanproof.cli import main
from spanproof.formats.jsonl import FORMAT as JSONL
from spanproof.schema.schema import Schema
from support.documents import ROOT
from support.pages import DOCS, blocks

SPAN = {"id": "e1", "start": 0, "end": 2, "text": "An", "label": "PERSN", "entity_id": None}
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}
PAGE = (DOCS / "how-to" / "check-in-a-project.md").read_text("utf-8")
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder, in which one stands, with a wrong corpus in a folder whose name has a blank."""
    (tmp_path / "my data").mkdir()
    JSONL.write(tmp_path / "my data" / "a.jsonl", [sound(entities=[SPAN])], Schema.article())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def hook(name: str, *files: str) -> Any:
    """Run a hook as pre-commit does."""
    words = shlex.split(HOOKS[name]["entry"])
    assert words[0] == "spanproof"
    return CliRunner().invoke(main, [*words[1:], *files])


def test_a_hook_checks_the_files_that_it_is_given(project: Path) -> None:
    pattern = re.compile(HOOKS["spanproof"]["files"])
    files = ["my data/a.jsonl", "my data/waivers.json", "README.md", "a.schema.json"]
    given = [file for file in files if pattern.search(file)]
    assert given == ["my data/a.jsonl"]
    assert hook("spanproof", *given).exit_code == 1
    JSONL.write(project / "my data" / "a.jsonl", [sound()], Schema.article())
    assert hook("spanproof", *given).exit_code == 0


def test_a_hook_checks_the_project(project: Path) -> None:
    assert HOOKS["spanproof-project"]["pass_filenames"] is False
    assert hook("spanproof-project").exit_code == 2  # nothing says what to check
    (project / "spanproof.toml").write_text('paths = ["my data"]\n')
    assert hook("spanproof-project").exit_code == 1


@pytest.fixture
def followed_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of somebody who followed the page up to its hooks, in which one stands."""
    for block in blocks(PAGE):
        if block.name:
            (tmp_path / block.name).write_text(block.code, "utf-8")
    (waivers,) = re.findall(r"(?m)^\$ cat waivers\.json\n(\[\n.*\n\])$", PAGE)
    (tmp_path / "waivers.json").write_text(waivers, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shown(beginning: str) -> str:
    """The block of the page that begins so."""
    (found,) = (block.code for block in blocks(PAGE) if block.code.startswith(beginning))
    return found


@pytest.mark.usefixtures("followed_project")
def test_the_page_shows_what_a_hook_prints() -> None:
    report = shown("spanproof check....").partition("\n\n")[2]
    result = hook("spanproof", "reviews.jsonl")
    assert result.output == report
    assert result.exit_code == 1


@pytest.mark.slow
def test_the_page_shows_what_pytest_prints(followed_project: Path) -> None:
    plugin = ("-p", "no:cacheprovider", "-p", "no:spanproof", "-p", "spanproof.testing.pytest_plugin")
    kept = {
        name: value for name, value in os.environ.items() if name not in ("CI", "BUILD_NUMBER")
    }  # cuts no lines there
    environment = {**kept, "PYTHONPATH": str(ROOT / "tools"), "COLUMNS": "80"}
    command = [sys.executable, "-m", "pytest", *plugin, "--spanproof", "reviews.jsonl", "-q"]
    done = subprocess.run(command, cwd=followed_project, env=environment, capture_output=True, text=True, check=False)
    without_time = re.compile(r"in [\d.]+s")
    page = shown("$ pytest --spanproof reviews.jsonl -q").partition("\n")[2]
    assert without_time.sub("", done.stdout) == without_time.sub("", page)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="the script is one of bash")
def test_the_page_shows_what_a_failing_step_of_the_action_prints(followed_project: Path) -> None:
    failed = action(followed_project, "reviews.jsonl", "")
    assert failed.returncode == 1
    assert failed.stdout == shown("::error file=reviews.jsonl")
    assert (followed_project / "summary").read_text("utf-8").strip() == shown("## spanproof check").strip()


def action(folder: Path, paths: str, arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the script of the action, whose output and summary are files of a folder."""
    (step,) = (step for step in ACTION["runs"]["steps"] if step.get("id") == "check")
    outside = {"GITHUB_OUTPUT": str(folder / "output"), "GITHUB_STEP_SUMMARY": str(folder / "summary")}
    inputs = {"SPANPROOF_PATHS": paths, "SPANPROOF_ARGUMENTS": arguments}
    assert set(step["env"]) == set(inputs)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, **outside, **inputs, "PATH": path, "PYTHONPATH": str(ROOT / "tools")}
    command = ["bash", "-e", "-o", "pipefail", "-c", step["run"]]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="the script is one of bash")
def test_the_script_of_the_action_marks_findings_and_fails(project: Path) -> None:
    output, summary = project / "output", project / "summary"
    failed = action(project, "my data\n\n", "--select\nSP2\n")
    assert failed.returncode == 1, failed.stderr
    assert "::error file=my data/a.jsonl,line=1,title=SP201 unknown-label::" in failed.stdout
    assert output.read_text() == "exit-code=1\n"
    assert "| error | SP201 unknown-label | entities | PERSN |" in summary.read_text("utf-8")
    assert action(project, "my data", "--select\nSP3").returncode == 0
    assert action(project, "none; touch broken $(touch broken)", "").returncode == 2
    assert not (project / "broken").exists()


def test_a_shell_completes_commands_and_options() -> None:
    complete = ShellComplete(main, {}, "spanproof", "_SPANPROOF_COMPLETE")
    assert [item.value for item in complete.get_completions([], "ch")] == ["check"]
    assert "--statistics" in [item.value for item in complete.get_completions(["check"], "--")]
    assert [item.value for item in complete.get_completions(["check", "--show"], "g")] == ["grouped"]
