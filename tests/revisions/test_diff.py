"""Two releases compared: what counts, what only follows, both ways alike, in any order."""

import copy
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from spanproof.checks.examples import sound
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.revisions.align.follow import Texts
from spanproof.revisions.diff import Change, Diff, diff
from spanproof.revisions.rebase import rebase
from spanproof.revisions.render import OUTPUTS, as_json, as_markdown, as_text, changelog
from spanproof.schema.schema import Schema
from spanproof.testing import strategies
from support import examples
from support.documents import LETTER, LETTERS, ROOT
from support.linked import LINKED

sys.path.insert(0, str(ROOT / "tests" / "benchmarks"))
from edits import EDITS, truth
from rebase import case_of

Document = dict[str, Any]
SCHEMAS = {"article": Schema.article(), "letters": Schema.of(LETTERS)}
KEYS = {"zones": "id", "entities": "id", "quotes": "id", "dates": "id", "damage": "id", "persons": "n"}
FEW = settings(max_examples=examples(25))


def of(*documents: Document, schema: Schema | None = None, **registries: Mapping[str, Any]) -> Corpus:
    return Corpus.of(documents, schema, registries)


def told(diff: Diff) -> list[tuple[Any, ...]]:
    return [(c.layer, c.kind, c.id, c.path, c.old, c.new) for c in diff.changes]


def kinds(diff: Diff) -> list[tuple[str | None, str]]:
    return [(change.layer, change.kind) for change in diff.changes]


def layers_of(document: Document) -> list[str]:
    return [name for name in (*KEYS, "mentions") if document.get(name)]


def mirrored(change: Change) -> tuple[Any, ...]:
    kind = {"added": "removed", "removed": "added"}.get(change.kind, change.kind)
    return (change.document, change.layer, kind, change.path, repr(change.new), repr(change.old))


def straight(change: Change) -> tuple[Any, ...]:
    return (change.document, change.layer, change.kind, change.path, repr(change.old), repr(change.new))


@st.composite
def any_document(draw: st.DrawFn) -> tuple[str, Document]:
    name = draw(st.sampled_from(sorted(SCHEMAS)))
    return name, draw(strategies.documents(SCHEMAS[name]))


@st.composite
def variants(draw: st.DrawFn) -> tuple[str, Document, Document]:
    """A document and one like it, changed anywhere: also broken."""
    name, document = draw(any_document())
    other = copy.deepcopy(document)
    text = "text" if "text" in other else "body"
    for layer in layers_of(other):
        for item in list(other[layer]):
            change = draw(st.sampled_from(["none", "none", "gone", "twice", "label", "shift", "id"]))
            if change == "gone":
                other[layer].remove(item)
            elif change == "twice":
                other[layer].append(copy.deepcopy(item))
            elif change == "shift" and "start" in item:
                item["start"] += draw(st.integers(-3, 3))
            elif change == "id" and layer in KEYS:
                item[KEYS[layer]] = draw(st.sampled_from(["x", "y", "e1"]))
            elif change == "label" and layer == "entities":
                item["label"] = draw(st.sampled_from(["ORG", "GPE"]))
    if draw(st.booleans()):
        at = draw(st.integers(0, len(other[text])))
        other[text] = other[text][:at] + draw(strategies.texts()) + other[text][at + draw(st.integers(0, 3)) :]
    return name, document, other


@FEW
@given(any_document())
def test_nothing_differs_from_itself(pair: tuple[str, Document]) -> None:
    schema, document = SCHEMAS[pair[0]], pair[1]
    found = diff(of(document, schema=schema), of(copy.deepcopy(document), schema=schema))
    assert found.changes == ()
    assert found.bump is None


