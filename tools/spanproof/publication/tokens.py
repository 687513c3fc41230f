"""The configuration of tokens: a row a sentence, with BIO tags of flat layers, and of quotations by level."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from spanproof.publication.annotations import extent
from spanproof.publication.documents import Documents
from spanproof.publication.levels import Levels
from spanproof.publication.rows import label_names, optional, row
from spanproof.schema.layers import Layer
from spanproof.schema.node import Json, Node
from spanproof.text.segmentation import tokens


@dataclass(frozen=True)
class TokenRows:
    """The sentences of documents with their tokens, each token with its tag (``B-PERSON``, ``I-PERSON``, ``O``).

    Tagged are the ``layers``: spans of the text ``member`` that may not overlap, with labels of a closed list. The
    ``quotations`` are layers whose spans may lie in each other: these have a column of tags for each level.
    """

    documents: Documents
    member: str
    layers: tuple[Layer, ...]
    quotations: tuple[Layer, ...] = ()

    @classmethod
    def of(cls, documents: Documents) -> "TokenRows | None":
        """Return the rows of documents; None where the schema has no layer that can be tagged.

        Where layers are of several texts, tokens are those of the first layer's text.
        """
        layers = [layer for layer in documents.layers if _is_flat(layer, documents)]
        member = layers[0].node.span_of if layers else None
        if member is None:
            return None
        of_member = [layer for layer in documents.layers if layer.node.span_of == member]
        quotations = tuple(layer for layer in of_member if layer.node.quotation and _closed(layer.node))
        return cls(documents, member, tuple(layer for layer in layers if layer in of_member), quotations)

    @functools.cached_property
    def labels(self) -> tuple[tuple[str, ...], ...]:
        """The labels of each layer as tags name them; one that two layers have bears the layer's name."""
        named = [_labels(layer.node) for layer in self.layers]
        shared = {label for k, labels in enumerate(named) for label in labels if any(label in o for o in named[:k])}
        return tuple(
            tuple(f"{layer.name}.{label}" if label in shared else label for label in labels)
            for layer, labels in zip(self.layers, named, strict=True)
        )

    @property
    def keyed(self) -> bool:
        """Whether the annotations of every tagged layer have a key."""
        return all(layer.key for layer in (*self.layers, *self.quotations))

    @property
    def schema(self) -> Json:
        """What a row is, as JSON Schema."""
        names = [layer.name for layer in self.layers]
        listed = f"the layer {names[0]}" if len(names) == 1 else f"the layers {', '.join(names[:-1])} and {names[-1]}"
        schema = row("tokens", self.documents, {"layers": listed})
        properties = schema["properties"]
        tags = [f"{prefix}-{label}" for labels in self.labels for label in labels for prefix in "BI"]
        properties["ner_tags"]["items"]["enum"] = ["O", *tags]
        misfits = properties.pop("misfits")
        for levels in self._levels:
            properties |= {column: levels.schema(k) for k, column in enumerate(levels.columns, 1)}
            schema["required"] += levels.columns
        misfit = misfits["items"]
        misfit["properties"]["layer"]["enum"] = [*names, *(layer.name for layer in self.quotations)]
        properties["misfits"] = misfits if self.keyed else {**misfits, "items": optional(misfit, "id")}
        return schema if self._zones else optional(schema, self.documents.zone)

    @functools.cached_property
    def _levels(self) -> tuple[Levels, ...]:
        return tuple(Levels.of(self.documents, layer, self.member) for layer in self.quotations)

    def __iter__(self) -> Iterator[Json]:
        for k in range(len(self.documents.rows)):
            text = self.documents.text(k, self.member) or ""
            begun = self._begun(k)
            for number, (low, high) in enumerate(self.documents.sentences(k, self.member)):
                extents = tokens(text, low, high)
                tagged, misfits = self._tagged(text, extents, begun.get(number, []))
                by_level = {name: tags for levels in self._levels for name, tags in levels.tagged(k, extents)}
                unfit = [self._misfit(text, *span) for levels in self._levels for span in levels.misfits(k, number)]
                yield {
                    self.documents.reference: self.documents.named(k), "sentence_index": number,
                    **extent(text, low, high), self.documents.zone: self._zone(k, low, high),
                    "tokens": [text[s:e] for s, e in extents], "starts": [s for s, _ in extents],
                    "ends": [e for _, e in extents], "ner_tags": tagged, **by_level, "misfits": misfits + unfit,
                }  # fmt: skip

    def _begun(self, k: int) -> dict[int, list[tuple[Layer, Json, str]]]:
        """Return the spans of a document that are tagged, by the sentence in which they begin, in their order.

        Each has its layer and its label as tags name it.
        """
        begun: dict[int, list[tuple[Layer, Json, str]]] = {}
        for layer, labels in zip(self.layers, self.labels, strict=True):
            shown = dict(zip(_labels(layer.node), labels, strict=True))
            for span in layer.items(self.documents.rows[k]):
                number, _ = self.documents.sentence_indices(k, self.member, span["start"], span["end"])
                begun.setdefault(number, []).append((layer, span, shown[_label(span, layer.node)]))
        return {number: sorted(spans, key=_place) for number, spans in begun.items()}

    def _tagged(
        self, text: str, extents: list[tuple[int, int]], spans: list[tuple[Layer, Json, str]]
    ) -> tuple[list[str], list[Json]]:
        """Return the tags of the tokens of a sentence, and the spans that no run of free tokens covers exactly."""
        first, last = {s: i for i, (s, _) in enumerate(extents)}, {e: i for i, (_, e) in enumerate(extents)}
        tagged, misfits = ["O"] * len(extents), list[Json]()
        for layer, span, label in spans:
            i, j = first.get(span["start"]), last.get(span["end"])
            if i is None or j is None or set(tagged[i : j + 1]) != {"O"}:
                misfits.append(self._misfit(text, layer, span, label))
            else:
                tagged[i : j + 1] = [f"B-{label}", *[f"I-{label}"] * (j - i)]
        return tagged, misfits

    def _misfit(self, text: str, layer: Layer, span: Json, label: str) -> Json:
        key = {"id": str(span[layer.key])} if self.keyed and layer.key else {}
        return {"layer": layer.name, **key, "label": label, **extent(text, span["start"], span["end"])}

    @property
    def _zones(self) -> Layer | None:
        """The layer of zones, where it is of the same text."""
        zones = self.documents.zones
        return zones if zones and zones.node.span_of == self.member else None

    def _zone(self, k: int, low: int, high: int) -> Any:
        """Return the type of the zone in which a sentence lies; None where it lies in none."""
        if self._zones is None:
            return None
        bars = self.documents.schema.nodes[self._zones.node.place[:-1]].bars
        label = self._zones.node.label or (bars and bars.member)
        around = (z for z in self._zones.items(self.documents.rows[k]) if z["start"] <= low and high <= z["end"])
        return next((zone.get(label) for zone in around), None)


