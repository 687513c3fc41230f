"""The journey of scoring: gold, a prediction over the same texts and a task become scores with intervals.

What is scored is found through the schema: the layer of names is the one whose labels are OntoNotes labels, quotations
have ``quotation``, expressions of time ``timex3``; what puts spans together refers to a registry.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from spanproof.arrays import Ints
from spanproof.corpus.continuum import UNITS, Units
from spanproof.corpus.documents import Corpus
from spanproof.corpus.pairs import pair_corpora
from spanproof.formats.discovery import Openable, as_corpus
from spanproof.metrics.boundaries import TRIMS, VARIANTS, Variant
from spanproof.metrics.counts import Counts
from spanproof.metrics.coverage import Coverage, covered
from spanproof.metrics.resampling import Interval, caution, intervals
from spanproof.metrics.signature import Signature, digest
from spanproof.metrics.task_counts import asked
from spanproof.metrics.task_layers import Task

Ends = tuple[Interval, Interval, Interval]
"""The intervals of precision, recall and value."""


@dataclass(frozen=True)
class Score:
    """One number of one system, and what it depends on.

    Attributes:
        layer: the layer, with a member of it where that is scored: ``entities.entity_id``.
        part: a label, ``macro``, ``direct`` (quotations), ``common`` (mentions that both have) or None for all.
        measure: what is measured.
        variant: what the convention takes from the edges of spans.
        value: F1, or accuracy where ``measure`` says so (it has no precision or recall); None where undefined.
        precision: None where undefined, as without a prediction.
        recall: None where undefined, as without gold.
        intervals: of the value at 95 %, by what was drawn with replacement; clusters are drawn by documents alone.
        precision_intervals: likewise of precision.
        recall_intervals: likewise of recall.
        n: how many things gold and prediction have.
        of: what things.
        caution: what a sample of that size can tell.
        signature: everything that the number depends on but the prediction.
    """

    layer: str
    part: str | None
    measure: str
    variant: Variant
    value: float | None
    precision: float | None
    recall: float | None
    intervals: dict[Units, Interval]
    precision_intervals: dict[Units, Interval]
    recall_intervals: dict[Units, Interval]
    n: tuple[int, int]
    of: str
    caution: str
    signature: str


@dataclass(frozen=True)
class Scores:
    """The scores of a prediction on a task.

    Attributes:
        task: what was asked.
        scores: one for each measure, part and variant.
        sentences: how many sentences gold has.
        documents: how many documents were scored.
        coverage: which of them the prediction answers, and which documents of gold weren't scored.
        counts: what each score comes from, for comparing systems.
        document: the number of the document of each sentence, shape (sentences,).
    """

    task: Task
    scores: tuple[Score, ...]
    sentences: int
    documents: int
    coverage: Coverage
    counts: tuple[Counts, ...] = field(repr=False)
    document: Ints = field(repr=False, compare=False)

    @property
    def doubts(self) -> list[str]:
        """What of the prediction and of gold wasn't looked at, and that a prediction holds nothing, in sentences."""
        doubts = list(self.coverage.statements)
        if self.scores and not self.scores[0].n[1]:
            answered = self.documents - len(self.coverage.unanswered)
            layers = " and ".join(self.coverage.layers)
            doubts.append(f"has no {layers} in the {answered} documents that it answers: all lists are empty")
        return doubts

    def find(
        self, measure: str, layer: str | None = None, part: str | None = None, variant: Variant = "strict"
    ) -> Score:
        """Return the one score that is meant.

        Args:
            measure: what is measured.
            layer: the layer; None for any.
            part: the part; None for all things together.
            variant: the convention.

        Raises:
            LookupError: there is none, or more than one.
        """
        wanted = (measure, part, variant)
        scores = [s for s in self.scores if (s.measure, s.part, s.variant) == wanted and layer in (None, s.layer)]
        if len(scores) != 1:
            names = sorted({f"{score.layer} {score.measure}" for score in self.scores})
            raise LookupError(f"{len(scores)} scores are {measure} {layer} {part} {variant}; known: {', '.join(names)}")
        return scores[0]


