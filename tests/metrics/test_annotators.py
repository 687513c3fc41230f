"""Agreement of several annotators: what somebody lacks is named, and never taken for agreement."""

import copy
import json
from collections import Counter
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from spanproof.arrays import Bools
from spanproof.checks.examples import sound
from spanproof.cli import main
from spanproof.corpus.documents import Corpus
from spanproof.formats.jsonl import FORMAT as JSONL
from spanproof.metrics.agreement import Agreement, AgreementScore, agree
from spanproof.metrics.annotators import MEAN, TeamAgreement, agree_all
from spanproof.metrics.coefficients import token_alpha
from spanproof.metrics.render import team_as_text
from spanproof.schema.schema import Schema
from spanproof.testing import strategies
from support import examples
from support.spans import labelled

FEW = settings(max_examples=examples(15))
LAYERS = ("zones", "entities", "quotes", "dates", "damage")
Document = dict[str, Any]
ANA = {"id": "e1", "start": 0, "end": 9, "text": "Ana Silva", "label": "PERSON", "entity_id": "ana"}


def named(agreement: Agreement | TeamAgreement) -> dict[tuple[str, str | None, str | None, str], AgreementScore]:
    return {(score.layer, score.member, score.part, score.measure): score for score in agreement.scores}


def values(agreement: Agreement | TeamAgreement) -> dict[Any, Any]:
    return {key: (score.value, sorted(score.n)) for key, score in named(agreement).items()}


@st.composite
def teams(draw: st.DrawFn) -> dict[str, list[Document]]:
    """Two to four annotators of a few texts: annotations are gone or have another label, documents are lacking."""
    texts = draw(st.lists(strategies.documents(), min_size=1, max_size=3, unique_by=lambda document: document["id"]))
    team = {}
    for name in "abcd"[: draw(st.integers(2, 4))]:
        work = copy.deepcopy(draw(st.lists(st.sampled_from(texts), max_size=3, unique_by=lambda one: one["id"])))
        for document in work:
            document["entities"] = [one for one in document["entities"] if draw(st.integers(0, 3))]
            for entity in document["entities"]:
                entity["label"] = draw(st.sampled_from([entity["label"], "PERSON"]))
        team[name] = work
    return team


def shared(team: dict[str, list[Document]]) -> set[str]:
    times = Counter(document["id"] for work in team.values() for document in work)
    return {name for name, n in times.items() if n > 1}


def measured(team: dict[str, list[Document]]) -> TeamAgreement:
    return agree_all({name: Corpus.of(work) for name, work in team.items()}, resamples=2)


@FEW
@given(teams())
def test_everybody_is_compared_in_what_they_share(team: dict[str, list[Document]]) -> None:
    if not shared(team):
        with pytest.raises(ValueError, match="no document was annotated by two annotators"):
            measured(team)
        return
    agreed = measured(team)
    for pair in agreed.pairs:
        sides = [{document["id"]: document for document in team[name]} for name in pair.annotators]
        common = sorted(sides[0].keys() & sides[1].keys())
        assert list(pair.documents) == common
        assert (pair.agreement is None) == (not common)
        if pair.agreement:
            alone = agree(*(Corpus.of([side[name] for name in common]) for side in sides), resamples=2)
            assert values(pair.agreement) == values(alone)
    every = {document["id"] for work in team.values() for document in work}
    assert set(agreed.documents) == every
    assert set(agreed.alone) == every - shared(team)


@FEW
@given(teams(), st.randoms())
def test_who_comes_first_and_what_one_has_alone_changes_nothing(team: dict[str, list[Document]], random: Any) -> None:
    if not (common := shared(team)):
        return
    names = list(team)
    random.shuffle(names)
    without = {name: [document for document in team[name] if document["id"] in common] for name in names}
    assert values(measured(without)) == pytest.approx(values(measured(team)))


@FEW
@given(teams(), st.sampled_from(LAYERS), st.data())
def test_a_layer_that_somebody_lacks_is_not_compared(
    team: dict[str, list[Document]], layer: str, data: st.DataObject
) -> None:
    if not shared(team):
        return
    where = data.draw(st.sampled_from([(name, k) for name, work in team.items() for k in range(len(work))]))
    name, k = where
    lacking = copy.deepcopy(team)
    document = lacking[name][k]
    if data.draw(st.booleans()):
        document[layer] = None
    else:
        del document[layer]
    gone = {**lacking, name: [one for one in lacking[name] if one is not document]}
    agreed = measured(lacking)
    of_layer = {key: value for key, value in values(agreed).items() if key[0].split(".")[0] == layer}
    if not shared(gone):
        assert of_layer == {}
        return
    expected = {key: value for key, value in values(measured(gone)).items() if key[0].split(".")[0] == layer}
    assert of_layer == pytest.approx(expected)
    if document["id"] in shared(team):
        assert layer in [absent.layer for absent in agreed.absent]
        assert f"{layer}: not compared where {name} has no such list, empty or not:" in " ".join(
            team_as_text(agreed).split()
        )


