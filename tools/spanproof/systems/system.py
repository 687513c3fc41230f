"""What a system is: texts in, annotations out.

A :class:`System` is a value: it can be listed, and says what it lacks, where it isn't installed. ``load`` gives the
callable that predicts; that sees :class:`Source` alone, so never the gold. What it says becomes documents in
:mod:`spanproof.systems.prediction`. Offsets are Unicode code points, half open.
"""

import json
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from spanproof.schema.node import Node
from spanproof.schema.paths import Document, Registries
from spanproof.schema.schema import Schema

NODE_MODULES = Path(sys.prefix) / "node_modules"
"""Where packages of npm are: in the environment of the system that runs on them."""


class PartialAnswer(UserWarning):
    """Warned by a system that failed on a part of a text and goes on: which part, and why."""


class MissingSystemError(ValueError):
    """A system that can't be had here: what is missing, and how to get it."""


@dataclass(frozen=True)
class Source:
    """What a system is given: a text, its language (a BCP 47 tag, ``und`` unknown), its creation time (TIMEX3)."""

    id: str
    text: str
    language: str = "und"
    dct: str | None = None


Annotations = Mapping[str, Sequence[Mapping[str, Any]]]
"""What a system says of a text: for each layer its annotations, as the schema has them.

Without ``text``, which is taken from the offsets; a ``text`` that is given is compared with them. The key of an
annotation and members that may be null can be left out.
"""

Predict = Callable[[Sequence[Source]], Iterable[Annotations]]
"""Texts in, the annotations of each out, in their order."""


@dataclass(frozen=True)
class System:
    """A system that annotates texts.

    ``licence`` is that of the code, ``weights`` that of the model (None: it has none), as SPDX names where there are.
    ``predicts`` are its layers with the labels that it may give. ``limits`` says what it can't do and how it decides.
    ``open`` does the heavy imports. ``registry`` is the registry without which it can't work.

    What it runs on: ``requires``, distributions (PEP 508), ``alone``, distributions whose own pins can't be met, to be
    installed without what they ask for, ``node``, packages of npm, each pinned (``chrono-node@2.10.3``), and
    ``programs``, commands that must be there. ``install`` is the command that gets them, where it isn't ours.

    What its scores mean: ``tells``, the finest table of :mod:`spanproof.metrics.label_sets` whose labels of names it
    tells apart;
    ``in_sample``, the layers, or members (``dates.value``), for which it was written with istanbul-talks, or the
    registry of that, in sight.
    """

    name: str
    version: str
    licence: str
    weights: str | None
    predicts: Mapping[str, tuple[str, ...]]
    limits: str
    open: Callable[[Registries], Predict]
    requires: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    node: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    install: str | None = None
    registry: str | None = None
    tells: str = "ontonotes-16"
    in_sample: tuple[str, ...] = ()

    @property
    def signature(self) -> str:
        """Name and version in one, ``spacy-sm-3.8.0``."""
        return f"{self.name}-{self.version}"

    @property
    def missing(self) -> str | None:
        """In one line what this system lacks in this process and the command that installs it; None if nothing."""
        lacking = next(self._lacking(), None)
        return lacking and f"{self.name} needs {lacking}: {self.install or f'spanproof bench install {self.name}'}"

    def _lacking(self) -> Iterator[str]:
        from packaging.requirements import Requirement

        for requirement in map(Requirement, (*self.requires, *self.alone)):
            try:
                found = version(requirement.name)
            except PackageNotFoundError:
                yield f"{requirement}, which isn't installed"
                continue
            if not requirement.specifier.contains(found, prereleases=True):
                yield f"{requirement}, {found} is installed"
        for package in self.node:
            name, _, wanted = package.rpartition("@")
            about = NODE_MODULES / name / "package.json"
            if not about.exists() or json.loads(about.read_bytes()).get("version") != wanted:
                yield f"{package} of npm, which isn't installed"
        yield from (f"the command {each}, which isn't there" for each in self.programs if shutil.which(each) is None)

    def load(self, registries: Registries | None = None) -> Predict:
        """The callable that predicts, with its model in memory.

        Raises:
            MissingSystemError: it can't be had here, or the registry that it needs isn't given.
        """
        if self.missing:
            raise MissingSystemError(self.missing)
        if self.registry and self.registry not in (registries or {}):
            raise MissingSystemError(
                f"{self.name} needs the registry {self.registry}: {self.registry}.json of a corpus"
            )
        return self.open(registries or {})


@dataclass(frozen=True)
class Family:
    """Systems that differ in one thing, which stands behind the name: ``transformers:MODEL``.

    ``argument`` is what that thing is called, ``about`` says in one line what the systems are; ``make`` makes one of
    the thing, named ``NAME:THING``, and raises ValueError where it can't be one.
    """

    name: str
    argument: str
    about: str
    make: Callable[[str], System]


def unfit(system: System, schema: Schema) -> str | None:
    """Why what a system predicts has no place in a schema; None if it has."""
    for layer, labels in system.predicts.items():
        node = schema.nodes.get((layer, "*"))
        if node is None or not node.get("spanOf"):
            return f"{system.name} predicts {layer}, which is no list of spans in the schema"
        unknown = sorted(set(labels) - set(_labels(node) or labels))
        if unknown:
            return f"{system.name} predicts {', '.join(unknown)}, which are no labels of {layer} in the schema"
    return None


def source(document: Document, schema: Schema) -> Source:
    """What a system may see of a document: its text, key, ``language`` and creation time.

    Raises:
        ValueError: it has no text.
    """
    member = next((node.get("spanOf") for node in schema.spans), "text")
    text = document.get(member)
    if not isinstance(text, str):
        raise ValueError(f"{member} is {type(text).__name__}; right is the text, a string")
    times = [node for node in schema.having("timex3") if len(node.place) == 1 and "type" not in node.get("timex3")]
    time = document.get(times[0].place[0]) if times else None
    dct = time.get(times[0].get("timex3")["value"]) if isinstance(time, Mapping) else None
    language = document.get("language")
    return Source(
        str(document.get(schema.key or "", "")),
        text,
        language if isinstance(language, str) else "und",
        dct if isinstance(dct, str) else None,
    )


def _labels(node: Node) -> tuple[str, ...]:
    label = node.get("labelledBy")
    return tuple(node.fields[label].get("enum", ())) if label else ()
