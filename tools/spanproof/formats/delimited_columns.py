"""Which columns of a table of spans hold offsets, words, labels, texts: by what they are called and what is in them."""

import ast
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any

from spanproof.parsing.json import parse
from spanproof.schema.span_pairs import pairs_of

OURS = ("document", "text", "id", "label", "start", "end", "words", "layer")
"""The first columns of a table that is written here."""
_NUMBER = re.compile(r"\s*-?\d{1,18}\s*", re.ASCII)
_DELIMITERS = (",", "\t", ";")
_TRIED = 200
"""Rows that say which column has the labels."""
_PAIRS = (("off0", "off1"),)
_LABELS = ("label", "type", "tag", "entity_type", "entity", "category", "class", "ner", "quotetype", "labels")
_DOCUMENTS = ("doc_id", "document_id", "docid", "document", "doc", "file", "filename", "file_name", "document_name",
              "text_id", "pmid", "article_id")  # fmt: skip
_IDS = ("span_id", "annotation_id", "ann_id", "mark", "quoteid", "id", "uid")
_PARTS = ("line", "line_number", "lineno", "sentence", "sentence_id", "sent", "sent_id", "paragraph", "paragraph_id",
          "page", "page_number", "section", "turn", "turn_id")  # fmt: skip
"""What numbers of parts of a text are called."""
_WORDS = ("text", "span", "words", "surface", "mention", "value")
_TEXTS = ("text", "content", "sentence", "context", "document", "body", "passage")


@dataclass(frozen=True)
class TableColumns:
    """The names of the columns that mean something; None, or empty, for those that a table doesn't have.

    Attributes:
        start: where spans begin.
        end: where they end, or how long they are.
        is_length: whether it is the latter.
        fragments: a list of ``[start, end]``, the places of one annotation.
        spans: lists of spans, of which a row has several.
        label: their labels.
        words: their words.
        text: the text in which they are.
        document: what identifies the document.
        id: what identifies the span.
        layer: its layer.
        ours: whether the table was written here, so that empty words are words.
    """

    start: str = ""
    end: str = ""
    is_length: bool = False
    fragments: str | None = None
    spans: tuple[str, ...] = ()
    label: str | None = None
    words: str | None = None
    text: str | None = None
    document: str | None = None
    id: str | None = None
    layer: str | None = None
    ours: bool = False

    @property
    def known(self) -> frozenset[str]:
        """The columns of which each has a meaning."""
        named = (self.start, self.end, self.fragments, self.label, self.words, self.text, self.document, self.id)
        return frozenset(filter(None, (*named, self.layer, *self.spans)))


def delimiter_of(header: str) -> str | None:
    """Return what parts the columns of a table, by its first line; None where nothing does."""
    best = max(_DELIMITERS, key=header.count)
    return best if best in header else None


def number_of(cell: str) -> int | None:
    """Return a cell as a whole number of at most 18 digits; None where it is none."""
    return int(cell) if _NUMBER.fullmatch(cell) else None


def cell_list(cell: str) -> list[Any] | None:
    """Return a cell as a list, as JSON or as Python writes it; None where it is none."""
    if not cell.lstrip().startswith("["):
        return None
    for parsed in (parse, ast.literal_eval):
        try:
            value = parsed(cell)
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            continue
        return value if isinstance(value, list) else None
    return None


def columns_of(rows: Sequence[dict[str, str]], header: Sequence[str]) -> TableColumns | None:
    """Return the columns of a table; None where it holds no spans.

    Args:
        rows: its rows, by the names of their columns.
        header: the names of the columns.
    """
    if tuple(header[: len(OURS)]) == OURS:
        return TableColumns("start", "end", label="label", words="words", text="text", document="document", id="id",
                       layer="layer", ours=True)  # fmt: skip
    document = _called(_DOCUMENTS, header)
    lists = {name: [cell_list(row.get(name, "")) for row in rows] for name in header}
    if spans := tuple(name for name in header if _most(lists[name], _is_spans)):
        ends = {
            id(row): max(map(_end_of, cell_list(row[spans[0]]) or [()]), default=0) for row in rows if spans[0] in row
        }
        others = [name for name in header if name not in spans]
        fitting = _fitting(rows, others, set(), lambda row: ends.get(id(row), 0))
        text = _called(_TEXTS, others) or _longest(rows, fitting)
        spans = tuple(name for name in header if any(map(_is_spans, lists[name])))
        return TableColumns(spans=spans, text=text, document=_other(document or _called(("id",), header), text))
    if (fragments := next((name for name in header if _most(lists[name], _is_places)), None)) is not None:
        words = next((name for name in header if _most(lists[name], _is_words)), None)
        label = _called(_LABELS, [name for name in header if name != words])
        ends = {id(row): max((e for _, e in cell_list(row[fragments]) or [(0, 0)]), default=0) for row in rows
                if _is_places(cell_list(row.get(fragments, "")))}  # fmt: skip
        fitting = _fitting(rows, header, {fragments, str(words), str(label)}, lambda row: ends.get(id(row), 0))
        text = _longest(rows, fitting)
        return TableColumns(fragments=fragments, label=label, words=words, text=text, document=_other(document, text),
                       id=_id(rows, header, document))  # fmt: skip
    return _of_offsets(rows, header, document)


