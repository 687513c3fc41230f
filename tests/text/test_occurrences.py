"""Where words stand in a text, as they are or folded."""

import unicodedata
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.testing.strategies import documents, texts
from spanproof.testing.strategies.ground import PIECE
from spanproof.testing.strategies.ground import Ground as Soil
from spanproof.text.occurrences import FOLDS, SearchText
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
    words = unicodedata.normalize("NFD", words.translate(MARKS | str.maketrans("İIı", "iii"))).replace("…", "...")
    words = "".join(c for c in words if unicodedata.category(c) != "Cf" or c in "\u200c\u200d").casefold()
    return unicodedata.normalize("NFD", "".join(words.split()))


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


def bare(words: str) -> str:
    """Words without the signs at their ends that a reader doesn't see."""
    shown = [k for k, sign in enumerate(words) if plain(sign)]
    return words[shown[0] : shown[-1] + 1] if shown else ""


@given(texts(), st.data())
def test_what_stands_once_stands_nowhere_else_in_any_form(text: str, data: st.DataObject) -> None:
    cuts = graphemes(text).tolist()
    low, high = sorted(data.draw(st.tuples(*[st.sampled_from(cuts)] * 2)))
    words = text[low:high]
    if SearchText(text).once(words):
        same = [(a, b) for a in cuts for b in cuts if a < b and plain(text[a:b]) == plain(words)]
        assert {bare(text[a:b]) for a, b in same} == {bare(words)} or not plain(words)


@pytest.mark.parametrize(
    ("text", "words", "places"),
    [
        ("Anabel and Ana", "Ana", [(11, 14)]),
        ("in Tu\u0308rkiye", "T\u00fcrkiye", [(3, 11)]),
        ("the Feb.18 talks", "Feb. 18", [(4, 10)]),
        ("the Feb. 18 talks", "Feb.18", [(4, 11)]),
        ("a US-led one, led by us", "us", [(21, 23)]),
        ("a US-led one", "us", [(2, 4)]),
        ("he said: «we — all of us»", '"we - all of us"', [(9, 25)]),
        ("new\u00a0 York", "new York", [(0, 9)]),
        ("wait… no", "wait... no", [(0, 8)]),
        ("so\u00adft", "soft", [(0, 5)]),
        ("İzmir burada", "izmir", [(0, 5)]),
        ("IRAK ve IZMIR", "ırak", [(0, 4)]),
        ("外交部发言人", "发言", [(3, 5)]),
        ("Ana", "Eve", []),
        ("Ana", "", []),
        ("Ana", " ", []),
        ("Ana", "\ufeff", []),
    ],
)
def test_words_stand_where_a_reader_sees_them(text: str, words: str, places: list[Extent]) -> None:
    assert list(SearchText(text).places(words)) == places
