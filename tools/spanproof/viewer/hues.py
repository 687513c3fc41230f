"""The colours of kinds of spans: in the reader and in pictures of the same corpus, one colour means one kind."""

from collections.abc import Mapping

from spanproof.schema.node import Place
from spanproof.schema.schema import Schema
from spanproof.viewer.articles import layers

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
INK, PAPER, LINE = ("#1d1f23", "#e4e2dc"), ("#fdfcf9", "#17191c"), ("#d9d5ca", "#3a3e45")
"""Words, paper and thin lines, likewise."""


def hues(schema: Schema) -> Mapping[Place, int]:
    """Return the number in :data:`HUES` of the spans of each place; with more kinds they come round again."""
    return {layer.node.place: layer.number % len(HUES) for layer in layers(schema)}
