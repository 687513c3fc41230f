"""Consistency of two predictions over one text: which of their annotations are the same."""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from spanproof.metrics.label_sets import ONTONOTES, TABLES, LabelTable
from spanproof.revisions.transformations.rewriting import Carried
from spanproof.schema.node import Node
from spanproof.schema.paths import Document
from spanproof.schema.schema import Schema
from spanproof.systems.system import System

Measure = Literal["exact", "whole"]
MEASURES: tuple[Measure, ...] = ("exact", "whole")
"""What is compared of an annotation.

``exact``: start, end and label; ``whole``: its value, its parts and its reference into the system's registry besides.
"""


@dataclass(frozen=True)
class Compared:
    """An annotation as it is compared.

    Attributes:
        start: where it begins (code points).
        values: for each measure what is compared; equal values are the same annotation.
    """

    start: int
    values: Mapping[Measure, Hashable]


@dataclass(frozen=True)
class ComparedLayer:
    """A layer of annotations, and what of them is compared.

    Attributes:
        node: the spans, or annotations of fragments, of the layer in the schema.
        registry: the registry that the system has; references into others aren't compared.
        table: what labels become before they are compared; None if they stay.
    """

    node: Node
    registry: str | None
    table: LabelTable | None

    @classmethod
    def of(cls, name: str, system: System, schema: Schema) -> "ComparedLayer":
        """Return a layer as a system predicts it; names have the labels that the system tells apart."""
        node = schema.nodes[name, "*"]
        names = bool(node.labels) and set(node.labels) <= set(ONTONOTES)
        return cls(node, system.registry, TABLES[system.label_set] if names else None)

    @property
    def name(self) -> str:
        """The member of the document."""
        return self.node.place[0]

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The measures that can differ in this layer."""
        return MEASURES if self._members() else MEASURES[:1]

    def carried(self, carried: Carried) -> list[Compared]:
        """Return the annotations of a document that was carried over, and the lost ones, which equal no other."""
        annotations = [
            annotation for span in carried.document.get(self.name) or () if (annotation := self._compared(span))
        ]
        lost = ((path, start) for path, start in carried.lost if path[0] == self.name)
        return [*annotations, *(Compared(start, dict.fromkeys(MEASURES, ("lost", path))) for path, start in lost)]

    def annotations(self, document: Document) -> list[Compared]:
        """Return the annotations of a document in this layer."""
        return self.carried(Carried(dict(document)))

    def _compared(self, span: Mapping[str, Any]) -> Compared | None:
        """Return an annotation as it is compared; None if the label table leaves it out."""
        label = span.get(self.node.kind_member) if self.node.kind_member else None
        if self.table is not None:
            label = self.table.get(str(label))
            if label is None:
                return None
        pieces = span.get(self.node.annotation.fragments) or () if self.node.annotation else (span,)
        extents = sorted((piece["start"], piece["end"]) for piece in pieces)
        exact = (*extents, label)
        members = (_hashable(span.get(name)) for name in self._members())
        return Compared(extents[0][0] if extents else 0, {"exact": exact, "whole": (*exact, *members)})

    def _members(self) -> list[str]:
        return list(self._compared_members())

    def _compared_members(self) -> Iterator[str]:
        """Yield the members of TIMEX3 values, of parts, of references into the registry that the system has.

        Keys of annotations aren't compared: they are names that the toolkit gives.
        """
        timex3 = self.node.timex3.members if self.node.timex3 else ()
        for name, member in self.node.fields.items():
            refers = self.registry in member.refers_to.registries
            if name != self.node.kind_member and (name in timex3 or member.span_of or refers):
                yield name


def _hashable(value: Any) -> Hashable:
    return (value["start"], value["end"]) if isinstance(value, Mapping) else value


def common(a: Sequence[Compared], b: Sequence[Compared], measure: Measure) -> list[Compared]:
    """Return the annotations of one side that the other has too, each as often as both have it.

    Args:
        a: the side whose annotations are returned.
        b: the other side.
        measure: what is compared.
    """
    left = Counter(annotation.values[measure] for annotation in b)
    shared = []
    for annotation in a:
        if left[annotation.values[measure]]:
            left[annotation.values[measure]] -= 1
            shared.append(annotation)
    return shared


def differ(a: Sequence[Compared], b: Sequence[Compared]) -> bool:
    """Return whether two predictions differ in any annotation."""
    return Counter(annotation.values["whole"] for annotation in a) != Counter(
        annotation.values["whole"] for annotation in b
    )
