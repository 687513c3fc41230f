"""The audit on copies of made corpora; its page is what its facts and judgements say."""

import json
import shutil
from pathlib import Path

import pytest

from audit.drifting import DRIFTS, drift_facts, with_programs
from audit.measuring import measured
from audit.page import JUDGEMENTS, KNOWN, NEAREST, PAGE, VERDICTS, facts_in, page_of, summary_of
from audit.peers import Asked, installed
from audit.published import CORPORA, EXAMPLES
from spanproof.checks.rules import catalogue
from support.documents import ROOT


def test_the_page_is_what_the_facts_say() -> None:
    assert PAGE.read_text("utf-8") == page_of(facts_in())


def test_the_readme_says_what_the_facts_say() -> None:
    words = " ".join((ROOT / "README.md").read_text("utf-8").split())
    assert summary_of(facts_in()) in words, f"expected in README.md: {summary_of(facts_in())}"


def test_every_judgement_is_of_something_found() -> None:
    facts = facts_in()
    for name, judged in json.loads(JUDGEMENTS.read_text("utf-8")).items():
        codes = {one["code"] for one in facts[name]["findings"]}
        for identity, one in judged.items():
            assert one["code"] in codes, (name, identity)
            assert one["verdict"] in VERDICTS
            assert one["why"]


def test_what_is_known_is_of_a_corpus_and_of_rules() -> None:
    codes = {rule.code for rule in catalogue()}
    for fault in json.loads(KNOWN.read_text("utf-8")):
        assert fault["corpus"] in {corpus.name for corpus in CORPORA}
        assert set(fault["codes"]) <= codes
        assert fault["codes"] or fault["note"]


def test_no_drift_misplaces_a_span() -> None:
    counts = [(name, drift, one) for name, told in facts_in().items() for drift, one in told["drifts"].items()]
    assert counts
    assert [(name, drift) for name, drift, one in counts if one["misplaced"]] == []


def test_programs_that_are_not_asked_again_keep_what_they_made_of_the_same_spans() -> None:
    before = {"bytes": {"spans": 9, "wrong": 5, "gone": 0, "programs": {"a": {"right": 3}, "b": {"right": 1}}}}
    again = {"bytes": {"spans": 9, "wrong": 5, "gone": 0, "programs": {"b": {"right": 2}}}}
    assert with_programs(again, before)["bytes"]["programs"] == {"a": {"right": 3}, "b": {"right": 2}}
    others = {"bytes": {**again["bytes"], "wrong": 4}}
    assert with_programs(others, before) == others
    assert with_programs(again, {}) == again


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    """Copies of a made PolNeAR, arranged as it is published: one text, two annotators, one of whom cuts a word."""
    for name in ("attributions", "text"):
        (tmp_path / "polnear" / "data" / "dev" / name).mkdir(parents=True)
    dev = tmp_path / "polnear" / "data" / "dev"
    shutil.copy(EXAMPLES / "polnear.txt", dev / "text" / "made.txt")
    lines = (EXAMPLES / "polnear.ann").read_text("utf-8")
    (dev / "attributions" / "made_a.ann").write_text(lines, "utf-8")
    (dev / "attributions" / "made_b.ann").write_text(lines.replace("10 14\tsaid", "10 13\tsai"), "utf-8")
    return tmp_path


def test_a_copy_is_checked_and_its_findings_are_counted_and_sampled(copies: Path) -> None:
    (polnear,) = (corpus for corpus in CORPORA if corpus.name == "polnear")
    facts, sample = measured(polnear, copies)
    assert (facts["documents"], facts["spans"]) == (2, 22)
    assert [(one["code"], one["findings"], one["documents"]) for one in facts["findings"]] == [("SP109", 2, 1)]
    assert {one["code"] for one in sample} == {"SP109"}
    drifts = drift_facts(polnear, copies)
    assert list(drifts) == list(DRIFTS)
    assert drifts["unseen widths"]["wrong"] > 0
    assert all(one["misplaced"] == 0 for one in drifts.values())
    for one in drifts.values():
        nearest = one["programs"][NEAREST]
        assert nearest["right"] <= one["wrong"]
        assert nearest["right"] + nearest["misplaced"] <= one["wrong"] + one["gone"]


def test_the_nearest_occurrence_is_a_guess() -> None:
    """Words counted one too far are nearest to themselves; far off, they are nearer to others of the same name."""
    text = "Bo met Ana. Bo saw Bo."
    asked = Asked(text, ["Ana", "Bo", "Vala"], [(8, 11), (17, 19), (3, 7)], text, [(7, 10), (12, 14), (0, 4)], text)
    assert installed()[NEAREST](asked) == [(7, 10), (19, 21), None]
    assert all(len(ask(asked)) == 3 for ask in installed().values())


def test_a_copy_that_is_not_there_is_no_clean_corpus(tmp_path: Path) -> None:
    for corpus in CORPORA:
        room = tmp_path / f"room-{corpus.name}"
        room.mkdir()
        with pytest.raises((FileNotFoundError, NotADirectoryError)):
            corpus.read(tmp_path, room).load()


def test_a_corpus_has_its_own_labels() -> None:
    (doccano,) = (corpus for corpus in CORPORA if corpus.name == "doccano")
    assert doccano.json_schema()["properties"]["label"]["items"]["prefixItems"][2]["enum"] == ["PER", "LOC", "ORG"]