@FEW
@given(variants())
def test_the_way_back_is_the_mirror_image(given_: tuple[str, Document, Document]) -> None:
    schema, one, other = SCHEMAS[given_[0]], *given_[1:]
    key = schema.key or ""
    more = {**copy.deepcopy(one), key: "only here"}
    there = diff(of(one, more, schema=schema), of({**other, key: one[key]}, schema=schema))
    back = diff(of({**other, key: one[key]}, schema=schema), of(one, more, schema=schema))
    assert Counter(map(mirrored, there.changes)) == Counter(map(straight, back.changes))
    assert there.carried == back.carried
    for layer, (before, after) in there.sizes.items():
        counts = there.counts[layer]
        assert before - counts.get("removed", 0) + counts.get("added", 0) == after


@FEW
@given(variants(), st.randoms(use_true_random=False))
def test_order_says_nothing(given_: tuple[str, Document, Document], rng: random.Random) -> None:
    schema, one, other = SCHEMAS[given_[0]], *given_[1:]
    key = schema.key or ""
    others = [{**other, key: one[key]}, {**other, key: "more"}]
    mixed = [copy.deepcopy(document) for document in reversed(others)]
    for document in mixed:
        for layer in layers_of(document):
            rng.shuffle(document[layer])
    assert diff(of(*others, schema=schema), of(*mixed, schema=schema)).changes == ()
    found = diff(of(one, schema=schema), of(*others, schema=schema))
    again = diff(of(one, schema=schema), of(*mixed, schema=schema))
    assert kinds(found) == kinds(again)
    assert told(replace(found, changes=tuple(c for c in found.changes if c.layer))) == told(
        replace(again, changes=tuple(c for c in again.changes if c.layer))
    )


@FEW
@given(any_document(), st.data())
def test_one_touch_is_one_change(pair: tuple[str, Document], data: st.DataObject) -> None:
    schema, document = SCHEMAS[pair[0]], pair[1]
    layers = layers_of(document)
    assume(layers)
    layer = data.draw(st.sampled_from(layers))
    k = data.draw(st.integers(0, len(document[layer]) - 1))
    other = copy.deepcopy(document)
    name = {"entities": "label", "persons": "role"}.get(layer, "type")
    node = schema.nodes[(layer, "*")]
    if layer != "mentions":
        labels = node.fields[name].enum
        other[layer][k][name] = labels[labels.index(other[layer][k][name]) - 1]
        found = diff(of(document, schema=schema), of(other, schema=schema))
        assert kinds(found) == [(layer, "relabelled")]
        assert found.bump == "major"
        assert (found.changes[0].old, found.changes[0].new) == (document[layer][k][name], other[layer][k][name])
    held = [document[layer][k]] if layer != "mentions" else document[layer][k]["fragments"]
    assume(held and held[-1]["end"] - held[-1]["start"] > 1)
    other = copy.deepcopy(document)
    (other[layer][k] if layer != "mentions" else other[layer][k]["fragments"][-1])["end"] -= 1
    assert kinds(diff(of(document, schema=schema), of(other, schema=schema))) == [(layer, "moved")]


@FEW
@given(any_document(), st.data())
def test_one_more_is_added_and_one_less_removed(pair: tuple[str, Document], data: st.DataObject) -> None:
    schema, document = SCHEMAS[pair[0]], pair[1]
    layers = layers_of(document)
    assume(layers)
    layer = data.draw(st.sampled_from(layers))
    k = data.draw(st.integers(0, len(document[layer]) - 1))
    key = KEYS.get(layer)
    gone = document[layer][k].get(key) if key else None
    rest = json.dumps(
        {**document, layer: [item for n, item in enumerate(document[layer]) if n != k]}, ensure_ascii=False
    )
    assume(gone is None or f'"{gone}"' not in rest)
    fewer = json.loads(rest)
    more = diff(of(fewer, schema=schema), of(document, schema=schema))
    assert kinds(more) == [(layer, "added")]
    assert more.bump == "major"
    less = diff(of(document, schema=schema), of(fewer, schema=schema))
    assert kinds(less) == [(layer, "removed")]
    assert less.bump == "major"


