"""Systems in tests: installed where they can be, else the test is left out, and fails under CI; runs over the gold."""

import dataclasses
import os
from pathlib import Path
from typing import Any

import pytest

from spanproof.bench.records import Run, saved
from spanproof.bench.run import run
from spanproof.formats.discovery import read
from spanproof.systems import environments
from spanproof.systems.registry import systems
from spanproof.systems.system import Annotations, MissingSystemError, System
from support.documents import ROOT


def interpreter(system: System) -> Path:
    """The interpreter in which a system can be had."""
    try:
        return environments.install(system, print)
    except MissingSystemError as error:
        if "CI" in os.environ:
            raise
        pytest.skip(str(error))


def ready(system: System) -> System:
    interpreter(system)
    return system


def stub(*answers: Annotations, **fields: Any) -> System:
    """A system that gives these answers, whatever it is asked."""
    plain = System(
        "stub", "1", "MIT", None, {"entities": ("PERSON",)}, "", lambda _: lambda _: answers, install="pip install stub"
    )
    return dataclasses.replace(plain, **fields)


def ran(name: str, out: Path) -> Run:
    """The run of a system over the gold, in a process of its own."""
    corpus = read(ROOT / "annotations" / "gold")
    return run(systems().find(name), corpus, out)


def committed(name: str) -> Run:
    """What a system says of the gold, as committed; that it says so still is proved where the leaderboard is tested."""
    runs = saved(ROOT / "tools" / "leaderboard" / "predictions")
    return next(run for run in runs if run.system.name == name)
