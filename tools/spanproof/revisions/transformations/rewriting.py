"""Rewritings of a text, and documents carried over them, forth and back: every span exactly, or not at all.

A rewriting is the old text cut into pieces, kept or replaced, in the order in which they stand in the new one; so an
edit and a changed order are one thing, and each has an inverse. Offsets are code points, half open.
"""

import functools
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

from spanproof.corpus.edits import Edit
from spanproof.revisions.rewrite import rewrite, text_member
from spanproof.schema.node import Place
from spanproof.schema.paths import Document, Path, holder_of, spans_in, value_at, walk
from spanproof.schema.schema import Schema
from spanproof.text.segmentation import Extent


@dataclass(frozen=True)
class Piece:
    """A part of the old text and what stands in its place.

    A piece of no length is an insertion: inside a span that begins before it and ends after it, else outside.

    Attributes:
        start: where it begins in the old text (code points).
        end: where it ends (code points, half open).
        new: what takes its place; None if it is kept.
    """

    start: int
    end: int
    new: str | None = None


@dataclass(frozen=True)
class Swap:
    """A value that changes with the words, one for the other and back.

    Attributes:
        place: the place of the span in the schema.
        extent: where the span is in the old text.
        member: the member of the span that holds the value.
        values: the two values, of which each becomes the other.
    """

    place: Place
    extent: Extent
    member: str
    values: tuple[str, str]


@dataclass(frozen=True)
class Rewriting:
    """A text cut into pieces, put together in another way.

    Attributes:
        text: the old text.
        pieces: its pieces in their new order.
        swaps: the values that change with the words.

    Raises:
        ValueError: the pieces are not the whole text, each part of it once.
    """

    text: str
    pieces: tuple[Piece, ...]
    swaps: tuple[Swap, ...] = ()

    def __post_init__(self) -> None:
        ends = [0, *(piece.end for piece in self._old)]
        if ends[-1] != len(self.text) or [piece.start for piece in self._old] != ends[:-1]:
            raise ValueError("the pieces overlap or leave a part of the text out; expected each part once")

    @classmethod
    def of(cls, text: str, edits: Iterable[Piece], swaps: Iterable[Swap] = ()) -> "Rewriting":
        """Return the rewriting that replaces some parts of a text and keeps all else.

        Args:
            text: the old text.
            edits: the parts to be replaced, in any order.
            swaps: the values that change with the words.

        Raises:
            ValueError: the parts overlap or are not of the text.
        """
        pieces, end = [], 0
        for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
            pieces += [Piece(end, edit.start), edit] if edit.start > end else [edit]
            end = edit.end
        return cls(text, (*pieces, *([Piece(end, len(text))] if end < len(text) else [])), tuple(swaps))

    @functools.cached_property
    def new(self) -> str:
        """The new text."""
        return "".join(self.text[p.start : p.end] if p.new is None else p.new for p in self.pieces)

    @property
    def changes(self) -> bool:
        """Whether the new text is another one."""
        return self.new != self.text

    @functools.cached_property
    def inverse(self) -> "Rewriting":
        """The rewriting of the new text into the old one."""
        pieces = [
            Piece(start, start + width, None if p.new is None else self.text[p.start : p.end])
            for p, start, width in zip(self.pieces, self._at, self._widths, strict=True)
        ]
        carried = ((swap, self.extent(*swap.extent)) for swap in self.swaps)
        swaps = tuple(replace(swap, extent=extent) for swap, extent in carried if extent)
        return Rewriting(self.new, tuple(pieces[k] for k in self._order), swaps)

    def extent(self, start: int, end: int) -> Extent | None:
        """Return where a span of the old text is in the new one.

        Args:
            start: where it begins in the old text (code points).
            end: where it ends (code points, half open).

        Returns:
            Its extent; None if it is cut: it begins or ends inside a replaced piece, its pieces are no longer side by
            side and in their order, or nothing of it is left.
        """
        first, last = bisect_right(self._ends, start), bisect_left(self._starts, end) - 1
        if not 0 <= start < end <= len(self.text) or self._torn[first] != self._torn[last]:
            return None
        a, b = self._old[first], self._old[last]
        if (a.new is not None and a.start < start) or (b.new is not None and b.end > end):
            return None
        k, n = self._order[first], self._order[last]
        low = self._at[k] + (max(start, a.start) - a.start)
        high = self._at[n] + (end - b.start if b.new is None else len(b.new))
        return (low, high) if low < high else None

    def near(self, offset: int) -> int:
        """Return the offset in the new text of a character of the old, or of what replaces it."""
        if not self._old:
            return 0
        k = min(bisect_right(self._ends, offset), len(self._old) - 1)
        return self._at[self._order[k]] + (offset - self._old[k].start if self._old[k].new is None else 0)

    @functools.cached_property
    def _order(self) -> list[int]:
        """The number of each piece, in the order of the old text."""
        return sorted(range(len(self.pieces)), key=lambda k: (self.pieces[k].start, self.pieces[k].end))

    @functools.cached_property
    def _old(self) -> list[Piece]:
        return [self.pieces[k] for k in self._order]

    @functools.cached_property
    def _starts(self) -> list[int]:
        return [piece.start for piece in self._old]

    @functools.cached_property
    def _ends(self) -> list[int]:
        return [piece.end for piece in self._old]

    @functools.cached_property
    def _torn(self) -> list[int]:
        """How often, up to each piece of the old text, the next piece isn't the next one in the new text too."""
        return list(
            accumulate((b != a + 1 for a, b in zip(self._order, self._order[1:], strict=False)), initial=0),
        )

    @functools.cached_property
    def _widths(self) -> list[int]:
        return [p.end - p.start if p.new is None else len(p.new) for p in self.pieces]

    @functools.cached_property
    def _at(self) -> list[int]:
        """Where each piece begins in the new text."""
        return list(accumulate(self._widths, initial=0))[:-1]


