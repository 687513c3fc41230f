"""The journey of scoring: gold, a prediction over the same texts and a task become scores with intervals.

What is scored is found through the schema: the layer of names is the one whose labels are OntoNotes labels, quotations
have ``quotation``, expressions of time ``timex3``; what puts spans together refers to a registry.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, get_args

import numpy as np

from spanproof.arrays import Ints
from spanproof.corpus.pairs import UNITS, Facing, Units, facing
from spanproof.formats.discovery import Openable, as_corpus
from spanproof.metrics import boundaries as conventions
from spanproof.metrics.counts import Tally, accuracy
from spanproof.metrics.label_sets import ONTONOTES, TABLES, Table, own
from spanproof.metrics.resampling import Difference, Interval, bounds, caution, randomised
from spanproof.metrics.signature import Signature, digest
from spanproof.metrics.tasks.clusters import linking, registry_members
from spanproof.metrics.tasks.entities import entities, places
from spanproof.metrics.tasks.quotations import attribution
from spanproof.metrics.tasks.timex3 import temporal
from spanproof.schema.node import Node, Place

Task = Literal["entities", "quotations", "timex3", "clusters", "utterances"]
Run = Callable[[conventions.Trim], list[Tally]]
TASKS: tuple[Task, ...] = get_args(Task)
Variant = Literal["strict", "convention-free"]
VARIANTS: tuple[Variant, ...] = get_args(Variant)
TRIMS: Mapping[Variant, conventions.Trim] = MappingProxyType(
    {"strict": conventions.as_is, "convention-free": conventions.name}
)
"""What each variant takes off the edges of names and expressions of time."""


@dataclass(frozen=True)
class Score:
    """One number of one system, and what it depends on.

    ``value`` is F1, or accuracy where ``measure`` says so (it has no precision or recall); None where undefined.
    ``part`` is a label, ``macro``, ``direct`` (quotations), ``common`` (mentions that both sides have) or None for all.
    ``intervals`` bound the value at 95 %, by what was drawn with replacement, as ``precision_intervals`` and
    ``recall_intervals`` do precision and recall; clusters are drawn by documents alone.
    ``n`` is how many things gold and prediction have, ``of`` what things; ``caution`` says what that sample can tell.
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
    """The scores of a prediction on a task, and the tallies that they come from, for comparing systems."""

    task: Task
    scores: tuple[Score, ...]
    sentences: int
    documents: int
    tallies: tuple[Tally, ...] = field(repr=False)
    document: Ints = field(repr=False, compare=False)

    def find(
        self, measure: str, layer: str | None = None, part: str | None = None, variant: Variant = "strict"
    ) -> Score:
        """The one score that is meant.

        Raises:
            LookupError: there is none, or more than one.
        """
        wanted = (measure, part, variant)
        found = [s for s in self.scores if (s.measure, s.part, s.variant) == wanted and layer in (None, s.layer)]
        if len(found) != 1:
            names = sorted({f"{score.layer} {score.measure}" for score in self.scores})
            raise LookupError(f"{len(found)} scores are {measure} {layer} {part} {variant}; known: {', '.join(names)}")
        return found[0]


