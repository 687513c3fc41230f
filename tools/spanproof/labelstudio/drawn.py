"""Objects that relate two annotations, read back from the arcs that are drawn between the regions of these."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from spanproof.labelstudio.arcs import Arc, ArcEnd
from spanproof.labelstudio.findings import TaskFindings
from spanproof.labelstudio.holders import named
from spanproof.labelstudio.keys import next_key
from spanproof.labelstudio.members import empty
from spanproof.schema.node import Node, Place
from spanproof.schema.schema import Schema

RELATION_GONE = "relation-gone"
"""The code of what is said of a relation that went with an annotation."""
Named = tuple[str, Any]
"""The member that names an end of an object, and the key that it holds."""
Triple = tuple[Any, Named, Named]
"""What an object says: the value of its label, its first and its second end."""


@dataclass(frozen=True)
class DrawnArcs:
    """The arcs of one annotation.

    Attributes:
        schema: the schema of the documents.
        findings: takes what has no place in the document, and what went with an end.
        triples: what the arcs say, by the place of the objects.
        arcs: the arcs that the schema has, by the same.
    """

    schema: Schema
    findings: TaskFindings
    arcs: Mapping[Place, Sequence[Arc]]
    triples: dict[Place, list[Triple]] = field(default_factory=dict)

    def draw(self, arc: Arc, ends: tuple[str, str], keys: Mapping[tuple[str, Place], Any]) -> None:
        """Take an arc between two regions.

        Args:
            arc: the arc.
            ends: the ids of the regions.
            keys: the key of each keyed annotation, by the region it rides on and its place.
        """
        first, second = (_end(region, kinds, keys) for region, kinds in zip(ends, arc.ends, strict=True))
        if first is None or second is None:
            message = f"{arc.name} between {' and '.join(ends)}: an end has no key; expected two annotations that do"
            self.findings.add("relation-unfit", message, region=ends[0])
            return
        self.triples.setdefault(arc.place, []).append((arc.raw, first, second))

    def objects(self, place: Place, old: Any, pushed: Mapping[Place, Sequence[Any]], now: Mapping[Place, Any]) -> Any:
        """Return the list of objects at a place: old ones that are drawn still or never were, then new ones.

        Args:
            place: the place of the objects.
            old: the list as it was pushed.
            pushed: the keys of the annotations that were pushed, by their place.
            now: the keys that they have now, by the same.
        """
        if not isinstance(old, list | None):
            return old
        drawn = {repr(triple): triple for triple in self.triples.get(place, ())}
        kept: list[Any] = []
        shown: set[str] = set()
        for item in old or ():
            triple = self._triple(place, item)
            if triple is None or repr(triple) in drawn or not self._is_shown(place, triple, pushed):
                kept.append(item)
                shown.add(repr(triple))
            elif not self._is_shown(place, triple, now):
                about = f"{named(place)} {triple[1][1]} -> {triple[2][1]}"
                gone = f"{about} is gone, because the region at one of its ends was deleted"
                message = f"{gone}; draw it again if you want to keep it"
                self.findings.add(RELATION_GONE, message, severity="warning")
        for name, triple in drawn.items():
            if name not in shown:
                kept.append(self._object(place, triple, kept))
        return old if old is None and not kept else kept

    def _triple(self, place: Place, item: Any) -> Triple | None:
        """Return what an object says; None for one that no arc shows."""
        for arc in self.arcs[place] if isinstance(item, Mapping) else ():
            first, second = (named_end(item, kinds) for kinds in arc.ends)
            if first and second and (arc.label is None or item.get(arc.label) == arc.raw):
                return arc.raw, first, second
        return None

    def _is_shown(self, place: Place, triple: Triple, keys: Mapping[Place, Any]) -> bool:
        """Say whether both ends of an object are among some keys, and are two annotations."""
        ends = []
        for side, (member, key) in enumerate(triple[1:]):
            kinds = [kind for arc in self.arcs[place] for kind in arc.ends[side] if kind.member == member]
            ends.append(next(((kind.place, key) for kind in kinds if key in keys.get(kind.place, ())), None))
        return None not in ends and ends[0] != ends[1]

    def _object(self, place: Place, triple: Triple, others: list[Any]) -> dict[str, Any]:
        """Return a new object that says something, with a key that none of the others has."""
        node: Node = self.schema.nodes[place]
        label = self.arcs[place][0].label
        value = empty(node) | ({} if label is None else {label: triple[0]}) | dict(triple[1:])
        if key := self.schema.key_of(node):
            used = [item.get(key) for item in others if isinstance(item, Mapping)]
            value[key] = next_key(used, node.fields[key], place)
        return {name: value[name] for name in node.fields if name in value}


def named_end(item: Any, kinds: Sequence[ArcEnd]) -> Named | None:
    """Return the member that names an end of a relation object, and what it holds; None where it is none, or several.

    Args:
        item: the object.
        kinds: what the end may be.
    """
    members = dict.fromkeys(kind.member for kind in kinds)
    values = [(member, item.get(member)) for member in members] if isinstance(item, Mapping) else []
    filled = [(member, value) for member, value in values if value is not None]
    return filled[0] if len(filled) == 1 else None


def _end(region: str, kinds: Sequence[ArcEnd], keys: Mapping[tuple[str, Place], Any]) -> Named | None:
    return next(((kind.member, keys[region, kind.place]) for kind in kinds if (region, kind.place) in keys), None)
