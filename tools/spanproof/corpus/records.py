"""Records of a file as they are written, seen through the lens of their schema: their documents, and these put back."""

import copy
import functools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from spanproof.corpus.numbering import renumbered
from spanproof.corpus.readings import CountedDocument
from spanproof.corpus.shapes import Fault, Faults, ShapeError, got, put, same
from spanproof.corpus.written_paths import written_path
from spanproof.schema.lens import JoinedText, Lens, ObjectShape
from spanproof.schema.node import Place, pointer
from spanproof.schema.paths import Path, place_of, value_at


@dataclass(frozen=True)
class WrittenRecord:
    """One value of a file and the documents in it.

    Attributes:
        written: the value as the file has it.
        lens: the shape in which it is written.
        places: where each document is in it.
        readings: each document as it was read.
    """

    written: Any
    lens: Lens
    places: tuple[Path, ...]
    readings: tuple[CountedDocument, ...]

    @classmethod
    def of(cls, written: Any, lens: Lens) -> "WrittenRecord":
        """Return a record with its documents; what can't be read of them is in their faults."""
        places = tuple(_places(written, lens.documents))
        readings = []
        for place in places:
            faults = Faults()
            inner = value_at(written, place)
            document = got(lens.shape, inner, (), faults)
            composed = {
                lens.key_member: _key(lens, written, place),
                **{t.member: _joined(t, inner) for t in lens.texts},
            }
            known = {name: value for name, value in composed.items() if value is not None}
            readings.append(CountedDocument.of(document, lens, known, faults))
        return cls(written, lens, places, tuple(readings))

    @property
    def documents(self) -> tuple[Any, ...]:
        """The canonical documents."""
        return tuple(reading.document for reading in self.readings)

    def faults(self, number: int) -> tuple[Fault, ...]:
        """Return where the shape of a document can't be read."""
        return self.readings[number].faults

    def path(self, number: int, path: Path) -> Path:
        """Return the path in the record at which something of a document is written.

        Args:
            number: which document.
            path: its canonical path in the document.
        """
        place = self.places[number]
        if self.lens.key_member and path[:1] == (self.lens.key_member,):
            return place
        for text in self.lens.texts:
            if path[:1] == (text.member,):
                pieces = _pieces(text, value_at(self.written, place))
                return (*place, *(pieces[0] if pieces else text.pieces[0][:1]))
        inner = self.readings[number].path(path)
        return (*place, *written_path(self.lens.shape, inner, value_at(self.written, place)))

    def put(self, documents: Mapping[int, Any]) -> Any:
        """Return the value of the file with changed documents, in its own shape, as :meth:`changed` makes it."""
        return self.changed(documents).written

    def changed(self, documents: Mapping[int, Any]) -> "WrittenRecord":
        """Return the record with changed documents, in its own shape; what doesn't change stays as it is written.

        Args:
            documents: the canonical documents that change, by their number in the record.

        Raises:
            ShapeError: a document can't be said in this shape.
        """
        written = self.written
        documents = {
            n: renumbered(_without_nulls(document, self.documents[n]), self.lens) for n, document in documents.items()
        }
        for number, document in documents.items():
            before = self.readings[number]
            if same(before.document, document):
                continue
            place = self.places[number]
            inner = put(self.lens.shape, before.unread(document), value_at(written, place))
            for text in self.lens.texts:
                if document.get(text.member) not in (before.document.get(text.member), _joined(text, inner)):
                    inner = _with_text(text, inner, document.get(text.member))
            written = _with(written, place, inner)
        again = WrittenRecord.of(written, self.lens)
        wanted = {**dict(enumerate(self.documents)), **documents}
        for number, document in wanted.items():
            if number >= len(again.documents) or not same(again.documents[number], document):
                raise ShapeError("the change can't be written in the shape of this schema")
        return again

    def number_of(self, path: Path) -> tuple[int, Path] | None:
        """Return which document a written path leads into, and the canonical path there, as far as it goes.

        A member that is missing has the path that it would have. None for what is of no document.
        """
        for number, place in enumerate(self.places):
            if path[: len(place)] == place:
                known = self._canonical(number)
                if path in known or path[:-1] not in known:
                    return number, known.get(path, ())
                holder = known[path[:-1]]
                shape = self.lens.shape_at(place_of(holder))
                name = str(path[-1])
                return number, (*holder, shape.canonical(name) if isinstance(shape, ObjectShape) else name)
        return None

    @functools.cached_property
    def _canonicals(self) -> dict[int, Mapping[Path, Path]]:
        return {}

    def _canonical(self, number: int) -> Mapping[Path, Path]:
        """Return the canonical path of each written path of a document."""
        if number not in self._canonicals:
            paths = list(_paths(self.documents[number], ()))
            self._canonicals[number] = {self.path(number, path): path for path in reversed(paths)}
        return self._canonicals[number]


def _without_nulls(new: Any, old: Any) -> Any:
    """Return a changed value without the members that are null and that weren't there before: columns have all.

    Args:
        new: the changed value.
        old: the value as it was read.
    """
    if isinstance(new, Mapping) and isinstance(old, Mapping):
        there = {name: value for name, value in new.items() if value is not None or name in old}
        return {name: _without_nulls(value, old.get(name)) for name, value in there.items()}
    if not (isinstance(new, list) and isinstance(old, list)):
        return new
    if len(new) == len(old):
        return [_without_nulls(item, before) for item, before in zip(new, old, strict=True)]
    known = {_bare(before): before for before in old}
    return [_without_nulls(item, known.get(_bare(item))) for item in new]


