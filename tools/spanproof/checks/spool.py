"""What rules across documents collect of each batch, kept in a file, so that memory doesn't grow with the corpus."""

import pickle
import tempfile
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from spanproof.arrays import Bools, Ints, Words, indices

_IN_MEMORY = 1 << 23
"""How many bytes stay in memory before a temporary file is begun."""
_KEYS = 1 << 20
"""How many keys are kept after those of a batch are joined with them."""
_END, _RANGES = 1 << 64, 64
Range = tuple[int, int]
"""Keys from the first number on that are less than the second."""


class UnwritableError(OSError):
    """The temporary file can't be written."""


class Spool:
    """A row of values that is written once and iterated again and again; of them all one is in memory at a time.

    The file has no name and goes with the process, however that ends.
    """

    def __init__(self) -> None:
        """Begin without values."""
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  (closed with the spool)
        self._ends = [0]

    def append(self, value: Any) -> None:
        """Add a value, which can be pickled.

        Raises:
            UnwritableError: the file can't be written; it names the folder, such as one whose disk is full.
        """
        try:
            self._file.seek(self._ends[-1])
            pickle.dump(value, self._file, pickle.HIGHEST_PROTOCOL)
            self._file.flush()
        except OSError as error:
            folder = f"{tempfile.gettempdir()} (temporary files; another folder can be named as TMPDIR)"
            raise UnwritableError(error.errno, error.strerror, folder) from error
        self._ends.append(self._file.tell())

    def __iter__(self) -> Iterator[Any]:
        """Yield the values in the order in which they were added."""
        yield from (self[k] for k in range(len(self)))

    def __getitem__(self, k: int) -> Any:
        """Return one of the values."""
        self._file.seek(self._ends[k])
        return pickle.loads(self._file.read(self._ends[k + 1] - self._ends[k]))  # what this process wrote itself

    def __len__(self) -> int:
        """Count the values."""
        return len(self._ends) - 1


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
        high, keys, values, two = _END, *_no_keys()
        for more, of_more in batches():
            inside = _within(more, (low, high))
            keys, values = np.append(keys, more[inside]), np.append(values, of_more[inside])
            two = np.append(two, np.zeros(len(keys) - len(two), np.bool_))
            if len(keys) > 2 * _KEYS:
                keys, values, two = _joined(keys, values, two)
                if len(keys) > _KEYS:
                    high = int(keys[_KEYS // 2])
                    keys, values, two = keys[: _KEYS // 2], values[: _KEYS // 2], two[: _KEYS // 2]
        keys, _, two = _joined(keys, values, two)
        parts.append(keys[two])
        low = high
    return np.concatenate(parts)


def ranges(batches: Iterable[Words], limit: int) -> Iterator[Words]:
    """Yield numbers in order, those of one of 64 ranges after the other, so that one range is in memory at a time.

    Args:
        batches: the numbers, batch by batch.
        limit: what all of them are less than; the ranges are as wide as each other.
    """
    bounds = np.array([limit * k // _RANGES for k in range(1, _RANGES)], np.uint64)
    kept = Spool()
    for numbers in batches:
        ordered = np.sort(numbers)
        for part in np.split(ordered, np.searchsorted(ordered, bounds)):
            kept.append(part)
    for k in range(_RANGES if len(kept) else 0):
        yield np.sort(np.concatenate([kept[j] for j in range(k, len(kept), _RANGES)]))


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


def _no_keys() -> tuple[Words, Words, Bools]:
    return np.zeros(0, np.uint64), np.zeros(0, np.uint64), np.zeros(0, np.bool_)


def _joined(keys: Words, values: Words, two: Bools) -> tuple[Words, Words, Bools]:
    """Return each key once, in order, with its first value, and whether it has another one."""
    if not len(keys):
        return keys, values, two
    order = np.argsort(keys, kind="stable")
    keys, values, two = keys[order], values[order], two[order]
    first = np.append(True, keys[1:] != keys[:-1])
    starts = indices(first)
    other = values != values[starts].repeat(np.diff(np.append(starts, len(keys))))
    return keys[starts], values[starts], np.logical_or.reduceat(two | other, starts)
