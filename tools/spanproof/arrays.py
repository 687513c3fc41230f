"""Arrays in, arrays out: Arrow's memory as numpy's, equal strings, membership, repetition, overlap."""

import hashlib
import secrets
import sys
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]
N = TypeVar("N", bound=np.generic)

_OWN_KEY = secrets.randbits(64)
_MIX = np.uint64(0x9E3779B97F4A7C15)
"""2**64 divided by the golden ratio: multiplying by it spreads what differs in low bits over the high ones."""
_HASHED_TOGETHER = 128
"""Bytes up to which a string is hashed together with others."""
_DENSE = 8
"""How many times as many numbers as keys a table may have."""
_FIRST_BYTES = np.array([(1 << 8 * k) - 1 << (64 - 8 * k) * (sys.byteorder == "big") for k in range(9)], np.uint64)
"""What keeps the first bytes of a word alone, by their number."""


def integers(array: pa.Array) -> tuple[npt.NDArray[np.int32], Bools]:
    """Return the values of an int32 array (0 where null) and which of them are valid.

    There is no conversion through pandas.
    """
    values = np.frombuffer(array.buffers()[1], np.int32)[array.offset : array.offset + len(array)]
    valid = validity(array)
    return (values if valid.all() else np.where(valid, values, 0).astype(np.int32)), valid


def validity(array: pa.Array) -> Bools:
    """Which elements are not null."""
    bits = array.buffers()[0]
    if bits is None or array.null_count == 0:
        return np.ones(len(array), np.bool_)
    unpacked = np.unpackbits(np.frombuffer(bits, np.uint8), bitorder="little", count=array.offset + len(array))
    return unpacked[array.offset :].view(np.bool_)


def booleans(array: pa.Array) -> Bools:
    """Return a boolean array as numpy has it, null counted as false."""
    bits = np.frombuffer(array.buffers()[1], np.uint8)
    return np.unpackbits(bits, bitorder="little", count=array.offset + len(array))[array.offset :].view(
        np.bool_
    ) & validity(array)


def string_offsets(array: pa.Array) -> tuple[npt.NDArray[np.int32], pa.Buffer]:
    """Return the byte offsets and the bytes of a string array, shared with it."""
    offsets = np.frombuffer(array.buffers()[1], np.int32)[array.offset : array.offset + len(array) + 1]
    return offsets, array.buffers()[2] or pa.py_buffer(b"")


def is_utf8(array: pa.Array) -> bool:
    """Whether every string of an array, however nested, is UTF-8 for certain.

    All bytes of a column are judged as one string, of which none of its strings may begin inside a character: for short
    strings several times as fast as one by one.
    """
    if pa.types.is_struct(array.type):
        return all(map(is_utf8, array.flatten()))
    if pa.types.is_list(array.type):
        return is_utf8(array.flatten())
    if not pa.types.is_string(array.type):
        return bool(pa.types.is_primitive(array.type) or pa.types.is_null(array.type))
    offsets, buffer = string_offsets(array)
    bytes_ = np.frombuffer(buffer, np.int8)[offsets[0] : offsets[-1]]
    if not bytes_.size or bytes_.min() >= 0:
        return True
    try:
        pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(offsets[[0, -1]]), buffer]).validate(full=True)
    except pa.ArrowInvalid:
        return False
    inner = offsets[: np.searchsorted(offsets, offsets[-1])] - offsets[0]
    return bool((bytes_.take(inner) >= -64).all())


def indices(mask: Bools) -> Ints:
    """Where a mask is true."""
    return mask.nonzero()[0]


def to_arrow(values: npt.NDArray[np.int32] | Ints) -> pa.Array:
    """Return an integer array of Arrow over the same memory."""
    kind = pa.int32() if values.dtype == np.int32 else pa.int64()
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(np.ascontiguousarray(values))])


def strings(values: Sequence[str]) -> pa.Array:
    """Return a string array.

    pyarrow's own way from a list imports pandas, which takes longer than a small check.
    """
    encoded = [value.encode() for value in values]
    offsets = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
    return pa.Array.from_buffers(
        pa.string(), len(encoded), [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded))]
    )


def codes(array: pa.Array) -> tuple[Ints, pa.Array]:
    """Return a string array as small integers, equal ones for equal strings (null is -1), and the string of each."""
    encoded = array.dictionary_encode()
    return _or_none(encoded.indices), encoded.dictionary


