"""Records of runs: what was run, what it took, and which bytes it left, so that a prediction explains itself."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from spanproof.parsing.json import parse
from spanproof.schema.paths import Registries
from spanproof.systems.outcomes import RequestOutcomes
from spanproof.systems.system import MissingSystemError, Predict, System

_RIGHT = "expected a folder that bench run wrote, as --out"


@dataclass(frozen=True)
class Cost:
    """What a prediction took.

    Attributes:
        load: seconds to load the system.
        predict: seconds to predict all texts, the check of the prediction included.
        memory: bytes of memory of the process at its peak: the interpreter and this toolkit too, but not the programs
            that a system starts.
    """

    load: float
    predict: float
    memory: int


@dataclass(frozen=True)
class Record:
    """How a prediction was made.

    Attributes:
        system: all that the system is but the code that opens it, so that the prediction can be reported where the
            system isn't installed.
        inputs: a digest of the system's signature, the texts, the registry that it saw and the schema.
        output: a digest of the bytes of the prediction.
        cost: what it took.
        faults: the parts of texts that the system failed on.
        tally: what became of requests and answers, of a system that asks a server, under the name that the file has.
        held_out: the documents of gold that the run left out, since some system was shown them.
    """

    system: Mapping[str, Any]
    inputs: str
    output: str
    cost: Cost
    faults: tuple[str, ...] = ()
    tally: RequestOutcomes | None = None
    held_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Run:
    """A system and its prediction.

    Attributes:
        system: the system.
        path: the corpus that it predicted.
        cost: what it took; that of the earlier run where the prediction is kept; None where there is none.
        faults: the parts of texts that the system failed on.
        kept: whether the prediction was there, from an earlier run of the same system over the same texts.
        problem: why there is no prediction; None if there is one.
        outcomes: what became of requests and answers, of a system that asks a server.
        held_out: the documents of gold that the run left out, since some system was shown them.
    """

    system: System
    path: Path
    cost: Cost | None = None
    faults: tuple[str, ...] = ()
    kept: bool = False
    problem: str | None = None
    outcomes: RequestOutcomes | None = None
    held_out: tuple[str, ...] = ()


def saved(folder: Path) -> list[Run]:
    """Return the predictions in a folder with their records, by name; no system has to be installed.

    Raises:
        ValueError: a prediction has no record that can be read, or is other than its record says.
        OSError: a file can't be read.
    """
    runs = []
    for path in sorted(folder.glob("*.jsonl")):
        book = folder / "runs" / f"{path.stem}.json"
        record = record_of(book)
        if record is None:
            raise ValueError(f"{path} isn't what a run left: {book} is missing, or isn't a record; {_RIGHT}")
        if record.output != digest(path.read_bytes()):
            raise ValueError(f"{path} isn't what a run left: its bytes aren't those that {book} records; {_RIGHT}")
        try:
            system = _system(record.system)
        except (AttributeError, LookupError, TypeError, ValueError):
            raise ValueError(f"{book} describes no system of this version; {_RIGHT}") from None
        runs.append(run_of(record, system, path))
    return runs


def run_of(record: Record, system: System, path: Path) -> Run:
    """Return the run of a prediction that is kept.

    Args:
        record: that of the prediction.
        system: which system made it.
        path: the prediction.
    """
    return Run(system, path, record.cost, record.faults, kept=True, outcomes=record.tally, held_out=record.held_out)


def shown_to_others(run: Run, runs: Sequence[Run]) -> list[str]:
    """Return the documents that a prediction has and that other systems were shown: no system is scored on them."""
    return sorted({name for other in runs for name in other.held_out} - {*run.held_out})


def record_of(path: Path) -> Record | None:
    """Return the record in a file; None where there is none that can be read."""
    try:
        members = parse(path.read_bytes(), lone_surrogates=True)
        cost, faults = Cost(**members["cost"]), tuple(members["faults"])
        outcomes = RequestOutcomes.of(members["tally"]) if members.get("tally") else None
        held_out = tuple(map(str, members.get("held_out", ())))
        return Record(members["system"], members["inputs"], members["output"], cost, faults, outcomes, held_out)
    except (AttributeError, OSError, ValueError, TypeError, LookupError):
        return None


def outcomes_of(path: Path) -> RequestOutcomes | None:
    """Return what became of the answers of which a prediction was made, as the record beside it says; None without one.

    Args:
        path: the prediction.
    """
    record = record_of(path.parent / "runs" / f"{path.stem}.json") if path.is_file() else None
    return None if record is None or record.output != digest(path.read_bytes()) else record.tally


def digest(content: bytes) -> str:
    """Return the SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def description(system: System) -> dict[str, Any]:
    """Return all that a system is but its code, and the prompt of one that is told nothing."""
    left_out = (*_CODE, *(() if system.prompt else ("prompt",)))
    return {member.name: getattr(system, member.name) for member in fields(system) if member.name not in left_out}


_CODE = ("open", "adapt")
"""The members of a system that are functions."""


def _system(description: Mapping[str, Any]) -> System:
    """Return the system that a record describes, which can't be loaded."""

    def refuse(_: Registries) -> Predict:
        raise MissingSystemError(f"{description['name']} is known only from a record")

    members: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in description.items()
    }
    members["predicts"] = {layer: tuple(labels) for layer, labels in description["predicts"].items()}
    return System(**members, open=refuse)
