"""Documents, and arrays of another origin, as the column types of a schema."""

import io
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.json as pj

from spanproof.arrays import to_arrow, validity
from spanproof.schema.node import Node
from spanproof.schema.paths import Document
from spanproof.schema.schema import Schema

_INT32 = 2**31 - 1
_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


def demand_distinct(kind: pa.Schema | pa.DataType) -> None:
    """Demand that no object has two members of one name: only one of them would be read.

    Args:
        kind: the columns of documents, or what a column holds.

    Raises:
        ArrowInvalid: an object has; the message names the member.
    """
    if isinstance(kind, pa.Schema) or pa.types.is_struct(kind):
        names = [member.name for member in kind]
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise pa.ArrowInvalid(f"the member {twice!r} appears twice in one object")
    children = kind if isinstance(kind, pa.Schema) else map(kind.field, range(kind.num_fields))
    for member in children:
        demand_distinct(member.type)


def unlisted(kind: pa.DataType, node: Node) -> Iterator[tuple[Node, pa.Field]]:
    """Yield the members that the schema doesn't list, each with the node of the object that has it."""
    if node.kind == "object" and pa.types.is_struct(kind):
        for member in kind:
            if member.name not in node.fields:
                yield node, member
            else:
                yield from unlisted(member.type, node.fields[member.name])
    elif node.items is not None and (pa.types.is_list(kind) or pa.types.is_large_list(kind)):
        yield from unlisted(kind.value_type, node.items)


def conform(array: pa.Array, node: Node) -> pa.Array | None:
    """Return an array as the node's column type, members by name; missing ones are null, unlisted ones left out.

    None where something else would be lost.
    """
    if array.type == node.arrow:
        return array
    if pa.types.is_dictionary(array.type):
        return conform(array.dictionary_decode(), node)
    if node.kind == "object" and pa.types.is_struct(array.type):
        have = {f.name: child for f, child in zip(array.type, array.flatten(), strict=True)}
        children = [
            conform(have[name], sub) if name in have else pa.nulls(len(array), sub.arrow)
            for name, sub in node.fields.items()
        ]
        if any(child is None for child in children):
            return None
        if not children:  # from_arrays takes the length from the children
            there = None if array.null_count == 0 else array.is_valid().buffers()[1]
            return pa.Array.from_buffers(node.arrow, len(array), [there])
        mask = None if array.null_count == 0 else array.is_null()
        return pa.StructArray.from_arrays(children, fields=list(node.arrow), mask=mask)
    if node.items is not None and (pa.types.is_list(array.type) or pa.types.is_large_list(array.type)):
        if pa.types.is_large_list(array.type):  # a cast of others gives columns of nulls within them a wrong length
            array = array.cast(pa.list_(array.type.value_type))
        lengths = np.diff(np.frombuffer(array.buffers()[1], np.int32)[array.offset : array.offset + len(array) + 1])
        valid = validity(array)
        values = conform(array.flatten(), node.items)
        if values is None:
            return None
        offsets = np.concatenate([[0], np.cumsum(np.where(valid, lengths, 0))]).astype(np.int32)
        mask = None if array.null_count == 0 else array.is_null()
        return pa.ListArray.from_arrays(to_arrow(offsets), values, type=node.arrow, mask=mask)
    try:
        return array.cast(node.arrow) if pa.types.is_null(array.type) or _kind(array.type) == node.kind else None
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None


def _kind(kind: pa.DataType) -> str:
    """Return the kind in JSON of the values of a type; what has none, such as a date, is the string that it is."""
    if pa.types.is_integer(kind):
        return "integer"
    if pa.types.is_boolean(kind):
        return "boolean"
    return "number" if pa.types.is_floating(kind) or pa.types.is_decimal(kind) else "string"


def in_columns(documents: Sequence[Any], schema: Schema) -> tuple[pa.RecordBatch, dict[int, Any]]:
    """Return documents as columns, and those that lose something there, by their row."""
    if (columns := _at_once(documents, schema)) is not None:
        known = _members(schema.root)
        return columns, {k: document for k, document in enumerate(documents) if not _lists_all(document, known)}
    rows, raw = [], {}
    for k, document in enumerate(documents):
        row, whole = fitted(document, schema.root)
        rows.append(row or {})
        if not whole:
            raw[k] = document
    return columns_of(rows, schema), raw


