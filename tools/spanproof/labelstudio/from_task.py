"""Tasks of Label Studio to documents."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from spanproof.labelstudio.layout import Layout
from spanproof.labelstudio.problem import Problem
from spanproof.labelstudio.regions import read_regions, read_relations
from spanproof.labelstudio.to_document import DocumentBuilder
from spanproof.schema.schema import Schema


@dataclass(frozen=True)
class Pulled:
    """A document as an annotation has it.

    ``audit`` is the origin of each region by its id: ``manual``, ``prediction`` or ``prediction-changed``. ``problems``
    are what would be lost or untrue if the document were taken as it is; ``notes`` what was understood and should be
    looked at: notes of annotators, members that are demanded and missing, relations drawn from their end.
    """

    document: dict[str, Any]
    audit: Mapping[str, str]
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]


def from_task(task: Mapping[str, Any], schema: Schema, annotation: Mapping[str, Any] | None = None) -> Pulled:
    """The document that an annotation of a task has; by default the last that isn't skipped, or the first prediction.

    Every text is taken anew from the offsets, and the hash of the whole is proved. What is new gets the next key of its
    list. Nothing that isn't understood goes without a problem.

    Raises:
        ValueError: the task isn't one of ours: its data lack what ``to_task`` writes.
    """
    layout, data = Layout.of(schema), task["data"]
    if not isinstance(data.get("text"), str) or not isinstance(data.get("document"), Mapping):
        raise ValueError("a task without text and document in its data; right is one that was pushed from a corpus")
    found: list[Problem] = []
    name = str(data.get("id"))
    result = _chosen(task, annotation)
    say = DocumentBuilder(layout, data["text"], {}, found, name).say
    sha256 = hashlib.sha256(data["text"].encode("utf-8", "surrogatepass")).hexdigest()
    if sha256 != data.get("sha256"):
        say("text-changed", "$.sha256", f"the text has {sha256}", f"{data.get('sha256')}, the text that was pushed")
    if result is None:
        say("no-annotation", "$", "the task has no annotation and no prediction", "one of them")
    regions = read_regions(layout, data["text"], result or (), say)
    builder = DocumentBuilder(layout, data["text"], regions, found, name)
    builder.relate(list(read_relations(layout, regions, result or (), say)))
    builder.number(data.get("ids", ()))
    document = builder.document(schema.root, data["document"])
    document[layout.text] = data["text"]
    document = {name: document[name] for name in (*schema.root.fields, *document) if name in document}
    problems = tuple(each for each in found if each.severity == "error")
    notes = tuple(each for each in found if each.severity != "error")
    return Pulled(document, {each.id: each.origin for each in regions.values()}, problems, notes)


def _chosen(task: Mapping[str, Any], annotation: Mapping[str, Any] | None) -> Iterable[Any] | None:
    if annotation is not None:
        return list(annotation["result"])
    annotations = [each for each in task.get("annotations") or () if not each.get("was_cancelled")]
    predictions = [each for each in task.get("predictions") or () if isinstance(each, Mapping)]
    chosen = (annotations[-1:] or predictions[:1] or [None])[0]
    return None if chosen is None else list(chosen["result"])
