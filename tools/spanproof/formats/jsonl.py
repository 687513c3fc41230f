"""JSON Lines: a document a line, ``text`` included."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.json as pj

from spanproof.arrays import is_utf8
from spanproof.corpus.documents import Batch, ReadError, batch_of, batch_of_columns
from spanproof.corpus.offset_changes import OffsetChange
from spanproof.corpus.origins import FileLines
from spanproof.corpus.record_batches import batch_of_records
from spanproof.formats.blocks import BLOCK, BlockLines, blocks
from spanproof.formats.content import is_packed
from spanproof.formats.encoding import LineError, decoded
from spanproof.formats.files import replace_file
from spanproof.formats.format import FilePart, FileParts, Format
from spanproof.formats.long_strings import hollow
from spanproof.formats.splice import is_escaped, spliced
from spanproof.parsing.json import DEPTH, dump, parse
from spanproof.schema.schema import Schema

_NO_NUMBERS = [re.compile(word + rb"\s*[,\]}]") for word in (b"NaN", b"Inf(?:inity)?")]
"""What Arrow's parser takes for a number, and RFC 8259 doesn't."""
_NULL = re.compile(rb"[ \t\r\n]*null")
_NO_SIGNS = bytes(sign for sign in range(256) if sign not in b"[{\n")
_SAMPLE = 1 << 20
"""Bytes of lines by which an encoding is told."""
_HEAD = 4096
_OPENED = 2000
"""Lists and objects that a line may begin, so that Arrow's parser is asked about members that no schema lists."""


def _table(block: bytes, schema: Schema, unlisted: str) -> pa.Table:
    if _NULL.match(block):  # Arrow's parser ends the process where the first record is null
        raise pa.ArrowInvalid("the first record is null")
    options = pj.ParseOptions(explicit_schema=schema.arrow, unexpected_field_behavior=unlisted)
    reading = pj.ReadOptions(use_threads=False, block_size=len(block) + 1)
    return pj.read_json(pa.BufferReader(block), reading, options).combine_chunks()


def _fast(block: bytes, path: str, first: int, schema: Schema) -> Batch | None:
    """Return a block by Arrow's parser, or None where it isn't plainly documents of the schema's types."""
    if schema.lens is not None and not schema.lens.same:
        return _shaped(block, path, first, schema)
    alone = len(block) > BLOCK and block.find(b"\n", 0, -1) < 0
    long = hollow(block, schema.texts) if alone else None
    table = _parsed(long.line if long else block, schema)
    table = long.filled(table) if long and table else table
    if table is None or not _is_sound(table):
        return None
    lines = BlockLines.of(block)
    if len(lines) != table.num_rows or not table.num_rows:
        return None
    return batch_of_columns(
        table.to_batches()[0],
        schema,
        FileLines(path, lines.numbers + first),
        lambda row: parse(lines[row].decode(), lone_surrogates=True),
        lines.mentioning,
        b"null" in (long.line if long else block),
    )


def _shaped(block: bytes, path: str, first: int, schema: Schema) -> Batch | None:
    """Return records of another shape by Arrow's parser; None where they are to be read one after another."""
    columns = schema.in_columns
    if columns is None or schema.positions is None or (named := schema.positions.named(block)) is None:
        return None
    table = _parsed(named, columns)
    if (
        table is None
        or not _is_sound(table)
        or (schema.positions.pairs and table.num_columns > len(columns.root.fields))
    ):
        return None
    lines = BlockLines.of(block)
    if len(lines) != table.num_rows or not table.num_rows:
        return None

    def record(row: int) -> Any:
        return parse(lines[row].decode(), lone_surrogates=True)

    origin = FileLines(path, lines.numbers + first)
    return batch_of_records(table.to_batches()[0], schema, origin, record, lines.mentioning, b"null" in block)


def _parsed(block: bytes, schema: Schema) -> pa.Table | None:
    """Return some lines as columns; None where Arrow's parser can't read them, or isn't to be asked."""
    if any(word.search(block) for word in _NO_NUMBERS):
        return None
    try:
        return _table(block, schema, "error")
    except pa.ArrowInvalid:
        if not _is_flat(block):
            return None
    try:
        return _table(block, schema, "infer")
    except (pa.ArrowInvalid, UnicodeDecodeError):
        return None


def _is_sound(table: pa.Table) -> bool:
    """Say whether columns are what Arrow says that they are, and not nested too deeply."""
    if max(_depth(column.type) for column in table.columns) >= DEPTH:
        return False
    try:
        # Arrow's parser makes arrays that are too short for several nulls in lists of no declared type.
        table.validate()
        if not all(is_utf8(column.chunk(0)) for column in table.columns if column.num_chunks):
            table.validate(full=True)
    except (pa.ArrowInvalid, UnicodeDecodeError):
        return False
    return True


def _is_flat(block: bytes) -> bool:
    """Say whether no line can be nested so deeply that Arrow's parser crashes, which it does at thousands of levels."""
    signs = np.frombuffer(block.translate(None, _NO_SIGNS), np.uint8)
    ends = np.flatnonzero(signs == ord("\n"))
    return int(np.diff(ends, prepend=-1, append=len(signs)).max()) <= _OPENED


def _depth(kind: pa.DataType) -> int:
    """Count the lists and objects that lie in each other in values of a type."""
    if not pa.types.is_nested(kind):
        return 0
    return 1 + max((_depth(kind.field(k).type) for k in range(kind.num_fields)), default=0)


