"""SP209, SP210: members that follow from the rest of a document."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from spanproof.arrays import booleans, indices, to_arrow, validity
from spanproof.checks.annotations import annotations
from spanproof.checks.proof import other_words
from spanproof.checks.rule import Hit, rule
from spanproof.checks.view import View
from spanproof.corpus.columns import Items
from spanproof.corpus.documents import batch_of
from spanproof.corpus.edits import Edit, apply
from spanproof.corpus.shapes import ShapeError
from spanproof.corpus.tagging import tags_of
from spanproof.schema.derived import Derived
from spanproof.schema.lens import Tags
from spanproof.schema.node import Node
from spanproof.schema.schema import Schema
from spanproof.text.display import literal
from spanproof.text.tags import spans_of_tags

_MEMBERS = {"start": {"type": "integer"}, "end": {"type": "integer"}, "text": {"type": "string"}}
_SPAN = {"type": "object", "spanOf": "text", "properties": _MEMBERS}
_MENTION = {
    "type": "object",
    "annotationOf": {"fragments": "fragments", "text": "text"},
    "properties": {"fragments": {"type": "array", "items": _SPAN}, "text": {"type": "string"}},
}
_MENTIONS = {
    "type": "object",
    "key": "id",
    "properties": {
        "id": {"type": "string"},
        "text": {"type": "string"},
        "mentions": {"type": "array", "items": _MENTION},
    },
}
_GAVE_UP = [{"start": 3, "end": 7, "text": "gave"}, {"start": 11, "end": 13, "text": "up"}]


@rule(
    "SP209",
    "joined-text",
    needs=Node.annotation,
    schema=_MENTIONS,
    bad=[{"id": "a", "text": "He gave it up.", "mentions": [{"fragments": _GAVE_UP, "text": "gave it up"}]}],
)
def joined_text(view: View) -> Iterator[Hit]:
    """The text of an annotation differs from the text of its fragments.

    Some programs use one of the two and some the other, so they see different annotations. Corrected if each fragment
    stores its own text, which proves its offsets. Otherwise the offsets may be what is wrong, so nothing is corrected.

    Never waive it: correct the text or the fragments.
    """
    for node, annotation in view.schema.having(Node.annotation):
        units = annotations(view)[node.place]
        if units.text is None:
            continue
        surface = units.spans.surface
        proved = validity(surface) if surface is not None else np.zeros(len(units.spans.items), np.bool_)
        for k, right in other_words(units, annotation.joined_by):
            stored = units.items.columns[units.text][k].as_py()
            fix = (Edit((*units.items.path(k), units.text), right),) if proved[list(units.spans_of(k))].all() else ()
            message = f"is {_shown(stored)}; the text of {units.where(k)} is {_shown(right)}"
            yield Hit(units.items, k, message, (units.text,), fix=fix)


def _shown(words: str | list[str]) -> str:
    return literal(words) if isinstance(words, str) else ", ".join(map(literal, words))


_FLAGGED = {
    "type": "object",
    "key": "id",
    "properties": {
        "id": {"type": "string"},
        "text": {"type": "string"},
        "names": {"type": "array", "items": _SPAN},
        "sentences": {
            "type": "array",
            "items": {
                **_SPAN,
                "properties": {**_MEMBERS, "named": {"type": "boolean", "derived": {"covers": "/names"}}},
            },
        },
    },
}
_LEFT = {"start": 0, "end": 9, "text": "Ana left."}


@rule(
    "SP210",
    "derived-differs",
    needs=Node.derived,
    schema=_FLAGGED,
    bad=[
        {
            "id": "a",
            "text": "Ana left.",
            "names": [{"start": 0, "end": 3, "text": "Ana"}],
            "sentences": [{**_LEFT, "named": False}],
        }
    ],
)
def derived_differs(view: View) -> Iterator[Hit]:
    """A member differs from what the rest of the document implies.

    The schema's ``derived`` says how the member is computed: a flag, from the spans inside or around a span; a string,
    from its parts; the tags of tokens, from labelled spans. The rule skips the member if the spans that it depends on
    have errors. Corrected by computing the member again, unless it is a text that spans point into.

    Never waive it: some programs use the member and some compute it. If the member says more than can be computed,
    remove ``derived`` from the schema.
    """
    for node, says in view.schema.having(Node.derived):
        kind = _joined if says.joins else _tagged if says.tags else _flagged
        for items, k, right in kind(view, node, says):
            stored = items.columns[node.place[-1]][k].as_py()
            is_text = len(node.place) == 1 and node.place[0] in view.schema.texts
            fix = (Edit((*items.path(k), node.place[-1]), right),) if right is not None and not is_text else ()
            follows = "spans that no tags can express" if right is None else _json(right)
            message = f"is {_json(stored)}; the rest of the document implies {follows}"
            yield Hit(items, k, message, node.place[-1:], fix=fix)


def renewed(document: Any, schema: Schema) -> Any:
    """Return a document with its derived members derived anew; None where one of them can't be.

    Args:
        document: a document whose spans are sound; it isn't changed.
        schema: its schema.
    """
    view = View(batch_of([document], schema), schema)
    for hit in list(derived_differs.judge(view)):
        assert isinstance(hit, Hit)
        if not hit.fix:
            return None
        document = apply(document, hit.fix)
    return document


def _json(value: Any) -> str:
    written = json.dumps(value, ensure_ascii=False)
    return written if len(written) <= 80 else written[:77] + "..."


Differing = Iterator[tuple[Items, int, Any]]
"""Objects whose member isn't what follows: which they are, and what would be right, None where that can't be said."""


def _flagged(view: View, node: Node, says: Derived) -> Differing:
    """Yield the spans whose flag isn't whether they cover a span of a list, or lie within one."""
    owner, others = view.spans[node.place[:-1]], view.spans[says.lists[0], "*"]
    closed = np.zeros(len(view.documents), np.bool_)
    closed[others.items.doc[~others.sound]] = True
    there = indices(others.sound)
    there = there[np.argsort(others.low[there], kind="stable")]
    low, high = others.low[there], others.high[there]
    if says.covers:
        # Of the spans that begin at or after a place, the one that ends first.
        first = np.append(np.minimum.accumulate(high[::-1])[::-1], np.iinfo(np.int64).max)
        right = first[np.searchsorted(low, owner.low)] <= owner.high
    else:
        # Of the spans that begin at or before a place, the one that ends last.
        last = np.append(-1, np.maximum.accumulate(high))
        right = last[np.searchsorted(low, owner.low, "right")] >= owner.high
    flag = owner.items.columns[node.place[-1]]
    judged = owner.sound & ~closed[owner.items.doc] & validity(flag)
    for k in indices(judged & (booleans(flag) != right)).tolist():
        yield owner.items, k, bool(right[k])


