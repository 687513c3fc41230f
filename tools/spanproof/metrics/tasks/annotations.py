"""The task of any annotation: spans, fragments, quotations with their parts, as units with labels of any kind."""

from dataclasses import replace
from itertools import compress

import numpy as np

from spanproof.arrays import Floats
from spanproof.corpus.continuum import Continuum
from spanproof.corpus.pairs import PairedCorpora
from spanproof.metrics.annotations import (
    AnnotationPieces,
    Key,
    in_tokens,
    overlapping,
    read_annotations,
    shared,
    span_places,
    without_labels,
)
from spanproof.metrics.attribution import Attributions, PartTokens, attribution_counts
from spanproof.metrics.counts import Counts, micro_macro_and_labels, prf
from spanproof.schema.node import Node

FRAGMENTED = "exact, several fragments"
"""The measure of the annotations that have more than one fragment."""


def annotation_task(pair: PairedCorpora, node: Node) -> list[Counts]:
    """Count the scores of a layer of annotations of any shape, by document.

    * ``exact``: credit 1 for an annotation with the same label and the same pieces in the same parts, one to one;
    * ``boundary``: the same whatever the labels are;
    * ``overlap``: as exact, and 1/2 for a pair of the others of a label that share a character in a part, one to one;
    * ``token``: a token has the label and part of all annotations that share a character with it there;
    * ``exact, several fragments``: exact of the annotations that have more than one;
    * ``exact+MEMBER``: exact annotations of which this member is the same too; nothing is the same as nothing;
    * ``aligned PART``, for annotations of several parts: partial credit for each; the first that the schema lists is
      the content (:func:`spanproof.metrics.attribution.attribution_counts`).

    Of quotations of several fragments, the content alone is compared where it isn't said otherwise, as of those of one
    span, and ``exact+PART`` are those of which this part is the same too.

    For annotations of one span each these are the measures of :func:`spanproof.metrics.measures.span_counts`.

    Args:
        pair: gold and prediction.
        node: the layer.

    Raises:
        ValueError: offsets that are no span of their text; the message names document and object.
    """
    *whole, labels = read_annotations(pair, node)
    places, contents = span_places(node), bool(node.annotation)
    gold, predicted = (side.at_places(0) if contents else side for side in whole)
    continuum = pair.continuum(pair.schema.nodes[places[0]])
    documents, layer = len(pair.names), ".".join(step for step in node.place if step != "*")
    exact = _by_label(gold, predicted, documents, len(labels))
    credit = np.zeros_like(exact)
    credit[:, :, 2] = overlapping(gold, predicted, documents, len(labels))
    cut = [in_tokens(side, continuum, len(labels)) for side in (gold, predicted)]
    tokens = _of_keys(cut[0], cut[1], documents, len(labels))
    blind = _by_label(without_labels(gold), without_labels(predicted), documents, 1)
    measured = (
        ("exact", exact, labels, "annotations"),
        ("boundary", blind, ("",), "annotations"),
        ("overlap", exact + credit, labels, "annotations"),
        ("token", tokens, labels, "tokens"),
    )
    counts = [count for row in measured for count in micro_macro_and_labels(*row, layer)]
    n = len(gold), len(predicted)
    for name in gold.members:
        keys = [side.keys(side.label, side.members[name]) for side in (gold, predicted)]
        counts.append(Counts(f"exact+{name}", shared(keys[0], keys[1], documents), prf, n, "annotations", layer=layer))
    counts += _fragmented(gold, predicted, documents, layer) if contents else []
    if len(places) > 1:
        names = [place[len(node.place)] for place in places]
        for k, name in enumerate(names) if contents else ():
            if k:
                keys = [side.at_places(0, k).keys(side.label) for side in whole]
                counts.append(
                    Counts(f"exact+{name}", shared(keys[0], keys[1], documents), prf, n, "annotations", layer=layer)
                )
        named = ["content", *names[1:]] if contents else names
        sides = [_attributions(side, len(places), continuum) for side in whole]
        counts += attribution_counts(sides[0], sides[1], named, (documents, "documents"), layer=layer)
    note = "" if node.label else "The schema names no label (labelledBy), so exact compares places alone."
    return [replace(count, units="documents", note=note) for count in counts]


def _fragmented(gold: AnnotationPieces, predicted: AnnotationPieces, documents: int, layer: str) -> list[Counts]:
    """Return the score of the annotations of several fragments; none where neither side has any."""
    several = [np.bincount(side.owner, minlength=len(side)) > 1 for side in (gold, predicted)]
    if not any(of_side.any() for of_side in several):
        return []
    a, b = ([*compress(side.keys(side.label), many)] for side, many in zip((gold, predicted), several, strict=True))
    sizes, of = (len(a), len(b)), "annotations of several fragments"
    return [Counts(FRAGMENTED, shared(a, b, documents), prf, sizes, of, layer=layer)]


def _attributions(side: AnnotationPieces, places: int, continuum: Continuum) -> Attributions:
    parts = []
    for k in range(places):
        here = side.place == k
        pieces = side.owner[here], side.start[here], side.end[here]
        parts.append(PartTokens.of(*pieces, len(side), continuum.tokens))
    return Attributions(side.doc, side.label, tuple(parts))


def _by_label(a: AnnotationPieces, b: AnnotationPieces, documents: int, labels: int) -> Floats:
    return _of_keys(a.keys(a.label), b.keys(b.label), documents, labels)


def _of_keys(a: list[Key], b: list[Key], documents: int, labels: int) -> Floats:
    """Return how many of each document and label two corpora have, and both; keys begin with these two."""
    wide = [[(doc * labels + label, *rest) for doc, label, *rest in side] for side in (a, b)]
    return shared(wide[0], wide[1], documents * labels).reshape(documents, labels, 3)
