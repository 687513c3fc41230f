"""BIO tags of spans that may lie in each other: a column of tags for each level."""

import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from spanproof.publication.documents import Documents
from spanproof.publication.names import singular
from spanproof.publication.rows import label_names, row
from spanproof.schema.layers import Layer
from spanproof.schema.node import Json
from spanproof.text.segmentation import tokens

_MOST = 5
"""Levels that have a column; spans that lie deeper are listed as misfits."""


@dataclass(frozen=True)
class Levels:
    """The spans of a layer by level: level 1 has the outermost, each further one those that lie in the one before.

    ``placed[k]`` are the spans of document k as (start, end, label, level from 0), in their order; ``unplaced[k]``
    those whose edges are no edges of tokens, or that lie too deep, each with the sentence in which it begins.
    """

    documents: Documents
    layer: Layer
    placed: tuple[tuple[tuple[int, int, str, int], ...], ...]
    unplaced: tuple[tuple[tuple[int, Json], ...], ...]

    @classmethod
    def of(cls, documents: Documents, layer: Layer, member: str) -> "Levels":
        """Return the levels of a layer with labels of a closed list, in the text ``member`` of each document."""
        every = [_leveled(documents, k, layer, member) for k in range(len(documents.rows))]
        return cls(documents, layer, tuple(placed for placed, _ in every), tuple(unplaced for _, unplaced in every))

    @property
    def columns(self) -> list[str]:
        """The columns, ``quote_tags_1`` for the outermost; none where no span is placed."""
        deepest = max((level for spans in self.placed for *_, level in spans), default=-1)
        return [f"{singular(self.layer.name)}_tags_{level}" for level in range(1, deepest + 2)]

    def schema(self, level: int) -> Json:
        """Return the schema of the column of a level (from 1)."""
        words = {"layer": self.layer.name, "annotation": singular(self.layer.name), "level": str(level)}
        column: dict[str, Any] = row("levels", self.documents, words)["properties"]["tags"]
        names = label_names(self.layer.node.fields[str(self.layer.node.label)])
        column["items"]["enum"] = ["O", *(f"{prefix}-{name}" for name in names for prefix in "BI")]
        return column

    def tagged(self, k: int, extents: list[tuple[int, int]]) -> Iterator[tuple[str, list[str]]]:
        """Yield each column with the tags of some tokens of a document."""
        starts = [start for start, _ in extents]
        tags = {column: ["O"] * len(extents) for column in self.columns}
        for start, end, label, level in self.placed[k]:
            first, beyond = bisect.bisect_left(starts, start), bisect.bisect_left(starts, end)
            for i in range(first, beyond):
                tags[self.columns[level]][i] = f"{'B' if starts[i] == start else 'I'}-{label}"
        yield from tags.items()

    def misfits(self, k: int, sentence: int) -> Iterator[tuple[Layer, Json, str]]:
        """Yield the spans that begin in a sentence and have no tags, each with its layer and label."""
        for number, span in self.unplaced[k]:
            if number == sentence:
                yield self.layer, span, str(span[str(self.layer.node.label)])


def _leveled(
    documents: Documents, k: int, layer: Layer, member: str
) -> tuple[tuple[tuple[int, int, str, int], ...], tuple[tuple[int, Json], ...]]:
    """Return the spans of a document by level, and those that have none.

    A span gets the first level on which the spans before it have ended, so that no two on one level overlap.
    """
    text = documents.text(k, member) or ""
    extents = [token for low, high in documents.sentences(k, member) for token in tokens(text, low, high)]
    starts, ends = {start for start, _ in extents}, {end for _, end in extents}
    placed: list[tuple[int, int, str, int]] = []
    unplaced: list[tuple[int, Json]] = []
    ended = [0] * _MOST
    for span in sorted(layer.items(documents.rows[k]), key=lambda span: (span["start"], -span["end"])):
        start, end = span["start"], span["end"]
        level = next((level for level, last in enumerate(ended) if last <= start), None)
        if level is None or start not in starts or end not in ends:
            unplaced.append((documents.sentence_indices(k, member, start, end)[0], span))
            continue
        ended[level] = end
        placed.append((start, end, str(span[str(layer.node.label)]), level))
    return tuple(placed), tuple(unplaced)
