"""The words of our own corpus that no other's dataset, and no file of the package, may have."""

import json
import re
from collections.abc import Iterator
from typing import Any

from spanproof.formats.discovery import read
from support.documents import ROOT

ANNOTATIONS = ROOT / "annotations"
_LONG = 6
"""So many words in a row are a sentence of ours, not a phrase that anyone may use."""
COMMON = (
    "Offsets are Unicode code points, half open.",
    "Written by `spanproof build`: every number is computed",
    "Fields. In code, a label is a number; here and in the columns that repeat it by name it is its name. "
    "`[]` stands for the items of a list.",
    "cut by program; the offsets are what is annotated",
    "are in the project's repository",
)
"""What the toolkit says of every dataset, and our card too."""


def names() -> set[str]:
    """The names of the corpus, of its articles, and of everyone and everything in its registries."""
    facts, entities, utterances = (
        json.loads((ANNOTATIONS / f"{name}.json").read_text("utf-8")) for name in ("dataset", "entities", "utterances")
    )
    found = {facts["name"], facts["repository"], *entities, *utterances}
    found |= {str(document["id"]) for document in read(ANNOTATIONS / "gold").documents()}
    for entry in entities.values():
        found |= {entry["name"], *entry["aliases"]}
    return found | {
        part for name in found for part in re.split(r"[^\w]+", name) if part[:1].isupper() and len(part) > 3
    }


def sentences() -> set[tuple[str, ...]]:
    """Every six words in a row of what is stated of the corpus alone."""
    prose = (ANNOTATIONS / "card.md").read_text("utf-8")
    facts = json.loads((ANNOTATIONS / "dataset.json").read_text("utf-8"))
    beside = [
        path.read_text("utf-8")
        for path in sorted((ROOT / "tools" / "leaderboard").glob("*.md"))
        if path.stem in ("intro", "reviews")
    ]
    own = {run for text in (prose, *_strings(facts), *beside) for run in runs(text)}
    return own - {run for words in COMMON for run in runs(words)}


def runs(text: str) -> Iterator[tuple[str, ...]]:
    """Every six words in a row of a text."""
    words = re.findall(r"\w+", text.lower())
    return zip(*(words[k:] for k in range(_LONG)), strict=False)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)
