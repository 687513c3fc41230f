"""BioC JSON: collections as the library ``bioc`` writes them, and documents a line as PubTator Central has them.

Every member is that element of BioC XML which is called so, so that both are read alike.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from spanproof.corpus.documents import ReadError
from spanproof.formats.bioc_reading import INFON, TYPE, documents_of, fit_bioc
from spanproof.formats.content import content_at
from spanproof.formats.encoding import LineError, decoded, encoded
from spanproof.formats.files import replace_file
from spanproof.formats.leaf import Leaf, LocatedDocument
from spanproof.formats.losses import Document, Feature
from spanproof.parsing.json import dump, parse
from spanproof.parsing.xml import Element

_COLLECTIONS = ("documents", "PubTator3")
"""The member with the documents: of BioC, and of what the server of PubTator answers."""
_PARTS = {"passages": "passage", "sentences": "sentence", "annotations": "annotation", "relations": "relation",
          "locations": "location", "nodes": "node"}  # fmt: skip
_NAMED = {"document": (), "annotation": ("id",), "relation": ("id",), "location": ("offset", "length"),
          "node": ("refid", "role")}  # fmt: skip
"""What an element has as attributes in XML."""
_MARKS = tuple(map(re.compile, (rb'"passages"\s*:\s*\[', rb'"infons"\s*:\s*\{', rb'"offset"\s*:\s*"?-?\d')))
"""What every file of BioC JSON holds; BigBio has passages too, with ``offsets`` and without ``infons``."""


def _recognises(head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[") and all(mark.search(head) for mark in _MARKS)


def _read(path: Path) -> Iterator[LocatedDocument | ReadError]:
    content = decoded(content_at(path))
    collection = Element("collection", {}, 0)
    for line, value in _values(content):
        try:
            collection.content += _documents(_parsed(value) if line else value, line)
        except ValueError as error:
            yield ReadError(str(path), line or None, str(error))
    yield from documents_of(collection, path, LEAF.suffixes)


def _values(content: str) -> list[tuple[int, Any]]:
    """Return the value that a file is, with 0 for its line; or its lines, where the first is a value by itself.

    Raises:
        LineError: it is neither.
    """
    try:
        return [(0, _parsed(content))]
    except ValueError as error:
        lines = [(number, line) for number, line in enumerate(content.split("\n"), 1) if line.strip()]
        try:
            _parsed(lines[0][1] if len(lines) > 1 else content)
        except ValueError:
            raise LineError(str(error)) from None
        return lines


def _parsed(content: str) -> Any:
    return parse(content.encode("utf-8", "surrogatepass"))


def _documents(value: Any, line: int) -> Iterator[Element]:
    """Yield the documents of a collection, of a list, or the one document that a value is.

    Raises:
        ValueError: something of it isn't of BioC.
    """
    if isinstance(value, Mapping) and (name := next((name for name in _COLLECTIONS if name in value), None)):
        inner = value[name]
        common = [*_named_words(value, line), *_infons(value, line)]
        documents = inner if isinstance(inner, list) else [inner]
    else:
        common, documents = [], value if isinstance(value, list) else [value]
    for document in documents:
        element = _element("document", document, line)
        known = {part.attributes.get(INFON, part.name) for part in element.elements()}
        element.content += [part for part in common if part.attributes.get(INFON, part.name) not in known]
        yield element


def _named_words(value: Mapping[str, Any], line: int) -> Iterator[Element]:
    """Yield what a collection says of itself, as infons of its documents."""
    for name in ("source", "date", "key"):
        if isinstance(words := value.get(name), str) and words:
            yield Element("infon", {INFON: name}, line, [words])


def _element(name: str, value: Any, line: int) -> Element:
    """Return an object of BioC as the element that XML has for it.

    Raises:
        ValueError: it, or something in it, isn't of BioC.
    """
    if not isinstance(value, Mapping):
        raise ValueError(f"holds {dump(value)[:60]} as a {name}; expected an object")
    stated = ((attribute, value.get(attribute)) for attribute in _NAMED.get(name, ()))
    attributes = {attribute: _words(words) for attribute, words in stated if words is not None}
    element = Element(name, attributes, line, [*_infons(value, line)] if value.get("infons") else [])
    if name == "document" and value.get("id") is not None:
        element.content.append(Element("id", {}, line, [_words(value["id"])]))
    for member in ("offset", "text") if name != "location" else ():
        if value.get(member) is not None and not (member == "text" and not value[member] and value.get("sentences")):
            element.content.append(Element(member, {}, line, [_words(value[member])]))
    for member in (member for member in value if member in _PARTS):
        part, parts = _PARTS[member], value[member] or []
        if not isinstance(parts, list):
            raise ValueError(f"{member} of a {name} is {dump(parts)[:60]}; expected a list")
        element.content += [_element(part, one, line) for one in parts]
    return element


def _infons(value: Mapping[str, Any], line: int) -> Iterator[Element]:
    infons = value.get("infons") or {}
    if not isinstance(infons, Mapping):
        raise ValueError(f"infons is {dump(infons)[:60]}; expected an object")
    for name, words in infons.items():
        if words is not None:
            yield Element("infon", {INFON: name}, line, [_words(words)])


def _words(value: Any) -> str:
    if isinstance(value, str):
        return value
    return str(value) if type(value) is int else dump(value)


def _write(documents: Sequence[Document], path: Path) -> None:
    head = '{"source": "", "date": "", "key": "", "infons": {}, "documents": [\n'
    parts = (",\n" * (k > 0) + dump(_document(document)) for k, document in enumerate(documents))
    replace_file(path, (encoded(part, str(path)) for part in chain([head], parts, ["\n]}\n"])))


def _document(document: Document) -> dict[str, Any]:
    passage = {"offset": 0, "infons": {}, "text": document["text"], "sentences": []}
    annotations = [
        {**_named(span), "text": " ".join(part["text"] for part in parts),
         "locations": [{"offset": part["start"], "length": part["end"] - part["start"]} for part in parts]}
        for span in document["spans"] for parts in [span.get("fragments", [span])]
    ]  # fmt: skip
    relations = [
        {**_named(one), "nodes": [{"refid": end["target"], "role": end["role"]} for end in one["arguments"]]}
        for one in document.get("relations", ())
    ]
    passages = [{**passage, "annotations": annotations, "relations": []}]
    return {"id": document["id"], "infons": document.get("metadata", {}), "passages": passages, "annotations": [],
            "relations": relations}  # fmt: skip


def _named(annotation: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": annotation["id"], "infons": {TYPE: annotation["label"], **annotation.get("attributes", {})}}


LEAF = Leaf(
    name="bioc-json",
    title="BioC JSON",
    suffixes=(".bioc.json", ".bioc.jsonl"),
    shared=(".json", ".jsonl"),
    recognises=_recognises,
    read=_read,
    write=_write,
    keeps=frozenset(Feature) - {Feature.LAYERS},
    reconstructed="line feeds between passages",
    unread="infons of passages and sentences, and members that BioC doesn't have",
    fit=fit_bioc,
)
