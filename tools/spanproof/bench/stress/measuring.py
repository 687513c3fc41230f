"""The journey of a stress test: a system's predictions of texts before and after each transformation, compared.

All transformed texts go to the system at once, in one process; its predictions come back over the inverse rewritings,
so that gold and both predictions lie over one text and are counted sentence by sentence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from spanproof.arrays import Floats
from spanproof.bench.records import Run
from spanproof.bench.run import Progress, run
from spanproof.bench.stress.consistency import Layer, Measure, Said, common
from spanproof.bench.stress.rewriting import Carried, Rewriting, carry, follow
from spanproof.bench.stress.transformations import Transformation, rewriting
from spanproof.corpus.continuum import sentences
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.metrics.counts import ratio
from spanproof.metrics.resampling import Interval, bootstrap, percentile_interval
from spanproof.revisions.rewrite import text_member
from spanproof.systems.system import System


@dataclass(frozen=True)
class Variant:
    """A document of the corpus (its row) that a transformation changes, and the rewriting of its text."""

    transformation: Transformation
    row: int
    rewriting: Rewriting
    document: Mapping[str, Any]


@dataclass(frozen=True)
class Effect:
    """What a transformation does to a system on one layer.

    ``before`` and ``after`` are F1 against gold, ``interval`` bounds their difference (after less before) at 95 % by
    draws of sentences. ``articles`` is how many texts changed; in these ``same`` is the F1 of the predictions after,
    carried back, against those before: 1 where the system is invariant. ``broken`` are the rows of those in which it
    isn't. What is undefined is None.
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
    """A system under all transformations: the run, and the effects by the transformations' names."""

    run: Run
    effects: Mapping[str, tuple[Effect, ...]]


def variants(gold: Corpus, transformations: Sequence[Transformation], seed: int = 0) -> list[Variant]:
    """Every document under every transformation that changes it, gold carried along.

    Raises:
        ValueError: a document has no text, is unsound where a transformation needs it sound, or the schema has several
            texts.
    """
    schema, found = gold.schema, []
    for each in transformations:
        for row, document in enumerate(gold.documents()):
            made = rewriting(each, document, schema, gold.registries, seed)
            if made.changes:
                new = carry(document, made, schema)
                if schema.key:
                    new[schema.key] = f"{document.get(schema.key)}+{each.name}"
                found.append(Variant(each, row, made, new))
    return found


def stress(
    system: System,
    gold: Corpus,
    transformations: Sequence[Transformation],
    out: Path,
    *,
    seed: int = 0,
    resamples: int = 1000,
    again: bool = False,
    timeout: float | None = None,
    progress: Progress | None = None,
) -> Stressed:
    """A system on the texts of a corpus before and after transformations; the predictions are a corpus in ``out``.

    ``again``, ``timeout`` and ``progress`` are those of :func:`spanproof.bench.run.run`.

    Raises:
        ValueError: see :func:`variants`.
        OSError: ``out`` can't be written.
    """
    documents = list(gold.documents())
    made = variants(gold, transformations, seed)
    texts = [*documents, *(variant.document for variant in made)]
    corpus = Corpus.of(texts, gold.schema, gold.registries)
    ran = run(system, corpus, out, again=again, timeout=timeout, progress=progress)
    if ran.problem:
        return Stressed(ran, {})
    said = list(read(ran.path, gold.schema, {}).documents())
    before, after = said[: len(documents)], said[len(documents) :]
    effects: dict[str, tuple[Effect, ...]] = {}
    for each in transformations:
        back = {
            variant.row: follow(answer, variant.rewriting.inverse, gold.schema)
            for variant, answer in zip(made, after, strict=True)
            if variant.transformation == each
        }
        layers = [Layer.of(name, system, gold.schema) for name in system.predicts]
        effects[each.name] = tuple(
            _effect(layer, measure, gold, before, back, (seed, resamples))
            for layer in layers
            for measure in layer.measures
        )
    return Stressed(ran, effects)


def _effect(
    layer: Layer,
    measure: Measure,
    gold: Corpus,
    before: Sequence[Mapping[str, Any]],
    back: Mapping[int, Carried],
    draws: tuple[int, int],
) -> Effect:
    rows, broken, changed = [], [], []
    for row, (truth, first) in enumerate(zip(gold.documents(), before, strict=True)):
        right, one = layer.of_document(truth), layer.of_document(first)
        other = layer.said(back[row]) if row in back else one
        sides = [right, one, other, common(right, one, measure), common(right, other, measure)]
        both = common(one, other, measure)
        rows.append(_counted([*sides, both], truth[text_member(gold.schema)]))
        changed += rows[-1:] if row in back else []
        if not len(one) == len(other) == len(both):
            broken.append(row)
    counts, of_changed = (np.concatenate([np.zeros((0, 6)), *some]) for some in (rows, changed))
    low, high, _ = (_number(value) for value in _f1s(counts.sum(0)))
    same = _number(_f1s(of_changed.sum(0))[2])
    seed, resamples = draws
    return Effect(
        layer.name, measure, low, high, _interval(counts, resamples, seed), same, len(back), tuple(broken)
    )  # fmt: skip


def _counted(sides: Sequence[Sequence[Said]], text: str) -> Floats:
    """Counts (sentences, sides) of what begins in each sentence."""
    starts = np.array(sentences(text) or [0], np.int64)
    found = np.zeros((len(starts), len(sides)))
    for k, side in enumerate(sides):
        at = np.array([each.start for each in side], np.int64)
        found[:, k] = np.bincount(np.searchsorted(starts, at, "right") - 1, minlength=len(starts))
    return found


def _f1s(sums: Floats) -> Floats:
    """Of sums of gold, before, after, right before, right after, same: F1 before, after, of one against the other."""
    gold, one, other, right, still, same = np.moveaxis(sums, -1, 0)
    return np.stack(
        [ratio(2 * right, gold + one), ratio(2 * still, gold + other), ratio(2 * same, one + other)]
    )  # fmt: skip


def _interval(counts: Floats, resamples: int, seed: int) -> Interval:
    before, after, _ = _f1s(bootstrap(counts, resamples, seed))
    return percentile_interval(after - before)


def _number(value: Any) -> float | None:
    return None if np.isnan(value) else float(value)
