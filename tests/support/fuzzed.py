"""What a reader owes to any bytes, and the bytes by which a fuzzer reached all that it did (``fuzz.py``).

They lie in ``tests/formats/fuzzed/``, an input a line. Of brat an input is the text, the byte 0xFE, and the lines; of
spaCy's DocBin it is what the file packs.
"""

import json
import shutil
import sys
import tempfile
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from spanproof.corpus.documents import ReadError
from spanproof.formats.leaf import Leaf, LocatedDocument, documents_in, kept
from spanproof.formats.leaves import FORMATS, leaf_named
from spanproof.schema.schema import Schema

__all__ = ["KEPT", "demand_reading", "inputs", "is_unpacked", "keep", "leaf_named"]

_ROOMS = ("spanproof/formats/", "spanproof/parsing/", "spanproof/text/")
KEPT = Path(__file__).parents[1] / "formats" / "fuzzed"


def is_unpacked(content: bytes) -> bool:
    """Say whether content isn't packed by its first bytes; what is packed and broken can't be opened at all."""
    return not content.startswith((b"\x1f\x8b", b"\x28\xb5\x2f\xfd"))


def inputs(name: str) -> list[bytes]:
    """The inputs that are kept for a format."""
    file = KEPT / f"{name}.jsonl"
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    return [json.loads(line).encode("latin-1") for line in lines]


def demand_reading(leaf: Leaf, content: bytes, folder: Path) -> None:
    """Whatever a file holds is read, or is an error; what is read is a document, and is written and read again.

    Args:
        leaf: the format.
        content: that of the file; of a format whose text stands beside it, the text, 0xFE, and the file.
        folder: where files are written.
    """
    path = folder / f"d{leaf.suffixes[0]}"
    if b"\xfe" in content and leaf.companions:
        text, _, content = content.partition(b"\xfe")
        path.with_suffix(leaf.companions[0]).write_bytes(text)
    if leaf.name == "docbin":
        content = zlib.compress(content, 1)
    path.write_bytes(content)
    leaf.recognises(content)
    read = list(documents_in(leaf, path))
    assert read or any(batch.errors for batch in FORMATS[leaf.name].read(path, Schema.stand_off()))
    for one in (one for one in read if isinstance(one, LocatedDocument)):
        assert Schema.stand_off().judge.decider.is_valid(one.document), one.document
        fit = kept(one.document, leaf).document
        again = written(leaf, fit, folder)
        assert list(documents_of(leaf, again)) == [fit]


def written(leaf: Leaf, document: dict[str, object], folder: Path) -> Path:
    """The file that a document is written to."""
    place = folder / "again"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    called_as_its_document = leaf.companions or leaf.name == "webanno"
    file = place / f"{document['id'] if called_as_its_document else 'again'}{leaf.suffixes[0]}"
    leaf.write([document], file)
    return file


def documents_of(leaf: Leaf, path: Path) -> list[object]:
    """The documents of a file, and the errors."""
    return [one if isinstance(one, ReadError) else one.document for one in documents_in(leaf, path)]


def keep(name: str, corpus: Path) -> None:
    """Keep those inputs of a search, gathered in a folder, that reach what none that is kept already does.

    The shortest are tried first. What an input reaches are the steps from one line of the package's formats to another.
    """
    leaf = leaf_named(name)
    assert leaf is not None
    before = inputs(name)
    found = sorted({file.read_bytes() for file in corpus.iterdir()}, key=lambda content: (len(content), content))
    chosen: list[bytes] = []
    known: set[tuple[CodeType, int, int]] = set()
    with tempfile.TemporaryDirectory() as folder:
        for k, content in enumerate([*before, *found]):
            reached = _reached(partial(demand_reading, leaf, content, Path(folder)))
            if k < len(before) or reached - known:
                chosen.append(content)
                known |= reached
    KEPT.mkdir(exist_ok=True)
    lines = (json.dumps(content.decode("latin-1")) for content in chosen)
    (KEPT / f"{name}.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")


def _reached(run: Callable[[], None]) -> set[tuple[CodeType, int, int]]:
    """The steps from line to line that code of the package's formats and parsers takes."""
    steps: set[tuple[CodeType, int, int]] = set()

    def trace(frame: FrameType, _event: str, _value: object) -> Any:
        code = frame.f_code
        if not any(room in code.co_filename for room in _ROOMS):
            return None
        before = frame.f_lineno

        def step(frame: FrameType, event: str, _value: object) -> Any:
            nonlocal before
            if event == "line":
                steps.add((code, before, frame.f_lineno))
                before = frame.f_lineno
            return step

        return step

    sys.settrace(trace)
    try:
        run()
    finally:
        sys.settrace(None)
    return steps
