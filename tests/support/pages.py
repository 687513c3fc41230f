"""Markdown pages: their headings, their blocks of code, and what a terminal shows when they are followed."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.documents import ROOT

DOCS = ROOT / "tools" / "docs"
FENCE = re.compile(r"^(?P<fence>`{3,})(?P<language>\w*)(?: (?P<name>\S+))?\n(?P<code>.*?)^(?P=fence)$", re.M | re.S)
HEADING = re.compile(r"^#+ +(?P<text>.+?) *#*$", re.M)


@dataclass(frozen=True)
class Block:
    """A block of code: under which heading it stands, in which language, the name of its file where it has one."""

    heading: str
    language: str
    name: str | None
    code: str


def blocks(page: str) -> Iterator[Block]:
    """The blocks of code of a page, in their order."""
    for fence in FENCE.finditer(page):
        headings = HEADING.findall(without_code(page[: fence.start()]))
        yield Block(headings[-1] if headings else "", fence["language"], fence["name"], fence["code"])


def without_blocks(page: str) -> str:
    """The page without its blocks of code."""
    return FENCE.sub("", page)


def without_code(page: str) -> str:
    """The page without its blocks and inline pieces of code, in which nothing is a link or a heading."""
    return re.sub(r"(?<!`)`[^`\n]+`(?!`)", "``", without_blocks(page))


def anchors(page: str) -> set[str]:
    """What a link may name after #: each heading in lower case, without marks, words joined by hyphens (GitHub)."""
    seen: dict[str, int] = {}
    names = set(re.findall(r"<a (?:id|name)=\"([^\"]+)\"", page))
    for text in HEADING.findall(without_blocks(page)):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text).lower()
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        names.add(f"{slug}-{seen[slug]}" if slug in seen else slug)
        seen[slug] = seen.get(slug, 0) + 1
    return names


def followed(page: str, folder: Path) -> str:
    """A page with what a terminal shows when it is followed in a folder.

    A block with a file's name is written to it; a block ``diff`` is applied to the copy of the repository that the
    folder holds. Of a block ``console``, each line after ``$ `` is run in a shell, where ``spanproof`` is this package,
    or its copy in the folder, and the lines after it are what it prints. ``pip install -e PACKAGE`` makes the entry
    points of PACKAGE's pyproject.toml known and no more.
    """
    (bin_ := folder / ".bin").mkdir()
    commands = {"spanproof": "-m spanproof", "python": "", "pip": f"{Path(__file__).with_name('editable.py')}"}
    for name, arguments in commands.items():
        (bin_ / name).write_text(f'#!/bin/sh\nexec {sys.executable} {arguments} "$@"\n')
        (bin_ / name).chmod(0o755)
    copy = folder / "tools"
    paths = [str(copy if copy.exists() else ROOT / "tools"), str(folder / ".site")]
    environment = os.environ | {"PATH": f"{bin_}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": os.pathsep.join(paths)}

    def run(command: str, stdin: str = "") -> str:
        streams: Any = {"input": stdin, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "encoding": "utf-8"}
        done = subprocess.run(command, shell=True, cwd=folder, env=environment, check=False, **streams)
        return "".join(f"{line.rstrip()}\n" for line in done.stdout.splitlines())

    def shown(fence: re.Match[str]) -> str:
        if fence["language"] == "diff":
            assert not (refused := run("git apply --recount -", fence["code"])), refused
        elif fence["name"]:
            path = folder / fence["name"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(fence["code"], "utf-8")
        if fence["language"] != "console":
            return fence[0]
        commands = re.findall(r"^\$ (.*)$", fence["code"], re.M)
        printed = "".join(f"$ {command}\n{run(command)}" for command in commands)
        return f"{fence['fence']}console\n{printed}{fence['fence']}"

    return FENCE.sub(shown, page)
