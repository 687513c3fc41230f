"""spaCy's DocBin (``.spacy``): entities and groups of spans over tokens whose spaces are stored.

It is read without making a ``Doc`` of it, so that no offset of a stranger reaches spaCy's memory, and written by spaCy.
Entities (``doc.ents``) have no layer, spans of a group have its key as theirs. ``Span._`` and ``Doc._`` are attributes
and metadata. Tags, lemmas and heads of tokens aren't read. Source: ``_serialize.py``, ``span_group.pyx`` of spaCy 3.8.
"""

import functools
import struct
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from spanproof.arrays import Words
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
    return _loaded(unpacked)


def _loaded(packed: bytes, *, use_list: bool = True) -> Any:
    from srsly import msgpack

    decode = _decoder()
    return msgpack.loads(packed, raw=False, use_list=use_list, object_pairs_hook=lambda pairs: decode(dict(pairs)))


@functools.cache
def _decoder() -> Callable[[Any], Any]:
    """Return what srsly decodes arrays and numbers with; it looks for that in all packages, whenever it is asked."""
    from srsly.msgpack import msgpack_decoders

    decode: Callable[[Any], Any] | None = None
    for one in msgpack_decoders.get_all().values():
        decode = functools.partial(one, chain=decode)
    return decode or dict


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
        self.strings = _Strings(StringStore([string for string in content["strings"] if string]))
        self._members = {name: content.get(name) or [] for name in ("cats", "flags", "span_groups", "user_data")}

    def member(self, name: str, number: int) -> Any:
        """Return what the file says of a document beside its tokens; an empty object where it says nothing."""
        members = self._members[name]
        return (members[number] if number < len(members) else None) or {}

    def column(self, name: str, tokens: slice) -> Words:
        """Return an attribute of some tokens, of shape (tokens,); 0 where the file hasn't it."""
        column = self.columns.get(name)
        return np.zeros(tokens.stop - tokens.start, np.uint64) if column is None else column[tokens]

    def string(self, number: int) -> str:
        """Return the string of a hash."""
        return self.strings[number]


class _Strings(dict[int, str]):
    """The strings of hashes, each looked up once; 0 is the empty one."""

    def __init__(self, store: Any) -> None:
        super().__init__({0: ""})
        self._store = store

    def __missing__(self, number: int) -> str:
        """Look a string up."""
        string = self[number] = str(self._store[number])
        return string


class _Doc:
    """A document of a file."""

    def __init__(self, bin_: _Bin, number: int, tokens: slice) -> None:
        self.bin, self.number, self.tokens = bin_, number, tokens
        self.problems: list[str] = []
        self.repairs: list[str] = []
        unknown = bin_.member("flags", number).get("has_unknown_spaces")
        words = [bin_.strings[word] for word in bin_.column("ORTH", tokens).tolist()]
        blanks = np.ones(len(words), bool) if unknown else bin_.spaces[tokens]
        lengths = np.fromiter(map(len, words), np.int64, len(words))
        ends = np.cumsum(lengths + blanks) - blanks
        self.starts, self.ends = (ends - lengths).tolist(), ends.tolist()
        pieces = [f"{word} " if blank else word for word, blank in zip(words, blanks.tolist(), strict=True)]
        self.text = "".join(pieces)

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
        tags, labels, knowledge, names = (self.bin.column(name, self.tokens) for name in _COLUMNS[1:])
        span: dict[str, Any] | None = None
        before = -1
        for k in np.flatnonzero((tags == _BEGINS) | (tags == _GOES_ON)).tolist():
            if tags[k] == _GOES_ON and span is not None and k == before + 1:
                span["end"] = self.ends[k]
            else:
                if span is not None:
                    yield span
                if tags[k] == _GOES_ON:
                    self.repairs.append(f"token {k + 1} goes on with no entity; it is read as the beginning of one")
                span = self._span(int(names[k]), int(labels[k]), (self.starts[k], self.ends[k]), int(knowledge[k]))
            before = k
        if span is not None:
            yield span

    def _grouped(self) -> Iterator[dict[str, Any]]:
        packed_groups = self.bin.member("span_groups", self.number)
        groups = _loaded(packed_groups) if packed_groups else {}
        pairs = groups.items() if isinstance(groups, dict) else ((group, None) for group in groups)
        for content, keys in pairs:
            group = _loaded(content)
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
        if not 0 <= first < last <= len(self.ends):
            return None, None
        return self.starts[first], self.ends[last - 1]

    def _span(self, name: int, label: int, extent: tuple[int, int], knowledge: int) -> dict[str, Any]:
        kb_id = self.bin.string(knowledge)
        attributes = {"attributes": {KNOWLEDGE: kb_id}} if kb_id else {}
        named = {"id": self.bin.string(name), "label": self.bin.string(label)}
        return {**named, "start": extent[0], "end": extent[1], **attributes}

    def _metadata(self, spans: Sequence[dict[str, Any]], name: str) -> tuple[str, dict[str, Any]]:
        """Return the id and the metadata of the document; spans take the attributes that are said of their places."""
        content = self.bin.member("user_data", self.number)
        user_data = _loaded(content, use_list=False) if content else {}
        places: dict[Any, list[dict[str, Any]]] = {}
        for span in spans:
            places.setdefault((span["start"], span["end"]), []).append(span)
        metadata = {"cats": _plain(cats)} if (cats := self.bin.member("cats", self.number)) else {}
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
    reconstructed="tokens and the spaces between them; a blank after each token if the spaces are unknown",
    unread="tags, lemmas and heads of tokens",
    fit=fit,
    extra="formats",
)
