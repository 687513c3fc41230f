"""Signatures: a line that names everything a number depends on, so that equal lines mean comparable numbers.

The idea is sacreBLEU's: Post, A call for clarity in reporting BLEU scores, WMT 2018.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from spanproof._version import __version__
from spanproof.arrays import Ints, codes
from spanproof.corpus.pairs import PairedCorpora
from spanproof.corpus.plain_rows import plain_values
from spanproof.metrics.boundaries import Variant
from spanproof.metrics.wholes import wholes
from spanproof.schema.node import Node, Place


@dataclass(frozen=True)
class Signature:
    """What a score depends on but the prediction.

    Attributes:
        data: the digest of gold.
        task: what is asked.
        labels: the name of the label set, ``-`` where there is none.
        variant: the convention.
        resamples: draws for an interval.
        seed: of the draws.
        version: of the toolkit.
    """

    data: str
    task: str
    labels: str
    variant: Variant
    resamples: int
    seed: int
    version: str = __version__

    def of(self, layer: str, part: str | None, measure: str) -> str:
        """Return the signature of one score: of a layer, a part of it (None for all) and a measure."""
        return f"{layer}{'' if part is None else f'[{part}]'}|{measure}|{self}"

    def __str__(self) -> str:
        return (
            f"task:{self.task}|labels:{self.labels}|variant:{self.variant}|resamples:{self.resamples}|seed:{self.seed}"
            f"|data:{self.data}|spanproof:{self.version}"
        )


def digest(pair: PairedCorpora, places: Iterable[Place], relations: Node | None = None) -> str:
    """Return the first 16 hexadecimal digits of a SHA-256 of the gold that a task asks for.

    Hashed are the names and texts of the documents, and of each place the offsets and strings (labels, values,
    references; not identifiers, surfaces, context, or references to identifiers), sorted: so that the order of
    documents and annotations doesn't count.

    Args:
        pair: gold, the first of the two, and a prediction, which doesn't count.
        places: where the spans are that the task asks for.
        relations: the relations that it asks for, as what they join.
    """
    sha = hashlib.sha256()
    documents = pair.columns[0].items(())
    for member in pair.schema.texts:
        for name, text in zip(pair.names, plain_values(documents.columns[member]), strict=True):
            _add(sha, name, text or "")
    for place in places:
        columns = _columns(sha, pair, place)
        table = np.stack(columns, 1)
        _add(sha, "/".join(place))
        sha.update(table[np.lexsort(table.T[::-1])].astype("<i8").tobytes())
    if relations is not None:
        _add(sha, *sorted(repr((pair.names[r.doc], r.identity, r.label)) for r in wholes(pair.columns[0], relations)))
    return sha.hexdigest()[:16]


def _columns(sha: "hashlib._Hash", pair: PairedCorpora, place: Place) -> list[Ints]:
    """Return the numbers of each span at a place; the strings that the numbers stand for are hashed."""
    spans, node = pair.spans(place)[0], pair.schema.nodes[place]
    columns = [spans.start, spans.end]
    key = pair.schema.key_of(node)
    owner = place[:-1]
    if owner in pair.schema.nodes and pair.schema.nodes[owner].span_of:
        holders = pair.spans(owner)[0]
        columns += [holders.start[spans.items.parent], holders.end[spans.items.parent]]
    for name, member in node.fields.items():
        local = member.refers_to.local
        only_local = local and not bool(member.refers_to.registries)
        if member.kind != "string" or name in (key, "text", "prefix", "suffix") or only_local:
            continue
        number, strings = codes(spans.items.columns[name])
        names = strings.to_pylist()
        order = sorted(range(len(names)), key=names.__getitem__)
        rank = np.append(np.argsort(np.array(order, np.int64)), -1)
        columns.append(rank[number])
        _add(sha, name, *(names[k] for k in order))
    return columns


def _add(sha: "hashlib._Hash", *strings: str) -> None:
    for string in strings:
        encoded = string.encode("utf-8", "surrogatepass")
        sha.update(len(encoded).to_bytes(8, "little") + encoded)


def renaming(renamed: Mapping[str, str] | None) -> str:
    """Return what signatures say of labels that were renamed in a prediction; nothing where none were."""
    return f",map({','.join(f'{label}={to}' for label, to in sorted(renamed.items()))})" if renamed else ""
