"""spaCy's DocBin (``.spacy``): entities and groups of spans over tokens whose spaces are stored.

It is read without making a ``Doc`` of it, so that no offset of a stranger reaches spaCy's memory, and written by spaCy.
Entities (``doc.ents``) have no layer, spans of a group have its key as theirs. ``Span._`` and ``Doc._`` are attributes
and metadata. Tags, lemmas and heads of tokens aren't read. Source: ``_serialize.py``, ``span_group.pyx`` of spaCy 3.8.
"""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from spanproof.corpus.documents import ReadError
from spanproof.formats.content import content_at
from spanproof.formats.docbin_writing import EXTENSION, ID, KNOWLEDGE, fit, packed
from spanproof.formats.encoding import LineError
from spanproof.formats.files import replace_file
from spanproof.formats.leaf import Leaf, LocatedDocument
from spanproof.formats.losses import Document, Feature
from spanproof.formats.markup import name_of

_PACKING, _ROOM = 100, 1 << 26
"""A file holds at most this many times its size, and some room: one that holds more is a bomb."""
_SPAN = struct.Struct(">QQQllll")
_BEGINS, _GOES_ON = 3, 1
"""Values of the attribute ``ENT_IOB``."""
_COLUMNS = ("ORTH", "ENT_IOB", "ENT_TYPE", "ENT_KB_ID", "ENT_ID")
_BROKEN = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
)


def _read(path: Path) -> Iterator[LocatedDocument | ReadError]:
    try:
        bin_ = _Bin(_unpacked(content_at(path)))
    except _BROKEN as error:
        raise LineError(f"isn't a DocBin of spaCy as expected: {_shown(error)}") from None
    name, at = name_of(path, LEAF.suffixes), 0
    for number, length in enumerate(bin_.lengths):
        words = "" if len(bin_.lengths) == 1 else f"-{number + 1}"
        try:
            reading = _Doc(bin_, number, slice(at, at + length))
            yield reading.document(f"{name}{words}")
            yield from (ReadError(str(path), None, f"document {number + 1}: {one}") for one in reading.problems)
            yield from (
                ReadError(str(path), None, f"document {number + 1}: {one}", repaired=True) for one in reading.repairs
            )
        except _BROKEN as error:
            yield ReadError(str(path), None, f"document {number + 1} can't be read: {_shown(error)}")
        at += length


def _shown(error: BaseException) -> str:
    """Say what is wrong, in words where the error is Python's about a value of another kind."""
    if isinstance(error, KeyError) and error.args:
        return f"it has no {error.args[0]!r}"
    if isinstance(error, TypeError | AttributeError):
        return "a value is of another kind than expected"
    return str(error)[:100] or type(error).__name__


def _unpacked(content: bytes) -> Any:
    """Return what is packed in a file.

    Raises:
        ValueError: it is no such file, or it holds too much.
    """
    from srsly import msgpack

    most = _PACKING * len(content) + _ROOM
    unpacking = zlib.decompressobj()
    try:
        unpacked = unpacking.decompress(content, most)
    except zlib.error as error:
        raise ValueError(f"it isn't packed with zlib ({error})") from None
    if unpacking.unconsumed_tail:
        raise ValueError(f"it holds more than {_PACKING} times its size")
    if not unpacking.eof:
        raise ValueError("it is cut off")
    return msgpack.loads(unpacked, raw=False, use_list=True)


class _Bin:
    """The content of a file."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        from spacy.attrs import IDS
        from spacy.strings import StringStore

        attributes = list(content["attrs"])
        table = np.frombuffer(content["tokens"], "<u8").reshape(-1, len(attributes))
        self.columns = {name: table[:, attributes.index(IDS[name])] for name in _COLUMNS if IDS[name] in attributes}
        self.spaces = np.frombuffer(content["spaces"], "u1").astype(bool)
        self.lengths = np.frombuffer(content["lengths"], "<i4").tolist()
        if min(self.lengths, default=0) < 0 or not sum(self.lengths) == len(table) == len(self.spaces):
            raise ValueError(f"its {len(self.lengths)} documents don't make up its {len(table)} tokens")
        self.strings = StringStore([string for string in content["strings"] if string])
        self._members = {name: content.get(name) or [] for name in ("cats", "flags", "span_groups", "user_data")}

    def member(self, name: str, number: int) -> Any:
        """Return what the file says of a document beside its tokens; an empty object where it says nothing."""
        members = self._members[name]
        return (members[number] if number < len(members) else None) or {}

    def column(self, name: str, tokens: slice) -> list[int]:
        """Return an attribute of some tokens; 0 where the file hasn't it."""
        column = self.columns.get(name)
        values: list[int] = [0] * (tokens.stop - tokens.start) if column is None else column[tokens].tolist()
        return values

    def string(self, number: int) -> str:
        """Return the string of a hash."""
        return str(self.strings[number]) if number else ""


