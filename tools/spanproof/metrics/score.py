"""The journey of scoring: gold, a prediction over the same texts and a task become scores with intervals.

What is scored is found through the schema: the layer of names is the one whose labels are OntoNotes labels, quotations
have ``quotation``, expressions of time ``timex3``; what puts spans together refers to a registry.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from spanproof.arrays import Ints
from spanproof.corpus.documents import Corpus
from spanproof.corpus.pairs import pair_corpora
from spanproof.formats.discovery import Openable, as_corpus
from spanproof.metrics.boundaries import TRIMS, VARIANTS, Variant
from spanproof.metrics.counts import Counts
from spanproof.metrics.coverage import Coverage, covered
from spanproof.metrics.foreign_labels import foreign_labels, stated
from spanproof.metrics.intervals import FEW, Method, ScoreIntervals, caution, held, score_intervals
from spanproof.metrics.label_sets import LabelTable
from spanproof.metrics.records import DOCUMENTS, RECORDS, in_records, numbers_of, records_by_name
from spanproof.metrics.resampling import Interval, rounded
from spanproof.metrics.signature import Signature, digest, renaming
from spanproof.metrics.spurious import Spurious, with_spurious
from spanproof.metrics.task_counts import asked
from spanproof.metrics.task_layers import Task


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
        interval: of the value at 95 %; None where nothing can be said.
        precision_interval: likewise of precision.
        recall_interval: likewise of recall.
        method: where the interval of the value comes from, see :data:`spanproof.metrics.intervals.Method`.
        covers: the least and the greatest share of such intervals that held the true value in simulations; None of
            exact bounds.
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
    interval: Interval
    precision_interval: Interval
    recall_interval: Interval
    method: Method | None
    covers: tuple[float, float] | None
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
        resamples: draws for each interval.
        counts: what each score comes from, for comparing systems.
        document: the number of the document or record of each sentence, shape (sentences,). Where there are many
            documents, each is one sentence here.
        foreign: labels that the prediction has and gold doesn't know, each with how many things have it.
        drawn: how many independent things there are: documents, or records of which several documents are parts.
        unit: what these are called.
    """

    task: Task
    scores: tuple[Score, ...] = field(repr=False)
    sentences: int
    documents: int
    coverage: Coverage
    resamples: int
    counts: tuple[Counts, ...] = field(repr=False)
    document: Ints = field(repr=False, compare=False)
    foreign: Mapping[str, int]
    drawn: int
    unit: str

    @property
    def doubts(self) -> list[str]:
        """What wasn't looked at, that a prediction holds nothing, and labels that gold doesn't have, in sentences."""
        doubts = list(self.coverage.statements)
        if self.scores and not self.scores[0].n[1]:
            answered = self.documents - len(self.coverage.unanswered)
            layers = " and ".join(self.coverage.layers)
            doubts.append(f"has no {layers} in the {answered} documents that it answers: all lists are empty")
        if self.foreign:
            doubts.append(
                f"has labels that gold doesn't have: {stated(self.foreign)}; what has them counts as spurious "
                "(--map, or renamed= in Python, says what gold calls them)"
            )
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
    labels: str | LabelTable | None = None,
    layer: str | None = None,
    renamed: Mapping[str, str] | None = None,
    variants: Sequence[Variant] = VARIANTS,
    resamples: int = 1000,
    seed: int = 0,
    spurious: Sequence[Spurious] = (),
    records: Mapping[str, int] | None = None,
    unit: str = DOCUMENTS,
) -> Scores:
    """Score a prediction against the gold; documents that it lacks count as empty, and ``coverage`` names them.

    Documents in which gold lacks the layer that is asked for aren't scored.

    Args:
        gold: the reference: a corpus, a path, several paths, or documents.
        predicted: the same documents, or some of them, under the same schema.
        task: what is asked.
        labels: for names, one of :data:`spanproof.metrics.label_sets.TABLES` or a table, for gold and prediction; by
            default ``ontonotes-16`` for a layer with OntoNotes labels, else the layer's own.
        layer: the list that holds what is asked for, where the schema has several that can be meant.
        renamed: what labels of the prediction were renamed to before, for the signature.
        variants: ``strict``, and ``convention-free`` (:mod:`spanproof.metrics.boundaries`); annotations and relations
            are strict always, since their guidelines may be any.
        resamples: draws for each interval; 0 for none.
        seed: of the draws.
        spurious: what was predicted and stands nowhere, so that the prediction can't have it: it counts as predicted.
        records: the number of the record of each document of gold by its key, where gold itself doesn't say so; see
            :func:`spanproof.metrics.records.records_of`.
        unit: what documents are called that are no parts of records.

    Raises:
        ValueError: the corpora can't be paired, no document has what is asked for, or the schema or a label doesn't
            fit; the message names it.
    """
    reference = as_corpus(gold).load()
    guess = as_corpus(predicted, reference.schema).load()
    pair = with_spurious(pair_corpora(reference, guess, partial=True), spurious)
    wanted = asked(pair, task, labels, layer)
    coverage = covered(pair, wanted.lists, reference, guess)
    if left_out := set(coverage.not_scored):
        pair = pair.only([row for row, name in enumerate(pair.names) if name not in left_out])
        wanted = asked(pair, task, labels, layer)
    record = numbers_of(pair.names, records_by_name(reference) if records is None else records)
    places, label_set = wanted.places, wanted.label_set + renaming(renamed)
    data = digest(pair, places, wanted.node if wanted.node.relation else None)
    continuum = pair.continuum(pair.schema.nodes[places[0]])
    sentences, of_sentence = len(continuum.sentences) - 1, continuum.document_of_sentence
    if (len(pair.names) if record is None else int(record.max()) + 1) >= FEW:
        pair, of_sentence = pair.undivided, np.arange(len(pair.names))  # documents are drawn, not sentences of each
        wanted = asked(pair, task, labels, layer)
    unit = unit if record is None else RECORDS
    every, scores = list[Counts](), list[Score]()
    for variant in ("strict",) if task in ("annotations", "relations") else variants:
        counts, document, drawn = in_records(wanted.counts(TRIMS[variant]), of_sentence, len(pair.names), record)
        signature = Signature(data, task, label_set, variant, resamples, seed)
        scores += scores_of(counts, signature, document, drawn, unit)
        every += counts
    scored, foreign = (tuple(scores), sentences, len(pair.names), coverage), foreign_labels(every, wanted)
    return Scores(task, *scored, resamples, tuple(every), document, foreign, drawn, unit)


