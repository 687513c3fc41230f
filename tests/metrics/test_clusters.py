"""Scores of clusters against published values and an independent package."""

import numpy as np
import pytest
from corefeval import Document, Scorer
from hypothesis import assume, given
from hypothesis import strategies as st

from spanproof.arrays import Ints
from spanproof.metrics import clusters
from spanproof.metrics.clusters import CLUSTERINGS, Contingency, cluster_counts, cluster_prf
from support.spans import interval, same


def numbers(found: list[int]) -> Ints:
    return np.array(found, np.int64)


def table(key: str, response: str) -> Contingency:
    """Clusters written as in the test cases of the CoNLL scorer: a letter a mention, a blank between clusters."""
    sides = [{mention: k for k, cluster in enumerate(each.split()) for mention in cluster} for each in (key, response)]
    mentions = sorted({*sides[0], *sides[1]})
    return clusters.contingency(*(numbers([each.get(mention, -1) for mention in mentions]) for each in sides))


NAMES = {"muc": "MUC", "bcub": "B³", "ceafe": "CEAF-e", "lea": "LEA"}


def scored(name: str, found: Contingency) -> list[float]:
    """Precision, recall and F1."""
    values: list[float] = cluster_prf(np.array(CLUSTERINGS[name](found))).tolist()
    return values


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
        assert scored(NAMES[name], table(key, response)) == pytest.approx((precision, recall, harmonic), abs=1e-5), name


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
    for theirs, name in zip(scorer.all, CLUSTERINGS, strict=True):
        expected = theirs.get_precision(), theirs.get_recall(), theirs.get_f1()
        assert scored(name, found) == pytest.approx(expected)


@given(clusterings, clusterings, st.permutations(range(5)))
def test_scores_of_clusters_know_no_side_and_no_names(a: list[int], b: list[int], order: list[int]) -> None:
    renamed = [order[k] if k >= 0 else -1 for k in b]
    at, documents = np.arange(12), np.array([0, 5, 12])
    for name in CLUSTERINGS:
        once = cluster_counts(name, numbers(a), numbers(b), at, documents)
        other = cluster_counts(name, numbers(b), numbers(a), at, documents)
        again = cluster_counts(name, numbers(a), numbers(renamed), at, documents)
        assert same(once.value, other.value)
        assert same(once.value, again.value)
        assert once.values == pytest.approx(scored(name, clusters.contingency(numbers(a), numbers(b))), nan_ok=True)
        assert interval(once, 20) == pytest.approx(interval(again, 20))
        own = cluster_counts(name, numbers(a), numbers(a), at, documents)
        assert np.isnan(own.value) or own.value == pytest.approx(1)


@given(clusterings, clusterings, st.lists(st.integers(0, 2), min_size=3, max_size=3))
def test_a_document_drawn_twice_has_its_mentions_twice(a: list[int], b: list[int], drawn: list[int]) -> None:
    at, documents = np.arange(12), np.array([0, 4, 8, 12])
    again = [k for document in drawn for k in range(4 * document, 4 * document + 4)]
    for name in CLUSTERINGS:
        measure = cluster_counts(name, numbers(a), numbers(b), at, documents)
        sums = measure.rows[drawn].sum(0)
        expected = scored(name, clusters.contingency(numbers([a[k] for k in again]), numbers([b[k] for k in again])))
        assert measure.statistic(sums) == pytest.approx(expected, nan_ok=True)


def test_clusters_with_nothing_to_divide_by_are_undefined() -> None:
    assert np.isnan([scored(name, table("", "")) for name in CLUSTERINGS]).all()
    nobody = np.zeros(0, np.int64)
    assert np.isnan(cluster_counts("MUC", nobody, nobody, nobody, np.array([0, 1])).value)
    assert np.isnan(cluster_counts("CoNLL", nobody, nobody, nobody, np.array([0, 1])).value)


def test_muc_without_a_link_is_0_as_in_the_reference_scorer_and_says_so() -> None:
    alone, documents = numbers([0, 1, 2]), np.array([0, 3])
    muc, mean = (cluster_counts(name, alone, alone, numbers([0, 1, 2]), documents) for name in ("MUC", "CoNLL"))
    assert muc.values == (0, 0, 0)
    assert mean.value == pytest.approx(2 / 3)
    assert muc.note == mean.note
    assert muc.note.startswith("MUC is 0 because")
    assert muc.note.endswith("as in the reference scorer.")
    linked = cluster_counts("MUC", numbers([0, 0, 1]), alone, numbers([0, 1, 2]), documents)
    assert (linked.values, linked.note) == ((0, 0, 0), "")


def test_an_empty_response_scores_0() -> None:
    assert scored("LEA", table("ab", "")) == [0, 0, 0]
