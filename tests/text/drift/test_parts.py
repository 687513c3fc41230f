"""A long document is explained by what one part of it proves, where that explains the rest."""

import html
import re
from collections.abc import Callable
from random import Random

import pytest

from spanproof.testing.open_world.texts import LANGUAGES, Language, written
from spanproof.text.drift.explain import explain
from spanproof.text.drift.model import Explanation
from spanproof.text.drift.parts import explained_by_part
from spanproof.text.drift.shared import Annotated
from spanproof.text.drift.span_columns import Span

Place = tuple[int, int]
Counted = Callable[[str, int], int]


def utf16(text: str, at: int | None = None) -> int:
    return len(text[:at].encode("utf-16-le")) // 2


def long(seed: int, sentences: int = 200) -> tuple[str, list[Place]]:
    """A text with few names that stand very often, and its mentions."""
    first = LANGUAGES[0]
    names = Language(first.names[:6], first.words, first.gap, first.stop)
    known = written(Random(seed), sentences, names)
    return known.text, sorted({(mention.start, mention.end) for mention in known.mentions})


def annotated(text: str, places: list[Place], counted: Callable[[int], int]) -> Annotated:
    spans: list[Span] = [(counted(start), counted(end), text[start:end]) for start, end in places]
    return Annotated(text, spans, [("", "")] * len(spans))


def wrong_proofs(places: list[Place], explanation: Explanation) -> int:
    return sum(
        placed.level == "proved" and placed.place != place
        for place, placed in zip(places, explanation.placements, strict=True)
    )


@pytest.mark.parametrize(
    "counted",
    [
        utf16,
        lambda text, at: at + 1,
        lambda text, at: 1 + utf16(html.escape(text[:at], quote=False)),
        lambda text, at: len(re.sub(r"\s+", " ", text[:at])),
    ],
)
def test_a_part_explains_the_whole(counted: Counted) -> None:
    text, places = long(5)
    explanation = explained_by_part(annotated(text, places, lambda at: counted(text, at)))
    assert explanation is not None
    assert [placed.place for placed in explanation.placements] == places
    assert {placed.level for placed in explanation.placements} == {"proved"}


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("size", [-5, 1, 40])
def test_a_part_explains_nothing_where_the_text_was_edited(share: float, size: int) -> None:
    text, places = long(2)
    border = places[int(share * (len(places) - 1))][1]
    document = annotated(text, places, lambda at: utf16(text, at) + size * (at > border))
    assert explained_by_part(document) is None


def test_what_changes_in_one_place_of_the_rest_is_seen() -> None:
    text, places = long(6)
    document = annotated(text, places, lambda at: at + 1)
    for k in range(40, len(places), 50):
        start, end, surface = document.spans[k]
        spans = [*document.spans]
        spans[k] = (start + 1, end + 1, surface)
        assert explained_by_part(document._replace(spans=spans)) is None
        spans[k] = document.spans[k]
        assert (
            explained_by_part(document._replace(spans=[*spans, spans[k]], contexts=[("", "")] * len(spans * 2))) is None
        )


@pytest.mark.parametrize("size", [-22, 1, 22, 44])
def test_a_long_text_that_repeats_itself_proves_nothing_wrong(size: int) -> None:
    text = "Ana met Oslo and Ana. " * 200
    places = [match.span() for match in re.finditer("Ana|Oslo", text)][9:-30]
    document = annotated(text, places, lambda at: at + size)
    assert wrong_proofs(places, explained_by_part(document) or explain(text, document.spans)) == 0


def test_short_documents_are_searched_whole() -> None:
    text, places = long(9, 20)
    assert explained_by_part(annotated(text, places, lambda at: at + 1)) is None
