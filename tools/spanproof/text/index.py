"""The texts of a batch as one text: bytes and code points, characters at spans' edges, spans against their surfaces.

Positions come in two units: *points* are code points and *bytes* are UTF-8 bytes, both counted from the start of the
batch, so that no kernel loops over documents. Annotations count in points, Arrow stores bytes. Going from one to the
other takes two questions, asked for millions of positions at once: how many characters begin before this byte (rank),
and at which byte does the n-th character begin (select). Both are answered from a bit vector that has a 1 for each byte
that begins a character, without a table of all positions.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import regex

from spanproof.arrays import Bools, Ints, Words, booleans, string_offsets, to_arrow, validity
from spanproof.text import characters

_BLOCK = 1 << 18
"""How many bytes are looked at together: 256 KiB, so that what is computed of them stays in the cache."""
_ONES = np.uint64(0xFFFFFFFFFFFFFFFF)
_BYTES_OF_1, _BYTES_OF_128 = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)
_M1, _M2, _M4 = np.uint64(0x5555555555555555), np.uint64(0x3333333333333333), np.uint64(0x0F0F0F0F0F0F0F0F)
"""Every second bit, every second pair of bits, every second four bits of a word."""
# Where the n-th 1 of a byte is, by n and the byte.
_SELECT_IN_BYTE = np.zeros((8, 256), np.uint8)
for _value in range(256):
    for _nth, _bit in enumerate(bit for bit in range(8) if _value >> bit & 1):
        _SELECT_IN_BYTE[_nth, _value] = _bit


@dataclass(frozen=True)
class Text:
    """The texts of a batch: their UTF-8 bytes, and the bytes that begin a character as a bit vector.

    Attributes:
        bytes_: the bytes of all texts, one text after another.
        buffer: the Arrow buffer that holds them.
        base: the byte of the buffer at which they begin.
        bounds: the first byte of each document, and the end.
        points: the first code point of each document, and the end.
        words: the bit vector, 64 bytes a word, the first byte in the lowest bit: 1 where a byte begins a character.
        ranks: how many characters begin before each word.
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
        """Index a string array; a null is an empty text."""
        offsets, buffer = string_offsets(array)
        first, last = int(offsets[0]), int(offsets[-1])
        bytes_ = np.frombuffer(buffer, np.uint8)[first:last]
        words = np.zeros((len(bytes_) >> 6) + 2, np.uint64)
        for k in range(0, len(bytes_), _BLOCK):
            # A byte that continues a character is 10xxxxxx: -128 to -65 as a signed number. All others begin one.
            bits = np.packbits(bytes_[k : k + _BLOCK].view(np.int8) >= -64, bitorder="little")
            words.view(np.uint8)[k >> 3 : (k >> 3) + len(bits)] = bits
        ranks = np.zeros(len(words) + 1, np.int64)
        np.cumsum(np.bitwise_count(words), out=ranks[1:])
        bounds = offsets.astype(np.int64) - first
        return cls(bytes_, buffer, first, bounds, _rank(words, ranks, bounds), words, ranks)

    def to_points(self, at: Ints) -> Ints:
        """Return how many code points begin before each byte."""
        return _rank(self.words, self.ranks, at)

    def to_bytes(self, points: Ints) -> Ints:
        """Return the first byte of each code point; the end of the bytes for the end of the points.

        First the word of the bit vector is found in which the code point begins, then the bit in the word.
        """
        total = int(self.points[-1])
        if total == len(self.bytes_):  # ASCII: a character is a byte
            return points
        at_end = np.flatnonzero(points >= total) if points.max(initial=0) >= total else None
        if at_end is not None:
            points = np.minimum(points, total - 1)
        # The hint is the word of the last multiple of 64 points, which is the right word or lies before it. Go on word
        # by word until all are there: seldom more than a step or two, so that all of them are asked again.
        word = self._hints.take(points >> 6)
        ends = self.ranks[1:]
        while (late := ends.take(word) <= points).any():
            word += late
        bits = self.words.take(word)
        nth = points - self.ranks.take(word)
        # A word of nothing but 1s is 64 characters of a byte each: the n-th is at bit n, and nothing is to be done.
        some = np.flatnonzero(bits != _ONES)
        if 2 * some.size > len(nth):
            nth = _select(bits, nth)
        elif some.size:
            nth[some] = _select(bits.take(some), nth.take(some))
        nth += word << 6
        if at_end is not None:
            nth[at_end] = len(self.bytes_)
        return nth

    @functools.cached_property
    def _hints(self) -> Ints:
        """The word that every 64th code point begins in.

        A word holds 64 characters at most, so no two of these begin in one word: where the number of multiples of 64
        below a word and its end differ, it has one.
        """
        nth = (self.ranks + 63) >> 6
        return np.flatnonzero(nth[1:] > nth[:-1])

    def code_points(self, at: Ints) -> npt.NDArray[np.int32]:
        """Return the code points that begin at these bytes."""
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
        """Return the flags of the characters that begin at these bytes."""
        table = characters.flags()
        if not len(self.bytes_):
            return np.zeros(len(at), np.uint8)
        first = self.bytes_.take(at, mode="clip")
        flags = table[:256].take(first)
        wide = np.flatnonzero(first >= 0x80)
        if wide.size:
            flags[wide] = table.take(self.code_points(at[wide]))
        return flags

    def flags_before(self, at: Ints) -> characters.Flags:
        """Return the flags of the characters that end at these bytes."""
        table = characters.flags()
        if not len(self.bytes_):
            return np.zeros(len(at), np.uint8)
        last = self.bytes_.take(at - 1, mode="clip")
        flags = table[:256].take(last)
        wide = np.flatnonzero((last >= 0x80) & (at > 0))
        if wide.size:
            flags[wide] = table.take(self.code_points(self.before(at[wide])))
        return flags

    def before(self, at: Ints) -> Ints:
        """Return the first byte of the character that ends at each byte; there must be one.

        A character has four bytes at most, so three steps back over bytes that continue one are enough.
        """
        back = at - 1
        for _ in range(3):
            inside = (self.bytes_.take(back, mode="clip") & 0xC0) == 0x80
            back = back - inside
        return back

    def odd(self) -> Ints:
        """Return the bytes where a character begins that is flagged ODD, found without decoding ordinary text.

        A first pass compares bytes with the few that an odd character can begin with; what it finds is decoded.
        """
        leads, ends = _odd_bytes()

        def suspicious(block: npt.NDArray[np.uint8]) -> Bools:
            suspects: Bools = block < 32
            if block.view(np.int8).min() >= 0:  # ASCII: one comparison for all the others
                suspects |= block == 127
                return suspects
            equal = np.empty(len(block), np.bool_)
            for lead in leads:
                suspects |= np.equal(block, lead, out=equal)
            return suspects

        at = positions(self.bytes_, suspicious)
        lead = self.bytes_.take(at).astype(np.intp)
        last = self.bytes_.take(at + (lead >= 0x80) + (lead >= 0xE0) + (lead >= 0xF0), mode="clip")
        at = at[ends[lead, last]]
        return at[self.flags_at(at) & characters.ODD > 0]

    def document(self, at: Ints) -> Ints:
        """Return which document each byte lies in."""
        return np.searchsorted(self.bounds, at, "right") - 1


