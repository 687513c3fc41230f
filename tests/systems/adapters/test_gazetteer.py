"""The gazetteer: names of the registry, found as a search for each finds them."""

from typing import Any

import regex

from spanproof.formats.discovery import read
from spanproof.schema.paths import Document
from spanproof.schema.schema import Schema
from spanproof.systems.adapters.gazetteer import names
from spanproof.systems.registry import systems
from spanproof.systems.system import System, source_of
from support.documents import ROOT
from support.predictions import annotate

OURS = tuple(systems(()).known.values())


REGISTRIES = {"entities": {"ana": {"type": "PERSON", "aliases": ["Ana", "Ana Silva", "外"]}, "e": {"type": "LOC"}}}


GOLD = ROOT / "annotations" / "gold"


def predict(system: System, document: Document) -> dict[str, Any]:
    return annotate(system, system.load(REGISTRIES), [document], Schema.article())[0]


def test_the_gazetteer_takes_the_longest_name_as_whole_words() -> None:
    system = next(each for each in OURS if each.name == "gazetteer")
    text = "Ana Silva, Anabel, Ana\u0301, ana; 😀Ana-Ana."
    made = predict(system, {"id": "a", "text": text, "language": "en"})["entities"]
    assert [(e["text"], e["start"]) for e in made] == [("Ana Silva", 0), ("Ana", 31), ("Ana", 35)]
    assert {(e["label"], e["entity_id"]) for e in made} == {("PERSON", "ana")}


def test_an_alias_of_several_entities_is_linked_to_none() -> None:
    one, other = {"type": "GPE", "aliases": ["Georgia"]}, {"type": "LOC", "aliases": ["Georgia", " ", 3, "Georgia"]}
    assert names({"b": other, "a": one, "c": None, "d": {"type": "DATE", "aliases": ["May"]}}) == {
        "Georgia": ("GPE", None)
    }


def test_a_gazetteer_finds_what_a_search_for_each_name_finds() -> None:
    system = next(each for each in OURS if each.name == "gazetteer")
    corpus = read(GOLD)
    loaded = system.load(corpus.registries)
    known = names(corpus.registries["entities"])
    for document in corpus.documents():
        (made,) = loaded([source_of(document, Schema.article())])
        covered = set()
        for name in sorted(known, key=lambda name: (-len(name), name)):
            for match in regex.finditer(rf"(?<!\w){regex.escape(name)}(?!\w)", document["text"]):
                if not any(low < match.end() and match.start() < high for low, high in covered):
                    covered.add(match.span())
        assert {(e["start"], e["end"]) for e in made["entities"]} == covered
