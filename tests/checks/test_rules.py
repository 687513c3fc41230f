"""What holds for every rule of the catalogue, and articles that break one."""

import re
from functools import cache
from itertools import starmap
from typing import Any

import pytest

from spanproof.checks.catalogue import as_markdown, explain, found_in_example, found_in_good_example, right
from spanproof.checks.check import check
from spanproof.checks.examples import broken, schema_of, sound
from spanproof.checks.rule import Rule
from spanproof.checks.rules import CATALOGUE
from spanproof.corpus.documents import Corpus
from support.checks import ANA, BY_CODE, QUOTE, codes, correct, entity
from support.documents import ROOT
from support.pages import DOCS

EXAMPLES = [rule for rule in CATALOGUE if rule.bad]
PUBLICATIONS = [pytest.param(rule, marks=pytest.mark.slow) for rule in CATALOGUE if rule.bad_files]


@cache
def page_of_rules() -> str:
    return as_markdown()


def ids(rule: Rule) -> str:
    return rule.code


@pytest.mark.parametrize("rule", CATALOGUE, ids=ids)
def test_a_rule_is_documented(rule: Rule) -> None:
    assert re.fullmatch(r"SP[0-7]\d\d", rule.code)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)
    assert rule.title.endswith(".") or rule.title.endswith("offsets.")
    assert rule.bad or rule.bad_files or rule.code in ("SP001", "SP007", "SP009", "SP010")


@pytest.mark.slow
@pytest.mark.parametrize("rule", CATALOGUE, ids=ids)
def test_a_rule_is_on_the_page(rule: Rule) -> None:
    assert rule.doc in page_of_rules()


@pytest.mark.parametrize("rule", EXAMPLES + PUBLICATIONS, ids=ids)
def test_a_rule_finds_its_own_example_and_no_other_rule_does(rule: Rule) -> None:
    assert [finding.code for finding in found_in_example(rule)] == [rule.code]


@pytest.mark.parametrize("rule", CATALOGUE, ids=ids)
def test_a_rule_says_when_to_waive_it(rule: Rule) -> None:
    assert re.match(r"Waive it (where|while) |Never waive it: ", rule.doc.split("\n\n")[-1])


def test_what_a_correction_puts_right_is_declared_nowhere_else() -> None:
    assert [
        rule.code for rule in EXAMPLES if rule.good and any(finding.fix for finding in found_in_example(rule))
    ] == []


@pytest.mark.parametrize("rule", EXAMPLES + PUBLICATIONS[:1], ids=ids)  # all publications have one good example
def test_nothing_is_found_in_its_good_example(rule: Rule) -> None:
    assert found_in_good_example(rule) == []


@pytest.mark.parametrize("rule", [rule for rule in CATALOGUE if rule.of_texts], ids=ids)
def test_a_rule_of_texts_finds_the_same_whatever_spans_there_are(rule: Rule) -> None:
    (document,) = broken(rule)
    beside = {**document, "entities": [ANA, {**ANA, "id": "e2", "start": 400, "end": 1}]}
    found = [[one for one in check(Corpus.of([some])).findings if one.code == rule.code] for some in (document, beside)]
    assert found[0] == found[1] != []


def differences(one: Any, other: Any) -> int:
    """How many values differ between two documents; an item that a list lacks is one."""
    if isinstance(one, dict) and isinstance(other, dict):
        return sum(differences(one.get(name), other.get(name)) for name in one.keys() | other.keys())
    if isinstance(one, list) and isinstance(other, list):
        return sum(starmap(differences, zip(one, other, strict=False))) + abs(len(one) - len(other))
    return int(one != other)


@pytest.mark.parametrize("rule", EXAMPLES, ids=ids)
def test_the_examples_of_a_rule_differ_in_little(rule: Rule) -> None:
    """So that a reader sees what matters: at most a text and three members of one span, or the offsets of two."""
    pairs = list(zip(broken(rule), right(rule), strict=True))
    hashes = sum(bad.get("sha256") != good.get("sha256") for bad, good in pairs) if "sha256" not in rule.bad[0] else 0
    beside = differences(rule.registries, rule.good_registries) if rule.good_registries else 0
    assert 1 <= sum(starmap(differences, pairs)) - hashes + beside <= 4


@pytest.mark.parametrize("rule", [r for r in EXAMPLES if not r.collect], ids=ids)
def test_a_correction_ends_its_finding_and_is_idempotent(rule: Rule) -> None:
    document, schema = broken(rule)[0], schema_of(rule)
    corrected, ended = correct(document, schema, rule.registries or {})
    left = [f.code for f in check(Corpus.of([corrected], schema, rule.registries)).findings]
    assert left == ([] if ended else [rule.code])
    assert correct(corrected, schema, rule.registries or {}) == (corrected, ())


def test_the_corrections_of_the_examples_are_exactly_these() -> None:
    fixable = {rule.code for rule in EXAMPLES if any(finding.fix for finding in found_in_example(rule))}
    by_span = {"SP101", "SP103", "SP107", "SP108", "SP110"}
    assert fixable == by_span | {"SP203", "SP208", "SP209", "SP210", "SP404", "SP505"}