@functools.cache
def _odd_bytes() -> tuple[tuple[int, ...], Bools]:
    """Return what odd characters look like: first bytes above the blank, and which last bytes go with a first one."""
    odd = [chr(point).encode() for point in np.flatnonzero(characters.flags() & characters.ODD).tolist()]
    ends = np.zeros((256, 256), np.bool_)
    ends[[character[0] for character in odd], [character[-1] for character in odd]] = True
    return tuple(sorted({character[0] for character in odd if character > b" "})), ends


def positions(bytes_: npt.NDArray[np.uint8], test: Callable[[npt.NDArray[np.uint8]], Bools], ahead: int = 0) -> Ints:
    """Return where a test of bytes holds.

    Args:
        bytes_: what to test.
        test: takes some bytes in a row and returns a truth value for each but the last ``ahead``; it is asked block by
            block, so that what it computes stays in the cache.
        ahead: how many bytes after the one that it judges it has to see.
    """
    starts = range(0, len(bytes_) - ahead, _BLOCK)
    blocks = [np.flatnonzero(test(bytes_[k : k + _BLOCK + ahead])) + k for k in starts]
    return np.concatenate(blocks or [np.zeros(0, np.int64)])


def _rank(words: Words, ranks: Ints, at: Ints) -> Ints:
    """How many 1s stand before each bit: those before its word, and those below it in the word."""
    word = at >> 6
    below = (np.uint64(1) << (at & 63).astype(np.uint64)) - np.uint64(1)
    rank: Ints = ranks.take(word) + np.bitwise_count(words.take(word) & below)
    return rank