@dataclass(frozen=True)
class Carried:
    """A document over its new text.

    Attributes:
        document: the document, without the annotations that the rewriting cuts.
        lost: the paths of those in the old document, and near which offset of the new text they would begin.
    """

    document: dict[str, Any]
    lost: tuple[tuple[Path, int], ...] = ()


def offsets(span: Mapping[str, Any], path: Path) -> Extent:
    """Return where a span is (code points, half open).

    Raises:
        ValueError: its offsets are no two integers.
    """
    start, end = span.get("start"), span.get("end")
    if type(start) is not int or type(end) is not int:
        raise ValueError(f"{'/'.join(map(str, path))} is at {start!r}:{end!r}; expected two integers")
    return start, end


def carry(document: Document, rewriting: Rewriting, schema: Schema) -> dict[str, Any]:
    """Return a document over the new text with all of its annotations; the old one stays as it is.

    Args:
        document: a document over the old text.
        rewriting: of the old text.
        schema: the schema of the document.

    Raises:
        ValueError: the rewriting cuts a span: the message names it; or see :func:`follow`.
    """
    carried = follow(document, rewriting, schema)
    if carried.lost:
        names = ", ".join("/".join(map(str, path)) for path, _ in carried.lost)
        raise ValueError(f"the rewriting cuts {names}; expected edits wholly inside or outside of each span")
    return carried.document


def follow(document: Document, rewriting: Rewriting, schema: Schema) -> Carried:
    """Return a document over the new text without the annotations that are cut; references to those dangle.

    Args:
        document: a document over the old text.
        rewriting: of the old text.
        schema: the schema of the document.

    Raises:
        ValueError: the rewriting is of another text, the schema has spans of several, or offsets are no integers.
    """
    member = text_member(schema)
    if document.get(member) != rewriting.text:
        raise ValueError(f"the rewriting is of another text than {member}")
    swaps = {(swap.place, swap.extent): swap for swap in rewriting.swaps}
    extents, edits, lost = dict[Path, Extent](), list[Edit](), dict[Path, int]()
    for path, node, span in spans_in(document, schema):
        old = offsets(span, path)
        new = rewriting.extent(*old)
        if new is None:
            holder = holder_of(path, schema)
            lost.setdefault(holder, rewriting.near(value_at(document, holder).get("start", old[0])))
            continue
        extents[path] = new
        swap = swaps.get((node.place, old))
        if swap and span.get(swap.member) in swap.values:
            edits.append(Edit((*path, swap.member), swap.values[span[swap.member] == swap.values[0]]))
    carried = rewrite(document, rewriting.new, schema, extents, removed=lost, edits=edits)
    for _, node, value in walk(carried, schema.root):
        if node.in_order and isinstance(value, list):
            value.sort(key=lambda span: (span["start"], span["end"]))
    return Carried(carried, tuple(lost.items()))
