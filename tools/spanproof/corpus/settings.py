"""What a project settles of its checks: ``[tool.spanproof]`` of a pyproject.toml, or a spanproof.toml."""

import difflib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from spanproof.parsing.json import dump
from spanproof.parsing.named_files import is_inside

PROJECT = "pyproject.toml"
OWN = "spanproof.toml"
OF_A_REPOSITORY = ("corpus", "schema", "dataset", "releases", "leaderboard", "states")
"""The members that say what a repository holds, which :mod:`spanproof.corpus.repository` reads."""
_LISTS = ("paths", "select", "ignore")
_STRINGS = ("schema", "baseline", "output", "show", "fail-on")
_FILES = ("paths", "schema", "baseline")
_OF_A_CHECK = (*_LISTS, *_STRINGS, "max-findings", "per-path-ignores")


@dataclass(frozen=True)
class SettingsTable:
    """The table of a file: the file, what its members are called in messages, and the members."""

    file: Path
    name: str
    members: Mapping[str, Any]

    def where(self, member: str) -> str:
        """Return what a member is called in a message."""
        return f"{self.file}: {self.name}{member}"


@dataclass(frozen=True)
class Settings:
    """What a project settles of its checks; None and nothing where it settles nothing.

    Attributes:
        file: the file that says so.
        paths: what is checked where nobody names a corpus, from the folder of the file.
        schema: the schema of corpora that have none beside them.
        baseline: the findings that are known.
        select: the codes, prefixes and names of rules to report.
        ignore: those not to report.
        per_path: those not to report in files whose path from the folder matches a pattern.
        output: the form of the output.
        show: how findings are shown.
        fail_on: the least severity that fails.
        max_findings: how many are shown at most.
    """

    file: Path | None = None
    paths: tuple[Path, ...] = ()
    schema: Path | None = None
    baseline: Path | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_path: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    output: str | None = None
    show: str | None = None
    fail_on: str | None = None
    max_findings: int | None = None

    @classmethod
    def around(cls, folder: Path) -> "Settings":
        """Return the settings of the nearest file that has some, in a folder or above it.

        Raises:
            ValueError: they can't be used; the message names the file and the member.
        """
        return next((cls.of(table) for table in tables_around(folder)), cls())

    @classmethod
    def read(cls, file: Path) -> "Settings":
        """Return the settings in a file.

        Raises:
            ValueError: it can't be read, has none, or they can't be used.
        """
        table = _table_in(file)
        if table is None:
            raise ValueError(f"{file}: it has no table tool.spanproof")
        return cls.of(table)

    @classmethod
    def of(cls, table: SettingsTable) -> "Settings":
        """Return the settings in a table.

        Raises:
            ValueError: they can't be used; the message names the file and the member.
        """
        stated = {name: value for name, value in table.members.items() if name in _OF_A_CHECK}
        for name in _LISTS:
            if name in stated:
                stated[name] = _strings(table, name, stated[name])
        for name in _STRINGS:
            if name in stated and not isinstance(stated[name], str):
                raise ValueError(f"{table.where(name)} is {_shown(stated[name])}; expected a string")
        for name in _FILES:
            if name in stated:
                several = name in _LISTS
                files = tuple(_file(table, name, value) for value in (stated[name] if several else [stated[name]]))
                stated[name] = files if several else files[0]
        most = stated.get("max-findings", 0)
        if type(most) is not int or most < 0:
            raise ValueError(f"{table.where('max-findings')} is {_shown(most)}; expected how many, 0 or more")
        if "per-path-ignores" in stated:
            stated["per_path"] = _per_path(table, stated.pop("per-path-ignores"))
        return cls(table.file, **{name.replace("-", "_"): value for name, value in stated.items()})

    def ignored_in(self, file: str | None) -> tuple[str, ...]:
        """Return what isn't reported in a file, by its path."""
        if file is None or self.file is None or not self.per_path:
            return ()
        path, root = Path(file).absolute(), self.file.absolute().parent
        name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
        return tuple(code for glob, codes in self.per_path.items() if fnmatchcase(name, glob) for code in codes)


UNSETTLED = Settings()
"""The settings of a project that has none."""


def tables_around(folder: Path) -> Iterator[SettingsTable]:
    """Yield the tables of the files in a folder and above it that have one, the nearest first.

    Raises:
        ValueError: a file can't be read, or its members aren't known.
    """
    here = folder.absolute()
    for parent in (here, *here.parents):
        tables = [_table_in(parent / name) for name in (OWN, PROJECT) if (parent / name).is_file()]
        there = [table for table in tables if table is not None]
        if len(there) > 1:
            raise ValueError(f"{parent}: {OWN} and {PROJECT} both have settings; expected one of them")
        yield from there


def _table_in(file: Path) -> SettingsTable | None:
    own = file.name != PROJECT
    expected = "expected TOML, each setting as NAME = VALUE" if own else "expected TOML with a table tool.spanproof"
    try:
        content: Any = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise ValueError(f"{file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{file}: not UTF-8; {expected}") from error
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{file}: {error}; {expected}") from error
    tools = content.get("tool", {})
    if not own and not isinstance(tools, Mapping):
        raise ValueError(f"{file}: tool is {_shown(tools)}; {expected}")
    members = content if own else tools.get("spanproof")
    if members is None:
        return None
    if not isinstance(members, Mapping):
        raise ValueError(f"{file}: tool.spanproof is {_shown(members)}; expected a table")
    table = SettingsTable(file, "" if own else "tool.spanproof.", members)
    known = list(dict.fromkeys((*OF_A_REPOSITORY, *_OF_A_CHECK)))
    for name in members:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]}?" if near else f"expected some of {', '.join(known)}"
            if own and name == "tool":
                hint = f"a file {OWN} has its settings at the top level: expected no [tool.spanproof]"
            raise ValueError(f"{table.where(name)} is unknown; {hint}")
    return table


def _strings(table: SettingsTable, name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"{table.where(name)} is {_shown(value)}; expected a list of strings")
    return tuple(value)


def _file(table: SettingsTable, name: str, value: str) -> Path:
    if not is_inside(value):
        raise ValueError(f"{table.where(name)} is {_shown(value)}; expected a path inside {table.file.parent}")
    return table.file.parent / value


def _per_path(table: SettingsTable, value: Any) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(value, Mapping):
        raise ValueError(f'{table.where("per-path-ignores")} is {_shown(value)}; expected {{"*.jsonl" = [CODES]}}')
    return {glob: _strings(table, f'per-path-ignores."{glob}"', codes) for glob, codes in value.items()}


def _shown(value: Any) -> str:
    try:
        return dump(value)
    except TypeError:
        return str(value)
