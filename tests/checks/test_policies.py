"""Policies of layers: roles, the severity of rules in a layer, several labels, the same text by several annotators."""

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.checks.plain import as_dict
from spanproof.checks.policies import OF_ROLE
from spanproof.checks.report import Report, summary
from spanproof.checks.rules import CATALOGUE
from spanproof.corpus.documents import Corpus
from spanproof.schema.node import SchemaError
from spanproof.schema.schema import Schema
from spanproof.testing.mutations import MUTATIONS

TEXT = "The Silvas don't meet in Lisbon's old town. They wait. Ana's sons met them there"


def spans(*labels: str, **keywords: Any) -> dict[str, Any]:
    """The schema of a list of spans with surfaces, and with labels if some are given."""
    label: dict[str, Any] = {"label": {"type": "string", "enum": list(labels)}} if labels else {}
    offsets = {name: {"type": "integer"} for name in ("start", "end")}
    item = {"type": "object", "spanOf": "text", "required": ["start", "end", "text"]}
    item |= {"properties": {**offsets, "text": {"type": "string"}, **label}} | (
        {"labelledBy": "label"} if labels else {}
    )
    return {"type": "array", "items": item, **keywords}


def schema_of(*, document: dict[str, Any] | None = None, **layers: Any) -> Schema:
    members = {"id": {"type": "string"}, "text": {"type": "string"}, **layers}
    return Schema.of({"type": "object", "key": "id", "properties": members, **(document or {})})


def span(start: int, end: int, **members: Any) -> dict[str, Any]:
    return {"start": start, "end": end, "text": TEXT[start:end], **members}


def report_of(schema: Schema, **layers: Any) -> Report:
    return check(Corpus.of([{"id": "a", "text": TEXT, **layers}], schema))


def codes(report: Report) -> list[str]:
    return [finding.code for finding in report.findings]


def test_tokens_may_be_parts_of_words_and_the_report_counts_them() -> None:
    pieces = [span(0, 3), span(4, 10), span(11, 13), span(13, 16)]
    assert codes(report_of(schema_of(tokens=spans()), tokens=pieces)) == ["SP109", "SP109"]
    report = report_of(schema_of(tokens=spans(policy={"role": "tokens"})), tokens=pieces)
    assert report.findings == ()
    assert report.turned_off == {"SP109": 2}
    assert summary(report).endswith("; 2 turned off by the schema (SP109)")
    assert as_dict(report)["summary"]["turned_off"] == {"SP109": 2}


def test_tokens_may_be_blanks_and_parts_of_characters() -> None:
    """As spaCy's tokenizer makes them, and Prodigy stores them: no correction would make them other tokens."""
    text = "Hey  \u2764\ufe0f"
    places = [(0, 3), (3, 5), (5, 6), (6, 7)]
    pieces = [{"start": start, "end": end, "text": text[start:end]} for start, end in places]
    document = {"id": "a", "text": text, "tokens": pieces}
    for policy, found in (({"role": "mentions"}, ["SP107", "SP108", "SP108"]), ({"role": "tokens"}, [])):
        report = check(Corpus.of([document], schema_of(tokens=spans(policy=policy))))
        assert codes(report) == found


@pytest.mark.parametrize("role", ["sentences", "zones"])
def test_what_cuts_up_a_text_may_take_blanks_along_but_no_half_words(role: str) -> None:
    schema = schema_of(parts=spans(policy={"role": role}))
    assert codes(report_of(schema, parts=[span(0, 44), span(44, 55)])) == []
    assert codes(report_of(schema, parts=[span(0, 46)])) == ["SP109"]


def test_a_role_never_excuses_a_wrong_span() -> None:
    """Whatever the role: a wrong surface, a span past the end, a span twice, a missing offset."""
    assert {code for levels in OF_ROLE.values() for code in levels} == {"SP107", "SP108", "SP109"}
    for role in OF_ROLE:
        schema = schema_of(parts=spans(policy={"role": role}))
        wrong = [{**span(0, 3), "text": "An"}, span(4, 99), span(11, 16), span(11, 16), {"text": "x"}]
        assert set(codes(report_of(schema, parts=wrong))) >= {"SP106", "SP105", "SP203"}


def test_a_layer_gives_a_rule_another_severity_there_alone() -> None:
    half = [span(11, 13)]
    for level, exit_code in (("info", 0), ("warning", 1), ("error", 1)):
        schema = schema_of(names=spans(policy={"severity": {"SP109": level}}), places=spans())
        report = report_of(schema, names=half, places=half)
        assert [(f.code, f.path[0], f.severity) for f in report.findings] == [
            ("SP109", "names", level), ("SP109", "places", "warning"),
        ]  # fmt: skip
        assert report_of(schema, names=half, places=[]).exit_code == exit_code
    off = schema_of(names=spans(policy={"severity": {"SP109": "off"}}), places=spans())
    report = report_of(off, names=half, places=half)
    assert [f.path[0] for f in report.findings] == ["places"]
    assert report.turned_off == {"SP109": 1}


