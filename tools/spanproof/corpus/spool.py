"""What rules across documents collect of each batch, kept in a file, so that memory doesn't grow with the corpus."""

import pickle
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, BinaryIO

import numpy as np

from spanproof.arrays import Bools, Ints, Words, indices

_IN_MEMORY = 1 << 23
"""How many bytes of values stay in memory before they are written into a temporary file."""
_KEYS = 1 << 20
"""How many keys are kept after those of some batches are joined with them, and how many numbers are sorted at once."""
_END, _RANGES = 1 << 64, 64
Range = tuple[int, int]
"""Keys from the first number on that are less than the second."""
_Known = tuple[Words, Words, Bools]
"""Keys with a value of each, and whether each has another one."""


class UnwritableError(OSError):
    """The temporary file can't be written."""


class Spool:
    """A row of values that is written once and iterated again and again, in memory that doesn't grow with it.

    Values are packed. Where they take more than some MiB, they go into a file, and of those there one is in memory at
    a time. The file has no name and goes with the process, however that ends.
    """

    def __init__(self) -> None:
        """Begin without values."""
        self._file: BinaryIO | None = None
        self._ends = [0]
        self._waiting: list[bytes] = []
        self._room = _IN_MEMORY

    def append(self, value: Any) -> None:
        """Add a value, which can be pickled.

        Raises:
            UnwritableError: the file can't be written; it names the folder, such as one whose disk is full.
        """
        self._waiting.append(pickle.dumps(value, pickle.HIGHEST_PROTOCOL))
        self._room -= len(self._waiting[-1])
        if self._room < 0:
            self._write()

    def _write(self) -> None:
        """Write what is in memory."""
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile()  # noqa: SIM115  (closed with the spool)
            self._file.seek(self._ends[-1])
            ends = list[int]()
            for packed in self._waiting:
                self._file.write(packed)
                ends.append((ends or self._ends)[-1] + len(packed))
            self._file.flush()
        except OSError as error:
            folder = f"{tempfile.gettempdir()} (temporary files; another folder can be named as TMPDIR)"
            raise UnwritableError(error.errno, error.strerror, folder) from error
        # All at once: what is interrupted while it writes has each value in memory still, and none twice.
        self._ends, self._waiting, self._room = self._ends + ends, [], _IN_MEMORY

    def __iter__(self) -> Iterator[Any]:
        """Yield the values in the order in which they were added."""
        yield from (self[k] for k in range(len(self)))

    def __getitem__(self, k: int) -> Any:
        """Return one of the values."""
        written = len(self._ends) - 1
        if self._file is None or k >= written:
            return pickle.loads(self._waiting[k - written])
        self._file.seek(self._ends[k])
        return pickle.loads(self._file.read(self._ends[k + 1] - self._ends[k]))  # what this process wrote itself

    def __len__(self) -> int:
        """Count the values."""
        return len(self._ends) - 1 + len(self._waiting)


def ambiguous(batches: Callable[[], Iterable[tuple[Words, Words]]]) -> Words:
    """Return the keys that stand with two different values or more, in order.

    At most some two million keys are in memory at a time. Where there are more, a range of keys is looked at after
    another, and the batches are asked for again.

    Args:
        batches: yields keys and values of shape (pairs,), batch by batch.
    """
    parts: list[Words] = [np.zeros(0, np.uint64)]
    low = 0
    while low < _END:
        high, known, number = _END, [_no_keys()], 0
        for keys, values in batches():
            inside = _within(keys, (low, high))
            known.append((keys[inside], values[inside], np.zeros(np.count_nonzero(inside), np.bool_)))
            number += len(known[-1][0])
            if number > 2 * _KEYS:
                keys, values, two = _joined(known)
                if len(keys) > _KEYS:
                    high = int(keys[_KEYS // 2])
                    keys, values, two = keys[: _KEYS // 2], values[: _KEYS // 2], two[: _KEYS // 2]
                known, number = [(keys, values, two)], len(keys)
        keys, _, two = _joined(known)
        parts.append(keys[two])
        low = high
    return np.concatenate(parts)


def ranges(batches: Iterable[Words], limit: int) -> Iterator[Words]:
    """Yield numbers in order, those of one range after the other, so that one range is in memory at a time.

    Few numbers are one range, many are 64.

    Args:
        batches: the numbers, batch by batch.
        limit: what all of them are less than; the ranges are as wide as each other.
    """
    width = np.uint64(-(-limit // _RANGES))
    kept, waiting, number = Spool(), list[Words](), 0
    for numbers in batches:
        waiting.append(numbers)
        number += len(numbers)
        if number > _KEYS:
            for part in _split(waiting, width):
                kept.append(part)
            waiting, number = [], 0
    if not len(kept):
        yield _ordered(waiting)
        return
    for k, last in enumerate(_split(waiting, width)):
        yield _ordered([*(kept[j] for j in range(k, len(kept), _RANGES)), last])


def _split(parts: Sequence[Words], width: np.uint64) -> list[Words]:
    """Return the numbers of some arrays range by range, each as wide as the others; a range is in no order."""
    numbers = np.concatenate([np.zeros(0, np.uint64), *parts])
    which = (numbers // width).astype(np.uint8)
    # Numbers of a byte are sorted by counting them, four times as fast as the numbers themselves.
    order = np.argsort(which, kind="stable")
    return np.split(numbers[order], np.cumsum(np.bincount(which, minlength=_RANGES))[:-1])


def _ordered(parts: Sequence[Words]) -> Words:
    """Return the numbers of some arrays in order."""
    ordered = np.concatenate([np.zeros(0, np.uint64), *parts])
    ordered.sort()
    return ordered


def _within(keys: Words, bounds: Range) -> Bools:
    """Say which keys are in a range."""
    low, high = bounds
    return (keys >= np.uint64(low)) & (keys <= np.uint64(high - 1))


def among(keys: Words, ordered: Words) -> Ints:
    """Return the positions of keys that are among others.

    Args:
        keys: the keys.
        ordered: the others, in order.
    """
    if not len(ordered):
        return np.zeros(0, np.int64)
    return indices(ordered.take(np.searchsorted(ordered, keys), mode="clip") == keys)


def _no_keys() -> _Known:
    return np.zeros(0, np.uint64), np.zeros(0, np.uint64), np.zeros(0, np.bool_)


def _joined(known: Sequence[_Known]) -> _Known:
    """Return each key once, in order, with its first value, and whether it has another one."""
    keys, values, two = (np.concatenate(parts) for parts in zip(*known, strict=True))
    if not len(keys):
        return keys, values, two
    order = np.argsort(keys, kind="stable")
    keys, values, two = keys[order], values[order], two[order]
    first = np.append(True, keys[1:] != keys[:-1])
    starts = indices(first)
    other = values != values[starts].repeat(np.diff(np.append(starts, len(keys))))
    return keys[starts], values[starts], np.logical_or.reduceat(two | other, starts)
