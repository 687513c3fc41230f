"""Members of annotations in the making: empty ones, values as a control shows them, lists in their old order."""

import math
from collections.abc import Mapping
from typing import Any

from spanproof.labelstudio.findings import TaskFindings
from spanproof.labelstudio.layout import Control
from spanproof.labelstudio.regions import Region
from spanproof.schema.node import Node

ListItem = tuple[int | None, int | None, Any]
"""An item of a list: its index in the list as it was pushed, the start of its region in code points, the item."""


def empty(node: Node) -> dict[str, Any]:
    """Return an object of a node with nothing in it: null or an empty list where something is demanded."""
    required = {name: member for name, member in node.fields.items() if member.required}
    lists: dict[str, Any] = {
        name: [] for name, member in required.items() if member.kind == "array" and not member.nullable
    }
    return lists | {name: None for name, member in required.items() if member.nullable}


def clear(value: dict[str, Any], member: str, node: Node) -> None:
    """Make a member null, or leave it out where it may not be null."""
    value.pop(member, None)
    if node.nullable:
        value[member] = None


def meant(node: Node, control: Control, shown: str) -> Any:
    """Return the value of a member that its control shows as ``shown``.

    Raises:
        ValueError: it is no number, and the member is one.
        KeyError: it is none of the control's choices.
    """
    if control.kind == "choices":
        return control.choices[shown]
    if node.kind == "integer":
        return int(shown)
    if node.kind == "number" and not math.isfinite(float(shown)):
        raise ValueError(shown)
    return float(shown) if node.kind == "number" else shown


def in_order(items: list[ListItem]) -> list[Any]:
    """Return items in their old order, new ones last; all in the order of the text where the old ones are."""
    old = sorted((item for item in items if item[0] is not None), key=lambda item: item[0] or 0)
    new = sorted((item for item in items if item[0] is None), key=lambda item: item[1] or 0)
    starts = [start for _, start, _ in old if start is not None]
    if starts != sorted(starts) or len(starts) < len(old):
        return [value for *_, value in (*old, *new)]
    return [value for *_, value in sorted((*old, *new), key=lambda item: item[1] or 0)]


def demand_members(
    findings: TaskFindings, node: Node, region: Region, frame: Mapping[str, Any], value: Mapping[str, Any]
) -> None:
    """Add a warning for each member that is demanded and missing, and wasn't before.

    Args:
        findings: takes the warnings.
        node: the node of an object that rides on a region.
        region: the region.
        frame: what a push kept of the object.
        value: the object as it is now.
    """
    for name, member in node.fields.items():
        is_missing = member.required and not member.nullable and name not in value
        was_there = name in frame["rest"] or name in frame.get("holes", ())
        if is_missing and (was_there or node.place not in region.frames):
            right = member.description or member.kind
            message = f"{region.label.value} has no {name}; expected {right}"
            findings.add("value-missing", message, region=region.id, severity="warning")
