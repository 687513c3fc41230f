"""Predictions: the documents that a system's answers make, proved by the check, or refused with every fault.

The check stands above this room and is passed in. Offsets are Unicode code points, half open.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spanproof.corpus.documents import Corpus
from spanproof.corpus.findings import Finding
from spanproof.parsing.json import parse
from spanproof.schema.node import Node
from spanproof.schema.paths import Document
from spanproof.schema.schema import Schema
from spanproof.systems.system import Predict, System, source_of

Prove = Callable[[Corpus], Iterable[Finding]]
"""Finds what is wrong in a corpus of predictions; the ``row`` of a finding is the number of its document, from 0.

:func:`spanproof.checks.predictions.faults` is one.
"""

_SHOWN = 5


class PredictionError(ValueError):
    """What a system predicted is unsound: which document, where, what is wrong."""


def annotate(
    system: System, predict: Predict, documents: Iterable[Document], schema: Schema, prove: Prove
) -> list[dict[str, Any]]:
    """Return documents with what a system predicts of them, and no annotations besides.

    Args:
        system: the system.
        predict: what it has loaded.
        documents: of which the system sees texts, languages and creation times alone.
        schema: the schema of the documents.
        prove: the check; its findings in layers that the system predicts refuse the prediction.

    Raises:
        PredictionError: the system didn't give one answer to each text, or an unsound one; the message says where.
        ValueError: a document has no text.
    """
    documents = list(documents)
    answers = list(predict([source_of(document, schema) for document in documents]))
    if len(answers) != len(documents):
        raise PredictionError(f"{system.name} gave {len(answers)} answers to {len(documents)} texts")
    pairs = zip(documents, answers, strict=True)
    predicted = [_predicted(document, answer, system, schema) for document, answer in pairs]
    faults = defaultdict[int | None, list[str]](list)
    for finding in prove(Corpus.of(predicted, schema.canonical)):
        if finding.path and finding.path[0] in system.predicts:
            faults[finding.row].append(f"{finding.json_path}: {finding.message}")
    for row, document in enumerate(predicted):
        faults[row] += _unannounced(document, system, schema)
        if faults[row]:
            raise _refused(system, document, schema, faults[row])
    return predicted


def without_annotations(document: Document, schema: Schema) -> dict[str, Any]:
    """Return the members of a document that hold no spans; lists of spans that the schema requires are empty."""
    members: dict[str, Any] = {}
    for name, node in schema.root.fields.items():
        if any(below.span_of for below in node.walk()):
            members |= {name: []} if node.required and node.kind == "array" else {}
        elif name in document:
            members[name] = document[name]
    return members


def _predicted(document: Document, answer: Any, system: System, schema: Schema) -> dict[str, Any]:
    """Return a document with a system's answer in place of its annotations, not proved yet.

    Raises:
        PredictionError: the answer isn't JSON, or has other layers than the system says.
    """
    if not isinstance(answer, Mapping):
        right = f"{type(answer).__name__}; expected a list of annotations for each layer"
        raise PredictionError(f"{_where(system, document, schema)}: {right}")
    faults = [
        f"$.{name}: {system.name} doesn't say that it predicts that"
        for name in sorted(answer.keys() - system.predicts.keys())
    ]
    filling, members = _Filling(document, schema), without_annotations(document, schema)
    for layer in system.predicts:
        try:
            items = parse(json.dumps(answer.get(layer, ()), allow_nan=False, default=_object), lone_surrogates=True)
        except (TypeError, ValueError) as error:
            faults.append(f"$.{layer}: {error}")
            continue
        if isinstance(items, list):
            members[layer] = filling.value(schema.root.fields[layer], items)
        else:
            faults.append(f"$.{layer}: {type(items).__name__}; expected a list of annotations")
    if faults:
        raise _refused(system, document, schema, faults)
    return {name: members[name] for name in schema.root.fields if name in members}


def _object(value: object) -> dict[str, Any]:
    """Return a mapping that isn't a dictionary as one; the answer of a system is anything that is JSON then."""
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{value!r:.60} is {type(value).__name__}, which JSON doesn't have")


def _where(system: System, document: Document, schema: Schema) -> str:
    return f"{system.name}, document {document.get(schema.key or '')!r}"


def _refused(system: System, document: Document, schema: Schema, faults: Sequence[str]) -> PredictionError:
    more = f"; and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
    return PredictionError(f"{_where(system, document, schema)}: {'; '.join(faults[:_SHOWN])}{more}")


@dataclass(frozen=True)
class _Filling:
    """Fills in what an answer may leave out: surfaces, keys, members that are null."""

    document: Document
    schema: Schema

    def value(self, node: Node, value: Any) -> Any:
        """Return a value of an answer, filled in; what doesn't have the node's shape stays as it is."""
        if isinstance(value, list) and node.items is not None:
            return self.keyed(node, [self.value(node.items, item) for item in value])
        if node.kind == "integer" and isinstance(value, float) and value.is_integer():
            return int(value)  # JSON Schema takes 3.0 for an integer, slices of Python don't.
        if not isinstance(value, Mapping) or node.kind != "object":
            return value
        members = {name: self.value(node.fields[name], member) for name, member in value.items() if name in node.fields}
        if node.span_of:
            members |= self.surface(node, self.document[node.span_of], members)
        members |= {n: None for n, sub in node.fields.items() if sub.required and sub.nullable and n not in members}
        unlisted = {name: member for name, member in value.items() if name not in node.fields}
        return {name: members[name] for name in node.fields if name in members} | unlisted

    def surface(self, node: Node, text: str, span: Mapping[str, Any]) -> dict[str, str]:
        """Return the surface of a span of a text by its offsets, where it has no other."""
        start, end = span.get("start"), span.get("end")
        if "text" not in node.fields or "text" in span or type(start) is not int or type(end) is not int:
            return {}
        return {"text": text[max(start, 0) : max(end, 0)]}

    def keyed(self, node: Node, items: list[Any]) -> list[Any]:
        """Return items that all have a key: those without get the first letter of the list and a free number."""
        key = node.key
        if key is None:
            return items
        used = {str(item[key]) for item in items if isinstance(item, Mapping) and key in item}
        names = (f"{node.place[-1][0]}{k}" for k in range(1, len(items) + len(used) + 1))
        free = (name for name in names if name not in used)
        return [item if not isinstance(item, Mapping) or key in item else {key: next(free), **item} for item in items]


def _unannounced(document: Document, system: System, schema: Schema) -> list[str]:
    """Return where a label stands that the schema may have, but the system doesn't say that it gives."""
    faults = []
    for layer, labels in system.predicts.items():
        member = schema.nodes[layer, "*"].label
        for k, item in enumerate(document[layer] if member else ()):
            if isinstance(item, Mapping) and item.get(member) not in labels:
                faults.append(f"$.{layer}[{k}].{member}: {item.get(member)!r}; expected one of {', '.join(labels)}")
    return faults
