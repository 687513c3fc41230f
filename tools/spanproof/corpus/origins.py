"""Where documents stand in their file, as an array: a corpus has many documents and few files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, eq=False)
class FileLines(Sequence[tuple[str | None, int | None]]):
    """File and line (or row) of each of some documents of one file, as ``Batch.origin`` has them.

    Attributes:
        file: the file.
        numbers: the line or row of each document, from 1, shape (documents,).
    """

    file: str
    numbers: npt.NDArray[np.int64]

    @overload
    def __getitem__(self, k: int) -> tuple[str | None, int | None]: ...
    @overload
    def __getitem__(self, k: slice) -> "FileLines": ...
    def __getitem__(self, k: int | slice) -> "tuple[str | None, int | None] | FileLines":
        """Return file and line of a document, or those of some."""
        return FileLines(self.file, self.numbers[k]) if isinstance(k, slice) else (self.file, int(self.numbers[k]))

    def __iter__(self) -> Iterator[tuple[str | None, int | None]]:
        return ((self.file, number) for number in self.numbers.tolist())

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def nbytes(self) -> int:
        """How many bytes of memory the lines take."""
        return self.numbers.nbytes
