"""The systems that are known: those of this package, and those of other packages, by the same kind of entry point.

An entry point of the group ``spanproof.systems`` names a :class:`~spanproof.systems.system.System` or a
:class:`~spanproof.systems.system.Family` of systems::

    [project.entry-points."spanproof.systems"]
    my-ner = "my_package.spans:SYSTEM"
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points

from spanproof.systems.system import Family, MissingSystemError, System

GROUP = "spanproof.systems"
_OURS = (
    "adapters.spacy:SMALL",
    "adapters.spacy:MEDIUM",
    "adapters.spacy:PII",
    "adapters.textacy:SYSTEM",
    "adapters.sayswho:SYSTEM",
    "adapters.timex_baseline:SYSTEM",
    "adapters.chrono:SYSTEM",
    "adapters.compromise:SYSTEM",
    "adapters.wink:SYSTEM",
    "adapters.recognizers:SYSTEM",
    "adapters.duckling:SYSTEM",
    "adapters.heideltime:SYSTEM",
    "adapters.gazetteer:SYSTEM",
    "adapters.quotes_baseline:SYSTEM",
    "adapters.same_words:SYSTEM",
    "adapters.spacy:FAMILY",
    "llm.endpoint:FAMILY",
    "adapters.predictions:FAMILY",
    "adapters.transformers:FAMILY",
    "adapters.gliner:FAMILY",
    "adapters.stanza:FAMILY",
    "adapters.flair:FAMILY",
)
"""Where the systems and families of this package are, in the order in which they are listed."""


@dataclass(frozen=True)
class Systems:
    """The systems that can be asked for.

    Attributes:
        known: systems by name.
        families: families by name.
        problems: what is wrong with each entry point that gives neither.
    """

    known: Mapping[str, System]
    families: Mapping[str, Family]
    problems: tuple[str, ...] = ()

    def find(self, name: str) -> System:
        """Return the system of a name: ``spacy-sm``, or ``transformers:MODEL`` of a family.

        Raises:
            MissingSystemError: there is none; the message lists the names, and what is wrong with entry points.
        """
        if name in self.known:
            return self.known[name]
        family_name, _, argument = name.partition(":")
        family = self.families.get(family_name)
        if family and argument:
            try:
                return family.make(argument)
            except ValueError as error:
                raise MissingSystemError(f"{name}: {error}") from None
        if family:
            raise MissingSystemError(f"{family.name} is a family of systems; expected {family.name}:{family.argument}")
        names = [*self.known, *(f"{family.name}:{family.argument}" for family in self.families.values())]
        near = difflib.get_close_matches(name, names, 1)
        hint = f"; did you mean {near[0]}?" if near else "."
        raise MissingSystemError("; ".join([f"no system {name!r}{hint} There are {', '.join(names)}", *self.problems]))


def systems(offered: Iterable[EntryPoint] | None = None) -> Systems:
    """Return the systems of this package and those that other installed packages offer.

    An entry point that can't be loaded, or whose name is taken, is a problem in the result and no error.

    Args:
        offered: the entry points of other packages; by default those that are installed.
    """
    known, families, problems = dict[str, System](), dict[str, Family](), list[str]()
    ours = [EntryPoint(value, f"spanproof.systems.{value}", GROUP) for value in _OURS]
    others = entry_points(group=GROUP) if offered is None else offered
    for point in [*ours, *sorted(others, key=lambda point: (point.name, point.value))]:
        where = f"entry point {point.name} = {point.value}"
        try:
            system = point.load()
        except Exception as error:  # The module of another package may raise anything when it is imported.
            problems.append(f"{where}: {type(error).__name__}: {error}")
            continue
        if not isinstance(system, System | Family):
            problems.append(f"{where}: {type(system).__name__}; expected a System")
        elif system.name in known or system.name in families:
            problems.append(f"{where}: the name {system.name} is taken")
        elif isinstance(system, Family):
            families[system.name] = system
        else:
            known[system.name] = system
    return Systems(known, families, tuple(problems))
