"""Tasks as a server has them after a push, and what people do to them."""

from typing import Any

from spanproof.checks.examples import sound
from spanproof.corpus.documents import Corpus
from spanproof.labelstudio.upload import missing
from spanproof.schema.schema import Schema

ANA = {"id": "e1", "start": 0, "end": 9, "text": "Ana Silva", "label": "PERSON", "entity_id": "ana"}
DOCUMENT = sound(id="a", entities=[ANA])
PEOPLE = {1: "ana@example.org", 2: "ben@example.org"}


def task_of(document: Any, number: int = 1, schema: Schema | None = None, **fields: Any) -> dict[str, Any]:
    """A task as a server has it once a document was pushed."""
    (task,) = missing(Corpus.of([document], schema), []).create
    about = {"id": 1, "completed_by": 1, "updated_by": None, "was_cancelled": False, "updated_at": "2026-01-01T00:00Z"}
    about["import_id"] = 1
    annotations = [about | dict(annotation) for annotation in task["annotations"]]
    return {**task, "id": number, "annotations": annotations, "drafts": [], "predictions": []} | fields


def relabelled(task: dict[str, Any], label: str, **fields: Any) -> dict[str, Any]:
    """An annotation more, with the first region relabelled."""
    first = task["annotations"][0]
    result = [
        {**each, "value": {**each["value"], "labels": [label]}} if each["type"] == "labels" else each
        for each in first["result"]
    ]
    return first | {"id": 2, "import_id": None, "ground_truth": False, "result": result} | fields
