"""Which documents break the schema, where and how, in words.

The prefilter clears what is sound for certain, the compiled validator decides the rest, and only what it rejects is
judged by the reference, whose every verdict and message it is: speed never changes a result.
"""

import difflib
import functools
import itertools
import json
import operator
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from spanproof.checks.prefilter import documents_of, suspects
from spanproof.checks.view import View
from spanproof.corpus.record_batches import ColumnRecords
from spanproof.corpus.unread import UnreadRecords
from spanproof.schema.node import Node
from spanproof.schema.paths import Path, place_of, value_at
from spanproof.schema.schema import Schema
from spanproof.schema.validation import Judge, missing_member


@dataclass(frozen=True)
class Misfit:
    """One place where a document breaks the schema.

    Attributes:
        row: the document, by its row in the batch.
        path: the place in the document.
        keyword: the keyword of JSON Schema whose demand isn't met, such as ``minimum``.
        instance: the value there.
        message: what is there and what would be right.
        written: the place in the record of the file, where that has another shape.
    """

    row: int
    path: tuple[str | int, ...]
    keyword: str
    instance: Any
    message: str
    written: Path | None = None


def misfits(view: View) -> Iterator[Misfit]:
    """Yield every place of a batch that breaks the schema, document by document."""
    if view.batch.records:
        yield from _misfits_of_records(view)
        return
    schema, raw, rows = view.schema, view.batch.raw, suspects(view)
    kept = [row for row in rows.tolist() if row in raw]
    judged = itertools.chain(
        ((row, _without_gaps(_alone(raw[row], schema), schema.root)) for row in kept),
        documents_of(view, np.setdiff1d(rows, kept), list(schema.root.fields)),
    )
    wrong = [(row, document) for row, document in judged if not schema.judge.accepts(document)]
    for row, document in sorted(wrong, key=operator.itemgetter(0)):
        yield from misfits_in(row, document, schema.judge)


def misfits_in(row: int, document: Any, judge: Judge) -> Iterator[Misfit]:
    """Yield where a document, or a registry, breaks a schema; what has the wrong type is that alone.

    Args:
        row: the document, by its row in the batch.
        document: the document, or a record of a file.
        judge: the judge of the schema.
    """
    try:
        errors = [error for outer in judge.errors(document) for error in _inner(outer)]
    except RecursionError:
        yield Misfit(row, (), "$ref", None, "is nested too deeply, or judged by references that never end")
        return
    placed = [one for error in errors for one in _placed(error, judge)]
    mistyped = {path for path, error in placed if error.validator == "type"}
    for path, error in placed:
        if error.validator != "type" and path in mistyped:
            continue
        message = _message(error.validator, error.instance, error.validator_value, error.message, error.schema)
        yield Misfit(row, path, error.validator, error.instance, message)


def _misfits_of_records(view: View) -> Iterator[Misfit]:
    """Yield where records break the schema that they are written by, and where their shape can't be read."""
    rows: dict[int, dict[int, int]] = {}
    records = view.batch.records
    judged = (
        _suspected(records, view) if isinstance(records, UnreadRecords) else range(len(records))
    )  # columns clear most
    for row, (k, number) in enumerate(view.batch.within if judged else ()):
        if k in judged:
            rows.setdefault(k, {})[number] = row
    for k, of_number in sorted(rows.items()):
        record = view.batch.records[k]
        reported = set()
        for misfit in misfits_in(0, record.written, view.schema.written_judge):
            reported.add(misfit.path)
            number, path = record.number_of(misfit.path) or (0, ())
            if number in of_number:
                yield replace(misfit, row=of_number[number], path=path, written=misfit.path)
        for number, row in of_number.items():
            for fault in record.faults(number):
                written = record.path(number, fault.path)
                if not any(path[: len(written)] == written for path in reported):
                    keyword = "offset" if fault.offset else "shape"
                    yield Misfit(row, fault.path, keyword, None, fault.problem, written)


