"""The systems that are known: ours, and those that other packages offer as entry points of ``spanproof.systems``.

An entry point names a :class:`spanproof.systems.system.System`, or a :class:`spanproof.systems.system.Family` of them::

    [project.entry-points."spanproof.systems"]
    my-ner = "my_package.spans:SYSTEM"
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points

from spanproof.systems.adapters import (
    chrono,
    compromise,
    duckling,
    flair,
    gazetteer,
    gliner,
    heideltime,
    predictions,
    recognizers,
    sayswho,
    spacy,
    stanza,
    textacy,
    transformers,
    wink,
)
from spanproof.systems.adapters import quotes_baseline as quotes
from spanproof.systems.adapters import timex_baseline as times
from spanproof.systems.llm import endpoint
from spanproof.systems.system import Family, MissingSystemError, System

GROUP = "spanproof.systems.registry"
OURS: tuple[System, ...] = (
    *spacy.SYSTEMS,
    textacy.SYSTEM,
    sayswho.SYSTEM,
    times.SYSTEM,
    chrono.SYSTEM,
    compromise.SYSTEM,
    wink.SYSTEM,
    recognizers.SYSTEM,
    duckling.SYSTEM,
    heideltime.SYSTEM,
    gazetteer.SYSTEM,
    quotes.SYSTEM,
)
FAMILIES: tuple[Family, ...] = (
    spacy.FAMILY,
    endpoint.FAMILY,
    predictions.FAMILY,
    transformers.FAMILY,
    gliner.FAMILY,
    stanza.FAMILY,
    flair.FAMILY,
)


@dataclass(frozen=True)
class Systems:
    """Systems and families by name, and what is wrong with the entry points that give none."""

    known: Mapping[str, System]
    families: Mapping[str, Family]
    problems: tuple[str, ...] = ()

    def find(self, name: str) -> System:
        """The system of a name: ``spacy-sm``, or ``transformers:MODEL`` of a family.

        Raises:
            MissingSystemError: there is none; which there are, and why others couldn't be read.
        """
        if name in self.known:
            return self.known[name]
        first, _, thing = name.partition(":")
        family = self.families.get(first)
        if family and thing:
            try:
                return family.make(thing)
            except ValueError as error:
                raise MissingSystemError(f"{name}: {error}") from None
        if family:
            raise MissingSystemError(f"{first} is a family of systems; right is {first}:{family.argument}")
        names = [*self.known, *(f"{each.name}:{each.argument}" for each in self.families.values())]
        near = difflib.get_close_matches(name, names, 1)
        hint = f"; did you mean {near[0]}?" if near else "."
        raise MissingSystemError("; ".join([f"no system {name!r}{hint} There are {', '.join(names)}", *self.problems]))


def systems(offered: Iterable[EntryPoint] | None = None) -> Systems:
    """Ours and those that are installed. An entry point that breaks, or takes a name again, is a problem, no more."""
    known = {system.name: system for system in OURS}
    families = {family.name: family for family in FAMILIES}
    problems = []
    found = entry_points(group=GROUP) if offered is None else offered
    for each in sorted(found, key=lambda point: (point.name, point.value)):
        try:
            system = each.load()
        except Exception as error:  # what a stranger's module raises on import is anything
            problems.append(f"entry point {each.name} = {each.value}: {type(error).__name__}: {error}")
            continue
        if not isinstance(system, System | Family):
            problems.append(f"entry point {each.name} = {each.value}: {type(system).__name__}; right is a System")
        elif system.name in known or system.name in families:
            problems.append(f"entry point {each.name} = {each.value}: the name {system.name} is taken")
        elif isinstance(system, Family):
            families[system.name] = system
        else:
            known[system.name] = system
    return Systems(known, families, tuple(problems))
