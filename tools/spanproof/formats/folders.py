"""Which files of a folder are documents, which are not, and which schema stands beside them."""

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from spanproof.formats.arrow import saved_files
from spanproof.formats.content import STANDARD_INPUT, opened, stem_of
from spanproof.formats.encoding import LineError, decoded
from spanproof.formats.foreign import foreign_syntax
from spanproof.formats.registry import format_of, is_companion, is_read_alone, may_be_document
from spanproof.parsing import yaml
from spanproof.parsing.named_files import is_inside
from spanproof.schema.node import SchemaError

_ABOUT_A_CORPUS = ("waivers.json", "dataset.json")
"""Files that say something of a corpus, and are none of its documents."""
_HEAD = 4096
"""Bytes by which an encoding of two or four bytes a character is known."""
READ = "JSON Lines (.jsonl), JSON, Parquet, or a format that `spanproof formats` lists"
"""What is read, in words."""
SCHEMA_ENDING = ".schema.json"
"""How the file of a schema ends that stands beside a corpus."""


def files(path: Path) -> list[Path]:
    """Return the files of a corpus: the path itself, or those below a folder that have a known ending, by path.

    Of a dataset folder they are the files of its default configuration: the one that the card marks, or its first; of a
    folder that ``datasets`` saved those that it names.
    """
    if not path.is_dir():
        return [path]
    if is_publication(path):
        return _published(path)
    if (saved := saved_files(path)) is not None:
        return saved
    return _documents(path)


def passed_over(path: Path) -> list[Path]:
    """Return the files below a folder that aren't read as documents; none of a dataset folder.

    Of hidden files, whose names begin with a dot, only those count that would be documents if they weren't hidden.
    """
    if not path.is_dir() or is_publication(path) or saved_files(path) is not None:
        return []
    documents = frozenset(_documents(path))
    others = (file for file in _below(path) if file not in documents and not is_companion(file))
    return [file for file in others if not _is_hidden(file) or _is_document(file)]


def _documents(folder: Path) -> list[Path]:
    """Return the documents below a folder, by path; tables only where there is nothing else."""
    shown = (file for file in _below(folder) if not _is_hidden(file) and not file.is_dir())
    documents = [file for file in shown if _is_document(file)]
    return [file for file in documents if not is_read_alone(file)] or documents


def _below(folder: Path) -> list[Path]:
    """Return the files below a folder by path, without folders whose names begin with a dot and what is in them.

    A link to a folder isn't followed, it stands among the files; so does one that leads nowhere, as that of a file that
    was never fetched.

    Raises:
        OSError: a folder can't be listed: what is in it is unknown.
    """

    def refused(error: OSError) -> None:
        raise error

    below = []
    for parent, folders, names in os.walk(folder, onerror=refused):
        folders[:] = (name for name in folders if not name.startswith("."))
        links = (name for name in folders if Path(parent, name).is_symlink())
        below += [Path(parent, name) for name in (*names, *links)]
    return sorted(file for file in below if file.is_file() or file.is_dir() or leads_nowhere(file))


def leads_nowhere(file: Path) -> bool:
    """Say whether a path is a link to something that isn't there."""
    return file.is_symlink() and not file.exists()


def _is_hidden(file: Path) -> bool:
    return file.name.startswith(".")


def _is_document(file: Path) -> bool:
    about = file.name.endswith(SCHEMA_ENDING) or file.name in _ABOUT_A_CORPUS
    return not about and may_be_document(file)


def is_publication(path: Path) -> bool:
    """Say whether a path is a dataset folder: a card and a folder of data."""
    return (path / "README.md").is_file() and (path / "data").is_dir()


def publication_of(file: Path) -> Path | None:
    """Return the dataset folder that a table, ``data/CONFIGURATION/FILE``, is of; None where it is of none."""
    return next(filter(is_publication, file.absolute().parents[2:3]), None)


