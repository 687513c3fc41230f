"""Some records that stand for all of a corpus: the first ones, and each whose members are like none before."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_FIRST = 200
"""Records that are kept whatever they are like."""
_MOST = 2000
"""Records that are kept in all."""
_SHORT = 5
"""Items of a list that is told from others by its length."""


@dataclass(frozen=True)
class Sample:
    """Records that stand for all.

    Attributes:
        records: those that are kept, in order.
        weights: how many records each of them stands for.
        number: how many records there are.
        unlike: how many of them are like none that is kept, since there were too many kinds.
    """

    records: tuple[Any, ...]
    weights: tuple[float, ...]
    number: int
    unlike: int


def sample(records: Iterable[Any]) -> Sample:
    """Return some records that stand for all: every kind of record is among them, up to some thousands.

    Records are of one kind where they have the same members, with values of the same types.

    Args:
        records: values as files have them. Each is looked at once, and forgotten if it isn't kept.
    """
    kept: list[tuple[Any, Hashable]] = []
    numbers: dict[Hashable, int] = {}
    number = unlike = 0
    for record in records:
        number += 1
        form = _form(record)
        if len(kept) < _FIRST or (form not in numbers and len(kept) < _MOST):
            kept.append((record, form))
            numbers.setdefault(form, 0)
        if form in numbers:
            numbers[form] += 1
        else:
            unlike += 1
    alike: dict[Hashable, int] = {}
    for _, form in kept:
        alike[form] = alike.get(form, 0) + 1
    weights = tuple(numbers[form] / alike[form] for _, form in kept)
    return Sample(tuple(record for record, _ in kept), weights, number, unlike)


def _form(value: Any) -> Hashable:
    """Return what a value is like: the types of what is in it, by the members that hold them."""
    if isinstance(value, dict | Mapping):
        return (*value, *map(_form, value.values()))
    if not isinstance(value, list):
        return (type(value),)
    return (list, *map(_form, value)) if len(value) <= _SHORT else (list, frozenset(map(_form, value)))
