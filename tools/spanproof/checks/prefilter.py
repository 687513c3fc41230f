"""Which documents may break the schema: those that neither their columns nor the compiled validator clear.

Columns clear most of a schema: types, lists of values, bounds. What they can't judge of single values is judged once
for each different value, and what they can't judge of objects and lists by the compiled validator, on the members of
the document that need it. Clearing is conservative: what is not cleared is judged again, by the validator that says
what is wrong.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from spanproof.arrays import Bools, Ints, booleans, integers, to_arrow, validity
from spanproof.checks.view import View
from spanproof.corpus.unread import UnreadRecords
from spanproof.schema.node import Json, Node
from spanproof.schema.validation import decided, decider
from spanproof.schema.vocabulary import vocabulary

_BY_COLUMNS = {
    "$schema", "$id", "$ref", "$defs", "$comment", "title", "description", "default", "examples", "type", "properties",
    "required", "additionalProperties", "items", "enum", "const", "pattern", "minimum", "minLength", "minItems",
    "maxItems",
}  # fmt: skip
_BY_VALUES = {"maxLength", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "format"}
_PRESENCE = {"required", "minProperties", "maxProperties", "dependentRequired", "allOf", "anyOf", "oneOf", "not"}
_SAME_TO_ALL = re.compile(r"(?:[^\\.(\[]|\((?!\?)|\[(?![\[:^])|\[\^)*")
"""Expressions that RE2 and ECMA-262 read alike: without escapes, dots, extensions."""
_AT_ONCE = 256
"""Documents that are made of columns together: many at once take the collector of garbage longer than the making."""


def suspects(view: View) -> Ints:
    """Return the documents that aren't cleared, by row."""
    doubt = np.zeros(len(view.documents), np.bool_)
    doubt[[row for row in view.batch.raw if row not in view.batch.unlisted]] = True
    unclear = {node.place for node in view.schema.nodes.values() if not _is_clear(node)}
    for node in view.schema.nodes.values():
        if node.place and node.place not in unclear:
            _doubt_node(view, node, doubt)
    if unclear:
        doubt[list(view.batch.raw)] = True
    if isinstance(view.batch.records, UnreadRecords):
        _doubt_gaps(view, view.batch.records.nulls, bool(unclear), doubt)
    related = _relations(view.schema.judge.schema)
    if unclear == {()} and _asks_presence(related):
        doubt |= _related_wrongly(view, related)
    elif unclear:
        _doubt_members(view, None if () in unclear else sorted({place[0] for place in unclear}), doubt)
    return np.flatnonzero(doubt)


def _doubt_gaps(view: View, nulls: bool, presence: bool, doubt: Bools) -> None:
    """Mark the records that have a null where a member may only be missing, or lack one that may only be null.

    Args:
        view: the batch.
        nulls: whether a record may hold a null at all.
        presence: whether the schema may ask which members are there in other words than ``required``.
        doubt: the documents that are marked.
    """
    for place, node in view.schema.nodes.items():
        if place and place[-1] != "*" and (presence or node.required or (nulls and not node.nullable)):
            owners, array = view.columns.column(place)
            doubt[owners.doc[~validity(array)]] = True


def _is_clear(node: Node) -> bool:
    """Say whether columns and values alone can clear a node."""
    more = node.json.keys() - _BY_COLUMNS - vocabulary()
    if node.kind == "object" and not node.fields.keys() >= set(node.json.get("required", ())):
        return False
    return not more or (node.kind not in ("object", "array") and more <= _BY_VALUES)


def _relations(schema: Json) -> Json:
    """Return what a schema says of a document itself, and not of each of its members."""
    return {name: part for name, part in schema.items() if name == "required" or name not in _BY_COLUMNS | vocabulary()}


