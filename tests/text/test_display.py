"""What people read of a text."""

from hypothesis import given
from hypothesis import strategies as st

from spanproof.text.display import opening


@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=30), max_size=20), st.data())
def test_an_opening_is_the_first_words_that_are_the_texts_own(pieces: list[str], data: st.DataObject) -> None:
    """Some pieces of the text are left out: it opens with what it opens with where there are blanks instead."""
    out = [data.draw(st.booleans()) for _ in pieces]
    edges = [sum(map(len, pieces[:k])) for k in range(len(pieces) + 1)]
    shown = opening("".join(pieces), [(edges[k], edges[k + 1]) for k, is_out in enumerate(out) if is_out])
    own = " ".join("".join(" " if left_out else piece for piece, left_out in zip(pieces, out, strict=True)).split())
    assert own.startswith(shown.removesuffix(" …")) if len(own) > 60 else shown == own
    assert len(shown) <= 62


def test_a_first_word_that_never_ends_is_cut() -> None:
    assert opening("x" * 100) == "x" * 60 + " …"
    assert opening("") == ""
