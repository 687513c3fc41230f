"""The regions, attributes and relations of an annotation, read from Label Studio's results.

Label Studio counts the offsets of a text region in Unicode code points, as spanproof does (measured with Label Studio
1.23.2), so offsets are never converted.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from spanproof.labelstudio.findings import TaskFindings
from spanproof.labelstudio.frames import read_frames
from spanproof.labelstudio.layout import Label, Layout
from spanproof.schema.node import Place
from spanproof.schema.paths import Path

_STORED = {"choices": "choices", "taxonomy": "taxonomy"}
"""The member of a value in which a control stores what it says, where that isn't ``text``."""
META = "spanproof"
"""The member of a region's ``meta`` that is ours."""
_BREAKS = "\r\n"
Json = Mapping[str, Any]
Item = tuple[tuple[str, int], Json]
"""An item of an annotation's ``result``, after its path."""


@dataclass(frozen=True)
class Region:
    """A region as it was read.

    Attributes:
        id: the region's id in its annotation.
        label: the label that it has.
        start: where it begins in the text, in code points.
        end: where it ends, in code points, exclusive.
        origin: ``manual``, ``prediction`` or ``prediction-changed``.
        frames: what a push kept of the objects that ride on the region, by their place in the schema.
        is_known: whether the frames are the region's own, not those of a region that it was copied from.
        words: the words that are stored with it, which should be those of the text; None where none are.
        attributes: what the controls of the region say, by their names.
    """

    id: str
    label: Label
    start: int
    end: int
    origin: str
    frames: Mapping[Place, Json]
    is_known: bool
    words: str | None
    attributes: Mapping[str, str] = field(default_factory=dict)


def shown_span(span: Json, text: str) -> tuple[int, int] | None:
    """Return the offsets that the region of a span has: the span's own, without line breaks at its edges.

    Label Studio doesn't highlight a region that begins with a line break, and cuts one that ends with one and holds
    another.

    Args:
        span: a span of a document, with ``start`` and ``end`` in code points.
        text: the text that it points into.

    Returns:
        Start and end in code points, half open; None for a span that no region can show, since its offsets aren't
        integers within the text or it holds nothing but line breaks.
    """
    start, end = span.get("start"), span.get("end")
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(text):
        return None
    inner = text[start:end]
    start += len(inner) - len(inner.lstrip(_BREAKS))
    end -= len(inner) - len(inner.rstrip(_BREAKS))
    return (start, end) if start < end else None


def read_regions(layout: Layout, text: str, result: Iterable[Any], findings: TaskFindings) -> dict[str, Region]:
    """Read the regions of an annotation, with their attributes.

    Args:
        layout: the layout of the documents' schema.
        text: the text that the regions point into.
        result: the items of the annotation's ``result``.
        findings: takes what can't be understood.

    Returns:
        The regions by their ids, in the order of the result.
    """
    regions: dict[str, Region] = {}
    attributes: list[Item] = []
    for index, item in enumerate(result):
        path = ("result", index)
        kind = item.get("type") if isinstance(item, Mapping) else None
        if kind == "relation":
            continue
        if kind is None or not isinstance(item.get("value"), Mapping):
            message = f"{item!r:.80} isn't a result; expected a type and a value"
            findings.add("result-unreadable", message, path=path, region=id_of(item, "id"))
        elif kind != "labels":
            attributes.append((path, item))
        elif region := _read_region(item, layout, text, regions, findings, path):
            regions[region.id] = region
    values = _read_attributes(attributes, layout, regions, findings)
    return {name: replace(region, attributes=values.get(name, {})) for name, region in regions.items()}


def id_of(item: Any, member: str) -> str | None:
    """Return the id of a region that an item of a result names; None where it names none."""
    value = item.get(member) if isinstance(item, Mapping) else None
    return value if isinstance(value, str) and value else None


def strings_of(value: Any) -> list[str] | None:
    """Return a list of strings as it is; None for what is none."""
    return value if isinstance(value, list) and all(isinstance(item, str) for item in value) else None


