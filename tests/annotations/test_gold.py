"""The gold standard: complete registries, decided differences, honest waivers."""

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from spanproof.checks.check import check
from spanproof.formats.discovery import read
from support.documents import ROOT

ANNOTATIONS = ROOT / "annotations"
CORPORA = [ANNOTATIONS / "gold", *(ANNOTATIONS / "passes" / name / "articles" for name in "ab")]
LAYERS = ("zones", "entities", "quotes", "dates", "damage")


def load(name: str) -> Any:
    return json.loads((ANNOTATIONS / name).read_text("utf-8"))


def documents(path: Path) -> dict[str, Any]:
    return {document["id"]: document for document in read(path).documents()}


@pytest.mark.parametrize("path", CORPORA, ids=lambda path: path.relative_to(ANNOTATIONS).as_posix())
def test_gold_and_passes_pass_the_check(path: Path) -> None:
    report = check([path])
    assert (report.counts["error"], report.counts["warning"], report.unused) == (0, 0, ())
    assert report.documents == 5
    assert all(len(waiver.reason) > 20 for waiver in read(path).waivers)


def test_every_entity_is_registered_with_exactly_the_aliases_that_occur() -> None:
    surfaces = defaultdict(set)
    speakers = set()
    for document in documents(CORPORA[0]).values():
        for entity in document["entities"]:
            surfaces[entity["entity_id"]].add(entity["text"])
        speakers |= {quote["speaker"] for quote in document["quotes"]} - {None}
    surfaces.pop(None)
    registry = load("entities.json")
    assert registry.keys() == surfaces.keys()
    assert speakers <= registry.keys()
    for slug, entry in registry.items():
        assert set(entry) == {"name", "type", "aliases", "description"}
        assert set(entry["aliases"]) == surfaces[slug], slug
        assert len(entry["aliases"]) == len(set(entry["aliases"]))
        assert entry["description"].endswith(".")


def test_a_recurrence_that_is_not_annotated_would_be_found() -> None:
    from spanproof.checks.check import check
    from spanproof.corpus.documents import Corpus

    registries = {name: load(f"{name}.json") for name in ("entities", "utterances")}
    for document in documents(CORPORA[0]).values():
        for k, entity in enumerate(document["entities"]):
            if entity["entity_id"] is None or k % 7:
                continue
            rest = [other for other in document["entities"] if other is not entity]
            report = check(Corpus.of([{**document, "entities": rest}], None, registries), select=["SP510"])
            assert [(f.start, f.end) for f in report.findings] == [(entity["start"], entity["end"])]


def test_values_have_no_entity_and_names_have_one() -> None:
    values = {"MONEY", "QUANTITY", "PERCENT", "ORDINAL", "CARDINAL"}
    for document in documents(CORPORA[0]).values():
        for entity in document["entities"]:
            assert (entity["entity_id"] is None) == (entity["label"] in values)


def test_every_utterance_is_registered_and_rendered() -> None:
    gold = documents(CORPORA[0])
    rendered = defaultdict(list)
    for name, document in gold.items():
        for quote in document["quotes"]:
            rendered[quote["utterance"]].append(f"{name}/{quote['id']}")
    registry = load("utterances.json")
    assert registry.keys() == rendered.keys()
    entities = load("entities.json")
    for slug, entry in registry.items():
        assert entry["gist"]
        assert entry["speaker"] is None or entry["speaker"] in entities
        for pair in entry["renderings"]:
            assert {pair["a"], pair["b"]} <= set(rendered[slug])
            assert pair["kind"] in {"verbatim", "trimmed", "reworded", "translated-differently"}


def test_direct_renderings_of_one_utterance_in_two_articles_are_compared() -> None:
    direct = defaultdict(list)
    for name, document in documents(CORPORA[0]).items():
        for quote in document["quotes"]:
            if quote["type"] == "direct":
                direct[quote["utterance"]].append((name, f"{name}/{quote['id']}"))
    registry = load("utterances.json")
    compared = {slug: {(p["a"], p["b"]) for p in entry["renderings"]} for slug, entry in registry.items()}
    meeting = "lavrov-meeting-tomorrow-in-istanbul"
    assert len({name for name, _ in direct[meeting]}) == 3
    for slug, quotes in direct.items():
        across = [(a, b) for k, (one, a) in enumerate(quotes) for two, b in quotes[k + 1 :] if one != two]
        words = {pair for pair in across if {pair, pair[::-1]} & compared[slug]}
        assert not across or words, slug


