"""The index of a batch of texts: code points, bytes and clusters, each against counting."""

import itertools

import numpy as np
import pyarrow as pa
import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st

from spanproof import arrays as kernels
from spanproof.text import characters
from spanproof.text import index as room
from spanproof.text.index import Text
from support.arrays import cuts, sliced

# what ends a word of 64 lead bytes early or late, what joins clusters, what is odd; each beside plain letters
HARD = (
    "a z \t\n\r\x00\x07\x7f\u0085\u00a0\u00ad\u00e9\u0301\u0308\u061c\u05d0\u0627\u0600\u0915\u094d\u0937\u0e33"
    "\u1100\u1161\u11a8\uac00\uac01\u180e\u200b\u200d\u200e\u2028\u2060\u2066\u2069\u201c\u201d\u2026\u3000\u4e2d"
    "\ufe0f\ufeff\uff10\uffff\U0001d15e\U0001f1e9\U0001f1ea\U0001f3fd\U0001f468\U0001f600\U000e0001\U0010ffff"
)
pieces = st.one_of(
    st.text(st.sampled_from(HARD), max_size=8),
    st.text(st.characters(codec="utf-8"), max_size=4),
    st.builds(str.__mul__, st.sampled_from(["x", "é", "中", "😀", "ab\u0301 "]), st.integers(0, 70)),
)
texts = st.lists(pieces, max_size=5).map("".join)


@st.composite
def batches(draw: st.DrawFn) -> tuple[list[str], Text]:
    values = draw(st.lists(texts, max_size=6))
    part, array = sliced(values, draw(cuts), pa.string())
    return part, Text.of(array)


def leads(text: str) -> list[int]:
    """The byte where each character begins, and the end."""
    return [0, *itertools.accumulate(len(character.encode()) for character in text)]


@given(batches())
@example((["é" * 64], Text.of(pa.array(["é" * 64]))))
@example((["x" * 63 + "é", "", "x"], Text.of(pa.array(["x" * 63 + "é", "", "x"]))))
def test_rank_and_select_are_what_counting_gives(batch: tuple[list[str], Text]) -> None:
    values, text = batch
    whole = "".join(values)
    at = leads(whole)
    assert text.bytes_.tobytes() == whole.encode()
    assert text.points.tolist() == [0, *itertools.accumulate(map(len, values))]
    assert text.bounds.tolist() == [0, *itertools.accumulate(len(value.encode()) for value in values)]
    points = np.arange(len(at))
    assert text.to_bytes(points).tolist() == at
    assert text.to_bytes(points[::-1]).tolist() == at[::-1]
    every = np.arange(len(text.bytes_) + 1)
    assert text.to_points(every).tolist() == [sum(lead < byte for lead in at[:-1]) for byte in every.tolist()]


@given(batches())
def test_characters_are_read_in_both_directions(batch: tuple[list[str], Text]) -> None:
    values, text = batch
    whole = "".join(values)
    at = np.array(leads(whole), np.int64)
    flags = characters.flags()[[ord(character) for character in whole]] if whole else np.zeros(0, np.uint8)
    assert text.code_points(at[:-1]).tolist() == [ord(character) for character in whole]
    assert text.flags_at(at[:-1]).tolist() == flags.tolist()
    assert text.flags_before(at[1:]).tolist() == flags.tolist()
    assert text.before(at[1:]).tolist() == at[:-1].tolist()


@given(batches())
def test_flags_beyond_the_batch_raise_nothing(batch: tuple[list[str], Text]) -> None:
    _, text = batch
    ends = np.array([0, len(text.bytes_)])
    assert len(text.flags_at(ends)) == len(text.flags_before(ends)) == len(text.code_points(ends)) == 2


