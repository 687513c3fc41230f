"""The configuration of what is quoted: a row an entry of a registry, with the quotations that render it."""

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from spanproof.publication.annotations import extent
from spanproof.publication.documents import Documents, UnpublishableError
from spanproof.publication.names import singular
from spanproof.publication.rows import optional, plain, row
from spanproof.schema.layers import Layer
from spanproof.schema.node import Json, Node

_COLUMNS = {"gist": "gist", "speaker": "speaker", "renderings": "pairs"}
"""What an entry may state, and the column for it."""


@dataclass(frozen=True)
class RenderingRows:
    """The entries of a registry (key to entry) to which the quotations of a layer refer by a member.

    Entries may have ``gist``, ``speaker`` and ``renderings`` (pairs of quotations that were compared); what no entry
    has, has no column.
    """

    documents: Documents
    layer: Layer
    member: str
    registry: str
    entries: Mapping[str, Any]

    @classmethod
    def every(cls, documents: Documents, registries: Mapping[str, Mapping[str, Any]]) -> "Iterator[RenderingRows]":
        """Yield the rows of each registry to which a member of a quotation refers, and to nothing else."""
        for layer in documents.layers:
            for name, node in layer.node.fields.items() if layer.node.quotation else ():
                if len(node.refers_to.written) == 1 and node.refers_to.registries:
                    (registry,) = node.refers_to.registries
                    yield cls(documents, layer, name, registry, registries.get(registry, {}))

    @property
    def annotation(self) -> str:
        """What one quotation is called."""
        return singular(self.layer.name)

    @property
    def schema(self) -> Json:
        """What a row is, as JSON Schema."""
        words = {"layer": self.layer.name, "annotation": self.annotation, "entry": self.member}
        schema = row("renderings", self.documents, words)
        rendering = schema["properties"]["renderings"]["items"]
        rendering["properties"]["type"] = plain(self.layer.node.fields[self._type])
        if (kind := self._stated_kind) is not None and kind.enum:
            pair = schema["properties"]["pairs"]["items"]["properties"]
            pair["kind"] = {"description": pair["kind"]["description"], **plain(kind)}
        if self.layer.key is None:
            without = optional(optional(rendering, f"{self.annotation}_id"), "uid")
            schema["properties"]["renderings"]["items"] = without
        for name, column in _COLUMNS.items():
            stated = [_member(entry, name) is not None for entry in self._entries.values()]
            if not any(stated):
                schema = optional(schema, column)
            elif name == "gist" and not all(stated):
                schema["properties"]["gist"]["type"] = ["string", "null"]
        return schema

    @property
    def _stated_kind(self) -> Node | None:
        """What the schema says of how two renderings differ; None where it says nothing."""
        registry = self.documents.schema.registry_schemas.get(self.registry)
        pairs = registry.entry.fields.get("renderings") if registry else None
        return pairs.items.fields.get("kind") if pairs and pairs.items else None

    @property
    def _type(self) -> str:
        quotation = self.layer.node.quotation
        assert quotation is not None
        return quotation.type

    def __iter__(self) -> Iterator[Json]:
        for key, entry in self._entries.items():
            stated = {column: _member(entry, name) for name, column in _COLUMNS.items()}
            if isinstance(stated["pairs"], list):
                stated["pairs"] = [self._pair(key, pair) for pair in stated["pairs"]]
            yield {self.member: key, **stated, "renderings": self._quotations.get(key, [])}

    def _pair(self, key: str, pair: Any) -> Any:
        """Return a pair with its sides, which an entry writes as KEY/ID, in the columns of a rendering.

        Raises:
            UnpublishableError: a side is no quotation of the documents.
        """
        if not isinstance(pair, Mapping):
            return pair
        sides = {side: self._sides.get(str(pair.get(side))) for side in ("a", "b")}
        for side, rendering in sides.items():
            if rendering is None:
                written = f"{self.documents.reference}/{self.annotation}_id"
                raise UnpublishableError(
                    f"registry {self.registry}, {key}: {side} of a pair is {pair.get(side)!r}; "
                    f"expected a quotation of the documents, {written}"
                )
        return {**pair, **sides}

    @functools.cached_property
    def _sides(self) -> Mapping[Any, Json]:
        """Every quotation by how a pair names it: the name of its document, a slash, its key."""
        documents, key, member = self.documents, self.layer.key, str(self.layer.node.span_of)
        sides = {}
        for k, document in enumerate(documents.rows):
            for item in self.layer.items(document) if key else ():
                first, last = documents.sentence_indices(k, member, item["start"], item["end"])
                name = {documents.reference: documents.named(k), f"{self.annotation}_id": str(item[key])}
                sides["/".join(name.values())] = {**name, "sentence_index": first, "last_sentence_index": last}
        return sides

    @functools.cached_property
    def _entries(self) -> Mapping[str, Any]:
        """The entries of the registry by key, then those that it lacks and quotations name, which are None."""
        return {key: self.entries.get(key) for key in (*sorted(self.entries), *self._quotations)}

    @functools.cached_property
    def _quotations(self) -> dict[str, list[Json]]:
        quotations: dict[str, list[Json]] = {}
        for k, document in enumerate(self.documents.rows):
            text = self.documents.text(k, str(self.layer.node.span_of)) or ""
            for item in sorted(self.layer.items(document), key=lambda item: (item["start"], -item["end"])):
                if (key := item.get(self.member)) is None:
                    continue
                place = {self.documents.reference: self.documents.named(k)}
                if self.layer.key is not None:
                    place[f"{self.annotation}_id"] = str(item[self.layer.key])
                    place["uid"] = self.documents.uid(k, item[self.layer.key])
                member = str(self.layer.node.span_of)
                place["sentence_index"] = self.documents.sentence_indices(k, member, item["start"], item["end"])[0]
                covered = extent(text, item["start"], item["end"])
                quotations.setdefault(key, []).append({**place, "type": item.get(self._type), **covered})
        return quotations


def _member(entry: Any, name: str) -> Any:
    """Return what an entry of a registry states; None where it states nothing."""
    return entry.get(name) if isinstance(entry, Mapping) else None
