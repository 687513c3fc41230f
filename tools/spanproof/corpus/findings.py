"""What is wrong in a corpus, where, why, and the correction."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from spanproof.corpus.edits import Edit
from spanproof.schema.paths import Path, json_path
from spanproof.text.drift.model import Level as Level
from spanproof.text.drift.model import Model

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True)
class Cause:
    """One reason why spans of a document disagree with their stored surfaces.

    Attributes:
        name: the short name of the cause, ``utf-16``.
        statement: the cause in words, for a message.
        agree: how many of the spans that disagree are proved to belong where the cause puts them.
        of: how many spans of the document disagree.
        level: how sure it is; of an open one nothing follows.
        models: what is proved, as plain values; several where the spans have several origins.
        readings: all causes in words that nothing tells apart, the named one first; none where the statement is all.
    """

    name: str
    statement: str
    agree: int
    of: int
    level: Level = "proved"
    models: tuple[Model, ...] = ()
    readings: tuple[str, ...] = ()


class Excerpt(NamedTuple):
    """Text round a span: ``text`` is part of the document's text, ``start`` and ``end`` are code points within it."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Finding:
    """One fault: the rule's code, where it is, what is and what would be right, why, and the correction.

    ``path`` leads to the object in its document, ``written`` to where that is in the record of the file, if that has
    another shape. ``start`` and ``end`` are the span's offsets (code points) and ``text`` its surface where it has
    them, ``label`` what it is and ``layer`` the list that it stands in (``quotes.source``). ``file`` and ``line`` say
    where the document was read (the row, from 1, of a file of rows), ``row`` which document of its batch it is. ``fix``
    is the correction and ``level`` how sure it is; ``candidates`` are the places where the span could belong, if that
    is open. Where it was tried and can't be made, ``refused`` says why, and ``fix`` is empty.
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
    candidates: tuple[tuple[int, int], ...] = ()
    file: str | None = None
    line: int | None = None
    row: int | None = None
    excerpt: Excerpt | None = None
    written: Path | None = None
    label: str | None = None
    layer: str | None = None

    def __str__(self) -> str:
        """Return the finding as one line, ``error[SP106] article $.entities[3] (e4): the text there is ...``."""
        path = self.json_path if self.path or self.written else None
        where = filter(None, [self.document, path, self.id and f"({self.id})"])
        return f"{' '.join([f'{self.severity}[{self.code}]', *where])}: {self.message}"

    @property
    def listed(self) -> int | None:
        """Return which item of its file the document is, from 0, if the path of the finding begins in such a list."""
        return self.written[0] if self.written and isinstance(self.written[0], int) else None

    @property
    def json_path(self) -> str:
        """Return the path as JSONPath, ``$.entities[3].start``, as the record of the file is written.

        In a file that is a list of records without keys it begins with the number of the record: ``$[17].entities[3]``.
        """
        return json_path(self.path if self.written is None else self.written)