def test_a_schema_overrules_the_role() -> None:
    schema = schema_of(tokens=spans(policy={"role": "tokens", "severity": {"SP109": "error"}}))
    assert [f.severity for f in report_of(schema, tokens=[span(11, 13)]).findings] == ["error"]


def test_rules_across_documents_and_names_nobody_annotated_obey_the_layer_too() -> None:
    exhaustive = {"registry": "people", "member": "label"}
    for level in ("off", "info"):
        policy = {"severity": {"SP601": level, "SP510": level}}
        names = spans("PER", "LOC", consistent=["label"], exhaustive=exhaustive, policy=policy)
        documents = [
            {"id": key, "text": TEXT, "names": [span(25, 31, label=label)]}
            for key, label in (("a", "PER"), ("b", "LOC"))
        ]
        registries = {"people": {"ana": {"aliases": ["Ana"]}}}
        schema = schema_of(document={"sameText": "allowed"}, names=names)
        report = check(Corpus.of(documents, schema, registries), select=["SP510", "SP60"])
        if level == "info":
            assert [(f.code, f.severity) for f in report.findings] == [
                ("SP510", "info"), ("SP510", "info"), ("SP601", "info"),
            ]  # fmt: skip
        else:
            assert report.findings == ()
            assert report.turned_off == {"SP510": 2, "SP601": 1}


@given(st.lists(st.tuples(st.integers(0, len(TEXT) - 1), st.integers(1, 12)), max_size=6, unique=True))
def test_what_is_turned_off_is_counted_and_nothing_else_changes(pairs: list[tuple[int, int]]) -> None:
    marked = [span(start, min(start + length, len(TEXT))) for start, length in pairs]
    as_is, off = (
        report_of(schema_of(names=spans(overlap="nest", policy={"role": "mentions", **policy})), names=marked)
        for policy in ({}, {"severity": {"SP109": "off"}})
    )
    kept = [(f.code, f.path, f.message) for f in as_is.findings if f.code != "SP109"]
    assert [(f.code, f.path, f.message) for f in off.findings] == kept
    assert sum(off.turned_off.values()) == codes(as_is).count("SP109")


def test_a_code_that_is_not_asked_for_is_not_counted_either() -> None:
    schema = schema_of(tokens=spans(policy={"role": "tokens"}))
    corpus = Corpus.of([{"id": "a", "text": TEXT, "tokens": [span(11, 13)]}], schema)
    assert check(corpus, ignore=["SP109"]).turned_off == {}


@pytest.mark.parametrize(
    ("severity", "message"),
    [
        ({"SP190": "off"}, r"/names: policy gives SP190 .* there is no such rule; expected the code of a rule: SP"),
        ({"SP106": "off"}, None),
        ({"SP105": "off"}, r"span-past-end may never be waived"),
        ({"SP105": "info"}, r"may never be waived"),
        ({"SP105": "warning"}, None),
        ({"SP001": "off"}, r"isn't about layers"),
        ({"SP121": "off"}, r"isn't about layers"),
        ({"SP603": "off"}, r"isn't about layers"),
        ({"SP702": "off"}, r"isn't about layers"),
        ({"MY101": "off"}, None),
    ],
)
def test_a_severity_that_cannot_be_is_refused(severity: Any, message: str | None) -> None:
    schema = schema_of(names=spans(policy={"severity": severity}))
    if message is None:
        assert report_of(schema, names=[]).documents == 1
    else:
        with pytest.raises(SchemaError, match=message):
            report_of(schema, names=[])


def test_only_what_may_be_waived_can_be_turned_off() -> None:
    for rule in CATALOGUE:
        schema = schema_of(names=spans(policy={"severity": {rule.code: "off"}}))
        try:
            report_of(schema, names=[])
        except SchemaError:
            continue
        assert rule.waivable, rule.code
        assert rule.needs is not None, rule.code


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ({"names": spans(policy={})}, r"names/policy: {} has less than 1 property"),
        ({"names": spans(policy={"rol": "tokens"})}, r"rol"),
        ({"names": spans(policy={"role": "words"})}, r"words"),
        ({"names": spans(policy={"severity": {"sp109": "off"}})}, r"sp109"),
        ({"names": spans(policy={"severity": {"SP109": False}})}, r"SP109: false is not one of"),
        ({"names": spans(policy={"labels": "many"})}, r"many"),
        ({"names": {**spans(), "items": {**spans()["items"], "policy": {"labels": "several"}}}}, "names/items: policy"),
        ({"names": spans(sameText="allowed")}, "#/properties/names: sameText"),
        ({"names": spans(consistent={"members": ["lable"]})}, r"consistent names 'lable'"),
        ({"names": spans(consistent={"members": ["text"], "where": {"kind": ["x"]}})}, r"consistent names 'kind'"),
        ({"names": spans(consistent={"members": ["text"], "where": {}})}, r"consistent"),
    ],
)  # fmt: skip
def test_a_policy_that_cannot_be_read_is_refused(schema: Any, message: str) -> None:
    with pytest.raises(SchemaError, match=message):
        schema_of(**schema)


