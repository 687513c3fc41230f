"""What is collected of batches and kept in a file: iterated again and again, compared range by range."""

import io
from collections import defaultdict
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.corpus import spool
from spanproof.corpus.spool import Spool, ambiguous, among

words = st.integers(0, 3) | st.integers(2**64 - 3, 2**64 - 1) | st.integers(0, 2**64 - 1)


def numbers(values: list[int]) -> spool.Words:
    return np.array(values, np.uint64)


def test_a_spool_gives_back_what_was_put_in_also_from_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "_IN_MEMORY", 1000)
    values = [(pa.array(["a", None, "é" * k]), [(None, k)]) for k in range(50)]
    kept = Spool()
    assert not list(kept)
    for k, value in enumerate(values):
        kept.append(value)
        assert next(iter(kept)) == values[0]
        assert len(kept) == k + 1
    assert list(kept) == values == list(kept)
    assert list(zip(kept, kept, strict=True)) == list(zip(values, values, strict=True))


def test_few_values_need_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool.tempfile, "TemporaryFile", lambda: pytest.fail("a file was begun"))
    kept = Spool()
    for k in range(20):
        kept.append((pa.array(["a"] * 1000), {"k": [k]}, np.arange(1000)))
    assert [value[1] for value in kept] == [{"k": [k]} for k in range(20)]


@given(st.lists(st.integers(0, 900), max_size=30))
def test_what_waits_in_memory_is_bounded_whatever_it_is_made_of(lengths: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spool, "_IN_MEMORY", 4000)
        kept, expected = Spool(), []
        for k, length in enumerate(lengths):
            value = ["x" * length, {"k": "y" * length}, b"z" * length, np.zeros(length)][k % 4]
            kept.append(value)
            expected.append(value)
            assert sum(map(len, kept._waiting)) <= 4000
        assert all(np.array_equal(a, b) for a, b in zip(kept, expected, strict=True))


@given(st.lists(st.lists(st.tuples(words, words), max_size=12), max_size=6), st.integers(1, 3))
def test_keys_with_two_values_are_found_in_ranges_as_in_one(batches: list[list[tuple[int, int]]], most: int) -> None:
    values = defaultdict(set)
    for key, value in (pair for batch in batches for pair in batch):
        values[key].add(value)
    expected = sorted(key for key, several in values.items() if len(several) > 1)
    parts = [(numbers([key for key, _ in batch]), numbers([value for _, value in batch])) for batch in batches]
    assert ambiguous(lambda: parts).tolist() == expected
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spool, "_KEYS", 2 * most)
        assert ambiguous(lambda: parts).tolist() == expected


@given(st.lists(st.lists(words, max_size=8), max_size=4))
def test_ranges_hold_all_numbers_in_order(batches: list[list[int]]) -> None:
    everything = sorted(number for batch in batches for number in batch)
    for most, ranges in ((1 << 20, {1}), (2, {1, 64})):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(spool, "_KEYS", most)
            parts = list(spool.ranges(map(numbers, batches), 1 << 64))
        assert [number for part in parts for number in part.tolist()] == everything
        assert len(parts) in ranges
    small = [[number % 1000 for number in batch] for batch in batches]
    parts = list(spool.ranges(map(numbers, small), 1000))
    assert [number for part in parts for number in part.tolist()] == sorted(n for batch in small for n in batch)


@given(st.lists(words, max_size=8), st.lists(words, max_size=8))
def test_those_that_are_among_others_are_named(keys: list[int], others: list[int]) -> None:
    at = among(numbers(keys), numbers(sorted(others)))
    assert at.tolist() == [k for k, key in enumerate(keys) if key in others]


class _InterruptedFile(io.BytesIO):
    """A file at which Ctrl-C is pressed while a second value is written for the first time."""

    writes = 0

    def write(self, content: Any, /) -> int:
        """Write a value."""
        self.writes += 1
        if self.writes == 2:
            raise KeyboardInterrupt
        return super().write(content)


def test_a_spool_that_is_interrupted_while_it_writes_has_each_value_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "_IN_MEMORY", 10**6)
    monkeypatch.setattr(spool.tempfile, "TemporaryFile", _InterruptedFile)
    kept = Spool()
    for value in ("a", "b", "c"):
        kept.append(value)
    with pytest.raises(KeyboardInterrupt):
        kept.append(np.zeros(10**6))
    assert len(kept) == 4
    assert [*kept][:3] == ["a", "b", "c"]
    kept.append(np.zeros(10**6))
    assert len(kept) == 5
    assert [*kept][:3] == ["a", "b", "c"]
    assert len(kept._waiting) == 0
