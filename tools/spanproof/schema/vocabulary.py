"""The meta-schema of the contract, and the names of the stand-off keywords that it describes."""

import functools
from pathlib import Path
from typing import Any

from spanproof.parsing.json import parse

_HERE = Path(__file__).parents[1]
CONTRACT = next(p for p in (_HERE / "contract", _HERE.parents[1] / "schema") if p.is_dir())


@functools.cache
def meta_schema() -> dict[str, Any]:
    """Return JSON Schema 2020-12 with the stand-off vocabulary, as ``vocabulary.schema.json`` has it."""
    read: dict[str, Any] = parse((CONTRACT / "vocabulary.schema.json").read_bytes())
    return read


@functools.cache
def vocabulary() -> frozenset[str]:
    """Return the names of the stand-off keywords."""
    return frozenset(meta_schema()["properties"])
