"""Paths in a document: what they lead to, and which annotation that is part of."""

from collections.abc import Iterator, Mapping, Set
from typing import Any

from spanproof.schema.node import Node, Place
from spanproof.schema.schema import Schema

Path = tuple[str | int, ...]


def objects(value: Any, node: Node, path: Path) -> Iterator[tuple[Path, Node, Any]]:
    """Every object below a value with its path and node, outer ones first."""
    if node.items is not None and isinstance(value, list):
        for k, item in enumerate(value):
            yield from objects(item, node.items, (*path, k))
    elif isinstance(value, Mapping):
        yield path, node, value
        for name, sub in node.fields.items():
            if value.get(name) is not None:
                yield from objects(value[name], sub, (*path, name))


def reached(document: Any, path: Path) -> Any:
    """What a path leads to."""
    for step in path:
        document = document[step]
    return document


def json_path(path: Path) -> str:
    """Return a path as JSONPath (RFC 9535), as ``$.entities[3].start``."""
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)


def pattern(path: Path) -> Place:
    """The place in the schema that a path leads to."""
    return tuple("*" if isinstance(step, int) else step for step in path)


def holder_of(path: Path, schema: Schema) -> Path:
    """The annotation that something is part of: the innermost item with a key around it, or the outermost item."""
    items = [path[: k + 1] for k, step in enumerate(path) if isinstance(step, int)]
    keyed = [item for item in items if schema.key_of(schema.nodes[pattern(item)])]
    return keyed[-1] if keyed else items[0] if items else path


def inside(path: Path, some: Set[Path]) -> bool:
    """Whether a path leads to, or into, one of what some paths lead to."""
    return any(path[:k] in some for k in range(1, len(path) + 1))


Document = Mapping[str, Any]


Registries = Mapping[str, Mapping[str, Any]]