def score(
    gold: Openable,
    predicted: Openable,
    task: Task,
    *,
    labels: str | None = None,
    layer: str | None = None,
    variants: Sequence[Variant] = VARIANTS,
    resamples: int = 1000,
    seed: int = 0,
) -> Scores:
    """Score a prediction against the gold; documents that it lacks count as empty, and ``coverage`` names them.

    Documents in which gold lacks the layer that is asked for aren't scored.

    Args:
        gold: the reference: a corpus, a path, several paths, or documents.
        predicted: the same documents, or some of them, under the same schema.
        task: what is asked.
        labels: for names, one of :data:`spanproof.metrics.label_sets.TABLES`, for gold and prediction; by default
            ``ontonotes-16`` for a layer with OntoNotes labels, else the layer's own.
        layer: for names, clusters, annotations and relations, the member that holds them, where the schema doesn't
            tell.
        variants: ``strict``, and ``convention-free`` (:mod:`spanproof.metrics.boundaries`); annotations and relations
            are strict always, since their guidelines may be any.
        resamples: draws for each interval; 0 for none.
        seed: of the draws.

    Raises:
        ValueError: the corpora can't be paired, no document has what is asked for, or the schema or a label doesn't
            fit; the message names it.
    """
    reference = as_corpus(gold)
    guess = as_corpus(predicted, reference.schema)
    pair = pair_corpora(reference.load(), guess.load(), partial=True)
    wanted = asked(pair, task, labels, layer)
    coverage = covered(pair, wanted.lists, reference, guess)
    if coverage.not_scored:
        left_out = set(coverage.not_scored)
        pair = pair.only([row for row, name in enumerate(pair.names) if name not in left_out])
        wanted = asked(pair, task, labels, layer)
    places, label_set = wanted.places, wanted.label_set
    data = digest(pair, places, wanted.node if wanted.node.relation else None)
    document = pair.continuum(pair.schema.nodes[places[0]]).document_of_sentence
    sizes = len(document), len(pair.names)
    scores: list[Score] = []
    every: list[Counts] = []
    for variant in ("strict",) if task in ("annotations", "relations") else variants:
        counts = wanted.counts(TRIMS[variant])
        scores += _scores(counts, Signature(data, task, label_set, variant, resamples, seed), document, sizes)
        every += counts
    return Scores(task, tuple(scores), *sizes, coverage, tuple(every), document)


def shift_between(gold: Corpus, predicted: Corpus, task: Task, labels: str | None, layer: str | None) -> str | None:
    """Return why offsets of a prediction aren't those of gold, of spans that are none of their text too.

    Args:
        gold: the reference.
        predicted: the prediction.
        task: what is asked.
        labels: see :func:`score`.
        layer: see :func:`score`.

    Returns:
        None where nothing is known of it, or where the two can't be paired.
    """
    try:
        return asked(pair_corpora(gold, predicted, partial=True), task, labels, layer).shift
    except ValueError:
        return None


def _scores(counts: Sequence[Counts], signature: Signature, document: Ints, sizes: tuple[int, int]) -> list[Score]:
    """Return the scores of one variant with their intervals; of counts by documents there are none over sentences."""
    ends: list[dict[Units, Ends]] = [{} for _ in counts]
    if signature.resamples:
        fine = [k for k, count in enumerate(counts) if count.units == "sentences"]
        wide = [count.over_documents(document, sizes[1]) for count in counts]
        by_sentences, by_documents = (
            intervals(drawn, signature.resamples, signature.seed) for drawn in ([counts[k] for k in fine], wide)
        )
        for k, of_counts in zip(fine, by_sentences, strict=True):
            ends[k]["sentences"] = of_counts
        for k, of_counts in enumerate(by_documents):
            ends[k]["documents"] = of_counts
    return [_score(count, by, signature, sizes) for count, by in zip(counts, ends, strict=True)]


def _score(counts: Counts, ends: dict[Units, Ends], signature: Signature, sizes: tuple[int, int]) -> Score:
    numbers = [None if np.isnan(number) else round(number, 6) for number in counts.values]
    around: list[dict[Units, Interval]] = [{}, {}, {}]
    for units in UNITS:
        for number, rounded, interval in zip(numbers, around, ends.get(units, (None, None, None)), strict=True):
            rounded[units] = None
            if number is not None and interval is not None:
                rounded[units] = round(interval[0], 6), round(interval[1], 6)
    precision, recall, value = numbers
    return Score(
        layer=counts.layer,
        part=counts.part,
        measure=counts.measure,
        variant=signature.variant,
        value=value,
        precision=precision,
        recall=recall,
        intervals=around[2],
        precision_intervals=around[0],
        recall_intervals=around[1],
        n=counts.n,
        of=counts.of,
        caution=caution(counts, *sizes),
        signature=signature.of(counts.layer, counts.part, counts.measure),
    )
