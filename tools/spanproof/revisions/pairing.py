"""Which annotation of one version is which of the other: a one-to-one pairing, the same for every order of both.

Two lists of :class:`Mark` are paired in stages, the surest first. The offsets of both are those of one text.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from spanproof.corpus.assignment import assignment

Extent = tuple[tuple[int, int], ...]
"""Half-open intervals of code points: one for a span, several for what is made of spans."""

Pair = tuple[int, int]
_SCALE = 1_000_000


@dataclass(frozen=True)
class Mark:
    """What an annotation is known by.

    Attributes:
        id: its key; None without one.
        label: its label.
        extent: where it stands.
        surface: the words there.
        content: all else that it says, where annotations with the same extent and label must be told apart.
    """

    id: Hashable
    label: Hashable
    extent: Extent
    surface: str
    content: str = ""

    @property
    def order(self) -> tuple[str, ...]:
        """Return what marks are sorted by, the same for equal marks in every order."""
        return (*(f"{n:012d}" for span in self.extent for n in span), repr(self.label), self.content, repr(self.id))


_STAGES: tuple[Callable[[Mark], tuple[Hashable, ...] | None], ...] = (
    lambda mark: (mark.extent, mark.label, mark.content, mark.id),
    lambda mark: (mark.extent, mark.label, mark.content),
    lambda mark: (mark.extent, mark.label, mark.id) if mark.extent else None,
    lambda mark: (mark.extent, mark.id) if mark.extent and mark.id is not None else None,
    lambda mark: (mark.extent, mark.label) if mark.extent else None,
)


def paired(a: Sequence[Mark], b: Sequence[Mark]) -> list[Pair]:
    """Return pairs of indices into both lists, sorted; what is in no pair stands on one side alone.

    First come annotations with the same offsets and label, those with the same content and key before others (so two
    names that swapped their keys are renumbered, not moved); then those with the same key that overlap or have the same
    label and surface (a key alone pairs nothing); then those with the same offsets under another label; then those with
    the same label that overlap, so that they overlap most in all.
    """
    left = sorted(range(len(a)), key=lambda k: a[k].order)
    right = sorted(range(len(b)), key=lambda k: b[k].order)
    pairs: list[Pair] = []

    def take(stage_pairs: Iterator[Pair]) -> None:
        new = list(stage_pairs)
        pairs.extend(new)
        taken = {i for i, _ in new}, {j for _, j in new}
        left[:] = [i for i in left if i not in taken[0]]
        right[:] = [j for j in right if j not in taken[1]]

    for stage in _STAGES:
        take(_equal(a, b, left, right, stage))
    take(
        (i, j)
        for i, j in _equal(a, b, _single(a, left), _single(b, right), lambda mark: (mark.id,))
        if a[i].id is not None and akin(a[i], b[j])
    )
    take(_equal(a, b, left, right, lambda mark: (mark.extent,) if mark.extent else None))
    take(_overlapping(a, b, left, right))
    return sorted(pairs)


def akin(a: Mark, b: Mark) -> bool:
    """Return whether two annotations with the same key may be the same one: they overlap, or say the same words."""
    return _shared(a.extent, b.extent) > 0 or (a.label, a.surface) == (b.label, b.surface)


def _equal(
    a: Sequence[Mark],
    b: Sequence[Mark],
    left: Sequence[int],
    right: Sequence[int],
    key: Callable[[Mark], tuple[Hashable, ...] | None],
) -> Iterator[Pair]:
    """Pairs with the same key, those of one key in order."""
    waiting: dict[Hashable, deque[int]] = defaultdict(deque)
    for j in right:
        waiting[key(b[j])].append(j)
    for i in left:
        wanted = key(a[i])
        if wanted is not None and waiting.get(wanted):
            yield i, waiting[wanted].popleft()


def _single(marks: Sequence[Mark], some: Sequence[int]) -> list[int]:
    """Those whose key no other of the list has."""
    times = Counter(mark.id for mark in marks)
    return [k for k in some if times[marks[k].id] == 1]


def _shared(a: Extent, b: Extent) -> int:
    """How many characters two extents have in common."""
    return sum(max(0, min(x[1], y[1]) - max(x[0], y[0])) for x in a for y in b)


def _overlapping(a: Sequence[Mark], b: Sequence[Mark], left: Sequence[int], right: Sequence[int]) -> Iterator[Pair]:
    """Pairs of one label that overlap, with the greatest sum of Dice coefficients; a same surface adds one."""
    pairs: list[tuple[int, int, int]] = []
    for x, y in sorted(_meeting([a[i].extent for i in left], [b[j].extent for j in right])):
        one, other = a[left[x]], b[right[y]]
        if one.label == other.label and (shared := _shared(one.extent, other.extent)):
            size = sum(max(0, end - start) for start, end in (*one.extent, *other.extent))
            pairs.append((x, y, 2 * _SCALE * shared // size + _SCALE * (one.surface == other.surface)))
    row, column, weight = np.array(pairs, np.int64).reshape(-1, 3).T
    for k in assignment(row, column, weight).tolist():
        yield left[pairs[k][0]], right[pairs[k][1]]


def _meeting(a: Sequence[Extent], b: Sequence[Extent]) -> Iterator[Pair]:
    """Pairs of indices of extents whose hulls overlap.

    A sweep over the starts: of the other side, only hulls that haven't ended yet are kept and compared, so that a long
    document isn't compared with itself, all against all.
    """
    hulls = (
        (min(s for s, _ in extent), max(e for _, e in extent), side, k)
        for side, extents in enumerate((a, b))
        for k, extent in enumerate(extents)
        if extent
    )
    active: tuple[list[Pair], list[Pair]] = ([], [])
    for start, end, side, k in sorted(hulls):
        active[1 - side][:] = [(until, other) for until, other in active[1 - side] if until > start]
        yield from (((k, other) if side == 0 else (other, k)) for _, other in active[1 - side])
        active[side].append((end, k))
