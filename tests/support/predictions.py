"""Predictions of systems, proved by the check as the commands prove them."""

from collections.abc import Iterable
from typing import Any

from spanproof.checks.predictions import faults
from spanproof.schema.paths import Document
from spanproof.schema.schema import Schema
from spanproof.systems import prediction
from spanproof.systems.system import Annotations, Predict, System


def annotate(
    system: System, predict: Predict, documents: Iterable[Document], schema: Schema | None = None
) -> list[dict[str, Any]]:
    return prediction.annotate(system, predict, documents, schema or Schema.article(), faults)


def predicted(document: Document, answer: Annotations, system: System, schema: Schema | None = None) -> dict[str, Any]:
    (made,) = annotate(system, lambda _: [answer], [document], schema)
    return made