@pytest.mark.parametrize("overlap", [None, "allow", "nest", "forbid"])
def test_a_span_may_have_several_labels_where_the_schema_says_so(overlap: str | None) -> None:
    keywords = {"overlap": overlap} if overlap else {}
    two = [span(25, 31, label="LOC"), span(25, 31, label="ORG")]
    assert codes(report_of(schema_of(names=spans("LOC", "ORG", **keywords)), names=two)) == ["SP204"]
    several = schema_of(names=spans("LOC", "ORG", policy={"labels": "several"}, **keywords))
    assert codes(report_of(several, names=two)) == []
    assert codes(report_of(several, names=[*two, two[0]])) == ["SP203"]
    crossing = span(25, 42, label="LOC"), span(22, 31, label="LOC")
    wanted = {None: [], "allow": [], "nest": ["SP206"], "forbid": ["SP205", "SP206"]}[overlap]
    assert codes(report_of(several, names=[*two, *crossing])) == wanted


def test_nested_mentions_with_several_labels_are_sound() -> None:
    """As annotators of nested names have it: a name within a name, and one of them of two kinds."""
    schema = schema_of(names=spans("PER", "LOC", "GPE", overlap="nest", policy={"labels": "several"}))
    names = [span(25, 42, label="LOC"), span(25, 31, label="LOC"), span(25, 31, label="GPE"), span(4, 10, label="PER")]
    assert codes(report_of(schema, names=names)) == []


def test_several_annotators_may_have_one_text_but_not_nearly_one() -> None:
    draw = random.Random(0)
    words = ["".join(draw.choices("abcdefghijklmnop", k=draw.randint(3, 9))) for _ in range(300)]
    text, other = " ".join(words), " ".join([*words[:-1], "other"])
    documents = [{"id": str(k), "text": t, "names": []} for k, t in enumerate([text, text, other, text])]
    for keyword, found in (({}, ["1", "2", "3"]), ({"sameText": "allowed"}, ["2"])):
        schema = schema_of(document=keyword, names=spans())
        for parts in ([documents], [[document] for document in documents]):
            batches = tuple(Corpus.of(part, schema).batches[0] for part in parts)
            findings = check(Corpus(schema, batches), select=["SP603"]).findings
            assert sorted(str(f.document) for f in findings) == found


def test_what_a_policy_allows_is_no_mutation() -> None:
    """Whatever breaks a document under a policy is found: nothing that the policy allows is called broken."""
    policies = ({"role": "tokens", "labels": "several"}, {"role": "sentences"}, {"severity": {"SP204": "off"}})
    for policy in ({"role": "mentions"}, *policies):
        schema = schema_of(names=spans("PER", "LOC", policy=policy))
        names = [span(0, 3, label="PER"), span(25, 31, label="LOC")]
        applied = {}
        for mutation in MUTATIONS:
            broken = mutation.breaks({"id": "a", "text": TEXT, "names": names}, schema, random.Random(0))
            if broken is not None:
                applied[mutation.name] = codes(check(Corpus.of([broken], schema)))
                assert {*applied[mutation.name]} & {*mutation.codes}, mutation.name
        if policy == {"role": "mentions"}:
            assert {"cut-mid-word", "leading-space-inside", "two-labels"} <= applied.keys()


def test_consistent_is_asked_of_the_spans_that_are_meant() -> None:
    short, where = ["label"], {"members": ["label"], "where": {"kind": ["NAM", "ORG"]}}
    names = [
        {**span(0, 3, label=label), "kind": kind}
        for label, kind in (("PER", "NAM"), ("LOC", "PRO"), ("LOC", None), ("PER", "ORG"))
    ]
    documents = [{"id": str(k), "text": TEXT, "names": [name]} for k, name in enumerate(names)]
    for consistent, found in ((short, ["SP601"]), ({"members": short}, ["SP601"]), (where, [])):
        written = json.loads(json.dumps(spans("PER", "LOC", consistent=consistent)))
        written["items"]["properties"]["kind"] = {"type": ["string", "null"]}
        schema = schema_of(names=written)
        assert codes(check(Corpus.of(documents, schema), select=["SP60"], ignore=["SP603"])) == found
