"""A system fitted to a schema that has layers and labels of its own: what it predicts, in the words of the schema.

Systems speak of ``entities``, ``dates`` and ``quotes``, with the labels of OntoNotes, the types of TIMEX3 and the parts
of a quotation. In another schema names are what is ``labelledBy`` something, expressions of time have ``timex3``,
quotations ``quotation``, and members are called as these keywords say.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from spanproof.schema.node import Node
from spanproof.schema.paths import Registries
from spanproof.schema.schema import Schema
from spanproof.systems.labels import ontonotes_label
from spanproof.systems.system import Annotations, Predict, Source, System


@dataclass(frozen=True)
class SystemFit:
    """Which layers of a schema answer for those of a system, and what its labels become there.

    Attributes:
        layers: the layer of the system to that of the schema; those that it lacks are left out.
        labels: by the layer of the system, label to label; those that it lacks are left out.
    """

    layers: Mapping[str, str]
    labels: Mapping[str, Mapping[str, str]]

    @property
    def as_json(self) -> dict[str, Any]:
        """The fit as an object of JSON."""
        return {"layers": dict(self.layers), "labels": {layer: dict(of) for layer, of in self.labels.items()}}

    def left_out(self, system: System) -> str | None:
        """Say what of a system the schema has no place for; None where it has one for everything."""
        lost = [layer for layer in system.predicts if layer not in self.layers]
        parts = [f"the layers {', '.join(lost)}"] if lost else []
        for layer in self.layers:
            labels = [label for label in system.predicts[layer] if label not in self.labels[layer]]
            parts += [f"{', '.join(labels)} of {layer}"] if labels else []
        return f"not asked of {system.name}, since gold has none: {'; '.join(parts)}" if parts else None


def fit_of(
    system: System,
    schema: Schema,
    known: Mapping[str, Sequence[str]],
    *,
    renamed: Mapping[str, str | None],
    names: str | None = None,
) -> SystemFit:
    """Return how a system fits a schema.

    A label is what it is renamed to, itself, or the one label of the schema that means the same (PER and PERSON).

    Args:
        system: the system.
        schema: that of the gold.
        known: the layers that gold has, each with the labels that may stand there.
        renamed: label to label; what becomes none is left out.
        names: the layer of names, where the schema has several that can be meant.
    """
    layers: dict[str, str] = {}
    labels: dict[str, Mapping[str, str]] = {}
    for layer, own in system.predicts.items():
        target = layer if layer in known else _counterpart(layer, schema, known, names)
        quotation = schema.nodes[target, "*"].quotation if target else None
        means = {**renamed, "direct": quotation.direct} if quotation else renamed
        became = {label: to for label in own if (to := _label(label, known.get(target or "", ()), means)) is not None}
        if target is not None and became and target not in layers.values():
            layers[layer], labels[layer] = target, became
    return SystemFit(layers, labels)


def _counterpart(layer: str, schema: Schema, known: Mapping[str, Sequence[str]], names: str | None) -> str | None:
    """Return the one layer of a schema that a layer of ours means; None where there is none, or several."""
    nodes = {name: schema.nodes[name, "*"] for name in known}
    kinds = {
        "dates": [name for name, node in nodes.items() if node.timex3 and node.timex3.type],
        "quotes": [name for name, node in nodes.items() if node.quotation],
        "entities": [name for name, node in nodes.items() if node.label and not node.quotation and not node.timex3],
    }
    kinds = {kind: [name for name in of if nodes[name].span_of] or of for kind, of in kinds.items()}
    there = kinds.get(layer, [])
    if layer == "entities" and names is not None:
        there = [name for name in there if name == names]
    return there[0] if len(there) == 1 else None


def _label(label: str, known: Sequence[str], renamed: Mapping[str, str | None]) -> str | None:
    if label in renamed:
        to = renamed[label]
        return to if to in known else None
    if label in known:
        return label
    meaning = ontonotes_label(label)
    same = [other for other in known if meaning is not None and ontonotes_label(other) == meaning]
    return same[0] if len(same) == 1 else None


def fitted(system: System, fit: SystemFit, schema: Schema) -> System:
    """Return a system that predicts in the words of a schema; the same one where nothing is called otherwise."""
    if all(fit.layers.get(layer) == layer and _same(fit.labels[layer], own) for layer, own in system.predicts.items()):
        return system

    def load(registries: Registries) -> Predict:
        answer = system.open(registries)

        def predict(sources: Sequence[Source]) -> Iterator[Annotations]:
            answers = zip(answer(sources), sources, strict=False)
            return (_translated(annotations, fit, schema, source.text) for annotations, source in answers)

        return predict

    predicts = {to: tuple(dict.fromkeys(fit.labels[layer].values())) for layer, to in fit.layers.items()}
    seen = (part.partition(".") for part in system.in_sample)
    in_sample = tuple(f"{fit.layers[layer]}{dot}{member}" for layer, dot, member in seen if layer in fit.layers)
    return replace(system, predicts=predicts, open=load, in_sample=in_sample)


def _same(labels: Mapping[str, str], own: Iterable[str]) -> bool:
    return all(labels.get(label) == label for label in own)


def _translated(annotations: Annotations, fit: SystemFit, schema: Schema, text: str) -> Annotations:
    answer: dict[str, list[Mapping[str, Any]]] = {}
    for layer, items in annotations.items():
        if layer in fit.layers:
            node = schema.nodes[fit.layers[layer], "*"]
            known = (_item(item, node, fit.labels[layer], text) for item in items)
            answer[fit.layers[layer]] = [item for item in known if item is not None]
    return answer


def _item(item: Mapping[str, Any], node: Node, labels: Mapping[str, str], text: str) -> Mapping[str, Any] | None:
    """Return an annotation with the members of a schema; None where its label has no counterpart there.

    In a layer of annotations of several fragments the span is the only one.
    """
    names = {"label": node.label}
    if node.timex3:
        names = {"type": node.timex3.type, "value": node.timex3.value}
    elif node.quotation:
        names = {"type": node.quotation.type}
    member = "label" if "label" in names else "type"
    label = labels.get(item.get(member, ""))
    renamed = {names.get(name, name): value for name, value in item.items()} | {names[member]: label}
    if node.annotation:
        extent = {side: item[side] for side in ("start", "end")}
        whole = {node.annotation.fragments: [extent], node.annotation.text: text[item["start"] : item["end"]]}
        renamed = {name: value for name, value in renamed.items() if name not in extent} | whole
    return None if label is None else {str(name): value for name, value in renamed.items() if name in node.fields}
