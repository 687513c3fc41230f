"""The systems that are known: ours, and those that other packages offer as entry points of ``spanproof.systems``.

An entry point names a :class:`spanproof.system.System`::

    [project.entry-points."spanproof.systems"]
    my-ner = "my_package.spans:SYSTEM"
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points

from spanproof.system import MissingSystemError, System
from spanproof.systems import gazetteer, quotes, spacy, times

GROUP = "spanproof.systems"
OURS = (spacy.SYSTEM, times.SYSTEM, gazetteer.SYSTEM, quotes.SYSTEM)


@dataclass(frozen=True)
class Systems:
    """Systems by name, and what is wrong with the entry points that give none."""

    known: Mapping[str, System]
    problems: tuple[str, ...] = ()

    def find(self, name: str) -> System:
        """The system of a name.

        Raises:
            MissingSystemError: there is none; which there are, and why others couldn't be read.
        """
        if name in self.known:
            return self.known[name]
        near = difflib.get_close_matches(name, self.known, 1)
        hint = f"; did you mean {near[0]}?" if near else "."
        raise MissingSystemError(
            "; ".join([f"no system {name!r}{hint} There are {', '.join(self.known)}", *self.problems])
        )


def systems(offered: Iterable[EntryPoint] | None = None) -> Systems:
    """Ours and those that are installed. An entry point that breaks, or takes a name again, is a problem, no more."""
    known = {system.name: system for system in OURS}
    problems = []
    found = entry_points(group=GROUP) if offered is None else offered
    for each in sorted(found, key=lambda point: (point.name, point.value)):
        try:
            system = each.load()
        except Exception as error:  # what a stranger's module raises on import is anything
            problems.append(f"entry point {each.name} = {each.value}: {type(error).__name__}: {error}")
            continue
        if not isinstance(system, System):
            problems.append(f"entry point {each.name} = {each.value}: {type(system).__name__}; right is a System")
        elif system.name in known:
            problems.append(f"entry point {each.name} = {each.value}: the name {system.name} is taken")
        else:
            known[system.name] = system
    return Systems(known, tuple(problems))
