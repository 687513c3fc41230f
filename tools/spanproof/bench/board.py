"""Boards: systems side by side on one task and gold, with every pair of them compared."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.metrics.compare import ComparedScore, compare
from spanproof.metrics.label_sets import ONTONOTES, TABLES, own_labels
from spanproof.metrics.score import Scores, score
from spanproof.metrics.task_layers import TASKS, Task
from spanproof.schema.schema import Schema
from spanproof.systems.system import System

FINENESS = ("ontonotes-18", "ontonotes-16", "conll-4", "three")
"""Tables of :mod:`spanproof.metrics.label_sets`, each of which tells all apart that the next one does."""


@dataclass(frozen=True)
class Board:
    """Systems on one task: the scores by their names, and each pair of them compared.

    ``labels`` is the table of labels for names, None elsewhere. ``in_sample`` are the systems that were written with
    members of this layer in sight: the words (``value``) in the measures of these, the empty word for all.
    """

    task: Task
    labels: str | None
    scores: Mapping[str, Scores]
    pairs: Mapping[tuple[str, str], Sequence[ComparedScore]]
    in_sample: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """``timex3``, ``entities, three labels``."""
        return f"{self.task}, {self.labels}" if self.labels else self.task

    def marked(self, name: str, measure: str) -> str:
        """The name of a system, with an asterisk where this measure of it is in-sample."""
        return f"{name}*" if any(member in measure for member in self.in_sample.get(name, ())) else name


def tasks_of(layers: Iterable[str], schema: Schema) -> dict[Task, str]:
    """What can be asked of a system that predicts some layers, and the layer that answers.

    Names are the layer that has labels of OntoNotes, or the first with labels where there is none.
    """
    found: dict[Task, str] = {}
    named = False
    for layer in layers:
        node = schema.nodes.get((layer, "*"))
        if node is not None and node.quotation:
            found["quotations"] = layer
        elif node is not None and node.timex3:
            found["timex3"] = layer
        elif node is not None and node.label and not named:
            named = bool(own_labels(node, node.label).keys() & set(ONTONOTES))
            if named or "entities" not in found:
                found["entities"] = layer
    return found


def on(
    gold: Corpus, guess: Corpus, task: Task, layers: Iterable[str], resamples: int, labels: str | None = None
) -> Scores:
    """The scores of a prediction on a task that its layers allow.

    Raises:
        ValueError: see :func:`spanproof.metrics.score.score`.
    """
    layer = tasks_of(layers, gold.schema)[task] if task == "entities" else None
    return score(gold, guess, task, layer=layer, labels=labels, resamples=resamples)


def board(
    task: Task,
    scores: Mapping[str, Scores],
    labels: str | None = None,
    in_sample: Mapping[str, tuple[str, ...]] | None = None,
) -> Board:
    """The scores of systems on one task and gold, with every pair of the systems compared."""
    pairs = {(a, b): compare(scores[a], scores[b]) for a, b in combinations(scores, 2)}
    return Board(task, labels, scores, pairs, in_sample or {})


def boards(
    gold: Corpus, predictions: Mapping[str, tuple[System, Path]], resamples: int
) -> tuple[list[Board], dict[str, str]]:
    """The boards of the predictions of systems, and the problems of those that can't be scored, by their names.

    Names have a board for each label set that is the finest of a system; the finer systems are on the coarser too, but
    for those that give none of its labels.
    """
    found: dict[tuple[Task, str | None], dict[str, Scores]] = {}
    problems: dict[str, str] = {}
    asked = {system.tells for system, _ in predictions.values() if "entities" in tasks_of(system.predicts, gold.schema)}
    for name, (system, path) in predictions.items():
        try:
            guess = read(path, gold.schema, {})
            made = {
                (task, labels): on(gold, guess, task, system.predicts, resamples, labels)
                for task, layer in tasks_of(system.predicts, gold.schema).items()
                for labels in (_tables(system, asked, gold.schema, layer) if task == "entities" else [None])
            }
            if len(guess) < len(gold):
                raise ValueError(f"it answers {len(guess)} of {len(gold)} documents; right is a run over all of them")
            for key, scores in made.items():
                found.setdefault(key, {})[name] = scores
        except ValueError as error:
            problems[name] = f"can't be scored: {error}"
    order = sorted(found, key=lambda key: (TASKS.index(key[0]), FINENESS.index(key[1]) if key[1] else 0))
    made_boards = []
    for task, labels in order:
        seen = {name: _seen(predictions[name][0], task, gold.schema) for name in found[task, labels]}
        made_boards.append(board(task, found[task, labels], labels, seen))
    return made_boards, problems


def _tables(system: System, asked: Iterable[str], schema: Schema, layer: str) -> list[str | None]:
    node = schema.nodes[layer, "*"]
    if not own_labels(node, node.label).keys() <= set(ONTONOTES):
        return [None]
    if system.tells not in FINENESS:
        raise ValueError(f"{system.name} tells {system.tells!r} apart; right is one of {', '.join(FINENESS)}")
    coarser = [table for table in FINENESS[FINENESS.index(system.tells) :] if table in asked]
    return [each for each in coarser if any(TABLES[each].get(label) for label in system.predicts[layer])]


def _seen(system: System, task: Task, schema: Schema) -> tuple[str, ...]:
    """The members of the layer of a task that a system was written with in sight; "" is all of it."""
    layer = tasks_of(system.predicts, schema)[task]
    parts = (each.partition(".") for each in system.in_sample)
    return tuple(member for first, _, member in parts if first == layer)
