"""Metrics against published values, independent packages and slow obvious twins."""

from collections import Counter
from itertools import pairwise, permutations

import numpy as np
import pytest
from agreement.metrics import cohens_kappa, krippendorffs_alpha
from corefeval import Document, Scorer
from hypothesis import assume, given
from hypothesis import strategies as st

from spanproof.arrays import Ints
from spanproof.corpus.assignment import assigned
from spanproof.metrics import clusters
from spanproof.metrics import spans as metrics
from spanproof.metrics.coefficients import alpha_u
from spanproof.metrics.clusters import Contingency
from spanproof.metrics.spans import Measure, Side

Span = tuple[int, int, int]
LENGTH = 40
BOUNDS = np.array([0, 7, 7, 20, LENGTH])
WHOLE = np.array([0, LENGTH])


@st.composite
def spans(draw: st.DrawFn, labels: int = 3) -> list[Span]:
    """Spans that stay within a unit of BOUNDS; they may overlap, and stand twice."""
    found = []
    for _ in range(draw(st.integers(0, 7))):
        low, high = draw(st.sampled_from([(0, 7), (7, 20), (20, LENGTH)]))
        start = draw(st.integers(low, high - 1))
        found.append((start, draw(st.integers(start + 1, min(high, start + 9))), draw(st.integers(0, labels - 1))))
    return found


def side(found: list[Span]) -> Side:
    return Side(*np.array(found, np.int64).reshape(-1, 3).T)


def numbers(found: list[int]) -> Ints:
    return np.array(found, np.int64)


def same(one: float, other: float) -> bool:
    return bool(np.isnan(one) and np.isnan(other)) or one == pytest.approx(other)


def f1(matches: float, a: list[Span], b: list[Span]) -> float:
    return 2 * matches / (len(a) + len(b)) if a or b else float("nan")


def slow_exact(a: list[Span], b: list[Span]) -> int:
    return sum((Counter(a) & Counter(b)).values())


def most(weights: list[list[float]]) -> float:
    """The best assignment of all; as many columns as rows at least."""
    return max(
        sum(row[k] for row, k in zip(weights, order, strict=True))
        for order in permutations(range(len(weights[0])), len(weights))
    )


def slow_overlap(a: list[Span], b: list[Span]) -> float:
    both = Counter(a) & Counter(b)
    left, right = ([*(Counter(each) - both).elements()] for each in (a, b))
    left, right = sorted((left, right), key=len)
    meet = [[float(x[2] == y[2] and x[0] < y[1] and y[0] < x[1]) for y in right] for x in left]
    return sum(both.values()) + (most(meet) / 2 if left else 0)


@given(spans(), spans())
def test_f1_is_that_of_the_slow_twin(a: list[Span], b: list[Span]) -> None:
    assume(max(len(a), len(b)) <= 6)
    exact, overlap = (measure(side(a), side(b), BOUNDS) for measure in (metrics.exact_f1, metrics.overlap_f1))
    assert same(exact.value, f1(slow_exact(a, b), a, b))
    assert same(overlap.value, f1(slow_overlap(a, b), a, b))


def test_overlapping_spans_are_matched_one_to_one_as_often_as_can_be() -> None:
    """The outer span leaves the one that the inner one needs; a third span finds no partner; labels keep apart."""
    a, b = [(20, 30, 0), (22, 24, 0), (31, 33, 1)], [(23, 28, 0), (26, 29, 0), (29, 30, 0), (31, 32, 2)]
    assert metrics.overlap_f1(side(a), side(b), BOUNDS).counts[3].tolist() == [3, 4, 2 * 0.5]


@given(st.lists(st.lists(st.integers(0, 5), min_size=5, max_size=5), min_size=1, max_size=5))
def test_the_assignment_is_the_best_there_is(weights: list[list[int]]) -> None:
    table = np.array(weights, np.float64)
    assert assigned(table) == assigned(table.T) == pytest.approx(most(table.tolist()))


MEASURES = (metrics.exact_f1, metrics.overlap_f1, alpha_u, lambda a, b, bounds: token_alpha(a, b, bounds))


def token_alpha(a: Side, b: Side, bounds: Ints = BOUNDS) -> Measure:
    starts = np.arange(0, bounds[-1], 2)
    return metrics.token_alpha((starts, starts + 1), a, b, bounds)


