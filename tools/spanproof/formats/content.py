"""The content of a file, unpacked; and the standard input as a file."""

import functools
import io
import sys
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

STANDARD_INPUT = Path("-")
_PACKED = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
PACKED_ENDINGS = (".gz", ".zst")
_ROOM = 1 << 28
"""Bytes that a file may hold unpacked, however small it is."""
_TIMES = 200
"""How many times its size a larger one may hold: JSON is packed to a tenth or so."""


def opened(path: Path) -> BinaryIO:
    """Return an open file, unpacked where it is gzip or Zstandard; ``-`` is the standard input.

    Raises:
        OSError: it can't be opened, or is a pipe. Reading on raises it too, where what is packed is cut off, or holds
            far more than any text that is packed.
    """
    if path.is_fifo() or path.is_socket():  # to open one that nobody writes to would wait for ever
        raise OSError("is a pipe, which can be read only once; expected a file, or - for the standard input")
    file: BinaryIO = io.BytesIO(_whole(sys.stdin.buffer)) if path == STANDARD_INPUT else path.open("rb")
    packing = _packing(file.read(4))
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if packing is None:
        return file
    unpacked = pa.CompressedInputStream(pa.PythonFile(file, "r"), packing)
    return io.BufferedReader(_Limited(unpacked, max(_ROOM, _TIMES * size)))  # a stream of Arrow knows no lines


class _Limited(io.RawIOBase):
    """What is unpacked, up to a number of bytes: a small file may hold more than any memory."""

    def __init__(self, unpacked: pa.CompressedInputStream, limit: int) -> None:
        super().__init__()
        self._unpacked, self._left, self._limit = unpacked, limit, limit

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read into a buffer.

        Raises:
            OSError: what is packed is cut off, or there are more bytes than the limit.
        """
        content = self._unpacked.read(len(buffer))
        self._left -= len(content)
        if self._left < 0:
            raise OSError(
                f"holds more than {self._limit >> 20:,} MiB when it is unpacked, over {_TIMES} times its size; "
                "expected a corpus, which isn't packed so tightly, or one that is unpacked"
            )
        buffer[: len(content)] = content
        return len(content)


def content_at(path: Path) -> bytes:
    """Return the whole content of a file, unpacked.

    Raises:
        OSError: it can't be read.
    """
    with opened(path) as file:
        return file.read()


def is_packed(path: Path) -> bool:
    """Say whether a file can't be changed in its place: it is packed, or the standard input."""
    if path == STANDARD_INPUT:
        return True
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return _packing(file.read(4)) is not None


def unpacked_name(path: Path) -> str:
    """Return the name of a file in lower case, without the ending that says how it is packed."""
    name = path.name.lower()
    return next((name.removesuffix(ending) for ending in PACKED_ENDINGS if name.endswith(ending)), name)


def stem_of(path: Path) -> str:
    """Return the name of a file without its ending, and without the one that says how it is packed."""
    return Path(path.name[: len(unpacked_name(path))]).stem


def _packing(head: bytes) -> str | None:
    return next((name for magic, name in _PACKED.items() if head.startswith(magic)), None)


@functools.lru_cache(maxsize=1)
def _whole(stream: BinaryIO) -> bytes:
    """Return what a stream holds, which can be read only once."""
    return stream.read()
