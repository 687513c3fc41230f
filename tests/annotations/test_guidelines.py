"""The guidelines' examples are in the gold as they are shown: the words, the spans in brackets, their values."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from support.documents import ROOT
from support.publication import GOLD

GUIDELINES = (ROOT / "annotations" / "GUIDELINES.md").read_text("utf-8")
DOCUMENTS = {document["id"][:4]: document for document in GOLD.documents()}
LAYERS = {
    "Text, offsets and zones": "zones",
    "Entities": "entities",
    "Quotes": "quotes",
    "Dates": "dates",
    "Damage": "damage",
}
EXAMPLE = re.compile(r"`([^`]+)`[^`(|]{0,8}\((\w{4})(?::\s*([^)]*))?\)")
OPENING = {"[": "]", "{": "}", "<": ">"}


def examples() -> Iterator[tuple[str, str, str, str]]:
    """Yields the layer, the example, its article and the values of its spans."""
    for section in re.split(r"^## ", GUIDELINES, flags=re.MULTILINE)[1:]:
        heading, _, body = section.partition("\n")
        if heading in LAYERS:
            for example, article, values in EXAMPLE.findall(re.sub(r"\s+", " ", body)):
                if article in DOCUMENTS:
                    yield LAYERS[heading], example, article, values


EXAMPLES = list(examples())


def places(example: str, text: str) -> Iterator[tuple[int, int, list[tuple[str, int, int]]]]:
    """Yields where an example's words occur in a text, and where its spans are there."""
    parts = [part for part in re.split(r"(\.\.\.|[\[\]{}<>])", example) if part]
    pattern = "".join(
        ".*?" if part == "..." else f"(?P<mark{k}>)" if part in "[]{}<>" else re.escape(part).replace(r"\ ", r"\s+")
        for k, part in enumerate(parts)
    )
    for match in re.finditer(f"(?=(?P<whole>{pattern}))", text, re.DOTALL):
        spans, opened = [], []
        for k, part in enumerate(parts):
            if part in OPENING:
                opened.append((part, match.start(f"mark{k}")))
            elif part in OPENING.values():
                mark, start = opened.pop()
                assert OPENING[mark] == part
                spans.append((mark, start, match.start(f"mark{k}")))
        yield match.start("whole"), match.end("whole"), sorted(spans, key=lambda span: (span[1], -span[2]))


def of_gold(document: Any, layer: str, mark: str) -> dict[tuple[int, int], Any]:
    """Returns the spans that a mark may stand for, by where they are."""
    member = {"[": None, "{": "source", "<": "cue"}[mark]
    items = [item if member is None else item[member] for item in document[layer] if member is None or item[member]]
    return {(item["start"], item["end"]): item for item in items}


def test_there_are_examples_of_each_layer() -> None:
    assert len(EXAMPLES) > 300
    assert {layer for layer, *_ in EXAMPLES} == set(LAYERS.values())


@pytest.mark.parametrize(("layer", "example", "article", "values"), EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_is_in_the_gold_as_it_is_shown(layer: str, example: str, article: str, values: str) -> None:
    document = DOCUMENTS[article]
    found = list(places(example, document["text"]))
    assert found, "expected the words of the example in the article"
    assert any(is_shown(document, layer, example, values, *place) for place in found), (
        "expected the gold's spans and values"
    )


def is_shown(
    document: Any, layer: str, example: str, values: str, low: int, high: int, spans: list[tuple[str, int, int]]
) -> bool:
    """Tells whether a place of the text has the spans that an example shows there, and no others."""
    shown = [(mark, start, end) for mark, start, end in spans if (start, end) in of_gold(document, layer, mark)]
    if shown != spans:
        return False
    inside = {place for place in of_gold(document, layer, "[") if low <= place[0] and place[1] <= high}
    if "..." not in example and inside - {(start, end) for _, start, end in spans} and layer in ("entities", "dates"):
        return False
    items = [of_gold(document, layer, mark)[start, end] for mark, start, end in spans if mark == "["]
    stated = [value.split() for value in values.split(";")] if values else []
    return (
        not stated
        or len(stated) != len(items)
        or all(
            {word for word in words if word not in ("mod", "anchor", "speaker", "continues")} <= words_of(item)
            for words, item in zip(stated, items, strict=True)
        )
    )


def words_of(item: Any) -> set[str]:
    """Returns what may be said of an annotation beside an example."""
    return {"null" if value is None else str(value) for value in item.values()}


def test_every_example_with_spans_says_where_it_is_from() -> None:
    known = {example for _, example, _, _ in EXAMPLES} | {"text[start:end]"}
    layers = GUIDELINES[GUIDELINES.index("\n## Text") : GUIDELINES.index("\n## Registries")]
    shown = re.findall(r"`([^`]*)`([^`]*)", re.sub(r"\s+", " ", layers))
    spans = [example for example, after in shown if set("[{<") & set(example) and "invented" not in after[:12]]
    assert [example for example in spans if example not in known] == []