def _asks_presence(schema: Any) -> bool:
    """Say whether a schema asks only which members are there."""
    if not isinstance(schema, Mapping) or not schema.keys() <= _PRESENCE:
        return False
    parts = [part for name in ("allOf", "anyOf", "oneOf") for part in schema.get(name, ())]
    return all(map(_asks_presence, [*parts, schema["not"]] if "not" in schema else parts))


def _related_wrongly(view: View, schema: Json) -> Bools:
    """Say which documents a schema that asks only which members are there rejects, asking once for each choice."""
    fields = view.schema.root.fields
    if not fields:
        return np.full(len(view.documents), not decided(decider(schema), {}))
    kept = [node.nullable or node.required for node in fields.values()]
    there = np.stack([validity(view.batch.columns[name]) for name in fields], 1) | np.array(kept)
    choices, choice = np.unique(there, axis=0, return_inverse=True)
    judge, names = decider(schema), np.array(list(fields))
    bad = np.array([not decided(judge, dict.fromkeys(names[some].tolist())) for some in choices], np.bool_)
    wrong: Bools = bad[choice.reshape(-1)]
    return wrong


def _doubt_members(view: View, members: Sequence[str] | None, doubt: Bools) -> None:
    """Mark the documents in which the compiled validator rejects some members; all that they are if None are named."""
    judge, names = view.schema.judge.decider, list(view.schema.root.fields)
    if members is not None:
        whole, names = view.schema.judge.schema, list(members)
        judge = decider({**whole, "required": [name for name in whole.get("required", ()) if name in names]})
    for row, document in documents_of(view, np.flatnonzero(~doubt), names):
        doubt[row] = not decided(judge, document)