@given(spans(), spans(), st.data())
def test_scores_know_no_side_no_order_and_no_numbering(a: list[Span], b: list[Span], data: st.DataObject) -> None:
    mixed = data.draw(st.permutations(b))
    renamed = [[(start, end, 5 - label) for start, end, label in each] for each in (a, b)]
    for measure in MEASURES:
        score = measure(side(a), side(b), BOUNDS).value
        assert same(score, measure(side(b), side(a), BOUNDS).value)
        assert same(score, measure(side(a), side(mixed), BOUNDS).value)
        assert same(score, measure(*map(side, renamed), BOUNDS).value)


@given(spans())
def test_a_side_agrees_with_itself(a: list[Span]) -> None:
    for measure in MEASURES:
        found = measure(side(a), side(a), BOUNDS)
        assert found.value == 1 or np.isnan(found.value)
        assert np.isnan(found.interval(50)).all() or found.interval(50) == (1, 1)
    assert (metrics.exact_f1(side(a), side(a), BOUNDS).value == 1) == bool(a)


@given(spans(), spans(), st.data())
def test_a_span_less_is_no_match_more(a: list[Span], b: list[Span], data: st.DataObject) -> None:
    assume(b)
    k = data.draw(st.integers(0, len(b) - 1))
    fewer = [*b[:k], *b[k + 1 :]]
    for measure in (metrics.exact_f1, metrics.overlap_f1):
        assert (
            measure(side(a), side(fewer), BOUNDS).counts[:, 2].sum()
            <= measure(side(a), side(b), BOUNDS).counts[:, 2].sum()
        )
    whole, less = (metrics.exact_f1(side(b), side(each), BOUNDS).value for each in (b, fewer))
    assert less < whole == 1


@given(spans(), spans())
def test_counts_are_those_of_the_units_one_by_one(a: list[Span], b: list[Span]) -> None:
    """Overlapping spans never cross the borders here, so that each unit can be scored alone."""
    for measure in (metrics.exact_f1, metrics.overlap_f1):
        counts = measure(side(a), side(b), BOUNDS).counts
        for unit, (low, high) in enumerate(pairwise(BOUNDS)):
            inside = [[span for span in each if low <= span[0] < high] for each in (a, b)]
            assert counts[unit].tolist() == measure(*map(side, inside), WHOLE).counts[0].tolist()


@given(spans(), spans())
def test_pairs_have_the_same_offsets_and_the_same_label_where_they_can(a: list[Span], b: list[Span]) -> None:
    first, second = metrics.pairs(side(a), side(b))
    paired = [(a[i], b[j]) for i, j in zip(first, second, strict=True)]
    assert all(x[:2] == y[:2] for x, y in paired)
    assert (
        len(set(first))
        == len(set(second))
        == len(paired)
        == slow_exact([(*x[:2], 0) for x in a], [(*y[:2], 0) for y in b])
    )
    assert sum(x == y for x, y in paired) == slow_exact(a, b)


def slow_alpha_u(a: list[Span], b: list[Span], documents: Ints) -> float:
    """Krippendorff's definition, unit by unit and gap by gap."""
    length, observed, expected = int(documents[-1]), 0.0, 0.0
    for label in {span[2] for span in a + b}:
        units = [[span[:2] for span in merged([s for s in each if s[2] == label])] for each in (a, b)]
        gaps = []
        for each in units:
            taken = {k for start, end in each for k in range(start, end)}
            edges = {*documents.tolist(), *(end for _, end in each), *(start for start, _ in each)}
            borders = sorted(edges)
            gaps.append([(low, high) for low, high in pairwise(borders) if low not in taken])
        for s, e in units[0]:
            for t, f in units[1]:
                observed += (s - t) ** 2 + (e - f) ** 2 if s < f and t < e else 0
        for mine, theirs in ((units[0], gaps[1]), (units[1], gaps[0])):
            observed += sum((e - s) ** 2 for s, e in mine for low, high in theirs if low <= s and e <= high)
        lengths = [e - s for each in units for s, e in each]
        rooms = [high - low for each in gaps for low, high in each]
        placed = sum(
            (len(lengths) - 1) / 3 * (2 * n**3 - 3 * n**2 + n) + n * n * sum(g - n + 1 for g in rooms if g >= n)
            for n in lengths
        )
        expected += 2 / length * placed / (2 * length * (2 * length - 1) - sum(n * (n - 1) for n in lengths))
    return 1 - observed / length**2 / expected if expected else float("nan")


def merged(found: list[Span]) -> list[Span]:
    result: list[Span] = []
    for start, end, label in sorted(found):
        if result and start < result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]), label)
        else:
            result.append((start, end, label))
    return result


