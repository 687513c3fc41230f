"""Drifts: what a text was when its spans were counted, how they were counted, and what became of their surfaces.

A drift isn't a named fault. It is drawn from a model: how many units each character counts, a shift, edits of the text
since, where counting begins, what an end is, what was done to the surfaces, and which spans it befell.
"""

import html
import json
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random
from types import MappingProxyType
from typing import Literal

from spanproof.testing.open_world.texts import Occurrence, Written

SURFACES: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "nfd": lambda surface: unicodedata.normalize("NFD", surface),
        "lower": str.lower,
        "ascii": lambda surface: unicodedata.normalize("NFKD", surface).encode("ascii", "ignore").decode() or surface,
        "mojibake": lambda surface: surface.encode().decode("latin-1"),
        "truncated": lambda surface: surface[:5],
        "quoted": lambda surface: f'"{surface}"',
        "escaped": html.escape,
        "json": lambda surface: json.dumps(surface)[1:-1],
    }
)
"""What may have been done to surfaces, by name."""


@dataclass(frozen=True)
class Drift:
    """How the offsets and surfaces of a document came to disagree with its text.

    Attributes:
        shift: added to every offset, in code points.
        widths: how many units more than one a character counts, by character; -1 where it isn't counted.
        collapsed: whether a run of white space is counted as one.
        edits: how many stretches were deleted from the text, or put into it, after the spans were counted.
        touching: whether an edit may delete mentions, which then belong nowhere; else it stays outside of all.
        frame: what offsets count from: the text, or their paragraph or sentence; or offsets that count tokens.
        end: what an end is: the offset after the last unit, of the last unit, how many units the span has, or the start
            and how many code points the surface has.
        surface: a name of :data:`SURFACES`, or None where surfaces are as they were.
        share: how many of the spans it befell, between 0 and 1; the others are where they belong.
        lone: whether each span that it befell has an edit of its own instead, a slip by some code points.
        lost: offsets that a search left instead: at the first place of the surface, or at 0.
        stored: whether spans store their surface.
    """

    shift: int = 0
    widths: Mapping[str, int] = field(default_factory=dict)
    collapsed: bool = False
    edits: int = 0
    touching: bool = False
    frame: Literal["text", "paragraph", "sentence", "tokens"] = "text"
    end: Literal["after", "last", "length", "surface"] = "after"
    surface: str | None = None
    share: float = 1.0
    lone: bool = False
    lost: Literal["no", "first", "zero"] = "no"
    stored: bool = True


@dataclass(frozen=True)
class Placed:
    """A span as a drift left it: offsets as stored, surface or None, and where it belongs; None if nowhere."""

    start: int
    end: int
    surface: str | None
    place: tuple[int, int] | None


def drifted(drift: Drift, written: Written, mentions: Sequence[Occurrence], random: Random) -> tuple[str, list[Placed]]:
    """Return the text as it is now, and the spans of some mentions as they are stored.

    Args:
        drift: what happened.
        written: the text as it was when the spans were counted.
        mentions: those of its mentions that are annotated.
        random: chooses the edits, and which spans it befell.
    """
    counted = _counted(drift, written)
    text, moved = written.text, list(range(len(written.text) + 1))
    gone = [False] * len(written.text)
    for _ in range(drift.edits):
        text, moved, gone = _edited(text, moved, gone, mentions, random, drift.touching)
    spans = []
    for mention in mentions:
        whole = not any(gone[mention.start : mention.end])
        last = moved[mention.end - 1] + 1
        whole = whole and last - moved[mention.start] == mention.end - mention.start
        place = (moved[mention.start], last) if whole else None
        surface = written.text[mention.start : mention.end]
        stored: tuple[int, int] = counted(mention.start, mention.end)
        if place and random.random() >= drift.share:
            stored = place
        elif drift.lone and place:
            slip = random.choice((-1, 1)) * random.randrange(1, 60)
            stored = max(0, place[0] + slip), max(0, place[0] + slip) + len(surface)
        elif drift.lost != "no" and place:
            first = text.find(surface) if drift.lost == "first" else 0
            stored = first, first + len(surface)
        change = SURFACES[drift.surface] if drift.surface else str
        spans.append(Placed(*stored, change(surface) if drift.stored else None, place))
    return text, spans


def _counted(drift: Drift, written: Written) -> Callable[[int, int], tuple[int, int]]:
    """Return what tells start and end as they are counted."""
    widths = [1 + drift.widths.get(character, 0) for character in written.text]
    if drift.collapsed:
        for run in re.finditer(r"\s\s+", written.text):
            widths[run.start() : run.end()] = [1] + [0] * (run.end() - run.start() - 1)
    units = [0, *accumulate(widths)]
    if drift.frame == "tokens":
        starts = [token.start() for token in re.finditer(r"\w+|[^\w\s]", written.text)]
        return lambda start, end: (
            bisect_right(starts, start) - 1,
            bisect_right(starts, end - 1) - (drift.end == "last"),
        )
    frames = {"text": (0,), "paragraph": written.paragraphs, "sentence": written.sentences, "tokens": ()}[drift.frame]

    def counted(start: int, end: int) -> tuple[int, int]:
        base = units[frames[bisect_right(frames, start) - 1]]
        low, high = units[start] - base + drift.shift, units[end] - base + drift.shift
        return low, {"after": high, "last": high - 1, "length": high - low, "surface": low + end - start}[drift.end]

    return counted


def _edited(
    text: str, moved: list[int], gone: list[bool], mentions: Sequence[Occurrence], random: Random, touching: bool
) -> tuple[str, list[int], list[bool]]:
    """Delete a stretch of a text or put one into it, and say where its first code points are then, and which are gone.

    A stretch that is put in is one that stands elsewhere in the text, so that names come with it.
    """
    inside = {k for mention in mentions for k in range(moved[mention.start] + 1, moved[mention.end - 1] + 1)}
    places = [k for k in range(len(text) + 1) if k not in inside] or [0]
    at = random.choice(places)
    if random.random() < 0.5 and not touching:
        size = random.randrange(1, 60)
        source = random.randrange(max(1, len(text) - size))
        stretch = text[source : source + size]
        return text[:at] + stretch + text[at:], [k + len(stretch) * (k >= at) for k in moved], gone
    ends = sorted(k for k in places if at < k <= at + 80)
    taken = {moved[k] for mention in mentions for k in range(mention.start, mention.end) if not gone[k]}
    free = [k for k in ends if touching or not any(j in taken for j in range(at, k))]
    if not free:
        return text, moved, gone
    until = random.choice(free)
    size = until - at
    lost = [g or at <= k < until for k, g in zip(moved, gone, strict=False)]
    return text[:at] + text[until:], [min(k, at) if k < until else k - size for k in moved], lost
