"""What a schema says of relations between annotations: their ends, what must hold of them, what they say of time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True)
class RelationType:
    """What an object relates (``relation``): the members that name its two ends, and what must hold of them.

    An end is named by one of its members: there may be several for it, as an event and a time have in TimeML.
    ``symmetric``: from one to the other is the same as the way back, for all labels or for some. ``irreflexive``:
    nothing is related to itself. ``unique``: two things have one relation. ``signatures``: the labels that the ends may
    have, by the label of the relation; no labels are all.
    """

    ends: tuple[tuple[str, ...], tuple[str, ...]]
    symmetric: bool | frozenset[str] = False
    irreflexive: bool = False
    unique: bool = False
    signatures: Mapping[str, tuple[frozenset[str], frozenset[str]]] = field(
        default_factory=lambda: MappingProxyType({})
    )

    @classmethod
    def of(cls, keyword: Mapping[str, Any]) -> "RelationType":
        """Return what a schema says of a relation."""
        first, second = (_members(end) for end in keyword["ends"])
        symmetric = keyword.get("symmetric", False)
        signatures = {
            label: (frozenset(labels[0]), frozenset(labels[1]))
            for label, labels in keyword.get("signatures", {}).items()
        }
        return cls(
            (first, second),
            symmetric if isinstance(symmetric, bool) else frozenset(symmetric),
            keyword.get("irreflexive", False),
            keyword.get("unique", False),
            MappingProxyType(signatures),
        )

    @property
    def members(self) -> tuple[str, ...]:
        """The members that name an end, those of the first end first."""
        return (*self.ends[0], *self.ends[1])

    def is_symmetric(self, label: str | None) -> bool:
        """Say whether a relation of this label says the same of its ends in either order."""
        return self.symmetric if isinstance(self.symmetric, bool) else label in self.symmetric


def _members(end: str | Sequence[str]) -> tuple[str, ...]:
    return (end,) if isinstance(end, str) else tuple(end)


@dataclass(frozen=True)
class Temporal:
    """The relations of time that labels of a relation mean (``temporal``), where they aren't called so.

    ``meanings`` has their names, or None for a label that says nothing of time.
    """

    meanings: Mapping[str, str | None]

    @classmethod
    def of(cls, keyword: Mapping[str, Any]) -> "Temporal":
        """Return what a schema says of relations of time."""
        return cls(MappingProxyType(dict(keyword.get("meanings", {}))))
