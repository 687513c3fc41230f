"""A small repository that releases a dataset of its own: letters, under a schema of theirs."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from support.corpora import FOREIGN
from support.hub import Hub

PYPROJECT = """
[tool.spanproof]
corpus = "data/corpus.jsonl"
schema = "data/letters.schema.json"
releases = "data/releases.jsonl"
"""
REPO = "org/letters"
PREPARE = ["release", "prepare", "--date", "2030-01-01"]
PUBLISH = ["release", "publish", REPO]
RUN = """
import os
from click.testing import CliRunner
from spanproof.cli import main

def run(root, *arguments):
    os.chdir(root)
    if arguments[0] == "python":
        exec(arguments[1])
        return [0, ""]
    ran = CliRunner().invoke(main, list(arguments))
    if ran.exception is not None and not isinstance(ran.exception, SystemExit):
        import traceback
        return [99, "".join(traceback.format_exception(ran.exception))]
    return [ran.exit_code, ran.output]
"""


def git(root: Path, *arguments: str) -> str:
    done = subprocess.run(("git", *arguments), cwd=root, check=True, capture_output=True, text=True)
    return done.stdout


def repository(root: Path) -> Path:
    """A repository with a corpus that was never released, all committed."""
    corpus, schema = FOREIGN["letters"].write(root / "data")
    corpus.rename(root / "data" / "corpus.jsonl")
    schema.rename(root / "data" / "letters.schema.json")
    (root / "pyproject.toml").write_text(PYPROJECT)
    (root / "data" / "dataset.json").write_text('{"name": "letters", "split": "test"}\n')
    git(root, "init", "-q", "-b", "main")
    identify(root)
    save(root, "A corpus")
    return root


def identify(root: Path) -> None:
    git(root, "config", "user.name", "tester")
    git(root, "config", "user.email", "tester@localhost")


def save(root: Path, message: str) -> None:
    git(root, "add", "--all")
    git(root, "commit", "-qm", message)


def edit(root: Path, change: Callable[[list[dict[str, Any]]], object]) -> None:
    """Change the documents of the corpus, and commit that."""
    file = root / "data" / "corpus.jsonl"
    documents = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    change(documents)
    file.write_text("".join(f"{json.dumps(document, ensure_ascii=False)}\n" for document in documents), "utf-8")
    save(root, "An edit")


def other_role(documents: list[dict[str, Any]]) -> None:
    """One person has another role: a row that was there is another."""
    person = documents[0]["persons"][0]
    person["role"] = "receiver" if person["role"] == "sender" else "sender"


def one_more(documents: list[dict[str, Any]]) -> None:
    documents.append({**documents[0], "name": "another letter"})


def ran(hub: Hub, home: Path, runs: list[tuple[Path, list[str]]], before: str = "") -> list[Any]:
    """The exit code and the output of each command in its repository; all in one process, with the real client.

    A command ``python CODE`` runs code in that process.
    """
    told = [[str(root), *command] for root, command in runs]
    results: list[Any] = hub.run(home, f"{RUN}\n{before}\nout = [run(*command) for command in {told!r}]")
    return results
