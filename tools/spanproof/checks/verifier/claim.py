"""What a certificate claims of one text, and what the text and its stored spans say of that."""

import functools
import hashlib
import json
import unicodedata
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

from spanproof.checks.verifier.counting import Counts, by_widths, summed
from spanproof.checks.verifier.frames import FRAMES
from spanproof.checks.verifier.units import UNITS
from spanproof.checks.verifier.writing import surface_of

Span = tuple[int, int, str]
"""Start and end of a span and its surface, as stored."""
Placed = tuple[int, int, int]
"""The number of a span, and the place where it belongs: start and end (code points, half open)."""
ENDS = ("end", "last", "length", "points", "surface")
_LONG = 32  # code points of the text that one of a surface was written from, at most


def digest(value: Any) -> str:
    """Return the SHA-256 of a text or of a list of spans, as a certificate states it."""
    plain = value if isinstance(value, str) else json.dumps(value)
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Claim:
    """What a proof says of one text: how it was counted, and where which of its spans belong.

    Attributes:
        text: the text.
        spans: its spans as they are stored.
        placed: where which of them belong: those of which that is claimed.
        model: how offsets were counted: ``units``, each as the names that count alike; ``widths``, character to how
            many units more than one; ``base``; ``frame``; ``end``; ``surface`` (:func:`surface_of`).
        edits: where the text was edited since: between which boundaries, and by how much offsets are higher behind.
    """

    text: str
    spans: Sequence[Span]
    placed: Sequence[Placed]
    model: Mapping[str, Any]
    edits: Sequence[Sequence[int]] = ()

    def under(self, **changed: Any) -> "Claim":
        """Return the claim under a model in which some members are others."""
        return replace(self, model={**self.model, **changed})

    @functools.cached_property
    def counted(self) -> Counts:
        """Return what the model counts at each boundary of the text."""
        parts = [UNITS[names[0]](self.text) for names in self.model["units"]]
        if self.model["widths"] or not parts:
            parts.append(by_widths(1 + self.model["widths"].get(character, 0) for character in self.text))
        return summed(len(self.text), parts)

    @functools.cached_property
    def bases(self) -> list[int]:
        """Return for each boundary of the text what the model adds to the offsets of a span that begins there."""
        starts, more = self.counted[0], [0] * (len(self.text) + 1)
        more[0] = self.model["base"]
        for _, high, size in self.edits:
            more[high] += size
        bases = [*accumulate(more)]
        if begins := FRAMES[self.model["frame"]](self.text):
            frames = [0, *begins]
            borders = (frames[bisect_right(frames, at) - 1] for at in range(len(bases)))
            bases = [base - (starts[border] or 0) for base, border in zip(bases, borders, strict=True)]
        return bases

    def stored(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the numbers that the model stores of a span at a place; None if none can be there."""
        low, high = self.counted[0][start], self.counted[1][end]
        if low is None or high is None:
            return None
        base = self.bases[start]
        first, size = low + base, end - start
        second = {"end": high + base, "last": high + base - 1, "length": high - low, "points": size}
        return first, second[self.model["end"]] if self.model["end"] in second else first + size

    def places(self, k: int) -> list[tuple[int, int]]:
        """Return all places of the text that the model stores as a span is stored: its numbers and its surface.

        Of places that differ by characters which neither the numbers nor the surface shows, the one with the marks of
        its last letter is meant, and without what stands before its first.
        """
        start, end, surface = self.spans[k]
        written = surface_of(self.model["surface"]) or str
        there = {
            (low, high)
            for low in self._begins.get(start, ())
            for high in self._may_end(low, self.spans[k])
            if written(self.text[low:high]) == surface and self.stored(low, high) == (start, end)
        }
        marks = {(low, high) for low, high in there if unicodedata.combining(self.text[high - 1])}
        longer = {(low, high - 1) for low, high in marks} | {(low, high + 1) for low, high in there} - marks
        return sorted((low, high) for low, high in there - longer if (low + 1, high) not in there)

    def _may_end(self, low: int, span: Span) -> Iterable[int]:
        start, end, surface = span
        if not self.model["surface"]:
            return [low + len(surface)] if surface and self.text.startswith(surface, low) else []
        if self.model["end"] in ("points", "surface"):
            high = low + end - start * (self.model["end"] == "surface")
            return [high] if low < high <= len(self.text) else []
        second = {"end": end, "last": end + 1, "length": start + end}[self.model["end"]]
        longest = low + _LONG * (len(surface) + 1)
        return [high for high in self._ends.get(second - self.bases[low], ()) if low < high <= longest]

    @functools.cached_property
    def _begins(self) -> Mapping[int, Sequence[int]]:
        """Return where spans begin whose first number is a number; what was put in had none."""
        begins, least = defaultdict(list), float("inf")
        edited = {high for _, high, _ in self.edits}
        for at in range(len(self.text), -1, -1):
            counted = self.counted[0][at]
            if counted is not None and counted + self.bases[at] < least:
                begins[counted + self.bases[at]].append(at)
                least = counted + self.bases[at] if at in edited else least
        return begins

    @functools.cached_property
    def _ends(self) -> Mapping[int, Sequence[int]]:
        """Return the boundaries that are counted as a number where spans end."""
        ends = defaultdict(list)
        for at, counted in enumerate(self.counted[1]):
            if counted is not None:
                ends[counted].append(at)
        return ends

    @functools.cached_property
    def fitting(self) -> Mapping[int, Sequence[tuple[int, int]]]:
        """Return the places of all spans that have some by the model, by the number of the span."""
        places = ((k, self.places(k)) for k in range(len(self.spans)))
        return {k: there for k, there in places if there}

    @property
    def evidence(self) -> list[Placed]:
        """Return the spans that have one place by the model, claimed or not."""
        return [(k, *there[0]) for k, there in self.fitting.items() if len(there) == 1]

    @functools.cached_property
    def different(self) -> set[Placed]:
        """Return the evidence, each kind of span once: one that is stored twice bears witness once."""
        return {*{self.spans[at[0]]: at for at in self.evidence}.values()}

    @property
    def wrong(self) -> set[Placed]:
        """Return what of it is stored otherwise."""
        return {at for at in self.different if self.spans[at[0]] != (*at[1:], self.text[at[1] : at[2]])}

    def restored(self) -> Iterator[tuple[int, Span]]:
        """Yield the placed spans as the model stores them, each with its number: as they were before a correction."""
        written = surface_of(self.model["surface"]) or str
        for k, start, end in self.placed:
            low, high = self.stored(start, end) or (0, 0)
            yield k, (low, high, written(self.text[start:end]))

    def edited(self) -> list[list[int]]:
        """Return the edits that the evidence shows: between which spans the shift of their offsets changes."""
        if self.model["frame"] != "text":
            return []
        shift, edits = self.model["base"], []
        ends = sorted(end for _, _, end in self.evidence)
        for k, start, _ in sorted(self.evidence, key=lambda at: at[1:]):
            size = self.spans[k][0] - (self.counted[0][start] or 0) - shift
            if size:
                before = bisect_right(ends, start)
                edits.append([ends[before - 1] if before else 0, start, size])
                shift += size
        return edits
