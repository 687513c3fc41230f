"""The results of an annotation read: its regions, their attributes and relations, as Label Studio leaves them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from spanproof.labelstudio.layout import Control, Label, Layout, Link
from spanproof.schema.node import Place

META = "spanproof"
"""The member of a region's ``meta`` that is ours."""
_BREAKS = "\r\n"
Json = Mapping[str, Any]


@dataclass(frozen=True)
class Region:
    """A region as it was read: offsets in code points, the frames that it keeps by place, its attributes.

    ``is_known`` says that the frames are its own and not those of the region that it was copied from.
    """

    id: str
    label: Label
    start: int
    end: int
    origin: str
    frames: Mapping[Place, Json]
    is_known: bool
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Relation:
    """A relation that fits the layout: from region ``source`` to region ``target``."""

    link: Link
    source: str
    target: str


Say = Any
"""How a reader tells a problem: ``say(name, place, message, right)``."""


def shown_span(value: Json, text: str) -> tuple[int, int] | None:
    """The offsets of a span as its region has them, without line breaks at its edges; None for what can't be shown.

    A region that begins with a line break isn't highlighted, one that ends with one cuts what it holds.
    """
    start, end = value.get("start"), value.get("end")
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(text):
        return None
    inner = text[start:end]
    start += len(inner) - len(inner.lstrip(_BREAKS))
    end -= len(inner) - len(inner.rstrip(_BREAKS))
    return (start, end) if start < end else None


def read_regions(layout: Layout, text: str, result: Iterable[Any], say: Say) -> dict[str, Region]:
    """The regions of a result by id; what is none of the layout's is told."""
    labels, controls = {label.value: label for label in layout.labels}, {each.name: each for each in layout.controls}
    found: dict[str, Region] = {}
    attributes: list[tuple[str, Json]] = []
    for k, one in enumerate(result):
        kind = one.get("type") if isinstance(one, Mapping) else None
        if kind == "relation":
            continue
        if kind is None or not isinstance(one.get("value"), Mapping):
            say("result-unreadable", f"result[{k}]", f"{one!r:.80} is no result", "a type and a value")
        elif kind == "labels":
            _read_region(found, one, labels, text, say)
        else:
            attributes.append((f"result[{k}]", one))
    for place, one in attributes:
        _read_attribute(found, controls, place, one, say)
    return found


def _read_region(found: dict[str, Region], one: Json, labels: Mapping[str, Label], text: str, say: Say) -> None:
    name, value = str(one.get("id")), one["value"]
    listed = [str(each) for each in value.get("labels") or ()]
    about = f"{listed} at {value.get('start')}-{value.get('end')}"
    known = [labels[each] for each in listed if each in labels]
    if one.get("from_name") != "span" or len(known) != len(listed):
        say("label-unknown", f"region {name}", f"{about} ({one.get('from_name')})", "a label of the config")
    if not listed or len(listed) > 1:
        say("label-count", f"region {name}", f"{about}: {len(listed)} labels", "one label")
    if name in found:
        say("region-twice", f"region {name}", f"{about} has the id of another region", "an id a region")
        return
    span = _span(value, text)
    if span is None:
        say("offsets-outside", f"region {name}", f"{about} of {len(text)} characters", "offsets within the text")
    if span is None or not known:
        return
    meta: Any = one.get("meta")
    meta = meta if isinstance(meta, Mapping) else {}
    if note := meta.get("text"):
        said = " ".join(map(str, note)) if isinstance(note, list) else str(note)
        say("annotator-note", f"region {name}", f"{about}: {said}", "to read it", severity="info")
    kept = meta.get(META)
    frames, known_as = (kept.get("frames", ()), kept.get("region")) if isinstance(kept, Mapping) else ((), None)
    by_place = {tuple(frame["place"]): frame for frame in frames}
    found[name] = Region(name, known[0], *span, str(one.get("origin") or "manual"), by_place, known_as == name)


def _span(value: Json, text: str) -> tuple[int, int] | None:
    try:
        start, end = int(value["start"]), int(value["end"])
    except (KeyError, TypeError, ValueError):
        return None
    return (start, end) if 0 <= start < end <= len(text) else None


def _read_attribute(
    found: Mapping[str, Region], controls: Mapping[str, Control], place: str, one: Json, say: Say
) -> None:
    region, control = found.get(str(one.get("id"))), controls.get(str(one.get("from_name")))
    value = one["value"].get("choices" if one.get("type") == "choices" else "text")
    values = [value] if isinstance(value, str) else list(value or ())
    about = f"{one.get('from_name')} {values!r:.80} of region {one.get('id')}"
    if control is None or control.kind != one.get("type"):
        say("control-unknown", place, about, "a control of the config")
    elif region is None:
        say("attribute-lost", place, f"{about}, which isn't there", "an attribute of a region")
    elif region.label.value not in control.labels:
        say("attribute-hidden", place, f"{about}, whose label is {region.label.value}", ", ".join(control.labels))
    elif len(values) > 1 or control.name in region.attributes:
        say("attribute-twice", place, f"{about}: more than one value", "one value")
        region.attributes.setdefault(control.name, str(values[0]))
    elif values:
        region.attributes[control.name] = str(values[0])


def read_relations(
    layout: Layout, regions: Mapping[str, Region], result: Iterable[Any], say: Say
) -> Iterator[Relation]:
    """The relations of a result that mean something; one drawn the wrong way round is turned."""
    for k, one in enumerate(result):
        if not isinstance(one, Mapping) or one.get("type") != "relation":
            continue
        a, b = str(one.get("from_id")), str(one.get("to_id"))
        if one.get("direction") == "left":
            a, b = b, a
        place, about = f"result[{k}]", f"{a} -> {b} {one.get('labels')}"
        if a not in regions or b not in regions:
            say("relation-dangling", place, f"{about}: an end isn't there", "two regions")
            continue
        if not one.get("labels"):
            say("relation-unlabelled", place, about, f"one of {', '.join(sorted({x.name for x in layout.links}))}")
        for name in one.get("labels") or ():
            ends = regions[a].label.place, regions[b].label.place
            link, source, target = layout.link(str(name), *ends), a, b
            if link is None and (link := layout.link(str(name), *reversed(ends))):
                source, target = b, a
                say("relation-turned", place, f"{about} is drawn from its end", "the other way", severity="warning")
            if link is None:
                labels = f"{regions[a].label.value} -> {regions[b].label.value}"
                known = any(x.name == name for x in layout.links)
                code = "relation-unfit" if known else "relation-unknown"
                say(code, place, f"{about} between {labels}", "a relation of the config between such regions")
            else:
                yield Relation(link, source, target)
