"""brat: ``x.ann`` with an annotation a line beside the text ``x.txt``, in folders to any depth.

Source: the format as brat's manual has it, https://brat.nlplab.org/standoff.html. Offsets are code points of the text
file as it is, line ends included. The words of a span stand on its line with a blank in the place of each line feed and
between fragments.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spanproof.corpus.documents import ReadError
from spanproof.formats.brat_lines import REFERENCE, TRIGGER, fit, line_of_span, lines_of, words_of
from spanproof.formats.content import STANDARD_INPUT, content_at, stem_of
from spanproof.formats.encoding import LineError, decoded, encoded
from spanproof.formats.files import replace_file
from spanproof.formats.leaf import Leaf, LocatedDocument
from spanproof.formats.losses import Document, Feature
from spanproof.parsing.named_files import content_of, named_file
from spanproof.schema import paths

_OFFSETS = re.compile(r"\d{1,18} \d{1,18}(?:;\d{1,18} \d{1,18})*")
_SPAN = re.compile(r"(T[^\t]+)\t([^\t ]+) (\d{1,18}) (\d{1,18})(?:\t(.*))?", re.DOTALL)
"""A line of a span of one part, as most are."""
_LINE = re.compile(rb"(?:[TREAMN#]\d+\t\S+ |\*\t\S+ )")
_WORDS = {
    "T": "T1<tab>Label 0 5<tab>words", "R": "R1<tab>Label Arg1:T1 Arg2:T2", "E": "E1<tab>Type:T1 Role:T2",
    "*": "*<tab>Equiv T1 T2", "A": "A1<tab>Name T1 value", "M": "M1<tab>Name T1",
    "N": "N1<tab>Reference T1 Resource:id<tab>name", "#": "#1<tab>AnnotatorNotes T1<tab>note",
}  # fmt: skip
"""What a line of each kind looks like, by its first character."""


def _recognises(head: bytes) -> bool:
    """Say whether most lines of the head of a file, and the first of them, are annotations."""
    lines = [line for line in head.removeprefix(b"\xef\xbb\xbf").split(b"\n")[:200] if line.strip()]
    return bool(lines) and sum(bool(_LINE.match(line)) for line in lines[:50]) * 2 > len(lines[:50])


def _read(path: Path) -> Iterator[LocatedDocument | ReadError]:
    if path == STANDARD_INPUT:
        raise LineError("is brat, whose text lies in a file of its own; expected the path of the .ann file")
    stem = stem_of(path)
    try:
        text = decoded(content_of(named_file(path.parent, f"{stem}.txt")), keep_mark=True)
    except LineError as error:
        raise LineError(f"its text {stem}.txt: {error}") from None
    except ValueError as error:
        raise LineError(f"its text can't be read: {error}") from None
    reading = _Reading(str(path), text)
    lines = decoded(content_at(path)).split("\n")
    windows = all(line.endswith("\r") for line in lines[:-1])  # else it is the end of a span's words
    for number, line in enumerate((line.removesuffix("\r") if windows else line for line in lines), 1):
        if line.strip():
            reading.take(number, line)
    reading.place()
    yield from reading.errors
    relations = {"relations": reading.relations} if reading.relations else {}
    document = {"id": stem, "text": text, "spans": reading.spans, **relations}
    yield LocatedDocument(document, None, reading.lines)


@dataclass
class _Reading:
    """The annotations of a document as they are read, line by line."""

    path: str
    text: str
    spans: list[dict[str, Any]] = field(default_factory=list)
    relations: list[dict[str, Any]] = field(default_factory=list)
    lines: dict[paths.Path, int] = field(default_factory=dict)
    errors: list[ReadError] = field(default_factory=list)
    about: list[tuple[int, str, str, Any]] = field(default_factory=list)
    """Line, target, name and value of attributes, references and notes, whose target may stand further below."""

    def take(self, number: int, line: str) -> None:
        """Read a line; one that can't be is an error."""
        if span := _SPAN.fullmatch(line):
            self._keep("spans", number, self._whole(*span.groups()))
            return
        kind = line[0]
        mark, *columns = line.split("\t", 2)
        shape = self._shape(kind, mark, columns) if kind in _WORDS else "an annotation"
        if shape is not None:
            shown = line if len(line) <= 60 else f"{line[:60]}..."
            self.errors.append(ReadError(self.path, number, f"is {shown!r}; expected {shape}"))
        elif kind in "T":
            self._keep("spans", number, self._span(mark, columns))
        elif kind in "RE*":
            self._keep("relations", number, _relation(kind, mark, columns[0].split()))
        else:
            self._about(kind, number, columns)

    def _shape(self, kind: str, mark: str, columns: list[str]) -> str | None:
        """Return what a line should look like; None where it does."""
        head, rest = (columns[0] if columns else ""), columns[1:]
        parts, words = head.split(" "), head.split()
        pairs = all(all(word.partition(":")) for word in words[1:]) and not "".join(rest).strip()
        sound: object
        match kind:
            case "T":
                sound = len(parts) > 2 and parts[0] and _OFFSETS.fullmatch(" ".join(parts[1:]))
            case "R":
                sound = len(words) > 2 and pairs
            case "E":
                sound = words and all(words[0].partition(":")) and pairs
            case "*":
                sound = mark == "*" and len(words) > 2
            case "A" | "M":
                sound = len(parts) > 1 and all(parts[:2]) and not rest
            case "N":
                sound = len(parts) > 2 and all(parts[:2]) and REFERENCE.fullmatch(head.split(" ", 2)[2])
            case _:
                sound = len(parts) == 2 and all(parts)
        return None if sound and (kind == "*" or len(mark) > 1) else _WORDS[kind]

    def _keep(self, name: str, number: int, owner: dict[str, Any]) -> None:
        owners = self.spans if name == "spans" else self.relations
        if not owner["id"]:
            owner["id"] = f"*{sum(one['id'].startswith('*') for one in owners) + 1}"
        self.lines[name, len(owners)] = number
        owners.append(owner)

    def _whole(self, mark: str, label: str, first: str, last: str, words: str | None) -> dict[str, Any]:
        """Return a span of one part."""
        span: dict[str, Any] = {"id": mark, "label": label, "start": int(first), "end": int(last)}
        if words is not None:
            as_there = words == self.text[span["start"] : span["end"]]
            span["text"] = words if as_there else words_of(words, [span], self.text)[0]
        return span

    def _span(self, mark: str, columns: list[str]) -> dict[str, Any]:
        label, _, offsets = columns[0].partition(" ")
        places = [tuple(map(int, piece.split(" "))) for piece in offsets.split(";")]
        fragments: list[dict[str, Any]] = [{"start": start, "end": end} for start, end in places]
        if len(columns) > 1:
            for fragment, words in zip(fragments, words_of(columns[1], fragments, self.text), strict=True):
                fragment |= {} if words is None else {"text": words}
        start, end = min(start for start, _ in places), max(end for _, end in places)  # also where out of order
        span = {"id": mark, "label": label, "start": start, "end": end}
        return {**span, "fragments": fragments} if len(fragments) > 1 else {**span, **fragments[0]}

    def _about(self, kind: str, number: int, columns: list[str]) -> None:
        name, _, rest = columns[0].partition(" ")
        target, _, value = rest.partition(" ")
        if kind in "AM":
            self.about.append((number, target, name, value or True))
        elif kind == "#":
            self.about.append((number, target, name, [columns[1] if len(columns) > 1 else ""]))
        else:
            resource, _, entry = value.partition(":")
            reference = {"resource": resource, "id": entry, **({"name": columns[1]} if len(columns) > 1 else {})}
            self.about.append((number, target, name, [reference]))

    def place(self) -> None:
        """Give attributes, references and notes to what they are about."""
        owners: dict[str, dict[str, Any]] = {}
        for owner in (*self.spans, *self.relations):
            owners.setdefault(owner["id"], owner)
        for number, target, name, value in self.about:
            if target not in owners:
                self.errors.append(ReadError(self.path, number, f"refers to {target}, which doesn't exist"))
                continue
            attributes = owners[target].setdefault("attributes", {})
            before = attributes.get(name)
            if before is None:
                attributes[name] = value
            elif isinstance(before, list) and isinstance(value, list) and type(before[0]) is type(value[0]):
                before.extend(value)
            else:
                self.errors.append(ReadError(self.path, number, f"says {name} of {target} again; expected it once"))
        self.errors.sort(key=lambda error: error.line or 0)