def _suspected(records: UnreadRecords, view: View) -> set[int]:
    """Return the records that their columns don't clear, by number."""
    if not isinstance(records, ColumnRecords):
        return {*suspects(view).tolist()}
    schema = view.schema.in_columns
    assert schema is not None
    return {*suspects(View(replace(records.batch, records=records), schema)).tolist()}


def _inner(error: Any) -> Iterator[Any]:
    """Yield what a schema says of a value that might also have been null: the choice of the two hides it."""
    within = [other for other in error.context or () if (other.validator, other.validator_value) != ("type", "null")]
    if error.validator not in ("anyOf", "oneOf") or not within:
        yield error
        return
    if all(other.validator == "type" and other.json_path == error.json_path for other in within):
        kinds = [other.validator_value for other in within]  # a name, or a list of some
        within[0].validator_value = [name for some in kinds for name in ([some] if isinstance(some, str) else some)]
        within = within[:1]
    for other in within:
        yield from _inner(other)


def _placed(error: Any, judge: Judge) -> Iterator[tuple[Path, Any]]:
    """Yield an error with its path; of a member that is missing, what is wrong with null there.

    So it is told alike of columns, in which the two are the same. A member of which the schema says nothing more is
    missing in its object.
    """
    path: Path = tuple(error.absolute_path)
    name = missing_member(error)
    member = error.schema.get("properties", {}).get(name) if name is not None else None
    of_null = judge.errors_of(member, None) if isinstance(member, Mapping) else []
    if name is None or not of_null:
        yield path, error
    else:
        yield from (((*path, name), inner) for outer in of_null for inner in _inner(outer))


def _without_gaps(value: Any, node: Node) -> Any:
    """Return a value without the nulls of members that may be left out: columns can't tell the two apart."""
    if isinstance(value, Mapping):
        return {
            name: _without_gaps(member, node.fields[name]) if name in node.fields else member
            for name, member in value.items()
            if member is not None or name not in node.fields or node.fields[name].nullable or node.fields[name].required
        }
    if isinstance(value, list) and node.items is not None:
        return [_without_gaps(item, node.items) for item in value]
    return value


def _alone(document: Any, schema: Schema) -> Any:
    """Return a row of the configuration `challenge` without what it has beside the members of a document.

    That is the document that it was made of, and the transformation: joined by a + the two are the row's own key.
    """
    if not isinstance(document, Mapping) or schema.key is None:
        return document
    beside = [name for name in document if name not in schema.root.fields]
    pairs = itertools.permutations(beside) if len(beside) == 2 else ()
    is_made = any(document.get(schema.key) == f"{document[of]}+{document[by]}" for of, by in pairs)
    return {name: document[name] for name in document if name not in beside} if is_made else document


def _owner(misfit: Misfit, view: View) -> str:
    """Return the code that owns a misfit: a demand on the offsets or the label of a span has a rule of its own."""
    if misfit.keyword == "offset":
        return "SP101"
    place = place_of(misfit.path)
    span = next((node for node in view.schema.spans if node.place == place[:-1]), None)
    if span is not None and place[-1] in ("start", "end"):
        return {"type": "SP101", "minimum": "SP102"}.get(misfit.keyword, "SP002")
    owner = view.schema.nodes.get(place[:-1])
    if owner is not None and place[-1:] == (owner.label,) and misfit.keyword in ("enum", "const"):
        return "SP201"
    if place == (view.schema.key,) and misfit.keyword in ("type", "minLength"):
        return "SP003"
    return "SP002"


def owned(view: View, code: str) -> Iterator[Misfit]:
    """Yield the misfits of a batch that a rule reports."""
    by_owner = view.once("misfits", lambda: [(_owner(misfit, view), misfit) for misfit in _told_once(view)])
    yield from (misfit for owner, misfit in by_owner if owner == code)


