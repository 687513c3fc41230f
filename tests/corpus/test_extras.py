"""A plain install is light; what it lacks is said in one line, with the command that works for this installation."""

import ast
import importlib.metadata
import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from spanproof.checks.examples import sound
from spanproof.corpus import extras
from spanproof.formats.jsonl import FORMAT as JSONL
from spanproof.schema.schema import Schema
from spanproof.viewer.pages import _environment
from support.documents import ROOT
from support.failures import demand_refusal
from support.strangers import STRANGERS

MOST_PACKAGES = 15
MOST_MIB = 300
"""What a plain install has at most; it was 13 packages and 253 MiB when this was written, most of it pyarrow."""


def plain_install() -> set[str]:
    """The distributions that a plain install of this one brings along, itself not among them."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    left, names = [Requirement(line) for line in project["dependencies"]], set[str]()
    while left:
        requirement = left.pop()
        extras_asked = requirement.extras or {""}
        name = canonicalize_name(requirement.name)
        if name in names:
            continue
        names.add(name)
        for line in importlib.metadata.requires(name) or ():
            further = Requirement(line)
            if further.marker is None or any(further.marker.evaluate({"extra": extra}) for extra in extras_asked):
                left.append(further)
    return names


@pytest.mark.slow
def test_a_plain_install_is_light() -> None:
    names = plain_install()
    files = [file for name in names for file in importlib.metadata.files(name) or () if file.suffix != ".pyc"]
    size = sum(file.locate().stat().st_size for file in files if Path(str(file.locate())).is_file())
    assert not names & {"pandas", "datasets", "huggingface-hub", "torch", "spacy"}
    assert len(names) <= MOST_PACKAGES, sorted(names)
    assert size >> 20 <= MOST_MIB


def test_every_extra_is_one_of_the_project() -> None:
    import tomllib

    stated = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert set(extras.EXTRA_OF.values()) <= set(stated)
    (every,) = stated["all"]
    assert Requirement(every).extras == set(stated) - {"all", "docs", "ray", "spark", "test"}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (None, "-m pip install 'spanproof[datasets]'"),
        ({"url": "file:///my%20clone", "dir_info": {"editable": True}}, "-m pip install -e '/my clone[datasets]'"),
        ({"url": "file:///my/clone", "dir_info": {}}, "-m pip install '/my/clone[datasets]'"),
        ({"url": "file:///a/s-1.whl", "archive_info": {}}, "-m pip install '/a/s-1.whl[datasets]'"),
        (
            {"url": "https://host/s.git", "vcs_info": {"vcs": "git", "commit_id": "1"}},
            "-m pip install 'spanproof[datasets] @ git+https://host/s.git'",
        ),
        ({}, "-m pip install 'spanproof[datasets]'"),
        ({"url": 3}, "-m pip install 'spanproof[datasets]'"),
    ],
)
def test_the_command_is_one_for_this_installation(source: Any, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Installed:
        def read_text(self, name: str) -> str | None:
            assert name == "direct_url.json"
            return None if source is None else json.dumps(source)

    monkeypatch.setattr(extras, "distribution", lambda _: Installed())
    command = extras.installing("datasets")
    assert command.endswith(words)
    assert shlex.split(command)[:2] == [sys.executable, "-m"]


def hide(monkeypatch: pytest.MonkeyPatch, *modules: str) -> None:
    for name in list(sys.modules):
        if name.partition(".")[0] in modules:
            monkeypatch.delitem(sys.modules, name)
    for name in modules:
        monkeypatch.setitem(sys.modules, name, None)
    _environment.cache_clear()  # what an earlier test of this process made with a module outlives it


@pytest.mark.parametrize(
    ("command", "module"),
    [
        (f"check {ROOT / 'dataset'}", "datasets"),
        ("build", "datasets"),
        ("convert a.jsonl a.spacy", "spacy"),
        ("show a.jsonl --out out", "jinja2"),
        ("bench systems", "packaging"),
        ("labelstudio push a.jsonl", "label_studio_sdk"),
        ("labelstudio push a.jsonl", "httpx"),
        ("labelstudio pull a.jsonl", "label_studio_sdk"),
        ("bench stress timex-baseline --corpus a.jsonl --shrink", "hypothesis"),
    ],
)
def test_what_is_missing_is_one_line_and_an_exit_code(
    command: str, module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    JSONL.write(tmp_path / "a.jsonl", [sound()], Schema.article())
    monkeypatch.chdir(ROOT if command == "build" else tmp_path)
    monkeypatch.setenv("LABEL_STUDIO_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "x")
    hide(monkeypatch, module)
    extra = extras.EXTRA_OF[module]
    demand_refusal(shlex.split(command), 2, rf"isn't installed, which this needs; expected `.* pip install .*{extra}")


@pytest.mark.parametrize(
    ("statement", "module"),
    [
        ("import spanproof; spanproof.load('nowhere')", "datasets"),
        ("from spanproof.testing.strategies import documents", "hypothesis"),
    ],
)
def test_what_is_missing_in_python_is_an_error_that_says_what_installs_it(statement: str, module: str) -> None:
    code = f"import sys; sys.modules[{module!r}] = None; {statement}"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    last = result.stderr.splitlines()[-1]
    assert last.startswith(f"ModuleNotFoundError: {module} isn't installed, which this needs; expected `")
    assert f"[{extras.EXTRA_OF[module]}]" in last


def test_without_them_a_corpus_is_checked_corrected_and_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hide(monkeypatch, *extras.EXTRA_OF, "pandas")
    JSONL.write(tmp_path / "a.jsonl", [sound()], Schema.article())
    demand_refusal(["check", tmp_path / "a.jsonl"], 0, "no findings")
    demand_refusal(["check", tmp_path / "a.jsonl", "--fix"], 0, "no findings")
    demand_refusal(["diff", tmp_path / "a.jsonl", tmp_path / "a.jsonl"], 0, "")


@pytest.mark.parametrize("name", STRANGERS)
def test_without_them_a_file_of_a_stranger_has_a_verdict_about_its_spans(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hide(monkeypatch, *extras.EXTRA_OF, "pandas")
    monkeypatch.chdir(tmp_path)
    stranger = STRANGERS[name]
    file = stranger.written(tmp_path, broken=False)
    result = demand_refusal(["check", file], 0, r"^1 document, 3 spans: 3 (proved|in bounds only); no findings$")
    assert stranger.taken_for in result.stderr
    file = stranger.written(tmp_path, broken=True)
    unreadable = stranger.code == "SP001"
    demand_refusal(["check", file], 2 if unreadable else 1, rf"^error\[{stranger.code}\]")


def imported(file: Path) -> set[str]:
    """The modules of other packages that a file imports, at its top or within functions."""
    names = set[str]()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names - {*sys.stdlib_module_names, "spanproof"}


def test_every_package_that_a_plain_install_lacks_is_known() -> None:
    """Systems run in environments of their own, and say themselves what they lack; pytest loads its own plugin."""
    package = ROOT / "tools" / "spanproof"
    files = [file for file in package.rglob("*.py") if not {"adapters", "llm"} & set(file.parts)]
    names = {name for file in files for name in imported(file)} - {"pytest"}
    owners = importlib.metadata.packages_distributions()
    plain = {module for module, of in owners.items() if {canonicalize_name(name) for name in of} & plain_install()}
    assert sorted(names - plain) == sorted(extras.EXTRA_OF)
