"""The relations of an annotation, read from Label Studio's results: what a person drew, and what can be meant by it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from spanproof.corpus.findings import Severity
from spanproof.labelstudio.arcs import Arc
from spanproof.labelstudio.findings import TaskFindings
from spanproof.labelstudio.layout import Layout, Link
from spanproof.labelstudio.regions import Region, id_of, strings_of


@dataclass(frozen=True)
class Relation:
    """A relation that the layout knows: from the region with the id ``source`` to that with the id ``target``."""

    link: Link | Arc
    source: str
    target: str


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
        start, end = regions.get(id_of(item, "from_id") or ""), regions.get(id_of(item, "to_id") or "")
        labels = strings_of([] if item.get("labels") is None else item["labels"])
        path, about = ("result", index), f"{item.get('from_id')} -> {item.get('to_id')} {item.get('labels')!r:.60}"
        if start is None or end is None:
            findings.add("relation-dangling", f"{about}: an end is missing; expected two regions", path=path)
            continue
        if labels is None:
            findings.add("relation-unreadable", f"{about}; expected a list of names", path=path)
            continue
        source, target = (end, start) if item.get("direction") == "left" else (start, end)
        if not labels:
            fitting = [link.name for link in layout.relations if _fit(link.name, source, target, layout, regions)]
            labels = list(dict.fromkeys(fitting)) if len(set(fitting)) == 1 else []
            names = ", ".join(sorted({link.name for link in layout.relations}))
            message = f"is {labels[0]}, the only one that fits" if labels else f"expected one of {names}"
            severity: Severity = "info" if labels else "error"
            findings.add("relation-unlabelled", f"{about}; {message}", path=path, severity=severity)
        for name in labels:
            relation = _fit(name, source, target, layout, regions)
            if relation is None:
                between = f"{source.label.value} -> {target.label.value}"
                code = "relation-unfit" if any(link.name == name for link in layout.relations) else "relation-unknown"
                right = "expected a relation of the config between such regions"
                findings.add(code, f"{about} between {between}; {right}", path=path)
                continue
            if {relation.source, relation.target} != {source.id, target.id}:
                message = f"{about} is taken as {relation.source} -> {relation.target}, a span of the same words"
                findings.add("relation-attached", message, path=path, severity="warning")
            elif relation.source != source.id:
                message = f"{about} is drawn from its end; expected it to begin at its start"
                findings.add("relation-turned", message, path=path, severity="warning")
            yield relation


def _fit(name: str, source: Region, target: Region, layout: Layout, regions: Mapping[str, Region]) -> Relation | None:
    """Return the relation of a name between two regions, from whichever of them the layout lets it begin.

    Where none fits, a region may cover the one that was meant: the only two of the same offsets that fit are taken.
    """
    for start, end in ((source, target), (target, source)):
        if link := layout.link(name, start.label.place, end.label.place):
            return Relation(link, start.id, end.id)
    fitting = [
        Relation(link, start.id, end.id)
        for one, other in ((source, target), (target, source))
        for start in _at_the_same_place(one, regions)
        for end in _at_the_same_place(other, regions)
        if start.id != end.id and (link := layout.link(name, start.label.place, end.label.place))
    ]
    return fitting[0] if len(fitting) == 1 else None


def _at_the_same_place(region: Region, regions: Mapping[str, Region]) -> list[Region]:
    """Return the regions with the offsets of one, itself too."""
    return [other for other in regions.values() if (other.start, other.end) == (region.start, region.end)]
