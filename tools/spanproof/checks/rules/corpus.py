"""SP6xx: across documents: one surface with two labels or entities, near-identical documents."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from spanproof.arrays import Ints, Words, codes, distinct, indices, pairs, string_offsets, strings, to_arrow
from spanproof.checks.examples import ANA
from spanproof.checks.rule import rule
from spanproof.checks.view import View
from spanproof.corpus.findings import Finding
from spanproof.schema.node import Node
from spanproof.text.index import positions

Small = npt.NDArray[np.int32]
Unsigned = TypeVar("Unsigned", npt.NDArray[np.uint8], npt.NDArray[np.uint64])

_LONG = (
    "Everyone who was in town knew what the vote would mean, and few would have wanted to wait for a review. "
    "On Monday the two envoys drove over the river, viewed the new works, and wrote down what they saw. "
    "Whoever walked with them was given seven questions about the weather, the villages and the wells."
)
_THERE = {**ANA, "start": 21, "end": 30}
_SECOND = {"id": "second", "text": "Yesterday nobody met Ana Silva in town."}


@dataclass(frozen=True)
class Uses:
    """The values of a member for each surface in a batch: every distinct pair, how often it is used, first where.

    ``is_label`` says whether the member is the label of its span. ``surface`` and ``value`` are places in ``surfaces``
    and ``values``; ``row``, ``at``, ``start`` and ``end`` are those of the first span.
    """

    place: tuple[str, ...]
    member: str
    is_label: bool
    surfaces: pa.Array
    values: pa.Array
    surface: Small
    value: Small
    count: Small
    row: Small
    at: tuple[Small, ...]
    start: Small
    end: Small
    names: pa.Array | None
    origin: Sequence[tuple[str | None, int | None]]


def _uses(view: View) -> list[Uses]:
    found = []
    names = view.documents.columns[view.schema.key] if view.schema.key else None
    for lists, consistent in view.schema.having(Node.consistent):
        assert lists.items is not None
        place = lists.items.place
        spans = view.spans[place]
        if spans.surface is None:
            continue
        surface, surfaces = view.codes((*place, "text"))
        for member in consistent:
            value, values = view.codes((*place, member))
            k = indices(spans.open & (surface >= 0) & (value >= 0))
            first, count = pairs(surface[k], value[k], len(surfaces))
            k = k[first]
            columns = (surface, value, spans.items.doc, spans.start, spans.end, *spans.items.at)
            s, v, row, start, end, *at = (column[k].astype(np.int32) for column in columns)
            found.append(
                Uses(
                    place, member, member == spans.node.label, surfaces, values, s, v, count.astype(np.int32),
                    row, tuple(at), start, end, names, view.batch.origin,
                )
            )  # fmt: skip
    return found


def _inconsistent(collected: Sequence[list[Uses]], labels: bool) -> Iterator[Finding]:
    groups: dict[tuple[tuple[str, ...], str], list[Uses]] = defaultdict(list)
    for uses in (uses for batch in collected for uses in batch):
        if uses.is_label == labels:
            groups[uses.place, uses.member].append(uses)
    for (place, member), batches in groups.items():
        (surface, surfaces), (value, values) = (
            codes(pa.concat_arrays([getattr(uses, name).take(to_arrow(getattr(uses, name[:-1]))) for uses in batches]))
            for name in ("surfaces", "values")
        )
        first, _ = pairs(surface, value, len(surfaces))
        doubtful = np.bincount(surface[first], minlength=len(surfaces)) > 1
        by_surface: dict[int, dict[int, list[tuple[Uses, int]]]] = defaultdict(lambda: defaultdict(list))
        base = np.cumsum([0, *(len(uses.surface) for uses in batches)])
        for j in indices(doubtful[surface]).tolist():
            batch = int(np.searchsorted(base, j, "right")) - 1
            by_surface[int(surface[j])][int(value[j])].append((batches[batch], j - int(base[batch])))
        for s, found in by_surface.items():
            by_value = {values[v].as_py(): uses for v, uses in found.items()}
            yield _ambiguous(place, member, surfaces[s].as_py(), by_value)


def _ambiguous(
    place: tuple[str, ...], member: str, surface: str, by_value: Mapping[str, list[tuple[Uses, int]]]
) -> Finding:
    counts = {value: sum(int(uses.count[j]) for uses, j in found) for value, found in by_value.items()}
    ranked = sorted(by_value, key=lambda value: -counts[value])
    shown = ", ".join(f"{value} ({counts[value]})" for value in ranked)
    rare, j = by_value[ranked[-1]][0]
    row, index = int(rare.row[j]), iter(rare.at)
    path = tuple(int(next(index)[j]) if step == "*" else step for step in place)
    name = None if rare.names is None else rare.names[row].as_py()
    return Finding(
        "", "warning", f"{surface!r} has different values of {member}: {shown}", name, path, None,
        int(rare.start[j]), int(rare.end[j]), surface, file=rare.origin[row][0], line=rare.origin[row][1],
    )  # fmt: skip


@rule(
    "SP601",
    "surface-with-two-labels",
    "warning",
    needs=Node.consistent,
    collect=lambda view: view.once("uses", lambda: _uses(view)),
    bad=[{"entities": [ANA]}, {**_SECOND, "entities": [{**_THERE, "label": "ORG"}]}],
    good=[{"entities": [ANA]}, {**_SECOND, "entities": [_THERE]}],
)
def surface_with_two_labels(collected: Sequence[list[Uses]]) -> Iterator[Finding]:
    """The same surface has two labels in the corpus.

    One of them is wrong, or the surface is ambiguous.

    Waive it where the surface really means two things, such as "White House" the building and the institution.
    """
    yield from _inconsistent(collected, labels=True)


@rule(
    "SP602",
    "surface-with-two-entities",
    "warning",
    needs=Node.consistent,
    collect=lambda view: view.once("uses", lambda: _uses(view)),
    bad=[{"entities": [ANA]}, {**_SECOND, "entities": [{**_THERE, "entity_id": "ana-silva-lopez"}]}],
    good=[{"entities": [ANA]}, {**_SECOND, "entities": [_THERE]}],
)
def surface_with_two_entities(collected: Sequence[list[Uses]]) -> Iterator[Finding]:
    """The same surface names two entities in the corpus.

    One of them is wrong, or two things have one name.

    Waive it where two things in the corpus really have one name, such as a father and his son.
    """
    yield from _inconsistent(collected, labels=False)


@dataclass(frozen=True)
class Sketch:
    """Sampled shingles of the documents of a batch: their hashes, document by document, and who the documents are.

    ``sizes`` says how many hashes each document has, ``limits`` below which value a shingle of it was sampled.
    """

    hashes: Words
    sizes: Small
    limits: Words
    names: pa.Array | None
    origin: Sequence[tuple[str | None, int | None]]


_SHINGLE, _SAMPLED, _ENOUGH, _ALIKE = 8, 24, 6, 0.8
_LONG_TEXT, _SELDOM, _OFTEN = 2048, 2, 16
_MIX = np.uint64(0x9E3779B97F4A7C15)


def _sketches(view: View) -> Sketch:
    """About 24 shingles of each document, those with the least hashes.

    A hash begins with one of three of the bytes. Long texts are read only where that is less than 2 of 256, short ones
    where it is less than 16: few shingles are hashed, and the samples of a long and a short text can be compared.
    """
    names = view.documents.columns[view.schema.key] if view.schema.key else None
    members = view.schema.texts
    texts = view.texts(members[0]) if members else strings([""] * len(view.documents))
    long = np.diff(string_offsets(texts)[0]) >= _LONG_TEXT
    short = indices(~long)
    rows, few = _shingles(texts, _SELDOM)
    others, many = _shingles(texts.take(to_arrow(short)), _OFTEN)
    row, hashes = np.append(rows[long[rows]], short[others]), np.append(few[long[rows]], many)
    found = np.maximum(np.bincount(row, minlength=len(texts)), _SAMPLED).astype(np.uint64)
    limits = np.where(long, np.uint64(_SELDOM << 56), np.uint64(_OFTEN << 56)) // found * np.uint64(_SAMPLED)
    sampled = hashes <= limits[row]
    row, hashes = row[sampled], hashes[sampled]
    sizes = np.bincount(row, minlength=len(texts)).astype(np.int32)
    return Sketch(hashes[np.argsort(row, kind="stable")], sizes, limits, names, view.batch.origin)


def _shingles(texts: pa.Array, least: int) -> tuple[Ints, Words]:
    """The shingles of some texts where the hash of three bytes is less than this: the text of each, and its hash."""
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
    windows = np.lib.stride_tricks.as_strided(bytes_[:8].view(np.uint64), (len(bytes_) - 7,), (1,), writeable=False)
    shingles = windows[at]
    first = _first(*(shingles >> np.uint64(8 * k) for k in (0, 3, 7))) & np.uint64(255)
    hashes = shingles * _MIX
    return row, first << np.uint64(56) | (hashes ^ hashes >> np.uint64(29)) >> np.uint64(8)


def _first(a: Unsigned, b: Unsigned, c: Unsigned) -> Unsigned:
    """A hash of three bytes: the lowest byte of the result, whatever stands above them."""
    hashed: Unsigned = ((a * 157 + b) * 53 + c) * 197
    return hashed


@rule(
    "SP603",
    "near-identical",
    "warning",
    collect=_sketches,
    bad=[{"text": _LONG}, {"id": "second", "text": _LONG.replace("Monday", "Tuesday")}],
    good=[{"text": _LONG}, {"id": "second", "text": "Ana Silva said on Tuesday: “We meet in Lisbon.”"}],
)
def near_identical(collected: Sequence[Sketch]) -> Iterator[Finding]:
    """Two documents have nearly the same text.

    Counted twice, a text weighs double; split over training and test, it leaks. Compared by sampled shingles of eight
    bytes (Broder's resemblance): at least 80 % shared.

    Waive it where both texts are wanted, such as two versions of one report, and stay in one split.
    """
    base = np.cumsum([0, *(len(sketch.sizes) for sketch in collected)])
    if not base[-1]:
        return
    bits = np.uint64(max(1, int(base[-1] - 1).bit_length()))
    sizes, limits, keys = (
        np.concatenate([getattr(sketch, name) for sketch in collected]) for name in ("sizes", "limits", "hashes")
    )
    # One number holds a document above and a hash below: sorting numbers is fast, and leaves each document's together.
    rows = np.arange(base[-1], dtype=np.uint64) << (np.uint64(64) - bits)
    keys >>= bits
    keys |= np.repeat(rows, sizes)
    keys = distinct(keys)
    bounds = np.append(np.searchsorted(keys, rows), len(keys))
    for a, b in _candidates(keys, bits, np.diff(bounds)):
        limit = min(limits[a], limits[b]) >> bits
        one, other = (keys[bounds[k] : bounds[k + 1]] << bits >> bits for k in (a, b))
        one, other = one[one <= limit], other[other <= limit]
        shared = len(np.intersect1d(one, other, assume_unique=True))
        alike = shared / max(1, len(one) + len(other) - shared)
        if shared >= _ENOUGH and alike >= _ALIKE:
            names = [_identity(collected, base, row) for row in (a, b)]
            message = f"shares {alike:.0%} of its sampled shingles with {names[0][0] or f'document {a + 1}'}"
            name, file, line, batch = names[1]
            yield Finding("", "warning", message, name, file=file, line=line, row=b - int(base[batch]))


def _candidates(keys: Words, bits: np.uint64, sizes: Ints) -> Iterator[tuple[int, int]]:
    """Documents that share links with the first that has them; a link is two neighbours among a document's hashes.

    Two links, and one for six hashes, are far fewer than near documents have in common. Common words give hashes that
    many documents share, but hardly links; so few are left to be compared in full.
    """
    together = (keys[1:] ^ keys[:-1]) >> (np.uint64(64) - bits) == 0
    links = (keys[:-1] << bits) * _MIX
    links += keys[1:] << bits
    links *= _MIX
    links >>= bits
    links <<= bits
    links |= keys[1:] >> (np.uint64(64) - bits)
    links = np.sort(links[together])
    heads = links[1:] ^ links[:-1] >= np.uint64(1) << bits
    first = np.append(0, indices(heads) + 1)
    again = indices(~heads) + 1
    document = np.uint64((1 << int(bits)) - 1)
    first, again = ((links[k] & document).astype(np.int64) for k in (first[np.searchsorted(first, again) - 1], again))
    found, shared = np.unique(first << np.int64(32) | again, return_counts=True)
    a, b = found >> np.int64(32), found & np.int64(0xFFFFFFFF)
    near = (a != b) & (shared > 1) & (6 * shared >= np.minimum(sizes[a], sizes[b]))
    yield from zip(a[near].tolist(), b[near].tolist(), strict=True)


def _identity(collected: Sequence[Sketch], base: Ints, row: int) -> tuple[str | None, str | None, int | None, int]:
    batch = int(np.searchsorted(base, row, "right")) - 1
    sketch, local = collected[batch], row - int(base[batch])
    return (sketch.names[local].as_py() if sketch.names is not None else None, *sketch.origin[local], batch)
