"""UIMA CAS XMI, as DKPro, WebAnno and INCEpTION write it: feature structures with UTF-16 offsets into a text.

An annotation is a span: its layer is its type, its label the feature ``value``, else the last part of the type; named
entities of DKPro have no layer. What refers to others (``Governor``, ``Dependent``, ``target``), or has no place, is a
relation. A type system isn't needed to read; one is written beside (``x.typesystem.xml``).
Source: XML Metadata Interchange in Apache UIMA, References, version 3, chapter 8.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from spanproof.corpus.documents import ReadError
from spanproof.formats.cas_writing import (
    ARRAYS,
    DOCUMENT,
    FIELD,
    FIELD_NAME,
    GENERIC,
    NAMED_ENTITY,
    REFERENCES,
    content_of,
    fit,
    types_of,
)
from spanproof.formats.files import replace_file
from spanproof.formats.leaf import Leaf, LocatedDocument
from spanproof.formats.losses import Document, Feature
from spanproof.formats.markup import fill_ids, first_element, name_of, root_of, write_each
from spanproof.formats.utf16 import Utf16Places
from spanproof.parsing.xml import Element

_ROOT = "xmi:XMI"
_INTERNAL = frozenset({"uima.cas.NULL", "uima.cas.Sofa", "uima.cas.View", "uima.tcas.DocumentAnnotation"})
_OWN = frozenset({"xmi:id", "sofa", "begin", "end", "value"})
_ABOUT = "de.tudarmstadt.ukp.dkpro.core.api.metadata.type."
"""What types begin with that are about a document, such as its sets of tags; they have offsets without words."""
_TYPES = ".typesystem.xml"
_NUMBER = re.compile(r"-?\d{1,18}", re.ASCII)
_NAMESPACE = re.compile(r"http:///(?P<package>.*)\.ecore")


def _read(path: Path) -> Iterator[LocatedDocument | ReadError]:
    root = root_of(path, _ROOT)
    typed = [(_type_of(element, root), element) for element in root.elements()]
    texts = {
        element.attributes.get("xmi:id", ""): (element, element.attributes["sofaString"])
        for name, element in typed
        if name == "uima.cas.Sofa" and "sofaString" in element.attributes
    }
    if not texts:
        yield ReadError(str(path), root.line, "no uima.cas.Sofa has a sofaString, so there is no text; expected one")
    yield from _without_text(typed, texts, path)
    ids = {element.attributes.get("xmi:id") for _, element in typed}
    name = name_of(path, LEAF.suffixes)
    for number, (sofa_id, (sofa, text)) in enumerate(texts.items()):
        places = Utf16Places(text)
        view, metadata, annotations = name, {}, []
        for type_name, element in typed:
            if element.attributes.get("sofa", sofa_id if number == 0 else None) != sofa_id:
                continue
            if type_name == DOCUMENT:
                view = element.attributes.get("documentId") or view
            elif type_name == FIELD:
                metadata[element.attributes.get(FIELD_NAME, "")] = element.attributes.get("value", "")
            elif type_name not in _INTERNAL:
                annotation = _annotation(type_name, element, ids)
                problem = _place(annotation, element, places)
                if problem:
                    yield ReadError(str(path), element.line, problem)
                else:
                    annotations.append((annotation, element.line))
        fill_ids([annotation for annotation, _ in annotations])
        suffix = f"/{sofa.attributes.get('sofaID', number + 1)}" if len(texts) > 1 else ""
        yield LocatedDocument.of(f"{view}{suffix}", text, annotations, metadata)


def _without_text(typed: Iterable[tuple[str, Element]], texts: Mapping[str, object], path: Path) -> Iterator[ReadError]:
    """Yield the annotations of a text that isn't there; none where there is no text at all, which is told."""
    for type_name, element in typed if texts else ():
        sofa = element.attributes.get("sofa")
        is_annotation = "begin" in element.attributes and type_name not in (DOCUMENT, *_INTERNAL)
        if is_annotation and sofa is not None and sofa not in texts:
            yield ReadError(str(path), element.line, f"{element.name} is of the sofa {sofa[:60]}, which has no text")


def _type_of(element: Element, root: Element) -> str:
    """Return the name of an element's type, ``uima.cas.Sofa``, by the namespace of its prefix."""
    prefix, _, name = element.name.rpartition(":")
    uri = (element.attributes | root.attributes).get(f"xmlns:{prefix}" if prefix else "xmlns", "")
    namespace = _NAMESPACE.fullmatch(uri)
    package = namespace["package"].replace("/", ".") if namespace else prefix
    return name if package in ("", "uima.noNamespace") else f"{package}.{name}"


def _annotation(type_name: str, element: Element, ids: set[str | None]) -> dict[str, Any]:
    own = element.attributes
    attributes: dict[str, Any] = {name: value for name, value in own.items() if name not in _OWN and ":" not in name}
    listed: dict[str, list[str]] = {}
    for part in element.elements():
        listed.setdefault(part.name, []).append(part.text())
    for name, values in listed.items():
        attributes[name] = [attributes[name], *values] if name in attributes else values
    named: dict[str, Any] = {"id": own.get("xmi:id") or None, "label": own.get("value", type_name.rpartition(".")[2])}
    if type_name == GENERIC and ARRAYS[0] not in listed and ARRAYS[1] not in own:
        targets, roles = (attributes.pop(name, empty) for name, empty in zip(ARRAYS, ("", []), strict=True))
        pairs = list(zip(roles, targets.split(), strict=False))
    else:
        refers = [name for name in REFERENCES if own.get(name) in ids and name in own and name not in listed]
        refers = refers if "Governor" in refers or "begin" not in own else []
        pairs = [(name, attributes.pop(name)) for name in refers]
    is_about = type_name.startswith(_ABOUT) and own.get("begin") == own.get("end")
    if pairs or "begin" not in own or type_name == GENERIC or is_about:
        named["arguments"] = [{"role": role, "target": target} for role, target in pairs]
    elif type_name != NAMED_ENTITY:
        named["layer"] = type_name
    return {**named, "attributes": attributes} if attributes else named


def _place(annotation: dict[str, Any], element: Element, offsets: Utf16Places) -> str | None:
    """Give a span its offsets, and say what is wrong with those of the file."""
    if "arguments" in annotation:
        return None
    ends = [element.attributes.get(name, "") for name in ("begin", "end")]
    places = [offsets.place(int(offset)) if _NUMBER.fullmatch(offset) else None for offset in ends]
    if None in places:
        return (
            f"{element.name} goes from {ends[0]!r} to {ends[1]!r}; expected offsets in UTF-16, not within a character"
        )
    annotation["start"], annotation["end"] = places
    return None


def _write(documents: Sequence[Document], path: Path) -> None:
    write_each(documents, path, LEAF.suffixes[0], content_of)
    types = types_of(documents)
    beside = (
        path.with_name(f"{path.name[: -len(LEAF.suffixes[0])]}{_TYPES}") if path.is_file() else path / f"all{_TYPES}"
    )
    replace_file(beside, types)


def _recognises(head: bytes) -> bool:
    return first_element(head) == _ROOT


LEAF = Leaf(
    name="xmi",
    title="UIMA CAS XMI",
    suffixes=(".xmi",),
    recognises=_recognises,
    read=_read,
    write=_write,
    keeps=frozenset(Feature) - {Feature.DISCONTINUOUS, Feature.SURFACES},
    companions=(_TYPES,),
    fit=fit,
)
