"""Documents walked along their schema; paths: what they lead to, the place that they are at, how they are written.

A path leads to one value of one document (``("entities", 3, "start")``), a place to all values of the same kind
(``("entities", "*", "start")``).
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

from spanproof.schema.node import Node, Place
from spanproof.schema.schema import Schema

Document = Mapping[str, Any]
Registries = Mapping[str, Mapping[str, Any]]
"""The entries of registries, by the name of the registry and the key of the entry."""
Step = str | int
Path = tuple[Step, ...]
_PLAIN_NAME = re.compile(r"[^\W\d]\w*")


def path_at(place: Place, at: Iterable[int]) -> Path:
    """Return the path of one of the values at a place, given its index in each list on the way."""
    index = iter(at)
    return tuple(next(index) if step == "*" else step for step in place)


def walk(value: Any, node: Node, path: Path = ()) -> Iterator[tuple[Path, Node, Any]]:
    """Yield a value and all below it that its schema knows and that isn't null, outer values first.

    What has another shape than its schema says is yielded, but not entered.

    Args:
        value: a document, or a part of one.
        node: the node of the value.
        path: the path of the value, which the paths of what is below begin with.

    Yields:
        Path, node and value.
    """
    yield path, node, value
    if node.items is not None and isinstance(value, list):
        for k, item in enumerate(value):
            if item is not None:
                yield from walk(item, node.items, (*path, k))
    elif node.kind == "object" and isinstance(value, Mapping):
        for name, sub in node.fields.items():
            member = value.get(name)
            if member is None:
                continue
            if sub.kind in ("object", "array"):
                yield from walk(member, sub, (*path, name))
            else:
                yield (*path, name), sub, member


def objects(value: Any, node: Node, path: Path = ()) -> Iterator[tuple[Path, Node, Any]]:
    """Yield the objects that :func:`walk` meets: path, node and object."""
    for where, sub, item in walk(value, node, path):
        if sub.kind == "object" and isinstance(item, Mapping):
            yield where, sub, item


def spans_in(document: Any, schema: Schema) -> Iterator[tuple[Path, Node, Any]]:
    """Yield the spans of a document, parts of annotations too, outer ones first: path, node and span."""
    return ((path, node, span) for path, node, span in objects(document, schema.root) if node.span_of)


def values_at(document: Any, place: Place, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield the values at a place of a document that aren't null, each with its path."""
    if document is None:
        return
    if not place:
        yield path, document
    elif place == ("*",):
        yield from (((*path, k), item) for k, item in enumerate(_items(document)) if item is not None)
    elif place[0] == "*":
        for k, item in enumerate(_items(document)):
            yield from values_at(item, place[1:], (*path, k))
    elif isinstance(document, Mapping):
        yield from values_at(document.get(place[0]), place[1:], (*path, place[0]))


def _items(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def value_at(document: Any, path: Path) -> Any:
    """Return the value that a path leads to.

    Raises:
        KeyError: there is no such member.
        IndexError: there is no such item.
    """
    for step in path:
        document = document[step]
    return document


def place_of(path: Path) -> Place:
    """Return the place that a path is at."""
    return tuple("*" if isinstance(step, int) else step for step in path)


def holder_of(path: Path, schema: Schema) -> Path:
    """Return the path of the annotation that something is part of.

    That is the innermost item with a key around it, or the outermost item where none has a key.
    """
    items = [path[: k + 1] for k, step in enumerate(path) if isinstance(step, int)]
    keyed = [item for item in items if schema.key_of(schema.nodes[place_of(item)])]
    return keyed[-1] if keyed else items[0] if items else path


def inside(path: Path, some: Set[Path]) -> bool:
    """Return whether a path leads to, or into, a value that one of some paths leads to."""
    return any(path[:k] in some for k in range(len(path) + 1))


def json_path(path: Path) -> str:
    """Return a path as JSONPath (RFC 9535), as ``$.entities[3].start``."""
    return "$" + "".join(f".{step}" if _is_plain(step) else f"[{json.dumps(step)}]" for step in path)


def _is_plain(step: Step) -> bool:
    return isinstance(step, str) and _PLAIN_NAME.fullmatch(step) is not None
