"""Arrays in, arrays out: texts as bit vectors, spans against texts, membership, overlap.

Positions come in two units: *points* are code points and *bytes* are UTF-8 bytes, both counted from the start of the
batch, so that all documents of a batch are one text and no kernel loops over documents.
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import regex

from spanproof import characters

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]
N = TypeVar("N", bound=np.generic)

_BLOCK = 1 << 18
_ONES = np.uint64(0xFFFFFFFFFFFFFFFF)
_BYTES_OF_1, _BYTES_OF_128 = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)
_M1, _M2, _M4 = np.uint64(0x5555555555555555), np.uint64(0x3333333333333333), np.uint64(0x0F0F0F0F0F0F0F0F)
_SELECT_IN_BYTE = np.zeros((8, 256), np.uint8)
for _value in range(256):
    for _nth, _bit in enumerate(bit for bit in range(8) if _value >> bit & 1):
        _SELECT_IN_BYTE[_nth, _value] = _bit


def integers(array: pa.Array) -> tuple[npt.NDArray[np.int32], Bools]:
    """The values of an int32 array (0 where null) and which of them are valid, with no conversion through pandas."""
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
    """A boolean array, null counted as false."""
    bits = np.frombuffer(array.buffers()[1], np.uint8)
    return np.unpackbits(bits, bitorder="little", count=array.offset + len(array))[array.offset :].view(
        np.bool_
    ) & validity(array)


def string_offsets(array: pa.Array) -> tuple[npt.NDArray[np.int32], pa.Buffer]:
    """The byte offsets and the bytes of a string array, shared with it."""
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
    inner = offsets[offsets < offsets[-1]] - offsets[0]
    return bool((bytes_.take(inner) >= -64).all())


def indices(mask: Bools) -> Ints:
    """Where a mask is true."""
    return np.flatnonzero(mask)


def to_arrow(values: npt.NDArray[np.int32] | Ints) -> pa.Array:
    """An integer array of Arrow over the same memory."""
    kind = pa.int32() if values.dtype == np.int32 else pa.int64()
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(np.ascontiguousarray(values))])


def strings(values: Sequence[str]) -> pa.Array:
    """A string array; pyarrow's own way from a list imports pandas, which takes longer than a small check."""
    encoded = [value.encode() for value in values]
    offsets = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
    return pa.Array.from_buffers(
        pa.string(), len(encoded), [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded))]
    )


def codes(array: pa.Array) -> tuple[Ints, pa.Array]:
    """A string array as small integers, equal ones for equal strings (null is -1), and the string of each."""
    encoded = array.dictionary_encode()
    return _or_none(encoded.indices), encoded.dictionary


def found_in(array: pa.Array, distinct: pa.Array) -> Ints:
    """Where each string stands among distinct ones; -1 where it doesn't, or is null."""
    return _or_none(pc.index_in(array, value_set=distinct, skip_nulls=True))


def _or_none(array: pa.Array) -> Ints:
    values, valid = integers(array)
    return values.astype(np.int64) if array.null_count == 0 else np.where(valid, values, -1).astype(np.int64)


def member(keys: Ints, wanted: Ints) -> Bools:
    """Which of the wanted numbers (0 or more) are among the keys."""
    held = np.append(-1, np.sort(keys))
    found: Bools = held.take(np.searchsorted(held, wanted, "right") - 1) == wanted
    return found


