"""SP601, SP602: one surface with two labels or two entities in a corpus."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from spanproof.arrays import Bools, Ints, Words, buckets_of, codes, compact, hashes_of, indices, pairs, to_arrow
from spanproof.checks.annotations import Annotations, annotations
from spanproof.checks.examples import ANA
from spanproof.checks.rule import rule
from spanproof.checks.view import View
from spanproof.corpus.findings import Finding
from spanproof.corpus.spool import ambiguous, among
from spanproof.schema.node import Node, Place

Small = npt.NDArray[np.int32]

_AGAIN = {**ANA, "start": 21, "end": 30}
_SECOND = {"id": "second", "text": "Yesterday nobody met Ana Silva in town."}


@dataclass(frozen=True)
class Uses:
    """Which values one member has for each surface in a batch: every pair of the two once, with its first span.

    The check keeps this of each batch until the last one is read, so it holds small integers and no text twice.

    Attributes:
        place: of the spans.
        member: whose values they are.
        surfaces: each surface once.
        values: each value once.
        surface: the surface of each pair, as a position in ``surfaces``; shape (pairs,), as all that follow.
        value: the value of each pair, as a position in ``values``.
        count: how many spans have the surface and the value.
        row: the document of the first of these spans, by its row in the batch.
        at: the positions of that span in its list, and of that list in outer ones, outermost first.
        start: its first code point.
        end: the code point after its last.
        names: the keys of the documents of the batch; None where the schema has no key.
        origin: file and line of these documents.
    """

    place: Place
    member: str
    surfaces: pa.Array
    values: pa.Array
    surface: Small
    value: Small
    count: Small
    row: Small
    at: tuple[Small, ...]
    start: Small
    end: Small
    names: pa.Array | None
    origin: Sequence[tuple[str | None, int | None]]

    def some(self, k: Ints) -> "Uses":
        """Return some of the pairs, with the documents of these alone."""
        rows, row = np.unique(self.row[k], return_inverse=True)
        names = None if self.names is None else self.names.take(to_arrow(rows))
        return Uses(
            self.place, self.member, self.surfaces.take(to_arrow(self.surface[k])),
            self.values.take(to_arrow(self.value[k])), *(np.arange(len(k), dtype=np.int32),) * 2, self.count[k],
            row.astype(np.int32), tuple(at[k] for at in self.at), self.start[k], self.end[k], names,
            [self.origin[r] for r in rows.tolist()],
        )  # fmt: skip


_Use = tuple[Uses, int]
"""One pair of a surface and a value: those of its batch, and which of them it is."""


def _uses(view: View, *, labels: bool) -> list[Uses]:
    """Return the uses of every member that is to be consistent, of labels or of the other members."""
    uses = []
    names = None if view.keys is None else compact(view.keys)
    for lists, consistent in view.schema.having(Node.consistent):
        assert lists.items is not None
        place = lists.items.place
        spans = annotations(view).get(place)
        if spans is None or (spans.whole and spans.text is None):
            continue
        # Fragments have words whether or not their annotation stores them.
        surface, surfaces = (
            view.codes((*place, str(spans.text)))
            if spans.whole
            else view.once(("joined", place), partial(_joined, spans))
        )
        meant = spans.sound & (surface >= 0) & _among(view, place, consistent.where)
        for member in consistent.members:
            if (member == spans.node.label) != labels:
                continue
            value, values = view.codes((*place, member))
            k = indices(meant & (value >= 0))
            first, count = pairs(surface[k], value[k], len(surfaces))
            k = k[first]
            columns = (surface, value, spans.items.doc, spans.start, spans.end, *spans.items.at)
            s, v, row, start, end, *at = (column[k].astype(np.int32) for column in columns)
            uses.append(
                Uses(
                    place, member, surfaces, values, s, v, count.astype(np.int32),
                    row, tuple(at), start, end, names, view.batch.origin,
                )
            )  # fmt: skip
    return uses


def _divided(uses: list[Uses], buckets: int) -> Iterator[tuple[int, list[Uses]]]:
    """Yield the uses of a batch in parts, equal surfaces in one part."""
    of_pairs = [buckets_of(one.surfaces, buckets).take(one.surface) for one in uses]
    for number in np.unique(np.concatenate([np.zeros(0, np.int64), *of_pairs])).tolist():
        yield number, [one.some(indices(bucket == number)) for one, bucket in zip(uses, of_pairs, strict=True)]


def _joined(units: Annotations) -> tuple[Ints, pa.Array]:
    return codes(units.joined(" "))


def _among(view: View, place: Place, where: Mapping[str, Sequence[str]]) -> Bools:
    """Say which spans of a place have, in each of some members, one of the values listed for it."""
    among = np.ones(len(view.columns.items(place)), np.bool_)
    for member, values in where.items():
        code, known = view.codes((*place, member))
        # The last one stands for null, whose code is -1.
        among &= np.array([*(value in values for value in known.to_pylist()), False])[code]
    return among


def _inconsistent(collected: Iterable[list[Uses]]) -> Iterator[Finding]:
    """Yield a finding for each surface that has two values of a member.

    First the surfaces are found whose hash has two values: of these alone the uses are kept and compared. The hash of a
    value may be that of another one, once in 2**64.
    """
    members = dict.fromkeys((uses.place, uses.member) for batch in collected for uses in batch)
    for place, member in members:
        two = ambiguous(partial(_hashes, collected, place, member))
        every = _of_member(collected, place, member) if len(two) else ()
        some = [uses.some(among(_hashed(uses)[0], two)) for uses in every]
        for surface, by_value in _ambiguous([uses for uses in some if len(uses.surface)]):
            yield _finding(place, member, surface, by_value)


def _of_member(collected: Iterable[list[Uses]], place: Place, member: str) -> Iterator[Uses]:
    return (uses for batch in collected for uses in batch if (uses.place, uses.member) == (place, member))


def _hashes(collected: Iterable[list[Uses]], place: Place, member: str) -> Iterator[tuple[Words, Words]]:
    return map(_hashed, _of_member(collected, place, member))


def _hashed(uses: Uses) -> tuple[Words, Words]:
    """Return the hash of the surface and of the value of each pair."""
    return hashes_of(uses.surfaces).take(uses.surface), hashes_of(uses.values).take(uses.value)


def _ambiguous(batches: Sequence[Uses]) -> Iterator[tuple[str, Mapping[str, list[_Use]]]]:
    """Yield the surfaces that have two values or more in the batches of one member, with their uses by value."""
    if not batches:
        return
    # Each batch numbers its surfaces and values by itself; here all of them are numbered anew, as one.
    (surface, surfaces), (value, values) = (
        codes(pa.concat_arrays([getattr(uses, name).take(to_arrow(getattr(uses, name[:-1]))) for uses in batches]))
        for name in ("surfaces", "values")
    )
    first, _ = pairs(surface, value, len(surfaces))
    ambiguous = np.bincount(surface[first], minlength=len(surfaces)) > 1
    by_surface: dict[int, dict[str, list[_Use]]] = defaultdict(lambda: defaultdict(list))
    base = np.cumsum([0, *(len(uses.surface) for uses in batches)])
    for j in indices(ambiguous[surface]).tolist():
        batch = int(np.searchsorted(base, j, "right")) - 1
        by_surface[int(surface[j])][values[int(value[j])].as_py()].append((batches[batch], j - int(base[batch])))
    for number, by_value in by_surface.items():
        yield surfaces[number].as_py(), by_value


def _finding(place: Place, member: str, surface: str, by_value: Mapping[str, list[_Use]]) -> Finding:
    """Return the finding of an ambiguous surface; it stands at the first use of the rarest value."""
    counts = {value: sum(int(uses.count[j]) for uses, j in of_value) for value, of_value in by_value.items()}
    ranked = sorted(by_value, key=lambda value: -counts[value])
    listed = ", ".join(f"{value} ({counts[value]})" for value in ranked)
    uses, j = by_value[ranked[-1]][0]
    row, positions = int(uses.row[j]), iter(uses.at)
    path = tuple(int(next(positions)[j]) if step == "*" else step for step in place)
    name = None if uses.names is None else uses.names[row].as_py()
    file, line = uses.origin[row]
    message = f"{surface!r} has different values of {member}: {listed}"
    start, end = int(uses.start[j]), int(uses.end[j])
    return Finding("", "warning", message, name, path, start=start, end=end, text=surface, file=file, line=line)


@rule(
    "SP601",
    "surface-with-two-labels",
    "warning",
    needs=Node.consistent,
    collect=lambda view: _uses(view, labels=True),
    spooled=True,
    divide=_divided,
    bad=[{"entities": [ANA]}, {**_SECOND, "entities": [{**_AGAIN, "label": "ORG"}]}],
    good=[{"entities": [ANA]}, {**_SECOND, "entities": [_AGAIN]}],
)
def surface_with_two_labels(collected: Iterable[list[Uses]]) -> Iterator[Finding]:
    """The same surface has two labels in the corpus.

    One of them is wrong, or the surface is ambiguous.

    Waive it where the surface really means two things, such as "City Hall" the building and the institution.
    """
    yield from _inconsistent(collected)


@rule(
    "SP602",
    "surface-with-two-entities",
    "warning",
    needs=Node.consistent,
    collect=lambda view: _uses(view, labels=False),
    spooled=True,
    divide=_divided,
    bad=[{"entities": [ANA]}, {**_SECOND, "entities": [{**_AGAIN, "entity_id": "ana-silva-lopez"}]}],
    good=[{"entities": [ANA]}, {**_SECOND, "entities": [_AGAIN]}],
)
def surface_with_two_entities(collected: Iterable[list[Uses]]) -> Iterator[Finding]:
    """The same surface names two entities in the corpus.

    One of them is wrong, or two things have one name.

    Waive it where two things in the corpus really have one name, such as a father and his son.
    """
    yield from _inconsistent(collected)
