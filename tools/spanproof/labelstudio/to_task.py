"""Documents to tasks of Label Studio.

Regions carry spans, labels, what has a control, and relations. The ``meta`` of a region keeps under ``spanproof`` what
it can't show, as *frames*, one for each object that rides on it: the object as it was without its parts (``rest``), its
index in its list (``at``), the parts that became regions (``holes``), the items that couldn't (``raw``), the references
that became relations (``related``). The frame of the document itself is in the task's data, with the keys that were
given (``ids``). Nested region meta survives both the REST interface and a save in the browser.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from spanproof.labelstudio.about import about
from spanproof.labelstudio.arcs import ArcEnd
from spanproof.labelstudio.drawn import named_end
from spanproof.labelstudio.holders import is_open, parts, slug
from spanproof.labelstudio.layout import Label, Layout
from spanproof.labelstudio.regions import META, shown_span
from spanproof.labelstudio.tasks import sha256_of
from spanproof.schema.node import Node, Place
from spanproof.schema.paths import Document, values_at
from spanproof.schema.schema import Schema

SENT_ID = 1
"""The id that an annotation is sent with: the server gives another, and keeps this one as a mark of what was sent."""


@dataclass(frozen=True)
class NewRegion:
    """A region in the making: its id, its label, the offsets that it shows (code points), the frames of its objects."""

    id: str
    label: Label
    start: int
    end: int
    frames: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class TaskBuilder:
    """The regions and relations of one document in the making: :meth:`frame` the document, then :meth:`result`.

    Attributes:
        layout: the layout of the document's schema.
        text: the text that its spans point into.
        regions: the regions by their ids.
        parts: the names of the relations from the first region of an object to that of a part, by the two ids.
        keys: the first region of each keyed object, by the place of the object and its key, after the key's type.
        arcs: the names of the relations that are objects of their own, by the ids of the two regions.
    """

    layout: Layout
    text: str
    regions: dict[str, NewRegion] = field(default_factory=dict)
    parts: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    keys: dict[Place, dict[Any, str]] = field(default_factory=dict)
    arcs: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def frame(
        self, node: Node, value: Document, path: tuple[str, ...] = ()
    ) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        """Make regions of the parts of an object, and return what the object is without them.

        Args:
            node: the object's node in the schema.
            value: the object, the document at first.
            path: where it is in the document, for the ids of the regions.

        Returns:
            The frame of the object; for each part the name of the relation to it and the id of its first region.
        """
        rest, holes = dict(value), []
        raw: dict[str, Any] = {}
        inner: dict[str, Any] = {}
        below: list[tuple[str, str]] = []
        names = {link.member: link.name for link in self.layout.parts(node.place)}
        for member, part in parts(self.layout.schema, node).items():
            content, name = value.get(member), names.get(member, member)
            if is_open(part):
                if isinstance(content, Mapping):
                    inner[member], _ = self.frame(part, content, (*path, member))
                    del rest[member]
            elif isinstance(content, list) and part.place[-1] == "*":
                heads = [self._add(part, item, (*path, member, str(k)), k) for k, item in enumerate(content)]
                if kept := [[k, item] for k, (item, head) in enumerate(zip(content, heads, strict=True)) if not head]:
                    raw[member] = kept
                rest[member] = []
                below += [(name, head) for head in heads if head]
            elif part.place[-1] != "*" and (head := self._add(part, content, (*path, member))):
                del rest[member]
                holes.append(member)
                below.append((name, head))
        optional = {"raw": raw, "holes": holes, "inner": inner}
        return {"rest": rest, **{name: content for name, content in optional.items() if content}}, below

    def _add(self, node: Node, value: Any, path: tuple[str, ...], index: int | None = None) -> str | None:
        """Make regions of an object that holds spans.

        Returns:
            The id of its first region, on which it rides; None for what can't be a region and stays as it is.
        """
        if not isinstance(value, Mapping):
            return None
        head = None
        if node.span_of:
            label, offsets = self.layout.label_of(node, value), shown_span(value, self.text)
            if label is None or offsets is None:
                return None
            head = self._unused("-".join(map(slug, path)))
            self.regions[head] = NewRegion(head, label, *offsets)
        frame, below = self.frame(node, value, path)
        if not (head or below):
            return None
        head = head or below[0][1]
        at = {} if index is None else {"at": index}
        self.regions[head].frames.insert(0, {"place": list(node.place), **at, **frame})
        for name, part in below:
            if part != head:
                self.parts.setdefault((head, part), []).append(name)
        key = self.layout.schema.key_of(node)
        if key and isinstance(value.get(key), str | int):
            self.keys.setdefault(node.place, {}).setdefault((type(value[key]), value[key]), head)
        return head

    def _unused(self, name: str) -> str:
        """Return a region id that none has yet."""
        numbered = (f"{name}-{k}" if k else name for k in range(len(self.regions) + 1))
        return next(region for region in numbered if region not in self.regions)

    def result(self, origin: str) -> list[dict[str, Any]]:
        """Return the items of an annotation's or a prediction's ``result``.

        Args:
            origin: where the regions come from, ``manual`` or ``prediction``.
        """
        relations = self._relations()
        return [item for region in self.regions.values() for item in self._items(region, origin)] + relations

    def arc_pairs(self, document: Document) -> None:
        """Take the objects of the document that relate two annotations, each a relation between their regions."""
        for arc in self.layout.arcs:
            for _, item in values_at(document, arc.place):
                if arc.label is None or (isinstance(item, Mapping) and item.get(arc.label) == arc.raw):
                    ends = [shown_end(item, kinds, self.keys) for kinds in arc.ends]
                    if ends[0] and ends[1] and ends[0] != ends[1]:
                        self.arcs.setdefault((ends[0], ends[1]), []).append(arc.name)

    def _relations(self) -> list[dict[str, Any]]:
        """Return one relation an ordered pair, with all its labels: of a second one a save keeps nothing."""
        pairs = {pair: list(dict.fromkeys(names)) for pair, names in self.parts.items()}
        for pair, names in self.arcs.items():
            pairs[pair] = list(dict.fromkeys([*pairs.get(pair, ()), *names]))
        for region in self.regions.values():
            for frame in region.frames:
                place = tuple(frame["place"])
                for link in self.layout.references(place):
                    key = frame["rest"].get(link.member)
                    controls = (item for item in self.layout.controls_of(place) if item.member == link.member)
                    if not _is_key(key) or any(control.show(key) is not None for control in controls):
                        continue
                    target = self.keys.get(link.place, {}).get((type(key), key))
                    labels = pairs.get((region.id, target or ""), [])
                    if target and target != region.id and link.name not in labels:
                        pairs[region.id, target] = [*labels, link.name]
                        frame["related"] = [*frame.get("related", ()), link.member]
        return [
            {"type": "relation", "from_id": source, "to_id": target, "direction": "right", "labels": names}
            for (source, target), names in pairs.items()
        ]

    def _items(self, region: NewRegion, origin: str) -> list[dict[str, Any]]:
        """Return the item of a region itself, and those of its attributes."""
        offsets = {"start": region.start, "end": region.end}
        surface = self.text[region.start : region.end]
        base = {"id": region.id, "to_name": "text", "origin": origin}
        meta = {META: {"region": region.id, "frames": region.frames}}
        value = {**offsets, "text": surface, "labels": [region.label.value]}
        items = [{**base, "from_name": "span", "type": "labels", "value": value, "meta": meta}]
        for frame in region.frames:
            for control in self.layout.controls_of(tuple(frame["place"])):
                shown = control.show(frame["rest"].get(control.member))
                if shown is not None:
                    own = {"text": surface, "choices": [shown]} if control.kind == "choices" else {"text": [shown]}
                    value = {**offsets, **own}
                    items.append({**base, "from_name": control.name, "type": control.kind, "value": value})
        return items


def shown_end(item: Any, kinds: Sequence[ArcEnd], keys: Mapping[Place, Mapping[Any, str]]) -> str | None:
    """Return the region that an end of a relation object leads to; None where it isn't one that is shown.

    Args:
        item: the object.
        kinds: what the end may be.
        keys: the first region of each keyed annotation, by its place and its key, after the key's type.
    """
    end = named_end(item, kinds)
    if end is None or not _is_key(end[1]):
        return None
    member, key = end
    regions = (keys.get(kind.place, {}).get((type(key), key)) for kind in kinds if kind.member == member)
    return next((region for region in regions if region), None)


def _is_key(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _builder(document: Document, schema: Schema) -> tuple[TaskBuilder, dict[str, Any]]:
    """Return a builder that has the regions of a document, and the frame of the document."""
    layout = Layout.of(schema)
    text = document.get(layout.text)
    if not isinstance(text, str):
        raise ValueError(f"{layout.text} is {type(text).__name__}; expected the text, a string")
    builder = TaskBuilder(layout, text)
    frame, _ = builder.frame(schema.root, document)
    builder.arc_pairs(document)
    del frame["rest"][layout.text]
    return builder, frame


def to_task(document: Document, schema: Schema) -> dict[str, Any]:
    """Return a document as a task with one annotation, which has no star: that is for people to give.

    ``data`` of the task has the document's key as ``id`` (the hash of its text without one), its ``text``, the
    ``sha256`` of that, the frame of the document, and the keys of its annotations.

    Raises:
        ValueError: the document has no text.
        SchemaError: the schema has spans of no text or of several.
    """
    builder, frame = _builder(document, schema)
    name = document.get(schema.key) if schema.key else None
    sha256 = sha256_of(builder.text)
    keys = [[list(place), [key for _, key in heads]] for place, heads in builder.keys.items()]
    data = {"id": sha256 if name is None else str(name), "text": builder.text, "sha256": sha256}
    data |= {"about": about(document, schema), "findings": ""}
    annotation = {"id": SENT_ID, "result": builder.result("manual"), "ground_truth": False}
    return {"data": {**data, "document": frame, "ids": keys}, "meta": {}, "annotations": [annotation]}


def prediction(document: Document, schema: Schema, model_version: str) -> dict[str, Any]:
    """Return a document as a prediction, for the ``predictions`` of a task of the same text.

    Args:
        document: the document with what was predicted of it.
        schema: the schema of the document.
        model_version: the name under which Label Studio keeps the prediction.

    Raises:
        ValueError: the document has no text.
        SchemaError: the schema has spans of no text or of several.
    """
    builder, _ = _builder(document, schema)
    return {"model_version": model_version, "result": builder.result("prediction")}