def _relation(kind: str, mark: str, words: list[str]) -> dict[str, Any]:
    head, *rest = words
    if kind == "*":
        arguments = [{"role": "", "target": target} for target in rest]
        return {"id": "", "label": head, "arguments": arguments}
    arguments = [{"role": role, "target": target} for role, _, target in (word.partition(":") for word in rest)]
    if kind == "E":
        head, _, trigger = head.partition(":")
        arguments = [{"role": TRIGGER, "target": trigger}, *arguments]
    return {"id": mark, "label": head, "arguments": arguments}


def _write(documents: Sequence[Document], path: Path) -> None:
    folder = path
    if path.name.lower().endswith(".ann"):
        if len(documents) != 1 or documents[0]["id"] != path.name[:-4]:
            raise ValueError(f"{path}: a file of brat holds one document, called as it is; expected a folder")
        folder = path.parent
    names = {document["id"] for document in documents for _ in _contents(document)}  # all before the first is written
    if len(names) != len(documents):
        raise ValueError(f"{path}: two documents have the same id; expected one for each file")
    for document in documents:
        for suffix, content in _contents(document):
            replace_file(folder / f"{document['id']}{suffix}", content)


def _contents(document: Document) -> Iterator[tuple[str, bytes]]:
    """Yield the contents of the files of a document, each with how the file ends."""
    name = document["id"]
    yield ".txt", encoded(document["text"], name)
    yield ".ann", encoded("".join(f"{line}\n" for line in lines_of(document)), name)


LEAF = Leaf(
    "brat",
    "brat stand-off annotations",
    (".ann",),
    _recognises,
    _read,
    _write,
    frozenset(Feature) - {Feature.METADATA, Feature.LAYERS},
    fit=fit,
    span_on_line=lambda _, span: line_of_span(span),
    companions=(".txt",),
)
