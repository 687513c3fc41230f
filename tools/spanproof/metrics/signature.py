"""Signatures: a line that names everything a number depends on, so that equal lines mean comparable numbers.

The idea is sacreBLEU's: Post, A call for clarity in reporting BLEU scores, WMT 2018.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from spanproof._version import __version__
from spanproof.arrays import codes
from spanproof.corpus.pairs import Facing
from spanproof.schema.node import Place


@dataclass(frozen=True)
class Signature:
    """What a score depends on but the prediction: gold, task, options, version of the toolkit."""

    data: str
    task: str
    labels: str
    variant: str
    resamples: int
    seed: int
    version: str = __version__

    def of(self, layer: str, part: str | None, measure: str) -> str:
        """The signature of one score."""
        return f"{layer}{f'[{part}]' if part else ''}|{measure}|{self}"

    def __str__(self) -> str:
        return (
            f"task:{self.task}|labels:{self.labels}|variant:{self.variant}|resamples:{self.resamples}|seed:{self.seed}"
            f"|data:{self.data}|spanproof:{self.version}"
        )


def digest(facing: Facing, places: Iterable[Place]) -> str:
    """The first 16 hexadecimal digits of a SHA-256 of the gold that a task asks for.

    Hashed are the names and texts of the documents, and of each place the offsets and strings (labels, values,
    references; not identifiers, surfaces, context, or references to identifiers), sorted: so that the order of
    documents and annotations doesn't count.
    """
    found = hashlib.sha256()
    documents = facing.gold.items(())
    for member in dict.fromkeys(node.get("spanOf") for node in facing.schema.spans):
        for name, text in zip(facing.names, documents.columns[member].to_pylist(), strict=True):
            _add(found, name, text or "")
    for place in places:
        spans, node = facing.spans(place)[0], facing.schema.nodes[place]
        columns = [spans.start, spans.end]
        key = facing.schema.key_of(node)
        owner = place[:-1]
        if owner in facing.schema.nodes and facing.schema.nodes[owner].get("spanOf"):
            holders = facing.spans(owner)[0]
            columns += [holders.start[spans.items.parent], holders.end[spans.items.parent]]
        for name, member in node.fields.items():
            local = any(target.startswith("/") for target in member.get("refersTo", ()))
            only_local = local and not any(t.startswith("registry:") for t in member.get("refersTo"))
            if member.kind != "string" or name in (key, "text", "prefix", "suffix") or only_local:
                continue
            number, strings = codes(spans.items.columns[name])
            names = strings.to_pylist()
            order = sorted(range(len(names)), key=names.__getitem__)
            rank = np.append(np.argsort(np.array(order, np.int64)), -1)
            columns.append(rank[number])
            _add(found, name, *(names[k] for k in order))
        table = np.stack(columns, 1)
        _add(found, "/".join(place))
        found.update(table[np.lexsort(table.T[::-1])].astype("<i8").tobytes())
    return found.hexdigest()[:16]


def _add(found: "hashlib._Hash", *strings: str) -> None:
    for string in strings:
        encoded = string.encode("utf-8", "surrogatepass")
        found.update(len(encoded).to_bytes(8, "little") + encoded)
