"""A text by its distinct characters, so that what holds of each character is worked out once for each."""

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from spanproof.arrays import Ints


def code_points(text: str) -> npt.NDArray[np.uint32]:
    """Return the code points of a text, lone surrogates among them."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


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
        return code_points(self.text).astype(np.int64)

    @functools.cached_property
    def distinct(self) -> str:
        """Return each character of the text once, in the order of the code points."""
        there = np.zeros(int(self.points.max(initial=-1)) + 1, np.bool_)
        there[self.points] = True
        return "".join(map(chr, np.flatnonzero(there).tolist()))

    @functools.cached_property
    def index(self) -> Ints:
        """Return for each character of the text which of the distinct ones it is."""
        number = np.zeros(int(self.points.max(initial=-1)) + 1, np.int64)
        number[code_points(self.distinct)] = np.arange(len(self.distinct))
        return number[self.points]

    def widths(self, width: Callable[[str], int]) -> Ints:
        """Return a number for each character of the text.

        Args:
            width: the number of one character.
        """
        return np.array([width(character) for character in self.distinct], np.int64)[self.index]

    def excess(self, widths: Ints) -> Ints:
        """Return by how much offsets are too high at each of the ``len(text) + 1`` boundaries, given the widths."""
        return np.concatenate((np.zeros(1, np.int64), np.cumsum(widths - 1)))