def _told_once(view: View) -> Iterator[Misfit]:
    """Yield the misfits of a batch, but where several spans of a list lack both offsets that once, whatever they lack.

    Nothing of such spans is read, so that nothing depends on which of them a finding hides.
    """
    every = list(misfits(view))
    spans, items = {node.place for node in view.schema.spans}, dict[tuple[int, Path], list[Misfit]]()
    for misfit in every:
        if place_of(misfit.path[:-1]) in spans and isinstance(misfit.path[-2], int):
            items.setdefault((misfit.row, misfit.path[:-1]), []).append(misfit)
    lists: dict[tuple[int, Path], list[list[Misfit]]] = {}
    for (row, item), inner in items.items():
        absent = {one.path[-1] for one in inner if one.keyword == "type" and one.instance is None}
        if absent >= {"start", "end"}:
            lists.setdefault((row, item[:-1]), []).append(inner)
    instead: dict[int, Misfit | None] = {}
    for alike in (alike for alike in lists.values() if len(alike) > 1):
        instead.update((id(misfit), None) for inner in alike for misfit in inner)
        first = next(misfit for misfit in alike[0] if misfit.path[-1] == "start")
        message = f"{len(alike)} items of this list have no start and no end; {_members_there(view, first)}"
        instead[id(first)] = replace(first, message=message)
    yield from (one for misfit in every if (one := instead.get(id(misfit), misfit)) is not None)


def _members_there(view: View, misfit: Misfit) -> str:
    """Return in words which member an object was expected to have, and which it has."""
    path, record = misfit.path, view.batch.document(misfit.row)
    if misfit.written is not None:
        path, record = misfit.written, view.batch.records[view.batch.within[misfit.row][0]].written
    item = value_at(record, path[:-1])
    there = f", found {', '.join(map(repr, item))}" if isinstance(item, Mapping) and item else ""
    return f"expected {path[-1]!r}{there}"


def _message(keyword: str, instance: Any, wanted: Any, original: str, schema: Mapping[str, Any]) -> str:
    """Say what is there and what would be right.

    Args:
        keyword: the keyword whose demand isn't met.
        instance: the value there.
        wanted: the value of the keyword.
        original: what the validator says.
        schema: the schema that the keyword is in.
    """
    if keyword == "type":
        kinds = [wanted] if isinstance(wanted, str) else wanted
        is_ = "is missing or null" if instance is None else f"is {_shown(instance)}, {_kind(instance)}"
        return f"{is_}; expected {' or '.join(map(_article, kinds))}"
    if keyword == "enum":
        near = _near(str(instance), tuple(str(w) for w in wanted if w))
        hint = f"; did you mean {near!r}?" if near else ""
        return f"is {_shown(instance)}; expected one of {', '.join(str(w) for w in wanted if w is not None)}{hint}"
    if keyword == "additionalProperties" and isinstance(instance, Mapping):
        extra = sorted(instance.keys() - schema.get("properties", {}).keys())
        listed = ", ".join(schema.get("properties", {}))
        return f"has {', '.join(map(repr, extra))}, which the schema doesn't list; expected {listed}"
    if keyword == "minimum":
        return f"is {instance}; expected {wanted} or more"
    if keyword == "pattern":
        return f"is {_shown(instance)}; expected a string that matches {wanted}"
    if keyword == "required":
        return original.replace("is a required property", "is missing; the schema requires it")
    return original


@functools.lru_cache(4096)
def _near(value: str, wanted: tuple[str, ...]) -> str:
    """Return which of the values that are wanted is nearest to another one; empty if none is near."""
    near = difflib.get_close_matches(value.upper(), wanted, 1, 0.5) or difflib.get_close_matches(value, wanted, 1, 0.5)
    return near[0] if near else ""


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."


def _article(kind: str) -> str:
    return kind if kind == "null" else f"an {kind}" if kind[0] in "aio" else f"a {kind}"


def _kind(value: Any) -> str:
    kinds = {bool: "boolean", str: "string", int: "integer", float: "number", list: "array", dict: "object"}
    return _article(kinds.get(type(value), "null"))
