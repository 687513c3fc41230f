"""The journey of error analysis: gold and the predictions of systems become counts of what goes wrong, and where.

Every span is counted once: those of gold are paired with the system's one to one
(:func:`spanproof.metrics.matching.partners`), and the kind of a pair is its kind of error.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from spanproof.bench.errors.aligned import AlignedSystems, align_systems
from spanproof.bench.errors.disputes import Added, Missed, added, missed
from spanproof.bench.errors.parts import Part, TextQuality, parts, text_quality
from spanproof.corpus.documents import Corpus
from spanproof.metrics.boundaries import Variant
from spanproof.metrics.matching import partners
from spanproof.metrics.spans import LabelledSpans
from spanproof.metrics.task_layers import Task

ExtentMatch = Literal["same", "overlapping", "none"]


@dataclass(frozen=True)
class Confusion:
    """How often gold has one label and the system another, or the same.

    Attributes:
        gold: the label in gold; None for what is spurious.
        predicted: that of the system; None for what is missed.
        extent: whether the spans are the same, share a character, or one of the two is lacking.
        n: how often.
    """

    gold: str | None
    predicted: str | None
    extent: ExtentMatch
    n: int


@dataclass(frozen=True)
class ErrorKinds:
    """How many pairs there are of each kind; the first five make up gold, all but ``missed`` the prediction.

    ``right``: the same span and label; ``label``: the same span, another label; ``boundary``: spans that share a
    character, the same label; ``both``: such spans with another label; ``missed`` and ``spurious``: without a partner.
    """

    right: int
    label: int
    boundary: int
    both: int
    missed: int
    spurious: int

    @property
    def gold(self) -> int:
        """The spans of gold."""
        return self.right + self.label + self.boundary + self.both + self.missed

    @property
    def predicted(self) -> int:
        """The spans of the system."""
        return self.right + self.label + self.boundary + self.both + self.spurious


@dataclass(frozen=True)
class SystemErrors:
    """One system: kinds of errors, labels against labels, and how it does on each part of the corpus."""

    system: str
    kinds: ErrorKinds
    confusion: tuple[Confusion, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Analysis:
    """Systems on one task.

    Attributes:
        task: what was asked.
        layer: the layer.
        labels: the name of the label set that gold and systems are under.
        variant: what the convention takes from the edges of spans.
        articles: how good their texts are.
        systems: the errors of each system.
        missed_by_all: how many spans of gold no system has.
        missed: the foremost of them.
        added_by_some: how many spans that gold has not two systems or more agree on.
        added: the foremost of them.
    """

    task: Task
    layer: str
    labels: str
    variant: Variant
    articles: tuple[TextQuality, ...]
    systems: tuple[SystemErrors, ...]
    missed_by_all: int
    missed: tuple[Missed, ...]
    added_by_some: int
    added: tuple[Added, ...]


def analyse(
    gold: Corpus,
    predictions: Mapping[str, Corpus],
    task: Task,
    *,
    labels: str | None = None,
    layer: str | None = None,
    variant: Variant = "strict",
    resamples: int = 1000,
    seed: int = 0,
    most: int = 10,
) -> Analysis:
    """Say what systems get wrong on a task.

    Args:
        gold: the reference.
        predictions: by the name of the system; only of systems that answer the task: one that doesn't misses all.
        task: ``entities``, ``quotations`` or ``timex3``.
        labels: the label set, as in :func:`spanproof.metrics.score.score`.
        layer: the member that holds names, where the schema doesn't tell.
        variant: the convention, of the spans that are listed too.
        resamples: draws for each interval; 0 for none.
        seed: of the draws.
        most: how many spans are listed that all miss, or that some add.

    Raises:
        ValueError: the corpora can't be paired, or the schema or a label doesn't fit.
    """
    aligned = align_systems(gold, predictions, task, labels=labels, layer=layer, variant=variant)
    systems = []
    for name, system in aligned.systems.items():
        confusion = confused(aligned, system)
        systems.append(SystemErrors(name, kinds(confusion), confusion, parts(aligned, system, resamples, seed)))
    all_miss, some_add = missed(aligned), added(aligned)
    return Analysis(
        task, aligned.node.place[0], aligned.table, variant, text_quality(aligned), tuple(systems),
        len(all_miss), tuple(all_miss[:most]), len(some_add), tuple(some_add[:most]),
    )  # fmt: skip


def confused(aligned: AlignedSystems, system: LabelledSpans) -> tuple[Confusion, ...]:
    """Count the labels of gold against those of a system, in the order of the labels, what has no partner last."""
    gold = aligned.gold
    first, second = partners(gold, system)
    same = (gold.start[first] == system.start[second]) & (gold.end[first] == system.end[second])
    last = len(aligned.labels)
    rows: Counter[tuple[int, int, ExtentMatch]] = Counter()
    for a, b, alike in zip(gold.label[first].tolist(), system.label[second].tolist(), same.tolist(), strict=True):
        rows[a, b, "same" if alike else "overlapping"] += 1
    paired = Counter(gold.label[first].tolist()), Counter(system.label[second].tolist())
    for label, n in (Counter(gold.label.tolist()) - paired[0]).items():
        rows[label, last, "none"] = n
    for label, n in (Counter(system.label.tolist()) - paired[1]).items():
        rows[last, label, "none"] = n
    names: tuple[str | None, ...] = (*aligned.labels, None)
    return tuple(Confusion(names[a], names[b], extent, n) for (a, b, extent), n in sorted(rows.items()))


def kinds(confusion: tuple[Confusion, ...]) -> ErrorKinds:
    """Return the kinds of error that a confusion of labels comes to."""
    n: Counter[str] = Counter()
    for row in confusion:
        n[_kind(row)] += row.n
    return ErrorKinds(**{name: n[name] for name in ("right", "label", "boundary", "both", "missed", "spurious")})


def _kind(row: Confusion) -> str:
    if row.extent == "none":
        return "missed" if row.predicted is None else "spurious"
    if row.extent == "same":
        return "right" if row.gold == row.predicted else "label"
    return "boundary" if row.gold == row.predicted else "both"
