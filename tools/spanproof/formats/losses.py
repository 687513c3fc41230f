"""What a format can't hold of a stand-off document, taken from it piece by piece, each with its reason."""

import copy
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from spanproof.schema.paths import Path

_OPTIONAL = ("fragments", "attributes", "relations", "metadata")

Document = dict[str, Any]
"""A stand-off document, of ``schema/stand-off.schema.json``."""


class Feature(StrEnum):
    """What a format may hold beside labelled spans of a text, of which it has at most one label and one each place."""

    NESTING = "nesting"
    CROSSING = "crossing"
    DISCONTINUOUS = "discontinuous spans"
    SEVERAL_LABELS = "several labels"
    ATTRIBUTES = "attributes"
    RELATIONS = "relations"
    EVENTS = "events"
    METADATA = "document members"
    WHITE_SPACE = "exact white space"
    IDS = "ids"
    LAYERS = "layers"
    SURFACES = "surfaces"


@dataclass(frozen=True)
class Loss:
    """What a format can't hold.

    Attributes:
        path: where it is in the document as it was: ``("spans", 3)``, ``("spans", 3, "attributes", "Negation")``.
        reason: why the format can't hold it, or what became of it.
    """

    path: Path
    reason: str


@dataclass
class Fitting:
    """A document on its way into a format.

    Attributes:
        document: its other members: id, text, metadata.
        spans: those that are left, by their position in the document as it was.
        relations: those that are left, by their position.
        losses: what was taken so far.
        holders: id to the list and the position of what has it; the first, where several have.
    """

    document: Document
    spans: dict[int, dict[str, Any]]
    relations: dict[int, dict[str, Any]]
    losses: list[Loss] = field(default_factory=list)
    holders: dict[str, tuple[str, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Fitting":
        """Begin with a whole document, which isn't changed; optional members that are null or empty are left out."""
        whole = {name: copy.deepcopy(value) for name, value in document.items() if name not in ("spans", "relations")}
        # each by itself: two that share an object in memory don't share what is taken of it
        spans = [copy.deepcopy(span) for span in document["spans"]]
        relations = [copy.deepcopy(relation) for relation in document.get("relations") or ()]
        fitting = cls(_lean(whole), dict(enumerate(map(_lean, spans))), dict(enumerate(map(_lean, relations))))
        for span in fitting.spans.values():
            if "fragments" in span:
                span["fragments"] = [_lean(fragment) for fragment in span["fragments"]]
        for name, owners in fitting.owners.items():
            for k, owner in owners.items():
                fitting.holders.setdefault(owner["id"], (name, k))
        return fitting

    @property
    def owners(self) -> dict[str, dict[int, dict[str, Any]]]:
        """What has ids: the spans and relations that are left."""
        return {"spans": self.spans, "relations": self.relations}

    def lose(self, path: Path, reason: str) -> None:
        """Take what is at a path, ``("spans", 3)`` or ``("metadata", "date")``, and say why."""
        self.losses.append(Loss(path, reason))
        owner = self._holder(path)
        del owner[path[-1]]

    def replace(self, path: Path, value: Any, reason: str) -> None:
        """Put a value in the place of another one that a format can't hold; where they are equal nothing is lost."""
        owner = self._holder(path)
        if owner[path[-1]] != value:
            self.losses.append(Loss(path, f"becomes {value!r}: {reason}"))
            owner[path[-1]] = value

    def _holder(self, path: Path) -> Any:
        """Return the object that has what is at a path."""
        owner: Any = self.owners if path[0] in self.owners else self.document
        for step in path[:-1]:
            owner = owner[step]
        return owner

    def name_as(self, pattern: re.Pattern[str], reason: str) -> None:
        """Give the document an id of which all characters fit a pattern, where its own doesn't."""
        old = self.document["id"]
        if not pattern.fullmatch(old):
            kept = "".join(sign if pattern.fullmatch(f"x{sign}") else "_" for sign in old)
            new = kept[:150] if pattern.fullmatch(kept[:150]) else f"_{kept[:150]}"
            self.losses.append(Loss(("id",), f"becomes {new!r}: {reason}"))
            self.document["id"] = new

    def lose_each(self, reason_of: Callable[[dict[str, Any]], str | None]) -> None:
        """Take the spans for which there is a reason to."""
        for k, span in list(self.spans.items()):
            if reason := reason_of(span):
                self.lose(("spans", k), reason)

    def attributes(self) -> Iterator[tuple[Path, Any]]:
        """Yield the attributes that are left, each with its path."""
        for name, owners in self.owners.items():
            for k, owner in list(owners.items()):
                for attribute, value in list(owner.get("attributes", {}).items()):
                    yield (name, k, "attributes", attribute), value

    def rename(self, spans: Mapping[int, str], relations: Mapping[int, str], reason: str) -> None:
        """Give other ids; what names them follows, and each that changes is a loss.

        Args:
            spans: the ids of spans, by their position.
            relations: those of relations.
            reason: why.
        """
        renamed: dict[str, str] = {}
        already = {loss.path: k for k, loss in enumerate(self.losses)}
        for name, ids in (("spans", spans), ("relations", relations)):
            for k, new in ids.items():
                owner = self.owners[name][k]
                old = owner["id"]
                if self.holders.get(old) == (name, k):
                    renamed[old] = new
                if old != new:
                    loss = Loss((name, k, "id"), f"becomes {new}: {reason}")
                    at = already.get(loss.path, len(self.losses))
                    self.losses[at : at + 1] = [loss]
                    owner["id"] = new
        fresh = {*spans.values(), *relations.values()}
        for k, relation in list(self.relations.items()):
            targets = [argument["target"] for argument in relation["arguments"]]
            if any(target not in self.holders and target in fresh for target in targets):
                self.lose(("relations", k), "it refers to something missing, by an id that another object has now")
                continue
            for argument in relation["arguments"]:
                argument["target"] = renamed.get(argument["target"], argument["target"])
        self.holders = {renamed.get(old, old): place for old, place in self.holders.items()}
        self.cut_references()

    def cut_references(self) -> None:
        """Take the relations of which an argument was taken, until none is left."""
        while True:
            lost = {name for name, (kind, k) in self.holders.items() if k not in self.owners[kind]}
            cut = {
                k: argument["target"]
                for k, relation in self.relations.items()
                for argument in relation["arguments"]
                if argument["target"] in lost
            }
            if not cut:
                return
            for k, target in cut.items():
                self.lose(("relations", k), f"its argument {target} is lost")

    def result(self) -> Document:
        """Return what is left as a document."""
        owners = {name: [_lean(owner) for owner in some.values()] for name, some in self.owners.items()}
        return {"id": self.document["id"], "text": self.document["text"], "spans": owners.pop("spans"),
                **_lean({**owners, "metadata": self.document.get("metadata")})}  # fmt: skip


def without_features(fitting: Fitting, keeps: Collection[Feature]) -> None:
    """Take what a format hasn't a feature for.

    Args:
        fitting: the document.
        keeps: the features of the format.
    """
    if Feature.METADATA not in keeps:
        for name in list(fitting.document.get("metadata", {})):
            fitting.lose(("metadata", name), "the format has no members of documents")
        fitting.document.pop("metadata", None)
    if Feature.DISCONTINUOUS not in keeps:
        fitting.lose_each(lambda span: "the format has no discontinuous spans" if "fragments" in span else None)
    _overlapping(fitting, keeps)
    _surfaces(fitting, keeps)
    for k, span in fitting.spans.items():
        if Feature.LAYERS not in keeps and "layer" in span:
            fitting.lose(("spans", k, "layer"), "the format has no layers")
    if Feature.ATTRIBUTES not in keeps:
        for path, _ in fitting.attributes():
            fitting.lose(path, "the format has no attributes")
    spans = {span["id"] for span in fitting.spans.values()}
    for k, relation in list(fitting.relations.items()):
        targets = [argument["target"] for argument in relation["arguments"]]
        if Feature.RELATIONS not in keeps:
            fitting.lose(("relations", k), "the format has no relations")
        elif Feature.EVENTS not in keeps and not (len(targets) == 2 and spans.issuperset(targets)):
            fitting.lose(("relations", k), "the format relates only two spans")


def _overlapping(fitting: Fitting, keeps: Collection[Feature]) -> None:
    """Take spans that overlap an earlier one in a way that the format doesn't allow; the longer of two is earlier."""
    forbidden = {
        "is shared with another span, and the format allows one at each place": Feature.SEVERAL_LABELS not in keeps,
        "nests with another span, and the format has no nesting": Feature.NESTING not in keeps,
        "crosses another span, and the format has no crossing": Feature.CROSSING not in keeps,
    }
    same, nests, crosses = forbidden
    if not any(forbidden.values()):
        return
    extents = {k: (span["start"], -span["end"], k) for k, span in fitting.spans.items()}
    ending: list[tuple[int, int]] = []
    for k in sorted(extents, key=extents.__getitem__):
        start, end = extents[k][0], -extents[k][1]
        ending = [(low, high) for low, high in ending if high > start or (low, high) == (start, end)]
        reasons = [same if place == (start, end) else nests if end <= place[1] or place[0] == start else crosses
                   for place in ending]  # fmt: skip
        if reason := next((reason for reason in reasons if forbidden[reason]), None):
            fitting.lose(("spans", k), f"its place {reason}" if reason == same else f"it {reason}")
        else:
            ending.append((start, end))


def _surfaces(fitting: Fitting, keeps: Collection[Feature]) -> None:
    """Give spans the words that the format stores, or take them."""
    text = fitting.document["text"]
    for k, span in fitting.spans.items():
        parts = span.get("fragments", [span])
        if parts[0] is not span:
            span.pop("text", None)
        for n, part in enumerate(parts):
            words = text[max(part["start"], 0) : max(part["end"], 0)]
            if Feature.SURFACES in keeps:
                part.setdefault("text", words)
            elif part.get("text", words) != words:
                at: Path = ("spans", k) if part is span else ("spans", k, "fragments", n)
                fitting.lose((*at, "text"), "isn't the text there, and the format stores no words of spans")
            else:
                part.pop("text", None)


def _lean(owner: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object without its optional members that are null or empty."""
    return {name: value for name, value in owner.items() if value is not None and not (name in _OPTIONAL and not value)}