@dataclass(frozen=True)
class Compared:
    """Two systems on one score, named by its signature."""

    signature: str
    difference: Difference


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
    """Scores a prediction against the gold. Offsets are code points; documents that it lacks count as empty.

    Args:
        gold: the reference.
        predicted: a corpus of the same schema over the same texts.
        task: what is asked.
        labels: for names, one of :data:`spanproof.metrics.label_sets.TABLES`, for both sides; by default
            ``ontonotes-16`` for a layer with OntoNotes labels, else the layer's own.
        layer: for names and clusters, the member that holds the spans, where the schema doesn't tell.
        variants: ``strict``, and ``convention-free`` (:mod:`spanproof.metrics.boundaries`).
        resamples: draws for each interval; 0 for none.
        seed: of the draws.

    Raises:
        ValueError: the corpora can't be laid side by side, or the schema or a label doesn't fit; the message names it.
    """
    reference = as_corpus(gold).load()
    both = facing(reference, as_corpus(predicted, reference.schema).load())
    node, run, named = _asked(both, task, labels, layer)
    held = places(both.schema, node, TABLES.get(named, {}))
    data = digest(both, [span.place for span in both.schema.spans if any(_within(span.place, top) for top in held)])
    ground, _ = both.ground(node)
    document = np.searchsorted(ground.documents, ground.sentences[:-1], "right") - 1
    sizes = len(document), len(both.names)
    scores: list[Score] = []
    kept: list[Tally] = []
    for variant in variants:
        tallies = run(TRIMS[variant])
        signature = Signature(data, task, named, variant, resamples, seed)
        by = _bounds(tallies, document, sizes[1], resamples, seed)
        scores += [_score(tally, found, variant, signature, sizes) for tally, found in zip(tallies, by, strict=True)]
        kept += tallies
    return Scores(task, tuple(scores), *sizes, tuple(kept), document)


def compare(a: Scores, b: Scores, *, units: Units = "sentences", n: int = 10_000, seed: int = 0) -> list[Compared]:
    """Two systems on each score that both have and that adds up over units (clusters across articles don't).

    Accuracies are left out: they are over the things that a system found, so exchanging answers exchanges these too.
    Two systems with one wrong value each, of 38 and of 47, would get p = 0.004 for what one found more.

    Raises:
        ValueError: the scores are not of one gold, task and options, or the units are unknown.
    """
    if units not in UNITS:
        raise ValueError(f"{units!r} are no units; right is one of {', '.join(UNITS)}")
    known = {score.signature: tally for score, tally in zip(b.scores, b.tallies, strict=True)}
    shared = {str(score.signature).split("|task:")[1] for score in (*a.scores, *b.scores)}
    data = {score.signature.split("|data:")[1] for score in (*a.scores, *b.scores)}
    if a.task != b.task or len(data) > 1 or not known.keys() & {score.signature for score in a.scores}:
        raise ValueError(f"the scores are of different gold or options: {'; '.join(sorted(shared))}")
    found = []
    for score, tally in zip(a.scores, a.tallies, strict=True):
        other = known.get(score.signature)
        if (
            other is None
            or not tally.additive
            or tally.statistic is accuracy
            or tally.counts.shape != other.counts.shape
            or (units == "sentences" and tally.units != units)
        ):
            continue
        pair = [one if units == "sentences" else one.over_documents(a.document, a.documents) for one in (tally, other)]
        found.append(Compared(score.signature, randomised(pair[0], pair[1], n, seed)))
    return found


def _bounds(
    tallies: Sequence[Tally], document: Ints, documents: int, resamples: int, seed: int
) -> list[dict[Units, tuple[Interval, Interval, Interval]]]:
    found: list[dict[Units, tuple[Interval, Interval, Interval]]] = [{} for _ in tallies]
    if not resamples:
        return found
    fine = [k for k, tally in enumerate(tallies) if tally.units == "sentences"]
    for k, ends in zip(fine, bounds([tallies[k] for k in fine], resamples, seed), strict=True):
        found[k]["sentences"] = ends
    wide = [tally.over_documents(document, documents) for tally in tallies]
    for k, ends in enumerate(bounds(wide, resamples, seed)):
        found[k]["documents"] = ends
    return found