def differences(a: Any, b: Any) -> Iterator[tuple[str, int, int]]:
    """Where the annotations of two passes over an article differ in presence, extent or a label."""
    for layer in LAYERS:
        sides = []
        for document in (a, b):
            found = set()
            for item in document[layer]:
                parts = tuple(item[p] and (item[p]["start"], item[p]["end"]) for p in ("source", "cue") if p in item)
                values = tuple(item.get(name) for name in ("label", "type", "value", "mod"))
                found.add((item["start"], item["end"], parts, values))
            sides.append(found)
        yield from ((layer, start, end) for start, end, *_ in sides[0] ^ sides[1])


def test_every_difference_of_the_passes_was_decided_with_a_guideline() -> None:
    decisions = [json.loads(line) for line in (ANNOTATIONS / "adjudication.jsonl").read_text("utf-8").splitlines()]
    numbers = set((ANNOTATIONS / "GUIDELINES.md").read_text("utf-8").replace("**", " ").replace(".", " ").split())
    for decision in decisions:
        assert decision["reason"]
        assert set(decision["guideline"].replace(",", " ").split()) & numbers, decision["guideline"]
    a, b = (documents(path) for path in CORPORA[1:])
    count = 0
    for name in a:
        places = {(d["layer"], d["start"], d["end"]) for d in decisions if d["article"] == name}
        for layer, start, end in differences(a[name], b[name]):
            count += 1
            assert any(of == layer and low < end and start < high for of, low, high in places), (
                name,
                layer,
                start,
                end,
            )
    assert count > 10


def test_the_gold_takes_its_annotations_from_the_passes_or_from_a_decision() -> None:
    decisions = [json.loads(line) for line in (ANNOTATIONS / "adjudication.jsonl").read_text("utf-8").splitlines()]
    gold, a, b = (documents(path) for path in CORPORA)
    for name in gold:
        decided = {(d["layer"], d["start"], d["end"]) for d in decisions if d["article"] == name}
        for layer in LAYERS:
            known = {(layer, i["start"], i["end"]) for side in (a, b) for i in side[name][layer]} | decided
            assert {(layer, i["start"], i["end"]) for i in gold[name][layer]} <= known


def test_the_agreement_in_the_card_is_what_the_command_prints() -> None:
    from click.testing import CliRunner

    from spanproof.cli import main

    paths = [str(path) for path in CORPORA[1:]]
    printed = CliRunner().invoke(main, ["agree", *paths, "--output", "markdown"]).output
    assert printed.count("|") > 200
    page = (ROOT / "dataset" / "AGREEMENT.md").read_text("utf-8")
    assert printed in page
    (words,) = (line for line in page.splitlines() if line.startswith("Exact F1"))
    assert words in (ROOT / "dataset" / "README.md").read_text("utf-8")


def test_the_card_says_who_made_the_annotations() -> None:
    card = (ROOT / "dataset" / "README.md").read_text("utf-8")
    assert "annotations_creators:\n- machine-generated\n" in card
    assert "No person has reviewed the annotations" in " ".join(card.split())


@pytest.mark.parametrize("name", ["a", "b", "gold"])
def test_the_first_attempt_at_damage_stands_as_it_was(name: str) -> None:
    lines = (ANNOTATIONS / "attempts" / "damage" / f"{name}.jsonl").read_text("utf-8").splitlines()
    texts = {document["id"]: document["text"] for document in documents(CORPORA[0]).values()}
    entries = [json.loads(line) for line in lines]
    assert len(entries) > 50
    assert all(entry["text"] == texts[entry["article"]][entry["start"] : entry["end"]] for entry in entries)


def written(value: Any) -> Any:
    """A value of an annotation as decisions write it: a part by its offsets, which may have its words after them."""
    if isinstance(value, dict):
        return value["start"], value["end"]
    return tuple(value[:2]) if isinstance(value, list) else value


def holds(document: Any, decision: Any) -> bool:
    """Whether an article has what was decided on a place of it: an annotation, none, an extent, a part or a value."""
    at, decided = (decision["start"], decision["end"]), decision["decision"]
    items = [item for item in document[decision["layer"]] or () if (item["start"], item["end"]) == at]
    if decision["field"] is None and decided is None:
        return not items
    if decision["field"] == "extent":
        return len(items) == 1 and written(items[0]) == written(decided)
    wanted = decided if decision["field"] is None else {decision["field"]: decided}
    return len(items) == 1 and all(written(items[0][name]) == written(value) for name, value in wanted.items())


def test_the_gold_has_what_was_decided() -> None:
    decisions = [json.loads(line) for line in (ANNOTATIONS / "adjudication.jsonl").read_text("utf-8").splitlines()]
    gold = documents(CORPORA[0])
    assert len(decisions) >= 38
    for decision in decisions:
        if decision["article"] == "registry":
            assert load(decision["layer"])[decision["text"]][decision["field"]] == decision["decision"]
            continue
        document = gold[decision["article"]]
        assert document["text"][decision["start"] : decision["end"]] == decision["text"], decision
        assert holds(document, decision), decision
