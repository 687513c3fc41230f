import copy
import math
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.corpus.documents import Corpus, batch_of
from spanproof.corpus.findings import Finding
from spanproof.schema.paths import objects, spans_in
from spanproof.schema.schema import Schema
from spanproof.testing.matrix import verdict
from spanproof.testing.strategies import documents, mutations, texts
from support import examples
from support.checks import correct
from support.conditioned import CONDITIONED
from support.linked import LINKED

CHARACTERS = {"SP122", "SP123", "SP124", "SP125"}  # information: what a text holds isn't the annotation's fault
INT = {"type": "integer", "minimum": 0}
SPEECH = Schema.of(
    {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "key": "no",
        "required": ["no", "body", "gloss", "glossHash", "terms", "acts", "laughter"],
        "additionalProperties": False,
        "properties": {
            "no": {"type": "integer", "minimum": 1},
            "body": {"type": "string", "minLength": 1},
            "gloss": {"type": ["string", "null"]},
            "bodyHash": {"type": ["string", "null"], "hashOf": "body"},
            "glossHash": {"type": "string", "hashOf": "gloss"},
            "version": {"const": "2.0", "type": "string"},
            "rate": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
            "checked": {"type": "boolean"},
            "tags": {"type": "array", "items": {"type": "string", "pattern": "^[a-z]+(-[a-z]+)*$"}},
            "when": {
                "type": ["object", "null"],
                "timex3": {"value": "day"},
                "properties": {"day": {"type": "string"}, "remark": {"type": "string"}},
                "required": ["day"],
            },
            "terms": {
                "type": "array",
                "key": "name",
                "overlap": "allow",
                "consistent": ["kind", "sense"],
                "minItems": 1,
                "items": {
                    "$ref": "#/$defs/inBody",
                    "labelledBy": "kind",
                    "required": ["name", "start", "end", "text", "kind", "broader", "head"],
                    "properties": {
                        "name": {"type": "string", "pattern": "^t[0-9]{1,3}$"},
                        "start": INT,
                        "end": INT,
                        "text": {"type": "string"},
                        "kind": {"enum": ["noun", "verb", "Phrase"], "type": "string"},
                        "sense": {"type": ["string", "null"], "refersTo": ["registry:senses"], "minLength": 2},
                        "broader": {"type": ["string", "null"], "refersTo": ["/terms/*/name"], "acyclic": True},
                        "head": {"anyOf": [{"$ref": "#/$defs/inBody"}, {"type": "null"}]},
                        "prefix": {"type": "string"},
                        "suffix": {"type": "string"},
                    },
                },
            },
            "acts": {
                "type": "array",
                "key": "id",
                "items": {
                    "type": "object",
                    "required": ["id", "parts", "about"],
                    "properties": {
                        "id": {"type": "integer", "minimum": 0, "maximum": 4000},
                        "about": {"type": "string", "refersTo": ["/terms/*/name", "/when"]},
                        "after": {"type": "integer", "refersTo": ["/acts/*/id"]},
                        "parts": {
                            "type": "array",
                            "key": "letter",
                            "items": {
                                "type": "object",
                                "required": ["letter", "fragments"],
                                "properties": {
                                    "letter": {"enum": list("abcdefghij"), "type": "string"},
                                    "weight": {"type": "integer", "minimum": 1, "maximum": 5},
                                    "fragments": {
                                        "type": "array",
                                        "inOrder": True,
                                        "minItems": 1,
                                        "items": {"$ref": "#/$defs/inGloss"},
                                    },
                                },
                            },
                        },
                    },
                },
            },
            "laughter": {
                "type": "array",
                "overlap": "forbid",
                "bars": {"where": {"by": ["hall"]}, "layers": ["/said", "/terms"]},
                "items": {
                    "$ref": "#/$defs/inGloss",
                    "properties": {
                        "start": INT,
                        "end": INT,
                        "text": {"type": ["string", "null"]},
                        "by": {"enum": ["hall", "speaker", None], "type": ["string", "null"]},
                    },
                },
            },
            "said": {
                "type": "array",
                "overlap": "nest",
                "items": {
                    "$ref": "#/$defs/inGloss",
                    "labelledBy": "mode",
                    "quotation": {"type": "mode", "direct": "live", "parts": ["who", "aside"]},
                    "timex3": {"type": "unit", "value": "lasts"},
                    "required": ["start", "end", "text", "mode", "who"],
                    "properties": {
                        "start": INT,
                        "end": INT,
                        "text": {"type": "string"},
                        "mode": {"enum": ["live", "echo"], "type": "string"},
                        "who": {"$ref": "#/$defs/inGloss"},
                        "aside": {"anyOf": [{"$ref": "#/$defs/inBody"}, {"type": "null"}]},
                        "unit": {"type": "string", "enum": ["DURATION", "SET"]},
                        "lasts": {"type": "string"},
                    },
                },
            },
        },
        "$defs": {
            "inBody": {
                "type": "object",
                "spanOf": "body",
                "required": ["start", "end"],
                "properties": {"start": INT, "end": INT, "text": {"type": "string"}},
            },
            "inGloss": {
                "type": "object",
                "spanOf": "gloss",
                "required": ["start", "end", "text"],
                "properties": {"start": INT, "end": INT, "text": {"type": "string"}},
            },
        },
    }
)
SCHEMAS = {"article": Schema.article(), "speech": SPEECH, "linked": LINKED, "conditioned": CONDITIONED}
ALL = pytest.mark.parametrize("name", SCHEMAS)
BOTH = pytest.mark.parametrize("name", ["article", "speech"])


