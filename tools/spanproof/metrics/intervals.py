"""The interval of a score: what is drawn for it, what it is where nothing can be, and how often such intervals hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np

from spanproof.arrays import Floats, Ints
from spanproof.corpus.continuum import Units
from spanproof.metrics.counts import Counts, accuracy, macro, mean_shares, prf
from spanproof.metrics.records import DOCUMENTS, TEXTS
from spanproof.metrics.resampling import Interval, bootstrap, expanded_tail, intervals_of, two_stage

Method = Literal["documents", "two-stage", "exact"]
"""Documents are drawn; documents and then sentences of each; nothing is, since the score is 0 or 1."""
FEW = 30
"""Fewer documents than this are few: then sentences are drawn too."""
HELD: Mapping[str, Mapping[int, tuple[float, float]]] = MappingProxyType(
    {
        "two-stage": {
            2: (0.90, 1.00),
            3: (0.95, 1.00),
            5: (0.96, 1.00),
            8: (0.96, 1.00),
            12: (0.95, 1.00),
            20: (0.95, 0.99),
        },
        "documents": {
            2: (0.46, 0.52),
            3: (0.71, 0.76),
            5: (0.89, 0.92),
            8: (0.91, 0.95),
            12: (0.91, 0.95),
            20: (0.92, 0.95),
            30: (0.92, 0.95),
            60: (0.92, 0.96),
        },
    }
)
"""Of a method and a number of documents: the least and the greatest share of intervals that held the true value.

In 2,000 simulations for each of nine kinds of corpora, whose documents have ten sentences on average
(tools/docs/reference/intervals.md).
"""
_TAIL = 0.025
_Ends = tuple[Interval, Interval, Interval]


@dataclass(frozen=True)
class ScoreIntervals:
    """The 95 % intervals of one score.

    Attributes:
        precision: of precision; None where it is undefined, or nothing can be said of it.
        recall: of recall.
        value: of the score.
        method: where that of the score comes from; None without one.
    """

    precision: Interval = None
    recall: Interval = None
    value: Interval = None
    method: Method | None = None


def score_intervals(
    counts: Sequence[Counts], document: Ints, documents: int, n: int, seed: int
) -> list[ScoreIntervals]:
    """Return the intervals of each score, all from the same draws.

    From 30 documents on documents are drawn; below, documents and then sentences of each, and of counts that have rows
    of documents alone these. Of a single document nothing is drawn. Ends are expanded percentiles
    (:func:`spanproof.metrics.resampling.expanded_tail`). What is 0 or 1 has exact bounds (:func:`exact_bounds`).

    Args:
        counts: over sentences or documents.
        document: the number of the document of each sentence, ascending, shape (sentences,).
        documents: how many documents there are.
        n: how many resamples; without one there are no intervals.
        seed: of the draws.
    """
    drawn: list[tuple[_Ends, Method | None]] = [((None, None, None), None)] * len(counts)
    fine = [k for k, count in enumerate(counts) if count.units == "sentences" and documents < FEW]
    wide = sorted(set(range(len(counts))) - set(fine))
    if documents > 1 and n:
        tail = expanded_tail(documents)
        in_two = intervals_of(
            [counts[k] for k in fine], lambda rows: two_stage(rows, document, documents, n, seed), tail
        )
        rows_of = [counts[k].over_documents(document, documents) for k in wide]
        at_once = intervals_of(rows_of, lambda rows: bootstrap(rows, n, seed), tail)
        drawn = [*drawn]
        for k, ends in zip(fine, in_two, strict=True):
            drawn[k] = ends, "two-stage"
        for k, ends in zip(wide, at_once, strict=True):
            drawn[k] = ends, "documents"
    return [_of(count, *ends) if n else ScoreIntervals() for count, ends in zip(counts, drawn, strict=True)]


def _of(counts: Counts, ends: _Ends, method: Method | None) -> ScoreIntervals:
    """Return the intervals of a score from those that were drawn, with exact bounds where it is 0 or 1."""
    intervals: list[Interval] = []
    for value, drawn, exact in zip(counts.values, ends, exact_bounds(counts), strict=True):
        known = exact if value in (0, 1) else drawn
        # Resamples that are all alike tell nothing: an end without width would look like certainty.
        intervals.append(None if np.isnan(value) or known is None or known[0] == known[1] else known)
    precision, recall, of_value = intervals
    if of_value is None:
        return ScoreIntervals(precision, recall)
    return ScoreIntervals(precision, recall, of_value, "exact" if counts.value in (0, 1) else method)


def exact_bounds(counts: Counts) -> _Ends:
    """Return the 95 % bounds of precision, recall and score where these are 0 or 1; None where there is no such bound.

    Of n things that are all right, the share of right ones is at least 0.025 ** (1 / n); where none is, at most one
    less that. F1 is the harmonic mean of precision and recall, so its bound is that of theirs; a macro mean's is the
    mean of those of the labels. Things are taken to be independent. Source: Clopper and Pearson, The use of confidence
    or fiducial limits illustrated in the case of the binomial, Biometrika 26, 1934.
    """
    sums = counts.rows.sum(0)
    if counts.statistic is accuracy:
        return None, None, _share(float(sums[0]), float(sums[1]))
    if counts.statistic is prf:
        return _prf_bounds(sums)
    if counts.statistic is mean_shares:
        covered, gold, right, predicted = sums.tolist()
        return _f1_bounds((gold, covered), (predicted, right))
    if counts.statistic is macro:
        of_labels = [_prf_bounds(of_label) for of_label in sums.reshape(-1, 3) if of_label[:2].any()]
        means = [[ends[k] for ends in of_labels] for k in range(3)]
        precision, recall, value = (_mean(ends) for ends in means)
        return precision, recall, value
    return None, None, None


def _share(total: float, right: float) -> Interval:
    if total <= 0 or 0 < right < total:
        return None
    far = _TAIL ** (1 / total)
    return (far, 1.0) if right else (0.0, 1 - far)


def _prf_bounds(sums: Floats) -> _Ends:
    gold, predicted, credit = sums.tolist()
    return _f1_bounds((gold, credit), (predicted, credit))


def _f1_bounds(gold: tuple[float, float], predicted: tuple[float, float]) -> _Ends:
    """Return the bounds of precision, recall and F1 of two sides, each of so many things of which so many are right."""
    precision, recall = _share(*predicted), _share(*gold)
    none, every = not gold[1] + predicted[1], gold[0] == gold[1] and predicted[0] == predicted[1]
    if not (none or every) or not gold[0] + predicted[0]:
        return precision, recall, None
    # What has no prediction may have any precision, and the other way round.
    ends = [ends or (0.0, 1.0) for ends in (precision, recall)]
    low, high = (2 * a * b / (a + b) if a + b else 0.0 for a, b in zip(*ends, strict=True))
    return precision, recall, (low, high)


def _mean(ends: Sequence[Interval]) -> Interval:
    """Return the mean of intervals; None where one of them isn't known."""
    known = [pair for pair in ends if pair]
    if len(known) < len(ends) or not known:
        return None
    return float(np.mean([low for low, _ in known])), float(np.mean([high for _, high in known]))


