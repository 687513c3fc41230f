"""Scores against independent packages, on thousands of random cases; where they differ, their fault is named.

The packages, as measured: nervaluate==1.2.1, seqeval==1.2.2, seqscore==0.9.0, scorch==0.2.0.
"""

import random
import warnings
from collections.abc import Callable
from itertools import combinations, pairwise, permutations
from statistics import StatisticsError
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from nervaluate import Evaluator
from scorch import scores as scorch
from seqeval.metrics.v1 import precision_recall_fscore_support as seqeval
from seqeval.scheme import IOB2
from seqscore.encoding import get_encoding
from seqscore.model import AnnotatedSequence
from seqscore.scoring import compute_scores

from spanproof.corpus.continuum import Continuum
from spanproof.metrics import clusters
from spanproof.metrics.counts import columns_per_unit, macro, prf
from spanproof.metrics.matching import partners
from spanproof.metrics.measures import span_counts
from spanproof.metrics.spans import LabelledSpans
from spanproof.metrics.tasks.clusters import Mentions, across, links, within

pytestmark = pytest.mark.slow

Span = tuple[int, int, int]
LABELS = ("A", "B", "C")
CASES = 2000
BIO = get_encoding("BIO")


def side(spans: list[Span]) -> LabelledSpans:
    return LabelledSpans(*np.array(spans, np.int64).reshape(-1, 3).T)


def flat(rng: random.Random, length: int, labels: int = 3) -> list[Span]:
    """Spans that share no character, in order."""
    edges = sorted(rng.sample(range(length + 1), rng.randrange(0, min(10, length + 1))))
    return [(low, high, rng.randrange(labels)) for low, high in pairwise(edges) if rng.random() < 0.6]


def like(rng: random.Random, spans: list[Span], length: int) -> list[Span]:
    """A system's spans: some kept, some relabelled, some gone, and others where there is room."""
    found = [(s, e, label if rng.random() < 0.8 else rng.randrange(3)) for s, e, label in spans if rng.random() < 0.7]
    more = [new for new in flat(rng, length) if all(new[1] <= s or e <= new[0] for s, e, _ in found)]
    return sorted(found + more)


def three(sums: np.ndarray[Any, Any], statistic: Callable[..., Any] = prf) -> list[float]:
    """Precision, recall and F1 as these packages have them: 0 where ours are undefined."""
    found: list[float] = np.nan_to_num(statistic(sums.astype(float))).tolist()
    return found


def continuum(length: int) -> Continuum:
    return Continuum(np.array([0, length]), np.array([0, length]), (np.arange(length), np.arange(1, length + 1)))


def nervaluate(gold: list[Span], predicted: list[Span], tags: str = "ABC") -> Any:
    both = [[[{"label": LABELS[label], "start": s, "end": e - 1} for s, e, label in x]] for x in (gold, predicted)]
    return Evaluator(*both, tags=list(tags), loader="dict").evaluate()


def named(result: Any) -> list[float]:
    return [result.precision, result.recall, result.f1]


def test_exact_boundary_and_overlap_are_those_of_nervaluate() -> None:
    """Its end is inclusive: end - 1 is passed. Its ``ent_type`` asks the first span that a prediction meets alone, so a
    span of another label before it costs the pair: where they differ, ours is the greater by it."""
    rng = random.Random(1)
    for _ in range(CASES):
        gold = flat(rng, 30)
        predicted = like(rng, gold, 30)
        found = nervaluate(gold, predicted)
        a, b = side(gold), side(predicted)
        exact = span_counts("exact", a, b, 3, continuum(30)).sum(0)
        assert three(exact.sum(0)) == pytest.approx(named(found["overall"]["strict"]))
        boundary = span_counts("boundary", a, b, 3, continuum(30)).sum((0, 1))
        assert three(boundary) == pytest.approx(named(found["overall"]["exact"]))
        partial = span_counts("partial", a, b, 3, continuum(30)).sum((0, 1))
        assert three(partial) == pytest.approx(named(found["overall"]["partial"]))
        of_type = three(span_counts("type", a, b, 3, continuum(30)).sum((0, 1)))
        theirs = named(found["overall"]["ent_type"])
        alone = all(sum(s < end and start < e for s, e, _ in gold) < 2 for start, end, _ in predicted)
        alone = alone and all(sum(s < end and start < e for s, e, _ in predicted) < 2 for start, end, _ in gold)
        assert of_type == pytest.approx(theirs) if alone else of_type[2] >= theirs[2] - 1e-9


