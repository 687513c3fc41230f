"""CoNLL-U: a word a line in ten columns, with entities in the last; what else words have isn't read.

Entities are brackets (``Entity=(e1-person``) or tags in any member of MISC (``NER=B-PER``, ``name=I-LOC``). Words must
stand in ``# text`` one after the other. A word in a token of several words has its own characters where these make up
the token, else all of them. An entity of an empty node has no words and is a relation without arguments.
Source: https://universaldependencies.org/format.html, and for ``SpacesAfter`` the manual of UDPipe.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from spanproof.corpus.documents import ReadError
from spanproof.formats.conllu_words import Word, WordBlock, escaped, text_of
from spanproof.formats.content import content_at
from spanproof.formats.encoding import decoded
from spanproof.formats.entity_brackets import FIELDS, Brackets, annotations_of, brackets_of
from spanproof.formats.files import replace_file
from spanproof.formats.foreign import is_older_webanno
from spanproof.formats.leaf import Leaf, LocatedDocument
from spanproof.formats.losses import Document, Feature, Fitting
from spanproof.formats.markup import name_of
from spanproof.formats.tokens import cut_tokens
from spanproof.formats.values import SURROGATE, fit_characters, fit_edges, fit_order, fit_places, fit_values
from spanproof.text.tags import repair, scheme_of, spans_of_tags

_COMMENT = re.compile(r"#\s*(?P<name>[^=]*?)\s*(?:=\s?(?P<value>.*))?", re.DOTALL)
_DOCUMENT = re.compile(r"#\s*newdoc\b(?:\s+id\s*=\s*(?P<id>.*\S))?")
_META = re.compile(r"[^\s=](?:[^=\n\r]*[^\s=])?")
_TAG = re.compile(r"O|[BIESLU]-\S+")
_BLANK = re.compile(r"\s")
_HEAD = re.compile(
    rb"^(?:# ?(?:newdoc|newpar|sent_id|text|global)\b|\d+(?:[-.]\d+)?\t[^\t\n]*(?:\t[^\t\n]*){8}\r?$)", re.MULTILINE
)
_WORD = re.compile(rb"^\d+(?:[-.]\d+)?\t.*$", re.MULTILINE)


class _WordBlocks:
    """A document as its lines are read."""

    def __init__(self, name: str, line: int) -> None:
        self.id, self.line = name, line
        self.metadata: dict[str, str] = {}
        self.sentences = [WordBlock()]
        self.brackets = Brackets()
        self.problems: list[tuple[int, str]] = []
        self.repairs: list[tuple[int, str]] = []

    def take(self, number: int, line: str) -> None:
        """Take up a line."""
        sentence = self.sentences[-1]
        if not line.strip():
            if sentence.words or sentence.tokens:
                self.sentences.append(WordBlock())
        elif line.startswith("#"):
            self._comment(number, line)
        elif (problem := sentence.take(number, line.split("\t"))) is not None:
            self.problems.append((number, problem))

    def _comment(self, number: int, line: str) -> None:
        comment = _COMMENT.fullmatch(line)
        key, value = (comment["name"], comment["value"] or "") if comment else ("", "")
        sentence = self.sentences[-1]
        if key == "text":
            sentence.text, sentence.text_line = value, number
        elif key.startswith("newpar"):
            sentence.paragraph = True
        elif key == "global.Entity":
            self.brackets.fields = value.split("-")
        elif key.startswith("meta::"):
            self.metadata[key.removeprefix("meta::")] = value

    def document(self) -> LocatedDocument:
        """Place all words and return the stand-off document."""
        text, problems = text_of(self.sentences)
        words = [word for sentence in self.sentences for word in sentence.words]
        bracketed = self._bracketed(words, len(text))
        tagged, self.repairs = _tagged(self.sentences, layered=bool(bracketed))
        self.problems += [*problems, *self.brackets.problems]
        self.problems.sort(key=lambda problem: problem[0])
        return LocatedDocument.of(self.id, text, [*bracketed, *tagged], self.metadata, self.line)

    def _bracketed(self, words: Sequence[Word], length: int) -> list[tuple[dict[str, Any], int]]:
        starts, start = [], length
        for word in reversed(words):
            start = word.extent[0] if word.extent else start
            starts.append(start)
        end = 0
        for word, start in zip(words, reversed(starts), strict=True):
            end = word.extent[1] if word.extent else end
            if "Entity" in word.misc:
                self.brackets.read(word.misc["Entity"], start, end, word.line)
        self.brackets.finish()
        return annotations_of(self.brackets.mentions, self.brackets.fields[0])


def _tagged(
    blocks: Sequence[WordBlock], *, layered: bool
) -> tuple[list[tuple[dict[str, Any], int]], list[tuple[int, str]]]:
    """Return the spans that tags in MISC say, and how tags are read that break their scheme, each with its line.

    Args:
        blocks: the sentences of a document.
        layered: whether each kind of tags is a layer, as it is where there are several.
    """
    by_name: dict[str, set[str]] = {}
    for word in (word for block in blocks for word in block.words):
        for name, value in word.misc.items():
            by_name.setdefault(name, set()).add(value)
    names = [name for name, values in by_name.items() if all(map(_TAG.fullmatch, values)) and values != {"O"}]
    spans: list[tuple[dict[str, Any], int]] = []
    repairs: list[tuple[int, str]] = []
    for name in names:
        layer = {"layer": name} if layered or len(names) > 1 else {}
        placed = [
            [(word.line, *word.extent, word.misc.get(name, "O")) for word in block.words if word.extent]
            for block in blocks
        ]
        scheme = scheme_of([tag for *_, tag in words] for words in placed)
        for words in placed:
            lines = {start: line for line, start, _, _ in reversed(words)}
            for start, end, label in spans_of_tags((start, end, tag) for _, start, end, tag in words):
                number = f"{name}-{len(spans) + 1}"
                spans.append(({"id": number, "label": label, "start": start, "end": end, **layer}, lines[start]))
            for before, (line, _, _, tag) in zip(["O", *(tag for *_, tag in words)], words, strict=False):
                if how := repair(before, tag, scheme):
                    repairs.append((line, f"{how} ({name}, {scheme})"))
    return spans, repairs


def _read(path: Path) -> Iterator[LocatedDocument | ReadError]:
    name = name_of(path, LEAF.suffixes)
    reading, documents, begun = _WordBlocks(name, 1), 0, False
    for number, line in enumerate(decoded(content_at(path)).split("\n"), 1):
        stripped = line.removesuffix("\r")
        beginning = _DOCUMENT.fullmatch(stripped)
        if beginning and begun:
            yield from _finished(reading, path)
            reading = _WordBlocks(f"{name}-{documents + 1}", number)
        if beginning:
            documents += 1
            reading.id = beginning["id"] or reading.id
        reading.take(number, stripped)
        begun = bool(begun or beginning or reading.sentences[-1].words)
    if begun or reading.problems:
        yield from _finished(reading, path)
    else:
        yield ReadError(str(path), None, "the file holds no word and begins no document")


def _finished(reading: _WordBlocks, path: Path) -> Iterator[LocatedDocument | ReadError]:
    document = reading.document()
    yield from (ReadError(str(path), line, problem) for line, problem in reading.problems)
    yield from (ReadError(str(path), line, how, repaired=True) for line, how in reading.repairs)
    yield document


def _fit(fitting: Fitting) -> None:
    fit_places(fitting)
    fit_values(fitting)
    fit_characters(fitting, SURROGATE, "UTF-8")
    document = fitting.document
    text = document["text"]
    fit_edges(fitting)
    fit_order(fitting)
    if text and not text.strip():
        fitting.replace(("text",), "", "a text of white space has no token, and the format keeps only tokens")
    fitting.replace(("id",), " ".join(document["id"].split()) or "_", "a comment is one line")
    for name, value in list(document.get("metadata", {}).items()):
        if not _META.fullmatch(name) or "\n" in value or "\r" in value:
            fitting.lose(("metadata", name), "isn't a name without an equals sign, with a value in one line")


def _write(documents: Sequence[Document], path: Path) -> None:
    replace_file(path, (f"{line}\n".encode() for document in documents for line in _lines(document)))


def _lines(document: Document) -> Iterator[str]:
    """Yield the lines of a document, a sentence a line of its text where no span goes on."""
    text = document["text"]
    yield f"# newdoc id = {document['id']}"
    yield f"# global.Entity = {'-'.join(FIELDS)}"
    yield from (f"# meta::{name} = {value}" for name, value in document.get("metadata", {}).items())
    tokens, brackets = _tokens(document)
    ends = {span["start"]: span["end"] for span in sorted(document["spans"], key=lambda span: span["end"])}
    block: list[str] = []
    begin = number = reach = 0
    for k, (start, end) in enumerate(tokens):
        reach = max(reach, ends.get(start, 0))
        following = tokens[k + 1][0] if k + 1 < len(tokens) else len(text)
        misc = [f"Entity={brackets[start]}"] if start in brackets else []
        if k == 0 and start:
            misc.append(f"SpacesBefore={escaped(text[:start])}")
        misc += _spaces(text[end:following], last=k + 1 == len(tokens))
        if number == 0:
            begin = start
        number += 1
        block.append(f"{number}\t{text[start:end]}\t_\t_\t_\t_\t_\t_\t_\t{'|'.join(misc) or '_'}")
        if k + 1 == len(tokens) or ("\n" in text[end:following] and reach <= end):
            yield "# text = " + _BLANK.sub(" ", text[begin:end])
            yield from block
            yield ""
            block, number = [], 0
    if not tokens:
        yield ""


def _spaces(blanks: str, *, last: bool) -> list[str]:
    if blanks == ("" if last else " "):
        return []
    return [f"SpacesAfter={escaped(blanks)}" if blanks else "SpaceAfter=No"]


def _tokens(document: Document) -> tuple[list[tuple[int, int]], dict[int, str]]:
    """Return the extents of tokens, of which spans begin and end some, and the brackets of each by where it begins."""
    text = document["text"]
    parts = sorted(brackets_of(document["spans"]), key=lambda part: (part[0], -part[1]))
    borders = {place for start, end, _, _ in parts for place in (start, end)}
    tokens = cut_tokens(text, borders)
    begins = {end: start for start, end in tokens}
    opening: dict[int, str] = {}
    closing: dict[int, str] = {}
    for start, end, inner, name in parts:
        single = begins[end] == start
        opening[start] = opening.get(start, "") + f"({inner}" + (")" if single else "")
        if not single:
            closing[begins[end]] = f"{name})" + closing.get(begins[end], "")
    brackets = {}
    for start in opening | closing:
        opens, closes = opening.get(start, ""), closing.get(start, "")
        brackets[start] = opens + closes if opens.endswith(")") else closes + opens
    return tokens, brackets


def _recognises(head: bytes) -> bool:
    """Say so by comments and words; formats of fewer columns, as that of Universal NER, have the same comments."""
    if is_older_webanno(head.decode("utf-8", "replace")):
        return False
    word = _WORD.search(head)
    rows = [line for line in head.splitlines()[:200] if line.strip() and not line.startswith(b"#")]
    are_numbered = sum(_WORD.match(row) is not None for row in rows) * 2 >= len(rows)  # else a token was a number
    return bool(_HEAD.search(head)) and are_numbered and (word is None or word[0].count(b"\t") == 9)


LEAF = Leaf(
    name="conllu",
    title="CoNLL-U",
    suffixes=(".conllu",),
    recognises=_recognises,
    read=_read,
    write=_write,
    keeps=frozenset(Feature) - {Feature.RELATIONS, Feature.EVENTS, Feature.LAYERS, Feature.SURFACES},
    reconstructed="a blank between sentences, a line feed between paragraphs, unless MISC says otherwise",
    unread="lemmas, parts of speech, features and heads of words",
    fit=_fit,
)
