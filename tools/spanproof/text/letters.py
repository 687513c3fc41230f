"""A text by its distinct characters, so that what holds of each character is worked out once for each."""

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from spanproof.arrays import Ints


@dataclass(frozen=True)
class Letters:
    """A text and which characters it is made of.

    Attributes:
        text: the text.
    """

    text: str

    @functools.cached_property
    def points(self) -> Ints:
        """Return the code points."""
        return np.frombuffer(self.text.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.int64)

    @functools.cached_property
    def _distinct(self) -> tuple[str, Ints]:
        points, index = np.unique(self.points, return_inverse=True)
        return "".join(map(chr, points.tolist())), index.astype(np.int64)

    @property
    def distinct(self) -> str:
        """Return each character of the text once, in the order of the code points."""
        return self._distinct[0]

    @property
    def index(self) -> Ints:
        """Return for each character of the text which of the distinct ones it is."""
        return self._distinct[1]

    def widths(self, width: Callable[[str], int]) -> Ints:
        """Return a number for each character of the text.

        Args:
            width: the number of one character.
        """
        return np.array([width(character) for character in self.distinct], np.int64)[self.index]

    def excess(self, widths: Ints) -> Ints:
        """Return by how much offsets are too high at each of the ``len(text) + 1`` boundaries, given the widths."""
        return np.concatenate((np.zeros(1, np.int64), np.cumsum(widths - 1)))