@pytest.mark.parametrize("rule", [rule for rule in EXAMPLES if rule.good], ids=ids)
def test_an_example_shows_what_differs_and_the_schema_that_says_so(rule: Rule) -> None:
    told = explain(rule.code)
    passes, fails = (
        re.split(rf"(?:This|These) (?:registries )?{does}:\n\n", told)[1] for does in ("pass(?:es)?", "fail(?:s)?")
    )
    assert passes.split("\n\n")[0] != fails.split("\n\n")[0]
    assert ("With this schema:" in told) == (rule.schema is not None)


def test_codes_and_names_are_unique_and_ordered() -> None:
    assert sorted(BY_CODE) == [rule.code for rule in CATALOGUE]
    assert len({rule.name for rule in CATALOGUE}) == len(CATALOGUE)


def test_a_rule_needs_a_keyword_that_the_vocabulary_has() -> None:
    import json

    vocabulary = json.loads((ROOT / "schema" / "vocabulary.schema.json").read_text("utf-8"))["properties"]
    assert {rule.needs.name for rule in CATALOGUE if rule.needs} <= set(vocabulary)


def test_the_page_of_rules_is_fresh() -> None:
    page = (DOCS / "reference" / "rules.md").read_text("utf-8")
    assert page == page_of_rules(), "make format writes it anew"


def test_the_sound_example_breaks_no_rule() -> None:
    assert codes(sound()) == []


def test_explain_knows_codes_and_names_and_suggests() -> None:
    assert explain("sp106") == explain("text-differs")
    with pytest.raises(KeyError, match="SP106"):
        explain("SP16")
    with pytest.raises(KeyError, match="text-differs"):
        explain("text-difers")
    with pytest.raises(KeyError, match="lists them"):
        explain("?")


@pytest.mark.parametrize(
    ("document", "found"),
    [
        (entity(), []),
        (entity(start=-1), ["SP102"]),
        (entity(end=-1), ["SP102"]),
        (entity(start=3, end=3, text=""), ["SP104"]),
        (entity(end=46, text=sound()["text"]), []),
        (entity(end=47), ["SP105"]),
        (entity(start=46, end=46, text=""), ["SP104"]),
        (entity(start=2**40, end=2**41), ["SP105"]),
        (entity(start=1.0, end=9, text="na Silva"), ["SP109"]),
        (entity(start=1.5), ["SP101"]),
        (entity(start=True), ["SP101"]),
        (entity(start=None), ["SP101"]),
        (entity(end="9"), ["SP101"]),
        (entity(text="Ana silva"), ["SP106"]),
        (entity(text="Ana Silv"), ["SP106"]),
        (entity(text=3), ["SP002"]),
        (entity(text=None), ["SP002"]),
        (entity(label="person"), ["SP201"]),
        (entity(label=3), ["SP002"]),
        (entity(colour="red"), ["SP002"]),
        (sound(entities=[None]), ["SP002"]),
        (sound(entities={}), ["SP002"]),
        (sound(entities=None), ["SP002"]),
        ([], ["SP002", "SP003"]),
        ({}, ["SP002"] * 8 + ["SP003"]),
        (sound(id=""), ["SP003"]),
        (sound(id=7), ["SP003"]),
        (sound(text=""), []),
        (sound(text="", entities=[ANA]), ["SP105"]),
        (sound(dct={"value": "2025-02-26T10:00", "source": "stated", "evidence": ""}), []),
        (sound(dct={"value": "2025-02-26T", "source": "stated", "evidence": ""}), ["SP304"]),
        (sound(dct={"value": "2025-02-26TXX:00", "source": "stated", "evidence": ""}), ["SP304"]),
        (sound(dct={"value": "PRESENT_REF", "source": "stated", "evidence": ""}), ["SP304"]),
        (sound(dct={"value": "2025-02-30", "source": "stated", "evidence": ""}), ["SP304"]),
        (sound(dct=None), ["SP002"]),
        (sound(quotes=[QUOTE]), []),
        (sound(quotes=[{**QUOTE, "end": 44, "text": "We meet in Lisbon"}]), []),
        (
            sound(text="Ana Silva said on Monday: We meet in Lisbon. “", quotes=[{**QUOTE, "start": 26, "end": 44}]),
            ["SP402"],
        ),
        (sound(quotes=[{**QUOTE, "start": 26, "end": 46, "text": "“We meet in Lisbon.”"}]), ["SP404"]),
        (sound(quotes=[{**QUOTE, "cue": {"start": 30, "end": 34, "text": "meet"}}]), ["SP401"]),
        (sound(quotes=[{**QUOTE, "cue": {"start": 10, "end": 15, "text": "said "}}]), ["SP107"]),
        (sound(quotes=[{**QUOTE, "speaker": "ana"}]), ["SP501"]),
        (sound(entities=[ANA], quotes=[{**QUOTE, "speaker": "ana"}]), []),
        (sound(entities=[ANA], quotes=[{**QUOTE, "speaker": "Ana"}]), ["SP501"]),
    ],
)
def test_cases(document: Any, found: list[str]) -> None:
    assert codes(document) == found
