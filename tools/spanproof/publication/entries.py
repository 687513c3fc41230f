"""The configuration of a registry: a row an entry, as the schema describes it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from spanproof.publication.documents import Documents
from spanproof.publication.names import unused
from spanproof.publication.rows import plain, row, twins
from spanproof.schema.node import Json, Node
from spanproof.schema.registries import RegistrySchema


@dataclass(frozen=True)
class EntryRows:
    """The entries of a registry (key to entry) whose members the schema lists, in the order of their keys.

    The key stands in the column ``member``, which is called as annotations call it, so that the two join.
    """

    documents: Documents
    registry: RegistrySchema
    member: str
    entries: Mapping[str, Any]

    @classmethod
    def every(
        cls, documents: Documents, registries: Mapping[str, Mapping[str, Any]], without: tuple[str, ...]
    ) -> "Iterator[EntryRows]":
        """Yield the rows of each registry whose entries the schema describes, but for some that have another table."""
        for name, registry in documents.schema.registry_schemas.items():
            if name not in without and registry.entry.kind == "object" and registry.entry.fields:
                member = unused(_member(documents, name), registry.entry.fields)
                yield cls(documents, registry, member, registries.get(name, {}))

    @property
    def schema(self) -> Json:
        """What a row is, as JSON Schema."""
        key = row("entries", self.documents, {"entry": self.member, "registry": self.registry.name})
        entry, names = plain(self.registry.entry), twins(self.registry.entry)
        members = {**key["properties"]}
        for name, sub in entry["properties"].items():
            members[name] = sub
            if name in names:
                about = f"The name of {name}, for tools that read its id alone."
                members[names[name]] = {"type": sub["type"], "description": about}
        required = [*key["required"], *entry["required"]]
        return {**key, "required": required, "properties": members}

    def __iter__(self) -> Iterator[Json]:
        node = self.registry.entry
        for key, entry in sorted(self.entries.items()):
            named = {twin: entry.get(name) for name, twin in twins(node).items()}
            yield {self.member: key, **{name: entry.get(name) for name in node.fields}, **named}


def _member(documents: Documents, registry: str) -> str:
    """Return the member by which annotations name entries of a registry, the first that there is; else ``key``."""
    nodes = documents.schema.having(Node.refers_to)
    return next((node.place[-1] for node, target in nodes if registry in target.registries), "key")