def _score(
    tally: Tally,
    ends: Mapping[Units, tuple[Interval, Interval, Interval]],
    variant: Variant,
    signature: Signature,
    sizes: tuple[int, int],
) -> Score:
    precision, recall, value = numbers = [None if np.isnan(each) else round(each, 6) for each in tally.values]
    around: list[dict[Units, Interval]] = [{}, {}, {}]
    for units in UNITS:
        for number, kept, found in zip(numbers, around, ends.get(units, (None, None, None)), strict=True):
            kept[units] = None if number is None or found is None else (round(found[0], 6), round(found[1], 6))
    return Score(
        layer=tally.layer,
        part=tally.part,
        measure=tally.measure,
        variant=variant,
        value=value,
        precision=precision,
        recall=recall,
        intervals=around[2],
        precision_intervals=around[0],
        recall_intervals=around[1],
        n=tally.n,
        of=tally.of,
        caution=caution(tally, *sizes),
        signature=signature.of(tally.layer, tally.part, tally.measure),
    )


def _asked(both: Facing, task: Task, labels: str | None, layer: str | None) -> tuple[Node, Run, str]:
    """The layer of a task, the function that scores it under a convention, and what its labels are called."""
    if labels is not None and task != "entities":
        raise ValueError(f"{task} has no label tables, so {labels!r} changes nothing; right is none")
    if task in ("entities", "clusters"):
        node = layer_of_names(both, layer)
        if task == "clusters":
            return node, lambda trim: _linked(both, node, trim, content=False), "-"
        name, table = label_table(node, labels)
        return node, lambda trim: entities(both, node, table, trim), name
    if task in ("quotations", "utterances"):
        node = layer_with(both, "quotation")
        if task == "quotations":
            return node, lambda trim: attribution(both, node, trim), "-"
        return node, lambda trim: _linked(both, node, trim, content=True), "-"
    if task == "timex3":
        node = layer_with(both, "timex3")
        return node, lambda trim: temporal(both, node, trim), "-"
    raise ValueError(f"{task!r} is no task; right is one of {', '.join(TASKS)}")


def _within(place: Place, top: Place) -> bool:
    return place[: len(top)] == top


def layer_with(both: Facing, keyword: str) -> Node:
    """The one layer of spans with a keyword of the schema: ``quotation``, ``timex3``.

    Raises:
        ValueError: there is none, or more than one.
    """
    found = [node for node in both.schema.spans if node.get(keyword)]
    if len(found) != 1:
        raise ValueError(f"the schema has {len(found)} layers of spans with {keyword}; right is one")
    return found[0]


def layer_of_names(both: Facing, layer: str | None) -> Node:
    """The layer of names: the one that is called so, or, with None, the one with labels of OntoNotes.

    Raises:
        ValueError: there is none, or more than one; the message lists those with labels.
    """
    lists = [node for node in both.schema.spans if node.get("labelledBy") and len(node.place) == 2]
    plain = [node for node in lists if not node.get("quotation") and not node.get("timex3")]
    if layer is None:
        found = [node for node in plain if own(node, node.get("labelledBy")).keys() & set(ONTONOTES)]
    else:
        found = [node for node in plain if node.place[0] == layer]
    if len(found) != 1:
        names = ", ".join(node.place[0] for node in plain) or "none"
        raise ValueError(f"{len(found)} layers can be meant by {layer or 'names'}; right is one of: {names}")
    return found[0]


def label_table(node: Node, labels: str | None) -> tuple[str, Table]:
    """What the label set of a layer of names is called, and its table; the default as in :func:`score`.

    Raises:
        ValueError: there is no table of that name.
    """
    listed = own(node, node.get("labelledBy"))
    if labels is None and not listed.keys() <= set(ONTONOTES):
        return "own", listed
    name = labels or "ontonotes-16"
    if name not in TABLES:
        raise ValueError(f"{name!r} is no label set; right is one of {', '.join(TABLES)}")
    return name, TABLES[name]


def _linked(both: Facing, node: Node, trim: conventions.Trim, *, content: bool) -> list[Tally]:
    members = registry_members(node)
    if not members:
        raise ValueError(f"no member of {node.name} refers to a registry alone; right is one that names a cluster")
    return [tally for member in members for tally in linking(both, node, member, trim, content=content)]
