"""Whole lines of a file, some MiB at a time, and each of them without a copy of all."""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from spanproof.arrays import Ints
from spanproof.formats.content import opened
from spanproof.text.index import positions

BLOCK = 1 << 24
"""Bytes that are read at a time."""
_BLANK = re.compile(rb"\s*")
_ESCAPED = re.compile(r'["\\/\x00-\x1f]')
"""Characters that JSON may write otherwise than as they are or as ``\\u``."""


def blocks(path: Path) -> Iterator[tuple[int, int, bytes]]:
    """Yield whole lines of about 16 MiB: the number (from 1) of the first, the byte at which it begins, the lines.

    A line of far more is alone.
    """
    line, start, rest = 1, 0, list[bytes]()
    with opened(path) as file:
        while chunk := file.read(BLOCK):
            if line == 1 and not rest and chunk.startswith(b"\xef\xbb\xbf"):
                chunk, start = chunk[3:], 3
            is_long = len(rest) > 1
            cut = (chunk.find(b"\n") if is_long else chunk.rfind(b"\n")) + 1
            if not cut:
                rest.append(chunk)
                continue
            parts, rest = [*rest, chunk[:cut]], [chunk[cut:]] if not is_long or not file.seekable() else []
            del chunk
            block = _joined(file, start, parts)
            yield line, start, block
            line += block.count(b"\n")
            start += len(block)
        if any(rest):
            yield line, start, _joined(file, start, rest)


def _joined(file: BinaryIO, start: int, parts: list[bytes]) -> bytes:
    """Return parts of a file as one; many are read again at once, so that they aren't in memory twice.

    Args:
        file: the file.
        start: the byte at which they begin.
        parts: they, one after another; they are taken out of the list.
    """
    if len(parts) <= 2 or not file.seekable():
        return b"".join(parts)
    length = sum(map(len, parts))
    parts.clear()
    file.seek(start)
    return file.read(length)


@dataclass(frozen=True)
class BlockLines:
    """Those lines of a block that aren't blank.

    Attributes:
        block: all lines.
        numbers: which of all lines each is, from 0, shape (lines,).
        starts: the byte at which each begins.
        stops: the byte after each, which ends it.
    """

    block: bytes
    numbers: Ints
    starts: Ints
    stops: Ints

    @classmethod
    def of(cls, block: bytes) -> "BlockLines":
        """Return the lines of a block."""
        ends = positions(np.frombuffer(block, np.uint8), lambda part: part == ord("\n"))
        starts, stops = np.append(0, ends + 1), np.append(ends, len(block))
        extents = zip(starts.tolist(), stops.tolist(), strict=True)
        kept = np.array([_end_of_blank(block, start, stop) < stop for start, stop in extents], np.bool_)
        return cls(block, np.flatnonzero(kept), starts[kept], stops[kept])

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, k: int) -> bytes:
        """Return a line."""
        return self.block[self.starts[k] : self.stops[k]]

    def mentioning(self, names: Collection[str]) -> list[int]:
        """Return the lines whose documents may have a member of one of some names; all where one may be escaped."""
        signs = [b"\\u", *(f'"{name}"'.encode() for name in names)]
        every = any(_ESCAPED.search(name) for name in names)
        find: Callable[[bytes, int, int], int] = self.block.find
        extents = enumerate(zip(self.starts.tolist(), self.stops.tolist(), strict=True))
        return [k for k, extent in extents if every or any(find(sign, *extent) >= 0 for sign in signs)]


def _end_of_blank(block: bytes, start: int, stop: int) -> int:
    """Return where the white space ends with which a line begins."""
    match = _BLANK.match(block, start, stop)
    return match.end() if match else start
