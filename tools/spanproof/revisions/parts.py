"""The strings that a text is put together of, such as title and abstract: a span follows its own string alone.

A text that is one member of the document is one string.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from spanproof.corpus.edits import Edit
from spanproof.revisions.align.follow import Fate, Status, Texts, follow
from spanproof.schema.lens import JoinedText
from spanproof.schema.node import pointer
from spanproof.schema.paths import Path, spans_in, values_at
from spanproof.schema.schema import Schema


@dataclass(frozen=True)
class TextPart:
    """A string of a text and its revision.

    Attributes:
        texts: both.
        old_start: where it begins in the old text, in code points.
        new_start: where it begins in the new text.
        path: where the document has it; of a surface, the path of the span.
    """

    texts: Texts
    old_start: int
    new_start: int
    path: Path

    def holds(self, start: int, end: int) -> bool:
        """Say whether a span of the old text lies in this string."""
        return self.old_start <= start and end <= self.old_start + len(self.texts.old)

    def follow(self, start: int, end: int) -> Fate:
        """Return what becomes of a span of the old text that lies in this string; offsets are those of the texts."""
        fate = follow(self.texts, start - self.old_start, end - self.old_start)
        by = self.new_start
        if fate.status == "kept" and by != self.old_start:
            fate = replace(fate, status="shifted")
        new = fate.new and (fate.new[0] + by, fate.new[1] + by)
        return replace(fate, new=new, rivals=tuple((low + by, high + by) for low, high in fate.rivals))

    @property
    def whole(self) -> Fate:
        """What becomes of a span whose surface is this string: it stays the whole of it."""
        shifts = self.new_start != self.old_start
        status: Status = "edited" if self.texts.old != self.texts.new else "shifted" if shifts else "kept"
        return Fate(status, (self.new_start, self.new_start + len(self.texts.new)))


@dataclass(frozen=True)
class TextParts:
    """The strings of a text with their revisions, and whether they are surfaces of spans."""

    texts: Texts
    parts: tuple[TextPart, ...]
    are_surfaces: bool = False

    @classmethod
    def of(cls, document: Mapping[str, Any], member: str, new: str | Sequence[str], schema: Schema) -> "TextParts":
        """Return the strings of a document's text with their revisions.

        Args:
            document: the document with the old text.
            member: the text.
            new: the new text of each string, in their order; a string where there is one.
            schema: what the document is.

        Raises:
            ValueError: the document has no text, or there are more or fewer new texts than it has strings.
        """
        text = document.get(member)
        if not isinstance(text, str):
            raise ValueError(f"the document has no text at {member!r}")
        revised = [new] if isinstance(new, str) else list(new)
        joined = (
            next((joined for joined in schema.lens.texts if joined.member == member), None) if schema.lens else None
        )
        old, are_surfaces = _strings(document, joined, schema) if joined else ([((member,), text)], False)
        if joined and len(revised) == 1 < len(old):
            revised = _cut(text, revised[0], joined, len(old))
        if len(old) != len(revised):
            raise ValueError(f"{_made_of(joined, member, len(old))}, in their order, not {len(revised)}")
        blank = next((string for string in revised if not string or string != string.strip()), None)
        if are_surfaces and blank is not None:
            expected = "expected one that isn't empty and has no white space at its edges"
            raise ValueError(f"the new text {blank[:40]!r} becomes the surface of a span; {expected}")
        separator = joined.separator if joined else ""
        whole = Texts(text, separator.join(revised))
        return cls(whole, tuple(_placed(old, revised, len(separator))), are_surfaces)

    def follow(self, start: int, end: int) -> Fate:
        """Return where a span of the old text stands in the new one.

        Across strings that changed it comes apart, but from the start of one to the end of another: tokens stay whole.
        """
        for part in self.parts:
            if part.holds(start, end):
                return part.follow(start, end)
        across = [part for part in self.parts if start < part.old_start + len(part.texts.old) and part.old_start < end]
        if any(part.texts.old != part.texts.new for part in across):
            first, last = across[0], across[-1]
            if (start, end) != (first.old_start, last.old_start + len(last.texts.old)):
                return Fate("refused", reason="apart")
            return Fate("edited", (first.new_start, last.new_start + len(last.texts.new)))
        by = across[0].new_start - across[0].old_start
        return Fate("shifted" if by else "kept", (start + by, end + by))

    def surfaces(self) -> dict[Path, Fate]:
        """Return what becomes of the spans whose surfaces the strings are."""
        return {part.path: part.whole for part in self.parts} if self.are_surfaces else {}

    def edits(self) -> list[Edit]:
        """Return the changes of the members that hold the strings, beside those of the text."""
        return [] if self.are_surfaces else [Edit(part.path, part.texts.new) for part in self.parts]


def _cut(old: str, new: str, joined: JoinedText, count: int) -> list[str]:
    """Return the strings of one new text: those between the separators, where the old ones are too, and as many.

    Another number of strings isn't taken, as other members may say something of each.

    Args:
        old: the text as it is put together.
        new: its revision.
        joined: how it is put together.
        count: the number of the old strings.
    """
    separator = joined.separator
    if not separator or len(old.split(separator)) != count or len(joined.pieces) > 1:
        return [new]
    strings = (new if old.endswith("\n") else new.removesuffix("\n")).split(separator)
    if len(strings) != count:
        expected = _made_of(joined, joined.member, count)
        raise ValueError(f"{expected}, or one with {count} between {separator!r}; the new text has {len(strings)}")
    return strings


def _made_of(joined: JoinedText | None, member: str, count: int) -> str:
    """Say of what a text is put together, and that each of it needs a new text."""
    places = ", ".join(pointer(piece) for piece in joined.pieces) if joined else ""
    strings = f"{member!r} is put together of {count} strings at {places}" if joined else f"{member!r} is one string"
    return f"{strings}; expected the new text of each"


def _strings(document: Mapping[str, Any], joined: JoinedText, schema: Schema) -> tuple[list[tuple[Path, str]], bool]:
    """Return the strings that a text is put together of, by their paths, and whether they are surfaces of spans.

    Raises:
        ValueError: they aren't those of the text.
    """
    members = [value for place in joined.pieces for value in values_at(document, place)]
    lists = {piece[0] for piece in joined.pieces}
    surfaces = [(path, span.get("text")) for path, _, span in spans_in(document, schema) if path[0] in lists]
    for strings, are_surfaces in ((members, False), (surfaces, True)):
        words = [value for _, value in strings if isinstance(value, str)]
        if len(words) == len(strings) and joined.separator.join(words) == document[joined.member]:
            return strings, are_surfaces
    places = ", ".join(pointer(piece) for piece in joined.pieces)
    raise ValueError(f"{joined.member!r} isn't what the strings at {places} make; expected the same text")


def _placed(old: Sequence[tuple[Path, str]], new: Sequence[str], gap: int) -> Iterator[TextPart]:
    """Yield strings and their revisions with where they begin.

    Args:
        old: the strings, by their paths.
        new: their revisions.
        gap: how many characters stand between two of them.
    """
    before = after = 0
    for (path, string), revised in zip(old, new, strict=True):
        yield TextPart(Texts(string, revised), before, after, path)
        before, after = before + len(string) + gap, after + len(revised) + gap
