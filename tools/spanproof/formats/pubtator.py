"""PubTator: a title and an abstract, and a mention a line with its offsets, words, type and concept.

Source: the format as the tools of PubTator have it (BioCreative V CDR, NCBI Disease, MedMentions, BioRED). The text is
the title, one character, the abstract; that character is a line feed here. Relations are between concepts, not between
mentions, and so are members of the document: ``{"CID": [["D008750", "D003866"]]}``.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spanproof.corpus.documents import ReadError
from spanproof.formats.content import content_at
from spanproof.formats.encoding import decoded, encoded
from spanproof.formats.files import replace_file
from spanproof.formats.leaf import Leaf, LocatedDocument
from spanproof.formats.losses import Document, Feature, Fitting
from spanproof.schema import paths

_PART = re.compile(r"([^|\s]+)\|([a-z])\|(.*)", re.DOTALL)
_ID = re.compile(r"[^|\s]+")
_RELATION = re.compile(r"[^\W\d]")
"""How the name of a relation begins; a mention has an offset in its place."""
_OFFSET = re.compile(r"\d{1,18}")
_ATTRIBUTES = ("identifier", "individual mentions")
"""The columns of a mention after its type."""
_UNKNOWN = "-"
"""What stands for no identifier; the tools of the format take a mention without that column for a relation."""
_ENDS = str.maketrans("\t\r\n", "   ")
"""What a cell can't hold, and the blank that stands for it."""
_MOST = 5 + len(_ATTRIBUTES)


@dataclass
class _Abstract:
    """A document as its lines are read."""

    name: str
    line: int
    text: str
    parts: str = "t"
    spans: list[dict[str, Any]] = field(default_factory=list)
    lines: dict[paths.Path, int] = field(default_factory=dict)
    metadata: dict[str, list[list[str]]] = field(default_factory=dict)

    def located(self) -> LocatedDocument:
        """Return the document, once all its lines are read."""
        for span in self.spans:
            span["text"] = _words(span["text"], self.text[span["start"] : span["end"]])
        metadata = {"metadata": self.metadata} if self.metadata else {}
        document = {"id": self.name, "text": self.text, "spans": self.spans, **metadata}
        return LocatedDocument(document, self.line, self.lines)


def _words(written: str, there: str) -> str:
    """Return the words of a mention; the end of the title stands in them as a blank."""
    return there if written == there or written == there.translate(_ENDS) else written


def _recognises(head: bytes) -> bool:
    first = head.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")[0].decode("utf-8", "replace")
    match = _PART.fullmatch(first)
    return match is not None and match[2] == "t"


def _read(path: Path) -> Iterator[LocatedDocument | ReadError]:
    document: _Abstract | None = None
    for number, ended in enumerate(decoded(content_at(path)).split("\n"), 1):
        line = ended.removesuffix("\r")
        cells = line.split("\t")
        if document and 5 <= len(cells) <= _MOST and _is_mention(cells, document):
            _take_mention(document, number, cells)
            continue
        if not line.strip():
            continue
        match = _PART.fullmatch(line)
        if match and match[2] == "t":
            if document:
                yield document.located()
            document = _Abstract(match[1], number, match[3])
        elif problem := _misplaced(line, match, document) if document else "comes before a title, ID|t|...":
            yield ReadError(str(path), number, f"{problem}: {line[:60]!r}")
        elif document and match:
            document.text += f"\n{match[3]}"
            document.parts += "a"
        elif document:
            _take(document, number, cells)
    if document:
        yield document.located()


def _misplaced(line: str, match: re.Match[str] | None, document: _Abstract) -> str:
    """Say why a line has no place in a document; empty where it has one."""
    if match:
        if match[1] != document.name:
            return f"is the abstract of {match[1]}; expected that of {document.name}"
        return "" if match[2] == "a" and document.parts == "t" else f"has the part {match[2]}; expected t, then a"
    name, *cells = line.rstrip("\t").split("\t")
    if not cells:
        return "isn't a line of PubTator; expected ID|t|title, ID|a|abstract or columns parted by tabs"
    if name != document.name:
        return f"is about {name}; expected {document.name}"
    if _RELATION.match(cells[0]):
        return "" if len(cells) > 2 else f"has {len(cells) + 1} columns; expected ID, relation and two concepts"
    if not 4 <= len(cells) < _MOST:
        return f"has {len(cells) + 1} columns; expected 5 to {_MOST}: ID, start, end, words, type, identifier, mentions"
    return "" if all(map(_OFFSET.fullmatch, cells[:2])) else "has no offsets in columns 2 and 3; expected start and end"


def _is_mention(cells: Sequence[str], document: _Abstract) -> bool:
    """Say whether a line is surely a mention of a document; one that ends in tabs may be, too."""
    start, end = cells[1], cells[2]
    plain = start.isdecimal() and end.isdecimal() and len(start) < 19 and len(end) < 19
    return plain and cells[0] == document.name and cells[-1] != ""


