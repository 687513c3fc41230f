"""Documents to tasks of Label Studio.

Regions carry spans, labels, what has a control, and relations. The ``meta`` of a region keeps under ``spanproof`` what
it can't show, as *frames*, one for each object that rides on it: the object as it was without its parts (``rest``), its
index in its list (``at``), the parts that became regions (``holes``), the items that couldn't (``raw``), the references
that became relations (``related``). The frame of the document itself is in the task's data, with the keys that were
given (``ids``). Nested region meta survives both the REST interface and a save in the browser.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from spanproof.labelstudio.layout import Label, Layout, is_open, parts, slug
from spanproof.labelstudio.regions import META, shown_span
from spanproof.schema.node import Node, Place
from spanproof.schema.paths import Document
from spanproof.schema.schema import Schema


@dataclass(frozen=True)
class NewRegion:
    """A region in the making: its id, label, shown offsets (code points), the frames of what rides on it."""

    id: str
    label: Label
    start: int
    end: int
    frames: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class TaskBuilder:
    """The regions and relations of one document in the making."""

    layout: Layout
    text: str
    regions: dict[str, NewRegion] = field(default_factory=dict)
    parts: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    keys: dict[Place, dict[Any, str]] = field(default_factory=dict)

    def take(self, node: Node, value: Any, path: tuple[str, ...], at: int | None = None) -> str | None:
        """Makes regions of a holder; its head, None for what can't be a region and stays as it is."""
        if not isinstance(value, Mapping):
            return None
        head = None
        if node.get("spanOf"):
            label, span = self.layout.label_of(node, value), shown_span(value, self.text)
            if label is None or span is None:
                return None
            head = self.unused("-".join(map(slug, path)))
            self.regions[head] = NewRegion(head, label, *span)
        frame, below = self.frame(node, value, path)
        if not (head or below):
            return None
        head = head or below[0][1]
        self.regions[head].frames.insert(0, {"place": list(node.place), **({} if at is None else {"at": at}), **frame})
        for name, each in below:
            if each != head:
                self.parts.setdefault((head, each), []).append(name)
        key = self.layout.schema.key_of(node)
        if key and isinstance(value.get(key), str | int):
            self.keys.setdefault(node.place, {}).setdefault((type(value[key]), value[key]), head)
        return head

    def frame(self, node: Node, value: Document, path: tuple[str, ...]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        """What a holder is without its parts, and the heads of those with the names of their relations."""
        rest, holes = dict(value), []
        raw: dict[str, Any] = {}
        inner: dict[str, Any] = {}
        below: list[tuple[str, str]] = []
        names = {link.member: link.name for link in self.layout.parts(node.place)}
        for member, part in parts(self.layout.schema, node).items():
            held = value.get(member)
            if is_open(part):
                if isinstance(held, Mapping):
                    inner[member], _ = self.frame(part, held, (*path, member))
                    del rest[member]
            elif isinstance(held, list) and part.place[-1] == "*":
                heads = [self.take(part, each, (*path, member, str(k)), k) for k, each in enumerate(held)]
                kept = [[k, each] for k, (each, head) in enumerate(zip(held, heads, strict=True)) if head is None]
                raw |= {member: kept} if kept else {}
                rest[member] = []
                below += [(names.get(member, member), head) for head in heads if head]
            elif part.place[-1] != "*" and (head := self.take(part, held, (*path, member))):
                del rest[member]
                holes.append(member)
                below.append((names.get(member, member), head))
        extra = {"raw": raw, "holes": holes, "inner": inner}
        return {"rest": rest, **{name: each for name, each in extra.items() if each}}, below

    def unused(self, name: str) -> str:
        """A region id that none has yet."""
        return next(
            own for k in range(len(self.regions) + 1) if (own := f"{name}-{k}" if k else name) not in self.regions
        )

    def relations(self) -> list[dict[str, Any]]:
        """One relation an ordered pair, with all its labels: of a second one a save keeps nothing."""
        pairs = {pair: list(dict.fromkeys(names)) for pair, names in self.parts.items()}
        for region in self.regions.values():
            for frame in region.frames:
                place = _place(frame)
                for link in self.layout.references(place):
                    named = frame["rest"].get(link.member)
                    controls = (each for each in self.layout.controls_of(place) if each.member == link.member)
                    if not _plain(named) or any(each.show(named) is not None for each in controls):
                        continue
                    target = self.keys.get(link.place, {}).get((type(named), named))
                    labels = pairs.get((region.id, target or ""), [])
                    if target and target != region.id and link.name not in labels:
                        pairs[region.id, target] = [*labels, link.name]
                        frame["related"] = [*frame.get("related", ()), link.member]
        return [
            {"type": "relation", "from_id": a, "to_id": b, "direction": "right", "labels": names}
            for (a, b), names in pairs.items()
        ]

    def results(self, region: NewRegion, origin: str) -> list[dict[str, Any]]:
        """The region itself, and its attributes."""
        at = {"start": region.start, "end": region.end}
        surface = self.text[region.start : region.end]
        base = {"id": region.id, "to_name": "text", "origin": origin}
        meta = {META: {"region": region.id, "frames": region.frames}}
        value = {**at, "text": surface, "labels": [region.label.value]}
        made = [{**base, "from_name": "span", "type": "labels", "value": value, "meta": meta}]
        for frame in region.frames:
            for control in self.layout.controls_of(_place(frame)):
                shown = control.show(frame["rest"].get(control.member))
                if shown is not None:
                    one = {"text": surface, "choices": [shown]} if control.kind == "choices" else {"text": [shown]}
                    made.append({**base, "from_name": control.name, "type": control.kind, "value": {**at, **one}})
        return made


def _place(frame: Mapping[str, Any]) -> Place:
    return tuple(frame["place"])


def _plain(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _built(document: Document, schema: Schema) -> tuple[TaskBuilder, dict[str, Any]]:
    layout = Layout.of(schema)
    text = document.get(layout.text)
    if not isinstance(text, str):
        raise ValueError(f"{layout.text} is {type(text).__name__}; right is the text, a string")
    builder = TaskBuilder(layout, text)
    frame, _ = builder.frame(schema.root, document, ())
    del frame["rest"][layout.text]
    name = document.get(schema.key) if schema.key else None
    own = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    ids = [[list(place), [key for _, key in known]] for place, known in builder.keys.items()]
    return builder, {
        "id": own if name is None else str(name),
        "text": text,
        "sha256": own,
        "document": frame,
        "ids": ids,
    }


def _result(builder: TaskBuilder, origin: str) -> list[dict[str, Any]]:
    relations = builder.relations()
    return [each for region in builder.regions.values() for each in builder.results(region, origin)] + relations


def to_task(document: Document, schema: Schema) -> dict[str, Any]:
    """A document as a task with one annotation, its gold.

    ``data`` has the document's key as ``id``, its ``text``, the ``sha256`` of that, and the frame of the document.

    Raises:
        ValueError: the document has no text.
        SchemaError: the schema has spans of no text or of several.
    """
    builder, data = _built(document, schema)
    return {"data": data, "meta": {}, "annotations": [{"result": _result(builder, "manual"), "ground_truth": True}]}


def prediction(document: Document, schema: Schema, model_version: str, score: float | None = None) -> dict[str, Any]:
    """A document as a prediction, for the ``predictions`` of a task of the same text; raises as ``to_task`` does."""
    builder, _ = _built(document, schema)
    scored = {} if score is None else {"score": score}
    return {"model_version": model_version, **scored, "result": _result(builder, "prediction")}
