"""What a format of annotations is: how stand-off documents are read from its files and written, and what it keeps.

A leaf is one file of this room with a ``LEAF``; :mod:`spanproof.formats.leaves` lists them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spanproof.corpus.documents import ReadError
from spanproof.formats.encoding import LineError
from spanproof.formats.losses import Document, Feature, Fitting, Loss, without_features
from spanproof.schema import paths


@dataclass(frozen=True)
class LocatedDocument:
    """A stand-off document as it was read, and which lines of the file hold its parts.

    Attributes:
        document: the document.
        line: the line (from 1) where it begins; None where a file is one document.
        lines: path of a part, ``("spans", 3)``, to its line.
    """

    document: Document
    line: int | None = None
    lines: Mapping[paths.Path, int] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        name: str,
        text: str,
        annotations: Iterable[tuple[dict[str, Any], int | None]],
        metadata: Mapping[str, Any] | None = None,
        line: int | None = None,
    ) -> "LocatedDocument":
        """Return a document of annotations in any order.

        Args:
            name: its id.
            text: its text.
            annotations: spans, and relations, which have arguments, each with its line (from 1), if the file has lines.
            metadata: what is said of the document.
            line: the line where it begins.
        """
        owners: dict[str, list[dict[str, Any]]] = {"spans": [], "relations": []}
        lines: dict[paths.Path, int] = {}
        for annotation, at in annotations:
            member = "relations" if "arguments" in annotation else "spans"
            if at is not None:
                lines[member, len(owners[member])] = at
            owners[member].append(annotation)
        others = {"relations": owners["relations"], "metadata": dict(metadata or {})}
        there = {member: value for member, value in others.items() if value}
        return cls({"id": name, "text": text, "spans": owners["spans"], **there}, line, lines)


@dataclass(frozen=True)
class Leaf:
    """A format of annotations.

    Attributes:
        name: the short name, ``brat``.
        title: what a file of it is, in words: "brat stand-off annotations".
        suffixes: how its files end, in lower case; no other format has one of them.
        shared: how its files end where others may as well (``.txt``, ``.xml``): what is in them says which they are.
        recognises: says by the first 64 KiB of a file, unpacked, whether it is of this format.
        read: yields the documents of a file, and what of it can't be placed, in the order of the file. Where nothing
            more can be read it raises ``LineError``, or ``OSError``.
        write: replaces a file (or, where the format has one, a folder) by documents, whole or not at all. They are what
            :func:`kept` leaves.
        keeps: what it can hold beside spans.
        reconstructed: how the text is put together, in words, where files don't store it; empty where they do.
        unread: what of its files isn't read as annotations, in words: "columns of part of speech".
        unread_in: names what of a file isn't read, ``column 2 (NNP, VBD)``, each piece of it; none where only `unread`
            says it.
        fit: takes what a document has and the format can't hold beyond its features: a label with a blank in it.
        span_on_line: returns the line of a span when the span has changed, given the line as it was; None where spans
            aren't a line each.
        companions: how files end that stand beside each of its files and are read with it (``.txt``).
        extra: the extra of the package that it needs; empty for none.
        alone: whether files with a shared ending are read only where a folder has no others; tables of anything lie
            beside corpora.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    recognises: Callable[[bytes], bool]
    read: Callable[[Path], Iterator[LocatedDocument | ReadError]]
    write: Callable[[Sequence[Document], Path], None]
    keeps: frozenset[Feature]
    shared: tuple[str, ...] = ()
    reconstructed: str = ""
    unread: str = ""
    unread_in: Callable[[Path], Sequence[str]] | None = None
    fit: Callable[[Fitting], None] = lambda _: None
    span_on_line: Callable[[str, Mapping[str, Any]], str] | None = None
    companions: tuple[str, ...] = ()
    extra: str = ""
    alone: bool = False


@dataclass(frozen=True)
class Kept:
    """What a format keeps of a document, and what it doesn't."""

    document: Document
    losses: tuple[Loss, ...]


def kept(document: Mapping[str, Any], leaf: Leaf) -> Kept:
    """Return what a format keeps of a stand-off document: reading what was written gives this, no more and no less.

    Args:
        document: the document, of ``schema/stand-off.schema.json``.
        leaf: the format.
    """
    fitting = Fitting.of(document)
    without_features(fitting, leaf.keeps)
    leaf.fit(fitting)
    fitting.cut_references()
    return Kept(fitting.result(), tuple(fitting.losses))


def documents_in(leaf: Leaf, path: Path) -> Iterator[LocatedDocument | ReadError]:
    """Yield the documents of a file, and what of it can't be read or placed, each with its line.

    Args:
        leaf: the format.
        path: the file.

    Raises:
        OSError: it can't be read.
    """
    try:
        yield from leaf.read(path)
    except LineError as error:
        yield ReadError(str(path), error.line, str(error))
