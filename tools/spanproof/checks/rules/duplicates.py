"""SP603: documents with nearly the same text.

Two texts are alike by how many of their shingles, runs of eight bytes, both have (Broder, "On the resemblance and
containment of documents", 1997). All shingles of a corpus are too many to keep, so each document is kept as a sketch:
the hashes of about 24 of its shingles, those with the least hashes. Two texts that share a part of their shingles share
that part of these too, since the same shingle has the same hash everywhere.

Not every pair of sketches is compared. Only documents that share links are, which are two neighbours in sorted
sketches: texts of one language share many a shingle by chance, but hardly ever two neighbours. The sketches lie in a
file; links are compared range by range, so that memory grows with the pairs that share some, not with the corpus.
"""

import hashlib
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from spanproof.arrays import (
    Ints,
    Words,
    compact,
    distinct,
    indices,
    string_offsets,
    strings,
    to_arrow,
    words_at,
)
from spanproof.checks.rule import rule
from spanproof.checks.view import View
from spanproof.corpus.findings import Finding
from spanproof.corpus.spool import ranges
from spanproof.text.index import positions

Small = npt.NDArray[np.int32]
Unsigned = TypeVar("Unsigned", npt.NDArray[np.uint8], npt.NDArray[np.uint64])

_SHINGLE = 8
"""Bytes of a shingle, as many as a 64-bit word holds."""
_SAMPLED = 24
"""Shingles of a document that are kept, about."""
_ENOUGH, _ALIKE = 6, 0.8
"""How many sampled shingles two documents must share at least, and which share of all that either has."""
_LONG_TEXT, _SELDOM, _OFTEN = 2048, 2, 16
"""From how many bytes on a text is long; how many of 256 first bytes of a hash are looked at in long and short ones."""
_LOW = np.uint64((1 << 32) - 1)
_MIX = np.uint64(0x9E3779B97F4A7C15)
"""2**64 divided by the golden ratio: multiplying by it spreads what differs in low bits over the high ones."""
_UNMIX = np.uint64(pow(int(_MIX), -1, 1 << 64))
"""Multiplying by it undoes that."""

_VOTE = (
    "Everyone who was in town knew what the vote would mean, and few would have wanted to wait for a review. "
    "On Monday the two envoys drove over the river, viewed the new works, and wrote down what they saw. "
    "Whoever walked with them was given seven questions about the weather, the villages and the wells."
)


@dataclass(frozen=True)
class Sketch:
    """The sketches of the documents of a batch.

    Attributes:
        hashes: of sampled shingles, document by document, shape (hashes,).
        sizes: how many hashes each document has, shape (documents,).
        limits: the greatest hash that a shingle of each document could have and still be sampled, shape (documents,).
        digests: of the whole text of each document, where documents may have the same text; else none.
        names: the keys of the documents; None where the schema has no key.
        origin: file and line of the documents.
    """

    hashes: Words
    sizes: Small
    limits: Words
    digests: Sequence[bytes]
    names: pa.Array | None
    origin: Sequence[tuple[str | None, int | None]]


def _sketches(view: View) -> Sketch:
    """Return the sketches of a batch.

    To hash every shingle would take longer than all other rules together. So a hash begins with a byte that is made of
    three bytes of its shingle, and only where that byte is small enough to be sampled is the shingle hashed: in long
    texts where it is less than 2 of 256, in short ones where it is less than 16, else they would have too few. What is
    less than 2 is less than 16, so the sketch of a long and that of a short text can be compared up to the lower limit.
    """
    names = None if view.keys is None else compact(view.keys)
    members = view.schema.texts
    texts = view.texts(members[0]) if members else strings([""] * len(view.documents))
    long = np.diff(string_offsets(texts)[0]) >= _LONG_TEXT
    short = indices(~long)
    rows, few = _shingles(texts, _SELDOM)
    rows_of_short, many = _shingles(texts.take(to_arrow(short)), _OFTEN)
    row, hashes = np.append(rows[long[rows]], short[rows_of_short]), np.append(few[long[rows]], many)
    # A document with twice as many hashes as wanted has a limit half as high, and so on: about as many are left.
    counts = np.maximum(np.bincount(row, minlength=len(texts)), _SAMPLED).astype(np.uint64)
    limits = np.where(long, np.uint64(_SELDOM << 56), np.uint64(_OFTEN << 56)) // counts * np.uint64(_SAMPLED)
    sampled = hashes <= limits[row]
    row, hashes = row[sampled], hashes[sampled]
    sizes = np.bincount(row, minlength=len(texts)).astype(np.int32)
    # Long texts stand before short ones: each document is fetched from where its hashes begin.
    ends = np.cumsum(sizes)
    begin = np.where(long, np.cumsum(sizes * long), np.sum(sizes * long) + np.cumsum(sizes * ~long)) - sizes
    hashes = hashes[np.arange(len(hashes)) + np.repeat(begin - (ends - sizes), sizes)]
    return Sketch(hashes, sizes, limits, _digests(view, texts), names, view.batch.origin)