def documents_of(view: View, rows: Ints, names: Sequence[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield documents of columns, some members of them, without the nulls of members that may be left out.

    Args:
        view: the batch.
        rows: which documents.
        names: which of their members.
    """
    root = view.schema.root
    part = replace(root, fields={name: root.fields[name] for name in names})
    for at in range(0, len(rows), _AT_ONCE):
        some = rows[at : at + _AT_ONCE]
        columns = view.batch.columns.select(list(names)).take(to_arrow(some))
        yield from zip(some.tolist(), values_of(columns.to_struct_array(), part), strict=True)


def values_of(array: pa.Array, node: Node) -> list[Any]:
    """Return the values of a column; a member that is null and may be left out is: columns can't tell the two apart.

    Args:
        array: a column of the node's type.
        node: whose column it is.
    """
    if node.kind == "object":
        return _objects(array, node)
    if node.items is not None:
        items = values_of(array.flatten(), node.items)
        ends = np.cumsum(integers(pc.list_value_length(array))[0]).tolist()
        lists = [items[start:end] for start, end in zip([0, *ends], ends, strict=False)]
        return _or_none(lists, array)
    if node.kind == "integer":
        return _or_none(integers(array)[0].tolist(), array)
    plain: list[Any] = array.to_pylist()
    return plain


def _objects(array: pa.Array, node: Node) -> list[Any]:
    members, gaps = [], False
    for (name, sub), child in zip(node.fields.items(), array.flatten(), strict=True):
        drops = not (sub.nullable or sub.required)
        if drops and child.null_count == len(child):
            continue
        gaps |= drops and child.null_count > array.null_count
        members.append((name, values_of(child, sub), drops))
    names = [name for name, _, _ in members]
    dropping = {name for name, _, drops in members if drops}
    rows = zip(*(values for _, values, _ in members), strict=True) if members else iter([()] * len(array))
    objects: list[Any] = [dict(zip(names, row, strict=True)) for row in rows]
    if gaps:
        objects = [
            {name: value for name, value in full.items() if value is not None or name not in dropping}
            for full in objects
        ]
    return _or_none(objects, array)


def _or_none(values: list[Any], array: pa.Array) -> list[Any]:
    if array.null_count == 0:
        return values
    return [value if valid else None for value, valid in zip(values, validity(array).tolist(), strict=True)]


def _doubt_node(view: View, node: Node, doubt: Bools) -> None:
    """Mark in ``doubt`` the documents of which a value at a node isn't cleared by its column."""
    if node.place[-1] == "*":
        owner, lists = view.columns.column(node.place[:-1])
        values = lists.flatten()
        if values.null_count == 0 and node.kind == "object":
            return
        doc = np.repeat(owner.doc, integers(pc.list_value_length(lists))[0])
    else:
        owner = view.columns.items(node.place[:-1])
        values, doc = owner.columns[node.place[-1]], owner.doc
    if not _asks(node) and (node.nullable or values.null_count == 0):
        return
    bad = np.zeros(len(values), np.bool_)
    if not node.nullable and (node.required or node.place[-1] == "*"):
        bad |= ~validity(values)
    if node.kind == "string" and node.place[-1] != "*" and (node.allowed is not None or _judged_once(node)):
        code, different = view.codes(node.place)
        bad |= np.append(_doubt_values(different, node), False)[code]
    else:
        bad |= _doubt_values(values, node)
    doubt[doc[bad]] = True


def _asks(node: Node) -> bool:
    """Say whether a node asks more of its values than a type."""
    asked = (node.allowed, node.minimum, node.max_items, node.pattern or None, node.min_length or None)
    return any(one is not None for one in asked) or bool(node.min_items or _judged_once(node))


def _doubt_values(values: pa.Array, node: Node) -> Bools:
    """Say of each value whether its column leaves in doubt that the node allows it."""
    bad = np.zeros(len(values), np.bool_)
    if (allowed := node.allowed) is not None:
        bad |= np.array([value is not None and value not in allowed for value in values.to_pylist()], np.bool_)
    if node.kind == "string" and (pattern := node.pattern) and _SAME_TO_ALL.fullmatch(pattern):
        bad |= ~_matches(values, pattern) & validity(values)
    if node.kind == "string" and node.min_length:
        # Bytes are counted faster than code points; one code point has four bytes at most.
        lengths = pc.binary_length(values)
        bad |= (integers(lengths)[0] < 4 * node.min_length - 3) & validity(values)
    if (minimum := node.minimum) is not None:
        small = integers(values)[0] < minimum if node.kind == "integer" else booleans(pc.less(values, float(minimum)))
        bad |= small & validity(values)
    if node.items is not None and (node.min_items or node.max_items is not None):
        lengths = integers(pc.list_value_length(values))[0]
        most = len(lengths) + lengths.max(initial=0) if node.max_items is None else node.max_items
        bad |= ((lengths < node.min_items) | (lengths > most)) & validity(values)
    if judged := _judged_once(node):
        bad |= _rejected(values, decider(judged)) & validity(values)
    return bad


def _judged_once(node: Node) -> Json:
    """Return what of a node's schema is judged once for each different value."""
    if node.kind not in ("string", "integer", "number"):
        return {}
    by_validator = {name: node.json[name] for name in _BY_VALUES if name in node.json}
    if node.kind == "string" and node.pattern and not _SAME_TO_ALL.fullmatch(node.pattern):
        by_validator["pattern"] = node.pattern
    return by_validator


def _rejected(values: pa.Array, judge: Any) -> Bools:
    """Say which values a compiled validator rejects, asking once for each."""
    encoded = values.dictionary_encode()
    rejected = [not decided(judge, value) for value in encoded.dictionary.to_pylist()]
    at, valid = integers(encoded.indices)
    bad: Bools = np.array([*rejected, False], np.bool_)[np.where(valid, at, len(rejected))]
    return bad


def _matches(values: pa.Array, pattern: str) -> Bools:
    """Say which values RE2 matches; an expression that RE2 doesn't know matches nothing: the validator judges."""
    try:
        return booleans(pc.match_substring_regex(values, pattern))
    except pa.ArrowInvalid:
        return np.zeros(len(values), np.bool_)
