"""Two systems compared, score by score."""

import math

import pytest

from metrics.test_score import Document, gold, run
from spanproof.metrics.compare import compare


def worse(documents: list[Document], every: int) -> list[Document]:
    return [{**d, "entities": [e for k, e in enumerate(d["entities"]) if k % every]} for d in documents]


def test_systems_are_compared_score_by_score() -> None:
    a, b = (run(gold(), worse(gold(), every), "entities", resamples=0) for every in (9, 2))
    found = {each.signature.split("|task")[0]: each.difference for each in compare(a, b, n=2000)}
    assert found["entities|exact"].difference == pytest.approx(
        (a.find("exact").value or 0) - (b.find("exact").value or 0), abs=1e-6
    )
    assert all(math.isnan(each.difference.p) for each in compare(a, b, n=100)), "five articles"
    (k,) = [k for k, score in enumerate(a.scores) if score.signature.startswith("entities|exact|task")][:1]
    assert compare(a, b)[k].interval is None, "without resamples"


def copies(documents: list[Document], times: int) -> list[Document]:
    return [{**document, "id": f"{document['id']}-{k}"} for k in range(times) for document in documents]


def test_from_six_articles_on_there_is_p() -> None:
    """Ten articles that differ all in one direction: 2 of the 1,024 exchanges differ as much."""
    a, b = (run(copies(gold(), 2), copies(worse(gold(), every), 2), "entities", resamples=50) for every in (9, 2))
    found = {each.signature.split("|task")[0]: each for each in compare(a, b, n=2000)}
    exact = found["entities|exact"]
    assert (exact.difference.exact, exact.difference.n) == (True, 10)
    assert exact.difference.p == exact.difference.least == 1 / 512
    assert exact.interval
    assert exact.interval[0] < exact.difference.difference < exact.interval[1]
    assert exact.interval[0] > 0
    assert {each.difference.p for each in compare(a, a, n=100)} == {1}
    assert {each.interval for each in compare(a, a, n=100)} == {None}


def test_clusters_are_compared_within_articles_alone() -> None:
    a, b = (run(gold(), worse(gold(), every), "clusters") for every in (9, 2))
    measures = {each.signature.split("|")[1] for each in compare(a, b, n=100)}
    assert measures == {f"{name} within" for name in ("MUC", "B³", "CEAF-e", "LEA", "CoNLL")}


def test_scores_of_other_data_or_options_are_not_compared() -> None:
    a = run(gold(), gold(), "entities")
    for other in (run(gold()[1:], [], "entities"), run(gold(), gold(), "entities", labels="conll-4")):
        with pytest.raises(ValueError, match="different gold or options"):
            compare(a, other)