def _digests(view: View, texts: pa.Array) -> Sequence[bytes]:
    """Return the digest of each text, where the schema allows documents of the same text."""
    if not view.schema.root.same_text_allowed:
        return ()
    bounds, buffer = string_offsets(texts)
    data = memoryview(buffer)
    return [hashlib.blake2b(data[a:b], digest_size=16).digest() for a, b in itertools.pairwise(bounds.tolist())]


def _shingles(texts: pa.Array, least: int) -> tuple[Ints, Words]:
    """Return the text and the hash of each shingle whose hash begins with a byte less than ``least``."""
    if not len(texts):
        return np.zeros(0, np.int64), np.zeros(0, np.uint64)
    bounds, buffer = string_offsets(texts)
    bytes_ = np.frombuffer(buffer, np.uint8)[bounds[0] : bounds[-1]]
    bounds = bounds - bounds[0]
    at = positions(bytes_, lambda block: _first(block[:-7], block[3:-4], block[7:]) < least, ahead=7)
    row = np.repeat(np.arange(len(texts)), np.diff(np.searchsorted(at, bounds)))
    inside = at + _SHINGLE <= bounds[1:][row]
    at, row = at[inside], row[inside]
    if not at.size:
        return row, np.zeros(0, np.uint64)
    shingles = words_at(bytes_, at)
    first = _first(*(shingles >> np.uint64(8 * k) for k in (0, 3, 7))) & np.uint64(255)
    hashes = shingles * _MIX
    return row, first << np.uint64(56) | (hashes ^ hashes >> np.uint64(29)) >> np.uint64(8)


def _first(a: Unsigned, b: Unsigned, c: Unsigned) -> Unsigned:
    """Return the first byte of a hash, of three bytes of a shingle: the lowest byte, whatever stands above it."""
    hashed: Unsigned = a * 157
    for number, factor in ((b, 53), (c, 197)):
        hashed += number
        hashed *= factor
    return hashed


@rule(
    "SP603",
    "near-identical",
    "warning",
    collect=_sketches,
    spooled=True,
    bad=[{"text": _VOTE}, {"id": "second", "text": _VOTE.replace("Monday", "Tuesday")}],
    good=[{"text": _VOTE}, {"id": "second", "text": "Ana Silva said on Tuesday: “We meet in Lisbon.”"}],
)
def near_identical(collected: Iterable[Sketch]) -> Iterator[Finding]:
    """Two documents have nearly the same text.

    A text that is counted twice weighs double; in both training and test data, it leaks. The texts are compared by
    samples of the pieces of eight bytes that they consist of (Broder's resemblance). They are reported if at least 80 %
    of the samples are in both.

    Waive it where both texts are wanted, such as two versions of one report, and stay in one split. If the same text is
    in several documents because each annotator has one, let the schema say ``"sameText": "allowed"``.
    """
    number = sum(len(sketch.sizes) for sketch in collected)
    bits = np.uint64(max(1, int(number - 1).bit_length()))
    a, b = _sharing(collected, bits, number)
    documents = _documents(collected, bits, np.append(a, b))
    for k in range(len(a)):
        one, other = documents[int(a[k])], documents[int(b[k])]
        # Above the lower limit of the two, one of them was not sampled, so that nothing can be said.
        limit = min(one.limit, other.limit)
        some, others = (sketched.hashes[sketched.hashes <= limit] for sketched in (one, other))
        shared = len(np.intersect1d(some, others, assume_unique=True))
        alike = shared / max(1, len(some) + len(others) - shared)
        if shared >= _ENOUGH and alike >= _ALIKE and not (one.digest and one.digest == other.digest):
            called = f"document {int(a[k]) + 1}" if one.name is None else one.name
            message = f"has about {alike:.0%} of its text in common with {called}"
            file, line = other.origin
            yield Finding("", "warning", message, other.name, file=file, line=line, row=other.row)


