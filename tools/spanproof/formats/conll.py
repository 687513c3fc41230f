"""CoNLL-2002, CoNLL-2003 and their kin: a token and its tag a line, a blank line after a sentence.

The text is put together of the tokens, but where a comment has that of a sentence (``# text = ...``).
Sources: Tjong Kim Sang, Introduction to the CoNLL-2002 shared task, 2002; Tjong Kim Sang and De Meulder, Introduction
to the CoNLL-2003 shared task, 2003.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Any

from spanproof.corpus.documents import ReadError
from spanproof.formats.conll_columns import DOCSTART, TagColumns, are_of_conllu, begins_with_bracket, columns_of
from spanproof.formats.content import content_at, stem_of
from spanproof.formats.encoding import LineError, decoded, encoded
from spanproof.formats.files import replace_file
from spanproof.formats.foreign import is_older_webanno
from spanproof.formats.leaf import Leaf, LocatedDocument
from spanproof.formats.losses import Document, Fitting, Loss
from spanproof.schema import paths
from spanproof.text.segmentation import tokens
from spanproof.text.tags import repair, scheme_of, spans_of_tags

_NOTHING = (DOCSTART, "-X-", "X", "O", "_", "")
"""What stands in the columns of a line that begins a document and has no id."""
_TITLED = re.compile(rf"{DOCSTART}\s+\((\S.*)\)\s*")
"""How AIDA begins a document, with its title, whatever parts the columns."""
_ID = re.compile(r"(?!(?:-DOCSTART-|-X-|X|O|_)$)[^\s]+")
_MEDLINE = re.compile(r"###(\S+)")
_BEGINNING = re.compile(r"#\s*newdoc id\s*=\s*(\S+)\s*")
_TEXT = re.compile(r"#\s*text\s*=\s?(?P<text>.*)", re.DOTALL)
_BLANKS = re.compile(r"\s*")
_PARTS = (".train", ".dev", ".test", ".testa", ".testb")  # of a corpus that the rest of the name says
_LABEL = re.compile(r"(?!O$)\S+")


def _recognises(head: bytes) -> bool:
    text = head.decode("utf-8", "replace").removeprefix("\ufeff")
    lines = text.splitlines()[:2000]
    rows = [line for line in lines if line.strip()]
    if not rows or rows[0].startswith("#FORMAT=") or is_older_webanno(text):
        return False
    if head[:1] in (b"{", b"[", b"<") and not begins_with_bracket(head):
        return False
    columns = columns_of(lines, alone=any(line.startswith(DOCSTART) for line in lines))
    if columns is None or are_of_conllu(columns, lines):
        return False
    kept = [line for line in rows if not line.startswith(DOCSTART) and not columns.is_comment(line)]
    return sum(len(columns.cells(line)) == columns.width for line in kept) * 10 >= len(kept) * 9


@dataclass
class _TaggedRows:
    """A document as its sentences are read."""

    name: str
    line: int
    sentences: list[list[tuple[int, list[str]]]] = field(default_factory=lambda: [[]])
    """The rows of each sentence, each with its line."""
    texts: dict[int, tuple[int, str]] = field(default_factory=dict)
    """The text of a sentence, by its number, with its line."""


def _lines(path: Path) -> list[str]:
    content = decoded(content_at(path))
    lines = content.split("\n") if "\n" in content else content.split("\r")
    return [line.removesuffix("\r") for line in lines]


def _unread_in(path: Path) -> Sequence[str]:
    """Name the columns of a file that hold neither tokens nor tags, with some of what is in them, and its comments."""
    lines = _lines(path)
    columns = columns_of(lines)
    if columns is None:
        return ()
    comments, names = sum(columns.is_comment(line) and not _TEXT.fullmatch(line) for line in lines), []
    rows = (columns.cells(line) for line in lines if not line.startswith(DOCSTART) and not columns.is_comment(line))
    cells = [row for row in rows if len(row) == columns.width]
    for k in sorted({*range(columns.width)} - {columns.token, *columns.tags}):
        values = list(dict.fromkeys(row[k] for row in cells))
        names.append(f"column {k + 1} ({', '.join(values[:3])}{', ...' * (len(values) > 3)})")
    return [*names, *([f"{comments:,} comment{'s' * (comments != 1)}"] if comments else [])]


def _read(path: Path) -> Iterator[LocatedDocument | ReadError]:
    lines = _lines(path)
    columns = columns_of(lines)
    if columns is None:
        raise LineError("no column holds tags such as O and B-PER; expected a token and its tag on a line")
    stem = path.name if path.suffix.lower() in _PARTS else stem_of(path)
    documents, ragged = _documents(lines, columns, str(path))
    yield from ragged
    schemes = {
        column: scheme_of([row[column] for _, row in rows] for one in documents for rows in one.sentences)
        for column in columns.tags
    }
    for number, one in enumerate(documents, 1):
        name = one.name or (stem if len(documents) == 1 else f"{stem}-{number}")
        yield from _repairs(one, schemes, str(path))
        document, problems = _document(one, name, columns)
        yield from (ReadError(str(path), line, problem) for line, problem in problems)
        yield document


def _documents(lines: Sequence[str], columns: TagColumns, path: str) -> tuple[list[_TaggedRows], list[ReadError]]:
    """Return the documents of a file, and the lines that are no rows of it."""
    documents = [_TaggedRows("", 1)]
    errors: list[ReadError] = []
    for number, line in enumerate(lines, 1):
        cells = columns.cells(line)
        rows = documents[-1].sentences[-1]
        if not line or line.isspace():
            documents[-1].sentences.append([])
        elif titled := _TITLED.fullmatch(line):
            documents.append(_TaggedRows(titled[1], number))
        elif line.startswith(DOCSTART) and cells[0] == DOCSTART:
            ids = [cell for cell in cells[1:] if cell not in _NOTHING]
            documents.append(_TaggedRows(ids[0] if len(ids) == 1 else "", number))
        elif "#" in line and (match := _MEDLINE.fullmatch(line.strip()) or _BEGINNING.fullmatch(line)):
            documents.append(_TaggedRows(match[1], number))
        elif columns.is_comment(line):
            if text := _TEXT.fullmatch(line):
                documents[-1].texts[len(documents[-1].sentences) - 1] = number, text["text"]
        elif len(cells) != columns.width or not cells[columns.token]:
            width = f"has {len(cells)} columns; expected {columns.width}"
            problem = width if len(cells) != columns.width else "has no token; expected one"
            errors.append(ReadError(path, number, f"{problem}: {line[:60]!r}"))
        elif not rows and len(documents) == len(documents[0].sentences) == 1 and columns.are_names(cells):
            shown = ", ".join(cells)[:60]
            errors.append(
                ReadError(path, number, f"names the columns ({shown}); it isn't read as a token", repaired=True)
            )
        else:
            rows.append((number, cells))
    return (documents if any(documents[0].sentences) or len(documents) == 1 else documents[1:]), errors


def _repairs(document: _TaggedRows, schemes: dict[int, str], path: str) -> Iterator[ReadError]:
    """Yield the tags that break the scheme of their column, and how they are read."""
    for rows in document.sentences:
        for column, scheme in schemes.items():
            before = "O"
            for line, row in [*rows, (rows[-1][0], [])] if rows else []:
                tag = row[column] if row else "O"
                if words := repair(before, tag, scheme):
                    yield ReadError(path, line, f"{words} ({scheme})", repaired=True)
                before = tag


def _document(reading: _TaggedRows, name: str, columns: TagColumns) -> tuple[LocatedDocument, list[tuple[int, str]]]:
    """Return a document, its sentences joined by line feeds, and where tokens and ``# text`` differ, with the lines."""
    pieces: list[str] = []
    located: list[tuple[int, int, int, str, int]] = []
    problems: list[tuple[int, str]] = []
    start = 0
    for number, rows in enumerate(reading.sentences):
        if not rows:
            continue
        text, extents = _placed([row[columns.token] for _, row in rows], start)
        if number in reading.texts:
            text, extents, differing = _placed_in(reading.texts[number], rows, columns.token, start)
            problems += differing
        lines = {low: line for (low, _), (line, _) in zip(extents, rows, strict=True)}
        for column in columns.tags:
            tagged = ((*place, row[column]) for place, (_, row) in zip(extents, rows, strict=True))
            located += [(low, high, column, label, lines[low]) for low, high, label in spans_of_tags(tagged)]
        pieces.append(text)
        start += len(text) + 1
    spans: list[dict[str, Any]] = []
    places: dict[paths.Path, int] = {}
    for low, high, column, label, line in sorted(located, key=lambda one: (one[0], one[2])):
        places["spans", len(spans)] = line
        layer = {"layer": f"column {column + 1}"} if len(columns.tags) > 1 else {}
        spans.append({"id": f"s{len(spans) + 1}", "label": label, "start": low, "end": high, **layer})
    document = {"id": name, "text": "\n".join(pieces), "spans": spans}
    return LocatedDocument(document, reading.line, places), problems


