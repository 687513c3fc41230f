"""Regions and relations put together to a document again; what could not be understood is told."""

import copy
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from spanproof.labelstudio.layout import Control, Layout, Link, is_open, label_member, parts
from spanproof.labelstudio.problem import Problem
from spanproof.labelstudio.regions import Region, Relation, shown_span
from spanproof.schema.node import Node, Place

Json = Mapping[str, Any]
Row = tuple[int | None, int | None, Any]
"""An item of a list: its index of old, the start of its region, itself."""


@dataclass(frozen=True)
class DocumentBuilder:
    """One annotation on its way to a document: what rides on what, and the keys of all of it."""

    layout: Layout
    text: str
    regions: Mapping[str, Region]
    found: list[Problem]
    name: str
    chains: dict[str, tuple[Place, ...]] = field(default_factory=dict)
    below: dict[tuple[str, Place, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    referred: dict[tuple[str, Place, str], list[tuple[str, Link]]] = field(default_factory=lambda: defaultdict(list))
    keys: dict[tuple[str, Place], Any] = field(default_factory=dict)

    def say(
        self,
        name: str,
        place: str,
        message: str,
        right: str,
        severity: Literal["error", "warning", "info"] = "error",
    ) -> None:
        """Tells a problem."""
        self.found.append(Problem(name, self.name, place, message, right, severity))

    def relate(self, relations: Iterable[Relation]) -> None:
        """Gives every region what rides on it: the holders from the outermost, or from the part that it is, to it."""
        tops: dict[str, Place] = {}
        for relation in dict.fromkeys(relations):
            link = relation.link
            if link.part:
                tops[relation.target] = link.place
                self.below[relation.source, link.holder, link.member].append(relation.target)
            else:
                self.referred[relation.source, link.holder, link.member].append((relation.target, link))
        for region in self.regions.values():
            chain = self.chain(region.label.place, tops.get(region.id))
            if chain:
                self.chains[region.id] = chain
                if region.is_known and chain[0] not in region.frames and region.label.place in region.frames:
                    at = f"{region.label.value} at {region.start}-{region.end}"
                    message = f"{at} was a part, and is {chain[0][-2]} of its own"
                    self.say("part-freed", f"region {region.id}", message, "a relation to it, if unmeant", "warning")
            else:
                at = f"{region.label.value} at {region.start}-{region.end}"
                self.say("part-alone", f"region {region.id}", f"{at} is no part of anything", "a relation to it")
        drawn = [(key, name) for key, names in self.below.items() for name in names]
        drawn += [(key, name) for key, ends in self.referred.items() for name, _ in ends]
        for (source, holder, member), name in drawn:
            if holder not in self.chains.get(source, ()):
                self.say(
                    "relation-unfit",
                    f"region {source}",
                    f"{member} leads to {name}, but the region is itself a part",
                    "the relation from what it is a part of",
                )

    def chain(self, place: Place, top: Place | None) -> tuple[Place, ...]:
        """The holders from ``top`` (by default an outermost one) down to a span; empty if it must be a part."""
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
            if node.get("spanOf") and top is None:
                return ()
            chain.insert(0, place)
        return tuple(chain)

    def number(self, known: Iterable[tuple[list[str], list[Any]]]) -> None:
        """Keys for all that has one: its own; for what is new the next number of its list, in the order of the text."""
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
        for steps, values in known:
            used[tuple(steps)].extend(values)
        for (_, place), value in self.keys.items():
            used[place].append(value)
        for _, _, name, place, key in sorted(new):
            made = next_key(used[place], self.layout.schema.nodes[place].fields[key], place)
            used[place].append(made)
            self.keys[name, place] = made

    def build(self, place: Place, region: Region) -> dict[str, Any]:
        """What rides on a region at a place."""
        node = self.layout.schema.nodes[place]
        frame = region.frames.get(place) or {"rest": self.fresh(node)}
        value = copy.deepcopy(dict(frame["rest"]))
        if node.get("spanOf"):
            self.set_span(node, region, value, place in region.frames)
        for control in self.layout.controls_of(place):
            self.set_control(node.fields[control.member], control, region, value)
        for link in self.layout.references(place):
            self.set_reference(link, region, frame, value)
        if (region.id, place) in self.keys and (key := self.layout.schema.key_of(node)):
            old = region.frames.get(place, {}).get("rest", {})
            if not region.is_known or key in old or place not in region.frames:
                value[key] = self.keys[region.id, place]
        for member, part in parts(self.layout.schema, node).items():
            inside = [region.id] if part.place in self.chains[region.id] else []
            held = [self.regions[each] for each in (*inside, *self.below[region.id, place, member])]
            self.put(value, frame, member, part, held)
        self.demand(node, region, frame, value)
        return {name: value[name] for name in (*node.fields, *value) if name in value}

    def fresh(self, node: Node) -> dict[str, Any]:
        """A holder with nothing in it: null or an empty list where something is demanded."""
        must = {name: sub for name, sub in node.fields.items() if sub.required}
        empty: dict[str, Any] = {name: [] for name, sub in must.items() if sub.kind == "array" and not sub.nullable}
        return empty | {name: None for name, sub in must.items() if sub.nullable}

    def set_span(self, node: Node, region: Region, value: dict[str, Any], is_old: bool) -> None:
        """Offsets, label and what repeats the text; the offsets of old that the region shows stay."""
        if (member := label_member(node)) and (region.label.raw is not None or value.get(member) is not None):
            value[member] = region.label.raw
        moved = not is_old or shown_span(value, self.text) != (region.start, region.end)
        if moved:
            value["start"], value["end"] = region.start, region.end
        start, end = value["start"], value["end"]
        if "text" in node.fields and (isinstance(value.get("text"), str) or not is_old):
            value["text"] = self.text[start:end]
        if moved and isinstance(value.get("prefix"), str):
            value["prefix"] = self.text[max(0, start - len(value["prefix"])) : start]
        if moved and isinstance(value.get("suffix"), str):
            value["suffix"] = self.text[end : end + len(value["suffix"])]

    def set_control(self, node: Node, control: Control, region: Region, value: dict[str, Any]) -> None:
        """What a control says, unless it is what the old value is shown as."""
        shown, was = region.attributes.get(control.name), control.show(value.get(control.member))
        if shown == was:
            return
        if shown is None:
            value.pop(control.member)
            value |= {control.member: None} if node.nullable else {}
            return
        try:
            value[control.member] = _meant(node, control, shown)
        except (ValueError, KeyError):
            place = f"region {region.id}"
            self.say("value-unfit", place, f"{control.name} is {shown!r}", " or ".join(control.choices) or node.kind)

    def set_reference(self, link: Link, region: Region, frame: Json, value: dict[str, Any]) -> None:
        """The key of what a relation leads to; null where one that was there is gone."""
        ends = [each for each, kind in self.referred[region.id, link.holder, link.member] if kind == link]
        node = self.layout.schema.nodes[link.holder].fields[link.member]
        if len(ends) > 1:
            self.say("relation-twice", f"region {region.id}", f"{link.name} leads to {', '.join(ends)}", "one end")
        if ends:
            key = self.keys.get((ends[0], link.place))
            if link.place not in self.chains.get(ends[0], ()) or key is None:
                self.say("relation-unfit", f"region {region.id}", f"{link.name} leads to {ends[0]}", "what has a key")
                return
            chosen = next((c for c in self.layout.controls_of(link.holder) if c.member == link.member), None)
            if chosen and region.attributes.get(chosen.name) is not None:
                said = f"{link.name} leads to {key} and is {region.attributes[chosen.name]}"
                self.say("reference-twice", f"region {region.id}", said, "one of the two")
            value[link.member] = key
        elif link.member in frame.get("related", ()) and value.get(link.member) == frame["rest"].get(link.member):
            others = [kind for _, kind in self.referred[region.id, link.holder, link.member]]
            if not others:
                value.pop(link.member, None)
                value |= {link.member: None} if node.nullable else {}

    def put(self, value: dict[str, Any], frame: Json, member: str, part: Node, held: list[Region]) -> None:
        """The parts of a holder where they belong: lists as they were, what is new after what stands before it."""
        if part.place[-1] != "*":
            for extra in held[1:]:
                message = f"region {extra.id} is a second {member}"
                self.say("part-twice", f"region {held[0].id}", message, f"one {member}")
            if held:
                value[member] = self.build(part.place, held[0])
            elif member in frame.get("holes", ()) and self.layout.schema.nodes[part.place].nullable:
                value[member] = None
            return
        if not held and not frame.get("raw", {}).get(member):
            return
        rows: list[Row] = [(at, None, each) for at, each in frame.get("raw", {}).get(member, ())]
        for region in held:
            old = region.frames.get(part.place, {}).get("at") if region.is_known else None
            rows.append((old, region.start, self.build(part.place, region)))
        value[member] = _in_order(rows)

    def demand(self, node: Node, region: Region, frame: Json, value: Json) -> None:
        """Notes what is missing that wasn't before."""
        for name, sub in node.fields.items():
            missing = sub.required and not sub.nullable and name not in value
            if missing and (name in frame["rest"] or name in frame.get("holes", ()) or node.place not in region.frames):
                at = f"region {region.id} ({region.label.value} at {region.start}-{region.end})"
                about = str(sub.get("description") or sub.kind)
                self.say("value-missing", at, f"{node.name} without {name}", about, "warning")

    def document(self, node: Node, frame: Json) -> dict[str, Any]:
        """The document, or an object of it that groups layers, from its frame and all regions."""
        value = copy.deepcopy(dict(frame["rest"]))
        for member, part in parts(self.layout.schema, node).items():
            if is_open(part):
                if any(part.place == chain[0][: len(part.place)] for chain in self.chains.values()):
                    value[member] = self.document(part, frame.get("inner", {}).get(member, {"rest": self.fresh(part)}))
                elif member in frame.get("inner", {}):
                    value[member] = self.document(part, frame["inner"][member])
                continue
            held = [self.regions[name] for name, chain in self.chains.items() if self.is_outermost(name, part.place)]
            if held and part.place[-1] == "*" and not isinstance(value.get(member, []), list | None):
                self.say("layer-broken", f"$.{member}", f"is {value[member]!r:.40}", "a list")
            self.put(value, frame, member, part, held)
        return value

    def is_outermost(self, name: str, place: Place) -> bool:
        """Whether a region rides at a place of the document and is no part of another."""
        return self.chains[name][0] == place


def _meant(node: Node, control: Control, shown: str) -> Any:
    """The value of a member that a control shows so."""
    if control.kind == "choices":
        return control.choices[shown]
    if node.kind == "integer":
        return int(shown)
    if node.kind == "number" and not math.isfinite(float(shown)):
        raise ValueError(shown)
    return float(shown) if node.kind == "number" else shown


def next_key(used: Iterable[Any], node: Node, place: Place) -> Any:
    """A key that no item has: one more than the largest number, after the letters that most keys begin with."""
    taken = list(used)
    if node.kind == "integer":
        return max((key for key in taken if type(key) is int), default=0) + 1
    parted = [
        match for key in taken if isinstance(key, str) and (match := re.fullmatch(r"(.*?)([0-9]{1,9})", key, re.S))
    ]
    letters = Counter(match[1] for match in parted)
    start = (
        min(letters, key=lambda each: (-letters[each], each)) if letters else place[-2 if place[-1] == "*" else -1][0]
    )
    number = max((int(match[2]) for match in parted if match[1] == start), default=0) + 1
    while f"{start}{number}" in taken:
        number += 1
    return f"{start}{number}"


def _in_order(rows: list[Row]) -> list[Any]:
    """Items in their old order; new ones by their place in the text where the old ones are so ordered, else last."""
    old = sorted((row for row in rows if row[0] is not None), key=lambda row: row[0] or 0)
    new = sorted((row for row in rows if row[0] is None), key=lambda row: row[1] or 0)
    starts = [row[1] for row in old if row[1] is not None]
    if starts != sorted(starts) or len(starts) < len(old):
        return [each for *_, each in (*old, *new)]
    return [each for *_, each in sorted((*old, *new), key=lambda row: row[1] or 0)]