def bare(value: Any) -> Any:
    """Without null members, which mean the same as missing ones."""
    if isinstance(value, Mapping):
        return {name: bare(each) for name, each in value.items() if each is not None}
    return [bare(each) for each in value] if isinstance(value, list) else value


def faults(found: tuple[Finding, ...]) -> list[tuple[str, str, str]]:
    return [(each.code, each.json_path, each.message) for each in found if each.code not in CHARACTERS]


@given(texts())
def test_texts_can_be_written_and_hold_no_control_character(text: str) -> None:
    assert text.encode().decode() == text
    assert all(c in "\t\r\n" for c in text if unicodedata.category(c) == "Cc")


@pytest.mark.parametrize(
    "pattern",
    [
        *("^$", "[\U00010000-\U0010ffff]", "\u200d", "[\u0300-\u036f]", "[\u1100-\u11ff]", "[\uac00-\ud7a3]"),
        *("[\u4e00-\u9fff]", "[\u0590-\u06ff]", "[\u0900-\u097f]", "[“”„‚«»「」]", "\r\n", "(?<!\r)\n", "\t"),
        *("\ufeff", "\u00ad", "\u2028", "[\ufb00-\ufb06]", "[\u00a0\u202f]"),
    ],
)
def test_texts_hold_what_programs_get_wrong(pattern: str) -> None:
    quick = settings(max_examples=3000, phases=[Phase.generate], database=None, deadline=None)
    assert re.search(pattern, find(texts(), lambda text: re.search(pattern, text) is not None, settings=quick))


@ALL
@settings(max_examples=examples(70))
@given(data=st.data())
def test_documents_are_sound(name: str, data: st.DataObject) -> None:
    schema = SCHEMAS[name]
    document = data.draw(documents(schema))
    assert not list(schema.validator.iter_errors(document))
    assert not faults(check(Corpus.of([document], schema)).findings)


@pytest.mark.parametrize(
    "wanted",
    [
        lambda d: not d["text"],
        lambda d: sum(len(d[layer]) for layer in ("zones", "entities", "quotes", "dates")) > 6,
        lambda d: any(q["type"] == "direct" for q in d["quotes"]),
        lambda d: any(q.get("continues") and q.get("speaker") for q in d["quotes"]),
        lambda d: any(e.get("prefix") and "suffix" not in e for e in d["entities"]),
        lambda d: any(a["start"] <= b["start"] and b["end"] < a["end"] for a in d["quotes"] for b in d["quotes"]),
        lambda d: (
            {"dct", "other"} <= {t.get("anchor") and (t["anchor"], "other")[t["anchor"] != "dct"] for t in d["dates"]}
        ),
        lambda d: any(z["type"] == "credit" for z in d["zones"]) and d["entities"],
    ],
    ids=["empty", "rich", "direct", "continued", "context", "nested", "anchored", "barred"],
)
def test_documents_reach_every_corner(wanted: Any) -> None:
    quick = settings(max_examples=2000, phases=[Phase.generate], database=None, deadline=None)
    assert find(documents(), lambda document: bool(wanted(document)), settings=quick)


