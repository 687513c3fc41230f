"""What a UIMA CAS holds of stand-off documents, and its XMI with the type system that reads it."""

import itertools
import keyword
import re
from collections.abc import Mapping, Sequence

from spanproof.formats.losses import Document, Fitting
from spanproof.formats.utf16 import utf16_offsets
from spanproof.formats.values import fit_characters, fit_places, fit_values
from spanproof.parsing.xml import FORBIDDEN, HEAD, escaped, start_tag

NAMED_ENTITY = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity"
"""The type of spans that have no layer."""
DOCUMENT = "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData"
FIELD = "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.MetaDataStringField"
FIELD_NAME = "key"
GENERIC = "spanproof.Relation"
"""The type of relations: the roles of its targets are the strings of an array as long."""
ARRAYS = ("targets", "roles")
REFERENCES = ("Governor", "Dependent", "source", "target")
"""Features of relations and links of WebAnno and INCEpTION that name another feature structure."""
_RESERVED = frozenset(
    {"sofa", "begin", "end", "value", "type", "self", "xmiID", "id", *ARRAYS, *REFERENCES, *keyword.kwlist}
)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_TYPE = re.compile(r"(?!uima\.)[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)*")
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_PREFIXES = {"http://www.omg.org/XMI": "xmi", "http:///uima/cas.ecore": "cas"}
_ANNOTATION = "uima.tcas.Annotation"


def fit(fitting: Fitting) -> None:
    """Take what a CAS can't hold; ids become numbers."""
    fit_places(fitting)
    fit_values(fitting)
    fit_characters(fitting, FORBIDDEN, "XML")
    fit_names(fitting)
    names = {owner["id"] for owners in fitting.owners.values() for owner in owners.values()}
    for k, relation in list(fitting.relations.items()):
        absent = [argument["target"] for argument in relation["arguments"] if argument["target"] not in names]
        if absent:
            fitting.lose(("relations", k), f"it names {absent[0]}, which doesn't exist")
    fitting.cut_references()
    kept = {
        owner["id"] for owners in fitting.owners.values() for owner in owners.values() if _NUMBER.fullmatch(owner["id"])
    }
    free = (str(number) for number in itertools.count(1) if str(number) not in kept)
    spans, relations = (
        {k: owner["id"] if owner["id"] in kept else next(free) for k, owner in owners.items()}
        for owners in (fitting.spans, fitting.relations)
    )
    fitting.rename(spans, relations, "UIMA numbers its feature structures")


def fit_names(fitting: Fitting) -> None:
    """Take layers and attributes that aren't called as a type or a feature of UIMA can be."""
    for k, span in fitting.spans.items():
        layer = span.get("layer")
        if layer is not None and (not _TYPE.fullmatch(layer) or layer in (NAMED_ENTITY, DOCUMENT, FIELD, GENERIC)):
            fitting.lose(("spans", k, "layer"), "it isn't a name of a type of UIMA, or one that means something else")
    for path, _ in fitting.attributes():
        if not _NAME.fullmatch(str(path[-1])) or path[-1] in _RESERVED:
            fitting.lose(path, "it isn't a name of a feature of UIMA, or one that means something else")


