"""The catalogue: every rule of every family, in the order of their codes, and those that other packages offer.

An entry point of the group ``spanproof.rules`` names a :class:`spanproof.checks.rule.Rule`, as ``@rule`` makes it::

    [project.entry-points."spanproof.rules"]
    no-nicknames = "my_package.rules:no_nicknames"
"""

import functools
from collections.abc import Iterable
from importlib.metadata import EntryPoint, entry_points

from spanproof.checks.rule import Rule
from spanproof.checks.rules import (
    characters,
    corpus,
    labels,
    publication,
    quotations,
    reading,
    references,
    registries,
    spans,
    timex,
)

GROUP = "spanproof.rules"
FAMILIES = (reading, characters, spans, labels, timex, quotations, references, registries, corpus, publication)
CATALOGUE: tuple[Rule, ...] = tuple(
    sorted(
        (value for family in FAMILIES for value in vars(family).values() if isinstance(value, Rule)),
        key=lambda rule: rule.code,
    )
)


class RuleError(ValueError):
    """An entry point that gives no rule: which, and why."""


def with_offered(points: Iterable[EntryPoint]) -> tuple[Rule, ...]:
    """Return our rules and those of entry points, in the order of their codes.

    Args:
        points: entry points, each of which names a :class:`spanproof.checks.rule.Rule`.

    Raises:
        RuleError: an entry point can't be loaded, gives something else, or takes a code or name that is taken. It is
            refused rather than passed over: a check without a rule that was asked for would say too little.
    """
    rules = list(CATALOGUE)
    for point in sorted(points, key=lambda point: (point.name, point.value)):
        where = f"entry point {point.name} = {point.value} of {GROUP}"
        try:
            offered = point.load()
        except Exception as error:  # what a stranger's module raises on import is anything
            raise RuleError(f"{where}: {type(error).__name__}: {error}") from error
        if not isinstance(offered, Rule):
            raise RuleError(f"{where}: {type(offered).__name__}; expected a Rule, as @rule makes it")
        for known in rules:
            if offered.code == known.code or offered.name == known.name:
                raise RuleError(f"{where}: {offered.code} {offered.name} is taken by {known.code} {known.name}")
        rules.append(offered)
    return tuple(sorted(rules, key=lambda rule: rule.code))


@functools.cache
def catalogue() -> tuple[Rule, ...]:
    """Return every known rule, in the order of their codes.

    Raises:
        RuleError: an installed package offers something that is no usable rule.
    """
    return with_offered(entry_points(group=GROUP))
