"""The proof of what a system says: its answers become documents, or are refused with every fault.

Offsets are Unicode code points, half open; surfaces are taken from the text.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from spanproof.schema.node import Node
from spanproof.schema.paths import Document
from spanproof.schema.schema import Schema
from spanproof.systems.system import Annotations, Predict, System, source_of


class PredictionError(ValueError):
    """What a system predicted is unsound: which document, where, what is wrong."""


def annotate(
    system: System, predict: Predict, documents: Iterable[Document], schema: Schema
) -> Iterator[dict[str, Any]]:
    """The documents with what a system predicts of them, and no annotation besides.

    Raises:
        PredictionError: the system gave as many answers as there are not documents, or an unsound one.
        ValueError: a document has no text.
    """
    documents = list(documents)
    answers = list(predict([source_of(document, schema) for document in documents]))
    if len(answers) != len(documents):
        raise PredictionError(f"{system.name} gave {len(answers)} answers to {len(documents)} texts")
    for document, answer in zip(documents, answers, strict=True):
        yield predicted(document, answer, system, schema)


def predicted(document: Document, answer: Annotations, system: System, schema: Schema) -> dict[str, Any]:
    """A document with what a system said of it, proved: within the text, of the schema, of the labels that it names.

    Layers that it doesn't predict are empty, however they were; all else is the document's.

    Raises:
        PredictionError: every fault of the answer; it is refused as a whole.
    """
    where = f"{system.name}, document {document.get(schema.key or '')!r}"
    if not isinstance(answer, Mapping):
        raise PredictionError(f"{where}: {type(answer).__name__}; right is a list of annotations for each layer")
    filling = _Filling(document, schema)
    made: dict[str, Any] = {}
    for name, node in schema.root.fields.items():
        if name in system.predicts:
            given = answer.get(name, ())
            made[name] = filling.value(node, list(given) if isinstance(given, list | tuple) else given, f"$.{name}")
        elif any(each.get("spanOf") for each in node.walk()):
            made |= {name: []} if node.required and node.kind == "array" else {}
        elif name in document:
            made[name] = document[name]
    others = sorted(answer.keys() - system.predicts.keys())
    faults = [f"$.{name}: {system.name} doesn't say that it predicts that" for name in others]
    faults += filling.faults or [*_unlabelled(made, system, schema), *_unlike(made, system, schema)]
    if faults:
        more = f"; and {len(faults) - 5} more" if len(faults) > 5 else ""
        raise PredictionError(f"{where}: {'; '.join(faults[:5])}{more}")
    return made


@dataclass(frozen=True)
class _Filling:
    """Annotations in the making: what may be left out is filled in, what is wrong with offsets is gathered."""

    document: Document
    schema: Schema
    faults: list[str] = field(default_factory=list)

    def value(self, node: Node, value: Any, path: str) -> Any:
        if isinstance(value, list) and node.items is not None:
            filled = [self.value(node.items, each, f"{path}[{k}]") for k, each in enumerate(value)]
            return self.keyed(filled, node)
        if not isinstance(value, Mapping) or node.kind != "object":
            return value
        made = dict(value)
        if node.get("spanOf"):
            made = self.span(node, made, path)
        made |= {n: None for n, sub in node.fields.items() if sub.required and sub.nullable and n not in made}
        order = [name for name in node.fields if name in made] + [name for name in made if name not in node.fields]
        return {n: self.value(node.fields[n], made[n], f"{path}.{n}") if n in node.fields else made[n] for n in order}

    def keyed(self, items: list[Any], node: Node) -> list[Any]:
        """The items of a list, those without a key with one that none has: the first letter of the list, a number."""
        key = node.get("key")
        if key is None:
            return items
        used = {str(item[key]) for item in items if isinstance(item, Mapping) and key in item}
        names = (f"{node.place[-1][0]}{k}" for k in range(1, len(items) + len(used) + 1))
        free = (name for name in names if name not in used)
        return [item if not isinstance(item, Mapping) or key in item else {key: next(free), **item} for item in items]

    def span(self, node: Node, value: dict[str, Any], path: str) -> dict[str, Any]:
        text, start, end = self.document[node.get("spanOf")], value.get("start"), value.get("end")
        if type(start) is not int or type(end) is not int:
            self.faults.append(f"{path}: offsets {start!r}, {end!r}; right are two integers")
        elif not 0 <= start < end <= len(text):
            self.faults.append(f"{path}: {start}:{end} of {len(text)} code points; right is 0 <= start < end <= length")
        elif value.get("text", text[start:end]) != text[start:end]:
            self.faults.append(f"{path}: said to be {value['text']!r}, {start}:{end} is {text[start:end]!r}")
        elif "text" in node.fields:
            return {**value, "text": text[start:end]}
        return value


def _unlabelled(made: Document, system: System, schema: Schema) -> Iterator[str]:
    """Annotations with a label that the system doesn't say it gives."""
    for layer, labels in system.predicts.items():
        member = schema.nodes[layer, "*"].get("labelledBy")
        for k, each in enumerate(made[layer] if member and isinstance(made[layer], list) else ()):
            if isinstance(each, Mapping) and each.get(member) not in labels:
                yield f"$.{layer}[{k}].{member}: {each.get(member)!r}; right is one of {', '.join(labels)}"


def _unlike(made: Document, system: System, schema: Schema) -> Iterator[str]:
    """Where the predicted layers break the schema, or a key stands twice."""
    for error in schema.validator.iter_errors(made):
        if error.absolute_path and error.absolute_path[0] in system.predicts:
            yield f"{error.json_path}: {error.message}"
    for layer in system.predicts:
        key, items = schema.nodes[layer,].get("key"), made[layer] if isinstance(made[layer], list) else []
        names = [str(each.get(key)) for each in items if isinstance(each, Mapping)] if key else []
        twice = [name for name, n in Counter(names).items() if n > 1]
        yield from (f"$.{layer}: the {key} {name!r} stands twice" for name in twice)
