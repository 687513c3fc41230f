"""The catalogue: every rule of every family, in the order of their codes, and those that other packages offer.

An entry point of the group ``spanproof.rules`` names a :class:`spanproof.checks.rule.Rule`, as ``@rule`` makes it::

    [project.entry-points."spanproof.rules"]
    no-nicknames = "my_package.rules:no_nicknames"
"""

import functools
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from spanproof.checks.rule import Rule
from spanproof.checks.rules import (
    boundaries,
    characters,
    conditions,
    consistency,
    derived,
    duplicates,
    entries,
    labels,
    offsets,
    overlap,
    publication,
    quotations,
    reading,
    references,
    registries,
    relations,
    temporal,
    timex,
    unread,
)
from spanproof.corpus.plugins import PluginError, offered, points_of

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "spanproof.rules"
FAMILIES = (
    *(reading, unread, characters, offsets, boundaries, labels, overlap, derived, timex),
    *(quotations, references, conditions, registries, entries, relations, temporal),
    *(consistency, duplicates, publication),
)
CATALOGUE: tuple[Rule, ...] = tuple(
    sorted(
        (value for family in FAMILIES for value in vars(family).values() if isinstance(value, Rule)),
        key=lambda rule: rule.code,
    )
)

_FIRST = frozenset(
    value.code for family in (reading, unread, offsets) for value in vars(family).values() if isinstance(value, Rule)
)


def as_rules(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return rules that a check was given.

    Raises:
        TypeError: one of them is no rule, or they are nothing of which there are some.
    """
    several = tuple(rules) if isinstance(rules, Iterable) else (rules,)
    if strange := [rule for rule in several if not isinstance(rule, Rule)]:
        raise TypeError(f"expected rules, as @rule makes them, got {strange[0]!r}; select takes codes and names")
    if not isinstance(rules, Iterable):
        raise TypeError(f"expected a list of rules, got {rules.code} alone")
    return several


def with_first(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return rules that a check was given, and before them the built-in rules that judge whatever rules are given.

    Those say what couldn't be read, and hide spans that aren't where they say. Built-in rules keep the order of their
    codes, others the order in which they were given.

    Args:
        rules: the rules; they may be built-in ones.

    Raises:
        TypeError: one of them is no rule.
        ValueError: one of them takes a code or name that is taken.
    """
    rules = as_rules(rules)
    asked = {id(rule) for rule in rules}
    known = [rule for rule in CATALOGUE if rule.code in _FIRST or id(rule) in asked]
    for rule in rules:
        for other in known:
            if rule is not other and (rule.code == other.code or rule.name == other.name):
                raise ValueError(f"{rule.code} {rule.name} is taken by {other.code} {other.name}")
        if not any(rule is other for other in known):
            known.append(rule)
    return tuple(known)


def with_offered(points: "Iterable[EntryPoint]") -> tuple[Rule, ...]:
    """Return our rules, then those of entry points, each in the order of their codes.

    Ours come first, so that what an error of ours has hidden is hidden from the others too.

    Args:
        points: entry points, each of which names a :class:`spanproof.checks.rule.Rule`.

    Raises:
        PluginError: an entry point can't be used, or its rule takes a code or name that is taken.
    """
    others = list[Rule]()
    for where, rule in offered(points, Rule):
        for known in (*CATALOGUE, *others):
            if rule.code == known.code or rule.name == known.name:
                raise PluginError(f"{where}: {rule.code} {rule.name} is taken by {known.code} {known.name}")
        others.append(rule)
    return (*CATALOGUE, *sorted(others, key=lambda rule: rule.code))


@functools.cache
def catalogue() -> tuple[Rule, ...]:
    """Return every known rule: ours, then those of other packages.

    Raises:
        PluginError: an installed package offers something that isn't a usable rule.
    """
    return with_offered(points_of(GROUP))


@functools.cache
def rule_names() -> Mapping[str, str]:
    """Return the names of all rules by their code."""
    return {rule.code: rule.name for rule in catalogue()}
