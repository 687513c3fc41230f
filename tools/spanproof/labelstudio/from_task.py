"""Tasks of Label Studio to documents."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from spanproof.corpus.findings import Finding
from spanproof.labelstudio.findings import TaskFindings
from spanproof.labelstudio.frames import is_frame, is_keys
from spanproof.labelstudio.layout import Layout
from spanproof.labelstudio.regions import read_regions
from spanproof.labelstudio.relations import read_relations
from spanproof.labelstudio.tasks import sha256_of
from spanproof.labelstudio.to_document import DocumentBuilder
from spanproof.labelstudio.words import compare_words
from spanproof.schema.schema import Schema


@dataclass(frozen=True)
class Pulled:
    """A document as an annotation has it.

    Attributes:
        document: the document, with offsets in code points and every surface taken anew from the text.
        origins: the origin of each region by its id: ``manual``, ``prediction`` or ``prediction-changed``.
        findings: an ``error`` for what would be lost or untrue if the document were taken as it is; a ``warning`` or
            ``info`` for what was understood and should be looked at (notes of annotators, members that are demanded
            and missing, relations drawn from their end).
        objects: the annotation of the document to which each region belongs, by the region's id.
    """

    document: dict[str, Any]
    origins: Mapping[str, str]
    findings: tuple[Finding, ...]
    objects: Mapping[str, Mapping[str, Any]]


def from_task(task: Mapping[str, Any], schema: Schema, annotation: Mapping[str, Any] | None = None) -> Pulled:
    """Return the document that an annotation of a task has.

    What is new gets the next key of its list. Nothing that isn't understood goes without a finding, and a text that
    isn't the one that was pushed is told by its hash.

    Args:
        task: a task that :func:`spanproof.labelstudio.to_task.to_task` made, as it came back from the server.
        schema: the schema of the documents.
        annotation: an annotation of the task, a mapping with ``result``; by default the last one that wasn't skipped,
            or else the first prediction.

    Raises:
        ValueError: the task wasn't made by a push: its data lack the text or the frame of the document.
        SchemaError: the schema has spans of no text or of several.
    """
    layout, data = Layout.of(schema), task["data"]
    if not isinstance(data.get("text"), str) or not is_frame(data.get("document")):
        raise ValueError("a task without text and document in its data; expected one that was pushed from a corpus")
    findings = TaskFindings(str(data.get("id")))
    sha256 = sha256_of(data["text"])
    if sha256 != data.get("sha256"):
        message = f"the text has {sha256}; expected {data.get('sha256')}, the text that was pushed"
        findings.add("text-changed", message, path=("sha256",))
    result = _result(task, annotation)
    if result is None:
        findings.add("no-annotation", "the task has no annotation and no prediction; expected one of them")
    elif not isinstance(result, list):
        findings.add("result-unreadable", f"the result is {result!r:.60}; expected a list of regions")
        result = None
    regions = read_regions(layout, data["text"], result or (), findings)
    compare_words(data["text"], regions.values(), findings)
    relations = list(read_relations(layout, regions, result or (), findings))
    builder = DocumentBuilder(layout, data["text"], regions, findings)
    builder.relate(relations)
    keys = data.get("ids", [])
    if not is_keys(keys):
        message = f"the keys that were sent are {keys!r:.60}; leave them as they are"
        findings.add("keys-unreadable", message, path=("data", "ids"), severity="warning")
    builder.number(keys if is_keys(keys) else ())
    members = {**builder.document(schema.root, data["document"]), layout.text: data["text"]}
    document = {name: members[name] for name in (*schema.root.fields, *members) if name in members}
    owned = {name: whole for name in regions if (whole := builder.object_of(name)) is not None}
    origins = {name: region.origin for name, region in regions.items()}
    return Pulled(document, origins, tuple(findings.findings), owned)


def _result(task: Mapping[str, Any], annotation: Mapping[str, Any] | None) -> Any:
    """Return the result of an annotation, or of the one that stands for a task; None where a task has none."""
    if annotation is not None:
        return annotation["result"]
    annotations = [item for item in task.get("annotations") or () if not item.get("was_cancelled")]
    predictions = [item for item in task.get("predictions") or () if isinstance(item, Mapping)]
    chosen = (annotations[-1:] or predictions[:1] or [None])[0]
    return None if chosen is None else chosen["result"]
