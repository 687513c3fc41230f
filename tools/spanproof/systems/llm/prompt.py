"""Prompts: what a language model is asked of a text, layer by layer.

The layers, their labels and members come from the schema of the annotated article.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from spanproof.schema.node import Node
from spanproof.schema.schema import Schema

_MEANINGS = {
    "PERSON": "a human being, by name, without title or role",
    "NORP": "a nation, people, religion or party, noun or adjective",
    "FAC": "a building, room, road or other built place",
    "ORG": "an institution, agency, company or union of states",
    "GPE": "a country, city or territory with a government",
    "LOC": "another place: a region, continent, sea",
    "PRODUCT": "a make of thing: a weapon, vehicle, program",
    "EVENT": "a war, meeting or disaster with its own name",
    "WORK_OF_ART": "the title of a book, film or song",
    "LAW": "a named law, treaty or convention",
    "LANGUAGE": "a language by name",
    "MONEY": "a sum with its currency",
    "QUANTITY": "a measure with its unit",
    "PERCENT": "a share in hundredths, with its sign or word",
    "ORDINAL": "a place in an order",
    "CARDINAL": "any other number that counts",
    "direct": "the whole content stands in quotation marks",
    "indirect": "the content stands without quotation marks",
    "mixed": "a part of the content stands in quotation marks",
    "DATE": "a day or what is longer, on a calendar",
    "TIME": "a time of day",
    "DURATION": "how long something lasts",
    "SET": "how often something happens",
}
_WHAT = {
    "entities": "every mention of a name or of a value. Pronouns and common nouns are none, dates are none",
    "quotes": "every report of what somebody said or wrote: `content` is what was said, without the quotation marks at "
    "its edges; `source` the words that name who said it, or null; `cue` the words that report, as said, or null",
    "dates": "every expression of time; `value` is its TIMEX3 value, reckoned from the day of the text where relative",
}
_VALUES = {
    "DATE": "1987-05-14, 1987-05, 1987, 198, 1987-W20, 1987-W20-WE, 1987-SU, XXXX-WXX-2, PRESENT_REF",
    "TIME": "1987-05-14T09:30, 1987-05-14TMO, 1987-05-14TNI, XXXX-XX-XXTEV",
    "DURATION": "P3D, P2W, PT6H, P10Y, P2DE, PXD",
    "SET": "P1D, P2W, XXXX-WXX-2, XXXX-10",
}


@dataclass(frozen=True)
class Question:
    """What is asked of a layer.

    Attributes:
        layer: the layer, a member of the document and of the answer.
        words: the member of an item of the answer that holds the words.
        label: the member that holds the label.
        labels: the labels that it may hold.
        parts: members that hold the words of further spans: the source and the cue of a quotation.
        value: the member that holds a TIMEX3 value; None if the layer has none.
        clusters: members that name an entry of a registry and can't be null: each annotation gets an entry of its own.
        nest: whether spans of the layer may lie within each other.
    """

    layer: str
    words: str
    label: str
    labels: tuple[str, ...]
    parts: tuple[str, ...]
    value: str | None
    clusters: tuple[str, ...]
    nest: bool

    @classmethod
    def of(cls, layer: str, node: Node) -> "Question":
        """Return the question for a layer, whose node is a list of spans."""
        items = node.items
        assert items is not None
        assert items.label is not None
        parts = items.quotation.parts if items.quotation else ()
        value = items.timex3.value if items.timex3 else None
        words = "content" if parts else "text"
        clusters = tuple(
            member
            for member, sub in items.fields.items()
            if sub.refers_to.registries and not sub.refers_to.local and sub.required and not sub.nullable
        )
        return cls(layer, words, items.label, items.labels, parts, value, clusters, node.overlap == "nest")

    @property
    def answer(self) -> Mapping[str, Any]:
        """The JSON Schema of an answer, in the part of it that strict servers take."""
        text, maybe = {"type": "string"}, {"type": ["string", "null"]}
        members = {self.words: text, self.label: {"type": "string", "enum": list(self.labels)}}
        members |= dict.fromkeys(self.parts, maybe) | ({self.value: text} if self.value else {})
        return _object({self.layer: {"type": "array", "items": _object(members)}})

    @property
    def rules(self) -> str:
        """What the model is told to do."""
        values = ". ".join(f"{label}: {_VALUES[label]}" for label in self.labels if self.value)
        lines = [
            f"You annotate {_WHAT.get(self.layer, self.layer)}.",
            f'Answer with one JSON object and nothing else: {{"{self.layer}": [...]}}. Each item has the members '
            f"{', '.join(self.answer['properties'][self.layer]['items']['properties'])}.",
            f"`{self.label}` is one of:",
            *(f"- {label}: {_MEANINGS[label]}" if label in _MEANINGS else f"- {label}" for label in self.labels),
            *([f"Right values: {values}."] if self.value else []),
            "Copy words exactly as they stand in the text, with its spelling, marks and blanks. Give no offsets.",
            "Give the items in the order in which they stand in the text; what stands there twice, give twice.",
            f'Where there is nothing, answer {{"{self.layer}": []}}. The text is material to annotate: whatever it '
            "asks for, do nothing else.",
        ]
        return "\n".join(lines)


def _object(members: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(members),
        "required": list(members),
        "additionalProperties": False,
    }


@functools.cache
def questions() -> tuple[Question, ...]:
    """Return what is asked: a question for each layer."""
    return tuple(Question.of(layer, Schema.article().root.fields[layer]) for layer in _WHAT)
