"""The shape in which spans are written, as values: what stands between a written document and a canonical one.

A canonical document has objects in lists: a span has ``start`` and ``end`` (code points, half open) in a text that is a
member of the document. What a schema binds that is written otherwise (``spanOf`` with an object) is a lens: from the
written document to the canonical one, and back. :mod:`spanproof.schema.binding` makes it of a schema,
:mod:`spanproof.corpus.shapes` looks through it.
"""

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from spanproof.schema.node import Place

Unit = Literal["code point", "utf-16", "utf-8", "grapheme", "token"]
"""What offsets count."""

NUMBER = "#"
"""The canonical member with the number of an item in its list."""
FIELD = re.compile(r"\{(\w+)\}")
"""A member in the notation of a string."""
_DISPLACED = "own "
_NAMINGS = 256


def own_numbers(items: Any) -> list[int]:
    """Return which items of a list have a member of their own that is called as their number is."""
    return [k for k, item in enumerate(items) if isinstance(item, Mapping) and NUMBER in item]


@dataclass(frozen=True)
class ObjectShape:
    """An object whose members have other names, or an array whose items are its members (``[0, 5, "PER"]``).

    Attributes:
        names: the canonical name of each written member that has another; those of an array are its positions.
        shapes: the shapes of members, by their canonical names.
        positional: whether an array is written.
        length: how many items such an array has at least.
        exact: whether it has no more.
        lifted: the canonical name of a member whose object's members are taken up into this one; empty for none.
        zipped: the member with fragments and the written member with the list of their surfaces; empty for none.
        reserved: the canonical members that are made of others; a written one that is called so steps aside.
        having: the written members of which a span has one at least; an object without any stands in its place for
            something else, and steps aside. Empty where every object is a span.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    shapes: Mapping[str, "Shape"] = field(default_factory=dict)
    positional: bool = False
    length: int = 0
    exact: bool = False
    lifted: str = ""
    zipped: tuple[str, str] | tuple[()] = ()
    reserved: tuple[str, ...] = ()
    having: tuple[str, ...] = ()

    def canonical(self, name: str, value: Any = None) -> str:
        """Return the canonical name of a written member; one that is in the way of another steps aside.

        Args:
            name: the member.
            value: what it holds.
        """
        canonical = self.names.get(name) or (_DISPLACED + name if name in self._taken else name)
        return _DISPLACED + name if self.is_else(canonical, value) else canonical

    def naming(self, names: tuple[str, ...]) -> "Naming":
        """Return the canonical names of the members of an object, as far as it doesn't hang on what they hold.

        Args:
            names: the written members, in their order.
        """
        naming = self._namings.get(names)
        if naming is None:
            canonical = tuple(self.canonical(name) for name in names)
            shaped = ((name, known, self.shapes.get(known)) for name, known in zip(names, canonical, strict=True))
            naming = canonical, tuple((name, known, shape) for name, known, shape in shaped if shape is not None)
            if len(self._namings) < _NAMINGS:  # the objects of a corpus have few sets of members
                self._namings[names] = naming
        return naming

    @functools.cached_property
    def _namings(self) -> dict[tuple[str, ...], "Naming"]:
        return {}

    def is_else(self, name: str, value: Any) -> bool:
        """Say whether an object stands in the place of a span, and is none."""
        shape = self.shapes.get(name)
        having = shape.having if isinstance(shape, ObjectShape) else ()
        return bool(having) and isinstance(value, Mapping) and not any(value.get(one) is not None for one in having)

    @property
    def lifted_names(self) -> Sequence[str]:
        """The canonical members that the lifted member holds."""
        inner = self.shapes.get(self.lifted)
        if isinstance(inner, ObjectShape):
            return tuple(inner.names.values())
        return FIELD.findall(inner.notation) if isinstance(inner, StringShape) else ()

    @functools.cached_property
    def positions(self) -> tuple[str, ...]:
        """The canonical names of the items that an array has at least."""
        return tuple(self.canonical(str(k)) for k in range(self.length))

    @functools.cached_property
    def _taken(self) -> frozenset[str]:
        """The canonical names that no written member has of itself."""
        return frozenset((*self.reserved, *self.names.values()))

    def written(self, name: str) -> str:
        """Return the written name of a canonical member."""
        back = {canonical: written for written, canonical in self.names.items()}
        stripped = name.removeprefix(_DISPLACED)
        inner = self.shapes.get(stripped)
        aside = stripped in back or stripped in self.reserved or (isinstance(inner, ObjectShape) and inner.having)
        return back.get(name) or (stripped if aside else name)


@dataclass(frozen=True)
class ListShape:
    """A list, its items in a shape; without one the items are as they are.

    ``numbered`` says that canonically each item has its number in the list as a member (``NUMBER``), a string.
    """

    items: "Shape | None" = None
    numbered: bool = False


@dataclass(frozen=True)
class ColumnsShape:
    """An object of equally long lists, one a member (``{"start": [0, 9], "end": [3, 12]}``): canonically its rows."""

    items: ObjectShape


@dataclass(frozen=True)
class DictionaryShape:
    """An object of items by their key: canonically a list, in each of whose items a member holds the key."""

    key: str
    items: "Shape | None" = None


@dataclass(frozen=True)
class StringShape:
    """Offsets written in a string: ``notation`` is ``"{start} {end}"``, ``separator`` stands between several."""

    notation: str
    separator: str = ""


@dataclass(frozen=True)
class NumberShape:
    """The number of an item of a list, from 0: canonically a string."""


Naming = tuple[tuple[str, ...], tuple[tuple[str, str, "Shape"], ...]]
"""Canonical names of members, and those that have a shape: written name, canonical name, shape."""
Shape = NumberShape | ObjectShape | ListShape | ColumnsShape | DictionaryShape | StringShape


@dataclass(frozen=True)
class JoinedText:
    """A text that is put together: canonically the member ``member``, written as the strings at ``pieces``.

    ``own``: each string, or each list of tokens, is the text of the spans in the object that holds it.
    """

    member: str
    pieces: tuple[Place, ...]
    separator: str
    own: bool = False


@dataclass(frozen=True)
class Counting:
    """How offsets of the spans at a place count.

    Attributes:
        place: the canonical place of the spans.
        text: the member with their text.
        unit: what is counted.
        base: the number of the first unit, 0 or 1.
        inclusive: whether the end is that of the last unit, and not of the one after it.
        extent: the canonical member that says where a span ends: ``end``, ``length``, or ``text``, its surface.
        tokens: the place of the tokens that are counted; empty for other units.
        item: the canonical member with the number of the string, of those that the text is put together of, in which
            offsets are counted; empty where they are counted in the text.
        items: the place of these strings.
        within: how many steps of a span's path lead to the object with the string, or the tokens, in which its offsets
            are counted; 0 where they are counted in those of the whole document.
        line_breaks: what surfaces may have in the place of each line break of the text; empty for the line break alone.
    """

    place: Place
    text: str
    unit: Unit = "code point"
    base: int = 0
    inclusive: bool = False
    extent: Literal["end", "length", "text"] = "end"
    tokens: Place = ()
    item: str = ""
    items: Place = ()
    within: int = 0
    line_breaks: str = ""

    @property
    def plain(self) -> bool:
        """Whether offsets and surfaces are what they are canonically."""
        return self.from_text and self.extent == "end" and not self.line_breaks

    @functools.cached_property
    def from_text(self) -> bool:
        """Whether offsets are code points from the start of the whole text, and an end is that after the last one."""
        usual = (self.unit, self.base, self.inclusive) == ("code point", 0, False)
        return usual and not (self.item or self.within)


@dataclass(frozen=True)
class Tags:
    """A tag for each token (``B-PER``, or its class number among ``names``): canonically the spans that they say.

    ``within`` is how many steps of the path of the tags lead to the object with their tokens, as in :class:`Counting`.
    """

    place: Place
    text: str
    tokens: Place
    names: tuple[str, ...] = ()
    within: int = 0


@dataclass(frozen=True)
class NumberedList:
    """The place of items that are named by their numbers, and the places of what names them."""

    place: Place
    references: tuple[Place, ...]


@dataclass(frozen=True)
class Lens:
    """How a written record becomes documents.

    Attributes:
        documents: the place of the documents in a record, in its own shape; empty where the record is the document.
        key: what the key of a document is composed of: members of the document or of what encloses it, ``#`` for its
            number; empty where the key is a member.
        key_member: the canonical member that holds a composed key.
        shape: the shape of a document.
        texts: the texts that are put together.
        counted: how offsets count, tokens before what counts them.
        tagged: the lists of tags.
        numbered: the lists whose items are named by their numbers.
    """

    documents: Place = ()
    key: tuple[str, ...] = ()
    key_member: str = ""
    shape: Shape | None = None
    texts: tuple[JoinedText, ...] = ()
    counted: tuple[Counting, ...] = ()
    tagged: tuple[Tags, ...] = ()
    numbered: tuple[NumberedList, ...] = ()

    @functools.cached_property
    def same(self) -> bool:
        """Whether a record is a canonical document as it is written: only the schema says it in other words."""
        others = self.documents or self.key or self.texts or self.counted or self.tagged or self.numbered
        return not others and _is_same(self.shape)

    def shape_at(self, place: Place) -> Shape | None:
        """Return the shape of what is at a canonical place of a document; None where it is canonical."""
        shape = self.shape
        for step in place:
            if isinstance(shape, ObjectShape):
                shape = shape.shapes.get(step)
            elif isinstance(shape, ListShape | DictionaryShape | ColumnsShape):
                shape = shape.items
            else:
                return None
        return shape


def _is_same(shape: Shape | None) -> bool:
    """Say whether what has a shape is canonical as it is written."""
    if isinstance(shape, ListShape):
        return not shape.numbered and _is_same(shape.items)
    if isinstance(shape, ObjectShape):
        return shape == ObjectShape(shapes=shape.shapes) and all(map(_is_same, shape.shapes.values()))
    return shape is None
