"""Models that label names: labels and tags as pure functions."""

import warnings
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.metrics.label_sets import TABLES
from spanproof.schema.schema import Schema
from spanproof.systems.labels import NAMES, label_set_of, labels_of, layers_of, ontonotes_label, warn_of_unknown
from spanproof.systems.ner import annotations
from spanproof.systems.system import PartialAnswer, Source, System
from spanproof.testing.strategies import documents
from support.predictions import predicted
from support.toy_models import partition

TAGS = st.sampled_from(("O", "B-PER", "I-PER", "E-PER", "S-PER", "B-LOC", "I-LOC", "U-LOC", "L-LOC", "ORG", "B-X", ""))
KINDS = st.sampled_from(("PER", "LOC", "work_of_art"))


# Labels


@pytest.mark.parametrize(
    ("given_", "right"),
    [
        ("PER", "PERSON"),
        ("per", "PERSON"),
        ("Person", "PERSON"),
        ("location", "LOC"),
        ("GPE", "GPE"),
        ("MISC", "NORP"),
        ("work of art", "WORK_OF_ART"),
        ("WORK-OF-ART", "WORK_OF_ART"),
        ("Organisation", "ORG"),
        ("DATE", "DATE"),
        ("DATE_TIME", "DATE"),
        ("SET", "SET"),
        ("LABEL_0", None),
        ("", None),
    ],
)
def test_a_label_is_led_to_ontonotes(given_: str, right: str | None) -> None:
    assert ontonotes_label(given_) == right


@pytest.mark.parametrize(
    ("tags", "table"),
    [
        (("O", "B-PER", "I-PER", "B-LOC", "B-ORG"), "three"),
        (("B-PER", "B-LOC", "B-ORG", "B-MISC"), "conll-4"),
        (("PER", "LOC", "ORG", "NRP"), "three"),
        (("PER", "LOC", "ORG", "GPE", "FAC"), "ace-5"),
        ((*NAMES, "DATE"), "ontonotes-16"),
    ],
)
def test_what_labels_tell_apart(tags: Sequence[str], table: str) -> None:
    assert label_set_of(tags) == table
    assert table in TABLES
    assert ("dates" in layers_of(labels_of(tags))) == ("DATE" in tags)


def test_a_model_without_labels_of_names_is_none() -> None:
    with pytest.raises(ValueError, match="none of its labels"):
        layers_of(labels_of(("O", "LABEL_1", "B-CHEESE")))


def test_strange_labels_are_named_once() -> None:
    with pytest.warns(PartialAnswer, match="CHEESE, LABEL_1") as told:
        warn_of_unknown(("O", "B-CHEESE", "I-CHEESE", "LABEL_1", "B-PER"), "mine")
    assert len(told) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_unknown(("O", "B-PER", "S-MISC"), "mine")


@given(documents(), st.data())
def test_whatever_a_model_labels_is_sound(gold: dict[str, Any], data: st.DataObject) -> None:
    cuts = data.draw(st.lists(st.integers(0, 10**4), max_size=8))
    kinds = st.sampled_from(("PER", "DATE", "TIME", "WORK_OF_ART", "CHEESE"))
    found = [(*extent, data.draw(kinds)) for extent in partition(gold["text"], cuts)]
    known = (*NAMES, "DATE", "TIME")
    system = System("x", "1", "MIT", None, layers_of(known), "-", lambda _: lambda _: ())
    answer = annotations(Source(gold["id"], gold["text"], "en", gold["dct"] and gold["dct"]["value"]), found)
    made = predicted(gold, answer, system, Schema.article())
    assert len(made["entities"]) + len(made["dates"]) == sum(
        kind != "CHEESE" and bool(gold["text"][low:high].strip()) for low, high, kind in found
    )
    assert all(each["text"] == each["text"].strip() for each in (*made["entities"], *made["dates"]))


# Windows and words


# Files


# GLiNER's pieces, Flair's tokens, Stanza's folders


# Real models, tiny, made here, in the environments of their systems
