"""What a keyword asks of others and of the nodes that it refers to, beyond the node on which it may stand."""

from collections.abc import Collection, Mapping

from spanproof.schema.node import Node, Place, SchemaError, owner_of, pointer
from spanproof.schema.references import registry_of

LIST = "a list of spans or annotations"


def is_annotation(node: Node | None) -> bool:
    """Say whether a node is a span, or an annotation of several."""
    return node is not None and (node.span_of is not None or node.annotation is not None)


def where(node: Node) -> str:
    """Return the JSON Pointer at which a node was written in its schema file."""
    return node.written[0] if node.written else f"#{node.name}"


def described(node: Node) -> str:
    """Return what a node is, as a message says it."""
    if node.items is not None:
        inner = "span" if node.items.span_of else "annotation" if node.items.annotation else node.items.kind
        return f"a list of {inner}s"
    if not node.place:
        return "the document"
    if node.span_of and node.kind == "object":
        return "a span"
    return f"an {node.kind}" if node.kind[0] in "aeio" else f"a {node.kind}"


def misplaced(node: Node, keyword: str, what: str, expected: str) -> SchemaError:
    """Return the error of a keyword that stands where it says nothing."""
    return SchemaError(f"{where(node)}: {keyword} is used on {what}; expected {expected}")


def demand_conditions(node: Node, nodes: Mapping[Place, Node]) -> None:
    """Raise SchemaError where a keyword of a node can't be judged, though it stands in its domain.

    Args:
        node: the node.
        nodes: all nodes of the schema, by place.
    """
    _demand_targets(node, nodes)
    for target in node.refers_to.where:
        demand_where(node, nodes, nodes, target)
    _demand_surface(node)
    _demand_relation(node, nodes)
    _demand_sources(node, nodes)
    for place in node.referred_to_by:
        if place not in nodes:
            raise _nowhere(node, "referredToBy", place)
    if node.acyclic and not _refers_to_own_key(node, nodes):
        expected = "refersTo the key of its own list, since nothing else could lead back"
        raise misplaced(node, "acyclic", f"refersTo {', '.join(node.refers_to.written)}", expected)
    if node.quotation:
        types = node.fields[node.quotation.type].allowed
        if types is not None and node.quotation.direct not in types:
            direct = f"quotation calls direct speech {node.quotation.direct!r}"
            raise SchemaError(f"{where(node)}: {direct}; expected one of {', '.join(map(str, types))}")


def _nowhere(node: Node, keyword: str, place: Place) -> SchemaError:
    expected = "expected the place of a member, such as /dates/*/id"
    return SchemaError(
        f"{where(node)}: {keyword} names {pointer(place)!r}, which isn't a place of the document; {expected}"
    )


def _demand_targets(node: Node, nodes: Mapping[Place, Node]) -> None:
    for place in (*node.refers_to.places, *((member,) for member in node.refers_to.members)):
        target = nodes.get(place)
        if target is None:
            raise _nowhere(node, "refersTo", place)
        # A member of the document is referred to by its name, everything else by its value.
        kind = target.kind if len(place) > 1 else "string"
        if node.kind != kind:
            refers = f"refersTo names {pointer(place)!r}, which is {described(target)}, from {described(node)}"
            raise SchemaError(f"{where(node)}: {refers}; expected two of the same type")


def demand_where(node: Node, own: Mapping[Place, Node], nodes: Mapping[Place, Node], target: str) -> None:
    """Raise SchemaError where a condition of a reference can't be judged.

    Args:
        node: what refers.
        own: the nodes of the document, or of the entry of a registry, that it is in, by place.
        nodes: all nodes of the schema of a document, by place.
        target: what it refers to under conditions, as it is written.
    """
    conditions = node.refers_to.where[target]
    if node.refers_to.written.count(target) > 1:
        raise SchemaError(f"{where(node)}: refersTo names {target!r} twice; expected all that it may be in one where")
    for condition in (condition for condition in conditions if condition.own):
        owner = own.get(owner_of(node.place), node)
        beside = _demand_condition(node, owner, condition.own, "the object that refers")
        _demand_listed(node, beside, [value for value, _ in condition.allowed])
    place = tuple(target[1:].split("/"))
    if registry_of(target) is not None:
        # What an entry is, is judged with the registries.
        if "/" in target:
            expected = "expected registry:NAME, since a value of an entry could be that of several"
            raise SchemaError(f"{where(node)}: refersTo has where with {target!r}; {expected}")
        return
    if place[-2:-1] != ("*",) or nodes[place[:-2]].key != place[-1]:
        expected = "expected the key of a list, since several annotations could be meant"
        raise SchemaError(f"{where(node)}: refersTo has where with {target!r}; {expected}")
    for condition in conditions:
        there = _demand_condition(node, nodes[place[:-1]], condition.member, "its target")
        _demand_listed(node, there, condition.listed)


