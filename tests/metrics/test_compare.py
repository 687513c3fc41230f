"""Two systems compared, score by score."""

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
    assert found["entities|exact"].p < 0.01
    assert {each.difference.p for each in compare(a, a, n=100)} == {1}
    few = {each.signature.split("|task")[0]: each.difference for each in compare(a, b, units="documents")}
    assert (few["entities|exact"].exact, few["entities|exact"].least) == (True, 1 / 16)
    assert few["entities|exact"].p == 1 / 16


def test_clusters_are_compared_within_articles_alone() -> None:
    a, b = (run(gold(), worse(gold(), every), "clusters") for every in (9, 2))
    measures = {each.signature.split("|")[1] for each in compare(a, b, units="documents", n=100)}
    assert measures == {f"{name} within" for name in ("MUC", "B³", "CEAF-e", "LEA", "CoNLL")}
    assert compare(a, b, n=100) == []


def test_scores_of_other_data_or_options_are_not_compared() -> None:
    a = run(gold(), gold(), "entities")
    for other in (run(gold()[1:], [], "entities"), run(gold(), gold(), "entities", labels="conll-4")):
        with pytest.raises(ValueError, match="different gold or options"):
            compare(a, other)
    with pytest.raises(ValueError, match="no units"):
        compare(a, a, units="words")  # type: ignore[arg-type]
