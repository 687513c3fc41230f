"""Where the words of an answer stand in the text."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.formats.discovery import read
from spanproof.systems.llm.locate import FOLDS, SearchText, locate
from spanproof.systems.llm.prompt import questions
from spanproof.testing.strategies import documents, texts
from spanproof.testing.strategies.ground import PIECE
from spanproof.testing.strategies.ground import Ground as Soil
from spanproof.text.offsets import graphemes
from spanproof.text.segmentation import Extent
from support.documents import ROOT


def spans_of(document: Mapping[str, Any], layer: str) -> list[Extent]:
    return sorted(((e["start"], e["end"]) for e in document[layer]), key=lambda each: (each[0], -each[1]))


GOLD = ROOT / "annotations" / "gold"


MARKS = str.maketrans(dict.fromkeys("“”„«»", '"') | dict.fromkeys("‘’", "'") | dict.fromkeys("–—", "-"))


CURLY = str.maketrans({'"': "”", "'": "’", "-": "–"})


MANGLES: tuple[Callable[[str], str], ...] = (
    str,
    lambda words: unicodedata.normalize("NFC", words),
    lambda words: unicodedata.normalize("NFD", words),
    lambda words: words.translate(MARKS),
    lambda words: words.translate(CURLY),
    lambda words: words.replace(" ", "\n  ").replace("\u00a0", " "),
    lambda words: f" {words}\n",
)


def plain(words: str) -> str:
    """The words without all that any fold leaves out; written another way than the folds."""
    words = unicodedata.normalize("NFD", words.translate(MARKS)).replace("…", "...")
    words = "".join(c for c in words if unicodedata.category(c) != "Cf" or c in "\u200c\u200d").casefold()
    return unicodedata.normalize("NFD", "".join(words.split()))


def in_turn(places: Sequence[Sequence[Extent]]) -> list[Extent] | None:
    """Each the first place after the one before; None if one has none."""
    found: list[Extent] = []
    for each in places:
        after = [one for one in each if not found or one[0] >= found[-1][1]]
        if not after:
            return None
        found.append(after[0])
    return found


@given(documents(), st.sampled_from(("entities", "dates", "quotes")), st.sampled_from(MANGLES))
def test_the_surfaces_of_an_article_are_placed_where_they_stand(
    document: dict[str, Any], layer: str, mangle: Callable[[str], str]
) -> None:
    text, gold = document["text"], spans_of(document, layer)
    ground, answers = SearchText(text), [mangle(text[a:b]) for a, b in gold]
    placed = locate(ground, answers, nest=layer == "quotes")
    for words, span in zip(answers, placed, strict=True):
        assert span is None or plain(text[slice(*span)]) == plain(words)
    if any(one[1] > other[0] for one, other in pairwise(gold)):  # nested
        return
    places = [ground.places(words) for words in answers]
    if all(span in each for span, each in zip(gold, places, strict=True)):
        assert placed == in_turn(places)
        starts = [0, *(end for _, end in gold)]
        if not any(
            low <= one[0] < span[0] for low, span, each in zip(starts, gold, places, strict=False) for one in each
        ):
            assert placed == gold
    else:  # the words as mangled stand as they are elsewhere, or an edge can't be seen
        assert mangle is not str


@given(documents(), st.sampled_from(("entities", "dates")))
def test_unmangled_surfaces_are_always_found(document: dict[str, Any], layer: str) -> None:
    ground = SearchText(document["text"])
    assert all((a, b) in ground.places(document["text"][a:b]) for a, b in spans_of(document, layer))


@given(st.data())
def test_places_are_those_that_a_comparison_of_every_slice_finds(data: st.DataObject) -> None:
    text = data.draw(st.lists(PIECE, max_size=4).map("".join))
    cuts = graphemes(text).tolist()
    soil = {edge for token in Soil.of(text).tokens for edge in token}
    low, high = sorted(data.draw(st.tuples(*[st.sampled_from(cuts)] * 2)))
    words = data.draw(st.sampled_from(MANGLES))(text[low:high])

    def folded(words: str, level: int) -> str:
        return "".join(FOLDS[level]([words[a:b] for a, b in pairwise(graphemes(words).tolist())]))

    def seen(start: int, end: int, level: int) -> bool:
        clusters = [text[a:b] for a, b in pairwise(cuts) if start <= a < end]
        return all(FOLDS[level]([edge]) != [""] for edge in (clusters[0], clusters[-1]))

    expected: list[Extent] = []
    for level in range(len(FOLDS)):
        wanted = folded(words, level).strip()
        edges = [at for at in cuts if at in soil]
        slices = [(a, b) for a in edges for b in edges if a < b]
        expected = [each for each in slices if folded(text[slice(*each)], level) == wanted and seen(*each, level)]
        if wanted and expected:
            break
        expected = []
    assert list(SearchText(text).places(words)) == sorted(expected)


@given(texts(), st.lists(st.one_of(texts(), st.sampled_from(("Ana", "a", "the", "“", "")))), st.booleans(), st.data())
def test_whatever_is_answered_no_place_crosses_or_lies(
    text: str, answers: list[str], nest: bool, data: st.DataObject
) -> None:
    cuts = graphemes(text).tolist()
    answers += [text[a:b] for a, b in data.draw(st.lists(st.tuples(*[st.sampled_from(cuts)] * 2), max_size=8))]
    placed = locate(SearchText(text), answers, nest=nest)
    kept = [span for span in placed if span is not None]
    for words, span in zip(answers, placed, strict=True):
        if span is not None:
            assert set(span) <= set(cuts)
            assert text[slice(*span)].strip() == text[slice(*span)]
            assert plain(text[slice(*span)]) == plain(words)
    assert len(set(kept)) == len(kept)
    for (a, b), (c, d) in pairwise(sorted(kept)):
        assert b <= c or (nest and (d <= b or (a == c and b <= d)))


@pytest.mark.parametrize(
    ("text", "answers", "found"),
    [
        ("Ana met Bo. Ana left.", ["Ana", "Bo", "Ana"], [0, 8, 12]),
        ("Ana met Bo. Ana left.", ["Ana", "Ana", "Ana"], [0, 12, None]),
        ("Ana met Bo. Ana left.", ["Bo", "Ana", "Ana"], [8, 12, 0]),  # out of order
        ("Ana Silva met Ana.", ["Ana Silva", "Ana"], [0, 14]),
        ("Ana met Bo, Cy and Di.", ["Ana", "Di", "Bo", "Cy"], [0, 19, 8, 12]),  # one strays, three don't
        ("Anabel and Ana", ["Ana"], [11]),
        ("in Tu\u0308rkiye", ["T\u00fcrkiye"], [3]),
        ("the Feb.18 talks", ["Feb. 18"], [4]),
        ("the Feb. 18 talks", ["Feb.18"], [4]),
        ("a US-led one, led by us", ["us"], [21]),
        ("a US-led one", ["us"], [2]),
        ("he said: «we — all of us»", ['"we - all of us"'], [9]),
        ("new\u00a0 York", ["new York"], [0]),
        ("wait… no", ["wait... no"], [0]),
        ("so\u00adft", ["soft"], [0]),
        ("外交部发言人", ["发言"], [3]),
        ("Ana", ["Eve", "", " ", "\ufeff"], [None] * 4),
    ],
)
def test_answers_are_placed(text: str, answers: list[str], found: list[int | None]) -> None:
    assert [span and span[0] for span in locate(SearchText(text), answers)] == found


def test_quotations_may_nest_and_never_cross() -> None:
    text = "we say that he said that they go. Go"
    answers = ["he said that they go", "they go", "said that they go. Go", "they go"]
    assert locate(SearchText(text), answers, nest=True) == [(12, 32), (25, 32), None, None]


def test_every_span_of_gold_is_found_again() -> None:
    for document in read(GOLD).documents():
        for question in questions():
            gold = spans_of(document, question.layer)
            answers = [document["text"][a:b] for a, b in gold]
            assert locate(SearchText(document["text"]), answers, nest=question.nest) == gold
