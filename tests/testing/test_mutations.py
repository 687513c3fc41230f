import copy
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from spanproof.checks.check import check
from spanproof.checks.fix import fix
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.schema.schema import Schema
from spanproof.testing.matrix import Row, Verdict, as_markdown, matrix, restores, verdict
from spanproof.testing.mutations import MUTATIONS, Mutation
from support import examples
from support.checks import correct
from support.pages import DOCS

KINDS = {mutation.name: mutation for mutation in MUTATIONS}

REPORT = (
    "\ufeffReport 😀 from Lisbon\r\nAna Silva, the envoy of Zoe\u0308 Mu\u0308ller’s ofﬁce, said on Monday: "
    "“We meet in Porto on 26 February 2025.” The café Élan seats 40.\r\n"
    "In Porto, nobody knew; Ana Silva 👩🏽‍🚀 called it „a ½ victory“ by the 5th."
)
BULLETIN = (
    "  Genève, 北京 and Київ agreed in 1998.\n"
    "The minister — Søren Å. of 🇩🇰 — told the BBC: «Nous verrons Genève». In spring the ﬁrst talks failed.\n"
    "By 2030 the ministers of Genève hope for e\u0301lan, she said.\n\nPhoto: Reuters"
)


def layer(text: str, letter: str, *found: tuple[str, int, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Annotations of the n-th occurrences of surfaces."""
    items = []
    for number, (surface, which, members) in enumerate(found, 1):
        start = -1
        for _ in range(which):
            start = text.index(surface, start + 1)
        at = {"start": start, "end": start + len(surface), "text": surface}
        items.append({**({"id": f"{letter}{number}"} if letter else {}), **at, **members})
    return items


def named(label: str, slug: str | None) -> dict[str, Any]:
    return {"label": label, "entity_id": slug}


def timed(kind: str, value: str, anchor: str | None = None) -> dict[str, Any]:
    return {"type": kind, "value": value, "mod": None, "anchor": anchor}


def quoted(
    text: str, kind: str, source: str | None, cue: str, speaker: str | None, continues: str | None
) -> dict[str, Any]:
    parts = {"source": source and layer(text, "", (source, 1, {}))[0], "cue": layer(text, "", (cue, 1, {}))[0]}
    return {"type": kind, **parts, "speaker": speaker, "continues": continues, "utterance": "meeting"}


def written(name: str, text: str, **layers: Any) -> dict[str, Any]:
    digest = hashlib.sha256(text.encode()).hexdigest()
    dct = {"value": "2025-02-24", "source": "inferred", "evidence": "Monday"}
    return {"id": name, "text": text, "sha256": digest, "language": "en", "dct": dct, **layers}


ARTICLES = (
    written(
        "report",
        REPORT,
        zones=layer(REPORT, "z", ("Report 😀 from Lisbon", 1, {"type": "heading"})),
        entities=layer(
            REPORT,
            "e",
            ("Lisbon", 1, named("GPE", "lisbon")),
            ("Ana Silva", 1, named("PERSON", "ana-silva")),
            ("Zoe\u0308 Mu\u0308ller", 1, named("PERSON", "zoe-mueller")),
            ("Porto", 1, named("GPE", "porto")),
            ("café Élan", 1, named("FAC", "elan")),
            ("40", 1, named("CARDINAL", None)),
            ("½", 1, named("CARDINAL", None)),
            ("5th", 1, named("ORDINAL", None)),
        ),
        quotes=layer(
            REPORT,
            "q",
            (
                "We meet in Porto on 26 February 2025.",
                1,
                quoted(REPORT, "direct", "Ana Silva", "said", "ana-silva", None),
            ),
            ("it „a ½ victory“", 1, quoted(REPORT, "mixed", None, "called", "ana-silva", "q1")),
        ),
        dates=layer(
            REPORT,
            "d",
            ("Monday", 1, timed("DATE", "2025-02-24", "dct")),
            ("26 February 2025", 1, timed("DATE", "2025-02-26", "d1")),
        ),
    ),
    written(
        "bulletin",
        BULLETIN,
        zones=layer(BULLETIN, "z", ("Photo: Reuters", 1, {"type": "credit"}), ("Reuters", 1, {"type": "social"})),
        entities=layer(
            BULLETIN,
            "e",
            ("Genève", 2, named("GPE", "geneva")),
            ("北京", 1, named("GPE", "beijing")),
            ("Київ", 1, named("GPE", "kyiv")),
            ("Søren Å.", 1, named("PERSON", "soren")),
            ("🇩🇰", 1, named("GPE", "denmark")),
            ("BBC", 1, named("ORG", "bbc")),
            ("ﬁrst", 1, named("ORDINAL", None)),
        ),
        quotes=layer(
            BULLETIN, "q", ("hope for e\u0301lan", 1, quoted(BULLETIN, "indirect", "she", "said", None, None))
        ),
        dates=layer(
            BULLETIN,
            "d",
            ("1998", 1, timed("DATE", "1998")),
            ("spring", 1, timed("DATE", "XXXX-SP", "dct")),
            ("2030", 1, timed("DATE", "2030")),
        ),
    ),
)

WORD = {
    "type": "object",
    "spanOf": "text",
    "properties": {n: {"type": "integer"} for n in ("start", "end")} | {"text": {"type": "string"}},
}
PHRASAL = Schema.of(
    {
        "type": "object",
        "key": "id",
        "properties": {
            "id": {"type": "string"},
            "text": {"type": "string"},
            "verbs": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"pieces": {"type": "array", "inOrder": True, "items": WORD}},
                },
            },
        },
    }
)
GAVE = "He gave all of it up.\r\nShe 😀 took the naïve offer down at last, as all had hoped."
VERBS = {
    "id": "a",
    "text": GAVE,
    "verbs": [
        {"pieces": layer(GAVE, "", ("gave", 1, {}), ("up", 1, {}))},
        {"pieces": layer(GAVE, "", ("took", 1, {}), ("down", 1, {}))},
    ],
}
PERSON = {"to": "/people/*/id", "where": {"kind": ["PERSON"]}}
NAMED = {
    "type": "object",
    "spanOf": "text",
    "labelledBy": "kind",
    "required": ["start", "end", "id", "kind"],
    "properties": {
        **{n: {"type": "integer"} for n in ("start", "end")},
        **{n: {"type": "string"} for n in ("text", "id")},
        "kind": {"type": "string", "enum": ["PERSON", "GROUP"]},
    },
}
EVENT = {**NAMED, "properties": {**NAMED["properties"], "kind": {"type": "string", "enum": ["EVENT"]}}}  # type: ignore[dict-item]
RELATED = Schema.of(
    {
        "type": "object",
        "key": "id",
        "required": ["id", "text", "people", "events", "joined", "times", "roles", "sentences"],
        "properties": {
            "id": {"type": "string"},
            "text": {"type": "string"},
            "people": {"type": "array", "key": "id", "items": NAMED},
            "events": {"type": "array", "key": "id", "referredToBy": ["/roles/*/event"], "items": EVENT},
            "joined": {
                "type": "array",
                "key": "id",
                "items": {
                    "type": "object",
                    "labelledBy": "how",
                    "relation": {
                        "ends": ["from", "to"],
                        "symmetric": ["KNOWS"],
                        "irreflexive": True,
                        "unique": True,
                        "signatures": {"WORKS_FOR": [["PERSON"], ["GROUP"]]},
                    },
                    "required": ["id", "how", "from", "to"],
                    "properties": {
                        "id": {"type": "string"},
                        "how": {"type": "string", "enum": ["KNOWS", "WORKS_FOR", "SUES"]},
                        "from": {"type": "string", "refersTo": ["/people/*/id"]},
                        "to": {"type": "string", "refersTo": ["/people/*/id"]},
                    },
                },
            },
            "times": {
                "type": "array",
                "items": {
                    "type": "object",
                    "labelledBy": "when",
                    "relation": {"ends": [["event", "person"], "to"]},
                    "temporal": {},
                    "required": ["when", "to"],
                    "properties": {
                        "when": {"type": "string"},
                        "event": {"type": "string", "refersTo": ["/events/*/id"]},
                        "person": {"type": "string", "refersTo": ["/people/*/id"]},
                        "to": {"type": "string", "refersTo": ["/events/*/id"]},
                    },
                },
            },
            "roles": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["event", "who"],
                    "properties": {
                        "event": {"type": "string", "refersTo": ["/events/*/id"]},
                        "who": {"type": "string", "refersTo": [PERSON]},
                    },
                },
            },
            "sentences": {
                "type": "array",
                "policy": {"role": "sentences"},
                "items": {
                    **WORD,
                    "required": ["start", "end", "peopled"],
                    "properties": {
                        **WORD["properties"],  # type: ignore[dict-item]
                        "peopled": {"type": "boolean", "derived": {"covers": "/people"}},
                    },
                },
            },
        },
    }
)
MET = "Ana Sá met Bo Li and left. The Union wrote 😀 to Ana Sá. It rained."
NEWS = {
    "id": "a",
    "text": MET,
    "people": layer(
        MET, "p", ("Ana Sá", 1, {"kind": "PERSON"}), ("Bo Li", 1, {"kind": "PERSON"}), ("Union", 1, {"kind": "GROUP"})
    ),
    "events": layer(MET, "e", *((word, 1, {"kind": "EVENT"}) for word in ("met", "left", "wrote"))),
    "joined": [
        {"id": "r1", "how": "KNOWS", "from": "p1", "to": "p2"},
        {"id": "r2", "how": "WORKS_FOR", "from": "p1", "to": "p3"},
    ],
    "times": [{"when": "BEFORE", "event": "e1", "to": "e2"}, {"when": "BEFORE", "event": "e2", "to": "e3"}],
    "roles": [{"event": event, "who": who} for event, who in (("e1", "p1"), ("e1", "p2"), ("e2", "p1"), ("e3", "p2"))],
    "sentences": [
        {**span, "peopled": span["text"] != "It rained."}
        for span in layer(
            MET,
            "",
            ("Ana Sá met Bo Li and left.", 1, {}),
            ("The Union wrote 😀 to Ana Sá.", 1, {}),
            ("It rained.", 1, {}),
        )
    ],
}
SEEDS = range(examples(4))


def sound_documents(mutation: Mutation) -> list[tuple[Mapping[str, Any], Schema]]:
    every = [*((document, Schema.article()) for document in ARTICLES), (VERBS, PHRASAL), (NEWS, RELATED)]
    return [(document, schema) for document, schema in every if mutation.breaks(document, schema, Random(0))]


def test_the_documents_are_sound() -> None:
    assert {f.code for f in check(Corpus.of(ARTICLES)).findings} <= {"SP122", "SP123", "SP124", "SP125"}
    assert {f.code for f in check(Corpus.of([VERBS], PHRASAL)).findings} == {"SP125"}
    assert {f.code for f in check(Corpus.of([NEWS], RELATED)).findings} <= {"SP122", "SP123", "SP124", "SP125"}


def test_classes_are_numbered_and_named_once() -> None:
    numbers = [mutation.number for mutation in MUTATIONS]
    assert numbers == [f"{number:02}" for number in range(1, len(MUTATIONS) + 1)]
    assert len(KINDS) == len(MUTATIONS) >= 23
    assert all(mutation.what and mutation.codes for mutation in MUTATIONS)


def is_likely_beside_the_edit(name: str, broken: Any, schema: Schema) -> bool:
    """Say whether all but the one span right behind an insertion is back: that one is likely at most."""
    left = [f for f in check(fix(Corpus.of([broken], schema)).corpus).findings if f.severity == "error"]
    return name == "text-edited" and [finding.level for finding in left] == ["likely"]


@pytest.mark.parametrize("name", KINDS)
def test_a_class_is_found_by_its_owner_alone_and_is_cured(name: str) -> None:
    mutation = KINDS[name]
    cases = sound_documents(mutation)
    assert cases
    for document, schema in cases:
        for seed in SEEDS:
            before = copy.deepcopy(document)
            broken = mutation.breaks(document, schema, Random(seed))
            assert broken is not None
            assert broken != document == before
            assert broken == mutation.breaks(document, schema, Random(seed))
            found = verdict(mutation, document, broken, schema)
            assert found.detected
            assert not found.unrelated
            assert found.named or mutation.cause is None
            assert found.restored or mutation.restores == "nothing" or is_likely_beside_the_edit(name, broken, schema)


@pytest.mark.parametrize("name", KINDS)
def test_correcting_twice_is_correcting_once(name: str) -> None:
    mutation = KINDS[name]
    for document, schema in sound_documents(mutation):
        broken = mutation.breaks(document, schema, Random(1))
        once, ended = correct(broken, schema, {})
        assert correct(once, schema, {}) == (once, ())
        assert bool(ended) or mutation.restores == "nothing"


@pytest.mark.parametrize("name", KINDS)
def test_what_does_not_apply_breaks_nothing(name: str) -> None:
    bare = Schema.of({"type": "object", "properties": {"text": {"type": "string"}}})
    assert KINDS[name].breaks({"text": "😀"}, bare, Random(0)) is None


def test_a_verdict_can_be_bad() -> None:
    document = ARTICLES[0]
    assert verdict(KINDS["inverted"], document, document, Schema.article()) == Verdict(False, (), False, True)
    broken = KINDS["missing-target"].breaks(document, Schema.article(), Random(0))
    assert broken is not None
    assert verdict(KINDS["inverted"], document, broken, Schema.article()) == Verdict(False, ("SP501",), False, False)
    stale = {**document, "text": "\ufeff" + document["text"]}
    assert not restores(KINDS["bom-appeared"], document, stale, Schema.article())


@pytest.mark.slow
def test_the_matrix_counts_documents_and_repeats() -> None:
    rows = matrix(ARTICLES)
    assert matrix([VERBS], PHRASAL) == matrix(iter([VERBS]), PHRASAL)
    assert [row.mutation for row in rows] == list(MUTATIONS)
    by_name = {row.mutation.name: row for row in rows}
    assert by_name["utf-16-offsets"] == Row(KINDS["utf-16-offsets"], 2, 2, 0, 2, 2)
    assert by_name["fragments-out-of-order"] == Row(KINDS["fragments-out-of-order"], 0, 0, 0, 0, 0)
    assert all(row.detected == row.applied and not row.unrelated for row in rows)
    lines = as_markdown(rows).splitlines()
    assert len(lines) == len(rows) + 2
    assert "| 07 utf-16-offsets | SP106, SP105 | 2 | 2 | 0 | 2 (utf-16) | 2 |" in lines
    assert "| 19 unknown-label | SP201 | 2 | 2 | 0 | - | - |" in lines


ROOT = Path(__file__).parents[2]
WRITTEN = DOCS / "reference" / "mutations.md"
OPEN_WORLD = "\n## The open world"  # a section that tests/testing/test_open_world.py writes
PAGE = """# What is detected

Does the check find each known fault? A mutation is a named way to break annotations. Each was applied once to every
document that it can break. There are nine documents: the five articles, two difficult articles of the tests, one
document with discontinuous spans, and one with relations. A row says in how many documents

- the expected rule found it (*detected*),
- any other error was reported (*unrelated errors*),
- the cause was named (*cause named*),
- the correction gave back the original document (*restored*). If the text itself was changed, the table says "(spans)":
  every span has its words again. "-" means that no correction is offered.

`spanproof matrix PATH` prints this table for a corpus of yours; `make format` writes this page.

"""


def summed(*matrices: Sequence[Row]) -> list[Row]:
    fields = ("applied", "detected", "unrelated", "named", "restored")
    return [
        Row(rows[0].mutation, *(sum(getattr(row, name) for row in rows) for name in fields))
        for rows in zip(*matrices, strict=True)
    ]


def page() -> str:
    gold = matrix(read(ROOT / "annotations" / "gold").documents())
    return PAGE + as_markdown(summed(gold, matrix(ARTICLES), matrix([VERBS], PHRASAL), matrix([NEWS], RELATED)))


@pytest.mark.slow
def test_the_page_of_the_matrix_is_fresh_and_complete() -> None:
    written_ = WRITTEN.read_text("utf-8").partition(OPEN_WORLD)[0]
    assert written_ == page()
    lines = [line for line in written_.splitlines() if line.startswith("| ") and line[2].isdigit()]
    assert len(lines) == len(MUTATIONS)
    for line in lines:
        _, _, applied, detected, unrelated, named_, _ = (cell.strip() for cell in line.strip("|").split("|"))
        assert detected == applied != "0"
        assert unrelated == "0"
        assert named_ == "-" or named_.split()[0] == applied


if __name__ == "__main__":
    WRITTEN.write_text(page() + "".join(WRITTEN.read_text("utf-8").partition(OPEN_WORLD)[1:]), "utf-8")
