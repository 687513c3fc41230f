"""Schemas and documents whose members have other names: what the toolkit says of them must be the same."""

from collections.abc import Callable, Mapping
from typing import Any

from spanproof.schema.node import Node
from spanproof.schema.paths import Path
from spanproof.schema.references import Condition
from spanproof.schema.schema import Schema

FIXED = {"start", "end", "text", "prefix", "suffix"}
"""The members of a span whose names the vocabulary gives."""

Rename = Callable[[str], str]
"""The new name of a member by its old one; a bijection."""


def renamed_schema(schema: Schema, rename: Rename) -> Schema:
    """Return a schema of the same documents under other names."""
    json = _renamed_node(schema.root, rename)
    if schema.registry_schemas:
        entries = {name: registry.entry for name, registry in schema.registry_schemas.items()}
        json["registries"] = {name: _entry(entry, rename) for name, entry in entries.items()}
    return Schema.of(json)


def _entry(node: Node, rename: Rename) -> dict[str, Any]:
    """The JSON Schema of a registry's entry, which keeps its names, but refers to members of documents by theirs."""
    json = {keyword: value for keyword, value in node.json.items() if keyword not in ("properties", "items")}
    json |= {"type": [node.kind, "null"] if node.nullable else node.kind}
    if node.kind == "object":
        json["properties"] = {name: _entry(sub, rename) for name, sub in node.fields.items()}
    if node.items:
        json["items"] = _entry(node.items, rename)
    if node.refers_to:
        json["refersTo"] = _renamed_targets(node, rename)
    return json


def _renamed_targets(node: Node, rename: Rename) -> list[Any]:
    targets: list[Any] = []
    for target in node.refers_to.written:
        registry = target.startswith("registry:")
        named = target if registry else "/".join(s if s in ("", "*") else rename(s) for s in target.split("/"))
        where = {
            condition.member if registry else rename(condition.member): _renamed_condition(condition, rename)
            for condition in node.refers_to.where.get(target, ())
        }
        targets.append({"to": named, "where": where} if where else named)
    return targets


def _renamed_condition(condition: Condition, rename: Rename) -> Any:
    if not condition.own:
        return list(condition.values)
    allowed = {value: list(values) for value, values in condition.allowed}
    return {"member": rename(condition.own)} | ({"allowed": allowed} if allowed else {})


def renamed_document(value: Any, node: Node | None, rename: Rename) -> Any:
    """Return a document under other names; members that its schema doesn't list keep theirs."""
    if node is None:
        return value
    if isinstance(value, Mapping):
        return {
            _name(node, name, rename) if name in node.fields else name: renamed_document(
                each, node.fields.get(name), rename
            )
            for name, each in value.items()
        }
    if isinstance(value, list):
        return [renamed_document(each, node.items, rename) for each in value]
    return rename(value) if value in node.refers_to.members else value


def renamed_path(path: Path, node: Node | None, rename: Rename) -> Path:
    """Return a path of a document as it is under other names."""
    if not path or node is None:
        return path
    step = path[0]
    if isinstance(step, int):
        return step, *renamed_path(path[1:], node.items, rename)
    name = _name(node, step, rename) if step in node.fields else step
    return name, *renamed_path(path[1:], node.fields.get(step), rename)


def _name(node: Node, name: str, rename: Rename) -> str:
    return name if node.span_of and name in FIXED else rename(name)


def _renamed_node(node: Node, rename: Rename) -> dict[str, Any]:
    """The JSON Schema of a node, its references put in place, with every name that it states."""

    def member(name: str) -> str:
        return _name(node.items or node, name, rename)

    json = {keyword: value for keyword, value in node.json.items() if keyword not in ("$defs", "properties", "items")}
    json |= {"type": [node.kind, "null"] if node.nullable else node.kind}
    if node.kind == "object":
        json["required"] = [member(name) for name, sub in node.fields.items() if sub.required]
        json["properties"] = {member(name): _renamed_node(sub, rename) for name, sub in node.fields.items()}
    if node.items:
        json["items"] = _renamed_node(node.items, rename)
    for keyword in {"spanOf", "hashOf"} & json.keys():
        json[keyword] = rename(json[keyword])
    for keyword in {"labelledBy", "key"} & json.keys():
        json[keyword] = member(json[keyword])
    if node.timex3:
        json["timex3"] = {keyword: member(name) for keyword, name in json["timex3"].items()}
    if node.quotation:
        parts = [member(part) for part in node.quotation.parts]
        json["quotation"] = json["quotation"] | {"type": member(node.quotation.type), "parts": parts}
    if node.bars:
        layers = [f"/{rename(layer)}" for layer in node.bars.layers]
        json["bars"] = {"where": {member(node.bars.member): list(node.bars.values)}, "layers": layers}
    if node.consistent:
        where = {member(name): list(values) for name, values in node.consistent.where.items()}
        members = [member(name) for name in node.consistent.members]
        json["consistent"] = {"members": members, "where": where} if where else members
    if node.annotation:
        named = {"fragments": node.annotation.fragments, "text": node.annotation.text}
        json["annotationOf"] = json["annotationOf"] | {role: member(name) for role, name in named.items() if name}
    if node.relation:
        json["relation"] = json["relation"] | {"ends": [[member(name) for name in end] for end in node.relation.ends]}
    if node.derived:
        named = {"covers": node.derived.covers, "within": node.derived.within}
        named |= {"tags": node.derived.tags, "tokens": node.derived.tokens}
        json["derived"] = json["derived"] | {role: f"/{rename(name)}" for role, name in named.items() if name}
    if node.referred_to_by:
        json["referredToBy"] = [
            "/" + "/".join(step if step == "*" else rename(step) for step in place) for place in node.referred_to_by
        ]
    if node.exhaustive:
        json["exhaustive"] = json["exhaustive"] | {"member": member(node.exhaustive.member)}
    if node.refers_to:
        json["refersTo"] = _renamed_targets(node, rename)
    return json