def renamed(document: Document, names: Mapping[tuple[str, Any], str]) -> Document:
    other = copy.deepcopy(document)
    for layer, key in KEYS.items():
        for item in other.get(layer) or ():
            item[key] = names[layer, item[key]]
    for quote in other.get("quotes", ()):
        quote["continues"] = names.get(("quotes", quote.get("continues")))
    for date in other.get("dates", ()):
        date["anchor"] = names.get(("dates", date.get("anchor")), date.get("anchor"))
    for mention in other.get("mentions", ()):
        mention["of"] = names["persons", mention["of"]]
    return other


@FEW
@given(any_document(), st.randoms(use_true_random=False), st.booleans())
def test_renaming_renumbers_and_nothing_else(
    pair: tuple[str, Document], rng: random.Random, among_themselves: bool
) -> None:
    schema, document = SCHEMAS[pair[0]], pair[1]
    names = {}
    for layer, key in KEYS.items():
        ids = [item[key] for item in document.get(layer) or ()]
        new = rng.sample(ids, len(ids)) if among_themselves else [f"new-{n}" for n in range(len(ids))]
        names |= {(layer, one): other for one, other in zip(ids, new, strict=True)}
    found = diff(of(document, schema=schema), of(renamed(document, names), schema=schema))
    assert {change.kind for change in found.changes} <= {"renumbered"}
    assert len(found.changes) == sum(one != other for (_, one), other in names.items())


@FEW
@given(strategies.documents(), strategies.texts())
def test_what_a_text_pushes_on_is_carried(document: Document, front: str) -> None:
    text = "\n".join(f"{front} {n} first of all" for n in range(3)) + "\n"
    other = copy.deepcopy(document)

    def push(value: Any) -> None:
        if isinstance(value, dict):
            if isinstance(value.get("start"), int):
                value["start"] += len(text)
                value["end"] += len(text)
            for sub in value.values():
                push(sub)
        elif isinstance(value, list):
            for sub in value:
                push(sub)

    push(other)
    other = sound(**{k: v for k, v in {**other, "text": text + other["text"]}.items() if k != "sha256"})
    found = diff(of(document), of(other))
    assume(Texts(document["text"], other["text"]).edits == ((0, 0, 0, len(text)),))
    assert kinds(found) == [(None, "edited")]
    assert sum(found.carried.values()) == sum(len(document.get(layer) or ()) for layer in KEYS)


@given(strategies.texts(), strategies.texts())
def test_edits_make_one_text_of_the_other(a: str, b: str) -> None:
    texts = Texts(a, b)
    made, at = "", 0
    for i1, i2, j1, j2 in texts.edits:
        made += a[at:i1] + b[j1:j2]
        at = i2
    assert made + a[at:] == b
    for start in range(0, len(a), 3):
        first, last = texts.carried(start, start + 3)
        assert 0 <= first <= last <= len(b) + 3


TEXT = "Ana Silva met Peskov. Peskov said that Ana Silva left Lisbon on Monday."


def entity(key: str, start: int, words: str, label: str = "PERSON", slug: str | None = None) -> Document:
    assert TEXT[start:].startswith(words)
    return {"id": key, "start": start, "end": start + len(words), "text": words, "label": label, "entity_id": slug}


ANA, PESKOV, AGAIN = entity("e1", 0, "Ana Silva"), entity("e2", 14, "Peskov"), entity("e3", 22, "Peskov")


def entities(*items: Document) -> Corpus:
    return of(sound(text=TEXT, entities=list(items)))


def test_a_reused_key_pairs_nothing() -> None:
    found = diff(entities(ANA), entities({**entity("e1", 54, "Lisbon"), "label": "GPE"}))
    assert sorted(kinds(found)) == [("entities", "added"), ("entities", "removed")]


