"""Tables of spans, parted by commas, tabs or semicolons: a span a row, or a row a text with a list of spans in a cell.

Columns are known by what they are called and by what is in them: offsets, the words there, a label, the document. The
text is a column, or the file that the document names, or the only text beside the table. So the exports of Label Studio
are read, PDNC's ``quotation_info.csv``, tables of shared tasks, and what is written here.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from spanproof.corpus.documents import ReadError
from spanproof.formats.content import STANDARD_INPUT, content_at, stem_of
from spanproof.formats.delimited_columns import (
    OURS,
    TableColumns,
    cell_list,
    columns_of,
    counted_from,
    delimiter_of,
    number_of,
)
from spanproof.formats.delimited_rows import rows_of
from spanproof.formats.encoding import LineError, decoded, encoded
from spanproof.formats.files import replace_file
from spanproof.formats.leaf import Leaf, LocatedDocument
from spanproof.formats.losses import Document, Feature, Fitting
from spanproof.formats.markup import fill_ids
from spanproof.formats.values import fit_values
from spanproof.parsing.named_files import content_of, is_inside, named_file

_SAMPLE = 50
Row = dict[str, str]


def _recognises(head: bytes) -> bool:
    """Say whether the first rows of a file have a header and spans."""
    whole = head.rpartition(b"\n")[0] if head.count(b"\n") > 1 else head
    lines = whole.decode("utf-8-sig", "ignore")
    delimiter = delimiter_of(lines.partition("\n")[0])
    if delimiter is None:
        return False
    try:
        (_, header), *rows = [*rows_of(lines, delimiter, strict=False)][: _SAMPLE + 1]
    except (csv.Error, ValueError):
        return False
    return columns_of([dict(zip(header, row, strict=False)) for _, row in rows], header) is not None


@dataclass
class _TableText:
    """A document as its rows are read."""

    name: str
    text: str
    line: int
    annotations: list[tuple[dict[str, Any], int | None]] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)

    def add(self, span: dict[str, Any], line: int) -> None:
        """Add a span; one without an id gets one later."""
        span["id"] = span.get("id") or None
        self.annotations.append((span, line))


def _read(path: Path) -> Iterator[LocatedDocument | ReadError]:
    content = decoded(content_at(path))
    delimiter = delimiter_of(content.partition("\n")[0]) or ","
    rows = list(rows_of(content, delimiter))
    if not rows:
        return
    (_, header), *others = rows
    if len({*header}) < len(header):
        raise LineError("two columns have one name; expected a name for each", 1)
    of_width = [(line, dict(zip(header, row, strict=True))) for line, row in others if len(row) == len(header)]
    for line, row in others:
        if len(row) != len(header):
            shown = delimiter.join(row)[:60]
            yield ReadError(str(path), line, f"has {len(row)} columns; expected {len(header)}: {shown!r}")
    columns = columns_of([row for _, row in of_width], header)
    if columns is None:
        raise LineError("a table without spans; expected columns such as start, end and label, or a list of spans", 1)
    if not columns.text and (part := counted_from(columns, [row for _, row in of_width])) is not None:
        raise LineError(f"offsets start again with each {part!r}; expected offsets that count in the whole text", 1)
    yield from _documents(path, columns, of_width)


def _documents(
    path: Path, columns: TableColumns, rows: Sequence[tuple[int, Row]]
) -> Iterator[LocatedDocument | ReadError]:
    """Yield the documents of rows, and what of them has no place; texts that are missing are told as one."""
    texts: dict[tuple[str, str], _TableText] = {}
    absent: dict[str, int] = {}
    names, missing = set[str](), set[str]()
    for line, row in rows:
        if not columns.text and (row[columns.document] if columns.document else "") in missing:
            continue
        try:
            text = _text_of(path, columns, row, line, texts, names)
        except ValueError as error:
            absent.setdefault(str(error), line)
            missing.add(row[columns.document] if columns.document else "")
            continue
        for problem in _take(text, columns, row, line):
            yield ReadError(str(path), line, problem)
    if absent:
        problem, line = next(iter(absent.items()))
        more = f"; so it is with {len(absent) - 1:,} more of its documents" if len(absent) > 1 else ""
        yield ReadError(str(path), line, f"{problem}{more}")
    for text in texts.values():
        fill_ids([span for span, _ in text.annotations])
        yield LocatedDocument.of(text.name, text.text, text.annotations, text.metadata, text.line)


def _text_of(
    path: Path, columns: TableColumns, row: Row, line: int, texts: dict[tuple[str, str], _TableText], names: set[str]
) -> _TableText:
    """Return the document of a row.

    Raises:
        ValueError: its text isn't there.
    """
    named = row[columns.document] if columns.document else ""
    key = (named, row[columns.text] if columns.text else "")
    if key not in texts:
        text = row[columns.text] if columns.text else _text_beside(path, named)
        again = bool(columns.text) and not columns.ours and named in names  # another sentence of it
        names.add(named)
        name = (
            f"{named}-{len(texts) + 1}"
            if named and again
            else named or (f"{stem_of(path)}-{len(texts) + 1}" if columns.text else stem_of(path))
        )
        texts[key] = _TableText(name, text, line)
    return texts[key]


def _text_beside(path: Path, named: str) -> str:
    """Return the text of a document whose table doesn't have it.

    Raises:
        ValueError: there is none, or it can't be read.
    """
    if path == STANDARD_INPUT:
        raise ValueError("the table has no column with the text; expected one, or the path of a table beside its texts")
    stem = named or stem_of(path)
    names = [named, f"{named}.txt"] if named else [f"{stem}.txt"]
    there = next((name for name in names if _is_there(path.parent, name)), None)
    if there is None and not named:
        every = sorted(file.name for file in path.parent.glob("*.txt"))
        there = every[0] if len(every) == 1 else None
    if there is None:
        raise ValueError(
            f"no column is known to have the text, and beside the table is no {stem[:60]}.txt; expected one of them"
        )
    try:
        return decoded(content_of(named_file(path.parent, there)), keep_mark=True)
    except (OSError, ValueError) as error:
        raise ValueError(f"its text {there} can't be read: {error}") from None


def _is_there(folder: Path, name: str) -> bool:
    """Say whether a file that a table names is in its folder; what lies outside isn't asked for."""
    try:
        return is_inside(name) and (folder / name).is_file()
    except OSError:  # a name that is too long
        return False


