"""Where the characters of a text go in its revision."""

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.revisions.align.align import align

WORDS = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "so")
PROSE = st.lists(
    st.sampled_from([*WORDS, "Çağla", "José", "北京", "👩‍👧", "\n\n", "“so”", "—", "..."]), max_size=40
).map(" ".join)
MARK = "\ue000"


def restored(old: str, new: str) -> str:
    """The old text with what its mapping says each unchanged character became."""
    mapping = align(old, new).mapping
    return "".join(
        new[low:high] if same else old[k]
        for k, (low, high, same) in enumerate(
            zip(mapping.starts.tolist(), mapping.ends.tolist(), mapping.same.tolist(), strict=True)
        )
    )


@given(st.text())
def test_a_text_is_mapped_to_itself(text: str) -> None:
    mapping = align(text, text).mapping
    assert mapping.starts.tolist() == list(range(len(text)))
    assert mapping.ends.tolist() == list(range(1, len(text) + 1))
    assert mapping.same.all()


@given(st.text(), st.text())
def test_a_mapping_is_in_order_and_inside_the_new_text(old: str, new: str) -> None:
    found = align(old, new)
    mapping = found.mapping
    assert len(mapping.starts) == len(mapping.ends) == len(mapping.same) == len(old)
    there = mapping.starts >= 0
    assert (there == (mapping.ends >= 0)).all()
    assert (mapping.starts[there] < mapping.ends[there]).all()
    assert (mapping.ends[there] <= len(new)).all()
    assert (mapping.starts[there][1:] >= mapping.starts[there][:-1]).all()
    assert not (mapping.same & ~there).any()
    assert len(found.taken) == len(new)


@given(PROSE, st.data())
def test_what_is_put_in_is_mapped_from_nothing(text: str, data: st.DataObject) -> None:
    at = data.draw(st.sampled_from([k for k in range(len(text) + 1) if k in (0, len(text)) or text[k - 1 : k] == " "]))
    new = text[:at] + MARK * 3 + " " + text[at:]
    starts = align(text, new).mapping.starts
    assert all(starts[k] == (k if k < at else k + 4) for k in range(len(text)) if not text[k].isspace())


@given(PROSE)
def test_normal_forms_and_line_ends_are_the_same_words(text: str) -> None:
    for new in (
        unicodedata.normalize("NFD", text),
        text.replace("\n", "\r\n"),
        text.replace("—", "-"),
        text.replace("...", "…"),
    ):
        assert align(text, new).mapping.same.all()
        assert restored(text, new) if text else True


def longest_common(old: str, new: str) -> int:
    """The length of the longest common subsequence: the slow twin."""
    row = [0] * (len(new) + 1)
    for character in old:
        above = row[:]
        for j, other in enumerate(new):
            row[j + 1] = above[j] + 1 if character == other else max(above[j + 1], row[j])
    return row[-1]


def kept(old: str, new: str) -> int:
    """How many characters, blanks apart, the mapping keeps as they were."""
    mapping = align(old, new).mapping
    return sum(bool(mapping.same[k]) and new[int(mapping.starts[k])] == c for k, c in enumerate(old) if not c.isspace())


@given(PROSE, st.integers(0, 2**16))
def test_no_more_is_kept_than_a_slow_aligner_can_keep(text: str, seed: int) -> None:
    draw = random.Random(seed)
    new = "".join(c for c in text if draw.random() > 0.05)
    assert kept(text, new) <= longest_common("".join(text.split()), "".join(new.split()))


@given(PROSE, st.data())
def test_all_is_kept_but_words_that_were_taken_out(text: str, data: st.DataObject) -> None:
    words = text.split(" ")
    low, high = sorted(data.draw(st.tuples(*[st.integers(0, len(words))] * 2)))
    new = " ".join(words[:low] + words[high:])
    assert kept(text, new) == longest_common("".join(text.split()), "".join(new.split()))


def test_a_sentence_that_begins_like_the_next_is_taken_out_whole() -> None:
    old = "It rained. Peskov said yes. Peskov said no. The end."
    new = "It rained. Peskov said no. The end."
    mapping = align(old, new).mapping
    assert mapping.place(11, 17) is None
    assert mapping.place(28, 34) == (11, 17)


def test_a_copy_in_front_has_two_places() -> None:
    old = "Alpha beta.\n\nGamma delta.\n\nEpsilon."
    new = "Alpha beta.\n\nGamma delta.\n\nGamma delta.\n\nEpsilon."
    found = align(old, new)
    placed = {found.mapping.place(13, 18), *(rival.place(13, 18) for rival in found.rivals if rival.covers(13))}
    assert placed == {(13, 18), (27, 32)}


def test_a_moved_passage_is_found_where_it_came_in() -> None:
    old = "One two three four five six.\n\nSeven eight nine.\n\nTen eleven twelve thirteen fourteen."
    new = "Seven eight nine.\n\nOne two three four five six.\n\nTen eleven twelve thirteen fourteen."
    found = align(old, new)
    assert found.mapping.place(30, 35) is None
    assert (0, 5) in {move.place(30, 35) for move in found.moves}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["same", "edited", "rewritten", "letters", "one word"])
def test_a_megabyte_takes_seconds(kind: str) -> None:
    import time

    draw = random.Random(1)
    vocabulary = ["".join(draw.choices("abcdefghijklmnop", k=draw.randint(2, 9))) for _ in range(5000)]
    words = draw.choices(vocabulary, k=150_000)
    text = " ".join(words)
    new = {
        "same": text,
        "edited": " ".join(w for w in words if draw.random() > 0.02),
        "rewritten": " ".join(draw.choices(vocabulary, k=150_000)),
        "letters": text,
        "one word": "b" * 1_000_000,
    }[kind]
    old = {"letters": "a " * 500_000, "one word": "a" * 1_000_000}.get(kind, text)
    began = time.process_time()
    align(old, new)
    assert time.process_time() - began < 60