def _joined(view: View, node: Node, says: Derived) -> Differing:
    """Yield the objects whose string isn't that of its pieces, joined."""
    items = view.columns.items(node.place[:-1])
    pieces, column = view.columns.column((*items.node.place, *says.joins))
    bounds = np.searchsorted(pieces.parent, np.arange(len(items) + 1))
    lists = pa.LargeListArray.from_arrays(to_arrow(bounds), column.cast(pa.large_string()))
    right = pc.binary_join(lists, pa.scalar(says.joined_by, pa.large_string()))
    stored = items.columns[node.place[-1]]
    same = booleans(pc.equal(stored.cast(pa.large_string()), right))
    for k in indices(validity(stored) & validity(right) & ~same).tolist():
        yield items, k, right[k].as_py()


def _tagged(view: View, node: Node, says: Derived) -> Differing:
    """Yield the documents whose tags don't say the spans of a list."""
    tokens, spans = view.spans[str(says.tokens), "*"], view.spans[str(says.tags), "*"]
    labels = spans.items.columns[str(spans.node.label)].to_pylist()
    stored = view.documents.columns[node.place[-1]]
    for row in indices(validity(stored)).tolist():
        (first, last), (low, high) = (np.searchsorted(s.items.doc, [row, row + 1]).tolist() for s in (tokens, spans))
        if not (tokens.sound[first:last].all() and spans.sound[low:high].all()) or None in labels[low:high]:
            continue
        at = [(int(tokens.start[k]), int(tokens.end[k])) for k in range(first, last)]
        expected = [(int(spans.start[k]), int(spans.end[k]), labels[k]) for k in range(low, high)]
        tags = [tag or "O" for tag in stored[row].as_py()]
        labelled = [(start, end, tag) for (start, end), tag in zip(at, tags, strict=False)]
        if len(tags) != len(at) or sorted(spans_of_tags(labelled)) != sorted(expected):
            yield view.documents, row, _tags(expected, at)


def _tags(spans: Sequence[tuple[int, int, str]], tokens: Sequence[tuple[int, int]]) -> list[str] | None:
    """Return the BIO tags that say spans; None where none can: they overlap, or begin or end inside a token."""
    written = [{"start": start, "end": end, "label": label} for start, end, label in spans]
    try:
        return tags_of(Tags((), "", ()), written, tokens, ((), ()))
    except ShapeError:
        return None
