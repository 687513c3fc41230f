"""How far a span is proved: by its stored surface, by its stored context, or only within the bounds of its text."""

import numpy as np
import pyarrow.compute as pc

from spanproof.arrays import Bools, indices, integers, to_arrow, validity
from spanproof.checks.view import Spans
from spanproof.text.index import same_text


def in_bounds(spans: Spans) -> Bools:
    """Say which spans lie within their text, and no error has hidden."""
    return spans.open & (spans.start >= 0) & (spans.start < spans.end) & (spans.end <= spans.length)


def proved(spans: Spans) -> Bools:
    """Say which spans cut out their stored surface, or stand where their stored prefix and suffix say.

    One without a surface needs both, since a prefix alone says nothing of the end.
    """
    stored = np.zeros(len(spans.items), np.bool_) if spans.surface is None else validity(spans.surface)
    around = _between_contexts(spans)
    return in_bounds(spans) & ((stored & spans.same) | (~stored & around))


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
        k = indices(spans.open & validity(context))
        wanted = context.take(to_arrow(k))
        size = integers(pc.utf8_length(wanted))[0].astype(np.int64)
        base = spans.text.points.take(spans.items.doc[k])
        low = spans.start[k] - size if side < 0 else spans.end[k]
        high = low + size
        fits = (low >= 0) & (high <= spans.length[k])
        first, last = (spans.text.to_bytes(base + np.clip(at, 0, spans.length[k])) for at in (low, high))
        bad[k[~(fits & same_text(spans.text, first, last, wanted))]] = True
    return bad
