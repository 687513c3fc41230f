"""The measuring of a stress test: a system's predictions of texts before and after each transformation, compared.

All transformed texts go to the system at once, in one process; its predictions come back over the inverse rewritings,
so that gold and both predictions lie over one text and are counted sentence by sentence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from spanproof.arrays import Floats, Ints
from spanproof.bench.records import Run
from spanproof.bench.run import Progress, run
from spanproof.bench.stress.consistency import Compared, ComparedLayer, Measure, common
from spanproof.corpus.continuum import sentences
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.metrics.counts import ratio
from spanproof.metrics.intervals import FEW
from spanproof.metrics.records import records_of
from spanproof.metrics.resampling import Interval, bootstrap, expanded_tail, percentile_interval, two_stage
from spanproof.revisions.rewrite import text_member
from spanproof.revisions.transformations.catalogue import Transformation
from spanproof.revisions.transformations.rewriting import Carried, follow
from spanproof.revisions.transformations.variants import variants
from spanproof.systems.brief import Brief
from spanproof.systems.fitting import SystemFit
from spanproof.systems.system import System


@dataclass(frozen=True)
class Effect:
    """What a transformation does to a system on one layer. What is undefined is None.

    Attributes:
        layer: the layer.
        measure: what is compared of annotations.
        before: F1 against gold on the texts as they are.
        after: F1 against gold on the transformed texts, the predictions carried back.
        interval: bounds of their difference (after less before) at 95 %, drawn as those of scores are
            (:func:`spanproof.metrics.intervals.score_intervals`); None of one document, and where all draws are alike.
        same: in the articles that changed, the F1 of the predictions after, carried back, against those before: 1 where
            the system is invariant.
        articles: how many texts the transformation changed.
        broken: the rows of those in which the system isn't invariant.
    """

    layer: str
    measure: Measure
    before: float | None
    after: float | None
    interval: Interval
    same: float | None
    articles: int
    broken: tuple[int, ...]


@dataclass(frozen=True)
class Stressed:
    """A system under all transformations: its run, and the effects by the names of the transformations."""

    run: Run
    effects: Mapping[str, tuple[Effect, ...]]


def stress(
    system: System,
    gold: Corpus,
    transformations: Sequence[Transformation],
    out: Path,
    *,
    fit: SystemFit | None = None,
    brief: Brief | None = None,
    seed: int = 0,
    resamples: int = 1000,
    again: bool = False,
    timeout: float | None = None,
    progress: Progress | None = None,
) -> Stressed:
    """Measure a system on the texts of a corpus before and after transformations.

    Args:
        system: the system.
        gold: the corpus.
        transformations: the transformations.
        out: folder that the predictions are saved in, as one corpus.
        fit: how the system fits the schema, see :func:`spanproof.bench.run.run`.
        brief: likewise.
        seed: of what transformations choose at random, and of the draws.
        resamples: how many draws the intervals are of.
        again: predict anew what is there.
        timeout: seconds after which the system is ended; None for none.
        progress: is told how many documents more have been answered.

    Raises:
        ValueError: see :func:`variants`.
        OSError: ``out`` can't be written.
    """
    documents = list(gold.documents())
    changed = list(variants(documents, gold.schema, gold.registries, transformations, seed))
    texts = Corpus.of([*documents, *(variant.document for variant in changed)], gold.schema.canonical, gold.registries)
    prediction = run(system, texts, out, fit=fit, brief=brief, again=again, timeout=timeout, progress=progress)
    if prediction.problem:
        return Stressed(prediction, {})
    predictions = list(read(prediction.path, gold.schema.canonical, {}).documents())
    before, after = predictions[: len(documents)], predictions[len(documents) :]
    layers = [ComparedLayer.of(name, system, gold.schema) for name in system.predicts]
    effects: dict[str, tuple[Effect, ...]] = {}
    for transformation in transformations:
        back = {
            variant.row: follow(prediction, variant.rewriting.inverse, gold.schema)
            for variant, prediction in zip(changed, after, strict=True)
            if variant.transformation == transformation
        }
        effects[transformation.name] = tuple(
            _effect(layer, measure, gold, before, back, (seed, resamples))
            for layer in layers
            for measure in layer.measures
        )
    return Stressed(prediction, effects)


def _effect(
    layer: ComparedLayer,
    measure: Measure,
    gold: Corpus,
    before: Sequence[Mapping[str, Any]],
    back: Mapping[int, Carried],
    draws: tuple[int, int],
) -> Effect:
    """Return the effect of a transformation.

    Args:
        layer: the layer.
        measure: what is compared of its annotations.
        gold: the corpus.
        before: the predictions of its texts, row by row.
        back: the predictions of the transformed texts, carried back, by row.
        draws: the seed and the number of draws.
    """
    rows, broken, changed = [], [], []
    for row, (document, prediction) in enumerate(zip(gold.documents(), before, strict=True)):
        right, first = layer.annotations(document), layer.annotations(prediction)
        second = layer.carried(back[row]) if row in back else first
        both = common(first, second, measure)
        counted = [right, first, second, common(right, first, measure), common(right, second, measure), both]
        rows.append(_counts(counted, document[text_member(gold.schema)]))
        changed += rows[-1:] if row in back else []
        if not len(first) == len(second) == len(both):
            broken.append(row)
    counts, of_changed = (np.concatenate([np.zeros((0, 6)), *some]) for some in (rows, changed))
    document = np.repeat(np.arange(len(rows)), [len(of_document) for of_document in rows])
    record = records_of(gold.load())
    if record is not None:
        order = np.argsort(record[document], kind="stable")
        counts, document = counts[order], record[document][order]
    low, high, _ = (_number(value) for value in _f1s(counts.sum(0)))
    same = _number(_f1s(of_changed.sum(0))[2])
    interval = _interval(counts, document, int(document.max(initial=-1)) + 1, *draws)
    return Effect(layer.name, measure, low, high, interval, same, len(back), tuple(broken))


def _counts(groups: Sequence[Sequence[Compared]], text: str) -> Floats:
    """Return how many annotations of each group begin in each sentence, an array of (sentences, groups)."""
    starts = np.array(sentences(text) or [0], np.int64)
    counts = np.zeros((len(starts), len(groups)))
    for k, group in enumerate(groups):
        begins = np.array([annotation.start for annotation in group], np.int64)
        counts[:, k] = np.bincount(np.searchsorted(starts, begins, "right") - 1, minlength=len(starts))
    return counts


def _f1s(sums: Floats) -> Floats:
    """Return F1 before, F1 after, and F1 of the predictions after against those before.

    Args:
        sums: along the last axis the numbers of annotations of gold, before, after, of those right before, right after,
            and the same before and after.
    """
    gold, first, second, right, still_right, same = np.moveaxis(sums, -1, 0)
    pairs = ((right, gold + first), (still_right, gold + second), (same, first + second))
    return np.stack([ratio(2 * common_, total) for common_, total in pairs])


def _interval(counts: Floats, document: Ints, documents: int, seed: int, resamples: int) -> Interval:
    """Return the interval of F1 after less F1 before.

    Args:
        counts: by sentence, see :func:`_counts`.
        document: the number of the document of each sentence, ascending.
        documents: how many there are.
        seed: of the draws.
        resamples: how many.
    """
    if documents < 2 or not resamples:
        return None
    if documents < FEW:
        sums = two_stage(counts, document, documents, resamples, seed)
    else:
        of_documents = np.zeros((documents, counts.shape[1]))
        np.add.at(of_documents, document, counts)
        sums = bootstrap(of_documents, resamples, seed)
    before, after, _ = _f1s(sums)
    ends = percentile_interval(after - before, expanded_tail(documents))
    return ends if ends and ends[0] < ends[1] else None


def _number(value: Any) -> float | None:
    return None if np.isnan(value) else float(value)
