"""Records of runs: what was run, what it took, and which bytes it left, so that a prediction explains itself."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from spanproof.schema.paths import Registries
from spanproof.systems.system import MissingSystemError, Predict, System

_RIGHT = "right is a folder that bench run wrote, as --out"


@dataclass(frozen=True)
class Cost:
    """What a prediction took: seconds to load the system, to predict; bytes of memory, the whole process at its peak.

    The memory is that of the interpreter and this toolkit too, not that of programs which a system starts.
    """

    load: float
    predict: float
    memory: int


@dataclass(frozen=True)
class Record:
    """How a prediction was made: by what, of which inputs (a digest of texts, registry, schema, system), which bytes.

    ``system`` describes the system, so that the prediction can be told of where it isn't installed; ``faults`` are the
    parts of texts that it failed on.
    """

    system: Mapping[str, Any]
    inputs: str
    output: str
    cost: Cost
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class Run:
    """A system and its prediction: the corpus at ``path``, or the ``problem`` that there is none.

    ``kept``: it was there from an earlier run of the same system over the same texts; the cost is of that run.
    """

    system: System
    path: Path
    cost: Cost | None = None
    faults: tuple[str, ...] = ()
    kept: bool = False
    problem: str | None = None


def saved(folder: Path) -> list[Run]:
    """The predictions in a folder, as their records tell of them, by name; nothing has to be installed.

    Raises:
        ValueError: a prediction without a record that can be read, or other than its record says.
        OSError: a file can't be read.
    """
    found = []
    for path in sorted(folder.glob("*.jsonl")):
        book = folder / "runs" / f"{path.stem}.json"
        record = record_of(book)
        if record is None:
            raise ValueError(f"{path} isn't what a run left: {book} is missing or is no record; {_RIGHT}")
        if record.output != digest(path.read_bytes()):
            raise ValueError(f"{path} isn't what a run left: its bytes are others than {book} says; {_RIGHT}")
        try:
            system = _system(record.system)
        except (AttributeError, LookupError, TypeError, ValueError):
            raise ValueError(f"{book} describes no system of this version; {_RIGHT}") from None
        found.append(Run(system, path, record.cost, record.faults, kept=True))
    return found


def record_of(path: Path) -> Record | None:
    """What a file says of a run; None where there is none that can be read."""
    try:
        found = json.loads(path.read_bytes())
        cost, faults = Cost(**found["cost"]), tuple(found["faults"])
        return Record(found["system"], found["inputs"], found["output"], cost, faults)
    except (OSError, ValueError, TypeError, LookupError):
        return None


def digest(content: bytes) -> str:
    """The SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def description(system: System) -> dict[str, Any]:
    """All that a system is but the code that opens it."""
    return {each.name: getattr(system, each.name) for each in fields(system) if each.name != "open"}


def _system(description: Mapping[str, Any]) -> System:
    """The system of a record: all that can be said of it, but it can't be loaded."""

    def gone(_: Registries) -> Predict:
        raise MissingSystemError(f"{description['name']} is known from a record alone")

    known: dict[str, Any] = {n: tuple(value) if isinstance(value, list) else value for n, value in description.items()}
    known["predicts"] = {layer: tuple(labels) for layer, labels in known["predicts"].items()}
    return System(**known, open=gone)
