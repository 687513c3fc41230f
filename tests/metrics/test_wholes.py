"""Annotations of fragments and relations that two annotators have in common, against sets."""

import copy
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanproof.corpus.documents import Corpus
from spanproof.metrics.agreement import Agreement, agree
from spanproof.testing import strategies
from support import examples
from support.linked import LINKED

EMPTY: dict[str, Any] = {"quotes": [], "links": [], "names": [], "sentences": []}


def document(mentions: list[Any], relations: Sequence[Any] = ()) -> dict[str, Any]:
    return {"id": "a", "text": "Ana Bo Cora", "mentions": mentions, "relations": [*relations], **EMPTY}


def mention(key: str, kind: str, *pieces: tuple[int, int]) -> dict[str, Any]:
    return {"id": key, "kind": kind, "pieces": [{"start": start, "end": end} for start, end in pieces]}


def relation(kind: str, first: str, second: str) -> dict[str, Any]:
    return {"type": kind, "from": first, "to": second}


def agreement(one: Any, other: Any) -> Agreement:
    return agree(Corpus.of([one], LINKED), Corpus.of([other], LINKED), resamples=0)


def scores(found: Agreement, layer: str) -> dict[tuple[str | None, str | None, str], float | None]:
    return {(s.member, s.part, s.measure): s.value for s in found.scores if s.layer == layer}


def test_an_annotation_is_the_same_if_all_of_its_fragments_are() -> None:
    one = document([mention("m1", "PERSON", (0, 3), (7, 11)), mention("m2", "ORG", (4, 6))])
    other = document([mention("x", "PERSON", (0, 3)), mention("y", "PERSON", (4, 6))])
    found = scores(agreement(one, other), "mentions")
    assert found[None, None, "F1"] == 0.5
    assert found[None, "ORG", "F1"] == 0.0
    assert found["kind", None, "accuracy"] == 0.0


def test_a_relation_is_the_same_if_its_ends_are_whatever_they_are_called() -> None:
    places = {"m1": (0, 3), "m2": (4, 6), "m3": (7, 11)}
    relations = [relation("KNOWS", "m1", "m2"), relation("WORKS_FOR", "m1", "m3")]
    one = document([mention(key, "PERSON", at) for key, at in places.items()], relations)
    turned = [relation("KNOWS", "ym2", "ym1"), relation("WORKS_FOR", "ym3", "ym1")]
    other = document([mention("y" + key, "PERSON", at) for key, at in places.items()], turned)
    found = scores(agreement(one, other), "relations")
    assert found[None, "KNOWS", "F1"] == 1.0
    assert found[None, "WORKS_FOR", "F1"] == 0.0
    assert found[None, None, "F1"] == 0.5


def test_what_nobody_has_is_undefined() -> None:
    assert scores(agreement(document([]), document([])), "relations")[None, None, "F1"] is None


@settings(max_examples=examples(30))
@given(strategies.documents(LINKED), st.randoms(use_true_random=False))
def test_an_annotator_agrees_with_himself_in_whatever_order(one: dict[str, Any], rng: Any) -> None:
    other = copy.deepcopy(one)
    for layer in ("mentions", "relations"):
        rng.shuffle(other[layer])
    found = agreement(one, other)
    for layer in ("mentions", "relations"):
        values = scores(found, layer).values()
        assert {value for value in values if value is not None} <= {1.0}
        assert (scores(found, layer)[None, None, "F1"] is None) == (not one[layer])


@settings(max_examples=examples(30))
@given(st.lists(st.sampled_from([((0, 3),), ((4, 6),), ((0, 3), (7, 11))]), max_size=4), st.data())
def test_f1_is_that_of_multisets(first: list[Any], data: st.DataObject) -> None:
    second = data.draw(st.lists(st.sampled_from([((0, 3),), ((7, 11),), ((0, 3), (7, 11))]), max_size=4))
    one, other = (document([mention(str(k), "ORG", *at) for k, at in enumerate(side)]) for side in (first, second))
    value = scores(agreement(one, other), "mentions")[None, None, "F1"]
    both = (Counter(first) & Counter(second)).total()
    size = len(first) + len(second)
    assert value == (None if not size else pytest.approx(2 * both / size, abs=1e-6))
