"""What was predicted and stands nowhere in the text: it counts as predicted, and can match nothing."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

import pyarrow as pa

from spanproof.corpus.columns import Columns
from spanproof.corpus.documents import Batch
from spanproof.corpus.pairs import PairedCorpora


class Spurious(Protocol):
    """A thing that was predicted and has no place."""

    @property
    def document(self) -> str:
        """The key of the document, or its number from 1."""

    @property
    def layer(self) -> str:
        """The list that it would stand in."""

    @property
    def label(self) -> str:
        """Its label; empty in a layer without labels."""


def with_spurious(pair: PairedCorpora, spurious: Sequence[Spurious]) -> PairedCorpora:
    """Return gold and a prediction with things that have no place, each as an empty span before the first character.

    An empty span shares no character with any other, so that it is spurious under every measure of spans.

    Args:
        pair: gold and the prediction.
        spurious: the things; those of documents and layers that the pair lacks are left out.
    """
    of_row = defaultdict[int, list[Spurious]](list)
    row = {name: k for k, name in enumerate(pair.names)}
    for item in spurious:
        if item.document in row and item.layer in pair.schema.root.fields:
            of_row[row[item.document]].append(item)
    if not of_row:
        return pair
    documents = pair.columns[1].batch.columns.to_pylist()
    for k, items in of_row.items():
        for item in items:
            documents[k][item.layer] = [*(documents[k][item.layer] or ()), _item(pair, item)]
    columns = pa.RecordBatch.from_pylist(documents, schema=pair.schema.arrow)
    second = Columns(Batch(columns, [(None, None)] * len(documents)), pair.schema)
    return replace(pair, columns=(pair.columns[0], second), spurious=True)


def _item(pair: PairedCorpora, spurious: Spurious) -> dict[str, Any]:
    """Return an annotation of no characters."""
    node = pair.schema.nodes[spurious.layer, "*"]
    nowhere = {"start": 0, "end": 0}
    item: dict[str, Any] = {node.annotation.fragments: [nowhere]} if node.annotation else nowhere
    member = node.kind_member
    return {**item, member: spurious.label or None} if member else item
