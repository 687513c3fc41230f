"""A JSON Schema made into the tree of nodes, and into one that takes null for a member left out."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from spanproof.schema.node import Json, Node, Place, SchemaError, pointer


def resolved(schema: Json, whole: Json) -> tuple[Json, bool]:
    """Return a schema with its ``$ref`` and its nullable ``anyOf`` merged in, and whether null is allowed."""
    nullable = False
    for _ in range(32):
        if "$ref" in schema:
            target: Any = whole
            ref = schema["$ref"]
            try:
                if not ref.startswith("#"):
                    raise KeyError(ref)
                for step in filter(None, ref[1:].split("/")):
                    target = target[step.replace("~1", "/").replace("~0", "~")]
            except (KeyError, TypeError) as error:
                raise SchemaError(f"$ref {ref!r}: only places of the same file can be referred to") from error
            schema = {**target, **{k: v for k, v in schema.items() if k != "$ref"}}
            continue
        choice = next((k for k in ("anyOf", "oneOf") if k in schema), None)
        if choice and "properties" not in schema and "items" not in schema:
            real = [s for s in schema[choice] if s != {"type": "null"}]
            if len(real) == 1 and len(schema[choice]) == 2:
                nullable = True
                schema = {**real[0], **{k: v for k, v in schema.items() if k != choice}}
                continue
        return schema, nullable
    raise SchemaError(f"$ref {schema.get('$ref')!r}: refers to itself without end")


def compiled(schema: Json, whole: Json, place: Place, required: bool) -> Node:
    """Return the node of a schema, with all below it.

    Args:
        schema: the part of the schema.
        whole: the schema of the document, in which ``$ref`` points.
        place: the place of the node in a document.
        required: whether the member must be there.

    Raises:
        SchemaError: the schema has no column type.
    """
    if len(place) > 16:
        raise SchemaError(f"/{'/'.join(place)}: nested more than 16 levels; a recursive schema has no column type")
    if not isinstance(schema, Mapping):
        raise SchemaError(f"/{'/'.join(place)}: a schema of true or false has no column type")
    merged, nullable = resolved(schema, whole)
    kinds = merged.get("type", "object" if "properties" in merged else None)
    listed = [kinds] if isinstance(kinds, str) else list(kinds or [])
    known: list[Any] = [kind for kind in listed if kind != "null"]
    if len(known) != 1:
        raise SchemaError(f"/{'/'.join(place)}: needs exactly one type beside null to have a column, has {listed}")
    node = Node(place, known[0], nullable or "null" in listed, required, merged)
    if known[0] == "object":
        must = merged.get("required", ())
        fields = {
            name: compiled(sub, whole, (*place, name), name in must)
            for name, sub in merged.get("properties", {}).items()
        }
        if node.annotation and (fragments := fields.get(node.annotation.fragments)):
            # They stand in the order of the text, whether their list says so or not.
            ordered = replace(fragments, json={**fragments.json, Node.in_order.name: True})
            fields[node.annotation.fragments] = ordered
        return Node(node.place, node.kind, node.nullable, required, merged, MappingProxyType(fields))
    if known[0] == "array":
        items = compiled(merged.get("items", True), whole, (*place, "*"), True)
        return Node(node.place, node.kind, node.nullable, required, merged, items=items)
    return node


def demand_members(nodes: Mapping[Place, Node]) -> None:
    """Raise SchemaError where a keyword names a member that isn't there.

    A keyword that is added and names members is asked for here.
    """

    def demand(node: Node, keyword: str, owner: Node | None, *names: str) -> None:
        for name in names:
            if owner is None or name not in owner.fields:
                raise SchemaError(f"{node.name}: {keyword} names {name!r}, which isn't a member there")

    for node in nodes.values():
        if node.span_of:
            demand(node, "spanOf", nodes[()], node.span_of)
            demand(node, "spanOf", node, "start", "end")
            if ("*", "*") in pairwise(node.place):
                raise SchemaError(
                    f"{node.name}: a span in a list of lists; right is a list of objects with a list each"
                )
        if node.annotation:
            demand(node, "annotationOf", node, *node.annotation.members)
        if node.hash_of:
            demand(node, "hashOf", nodes[()], node.hash_of)
        if node.label:
            demand(node, "labelledBy", node, node.label)
        if node.key:
            demand(node, "key", node.items or node, node.key)
        if node.timex3:
            demand(node, "timex3", node, *node.timex3.members)
        if node.quotation:
            demand(node, "quotation", node, node.quotation.type, *node.quotation.parts)
        demand(node, "consistent", node.items, *node.consistent.members, *node.consistent.where)
        if node.exhaustive:
            demand(node, "exhaustive", node.items, node.exhaustive.member)
        if node.bars:
            demand(node, "bars", node.items, node.bars.member)
            demand(node, "bars", nodes[()], *node.bars.layers)
        _demand_kinds(node)
        _demand_relation(node, nodes)
        for place in (*node.refers_to.places, *((member,) for member in node.refers_to.members)):
            if place not in nodes:
                raise SchemaError(f"{node.name}: refersTo names {pointer(place)!r}, which isn't a place there")


def _demand_kinds(node: Node) -> None:
    """Raise SchemaError where a keyword is on another kind of node than it speaks of, or names one."""
    if node.annotation:
        fragments = node.fields[node.annotation.fragments].items
        if fragments is None or not fragments.span_of:
            name = node.annotation.fragments
            raise SchemaError(f"{node.name}: annotationOf names {name!r}, which is no list; expected a list of spans")
    if node.policy and (node.items is None or not (node.items.span_of or node.items.annotation)):
        raise SchemaError(f"{node.name}: policy on something else than a list of spans; expected it on the list")
    if node.same_text_allowed and node.place:
        raise SchemaError(f"{node.name}: sameText on a member; expected it on the document")


def _demand_relation(node: Node, nodes: Mapping[Place, Node]) -> None:
    """Raise SchemaError where what is said of relations can't be judged."""
    relation, where = node.relation, f"{node.name}: "
    if relation:
        for name in relation.ends:
            if name not in node.fields or node.fields[name].kind != "string":
                raise SchemaError(f"{where}relation names the end {name!r}; expected a string member there")
            for place in node.fields[name].refers_to.places if relation.signatures else ():
                if place not in nodes or not nodes[place[:-1]].label:
                    raise SchemaError(f"{where}signatures speak of {pointer(place)}, which have no labelledBy")
        if relation.signatures and not (node.label and all(node.fields[end].refers_to.places for end in relation.ends)):
            raise SchemaError(f"{where}signatures without labels; expected labelledBy, and ends with refersTo")
        if node.labels and (unknown := relation.signatures.keys() - {*node.labels}):
            raise SchemaError(f"{where}signatures name {min(unknown)!r}; expected one of {', '.join(node.labels)}")
    if node.temporal and not (relation and node.label):
        raise SchemaError(f"{where}temporal without relation and labelledBy; expected both on the same object")
    for place in node.referred_to_by:
        if node.items is None or node.key is None or place not in nodes:
            raise SchemaError(f"{where}referredToBy {pointer(place)}; expected a place, and a list with a key")


def relaxed(schema: Any, whole: Json) -> Any:
    """Return a schema with members that may be null taken out of ``required``."""
    if isinstance(schema, list):
        return [relaxed(item, whole) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    eased = {key: relaxed(value, whole) for key, value in schema.items()}
    if isinstance(schema.get("required"), list) and isinstance(schema.get("properties"), Mapping):
        eased["required"] = [name for name in schema["required"] if not _nullable(schema, name, whole)]
    return eased


def _nullable(schema: Json, name: str, whole: Json) -> bool:
    sub = schema["properties"].get(name)
    if not isinstance(sub, Mapping):
        return False
    merged, nullable = resolved(sub, whole)
    return nullable or "null" in merged.get("type", ())