def _is_flat(layer: Layer, documents: Documents) -> bool:
    node = layer.node
    if not (node.span_of and _closed(node) and node.place[-1] == "*"):
        return False
    lists = documents.schema.nodes[node.place[:-1]]
    return lists.overlap == "forbid" and lists.policy.role == "mentions"


def _closed(node: Node) -> bool:
    """Say whether the label of a span is one of a list."""
    return bool(node.label and label_names(node.fields[node.label]))


def _place(tagged: tuple[Layer, Json, str]) -> tuple[int, int]:
    return tagged[1]["start"], -tagged[1]["end"]


def _labels(node: Node) -> tuple[str, ...]:
    """Return the labels that tags of a layer have: those of the schema, DATE and TIME for TIMEX3."""
    if node.timex3 and node.timex3.type:
        return ("DATE", "TIME")
    return label_names(node.fields[node.label]) if node.label else ()


def _label(span: Json, node: Node) -> str:
    if node.timex3 and node.timex3.type:
        return ontonotes(span.get(node.timex3.type), span.get(node.timex3.value))
    return str(span[str(node.label)])


def ontonotes(kind: str | None, value: str | None) -> str:
    """Return the OntoNotes 5 label of a TIMEX3 by its type and value: TIME if it is shorter than a day, else DATE."""
    return "TIME" if kind == "TIME" or (value or "").startswith("PT") else "DATE"