def _of_offsets(rows: Sequence[dict[str, str]], header: Sequence[str], document: str | None) -> TableColumns | None:
    numbered = [{name: cell if (n := number_of(cell)) is None else n for name, cell in row.items()} for row in rows]
    lower = {name.lower(): name for name in header}
    pairs = [pair for pair in pairs_of(numbered) if not any(isinstance(row.get(pair[1]), str) for row in numbered[:5])]
    pairs += [(lower[a], lower[b]) for a, b in _PAIRS if {a, b} <= lower.keys()]
    if not pairs:
        return None
    start, end = pairs[0]
    is_length = "length" in end.lower()

    def end_of(row: dict[str, str]) -> int:
        return (number_of(row.get(end, "")) or 0) + is_length * (number_of(row.get(start, "")) or 0)

    lengths = [end_of(row) - (number_of(row.get(start, "")) or 0) for row in rows]
    texts = [name for name in header if name not in (start, end) and _holds_texts(name, rows, end_of)]
    label = _label(rows[:_TRIED], header, lengths[:_TRIED], texts)
    taken = {start, end, label or "", document or ""}
    others = [name for name in header if name not in taken]

    def is_words(name: str) -> bool:
        return _most([*zip(rows, lengths, strict=True)], lambda pair: len(pair[0].get(name, "")) == pair[1] > 0)

    words = next(filter(is_words, others), None)
    fitting = _fitting(rows, header, {start, end, label or "", words or ""}, end_of)
    fitting = [name for name in fitting if _is_of_rows(name, rows, document, words, start, end_of)]
    text = _longest(rows, fitting) if words else _called(_TEXTS, fitting)
    if words is None:
        words = _called(_WORDS, [name for name in others if name != text])
        if text and words and not _most(rows, lambda row: row.get(words, "") in row.get(text, "")):
            words = None
    return TableColumns(start, end, is_length, label=_other(label, text), words=words, text=text,
                   document=_other(document, text), id=_id(rows, header, document))  # fmt: skip


def _label(
    rows: Sequence[dict[str, str]], header: Sequence[str], lengths: Sequence[int], texts: Sequence[str]
) -> str | None:
    """Return the column with labels: one that is called so, and doesn't hold the words of the spans.

    These are in the text of their row, or are as long as their spans, which aren't all of one length.

    Args:
        rows: the rows.
        header: the names of the columns.
        lengths: how long the span of each row is.
        texts: the columns that may hold the texts.
    """

    def holds_words(name: str) -> bool:
        cells = [row.get(name, "") for row in rows]
        others = [text for text in texts if text != name]
        if _most(rows, lambda row: row.get(name) and any(row[name] in row.get(text, "") for text in others)):
            return True
        same = {length for cell, length in zip(cells, lengths, strict=True) if len(cell) == length}
        return len(same) > 1 and _most([*zip(cells, lengths, strict=True)], lambda pair: len(pair[0]) == pair[1])

    return _called(_LABELS, [name for name in header if not holds_words(name)])


def _fitting(
    rows: Sequence[dict[str, str]], header: Sequence[str], taken: set[str], end_of: Callable[[dict[str, str]], int]
) -> list[str]:
    """Return the columns into whose cells most ends of spans fit."""
    return [name for name in header if name not in taken and _holds_texts(name, rows, end_of)]


