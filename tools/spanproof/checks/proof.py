"""How far a span is proved: by its stored surface or context, by the words of its annotation, or only within bounds."""

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from spanproof.arrays import Bools, booleans, indices, integers, to_arrow, validity
from spanproof.checks.annotations import Annotations, annotations
from spanproof.checks.view import Spans, View
from spanproof.schema.node import Node, Place
from spanproof.text.index import same_text


def in_bounds(spans: Spans) -> Bools:
    """Say which spans lie within their text, and no error has hidden."""
    return spans.sound & (spans.start >= 0) & (spans.start < spans.end) & (spans.end <= spans.length)


def proved(spans: Spans) -> Bools:
    """Say which spans cut out their stored surface, or stand where their stored prefix and suffix say.

    One without a surface needs both, since a prefix alone says nothing of the end.
    """
    stored = np.zeros(len(spans.items), np.bool_) if spans.surface is None else validity(spans.surface)
    around = _between_contexts(spans)
    return in_bounds(spans) & ((stored & spans.same) | (~stored & around))


def proved_by_words(view: View) -> Mapping[Place, Bools]:
    """Say which spans are fragments of an annotation whose stored words are the text of its fragments, by place."""
    by_place = {}
    for node, annotation in view.schema.having(Node.annotation):
        units = annotations(view)[node.place]
        if units.text is not None:
            right = units.sound & validity(units.items.columns[units.text])
            right[[k for k, _ in other_words(units, annotation.joined_by)]] = False
            by_place[units.spans.node.place] = right[units.owner]
    return by_place


def _between_contexts(spans: Spans) -> Bools:
    """Say which spans have a prefix and a suffix that aren't empty and that are the text there."""
    contexts = [spans.items.columns.get(name) for name in ("prefix", "suffix")]
    if any(context is None or context.null_count == len(context) for context in contexts):
        return np.zeros(len(spans.items), np.bool_)
    long = [integers(pc.binary_length(context))[0] > 0 for context in contexts]
    return long[0] & long[1] & ~out_of_context(spans)


def out_of_context(spans: Spans) -> Bools:
    """Say which spans that no error hides don't stand between their stored prefix and suffix."""
    bad = np.zeros(len(spans.items), np.bool_)
    for name, side in (("prefix", -1), ("suffix", 1)):
        context = spans.items.columns.get(name)
        if context is None or context.null_count == len(context):
            continue
        k = indices(spans.sound & validity(context))
        wanted = context.take(to_arrow(k))
        size = integers(pc.utf8_length(wanted))[0].astype(np.int64)
        base = spans.text.points.take(spans.items.doc[k])
        low = spans.start[k] - size if side < 0 else spans.end[k]
        high = low + size
        fits = (low >= 0) & (high <= spans.length[k])
        first, last = (spans.text.to_bytes(base + np.clip(at, 0, spans.length[k])) for at in (low, high))
        bad[k[~(fits & same_text(spans.text, first, last, wanted))]] = True
    return bad


def other_words(units: Annotations, joined_by: str) -> Iterator[tuple[int, str]]:
    """Yield the annotations whose stored text isn't that of their fragments, and what would be right.

    Args:
        units: the annotations; they have a member for their text.
        joined_by: what stands between two fragments in a text that is one string.
    """
    assert units.text
    stored = units.items.columns[units.text]
    if pa.types.is_list(stored.type):
        pieces = pa.LargeListArray.from_arrays(to_arrow(units.bounds), units.slices)
        for k in indices(units.sound & validity(stored)).tolist():
            if stored[k].as_py() != (right := pieces[k].as_py()):
                yield k, right
        return
    joined = units.joined(joined_by)
    same = booleans(pc.equal(stored.cast(pa.large_string()), joined))
    for k in indices(units.sound & validity(stored) & ~same).tolist():
        yield k, joined[k].as_py()