def _read_region(
    item: Json, layout: Layout, text: str, regions: Mapping[str, Region], findings: TaskFindings, path: Path
) -> Region | None:
    """Read a region; None for one whose id another has, whose offsets aren't in the text, or that has no known label.

    ``regions`` are those that were read before.
    """
    name, value, labels = id_of(item, "id"), item["value"], {label.value: label for label in layout.labels}
    listed = strings_of(value.get("labels"))
    at = f"{value.get('start')!r:.20}-{value.get('end')!r:.20}"
    if name is None or listed is None:
        message = f"{item.get('id')!r:.40} at {at} has the labels {value.get('labels')!r:.40}"
        right = "expected a region with an id, a string, and a list of one label"
        findings.add("region-unreadable", f"{message}; {right}", region=name, path=path)
        return None
    about = f"{listed} at {at}"
    known = [labels[shown] for shown in listed if shown in labels]
    if item.get("from_name") != "span" or len(known) != len(listed):
        control = item.get("from_name")
        right = "a label of the config" if control == "span" else f"from_name 'span', not {control!r:.40}"
        message = f"{about}; expected {right}"
        findings.add("label-unknown", message, region=name)
    if len(listed) != 1:
        findings.add("label-count", f"{about}: {len(listed)} labels; expected one label", region=name)
    if name in regions:
        findings.add("region-twice", f"{about} has the id of another region; expected an id a region", region=name)
        return None
    offsets = _read_offsets(value, text)
    if offsets is None:
        message = f"{about} of {len(text)} characters; expected offsets within the text"
        findings.add("offsets-outside", message, region=name)
    if offsets is None or not known:
        return None
    frames, owner = _read_meta(item.get("meta"), layout, name, about, findings)
    words = value.get("text")
    stored = words if words is None or isinstance(words, str) else repr(words)
    return Region(name, known[0], *offsets, str(item.get("origin") or "manual"), frames, owner == name, stored)


def note_of(meta: Any) -> str:
    """Return the note that an annotator left on a region, by the region's meta; empty where there is none."""
    note = meta.get("text") if isinstance(meta, Mapping) else None
    return " ".join(map(str, note)) if isinstance(note, list) else str(note or "")


def _read_meta(
    meta: Any, layout: Layout, name: str, about: str, findings: TaskFindings
) -> tuple[Mapping[Place, Json], Any]:
    """Return what a push kept in a region's meta, and of which region; nothing of what isn't as a push writes it."""
    meta = {} if meta is None else meta
    if words := note_of(meta):
        findings.add("annotator-note", f"{about}: {words}; read it", region=name, severity="info")
    kept = meta.get(META, {}) if isinstance(meta, Mapping) else None
    frames = read_frames(kept, layout.schema)
    if frames is None:
        findings.add("meta-unreadable", f"{about}: its meta isn't what was pushed; leave it", region=name)
        return {}, None
    return frames, kept.get("region") if isinstance(kept, Mapping) else None


def _read_offsets(value: Json, text: str) -> tuple[int, int] | None:
    """Read offsets, which a browser may have sent as strings; None for what isn't a span of the text."""
    start, end = _offset(value.get("start")), _offset(value.get("end"))
    return (start, end) if start is not None and end is not None and 0 <= start < end <= len(text) else None


def _offset(value: Any) -> int | None:
    """Return a number of code points; None for what is none."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,12}", value, re.ASCII):
        return int(value)
    return value if type(value) is int else None


def _read_attributes(
    items: Iterable[Item], layout: Layout, regions: Mapping[str, Region], findings: TaskFindings
) -> Mapping[str, Mapping[str, str]]:
    """Read what the controls of each region say, by the region's id and the control's name."""
    controls = {control.name: control for control in layout.controls}
    attributes: dict[str, dict[str, str]] = defaultdict(dict)
    for path, item in items:
        name, owner = item.get("from_name"), id_of(item, "id")
        region, control = regions.get(owner or ""), controls.get(str(name))
        stored = item["value"].get(_STORED.get(str(item.get("type")), "text"))
        values = _values(stored, item.get("type"))
        about = f"{name!r:.40} {stored!r:.80} of region {item.get('id')!r:.40}"
        if control is None or control.kind != item.get("type"):
            message = f"{about}; expected a control of the config"
            findings.add("control-unknown", message, path=path, region=owner)
        elif values is None:
            findings.add("attribute-unreadable", f"{about}; expected a list of one string", path=path, region=owner)
        elif region is None:
            message = f"{about}, which doesn't exist; expected an attribute of a region"
            findings.add("attribute-lost", message, path=path, region=owner)
        elif region.label.value not in control.labels:
            message = f"{about}, whose label is {region.label.value}; expected one of {', '.join(control.labels)}"
            findings.add("attribute-hidden", message, path=path, region=owner)
        elif len(values) > 1 or (values and control.name in attributes[region.id]):
            message = f"{about}: more than one value; expected one value"
            findings.add("attribute-twice", message, path=path, region=owner)
            attributes[region.id].setdefault(control.name, values[0])
        elif values:
            attributes[region.id][control.name] = values[0]
    return attributes


def _values(stored: Any, kind: Any) -> list[str] | None:
    """Return what a control has stored as strings, of a list of entries their keys; None for what it doesn't store."""
    if stored is None or isinstance(stored, str):
        return [] if stored is None else [stored]
    if kind == "taxonomy" and isinstance(stored, list):
        paths = [strings_of(path) for path in stored]
        return [path[0] for path in paths if path] if all(path and len(path) == 1 for path in paths) else None
    return strings_of(stored)
