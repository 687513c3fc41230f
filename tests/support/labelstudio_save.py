"""What a save in the browser does to an annotation, as measured with Label Studio 1.23.2."""

import re
from typing import Any
from xml.etree import ElementTree

KEPT = ("id", "from_name", "to_name", "type", "value", "origin", "score", "parentID", "readonly", "meta")


def saved(result: list[dict[str, Any]], config: str, text: str) -> list[dict[str, Any]]:
    """The result as Update sends it when nothing was changed: what is dropped, cut, moved and added."""
    controls = {each.get("name"): each for each in ElementTree.fromstring(config).iter() if each.get("toName")}
    names = {each.get("value") for each in ElementTree.fromstring(config).iter("Relation")}
    first: dict[str, dict[str, Any]] = {}
    for one in result:
        if one["type"] == "labels" and one["from_name"] in controls:
            first.setdefault(_id(one["id"]), one)
    regions = [_region(one, first, controls, text) for one in result if one["type"] != "relation"]
    relations: dict[tuple[str, str], dict[str, Any]] = {}
    for one in result:
        if one["type"] == "relation":
            ends = _id(one["from_id"]), _id(one["to_id"])
            assert set(ends) <= first.keys(), "the task doesn't open"
            labels = [label for label in one.get("labels", ()) if label in names]
            kept = {"labels": labels, "direction": one.get("direction", "right"), "to_id": ends[1], "from_id": ends[0]}
            relations.setdefault(ends, {"type": "relation", **kept})
    return [each for each in regions if each] + list(relations.values())


def _id(name: str) -> str:
    return name.split("#")[0]


def _region(
    one: dict[str, Any], first: dict[str, dict[str, Any]], controls: dict[str | None, Any], text: str
) -> dict[str, Any] | None:
    name, control = _id(one["id"]), controls.get(one["from_name"])
    owner = first.get(name)
    if control is None or owner is None:
        return None
    labels = owner["value"]["labels"]
    shown_on = (control.get("whenLabelValue") or "").split(",")
    if one["type"] == "labels":
        if not labels:
            return None
    elif not set(labels) & set(shown_on):
        return None
    at = {"end": int(owner["value"]["end"]), "start": int(owner["value"]["start"])}
    surface = re.sub(" +", " ", text[at["start"] : at["end"]].replace("\n", "\\n"))
    value = {**dict(reversed(one["value"].items())), **at}
    if one["type"] != "textarea":
        value["text"] = surface
    kept = {key: one[key] for key in reversed(KEPT) if key in one}
    meta = {"meta": owner["meta"]} if "meta" in owner else {}
    return {**kept, **meta, "id": name, "value": value}