def _take(document: _Abstract, number: int, cells: Sequence[str]) -> None:
    """Add a mention or a relation to a document, of a line that has a place in it."""
    if not _RELATION.match(cells[1]):
        _take_mention(document, number, cells)
        return
    arguments = [*cells[2:]]
    while not arguments[-1]:
        arguments.pop()
    document.metadata.setdefault(cells[1], []).append(arguments)


def _take_mention(document: _Abstract, number: int, cells: Sequence[str]) -> None:
    spans = document.spans
    span: dict[str, Any] = {
        "id": f"s{len(spans) + 1}", "label": cells[4], "start": int(cells[1]), "end": int(cells[2]), "text": cells[3]
    }  # fmt: skip
    named = zip(_ATTRIBUTES, cells[5:], strict=False) if len(cells) > 5 else ()
    if attributes := {name: value for name, value in named if value not in ("", _UNKNOWN)}:
        span["attributes"] = attributes
    document.lines["spans", len(spans)] = number
    spans.append(span)


def _write(documents: Sequence[Document], path: Path) -> None:
    replace_file(path, (encoded(_content(document), str(path)) for document in documents))


def _content(document: Document) -> str:
    name = document["id"]
    title, end, abstract = document["text"].partition("\n")
    lines = [f"{name}|t|{title}", *([f"{name}|a|{abstract}"] if end else [])]
    lines += ["\t".join([name, *_cells(span)]) for span in document["spans"]]
    for relation, rows in document.get("metadata", {}).items():
        lines += ["\t".join([name, relation, *row]) for row in rows]
    return "".join(f"{line}\n" for line in (*lines, ""))


def _cells(span: Mapping[str, Any]) -> list[str]:
    attributes = span.get("attributes", {})
    cells = [str(span["start"]), str(span["end"]), span["text"].translate(_ENDS), span["label"]]
    cells += [attributes.get(name, _UNKNOWN) for name in _ATTRIBUTES]
    return cells if cells[-1] != _UNKNOWN else cells[:-1]


def _span_on_line(line: str, span: Mapping[str, Any]) -> str:
    cells = line.removesuffix("\r").split("\t")
    changed = [str(span["start"]), str(span["end"]), span["text"].translate(_ENDS), span["label"]]
    return "\t".join([cells[0], *changed, *cells[5:]])


def _fit(fitting: Fitting) -> None:
    fitting.name_as(_ID, "it is one word without a bar")
    before = fitting.document["text"]
    title, end, abstract = before.partition("\n")
    text = f"{title.translate(_ENDS)}{end}{abstract.translate(_ENDS)}"
    fitting.replace(("text",), text, "title and abstract are a line each, without tabs")
    for k, span in list(fitting.spans.items()):
        if not _is_cell(span["label"]):
            fitting.lose(("spans", k), f"its label {span['label']!r} is empty or has a tab or line end")
        elif not all(0 <= span[name] < 10**18 for name in ("start", "end")):
            fitting.lose(("spans", k), "PubTator has no negative or huge offsets")
        else:
            words = _words(span["text"].translate(_ENDS), text[span["start"] : span["end"]])
            fitting.replace(("spans", k, "text"), words, "words are in one line, without tabs")
    for path, value in fitting.attributes():
        if path[-1] not in _ATTRIBUTES or not isinstance(value, str) or not _is_cell(value):
            fitting.lose(path, f"mentions have only {' and '.join(_ATTRIBUTES)}, in a line and without tabs")
        elif value == _UNKNOWN:
            fitting.lose(path, "it stands for no identifier")
    for name, rows in list(fitting.document.get("metadata", {}).items()):
        if not _is_relation(name, rows):
            fitting.lose(("metadata", name), "documents have only relations between concepts, as lists of two or more")
    names = {k: f"s{n}" for n, k in enumerate(fitting.spans, 1)}
    fitting.rename(names, {}, "the format has no ids")


def _is_relation(name: str, rows: Any) -> bool:
    if not _RELATION.match(name) or not _is_cell(name) or not isinstance(rows, list) or not rows:
        return False
    return all(
        isinstance(row, list) and len(row) > 1 and all(isinstance(cell, str) and _is_cell(cell) for cell in row)
        for row in rows
    )


def _is_cell(value: str) -> bool:
    return bool(value) and value.translate(_ENDS) == value


LEAF = Leaf(
    name="pubtator",
    title="PubTator",
    suffixes=(".pubtator",),
    shared=(".txt",),
    recognises=_recognises,
    read=_read,
    write=_write,
    keeps=frozenset(Feature)
    - {Feature.DISCONTINUOUS, Feature.RELATIONS, Feature.EVENTS, Feature.LAYERS, Feature.WHITE_SPACE, Feature.IDS},
    unread="whether each concept of a relation has a mention",
    fit=_fit,
    span_on_line=_span_on_line,
)
