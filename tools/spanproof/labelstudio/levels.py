"""How sure the places of a prediction are, as notes on its regions, and what of the answers has no place."""

from collections.abc import Mapping
from typing import Any

from spanproof.labelstudio.regions import META
from spanproof.systems.outcomes import RequestOutcomes

_FEW = 20


def with_levels(prediction: Mapping[str, Any], outcomes: RequestOutcomes, document: str) -> dict[str, Any]:
    """Return a prediction whose regions say where their place is likely only, and what was answered and not placed.

    A region without such a note stands where its words stand alone. What wasn't placed is a note on the first region.

    Args:
        prediction: the prediction of a task.
        outcomes: of the answers.
        document: the key of the document in the outcomes.
    """
    likely = {(layer, start, end) for of, layer, start, end in outcomes.likely if of == document}
    result = [dict(item) for item in prediction["result"]]
    regions = [item for item in result if item["type"] == "labels"]
    for item in regions:
        layer = item["meta"][META]["frames"][0]["place"][0]
        if (layer, item["value"]["start"], item["value"]["end"]) in likely:
            item["meta"] = {**item["meta"], "text": ["its place is likely, not proved"]}
    lost = not_placed(outcomes, document)
    if lost and regions:
        notes = regions[0]["meta"].get("text", [])
        regions[0]["meta"] = {**regions[0]["meta"], "text": [*notes, f"not placed in this text: {'; '.join(lost)}"]}
    return {**prediction, "result": result}


def not_placed(outcomes: RequestOutcomes, document: str) -> list[str]:
    """Return what was answered of a document and has no place, each with its reason."""
    lost = [item for item in outcomes.unplaced if item.document == document]
    lines = [f"{item.layer}: {item.words!r} {item.why}" if item.words else f"{item.layer}: {item.why}" for item in lost]
    return lines[:_FEW] + ([f"and {len(lines) - _FEW} more"] if len(lines) > _FEW else [])
