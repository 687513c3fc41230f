"""SP512 to SP514: registries that are missing, entries that break their schema, references of entries."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.checks.report import Report, summary
from spanproof.checks.rules import CATALOGUE
from spanproof.corpus.documents import Corpus, batch_of
from spanproof.formats.discovery import read
from spanproof.schema.node import Node, SchemaError
from spanproof.schema.paths import Path as Way
from spanproof.schema.paths import value_at, walk
from spanproof.schema.schema import Schema
from support.documents import ROOT

TEXT = "Ana met Bob. Bob left."
MEETING = "lavrov-meeting-tomorrow-in-istanbul"


def schema_with(registries: Any = None, **document: Any) -> Schema:
    """Names that refer to people; and what the entries of registries are, if that is said."""
    offsets = {name: {"type": "integer"} for name in ("start", "end")}
    who = {"type": ["string", "null"], "refersTo": ["registry:people"]}
    members = {"id": {"type": "string"}, **offsets, "text": {"type": "string"}, "who": who}
    names = {"type": "array", "key": "id", "items": {"type": "object", "spanOf": "text", "properties": members}}
    properties = {"id": {"type": "string"}, "text": {"type": "string"}, "names": names}
    keywords = {"registries": registries} if registries else {}
    return Schema.of({"type": "object", "key": "id", "properties": properties, **keywords, **document})


def refers(*targets: Any) -> dict[str, Any]:
    return {"type": ["string", "null"], "refersTo": list(targets)}


PERSON = {
    "type": "object",
    "required": ["name", "kind"],
    "properties": {
        "name": {"type": "string"},
        "kind": {"enum": ["person", "group"], "type": "string"},
        "boss": refers("registry:people"),
        "of": refers("registry:teams"),
        "seen": {"type": "array", "items": refers("/names/*/id", "/id")},
    },
}
REGISTRIES = {"people": PERSON, "teams": {"type": "object", "properties": {"lead": refers("registry:people")}}}


def document(key: str = "a", who: str | None = "ana") -> dict[str, Any]:
    return {"id": key, "text": TEXT, "names": [{"id": "n1", "start": 0, "end": 3, "text": "Ana", "who": who}]}


def judged(registries: Any, *documents: Any, schema: Schema | None = None) -> Report:
    return check(Corpus.of(documents or [document()], schema or schema_with(REGISTRIES), registries), ignore=["SP603"])


def found(report: Report) -> list[tuple[str, str, str]]:
    return [(f.code, str(f.document), f.json_path) for f in report.findings]


ANA = {"name": "Ana", "kind": "person", "boss": None, "of": "reds", "seen": ["a/n1", "a"]}
SOUND = {"people": {"ana": ANA, "bob": {"name": "Bob", "kind": "person", "boss": "ana"}}, "teams": {"reds": {}}}


def test_sound_registries_are_clean() -> None:
    assert judged(SOUND).findings == ()


@pytest.mark.parametrize(
    ("key", "members", "code", "path"),
    [
        ("ana", {"kind": "zzz"}, "SP513", "$.ana.kind"),
        ("ana", {"name": 3}, "SP513", "$.ana.name"),
        ("ana", {"name": None}, "SP513", "$.ana.name"),
        ("ana", {"seen": "a/n1"}, "SP513", "$.ana.seen"),
        ("bob", {"boss": "cem"}, "SP514", "$.bob.boss"),
        ("ana", {"of": "blues"}, "SP514", "$.ana.of"),
        ("ana", {"of": "ana"}, "SP514", "$.ana.of"),
        ("ana", {"seen": ["a", "a/n9"]}, "SP514", "$.ana.seen[1]"),
        ("ana", {"seen": ["b/n1"]}, "SP514", "$.ana.seen[0]"),
        ("ana", {"seen": ["b"]}, "SP514", "$.ana.seen[0]"),
        ("ana", {"seen": ["n1"]}, "SP514", "$.ana.seen[0]"),
        ("ana", {"seen": ["a/"]}, "SP514", "$.ana.seen[0]"),
    ],
)
def test_a_fault_in_a_registry_is_found_at_its_place(key: str, members: Any, code: str, path: str) -> None:
    registries = copy.deepcopy(SOUND)
    registries["people"][key].update(members)
    assert found(judged(registries)) == [(code, "registry:people", path)]


def test_an_entry_that_lacks_a_member_or_is_none_is_found() -> None:
    lacking = {**SOUND, "people": {**SOUND["people"], "ana": {"kind": "person"}}}
    assert found(judged(lacking)) == [("SP513", "registry:people", "$.ana.name")]
    for entry in (None, [], "Ana", 3, True):
        wrong = {**SOUND, "people": {**SOUND["people"], "ana": entry}}
        assert found(judged(wrong)) == [("SP513", "registry:people", "$.ana")]


def test_documents_of_every_batch_can_be_meant() -> None:
    registries = copy.deepcopy(SOUND)
    registries["people"]["ana"]["seen"] = ["c/n1", "a", "b/n1", "d/n1"]
    schema = schema_with(REGISTRIES)
    batches = tuple(Corpus.of([document(key)], schema).batches[0] for key in "abc")
    corpus = Corpus(schema, batches, registries, registry_files={name: {} for name in registries})
    report = check(corpus, ignore=["SP603"])
    assert found(report) == [("SP514", "registry:people", "$.ana.seen[3]")]


@given(st.lists(st.sampled_from(["a", "b", "a/n1", "b/n1", "a/n2", "c", "/", "a/", ""]), max_size=6))
def test_references_into_documents_are_those_of_a_slow_search(seen: list[str]) -> None:
    registries = {**SOUND, "people": {"ana": {**ANA, "seen": seen}}}
    there = {"a", "b", "a/n1", "b/n1"}
    report = judged(registries, document("a"), document("b"))
    assert [f.path[-1] for f in report.findings] == [k for k, value in enumerate(seen) if value not in there]


def test_the_spellings_in_a_registry_can_be_referred_to() -> None:
    """``registry:people/*/aliases/*``: from documents and from entries; by the place of a value, not by the key."""
    spelling = refers("registry:people/*/aliases/*")
    aliases = {"type": "array", "items": {"type": "string"}}
    person = {"type": "object", "properties": {"aliases": aliases, "like": spelling}}
    names = json.loads(json.dumps(schema_with().json["properties"]["names"]))
    names["items"]["properties"]["who"] = spelling
    properties = {**schema_with().json["properties"], "names": names}
    schema = schema_with({"people": person}, properties=properties)
    people: dict[str, Any] = {"a1": {"aliases": ["ana", "Ana"], "like": "bob"}, "b1": {"aliases": ["bob"]}}
    for who, codes in (("ana", []), ("bob", []), ("a1", ["SP503"]), ("cem", ["SP503"])):
        assert [code for code, *_ in found(judged({"people": people}, document(who=who), schema=schema))] == codes
    people["a1"]["like"] = "b1"
    assert found(judged({"people": people}, schema=schema)) == [("SP514", "registry:people", "$.a1.like")]
    assert found(judged({"teams": {"x": {}}}, schema=schema)) == [("SP512", "registry:people", "$")]
    with pytest.raises(SchemaError, match=r"names registry:people/\*/names/\*, which doesn't exist"):
        schema_with({"people": {"type": "object", "properties": {"x": refers("registry:people/*/names/*")}}})