@dataclass
class _Undecodable:
    """The lines of a file that are no UTF-8: one error names them all, since the file has another encoding."""

    path: str
    first: int = 0
    number: int = 0
    sample: bytearray = field(default_factory=bytearray)
    others: bool = False

    def look(self, block: bytes, first: int) -> None:
        """Take down those of some lines; none where all are UTF-8.

        Args:
            block: the lines.
            first: the number of the first.
        """
        if block.isascii() or is_utf8(_one_string(block)):
            return
        for number, line in enumerate(block.split(b"\n"), first):
            try:
                plain = line.decode().isascii()
            except UnicodeDecodeError:
                self.first = self.first or number
                self.number += 1
                if len(self.sample) < _SAMPLE:
                    self.sample += line + b"\n"
            else:
                self.others = self.others or not plain

    def errors(self) -> tuple[ReadError, ...]:
        """Return the error; none where all lines were UTF-8."""
        try:
            decoded(bytes(self.sample) + ("é".encode() if self.others else b""))
        except LineError as error:
            more = f" (and {self.number - 1:,} more lines)" if self.number > 1 else ""
            return (ReadError(self.path, self.first, f"{error}{more}"),)
        return ()


def _slow(block: bytes, path: str, first: int, schema: Schema, undecodable: _Undecodable) -> Batch:
    """Return a block line by line, with a read error for each line that isn't JSON."""
    documents, origin, errors = [], [], []
    undecodable.look(block, first)
    for number, line in enumerate(block.split(b"\n"), first):
        if not line.strip():
            continue
        try:
            documents.append(parse(line.decode(), lone_surrogates=True))
            origin.append((path, number))
        except UnicodeDecodeError:
            continue  # it is undecodable
        except ValueError as error:
            errors.append(ReadError(path, number, str(error)))
    return batch_of(documents, schema, origin, tuple(errors))


def _read(path: Path, schema: Schema) -> Iterator[Batch]:
    empty, undecodable = True, _Undecodable(str(path))
    for first, _, block in blocks(path):
        if first == 1 and (why := _of_wide_characters(block)):
            yield batch_of([], schema, errors=(ReadError(str(path), None, why),))
            return
        batch = _fast(block, str(path), first, schema) or _slow(block, str(path), first, schema, undecodable)
        empty = empty and not batch.columns.num_rows and not batch.errors
        yield batch
    if undecodable.number:
        yield batch_of([], schema, errors=undecodable.errors())
    elif empty:
        yield batch_of([], schema, errors=(ReadError(str(path), None, "the file holds no document"),))


def _divide(path: Path) -> Iterator[FilePart]:
    packed, undecodable, stop = is_packed(path), _Undecodable(str(path)), 0
    for first, start, block in blocks(path):
        if first == 1 and _of_wide_characters(block):
            return
        undecodable.look(block, first)
        stop = start + len(block)
        yield FilePart(first, start, stop, content=block if packed else None)
    if undecodable.number:
        yield FilePart(0, stop, stop, undecodable.errors())


def _read_part(path: Path, part: FilePart, schema: Schema) -> Iterator[Batch]:
    if part.errors:
        yield batch_of([], schema, errors=part.errors)
        return
    block = _bytes_of(path, part) if part.content is None else part.content
    fast = _fast(block, str(path), part.first, schema)
    yield fast or _slow(block, str(path), part.first, schema, _Undecodable(str(path)))


def _number(path: Path) -> int | None:
    """Return about how many documents a file has, if its lines are as long as the first ones."""
    if is_packed(path):
        return None
    with path.open("rb") as file:
        head = file.read(_SAMPLE)
    lines = head.count(b"\n")
    return path.stat().st_size * lines // len(head) if lines else None


def _bytes_of(path: Path, part: FilePart) -> bytes:
    """Return what a part of a file holds."""
    with path.open("rb") as file:
        file.seek(part.start)
        block = file.read(part.stop - part.start)
    if len(block) < part.stop - part.start:
        raise OSError(f"has become shorter while it was read; expected {part.stop:,} bytes at least")
    return block


def _one_string(block: bytes) -> pa.Array:
    """Return bytes as an array of one string, whatever they are."""
    ends = np.array([0, len(block)], np.int32)
    return pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(ends), pa.py_buffer(block)])


def _of_wide_characters(block: bytes) -> str:
    """Say that a file is in an encoding of two or four bytes a character; empty where it isn't."""
    try:
        decoded(block[:_HEAD])
    except LineError as error:
        return str(error) if error.line is None else ""
    return ""


def _write(path: Path, documents: Iterable[Any], _: Schema) -> None:
    replace_file(path, (f"{dump(document)}\n".encode() for document in documents))


def _amend(path: Path, changes: Mapping[int, Callable[[Any], Any]], _: Schema) -> bytes:
    content = path.read_bytes()
    lines, escapes = content.split(b"\n"), is_escaped(content)
    for number, change in changes.items():
        lines[number - 1] = _amended(lines[number - 1], change, escapes)
    return b"\n".join(lines)


def _amended(line: bytes, change: Callable[[Any], Any], escapes: bool) -> bytes:
    """Return a line with a change made to its document."""
    if isinstance(change, OffsetChange) and (written := change.written(line)) is not None:
        return written
    text, old = line.decode(), parse(line, lone_surrogates=True)
    return spliced(text, change(old), escapes=escapes, old=old).encode()


PARTS = FileParts(_divide, _read_part, _number)
FORMAT = Format("jsonl", (".jsonl", ".ndjson"), _read, _write, _amend, lined=True, parts=PARTS)