def _take(text: _TableText, columns: TableColumns, row: Row, line: int) -> list[str]:
    """Add the spans of a row to its document; return what can't be one."""
    others = {name: value for name, value in row.items() if value and name not in columns.known}
    if columns.spans:
        text.metadata |= others
        layers = columns.spans if len(columns.spans) > 1 else ("",) * len(columns.spans)
        return [
            problem
            for name, layer in zip(columns.spans, layers, strict=True)
            for problem in _take_list(text, row[name], layer, line)
        ]
    label = row[columns.label] if columns.label else ""
    named = {"id": row[columns.id] if columns.id else "", "label": label}
    named |= {"layer": row[columns.layer]} if columns.layer and row[columns.layer] else {}
    attributes = {"attributes": others} if others else {}
    if columns.fragments is not None:
        return _take_fragments(text, columns, row, line, {**named, **attributes})
    start, end = number_of(row[columns.start]), number_of(row[columns.end])
    if start is None or end is None:
        words_there = row[columns.words] if columns.words else ""
        if not row[columns.start] and not row[columns.end] and not label and not words_there:
            return []  # a text in which nothing is marked
        return [f"has the offsets {row[columns.start]!r} and {row[columns.end]!r}; expected numbers"]
    end += start if columns.is_length else 0
    words = {"text": row[columns.words]} if columns.words and (row[columns.words] or columns.ours) else {}
    text.add({**named, "start": start, "end": end, **words, **attributes}, line)
    return []


