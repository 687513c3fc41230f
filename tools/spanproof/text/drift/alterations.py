"""What became of surfaces whose offsets are right: cut, quoted, padded; and where white space leaves that undecided.

Such a surface is its slice with something done to it, so that it is looked for at its own offsets and nowhere else. A
reading counts as a way of writing among the others: longer models that put the span elsewhere are its rivals. It must
have a witness more than two, since how the surfaces were altered is read off them.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from spanproof.arrays import Bools
from spanproof.text.drift.model import Placement
from spanproof.text.drift.surfaces import Candidates
from spanproof.text.drift.writings import Writing

_WITNESSES = 3
QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’", "„": "“", "«": "»", "»": "«", "`": "`", "「": "」", "『": "』"}
_MARKS = frozenset({*QUOTES, *QUOTES.values()})
CUT_MARKS = ("", "…", "...")
PADDED = Writing("padded-surfaces", "surfaces have white space at an edge that the text doesn't have there")
KEPT = "space-kept-surfaces"

Stored = tuple[int, int, str]
"""Start and end as stored, and the surface."""


def alterations(text: str, spans: Sequence[Stored]) -> Iterator[Candidates]:
    """Yield the ways in which surfaces were altered whose offsets are right, each with the spans that bear it out.

    Args:
        text: the text.
        spans: the different spans.
    """
    sliced = [(k, text[s:e], w) for k, (s, e, w) in enumerate(spans) if 0 <= s < e <= len(text)]
    wrong = [(k, slice_, surface) for k, slice_, surface in sliced if slice_ != surface]
    if len(wrong) < _WITNESSES:
        return
    for writing, kept in (*_cut(sliced, wrong), *_quoted(text, spans, wrong), *_padded(text, spans, wrong)):
        if len({slice_ for k, slice_, _ in wrong if k in kept}) >= _WITNESSES:
            rows = np.array(sorted(kept), np.int64)
            start, end = (np.array([spans[k][side] for k in sorted(kept)], np.int64) for side in (0, 1))
            counts = np.bincount(rows, minlength=len(spans)).astype(np.int64)
            yield Candidates(rows, start, end, counts, (writing,))


_Sliced = Sequence[tuple[int, str, str]]
"""The number of a span, its slice and its surface."""
_Reading = tuple[Writing, set[int]]


def _cut(sliced: _Sliced, wrong: _Sliced) -> Iterator[_Reading]:
    """Yield the readings that surfaces were cut after a number of characters, and a mark put there."""
    for mark in CUT_MARKS:
        stems = [(k, slice_, surface.removesuffix(mark)) for k, slice_, surface in wrong if surface.endswith(mark)]
        sizes = Counter(len(stem) for _, slice_, stem in stems if stem and slice_.startswith(stem))
        if sizes:
            size = max(sizes, key=lambda size: (sizes[size], -size))
            of = f"{size} character{'' if size == 1 else 's'}"
            statement = f"surfaces are cut after {of}" + (f", with {mark} behind" if mark else "")
            whole = {k for k, slice_, surface in sliced if len(slice_) <= size and surface == slice_}
            cut = {k: len(slice_) for k, slice_, surface in wrong if surface == slice_[:size] + mark}
            # Where all slices are longer by the same number, it may be the ends that are too high.
            if mark or len(set(cut.values())) > 1:
                yield Writing("truncated-surfaces", statement), whole | cut.keys()


def _quoted(text: str, spans: Sequence[Stored], wrong: _Sliced) -> Iterator[_Reading]:
    """Yield the reading that surfaces have quotation marks around them which the text doesn't have there."""
    marked = [(k, surface[:1], surface[-1:]) for k, slice_, surface in wrong if surface[1:-1] == slice_]
    marked = [(k, first, last) for k, first, last in marked if QUOTES.get(first) == last]
    pairs = Counter((first, last) for _, first, last in marked)
    if pairs:
        pair = pairs.most_common(1)[0][0]
        kept = {k for k, *marks in marked if tuple(marks) == pair and not _stands(text, spans[k], 1, 1)}
        yield Writing("quoted-surfaces", f"surfaces are in quotation marks, {pair[0]}...{pair[1]}"), kept


