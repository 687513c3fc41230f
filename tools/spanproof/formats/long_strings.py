"""The long text of a document, taken out of its JSON: what is some hundred MiB long is in memory once."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from spanproof.parsing.json import parse

LONG = 1 << 20
"""Bytes from which on a string is long."""
_PIECE = 1 << 20
"""Bytes of a string that are unescaped together."""
_CONTENT = re.compile(rb'[^"\\\x00-\x1f]*+(?:\\.[^"\\\x00-\x1f]*+)*+')


@dataclass(frozen=True)
class HollowLine:
    """A record without its long texts.

    Attributes:
        line: its JSON, in which each of them is a string of its own.
        texts: what stands for each, as bytes; and the member that it is, and the text.
    """

    line: bytes
    texts: tuple[tuple[str, str, pa.Array], ...]

    def filled(self, table: pa.Table) -> pa.Table | None:
        """Return the record as columns with the long texts in their places; None where one isn't found there."""
        for sign, member, text in self.texts:
            at = table.column_names.index(member) if member in table.column_names else -1
            if at < 0 or table.num_rows != 1 or table.column(at).to_pylist() != [sign]:
                return None
            table = table.set_column(at, table.schema.field(at), pa.chunked_array([text]))
        return table


def hollow(line: bytes, members: Iterable[str]) -> HollowLine | None:
    """Take the long texts out of a record; None where there is none, or one can't be read.

    A string that isn't where a string begins is taken out of what is no JSON then, or is found in no member.

    Args:
        line: the JSON of one record.
        members: the members of the record that hold texts.
    """
    extents = sorted(filter(None, (_long(line, member) for member in members)))
    parts, texts, done = list[bytes](), list[tuple[str, str, pa.Array]](), 0
    for number, (start, stop, member) in enumerate(extents):
        text, sign = _text(line, start, stop), f"long text {number} of this record"
        if text is None or start < done or sign.encode() in line:
            return None
        parts += [line[done:start], sign.encode()]
        texts.append((sign, member, text))
        done = stop
    return HollowLine(b"".join([*parts, line[done:]]), tuple(texts)) if texts else None


def _long(line: bytes, member: str) -> tuple[int, int, str] | None:
    """Return where the first long string begins and ends that is a member of this name, and the name."""
    for match in re.finditer(rb'"' + re.escape(member.encode()) + rb'"\s*:\s*"', line):
        content = _CONTENT.match(line, match.end())
        if content and content.end() - content.start() >= LONG and line[content.end() : content.end() + 1] == b'"':
            return content.start(), content.end(), member
    return None


def _text(line: bytes, start: int, stop: int) -> pa.Array | None:
    """Return a string of JSON as an array of one string; None where it can't be read."""
    if line.find(b"\\", start, stop) < 0:
        return _array(pa.py_buffer(line).slice(start, stop - start))
    sink = pa.BufferOutputStream()
    while start < stop:
        blank = line.find(b" ", min(start + _PIECE, stop), stop)  # it is no part of what is escaped
        cut = stop if blank < 0 else blank
        try:
            sink.write(parse(b'"%b"' % line[start:cut], lone_surrogates=True).encode())
        except ValueError:
            return None
        start = cut
    return _array(sink.getvalue())


def _array(content: pa.Buffer) -> pa.Array:
    ends = np.array([0, content.size], np.int32)
    return pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(ends), content])