def test_same_key_same_words_elsewhere_is_moved() -> None:
    found = diff(entities(PESKOV), entities({**AGAIN, "id": "e2"}))
    assert told(found) == [
        (
            "entities", "moved", "e2", (),
            {"start": 14, "end": 20, "text": "Peskov"}, {"start": 22, "end": 28, "text": "Peskov"},
        )
    ]  # fmt: skip


def test_keys_that_change_places_are_renumbered() -> None:
    found = diff(entities(PESKOV, AGAIN), entities({**PESKOV, "id": "e3"}, {**AGAIN, "id": "e2"}))
    assert kinds(found) == [("entities", "renumbered")] * 2


def test_values_parts_and_references() -> None:
    part = {"start": 22, "end": 28, "text": "Peskov"}
    quote = {
        "id": "q1", "type": "indirect", "start": 39, "end": 60, "text": TEXT[39:60], "source": part, "cue": None,
        "speaker": "peskov", "continues": None, "utterance": "u",
    }  # fmt: skip
    cue = {"start": 29, "end": 33, "text": "said"}
    moved = {"start": 14, "end": 20, "text": "Peskov"}
    old = of(sound(text=TEXT, quotes=[quote]))
    new = of(sound(text=TEXT, quotes=[{**quote, "source": moved, "cue": cue, "speaker": None}]))
    assert told(diff(old, new)) == [
        ("quotes", "changed", "q1", ("cue",), None, cue),
        ("quotes", "changed", "q1", ("speaker",), "peskov", None),
        ("quotes", "moved", "q1", ("source",), part, moved),
    ]


def test_a_reference_to_another_annotation_of_the_same_key_is_a_change() -> None:
    day = {"id": "t1", "start": 64, "end": 70, "text": "Monday", "type": "DATE", "value": "2025-02-24", "mod": None,
           "anchor": "dct"}  # fmt: skip
    other = {**day, "id": "t2", "start": 50, "end": 54, "text": "left", "value": "2025", "anchor": "t1"}
    first = {**day, "id": "t1", "start": 0, "end": 3, "text": "Ana", "value": "2024", "anchor": None}
    found = diff(of(sound(text=TEXT, dates=[day, other])), of(sound(text=TEXT, dates=[first, other])))
    assert [(c.kind, c.id) for c in found.changes] == [("added", "t1"), ("changed", "t2"), ("removed", "t1")]
    assert "another annotation" in as_text(found)


def test_a_text_edit_carries_what_it_touches() -> None:
    text = TEXT.replace("Silva met Peskov", "Sylva met Dmitri Peskov", 1)
    moved = [{**AGAIN, "start": 29, "end": 35}, {**PESKOV, "start": 21, "end": 27}, {**ANA, "text": "Ana Sylva"}]
    found = diff(entities(ANA, PESKOV, AGAIN), of(sound(text=text, entities=moved)))
    assert kinds(found) == [(None, "edited")]
    assert found.carried == {"entities": 2}
    assert "Dmitri" in as_text(found)


def test_a_moved_paragraph_takes_its_annotations_along() -> None:
    paragraphs = [f"Paragraph {k} is about number {k} and about nothing else.\n" for k in range(4)]
    first, second = ("".join([*paragraphs[:at], TEXT + "\n", *paragraphs[at:]]) for at in (1, 4))
    old, new = (
        {**ANA, "start": text.index("Ana"), "end": text.index("Ana") + 9, "id": key}
        for text, key in ((first, "e1"), (second, "e7"))
    )
    for one, other in ((first, old), (second, new)), ((second, new), (first, old)):
        found = diff(*(of(sound(text=text, entities=[item])) for text, item in (one, other)))
        assert sorted(kinds(found), key=str) == [("entities", "renumbered"), (None, "edited")]
        assert found.carried == {"entities": 1}