class _Sketched(NamedTuple):
    """One document: its hashes and their limit, shortened; what it is called, where it stands."""

    hashes: Words
    limit: np.uint64
    digest: bytes
    name: str | None
    origin: tuple[str | None, int | None]
    row: int


def _documents(collected: Iterable[Sketch], bits: np.uint64, wanted: Ints) -> dict[int, _Sketched]:
    """Return some documents by their number in the corpus.

    Args:
        collected: the sketches of all.
        bits: by how many bits hashes are shortened.
        wanted: the numbers.
    """
    documents, base, wanted = dict[int, _Sketched](), 0, distinct(wanted)
    for sketch in collected if len(wanted) else ():
        low, high = np.searchsorted(wanted, [base, base + len(sketch.sizes)])
        bounds = np.append(0, np.cumsum(sketch.sizes))
        for number in wanted[low:high].tolist():
            row = number - base
            documents[number] = _Sketched(
                distinct(sketch.hashes[bounds[row] : bounds[row + 1]] >> bits),
                sketch.limits[row] >> bits,
                sketch.digests[row] if sketch.digests else b"",
                None if sketch.names is None else sketch.names[row].as_py(),
                sketch.origin[row],
                row,
            )
        base += len(sketch.sizes)
    return documents


def _sharing(collected: Iterable[Sketch], bits: np.uint64, number: int) -> tuple[Ints, Ints]:
    """Return pairs of documents that share two links or more, and one for six hashes or more.

    A pair is the first document that has the links with another one. Near documents have far more in common. Common
    words give hashes that many documents share, but hardly links. So few pairs are left to be compared in full.

    Args:
        collected: the sketches of all documents.
        bits: how many bits the number of a document takes.
        number: how many documents there are.
    """
    near: list[Words] = [np.zeros(0, np.uint64)]
    sizes = np.zeros(number, np.int32)
    # Mixed, they are spread over all ranges: most pairs begin with one of the first documents.
    linked = (_linked(links, bits) * _MIX for links in ranges(_links(collected, bits, sizes), 1 << 64))
    for mixed in ranges(linked, 1 << 64):
        starts = indices(np.append(True, mixed[1:] != mixed[:-1])[: len(mixed)])
        shared = np.diff(np.append(starts, len(mixed)))
        several = shared > 1
        pairs, shared = mixed[starts[several]] * _UNMIX, shared[several]
        a, b = _both(pairs)
        near.append(pairs[6 * shared >= np.minimum(sizes[a], sizes[b])])
    return _both(np.sort(np.concatenate(near)))


def _both(pairs: Words) -> tuple[Ints, Ints]:
    """Return both documents of pairs that are a number each."""
    return (pairs >> np.uint64(32)).astype(np.int64), (pairs & _LOW).astype(np.int64)


def _linked(links: Words, bits: np.uint64) -> Words:
    """Return pairs of documents that share links, the first that has a link with each other one, as one number.

    Args:
        links: in order, the number of the document in the low bits.
        bits: how many bits that takes.
    """
    document = np.uint64((1 << int(bits)) - 1)
    heads = links[1:] ^ links[:-1] >= np.uint64(1) << bits
    first = np.append(0, indices(heads) + 1)
    again = indices(~heads) + 1
    a, b = (links[k] & document for k in (first[np.searchsorted(first, again) - 1], again))
    pairs: Words = (a << np.uint64(32) | b)[a != b]
    return pairs


def _links(collected: Iterable[Sketch], bits: np.uint64, sizes: Small) -> Iterator[Words]:
    """Yield the links of each batch: a hash of two neighbours of a sketch, and in the low bits the document.

    Sorted, the documents that share a link stand side by side, the first of them first.

    Args:
        collected: the sketches of all documents.
        bits: how many bits the number of a document takes.
        sizes: is told how many hashes each document has, shape (documents,).
    """
    base, above = 0, np.uint64(64) - bits
    for sketch in collected:
        # One number holds a document above and a hash below: sorting numbers is fast, and leaves each document's
        # together.
        rows = np.arange(base, base + len(sketch.sizes), dtype=np.uint64) << above
        keys = distinct(sketch.hashes >> bits | np.repeat(rows, sketch.sizes))
        links: Words = (keys[:-1] << bits) * _MIX
        links += keys[1:] << bits
        links *= _MIX
        links >>= bits
        links <<= bits
        rows = keys >> above
        links |= rows[1:]
        sizes[base : base + len(sketch.sizes)] = np.bincount(rows.astype(np.int64) - base, minlength=len(sketch.sizes))
        yield links[rows[1:] == rows[:-1]]
        base += len(sketch.sizes)
