"""The registries of a schema: what an entry of each is, and what it may refer to."""

import difflib
import functools
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from spanproof.schema.compiling import compiled, relaxed
from spanproof.schema.conditions import demand_where
from spanproof.schema.node import Json, Node, Place, SchemaError
from spanproof.schema.references import registry_target
from spanproof.schema.validation import Judge, decider, demand_own
from spanproof.schema.vocabulary import vocabulary
from spanproof.schema.written import demand_reached, demand_spelt, marked


@dataclass(frozen=True)
class RegistrySchema:
    """What a registry is, which is an object of keys and entries.

    Attributes:
        name: its name.
        json: the JSON Schema of the whole registry.
        entry: the node of an entry, at the place ``/*`` of the registry.
    """

    name: str
    json: Json
    entry: Node

    @classmethod
    def of(cls, name: str, entry: Json, whole: Json) -> "RegistrySchema":
        """Compile the schema of an entry.

        Args:
            name: the name of the registry.
            entry: the JSON Schema of an entry.
            whole: the schema of the document, in whose ``$defs`` the entry may point.

        Raises:
            SchemaError: it can't be used; the message says where.
        """
        json = {"type": "object", "additionalProperties": entry, "$defs": whole.get("$defs", {})}
        try:
            demand_own(json, vocabulary())
            marks = marked(json)
            demand_spelt(marks)
            node = compiled(marks["additionalProperties"], marks, ("*",), True)
            decider(json)
            for sub in node.walk():
                if others := sorted(sub.json.keys() & vocabulary() - {Node.refers_to.name}):
                    raise SchemaError(f"{sub.name}: has {', '.join(others)}; expected {Node.refers_to.name} alone")
            demand_reached(marks, {pointer for sub in node.walk() for pointer in sub.written})
        except SchemaError as error:
            where = str(error).replace("#/additionalProperties", f"#/registries/{name}")
            raise SchemaError(f"{registry_target(name)}: {where}") from error
        return cls(name, json, node)

    @functools.cached_property
    def judge(self) -> Judge:
        """Judges a registry; a missing member and a null one are the same where null is allowed."""
        return Judge(relaxed(self.json))


def demand_resolvable(registries: Mapping[str, RegistrySchema], nodes: Mapping[Place, Node], key: str | None) -> None:
    """Refuse references to registries that the schema doesn't list, and references of entries that lead nowhere.

    Args:
        registries: the registries that the schema lists; where it lists none, any name is one.
        nodes: the nodes of the document.
        key: the member that identifies a document.

    Raises:
        SchemaError: where, what is there and what was expected.
    """
    for where, name in _named(registries, nodes):
        if registries and name not in registries:
            near = difflib.get_close_matches(name, registries, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise SchemaError(f"{where} names the registry {name!r}; expected one of {', '.join(registries)}{hint}")
    for node in (*nodes.values(), *(node for registry in registries.values() for node in registry.entry.walk())):
        _demand_listed(node, registries)
        _demand_where(node, registries)
    for registry in registries.values():
        own = {node.place: node for node in registry.entry.walk()}
        for node in own.values():
            for pointer in _lost(node, nodes, key):
                where = f"{registry_target(registry.name)}: {node.name}"
                expected = f"a list's member that is there, or /{key}" if key else "documents with a key"
                raise SchemaError(f"{where}: {Node.refers_to.name} names {pointer!r}; expected {expected}")
            for target in node.refers_to.where:
                demand_where(node, own, nodes, target)


def _demand_where(node: Node, registries: Mapping[str, RegistrySchema]) -> None:
    """Refuse conditions of entries that can't be judged, for want of a member that they speak of."""
    for name in node.refers_to.registries:
        for condition in node.refers_to.conditions_of_entries(name) if name in registries else ():
            member = registries[name].entry.fields.get(condition.member)
            where = f"{node.name}: {Node.refers_to.name} has where with {registry_target(name)}"
            if member is None or member.kind != "string":
                raise SchemaError(f"{where}, which names {condition.member!r}; expected a string of its entries")
            allowed = condition.listed if member.allowed is None else member.allowed
            if unknown := [value for value in condition.listed if value not in allowed]:
                expected = f"expected one of {', '.join(map(str, allowed))}"
                raise SchemaError(f"{where}, which names {unknown[0]!r}; {expected}")


def _named(registries: Mapping[str, RegistrySchema], nodes: Mapping[Place, Node]) -> Iterator[tuple[str, str]]:
    """Yield the registries that a document and the entries of registries name, with where they do."""
    for node in nodes.values():
        yield from ((f"{node.name}: {Node.refers_to.name}", name) for name in node.refers_to.all_registries)
        if node.exhaustive:
            yield f"{node.name}: {Node.exhaustive.name}", node.exhaustive.registry
    for registry in registries.values():
        for node in registry.entry.walk():
            where = f"{registry_target(registry.name)}: {node.name}: {Node.refers_to.name}"
            yield from ((where, name) for name in node.refers_to.all_registries)


def _demand_listed(node: Node, registries: Mapping[str, RegistrySchema]) -> None:
    """Refuse a reference into registries that is no string, or that names a place which their entries lack."""
    if node.refers_to.all_registries and node.kind != "string":
        raise SchemaError(f"{node.name}: {Node.refers_to.name} a registry from {node.kind}; expected a string")
    for name, place in node.refers_to.listed:
        if name in registries and not any(sub.place == place for sub in registries[name].entry.walk()):
            target = "/".join((registry_target(name), *place))
            expected = "expected the place of a value in its entries"
            raise SchemaError(f"{node.name}: {Node.refers_to.name} names {target}, which doesn't exist; {expected}")


def _lost(node: Node, places: Collection[Place], key: str | None) -> Iterator[str]:
    """Yield the pointers of an entry's reference that lead into no document."""
    for place in node.refers_to.places:
        if key is None or place not in places:
            yield "/" + "/".join(place)
    for member in node.refers_to.members:
        if member != key:
            yield f"/{member}"
