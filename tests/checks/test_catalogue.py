"""Rules of other packages: found by their entry points, refused where they can't be used, given to a check."""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

import spanproof
from spanproof.checks import rules
from spanproof.checks.baseline import Baseline
from spanproof.checks.examples import sound
from spanproof.checks.fix import fix
from spanproof.checks.lines import Detail
from spanproof.checks.plain import as_dict
from spanproof.checks.render import OUTPUTS
from spanproof.checks.report import as_text
from spanproof.checks.rule import Hit, rule
from spanproof.checks.rules import CATALOGUE, catalogue, with_offered
from spanproof.checks.sarif import as_sarif
from spanproof.checks.view import View
from spanproof.corpus.plugins import PluginError
from spanproof.corpus.waivers import Waiver
from spanproof.formats.discovery import as_corpus
from spanproof.parsing.json import dump


@rule("MY001", "no-nicknames", "warning")
def no_nicknames(view: View) -> Iterator[Hit]:
    """A person is annotated by a nickname."""
    entities = view.columns.items(("entities", "*"))
    for k, surface in enumerate(entities.columns["text"].to_pylist()):
        if surface == "Ana":
            yield Hit(entities, k, "'Ana' is a nickname")


@rule("SP106", "my-own")
def taken_code(_: View) -> Iterator[Hit]:
    """Takes a code that is taken."""
    yield from ()


@rule("AA001", "every-entity", "info")
def every_entity(view: View) -> Iterator[Hit]:
    """There is an entity in which no fault was found."""
    for k in view.spans["entities", "*"].sound.nonzero()[0].tolist():
        yield Hit(view.spans["entities", "*"].items, k, "is an entity")


class Offered:
    NO_NICKNAMES = no_nicknames
    EVERY_ENTITY = every_entity
    TAKEN = taken_code
    NO_RULE = "MY001"


NICKNAME = sound(
    entities=[{"id": "e1", "start": 0, "end": 3, "text": "Ana", "label": "PERSON", "entity_id": None}]
)  # the text begins with "Ana Silva"


def point(name: str) -> EntryPoint:
    return EntryPoint(name.lower(), f"{__name__}:Offered.{name}", rules.GROUP)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """This module can be imported by its name, as that of an installed package."""
    module = type(sys)(__name__)
    vars(module).update(Offered=Offered)
    monkeypatch.setitem(sys.modules, __name__, module)


def test_a_rule_is_given_to_a_check() -> None:
    report = spanproof.check([NICKNAME], rules=[no_nicknames])
    assert [(f.code, f.severity, f.json_path, f.text) for f in report.findings] == [
        ("MY001", "warning", "$.entities[0]", "Ana")
    ]
    assert "warning[MY001]" in str(report)
    (run,) = json.loads(as_sarif(report))["runs"]
    assert run["tool"]["driver"]["rules"][run["results"][0]["ruleIndex"]] == {"id": "MY001", "name": "no-nicknames"}
    assert "MY001" not in {finding.code for finding in spanproof.check([NICKNAME]).findings}
    both = spanproof.check([NICKNAME], rules=[*catalogue(), no_nicknames], ignore=["SP"])
    assert [finding.code for finding in both.findings] == ["MY001"]


def test_where_no_rules_are_given_only_those_of_reading_and_of_offsets_judge() -> None:
    assert spanproof.check([NICKNAME], rules=[]).findings == ()
    shifted = {**NICKNAME, "entities": [{**NICKNAME["entities"][0], "start": 1, "end": 4}]}
    assert [finding.code for finding in spanproof.check([shifted], rules=[]).findings] == ["SP106"]


@pytest.mark.parametrize(
    ("content", "code"), [(None, "SP001"), ("", "SP001"), (f"{dump(NICKNAME)}\nno JSON\n", "SP001")]
)
@pytest.mark.parametrize("asked", [{}, {"select": ["no-nicknames"]}, {"ignore": ["SP"]}])
def test_what_cannot_be_read_is_found_whatever_rules_are_given(
    content: str | None, code: str, asked: dict[str, Any], tmp_path: Path
) -> None:
    file = tmp_path / "corpus.jsonl"
    if content is not None:
        file.write_text(content)
    report = spanproof.check(file, rules=[no_nicknames], **asked)
    assert code in report.findings.codes
    assert report.exit_code > 0


@pytest.mark.parametrize(
    ("wrong", "code"),
    [({"start": -3}, "SP102"), ({"end": 99}, "SP105"), ({"text": "Eva"}, "SP106"), ({"start": "0"}, "SP101")],
)
def test_a_span_that_is_not_where_it_says_is_not_open_to_a_rule_that_is_given(wrong: dict[str, Any], code: str) -> None:
    broken = {**NICKNAME, "entities": [{**NICKNAME["entities"][0], **wrong}]}
    report = spanproof.check([broken], rules=[every_entity])
    assert [finding.code for finding in report.findings] == [code]
    assert "1 error" in str(report)
    assert [f.code for f in spanproof.check([NICKNAME], rules=[every_entity]).findings] == ["AA001"]


