"""SP205 to SP208: how the spans of a list lie to each other and to zones: overlap, order."""

from collections.abc import Iterator

import numpy as np

from spanproof.arrays import clashes, indices
from spanproof.checks.examples import ANA
from spanproof.checks.rule import Hit, rule
from spanproof.checks.view import View
from spanproof.corpus.edits import Edit
from spanproof.schema.node import Node
from spanproof.schema.paths import value_at

_FRAGMENTS = {
    "type": "object",
    "key": "id",
    "properties": {
        "id": {"type": "string"},
        "text": {"type": "string"},
        "mentions": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "fragments": {
                        "type": "array",
                        "inOrder": True,
                        "items": {
                            "type": "object",
                            "spanOf": "text",
                            "properties": {"start": {"type": "integer"}, "end": {"type": "integer"}},
                        },
                    }
                },
            },
        },
    },
}


def _overlaps(view: View, crossing: bool) -> Iterator[Hit]:
    """Yield a hit for each span that crosses another of its list, or lies inside it, where the list allows neither."""
    for lists, policy in view.schema.having(Node.overlap):
        if policy == "allow" or lists.items is None or lists.items.place not in view.spans:
            continue
        spans = view.spans[lists.items.place]
        k = indices(spans.open)
        if lists.policy.several_labels:
            # Annotations with the same offsets are one span with several labels.
            offsets = np.stack([spans.items.parent[k], spans.start[k], spans.end[k]])
            k = k[np.sort(np.unique(offsets, axis=1, return_index=True)[1])]
        if (spans.low[k[1:]] >= spans.high[k[:-1]]).all():
            continue
        shift = spans.items.parent[k] * (int(spans.length.max(initial=0)) + 1)
        low, high = spans.start[k] + shift, spans.end[k] + shift
        first, second = clashes(low, high, policy == "nest")
        crosses = high[second] > high[first]
        for a, b in zip(k[first[crosses == crossing]].tolist(), k[second[crosses == crossing]].tolist(), strict=True):
            demand = "may nest but not cross" if policy == "nest" else "must not overlap"
            verb = "crosses" if crossing else "lies inside"
            other = f"{spans.start[a]}:{spans.end[a]}"
            yield Hit(
                spans.items,
                b,
                f"{spans.start[b]}:{spans.end[b]} {verb} {other} of the same layer, whose spans {demand}",
            )


@rule(
    "SP205",
    "overlap",
    needs=Node.overlap,
    bad=[{"entities": [ANA, {**ANA, "id": "e2", "start": 4, "text": "Silva"}]}],
    good=[{"entities": [ANA]}],
)
def overlap(view: View) -> Iterator[Hit]:
    """A span lies inside another of a layer that is flat.

    The schema says ``overlap: forbid``: BIO tags and most scorers can't express both. Keep one.

    Never waive it: a reader of a flat layer drops one of the two. Where both are meant, let the schema say
    ``overlap: nest``.
    """
    yield from _overlaps(view, crossing=False)


@rule(
    "SP206",
    "crossing",
    needs=Node.overlap,
    bad=[{"entities": [ANA, {**ANA, "id": "e2", "start": 4, "end": 14, "text": "Silva said"}]}],
    good=[{"entities": [ANA]}],
)
def crossing(view: View) -> Iterator[Hit]:
    """A span begins inside another of its layer and ends outside.

    Neither flat nor nested layers allow it; usually one boundary slipped.

    Never waive it: a reader of nested layers builds a tree, in which the two have no place. Where spans may cross, let
    the schema say ``overlap: allow``.
    """
    yield from _overlaps(view, crossing=True)


@rule(
    "SP207",
    "barred-zone",
    needs=Node.bars,
    bad=[
        {"zones": [{"id": "z1", "type": "credit", "start": 0, "end": 14, "text": "Ana Silva said"}], "entities": [ANA]}
    ],
    good=[{"zones": [{"id": "z1", "type": "credit", "start": 10, "end": 14, "text": "said"}], "entities": [ANA]}],
)
def barred_zone(view: View) -> Iterator[Hit]:
    """An annotation lies in a zone that carries none.

    The schema's ``bars`` says which zones (boilerplate, metadata, credits) aren't the document's own prose.

    Waive it where a zone holds one span that is wanted all the same. Where its kind often does, take that out of
    ``bars``.
    """
    for lists, bars in view.schema.having(Node.bars):
        assert lists.items is not None
        zones = view.spans[lists.items.place]
        kind, kinds = view.codes((*lists.items.place, bars.member))
        barring = np.array([*(name in bars.values for name in kinds.to_pylist()), False])
        z = indices(zones.open & barring[kind])
        z = z[np.argsort(zones.low[z], kind="stable")]
        low, reach = zones.low[z], np.maximum.accumulate(zones.high[z]) if z.size else zones.high[z]
        farthest = np.zeros(len(view.documents), np.int64)
        np.maximum.at(farthest, zones.items.doc[z], zones.high[z])
        for layer in (view.spans.get((name, "*")) for name in bars.layers):
            if layer is None or not z.size or layer.member != zones.member:
                continue
            near = indices((layer.low < farthest.take(layer.items.doc)) & layer.open)
            before = np.searchsorted(low, layer.high[near], "left") - 1
            inside = (before >= 0) & (reach.take(before, mode="clip") > layer.low[near])
            for k, zone in zip(near[inside].tolist(), z[before[inside]].tolist(), strict=True):
                name = kinds[int(kind[zone])].as_py()
                yield Hit(
                    layer.items,
                    k,
                    f"{layer.start[k]}:{layer.end[k]} lies in a {name} zone, which carries no annotations",
                )


@rule(
    "SP208",
    "fragment-order",
    needs=Node.in_order,
    schema=_FRAGMENTS,
    bad=[
        {
            "id": "a",
            "text": "He gave it up.",
            "mentions": [{"fragments": [{"start": 11, "end": 13}, {"start": 3, "end": 7}]}],
        }
    ],
)
def fragment_order(view: View) -> Iterator[Hit]:
    """The fragments of a discontinuous span are out of order or overlap.

    Readers that join them get the words in the wrong order. Corrected by sorting, where they don't overlap.

    Never waive it: the order of the fragments is that of the text, and nothing else can be told by it.
    """
    for lists, _ in view.schema.having(Node.in_order):
        if lists.items is None:
            continue
        spans = view.spans[lists.items.place]
        parent = spans.items.parent
        together = (parent[1:] == parent[:-1]) & spans.open[1:] & spans.open[:-1]
        seen: set[int] = set()
        for k in (indices(together & (spans.start[1:] < spans.end[:-1])) + 1).tolist():
            owner = int(parent[k])
            if owner in seen:
                continue
            seen.add(owner)
            group = np.flatnonzero(parent == owner)
            ordered = group[np.argsort(spans.start[group], kind="stable")]
            apart = bool((spans.start[ordered][1:] >= spans.end[ordered][:-1]).all())
            document = view.batch.document(int(spans.items.doc[k]))
            path = spans.items.path(k)[:-1]
            value = value_at(document, path)
            fix = (Edit(path, [value[spans.items.path(int(j))[-1]] for j in ordered]),) if apart else ()
            what = "is out of order" if apart else "overlaps another"
            yield Hit(
                spans.items,
                k,
                f"the fragment {spans.start[k]}:{spans.end[k]} {what}; expected one after the other",
                fix=fix,
            )
