"""A board: systems side by side on one task and gold, with every pair compared. A leaderboard is a page of boards."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path

import pyarrow as pa

from spanproof.bench.held_out import without
from spanproof.bench.records import outcomes_of
from spanproof.bench.soundness import demand_common_label
from spanproof.corpus.documents import Corpus
from spanproof.corpus.pairs import document_rows
from spanproof.formats.discovery import read
from spanproof.metrics.compare import ComparedScore, compare
from spanproof.metrics.label_sets import ONTONOTES, TABLES, LabelTable, own_labels
from spanproof.metrics.score import Scores, score, shift_between
from spanproof.metrics.task_layers import TASKS, Task, layer_to_name, node_of_layer, tasks_of
from spanproof.metrics.tasks.clusters import registry_members
from spanproof.schema.schema import Schema
from spanproof.systems.outcomes import RequestOutcomes
from spanproof.systems.system import System

FINENESS = ("ontonotes-18", "ontonotes-16", "conll-4", "three")
"""Label sets of :mod:`spanproof.metrics.label_sets` from fine to coarse: what a set tells apart, those before it do."""


@dataclass(frozen=True)
class Board:
    """Systems on one task.

    Attributes:
        task: what was asked.
        labels: the label set of names, None for other tasks.
        layer: the layer that was asked for; None where the task alone means one.
        scores: by the names of the systems.
        pairs: each pair of systems compared.
        in_sample: the systems that were written with this layer of the corpus that the toolkit was developed with in
            sight, and which members of it: the words (``value``) that the measures of these have in their names, the
            empty word for all measures.
        developed_with: the name of the gold where it is that corpus; None where it isn't stated that it is.
    """

    task: Task
    labels: str | None
    scores: Mapping[str, Scores]
    pairs: Mapping[tuple[str, str], Sequence[ComparedScore]]
    in_sample: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    developed_with: str | None = None
    layer: str | None = None

    @property
    def title(self) -> str:
        """What the board is called: ``timex3``, ``entities, three``, ``entities, aspects``."""
        return ", ".join(filter(None, (self.task, self.layer, self.labels)))

    @property
    def corpus_in_sight(self) -> str:
        """What the corpus is called that the authors of systems saw while they wrote them."""
        return self.developed_with or "the corpus that the toolkit was developed with"

    def marked(self, name: str, measure: str) -> str:
        """Return the name of a system, with an asterisk where this measure of it is in-sample."""
        return f"{name}*" if any(member in measure for member in self.in_sample.get(name, ())) else name


@dataclass(frozen=True)
class Labels:
    """How labels of names are compared.

    Attributes:
        table: the label set for gold and predictions, by its name or as a table; None for those that systems tell
            apart, or the corpus's own.
        renamed: what labels of predictions were renamed to.
    """

    table: str | LabelTable | None = None
    renamed: Mapping[str, str] = field(default_factory=dict)


def board(
    task: Task,
    scores: Mapping[str, Scores],
    labels: str | None = None,
    in_sample: Mapping[str, tuple[str, ...]] | None = None,
    layer: str | None = None,
) -> Board:
    """Return the board of some systems, every pair of them compared.

    Args:
        task: what was asked.
        scores: by the names of the systems, all over the same gold.
        labels: the label set of names.
        in_sample: see :class:`Board`.
        layer: likewise.
    """
    pairs = {(a, b): compare(scores[a], scores[b]) for a, b in combinations(scores, 2)}
    return Board(task, labels, scores, pairs, in_sample or {}, layer=layer)


def boards(
    gold: Corpus,
    predictions: Mapping[str, tuple[System, Path]],
    resamples: int,
    developed_with: str | None = None,
    labels: Labels | None = None,
    held_out: Mapping[str, Sequence[str]] | None = None,
) -> tuple[list[Board], dict[str, str]]:
    """Return the boards of predictions, and why some predictions can't be scored.

    Each layer has a board. Names have one for each label set that is the finest of a system; the finer systems are on
    the coarser boards too, but for those that give none of its labels.

    Args:
        gold: the reference.
        predictions: by the name of the system, what it is and the file of its prediction.
        resamples: draws for each interval.
        developed_with: the name of the gold where it is the corpus that the toolkit was developed with.
        labels: how labels of names are compared; by default each system under the sets that it tells apart.
        held_out: by the name of a system the documents of its prediction that gold lacks here, since another system was
            shown them.

    Returns:
        The boards, in the order of tasks and layers and from fine to coarse; by the name of a system what is wrong with
        its prediction.
    """
    chosen = labels or Labels()
    scores: dict[_Key, dict[str, Scores]] = {}
    problems: dict[str, str] = {}
    label_sets = {
        system.label_set
        for system, _ in predictions.values()
        if any(task == "entities" for task, _ in tasks_of(gold.schema, system.predicts))
    }
    for name, (system, path) in predictions.items():
        try:
            predicted = without(read(path, gold.schema, {}), (held_out or {}).get(name, ()))
            for key, of_task in _scores(
                gold, system, predicted, outcomes_of(path), label_sets, resamples, chosen
            ).items():
                scores.setdefault(key, {})[name] = of_task
        except ValueError as error:
            problems[name] = f"can't be scored: {error}"
    boards = []
    for key in sorted(scores, key=lambda key: _order(key, gold.schema)):
        task, layer, table = key
        seen = {name: _seen(predictions[name][0], layer) for name in scores[key]}
        of_layer = board(task, scores[key], table, seen, layer_to_name(gold.schema, task, layer))
        boards.append(replace(of_layer, developed_with=developed_with))
    return boards, problems


_TOGETHER: Mapping[Task, Task] = {"entities": "clusters", "quotations": "utterances"}
"""Of which annotations a task puts some together: by a member that names an entry of a registry."""

_Key = tuple[Task, str, str | None]
"""A task, the layer that answers, and the label set of names."""


def _order(key: _Key, schema: Schema) -> tuple[int, int, int]:
    """Order boards by their task, their layer in the schema, and from fine label sets to coarse ones."""
    task, layer, labels = key
    fineness = FINENESS.index(labels) if labels in FINENESS else 0
    return TASKS.index(task), [*schema.root.fields].index(layer.partition(".")[0]), fineness


def _scores(
    gold: Corpus,
    system: System,
    predicted: Corpus,
    outcomes: RequestOutcomes | None,
    label_sets: Iterable[str],
    resamples: int,
    chosen: Labels,
) -> dict[_Key, Scores]:
    """Return the scores of one system by task, layer and label set."""
    spurious = outcomes.unplaced if outcomes else ()
    asked = _asked(gold, system, predicted)
    if not asked:
        raise ValueError(f"gold has nothing of what it is scored on: {', '.join(system.scored) or 'its layers'}")
    # Where words were quoted, the offsets are ours: a prediction with other ends is wrong, and not shifted.
    for task, layer in asked if outcomes is None else ():
        if shift := shift_between(gold, predicted, task, None, layer):
            raise ValueError(shift)
    scores: dict[_Key, Scores] = {}
    for task, layer in asked:
        for labels in _label_sets(system, label_sets, gold.schema, layer, chosen) if task == "entities" else [None]:
            name = labels if isinstance(labels, str | None) else "own labels"
            renamed = chosen.renamed if task == "entities" else {}
            scores[task, layer, name] = score(
                gold, predicted, task, layer=layer, labels=labels, renamed=renamed, resamples=resamples,
                spurious=spurious,
            )  # fmt: skip
            demand_common_label(scores[task, layer, name], system.name)
    if len(predicted) < len(gold):
        raise ValueError(f"it answers {len(predicted)} of {len(gold)} documents; expected a run over all of them")
    return scores


def _asked(gold: Corpus, system: System, predicted: Corpus) -> list[tuple[Task, str]]:
    """Return what a system is scored on: its layers, and what it puts together of names and quotations, if gold does.

    Where gold puts none together, nobody looked, and a system that does so isn't wrong.
    """
    schema = gold.schema
    sides = [document_rows(side.load(), list(range(len(side)))) for side in (gold, predicted)]
    asked: list[tuple[Task, str]] = []
    for task, layer in tasks_of(schema, system.predicts):
        asked.append((task, layer))
        if together := _TOGETHER.get(task):
            node = node_of_layer(schema, layer)
            items = [side.items(node.place).columns for side in sides]
            if any(all(_is_stated(side[member]) for side in items) for member in registry_members(node)):
                asked.append((together, layer))
    return [(task, layer) for task, layer in asked if task in (system.scored or TASKS)]


def _is_stated(column: pa.Array) -> bool:
    """Whether a column has any value."""
    return bool(column.null_count < len(column))


def _label_sets(
    system: System, label_sets: Iterable[str], schema: Schema, layer: str, chosen: Labels
) -> Sequence[str | LabelTable | None]:
    """Return the label sets that a system is measured under: its finest, and coarser ones of which it gives a label."""
    node = node_of_layer(schema, layer)
    if chosen.table is not None:
        return [chosen.table]
    listed = own_labels(node, node.label)
    if not listed or not listed.keys() <= set(ONTONOTES):
        return [None]
    if system.label_set not in FINENESS:
        raise ValueError(f"{system.name} tells {system.label_set!r} apart; expected one of {', '.join(FINENESS)}")
    coarser = [name for name in FINENESS[FINENESS.index(system.label_set) :] if name in label_sets]
    return [name for name in coarser if any(TABLES[name].get(label) for label in system.predicts[layer])]


def _seen(system: System, layer: str) -> tuple[str, ...]:
    """Return the members of a layer that the authors of a system saw while they wrote it; "" is all of it."""
    parts = (seen.partition(".") for seen in system.in_sample)
    return tuple(member for first, _, member in parts if first == layer)