def _select(bits: Words, nth: Ints) -> Ints:
    """Return the position of the n-th 1 of each word, counted from 0.

    The broadword select of Vigna, Broadword Implementation of Rank/Select Queries, 2008: the eight bytes of a word are
    counted, added up and compared at once, in arithmetic on one 64-bit number, so that NumPy does it for all words
    without a loop over their bits.
    """
    rest = nth.view(np.uint64)
    # Count the 1s of every two bits, of every four, of every byte. Multiplied by 01 01 ... 01, each byte of the product
    # is the count of its byte and all lower ones.
    sums = bits - ((bits >> np.uint64(1)) & _M1)
    sums = (sums & _M2) + ((sums >> np.uint64(2)) & _M2)
    sums = ((sums + (sums >> np.uint64(4))) & _M4) * _BYTES_OF_1
    # Compare n with all eight sums at once: with its high bit set in each byte, n less the sum keeps that bit where the
    # sum is at most n. As many bytes lie wholly before the one that is sought; times 8 is its shift.
    shift = np.bitwise_count((((rest * _BYTES_OF_1) | _BYTES_OF_128) - sums) & _BYTES_OF_128).astype(np.uint64)
    shift <<= np.uint64(3)
    # n less the 1s of those bytes says which 1 of the byte is meant; a table knows where that is.
    in_byte = rest - (((sums << np.uint64(8)) >> shift) & np.uint64(255))
    entry = in_byte << np.uint64(8) | (bits >> shift) & np.uint64(255)
    position: Ints = (shift + _SELECT_IN_BYTE.take(entry.view(np.int64))).view(np.int64)
    return position


def same_text(text: Text, start: Ints, end: Ints, surface: pa.Array) -> Bools:
    """Return whether spans of a batch have the surfaces that are stored with them; a null one agrees with anything.

    A binary array is laid over the text, whose items are in turn a span and what lies between it and the next one. One
    ``take`` of the spans gathers their bytes, which are compared with those of all surfaces at once; only a batch that
    holds a difference is compared span by span.

    Args:
        text: the texts.
        start: the first byte of each span.
        end: the byte after its last.
        surface: what is stored, an array of strings.
    """
    if not len(start):
        return np.zeros(0, np.bool_)
    offsets = np.empty(2 * len(start) + 1, np.int32)
    offsets[0:-1:2], offsets[1::2], offsets[-1] = start, end, max(start[0], end[-1])
    offsets += np.int32(text.base)
    laid = pa.Array.from_buffers(pa.binary(), 2 * len(start), [None, pa.py_buffer(offsets), text.buffer])
    got = pc.take(laid, to_arrow(np.arange(0, 2 * len(start), 2, dtype=np.int32)), boundscheck=False)
    want = surface.cast(pa.binary())
    (go, gb), (wo, wb) = string_offsets(got), string_offsets(want)
    if surface.null_count == 0 and np.array_equal(go - go[0], wo - wo[0]):
        a, b = gb.slice(int(go[0]), int(go[-1] - go[0])), wb.slice(int(wo[0]), int(wo[-1] - wo[0]))
        if a.equals(b):
            return np.ones(len(start), np.bool_)
    return booleans(pc.equal(got, want)) | ~validity(surface)


def splits_cluster(text: str, at: int) -> bool:
    """Return whether a code point offset lies inside an extended grapheme cluster (UAX #29).

    Clusters are cut from the last printable ASCII character before the offset on, where one surely begins.
    """
    if not 0 < at < len(text):
        return False
    first = at - 1
    while first > 0 and not " " <= text[first] < "\x7f":
        first -= 1
    ends = (match.end() for match in regex.finditer(r"\X", text, pos=first))
    reached: int = next(end for end in ends if end >= at)
    return reached != at
