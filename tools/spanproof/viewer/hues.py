"""The colours of kinds of spans, the same in the reader and in pictures of a corpus.

In the reader a label turns the hue of its layer: the kind of line says which layer a span is of, the hue which label.
"""

from collections.abc import Mapping

from spanproof.schema.node import Place
from spanproof.schema.schema import Schema
from spanproof.viewer.articles import SpanLayer, layers

HUES = (
    ("#6b7280", "#9aa3b2"),
    ("#1f63b5", "#74aef2"),
    ("#a86a00", "#e3ae4c"),
    ("#7a3fb0", "#c39af0"),
    ("#0d7a72", "#4fcabf"),
    ("#2f7d2b", "#83cf78"),
    ("#b3261e", "#ff8a80"),
    ("#a3307f", "#f08fcb"),
)
"""Each colour on light and on dark paper."""
TURNS = (0, 50, -50, 100, -100, 150, -150)
"""By how many degrees the hue of a layer is turned for each of its labels; with more labels they come round again."""
INK, PAPER, LINE = ("#1d1f23", "#e4e2dc"), ("#fdfcf9", "#17191c"), ("#d9d5ca", "#3a3e45")
"""Words, paper and thin lines, likewise."""


def hues(schema: Schema) -> Mapping[Place, int]:
    """Return the number in :data:`HUES` of the spans of each place; with more kinds they come round again."""
    return {layer.node.place: layer.number % len(HUES) for layer in layers(schema)}


def turns(layer: SpanLayer) -> Mapping[str, int]:
    """Return the number in :data:`TURNS` of each label of a layer, by its place in the schema.

    There are none for quotations, of which one colour is all, nor where the layer is grey.
    """
    if layer.node.quotation or layer.number % len(HUES) == 0:
        return {}
    return {label: k % len(TURNS) for k, label in enumerate(layer.node.labels) if isinstance(label, str)}