def _placed(words: Sequence[str], start: int) -> tuple[str, list[tuple[int, int]]]:
    """Return words joined by blanks, and the extent of each (code points), given where the first begins."""
    starts = accumulate((len(word) + 1 for word in words), initial=start)
    return " ".join(words), [(low, low + len(word)) for low, word in zip(starts, words, strict=False)]


def _placed_in(
    stated: tuple[int, str], rows: Sequence[tuple[int, list[str]]], token: int, start: int
) -> tuple[str, list[tuple[int, int]], list[tuple[int, str]]]:
    """Return the text that is stated of a sentence, and the extents of its words there.

    Args:
        stated: the text after ``# text =``, with its line.
        rows: the rows of the sentence, each with its line.
        token: the number of the column with the words.
        start: where the sentence begins in the text of the document (code points).

    Returns:
        The text and the extents. Where the words don't follow each other there, with nothing but white space between
        them, they are those of the words joined by blanks, and the difference is told with its line.
    """
    text_line, text = stated
    extents, at = [], 0
    for line, row in rows:
        low = _after_blanks(text, at)
        at = low + len(row[token])
        if text[low:at] != row[token]:
            problem = f"the token is {row[token]!r}, # text goes on with {text[low:at]!r}"
            return *_placed([row[token] for _, row in rows], start), [(line, problem)]
        extents.append((start + low, start + at))
    if rest := text[at:].strip():
        problem = f"# text goes on with {rest[:40]!r} after the last token"
        return *_placed([row[token] for _, row in rows], start), [(text_line, problem)]
    return text, extents, []


