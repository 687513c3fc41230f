"""BioC XML: collections of documents in passages, with annotations that have locations, and relations."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from spanproof.corpus.documents import ReadError
from spanproof.formats.bioc_reading import INFON, TYPE, documents_of, fit_bioc
from spanproof.formats.files import replace_file
from spanproof.formats.leaf import Leaf, LocatedDocument
from spanproof.formats.losses import Document, Feature, Fitting
from spanproof.formats.markup import first_element, root_of
from spanproof.formats.values import fit_characters
from spanproof.parsing.xml import FORBIDDEN, HEAD, escaped, in_utf8, start_tag

_ROOT = "collection"


def _read(path: Path) -> Iterator[LocatedDocument | ReadError]:
    yield from documents_of(root_of(path, _ROOT), path, LEAF.suffixes)


def _fit(fitting: Fitting) -> None:
    fit_bioc(fitting)
    fit_characters(fitting, FORBIDDEN, "XML")


def _write(documents: Sequence[Document], path: Path) -> None:
    head = [HEAD, '<!DOCTYPE collection SYSTEM "BioC.dtd">\n<collection><source/><date/><key/>\n']
    lines = (line for document in documents for line in _lines(document))
    replace_file(path, (part.encode() for part in chain(head, lines, ["</collection>\n"])))


def _lines(document: Document) -> Iterator[str]:
    yield f"<document><id>{escaped(document['id'])}</id>{_infons_of(document.get('metadata', {}))}\n"
    yield f"<passage><offset>0</offset><text>{escaped(document['text'])}</text>\n"
    for span in document["spans"]:
        fragments = span.get("fragments", [span])
        words = " ".join(fragment["text"] for fragment in fragments)
        places = [{"offset": str(part["start"]), "length": str(part["end"] - part["start"])} for part in fragments]
        locations = "".join(start_tag("location", place, "/>") for place in places)
        yield f"{_start('annotation', span)}{locations}<text>{escaped(words)}</text></annotation>\n"
    for relation in document.get("relations", ()):
        nodes = [{"refid": argument["target"], "role": argument["role"]} for argument in relation["arguments"]]
        yield _start("relation", relation) + "".join(start_tag("node", node, "/>") for node in nodes) + "</relation>\n"
    yield "</passage></document>\n"


def _start(name: str, annotation: Mapping[str, Any]) -> str:
    infons = {TYPE: annotation["label"], **annotation.get("attributes", {})}
    return start_tag(name, {"id": annotation["id"]}) + _infons_of(infons)


def _infons_of(infons: Mapping[str, str]) -> str:
    return "".join(f"{start_tag('infon', {INFON: name})}{escaped(value)}</infon>" for name, value in infons.items())


def _recognises(head: bytes) -> bool:
    return first_element(head) == _ROOT and bool(re.search(rb"<(?:document|source|passage)\b", in_utf8(head, "ignore")))


LEAF = Leaf(
    name="bioc",
    title="BioC XML",
    suffixes=(".bioc.xml", ".bioc"),
    shared=(".xml",),
    recognises=_recognises,
    read=_read,
    write=_write,
    keeps=frozenset(Feature) - {Feature.LAYERS},
    reconstructed="line feeds between passages",
    unread="infons of passages and sentences",
    fit=_fit,
)