def test_faults_of_nervaluate() -> None:
    """Greedy: a prediction that comes first takes the gold from the one that equals it. A label that isn't in ``tags``
    is no error: its spans are dropped. An empty side has the scores 0, not undefined ones."""
    gold, predicted = [(0, 10, 0)], [(0, 4, 0), (0, 10, 0)]
    assert named(nervaluate(gold, predicted)["overall"]["strict"]) == [0, 0, 0]
    assert three(span_counts("exact", side(gold), side(predicted), 1, continuum(10)).sum((0, 1))) == [0.5, 1, 2 / 3]
    spurious = [(0, 10, 0), (12, 14, 1)]
    assert named(nervaluate(gold, spurious, "A")["overall"]["strict"]) == [1, 1, 1]
    assert three(span_counts("exact", side(gold), side(spurious), 3, continuum(20)).sum((0, 1)))[0] == 0.5
    assert named(nervaluate([], [])["overall"]["strict"]) == [0, 0, 0]
    assert np.isnan(prf(np.zeros(3))).all()


def tags(spans: list[Span], length: int) -> list[str]:
    found = ["O"] * length
    for start, end, label in spans:
        found[start:end] = [f"B-{LABELS[label]}", *[f"I-{LABELS[label]}"] * (end - start - 1)]
    return found