@FEW
@given(teams())
def test_of_two_the_figure_of_all_is_that_of_the_pair(team: dict[str, list[Document]]) -> None:
    two = {name: team[name] for name in "ab"}
    if not shared(two):
        return
    agreed = measured(two)
    (pair,) = agreed.pairs
    assert pair.agreement
    ours, theirs = named(agreed), named(pair.agreement)
    for (layer, member, part, measure), score in ours.items():
        same = theirs[layer, member, part, "exact F1" if measure == MEAN else measure]
        assert score.value == pytest.approx(same.value)


def slow_alpha(table: list[list[int | None]]) -> float:
    """Krippendorff's definition by coincidences of values; a row is a token, None what an annotator doesn't have."""
    coincidences: Counter[tuple[int, int]] = Counter()
    for row in table:
        had = [value for value in row if value is not None]
        for one, other in permutations(range(len(had)), 2):
            coincidences[had[one], had[other]] += 1 / (len(had) - 1)  # type: ignore[assignment]
    n = sum(coincidences.values())
    of_value: Counter[int] = Counter()
    for (value, _), times in coincidences.items():
        of_value[value] += times
    observed = sum(times for (one, other), times in coincidences.items() if one != other)
    expected = sum(of_value[one] * of_value[other] for one in of_value for other in of_value if one != other)
    return float("nan") if expected == 0 else 1 - (n - 1) * observed / expected


@given(
    st.integers(2, 5).flatmap(lambda m: st.lists(st.lists(st.sampled_from([None, 0, 1, 2]), min_size=m, max_size=m)))
)
def test_token_alpha_of_many_is_the_definition(table: list[list[int | None]]) -> None:
    """0 stands for no span; what isn't there may hold spans all the same, which don't count."""
    annotators = len(table[0]) if table else 2
    at = np.arange(len(table)) * 2
    sides = [
        labelled([(2 * k, 2 * k + 1, row[one] or 7) for k, row in enumerate(table) if row[one] != 0])
        for one in range(annotators)
    ]
    there: Bools = np.array([[row[one] is not None for row in table] for one in range(annotators)], bool).reshape(
        annotators, len(table)
    )
    score = token_alpha((at, at + 1), sides, np.array([0, 2, 2 * len(table) + 2]), there).value
    assert score == pytest.approx(slow_alpha(table), nan_ok=True)


def run(folder: Path, **works: list[Document]) -> Result:
    for name, work in works.items():
        (folder / name).mkdir(exist_ok=True)
        JSONL.write(folder / name / "pass.jsonl", work, Schema.article())
    result = CliRunner().invoke(main, ["agree", *(str(folder / name) for name in works), "--resamples", "5"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_three_annotators_on_a_terminal(tmp_path: Path) -> None:
    one, two = sound(id="one", entities=[ANA]), sound(id="two", entities=[ANA])
    other = sound(id="one", entities=[{**ANA, "label": "ORG"}])
    alone = sound(id="three")
    result = run(tmp_path, ana=[one, two], ben=[other], zoe=[one, {**two, "entities": None}, alone])
    assert result.exit_code == 0
    shown = " ".join(result.output.split())
    assert "There are 3 annotators, in this order: ana, ben, zoe." in shown
    assert "ben has 1 of 3 documents, and lacks three, two." in shown
    assert "Not compared, because only one annotator has them: three." in shown
    assert "entities: not compared where zoe has no such list, empty or not: two." in shown
    rows = [line.split() for line in result.output.splitlines()]
    together = next(row for row in rows if row[:2] == ["entities", "all"])
    assert (together[2], together[-1]) == ("1", "0.333")


def test_what_shares_nothing_is_refused(tmp_path: Path) -> None:
    one, two, none = [sound(id="one")], [sound(id="two")], list[Document]()
    for works, words in (
        ({"ana": one}, "1 corpora; expected two or more"),
        ({"ana": one, "ben": two}, "no document was annotated by two annotators"),
        ({"ana": one, "ben": none}, "holds no document"),
    ):
        result = run(tmp_path, **works)
        assert result.exit_code == 2
        assert words in result.output


def test_annotators_whose_folders_are_called_alike_are_told_apart(tmp_path: Path) -> None:
    folders = [tmp_path / name / "articles" for name in ("x", "y")]
    for folder in folders:
        folder.mkdir(parents=True)
        JSONL.write(folder / "pass.jsonl", [sound()], Schema.article())
    result = CliRunner().invoke(main, ["agree", *map(str, folders), "--output", "json", "--resamples", "1"])
    assert json.loads(result.output)["annotators"] == [str(folder) for folder in folders]