@ALL
@settings(max_examples=examples(40))
@given(data=st.data())
def test_columns_keep_every_document(name: str, data: st.DataObject) -> None:
    schema = SCHEMAS[name]
    drawn = data.draw(st.lists(documents(schema), min_size=1, max_size=2))
    corpus = Corpus.of(drawn, schema)
    assert not corpus.batches[0].raw
    back = list(corpus.documents())
    assert bare(back) == bare(drawn)
    for document in back:
        for _, node, value in objects(document, schema.root):
            if (member := node.span_of) and value.get("text") is not None:
                assert document[member][value["start"] : value["end"]] == value["text"]


@BOTH
@settings(max_examples=examples(20))
@given(data=st.data())
def test_verdicts_do_not_leak_across_documents(name: str, data: st.DataObject) -> None:
    schema = SCHEMAS[name]
    pair = []
    for _ in range(2):
        document = data.draw(documents(schema))
        pair.append(data.draw(st.just(document) | mutations(document, schema).map(lambda broken: broken[1])))

    def told(documents: list[Any], shift: int = 0) -> list[Any]:
        found = check(Corpus(schema, (batch_of(documents, schema),)), ignore=["SP003", "SP6"]).findings
        return sorted((f.code, (f.row or 0) + shift, repr(f.path), f.message, f.id or "") for f in found)

    assert told(pair) == sorted(told(pair[:1]) + told(pair[1:], 1))


def is_met_by_chance(document: Mapping[str, Any], schema: Schema) -> bool:
    """Whether a span leaves its text, and its other offset could have its words by chance: nothing proves it then."""
    spans = [(document[node.span_of], each) for _, node, each in spans_in(document, schema)]
    leaving = [(text, each["text"]) for text, each in spans if each["start"] < 0 or each["end"] > len(text)]
    return any(text.count(words) * 16 > len(text) for text, words in leaving)


def unambiguous(document: Mapping[str, Any], schema: Schema) -> bool:
    """Whether every span stores its surface, and every surface stands in its text but once."""
    spans = [(document[node.span_of], each) for _, node, each in spans_in(document, schema)]
    return all(each.get("text") and text.find(each["text"]) == text.rfind(each["text"]) for text, each in spans)


def telling(document: Mapping[str, Any], schema: Schema) -> bool:
    """Whether the spans of each text say enough to prove a cause, which takes some 20 bits, and 6 more than a rival.

    A span in a text of n code points says log2(n) of them. In "ja" two spans that are off say less than the name of
    any unit; test_mutations.py has documents that tell every cause.
    """
    starts: dict[str, set[int]] = {}
    for _, node, span in spans_in(document, schema):
        starts.setdefault(node.span_of, set()).add(span["start"])
    bits = (len(begins) * math.log2(len(document[member]) + 1) for member, begins in starts.items())
    return min(bits, default=0.0) > 40 and min(map(len, starts.values())) > 4


@BOTH
@settings(max_examples=examples(40))
@given(data=st.data())
def test_mutations_are_found_by_their_owners_alone_and_cured(name: str, data: st.DataObject) -> None:
    schema = SCHEMAS[name]
    document = data.draw(documents(schema))
    before = copy.deepcopy(document)
    mutation, broken = data.draw(mutations(document, schema))
    assert document == before != broken
    found = verdict(mutation, document, broken, schema)
    assert found.detected
    once = correct(broken, schema, {})[0]
    assert correct(once, schema, {}) == (once, ())
    # A surface that stands twice lets offsets that are all wrong be right by chance, but for the span's neighbours.
    if unambiguous(document, schema):
        assert not found.unrelated
        if mutation.cause is None or telling(document, schema):
            assert found.named or mutation.cause is None
            # One offset that isn't one is corrected for sure only if two other spans show that the rest is right.
            lone = {*mutation.codes} & {"SP102", "SP103", "SP104", "SP105"} and sum(
                1 for _ in spans_in(document, schema)
            ) < 3
            assert found.restored or mutation.restores == "nothing" or is_met_by_chance(broken, schema) or lone