def test_exact_is_that_of_seqeval_strict_per_label_micro_and_macro() -> None:
    rng = random.Random(2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(CASES // 2):
            gold = flat(rng, 20)
            predicted = like(rng, gold, 20)
            counts = span_counts("exact", side(gold), side(predicted), 3, continuum(20)).sum(0)
            both = [[tags(each, 20)] for each in (gold, predicted)]
            options: dict[str, Any] = {"scheme": IOB2, "zero_division": 0}
            micro, average = (seqeval(*both, average=name, **options)[:3] for name in ("micro", "macro"))
            assert three(counts.sum(0)) == pytest.approx(micro)
            assert three(counts.ravel(), macro) == pytest.approx(np.nan_to_num(average))
            each = np.stack(seqeval(*both, average=None, **options)[:3], 1).reshape(-1, 3)
            held = [row for row in counts if row[:2].any()]
            assert np.array([three(row) for row in held]).reshape(-1, 3) == pytest.approx(each)


def test_exact_is_that_of_seqscore() -> None:
    rng = random.Random(3)
    for _ in range(CASES // 2):
        gold = flat(rng, 20)
        predicted = like(rng, gold, 20)
        both = [AnnotatedSequence.from_tokens_and_labels(["w"] * 20, tags(each, 20), BIO) for each in (gold, predicted)]
        found = compute_scores([[both[1]]], [[both[0]]])[0]
        counts = span_counts("exact", side(gold), side(predicted), 3, continuum(20)).sum((0, 1))
        assert three(counts) == pytest.approx([found.precision, found.recall, found.f1])


def clustered(rng: random.Random) -> Mentions:
    n, documents = rng.randrange(1, 14), 3
    gold, predicted = ([rng.randrange(-1, 4) for _ in range(n)] for _ in range(2))
    some = [k for k in range(n) if gold[k] >= 0 or predicted[k] >= 0]
    a, b = (np.array([each[k] for k in some], np.int64) for each in (gold, predicted))
    return Mentions(a, b, np.array([rng.randrange(documents) for _ in some], np.int64), documents)


def sets(cluster: Any, document: Any, *, cut: bool) -> list[set[int]]:
    found: dict[Any, set[int]] = {}
    for k, (c, d) in enumerate(zip(cluster.tolist(), document.tolist(), strict=True)):
        if c >= 0:
            found.setdefault((c, d) if cut else c, set()).add(k)
    return list(found.values())


SCORCH = MappingProxyType({"MUC": scorch.muc, "B³": scorch.b_cubed, "CEAF-e": scorch.ceaf_e})


@pytest.mark.parametrize("where", ["within", "across"])
def test_clusters_are_those_of_scorch(where: str) -> None:
    """Where the sides share mentions and, for MUC, both have links: see the next test for the rest."""
    rng, compared = random.Random(4), 0
    for _ in range(CASES // 2):
        mentions = clustered(rng)
        key, response = (sets(s, mentions.document, cut=where == "within") for s in (mentions.gold, mentions.predicted))
        linked = all(any(len(each) > 1 for each in clustering) for clustering in (key, response))
        if not set().union(*key) & set().union(*response):
            continue
        ours = {t.measure: t.values for t in (within if where == "within" else across)(mentions)}
        f1 = []
        for name, theirs in SCORCH.items():
            if name == "MUC" and not linked:
                continue
            recall, precision, f = theirs(key, response)
            assert ours[f"{name} {where}"] == pytest.approx((precision, recall, f)), name
            f1.append(f)
        if len(f1) == 3:
            assert ours[f"CoNLL {where}"][2] == pytest.approx(np.mean(f1))
            compared += 1
    assert compared > CASES // 8


@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")
def test_faults_of_scorch() -> None:
    """CEAF-e of clusterings without a common mention is 0, and breaks there; ours is 0."""
    with pytest.raises(StatisticsError):
        scorch.ceaf_e([{1, 2}], [{3, 4}])
    apart = Mentions(np.array([0, 0, -1, -1]), np.array([-1, -1, 0, 0]), np.zeros(4, np.int64), 1)
    assert {counts.value for counts in (*within(apart), *across(apart))} == {0}


def test_clusters_within_articles_are_those_of_clusters_that_are_cut() -> None:
    """The sums over articles are the same as one table of all clusters, each ending with its article; LEA too."""
    rng = random.Random(5)
    for _ in range(CASES // 4):
        mentions = clustered(rng)
        cut = [np.where(c >= 0, c * 3 + mentions.document, -1) for c in (mentions.gold, mentions.predicted)]
        table = clusters.contingency(*cut)
        for counts, sums in zip(within(mentions), clusters.CLUSTERINGS.values(), strict=False):
            expected = clusters.statistic_of(counts.measure.split()[0], mentions.n)(np.array(sums(table)))
            assert counts.values == pytest.approx(expected, nan_ok=True)


def test_links_are_pairs_of_two_articles() -> None:
    """The slow twin lists them; a resample is the corpus with copies of articles that aren't linked to each other."""
    rng = random.Random(6)
    for _ in range(CASES // 4):
        mentions = clustered(rng)
        times = [rng.randrange(3) for _ in range(mentions.documents)]
        rows = [
            (d, int(a), int(b))
            for a, b, d in zip(mentions.gold, mentions.predicted, mentions.document.tolist(), strict=True)
            for _ in range(times[d])
        ]
        apart = [(x, y) for x, y in combinations(rows, 2) if x[0] != y[0]]
        held = [sum(x[k] == y[k] >= 0 for x, y in apart) for k in (1, 2)]
        both = sum(x[1] == y[1] >= 0 and x[2] == y[2] >= 0 for x, y in apart)
        found = links(mentions).statistic(np.array(times, float))
        assert found == pytest.approx(prf(np.array([*held, both], float)), nan_ok=True)


def slow_partners(a: list[Span], b: list[Span]) -> tuple[int, int, int]:
    """The best of all pairings that hold the equal spans: pairs, shared characters, equal labels."""
    shorter, longer = sorted((a, b), key=len)
    best = (0, 0, 0)
    spans = {(s, e) for s, e, _ in a} & {(s, e) for s, e, _ in b}
    for order in permutations(longer, len(shorter)):
        pairs = [(x, y) for x, y in zip(shorter, order, strict=True) if x[0] < y[1] and y[0] < x[1]]
        if sum(x[:2] == y[:2] for x, y in pairs) == len(spans):
            shared = sum(min(x[1], y[1]) - max(x[0], y[0]) for x, y in pairs)
            best = max(best, (len(pairs), shared, sum(x[2] == y[2] for x, y in pairs)))
    return best


def test_partners_are_the_best_pairs_there_are() -> None:
    rng = random.Random(7)
    for _ in range(CASES // 4):
        a, b = (flat(rng, 16)[:5] for _ in range(2))
        first, second = partners(side(a), side(b))
        pairs = [(a[i], b[j]) for i, j in zip(first, second, strict=True)]
        shared = sum(min(x[1], y[1]) - max(x[0], y[0]) for x, y in pairs)
        assert (len(pairs), shared, sum(x[2] == y[2] for x, y in pairs)) == slow_partners(a, b)


def tempeval(gold: list[Span], system: list[Span]) -> dict[str, list[float]]:
    """TempEval-3 by its formulas, for expressions each of which meets one of the other side at most."""

    def scored(found: int) -> list[float]:
        p, r = (found / len(x) if x else 0.0 for x in (system, gold))
        return [p, r, 2 * p * r / (p + r) if p + r else 0.0]

    strict = sum(any(x[:2] == y[:2] for y in gold) for x in system)
    met = [(x, y) for x in system for y in gold if x[0] < y[1] and y[0] < x[1]]
    right = sum(x[2] == y[2] for x, y in met)
    relaxed = scored(len(met))
    accuracy = right / len(met) if met else 0.0
    assert relaxed[2] * accuracy == pytest.approx(scored(right)[2])
    return {"strict": scored(strict), "relaxed": relaxed, "value": scored(right)}


def test_tempeval_scores_are_those_of_its_formulas() -> None:
    rng, cases = random.Random(8), 0
    while cases < CASES:
        gold = flat(rng, 24)
        system = like(rng, gold, 24)
        meets = [[x[0] < y[1] and y[0] < x[1] for y in gold] for x in system]
        if any(sum(row) > 1 for row in meets) or any(sum(column) > 1 for column in zip(*meets, strict=True)):
            continue
        cases += 1
        a, b = side(gold), side(system)
        first, second = partners(a, b)
        same = (a.start[first] == b.start[second]) & (a.end[first] == b.end[second])
        right = a.label[first] == b.label[second]
        expected = tempeval(gold, system)
        for name, which in (("strict", same), ("relaxed", same | True), ("value", right)):
            counts = columns_per_unit(np.array([0, 24]), a.start, b.start, a.start[first[which]])
            assert three(counts[0]) == pytest.approx(expected[name])


def test_overlap_is_a_half_for_each_best_pair_beyond_the_equal_ones() -> None:
    """The partners that share a label are what the partial credit of the overlap score counts."""
    rng = random.Random(9)
    for _ in range(CASES // 4):
        a, b = ([(s, e, 0) for s, e, _ in flat(rng, 16)] for _ in range(2))
        first, second = partners(side(a), side(b))
        same = sum(a[i] == b[j] for i, j in zip(first, second, strict=True))
        credit = span_counts("overlap", side(a), side(b), 1, continuum(16))[0, 0, 2]
        assert credit == same + (len(first) - same) / 2


def test_labels_are_counted_at_once_as_they_are_one_by_one() -> None:
    """In units too; spans of a corpus may overlap, and stand twice."""
    rng = random.Random(10)
    bounds = np.array([0, 7, 7, 16])
    cut = Continuum(np.array([0, 16]), bounds, (np.arange(16), np.arange(1, 17)))
    for _ in range(CASES // 2):
        a, b = (sorted(flat(rng, 16) + flat(rng, 16)) for _ in range(2))
        for measure in ("exact", "overlap", "token"):
            found = span_counts(measure, side(a), side(b), 3, cut)
            for label in range(3):
                some = [side([(*span[:2], 0) for span in each if span[2] == label]) for each in (a, b)]
                assert found[:, label].tolist() == span_counts(measure, *some, 1, cut)[:, 0].tolist()
