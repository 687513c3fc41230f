"""Where a span goes when its text is corrected, or why it can't follow."""

import pytest

from spanproof.revisions.align.follow import Texts, follow

FILLERS = [
    f"Filler sentence number {k} tells of {what} and of nothing besides."
    for k, what in enumerate(("apples", "boats", "clocks", "doors", "engines"))
]
PASSAGE = "The minister Peskov said on Tuesday that nothing at all had been decided about the bridge."


def paragraphs(*some: str) -> str:
    return "\n\n".join(some)


OLD = paragraphs(FILLERS[0], PASSAGE, *FILLERS[1:])
AT = OLD.index("Peskov")


def test_a_passage_that_came_in_twice_is_ambiguous_though_one_of_them_was_edited() -> None:
    new = paragraphs(*FILLERS[:3], PASSAGE, FILLERS[3], PASSAGE.replace("bridge", "motorway"), FILLERS[4])
    fate = follow(Texts(OLD, new), AT, AT + 6)
    assert fate.reason == "ambiguous"
    assert fate.rivals == tuple((k, k + 6) for k in range(len(new)) if new.startswith("Peskov", k))


def test_words_without_what_stood_around_them_are_gone() -> None:
    old = "Yesterday morning the assembly of the United Nations Security Council rejected every motion about fishing."
    new = "Quietly formed United Nations Security Council xylophones."
    at = old.index("United")
    assert follow(Texts(old, new), at, at + 31).reason == "gone"


def test_words_alone_that_came_in_elsewhere_are_no_passage() -> None:
    gone = "Yesterday morning the assembly of the United Nations Security Council rejected every motion about fishing."
    old = paragraphs(FILLERS[0], gone, *FILLERS[1:])
    new = paragraphs(*FILLERS[:3], "Quietly formed United Nations Security Council xylophones.", *FILLERS[3:])
    at = old.index("United")
    assert follow(Texts(old, new), at, at + 31).reason == "gone"


def test_a_short_passage_moves_too() -> None:
    old, new = paragraphs("Ana Silva.", *FILLERS), paragraphs(*FILLERS[:3], "Ana Silva.", *FILLERS[3:])
    at = new.index("Ana")
    fate = follow(Texts(old, new), 0, 9)
    assert (fate.status, fate.new) == ("moved", (at, at + 9))


def test_a_changed_edge_takes_in_the_rest_of_its_word() -> None:
    new = OLD.replace("Peskov", "Uzeskov")
    assert follow(Texts(OLD, new), AT, AT + 6).new == (AT, AT + 7)


def test_one_character_follows_between_its_neighbours() -> None:
    at = OLD.index("number 0") + 7
    new = OLD[:at] + "9" + OLD[at + 1 :]
    assert follow(Texts(OLD, new), at, at + 1).new == (at, at + 1)


@pytest.mark.parametrize("put_in", ["\ue000\ue001", "-", " ", "\n\n"])
def test_a_word_that_is_cut_in_two_keeps_both_pieces(put_in: str) -> None:
    old = "a a a 서울에서 만난 "
    texts = Texts(old, old[:7] + put_in + old[7:])
    assert follow(texts, 0, 7).new == (0, 7)
    assert follow(texts, 7, 10).new == (7 + len(put_in), 10 + len(put_in))
