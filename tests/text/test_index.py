import itertools
from collections import Counter
from collections.abc import Sequence
from typing import Any

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


def sliced(values: Sequence[Any], cut: tuple[int, int], kind: pa.DataType) -> tuple[list[Any], pa.Array]:
    """A part of an array that lies somewhere in its buffers."""
    first, last = sorted(min(at, len(values)) for at in cut)
    return list(values[first:last]), pa.array(values, kind).slice(first, last - first)


cuts = st.tuples(st.integers(0, 6), st.integers(0, 6))


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


numbers = st.lists(st.integers(0, 5), max_size=20)


@given(numbers | st.lists(st.integers(0, 2**40), max_size=8, unique=True).map(sorted))
def test_repeated_names_every_later_one(keys: list[int]) -> None:
    expected = [k for k, key in enumerate(keys) if key in keys[:k]]
    assert kernels.repeated(np.array(keys, np.int64)).tolist() == expected


@given(numbers, numbers)
def test_members_are_those_that_are_there(keys: list[int], wanted: list[int]) -> None:
    found = kernels.member(np.array(keys, np.int64), np.array(wanted, np.int64))
    assert found.tolist() == [number in keys for number in wanted]


@given(numbers)
def test_distinct_is_a_set_in_order(keys: list[int]) -> None:
    assert kernels.distinct(np.array(keys, np.uint64)).tolist() == sorted(set(keys))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=20), st.integers(0, 2))
def test_pairs_are_counted_from_their_first_place(found: list[tuple[int, int]], more: int) -> None:
    a, b = (np.array([pair[side] for pair in found], np.int64) for side in (0, 1))
    first, counts = kernels.pairs(a, b, 4 + more)
    counted = {found[at]: (at, count) for at, count in zip(first.tolist(), counts.tolist(), strict=True)}
    assert len(counted) == len(first)
    assert counted == {pair: (found.index(pair), count) for pair, count in Counter(found).items()}


spans_of = st.lists(st.tuples(st.integers(0, 12), st.integers(1, 6)), max_size=8).map(
    lambda pairs: [(start, start + length) for start, length in pairs]
)


@given(spans_of, st.booleans())
@example([(0, 9), (1, 5), (4, 8)], True)
@example([(0, 5), (0, 5), (0, 9)], False)
def test_clashes_are_those_of_every_pair(spans: list[tuple[int, int]], nest: bool) -> None:
    order = sorted(range(len(spans)), key=lambda k: (spans[k][0], -spans[k][1]))
    expected = set()
    for rank, later in enumerate(order):
        start, end = spans[later]
        met = [k for k in order[:rank] if spans[k][1] > start and (not nest or spans[k][1] < end)]
        if met:
            expected.add(later)
    start, end = (np.array([span[side] for span in spans], np.int64) for side in (0, 1))
    first, second = (found.tolist() for found in kernels.clashes(start, end, nest))
    assert sorted(second) == sorted(expected)
    for a, b in zip(first, second, strict=True):
        assert order.index(a) < order.index(b)
        assert spans[a][1] > spans[b][0]
        assert not nest or spans[a][1] < spans[b][1]


whole_numbers = st.lists(st.none() | st.integers(-(2**31), 2**31 - 1), max_size=12)


@given(whole_numbers, cuts)
def test_integers_and_validity_read_any_slice(values: list[int | None], cut: tuple[int, int]) -> None:
    part, array = sliced(values, cut, pa.int32())
    found, valid = kernels.integers(array)
    assert valid.tolist() == kernels.validity(array).tolist() == [value is not None for value in part]
    assert found.tolist() == [value or 0 for value in part]
    whole = np.array([value or 0 for value in part])
    assert kernels.to_arrow(whole).to_pylist() == kernels.to_arrow(whole.astype(np.int32)).to_pylist() == whole.tolist()


@given(st.lists(st.none() | st.booleans(), max_size=20), cuts)
def test_booleans_read_any_slice(values: list[bool | None], cut: tuple[int, int]) -> None:
    part, array = sliced(values, cut, pa.bool_())
    assert kernels.booleans(array).tolist() == [value is True for value in part]
    assert kernels.indices(kernels.booleans(array)).tolist() == [k for k, value in enumerate(part) if value]


words = st.lists(st.none() | st.sampled_from(["", "a", "b", "é", "\x00"]), max_size=12)


@given(words, cuts, words)
def test_codes_are_equal_where_strings_are(
    values: list[str | None], cut: tuple[int, int], more: list[str | None]
) -> None:
    part, array = sliced(values, cut, pa.string())
    code, distinct = kernels.codes(array)
    known = distinct.to_pylist()
    assert [None if c < 0 else known[c] for c in code.tolist()] == part
    assert len(set(known)) == len(known)
    found = kernels.found_in(pa.array(more, pa.string()), distinct)
    assert found.tolist() == [known.index(word) if word in known else -1 for word in more]


broken = st.lists(
    st.sampled_from([b"", b"ab", "é😀".encode(), b"\xc3", b"\xa9", b"\xf0\x9f", b"\xed\xa0\x80", b"\xff"]), max_size=5
)


@given(broken, cuts)
@example([b"\xc3", b"\xa9"], (0, 2))
@example([b"\xc3\xa9", b"", b"\xc3\xa9"], (0, 3))
def test_utf8_is_what_each_string_alone_decodes_to(values: list[bytes], cut: tuple[int, int]) -> None:
    part, array = sliced(values, cut, pa.binary())
    strings = pa.Array.from_buffers(pa.string(), len(array), array.buffers(), offset=array.offset)

    def decodes(value: bytes) -> bool:
        try:
            value.decode()
        except UnicodeDecodeError:
            return False
        return True

    assert kernels.is_utf8(strings) == all(map(decodes, part))
    nested = pa.StructArray.from_arrays(
        [pa.ListArray.from_arrays(pa.array([0, len(strings)], pa.int32()), strings)], ["x"]
    )
    assert kernels.is_utf8(nested) == kernels.is_utf8(strings)


@pytest.mark.parametrize(
    ("kind", "sure"),
    [
        (pa.large_string(), False),
        (pa.dictionary(pa.int32(), pa.string()), False),
        (pa.large_list(pa.string()), False),
        (pa.struct([("x", pa.large_string())]), False),
        (pa.null(), True),
        (pa.struct([("x", pa.int32()), ("y", pa.list_(pa.string()))]), True),
    ],
)
def test_what_isn_t_a_plain_string_is_left_to_arrow(kind: pa.DataType, sure: bool) -> None:
    assert kernels.is_utf8(pa.array([], kind)) == sure
