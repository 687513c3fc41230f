"""One annotator's version of a document beside the version with the star: what each of them has of an annotation."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from spanproof.revisions.differences import Discrepancy, Stand, discrepancies, offsets, stand_of
from spanproof.revisions.versions import Versions
from spanproof.schema.layers import Layer, layers, relation_layers
from spanproof.schema.node import Node
from spanproof.schema.paths import Document, values_at
from spanproof.schema.schema import Schema

Annotation = tuple[str, int]
"""An annotation of a version: its layer, and its index there. Annotations needn't have keys."""
Subject = Annotation | tuple[None, str]
"""What two versions differ in: an annotation of the version with the star, or a member of the document."""
Steps = tuple[str | None, ...]
"""In which member of it they differ; None as the last step stands for where a span is. No step: it is there or not."""


@dataclass(frozen=True)
class ComparedVersion:
    """A version of a document beside the version with the star.

    Attributes:
        versions: both; the one with the star is side 1.
        differing: in what the version differs from it.
        alone: the annotations of the version that it hasn't.
    """

    versions: Versions
    differing: Mapping[Subject, Sequence[Steps]]
    alone: Sequence[Annotation]

    @classmethod
    def of(cls, document: Document, chosen: Document, schema: Schema) -> "ComparedVersion":
        """Compare a version with the one with the star. A key that only numbers an annotation is no difference.

        Args:
            document: the version.
            chosen: the version with the star.
            schema: the schema of both.
        """
        versions = Versions(document, chosen, schema, (*layers(schema), *relation_layers(schema)))
        nodes = {layer.name: layer.node for layer in versions.layers}
        differing: dict[Subject, list[Steps]] = defaultdict(list)
        alone: list[Annotation] = []
        for one in discrepancies(versions):
            own, index = one.indices
            if one.layer is None:
                differing[None, str(one.path[0])].append(_steps(one, schema.root))
            elif index is None and own is not None:
                alone.append((one.layer, own))
            elif index is not None and one.kind != "renumbered":
                differing[one.layer, index].append(_steps(one, nodes[one.layer]))
        return cls(versions, dict(differing), alone)

    @cached_property
    def layers(self) -> Mapping[str | None, Layer]:
        """Return the layers that can be compared: a list that a version lacks was not annotated in it."""
        both = self.versions.a, self.versions.b
        return {
            layer.name: layer
            for layer in self.versions.layers
            if layer.node.place[-1] != "*" or all(any(values_at(one, layer.node.place[:-1])) for one in both)
        }

    @cached_property
    def _twins(self) -> Mapping[Subject, int]:
        """The index in the version of each annotation of the version with the star that it has."""
        return {(layer.name, j): i for layer in self.layers.values() for i, j in self.versions.pairs(layer)}

    def annotation(self, one: Annotation, side: int) -> Any:
        """Return an annotation of a side."""
        return self.versions.items[self.layers[one[0]].node.place][side][one[1]]

    def value(self, subject: Subject, steps: Steps, side: int) -> Any:
        """Return what a side has of something; None for nothing.

        Args:
            subject: the annotation, or the member of the document.
            steps: which member of it.
            side: 1 for the version with the star.
        """
        layer, index = subject
        value: Any = (self.versions.a, self.versions.b)[side]
        node: Node | None = self.versions.schema.root
        if layer is not None:
            own = index if side else self._twins.get(subject)
            value = None if own is None else self.annotation((layer, int(own)), side)
            node = self.layers[layer].node
        for step in steps:
            if not isinstance(value, Mapping):
                return None
            if step is None:
                return node and offsets(self.versions, value, node, side)
            value, node = value.get(step), node and node.fields.get(step)
        return value

    def twins_in(self, other: "ComparedVersion") -> dict[Annotation, Annotation]:
        """Return which annotation of another version each one of this version is, where it is there."""
        both = Versions(self.versions.a, other.versions.a, self.versions.schema, self.versions.layers)
        return {(layer.name, i): (layer.name, j) for layer in both.layers for i, j in both.pairs(layer)}

    def differs(self, subject: Subject, steps: Steps) -> bool:
        """Return whether the version has a member, or what it is a part of, otherwise than the one with the star."""
        return any(
            steps[: len(other)] == other or other[: len(steps)] == steps for other in self.differing.get(subject, ())
        )

    def stand(self, one: Annotation, side: int) -> Stand | None:
        """Return where an annotation of a side stands; None where it has no place of its own."""
        return stand_of(self.versions, self.annotation(one, side), self.layers[one[0]].node, side)


def _steps(one: Discrepancy, node: Node) -> Steps:
    """Return the member in which versions differ; a list is a member as a whole, since several items may differ."""
    steps: list[str | None] = []
    inner: Node | None = node
    for step in one.path:
        steps.append(str(step))
        inner = inner and inner.fields.get(str(step))
        if inner is not None and inner.items is not None:
            return tuple(steps)
    return (*steps, None) if one.kind == "moved" else tuple(steps)
