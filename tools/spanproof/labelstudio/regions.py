"""The regions, attributes and relations of an annotation, read from Label Studio's results.

Label Studio counts the offsets of a text region in Unicode code points, as spanproof does (measured with Label Studio
1.23.2), so offsets are never converted.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from spanproof.labelstudio.findings import TaskFindings
from spanproof.labelstudio.layout import Label, Layout, Link
from spanproof.schema.node import Place

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
        attributes: what the controls of the region say, by their names.
    """

    id: str
    label: Label
    start: int
    end: int
    origin: str
    frames: Mapping[Place, Json]
    is_known: bool
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Relation:
    """A relation that the layout knows: from the region with the id ``source`` to that with the id ``target``."""

    link: Link
    source: str
    target: str


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
    labels = {label.value: label for label in layout.labels}
    regions: dict[str, Region] = {}
    attributes: list[Item] = []
    for index, item in enumerate(result):
        path = ("result", index)
        kind = item.get("type") if isinstance(item, Mapping) else None
        if kind == "relation":
            continue
        if kind is None or not isinstance(item.get("value"), Mapping):
            findings.add("result-unreadable", f"{item!r:.80} is no result; right is a type and a value", path=path)
        elif kind != "labels":
            attributes.append((path, item))
        elif region := _read_region(item, labels, text, regions, findings):
            regions[region.id] = region
    values = _read_attributes(attributes, layout, regions, findings)
    return {name: replace(region, attributes=values.get(name, {})) for name, region in regions.items()}


def _read_region(
    item: Json, labels: Mapping[str, Label], text: str, regions: Mapping[str, Region], findings: TaskFindings
) -> Region | None:
    """Read a region; None for one whose id another has, whose offsets aren't in the text, or that has no known label.

    ``regions`` are those that were read before.
    """
    name, value = str(item.get("id")), item["value"]
    listed = [str(shown) for shown in value.get("labels") or ()]
    about = f"{listed} at {value.get('start')}-{value.get('end')}"
    known = [labels[shown] for shown in listed if shown in labels]
    if item.get("from_name") != "span" or len(known) != len(listed):
        message = f"{about} ({item.get('from_name')}); right is a label of the config"
        findings.add("label-unknown", message, region=name)
    if len(listed) != 1:
        findings.add("label-count", f"{about}: {len(listed)} labels; right is one label", region=name)
    if name in regions:
        findings.add("region-twice", f"{about} has the id of another region; right is an id a region", region=name)
        return None
    offsets = _read_offsets(value, text)
    if offsets is None:
        message = f"{about} of {len(text)} characters; right are offsets within the text"
        findings.add("offsets-outside", message, region=name)
    if offsets is None or not known:
        return None
    meta: Any = item.get("meta")
    meta = meta if isinstance(meta, Mapping) else {}
    if note := meta.get("text"):
        words = " ".join(map(str, note)) if isinstance(note, list) else str(note)
        findings.add("annotator-note", f"{about}: {words}; right is to read it", region=name, severity="info")
    kept = meta.get(META)
    frames, owner = (kept.get("frames", ()), kept.get("region")) if isinstance(kept, Mapping) else ((), None)
    by_place = {tuple(frame["place"]): frame for frame in frames}
    return Region(name, known[0], *offsets, str(item.get("origin") or "manual"), by_place, owner == name)


def _read_offsets(value: Json, text: str) -> tuple[int, int] | None:
    """Read offsets, which a browser may have sent as strings; None for what isn't a span of the text."""
    try:
        start, end = int(value["start"]), int(value["end"])
    except (KeyError, TypeError, ValueError):
        return None
    return (start, end) if 0 <= start < end <= len(text) else None


def _read_attributes(
    items: Iterable[Item], layout: Layout, regions: Mapping[str, Region], findings: TaskFindings
) -> Mapping[str, Mapping[str, str]]:
    """Read what the controls of each region say, by the region's id and the control's name."""
    controls = {control.name: control for control in layout.controls}
    attributes: dict[str, dict[str, str]] = defaultdict(dict)
    for path, item in items:
        name = item.get("from_name")
        region, control = regions.get(str(item.get("id"))), controls.get(str(name))
        stored = item["value"].get("choices" if item.get("type") == "choices" else "text")
        values = [stored] if isinstance(stored, str) else list(stored or ())
        about = f"{name} {values!r:.80} of region {item.get('id')}"
        if control is None or control.kind != item.get("type"):
            findings.add("control-unknown", f"{about}; right is a control of the config", path=path)
        elif region is None:
            findings.add("attribute-lost", f"{about}, which isn't there; right is an attribute of a region", path=path)
        elif region.label.value not in control.labels:
            message = f"{about}, whose label is {region.label.value}; right is one of {', '.join(control.labels)}"
            findings.add("attribute-hidden", message, path=path)
        elif len(values) > 1 or control.name in attributes[region.id]:
            findings.add("attribute-twice", f"{about}: more than one value; right is one value", path=path)
            attributes[region.id].setdefault(control.name, str(values[0]))
        elif values:
            attributes[region.id][control.name] = str(values[0])
    return attributes


def read_relations(
    layout: Layout, regions: Mapping[str, Region], result: Iterable[Any], findings: TaskFindings
) -> Iterator[Relation]:
    """Yield the relations of an annotation that the layout knows; one that was drawn from its end is turned.

    Args:
        layout: the layout of the documents' schema.
        regions: the regions of the annotation by their ids.
        result: the items of the annotation's ``result``.
        findings: takes what can't be understood, and which relations were turned.
    """
    for index, item in enumerate(result):
        if not isinstance(item, Mapping) or item.get("type") != "relation":
            continue
        source, target = str(item.get("from_id")), str(item.get("to_id"))
        if item.get("direction") == "left":
            source, target = target, source
        path, about = ("result", index), f"{source} -> {target} {item.get('labels')}"
        if source not in regions or target not in regions:
            findings.add("relation-dangling", f"{about}: an end isn't there; right are two regions", path=path)
            continue
        if not item.get("labels"):
            names = ", ".join(sorted({link.name for link in layout.links}))
            findings.add("relation-unlabelled", f"{about}; right is one of {names}", path=path)
        for name in item.get("labels") or ():
            relation = _fit(str(name), regions[source], regions[target], layout)
            if relation is None:
                labels = f"{regions[source].label.value} -> {regions[target].label.value}"
                code = "relation-unfit" if any(link.name == name for link in layout.links) else "relation-unknown"
                right = "a relation of the config between such regions"
                findings.add(code, f"{about} between {labels}; right is {right}", path=path)
                continue
            if relation.source != source:
                message = f"{about} is drawn from its end; right is the other way"
                findings.add("relation-turned", message, path=path, severity="warning")
            yield relation


def _fit(name: str, source: Region, target: Region, layout: Layout) -> Relation | None:
    """Return the relation of a name between two regions, from whichever of them the layout lets it begin."""
    for start, end in ((source, target), (target, source)):
        if link := layout.link(name, start.label.place, end.label.place):
            return Relation(link, start.id, end.id)
    return None
