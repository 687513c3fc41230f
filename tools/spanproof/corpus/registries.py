"""What the entries of registries say: their spellings, and what they refer to in registries and documents."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any

from spanproof.schema.node import owner_of
from spanproof.schema.paths import Path, Registries, value_at, values_at, walk
from spanproof.schema.references import Condition, References
from spanproof.schema.schema import Schema


@dataclass(frozen=True)
class EntryReference:
    """A value of a registry's entry that refers to something.

    Attributes:
        registry: the name of the registry.
        path: the path of the value in the registry; it begins with the key of the entry.
        targets: what it may refer to.
        value: what it refers to.
    """

    registry: str
    path: Path
    targets: References
    value: str


def aliases_of(entry: Any) -> list[str] | None:
    """Return the spellings that an entry of a registry lists; None if it has no list of them (SP513 says so)."""
    aliases = entry.get("aliases") if isinstance(entry, Mapping) else None
    if not isinstance(aliases, list) or not all(isinstance(alias, str) and alias for alias in aliases):
        return None
    return aliases


def looked_up(references: References, registries: Registries, *, allowed: bool = False) -> Set[str] | None:
    """Return all that a reference may name in registries; None if one of these isn't there, so that it can't be known.

    Args:
        references: what the schema says of the reference.
        registries: those that are there.
        allowed: only the entries that meet the conditions of the reference, which list their values.
    """
    if not all(name in registries for name in references.all_registries):
        return None
    keys = set[str]()
    for name in references.registries:
        conditions = references.conditions_of_entries(name) if allowed else ()
        entries = registries[name].items()
        keys |= {key for key, entry in entries if all(stated(entry, asked) in asked.values for asked in conditions)}
    values = (
        value
        for name, place in references.listed
        for entry in registries[name].values()
        for _, value in values_at(entry, place[1:])
    )
    return keys | {value for value in values if isinstance(value, str)}


def stated(entry: Any, condition: Condition) -> Any:
    """Return what an entry says of what a condition asks; None where it says nothing."""
    return entry.get(condition.member) if isinstance(entry, Mapping) else None


def misfit_of(references: References, registries: Registries, value: str) -> str:
    """Return what is wrong with the entry that a reference names, which breaks the conditions of the reference.

    Args:
        references: what it may refer to; conditions list their values (:meth:`References.given`).
        registries: those that are there.
        value: the key of the entry.
    """
    name = next(name for name in references.registries if value in registries[name])
    entry = registries[name][value]
    broken = next(asked for asked in references.conditions_of_entries(name) if stated(entry, asked) not in asked.values)
    return f"has {broken.member} {stated(entry, broken)!r} in {name}; expected {broken.in_words}"


def entry_references(schema: Schema, registries: Registries) -> Iterator[EntryReference]:
    """Yield the references of all entries of the registries that a schema describes."""
    for name, registry in schema.registry_schemas.items():
        if not any(node.refers_to for node in registry.entry.walk()):
            continue
        for key, entry in registries.get(name, {}).items():
            for path, node, value in walk(entry, registry.entry, (key,)):
                if node.refers_to and isinstance(value, str):
                    owner = value_at(entry, path[1 : len(owner_of(node.place))])
                    yield EntryReference(name, path, node.refers_to.given(owner), value)