def _take_fragments(
    text: _TableText, columns: TableColumns, row: Row, line: int, named: Mapping[str, Any]
) -> list[str]:
    """Add an annotation whose places are a list in a cell, and whose words are another."""
    places = cell_list(row[str(columns.fragments)])
    words = cell_list(row[columns.words]) if columns.words else None
    if not places or not all(isinstance(one, list) and len(one) == 2 and {*map(type, one)} == {int} for one in places):
        return [f"has the places {row[str(columns.fragments)][:60]!r}; expected a list of [start, end]"]
    parts = [{"start": start, "end": end} for start, end in places]
    if words is not None and len(words) == len(parts) and all(isinstance(one, str) for one in words):
        parts = [{**part, "text": one} for part, one in zip(parts, words, strict=True)]
    elif len(parts) == 1 and columns.words and row[columns.words]:
        parts = [{**parts[0], "text": row[columns.words]}]
    elif columns.words and row[columns.words]:
        return [f"has the words {row[columns.words][:60]!r} at {len(parts)} places; expected a list of as many"]
    whole = {"start": min(part["start"] for part in parts), "end": max(part["end"] for part in parts)}
    text.add({**named, **({**whole, "fragments": parts} if len(parts) > 1 else parts[0])}, line)
    return []


def _take_list(text: _TableText, written: str, layer: str, line: int) -> list[str]:
    """Add the spans of a cell that is a list of them; return what can't be one.

    Args:
        text: their document.
        written: the cell.
        layer: the column, where several have spans.
        line: the line.
    """
    spans = cell_list(written)
    if spans is None:
        return [f"has {written[:60]!r} as its spans; expected a list"] if written else []
    problems = []
    for one in spans:
        span = dict(zip(("start", "end", "label"), one, strict=False)) if isinstance(one, list) else one
        if not isinstance(span, Mapping) or type(span.get("start")) is not int or type(span.get("end")) is not int:
            problems.append(f"has the span {str(one)[:60]}; expected start and end as numbers")
            continue
        labels = span.get("labels", span.get("label", ""))
        others = {"text": span["text"]} if isinstance(span.get("text"), str) else {}
        others |= {"layer": layer} if layer else {}
        for label in labels if isinstance(labels, list) and labels else [labels or ""]:
            text.add({"id": "", "label": str(label), "start": span["start"], "end": span["end"], **others}, line)
    return problems


def _write(documents: Sequence[Document], path: Path) -> None:
    spans = (span for document in documents for span in document["spans"])
    others = list(dict.fromkeys(name for span in spans for name in span.get("attributes", {})))
    rows = (row for document in documents for row in _rows(document, others))
    replace_file(path, (encoded(_line(row), str(path)) for row in chain([[*OURS, *others]], rows)))


def _rows(document: Document, others: Sequence[str]) -> Iterator[list[Any]]:
    """Yield the rows of a document, whose spans have other attributes in columns of their own."""
    if not document["spans"]:
        yield [document["id"], document["text"], *[""] * (len(OURS) - 2 + len(others))]
    for span in document["spans"]:
        cells = [span["id"], span["label"], span["start"], span["end"], span["text"], span.get("layer", "")]
        attributes = span.get("attributes", {})
        yield [document["id"], document["text"], *cells, *(attributes.get(name, "") for name in others)]


def _line(row: Sequence[Any]) -> str:
    content = io.StringIO(newline="")
    csv.writer(content, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow(row)
    return content.getvalue()


def _fit(fitting: Fitting) -> None:
    fit_values(fitting)
    for k, span in list(fitting.spans.items()):
        if not all(number_of(str(span[name])) == span[name] for name in ("start", "end")):
            fitting.lose(("spans", k), "the table has no offsets of more than 18 digits")
        elif span.get("layer") == "":
            fitting.lose(("spans", k, "layer"), "an empty cell is none")
    for path, value in fitting.attributes():
        if path[-1] in OURS or not path[-1]:
            fitting.lose(path, "another column is called so")
        elif not value:
            fitting.lose(path, "an empty cell is none")


LEAF = Leaf(
    name="csv",
    title="a table of spans (CSV)",
    suffixes=(".spans.csv",),
    shared=(".csv", ".tsv"),
    alone=True,
    recognises=_recognises,
    read=_read,
    write=_write,
    keeps=frozenset(Feature) - {Feature.DISCONTINUOUS, Feature.RELATIONS, Feature.EVENTS, Feature.METADATA},
    fit=_fit,
)