def test_a_number_cannot_name_an_entry() -> None:
    number = {**refers("registry:people"), "type": "integer"}
    with pytest.raises(SchemaError, match="a registry from integer; expected a string"):
        schema_with({"people": {"type": "object", "properties": {"x": number}}})


# Absence: what is said of a registry that nobody can look into.


def test_a_registry_that_is_not_beside_the_corpus_is_told(tmp_path: Path) -> None:
    corpus = tmp_path / "a.jsonl"
    corpus.write_text(json.dumps(document()) + "\n")
    for schema in (schema_with(), schema_with(REGISTRIES)):
        assert found(check(read(corpus, schema))) == [("SP512", "registry:people", "$")]
    assert "people.json" in check(read(corpus, schema)).findings[0].message
    (tmp_path / "people.json").write_text('{"ana": {"name": "Ana", "kind": "person"}}')
    assert check(read(corpus, schema_with())).findings == ()
    (tmp_path / "people.json").write_text("{}")
    assert [code for code, *_ in found(check(read(corpus, schema_with())))] == ["SP503", "SP512"]
    (tmp_path / "people.json").write_text("[")
    report = check(read(corpus, schema_with()))
    assert [code for code, *_ in found(report)] == ["SP001"]
    assert report.exit_code == 2


def test_a_registry_without_references_to_it_need_not_be_there(tmp_path: Path) -> None:
    corpus = tmp_path / "a.jsonl"
    corpus.write_text(json.dumps(document(who=None)) + "\n")
    assert check(read(corpus, schema_with())).findings == ()


