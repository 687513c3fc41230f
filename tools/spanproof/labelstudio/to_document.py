"""Regions and relations put together to a document again, with findings for what has no place in it."""

import copy
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from spanproof.labelstudio.arcs import Arc
from spanproof.labelstudio.drawn import DrawnArcs
from spanproof.labelstudio.findings import TaskFindings
from spanproof.labelstudio.holders import is_open, label_member, parts
from spanproof.labelstudio.keys import next_key
from spanproof.labelstudio.layout import Control, Layout, Link
from spanproof.labelstudio.members import ListItem, clear, demand_members, empty, in_order, meant
from spanproof.labelstudio.regions import Region, shown_span
from spanproof.labelstudio.relations import Relation
from spanproof.schema.node import Node, Place

Json = Mapping[str, Any]


@dataclass(frozen=True)
class DocumentBuilder:
    """One annotation on its way to a document: :meth:`relate`, :meth:`number`, then :meth:`document`.

    Attributes:
        layout: the layout of the document's schema.
        text: the text that the regions point into.
        regions: the regions of the annotation, by their ids.
        findings: takes what has no place in the document.
        chains: for each region the places of the objects that ride on it, from the outermost to the span.
        below: the regions that are parts of an object, by the region it rides on, its place and its member.
        referred: the regions to which a member refers, by the region, the place of its object and the member.
        keys: the key of each keyed object, by the region it rides on and its place.
        joined: the regions that an arc joins.
        pushed: the keys that were pushed, by the place of the annotations.
        owners: the region that a part belongs to, by that of the part.
        outermost: the objects that are no part of another, by the region they ride on.
    """

    layout: Layout
    text: str
    regions: Mapping[str, Region]
    findings: TaskFindings
    chains: dict[str, tuple[Place, ...]] = field(default_factory=dict)
    below: dict[tuple[str, Place, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    referred: dict[tuple[str, Place, str], list[tuple[str, Link]]] = field(default_factory=lambda: defaultdict(list))
    keys: dict[tuple[str, Place], Any] = field(default_factory=dict)
    joined: list[tuple[Arc, tuple[str, str]]] = field(default_factory=list)
    pushed: dict[Place, list[Any]] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    outermost: dict[str, dict[str, Any]] = field(default_factory=dict)

    def relate(self, relations: Iterable[Relation]) -> None:
        """Give every region the objects that ride on it.

        These are the holders of its span from the outermost one, or from the part that a relation makes of it.
        """
        tops: dict[str, Place] = {}
        for relation in dict.fromkeys(relations):
            link = relation.link
            if isinstance(link, Arc):
                self.joined.append((link, (relation.source, relation.target)))
            elif link.part:
                tops[relation.target] = link.place
                self.owners[relation.target] = relation.source
                self.below[relation.source, link.holder, link.member].append(relation.target)
            else:
                self.referred[relation.source, link.holder, link.member].append((relation.target, link))
        for region in self.regions.values():
            at = f"{region.label.value} at {region.start}-{region.end}"
            chain = self._chain(region.label.place, tops.get(region.id))
            if not chain:
                message = f"{at} isn't part of anything; expected a relation to it"
                self.findings.add("part-alone", message, region=region.id)
                continue
            self.chains[region.id] = chain
            if region.is_known and chain[0] not in region.frames and region.label.place in region.frames:
                message = f"{at} was a part, and is {chain[0][-2]} of its own; expected a relation to it, if unmeant"
                self.findings.add("part-freed", message, region=region.id, severity="warning")
        ends = [(key, name) for key, names in self.below.items() for name in names]
        ends += [(key, name) for key, targets in self.referred.items() for name, _ in targets]
        for (source, holder, member), name in ends:
            if holder not in self.chains.get(source, ()):
                message = f"{member} leads to {name}, but the region is itself a part"
                message += "; expected the relation from what it is a part of"
                self.findings.add("relation-unfit", message, region=source)

    def _chain(self, place: Place, top: Place | None) -> tuple[Place, ...]:
        """Return the holders from ``top`` (by default an outermost one) to a span; none if it can only be a part."""
        chain = [place]
        while place != top:
            place = place[:-1] if place[-1] != "*" else place[:-2]
            if not place or place not in self.layout.schema.nodes:
                return tuple(chain) if top is None else ()
            node = self.layout.schema.nodes[place]
            if node.kind != "object":
                continue
            if is_open(node):
                return tuple(chain) if top is None else ()
            if node.span_of and top is None:
                return ()
            chain.insert(0, place)
        return tuple(chain)

    def number(self, pushed: Iterable[tuple[Sequence[str], Sequence[Any]]]) -> None:
        """Give every object that needs a key its own, or the next of its list, in the order of the text.

        Args:
            pushed: for the place of each list's items the keys that were pushed, so that a key whose annotation was
                deleted isn't given again.
        """
        new: list[tuple[int, int, str, Place, str]] = []
        for region in self.regions.values():
            for place in self.chains.get(region.id, ()):
                if key := self.layout.schema.key_of(self.layout.schema.nodes[place]):
                    frame = region.frames.get(place)
                    if region.is_known and frame is not None:
                        self.keys[region.id, place] = frame["rest"].get(key)
                    else:
                        new.append((region.start, region.end, region.id, place, key))
        used: dict[Place, list[Any]] = defaultdict(list)
        for steps, values in pushed:
            used[tuple(steps)].extend(values)
            self.pushed[tuple(steps)] = list(values)
        for (_, place), value in self.keys.items():
            used[place].append(value)
        for _, _, name, place, key in sorted(new):
            value = next_key(used[place], self.layout.schema.nodes[place].fields[key], place)
            used[place].append(value)
            self.keys[name, place] = value

    def document(self, node: Node, frame: Json) -> dict[str, Any]:
        """Return the document, or an object of it that groups layers.

        Args:
            node: its node in the schema.
            frame: what a push kept of it: its members without the annotations.
        """
        value = copy.deepcopy(dict(frame["rest"]))
        for member, part in parts(self.layout.schema, node).items():
            if is_open(part):
                inner = frame.get("inner", {}).get(member)
                if any(part.place == chain[0][: len(part.place)] for chain in self.chains.values()):
                    inner = inner or {"rest": empty(part)}
                if inner is not None:
                    value[member] = self.document(part, inner)
                continue
            regions = [self.regions[name] for name, chain in self.chains.items() if self._is_outermost(name, part)]
            if regions and part.place[-1] == "*" and not isinstance(value.get(member, []), list | None):
                message = f"is {value[member]!r:.40}; expected a list"
                self.findings.add("layer-broken", message, path=(member,))
            self._set_parts(value, frame, member, part, regions)
        self._set_relations(node, value)
        return value

    def _set_relations(self, node: Node, value: dict[str, Any]) -> None:
        """Set the lists of objects, in an object that groups layers, that arcs between regions stand for."""
        places = dict.fromkeys(arc.place for arc in self.layout.arcs if arc.place[:-2] == node.place)
        if not places:
            return
        now: dict[Place, list[Any]] = defaultdict(list)
        for (_, place), key in self.keys.items():
            now[place].append(key)
        arcs = {place: [arc for arc in self.layout.arcs if arc.place == place] for place in places}
        drawn = DrawnArcs(self.layout.schema, self.findings, arcs)
        for arc, ends in self.joined:
            if arc.place in arcs:
                drawn.draw(arc, ends, self.keys)
        for place in places:
            objects = drawn.objects(place, value.get(place[-2]), self.pushed, now)
            if objects is not None or place[-2] in value:
                value[place[-2]] = objects

    def _is_outermost(self, name: str, node: Node) -> bool:
        """Whether an object of a node rides on a region, and is no part of another."""
        return self.chains[name][0] == node.place

    def _object(self, place: Place, region: Region) -> dict[str, Any]:
        """Return the object of a place that rides on a region."""
        node = self.layout.schema.nodes[place]
        frame = region.frames.get(place) or {"rest": empty(node)}
        value = copy.deepcopy(dict(frame["rest"]))
        if node.span_of:
            self._set_span(node, region, value)
        for control in self.layout.controls_of(place):
            self._set_control(node.fields[control.member], control, region, value)
        for link in self.layout.references(place):
            self._set_reference(link, region, frame, value)
        if (region.id, place) in self.keys and (key := self.layout.schema.key_of(node)):
            pushed = region.frames.get(place, {}).get("rest", {})
            if not region.is_known or key in pushed or place not in region.frames:
                value[key] = self.keys[region.id, place]
        for member, part in parts(self.layout.schema, node).items():
            own = [region.id] if part.place in self.chains[region.id] else []
            names = (*own, *self.below[region.id, place, member])
            self._set_parts(value, frame, member, part, [self.regions[name] for name in names])
        demand_members(self.findings, node, region, frame, value)
        whole = {name: value[name] for name in (*node.fields, *value) if name in value}
        if place == self.chains[region.id][0]:
            self.outermost[region.id] = whole
        return whole

    def object_of(self, name: str) -> dict[str, Any] | None:
        """Return the outermost object to which a region belongs; None where it belongs to none."""
        for _ in self.regions:
            if name not in self.owners:
                break
            name = self.owners[name]
        return self.outermost.get(name)

    def _set_span(self, node: Node, region: Region, value: dict[str, Any]) -> None:
        """Set label, offsets and what repeats the text; offsets that were pushed stay where the region shows them."""
        is_new = node.place not in region.frames
        if (member := label_member(node)) and (region.label.raw is not None or value.get(member) is not None):
            value[member] = region.label.raw
        is_moved = is_new or shown_span(value, self.text) != (region.start, region.end)
        if is_moved:
            value["start"], value["end"] = region.start, region.end
        start, end = value["start"], value["end"]
        if "text" in node.fields and (isinstance(value.get("text"), str) or is_new):
            value["text"] = self.text[start:end]
        if is_moved and isinstance(value.get("prefix"), str):
            value["prefix"] = self.text[max(0, start - len(value["prefix"])) : start]
        if is_moved and isinstance(value.get("suffix"), str):
            value["suffix"] = self.text[end : end + len(value["suffix"])]

    def _set_control(self, node: Node, control: Control, region: Region, value: dict[str, Any]) -> None:
        """Set a member to what its control says, unless that is how the value that was pushed is shown."""
        shown, pushed = region.attributes.get(control.name), control.show(value.get(control.member))
        if control.kind == "taxonomy":
            self._set_listed(control, region, value)
            return
        if shown == pushed:
            return
        if shown is None:
            clear(value, control.member, node)
            return
        try:
            value[control.member] = meant(node, control, shown)
        except (ValueError, KeyError):
            right = " or ".join(control.choices) or node.kind
            self.findings.add("value-unfit", f"{control.name} is {shown!r}; expected {right}", region=region.id)

    def _set_listed(self, control: Control, region: Region, value: dict[str, Any]) -> None:
        """Set a member to the key that was chosen in a list, unless another one was written meanwhile."""
        chosen, written = region.attributes.get(control.name), value.get(control.member)
        if chosen is None or chosen == written:
            return
        pushed = region.frames.get(control.place, {}).get("rest", {}).get(control.member) if region.is_known else None
        if written is not None and written != pushed:
            message = f"{control.member} is written {written!r} and chosen {chosen!r}; expected one of the two"
            self.findings.add("value-twice", message, region=region.id)
        value[control.member] = chosen

    def _set_reference(self, link: Link, region: Region, frame: Json, value: dict[str, Any]) -> None:
        """Set a member to the key of what a relation leads to; clear it where the relation that was pushed is gone."""
        targets = self.referred[region.id, link.holder, link.member]
        ends = [name for name, target in targets if target == link]
        if len(ends) > 1:
            message = f"{link.name} leads to {', '.join(ends)}; expected one end"
            self.findings.add("relation-twice", message, region=region.id)
        if not ends:
            is_as_pushed = value.get(link.member) == frame["rest"].get(link.member)
            if link.member in frame.get("related", ()) and is_as_pushed and not targets:
                clear(value, link.member, self.layout.schema.nodes[link.holder].fields[link.member])
            return
        key = self.keys.get((ends[0], link.place))
        if link.place not in self.chains.get(ends[0], ()) or key is None:
            message = f"{link.name} leads to {ends[0]}; expected what has a key"
            self.findings.add("relation-unfit", message, region=region.id)
            return
        control = next((item for item in self.layout.controls_of(link.holder) if item.member == link.member), None)
        if control and region.attributes.get(control.name) is not None:
            message = f"{link.name} leads to {key} and is {region.attributes[control.name]}; expected one of the two"
            self.findings.add("reference-twice", message, region=region.id)
        value[link.member] = key

    def _set_parts(self, value: dict[str, Any], frame: Json, member: str, part: Node, regions: list[Region]) -> None:
        """Set a member that holds spans: a list in its old order, with what is new after what stands before it."""
        if part.place[-1] != "*":
            for region in regions[1:]:
                message = f"region {region.id} is a second {member}; expected one {member}"
                self.findings.add("part-twice", message, region=regions[0].id)
            if regions:
                value[member] = self._object(part.place, regions[0])
            elif member in frame.get("holes", ()) and part.nullable:
                value[member] = None
            return
        if not regions and not frame.get("raw", {}).get(member):
            return
        items: list[ListItem] = [(index, None, item) for index, item in frame.get("raw", {}).get(member, ())]
        for region in regions:
            index = region.frames.get(part.place, {}).get("at") if region.is_known else None
            items.append((index, region.start, self._object(part.place, region)))
        value[member] = in_order(items)