def _longest(rows: Sequence[dict[str, str]], fitting: Sequence[str]) -> str | None:
    """Return the column with the texts: one that is called so, else the longest."""
    if (named := _called(_TEXTS, fitting)) is not None:
        return named
    longest = max(fitting, key=lambda name: sum(len(row.get(name, "")) for row in rows), default=None)
    return longest if longest and any(" " in row.get(longest, "").strip() for row in rows) else None


def _is_of_rows(
    name: str,
    rows: Sequence[dict[str, str]],
    document: str | None,
    words: str | None,
    start: str,
    end_of: Callable[[dict[str, str]], int],
) -> bool:
    """Say whether a column may have the texts of the offsets, by the words that are stored beside them.

    Where a document has several of the texts, as sentences, its offsets may be those of the whole document: then most
    words must be at their offsets. Otherwise these may be wrong, but most words must be in the text.
    """
    texts = {(row.get(document, ""), row.get(name, "")) for row in rows} if document else set()
    several = len(texts) > len({of for of, _ in texts})
    if not words:
        return not several

    def at(row: dict[str, str]) -> str:
        return row.get(name, "")[number_of(row.get(start, "")) or 0 : end_of(row)]

    return _most(rows, lambda row: row.get(words, "") in (at(row) if several else row.get(name, "")))


def _holds_texts(name: str, rows: Sequence[dict[str, str]], end_of: Callable[[dict[str, str]], int]) -> bool:
    """Say whether most cells of a column are no numbers, and so long that the span of their row ends in them."""
    long = _most(rows, lambda row: row.get(name, "") and len(row[name]) >= end_of(row))
    return long and not _most(rows, lambda row: number_of(row.get(name, "")) is not None)


def _id(rows: Sequence[dict[str, str]], header: Sequence[str], document: str | None) -> str | None:
    """Return the column that identifies spans: one that is called so, in which no value is twice in a document."""
    name = _called(_IDS, [name for name in header if name != document])
    if name is None:
        return None
    values = [(row.get(document, "") if document else "", row[name]) for row in rows if row.get(name)]
    return name if values and len({*values}) == len(values) else None


def _other(name: str | None, text: str | None) -> str | None:
    return None if name == text else name


def _called(names: Sequence[str], header: Sequence[str]) -> str | None:
    lower = {name.lower().strip(): name for name in reversed(header)}
    return next((lower[name] for name in names if name in lower), None)


def _most(items: Sequence[Any], holds: Callable[[Any], object]) -> bool:
    return 2 * sum(bool(holds(item)) for item in items) > len(items)


def _is_spans(value: list[Any] | None) -> bool:
    """Say whether a cell is a list of spans: objects with offsets, or arrays of start, end and label."""
    if not value:
        return False
    one = value[0]
    if isinstance(one, dict):
        return type(one.get("start")) is int and type(one.get("end")) is int
    return isinstance(one, list) and len(one) >= 3 and type(one[0]) is int and type(one[1]) is int


def _end_of(span: Any) -> int:
    """Return the end that an object or an array says; 0 where it says none."""
    end = span.get("end") if isinstance(span, dict) else span[1] if isinstance(span, list) and len(span) > 1 else 0
    return end if isinstance(end, int) else 0


def _is_places(value: list[Any] | None) -> bool:
    return bool(value) and all(isinstance(one, list) and [*map(type, one)] == [int, int] for one in value or ())


def _is_words(value: list[Any] | None) -> bool:
    return bool(value) and all(isinstance(one, str) for one in value or ())


def counted_from(columns: TableColumns, rows: Sequence[dict[str, str]]) -> str | None:
    """Return the column with the numbers of parts of a text from which offsets count, not from the text's beginning.

    Offsets in a whole text grow from part to part: where they mostly fall back, each part begins anew. None where there
    is no such column, or where they grow.

    Args:
        columns: the columns of a table whose texts aren't in it.
        rows: its rows.
    """
    for name in (name for name in dict.fromkeys(chain(*rows)) if name.lower() in _PARTS and columns.start):
        steps = falls = 0
        starts: dict[str, dict[int, list[int]]] = {}
        for row in rows:
            part, start = number_of(row[name]), number_of(row[columns.start])
            if part is not None and start is not None:
                starts.setdefault(row.get(columns.document or "", ""), {}).setdefault(part, []).append(start)
        for of_parts in starts.values():
            for before, after in pairwise(of_parts[part] for part in sorted(of_parts)):
                steps, falls = steps + 1, falls + (min(after) <= max(before))
        if falls and falls * 2 >= steps:
            return name
    return None
