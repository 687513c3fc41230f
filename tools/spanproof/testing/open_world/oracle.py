"""Which spans of a small document can be placed at all: every simple model is tried, and those that explain it agree.

The models have at most two parameters: a shift of all offsets, the width of a character, an edit between two spans.
A model costs one for each parameter, and one for each span that it has no place for (a mention that is gone). Nothing
is searched cleverly here; it takes as long as it takes.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from spanproof.arrays import Bools, Ints

HELD_OUT = 2
"""How many witnesses must confirm each parameter besides the one that it was fitted to."""
_WIDTHS = [more for more in range(-1, 9) if more]
_MOST = 2  # parameters
_NOWHERE, _SEVERAL = -1, -2


class Occurrences:
    """Where the surfaces of spans stand in a text, and by how much their offsets are higher, as arrays.

    Attributes:
        span: the span of each occurrence, shape (occurrences,).
        at: where it begins (code points), shape (occurrences,).
        excess: by how much start and end of its span are higher as stored, shape (occurrences, 2).
        columns: what each parameter adds to start and end for each unit of its value, shape (occurrences, 2).
        free: for each column whether its value may be any number, or is the width of a character.
    """

    def __init__(self, text: str, spans: Sequence[Mapping[str, Any]]) -> None:
        pairs = [(k, at) for k, span in enumerate(spans) for at in _occurrences(text, span["text"])]
        self.span, self.at = np.array(pairs, np.int64).reshape(-1, 2).T
        self.first = np.flatnonzero(np.diff(self.span, prepend=-1))
        stored = np.array([(span["start"], span["end"]) for span in spans], np.int64)[self.span]
        sizes = np.array([len(span["text"]) for span in spans], np.int64)[self.span]
        bounds: Ints = np.stack((self.at, self.at + sizes), 1)
        self.excess: Ints = stored - bounds
        columns = {np.ones_like(bounds).tobytes(): (np.ones_like(bounds), True)}
        for at in np.unique(self.at).tolist():
            step = np.repeat((self.at >= at)[:, None], 2, 1).astype(np.int64)
            columns.setdefault(step.tobytes(), (step, True))
        for character in sorted(set(text)):
            before = np.cumsum([0, *(other == character for other in text)])[bounds]
            columns.setdefault(before.tobytes(), (before, False))
        self.columns = [column for column, _ in columns.values() if column.any()]
        self.free = [free for column, free in columns.values() if column.any()]

    def places(self, fits: Bools) -> Ints:
        """Return where each span stands if these occurrences fit; no place or several are below 0.

        Args:
            fits: of some models, shape (models, occurrences).

        Returns:
            Where each span begins, shape (models, spans).
        """
        number = np.add.reduceat(fits.astype(np.int64), self.first, 1)
        sums = np.add.reduceat(self.at * fits, self.first, 1)
        return np.where(number == 1, sums, np.where(number, _SEVERAL, _NOWHERE))

    def _with(self, column: int, rest: Ints) -> tuple[Ints, Bools]:
        """Return the values that one more parameter may have, and which occurrences fit with each of them."""
        values = np.array(_WIDTHS)
        if self.free[column]:
            values = np.unique(rest[self.columns[column][:, 0] != 0, 0])
            values = values[values != 0]
        return values, (rest == values[:, None, None] * self.columns[column]).all(2)

    def models(self, depth: int) -> Iterator[tuple[list[int], Ints]]:
        """Yield all models of so many parameters, by their columns, and where each puts the spans."""
        numbers = range(len(self.columns))
        if depth == 0:
            yield [], self.places((self.excess == 0).all(1)[None])
        for j in numbers if depth == 1 else ():
            yield [j], self.places(self._with(j, self.excess)[1])
        # The width of a character comes before what may have any value, which is then read off what is left.
        order = sorted(numbers, key=lambda column: self.free[column]) if depth == 2 else []
        for n, i in enumerate(order):
            for value in self._with(i, self.excess)[0].tolist():
                rest: Ints = self.excess - value * self.columns[i]
                yield from (([i, j], self.places(self._with(j, rest)[1])) for j in order[n + 1 :])

    def confirmed(self, columns: Sequence[int], places: Ints) -> bool:
        """Say whether enough different spans that are wrong need each parameter of a model."""
        right = places[self.span] == self.at
        needing = [np.flatnonzero(right & self.excess.any(1) & self.columns[column].any(1)) for column in columns]
        return all(len({(self.at[n], *self.excess[n]) for n in rows}) > HELD_OUT for rows in needing)


def _occurrences(text: str, surface: str) -> Iterator[int]:
    at = text.find(surface)
    while at >= 0:
        yield at
        at = text.find(surface, at + 1)


def identifiable(text: str, spans: Sequence[Mapping[str, Any]]) -> dict[int, tuple[int, int]]:
    """Return where those spans belong that can be placed with certainty.

    Args:
        text: of some hundred code points at most.
        spans: with ``start`` and ``end`` as stored, and ``text``, their surface, which stands in the text.

    Returns:
        By the number of a span its start and end (code points, half open). Every model that costs no more than the
        cheapest puts it there and nowhere else, and each parameter of the cheapest is confirmed.
    """
    there = Occurrences(text, spans)
    best, agreed = len(spans), np.array([_NOWHERE] * len(spans))
    for depth in range(_MOST + 1):
        for columns, places in there.models(depth) if depth <= best else ():
            costs = depth + (places == _NOWHERE).sum(1)
            for row in np.flatnonzero(costs <= best).tolist():
                if costs[row] < best:
                    sure = there.confirmed(columns, places[row])
                    best, agreed = int(costs[row]), np.where(sure, places[row], _NOWHERE)
                elif costs[row] == best:
                    agreed = np.where(agreed == places[row], agreed, _NOWHERE)
    return {k: (at, at + len(spans[k]["text"])) for k, at in enumerate(agreed.tolist()) if at >= 0}
