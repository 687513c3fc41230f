"""SP209: members that follow from the rest of a document."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from spanproof.arrays import booleans, indices, to_arrow, validity
from spanproof.checks.annotations import Annotations, annotations
from spanproof.checks.rule import Hit, rule
from spanproof.checks.view import Spans, View
from spanproof.corpus.edits import Edit
from spanproof.schema.node import Node
from spanproof.text.display import literal

_SPAN = {
    "type": "object",
    "spanOf": "text",
    "properties": {"start": {"type": "integer"}, "end": {"type": "integer"}, "text": {"type": "string"}},
}
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


def _slices(spans: Spans) -> pa.Array:
    """Return the text between the offsets of each span; of those out of bounds what lies within."""
    first, last = spans.bytes_
    length = np.maximum(last - first, 0)
    bounds = np.append(0, np.cumsum(length))
    at = np.arange(bounds[-1]) + np.repeat(first - bounds[:-1], length)
    buffers = [None, pa.py_buffer(bounds), pa.py_buffer(spans.text.bytes_[at].tobytes())]
    return pa.Array.from_buffers(pa.large_string(), len(length), buffers)


def _differs(units: Annotations, slices: pa.Array, joined_by: str) -> Iterator[tuple[int, str]]:
    """Yield the annotations whose stored text isn't that of their fragments, and what would be right, as JSON.

    Args:
        units: the annotations; they have a member for their text.
        slices: the text of each of their spans.
        joined_by: what stands between two fragments in a text that is one string.
    """
    assert units.text
    stored = units.items.columns[units.text]
    pieces = pa.LargeListArray.from_arrays(to_arrow(units.bounds), slices)
    if pa.types.is_list(stored.type):
        for k in indices(units.open & validity(stored)).tolist():
            if stored[k].as_py() != (right := pieces[k].as_py()):
                yield k, right
        return
    joined = pc.binary_join(pieces, pa.scalar(joined_by, pa.large_string()))
    same = booleans(pc.equal(stored.cast(pa.large_string()), joined))
    for k in indices(units.open & validity(stored) & ~same).tolist():
        yield k, joined[k].as_py()


@rule(
    "SP209",
    "joined-text",
    needs=Node.annotation,
    schema=_MENTIONS,
    bad=[{"id": "a", "text": "He gave it up.", "mentions": [{"fragments": _GAVE_UP, "text": "gave it up"}]}],
)
def joined_text(view: View) -> Iterator[Hit]:
    """The text of an annotation isn't that of its fragments.

    Readers take the one or the other, and see two annotations. Corrected where each fragment stores its own text, which
    proves its offsets; else the text of the whole is the only witness, and the offsets may be what is wrong.

    Never waive it: correct the text or the fragments.
    """
    for node, annotation in view.schema.having(Node.annotation):
        units = annotations(view)[node.place]
        if units.text is None:
            continue
        surface = units.spans.surface
        proved = validity(surface) if surface is not None else np.zeros(len(units.spans.items), np.bool_)
        for k, right in _differs(units, _slices(units.spans), annotation.joined_by):
            stored = units.items.columns[units.text][k].as_py()
            fix = (Edit((*units.items.path(k), units.text), right),) if proved[list(units.spans_of(k))].all() else ()
            message = f"is {_shown(stored)}; the text of {units.where(k)} is {_shown(right)}"
            yield Hit(units.items, k, message, (units.text,), fix=fix)


def _shown(words: str | list[str]) -> str:
    return literal(words) if isinstance(words, str) else ", ".join(map(literal, words))