@pytest.mark.slow
@pytest.mark.parametrize("edit", ["reflow", "one letter", "paragraph moved", "deleted", "duplicated in front"])
def test_what_a_rebase_writes_differs_by_what_it_refused(edit: str) -> None:
    for document in read(ROOT / "annotations" / "gold").documents():
        case = case_of(rebase(document, document["text"], Schema.article()), document["text"])
        edited = EDITS[edit](case, random.Random(edit))
        if edited is None:
            continue
        rebased = rebase(document, truth(edited.atoms)[0], Schema.article())
        there, back = (
            diff(of(one), of(other)) for one, other in ((document, rebased.document), (rebased.document, document))
        )
        for found, kind in (there, "removed"), (back, "added"):
            assert Counter(kinds(found)) == {(None, "edited"): 1} | Counter(
                (str(path[0]), kind) for path, _ in rebased.refused
            )


def test_values_of_the_document() -> None:
    other = sound(language="pt", dct={"value": "2025-02-27", "source": "inferred", "evidence": "Monday"})
    found = diff(of(sound()), of(other))
    assert told(found) == [
        (None, "changed", None, ("dct", "value"), "2025-02-26", "2025-02-27"),
        (None, "changed", None, ("language",), "en", "pt"),
    ]


def test_a_member_left_out_is_null_and_a_layer_left_out_is_empty() -> None:
    whole = sound(entities=[{**ANA, "text": "Ana Silva", "prefix": None, "suffix": None}], damage=[])
    bare = sound(entities=[ANA])
    assert diff(of(whole), of(bare)).changes == ()
    filled = sound(entities=[{**ANA, "suffix": " said"}])
    assert diff(of(bare), of(filled)).bump == "major"


def test_registries() -> None:
    old = {"ana": {"name": "Ana", "type": "PERSON"}, "gone": {"name": "x"}}
    new = {"ana": {"name": "Ana Silva", "type": "PERSON"}, "here": {"name": "y"}}
    found = diff(of(sound(), entities=old, utterances={}), of(sound(), entities=new))
    assert told(found) == [
        ("registry:entities", "changed", "ana", ("name",), "Ana", "Ana Silva"),
        ("registry:entities", "removed", "gone", (), {"name": "x"}, None),
        ("registry:entities", "added", "here", (), None, {"name": "y"}),
    ]
    assert found.sizes["registry:entities"] == (2, 2)
    assert found.skipped == ("utterances",)


def test_documents_count_with_their_annotations() -> None:
    more = diff(of(), of(sound(entities=[ANA])))
    assert kinds(more) == [(None, "added")]
    assert more.counts["entities"] == {"added": 1}
    assert more.bump == "minor"


def without_key() -> Schema:
    return Schema.of({name: value for name, value in LETTERS.items() if name != "key"})


def test_documents_without_a_key_are_known_by_their_text() -> None:
    schema, other = without_key(), {**LETTER, "body": "Another"}
    other["persons"] = other["mentions"] = []
    assert diff(of(LETTER, other, LETTER, schema=schema), of(other, LETTER, LETTER, schema=schema)).changes == ()
    found = diff(of(LETTER, schema=schema), of(other, schema=schema))
    assert sorted(kinds(found), key=str) == [(None, "added"), (None, "removed")]


def test_unlisted_members_are_values() -> None:
    schema = Schema.of({**LETTERS, "additionalProperties": True})
    found = diff(of(LETTER, schema=schema), of({**LETTER, "ink": "blue"}, schema=schema))
    assert told(found) == [(None, "changed", None, ("ink",), None, "blue")]


