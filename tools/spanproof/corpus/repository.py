"""A repository with a corpus of its own: where what is, from ``[tool.spanproof]`` of its pyproject.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spanproof.parsing.named_files import is_inside

_FILE = "pyproject.toml"


@dataclass(frozen=True)
class Statement:
    """A file that states the version or the day of a release: ``text`` has ``{version}`` or ``{date}`` in its place."""

    file: str
    text: str


@dataclass(frozen=True)
class Repository:
    """A repository: its folder, and paths from there.

    ``corpus`` is the corpus, ``schema`` the schema of its documents (None: the annotated article), ``dataset`` the
    folder that is built of it, ``releases`` the file where it is written down what was published, ``states`` the files
    that state a release beside those that every dataset and every repository with a CITATION.cff has.
    """

    root: Path
    corpus: str
    schema: str | None = None
    dataset: str = "dataset"
    releases: str = "releases.jsonl"
    states: tuple[Statement, ...] = ()

    @classmethod
    def around(cls, folder: Path) -> "Repository | None":
        """Return the repository that a folder is in: the nearest above it that names a corpus; None where none does.

        Raises:
            ValueError: what it says can't be used; the message names the file and the member.
        """
        here = folder.absolute()
        for root in (here, *here.parents):
            if (root / _FILE).is_file() and (stated := _stated(root / _FILE)) is not None:
                return cls._of(root, stated)
        return None

    @classmethod
    def _of(cls, root: Path, stated: Mapping[str, Any]) -> "Repository":
        where = f"{root / _FILE}: tool.spanproof"
        known = ("corpus", "schema", "dataset", "releases")
        for name in stated:
            if name not in (*known, "states"):
                raise ValueError(f"{where}: {name} is unknown; expected some of {', '.join((*known, 'states'))}")
        if "corpus" not in stated:
            raise ValueError(f"{where}: it names no corpus; expected corpus = the path of a file or folder")
        paths = {name: _path(stated[name], f"{where}.{name}") for name in known if name in stated}
        return cls(root, **paths, states=_statements(stated.get("states", []), f"{where}.states"))


def _stated(file: Path) -> Mapping[str, Any] | None:
    try:
        table = tomllib.loads(file.read_text("utf-8")).get("tool", {}).get("spanproof")
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, AttributeError) as error:
        raise ValueError(f"{file}: {error}; expected TOML with a table tool.spanproof") from error
    if table is not None and not isinstance(table, Mapping):
        raise ValueError(f"{file}: tool.spanproof is {table!r}; expected a table")
    return table


def _path(value: Any, where: str) -> str:
    if not is_inside(value):
        raise ValueError(f"{where} is {value!r}; expected a path inside the repository, from its root")
    return str(value)


def _statements(value: Any, where: str) -> tuple[Statement, ...]:
    statements = []
    for entry in value if isinstance(value, list) else [None]:
        members = entry if isinstance(entry, Mapping) and entry.keys() == {"file", "text"} else {}
        text = members.get("text")
        if not isinstance(text, str) or text.count("{version}") + text.count("{date}") != 1:
            expected = "expected a list of {file = PATH, text = WORDS with one {version} or {date}}"
            raise ValueError(f"{where} holds {entry!r}; {expected}")
        statements.append(Statement(_path(members["file"], f"{where}.file"), text))
    return tuple(statements)