@dataclass(frozen=True)
class Text:
    """The texts of a batch: their UTF-8 bytes, and their lead bytes as a bit vector with rank and select.

    ``bytes_`` are the bytes of all texts, ``buffer`` the Arrow buffer that holds them from byte ``base`` on, ``bounds``
    the first byte of each document and the end, ``points`` the same in code points.
    """

    bytes_: npt.NDArray[np.uint8]
    buffer: pa.Buffer
    base: int
    bounds: Ints
    points: Ints
    words: Words
    ranks: Ints

    @classmethod
    def of(cls, array: pa.Array) -> "Text":
        """Indexes a string array (a null is an empty text)."""
        offsets, buffer = string_offsets(array)
        first, last = int(offsets[0]), int(offsets[-1])
        bytes_ = np.frombuffer(buffer, np.uint8)[first:last]
        words = np.zeros((len(bytes_) >> 6) + 2, np.uint64)
        for k in range(0, len(bytes_), _BLOCK):
            bits = np.packbits(bytes_[k : k + _BLOCK].view(np.int8) >= -64, bitorder="little")
            words.view(np.uint8)[k >> 3 : (k >> 3) + len(bits)] = bits
        ranks = np.zeros(len(words) + 1, np.int64)
        np.cumsum(np.bitwise_count(words), out=ranks[1:])
        bounds = offsets.astype(np.int64) - first
        return cls(bytes_, buffer, first, bounds, _rank(words, ranks, bounds), words, ranks)

    def to_points(self, at: Ints) -> Ints:
        """How many code points begin before each byte."""
        return _rank(self.words, self.ranks, at)

    def to_bytes(self, points: Ints) -> Ints:
        """The first byte of each code point; the end of the bytes for the end of the points.

        Broadword select: Vigna, Broadword Implementation of Rank/Select Queries, 2008.
        """
        total = int(self.points[-1])
        if total == len(self.bytes_):
            return points
        at_end = np.flatnonzero(points >= total)
        if at_end.size:
            points = np.minimum(points, total - 1)
        word = self._hints.take(points >> 6)
        late = np.flatnonzero(self.ranks[1:].take(word) <= points)
        while late.size:
            word[late] += 1
            late = late[self.ranks[1:].take(word[late]) <= points[late]]
        lead = self.words.take(word)
        rest = points - self.ranks.take(word)
        some = np.flatnonzero(lead != _ONES)
        if some.size:
            x, r = lead.take(some), rest.take(some).view(np.uint64)
            sums = x - ((x >> np.uint64(1)) & _M1)
            sums = (sums & _M2) + ((sums >> np.uint64(2)) & _M2)
            sums = ((sums + (sums >> np.uint64(4))) & _M4) * _BYTES_OF_1
            shift = np.bitwise_count((((r * _BYTES_OF_1) | _BYTES_OF_128) - sums) & _BYTES_OF_128).astype(np.uint64)
            shift <<= np.uint64(3)
            r -= ((sums << np.uint64(8)) >> shift) & np.uint64(255)
            byte = ((x >> shift) & np.uint64(255)).astype(np.intp)
            rest[some] = shift + _SELECT_IN_BYTE[r.astype(np.intp), byte]
        rest += word << 6
        rest[at_end] = len(self.bytes_)
        return rest

    @functools.cached_property
    def _hints(self) -> Ints:
        """The word that every 64th code point begins in; a word holds no more, so each has one of its own."""
        nth = (self.ranks + 63) >> 6
        return np.flatnonzero(nth[1:] > nth[:-1])

    def code_points(self, at: Ints) -> npt.NDArray[np.int32]:
        """The code points that begin at these bytes."""
        if not len(self.bytes_):
            return np.zeros(len(at), np.int32)
        first = self.bytes_.take(at, mode="clip").astype(np.int32)
        wide = np.flatnonzero(first >= 0x80)
        if wide.size:
            b1, b2, b3 = (self.bytes_.take(at[wide] + k, mode="clip").astype(np.int32) & 63 for k in (1, 2, 3))
            b0 = first[wide]
            two, three, four = (b0 & 31) << 6 | b1, (b0 & 15) << 12 | b1 << 6 | b2, (b0 & 7) << 18 | b1 << 12
            first[wide] = np.where(b0 < 0xE0, two, np.where(b0 < 0xF0, three, four | b2 << 6 | b3))
        return first

    def flags_at(self, at: Ints) -> characters.Flags:
        """The flags of the characters that begin at these bytes."""
        table = characters.flags()
        if not len(self.bytes_):
            return np.zeros(len(at), np.uint8)
        first = self.bytes_.take(at, mode="clip")
        found = table[:256].take(first)
        wide = np.flatnonzero(first >= 0x80)
        if wide.size:
            found[wide] = table.take(self.code_points(at[wide]))
        return found

    def flags_before(self, at: Ints) -> characters.Flags:
        """The flags of the characters that end at these bytes."""
        table = characters.flags()
        if not len(self.bytes_):
            return np.zeros(len(at), np.uint8)
        last = self.bytes_.take(at - 1, mode="clip")
        found = table[:256].take(last)
        wide = np.flatnonzero((last >= 0x80) & (at > 0))
        if wide.size:
            found[wide] = table.take(self.code_points(self.before(at[wide])))
        return found

    def before(self, at: Ints) -> Ints:
        """The first byte of the character that ends at each byte (at least one character must)."""
        back = at - 1
        for _ in range(3):
            inside = (self.bytes_.take(back, mode="clip") & 0xC0) == 0x80
            back = back - inside
        return back

    def odd(self) -> Ints:
        """The bytes where a character begins that is flagged ODD, found without decoding ordinary text."""
        leads, ends = _odd_bytes()

        def suspicious(block: npt.NDArray[np.uint8]) -> Bools:
            found = block < 32
            one = np.empty(len(block), np.bool_)
            for lead in leads:
                found |= np.equal(block, lead, out=one)
            return found

        at = positions(self.bytes_, suspicious)
        lead = self.bytes_.take(at).astype(np.intp)
        last = self.bytes_.take(at + (lead >= 0x80) + (lead >= 0xE0) + (lead >= 0xF0), mode="clip")
        at = at[ends[lead, last]]
        return at[self.flags_at(at) & characters.ODD > 0]

    def document(self, at: Ints) -> Ints:
        """Which document each byte lies in."""
        return np.searchsorted(self.bounds, at, "right") - 1