def test_rules_that_are_given_are_asked_for_by_their_names() -> None:
    rules = [no_nicknames, every_entity]
    for asked, codes in (
        ({"select": ["No-Nicknames"]}, ["MY001"]),
        ({"ignore": ["no-nicknames"]}, ["AA001"]),
        ({"select": ["aa"]}, ["AA001"]),
    ):
        assert [f.code for f in spanproof.check([NICKNAME], rules=rules, **asked).findings] == codes
    for job in (spanproof.check, fix):
        for unknown in ("nonsense", "SP301", "no-nickname"):
            for option in ("select", "ignore"):
                with pytest.raises(ValueError, match="no rule has this code"):
                    job([NICKNAME], rules=rules, **{option: [unknown]})


def test_a_rule_that_is_given_takes_no_code_or_name_that_is_taken() -> None:
    for others in ([taken_code], [no_nicknames, replace(no_nicknames, name="other")]):
        with pytest.raises(ValueError, match="is taken by"):
            spanproof.check([NICKNAME], rules=others)
    assert len(spanproof.check([NICKNAME], rules=[no_nicknames, no_nicknames]).findings) == 1


def test_rules_may_be_given_by_an_iterator_and_nothing_else_is_taken_for_one() -> None:
    assert [f.code for f in spanproof.check([NICKNAME], rules=iter([no_nicknames])).findings] == ["MY001"]
    inverted = {**NICKNAME, "entities": [{**NICKNAME["entities"][0], "start": 3, "end": 0}]}
    assert fix([inverted], rules=(rule for rule in CATALOGUE if rule.code == "SP103")).ended
    for job in (spanproof.check, fix):
        with pytest.raises(TypeError, match="expected rules, as @rule makes them, got 'SP103'"):
            job([NICKNAME], rules=["SP103"])  # type: ignore[operator]


def test_a_report_has_the_names_of_rules_that_were_given() -> None:
    report = spanproof.check([NICKNAME], rules=[no_nicknames])
    assert str(report).startswith("warning[MY001] no-nicknames  ")
    for form in ("text", "json", "github", "markdown"):
        assert "no-nicknames" in "".join(OUTPUTS[form](report))
    grouped = Detail("grouped", statistics=True)
    assert as_text(report, detail=grouped).count("no-nicknames") == 2
    assert as_dict(report, detail=grouped)["groups"][0]["rule"] == "no-nicknames"


def test_of_rules_that_were_not_run_no_waiver_is_unused_and_nothing_of_a_baseline_is_gone() -> None:
    waivers = tuple(Waiver(code, "so it is") for code in ("SP301", "MY001", "AA001", "SP106"))
    corpus = replace(as_corpus([NICKNAME]), waivers=waivers)
    report = spanproof.check(corpus, rules=[no_nicknames, every_entity], ignore=["AA"])
    assert [waiver.code for waiver in report.unused] == ["SP106"]
    known = Baseline({"a": 1, "b": 1}, {"a": "SP301", "b": "SP106"})
    assert spanproof.check([NICKNAME], rules=[no_nicknames], baseline=known).gone == 1
    assert spanproof.check([NICKNAME], baseline=known).gone == 2


def test_only_rules_that_are_given_correct() -> None:
    inverted = {**NICKNAME, "entities": [{**NICKNAME["entities"][0], "start": 3, "end": 0}]}
    assert fix([inverted]).ended
    assert not fix([inverted], rules=[no_nicknames]).ended
    assert not fix([inverted], rules=[]).ended
    assert fix([inverted], rules=[rule for rule in CATALOGUE if rule.code == "SP103"]).ended


@pytest.mark.usefixtures("here")
def test_a_rule_of_another_package_is_in_the_catalogue() -> None:
    known = with_offered([point("NO_NICKNAMES")])
    assert known == (*CATALOGUE, no_nicknames)


@pytest.mark.usefixtures("here")
def test_what_a_rule_of_ours_has_found_is_hidden_from_those_of_other_packages() -> None:
    outside = {**NICKNAME, "entities": [*NICKNAME["entities"], {**NICKNAME["entities"][0], "id": "e2", "end": 99}]}
    report = spanproof.check([outside], rules=with_offered([point("EVERY_ENTITY")]))
    assert [(finding.code, finding.id) for finding in report.findings] == [("SP105", "e2"), ("AA001", "e1")]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("TAKEN", "SP106 my-own is taken by SP106 text-differs"),
        ("NO_RULE", "str; expected a Rule"),
        ("NOWHERE", "AttributeError"),
    ],
)
def test_an_entry_point_that_gives_no_rule_is_refused(name: str, problem: str) -> None:
    with pytest.raises(PluginError, match=f"entry point {name.lower()} = .*{problem}"):
        with_offered([point(name)])


@pytest.mark.usefixtures("here")
def test_a_package_whose_rule_cannot_be_loaded_ends_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from spanproof.cli import main

    monkeypatch.setattr(rules, "points_of", lambda group: [point("NOWHERE")])
    catalogue.cache_clear()
    try:
        result = CliRunner().invoke(main, ["check", "nowhere.jsonl"])
    finally:
        catalogue.cache_clear()
    assert result.exit_code == 2
    assert "spanproof: entry point nowhere" in result.output