@given(batches())
@example((["x" * 63 + "\u200b"], Text.of(pa.array(["x" * 63 + "\u200b"]))))
@example((["x" * 62 + "\u200b" + "y" * 61], Text.of(pa.array(["x" * 62 + "\u200b" + "y" * 61]))))
def test_odd_characters_are_found_without_decoding(batch: tuple[list[str], Text]) -> None:
    values, text = batch
    whole = "".join(values)
    odd = [
        byte
        for byte, character in zip(leads(whole), whole, strict=False)
        if (regex.match(r"\p{Cc}", character) and character not in "\t\n")
        or character in characters.BIDI + characters.INVISIBLE + characters.BOM
    ]
    assert text.odd().tolist() == odd


@pytest.mark.parametrize("odd", ["\x00", "\x1f", "\x7f", "\u0085", "\u00ad", "\u200b", "\ufeff", "\u202e"])
@pytest.mark.parametrize("after", ["", "x", "x" * 70, "é" + "x" * 70])
def test_an_odd_character_is_found_wherever_it_stands_among_blocks(odd: str, after: str) -> None:
    for before in range(200):
        assert Text.of(pa.array(["x" * before + odd + after])).odd().tolist() == [before]


@given(batches())
def test_each_byte_knows_its_document(batch: tuple[list[str], Text]) -> None:
    values, text = batch
    rows = [row for row, value in enumerate(values) for _ in value.encode()]
    assert text.document(np.arange(len(rows))).tolist() == rows


def test_a_null_text_is_an_empty_one() -> None:
    assert Text.of(pa.array(["é", None, "x"])).points.tolist() == [0, 1, 1, 2]


@given(texts, st.sampled_from([8, 64, 1 << 18]), st.integers(0, 7))
def test_positions_don_t_depend_on_the_blocks(text: str, block: int, ahead: int) -> None:
    data = np.frombuffer(text.encode(), np.uint8)

    def pairs(bytes_: kernels.npt.NDArray[np.uint8]) -> kernels.Bools:
        ends: kernels.Bools = bytes_[ahead:] == bytes_[: len(bytes_) - ahead]
        return ends

    expected = [k for k in range(len(data) - ahead) if data[k] == data[k + ahead]]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(room, "_BLOCK", block)
        assert room.positions(data, pairs, ahead).tolist() == expected
        assert Text.of(pa.array([text])).points.tolist() == [0, len(text)]


@given(st.data(), batches())
def test_same_text_compares_slices(data: st.DataObject, batch: tuple[list[str], Text]) -> None:
    values, text = batch
    whole = "".join(values)
    at = leads(whole)
    ends = st.integers(0, len(whole))
    spans = data.draw(st.lists(st.tuples(ends, ends).map(sorted), max_size=6))
    right = [whole[start:end] for start, end in spans]
    given_ = [data.draw(st.sampled_from([surface, surface, surface + "x", "", None])) for surface in right]
    first, last = (np.array([at[span[side]] for span in spans], np.int64) for side in (0, 1))
    same = room.same_text(text, first, last, pa.array(["-", *given_], pa.string()).slice(1))
    assert same.tolist() == [stored in (None, surface) for stored, surface in zip(given_, right, strict=True)]


def test_surfaces_that_only_joined_are_the_text_are_not_its_slices() -> None:
    text, start, end = Text.of(pa.array(["abc"])), np.array([0, 2]), np.array([2, 3])
    assert room.same_text(text, start, end, pa.array(["a", "bc"])).tolist() == [False, False]
    assert room.same_text(text, start, end, pa.array(["ab", "c"])).tolist() == [True, True]


@given(st.lists(st.text(st.sampled_from(HARD), max_size=4), max_size=5).map("".join))
@example("\u0600a\u0301")
@example("क\u094dष\u094dक")
def test_a_cluster_is_split_where_the_whole_text_says_so(text: str) -> None:
    bounds = {0, len(text), *(match.end() for match in regex.finditer(r"\X", text))}
    assert [at for at in range(-1, len(text) + 2) if room.splits_cluster(text, at)] == [
        at for at in range(len(text)) if at not in bounds
    ]