@given(spans(), spans())
def test_alpha_u_is_that_of_the_slow_twin(a: list[Span], b: list[Span]) -> None:
    for documents in (WHOLE, np.array([0, 7, 20, LENGTH]), BOUNDS):
        assert same(alpha_u(side(a), side(b), documents).value, slow_alpha_u(a, b, documents))


def test_alpha_u_of_the_example_in_content_analysis() -> None:
    """Krippendorff 2004, p. 254: positions 150 to 450; 0.7286 for c, 1 for k, and D_o(c) = 0.0144 of 1300 squares."""
    c, k = 0, 1
    i = side([(225, 295, c), (370, 400, c), (180, 240, k), (300, 350, k)])
    j = side([(220, 300, c), (355, 375, c), (400, 420, c), (180, 240, k), (300, 350, k)])
    a, b = (Side(each.start - 150, each.end - 150, each.label) for each in (i, j))
    whole = np.array([0, 300])
    assert alpha_u(a.at(a.label == c), b.at(b.label == c), whole).value == pytest.approx(0.7286, abs=5e-5)
    assert alpha_u(a.at(a.label == c), b.at(b.label == c), whole).counts[0, 1] == 1300
    assert alpha_u(a.at(a.label == k), b.at(b.label == k), whole).value == 1
    assert alpha_u(a, b, whole).value == pytest.approx(0.8591, abs=5e-4)


pairs_of_labels = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=30)


def frequencies(pairs: list[tuple[int, int]]) -> Ints:
    return np.array([[pair.count(label) for label in range(4)] for pair in pairs])


@given(pairs_of_labels)
def test_kappa_is_that_of_the_package_agreement(pairs: list[tuple[int, int]]) -> None:
    a, b = np.array(pairs, np.int64).T
    measure = metrics.kappa(a, b, np.arange(len(a)), np.array([0, 1, len(a)]))
    if len({*a, *b}) == 1:
        assert np.isnan(measure.value)
    else:
        users = np.array([np.bincount(each, minlength=4) for each in (a, b)])
        assert measure.value == pytest.approx(cohens_kappa(frequencies(pairs), users))
    share = metrics.accuracy(a == b, np.arange(len(a)), np.array([0, 1, len(a)]))
    assert share.value == pytest.approx(np.mean(a == b))


@given(pairs_of_labels)
def test_token_alpha_is_that_of_the_package_agreement(pairs: list[tuple[int, int]]) -> None:
    """Label 0 stands for no span; 3 for two spans, of labels 1 and 2, on one token."""
    at = np.arange(len(pairs)) * 2
    covers: dict[int, list[int]] = {0: [], 1: [1], 2: [2], 3: [2, 1, 2]}
    sides = [
        side([(2 * k, 2 * k + 1, n) for k, pair in enumerate(pairs) for n in covers[pair[each]]]) for each in (0, 1)
    ]
    score = metrics.token_alpha((at, at + 1), *sides, np.array([0, 2, 2 * len(pairs)])).value
    if len({label for pair in pairs for label in pair}) == 1:
        assert np.isnan(score)
    else:
        assert score == pytest.approx(krippendorffs_alpha(frequencies(pairs)))


def table(key: str, response: str) -> Contingency:
    """Clusters written as in the test cases of the CoNLL scorer: a letter a mention, a blank between clusters."""
    sides = [{mention: k for k, cluster in enumerate(each.split()) for mention in cluster} for each in (key, response)]
    mentions = sorted({*sides[0], *sides[1]})
    return clusters.contingency(*(numbers([each.get(mention, -1) for mention in mentions]) for each in sides))


SCORES = {"muc": clusters.muc, "bcub": clusters.b_cubed, "ceafe": clusters.ceaf_e, "lea": clusters.lea}