def compact(array: pa.Array) -> pa.Array:
    """Return the same strings in buffers that hold nothing else, such as the rest of what they are a slice of."""
    return array.take(to_arrow(np.arange(len(array))))


def hashes_of(array: pa.Array, key: int = _OWN_KEY) -> Words:
    """Return a number for each string, equal for equal strings; those of different strings differ but once in 2**64.

    All strings are hashed together, eight bytes of each at a time; what is long, or null, is hashed by itself.

    Args:
        array: the strings; numbers and booleans are hashed as they are written.
        key: hashes of one key can be compared; the one of this process can't be foreseen.
    """
    if not len(array):
        return np.zeros(0, np.uint64)
    array = array if pa.types.is_string(array.type) else array.cast(pa.string())
    offsets, buffer = string_offsets(array)
    at, left = offsets[:-1].astype(np.int64) - int(offsets[0]), np.diff(offsets).astype(np.int64)
    content = np.zeros(int(offsets[-1]) - int(offsets[0]) + 8, np.uint8)
    content[:-8] = np.frombuffer(buffer, np.uint8)[offsets[0] : offsets[-1]]
    hashes = (left.view(np.uint64) ^ np.uint64(key)) * _MIX
    which = indices(left <= _HASHED_TOGETHER)
    for _ in range(0, _HASHED_TOGETHER, 8):
        which = which[left[which] > 0]
        if not len(which):
            break
        some = words_at(content, at[which]) & _FIRST_BYTES[np.minimum(left[which], 8)]
        # Two rounds: after one, what differs in the last byte of a word has reached two bytes of the hash alone.
        hashes[which] = _mixed(_mixed(hashes[which] ^ some))
        at[which] += 8
        left[which] -= 8
    salt = key.to_bytes(8, "little")
    for k in indices(left > _HASHED_TOGETHER).tolist():
        digest = hashlib.blake2b(content[at[k] : at[k] + left[k]].tobytes(), digest_size=8, key=salt).digest()
        hashes[k] = int.from_bytes(digest, "little")
    hashes = _mixed(hashes)
    return hashes if array.null_count == 0 else np.where(validity(array), hashes, np.uint64(0))


def _mixed(hashes: Words) -> Words:
    """Return hashes in which what differs in low bits has spread over the high ones, and these over the low ones."""
    mixed: Words = hashes * _MIX
    mixed ^= mixed >> np.uint64(32)
    return mixed


def words_at(content: npt.NDArray[np.uint8], at: Ints) -> Words:
    """Return the eight bytes from each of some places on, each eight as one number.

    Args:
        content: the bytes.
        at: the places, none of them among the last seven bytes.
    """
    # A view in which every byte begins a word, without a copy.
    words = np.lib.stride_tricks.as_strided(content[:8].view(np.uint64), (len(content) - 7,), (1,), writeable=False)
    some: Words = words[at]  # `take` would copy the view whole
    return some


def buckets_of(array: pa.Array, buckets: int) -> Ints:
    """Return a number less than ``buckets`` for each string, equal for equal ones in every process; 0 for null."""
    return (hashes_of(array, 0) % np.uint64(buckets)).astype(np.int64)


def found_in(array: pa.Array, distinct: pa.Array) -> Ints:
    """Where each string stands among distinct ones; -1 where it doesn't, or is null."""
    return _or_none(pc.index_in(array, value_set=distinct, skip_nulls=True))


def _or_none(array: pa.Array) -> Ints:
    values, valid = integers(array)
    return values.astype(np.int64) if array.null_count == 0 else np.where(valid, values, -1).astype(np.int64)


def member(keys: Ints, wanted: Ints) -> Bools:
    """Which of the wanted numbers (0 or more) are among the keys."""
    ordered = np.append(-1, np.sort(keys))
    among: Bools = ordered.take(np.searchsorted(ordered, wanted, "right") - 1) == wanted
    return among


def distinct(numbers: npt.NDArray[N]) -> npt.NDArray[N]:
    """Return the different numbers, in order.

    They are found by sorting, which is many times as fast as the hashing of ``np.unique``.
    """
    ordered = np.sort(numbers)
    different: npt.NDArray[N] = ordered[np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]]
    return different