def _at_once(documents: Sequence[Any], schema: Schema) -> pa.RecordBatch | None:
    """Return documents as columns that lose nothing but unlisted members; None where one has a value of another type.

    The reader of columns judges that. It would take numbers that are none here, so that a schema with some isn't asked.
    """
    if set(map(type, documents)) != {dict} or any(node.kind == "number" for node in schema.nodes.values()):
        return None
    try:
        return columns_of(documents, schema, others="ignore")
    except (pa.ArrowException, TypeError, ValueError, RecursionError):
        return None


@dataclass(frozen=True)
class _Members:
    """The members of objects: their names, those with objects in them; or the members of the objects in a list."""

    names: frozenset[str]
    inner: tuple[tuple[str, "_Members"], ...] = ()
    items: "_Members | None" = None


def _members(node: Node) -> _Members | None:
    """Return the members of the objects at and below a node; None where there are none."""
    if node.items is not None:
        items = _members(node.items)
        return None if items is None else _Members(frozenset(), items=items)
    below = ((name, _members(sub)) for name, sub in node.fields.items())
    inner = tuple((name, members) for name, members in below if members is not None)
    return _Members(frozenset(node.fields), inner) if node.kind == "object" else None


def _lists_all(value: Any, known: _Members | None) -> bool:
    """Say whether objects have no members but known ones; the types are known to be right."""
    if known is None or value is None:
        return True
    if known.items is not None:
        return all(_lists_all(item, known.items) for item in value)
    return value.keys() <= known.names and all(_lists_all(value.get(name), members) for name, members in known.inner)


def columns_of(rows: Sequence[Document], schema: Schema, others: str = "infer") -> pa.RecordBatch:
    """Return fitted documents as columns, by way of JSON.

    The path of pyarrow from lists imports pandas, which takes longer.

    Args:
        rows: the documents.
        schema: what a document is.
        others: what pyarrow does with members that aren't listed.
    """
    if not rows:
        return pa.RecordBatch.from_arrays([pa.nulls(0, column.type) for column in schema.arrow], schema=schema.arrow)
    text = "\n".join(map(_encode, rows)).encode()
    options = pj.ParseOptions(explicit_schema=schema.arrow, unexpected_field_behavior=others)
    table = pj.read_json(io.BytesIO(text), pj.ReadOptions(use_threads=False, block_size=len(text) + 1), options)
    return table.combine_chunks().to_batches()[0]


def fitted(value: Any, node: Node) -> tuple[Any, bool]:
    """Return the value as the node's column can hold it (null where it can't), and whether nothing was lost."""
    if value is None:
        return None, True
    if node.kind == "object":
        if not isinstance(value, Mapping):
            return None, False
        members, whole = {}, value.keys() <= node.fields.keys()
        for name, sub in node.fields.items():
            member = value.get(name)
            if member is None or (type(member) is str and sub.kind == "string" and member.isascii()):
                members[name] = member
                continue
            members[name], fits = fitted(member, sub)
            whole = whole and fits
        return members, whole
    if node.items is not None:
        if not isinstance(value, list | tuple):
            return None, False
        if node.items.kind == "string" and all(type(item) is str and item.isascii() for item in value):
            return value, True
        items = [fitted(item, node.items) for item in value]
        return [item for item, _ in items], all(fits for _, fits in items)
    return _fit_leaf(value, node.kind)


def _fit_leaf(value: Any, kind: str) -> tuple[Any, bool]:
    if kind == "string":
        if not isinstance(value, str):
            return None, False
        if value.isascii():
            return value, True
        try:
            value.encode()
        except UnicodeEncodeError:
            return "".join("�" if "\ud800" <= c < "\ue000" else c for c in value), False
        return value, True
    if kind == "boolean":
        return (value, True) if isinstance(value, bool) else (None, False)
    if type(value) is int and kind == "integer" and -_INT32 <= value <= _INT32:
        return value, True
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None, False
    if kind == "number":
        try:
            return (float(value), True) if math.isfinite(value) else (None, False)
        except OverflowError:  # an integer of hundreds of digits
            return None, False
    if isinstance(value, float) and not math.isfinite(value):
        return None, False
    if value != int(value):
        return None, False
    return max(-_INT32, min(_INT32, int(value))), abs(value) <= _INT32
