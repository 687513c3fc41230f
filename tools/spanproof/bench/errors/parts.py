"""The parts of a corpus: how well spans are found by label, by article, in damaged text, by zone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from spanproof.arrays import Ints
from spanproof.bench.errors.aligned import AlignedSystems
from spanproof.metrics.counts import Counts, per_unit, per_unit_and_kind, prf
from spanproof.metrics.intervals import score_intervals
from spanproof.metrics.matching import exact_pairs
from spanproof.metrics.records import in_records
from spanproof.metrics.resampling import Interval, rounded
from spanproof.metrics.spans import LabelledSpans

DAMAGE, ZONES = ("damage", "*"), ("zones", "*")
By = Literal["label", "article", "text", "zone"]
Split = tuple[By, Sequence[str], Callable[[LabelledSpans], Ints]]
"""What is told apart, the names of the parts, and the number of the part of each span."""


@dataclass(frozen=True)
class Part:
    """A system on a part of the corpus.

    Attributes:
        by: what tells parts apart: the label of a span, its article, its ``text`` (whether the sentence that it starts
            in has damage), the zone that it starts in (the shortest, ``body`` where there is none).
        name: the part.
        gold: how many spans gold has there.
        predicted: how many the system has.
        right: how many of them have the same offsets and label.
        precision: None where it is undefined, as the two that follow.
        recall: see precision.
        f1: see precision.
        interval: of F1 at 95 %, over sentences drawn with replacement.
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
class TextQuality:
    """How good the text of an article is: its code points, its places of damage, and those per 1,000 code points."""

    name: str
    code_points: int
    damage: int
    per_thousand: float


def text_quality(aligned: AlignedSystems) -> tuple[TextQuality, ...]:
    """Return how good each article is, in order; nothing where the schema has no layer of damage over the same text."""
    if not _has(aligned, DAMAGE):
        return ()
    bounds = aligned.continuum.documents
    sizes = np.diff(bounds).tolist()
    damage = per_unit(bounds, aligned.gold_pair.spans(DAMAGE)[0].start).astype(int).tolist()
    rows = zip(aligned.gold_pair.names, sizes, damage, strict=True)
    return tuple(TextQuality(name, size, n, round(1000 * n / size, 3) if size else 0.0) for name, size, n in rows)


def splits(aligned: AlignedSystems) -> list[Split]:
    """Return the ways to split that the schema allows."""
    ways: list[Split] = [
        ("label", aligned.labels, lambda spans: spans.label),
        ("article", aligned.gold_pair.names, lambda spans: aligned.continuum.document(spans.start)),
    ]
    if _has(aligned, DAMAGE):
        damaged = _damaged(aligned)
        ways.append(("text", ("undamaged", "damaged"), lambda spans: damaged[spans.start]))
    if _has(aligned, ZONES):
        names, zone = _zones(aligned)
        ways.append(("zone", names, lambda spans: zone[spans.start]))
    return ways


def parts(aligned: AlignedSystems, system: LabelledSpans, resamples: int, seed: int) -> tuple[Part, ...]:
    """Return the parts in which gold or the system has a span, way by way.

    Args:
        aligned: gold, and what the corpus can be split by.
        system: the spans of one system.
        resamples: draws for each interval; 0 for none.
        seed: of the draws.
    """
    bounds, layer = aligned.continuum.sentences, aligned.node.place[0]
    first, _ = exact_pairs(aligned.gold, system)
    spans = aligned.gold, system, aligned.gold.at(first)
    counts: list[Counts] = []
    named: list[tuple[By, str]] = []
    for by, names, part_of in splits(aligned):
        rows = np.stack([per_unit_and_kind(bounds, side.start, part_of(side), len(names)) for side in spans], -1)
        for k, name in enumerate(names):
            gold, predicted, _ = rows[:, k].sum(0).astype(int).tolist()
            if gold or predicted:
                counts.append(Counts("exact", rows[:, k], prf, (gold, predicted), "spans", layer=layer, part=name))
                named.append((by, name))
    documents = len(aligned.gold_pair.names)
    drawn = in_records(counts, aligned.continuum.document_of_sentence, documents, aligned.record)
    ends = score_intervals(*drawn, resamples, seed)
    return tuple(
        Part(
            by,
            name,
            *count.n,
            int(count.rows[:, 2].sum()),
            *_rounded(count),
            rounded(end.value),
        )
        for (by, name), count, end in zip(named, counts, ends, strict=True)
    )


def _rounded(counts: Counts) -> tuple[float | None, float | None, float | None]:
    precision, recall, f1 = (None if np.isnan(value) else round(value, 6) for value in counts.values)
    return precision, recall, f1


def _has(aligned: AlignedSystems, place: tuple[str, str]) -> bool:
    node = aligned.gold_pair.schema.nodes.get(place)
    return node is not None and bool(node.span_of) and node.span_of == aligned.node.span_of


def _damaged(aligned: AlignedSystems) -> Ints:
    """Return of each position 1 where its sentence shares a character with damage."""
    bounds = aligned.continuum.sentences
    damage = aligned.gold_pair.spans(DAMAGE)[0]
    low, high = (np.searchsorted(bounds, at, "right") - 1 for at in (damage.start, damage.end - 1))
    flags = np.zeros(len(bounds) - 1, np.int64)
    for first, last in zip(low.tolist(), high.tolist(), strict=True):
        flags[first : last + 1] = 1
    return np.repeat(flags, np.diff(bounds))


def _zones(aligned: AlignedSystems) -> tuple[list[str], Ints]:
    """Return what zones there are, the body first, and the number of the shortest one at each position."""
    zones = aligned.gold_pair.spans(ZONES)[0]
    member = aligned.gold_pair.schema.nodes[ZONES].label
    kinds = [kind or "zone" for kind in zones.items.columns[member].to_pylist()] if member else ["zone"] * len(zones)
    names = ["body", *sorted(set(kinds) - {"body"})]
    at = np.zeros(len(aligned.continuum.text), np.int64)
    for k in np.lexsort((zones.start, zones.start - zones.end)).tolist():
        at[zones.start[k] : zones.end[k]] = names.index(kinds[k])
    return names, at
