"""Entities in CoNLL-U, as CorefUD and GUM have them in MISC: ``Entity=(e1-person(e2-place)`` opens one, holds one.

Source: Nedoluzhko et al., CorefUD 1.0, 2022, and https://ufal.mff.cuni.cz/corefud (format). A bracket names the
entity and what ``# global.Entity`` lists, divided by hyphens; a part of a discontinuous one says ``[1/2]``.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

FIELDS = ("eid", "etype", "other")
"""What brackets say that are written; ``other`` are attributes, ``name:value,name:value``."""
_BRACKET = re.compile(r"(?P<opens>\()?(?P<inner>[^()]+)(?P<closes>\))?")
_PART = re.compile(r"(?P<name>[^\[\]]+)\[(?P<part>[1-9][0-9]{0,5})/(?P<of>[1-9][0-9]{0,5})\]")
_LABEL, _OTHER = "etype", "other"


@dataclass
class BracketedMention:
    """An entity at one place.

    Attributes:
        entity: its name, which other mentions of it have too.
        values: what the bracket says beside, by field.
        line: the line of the file at which it begins.
        parts: the extents (code points) of its parts, of which there is one but where it is discontinuous.
        of: how many parts it says it has.
    """

    entity: str
    values: dict[str, str]
    line: int
    of: int
    parts: list[tuple[int, int]] = field(default_factory=list)


class Brackets:
    """The entities of a document as its tokens are read, one after the other."""

    def __init__(self) -> None:
        self.fields: Sequence[str] = FIELDS
        self.mentions: list[BracketedMention] = []
        self.problems: list[tuple[int, str]] = []
        self._open: list[tuple[str, BracketedMention, int]] = []
        self._unfinished: dict[str, BracketedMention] = {}

    def read(self, value: str, start: int, end: int, line: int) -> None:
        """Read the brackets of a token.

        Args:
            value: what MISC says, without ``Entity=``.
            start: where an entity begins in the text (code points) that begins with the token.
            end: where one ends that ends with it.
            line: its line.
        """
        at = 0
        for bracket in _BRACKET.finditer(value):
            if bracket.start() != at or not (bracket["opens"] or bracket["closes"]):
                break
            at = bracket.end()
            name = bracket["inner"].split("-", 1)[0]
            if not name:
                problem = f"Entity={bracket[0]} names no entity; expected a name, such as (e1-person) or (e1)"
                self.problems.append((line, problem))
                continue
            if bracket["opens"]:
                self._begin(name, bracket["inner"].split("-")[1:], start, line)
            if bracket["closes"]:
                self._end(name, end, line)
        if at != len(value):
            self.problems.append((line, f"Entity={value[at : at + 40]} isn't as expected, such as (e1-person or e1)"))

    def finish(self) -> None:
        """Tell of the entities that don't end, which are left out."""
        for name, mention, _ in self._open:
            self.problems.append((mention.line, f"the entity {name} begins here and doesn't end"))
        for name, mention in self._unfinished.items():
            self.problems.append((mention.line, f"the entity {name} has {len(mention.parts)} of {mention.of} parts"))
        left_out = [id(mention) for _, mention, _ in self._open] + [id(one) for one in self._unfinished.values()]
        self.mentions = [mention for mention in self.mentions if id(mention) not in left_out]

    def _begin(self, name: str, values: Sequence[str], start: int, line: int) -> None:
        part = _PART.fullmatch(name)
        entity, of = (part["name"], int(part["of"])) if part else (name, 1)
        number = int(part["part"]) if part else 1
        if number > 1:
            mention = self._unfinished.get(f"{entity}/{of}")
            if mention is None or len(mention.parts) != number - 1:
                self.problems.append((line, f"the entity {name} begins without the part before it"))
                return
        else:
            by_field = dict(zip(self.fields[1:], values, strict=False))
            if len(values) > len(self.fields) - 1:
                self.problems.append((line, f"{name} says more than # global.Entity = {'-'.join(self.fields)}"))
            mention = BracketedMention(unquote(entity), by_field, line, of)
            self.mentions.append(mention)
            if of > 1:
                self._unfinished[f"{entity}/{of}"] = mention
        self._open.append((name, mention, start))

    def _end(self, name: str, end: int, line: int) -> None:
        place = next((k for k in range(len(self._open) - 1, -1, -1) if self._open[k][0] == name), None)
        if place is None:
            self.problems.append((line, f"the entity {name} ends here and doesn't begin"))
            return
        _, mention, start = self._open.pop(place)
        mention.parts.append((start, end))
        if len(mention.parts) == mention.of > 1:
            self._unfinished = {key: one for key, one in self._unfinished.items() if one is not mention}


def annotations_of(mentions: Sequence[BracketedMention], group: str) -> list[tuple[dict[str, Any], int]]:
    """Return mentions as spans, and those without words as relations without arguments, each with its line.

    Args:
        mentions: the mentions of a document.
        group: what the file calls the name of an entity, ``eid``: an attribute of those that have several mentions.
    """
    counts = Counter(mention.entity for mention in mentions)
    taken, numbers = set(counts), Counter[str]()
    annotations = []
    for mention in mentions:
        name = mention.entity
        attributes = {group: name} if counts[name] > 1 else {}
        numbers[name] += 1
        if numbers[name] > 1:
            while (name := f"{mention.entity}.{numbers[mention.entity]}") in taken:
                numbers[mention.entity] += 1
            taken.add(name)
        attributes |= _attributes_of(mention)
        named = {"id": name, "label": unquote(mention.values.get(_LABEL, ""))}
        annotation = {**named, **_extent_of(mention), **({"attributes": attributes} if attributes else {})}
        annotations.append((annotation, mention.line))
    return annotations


def _attributes_of(mention: BracketedMention) -> dict[str, str]:
    attributes = {
        name: unquote(value) for name, value in mention.values.items() if name not in (_LABEL, _OTHER) and value
    }
    for pair in filter(None, mention.values.get(_OTHER, "").split(",")):
        name, _, value = pair.partition(":")
        attributes[unquote(name)] = unquote(value)
    return attributes


def _extent_of(mention: BracketedMention) -> dict[str, Any]:
    parts = [{"start": start, "end": end} for start, end in mention.parts if start < end]
    if not parts:
        return {"arguments": []}
    fragments = {"fragments": parts} if len(parts) > 1 else {}
    return {"start": parts[0]["start"], "end": parts[-1]["end"], **fragments}


def brackets_of(spans: Sequence[Any]) -> Iterator[tuple[int, int, str, str]]:
    """Yield the parts of spans as brackets: start, end (code points), what is in the bracket, and its name alone."""
    for span in spans:
        parts = span.get("fragments", [span])
        others = ",".join(f"{_quoted(name)}:{_quoted(value)}" for name, value in span.get("attributes", {}).items())
        says = "-".join([_quoted(span["label"]), others]).rstrip("-")
        for number, part in enumerate(parts, 1):
            name = _quoted(span["id"]) + (f"[{number}/{len(parts)}]" if len(parts) > 1 else "")
            yield part["start"], part["end"], f"{name}-{says}" if says else name, name


def _quoted(value: str) -> str:
    return quote(value, safe="").replace("-", "%2D")