def content_of(document: Document) -> bytes:
    """Return the XMI of a document that :func:`fit` has fitted."""
    text, relations = document["text"], document.get("relations", [])
    largest = max((int(owner["id"]) for owner in (*document["spans"], *relations)), default=0)
    numbers = (str(number) for number in itertools.count(largest + 1))
    sofa = next(numbers)
    offsets = utf16_offsets(text)
    prefixes = dict(_PREFIXES)

    def start(type_name: str, number: str, values: Mapping[str, str], extent: Sequence[int] = ()) -> str:
        package, _, name = type_name.rpartition(".")
        namespace = f"http:///{package.replace('.', '/') or 'uima/noNamespace'}.ecore"
        prefix = prefixes.setdefault(namespace, f"ns{len(prefixes)}")
        places = zip(("begin", "end"), (str(offsets[place]) for place in extent), strict=False)
        return start_tag(f"{prefix}:{name}", {"xmi:id": number, "sofa": sofa, **dict(places), **values}, "")

    members = [next(numbers)]
    about = {"documentId": document["id"], "language": "x-unspecified"}
    lines = [f"{start(DOCUMENT, members[0], about, (0, len(text)))}/>"]
    for name, value in document.get("metadata", {}).items():
        members.append(next(numbers))
        lines.append(f"{start(FIELD, members[-1], {FIELD_NAME: name, 'value': value}, (0, 0))}/>")
    for span in document["spans"]:
        values = {"value": span["label"], **span.get("attributes", {})}
        extent = span["start"], span["end"]
        lines.append(f"{start(span.get('layer', NAMED_ENTITY), span['id'], values, extent)}/>")
    for relation in relations:
        targets = " ".join(argument["target"] for argument in relation["arguments"])
        values = {"value": relation["label"], ARRAYS[0]: targets, **relation.get("attributes", {})}
        begun = start(GENERIC, relation["id"], values, (0, 0))
        roles = "".join(f"<{ARRAYS[1]}>{escaped(argument['role'])}</{ARRAYS[1]}>" for argument in relation["arguments"])
        lines.append(f"{begun}>{roles}</{begun[1:].split(' ', 1)[0]}>")
    members += [owner["id"] for owner in (*document["spans"], *relations)]
    about = {"xmi:id": sofa, "sofaNum": "1", "sofaID": "_InitialView", "mimeType": "text", "sofaString": text}
    lines.append(start_tag("cas:Sofa", about, "/>"))
    lines.append(start_tag("cas:View", {"sofa": sofa, "members": " ".join(members)}, "/>"))
    namespaces = {f"xmlns:{prefix}": namespace for namespace, prefix in prefixes.items()}
    root = start_tag("xmi:XMI", {**namespaces, "xmi:version": "2.0"})
    return "\n".join([f"{HEAD}{root}", '<cas:NULL xmi:id="0"/>', *lines, "</xmi:XMI>\n"]).encode()


def types_of(documents: Sequence[Document]) -> bytes:
    """Return a type system in which documents are read, as UIMA describes one."""
    features: dict[str, dict[str, str]] = {
        NAMED_ENTITY: {"value": "uima.cas.String", "identifier": "uima.cas.String"},
        DOCUMENT: dict.fromkeys(("documentTitle", "documentId"), "uima.cas.String"),
        FIELD: dict.fromkeys((FIELD_NAME, "value"), "uima.cas.String"),
        GENERIC: {"value": "uima.cas.String", ARRAYS[0]: "uima.cas.FSArray", ARRAYS[1]: "uima.cas.StringArray"},
    }
    for document in documents:
        for owner in (*document["spans"], *document.get("relations", ())):
            name = GENERIC if "arguments" in owner else owner.get("layer", NAMED_ENTITY)
            names = ("value", *owner.get("attributes", {}))
            features.setdefault(name, {}).update(dict.fromkeys(names, "uima.cas.String"))
    parents = {DOCUMENT: "uima.tcas.DocumentAnnotation"}
    described = "".join(_described(name, parents.get(name, _ANNOTATION), own) for name, own in features.items())
    root = '<typeSystemDescription xmlns="http://uima.apache.org/resourceSpecifier">'
    return f"{HEAD}{root}<types>\n{described}</types></typeSystemDescription>\n".encode()


def _described(name: str, parent: str, features: Mapping[str, str]) -> str:
    described = "".join(
        f"<featureDescription><name>{feature}</name><description/><rangeTypeName>{kind}</rangeTypeName>"
        "</featureDescription>"
        for feature, kind in features.items()
    )
    return (
        f"<typeDescription><name>{name}</name><description/><supertypeName>{parent}</supertypeName>"
        f"<features>{described}</features></typeDescription>\n"
    )
