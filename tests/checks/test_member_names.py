"""Members are found by the keywords of a schema, never by what they are called."""

import copy
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.checks.examples import broken, schema_of, sound
from spanproof.checks.rule import Rule
from spanproof.checks.rules import CATALOGUE
from spanproof.corpus.documents import Corpus
from spanproof.corpus.findings import Finding
from spanproof.schema.paths import Path
from spanproof.schema.schema import Schema
from spanproof.testing.strategies import documents, mutations
from support import examples
from support.checks import ANA, correct
from support.renamed import Rename, renamed_document, renamed_path, renamed_schema

EXCHANGED = {
    "label": "type", "entity_id": "id", "value": "source", "speaker": "utterance", "cue": "continues",
    "entities": "quotes", "zones": "dates", "dct": "damage", "sha256": "language",
}  # fmt: skip
EXCHANGED |= {new: old for old, new in EXCHANGED.items()}


def exchanged(name: str) -> str:
    """A name that means something else in our schema."""
    return EXCHANGED.get(name, name)


def marked(name: str) -> str:
    """A name that no program can know."""
    return f"{name}_r"


def unmarked(words: str) -> str:
    return words.replace("_r", "")


def place_of(finding: Finding, path: Path) -> tuple[Any, ...]:
    """Where and what a finding is, without words."""
    span = finding.id, finding.start, finding.end, finding.text
    return finding.code, finding.document, path, span, finding.cause


def compare(corpus: Sequence[Mapping[str, Any]], schema: Schema, registries: Any, rename: Rename) -> None:
    """Asserts that documents under other names have the same findings, and that they are corrected alike."""
    other = renamed_schema(schema, rename)
    renamed = [renamed_document(document, schema.root, rename) for document in corpus]
    here = check(Corpus.of(corpus, schema, registries)).findings
    there = check(Corpus.of(renamed, other, registries)).findings
    places = [place_of(finding, renamed_path(finding.path, schema.root, rename)) for finding in here]
    assert Counter(map(repr, places)) == Counter(repr(place_of(finding, finding.path)) for finding in there)
    if rename is marked:
        assert Counter(unmarked(f.message) for f in here) == Counter(unmarked(f.message) for f in there)
    for document, twin in zip(corpus, renamed, strict=True):
        corrected, _ = correct(document, schema, registries or {})
        assert correct(twin, other, registries or {})[0] == renamed_document(corrected, schema.root, rename)


@pytest.mark.parametrize("rename", [marked, exchanged], ids=["marked", "exchanged"])
@pytest.mark.parametrize("rule", [rule for rule in CATALOGUE if rule.bad], ids=lambda rule: rule.code)
def test_a_rule_finds_its_example_under_other_names(rule: Rule, rename: Rename) -> None:
    examples, schema = broken(rule), schema_of(rule)
    compare(examples, schema, rule.registries, rename)


@settings(max_examples=examples(40))
@given(st.data(), st.sampled_from([marked, exchanged]))
def test_findings_are_the_same_under_other_names(data: st.DataObject, rename: Rename) -> None:
    document = data.draw(documents())
    _, mutated = data.draw(mutations(document))
    compare([document, {**mutated, "id": "second"}], Schema.article(), None, rename)


def test_a_label_is_the_member_that_the_schema_names() -> None:
    """Here that is ``type``, and ``label`` is an ordinary member."""
    json = copy.deepcopy(dict(Schema.article().json))
    entities = json["properties"]["entities"]
    entities["consistent"], entities["items"]["labelledBy"] = ["label", "type"], "type"
    entities["items"]["properties"]["type"] = {"type": "string"}
    corpus = [
        sound(entities=[{**ANA, "type": "a"}]),
        sound(id="second", text="Ana Silva met us.", entities=[{**ANA, "type": "b", "label": "ORG"}]),
    ]
    findings = check(Corpus.of(corpus, Schema.of(json))).findings
    assert [(finding.code, "different values of type" in finding.message) for finding in findings] == [
        ("SP601", True),
        ("SP602", False),
    ]
