"""Examples: annotated documents as texts with the right answers, for a model that is shown how."""

from collections.abc import Mapping
from typing import Any

from spanproof.schema.paths import Document
from spanproof.systems.llm.prompt import Example
from spanproof.systems.llm.question import Question
from spanproof.text.segmentation import Extent


def example_of(document: Document, text: str, parts: list[Extent], question: Question) -> Example:
    """Return the part of a document with the most annotations of a layer, and the answer to it.

    Args:
        document: the document, canonical.
        text: its text.
        parts: the parts that it is asked about in (code points), one or more.
        question: what is asked.
    """
    items = [(_hull(item, question), item) for item in document.get(question.layer) or ()]
    within = {part: [item for hull, item in items if part[0] <= hull[0] and hull[1] <= part[1]] for part in parts}
    part = max(parts, key=lambda one: len(within[one]))
    return Example(text[slice(*part)], [_item(item, question, text) for item in within[part]])


def _hull(item: Mapping[str, Any], question: Question) -> Extent:
    pieces = item[question.pieces] if question.pieces else [item]
    return pieces[0]["start"], pieces[-1]["end"]


def _item(item: Mapping[str, Any], question: Question, text: str) -> dict[str, Any]:
    """Return an annotation as an item of an answer."""
    pieces = item[question.pieces] if question.pieces else [item]
    words = [text[piece["start"] : piece["end"]] for piece in pieces]
    shown: dict[str, Any] = {question.words: words if question.pieces else words[0]}
    for name in question.item["properties"]:
        if name in question.parts:
            part = item.get(name)
            shown[name] = part and text[part["start"] : part["end"]]
        elif name != question.words:
            shown[name] = item.get(name)
    return shown
