"""Corrections undone: the patch that is written before a file is corrected, and the files restored from it."""

import base64
import os
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from spanproof.checks.patch import LETTERS, Patch, blob, lines_of, root_of, text_of
from spanproof.formats.files import replace_file
from spanproof.formats.folders import is_publication
from spanproof.parsing.json import parse
from spanproof.parsing.named_files import is_inside

_FOLDER = "# spanproof check --undo: the next path is relative to "
_INDEX = re.compile(r"index ([0-9a-f]{40})\.\.([0-9a-f]{40}) ")
_HUNK = re.compile(r"@@ -\d+,\d+ \+(\d+),(\d+) @@")


@dataclass(frozen=True)
class Restored:
    """A file as it was before it was corrected; ``changed`` says whether it isn't so already."""

    file: Path
    content: bytes
    changed: bool

    def write(self) -> None:
        """Replace the file, whole or not at all."""
        if self.changed:
            replace_file(self.file, self.content)


def undo_file(corpus: Path) -> Path:
    """Return where the patch that undoes corrections of a corpus is written.

    It is a new file beside the corpus, outside of a dataset folder that the corpus is in.

    Args:
        corpus: a file, or a folder.
    """
    place = corpus.resolve()
    for folder in (place, *place.parents):
        if folder.is_dir() and is_publication(folder):
            place = folder
    number = 1
    while (file := place.parent / f"{place.name or 'corpus'}.undo-{number}.patch").exists():
        number += 1
    return file


def record(patch: Patch, file: Path) -> None:
    """Add a patch to the file that undoes it; it is on the disk when this returns.

    Args:
        patch: the patch of a file that is about to be written.
        file: where the patches of a run are kept.

    Raises:
        OSError: it can't be written.
    """
    folder = os.path.relpath(root_of(patch.file), file.parent)
    content = f"{_FOLDER}{folder}\n{patch.section()}"
    with file.open("ab") as stream:
        stream.write(content.encode("utf-8", "surrogateescape"))
        stream.flush()
        os.fsync(stream.fileno())


def restored(file: Path) -> list[Restored]:
    """Return the files of a patch as they were before it was made.

    Raises:
        OSError: a file can't be read.
        ValueError: it is no patch of corrections, or one of its files has changed since.
    """
    files = [_restored(file, folder, lines) for folder, lines in _sections(text_of(file.read_bytes()))]
    if not files:
        raise ValueError(f"{file}: no patch of corrections; expected one that `spanproof check --fix` wrote")
    return files


def _sections(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the folder that the path of each file is relative to, and the lines of its patch."""
    for part in f"\n{text}".split(f"\n{_FOLDER}")[1:]:
        folder, *lines = part.split("\n")
        yield folder, lines


def _restored(patch: Path, folder: str, lines: Sequence[str]) -> Restored:
    name = _name(lines[0]) if lines else None
    index = _INDEX.match(lines[1]) if len(lines) > 1 else None
    if name is None or index is None:
        raise ValueError(f"{patch}: it is damaged; expected the patch that `spanproof check --fix` wrote")
    # The folder is that of `record`, which looks at the path of the file as it is written, too.
    file = Path(os.path.normpath(Path.cwd() / patch.parent / folder / name))
    file = file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file
    content = file.read_bytes()
    if blob(content) == index[1]:
        return Restored(file, content, changed=False)
    if blob(content) != index[2]:
        raise ValueError(f"{file}: the file has changed since it was corrected; nothing is undone")
    before = _unpacked(lines) if lines[2:3] == ["GIT binary patch"] else _without(text_of(content), lines)
    if blob(before) != index[1]:
        raise ValueError(f"{patch}: the patch of {file} is damaged; nothing is undone")
    return Restored(file, before, changed=True)


def _name(header: str) -> str | None:
    """Return the path in the header of a patch, which has it twice; None if it leads out of its folder."""
    names = header.removeprefix("diff --git ")
    half = names[: len(names) // 2]
    try:
        name = (parse(half) if half.startswith('"') else half).removeprefix("a/")
    except ValueError:
        return None
    return name if is_inside(name) else None


def _without(after: str, patch: Sequence[str]) -> bytes:
    """Return what a file was, of what it is and the lines of its patch."""
    now, was, at = lines_of(after), [], 0
    for k, line in enumerate(patch[4:], 4):
        if hunk := _HUNK.match(line):
            first, count = int(hunk[1]), int(hunk[2])
            first -= count > 0
            was += now[at:first]
            at = first + count
        elif line[:1] in (" ", "-") and line:
            was.append(line[1:] + "\n")
        elif line.startswith("\\") and patch[k - 1][:1] in (" ", "-"):
            was[-1] = was[-1].removesuffix("\n")
    return "".join([*was, *now[at:]]).encode("utf-8", "surrogateescape")


def _unpacked(patch: Sequence[str]) -> bytes:
    """Return what a binary file was: the second of the two contents in its patch."""
    second = [k for k, line in enumerate(patch) if line.startswith("literal ")][-1:]
    packed = b""
    for line in patch[second[0] + 1 :] if second else ():
        if not line:
            break
        packed += base64.b85decode(line[1:])[: LETTERS.index(line[0]) + 1]
    try:
        return zlib.decompress(packed)
    except zlib.error:
        return b""