# Recall and precision: TestCases.README of conll/reference-coreference-scorers 8.01 (Pradhan et al. 2014); LEA from the
# tests of ns-moosavi/coval and, in the last case, from the paper of Moosavi and Strube 2016, section 4.
@pytest.mark.parametrize(
    ("key", "response", "expected"),
    [
        ("a bc def", "a bc def", {"muc": (1, 1), "bcub": (1, 1), "ceafe": (1, 1), "lea": (1, 1)}),
        ("a bc def", "a de", {"muc": (1 / 3, 1), "bcub": (7 / 18, 1), "ceafe": (0.6, 0.9), "lea": (2 / 6, 1)}),
        ("a bc def", "a bcx defy z",
         {"muc": (1, 3 / 5), "bcub": (1, 55 / 108), "ceafe": (0.88571, 0.66429), "lea": (1, 4 / 9)}),
        ("a bc def", "a bcx dy z",
         {"muc": (1 / 3, 1 / 3), "bcub": (5 / 9, 17 / 42), "ceafe": (0.73333, 0.55), "lea": (1 / 2, 2 / 7)}),
        ("a bc def", "a bcxB dy z",
         {"muc": (1 / 3, 1 / 4), "bcub": (5 / 9, 5 / 16), "ceafe": (0.68889, 0.51667), "lea": (1 / 2, 5 / 24)}),
        ("a bc def", "a bcx dy Bz",
         {"muc": (1 / 3, 1 / 4), "bcub": (5 / 9, 17 / 48), "ceafe": (0.73333, 0.55), "lea": (1 / 2, 1 / 4)}),
        ("a bc def", "a b c d e f", {"muc": (0, 0), "bcub": (3 / 6, 1), "lea": (1 / 6, 1 / 6)}),
        ("a bc def", "abcdef", {"muc": (1, 3 / 5), "bcub": (1, 7 / 18), "lea": (5 / 6, 4 / 15)}),
        ("a bc def", "a x y c d e z", {"muc": (0, 0), "bcub": (13 / 36, 4 / 7), "lea": (1 / 6, 1 / 7)}),
        ("a bc def", "axycdez", {"muc": (1 / 3, 1 / 6), "bcub": (17 / 36, 6 / 49), "lea": (1 / 6, 1 / 21)}),
        ("ab cde", "bcx de", {"lea": (1 / 5, 2 / 5)}),
        ("ab cde fg", "bcx de fg", {"lea": (3 / 7, 4 / 7)}),
        ("12345 67 89ABC", "12345 6789ABC", {"muc": (1, 9 / 10), "bcub": (1, 16 / 21), "lea": (1, (5 + 11 / 3) / 12)}),
        ("12345 67 89ABC", "1234589ABC 67", {"muc": (1, 9 / 10), "bcub": (1, 7 / 12), "lea": (1, (40 / 9 + 2) / 12)}),
        ("ABCD", "AB CD", {"muc": (2 / 3, 1), "lea": (1 / 3, 1)}),
        ("BCDEGHJ", "ABC DEF GHI", {"muc": (1 / 2, 1 / 2), "lea": (1 / 7, 1 / 3)}),
        ("ABC DEFG", "AB CD FGH", {"muc": (2 / 5, 2 / 4), "lea": ((1 + 2 / 3) / 7, 3 / 7)}),
        ("abcdef", "abcdef", {"muc": (1, 1), "bcub": (1, 1), "ceafe": (1, 1), "lea": (1, 1)}),
        ("abcdef", "a b c d e f", {"muc": (0, 0), "lea": (0, 0)}),
        ("abcdef", "ab cxy z", {"lea": (1 / 15, 2 / 6)}),
        ("a b c d e f", "a b c d e f", {"bcub": (1, 1), "ceafe": (1, 1), "lea": (1, 1)}),
        ("a b c d e f", "ab cde f", {"lea": (1 / 6, 1 / 6)}),
        ("a b c d e f", "a b c x y z", {"lea": (1 / 2, 1 / 2)}),
        ("abc defg", "ab cd fghi", {"lea": (5 / 21, 1 / 3)}),
    ],
)  # fmt: skip
def test_published_scores_of_clusters(key: str, response: str, expected: dict[str, tuple[float, float]]) -> None:
    for name, (recall, precision) in expected.items():
        harmonic = 2 * recall * precision / (recall + precision) if recall + precision else 0
        assert SCORES[name](table(key, response)) == pytest.approx((recall, precision, harmonic), abs=1e-5), name


clusterings = st.lists(st.integers(-1, 4), min_size=12, max_size=12)


def chains(clusters: list[int]) -> list[list[tuple[int, int]]]:
    return [[(k, k) for k, held in enumerate(clusters) if held == name] for name in sorted({*clusters} - {-1})]


def in_company(clusters: list[int]) -> list[int]:
    """Without the clusters of one."""
    return [name if clusters.count(name) > 1 else -1 for name in clusters]


