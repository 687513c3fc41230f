"""What a system is: texts in, annotations out.

A :class:`System` is a plain value: it can be listed where it isn't installed, and says what it lacks. ``load`` returns
the function that predicts, which sees :class:`Source` alone, so never the gold annotations. Its answers become
documents in :mod:`spanproof.systems.prediction`. Offsets are Unicode code points, half open.
"""

import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from spanproof.parsing.json import parse
from spanproof.schema.node import Node
from spanproof.schema.paths import Document, Registries
from spanproof.schema.schema import Schema
from spanproof.systems.brief import Brief

NODE_MODULES = Path(sys.prefix) / "node_modules"
"""Where npm packages are: in the environment of the system that runs on them."""


class PartialAnswer(UserWarning):
    """Warned by a system that failed on a part of a text and goes on: on which part, and why."""


class MissingSystemError(ValueError):
    """A system that can't be used on this machine: what is missing, and how to get it."""


@dataclass(frozen=True)
class Source:
    """What a system sees of a document.

    Attributes:
        id: the key of the document.
        text: its text.
        language: its language, a BCP 47 tag; ``und`` if unknown.
        dct: its creation time, a TIMEX3 value; None if unknown.
    """

    id: str
    text: str
    language: str = "und"
    dct: str | None = None


Annotations = Mapping[str, Sequence[Mapping[str, Any]]]
"""What a system predicts of a text: for each layer its annotations, with the members that the schema lists.

The surface of a span can be left out and is taken from its offsets; one that is given must be what stands there. The
key of an annotation and members that may be null can be left out too.
"""

Predict = Callable[[Sequence[Source]], Iterable[Annotations]]
"""Takes texts, returns the annotations of each, in their order."""


def per_text(annotate: Callable[[Source], Annotations]) -> Predict:
    """Return the function that predicts texts one after the other, each by itself."""
    return lambda sources: (annotate(source) for source in sources)


@dataclass(frozen=True)
class System:
    """A system that annotates texts.

    Attributes:
        name: what it is called on the command line.
        version: the version of what it runs on and of how it is asked; another version's predictions aren't its own.
        licence: the licence of the code, an SPDX name where there is one.
        weights: the licence of the model; None if it has no model.
        predicts: its layers, each with the labels that it may give.
        limits: what it can't do and how it decides, in sentences.
        open: does the heavy imports, loads the model and returns what predicts.
        requires: distributions that it runs on (PEP 508).
        alone: distributions to be installed without their dependencies, whose pins can't be met.
        node: npm packages that it runs on, each pinned (``chrono-node@2.10.3``).
        programs: commands that it runs.
        install: the command that installs it, where ``spanproof bench install`` can't.
        registry: the registry without which it can't work; None if it needs none.
        label_set: the finest label set of :mod:`spanproof.metrics.label_sets` whose labels of names it tells apart.
        adapt: returns the system that gives what a brief asks for, in the words of a schema; None for one whose layers
            and labels are its own.
        prompt: what a model is told, of a system that is told something.
        in_sample: layers, or members of a layer (``dates.value``), whose makers saw the
            corpus that the toolkit was developed with, or the registry of that, while they wrote it.
        scored: the tasks of :mod:`spanproof.metrics.task_layers` that it is scored on, where its layers answer others
            too, in which it says what another system says; empty for all.
        unused: packages that its libraries import where they are, though it computes nothing with them: a process of
            its own doesn't see them while it loads, and starts seconds earlier.
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
    label_set: str = "ontonotes-16"
    in_sample: tuple[str, ...] = ()
    scored: tuple[str, ...] = ()
    adapt: Callable[[Schema, Brief], "System"] | None = None
    prompt: str = ""
    unused: tuple[str, ...] = ()

    @property
    def signature(self) -> str:
        """Name and version, ``spacy-sm-3.8.0``."""
        return f"{self.name}-{self.version}"

    @property
    def missing(self) -> str | None:
        """What this process lacks to run the system and the command that installs it, in one line; None if nothing."""
        lacking = next(self._lacking(), None)
        return lacking and f"{self.name} needs {lacking}: {self.install or f'spanproof bench install {self.name}'}"

    def _lacking(self) -> Iterator[str]:
        from packaging.requirements import Requirement

        for requirement in map(Requirement, (*self.requires, *self.alone)):
            try:
                installed = version(requirement.name)
            except PackageNotFoundError:
                yield f"{requirement}, which isn't installed"
                continue
            if not requirement.specifier.contains(installed, prereleases=True):
                yield f"{requirement}, {installed} is installed"
        for package in self.node:
            name, _, pinned = package.rpartition("@")
            manifest = NODE_MODULES / name / "package.json"
            if not manifest.exists() or parse(manifest.read_bytes()).get("version") != pinned:
                yield f"{package} of npm, which isn't installed"
        for program in self.programs:
            if shutil.which(program) is None:
                yield f"the command {program}, which doesn't exist"

    def load_alone(self, registries: Registries) -> Predict:
        """Load the system in a process that is there for it alone; see :meth:`load`."""
        hidden = [package for package in self.unused if package not in sys.modules]
        sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
        try:
            return self.load(registries)
        finally:
            for package in hidden:
                del sys.modules[package]

    def load(self, registries: Registries | None = None) -> Predict:
        """Return the function that predicts, with its model in memory.

        Args:
            registries: the registries of the corpus by name; the system sees those alone that are given here.

        Raises:
            MissingSystemError: this process lacks what it runs on, or the registry that it needs isn't given.
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
    """Systems that differ in one thing alone, which stands behind a colon in their names: ``transformers:MODEL``.

    Attributes:
        name: what stands before the colon.
        argument: what the thing behind the colon is called, ``MODEL``.
        about: what the systems are, in one line.
        make: returns the system of such a thing, named ``NAME:THING``; raises ValueError where there is none of it.
    """

    name: str
    argument: str
    about: str
    make: Callable[[str], System]


def unfit(system: System, schema: Schema) -> str | None:
    """Return why the schema has no place for what a system predicts; None if it has."""
    for layer, labels in system.predicts.items():
        node = schema.nodes.get((layer, "*"))
        if node is None or not (node.span_of or node.annotation):
            return f"{system.name} predicts {layer}, which isn't a list of spans in the schema"
        unknown = sorted(set(labels) - set(node.labels or labels))
        if unknown:
            return f"{system.name} predicts {', '.join(unknown)}, which aren't labels of {layer} in the schema"
    return None


def source_of(document: Document, schema: Schema) -> Source:
    """Return what a system may see of a document: its key, text, ``language`` and creation time.

    Raises:
        ValueError: it has no text.
    """
    member = next(iter(schema.texts), "text")
    text = document.get(member)
    if not isinstance(text, str):
        raise ValueError(f"{member} is {type(text).__name__}; expected the text, a string")
    times = [(node, timex3) for node, timex3 in schema.having(Node.timex3) if len(node.place) == 1 and not timex3.type]
    time = document.get(times[0][0].place[0]) if times else None
    dct = time.get(times[0][1].value) if isinstance(time, Mapping) else None
    language = document.get("language")
    return Source(
        str(document.get(schema.key or "", "")),
        text,
        language if isinstance(language, str) else "und",
        dct if isinstance(dct, str) else None,
    )