def _bare(value: Any) -> str:
    """Return what a value is, whatever is null in it or missing."""
    if isinstance(value, Mapping):
        return json.dumps({name: _bare(member) for name, member in sorted(value.items()) if member is not None})
    return json.dumps([_bare(item) for item in value] if isinstance(value, list) else value)


def created(documents: list[Any], lens: Lens) -> Any:
    """Return a new record of canonical documents, in the shape of a lens.

    Args:
        documents: the documents; one where the record is the document.
        lens: the shape.

    Raises:
        ShapeError: they can't be said in this shape.
    """
    blank = CountedDocument.blank(lens)
    written = [put(lens.shape, blank.unread(renumbered(document, lens))) for document in documents]
    record: Any = written if lens.documents else written[0]
    for step in reversed(lens.documents[:-1]):
        record = [record] if step == "*" else {step: record}
    return record


def _pieces(text: JoinedText, written: Any) -> list[Path]:
    """Return the paths of the strings that a text is put together of."""
    return [path for place in text.pieces for path in _places(written, place) if value_at(written, path) is not None]


def _joined(text: JoinedText, written: Any) -> str | None:
    """Return a text that is put together; None where nothing is there, or something that is no string."""
    pieces = [piece for place in text.pieces for piece in _values(written, place)]
    if text.own and not pieces and is_empty(written, text.pieces[0]):
        return ""
    whole = pieces and set(map(type, pieces)) == {str}
    return text.separator.join(pieces) if whole else None


def _values(written: Any, place: Place) -> list[Any]:
    """Return the values at a place of a document as it is written that aren't null."""
    if len(place) == 2 and place[1] == "*" and isinstance(written, Mapping) and isinstance(written.get(place[0]), list):
        return [value for value in written[place[0]] if value is not None]
    return [value for path in _places(written, place) if (value := value_at(written, path)) is not None]


def is_empty(written: Any, place: Place) -> bool:
    """Say whether every way to a place ends at a list that is there and has no items."""
    if not place:
        return False
    if place[0] == "*" and isinstance(written, list | dict):
        return all(is_empty(item, place[1:]) for item in (written if isinstance(written, list) else written.values()))
    return isinstance(written, Mapping) and place[0] in written and is_empty(written[place[0]], place[1:])


def _with_text(text: JoinedText, written: Any, changed: Any) -> Any:
    """Return a document as it is written with another text, where that is one string of it.

    Raises:
        ShapeError: it is none, or several.
    """
    pieces = _pieces(text, written)
    if len(pieces) != 1:
        there = f"{len(pieces)} strings are" if pieces else "nothing is"
        places = ", ".join(pointer(piece) for piece in text.pieces)
        raise ShapeError(
            f"{text.member} is put together from the strings at {places}, where {there}; expected one string"
        )
    return _with(written, pieces[0], changed)


def _with(written: Any, path: Path, value: Any) -> Any:
    """Return a value with another one at a path; what isn't on the way is shared with the value."""
    if not path:
        return value
    changed = copy.copy(written)
    changed[path[0]] = _with(written[path[0]], path[1:], value)
    return changed


def _places(written: Any, place: Place, path: Path = ()) -> Iterator[Path]:
    """Yield the paths at a place of a record; ``*`` are the items of a list, or the members of an object."""
    if not place:
        yield path
    elif place == ("*",) and isinstance(written, list):
        yield from ((*path, step) for step in range(len(written)))
    elif place[0] == "*":
        items = enumerate(written) if isinstance(written, list) else ()
        for step, item in written.items() if isinstance(written, Mapping) else items:
            yield from _places(item, place[1:], (*path, step))
    elif isinstance(written, Mapping) and place[0] in written:
        yield from _places(written[place[0]], place[1:], (*path, place[0]))
    elif isinstance(written, list) and place[0].isdecimal() and int(place[0]) < len(written):
        yield from _places(written[int(place[0])], place[1:], (*path, int(place[0])))


def _key(lens: Lens, written: Any, place: Path) -> str | None:
    """Return the composed key of a document; None where a part of it is missing, or it isn't composed.

    Its number counts from the innermost object that a part was taken from.
    """
    outer = [value_at(written, place[:k]) for k in range(len(place) + 1)]
    named: dict[str, str] = {}
    depth = 0
    for name in lens.key:
        depths = [k for k, value in enumerate(outer) if isinstance(value, Mapping) and value.get(name) is not None]
        if name != "#" and (not depths or isinstance(outer[depths[-1]][name], Mapping | list)):
            return None
        if name != "#":
            named[name] = str(outer[depths[-1]][name])
            depth = max(depth, depths[-1])
    steps = zip(place[depth:], lens.documents[depth:], strict=True)
    number = ".".join(str(step) for step, kind in steps if kind == "*")
    return "#".join(named.get(name, number) for name in lens.key) or None


def _paths(value: Any, path: Path) -> Iterator[Path]:
    yield path
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield from _paths(member, (*path, name))
    elif isinstance(value, list):
        for k, item in enumerate(value):
            yield from _paths(item, (*path, k))
