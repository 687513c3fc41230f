"""The tasks of putting together: mentions into entities, quotations into utterances, within and across articles."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from spanproof.arrays import Floats, Ints, distinct
from spanproof.corpus.pairs import PairedCorpora, numbered
from spanproof.metrics import boundaries
from spanproof.metrics.boundaries import Trim, as_is, trimmed
from spanproof.metrics.clusters import CLUSTERINGS, cluster_counts, contingency, no_links, statistic_of
from spanproof.metrics.counts import Counts, per_unit_and_kind, prf
from spanproof.metrics.matching import Pairs, extent_pairs, partners, unpaired
from spanproof.metrics.spans import LabelledSpans
from spanproof.schema.node import Node


@dataclass(frozen=True)
class Mentions:
    """What gold or a prediction puts into a cluster.

    Attributes:
        gold: the cluster of each mention in gold, a number from 0, -1 where gold lacks it, shape (mentions,).
        predicted: that in the prediction.
        document: the number of its document.
        documents: how many documents there are.
    """

    gold: Ints
    predicted: Ints
    document: Ints
    documents: int

    @property
    def n(self) -> tuple[int, int]:
        """How many gold and the prediction have."""
        return int((self.gold >= 0).sum()), int((self.predicted >= 0).sum())

    @property
    def common(self) -> "Mentions":
        """Those that both have."""
        both = (self.gold >= 0) & (self.predicted >= 0)
        return replace(self, gold=self.gold[both], predicted=self.predicted[both], document=self.document[both])


def registry_members(node: Node) -> list[str]:
    """Return the members that refer to a registry and to nothing of the document: those that put spans together."""
    return [name for name, member in node.fields.items() if member.refers_to.registries and not member.refers_to.local]


def cluster_task(pair: PairedCorpora, node: Node, member: str, trim: Trim, *, content: bool) -> list[Counts]:
    """Count the clusters of the spans that have a value of a member.

    The measures are MUC, B³, CEAF-e and LEA (:mod:`spanproof.metrics.clusters`) and the CoNLL average, ``within``
    articles (clusters end with their article and counts add up over articles, as in the CoNLL scorer) and ``across``
    them; for the contents of quotations across alone, with ``links``: pairs in two articles. Mentions are matched by
    start and end; ``relaxed``: by shared characters, for contents. The part ``common``: of the mentions that both have.

    Args:
        pair: gold and prediction.
        node: the layer.
        member: what names the cluster of a span.
        trim: what the convention takes from the edges of names.
        content: whether the spans are contents of quotations.
    """
    (gold, a), (predicted, b) = _clustered(
        pair, node, member, boundaries.content if content and trim is not as_is else trim
    )
    layer = f"{node.place[0]}.{member}"
    matchings: dict[str, Callable[[LabelledSpans, LabelledSpans], Pairs]] = {"": extent_pairs}
    if content:
        matchings["relaxed "] = partners
    counts = []
    for prefix, matching in matchings.items():
        first, second = matching(gold, predicted)
        rest, others = unpaired(len(a), first), unpaired(len(b), second)
        at = np.concatenate([gold.start[first], gold.start[rest], predicted.start[others]])
        mentions = Mentions(
            np.concatenate([a[first], a[rest], np.full(len(others), -1)]),
            np.concatenate([b[second], np.full(len(rest), -1), b[others]]),
            pair.continuum(node).document(at),
            len(pair.names),
        )
        for part, some in ((None, mentions), ("common", mentions.common)):
            of_part = [*across(some), *([links(some)] if content else within(some))]
            counts += [replace(count, layer=layer, part=part, measure=prefix + count.measure) for count in of_part]
    return counts


def _clustered(pair: PairedCorpora, node: Node, member: str, trim: Trim) -> list[tuple[LabelledSpans, Ints]]:
    """Return the spans of gold and prediction that have a value, unlabelled, and the numbers of their values."""
    text, both = pair.continuum(node).text, pair.spans(node.place)
    numbers, _ = numbered(*(spans.items.columns[member].to_pylist() for spans in both))
    clustered: list[tuple[LabelledSpans, Ints]] = []
    for spans, number in zip(both, numbers, strict=True):
        # In an order of their own, so that which of two spans at one place is whose doesn't depend on that of the file.
        order = np.lexsort((number, spans.end, spans.start))
        some = order[number[order] >= 0]
        start, end = trimmed(text, spans.start[some], spans.end[some], trim)
        clustered.append((LabelledSpans(start, end, np.zeros_like(start)), number[some]))
    return clustered


def across(mentions: Mentions) -> list[Counts]:
    """Return the scores of clusters that reach over articles."""
    bounds = np.arange(mentions.documents + 1)
    counts = [
        cluster_counts(measure, mentions.gold, mentions.predicted, mentions.document, bounds)
        for measure in (*CLUSTERINGS, "CoNLL")
    ]
    return [replace(count, measure=f"{count.measure} across") for count in counts]


def within(mentions: Mentions) -> list[Counts]:
    """Return the scores of clusters that end with their article: what is found and what there is, over articles."""
    order = np.argsort(mentions.document, kind="stable")
    cuts = np.searchsorted(mentions.document[order], np.arange(mentions.documents + 1))
    rows = np.zeros((mentions.documents, len(CLUSTERINGS), 4))
    for k in np.flatnonzero(np.diff(cuts)).tolist():
        some = order[cuts[k] : cuts[k + 1]]
        table = contingency(_renumbered(mentions.gold[some]), _renumbered(mentions.predicted[some]))
        rows[k] = [sums(table) for sums in CLUSTERINGS.values()]
    measured = {name: rows[:, k] for k, name in enumerate(CLUSTERINGS)} | {"CoNLL": rows[:, :3].reshape(-1, 12)}
    of_muc = measured["MUC"].sum(0)
    return [
        Counts(
            f"{name} within",
            columns,
            statistic_of(name, mentions.n),
            mentions.n,
            "mentions",
            "documents",
            note=no_links(name, of_muc, mentions.n),
        )
        for name, columns in measured.items()
    ]


def _renumbered(number: Ints) -> Ints:
    return np.where(number < 0, -1, np.searchsorted(distinct(number[number >= 0]), number))


def links(mentions: Mentions) -> Counts:
    """Return the F1 of links across articles: pairs of mentions in two articles that are in one cluster.

    Credit is for pairs that are together in gold and in the prediction. The sums are how often each article is drawn:
    copies of one article aren't linked with each other.
    """
    bounds = np.arange(mentions.documents + 1)
    both = (mentions.gold >= 0) & (mentions.predicted >= 0)
    width = int(mentions.predicted.max(initial=-1)) + 1
    cell = np.full(len(both), -1)
    cell[both] = np.unique(mentions.gold[both] * width + mentions.predicted[both], return_inverse=True)[1]
    tables = [
        per_unit_and_kind(bounds, mentions.document[number >= 0], number[number >= 0], int(number.max(initial=-1)) + 1)
        for number in (mentions.gold, mentions.predicted, cell)
    ]

    def statistic(drawn: Floats) -> Floats:
        return prf(np.stack([((drawn @ t) ** 2).sum(-1) / 2 - (drawn**2 @ (t**2).sum(1)) / 2 for t in tables], -1))

    rows = np.eye(mentions.documents)
    return Counts("links across", rows, statistic, mentions.n, "mentions", "documents", additive=False)