@pytest.mark.parametrize(
    ("one", "other", "problem"),
    [
        (of(sound(), sound()), of(sound()), "a different one for each"),
        (of(sound()), of(LETTER, schema=SCHEMAS["letters"]), "different schemas"),
        (of(sound(entities=[{**ANA, "start": "0"}])), of(sound()), r"entities\[0\]\.start"),
        (of(sound(entities="none")), of(sound()), r"\$\.entities"),
    ],
)
def test_what_cannot_be_compared(one: Corpus, other: Corpus, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        diff(one, other)


@FEW
@given(variants())
def test_every_output_tells_every_change(given_: tuple[str, Document, Document]) -> None:
    schema, one, other = SCHEMAS[given_[0]], *given_[1:]
    key = schema.key or ""
    found = diff(of(one, schema=schema), of({**other, key: one[key]}, schema=schema))
    whole = json.loads(as_json(found))
    assert len(whole["changes"]) == len(found.changes)
    assert whole["bump"] == found.bump
    assert as_markdown(found).count("\n- ") == len(found.changes)
    assert as_text(found).count("\n    ") >= len(found.changes)
    assert (found.bump or "No record").lower() in as_text(found, stat=True, color=True).lower()
    assert changelog(found).startswith("- ")


def test_a_changelog_lists_a_dozen() -> None:
    many = [
        {**entity("e1", 0, "Ana Silva"), "id": f"e{n}", "start": n, "end": n + 1, "text": TEXT[n]} for n in range(20)
    ]
    told_ = changelog(diff(entities(*many), entities(*({**item, "label": "ORG"} for item in many))))
    assert "20 with other labels" in told_
    assert told_.count("relabelled") == 12
    assert "and 8 more" in told_


def test_our_corpus_is_its_dataset() -> None:
    gold = read(ROOT / "annotations" / "gold")
    assert diff(gold, read(ROOT / "annotations" / "gold")).bump is None


def large(spans: int, change: Callable[[Document, int], Document | None]) -> tuple[Corpus, Corpus]:
    sides: tuple[list[Document], list[Document]] = ([], [])
    for d in range(spans // 500):
        text = " ".join(f"Name{d}x{k}" for k in range(500))
        starts = [text.index(f"Name{d}x{k}") for k in range(500)]
        items = [
            {"id": f"e{k}", "start": s, "end": s + 4, "text": "Name", "label": "ORG", "entity_id": None}
            for k, s in enumerate(starts)
        ]
        sides[0].append(sound(id=str(d), text=text, entities=items))
        changed = (change(dict(item), k) for k, item in enumerate(items))
        sides[1].append(sound(id=str(d), text=text, entities=[item for item in changed if item]))
    return of(*sides[0]), of(*sides[1])


@pytest.mark.slow
def test_many_spans_take_seconds() -> None:
    old, new = large(20_000, lambda item, k: {**item, "id": f"n{k}", "end": item["end"] + k % 2})
    start = time.perf_counter()
    found = diff(old, new)
    assert time.perf_counter() - start < 30
    assert found.counts["entities"] == {"moved": 10_000, "renumbered": 20_000}


def linked(*relations: tuple[str, str, str], names: Mapping[str, str] | None = None, kind: str = "PERSON") -> Document:
    """Three mentions and relations between them; the mentions may have other keys."""
    named = {name: (names or {}).get(name, name) for name in ("m1", "m2", "m3")}
    places = [("m1", 0, 3, "PERSON"), ("m2", 4, 6, kind), ("m3", 7, 11, "ORG")]
    mentions = [
        {"id": named[name], "pieces": [{"start": start, "end": end}], "kind": label}
        for name, start, end, label in places
    ]
    listed = [{"type": label, "from": named[first], "to": named[second]} for label, first, second in relations]
    empty: Document = {"quotes": [], "links": [], "names": [], "sentences": []}
    return {"id": "a", "text": "Ana Bo Cora", "mentions": mentions, "relations": listed, **empty}


def of_relations(old: Document, new: Document) -> list[tuple[Any, ...]]:
    changes = diff(of(old, schema=LINKED), of(new, schema=LINKED)).changes
    return [(c.kind, c.path, c.old, c.new, c.text) for c in changes if c.layer == "relations"]


def test_relations_are_a_layer_that_stands_where_its_ends_do() -> None:
    old = linked(("WORKS_FOR", "m1", "m3"), ("KNOWS", "m1", "m2"))
    assert of_relations(old, linked(("KNOWS", "m1", "m2"), ("WORKS_FOR", "m1", "m3"))) == []
    assert of_relations(old, linked(("KNOWS", "m1", "m2"))) == [
        ("removed", (), {"type": "WORKS_FOR", "from": "m1", "to": "m3"}, None, "Ana … Cora")
    ]
    assert of_relations(old, linked(("KNOWS", "m1", "m3"), ("KNOWS", "m1", "m2"))) == [
        ("relabelled", ("type",), "WORKS_FOR", "KNOWS", "Ana … Cora")
    ]
    assert of_relations(old, linked(("WORKS_FOR", "m2", "m3"), ("KNOWS", "m1", "m2"))) == [
        ("changed", ("from",), "m1", "m2", "Bo … Cora")
    ]


def test_relations_follow_what_they_join() -> None:
    """Mentions with other keys, or another label, are what changed; their relations are the same."""
    relations = (("WORKS_FOR", "m1", "m3"), ("KNOWS", "m1", "m2"))
    assert of_relations(linked(*relations), linked(*relations, names={"m1": "x", "m2": "m1"})) == []
    assert of_relations(linked(*relations), linked(*relations, kind="ORG")) == []


@FEW
@given(strategies.documents(LINKED), strategies.documents(LINKED), st.randoms(use_true_random=False))
def test_relations_have_no_order_and_the_same_way_back(one: Document, other: Document, rng: random.Random) -> None:
    other = {**other, "id": one["id"]}
    there, back = (diff(of(a, schema=LINKED), of(b, schema=LINKED)) for a, b in ((one, other), (other, one)))
    assert Counter(map(mirrored, there.changes)) == Counter(map(straight, back.changes))
    mixed = copy.deepcopy(other)
    for layer in ("relations", "links", "mentions"):
        rng.shuffle(mixed[layer])
    assert diff(of(other, schema=LINKED), of(mixed, schema=LINKED)).changes == ()


@pytest.mark.parametrize("name", ["28c5c7bc61b1027f", "report"])
def test_first_words_stand_beside_a_name_that_is_a_hash_without_what_carries_no_annotations(name: str) -> None:
    text = "By Rio Press. Ana <Silva> met\nZoë."
    credit = {"id": "z1", "type": "credit", "start": 0, "end": 13, "text": text[:13]}
    old, new = (of(sound(id=name, text=text, zones=zones)) for zones in ([credit], [{**credit, "type": "metadata"}]))
    words = " “Ana <Silva> met Zoë.”" if name != "report" else ""
    for one, other in ((old, new), (new, of()), (of(), old)):
        found = diff(one, other)
        assert as_text(found).splitlines()[0] == f"{name}{words}"
        (summary,) = (line for line in as_markdown(found).splitlines() if "<summary>" in line)
        assert unescape(summary) == f"<details><summary>{name}{words}: 1</summary>"
        assert "<Silva>" not in summary


def test_many_changes_are_told_as_few_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are in a temporary file, and the outputs read them one by one."""
    old = [sound(id=f"d{number}") for number in range(40)]
    new = [{**document, "text": f"Dr. {document['text']} {document['id']}"} for document in old[5:]]
    few = diff(of(*old), of(*new))
    monkeypatch.setattr("spanproof.revisions.diff._IN_MEMORY", 0)
    many = diff(of(*old), of(*new))
    assert isinstance(few.changes, tuple)
    assert not isinstance(many.changes, tuple)
    assert tuple(many.changes) == few.changes
    for form, output in OUTPUTS.items():
        assert "".join(output(many)) == "".join(output(few)), form
    value = json.loads("".join(OUTPUTS["json"](many)))
    assert len(value["changes"]) == len(few.changes) > 30
    assert as_json(few) == json.dumps(value, indent=1) + "\n"
    assert as_json(diff(of(*old), of(*old))).endswith('"changes": []\n}\n')
