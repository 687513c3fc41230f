"""What is wrong in a corpus, where, why, and the correction."""

from dataclasses import dataclass
from typing import Literal

from spanproof.corpus.edits import Edit
from spanproof.schema.paths import Path, json_path

Span = tuple[int, int, str]
"""Start, end (code points, half open) and surface."""

Severity = Literal["error", "warning", "info"]

Level = Literal["proved", "likely", "open"]
"""How sure a correction is: *proved*; *likely*, which is made only where it is asked for; *open*, which is none."""


@dataclass(frozen=True)
class Cause:
    """One reason why spans of a document disagree with their stored surfaces, and where it places every span.

    Attributes:
        name: the short name of the cause, ``utf-16``.
        statement: the cause in words, for a message.
        agree: how many of the spans that disagree would agree if their offsets were read as the cause says.
        of: how many spans of the document disagree.
        spans: for each span that was asked about, in their order, where it belongs: start and end (code points, half
            open) and the slice of the text there; None where the cause places it nowhere.
    """

    name: str
    statement: str
    agree: int
    of: int
    spans: tuple[Span | None, ...]


@dataclass(frozen=True)
class Excerpt:
    """Text round a span: ``text`` is part of the document's text, ``start`` and ``end`` are code points within it."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Finding:
    """One fault: the rule's code, where it is, what is and what would be right, why, and the correction.

    ``path`` leads to the object in its document, ``written`` to where that is in the record of the file, if that has
    another shape. ``start`` and ``end`` are the span's offsets (code points) and ``text`` its surface where it has
    them; ``file`` and ``line`` say where the document was read, ``row`` which document of its batch it is. ``fix`` is
    the correction and ``level`` how sure it is. Where it was tried and can't be made, ``refused`` says why, and ``fix``
    is empty.
    """

    code: str
    severity: Severity
    message: str
    document: str | None = None
    path: Path = ()
    id: str | None = None
    start: int | None = None
    end: int | None = None
    text: str | None = None
    cause: Cause | None = None
    fix: tuple[Edit, ...] = ()
    level: Level = "proved"
    refused: str = ""
    file: str | None = None
    line: int | None = None
    row: int | None = None
    excerpt: Excerpt | None = None
    written: Path | None = None

    def __str__(self) -> str:
        """Return the finding as one line, ``error[SP106] article $.entities[3] (e4): the text there is ...``."""
        where = filter(None, [self.document, self.json_path if self.path else None, self.id and f"({self.id})"])
        return f"{' '.join([f'{self.severity}[{self.code}]', *where])}: {self.message}"

    @property
    def json_path(self) -> str:
        """Return the path as JSONPath, ``$.entities[3].start``, as the record of the file is written."""
        return json_path(self.path if self.written is None else self.written)
