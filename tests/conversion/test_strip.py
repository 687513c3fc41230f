"""Documents without their texts."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversion.test_standoff import SCHEMAS, without_gaps
from spanproof import read
from spanproof.conversion.join import demand_stripped, joined
from spanproof.conversion.strip import stripped
from spanproof.schema.schema import Schema
from spanproof.testing import strategies
from support import examples

FEW = settings(max_examples=examples(15))


ROOT = Path("annotations/gold")


def runs(text: str, length: int) -> set[str]:
    return {text[k : k + length] for k in range(len(text) - length + 1)}


@pytest.mark.parametrize("name", SCHEMAS)
@FEW
@given(data=st.data())
def test_a_stripped_document_holds_no_words_and_is_joined_again(name: str, data: st.DataObject) -> None:
    schema = SCHEMAS[name]
    document = data.draw(strategies.documents(schema))
    (member,) = schema.texts
    text = document[member]
    result = stripped(document, schema)
    record = json.loads(json.dumps(result.record))
    back = joined(demand_stripped(record), {"other": "", "x": text}, schema)
    assert back.how == "same"
    assert back.document is not None
    if not result.losses:
        assert without_gaps(back.document) == without_gaps(document)
    assert not {run for run in runs(text, 12) if run in json.dumps(record["document"], ensure_ascii=False)}


def test_the_articles_are_joined_again_but_for_notes_that_quote_them() -> None:
    for document in read(ROOT).documents():
        result = stripped(document, Schema.article())
        back = without_gaps(joined(result.record, {"a": document["text"]}, Schema.article()).document)
        for loss in result.losses:
            member, *steps = loss.name.split("/")[1:]
            assert (member, steps[-1]) in (("damage", "note"), ("provenance", "evidence"))
            owner = document[member][int(steps[0])] if member == "damage" else document[member]
            owner[steps[-1]] = None
        assert back == without_gaps(document)


TEXT = "Ana Silva met Rui in Lisbon on Monday, as the ministry had said before. They spoke of nothing that matters."


def article(**members: Any) -> dict[str, Any]:
    document = next(iter(read(ROOT).documents()))
    return {**document, **members}


@pytest.mark.parametrize(
    "members",
    [
        {"note": "they wrote that Ana Silva met Rui in Lisbon on Monday, as the ministry"},
        {"words": TEXT.split()},
        {"tokens": [{"form": word} for word in TEXT.split()]},
        {"upper": TEXT.upper()},
        {"spaced": "  ".join(TEXT.split())},
        {TEXT: 1},
        {"words": [*TEXT.split(), TEXT[:40] + "!"]},
    ],
)
def test_what_shares_words_with_the_text_is_left_out_and_named(members: dict[str, Any]) -> None:
    schema = Schema.of(
        {
            "type": "object",
            "properties": {
                "text": {"type": "string"},
                "spans": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "spanOf": "text",
                        "properties": {"start": {"type": "integer"}, "end": {"type": "integer"}},
                    },
                },
            },
        }
    )
    result = stripped({"text": TEXT, "spans": [{"start": 0, "end": 9}], **members}, schema)
    written = json.dumps(result.record, ensure_ascii=False)
    assert "Lisbon" not in written.replace('"Lisbon"', "")
    assert result.losses or "words" not in members
    plain = "".join(written.casefold().split())
    assert not {run for run in runs("".join(TEXT.casefold().split()), 30) if run in plain}