def provable(path: Path) -> Path:
    """Return what to check for a path: the dataset folder of a table whose rows aren't documents, else the path.

    Such rows have offsets into texts that stand in another table.
    """
    folder = publication_of(path) if path.is_file() else None
    return path if folder is None or path.absolute() in files(folder) else folder


def unread(file: Path) -> str:
    """Say why a file of no known format isn't read: by what it looks like, if that is known.

    Raises:
        OSError: it can't be read at all.
    """
    with opened(file) as content:
        head = content.read(_HEAD)
    try:
        decoded(head)
    except LineError as error:
        if error.line is None:
            return str(error)
    if (syntax := foreign_syntax(file)) is not None:
        return f"looks like {syntax}, which isn't read; expected {READ}"
    if not head.strip():
        return f"the file is empty; expected {READ}"
    if b"\0" in head:
        return f"unknown kind of file, no text; expected {READ}"
    return f"unknown kind of file, a text in which no annotations are recognised; expected {READ}"


def others_in_words(files: Iterable[Path]) -> str:
    """Name files that aren't read by how they end, and what the first of each kind looks like.

    Args:
        files: the files.
    """
    firsts: dict[str, Path] = {}
    counts = Counter[str]()
    for file in files:
        ending = "link to a folder" if file.is_dir() else file.suffix.lower() or "no ending"
        if leads_nowhere(file):
            ending = "link to a missing file"
        elif _is_hidden(file):
            ending = f"hidden {ending}"
        firsts.setdefault(ending, file)
        counts[ending] += 1
    return ", ".join(f"{number:,} {ending}{_like(firsts[ending])}" for ending, number in counts.most_common())


def _like(file: Path) -> str:
    if file.is_dir():
        return ""
    try:
        if is_read_alone(file) and may_be_document(file):
            return " (a table of spans, which is read only where a folder has nothing else; check it by its name)"
        syntax = foreign_syntax(file)
    except OSError:
        return ""
    return f" (looks like {syntax}, which isn't read)" if syntax else ""


def schema_beside(paths: Iterable[Path]) -> Path | None:
    """Return the schema that stands beside corpora: ``my.schema.json`` beside ``my.jsonl`` or the folder ``my``.

    Raises:
        SchemaError: there are several that differ.
    """
    beside = dict.fromkeys(map(schema_place, (path for path in paths if path != STANDARD_INPUT)))
    there = [place for place in beside if place.is_file()]
    for place in there[1:]:
        if place.read_bytes() != there[0].read_bytes():
            raise SchemaError(f"{there[0]} and {place} are both beside the corpus; expected one, or --schema FILE")
    return there[0] if there else None


def schema_place(path: Path) -> Path:
    """Return where the schema of a corpus stands beside it: under its name without what follows the last dot.

    So ``my.label-studio.json``, which is another form of ``my.jsonl``, has ``my.label-studio.schema.json``.
    """
    if path.is_dir():
        whole = path.resolve()
        return whole.parent / f"{whole.name}{SCHEMA_ENDING}"
    return path.with_name(f"{stem_of(path)}{SCHEMA_ENDING}")


def _published(folder: Path) -> list[Path]:
    head, _ = yaml.head_of((folder / "README.md").read_text("utf-8", "replace"))
    try:
        entries = yaml.parse(head)["configs"]
        chosen = next((entry for entry in entries if entry.get("default")), entries[0])
        splits = chosen["data_files"] if isinstance(chosen["data_files"], list) else [chosen["data_files"]]
        patterns = [split["path"] if isinstance(split, dict) else split for split in splits]
        # A pattern that leads out of the folder isn't followed: it stands for itself, and is refused where it is read.
        matches = (folder.glob(pattern) if is_inside(pattern) else [folder / pattern] for pattern in patterns)
        return sorted(file for some in matches for file in some)
    except (LookupError, TypeError, AttributeError, ValueError):
        return sorted(file for file in (folder / "data").rglob("*") if file.is_file() and format_of(file))
