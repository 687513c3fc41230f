"""What annotations say, as things that can be counted: of two predictions over one text which are the same."""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from spanproof.bench.stress.rewriting import Carried
from spanproof.metrics.label_sets import ONTONOTES, TABLES, LabelTable
from spanproof.schema.node import Node
from spanproof.schema.paths import Document
from spanproof.schema.schema import Schema
from spanproof.systems.system import System

Measure = Literal["exact", "whole"]
MEASURES: tuple[Measure, ...] = ("exact", "whole")
"""``exact``: start, end and label; ``whole``: value, parts and the reference into the system's registry besides."""


@dataclass(frozen=True)
class Said:
    """An annotation: where it begins, what is compared by each measure; a lost one equals no other."""

    start: int
    facets: Mapping[Measure, Hashable]


@dataclass(frozen=True)
class Layer:
    """A layer of annotations, and what of them a system can be asked for."""

    node: Node
    registry: str | None
    table: LabelTable | None

    @classmethod
    def of(cls, name: str, system: System, schema: Schema) -> "Layer":
        """A layer as a system predicts it; names have the labels that the system tells apart."""
        node = schema.nodes[name, "*"]
        names = bool(node.labels) and set(node.labels) <= set(ONTONOTES)
        return cls(node, system.registry, TABLES[system.tells] if names else None)

    @property
    def name(self) -> str:
        """The member of the document."""
        return self.node.place[0]

    @property
    def measures(self) -> tuple[Measure, ...]:
        """Those that differ here."""
        return MEASURES if self._members() else MEASURES[:1]

    def said(self, carried: Carried) -> list[Said]:
        """The annotations of a document in this layer, lost ones too."""
        found = [each for each in map(self._said, carried.document.get(self.name) or ()) if each]
        lost = ((path, at) for path, at in carried.lost if path[0] == self.name)
        return [*found, *(Said(at, dict.fromkeys(MEASURES, ("lost", path))) for path, at in lost)]

    def of_document(self, document: Document) -> list[Said]:
        """The annotations of a document in this layer."""
        return self.said(Carried(dict(document)))

    def _said(self, span: Mapping[str, Any]) -> Said | None:
        label = span.get(self.node.label) if self.node.label else None
        if self.table is not None:
            label = self.table.get(str(label))
            if label is None:
                return None
        exact = (span["start"], span["end"], label)
        return Said(span["start"], {"exact": exact, "whole": (*exact, *(_value(span.get(n)) for n in self._members()))})

    def _members(self) -> Sequence[str]:
        return list(self._compared())

    def _compared(self) -> Iterator[str]:
        """Values of time, parts, references into the registry that the system has. Keys of annotations are names."""
        timex3 = self.node.timex3.members if self.node.timex3 else ()
        for name, member in self.node.fields.items():
            refers = self.registry in member.refers_to.registries
            if name != self.node.label and (name in timex3 or member.span_of or refers):
                yield name


def _value(value: Any) -> Hashable:
    return (value["start"], value["end"]) if isinstance(value, Mapping) else value


def common(a: Sequence[Said], b: Sequence[Said], measure: Measure) -> list[Said]:
    """Those of ``a`` that ``b`` has too, each as often as both have it."""
    left = Counter(each.facets[measure] for each in b)
    found = []
    for each in a:
        if left[each.facets[measure]]:
            left[each.facets[measure]] -= 1
            found.append(each)
    return found


def differ(a: Sequence[Said], b: Sequence[Said]) -> bool:
    """Whether two predictions don't say the same."""
    return Counter(each.facets["whole"] for each in a) != Counter(each.facets["whole"] for each in b)