def test_a_registry_that_is_not_given_is_told() -> None:
    assert found(judged({"teams": {"reds": {}}})) == [("SP512", "registry:people", "$")]
    assert [code for code, *_ in found(judged({"people": {}, "teams": {"reds": {}}}))] == ["SP503", "SP512"]
    assert found(judged({})) == [("SP512", "registry:people", "$")]


def test_documents_in_memory_without_registries_are_not_called_looked_up() -> None:
    report = check(Corpus.of([document(), document("b")], schema_with()), ignore=["SP603"])
    assert report.not_looked_up == 2
    assert summary(report).endswith("no findings; 2 references not looked up")
    assert judged(SOUND).not_looked_up == 0


def test_names_that_are_looked_for_need_their_registry() -> None:
    """A registry of another name than the schema has for it: no name is looked for, and that is said."""
    exhaustive = schema_with().json["properties"]["names"] | {"exhaustive": {"registry": "peple", "member": "who"}}
    schema = schema_with(properties={**schema_with().json["properties"], "names": exhaustive})
    assert found(judged(SOUND, schema=schema)) == [("SP512", "registry:peple", "$")]


def test_a_part_of_a_corpus_does_not_accuse_the_rest(tmp_path: Path) -> None:
    """One article file is checked alone: whether the quotes of others are there can't be told, and that is said."""
    own = read(ROOT / "annotations" / "gold" / "28c5c7bc61b1027f.json")
    report = check(own, select=["SP5"])
    assert report.findings == ()
    assert report.not_looked_up == 22


def test_what_could_not_be_read_may_hold_what_is_referred_to(tmp_path: Path) -> None:
    corpus = tmp_path / "a.jsonl"
    corpus.write_text(json.dumps(document()) + "\n{\n")
    (tmp_path / "people.json").write_text(json.dumps({"ana": {**ANA, "seen": ["b/n1"], "boss": "cem"}}))
    (tmp_path / "teams.json").write_text('{"reds": {}}')
    report = check(read(corpus, schema_with(REGISTRIES)))
    assert [(f.code, f.path[-1:]) for f in report.findings] == [("SP001", ()), ("SP514", ("boss",))]
    assert report.findings[1].file == str(tmp_path / "people.json")


@pytest.mark.parametrize("entry", [{}, {"alias": ["Ana"]}, {"aliases": "Ana"}, {"aliases": ["Ana", ""]}, [], None])
def test_an_entry_whose_names_cannot_be_looked_for_is_told(entry: Any) -> None:
    names = schema_with().json["properties"]["names"] | {"exhaustive": {"registry": "people", "member": "who"}}
    properties = {**schema_with().json["properties"], "names": names}
    report = judged({"people": {"ana": entry}}, schema=schema_with(properties=properties))
    assert found(report) == [("SP513", "registry:people", "$.ana")]
    declared = schema_with({"people": {"type": "object", "required": ["aliases"]}}, properties=properties)
    assert found(judged({"people": {"ana": {}}}, schema=declared)) == [("SP513", "registry:people", "$.ana")]


# Schemas of registries that can't be.


@pytest.mark.parametrize(
    ("registries", "message"),
    [
        ({"peple": PERSON}, r"/names/\*/who: refersTo names the registry 'people'; expected one of peple"),
        ({"people": refers("registry:team"), "teams": PERSON}, r"names the registry 'team'.*did you mean 'teams'"),
        ({"people": {"type": "strange"}}, r"strange"),
        ({"people": {"type": "object", "properties": {"x": {"type": "string", "hashOf": "id"}}}}, r"/\*/x: has hashOf"),
        ({"people": {"type": "object", "spanOf": "text", "properties": {}}}, r"has spanOf"),
        ({"people": {"type": "object", "properties": {"x": refers("/nobody/*/id")}}}, r"names '/nobody/\*/id'"),
        ({"people": {"type": "object", "properties": {"x": refers("/text")}}}, r"names '/text'; expected .*/id"),
        ({"people": {"$ref": "https://example.org/person.json"}}, r"same file"),
        ({"people": {"$ref": "#/$defs/none"}}, r"registry:people: .*same file"),
        ({"a/b": PERSON}, r"a/b"),
        ({"people": {"type": "object", "properties": {"x": {"type": "string", "pattern": "(?=a)"}}}}, r"linear time"),
        (3, r"registries"),
    ],
)  # fmt: skip
def test_a_schema_of_registries_that_cannot_be_is_refused(registries: Any, message: str) -> None:
    with pytest.raises(SchemaError, match=message):
        schema_with(registries) if registries != [] else schema_with(registries=[])


