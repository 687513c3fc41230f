"""The configuration of a layer: a row an annotation, with the sentence in which it lies."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from spanproof.publication.documents import Documents, spans_below
from spanproof.publication.names import singular, unused
from spanproof.publication.rows import plain, row, twins
from spanproof.schema.layers import Layer
from spanproof.schema.node import Json
from spanproof.text.days import days


@dataclass(frozen=True)
class AnnotationRows:
    """The rows of a layer, an annotation each, in the order of documents and of the text.

    A row has the document's key, the members of the annotation, each label by its name beside it, the words that it
    covers (where it is a span), and the sentence or sentences round all its spans (where they are spans of one text).
    """

    documents: Documents
    layer: Layer

    @property
    def reference(self) -> str:
        """The column that names the document."""
        return unused(self.documents.reference, self.layer.node.fields)

    @property
    def text(self) -> str | None:
        """The member of the document of which all spans of the layer are; None where they are of several."""
        members = {node.span_of for node in self.layer.node.walk()} - {None}
        return members.pop() if len(members) == 1 else None

    @property
    def is_span(self) -> bool:
        """Whether an annotation is a span itself, not only what holds some."""
        return bool(self.layer.node.span_of)

    @property
    def sentence(self) -> str | None:
        """The column that holds the sentence; None where spans are of several texts."""
        return unused("sentence", {*self.layer.node.fields, "text"}) if self.text else None

    @property
    def uid(self) -> str | None:
        """The column that identifies an annotation in the whole corpus; None where annotations have no key."""
        return unused("uid", self.layer.node.fields) if self.layer.key else None

    @property
    def indices(self) -> tuple[str, str]:
        """The columns of the numbers of the first and the last sentence."""
        first, last = (unused(name, self.layer.node.fields) for name in ("sentence_index", "last_sentence_index"))
        return first, last

    @property
    def days(self) -> tuple[str, ...]:
        """The columns of the first and the last day that a TIMEX3 value names; none where annotations are no TIMEX3."""
        names = ("value_begin", "value_end") if self.layer.node.timex3 else ()
        return tuple(unused(name, self.layer.node.fields) for name in names)

    @property
    def schema(self) -> Json:
        """What a row is, as JSON Schema."""
        node = self.layer.node
        own = plain(node)
        added = row("annotation", self.documents, {"annotation": singular(self.layer.name)})["properties"]
        members: dict[str, Json] = {self.reference: self.documents.reference_schema}
        if self.uid:
            members[self.uid] = added["uid"]
        for name, sub in own["properties"].items():
            members[name] = sub
            if twin := twins(node).get(name):
                about = f"The name of {name}, for tools that read its id alone."
                members[twin] = {"type": own["properties"][name]["type"], "description": about}
        required = [self.reference, *filter(None, [self.uid]), *own["required"], *twins(node).values()]
        if self.is_span and "text" not in members:
            members["text"] = {"type": "string", "description": added["sentence"]["properties"]["text"]["description"]}
            required.append("text")
        for name, column in zip(("value_begin", "value_end"), self.days, strict=False):
            members[column] = added[name]
            required.append(column)
        if self.sentence:
            names = ("sentence_index", "last_sentence_index", "sentence")
            for name, column in zip(names, (*self.indices, self.sentence), strict=True):
                members[column] = added[name] if self.is_span else _nullable(added[name])
                required.append(column)
        return {"type": "object", "required": required, "properties": members}

    def __iter__(self) -> Iterator[Json]:
        for k, document in enumerate(self.documents.rows):
            items = [
                (item, [span for _, span in spans_below(item, self.layer.node)]) for item in self.layer.items(document)
            ]
            for item, spans in sorted(items, key=_order):
                yield self._row(k, item, spans)

    def _row(self, k: int, item: Json, spans: list[Json]) -> Json:
        members = {self.reference: self.documents.named(k), **item}
        members |= {twin: item.get(name) for name, twin in twins(self.layer.node).items()}
        if self.uid:
            members[self.uid] = self.documents.uid(k, item[str(self.layer.key)])
        if timex := self.layer.node.timex3:
            named = days(str(item.get(timex.value)))
            ends = () if named is None else (date.fromordinal(named[0]), date.fromordinal(named[1] - 1))
            members |= dict(zip(self.days, map(date.isoformat, ends), strict=False))
        member = self.layer.node.span_of
        if member and item.get("text") is None:
            members["text"] = (self.documents.text(k, member) or "")[item["start"] : item["end"]]
        if self.sentence and self.text and spans:
            low, high = min(span["start"] for span in spans), max(span["end"] for span in spans)
            members[self.sentence] = self._round(k, self.text, low, high)
            indices = self.documents.sentence_indices(k, self.text, low, high)
            members |= dict(zip(self.indices, indices, strict=True))
        return members

    def _round(self, k: int, member: str, low: int, high: int) -> Json:
        """Return the sentence, or the first to the last, in which an extent lies."""
        sentences = self.documents.sentences(k, member)
        start = min((s for s, e in sentences if e > low), default=low)
        end = max((e for s, e in sentences if s < high), default=high)
        return extent(self.documents.text(k, member) or "", start, end)


def extent(text: str, start: int, end: int) -> dict[str, Any]:
    """Return a part of a text by its offsets in code points, with its characters."""
    return {"start": start, "end": end, "text": text[start:end]}


def _order(annotation: tuple[Json, list[Json]]) -> tuple[int, int]:
    """By the first span, longer ones first; what has no span comes first."""
    item, spans = annotation
    first = item if isinstance(item.get("start"), int) and isinstance(item.get("end"), int) else next(iter(spans), None)
    return (first["start"], -first["end"]) if first else (0, 0)


def _nullable(schema: Json) -> Json:
    return {**schema, "type": [schema["type"], "null"]}