@given(clusterings.map(in_company), clusterings.map(in_company))
def test_scores_of_clusters_are_those_of_the_package_coreference_eval(a: list[int], b: list[int]) -> None:
    """Which knows no clusters of one; the published cases have them."""
    assume(max(a) >= 0 and max(b) >= 0)
    scorer = Scorer()
    scorer.update(Document(predicted=chains(b), truth=chains(a)))
    found = clusters.contingency(numbers(a), numbers(b))
    for theirs, ours in zip(scorer.all, (clusters.muc, clusters.b_cubed, clusters.ceaf_e, clusters.lea), strict=True):
        precision, recall = theirs.get_precision(), theirs.get_recall()
        assert ours(found) == pytest.approx((recall, precision, theirs.get_f1()))


@given(clusterings, clusterings, st.permutations(range(5)))
def test_scores_of_clusters_know_no_side_and_no_names(a: list[int], b: list[int], names: list[int]) -> None:
    renamed = [names[k] if k >= 0 else -1 for k in b]
    at, documents = np.arange(12), np.array([0, 5, 12])
    for score in SCORES.values():
        once = clusters.clustering(score, numbers(a), numbers(b), at, documents)
        other = clusters.clustering(score, numbers(b), numbers(a), at, documents)
        again = clusters.clustering(score, numbers(a), numbers(renamed), at, documents)
        assert same(once.value, other.value)
        assert same(once.value, again.value)
        assert same(once.value, score(clusters.contingency(numbers(a), numbers(b)))[2])
        assert np.allclose(once.interval(20), again.interval(20), equal_nan=True)
        own = clusters.clustering(score, numbers(a), numbers(a), at, documents)
        assert np.isnan(own.value) or own.value == pytest.approx(1)


@given(clusterings, clusterings, st.lists(st.integers(0, 2), min_size=3, max_size=3))
def test_a_document_drawn_twice_has_its_mentions_twice(a: list[int], b: list[int], drawn: list[int]) -> None:
    at, documents = np.arange(12), np.array([0, 4, 8, 12])
    again = [k for document in drawn for k in range(4 * document, 4 * document + 4)]
    for score in SCORES.values():
        measure = clusters.clustering(score, numbers(a), numbers(b), at, documents)
        sums = measure.counts[drawn].sum(0)
        expected = score(clusters.contingency(numbers([a[k] for k in again]), numbers([b[k] for k in again])))[2]
        assert same(float(measure.statistic(sums)), expected)


@given(spans(), spans(), st.integers(0, 9))
def test_the_interval_is_that_of_resamples_drawn_one_by_one(a: list[Span], b: list[Span], seed: int) -> None:
    measure = metrics.overlap_f1(side(a), side(b), BOUNDS)
    drawn = np.random.default_rng(seed).integers(0, 4, (40, 4))
    scores = [float(measure.statistic(measure.counts[units].sum(0))) for units in drawn]
    known = [score for score in scores if not np.isnan(score)]
    expected = np.percentile(known, (2.5, 97.5)) if known else (np.nan, np.nan)
    assert np.allclose(measure.interval(40, seed), expected, equal_nan=True)
    assert np.array_equal(measure.interval(40, seed), measure.interval(40, seed), equal_nan=True)


def test_a_resample_of_documents_scores_as_they_would_alone() -> None:
    a, b = side([(1, 4, 0), (9, 12, 0), (25, 30, 0)]), side([(1, 5, 0), (9, 12, 0)])
    documents = np.array([0, 7, 20, LENGTH])
    measure = alpha_u(a, b, documents)
    alone = alpha_u(a.at(a.start < 20), b, documents[:3])
    assert float(measure.statistic(measure.counts[:2].sum(0))) == pytest.approx(alone.value)


def test_a_score_with_nothing_to_divide_by_is_undefined() -> None:
    nothing = side([])
    for measure in (*MEASURES, lambda a, b, bounds: metrics.kappa(a.label, b.label, a.start, bounds)):
        assert np.isnan(measure(nothing, nothing, BOUNDS).value)
        assert np.isnan(measure(nothing, nothing, np.array([0])).interval()).all()
    assert np.isnan([score(table("", "")) for score in SCORES.values()]).all()
    assert np.isnan(clusters.muc(table("a b", "a b"))).all()
    assert clusters.lea(table("ab", "")) == (0, 0, 0)


def test_the_interval_of_a_half_of_many_units_is_that_of_the_binomial() -> None:
    at = np.arange(400)
    low, high = metrics.accuracy(at % 2 == 0, at, np.arange(401)).interval()
    assert (low, high) == pytest.approx((0.45, 0.55), abs=0.01)