@functools.cache
def _odd_bytes() -> tuple[tuple[int, ...], Bools]:
    """What odd characters look like: first bytes above the blank, and which last bytes go with a first one."""
    odd = [chr(point).encode() for point in np.flatnonzero(characters.flags() & characters.ODD).tolist()]
    ends = np.zeros((256, 256), np.bool_)
    ends[[character[0] for character in odd], [character[-1] for character in odd]] = True
    return tuple(sorted({character[0] for character in odd if character > b" "})), ends


def positions(bytes_: npt.NDArray[np.uint8], test: Callable[[npt.NDArray[np.uint8]], Bools], ahead: int = 0) -> Ints:
    """Where a test of bytes holds; asked block by block, so that what it computes stays in the cache.

    The test is given ``ahead`` bytes more than it has to judge.
    """
    starts = range(0, len(bytes_) - ahead, _BLOCK)
    found = [np.flatnonzero(test(bytes_[k : k + _BLOCK + ahead])) + k for k in starts]
    return np.concatenate(found or [np.zeros(0, np.int64)])


def _rank(words: Words, ranks: Ints, at: Ints) -> Ints:
    word = at >> 6
    below = (np.uint64(1) << (at & 63).astype(np.uint64)) - np.uint64(1)
    return ranks.take(word) + np.bitwise_count(words.take(word) & below)


def same_text(text: Text, start: Ints, end: Ints, surface: pa.Array) -> Bools:
    """Whether the bytes ``start`` to ``end`` of the batch are the surface; a null surface agrees with anything.

    The spans' bytes are gathered by one ``take`` of a binary array laid over the text (span, gap, span, ...), and
    compared at once; only a batch that holds a difference is compared span by span.
    """
    if not len(start):
        return np.zeros(0, np.bool_)
    offsets = np.empty(2 * len(start) + 1, np.int32)
    offsets[0:-1:2], offsets[1::2], offsets[-1] = start, end, max(start[0], end[-1])
    offsets += np.int32(text.base)
    laid = pa.Array.from_buffers(pa.binary(), 2 * len(start), [None, pa.py_buffer(offsets), text.buffer])
    got = laid.take(to_arrow(np.arange(0, 2 * len(start), 2, dtype=np.int32)))
    want = surface.cast(pa.binary())
    (go, gb), (wo, wb) = string_offsets(got), string_offsets(want)
    if surface.null_count == 0 and np.array_equal(go - go[0], wo - wo[0]):
        a, b = gb.slice(int(go[0]), int(go[-1] - go[0])), wb.slice(int(wo[0]), int(wo[-1] - wo[0]))
        if a.equals(b):
            return np.ones(len(start), np.bool_)
    return booleans(pc.equal(got, want)) | ~validity(surface)


def splits_cluster(text: str, at: int) -> bool:
    """Whether the code point offset ``at`` lies inside an extended grapheme cluster (UAX #29)."""
    if not 0 < at < len(text):
        return False
    first = at - 1
    while first > 0 and not " " <= text[first] < "\x7f":
        first -= 1
    ends = (match.end() for match in regex.finditer(r"\X", text, pos=first))
    reached: int = next(end for end in ends if end >= at)
    return reached != at


def distinct(numbers: npt.NDArray[N]) -> npt.NDArray[N]:
    """The different numbers, in order; by sorting, which is many times as fast as the hashing of ``np.unique``."""
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
    held = indices(first >= 0)
    return np.concatenate([first[held], rare[others]]), np.concatenate([counts[held], more])


def repeated(keys: Ints) -> Ints:
    """The positions whose key stands at an earlier position too."""
    if (keys[1:] > keys[:-1]).all():
        return np.zeros(0, np.int64)
    order = np.argsort(keys, kind="stable")
    later = order[1:][keys[order[1:]] == keys[order[:-1]]]
    return np.sort(later)


def clashes(start: Ints, end: Ints, allow_nesting: bool) -> tuple[Ints, Ints]:
    """Pairs (earlier, later) of spans that share a character, one for each later span; with nesting, only crossings.

    ``start`` and ``end`` are points of the batch, so spans of two documents never meet. Later means by start, the
    longer first.
    """
    if (start[1:] >= end[:-1]).all():
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    order = np.lexsort((-end, start))
    s, e = start[order], end[order]
    if not allow_nesting:
        reach = np.maximum.accumulate(e)
        bad = np.flatnonzero(s[1:] < reach[:-1]) + 1
        holder = np.searchsorted(reach, reach[bad - 1])
        return order[holder], order[bad]
    first, second = [], []
    stack: list[int] = []
    reach = np.maximum.accumulate(e)
    suspects = np.flatnonzero(s[1:] < reach[:-1]) + 1
    if not suspects.size:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    heads = np.searchsorted(reach, reach[suspects - 1])
    for k in np.union1d(suspects, heads).tolist():
        while stack and e[stack[-1]] <= s[k]:
            stack.pop()
        crossed = [j for j in stack if e[j] < e[k]]
        if crossed:
            first.append(crossed[-1])
            second.append(k)
        stack.append(k)
        stack.sort(key=lambda j: -e[j])
    return order[np.array(first, np.int64)], order[np.array(second, np.int64)]
