"""The parts of a corpus: how well spans are found by label, by article, in damaged text, by zone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from spanproof.arrays import Ints
from spanproof.bench.errors.aligned import Lineup
from spanproof.metrics import spans as metrics
from spanproof.metrics.counts import Tally, prf
from spanproof.metrics.resampling import Interval, intervals
from spanproof.metrics.spans import Side

DAMAGE, ZONES = ("damage", "*"), ("zones", "*")
By = Literal["label", "article", "text", "zone"]
Split = tuple[By, Sequence[str], Callable[[Side], Ints]]
"""What is told apart, the names of the parts, and the number of the part of each span."""


@dataclass(frozen=True)
class Part:
    """A system on a part of the corpus: spans of gold, predicted ones, and those with the same offsets and label.

    ``by`` is what tells parts apart: the label of a span, its article, its ``text`` (whether the sentence that it
    starts in has damage), the zone that it starts in (the shortest, ``body`` where there is none). ``interval`` is
    that of F1 at 95 %, over sentences drawn with replacement; None where a number is undefined.
    """

    by: By
    name: str
    gold: int
    predicted: int
    right: int
    precision: float | None
    recall: float | None
    f1: float | None
    interval: Interval


@dataclass(frozen=True)
class Article:
    """How good the text of an article is: its code points, its places of damage, and those per 1,000 code points."""

    name: str
    code_points: int
    damage: int
    per_thousand: float


def articles(found: Lineup) -> tuple[Article, ...]:
    """The articles, in order; none where the schema has no layer of damage over the same text."""
    if not _has(found, DAMAGE):
        return ()
    bounds = found.ground.documents
    sizes = np.diff(bounds).tolist()
    damage = metrics.counted(bounds, found.both.spans(DAMAGE)[0].start).astype(int).tolist()
    rows = zip(found.both.names, sizes, damage, strict=True)
    return tuple(Article(name, size, n, round(1000 * n / size, 3) if size else 0.0) for name, size, n in rows)


def splits(found: Lineup) -> list[Split]:
    """The ways to split that the schema allows."""
    ground = found.ground
    ways: list[Split] = [
        ("label", found.labels, lambda side: side.label),
        ("article", found.both.names, lambda side: np.searchsorted(ground.documents, side.start, "right") - 1),
    ]
    if _has(found, DAMAGE):
        damaged = _damaged(found)
        ways.append(("text", ("undamaged", "damaged"), lambda side: damaged[side.start]))
    if _has(found, ZONES):
        names, zone = _zones(found)
        ways.append(("zone", names, lambda side: zone[side.start]))
    return ways


def parts(found: Lineup, system: Side, resamples: int, seed: int) -> tuple[Part, ...]:
    """The parts in which gold or the system has a span, way by way."""
    bounds, layer = found.ground.sentences, found.node.place[0]
    first, _ = _same(found.gold, system)
    sides = found.gold, system, found.gold.at(first)
    tallies, told = [], []
    for by, names, part_of in splits(found):
        columns = [metrics.tabulated(bounds, side.start, part_of(side), len(names)) for side in sides]
        counts = np.stack(columns, -1)
        for k, name in enumerate(names):
            gold, predicted, right = counts[:, k].sum(0).astype(int).tolist()
            if gold or predicted:
                tallies.append(Tally(layer, name, "exact", counts[:, k], prf, (gold, predicted), "spans"))
                told.append((by, name, gold, predicted, right))
    ends = intervals(tallies, resamples, seed) if resamples else [None] * len(tallies)
    return tuple(
        Part(*row, *_numbers(tally), end and (round(end[0], 6), round(end[1], 6)))
        for row, tally, end in zip(told, tallies, ends, strict=True)
    )


def _numbers(tally: Tally) -> tuple[float | None, float | None, float | None]:
    precision, recall, f1 = (None if np.isnan(value) else round(value, 6) for value in tally.values)
    return precision, recall, f1


def _same(a: Side, b: Side) -> tuple[Ints, Ints]:
    """Spans with the same start, end and label, one to one."""
    first, second = metrics.pairs(a, b)
    same = a.label[first] == b.label[second]
    return first[same], second[same]


def _has(found: Lineup, place: tuple[str, str]) -> bool:
    node = found.both.schema.nodes.get(place)
    return node is not None and bool(node.get("spanOf")) and node.get("spanOf") == found.node.get("spanOf")


def _damaged(found: Lineup) -> Ints:
    """Of each position, 1 where its sentence shares a character with damage."""
    bounds = found.ground.sentences
    damage = found.both.spans(DAMAGE)[0]
    low, high = (np.searchsorted(bounds, at, "right") - 1 for at in (damage.start, damage.end - 1))
    flags = np.zeros(len(bounds) - 1, np.int64)
    for first, last in zip(low.tolist(), high.tolist(), strict=True):
        flags[first : last + 1] = 1
    return np.repeat(flags, np.diff(bounds))


def _zones(found: Lineup) -> tuple[list[str], Ints]:
    """What zones there are, the body first, and the number of the shortest one at each position."""
    zones = found.both.spans(ZONES)[0]
    member = found.both.schema.nodes[ZONES].get("labelledBy")
    kinds = [kind or "zone" for kind in zones.items.columns[member].to_pylist()] if member else ["zone"] * len(zones)
    names = ["body", *sorted(set(kinds) - {"body"})]
    at = np.zeros(len(found.text), np.int64)
    for k in np.lexsort((zones.start, zones.start - zones.end)).tolist():
        at[zones.start[k] : zones.end[k]] = names.index(kinds[k])
    return names, at
