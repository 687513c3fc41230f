"""Schemas as other people write them: what they cost beside ours over the same corpus, in one process, by turns.

``python tests/benchmarks/foreign.py [DOCUMENTS]`` prints the ratio of processor time for each kind of schema.
"""

import copy
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import corpus
from spanproof.checks.check import check
from spanproof.formats.discovery import read
from spanproof.schema.schema import Schema

Document = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """A kind of schema: what it changes of ours, and of each document."""

    schema: Callable[[Document], object] = lambda _: None
    document: Callable[[Document], object] = lambda _: None


def _open(schema: Document) -> None:
    del schema["additionalProperties"]


def _without_layers(schema: Document) -> None:
    _open(schema)
    for name in ("quotes", "dates", "damage"):
        del schema["properties"][name]
    schema["required"] = [name for name in schema["required"] if name in schema["properties"]]
    del schema["properties"]["zones"]["bars"]


def _contains(schema: Document) -> None:
    schema["properties"]["entities"] |= {"contains": {"properties": {"label": {"const": "GPE"}}}, "minContains": 0}


def _bounded(schema: Document) -> None:
    items = schema["properties"]["entities"]["items"]["properties"]
    items["text"] = {"type": "string", "maxLength": 300, "pattern": r"\S"}
    items["end"] = {"type": "integer", "exclusiveMinimum": 0}


KINDS = {
    "ours": Kind(),
    "an unlisted member": Kind(_open, lambda document: document.update(note={"by": "me", "number": 3})),
    "unlisted layers": Kind(_without_layers),
    "contains": Kind(_contains),
    "bounds and patterns": Kind(_bounded),
    "a choice of members": Kind(lambda schema: schema.update(anyOf=[{"required": ["text"]}, {"required": ["body"]}])),
}


def written(kind: Kind, documents: Path, folder: Path) -> tuple[Path, Schema]:
    """The corpus and the schema of a kind, made of ours."""
    schema = copy.deepcopy({name: part for name, part in Schema.article().json.items() if name != "registries"})
    kind.schema(schema)
    path = folder / f"{len([*folder.iterdir()])}.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for line in documents.open(encoding="utf-8"):
            document = json.loads(line)
            kind.document(document)
            file.write(json.dumps(document, ensure_ascii=False) + "\n")
    return path, Schema.of(schema)


def ratios(documents: int, rounds: int) -> dict[str, float]:
    """How many times as long as under ours a check takes under each kind, median of rounds."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "kinds")
        folder.mkdir()
        _, jsonl = corpus.write(Path(name), documents)
        kinds = {kind: written(made, jsonl, folder) for kind, made in KINDS.items()}
        took: dict[str, list[float]] = {kind: [] for kind in kinds}
        for _ in range(rounds + 1):
            for kind, (path, schema) in kinds.items():
                begin = time.process_time()
                check(read(path, schema, {}))
                took[kind].append(time.process_time() - begin)
    ours = took["ours"][1:]
    return {
        kind: statistics.median(a / b for a, b in zip(times[1:], ours, strict=True)) for kind, times in took.items()
    }


if __name__ == "__main__":
    for name, ratio in ratios(int(sys.argv[1]) if len(sys.argv) > 1 else 2000, 5).items():
        print(f"{ratio:5.2f}  {name}")
