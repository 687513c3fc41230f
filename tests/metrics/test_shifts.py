"""Predictions that count offsets otherwise than gold: named where most spans say so, and never of what is sound."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanproof.corpus.documents import Corpus
from spanproof.metrics.score import shift_between
from spanproof.schema.schema import Schema
from support import examples
from support.corpora import MINIMAL

FEW = settings(max_examples=examples(12))
Extent = tuple[int, int]
SCHEMA = Schema.of(MINIMAL)
WORDS = ("Ana", "Bo 😀", "Réka", "Acme Ltd", "Rio de Janeiro", "É😀")


def corpus(texts: list[str], spans: list[list[Extent]]) -> Corpus:
    documents = [
        {"text": text, "spans": [{"start": start, "end": end} for start, end in of_text]}
        for text, of_text in zip(texts, spans, strict=True)
    ]
    return Corpus.of(documents, SCHEMA)


def built(words: list[str]) -> tuple[str, list[Extent]]:
    """A text of words, each between marks that count more than one in some unit, and where they stand."""
    text, spans = "«😀» ", list[Extent]()
    for word in words:
        spans.append((len(text), len(text) + len(word)))
        text += f"{word} – "
    return text, spans


def size(encoding: str, width: int) -> Callable[[str, int], int]:
    return lambda text, at: len(text[:at].encode(encoding)) // width


WAYS: dict[str, tuple[Callable[[str, int, int], Extent], str]] = {
    "utf-16": (lambda t, s, e: (size("utf-16-le", 2)(t, s), size("utf-16-le", 2)(t, e)), "UTF-16"),
    "utf-8": (lambda t, s, e: (size("utf-8", 1)(t, s), size("utf-8", 1)(t, e)), "UTF-8"),
    "one": (lambda t, s, e: (s + 1, e + 1), "counted from one"),
    "last": (lambda t, s, e: (s, e - 1), "offset of the last character"),
    "length": (lambda t, s, e: (s, e - s), "is a length"),
    "title": (lambda t, s, e: (s + 17, e + 17), "17 too high"),
}
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), min_size=4, unique=True).map(built), min_size=1, max_size=4)


@pytest.mark.parametrize("way", WAYS)
@FEW
@given(texts=TEXTS)
def test_a_shift_is_named(way: str, texts: list[tuple[str, list[Extent]]]) -> None:
    count, words = WAYS[way]
    gold = corpus([text for text, _ in texts], [spans for _, spans in texts])
    other = corpus([text for text, _ in texts], [[count(text, *span) for span in spans] for text, spans in texts])
    shift = shift_between(gold, other, "annotations", None, "spans")
    total = sum(len(spans) for _, spans in texts)
    assert shift is not None
    assert f"{total} of {total} do if" in shift
    assert words in shift


@FEW
@given(texts=TEXTS, data=st.data())
def test_misses_additions_and_wrong_edges_are_no_shift(
    texts: list[tuple[str, list[Extent]]], data: st.DataObject
) -> None:
    """Of each text half of the spans at least are right, and those that aren't are wrong each in its own way."""
    guesses = []
    for _, spans in texts:
        wrong = spans[: len(spans) // 2]
        ways = data.draw(st.permutations(range(len(wrong))))
        made = [(start + way % 2, end + way + 1) for way, (start, end) in zip(ways, wrong, strict=True)]
        guesses.append([*spans[len(spans) // 2 :], *made[:2]])
    gold, other = (corpus([text for text, _ in texts], side) for side in ([spans for _, spans in texts], guesses))
    assert shift_between(gold, other, "annotations", None, "spans") is None


def test_what_can_t_be_paired_says_nothing() -> None:
    one, other = corpus(["Ana"], [[(0, 3)]]), corpus(["Bo"], [[(0, 2)]])
    assert shift_between(one, other, "annotations", None, "spans") is None
    empty: Any = corpus([], [])
    assert shift_between(empty, empty, "annotations", None, "spans") is None
