"""What references may lead to (SP509) and what names an end (SP515), case by case and against loops."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.corpus.documents import Corpus
from spanproof.schema.schema import Schema
from support import examples

STRING = {"type": "string"}
MAYBE = {"type": ["string", "null"]}
LABELS = {"n1": "PERSON", "n2": "ORG", "n3": None}
ROLES = {"Theme": ["PERSON", "ORG"], "Agent": ["PERSON"]}
OFFSETS = {name: {"type": "integer"} for name in ("start", "end")}


def schema(target: Any, *, lists: bool = False, **more: Any) -> Schema:
    """A schema of names, and of arguments whose ``who`` refers to what is given (a list of them with ``lists``)."""
    name = {"type": "object", "spanOf": "text", "labelledBy": "label"}
    name["properties"] = {"id": STRING, "label": MAYBE, **OFFSETS}
    who = {"type": ["string", "null"], "refersTo": [target]}
    argument = {"role": MAYBE, "who": {"type": "array", "items": {**who, "type": "string"}} if lists else who}
    return Schema.of(
        {
            "type": "object",
            "properties": {
                "text": STRING,
                "names": {"type": "array", "key": "id", "items": name},
                "arguments": {"type": "array", "items": {"type": "object", "properties": argument}},
            },
            **more,
        }
    )


def document(*arguments: tuple[str | None, Any]) -> dict[str, Any]:
    names = [{"id": n, "label": label, "start": k, "end": k + 1} for k, (n, label) in enumerate(LABELS.items())]
    return {"text": "中文人", "names": names, "arguments": [{"role": role, "who": who} for role, who in arguments]}


def messages(document: dict[str, Any], schema: Schema, **registries: Any) -> list[tuple[str, str, str]]:
    findings = check(Corpus.of([document], schema, registries=registries)).findings
    return [(f.code, f.json_path, f.message) for f in findings if f.code in ("SP501", "SP503", "SP509", "SP515")]


def where(**conditions: Any) -> dict[str, Any]:
    return {"to": "/names/*/id", "where": conditions}


@pytest.mark.parametrize("lists", [False, True])
def test_a_reference_leads_to_what_it_may_lead_to(lists: bool) -> None:
    typed = schema(where(label=["PERSON"]), lists=lists)
    around = (lambda who: [who]) if lists else (lambda who: who)
    at = "$.arguments[0].who[0]" if lists else "$.arguments[0].who"
    assert messages(document((None, around("n1"))), typed) == []
    assert messages(document((None, around("n2"))), typed) == [("SP509", at, "'n2' has label 'ORG'; expected PERSON")]
    assert messages(document((None, around("n3"))), typed) == [("SP509", at, "'n3' has label None; expected PERSON")]
    assert [code for code, *_ in messages(document((None, around("n4"))), typed)] == ["SP501"]


def test_a_role_is_the_label_of_the_target() -> None:
    equal = schema(where(label={"member": "role"}))
    assert messages(document(("PERSON", "n1"), ("ORG", "n2"), (None, None)), equal) == []
    assert messages(document(("ORG", "n1"), (None, "n1")), equal) == [
        ("SP509", "$.arguments[0].who", "'n1' has label 'PERSON'; expected ORG, as its role is 'ORG'"),
        ("SP509", "$.arguments[1].who", "'n1' has label 'PERSON'; expected what role says, which is missing"),
    ]


def test_an_entry_of_a_registry_is_what_it_must_be() -> None:
    typed = schema({"to": "registry:people", "where": {"kind": ["person"]}})
    people = {"ana": {"kind": "person"}, "un": {"kind": "group"}, "odd": []}
    assert messages(document((None, "ana")), typed, people=people) == []
    assert messages(document((None, "un")), typed, people=people) == [
        ("SP509", "$.arguments[0].who", "'un' has kind 'group' in people; expected person")
    ]
    assert [code for code, *_ in messages(document((None, "odd")), typed, people=people)] == ["SP509"]
    assert [code for code, *_ in messages(document((None, "bo")), typed, people=people)] == ["SP503"]
    assert messages(document((None, "un")), typed) == []  # SP512 says that it isn't there


@pytest.mark.parametrize("lists", [False, True])
def test_an_entry_of_a_registry_is_what_a_member_says(lists: bool) -> None:
    """The kind of the entry is the role of the argument, or one of those that are listed for it."""
    around = (lambda who: [who]) if lists else (lambda who: who)
    people = {"ana": {"kind": "PERSON"}, "un": {"kind": "ORG"}, "odd": []}
    equal = schema({"to": "registry:people", "where": {"kind": {"member": "role"}}}, lists=lists)
    asked = [(role, around(who)) for role, who in (("PERSON", "ana"), ("ORG", "ana"), (None, "un"), ("ORG", "odd"))]
    assert [message for _, _, message in messages(document(*asked), equal, people=people)] == [
        "'ana' has kind 'PERSON' in people; expected ORG",
        "'un' has kind 'ORG' in people; expected what another member says, which is missing",
        "'odd' has kind None in people; expected ORG",
    ]
    allowed = {"member": "role", "allowed": {"Agent": ["PERSON"]}}
    listed = schema({"to": "registry:people", "where": {"kind": allowed}}, lists=lists)
    asked = [(role, around(who)) for role, who in (("Agent", "ana"), ("Agent", "un"), ("Site", "un"), (None, "odd"))]
    assert [message for _, _, message in messages(document(*asked), listed, people=people)] == [
        "'un' has kind 'ORG' in people; expected PERSON"
    ]
    assert messages(document(("Agent", around("un"))), listed) == []  # SP512 says that it isn't there


@settings(max_examples=examples(100))
@given(
    arguments=st.lists(
        st.tuples(st.sampled_from(["Theme", "Agent", "Site", None]), st.sampled_from([*LABELS, "n4", None])), max_size=5
    ),
    mapped=st.booleans(),
    lists=st.booleans(),
)
def test_what_may_be_referred_to_depends_on_a_member(
    arguments: list[tuple[str | None, str | None]], mapped: bool, lists: bool
) -> None:
    typed = schema(where(label={"member": "role", **({"allowed": ROLES} if mapped else {})}), lists=lists)
    wrong = []
    for k, (role, who) in enumerate(arguments):
        label = LABELS.get(who or "")
        right = role not in ROLES or label in ROLES[role] if mapped else role is not None and role == label
        if who in LABELS and not right:
            wrong.append(f"$.arguments[{k}].who" + "[0]" * lists)
    asked = [(role, ([who] if who else []) if lists else who) for role, who in arguments]
    assert [at for code, at, _ in messages(document(*asked), typed) if code == "SP509"] == wrong


def related(*ends: Any, **relation: Any) -> Schema:
    """A schema of names, times, and relations between them; both have keys of their own, which may be the same."""
    spans = {"type": "object", "spanOf": "text", "properties": {"id": STRING, **OFFSETS}}
    members = {
        "name": {**MAYBE, "refersTo": ["/names/*/id"]},
        "time": {**MAYBE, "refersTo": ["/times/*/id"]},
        "other": {**MAYBE, "refersTo": ["/names/*/id", "/times/*/id"]},
        "type": MAYBE,
    }
    links = {"type": "object", "labelledBy": "type", "relation": {"ends": ends, **relation}, "properties": members}
    lists = {name: {"type": "array", "key": "id", "items": spans} for name in ("names", "times")}
    properties = {"text": STRING, **lists, "links": {"type": "array", "items": links}}
    return Schema.of({"type": "object", "properties": properties})


def of(*links: dict[str, str]) -> dict[str, Any]:
    return {
        "text": "中文人",
        "names": [{"id": "1", "start": 0, "end": 1}],
        "times": [{"id": "1", "start": 1, "end": 2}, {"id": "2", "start": 2, "end": 3}],
        "links": [{"type": "IS", **link} for link in links],
    }


def codes(document: dict[str, Any], schema: Schema) -> list[tuple[str, str]]:
    findings = check(Corpus.of([document], schema)).findings
    return [(f.code, f.json_path) for f in findings if f.code[:3] == "SP5"]


def test_an_end_has_one_of_its_members() -> None:
    two = related(["name", "time"], "other", irreflexive=True)
    assert codes(of({"name": "1", "other": "2"}, {"time": "1", "other": "2"}), two) == []
    assert messages(of({"name": "1", "time": "1", "other": "2"}, {"other": "2"}), two) == [
        ("SP515", "$.links[0]", "has name and time; expected one of name or time"),
        ("SP515", "$.links[1]", "has no end; expected one of name or time"),
    ]


def test_ends_are_the_same_where_the_same_thing_is_meant_whatever_it_is_called() -> None:
    two = related(["name", "time"], "other", irreflexive=True)
    # The name 1 and the time 1 are two things; `other` leads to the name, which stands first.
    assert codes(of({"time": "1", "other": "1"}), two) == []
    assert codes(of({"name": "1", "other": "1"}), two) == [("SP504", "$.links[0]")]
    assert codes(of({"time": "2", "other": "2"}), two) == [("SP504", "$.links[0]")]
    assert codes(of({"name": "1", "other": "2"}, {"time": "1", "other": "2"}), two) == []
    assert codes(of({"time": "1", "other": "2"}, {"time": "1", "other": "2"}), two) == [("SP505", "$.links[1]")]
