"""The tasks of putting together: mentions into entities, quotations into utterances, within and across articles."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from spanproof.arrays import Ints, distinct
from spanproof.corpus.pairs import Facing, shared
from spanproof.metrics import boundaries as conventions
from spanproof.metrics import clusters
from spanproof.metrics import spans as metrics
from spanproof.metrics.boundaries import Trim, as_is, trimmed
from spanproof.metrics.clusters import Contingency
from spanproof.metrics.clusters import Scores as Found
from spanproof.metrics.counts import Statistic, Tally, prf
from spanproof.metrics.matching import partners
from spanproof.metrics.spans import Floats, Side, ratio
from spanproof.schema.node import Node


@dataclass(frozen=True)
class Mentions:
    """What either side puts into a cluster: the cluster on each side (-1: not there), and each one's document."""

    gold: Ints
    predicted: Ints
    document: Ints
    documents: int

    @property
    def n(self) -> tuple[int, int]:
        """How many each side has."""
        return int((self.gold >= 0).sum()), int((self.predicted >= 0).sum())

    @property
    def common(self) -> "Mentions":
        """Those that both sides have."""
        both = (self.gold >= 0) & (self.predicted >= 0)
        return replace(self, gold=self.gold[both], predicted=self.predicted[both], document=self.document[both])


def registry_members(node: Node) -> list[str]:
    """The members that refer to a registry and to nothing of the document: those that put spans together."""
    return [
        name
        for name, member in node.fields.items()
        if member.get("refersTo") and all(target.startswith("registry:") for target in member.get("refersTo"))
    ]


def linking(facing: Facing, node: Node, member: str, trim: Trim, *, content: bool) -> list[Tally]:
    """Cluster scores of the spans that have a value of a member.

    MUC, B³, CEAF-e, LEA (:mod:`spanproof.metrics.clusters`) and the CoNLL average, the mean F1 of the first three;
    ``within`` articles
    (clusters end with their article and counts add up over articles, as in the CoNLL scorer) and ``across``
    them; for a quotation's content across alone, with ``links``: pairs in two articles. Mentions are matched by start
    and end; ``relaxed``: by shared characters, for contents; ``common``: of the mentions that both sides have.
    """
    ground, text = facing.ground(node)
    trim = trim if trim is as_is or not content else conventions.content
    held: list[tuple[Side, Ints]] = []
    pair = facing.spans(node.place)
    *numbers, _ = shared(*(spans.items.columns[member] for spans in pair))
    for spans, number in zip(pair, numbers, strict=True):
        # In an order of their own, so that which of two spans at one place is whose doesn't depend on that of the file.
        order = np.lexsort((number, spans.end, spans.start))
        some = order[number[order] >= 0]
        start, end = trimmed(text, spans.start[some], spans.end[some], trim)
        held.append((Side(start, end, np.zeros_like(start)), number[some]))
    (gold, a), (predicted, b) = held
    found = []
    for matched in ("exact", "relaxed") if content else ("exact",):
        first, second = (metrics.pairs if matched == "exact" else partners)(gold, predicted)
        rest, others = np.delete(np.arange(len(a)), first), np.delete(np.arange(len(b)), second)
        at = np.concatenate([gold.start[first], gold.start[rest], predicted.start[others]])
        document = np.searchsorted(ground.documents, at, "right") - 1
        mentions = Mentions(
            np.concatenate([a[first], a[rest], np.full(len(others), -1)]),
            np.concatenate([b[second], np.full(len(rest), -1), b[others]]),
            document,
            len(facing.names),
        )
        for part, some_mentions in ((None, mentions), ("common", mentions.common)):
            prefix = "relaxed " if matched == "relaxed" else ""
            tallies = [*across(some_mentions)]
            tallies += [links(some_mentions)] if content else within(some_mentions)
            layer = f"{node.place[0]}.{member}"
            found += [replace(t, layer=layer, part=part, measure=prefix + t.measure) for t in tallies]
    return found


Score = Callable[[Contingency], Found]
Column = Callable[[Floats], Floats]
CLUSTERINGS = MappingProxyType(
    {"MUC": clusters.muc, "B³": clusters.b_cubed, "CEAF-e": clusters.ceaf_e, "LEA": clusters.lea}
)
_WEIGHTS: MappingProxyType[str, Callable[[Floats], float]] = MappingProxyType(
    {
        "MUC": lambda sizes: float(sizes.sum() - np.count_nonzero(sizes)),
        "B³": lambda sizes: float(sizes.sum()),
        "CEAF-e": lambda sizes: float(np.count_nonzero(sizes)),
        "LEA": lambda sizes: float(sizes.sum()),
    }
)


def conll(table: Contingency) -> Found:
    """The CoNLL average: the mean F1 of MUC, B³ and CEAF-e; undefined where one of them is, as MUC without a link."""
    return (
        np.nan,
        np.nan,
        float(np.mean([score(table)[2] for score in (clusters.muc, clusters.b_cubed, clusters.ceaf_e)])),
    )