def _after_blanks(text: str, at: int) -> int:
    match = _BLANKS.match(text, at)
    return match.end() if match else at


def _write(documents: Sequence[Document], path: Path) -> None:
    replace_file(path, (encoded(_content(document), str(path)) for document in documents))


def _content(document: Document) -> str:
    lines = [f"{DOCSTART} {document['id']} O", ""]
    begins = {span["start"]: span for span in document["spans"]}
    end, label, start = 0, "", 0
    for sentence in filter(None, document["text"].split("\n")):
        for token in sentence.split(" "):
            if span := begins.get(start):
                end, label = span["end"], span["label"]
            tag = f"{'B' if span else 'I'}-{label}" if start < end else "O"
            lines.append(f"{token} {tag}")
            start += len(token) + 1
        lines.append("")
    return "".join(f"{line}\n" for line in lines)


def _fit(fitting: Fitting) -> None:
    """Put the text together of its tokens, and take the spans that no tokens of one line are."""
    fitting.name_as(_ID, "all its tokens are in one column")
    text = fitting.document["text"]
    starts: dict[int, tuple[int, int]] = {}
    ends: dict[int, tuple[int, int]] = {}
    pieces = []
    start = at = 0
    for number, line in enumerate(text.split("\n")):
        if extents := tokens(text, start, start + len(line)):
            for low, high in extents:
                starts[low], ends[high] = (number, at), (number, at + high - low)
                at += high - low + 1
            pieces.append(" ".join(text[low:high] for low, high in extents))
        start += len(line) + 1
    for k, span in list(fitting.spans.items()):
        begins, stops = starts.get(span["start"]), ends.get(span["end"])
        if not _LABEL.fullmatch(span["label"]):
            fitting.lose(("spans", k), f"its label {span['label']!r} can't be that of a tag")
        elif begins is None or stops is None or begins >= stops:
            fitting.lose(("spans", k), "it doesn't begin and end with a token")
        elif begins[0] != stops[0]:
            fitting.lose(("spans", k), "it crosses the end of a line, where a sentence ends")
        else:
            span["start"], span["end"] = begins[1], stops[1]
    if (whole := "\n".join(pieces)) != text:
        fitting.losses.append(
            Loss(
                ("text",),
                "the file holds only tokens: on reading, a blank comes between tokens and a line feed between lines",
            )
        )
        fitting.document["text"] = whole
    order = sorted(fitting.spans, key=lambda k: (fitting.spans[k]["start"], k))
    fitting.spans = {k: fitting.spans[k] for k in order}
    fitting.rename({k: f"s{n}" for n, k in enumerate(order, 1)}, {}, "the format has no ids")


LEAF = Leaf(
    "conll",
    "CoNLL, one token and its tag on each line",
    (".conll", ".bio", ".iob", ".iob2", ".bioes", ".bilou", ".conll2002", ".conll2003"),
    _recognises,
    _read,
    _write,
    frozenset(),
    shared=(".txt", ".tsv", *_PARTS),
    reconstructed="tokens are joined by blanks, or as `# text` has them; sentences are joined by line feeds",
    unread="comments other than `# text`; columns without tokens or tags (such as parts of speech)",
    unread_in=_unread_in,
    fit=_fit,
)