def test_registries_are_said_of_the_document_alone() -> None:
    properties = {"text": {"type": "string", "registries": {"people": PERSON}}}
    with pytest.raises(SchemaError, match=r"/text: registries is used on a string; expected the document"):
        Schema.of({"type": "object", "properties": properties})


def test_entries_share_definitions_with_the_documents() -> None:
    schema = schema_with(
        {"people": {"$ref": "#/$defs/person"}}, **{"$defs": {"person": {"type": "object", "required": ["x"]}}}
    )
    assert found(judged({"people": {"ana": {}}}, schema=schema)) == [("SP513", "registry:people", "$.ana")]


# Our own registries.


@pytest.fixture(scope="module")
def own() -> Corpus:
    return read(ROOT / "annotations" / "gold").load()


def rendering(r: Any, number: int = 0) -> dict[str, Any]:
    pair: dict[str, Any] = r["utterances"][MEETING]["renderings"][number]
    return pair


def leaves(registries: Any, schema: Schema) -> list[tuple[str, Way, Node]]:
    """Every string in registries, with its registry and path, and what the schema says of it."""
    return [
        (name, path, node)
        for name, registry in schema.registry_schemas.items()
        for key, entry in registries[name].items()
        for path, node, value in walk(entry, registry.entry, (key,))
        if isinstance(value, str)
    ]


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_whatever_is_changed_in_our_registries_is_found_there_or_is_free_text(data: st.DataObject) -> None:
    own = read(ROOT / "annotations" / "gold").load()
    registries = copy.deepcopy({name: dict(entries) for name, entries in own.registries.items()})
    name, path, node = data.draw(st.sampled_from(leaves(registries, own.schema)))
    holder = value_at(registries[name], path[:-1])
    holder[path[-1]] = wrong = data.draw(st.sampled_from(["zzz", 3, [], {}, True]))
    rules = [rule for rule in CATALOGUE if rule.code in ("SP512", "SP513", "SP514")]
    findings = check(Corpus.of(own.documents(), own.schema, registries), rules=rules).findings
    free = wrong == "zzz" and not node.enum and not node.refers_to
    assert [(f.document, f.path) for f in findings] == ([] if free else [(f"registry:{name}", path)])


