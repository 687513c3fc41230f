"""Each label set against its definition: what becomes of every label of OntoNotes, and of its own."""

from collections.abc import Mapping
from types import MappingProxyType

import pytest

from spanproof.corpus.documents import Corpus
from spanproof.metrics.label_sets import ONTONOTES, TABLES, LabelTable, targets
from spanproof.metrics.score import score
from spanproof.schema.schema import Schema

VALUES = ("PERCENT", "MONEY", "QUANTITY", "ORDINAL", "CARDINAL")
DECIDED: Mapping[str, LabelTable] = MappingProxyType(
    {
        "ontonotes-18": {label: label for label in ONTONOTES},
        "ontonotes-16": {**{label: label for label in ONTONOTES}, "DATE": None, "TIME": None},
        "conll-4": {
            "PERSON": "PER",
            "ORG": "ORG",
            **dict.fromkeys(("GPE", "LOC", "FAC"), "LOC"),
            **dict.fromkeys(("NORP", "PRODUCT", "EVENT", "WORK_OF_ART", "LAW", "LANGUAGE"), "MISC"),
            **dict.fromkeys(("DATE", "TIME", *VALUES)),
        },
        "three": {
            "PERSON": "PERSON",
            "ORG": "ORG",
            **dict.fromkeys(("GPE", "LOC", "FAC"), "PLACE"),
            **dict.fromkeys(("NORP", "PRODUCT", "EVENT", "WORK_OF_ART", "LAW", "LANGUAGE", "DATE", "TIME", *VALUES)),
        },
        "muc-7": {
            "PERSON": "PERSON",
            "ORG": "ORGANIZATION",
            **dict.fromkeys(("GPE", "LOC"), "LOCATION"),
            **{label: label for label in ("DATE", "TIME", "MONEY", "PERCENT")},
            **dict.fromkeys(("NORP", "FAC", "PRODUCT", "EVENT", "WORK_OF_ART", "LAW", "LANGUAGE")),
            **dict.fromkeys(("QUANTITY", "ORDINAL", "CARDINAL")),
        },
        "ace-5": {
            "PERSON": "PER",
            **{label: label for label in ("ORG", "GPE", "LOC", "FAC")},
            **dict.fromkeys(("NORP", "PRODUCT", "EVENT", "WORK_OF_ART", "LAW", "LANGUAGE", "DATE", "TIME", *VALUES)),
        },
        "wnut-5": {
            "PERSON": "person",
            "ORG": "organisation",
            **dict.fromkeys(("GPE", "LOC", "FAC"), "location"),
            "PRODUCT": "product",
            "WORK_OF_ART": "creative-work",
            **dict.fromkeys(("NORP", "EVENT", "LAW", "LANGUAGE", "DATE", "TIME", *VALUES)),
        },
    }
)
OWN: Mapping[str, LabelTable] = MappingProxyType(
    {
        "conll-4": {"PER": "PER", "LOC": "LOC", "ORG": "ORG", "MISC": "MISC"},
        "muc-7": {label: label for label in ("ORGANIZATION", "PERSON", "LOCATION", "DATE", "TIME", "MONEY", "PERCENT")},
        "ace-5": {**{label: label for label in ("PER", "ORG", "GPE", "LOC", "FAC")}, "VEH": None, "WEA": None},
        "wnut-5": {
            **{label: label for label in ("person", "location", "product", "creative-work")},
            "corporation": "organisation",
            "group": "organisation",
        },
    }
)
"""The label sets as their tasks publish them."""


@pytest.mark.parametrize("name", TABLES)
def test_every_label_of_ontonotes_is_decided(name: str) -> None:
    assert DECIDED[name].keys() == set(ONTONOTES)
    assert {label: TABLES[name][label] for label in ONTONOTES} == DECIDED[name]


@pytest.mark.parametrize("name", OWN)
def test_every_label_of_the_set_itself_is_known(name: str) -> None:
    assert {label: TABLES[name][label] for label in OWN[name]} == OWN[name]
    assert set(targets(TABLES[name])) <= {*OWN[name], "organisation"}


@pytest.mark.parametrize("name", [name for name in TABLES if name[-1].isdigit() and name != "muc-7"])
def test_a_table_has_as_many_labels_as_its_name_says(name: str) -> None:
    assert len(targets(TABLES[name])) == int(name.rpartition("-")[2])


@pytest.mark.parametrize("name", OWN)
def test_a_system_that_speaks_the_set_can_be_scored_against_ontonotes(name: str) -> None:
    """A schema with both label sets: gold in OntoNotes, a prediction in the set, right wherever the set can be."""
    labels = [*dict.fromkeys((*ONTONOTES, *OWN[name]))]
    members = {"start": {"type": "integer"}, "end": {"type": "integer"}, "label": {"type": "string", "enum": labels}}
    span = {"type": "object", "spanOf": "text", "labelledBy": "label", "properties": members}
    layer = {"type": "array", "items": span}
    schema = Schema.of({"type": "object", "properties": {"text": {"type": "string"}, "names": layer}})

    def corpus(said: list[str | None]) -> Corpus:
        spans = [{"start": k, "end": k + 1, "label": label} for k, label in enumerate(said) if label is not None]
        return Corpus.of([{"text": "x" * len(said), "names": spans}], schema)

    right = [
        next((own for own, became in OWN[name].items() if became == target and target), None)
        for target in DECIDED[name].values()
    ]
    found = score(corpus([*DECIDED[name]]), corpus(right), "entities", layer="names", labels=name, resamples=0)
    assert {each.value for each in found.scores} == {1}
    assert found.find("exact").n == (len(ONTONOTES) - [*DECIDED[name].values()].count(None),) * 2
