"""Kernels over arrays, each against a slow, obvious twin; slices of buffers are read as what they hold."""

from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from spanproof import arrays
from support.arrays import cuts, sliced

numbers = st.lists(st.integers(0, 5), max_size=20)


@given(numbers | st.lists(st.integers(0, 2**40), max_size=8, unique=True).map(sorted))
def test_repeated_names_every_later_one(keys: list[int]) -> None:
    expected = [k for k, key in enumerate(keys) if key in keys[:k]]
    assert arrays.repeated(np.array(keys, np.int64)).tolist() == expected


@given(numbers | st.lists(st.integers(-(2**63), 2**63 - 1), max_size=8))
def test_ordering_is_the_stable_one(keys: list[int]) -> None:
    assert arrays.ordering(np.array(keys, np.int64)).tolist() == sorted(range(len(keys)), key=keys.__getitem__)


@given(numbers, numbers)
def test_the_first_of_equal_keys_is_named(keys: list[int], wanted: list[int]) -> None:
    first = arrays.first_among(np.array(keys, np.int64), np.array(wanted, np.int64))
    assert first.tolist() == [keys.index(number) if number in keys else -1 for number in wanted]


@given(numbers, numbers)
def test_members_are_those_that_are_there(keys: list[int], wanted: list[int]) -> None:
    found = arrays.member(np.array(keys, np.int64), np.array(wanted, np.int64))
    assert found.tolist() == [number in keys for number in wanted]


@given(numbers)
def test_distinct_is_a_set_in_order(keys: list[int]) -> None:
    assert arrays.distinct(np.array(keys, np.uint64)).tolist() == sorted(set(keys))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=20), st.integers(0, 2))
def test_pairs_are_counted_from_their_first_place(found: list[tuple[int, int]], more: int) -> None:
    a, b = (np.array([pair[side] for pair in found], np.int64) for side in (0, 1))
    first, counts = arrays.pairs(a, b, 4 + more)
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
    first, second = (found.tolist() for found in arrays.clashes(start, end, nest))
    assert sorted(second) == sorted(expected)
    for a, b in zip(first, second, strict=True):
        assert order.index(a) < order.index(b)
        assert spans[a][1] > spans[b][0]
        assert not nest or spans[a][1] < spans[b][1]


whole_numbers = st.lists(st.none() | st.integers(-(2**31), 2**31 - 1), max_size=12)


@given(whole_numbers, cuts)
def test_integers_and_validity_read_any_slice(values: list[int | None], cut: tuple[int, int]) -> None:
    part, array = sliced(values, cut, pa.int32())
    found, valid = arrays.integers(array)
    assert valid.tolist() == arrays.validity(array).tolist() == [value is not None for value in part]
    assert found.tolist() == [value or 0 for value in part]
    whole = np.array([value or 0 for value in part])
    assert arrays.to_arrow(whole).to_pylist() == arrays.to_arrow(whole.astype(np.int32)).to_pylist() == whole.tolist()


@given(st.lists(st.none() | st.booleans(), max_size=20), cuts)
def test_booleans_read_any_slice(values: list[bool | None], cut: tuple[int, int]) -> None:
    part, array = sliced(values, cut, pa.bool_())
    assert arrays.booleans(array).tolist() == [value is True for value in part]
    assert arrays.indices(arrays.booleans(array)).tolist() == [k for k, value in enumerate(part) if value]


words = st.lists(st.none() | st.sampled_from(["", "a", "b", "é", "\x00"]), max_size=12)


@given(words, cuts, words)
def test_codes_are_equal_where_strings_are(
    values: list[str | None], cut: tuple[int, int], more: list[str | None]
) -> None:
    part, array = sliced(values, cut, pa.string())
    code, distinct = arrays.codes(array)
    known = distinct.to_pylist()
    assert [None if c < 0 else known[c] for c in code.tolist()] == part
    assert len(set(known)) == len(known)
    found = arrays.found_in(pa.array(more, pa.string()), distinct)
    assert found.tolist() == [known.index(word) if word in known else -1 for word in more]


long_words = words | st.lists(st.none() | st.text("ab\x00é", max_size=40) | st.integers(120, 140).map("a".__mul__))


@given(long_words, cuts, st.integers(1, 7))
def test_hashes_are_equal_where_strings_are(values: list[str | None], cut: tuple[int, int], buckets: int) -> None:
    part, array = sliced(values, cut, pa.string())
    hashes, bucket = arrays.hashes_of(array).tolist(), arrays.buckets_of(array, buckets).tolist()
    assert len(set(hashes)) == len(set(part))
    assert len({*zip(part, hashes, strict=True)}) == len(set(part))
    whole = pa.array(part, pa.string())
    assert arrays.hashes_of(whole).tolist() == hashes
    assert arrays.buckets_of(whole, buckets).tolist() == bucket
    assert all(
        0 <= number < buckets and (number == 0 or word is not None) for word, number in zip(part, bucket, strict=True)
    )


def test_hashes_of_many_alike_strings_differ_and_spread() -> None:
    names = [f"document-{k}" for k in range(20_000)] + [f"{k}" + "x" * 200 for k in range(500)]
    array = arrays.strings(names)
    assert len(set(arrays.hashes_of(array).tolist())) == len(names)
    assert len({number >> 32 for number in arrays.hashes_of(array).tolist()}) > len(names) - 20
    counts = np.bincount(arrays.buckets_of(array, 64), minlength=64)
    assert counts.min() > len(names) / 64 * 0.7


def test_the_bucket_of_a_string_is_the_same_in_every_process() -> None:
    array = arrays.strings(["", "a", "Ana Silva", "x" * 300])
    assert arrays.buckets_of(array, 1 << 16).tolist() == [0, 23761, 7841, 7014]


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

    assert arrays.is_utf8(strings) == all(map(decodes, part))
    nested = pa.StructArray.from_arrays(
        [pa.ListArray.from_arrays(pa.array([0, len(strings)], pa.int32()), strings)], ["x"]
    )
    assert arrays.is_utf8(nested) == arrays.is_utf8(strings)


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
    assert arrays.is_utf8(pa.array([], kind)) == sure


@pytest.mark.parametrize("key", [0, 1, 0x123456789ABCDEF])
def test_hashes_of_strings_that_differ_at_the_ends_of_words_differ(key: int) -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    names = [f"1234567{a}123{b}123{c}" for a in letters for b in letters for c in letters]
    assert len(set(arrays.hashes_of(pa.array(names), key).tolist())) == len(names)
