"""TimeML: one text with EVENT, TIMEX3 and SIGNAL in it, and links between them.

The text is what stands in ``TEXT``; of a file without one, as in TimeBank 1.2 or from HeidelTime, all of it. An element
in the text is a span whose label is the element's name. What has no words there, an instance of an event, a link, the
time of creation, an unsaid time, is a relation, with the arguments that the element names and often none; where it has
words in the head, the attribute ``within`` says which: ``DCT 0 8``.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spanproof.corpus.documents import ReadError
from spanproof.formats.leaf import Leaf, LocatedDocument
from spanproof.formats.losses import Document, Feature, Fitting
from spanproof.formats.markup import fill_ids, first_element, name_of, root_of, write_each
from spanproof.formats.values import fit_characters, fit_order, fit_places, fit_values
from spanproof.parsing.xml import FORBIDDEN, HEAD, Element, decoded_name, encoded_name, escaped, start_tag

_ROOT, _TEXT, _ID = "TimeML", "TEXT", "DOCID"
_SPACE, _WITHIN = "xml:space", "within"
_PLACE = re.compile("(.+) (0|[1-9][0-9]{0,17}) ([1-9][0-9]{0,17})", re.DOTALL)
_KEYS = {
    "TIMEX3": "tid",
    "EVENT": "eid",
    "SIGNAL": "sid",
    "MAKEINSTANCE": "eiid",
    "TLINK": "lid",
    "SLINK": "lid",
    "ALINK": "lid",
}
_REFERENCES = {
    "MAKEINSTANCE": ("eventID", "signalID"),
    "TLINK": ("eventInstanceID", "timeID", "relatedToEventInstance", "relatedToTime", "signalID"),
    "SLINK": ("eventInstanceID", "subordinatedEventInstance", "signalID"),
    "ALINK": ("eventInstanceID", "relatedToEventInstance", "signalID"),
}
"""The attributes of links that name an annotation, by the specification of TimeML 1.2.1."""


@dataclass
class _MarkedText:
    """A document while its file is read; annotations have their lines beside them."""

    text: list[str] = field(default_factory=list)
    length: int = 0
    id: str | None = None
    spans: list[tuple[Any, int]] = field(default_factory=list)
    relations: list[tuple[Any, int]] = field(default_factory=list)
    instances: list[tuple[str, Any, int]] = field(default_factory=list)
    metadata: dict[str, str] = field(default_factory=dict)
    problems: list[tuple[int, str]] = field(default_factory=list)

    def add_text(self, parts: Sequence[Element | str]) -> None:
        """Take up a part of the text with the annotations in it."""
        for part in parts:
            if isinstance(part, str):
                self.text.append(part)
                self.length += len(part)
                continue
            start, place = self.length, len(self.spans)
            self.add_text(part.content)
            if self.length == start:
                self.relations.append((_relation(part), part.line))
                continue
            span = _annotation(part)
            span |= {"start": start, "end": self.length}
            self.spans.insert(place, (span, part.line))
            if part.name == "EVENT" and part.attributes.get("eiid"):
                self.instances.append((part.attributes["eiid"], span, part.line))

    def add_outside(self, element: Element) -> None:
        """Take up an element outside of the text: a relation, or a part of the head."""
        if _is_relation(element):
            self.relations.append((_relation(element), element.line))
            return
        if element.name == _TEXT:
            self.problems.append((element.line, f"is a second {_TEXT}, which isn't read"))
            return
        head = _MarkedText()
        head.add_text(element.content)
        times = [(span, line) for span, line in head.spans if span["id"] is not None or span["label"] in _KEYS]
        words = "".join(head.text)
        value = words if times or _SPACE in element.attributes else words.strip()
        if element.name == _ID and self.id is None:
            self.id, name = value, _ID
        else:
            name = self.add_member(decoded_name(element.name), value)
        for span, line in times:
            attributes = {**span.get("attributes", {}), _WITHIN: f"{name} {span['start']} {span['end']}"}
            relation = {"id": span["id"], "label": span["label"], "arguments": [], "attributes": attributes}
            self.relations.append((relation, line))
        self.relations += head.relations

    def add_member(self, name: str, value: str) -> str:
        """Keep a part of the head; the second of a name gets a number."""
        number, free = 1, name
        while free in self.metadata:
            number += 1
            free = f"{name} {number}"
        self.metadata[free] = value
        return free

    def document(self, name: str) -> LocatedDocument:
        """Return the stand-off document, in which every annotation has an id."""
        taken = {annotation["id"] for annotation, _ in (*self.spans, *self.relations)}
        targets = []
        for instance, span, line in self.instances:
            if instance not in taken:
                argument = {"role": "eventID"}
                targets.append((argument, span))
                self.relations.append(({"id": instance, "label": "MAKEINSTANCE", "arguments": [argument]}, line))
        fill_ids([annotation for annotation, _ in (*self.spans, *self.relations)])
        for argument, span in targets:  # an event without an id has one now
            argument["target"] = span["id"]
        annotations = [*self.spans, *self.relations]
        return LocatedDocument.of(self.id or name, "".join(self.text), annotations, self.metadata)


def _read(path: Path) -> Iterator[LocatedDocument | ReadError]:
    root = root_of(path, _ROOT)
    reading = _MarkedText()
    text = next((element for element in root.elements() if element.name == _TEXT), None)
    end = 0 if text else _end_of_text(root)
    reading.add_text(text.content if text else root.content[:end])
    for part in root.content[end:]:
        if isinstance(part, Element) and part is not text:
            reading.add_outside(part)
        elif isinstance(part, str) and part.strip():
            reading.problems.append((root.line, f"the words {part.strip()[:40]!r} stand outside of {_TEXT}"))
    yield reading.document(name_of(path, LEAF.suffixes))
    yield from (ReadError(str(path), line, problem) for line, problem in reading.problems)


def _end_of_text(root: Element) -> int:
    """Return how many parts of a file without ``TEXT`` are its text: all but links and white space at the end."""
    end = len(root.content)
    while end and _is_link(root.content[end - 1]):
        end -= 1
    return end if any(isinstance(part, Element) for part in root.content[end:]) else len(root.content)


def _is_link(part: Element | str) -> bool:
    return not part.strip() if isinstance(part, str) else _is_relation(part)


def _is_relation(element: Element) -> bool:
    """Say whether an element outside of the text is an annotation: it has no words, but an id or a known name."""
    return not element.text().strip() and (element.name in _KEYS or "id" in element.attributes)


def _annotation(element: Element) -> Any:
    key = _KEYS.get(element.name, "id")
    attributes = {decoded_name(name): value for name, value in element.attributes.items() if name != key}
    annotation: dict[str, Any] = {"id": element.attributes.get(key) or None, "label": decoded_name(element.name)}
    if attributes:
        annotation["attributes"] = attributes
    return annotation


def _relation(element: Element) -> Any:
    references = _REFERENCES.get(element.name, ())
    own = {name: value for name, value in element.attributes.items() if name not in references}
    pairs = [(name, element.attributes[name]) for name in element.attributes if name in references]
    pairs += [(part.attributes.get("role", ""), part.attributes.get("target", "")) for part in element.elements()]
    arguments = [{"role": role, "target": target} for role, target in pairs]
    return {**_annotation(Element(element.name, own, element.line)), "arguments": arguments}


def _fit(fitting: Fitting) -> None:
    """Order spans as they begin, and put first what has words in the head."""
    fit_places(fitting)
    fit_values(fitting)
    fit_characters(fitting, FORBIDDEN, "XML")
    fit_order(fitting)
    placed = _in_head(fitting.document, list(fitting.relations.values()))
    first = dict.fromkeys(time["id"] for times in placed.values() for time in times)
    rank = {name: k for k, name in enumerate(first)}
    fitting.relations = dict(sorted(fitting.relations.items(), key=lambda item: rank.get(item[1]["id"], len(rank))))


def _in_head(document: Document, relations: Sequence[Any]) -> dict[str, list[Any]]:
    """Return the relations that have words in parts of the head, as spans there, which nest.

    Args:
        document: the document, whose metadata are the head.
        relations: its relations.
    """
    placed: dict[str, list[Any]] = {name: [] for name in document.get("metadata", {})}
    for relation in relations:
        attributes = dict(relation.get("attributes", {}))
        place = _PLACE.fullmatch(attributes.pop(_WITHIN, ""))
        if relation["arguments"] or place is None or (name := place[1]) not in placed:
            continue
        span = {**relation, "attributes": attributes, "start": int(place[2]), "end": int(place[3])}
        if span["start"] < span["end"] <= len(document["metadata"][name]) and _nests(span, placed[name]):
            placed[name].append(span)
    return {name: sorted(times, key=lambda time: (time["start"], -time["end"])) for name, times in placed.items()}


def _nests(span: Any, others: Sequence[Any]) -> bool:
    pairs = [sorted((one["start"], -one["end"]) for one in (span, other)) for other in others]
    return all(-first[1] <= second[0] or -second[1] <= -first[1] for first, second in pairs)


def _write(documents: Sequence[Document], path: Path) -> None:
    write_each(documents, path, ".tml", lambda document: _written(document).encode())


def _written(document: Document) -> str:
    relations = document.get("relations", [])
    ids = {annotation["id"] for annotation in (*document["spans"], *relations)}
    placed = _in_head(document, relations)
    lines = [_member(_ID, document["id"], [], ids)]
    for name, times in placed.items():
        lines.append(_member(encoded_name(name, (_TEXT, _ID, *_KEYS)), document["metadata"][name], times, ids))
    lines.append(f"<{_TEXT}>{_marked_up(document['text'], document['spans'], ids)}</{_TEXT}>")
    in_head = {time["id"] for times in placed.values() for time in times}
    lines += [_link(relation) for relation in relations if relation["id"] not in in_head]
    return f"{HEAD}<{_ROOT}>\n" + "\n".join(lines) + f"\n</{_ROOT}>\n"


def _member(name: str, value: str, times: Sequence[Any], ids: set[str]) -> str:
    """Return an element of the head with the annotations in it."""
    attributes = {} if times or value == value.strip() else {_SPACE: "preserve"}
    return f"{start_tag(name, attributes)}{_marked_up(value, times, ids)}</{name}>"


def _marked_up(text: str, spans: Sequence[Any], ids: set[str]) -> str:
    """Return a text with spans in it, which stand as they begin, the longer first.

    Args:
        text: the text.
        spans: its spans, which nest.
        ids: the ids of all annotations of the document.
    """
    parts: list[str] = []
    open_spans: list[Any] = []
    at = 0

    def go_to(place: int) -> None:
        nonlocal at
        while open_spans and open_spans[-1]["end"] <= place:
            ended = open_spans.pop()
            parts.append(f"{escaped(text[at : ended['end']])}</{encoded_name(ended['label'])}>")
            at = ended["end"]
        parts.append(escaped(text[at:place]))
        at = place

    for span in spans:
        go_to(span["start"])
        instance = span.get("attributes", {}).get("eiid")
        parts.append(_start(span, () if instance in ids else ("eiid",), ">"))
        open_spans.append(span)
    go_to(len(text))
    return "".join(parts)


def _link(relation: Any) -> str:
    """Return a relation as an element: arguments are attributes where the specification has them, else in it."""
    references = _REFERENCES.get(relation["label"], ())
    arguments = [(argument["role"], argument["target"]) for argument in relation["arguments"]]
    roles = [role for role, _ in arguments]
    if set(roles) <= set(references) and len(set(roles)) == len(roles):
        return _start(relation, references, "/>", dict(arguments))
    inner = "".join(start_tag("argument", {"role": role, "target": target}, "/>") for role, target in arguments)
    return f"{_start(relation, references, '>')}{inner}</{encoded_name(relation['label'])}>"


def _start(annotation: Any, reserved: Sequence[str], end: str, arguments: dict[str, str] | None = None) -> str:
    key = _KEYS.get(annotation["label"], "id")
    own = annotation.get("attributes", {}).items()
    attributes = {encoded_name(name, (key, *reserved)): value for name, value in own}
    return start_tag(encoded_name(annotation["label"]), {key: annotation["id"], **(arguments or {}), **attributes}, end)


def _recognises(head: bytes) -> bool:
    return first_element(head) == _ROOT


LEAF = Leaf(
    name="timeml",
    title="TimeML",
    suffixes=(".tml",),
    shared=(".xml",),
    recognises=_recognises,
    read=_read,
    write=_write,
    keeps=frozenset(Feature) - {Feature.CROSSING, Feature.DISCONTINUOUS, Feature.LAYERS, Feature.SURFACES},
    fit=_fit,
)