def shift_between(
    gold: Corpus, predicted: Corpus, task: Task, labels: str | LabelTable | None, layer: str | None
) -> str | None:
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


def scores_of(counts: Sequence[Counts], signature: Signature, document: Ints, drawn: int, unit: str) -> list[Score]:
    """Return the scores of one variant with their intervals.

    Args:
        counts: what each comes from.
        signature: what all of them depend on.
        document: the number of the document or record of each sentence, ascending, shape (sentences,).
        drawn: how many documents or records there are.
        unit: what these are called.
    """
    ends = score_intervals(counts, document, drawn, signature.resamples, signature.seed)
    return [_score(count, by, signature, drawn, unit) for count, by in zip(counts, ends, strict=True)]


def _score(counts: Counts, ends: ScoreIntervals, signature: Signature, drawn: int, unit: str) -> Score:
    precision, recall, value = (None if np.isnan(number) else round(number, 6) for number in counts.values)
    return Score(
        layer=counts.layer,
        part=counts.part,
        measure=counts.measure,
        variant=signature.variant,
        value=value,
        precision=precision,
        recall=recall,
        interval=rounded(ends.value),
        precision_interval=rounded(ends.precision),
        recall_interval=rounded(ends.recall),
        method=ends.method,
        covers=held(ends.method, drawn),
        n=counts.n,
        of=counts.of,
        caution=caution(counts, drawn, unit),
        signature=signature.of(counts.layer, counts.part, counts.measure),
    )
