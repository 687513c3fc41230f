"""Texts cut into sentences for resampling."""

from hypothesis import given

from spanproof.corpus.continuum import sentences
from spanproof.testing import strategies


def test_sentences_are_cut_where_a_capital_follows() -> None:
    text = "“So.” He said 3.5 p. m. of it!\n\nThen? “Yes…” «No»"
    cuts = sentences(text)
    assert [text[low:high] for low, high in zip(cuts, [*cuts[1:], None], strict=True)] == [
        "“So.” ", "He said 3.5 p. m. of it!\n\n", "Then? ", "“Yes…” ", "«No»",
    ]  # fmt: skip
    assert sentences("") == []
    assert sentences("A.\n") == [0]


@given(strategies.texts())
def test_sentences_are_the_whole_text(text: str) -> None:
    cuts = sentences(text)
    assert cuts == sorted(set(cuts))
    assert cuts[:1] == [0][: len(text)]
    assert not cuts or cuts[-1] < len(text)