def _demand_condition(node: Node, owner: Node, name: str, what: str) -> Node:
    member = owner.fields.get(name)
    if member is None or member.kind != "string":
        there = "isn't a member there" if member is None else f"is {described(member)}"
        expected = f"expected a string of {what} (which has {', '.join(owner.fields) or 'none'})"
        raise SchemaError(f"{where(node)}: refersTo has where, which names {name!r}, which {there}; {expected}")
    return member


def _demand_listed(node: Node, member: Node, values: Collection[str]) -> None:
    """Raise SchemaError where a condition asks for a value that a member can't have."""
    allowed = member.allowed  # a schema may list what can't be in a set
    if allowed is not None and (unknown := sorted(value for value in values if value not in allowed)):
        expected = f"expected one of {', '.join(map(str, allowed))}"
        raise SchemaError(f"{where(node)}: refersTo has where, which names {unknown[0]!r}; {expected}")


def _demand_surface(node: Node) -> None:
    """Raise SchemaError where one surface shall be labelled alike, and none is stored."""
    item = node.items
    if node.consistent and item is not None:
        annotation = item.annotation
        fragment = item.fields[annotation.fragments].items if annotation else None
        if not ((annotation and annotation.text) or "text" in (fragment or item).fields):
            listed = ", ".join(item.fields) or "none"
            expected = f"expected a member text, the surface that is labelled alike (its items have {listed})"
            raise SchemaError(f"{where(node)}: consistent is used on {described(node)} without a surface; {expected}")


def _refers_to_own_key(node: Node, nodes: Mapping[Place, Node]) -> bool:
    owner = node.place[:-1]
    key = nodes[owner[:-1]].key if owner and owner[-1] == "*" else None
    return key is not None and (*owner, key) in node.refers_to.places


def _demand_relation(node: Node, nodes: Mapping[Place, Node]) -> None:
    """Raise SchemaError where the ends or the signatures of a relation can't be judged."""
    relation = node.relation
    if relation is None:
        return
    for end in relation.ends:
        must = [name for name in end if node.fields[name].required and not node.fields[name].nullable]
        if len(end) > 1 and must:
            names = f"relation names {' and '.join(end)} for one end, and {must[0]} is always there"
            raise SchemaError(f"{where(node)}: {names}; expected members that may be left out")
    if len({*relation.members}) < len(relation.members):
        raise SchemaError(f"{where(node)}: relation names a member twice in its ends; expected each once")
    if not relation.signatures:
        return
    ends = [node.fields[name] for name in relation.members]
    if not (node.label and all(end.refers_to.places for end in ends)):
        raise SchemaError(f"{where(node)}: signatures without labels; expected labelledBy, and ends with refersTo")
    for place in (place for end in ends for place in end.refers_to.places):
        if place not in nodes or not nodes[place[:-1]].label:
            speak = f"signatures speak of {pointer(place)}, which have no labelledBy"
            raise SchemaError(f"{where(node)}: {speak}; expected ends that refer to what is labelled")
    if node.labels and (unknown := [label for label in relation.signatures if label not in node.labels]):
        raise SchemaError(
            f"{where(node)}: signatures name {min(unknown)!r}; expected one of {', '.join(map(str, node.labels))}"
        )


def _demand_sources(node: Node, nodes: Mapping[Place, Node]) -> None:
    """Raise SchemaError where a derived member can't be derived from what it names."""
    derived = node.derived
    if derived is None:
        return
    owner = nodes[node.place[:-1]]
    if derived.joins:
        source = nodes.get((*owner.place, *derived.joins))
        if source is None or source.kind != "string":
            raise SchemaError(
                f"{where(node)}: derived joins {'/'.join(derived.joins)!r}; expected strings within the object"
            )
        return
    texts = {nodes[name, "*"].span_of for name in derived.lists}
    texts |= set() if derived.tags else {owner.span_of}
    if len(texts) != 1 or None in texts:
        raise SchemaError(
            f"{where(node)}: derived speaks of {', '.join(derived.lists)}; expected lists of spans of one text"
        )
    if derived.tags and not nodes[derived.tags, "*"].label:
        raise SchemaError(f"{where(node)}: derived names the tags of {derived.tags!r}; expected spans with labelledBy")
    if not derived.tags and owner.place[:1] == (derived.lists[0],):
        raise SchemaError(f"{where(node)}: derived speaks of its own list; expected another one")