FAULTS: dict[str, tuple[Callable[[Any], Any], str, str]] = {
    "a quote that isn't there": (
        lambda r: rendering(r).update(a="28c5c7bc61b1027f/q99"), "SP514", "renderings[0].a",
    ),
    "a quote of no article": (lambda r: rendering(r, 1).update(b="x/q1"), "SP514", "renderings[1].b"),
    "a kind": (lambda r: rendering(r).update(kind="zzz"), "SP513", "renderings[0].kind"),
    "renderings of a word": (lambda r: r["utterances"][MEETING].update(renderings="x"), "SP513", "renderings"),
    "no kind": (lambda r: rendering(r).pop("kind"), "SP513", "renderings[0].kind"),
    "a speaker": (lambda r: r["utterances"][MEETING].update(speaker="nobody"), "SP514", "speaker"),
    "a type": (lambda r: r["entities"]["doha"].update(type="BOGUS"), "SP513", "$.doha.type"),
    "no aliases": (lambda r: r["entities"]["doha"].pop("aliases"), "SP513", "$.doha.aliases"),
    "an alias": (lambda r: r["entities"]["doha"].update(aliases=["Doha", 3]), "SP513", "$.doha.aliases[1]"),
    "a member more": (lambda r: r["entities"]["doha"].update(colour="red"), "SP513", "$.doha"),
    "an entry": (lambda r: r["entities"].update(doha="Doha"), "SP513", "$.doha"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_our_registries_is_found(own: Corpus, fault: str) -> None:
    change, code, where = FAULTS[fault]
    registries = copy.deepcopy({name: dict(entries) for name, entries in own.registries.items()})
    change(registries)
    findings = check(Corpus.of(own.documents(), own.schema, registries), select=["SP512", "SP513", "SP514"]).findings
    assert [f.code for f in findings] == [code]
    assert findings[0].json_path.endswith(where)


TEAM = {
    "type": "object",
    "properties": {
        "lead": {"type": "string", "refersTo": [{"to": "registry:people", "where": {"kind": ["person"]}}]},
        "first": {"type": "string", "refersTo": [{"to": "/names/*/id", "where": {"who": ["ana"]}}]},
        "any": {
            "type": "array",
            "items": refers({"to": "registry:people", "where": {"kind": ["group"]}}, "/names/*/id", "/id"),
        },
    },
}


@pytest.mark.parametrize(
    ("team", "faults"),
    [
        ({}, []),
        ({"lead": "bob", "first": "a/n1", "any": ["a", "a/n1", None]}, []),
        ({"lead": "eve"}, [("$.x.lead", "'eve' has kind 'group' in people; expected person")]),
        ({"lead": "zoe"}, [("$.x.lead", "'zoe' is not among registry:people")]),
        ({"first": "b/n1"}, [("$.x.first", "'b/n1' has who 'bob'; expected ana")]),
        ({"first": "b/n2"}, [("$.x.first", "'b/n2' is not among /names/*/id")]),
        ({"any": ["eve", "bob"]}, [("$.x.any[1]", "'bob' has kind 'person' in people; expected group")]),
    ],
)
def test_references_of_entries_have_conditions(team: Any, faults: Any) -> None:
    people = {name: {"name": name, "kind": "group" if name == "eve" else "person"} for name in ("ana", "bob", "eve")}
    schema = schema_with({"people": PERSON, "teams": TEAM})
    batches = tuple(batch_of([one], schema) for one in (document("a"), document("b", "bob")))
    registries = {"people": people, "teams": {"x": team}}
    corpus = Corpus(schema, batches, registries, registry_files={name: {} for name in registries})
    report = check(corpus, ignore=["SP603"])
    assert [(f.code, f.json_path, f.message) for f in report.findings] == [("SP514", *fault) for fault in faults]


@pytest.mark.parametrize(
    ("team", "faults"),
    [
        ({"wanted": "person", "lead": "ana", "first": "a/n1"}, []),
        ({"wanted": "group", "lead": "ana"}, [("$.x.lead", "'ana' has kind 'person' in people; expected group")]),
        ({"wanted": "group", "first": "a/n1"}, [("$.x.first", "'a/n1' has who 'ana'; expected eve")]),
        (
            {"lead": "ana"},
            [("$.x.lead", "'ana' has kind 'person' in people; expected what another member says, which is missing")],
        ),
        ({"first": "a/n1"}, []),
        (
            {"list": [{"wanted": "group", "lead": "ana"}]},
            [("$.x.list[0].lead", "'ana' has kind 'person' in people; expected group")],
        ),
    ],
)
def test_what_an_entry_may_refer_to_depends_on_its_members(team: Any, faults: Any) -> None:
    people = {name: {"name": name, "kind": "group" if name == "eve" else "person"} for name in ("ana", "bob", "eve")}
    who = {"member": "wanted", "allowed": {"person": ["ana", "bob"], "group": ["eve"]}}
    members = {
        "wanted": {"type": "string", "enum": ["person", "group"]},
        "lead": refers({"to": "registry:people", "where": {"kind": {"member": "wanted"}}}),
        "first": refers({"to": "/names/*/id", "where": {"who": who}}),
    }
    more = {"list": {"type": "array", "items": {"type": "object", "properties": members}}}
    schema = schema_with({"people": PERSON, "teams": {"type": "object", "properties": {**members, **more}}})
    registries = {"people": people, "teams": {"x": team}}
    corpus = Corpus(
        schema, (batch_of([document("a")], schema),), registries, registry_files={n: {} for n in registries}
    )
    findings = check(corpus, ignore=["SP603"]).findings
    assert [(f.code, f.json_path, f.message) for f in findings] == [("SP514", *fault) for fault in faults]


@pytest.mark.parametrize(
    ("target", "where", "message"),
    [
        ("registry:people", {"kin": ["x"]}, "names 'kin'; expected a string of its entries"),
        ("registry:people", {"kind": ["x"]}, "names 'x'; expected one of person, group"),
        (
            "registry:people",
            {"kind": {"member": "x"}},
            "names 'x', which isn't a member there; expected a string of the",
        ),
        (
            "registry:people",
            {"kind": {"member": "of", "allowed": {"a": ["x"]}}},
            "names 'x'; expected one of person, group",
        ),
        ("registry:people/*/name", {"kind": ["person"]}, "expected registry:NAME"),
        ("/names/*/id", {"kind": ["person"]}, "names 'kind', which isn't a member there"),
        ("/id", {"text": ["a"]}, "expected the key of a list"),
    ],
)
def test_conditions_of_entries_that_cannot_be_judged_are_refused(target: str, where: Any, message: str) -> None:
    members = {"lead": refers({"to": target, "where": where}), "of": {"type": "string"}}
    team = {"type": "object", "properties": members}
    with pytest.raises(SchemaError, match=message):
        schema_with({"people": PERSON, "teams": team})
