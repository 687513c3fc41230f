"""What a format is: how documents are read from it and written to it, and how a file is replaced as a whole."""

import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spanproof.corpus.documents import Batch
from spanproof.schema.schema import Schema


@dataclass(frozen=True)
class Format:
    """A format: ``read`` streams a path as batches, ``write`` replaces a path by documents.

    ``read`` gathers what can't be read in the batches' errors; it raises nothing but ``OSError``. ``amend`` is the
    content of a file with changes made to some documents and all else as it was; the documents are named by their line,
    or by their position (from 0) in a format without lines. ``suffixes`` are the endings of the files, ``keeps`` says
    in a line what survives a round trip.
    """

    name: str
    suffixes: tuple[str, ...]
    keeps: str
    read: Callable[[Path, Schema], Iterator[Batch]]
    write: Callable[[Path, Iterable[Any], Schema], None]
    amend: Callable[[Path, Mapping[int, Callable[[Any], Any]], Schema], bytes]


def replace_file(path: Path, content: bytes) -> None:
    """Writes a file whole or not at all: a temporary file beside it takes its place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        mode = path.stat().st_mode if path.exists() else 0o666 & ~_umask()
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def parse(text: str) -> Any:
    """JSON as RFC 8259 has it: no NaN or Infinity, no member twice.

    Raises:
        ValueError: what is wrong, and at which line and column where that is known.
    """
    try:
        return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_members)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column" if "\n" in text.rstrip("\r\n") else "column"
        raise ValueError(f"not JSON: {error.msg} at {where} {error.colno}") from error
    except RecursionError as error:
        raise ValueError("not usable JSON: nested too deeply") from error


def _no_constant(name: str) -> None:
    raise ValueError(f"not JSON: {name} is no number")


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"not usable JSON: the member {twice!r} stands twice in one object")
    return members


def dump(value: Any) -> str:
    """JSON on one line, in the characters themselves; escaped where they can't be written as UTF-8."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value)
    return text
