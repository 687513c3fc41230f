"""JSON Lines: a document a line, ``text`` included."""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.json as pj

from spanproof.arrays import is_utf8
from spanproof.corpus.documents import Batch, ReadError, batch_of, batch_of_columns
from spanproof.formats.files import replace_file
from spanproof.formats.format import Format
from spanproof.formats.splice import spliced
from spanproof.parsing.json import dump, parse
from spanproof.schema.schema import Schema

_BLOCK = 1 << 24


def _blocks(path: Path) -> Iterator[tuple[int, bytes]]:
    """Whole lines of about 16 MiB, each with the number (from 1) of its first line."""
    line, rest = 1, b""
    with path.open("rb") as file:
        while chunk := file.read(_BLOCK):
            if line == 1 and not rest:
                chunk = chunk.removeprefix(b"\xef\xbb\xbf")
            cut = chunk.rfind(b"\n") + 1
            if not cut:
                rest += chunk
                continue
            block, rest = rest + chunk[:cut], chunk[cut:]
            yield line, block
            line += block.count(b"\n")
    if rest:
        yield line, rest


def _fast(block: bytes, path: str, first: int, schema: Schema) -> Batch | None:
    """Return a block by Arrow's parser, or None where it isn't plainly documents of the schema's types."""
    if schema.lens is not None:
        return None
    options = pj.ParseOptions(explicit_schema=schema.arrow, unexpected_field_behavior="error")
    reading = pj.ReadOptions(use_threads=False, block_size=len(block) + 1)
    try:
        table = pj.read_json(io.BytesIO(block), reading, options).combine_chunks()
        if not all(is_utf8(column.chunk(0)) for column in table.columns if column.num_chunks):
            table.validate(full=True)
    except (pa.ArrowInvalid, UnicodeDecodeError):
        return None
    lines = block.split(b"\n")
    numbers = [first + k for k, line in enumerate(lines) if line.strip()]
    if len(numbers) != table.num_rows or not table.num_rows:
        return None
    return batch_of_columns(table.to_batches()[0], schema, [(path, number) for number in numbers])


def _slow(block: bytes, path: str, first: int, schema: Schema) -> Batch:
    """Return a block line by line, with a read error for each line that isn't JSON."""
    documents, origin, errors = [], [], []
    for number, line in enumerate(block.split(b"\n"), first):
        if not line.strip():
            continue
        try:
            documents.append(parse(line.decode(), lone_surrogates=True))
            origin.append((path, number))
        except UnicodeDecodeError as error:
            problem = f"not UTF-8: byte 0x{line[error.start]:02x} at byte {error.start + 1} of the line"
            errors.append(ReadError(path, number, problem))
        except ValueError as error:
            errors.append(ReadError(path, number, str(error)))
    return batch_of(documents, schema, origin, tuple(errors))


def _read(path: Path, schema: Schema) -> Iterator[Batch]:
    empty = True
    for first, block in _blocks(path):
        batch = _fast(block, str(path), first, schema) or _slow(block, str(path), first, schema)
        empty = empty and not batch.columns.num_rows and not batch.errors
        yield batch
    if empty:
        yield batch_of([], schema, errors=(ReadError(str(path), None, "the file holds no document"),))


def _write(path: Path, documents: Iterable[Any], _: Schema) -> None:
    replace_file(path, "".join(dump(document) + "\n" for document in documents).encode())


def _amend(path: Path, changes: Mapping[int, Callable[[Any], Any]], _: Schema) -> bytes:
    lines = path.read_bytes().split(b"\n")
    for number, change in changes.items():
        line = lines[number - 1].decode()
        lines[number - 1] = spliced(line, change(parse(line.encode(), lone_surrogates=True))).encode()
    return b"\n".join(lines)


FORMAT = Format("jsonl", (".jsonl", ".ndjson"), _read, _write, _amend)