def held(method: Method | None, documents: int) -> tuple[float, float] | None:
    """Return the least and the greatest share of such intervals that held the true value in simulations.

    Args:
        method: where the interval comes from.
        documents: how many documents; those of the simulations with as many, or the next fewer, are meant.

    Returns:
        None for exact bounds, and where there are fewer documents than in any simulation.
    """
    simulated = HELD.get(method or "", {})
    fewer = [number for number in simulated if number <= documents]
    return simulated[max(fewer)] if fewer else None


_TOLD = 1000
"""Up to how many things of gold it is said what each of them changes."""


def caution(counts: Counts, documents: int, unit: str = DOCUMENTS) -> str:
    """Say in sentences how small a sample is, and how far its interval can be trusted.

    Args:
        counts: of gold and prediction.
        documents: how many documents gold has, or records of which they are parts.
        unit: what these are called.
    """
    gold, of = counts.n[0], counts.of
    counted = of if gold > 1 or " " in of else of.removesuffix("s")
    share = "accuracy" if counts.statistic is accuracy else "recall"
    effect = f"each of them changes {share} by {1 / gold:.2g}" if gold > 1 else f"{share} is 0 or 1"
    size = f"Gold has {gold:,} {counted}{f', so {effect}' * (gold <= _TOLD)}." if gold else f"Gold has no {of}."
    return " ".join(filter(None, (size, counts.note, trust(documents, counts.units, unit))))


def trust(documents: int, units: Units = "sentences", unit: str = DOCUMENTS) -> str:
    """Say in sentences where intervals come from, and how often such intervals held the true value in simulations.

    Args:
        documents: how many documents there are, or records of which they are parts.
        units: what counts are of.
        unit: what the documents or records are called.
    """
    if documents < 2:
        alone = f"The score of a single {unit[:-1]} says nothing about other {unit}."
        return f"{alone} It has no interval, or exact bounds if it is 0 or 1."
    method: Method = "two-stage" if units == "sentences" and documents < FEW else "documents"
    few = f" There are only {documents} {unit}" if documents < FEW else ""
    sentences = ", so sentences of each are drawn too" if method == "two-stage" else ""
    alone = " Each text counts as independent of the others (records= says which belong together)." * (unit == TEXTS)
    drawn = f"Intervals come from random draws of {unit}.{few}{sentences}{'.'[: len(few)]}{alone}"
    if (of_true := held(method, documents)) is None:
        return drawn
    least, most = (f"{share:.0%}".replace("%", " %") for share in of_true)
    held_by = f"{least} to {most} of such intervals held the true value."
    drawn = f"{drawn} In simulations with documents of ten sentences, {held_by}"
    return f"{drawn} With longer or shorter documents the share may differ."
