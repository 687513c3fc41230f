"""A repository names its corpus in pyproject.toml; what can't be used says which member and what is expected."""

from pathlib import Path

import pytest

from spanproof.corpus.repository import Repository, Statement
from support.documents import ROOT


def around(folder: Path, text: str) -> Repository | None:
    (folder / "pyproject.toml").write_text(text, "utf-8")
    (folder / "below").mkdir(exist_ok=True)
    return Repository.around(folder / "below")


def test_it_is_found_from_below_and_names_are_paths(tmp_path: Path) -> None:
    found = around(
        tmp_path, '[tool.spanproof]\ncorpus = "data/my.jsonl"\nstates = [{file = "a.py", text = "v = {version}"}]\n'
    )
    assert found == Repository(tmp_path, "data/my.jsonl", states=(Statement("a.py", "v = {version}"),))
    assert Repository.around(ROOT / "tests") == Repository.around(ROOT)


def test_one_that_names_no_corpus_is_none(tmp_path: Path) -> None:
    assert around(tmp_path, "[project]\nname = 'x'\n") is None
    assert around(tmp_path, "[tool.spanproof]\nselect = ['SP1']\n") is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[tool.spanproof", "expected TOML"),
        ("tool = 3", "expected TOML"),
        ("[tool]\nspanproof = 3", "expected a table"),
        ("[tool.spanproof]\ncorpus = 3", "tool.spanproof.corpus is 3; expected a path inside"),
        ("[tool.spanproof]\ncorpus = '/etc'", "expected a path inside the repository"),
        ("[tool.spanproof]\ncorpus = '../other'", "expected a path inside the repository"),
        ("[tool.spanproof]\ncorpus = 'a'\ncolour = 'red'", "colour is unknown; expected some of corpus"),
        ("[tool.spanproof]\ncorpus = 'a'\nstates = 'x'", "expected a list of {file = PATH"),
        ("[tool.spanproof]\ncorpus = 'a'\nstates = [{file = 'x', text = 'version'}]", "with one {version} or {date}"),
        ("[tool.spanproof]\ncorpus = 'a'\nstates = [{file = '../x', text = '{date}'}]", "states.file is '../x'"),
    ],
)
def test_what_can_not_be_used(text: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"pyproject\.toml") as error:
        around(tmp_path, text)
    assert says in str(error.value)
