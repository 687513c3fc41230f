"""Corpora that are not ours, under schemas of their own: to build datasets of, end to end."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from spanproof.schema.schema import Schema
from support.documents import LETTER, LETTERS

Json = dict[str, Any]

_SPAN = {"start": {"type": "integer", "minimum": 0}, "end": {"type": "integer", "minimum": 0}}


def _object(required: list[str], properties: Json, **keywords: Any) -> Json:
    return {"type": "object", "required": required, "properties": properties, **keywords}


MINIMAL = _object(["text", "spans"], {
    "text": {"type": ["string", "null"]},
    "spans": {"type": "array", "items": _object(["start", "end"], _SPAN, spanOf="text")},
})  # fmt: skip
"""Texts with spans, and nothing else: no key, no labels."""

IDIOMS = _object(["number", "sentence", "idioms"], {
    "number": {"type": "integer"},
    "sentence": {"type": "string"},
    "idioms": {
        "type": "array",
        "key": "n",
        "items": _object(["n", "kind", "parts"], {
            "n": {"type": "integer"},
            "kind": {"type": "string", "enum": ["VPC|full", "light verb"]},
            "parts": {
                "type": "array",
                "inOrder": True,
                "items": _object(["start", "end"], _SPAN, spanOf="sentence"),
            },
        }),
    },
    "links": {
        "type": ["array", "null"],
        "items": _object(["from", "to"], {
            "from": {"type": "integer", "refersTo": ["/idioms/*/n"]},
            "to": {"type": "integer", "refersTo": ["/idioms/*/n"]},
        }),
    },
}, key="number", additionalProperties=False)  # fmt: skip
"""Discontinuous spans: an idiom is several parts of a sentence; keys are numbers, a label has a bar in it."""

INTERVIEWS = _object(["slug", "head", "body", "said", "when"], {
    "slug": {"type": "string", "minLength": 1},
    "head": {"type": "string"},
    "body": {"type": ["string", "null"]},
    "language": {"type": ["string", "null"]},
    "held": _object(["day"], {"day": {"type": "string"}}, timex3={"value": "day"}),
    "said": {
        "type": "array",
        "key": "id",
        "items": _object(["id", "manner", "start", "end"], {
            "id": {"type": "string"},
            "manner": {"type": "string", "enum": ["verbatim", "reported"]},
            **_SPAN,
            "by": {"anyOf": [_object(["start", "end"], _SPAN, spanOf="body"), {"type": "null"}]},
            "claim": {"type": ["string", "null"], "refersTo": ["registry:claims"]},
        }, spanOf="body", quotation={"type": "manner", "direct": "verbatim", "parts": ["by"]}),
    },
    "when": {
        "type": "array",
        "key": "id",
        "overlap": "forbid",
        "items": _object(["id", "start", "end", "class", "norm"], {
            "id": {"type": "string"},
            **_SPAN,
            "class": {"type": "string", "enum": ["DATE", "TIME", "DURATION", "SET"]},
            "norm": {"type": "string"},
        }, spanOf="body", labelledBy="class", timex3={"type": "class", "value": "norm"}),
    },
    "terms": {
        "type": ["array", "null"],
        "items": _object(["start", "end", "sentence"], {
            **_SPAN,
            "sentence": {"type": "string", "description": "A column that other columns have the name of."},
            "topic": {"type": ["string", "null"]},
        }, spanOf="head", labelledBy="topic"),
    },
}, key="slug")  # fmt: skip
"""Quotations, TIMEX3 and references under other names, spans of two texts, an optional layer, an open schema."""

_INTERVIEW: Json = {
    "slug": "a/../b",
    "head": "On tides ```",
    "body": "Zoë said “the sea rises” on 3 May. It will, she added.",
    "language": "en-IE",
    "held": {"day": "2020-05-03"},
    "said": [
        {
            "id": "s1", "manner": "verbatim", "start": 10, "end": 23, "by": {"start": 0, "end": 3}, "claim": "rise",
        },
        {"id": "s2", "manner": "reported", "start": 35, "end": 42, "by": None, "claim": None},
    ],
    "when": [{"id": "t1", "start": 28, "end": 33, "class": "DATE", "norm": "2020-05-03"}],
    "terms": [{"start": 3, "end": 8, "sentence": "own", "topic": None}],
    "remark": "a member that the schema doesn't list",
}  # fmt: skip


@dataclass(frozen=True)
class Foreign:
    """A corpus with its schema, registries and waivers, to be written into a folder."""

    schema: Json
    documents: list[Json]
    registries: Mapping[str, Json] = field(default_factory=dict)
    waivers: tuple[Json, ...] = ()

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Write corpus, schema, registries and waivers; return the paths of corpus and schema."""
        folder.mkdir(parents=True, exist_ok=True)
        schema = folder / "the.schema.json"
        schema.write_text(json.dumps(self.schema), "utf-8")
        for name, entries in self.registries.items():
            (folder / f"{name}.json").write_text(json.dumps(entries), "utf-8")
        if self.waivers:
            (folder / "waivers.json").write_text(json.dumps(self.waivers), "utf-8")
        if not self.documents:
            pq.write_table(pa.Table.from_batches([], Schema.of(self.schema).arrow), folder / "corpus.parquet")
            return folder / "corpus.parquet", schema
        lines = (json.dumps(document, ensure_ascii=False) + "\n" for document in self.documents)
        (folder / "corpus.jsonl").write_text("".join(lines), "utf-8")
        return folder / "corpus.jsonl", schema


FOREIGN = {
    "letters": Foreign(LETTERS, [LETTER, {**LETTER, "name": "second", "persons": [], "mentions": []}]),
    "letters without annotations": Foreign(LETTERS, [{**LETTER, "persons": [], "mentions": []}]),
    "letters, none": Foreign(LETTERS, []),
    "minimal": Foreign(
        MINIMAL,
        [{"text": "a bc", "spans": [{"start": 2, "end": 4}]}, {"text": "", "spans": []}, {"text": None, "spans": []}],
    ),
    "minimal, none": Foreign(MINIMAL, []),
    "minimal without a text": Foreign(MINIMAL, [{"text": None, "spans": []}]),
    "idioms": Foreign(
        IDIOMS,
        [
            {
                "number": 7,
                "sentence": "She gave it all up.",
                "idioms": [{"n": 1, "kind": "VPC|full", "parts": [{"start": 4, "end": 8}, {"start": 16, "end": 18}]}],
                "links": [{"from": 1, "to": 1}],
            },
            {"number": 8, "sentence": "No idiom 😀", "idioms": [{"n": 1, "kind": "light verb", "parts": []}]},
        ],
    ),
    "interviews": Foreign(
        INTERVIEWS,
        [
            _INTERVIEW,
            {**_INTERVIEW, "slug": "b", "body": None, "language": None, "said": [], "when": [], "terms": None},
        ],
        {"claims": {"rise": {"gist": "The sea rises."}, "fall": {}, "stay": {"speaker": "zoe", "more": 3}}},
    ),
    "interviews without a registry": Foreign(
        INTERVIEWS, [_INTERVIEW], waivers=({"code": "SP512", "reason": "The registry is being written."},)
    ),
    "interviews with empty entries": Foreign(INTERVIEWS, [_INTERVIEW], {"claims": {"rise": {}}}),
}
"""Corpora by what they are."""
