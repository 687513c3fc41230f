"""The journey of scoring: gold, a prediction over the same texts and a task become scores with intervals.

What is scored is found through the schema: the layer of names is the one whose labels are OntoNotes labels, quotations
have ``quotation``, expressions of time ``timex3``; what puts spans together refers to a registry.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from spanproof.arrays import Ints
from spanproof.corpus.continuum import UNITS, Units
from spanproof.corpus.pairs import PairedCorpora, pair_corpora
from spanproof.formats.discovery import Openable, as_corpus
from spanproof.metrics.annotations import span_places
from spanproof.metrics.boundaries import TRIMS, VARIANTS, Trim, Variant
from spanproof.metrics.counts import Counts
from spanproof.metrics.label_sets import TABLES
from spanproof.metrics.resampling import Interval, caution, intervals
from spanproof.metrics.signature import Signature, digest
from spanproof.metrics.task_layers import (
    TASKS,
    Task,
    label_table,
    layer_of_names,
    layer_of_relations,
    layer_of_units,
    layer_with,
)
from spanproof.metrics.tasks.annotations import annotation_task
from spanproof.metrics.tasks.clusters import cluster_task, registry_members
from spanproof.metrics.tasks.entities import entity_places, entity_task
from spanproof.metrics.tasks.quotations import quotation_task
from spanproof.metrics.tasks.relations import relation_task
from spanproof.metrics.tasks.timex3 import timex3_task
from spanproof.schema.node import Node, Place

TaskCounts = Callable[[Trim], list[Counts]]
"""What scores a task under a convention."""
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
        documents: how many documents.
        counts: what each score comes from, for comparing systems.
        document: the number of the document of each sentence, shape (sentences,).
    """

    task: Task
    scores: tuple[Score, ...]
    sentences: int
    documents: int
    counts: tuple[Counts, ...] = field(repr=False)
    document: Ints = field(repr=False, compare=False)

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
    """Score a prediction against the gold; documents that it lacks count as empty.

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
        ValueError: the corpora can't be paired, or the schema or a label doesn't fit; the message names it.
    """
    reference = as_corpus(gold)
    pair = pair_corpora(reference, as_corpus(predicted, reference.schema), partial=True)
    node, counts_of, label_set = _asked(pair, task, labels, layer)
    places = _places(pair, node, label_set)
    data = digest(pair, places, node if node.relation else None)
    document = pair.continuum(pair.schema.nodes[places[0]]).document_of_sentence
    sizes = len(document), len(pair.names)
    scores: list[Score] = []
    every: list[Counts] = []
    for variant in ("strict",) if task in ("annotations", "relations") else variants:
        counts = counts_of(TRIMS[variant])
        scores += _scores(counts, Signature(data, task, label_set, variant, resamples, seed), document, sizes)
        every += counts
    return Scores(task, tuple(scores), *sizes, tuple(every), document)


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


def _asked(pair: PairedCorpora, task: Task, labels: str | None, layer: str | None) -> tuple[Node, TaskCounts, str]:
    """Return the layer of a task, what scores it under a convention, and what its label set is called."""
    if labels is not None and task != "entities":
        raise ValueError(f"{task} has no label tables, so {labels!r} changes nothing; right is none")
    schema = pair.schema
    if task == "entities":
        node = layer_of_names(schema, layer)
        name, table = label_table(node, labels)
        return node, lambda trim: entity_task(pair, node, table, trim), name
    if task == "clusters":
        node = layer_of_names(schema, layer)
        return node, lambda trim: _clusters(pair, node, trim, content=False), "-"
    if task == "quotations":
        node, quotation = layer_with(schema, Node.quotation)
        return node, lambda trim: quotation_task(pair, node, quotation, trim), "-"
    if task == "utterances":
        node, _ = layer_with(schema, Node.quotation)
        return node, lambda trim: _clusters(pair, node, trim, content=True), "-"
    if task == "timex3":
        node, timex3 = layer_with(schema, Node.timex3)
        return node, lambda trim: timex3_task(pair, node, timex3, trim), "-"
    if task == "annotations":
        node = layer_of_units(schema, layer)
        return node, lambda _: annotation_task(pair, node), "-"
    if task == "relations":
        node = layer_of_relations(schema, layer)
        return node, lambda _: relation_task(pair, node), "-"
    raise ValueError(f"{task!r} is no task; right is one of {', '.join(TASKS)}")


def _clusters(pair: PairedCorpora, node: Node, trim: Trim, *, content: bool) -> list[Counts]:
    members = registry_members(node)
    if not members:
        raise ValueError(f"no member of {node.name} refers to a registry alone; right is one that names a cluster")
    return [counts for member in members for counts in cluster_task(pair, node, member, trim, content=content)]


def _places(pair: PairedCorpora, node: Node, label_set: str) -> list[Place]:
    """Return where the spans are that a task asks for: its layer, the parts of it, and times where names have them."""
    if node.relation:
        ends = [place[:-1] for end in node.relation.members for place in node.fields[end].refers_to.places]
        return list(dict.fromkeys(span for end in ends for span in span_places(pair.schema.nodes[end])))
    if not node.span_of:
        return span_places(node)
    tops = entity_places(pair.schema, node, TABLES.get(label_set, {}))
    return [span.place for span in pair.schema.spans if any(span.place[: len(top)] == top for top in tops)]