def pairs(a: Ints, b: Ints, size: int) -> tuple[Ints, Ints]:
    """Where each distinct pair of an ``a`` (less than ``size``) and a ``b`` stands first, and how often it stands."""
    first = np.full(size, -1)
    first[a[::-1]] = np.arange(len(a) - 1, -1, -1)
    usual = b == b[first[a]]
    counts = np.bincount(a[usual], minlength=size)
    rare = indices(~usual)
    keys = a[rare] * (int(b.max(initial=0)) + 1) + b[rare]
    _, others, more = np.unique(keys, return_index=True, return_counts=True)
    present = indices(first >= 0)
    return np.concatenate([first[present], rare[others]]), np.concatenate([counts[present], more])


def repeated(keys: Ints) -> Ints:
    """Return the positions whose key stands at an earlier position too."""
    if (keys[1:] > keys[:-1]).all() or (_are_dense(keys) and np.bincount(keys).max(initial=0) < 2):
        return np.zeros(0, np.int64)
    order = ordering(keys)
    later = order[1:][keys[order[1:]] == keys[order[:-1]]]
    return np.sort(later)


def _are_dense(keys: Ints) -> bool:
    """Say whether a table of all numbers up to the greatest key takes little more room than the keys."""
    return bool(len(keys)) and int(keys.min()) >= 0 and int(keys.max()) < _DENSE * len(keys)


def ordering(keys: Ints) -> Ints:
    """Return the positions in the order of their keys, equal keys in the order of their positions.

    Key and position are put into one number where they fit into one: numbers are sorted many times as fast as by
    ``argsort``.
    """
    bits = len(keys).bit_length()
    if not len(keys) or max(int(keys.max()), -int(keys.min())) >> (62 - bits):
        return np.argsort(keys, kind="stable")
    packed = keys << bits
    packed |= np.arange(len(keys))
    packed.sort()
    packed &= (1 << bits) - 1
    return packed


def first_among(keys: Ints, wanted: Ints) -> Ints:
    """Return the first position of each wanted number among the keys, or -1."""
    if not len(keys) or not len(wanted):
        return np.full(len(wanted), -1)
    if _are_dense(keys):  # a table is filled and asked faster than keys are sorted and searched
        table = np.full(int(keys.max()) + 2, -1)
        table[keys[::-1]] = np.arange(len(keys) - 1, -1, -1)
        return table.take(np.where((wanted >= 0) & (wanted < len(table)), wanted, -1), mode="wrap")
    if not len(some := perhaps_among(keys, wanted)):
        return np.full(len(wanted), -1)
    order = some.take(ordering(keys.take(some)))
    ordered = keys.take(order)
    at = np.searchsorted(ordered, wanted)
    return np.where(ordered.take(at, mode="clip") == wanted, order.take(at, mode="clip"), -1)


def perhaps_among(keys: Ints, wanted: Ints) -> Ints:
    """Return the positions of keys that may be wanted, among them all that are: those in a slot that is asked for."""
    bits = (_DENSE * len(wanted)).bit_length()
    slots, own = ((some.view(np.uint64) * _MIX >> np.uint64(64 - bits)).view(np.int64) for some in (keys, wanted))
    asked = np.zeros(1 << bits, np.bool_)
    asked[own] = True
    return indices(asked[slots])


def clashes(start: Ints, end: Ints, allow_nesting: bool) -> tuple[Ints, Ints]:
    """Pairs (earlier, later) of spans that share a character, one for each later span; with nesting, only crossings.

    ``start`` and ``end`` are points of the batch, so spans of two documents never meet. Later means by start, the
    longer first.
    """
    if (start[1:] >= end[:-1]).all():
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    order = np.lexsort((-end, start))
    s, e = start[order], end[order]
    reach = np.maximum.accumulate(e)
    suspects = np.flatnonzero(s[1:] < reach[:-1]) + 1
    heads = np.searchsorted(reach, reach[suspects - 1])
    if not allow_nesting:
        return order[heads], order[suspects]
    first, second, stack = list[int](), list[int](), list[int]()
    for k in np.union1d(suspects, heads).tolist():
        while stack and e[stack[-1]] <= s[k]:
            stack.pop()
        if crossed := [j for j in stack if e[j] < e[k]]:
            first.append(crossed[-1])
            second.append(k)
        stack = sorted([*stack, k], key=lambda j: -e[j])
    return order[np.array(first, np.int64)], order[np.array(second, np.int64)]
