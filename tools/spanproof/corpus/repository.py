"""A repository with a corpus of its own: where what is, from the settings of its project."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spanproof.corpus.settings import SettingsTable, tables_around
from spanproof.parsing.named_files import is_inside


@dataclass(frozen=True)
class Statement:
    """A file that states the version or the day of a release: ``text`` has ``{version}`` or ``{date}`` in its place."""

    file: str
    text: str


@dataclass(frozen=True)
class Repository:
    """A repository: its folder, and paths from there.

    ``corpus`` is the corpus, ``schema`` the schema of its documents (None: the annotated article), ``dataset`` the
    folder that is built of it, ``leaderboard`` the folder of what was measured on it (None: the one beside the corpus),
    ``releases`` the file where it is written down what was published, ``states`` the files
    that state a release beside those that every dataset and every repository with a CITATION.cff has.
    """

    root: Path
    corpus: str
    schema: str | None = None
    dataset: str = "dataset"
    releases: str = "releases.jsonl"
    leaderboard: str | None = None
    states: tuple[Statement, ...] = ()

    @classmethod
    def around(cls, folder: Path) -> "Repository | None":
        """Return the repository that a folder is in: the nearest above it that names a corpus; None where none does.

        Raises:
            ValueError: what it says can't be used; the message names the file and the member.
        """
        return next((cls._of(table) for table in tables_around(folder) if "corpus" in table.members), None)

    @classmethod
    def _of(cls, table: SettingsTable) -> "Repository":
        known = ("corpus", "schema", "dataset", "releases", "leaderboard")
        stated = table.members
        paths = {name: _path(stated[name], table.where(name)) for name in known if name in stated}
        return cls(table.file.parent, **paths, states=_statements(stated.get("states", []), table.where("states")))


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
