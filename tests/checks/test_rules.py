"""What holds for every rule of the catalogue, and the cases that single rules turn on."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.checks.catalogue import as_markdown, explain, found_in_example
from spanproof.checks.check import check
from spanproof.checks.examples import broken, sound
from spanproof.checks.report import selected
from spanproof.checks.rule import Rule
from spanproof.checks.rules import CATALOGUE
from spanproof.corpus.documents import Corpus
from spanproof.corpus.edits import apply
from spanproof.formats.discovery import read
from spanproof.schema.schema import article
from support.checks import correct
from support.documents import ROOT
from support.pages import DOCS

PAGE = as_markdown()
BY_CODE = {rule.code: rule for rule in CATALOGUE}
EXAMPLES = [rule for rule in CATALOGUE if rule.bad]
PUBLICATIONS = [rule for rule in CATALOGUE if rule.bad_files]


def codes(*documents: Any, registries: Any = None) -> list[str]:
    return [finding.code for finding in check(Corpus.of(documents, None, registries)).findings]


def ids(rule: Rule) -> str:
    return rule.code


@pytest.mark.parametrize("rule", CATALOGUE, ids=ids)
def test_a_rule_is_documented(rule: Rule) -> None:
    assert re.fullmatch(r"SP[0-7]\d\d", rule.code)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)
    assert rule.title.endswith(".") or rule.title.endswith("offsets.")
    assert rule.bad or rule.bad_files or rule.code == "SP001"
    assert rule.doc in PAGE


@pytest.mark.parametrize("rule", EXAMPLES + PUBLICATIONS, ids=ids)
def test_a_rule_finds_its_own_example_and_no_other_rule_does(rule: Rule) -> None:
    assert [finding.code for finding in found_in_example(rule)] == [rule.code]


@pytest.mark.parametrize("rule", [r for r in EXAMPLES if not r.collect], ids=ids)
def test_a_correction_ends_its_finding_and_is_idempotent(rule: Rule) -> None:
    (document, *_), schema = broken(rule)
    corrected, ended = correct(document, schema, rule.registries or {})
    left = [f.code for f in check(Corpus.of([corrected], schema, rule.registries)).findings]
    assert left == ([] if ended else [rule.code])
    assert correct(corrected, schema, rule.registries or {}) == (corrected, ())


def test_the_corrections_of_the_examples_are_exactly_these() -> None:
    fixable = {rule.code for rule in EXAMPLES if any(finding.fix for finding in found_in_example(rule))}
    assert fixable == {"SP101", "SP102", "SP103", "SP105", "SP106", "SP107", "SP108", "SP203", "SP208"}


def test_codes_and_names_are_unique_and_ordered() -> None:
    assert sorted(BY_CODE) == [rule.code for rule in CATALOGUE]
    assert len({rule.name for rule in CATALOGUE}) == len(CATALOGUE)


def test_a_rule_needs_a_keyword_that_the_vocabulary_has() -> None:
    import json

    vocabulary = json.loads((ROOT / "schema" / "vocabulary.schema.json").read_text("utf-8"))["properties"]
    assert {rule.needs for rule in CATALOGUE} - {None} <= set(vocabulary)


def test_the_page_of_rules_is_fresh() -> None:
    page = (DOCS / "reference" / "rules.md").read_text("utf-8")
    assert page == PAGE, "make format writes it anew"


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


@given(
    st.lists(st.sampled_from(["SP1", "SP10", "SP106", "SP"])),
    st.lists(st.sampled_from(["SP1", "SP10", "SP106", "SP2"])),
)
def test_the_longer_prefix_wins(select: list[str], ignore: list[str]) -> None:
    wanted = max(map(len, select), default=0)
    refused = max((len(prefix) for prefix in ignore if "SP106".startswith(prefix)), default=-1)
    assert selected("SP106", select, ignore) == (wanted >= refused)
    assert not selected("SP301", ["SP2"], [])


ANA = {"id": "e1", "start": 0, "end": 9, "text": "Ana Silva", "label": "PERSON", "entity_id": "ana"}
SAID = {"id": "q1", "type": "direct", "start": 27, "end": 45, "text": "We meet in Lisbon.", "source": None, "cue": None}
QUOTE = {**SAID, "speaker": None, "continues": None, "utterance": "u"}


def entity(**members: Any) -> dict[str, Any]:
    return sound(entities=[{**ANA, **members}])


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
        (sound(quotes=[{**QUOTE, "start": 26, "end": 46, "text": "“We meet in Lisbon.”"}]), ["SP403"]),
        (sound(quotes=[{**QUOTE, "cue": {"start": 30, "end": 34, "text": "meet"}}]), ["SP401"]),
        (sound(quotes=[{**QUOTE, "cue": {"start": 10, "end": 15, "text": "said "}}]), ["SP107"]),
        (sound(quotes=[{**QUOTE, "speaker": "ana"}]), ["SP501"]),
        (sound(entities=[ANA], quotes=[{**QUOTE, "speaker": "ana"}]), []),
        (sound(entities=[ANA], quotes=[{**QUOTE, "speaker": "Ana"}]), ["SP501"]),
    ],
)
def test_cases(document: Any, found: list[str]) -> None:
    assert codes(document) == found


def date(name: str, anchor: str | None) -> dict[str, Any]:
    return {
        "id": name,
        "start": 18,
        "end": 24,
        "text": "Monday",
        "type": "DATE",
        "value": "2025-02-24",
        "mod": None,
        "anchor": anchor,
    }


def test_an_anchor_may_be_the_creation_time_if_there_is_one() -> None:
    assert codes(sound(dates=[date("d1", "dct")])) == []
    missing = {k: v for k, v in sound(dates=[date("d1", "dct")]).items() if k != "dct"}
    assert codes(missing) == ["SP002", "SP501"]


@pytest.mark.parametrize(
    ("anchors", "cycles"), [("b-", 0), ("ba", 1), ("a-", 1), ("bca", 1), ("bcb", 1), ("badc", 2), ("bcd-", 0)]
)
def test_cycles_are_found_once_each(anchors: str, cycles: int) -> None:
    text = " ".join(["Monday"] * len(anchors))
    dates = [
        {**date(chr(97 + k), None if anchor == "-" else anchor), "start": 7 * k, "end": 7 * k + 6}
        for k, anchor in enumerate(anchors)
    ]
    assert codes(sound(text=text, dates=dates)) == ["SP502"] * cycles


def test_long_chains_are_no_cycles() -> None:
    size = 80
    dates = [
        {**date(f"d{k}", f"d{k + 1}" if k + 1 < size else None), "start": 7 * k, "end": 7 * k + 6} for k in range(size)
    ]
    assert codes(sound(text=" ".join(["Monday"] * size), dates=dates)) == []
    dates[-1]["anchor"] = "d40"
    assert codes(sound(text=" ".join(["Monday"] * size), dates=dates)) == ["SP502"]


def test_a_speaker_may_be_in_the_registry_alone() -> None:
    document = sound(quotes=[{**QUOTE, "speaker": "crowd"}])
    assert codes(document) == ["SP501"]
    assert codes(document, registries={"entities": {"crowd": {}}, "utterances": {"u": {}}}) == []
    assert codes(document, registries={"entities": {"crowd": {}}, "utterances": {}}) == ["SP503"]


def test_zones_that_are_annotated_like_prose_bar_nothing() -> None:
    zone = {"id": "z1", "type": "caption", "start": 0, "end": 14, "text": "Ana Silva said"}
    assert codes(sound(zones=[zone], entities=[ANA])) == []
    assert codes(sound(zones=[{**zone, "type": "credit", "start": 10, "text": "said"}], entities=[ANA])) == []
    inner = {**zone, "id": "z2", "type": "credit", "start": 4, "end": 9, "text": "Silva"}
    assert codes(sound(zones=[zone, inner], entities=[ANA])) == ["SP207"]


def test_quotes_may_nest_but_not_cross() -> None:
    whole = {**QUOTE, "type": "indirect", "start": 0, "end": 24, "text": "Ana Silva said on Monday"}
    inner = {**whole, "id": "q2", "start": 15, "text": "on Monday"}
    assert codes(sound(quotes=[whole, inner])) == []
    crossing = {**inner, "end": 34, "text": "on Monday: “We meet"}
    assert codes(sound(quotes=[whole, crossing])) == ["SP206"]


def test_surrogates_are_found_and_lose_nothing() -> None:
    document = sound(text="Ana \ud83d Silva", entities=[{**ANA, "end": 3, "text": "Ana"}])
    corpus = Corpus.of([document])
    assert list(corpus.documents()) == [document]
    assert codes(document) == ["SP120"]


@pytest.mark.parametrize("mark", ['"', "'", "“", "«", "「", "„"])
def test_marks_of_many_languages_open_and_close(mark: str) -> None:
    close = {'"': '"', "'": "'", "“": "”", "«": "»", "「": "」", "„": "“"}[mark]
    text = f"{mark}We meet,{close} she said."
    quote = {**QUOTE, "start": 1, "end": 8, "text": "We meet"}
    assert codes(sound(text=text, quotes=[quote])) == []
    assert codes(sound(text=text[1:], quotes=[{**quote, "start": 0, "end": 7}])) == ["SP402"]


def test_context_moves_a_span_to_its_occurrence() -> None:
    text = "Ana met Ana Silva."
    wrong = {**ANA, "end": 3, "text": "Ana", "prefix": "met ", "suffix": " Silva"}
    assert codes(sound(text=text, entities=[wrong])) == ["SP110"]
    corrected, _ = correct(sound(text=text, entities=[wrong]), article(), {})
    assert (corrected["entities"][0]["start"], corrected["entities"][0]["end"]) == (8, 11)
    assert codes(sound(text=text, entities=[{**wrong, "suffix": " Costa"}])) == ["SP110"]
    assert codes(sound(text=text, entities=[{**wrong, "prefix": None, "suffix": " met"}])) == []


def test_a_consistent_corpus_is_one_across_batches() -> None:
    one = sound(entities=[ANA])
    two = sound(
        id="b", text="Yesterday nobody met Ana Silva here.", entities=[{**ANA, "start": 21, "end": 30, "label": "ORG"}]
    )
    parts = [Corpus.of([document]).batches[0] for document in (one, two)]
    findings = check(Corpus(article(), tuple(parts))).findings
    assert [(f.code, f.document, f.start) for f in findings] == [("SP601", "b", 21)]


def test_near_identical_texts_are_found_across_batches_and_different_ones_are_not() -> None:
    texts = [
        read(ROOT / "annotations" / "gold" / f"{name}.json").table["text"][0].as_py()
        for name in ("28c5c7bc61b1027f", "3d6420707d2b56da")
    ]
    edited = texts[0].replace("Moscow", "Ankara", 1).replace("Wednesday", "Thursday", 1)
    documents = [sound(id=str(k), text=text) for k, text in enumerate([*texts, edited])]
    parts = tuple(Corpus.of([document]).batches[0] for document in documents)
    found = [f for f in check(Corpus(article(), parts)).findings if f.code == "SP603"]
    assert [f.document for f in found] == ["2"]
    assert "with 0" in found[0].message


def test_applying_edits_leaves_the_original_alone() -> None:
    (document, *_), _ = broken(BY_CODE["SP203"])
    before = repr(document)
    finding = found_in_example(BY_CODE["SP203"])[0]
    assert len(apply(document, finding.fix)["entities"]) == 1
    assert repr(document) == before


def test_the_corpus_passes_its_own_check() -> None:
    from spanproof.checks.check import check

    report = check([ROOT / "annotations" / "gold"])
    assert report.counts["error"] == report.counts["warning"] == 0
    assert report.unused == ()
    assert report.documents == 5
