"""The detection matrix: every mutation tried on a corpus, and what check and correction make of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from spanproof.checks.check import check
from spanproof.checks.fix import corrected_of
from spanproof.corpus.documents import Corpus
from spanproof.schema.node import Node
from spanproof.schema.paths import Path, spans_in
from spanproof.schema.schema import Schema
from spanproof.table import Table, markdown
from spanproof.testing.mutations import MUTATIONS, Mutation


@dataclass(frozen=True)
class Verdict:
    """What became of one broken document.

    ``detected``: a code that owns the mutation found it; ``unrelated``: errors of other codes; ``named``: the cause was
    named, or one that puts every span where the true one does; ``restored``: the correction brought back what it can.
    """

    detected: bool
    unrelated: tuple[str, ...]
    named: bool
    restored: bool


@dataclass(frozen=True)
class Row:
    """One mutation over a corpus: in how many documents it was tried, and in how many each verdict held."""

    mutation: Mutation
    applied: int
    detected: int
    unrelated: int
    named: int
    restored: int


def verdict(mutation: Mutation, sound: Mapping[str, Any], broken: Mapping[str, Any], schema: Schema) -> Verdict:
    """Judge what the check and the correction make of a broken document.

    Args:
        mutation: what broke it.
        sound: the document as it was.
        broken: the document as it is.
        schema: what it is.
    """
    corpus = Corpus.of([broken], schema.canonical)
    findings = check(corpus).findings
    causes = {finding.cause.name for finding in findings if finding.cause}
    corrected, _ = corrected_of(broken, corpus)
    restored = restores(mutation, sound, corrected, schema)
    return Verdict(
        any(finding.code in mutation.codes for finding in findings),
        tuple(sorted({f.code for f in findings if f.severity == "error" and f.code not in mutation.codes})),
        mutation.cause in causes or (bool(causes) and restored),
        restored,
    )


def restores(mutation: Mutation, sound: Mapping[str, Any], corrected: Mapping[str, Any], schema: Schema) -> bool:
    """Return whether a correction brought back what it can for a mutation: the document, or every span on its words.

    Args:
        mutation: what broke the document.
        sound: the document as it was.
        corrected: the broken document after its correction.
        schema: what it is.
    """
    if mutation.restores == "document":
        return corrected == sound
    if mutation.restores == "nothing":
        return False
    pairs = list(zip(spans_in(sound, schema), spans_in(corrected, schema), strict=True))
    return all(_words(sound, *a) == _words(corrected, *b) for a, b in pairs) and all(
        a["start"] == b["start"] for (_, node, a), (_, _, b) in pairs
        if _text(sound, node) == _text(corrected, node)
    )  # fmt: skip


def _text(document: Mapping[str, Any], node: Node) -> str:
    assert node.span_of is not None
    return str(document[node.span_of])


def _words(document: Mapping[str, Any], path: Path, node: Node, value: Mapping[str, Any]) -> Any:
    return path, _text(document, node)[value["start"] : value["end"]], value.get("text")


def matrix(documents: Iterable[Mapping[str, Any]], schema: Schema | None = None, seed: int = 0) -> tuple[Row, ...]:
    """Try every mutation once on each document to which it applies.

    Args:
        documents: sound ones.
        schema: what they are; the annotated article by default.
        seed: of the choice of places; the same seed breaks the same ones.
    """
    schema, documents = schema or Schema.article(), list(documents)
    rows = []
    for mutation in MUTATIONS:
        verdicts = []
        for k, document in enumerate(documents):
            broken = mutation.breaks(document, schema, Random(f"{seed}/{mutation.number}/{k}"))
            if broken is not None:
                verdicts.append(verdict(mutation, document, broken, schema))
        counts = (
            sum(map(bool, column))
            for column in zip(*((v.detected, v.unrelated, v.named, v.restored) for v in verdicts), strict=True)
        )
        detected, unrelated, named, restored = counts if verdicts else (0, 0, 0, 0)
        rows.append(Row(mutation, len(verdicts), detected, unrelated, named, restored))
    return tuple(rows)


def as_markdown(rows: Sequence[Row]) -> str:
    """Return the matrix as a table; ``-`` where a mutation has no cause, or nothing that a correction could know."""
    header = ("class", "codes", "documents", "detected", "unrelated errors", "cause named", "restored")
    return markdown(Table(header, tuple(map(_cells, rows)), left=len(header))) + "\n"


def _cells(row: Row) -> tuple[str, ...]:
    one = row.mutation
    named = f"{row.named} ({one.cause})" if one.cause else "-"
    restored = {"document": str(row.restored), "spans": f"{row.restored} (spans)", "nothing": "-"}[one.restores]
    counts = map(str, (row.applied, row.detected, row.unrelated))
    return f"{one.number} {one.name}", ", ".join(one.codes), *counts, named, restored