class _Doc:
    """A document of a file."""

    def __init__(self, bin_: _Bin, number: int, tokens: slice) -> None:
        self.bin, self.number, self.tokens = bin_, number, tokens
        self.problems: list[str] = []
        self.repairs: list[str] = []
        unknown = bin_.member("flags", number).get("has_unknown_spaces")
        words = [bin_.string(word) for word in bin_.column("ORTH", tokens)]
        blanks = [True] * len(words) if unknown else bin_.spaces[tokens].tolist()
        self.extents, at = [], 0
        for word, blank in zip(words, blanks, strict=True):
            self.extents.append((at, at + len(word)))
            at += len(word) + blank
        self.text = "".join(word + " " * blank for word, blank in zip(words, blanks, strict=True))

    def document(self, name: str) -> LocatedDocument:
        """Return the stand-off document."""
        spans = [*self._entities(), *self._grouped()]
        names = Counter(span["id"] for span in spans)
        numbers = Counter[str]()
        for span in spans:
            if names[span["id"]] > 1 or not span["id"]:
                layer = span.get("layer", "ents")
                if span["id"]:
                    span.setdefault("attributes", {})["id"] = span["id"]
                while not span["id"] or names[span["id"]]:
                    numbers[layer] += 1
                    span["id"] = f"{layer}-{numbers[layer]}"
                names[span["id"]] = 1
        name, metadata = self._metadata(spans, name)
        return LocatedDocument.of(name, self.text, ((span, None) for span in spans), metadata)

    def _entities(self) -> Iterator[dict[str, Any]]:
        columns = [self.bin.column(name, self.tokens) for name in _COLUMNS[1:]]
        span: dict[str, Any] | None = None
        for k, (tag, label, knowledge, name) in enumerate(zip(*columns, strict=True)):
            start, end = self.extents[k]
            if tag == _BEGINS or (tag == _GOES_ON and span is None):
                if span is not None:
                    yield span
                elif tag == _GOES_ON:
                    self.repairs.append(f"token {k + 1} goes on with no entity; it is read as the beginning of one")
                span = self._span(name, label, (start, end), knowledge)
            elif tag == _GOES_ON and span is not None:
                span["end"] = end
            elif span is not None:
                yield span
                span = None
        if span is not None:
            yield span

    def _grouped(self) -> Iterator[dict[str, Any]]:
        from srsly import msgpack

        packed_groups = self.bin.member("span_groups", self.number)
        groups = msgpack.loads(packed_groups, raw=False, use_list=True) if packed_groups else {}
        pairs = groups.items() if isinstance(groups, dict) else ((group, None) for group in groups)
        for content, keys in pairs:
            group = msgpack.loads(content, raw=False, use_list=True)
            if group.get("attrs"):
                self.problems.append(f"the attributes of the group {group['name']!r} aren't read")
            for key in keys or [group["name"]]:
                for place, row in enumerate(group["spans"], 1):
                    name, knowledge, label, first, last, start, end = _SPAN.unpack(row)
                    there = self._extent(first, last)
                    if there != (start, end):
                        shown = f"span {place} of {key!r} goes from {start} to {end}"
                        self.problems.append(f"{shown}, its tokens {first} to {last} from {there[0]} to {there[1]}")
                    yield {**self._span(name, label, (start, end), knowledge), "layer": key}

    def _extent(self, first: int, last: int) -> tuple[int | None, int | None]:
        """Return where tokens begin and end, the last not included; nothing for tokens that aren't there."""
        if not 0 <= first < last <= len(self.extents):
            return None, None
        return self.extents[first][0], self.extents[last - 1][1]

    def _span(self, name: int, label: int, extent: tuple[int, int], knowledge: int) -> dict[str, Any]:
        kb_id = self.bin.string(knowledge)
        attributes = {"attributes": {KNOWLEDGE: kb_id}} if kb_id else {}
        named = {"id": self.bin.string(name), "label": self.bin.string(label)}
        return {**named, "start": extent[0], "end": extent[1], **attributes}

    def _metadata(self, spans: Sequence[dict[str, Any]], name: str) -> tuple[str, dict[str, Any]]:
        """Return the id and the metadata of the document; spans take the attributes that are said of their places."""
        from srsly import msgpack

        content = self.bin.member("user_data", self.number)
        user_data = msgpack.loads(content, raw=False, use_list=False) if content else {}
        places: dict[Any, list[dict[str, Any]]] = {}
        for span in spans:
            places.setdefault((span["start"], span["end"]), []).append(span)
        metadata = {"cats": cats} if (cats := self.bin.member("cats", self.number)) else {}
        for key, value in user_data.items():
            match key:
                case str() if key == ID and isinstance(value, str) and value:
                    name = value
                case str():
                    metadata[key] = _plain(value)
                case (marker, str(member), None, None) if marker == EXTENSION:
                    metadata[member] = _plain(value)
                case (marker, str(member), start, end) if marker == EXTENSION:
                    there = places.get((start, end), [])
                    for span in there:
                        span.setdefault("attributes", {})[member] = _plain(value)
                    if not there:
                        self.problems.append(
                            f"{member!r} of the characters {start} to {end}, where no span is, isn't read"
                        )
                case _:
                    self.problems.append(f"{key!r} in user_data isn't read")
        return name, metadata


def _plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, dict):
        return {str(name): _plain(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(member) for member in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _write(documents: Sequence[Document], path: Path) -> None:
    replace_file(path, packed(documents))


def _recognises(head: bytes) -> bool:
    try:
        return b"\xa7version" in zlib.decompressobj().decompress(head, 64)
    except zlib.error:
        return False


LEAF = Leaf(
    name="docbin",
    title="a DocBin of spaCy",
    suffixes=(".spacy",),
    recognises=_recognises,
    read=_read,
    write=_write,
    keeps=frozenset(Feature) - {Feature.DISCONTINUOUS, Feature.RELATIONS, Feature.EVENTS, Feature.SURFACES},
    reconstructed="is a blank after each token of documents whose spaces are unknown",
    unread="tags, lemmas and heads of tokens",
    fit=fit,
    extra="formats",
)
