"""SP205 to SP208: how the spans of a list lie to each other and to zones: overlap, order."""

from collections.abc import Iterator

import numpy as np

from spanproof.arrays import Bools, Ints, clashes, indices
from spanproof.checks.annotations import Annotations, annotations
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
    """Yield a hit for each annotation that crosses another of its list, or lies inside it, where neither is allowed.

    An annotation of several fragments is the set of their characters: it lies inside another if all of them do.
    """
    for lists, policy in view.schema.having(Node.overlap):
        units = annotations(view).get(lists.items.place) if lists.items else None
        if policy == "allow" or units is None:
            continue
        demand = "may nest but not cross" if policy == "nest" else "must not overlap"
        left = units.sound
        if lists.policy.several_labels:
            # Annotations of the same spans are one with several labels.
            k = indices(left)
            left = np.isin(np.arange(len(left)), k[np.unique(units.keys(k), return_index=True)[1]])
        for a, b in _clashes(units, left, policy == "nest"):
            crosses = policy == "nest" or not _within(units, b, a)
            if crosses == crossing:
                yield Hit(
                    units.items,
                    b,
                    f"{units.where(b)} {'crosses' if crosses else 'lies inside'} {units.where(a)} of the same layer, "
                    f"whose annotations {demand}",
                )


def _within(units: Annotations, inner: int, outer: int) -> bool:
    """Say whether every character of an annotation is one of another."""
    start, end = units.spans.start, units.spans.end
    return all(
        any(start[j] <= start[k] and end[k] <= end[j] for j in units.spans_of(outer)) for k in units.spans_of(inner)
    )


def _clashes(units: Annotations, left: Bools, nest: bool) -> Iterator[tuple[int, int]]:
    """Yield pairs of annotations that share characters, with nesting those that cross: each second one once.

    Args:
        units: the annotations of one place.
        left: which of them are looked at, shape (annotations,).
        nest: whether one may contain another.

    Yields:
        Two annotations; the second begins later, or a fragment of it does.
    """
    spans = units.spans
    owner = units.owner
    k = indices(left[owner])
    if (spans.low[k[1:]] >= spans.high[k[:-1]]).all():
        return
    # Each list on a stretch of its own, so that annotations of two lists never meet.
    shift = units.items.parent[owner[k]] * (int(spans.length.max(initial=0)) + 1)
    low, high, owner = _joined(spans.start[k] + shift, spans.end[k] + shift, owner[k])
    clashed: set[int] = set()
    for first, second in zip(*clashes(low, high, nest), strict=True):
        if owner[second] not in clashed:
            clashed.add(int(owner[second]))
            yield int(owner[first]), int(owner[second])
    if nest and not units.whole:
        yield from _torn(low, high, owner, clashed)


def _joined(low: Ints, high: Ints, owner: Ints) -> tuple[Ints, Ints, Ints]:
    """Return fragments, those of one owner that touch as one."""
    begins = np.append(True, (owner[1:] != owner[:-1]) | (low[1:] > high[:-1]))[: len(low)]
    return low[begins], high[np.append(begins[1:], True)[: len(low)]], owner[begins]


def _torn(low: Ints, high: Ints, owner: Ints, clashed: set[int]) -> Iterator[tuple[int, int]]:
    """Yield pairs of annotations of which no fragments cross, and of which the second is partly inside the first.

    Without crossings the fragments are a forest. An annotation nests if the innermost fragments around its own are all
    of one other annotation, or if there is none around any. Where they are of two, the smaller of these doesn't hold
    the whole of it. An annotation that doesn't nest is taken out, and the rest looked at again.
    """
    size = np.zeros(int(owner.max(initial=-1)) + 1, np.int64)
    np.add.at(size, owner, high - low)
    left = ~np.isin(owner, list(clashed))
    while True:
        k = indices(left)
        around = np.full(len(owner), -1)
        around[k] = _around(low[k], high[k], size[owner[k]], owner[k])
        least, most = np.full(len(size), len(size)), np.full(len(size), -1)
        np.minimum.at(least, owner[k], around[k])
        np.maximum.at(most, owner[k], around[k])
        torn = indices(least < most)
        one, other = np.where(least < 0, most, least)[torn], most[torn]
        smaller = np.where(size[one] < size[other], one, other)
        yield from zip(smaller.tolist(), torn.tolist(), strict=True)
        if not torn.size:
            return
        left &= ~np.isin(owner, torn)


def _around(low: Ints, high: Ints, size: Ints, owner: Ints) -> Ints:
    """Return for each fragment the owner of the innermost other one around it, or -1; no two of them cross.

    Of two that are the same, that of the larger annotation is the outer one.
    """
    order = np.lexsort((owner, -size, -high, low))
    around = np.full(len(low), -1)
    stack: list[int] = []
    for k in order.tolist():
        while stack and high[stack[-1]] <= low[k]:
            stack.pop()
        if stack:
            around[k] = owner[stack[-1]]
        stack.append(k)
    return around


@rule(
    "SP205",
    "overlap",
    needs=Node.overlap,
    bad=[{"entities": [ANA, {**ANA, "id": "e2", "start": 4, "text": "Silva"}]}],
    good=[{"entities": [ANA]}],
)
def overlap(view: View) -> Iterator[Hit]:
    """A span lies inside another in a layer where spans must not overlap.

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
    """A span begins inside another span of its layer and ends outside it.

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
    """An annotation lies in a zone where none are allowed.

    The schema's ``bars`` says which zones (boilerplate, metadata, credits) aren't the document's own prose.

    Waive it where a zone holds one span that is wanted all the same. If zones of one kind often hold such spans, remove
    that kind from ``bars``.
    """
    for lists, bars in view.schema.having(Node.bars):
        assert lists.items is not None
        zones = view.spans[lists.items.place]
        kind, kinds = view.codes((*lists.items.place, bars.member))
        barring = np.array([*(name in bars.values for name in kinds.to_pylist()), False])
        z = indices(zones.sound & barring[kind])
        z = z[np.argsort(zones.low[z], kind="stable")]
        low, reach = zones.low[z], np.maximum.accumulate(zones.high[z]) if z.size else zones.high[z]
        farthest = np.zeros(len(view.documents), np.int64)
        np.maximum.at(farthest, zones.items.doc[z], zones.high[z])
        for unit in (annotations(view).get((name, "*")) for name in bars.layers):
            layer = unit.spans if unit else None
            if layer is None or not z.size or layer.member != zones.member:
                continue
            near = indices((layer.low < farthest.take(layer.items.doc)) & layer.sound)
            before = np.searchsorted(low, layer.high[near], "left") - 1
            inside = (before >= 0) & (reach.take(before, mode="clip") > layer.low[near])
            for k, zone in zip(near[inside].tolist(), z[before[inside]].tolist(), strict=True):
                name = kinds[int(kind[zone])].as_py()
                yield Hit(
                    layer.items,
                    k,
                    f"{layer.start[k]}:{layer.end[k]} lies in a {name} zone; expected no annotations there",
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

    Programs that join them get the words in the wrong order. Corrected by sorting, if they don't overlap.

    Never waive it: fragments are stored in the order of the text; another order has no meaning.
    """
    for lists, _ in view.schema.having(Node.in_order):
        if lists.items is None:
            continue
        spans = view.spans[lists.items.place]
        parent = spans.items.parent
        together = (parent[1:] == parent[:-1]) & spans.sound[1:] & spans.sound[:-1]
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
                f"the fragment {spans.start[k]}:{spans.end[k]} {what}; expected the order of the text, without overlap",
                fix=fix,
            )