def _padded(text: str, spans: Sequence[Stored], wrong: _Sliced) -> Iterator[_Reading]:
    """Yield the reading that surfaces have white space at an edge which the text doesn't have everywhere there."""
    pads = {k: _pads(surface) for k, slice_, surface in wrong if surface.strip() == slice_}
    common = Counter(pads.values()).most_common(1)
    if common:
        (before, after), _ = common[0]
        kept = {k for k, pad in pads.items() if pad == (before, after)}
        if sum(not _stands(text, spans[k], len(before), len(after)) for k in kept) >= _WITNESSES:
            yield PADDED, kept


def _pads(surface: str) -> tuple[str, str]:
    core = surface.strip()
    return (surface[: surface.index(core)], surface[surface.index(core) + len(core) :]) if core else ("", surface)


def _stands(text: str, span: Stored, before: int, after: int) -> bool:
    start, end, surface = span
    return start >= before and text[start - before : end + after] == surface


@dataclass(frozen=True)
class AtEdges:
    """Spans that differ from their surfaces at the edges alone, and which side is off isn't to be told.

    Attributes:
        name: the short name of the cause.
        statement: the cause in words.
        placements: where each of the spans belongs: without white space at its edges, which is likely; or, where it is
            quotation marks, one of two places.
    """

    name: str
    statement: str
    placements: tuple[Placement, ...]


def at_edges(text: str, spans: Sequence[Stored], right: Bools) -> AtEdges | None:
    """Return the readings of spans of which all that are wrong differ at their edges alone.

    The white space, or the quotation marks, stand in the text: a surface that has them may be right, and so may be one
    that lacks them. The two explain as much in as few words, so neither is proved.

    Args:
        text: the text.
        spans: the different spans.
        right: which of them agree with the text.

    Returns:
        The readings; None where a wrong span differs otherwise.
    """
    placements, kinds = [], Counter[str]()
    for span, agrees in zip(spans, right.tolist(), strict=True):
        other = None if agrees else _other(text, span)
        if not agrees and other is None:
            return None
        if other is None:
            placements.append(Placement())
            continue
        start, end, surface = span
        slice_ = text[start:end]
        kind = (
            "quoted"
            if slice_.strip() != surface.strip()
            else "kept"
            if slice_ == slice_.strip()
            else "stripped"
            if surface == surface.strip()
            else "either"
        )
        kinds[kind] += 1
        place = {"kept": (start, end), "stripped": other}.get(kind)
        placements.append(Placement("likely" if place else "open", place, tuple(sorted(((start, end), other)))))
    kind = next(iter(kinds)) if len(kinds) == 1 else "either"
    name, statement = _READINGS["quoted" if "quoted" in kinds else kind]
    return AtEdges(name, statement, tuple(placements))


_READINGS = {
    "kept": (
        KEPT,
        "surfaces hold the white space beside their spans, or offsets leave it out; the text can't tell",
    ),
    "stripped": (
        "stripped-surfaces",
        "surfaces are stripped of white space, or offsets take it in; the text can't tell",
    ),
    "either": (
        "edge-space-surfaces",
        "surfaces and offsets differ by the white space at edges; the text can't tell which is right",
    ),
    "quoted": (
        "quotation-marks-surfaces",
        "surfaces and offsets differ by the quotation marks around the words; the text can't tell which is right",
    ),
}


def _unquoted(words: str) -> str:
    """Return words without the white space and the quotation marks around them; as they are where these aren't both."""
    core = words.strip()
    return core[1:-1].strip() if len(core) > 1 and core[0] in _MARKS and core[-1] in _MARKS else core


def _other(text: str, span: Stored) -> tuple[int, int] | None:
    """Return where the surface of a span stands that has the same words but for what may be at their edges.

    That is white space, and the quotation marks around them. None if the surface doesn't stand there.
    """
    start, end, surface = span
    if not 0 <= start < end <= len(text):
        return None
    slice_ = text[start:end]
    core = min(slice_.strip(), surface.strip(), key=len)
    if not core or core not in (slice_.strip(), _unquoted(slice_)) or core not in (surface.strip(), _unquoted(surface)):
        return None
    low = start + slice_.index(core) - surface.index(core)
    return (low, low + len(surface)) if low >= 0 and text[low : low + len(surface)] == surface else None
