"""Rules of other packages: found by their entry points, refused where they can't be used, given to a check."""

import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint

import pytest

import spanproof
from spanproof.checks import rules
from spanproof.checks.examples import sound
from spanproof.checks.rule import Hit, rule
from spanproof.checks.rules import CATALOGUE, catalogue, with_offered
from spanproof.checks.view import View
from spanproof.corpus.plugins import PluginError


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
    for k in view.spans["entities", "*"].open.nonzero()[0].tolist():
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
    assert "MY001" not in {finding.code for finding in spanproof.check([NICKNAME]).findings}
    both = spanproof.check([NICKNAME], rules=[*catalogue(), no_nicknames], ignore=["SP"])
    assert [finding.code for finding in both.findings] == ["MY001"]


def test_no_rules_judge_nothing() -> None:
    assert spanproof.check([NICKNAME], rules=[]).findings == ()


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

    monkeypatch.setattr(rules, "entry_points", lambda group: [point("NOWHERE")])
    catalogue.cache_clear()
    try:
        result = CliRunner().invoke(main, ["check", "nowhere.jsonl"])
    finally:
        catalogue.cache_clear()
    assert result.exit_code == 2
    assert "spanproof: entry point nowhere" in result.output
