"""A file with its corrections, as a patch that ``git apply`` takes, written, and undone."""

import base64
import difflib
import hashlib
import json
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spanproof.checks.kept import KeptFindings
from spanproof.formats.article import layout
from spanproof.formats.files import replace_file

_CONTEXT = 1  # lines round a change
_LINE = 52  # bytes on a line of a binary patch
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
"""How git writes the lengths of the lines of a binary patch, from 1 on."""


@dataclass(frozen=True)
class Patch:
    """A file with its corrections.

    Attributes:
        file: the file.
        before: its bytes as they are.
        after: its bytes with the corrections.
        ended: the findings that the corrections end.
        documents: of each document of a binary file that changes, what it was and what it becomes.
        likely: its bytes with the corrections that are likely too; None where there are none.
        likely_ended: the findings that only these end.
    """

    file: Path
    before: bytes
    after: bytes
    ended: KeptFindings
    documents: tuple[tuple[Any, Any], ...]
    likely: bytes | None = None
    likely_ended: KeptFindings = field(default_factory=KeptFindings)

    def diff(self) -> str:
        """Return the change as a patch that ``git apply`` takes in :func:`root_of` the file.

        Bytes that aren't UTF-8 are surrogates in it (``surrogateescape``). A binary file has the diff of its documents
        as a comment, which is to be read, and its bytes, which are to be applied.
        """
        return self.section() + self._comment() if self.before != self.after else ""

    def section(self) -> str:
        """Return the change as the part of a patch that is applied."""
        old, new = (_quoted(f"{side}/{name_of(self.file)}") for side in "ab")
        head = f"diff --git {old} {new}\nindex {blob(self.before)}..{blob(self.after)} {_mode(self.file)}\n"
        if is_binary(self.before) or is_binary(self.after):
            return f"{head}GIT binary patch\n{_literal(self.after)}{_literal(self.before)}"
        tab = "\t" if " " in old else ""
        hunks = "".join(_hunks(text_of(self.before), text_of(self.after)))
        return f"{head}--- {old}{tab}\n+++ {new}{tab}\n{hunks}"

    def likely_diff(self) -> str:
        """Return what the likely corrections would change on top, as a comment of a patch."""
        if self.likely is None:
            return ""
        lines = _hunks(*map(text_of, (self.after, self.likely)))
        head = f"likely, made by --fix --likely only: {self.file.as_posix()}"
        return "".join(f"# {line}\n" for line in [head, *"".join(lines).split("\n")] if line)

    def _comment(self) -> str:
        if not is_binary(self.after):
            return ""
        before, after = ("".join(layout(pair[side]) for pair in self.documents) for side in (0, 1))
        return "".join(f"# {line}\n" for line in "".join(_hunks(before, after)).splitlines())

    def write(self) -> None:
        """Replace the file, whole or not at all.

        Raises:
            OSError: it can't be replaced.
        """
        replace_file(self.file, self.after)


def blob(content: bytes) -> str:
    """Return the name that git gives to some content: its SHA-1, with its size before it."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def root_of(file: Path) -> Path:
    """Return the folder in which a patch of a file is applied.

    That is the repository that the file is in; else where we are, if the file is below; else the root of the system.
    """
    place = file.resolve()
    for folder in place.parents:
        if (folder / ".git").exists():
            return folder
    return Path.cwd() if place.is_relative_to(Path.cwd()) else Path(place.anchor)


def name_of(file: Path) -> str:
    """Return the path of a file in the folder in which a patch of it is applied."""
    return file.resolve().relative_to(root_of(file)).as_posix()


def _mode(file: Path) -> str:
    return "100755" if file.exists() and file.stat().st_mode & 0o100 else "100644"


def is_binary(content: bytes) -> bool:
    """Say whether content is no text, as git does."""
    return b"\0" in content


def text_of(content: bytes) -> str:
    """Decode UTF-8; other bytes become surrogates, and again bytes when they are encoded so."""
    return content.decode("utf-8", "surrogateescape")


def _quoted(name: str) -> str:
    """Return a name as git writes it: in quotation marks, escaped, where it has a mark, a backslash or a control."""
    return json.dumps(name, ensure_ascii=False) if re.search(r'[\x00-\x1f"\\]', name) else name


def _literal(content: bytes) -> str:
    """Return content as a hunk of a binary patch: compressed, in base 85, each line with its length before it."""
    packed = zlib.compress(content, 9)
    rows = (packed[k : k + _LINE] for k in range(0, len(packed), _LINE))
    lines = (f"{LETTERS[len(row) - 1]}{base64.b85encode(row, pad=True).decode()}\n" for row in rows)
    return f"literal {len(content)}\n{''.join(lines)}\n"


def lines_of(text: str) -> list[str]:
    """Cut at line feeds and nothing else: a lone CR or U+2028 in a document is no line end of the file."""
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return [line for line in lines if line]


def _hunks(before: str, after: str) -> Iterator[str]:
    """Yield the lines of the hunks of a unified diff."""
    old, new = lines_of(before), lines_of(after)
    group: list[tuple[int, int, int, int]] = []
    for change in _changed(old, new):
        if group and change[0] - group[-1][1] > 2 * _CONTEXT:
            yield from _hunk(old, new, group)
            group = []
        group.append(change)
    if group:
        yield from _hunk(old, new, group)


def _changed(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Yield the runs of lines that differ: first and last + 1 in the old lines, the same in the new ones.

    A file with as many lines as before is compared line by line. Only what is between the first and the last
    difference is aligned else, since that takes longer than all the rest.
    """
    if len(old) == len(new):
        first = None
        for k in range(len(old) + 1):
            same = k == len(old) or old[k] == new[k]
            if same and first is not None:
                yield first, k, first, k
            first = None if same else k if first is None else first
        return
    low = _shared(old, new)
    high = min(_shared(old[::-1], new[::-1]), len(old) - low, len(new) - low)
    a, b = old[low : len(old) - high], new[low : len(new) - high]
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag != "equal":
            yield low + i1, low + i2, low + j1, low + j2


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """Return with how many same lines two texts begin."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((k for k, (line, its) in pairs if line != its), min(len(one), len(other)))


def _hunk(old: Sequence[str], new: Sequence[str], group: Sequence[tuple[int, int, int, int]]) -> Iterator[str]:
    before = min(_CONTEXT, group[0][0])
    i1, j1 = group[0][0] - before, group[0][2] - before
    i2, j2 = min(len(old), group[-1][1] + _CONTEXT), min(len(new), group[-1][3] + _CONTEXT)
    yield f"@@ -{_range(i1, i2)} +{_range(j1, j2)} @@\n"
    at = i1
    for a1, a2, b1, b2 in group:
        marked = ((" ", old[at:a1]), ("-", old[a1:a2]), ("+", new[b1:b2]))
        yield from (_ended(mark + line) for mark, lines in marked for line in lines)
        at = a2
    yield from (_ended(" " + line) for line in old[at:i2])


def _range(first: int, stop: int) -> str:
    return f"{first + (stop > first)},{stop - first}"


def _ended(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
