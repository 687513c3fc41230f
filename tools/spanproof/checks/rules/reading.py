"""SP001 to SP004 and SP010: reading, the shape of a document, its identity and its text."""

import hashlib
import itertools
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa

from spanproof.arrays import Words, buckets_of, compact, hashes_of, indices, string_offsets, to_arrow, validity
from spanproof.checks.rule import Hit, rule
from spanproof.checks.structure import owned
from spanproof.checks.view import View
from spanproof.corpus.findings import Finding
from spanproof.corpus.spool import ambiguous, among
from spanproof.schema.node import Node


@rule("SP001", "unreadable")
def unreadable(view: View) -> Iterator[Finding]:
    """The bytes can't be read as the format that they claim to be.

    A line isn't JSON, a file isn't UTF-8, the text of an annotation file is missing, all labels in a file are numbers
    without their names, or the file is a table of annotations whose texts are in another table. The finding names the
    file and the line; everything else in the input is checked all the same, and the exit code is 2.

    Never waive it: what wasn't read wasn't checked.
    """
    for error in view.batch.errors:
        if not error.repaired:
            yield Finding("", "error", error.problem, file=error.path, line=error.line)


@rule("SP010", "repaired", "warning")
def repaired(view: View) -> Iterator[Finding]:
    """Something in a file breaks the rules of its format, and was read as most programs read it.

    A tag breaks the scheme of its column, such as an I-PER after O in IOB2, or, in BIOES, a B-PER without the E-PER
    that should end it. The scheme is the one that the fewest tags of the file break. Spans are read by the convention
    of conlleval, as in most programs; some programs drop such spans. The finding names the line and how it was read.

    Waive it where the file is somebody else's and is meant that way.
    """
    for error in view.batch.errors:
        if error.repaired:
            yield Finding("", "warning", error.problem, file=error.path, line=error.line)


@rule("SP002", "schema", bad=[{"language": "English"}], good=[{"language": "en"}])
def schema(view: View) -> Iterator[Hit]:
    """The document breaks its schema.

    A member is missing, has the wrong type, holds a value that the schema doesn't allow, or isn't listed. The schema is
    JSON Schema 2020-12, except that a required member may be left out if it may be null.

    Never waive it: readers rely on the schema. If the schema is too narrow, widen it.
    """
    for misfit in owned(view, "SP002"):
        yield Hit(view.documents, misfit.row, misfit.message, misfit.path, written=misfit.written)


Identities = tuple[pa.Array, Sequence[tuple[str | None, int | None]]]


def _identities(view: View) -> Identities:
    """Return the identifiers of a batch, and the file and line of each of its documents."""
    return (pa.nulls(0, pa.string()), ()) if view.keys is None else (compact(view.keys), view.batch.origin)


def _divided(identities: Identities, buckets: int) -> Iterator[tuple[int, Identities]]:
    """Yield the documents of a batch in parts, equal identifiers in one part."""
    names, origin = identities
    bucket = buckets_of(names, buckets)
    for number in np.unique(bucket).tolist():
        rows = indices(bucket == number)
        yield number, (names.take(to_arrow(rows)), [origin[row] for row in rows.tolist()])


def _hashed(collected: Iterable[Identities]) -> Iterator[tuple[Words, Words]]:
    """Yield the hash of each identifier and the number of its document, batch by batch."""
    number = 0
    for names, _ in collected:
        yield hashes_of(names), np.arange(number, number + len(names), dtype=np.uint64)
        number += len(names)


@rule(
    "SP003",
    "document-id",
    collect=_identities,
    divide=_divided,
    spooled=True,
    bad=[{"id": "first"}, {"id": "first", "text": "Rui left."}],
    good=[{"id": "first"}, {"id": "second", "text": "Rui left."}],
)
def document_id(collected: Iterable[Identities]) -> Iterator[Finding]:
    """A document has no identifier, or the same one as another document.

    Everything that points at a document (a release, a prediction, a correction) does so by its identifier.

    Never waive it: nothing could point at either document.
    """
    repeated = ambiguous(lambda: _hashed(collected))
    first: dict[str, tuple[str | None, int | None]] = {}
    for names, origin in collected:
        values = names.to_pylist()
        # Only identifiers whose hash stands twice are kept and compared.
        twice = set(among(hashes_of(names), repeated).tolist())
        for row, name in enumerate(values):
            missing = name is None or name == ""
            if not missing and row not in twice:
                continue
            file, line = origin[row]
            if missing:
                yield Finding("", "error", "the document has no id; expected a unique string", file=file, line=line)
            elif name in first:
                where = ":".join(str(part) for part in first[name] if part is not None)
                message = f"the id {name!r} is already used by an earlier document" + (f" ({where})" if where else "")
                yield Finding("", "error", message, name, file=file, line=line, row=row)
            else:
                first[name] = file, line


@rule(
    "SP004",
    "text-hash",
    needs=Node.hash_of,
    bad=[{"sha256": "0" * 64}],
    good=[{"sha256": "1f8afc6aed5fdaf7537d3b24330f57214871dc2a29cad5d54530a73a1b84e59b"}],
)
def text_hash(view: View) -> Iterator[Hit]:
    """The hash of the text isn't the one that the document states.

    The text was changed after it was annotated, or read with another encoding, line ends or normalisation. Offsets
    after the change may be wrong. Take the text that was annotated, or annotate again and store the new hash.

    Never waive it: offsets are right only for the text that was hashed. Store the new hash once the annotations have
    been checked against the new text.
    """
    for node, member in view.schema.having(Node.hash_of):
        if len(node.place) != 1:
            continue
        texts, stated = (view.documents.columns[name] for name in (member, node.place[0]))
        offsets, buffer = string_offsets(texts)
        data = memoryview(buffer)
        digests = [hashlib.sha256(data[a:b]).digest() for a, b in itertools.pairwise(offsets.tolist())]
        ends, hashes = string_offsets(stated)
        written = hashes.slice(int(ends[0]), int(ends[-1] - ends[0]))
        if (np.diff(ends) == 64).all() and b"".join(digests).hex().encode() == written.to_pybytes():
            continue
        for row in indices(validity(texts) & validity(stated)).tolist():
            digest, written = digests[row].hex(), stated[row].as_py()
            if digest != written and len(written) == 64 and view.whole(row, member):
                message = f"the text's SHA-256 is {digest[:16]}..., {node.place[0]} states {written[:16]}..."
                yield Hit(view.documents, row, message, node.place)