def across(mentions: Mentions) -> list[Tally]:
    """Scores of clusters that reach over articles."""
    bounds = np.arange(mentions.documents + 1)
    found = []
    for name, score in (*CLUSTERINGS.items(), ("CoNLL", conll)):
        recall, precision, f1 = (
            clusters.clustering(_only(score, k), mentions.gold, mentions.predicted, mentions.document, bounds)
            for k in range(3)
        )
        statistic = _together(precision.statistic, recall.statistic, f1.statistic)
        tally = Tally("", None, f"{name} across", f1.counts, statistic, mentions.n, "mentions", "documents", False)
        found.append(tally)
    return found


def _only(score: Score, k: int) -> Score:
    return lambda table: (np.nan, np.nan, score(table)[k])


def _together(precision: Column, recall: Column, f1: Column) -> Statistic:
    """Of many resamples F1 alone, which is all that an interval needs: each is a clustering of its own to score."""

    def statistic(sums: Floats) -> Floats:
        value = f1(sums)
        others = [np.full_like(value, np.nan) if sums.ndim > 1 else one(sums) for one in (precision, recall)]
        return np.stack([*others, value], -1)

    return statistic


def within(mentions: Mentions) -> list[Tally]:
    """Scores of clusters that end with their article: what is found and what there is, summed over articles."""
    order = np.argsort(mentions.document, kind="stable")
    cuts = np.searchsorted(mentions.document[order], np.arange(mentions.documents + 1))
    rows = np.zeros((mentions.documents, 4 * len(CLUSTERINGS)))
    for k in np.flatnonzero(np.diff(cuts)).tolist():
        some = order[cuts[k] : cuts[k + 1]]
        table = clusters.contingency(_renumbered(mentions.gold[some]), _renumbered(mentions.predicted[some]))
        for j, (name, score) in enumerate(CLUSTERINGS.items()):
            recall, precision, _ = np.nan_to_num(score(table))
            sizes = [_WEIGHTS[name](side) for side in (table.a, table.b)]
            rows[k, 4 * j : 4 * j + 4] = recall * sizes[0], sizes[0], precision * sizes[1], sizes[1]
    names = list(CLUSTERINGS)
    found = [
        Tally("", None, f"{name} within", rows[:, 4 * j : 4 * j + 4], _found, mentions.n, "mentions", "documents")
        for j, name in enumerate(names)
    ]
    average = Tally("", None, "CoNLL within", rows[:, :12], _average, mentions.n, "mentions", "documents")
    return [*found, average]


def _renumbered(number: Ints) -> Ints:
    return np.where(number < 0, -1, np.searchsorted(distinct(number[number >= 0]), number))


def _found(sums: Floats) -> Floats:
    """Of (found in gold, of gold, found in prediction, of it): precision, recall, F1; 0 where one side has nothing."""
    found_a, of_a, found_b, of_b = np.moveaxis(sums, -1, 0)
    nothing = (of_a == 0) & (of_b == 0)
    recall, precision = (
        np.where(nothing, np.nan, np.nan_to_num(ratio(*each))) for each in ((found_a, of_a), (found_b, of_b))
    )
    f1 = np.where(nothing, np.nan, np.nan_to_num(ratio(2 * recall * precision, recall + precision)))
    return np.stack([precision, recall, f1], -1)


def _average(sums: Floats) -> Floats:
    f1 = np.stack([_found(sums[..., k : k + 4])[..., 2] for k in (0, 4, 8)], -1).mean(-1)
    return np.stack([np.full_like(f1, np.nan), np.full_like(f1, np.nan), f1], -1)


def links(mentions: Mentions) -> Tally:
    """Links across articles: pairs of mentions in two articles that are in one cluster.

    Credit for pairs that are together on both sides. The sums are how often each article is drawn: copies of one
    article aren't linked with each other.
    """
    bounds, kinds = mentions.documents, (mentions.gold, mentions.predicted)
    both = (kinds[0] >= 0) & (kinds[1] >= 0)
    width = int(kinds[1].max(initial=-1)) + 1
    cell = np.unique(kinds[0][both] * width + kinds[1][both], return_inverse=True)[1]
    grounds = np.arange(bounds + 1)
    tables = [
        metrics.tabulated(grounds, mentions.document[number >= 0], number[number >= 0], int(number.max(initial=-1)) + 1)
        for number in kinds
    ]
    tables.append(metrics.tabulated(grounds, mentions.document[both], cell, int(cell.max(initial=-1)) + 1))

    def statistic(drawn: Floats) -> Floats:
        return prf(np.stack([((drawn @ t) ** 2).sum(-1) / 2 - (drawn**2 @ (t**2).sum(1)) / 2 for t in tables], -1))

    return Tally(
        "", None, "links across", np.eye(bounds), statistic, mentions.n, "mentions", "documents", additive=False
    )
