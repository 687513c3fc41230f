"""References by number (``/entities/*/#``): what they lead to is judged, and they follow what they lead to."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.checks.fix import fix
from spanproof.corpus.documents import Corpus
from spanproof.corpus.edits import Edit, apply
from spanproof.corpus.records import WrittenRecord
from spanproof.corpus.shapes import ShapeError
from spanproof.schema.node import SchemaError
from spanproof.schema.schema import Schema
from spanproof.testing.strategies import documents

NUMBER = {"type": "integer", "refersTo": ["/entities/*/#"]}
TOKENS = ["Ana", "Silva", "lives", "in", "Porto", "Alegre", "now"]
ANA, HERE, PORTO = ({"type": t, "start": s, "end": e} for t, s, e in (("PER", 0, 2), ("LOC", 3, 4), ("LOC", 4, 6)))


def schema(reference: Any = NUMBER, **members: Any) -> dict[str, Any]:
    entity = {"spanOf": {"tokens": "tokens"}, "labelledBy": "type", "properties": {
        "type": {"type": "string"}, "start": {"type": "integer"}, "end": {"type": "integer"}}}  # fmt: skip
    relation = {"ends": ["head", "tail"], "irreflexive": True, "signatures": {"Lives": [["PER"], ["LOC"]]}}
    properties = {"type": {"type": "string"}, "head": reference, "tail": reference}
    related = {"relation": relation, "labelledBy": "type", "required": [*properties], "properties": properties}
    return {"type": "object", "required": ["tokens", "entities", "relations"], "properties": {
        "tokens": {"type": "array", "items": {"type": "string"}},
        "entities": {"type": "array", "items": {"type": "object", **entity}},
        "relations": {"type": "array", "items": {"type": "object", **related}}, **members}}  # fmt: skip


LIVES = Schema.of(schema())


def document(*pairs: tuple[Any, Any], entities: Any = (ANA, PORTO)) -> dict[str, Any]:
    relations = [{"type": "Lives", "head": head, "tail": tail} for head, tail in pairs]
    return {"tokens": TOKENS, "entities": [*entities], "relations": relations}


@pytest.mark.parametrize(
    ("pair", "found"),
    [
        ((0, 1), []),
        ((0, 1.0), []),
        ((0, 2), [("SP501", "$.relations[0].tail")]),
        ((-1, 1), [("SP501", "$.relations[0].head")]),
        ((0, 10**12), [("SP501", "$.relations[0].tail")]),
        (("0", 1), [("SP002", "$.relations[0].head")]),
        ((True, 1), [("SP002", "$.relations[0].head")]),
        ((None, 1), [("SP002", "$.relations[0].head")]),
        ((0.5, 1), [("SP002", "$.relations[0].head")]),
        ((0, 0), [("SP504", "$.relations[0]"), ("SP507", "$.relations[0].tail")]),
        ((1, 0), [("SP507", "$.relations[0].head"), ("SP507", "$.relations[0].tail")]),
    ],
)
def test_a_number_leads_to_an_item_of_the_list(pair: tuple[Any, Any], found: list[tuple[str, str]]) -> None:
    findings = check(Corpus.of([document(pair)], LIVES)).findings
    assert [(one.code, one.json_path) for one in findings] == found
    for one in findings:
        if one.code == "SP501":
            assert one.message.endswith(" is not among the numbers of the items of /entities (from 0)")


def test_what_goes_takes_its_number_along_and_the_others_follow() -> None:
    """A span twice is removed; the relations still join what they joined. Not where one joins what would go."""
    broken = document((0, 3), (2, 3), entities=(ANA, ANA, {**ANA, "start": 1}, PORTO))
    done = fix(Corpus.of([broken], LIVES))
    assert [one.code for one in done.ended] == ["SP203"]
    (written,) = done.corpus.records()
    assert written == document((0, 2), (1, 2), entities=(ANA, {**ANA, "start": 1}, PORTO))
    joined = document((1, 2), entities=(ANA, ANA, PORTO))
    kept = fix(Corpus.of([joined], LIVES))
    assert [*kept.corpus.records()] == [joined]
    assert [one.refused for one in kept.refused] == ["it would bring SP501 at $.relations[0].head"]


@pytest.mark.parametrize("own", ["1", 5, [5], None])
def test_a_member_that_is_called_as_the_number_is_an_error_and_is_not_lost(own: Any) -> None:
    """Nor does it say which number an item has."""
    broken = document((0, 2), entities=(ANA, ANA, {**PORTO, "#": own}))
    found = check(Corpus.of([broken], LIVES)).findings
    assert [(one.code, one.json_path) for one in found] == [("SP002", "$.entities[2]"), ("SP203", "$.entities[1]")]
    kept = fix(Corpus.of([broken], LIVES))
    assert [*kept.corpus.records()] == [broken]
    assert [one.refused for one in kept.refused] == ["an item has a member '#' of its own, which would be lost"]


@given(st.integers(2, 6), st.data())
def test_references_follow_items_that_go_and_come(size: int, data: st.DataObject) -> None:
    entities = [{"type": str(k), "start": k, "end": k + 1} for k in range(size)]
    numbers = st.integers(-1, size + 1)
    before = document(*data.draw(st.lists(st.tuples(numbers, numbers), max_size=4)), entities=entities)
    record = WrittenRecord.of(before, LIVES.lens or pytest.fail("no lens"))
    gone = data.draw(st.sets(st.integers(0, size - 1), max_size=size))
    changed = apply(record.documents[0], [Edit(("entities", k), remove=True) for k in gone])
    if data.draw(st.booleans()):
        changed["entities"] = [{"type": "new", "start": 0, "end": 3}, *changed["entities"]]
    original = copy.deepcopy(changed)
    try:
        written = record.put({0: changed})
    except ShapeError as refused:  # what leads nowhere would lead to an item
        named = refused.args[0].partition(" at /relations/*/")[0]
        none = int(named) in gone or int(named) >= size
        written = None if none and int(named) < len(changed["entities"]) else pytest.fail(str(refused))
    assert changed == original
    if written is None:
        return

    def joined(one: dict[str, Any]) -> list[Any]:
        called = {k: entity["type"] for k, entity in enumerate(one["entities"])}
        return [[called.get(relation[end]) for end in ("head", "tail")] for relation in one["relations"]]

    kept = [[None if name is None or int(name) in gone else name for name in pair] for pair in joined(before)]
    assert joined(written) == kept


@given(documents(Schema.of(schema())))
def test_documents_with_numbers_are_sound(drawn: dict[str, Any]) -> None:
    assert check(Corpus.of([drawn], LIVES)).exit_code == 0


def test_the_canonical_schema_is_a_schema_of_its_own() -> None:
    again = Schema.of(LIVES.json)
    assert again.root.arrow == LIVES.root.arrow
    sound = WrittenRecord.of(document((0, 1)), LIVES.lens or pytest.fail("no lens")).documents
    assert check(Corpus.of(sound, again)).findings == ()


OTHERS = {"type": "object", "properties": {"#": {"type": "string"}}}
KEYED = {"key": "type", **schema()["properties"]["entities"]}


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        (schema({**NUMBER, "refersTo": ["/entities/*/#", "/relations/*/#"]}), "expected it alone"),
        (schema({**NUMBER, "refersTo": ["/tokens/*/#"]}), "the numbers of the items of a list of objects"),
        (schema({**NUMBER, "refersTo": ["/persons/*/#"]}), "the numbers of the items of a list of objects"),
        (schema({**NUMBER, "refersTo": ["/turns/*/names/*/#"]}), 'with "documents" at the objects that hold it'),
        (schema(a={**NUMBER, "type": "string"}), "expected an integer, the number of an item"),
        (schema({**NUMBER, "type": "number"}), "expected an integer, the number of an item"),
        (schema(entities=KEYED), "the list has the key 'type'; expected '/entities/*/type'"),
        (schema(entities={"type": "array", "items": OTHERS}), "which have no member '#'"),
    ],
)  # fmt: skip
def test_numbers_that_lead_nowhere_are_refused(written: dict[str, Any], problem: str) -> None:
    with pytest.raises(SchemaError, match=r"refersTo names '/") as refused:
        Schema.of(written)
    assert problem in str(refused.value)
