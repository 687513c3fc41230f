"""Documents with spans in several places, whatever is wrong with them, and their spans put anywhere."""

from random import Random
from typing import Any

import numpy as np

from spanproof.checks.view import View
from spanproof.corpus.documents import Batch
from spanproof.corpus.moved import MovedSpans
from spanproof.schema.schema import Schema

SPAN = {
    "type": ["object", "null"],
    "spanOf": "text",
    "properties": {"start": {"type": "integer"}, "end": {"type": "integer"}, "text": {"type": ["string", "null"]}},
}
QUOTE = {
    "type": ["object", "null"],
    "properties": {"cue": SPAN, "parts": {"type": ["array", "null"], "items": SPAN}},
}
SCHEMA = Schema.of(
    {
        "type": "object",
        "properties": {
            "text": {"type": "string"},
            "names": {"type": "array", "items": SPAN},
            "quotes": {"type": ["array", "null"], "items": QUOTE},
            "title": SPAN,
        },
    }
)


def span(draw: Random) -> Any:
    if draw.random() < 0.2:
        return None
    start = draw.randrange(20)
    words = draw.choice(["Ana", "İz", None])
    return {"start": draw.choice([start, start, "4", None]), "end": start + 3, "text": words, "x": 1}


def quote(draw: Random) -> Any:
    if draw.random() < 0.2:
        return None
    return {"cue": span(draw), "parts": draw.choice([None, [], [span(draw) for _ in range(3)]])}


def document(draw: Random) -> Any:
    written = {
        "text": "Ana said this to İz.",
        "names": [span(draw) for _ in range(draw.randrange(4))],
        "quotes": draw.choice([None, [quote(draw) for _ in range(3)]]),
        "title": span(draw),
    }
    return written if draw.random() < 0.7 else {**written, "more": [1]}


def some_moved(batch: Batch, draw: Random) -> MovedSpans:
    """Spans of each document, put anywhere; a third of them get other words."""
    view = View(batch, SCHEMA)
    bounds, rows, words = [0], [], {}
    for row in range(len(view.documents)):
        for number, spans in enumerate(view.spans.values()):
            for k in np.flatnonzero(spans.known & (spans.items.doc == row)).tolist():
                if draw.random() < 0.7:
                    if spans.words(k) is not None and draw.random() < 0.3:
                        words[len(rows)] = draw.choice(["Rui", "", "ş"])
                    at = [int(index[k]) for index in spans.items.at]
                    old = int(spans.start[k]), int(spans.end[k])
                    new = old[0] + draw.randrange(1, 9), draw.randrange(30)
                    rows.append((number, [*at, 0, 0][:2], old, new))
        bounds.append(len(rows))
    place, at, old, new = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    return MovedSpans([*view.spans], np.array(bounds), place, at, old, new, words)
