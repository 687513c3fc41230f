"""A JSON Schema made into the tree of nodes, and into one that takes null for a member left out."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from types import MappingProxyType
from typing import Any

from spanproof.schema.node import Json, Node, Place, SchemaError
from spanproof.schema.vocabulary import vocabulary
from spanproof.schema.written import POINTERS, marked, parts, pointer_of, referred, stand_off_in, unmarked

_SAYS_NOTHING = {
    *("$schema", "$id", "$comment", "$defs", "definitions", "title", "description", "default", "examples"),
    *("deprecated", "readOnly", "writeOnly"),
}
"""Keywords by which no value is refused: where two parts of a schema differ in one, the outer part is heard."""
_MOST_PARTS = 200
_TYPES = {type(None): "null", bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}
_OF_ALL_MEMBERS = ("additionalProperties", "unevaluatedProperties", "patternProperties")


class ChoiceError(SchemaError):
    """A schema of values of several types, which no column takes."""


def compiled(schema: Any, whole: Json, place: Place, required: bool) -> Node:
    """Return the node of a schema, with all below it.

    Args:
        schema: the part of the schema, marked.
        whole: the schema of the document, marked, in which ``$ref`` points.
        place: the place of the node in a document.
        required: whether the member must be there.

    Raises:
        SchemaError: the schema has no column type.
    """
    name = "/" + "/".join(place)
    if len(place) > 16:
        raise SchemaError(f"{name}: nested more than 16 levels; a recursive schema has no column type")
    if not isinstance(schema, Mapping):
        raise SchemaError(f"{name}: a schema of true or false has no column type; expected one with a type")
    merged, nullable = resolved(schema, whole)
    pointer, pointers = pointer_of(merged), merged.pop(POINTERS)
    kinds: list[Any] = [kind for kind in _kinds(merged) or _kinds_of_values(merged) if kind != "null"]
    if len(kinds) != 1:
        has = f"is {' or '.join(kinds)}" if kinds else "has no type"
        problem = f"{pointer}: {has}; expected exactly one type beside null, which its column takes"
        raise (ChoiceError if kinds or merged.keys() & {"anyOf", "oneOf"} else SchemaError)(problem)
    fields: Mapping[str, Node] = MappingProxyType({})
    items = None
    if kinds[0] == "object":
        must = merged.get("required", ())
        members = merged.get("properties", {}).items()
        inner = dict(_members(members, whole, place, must))
        fragments = inner.get(merged.get(Node.annotation.name, {}).get("fragments"))
        if fragments:
            # They stand in the order of the text, whether their list says so or not.
            ordered = replace(fragments, json={**fragments.json, Node.in_order.name: True})
            inner[fragments.place[-1]] = ordered
        fields = MappingProxyType(inner)
    elif kinds[0] == "array":
        if not isinstance(merged.get("items"), Mapping):
            raise SchemaError(f"{pointer}: an array without `items`; expected the schema of its items there")
        items = compiled(merged["items"], whole, (*place, "*"), True)
    return Node(place, kinds[0], nullable, required, unmarked(merged), fields, items, pointers)


def resolved(schema: Json, whole: Json) -> tuple[dict[str, Any], bool]:
    """Return a schema with all that it consists of merged in, and whether null is allowed.

    These are what ``$ref`` names, the choice between something and null, and an ``allOf`` in which there are stand-off
    keywords. What can't be said by one schema stays in its ``allOf``.

    Args:
        schema: the schema, marked.
        whole: the whole file, marked.

    Raises:
        SchemaError: a reference leads nowhere or back, or two parts contradict each other.
    """
    merged = _merged(_conjuncts(schema, whole))
    listed = [merged["const"]] if "const" in merged else merged.get("enum", (None,))
    return merged, "null" in (_kinds(merged) or _kinds_of_values(merged)) and None in listed


def _members(
    members: Iterable[tuple[str, Any]], whole: Json, place: Place, required: Collection[str]
) -> Iterator[tuple[str, Node]]:
    """Yield the nodes of members; one of several types has none if no stand-off keyword asks for its values.

    It is judged as members are that a schema doesn't list, and what it says of them is heard.
    """
    for name, sub in members:
        try:
            yield name, compiled(sub, whole, (*place, name), name in required)
        except ChoiceError:
            if next(stand_off_in(sub, whole), None) is not None:
                raise


def _kinds_of_values(schema: Json) -> list[str]:
    """Return the types of the values that a schema lists."""
    values = [schema["const"]] if "const" in schema else schema.get("enum", ())
    return list(dict.fromkeys(_TYPES.get(type(value), "object") for value in values))


def _kinds(schema: Json) -> list[str]:
    kinds = schema.get("type", "object" if "properties" in schema else ())
    return [kinds] if isinstance(kinds, str) else list(kinds)


def _conjuncts(schema: Any, whole: Json, trail: tuple[str, ...] = ()) -> Iterator[Json]:
    """Yield the schemas all of which a value must fit, the outermost first."""
    if schema is True:
        return
    if not isinstance(schema, Mapping):
        raise SchemaError(
            f"{trail[-1] if trail else '#'}: a part of it is false, which no value fits; expected a schema"
        )
    here = (*trail, *schema.get(POINTERS, ()))
    if len(here) > len(set(here)):
        raise SchemaError(f"{pointer_of(schema)}: refers to itself without end; expected a schema in the end")
    own = {keyword: value for keyword, value in schema.items() if keyword != "$ref"}
    # What only the validator has to judge stays as it is: it may be recursive, or have no type.
    says_more = schema.get(POINTERS) == () or any(
        True for sub in own.get("allOf", ()) for _ in stand_off_in(sub, whole)
    )
    all_of = own.pop("allOf") if says_more else ()
    for keyword in ("anyOf", "oneOf"):
        choice = [sub for sub in own.get(keyword, ()) if not _is_null(sub)]
        if len(choice) == 1 and len(own[keyword]) == 2 and isinstance(choice[0], Mapping):
            del own[keyword]
            real = _merged(_conjuncts(choice[0], whole, here))
            yield _with_null(real)
    yield own
    if "$ref" in schema:
        yield from _conjuncts(referred(schema, whole), whole, here)
    for sub in all_of:
        yield from _conjuncts(sub, whole, here)


def _is_null(schema: Any) -> bool:
    return isinstance(schema, Mapping) and {k: v for k, v in schema.items() if k != POINTERS} == {"type": "null"}


def _with_null(schema: Json) -> Json:
    """Return a schema that takes null too."""
    kinds = _kinds(schema)
    if "const" in schema:
        schema = {**{k: v for k, v in schema.items() if k != "const"}, "enum": [schema["const"]]}
    if "enum" in schema and None not in schema["enum"]:
        schema = {**schema, "enum": [*schema["enum"], None]}
    return {**schema, "type": [*kinds, "null"]} if kinds and "null" not in kinds else schema


def _merged(all_of: Iterable[Json]) -> dict[str, Any]:
    """Return one schema of several all of which a value must fit; what it can't say is in its ``allOf``."""
    conjuncts = list(islice(all_of, _MOST_PARTS + 1))
    if len(conjuncts) > _MOST_PARTS:
        raise SchemaError(f"{pointer_of(conjuncts[0])}: consists of more than {_MOST_PARTS} schemas; expected fewer")
    merged: dict[str, Any] = {POINTERS: ()}
    rest: list[Json] = []
    of_objects = [part for part in conjuncts if part.keys() & {"properties", *_OF_ALL_MEMBERS}]
    for part in conjuncts:
        unsaid = False
        for keyword, value in part.items():
            if keyword == POINTERS:
                merged[POINTERS] = (*merged[POINTERS], *value)
            elif keyword in _OF_ALL_MEMBERS and len(of_objects) > 1 and value is not True:
                unsaid = True  # it speaks of the members that stand beside it, and of no others
            elif keyword == "allOf":
                rest += value
            elif keyword not in merged:
                merged[keyword] = value
            elif unmarked(merged[keyword]) != unmarked(value) and keyword not in _SAYS_NOTHING:
                unsaid |= not _combined(merged, keyword, value, part)
        if unsaid:
            rest.append(part)
    return merged | ({"allOf": rest} if rest else {})


def _combined(merged: dict[str, Any], keyword: str, value: Any, part: Json) -> bool:
    """Make a keyword of a schema demand what another part demands by it as well; return whether that can be said."""
    known = merged[keyword]
    if keyword == "required":
        merged[keyword] = [*known, *(name for name in value if name not in known)]
    elif keyword == "properties":
        both = {name: _both(known[name], sub) if name in known else sub for name, sub in value.items()}
        merged[keyword] = {**known, **both}
    elif keyword == "items":
        merged[keyword] = _both(known, value)
    elif keyword == "type":
        kinds = [kind for kind in _kinds(merged) if kind in _kinds(part)]
        if not kinds and {"integer", "number"} <= {*_kinds(merged), *_kinds(part)}:
            kinds = ["integer"]
        merged[keyword] = kinds
    elif keyword in vocabulary():
        twice = f"{keyword} is {value!r} here and {known!r} at {pointer_of(merged)}"
        raise SchemaError(f"{pointer_of(part)}: {twice}; expected it to be said once")
    else:
        return False
    return True


def _both(one: Any, other: Any) -> Any:
    """Return the schema of what fits two schemas; that it was written nowhere says that it is to be merged."""
    if unmarked(one) == unmarked(other):
        return one
    return {POINTERS: (), "allOf": [one, other]}


def relaxed(schema: Json) -> Json:
    """Return a schema with members that may be null taken out of ``required``."""
    marks = marked(schema)
    eased: Json = _eased(marks, marks)
    return eased


def _eased(schema: Any, whole: Json) -> Any:
    """Return a part of a marked schema relaxed, and without its marks."""
    if not isinstance(schema, Mapping):
        return schema
    eased = dict(schema)
    for keyword in {way[0] for way, _ in parts(schema)}:
        eased[keyword] = each_of(schema[keyword], lambda sub: _eased(sub, whole))
    if isinstance(schema.get("required"), list) and isinstance(schema.get("properties"), Mapping):
        members = schema["properties"]
        eased["required"] = [name for name in schema["required"] if not _takes_null(members.get(name), whole)]
    return {keyword: value for keyword, value in eased.items() if keyword != POINTERS}


def each_of(value: Any, change: Callable[[Any], Any]) -> Any:
    """Return the schemas that a keyword holds, changed."""
    if isinstance(value, Mapping) and POINTERS not in value:
        return {name: change(sub) for name, sub in value.items()}
    return [change(sub) for sub in value] if isinstance(value, list) else change(value)


def _takes_null(schema: Any, whole: Json) -> bool:
    return isinstance(schema, Mapping) and resolved(schema, whole)[1]


def with_gaps(schema: Any) -> Any:
    """Return a schema whose members may be null where they may be left out."""
    if isinstance(schema, list):
        return [with_gaps(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    eased = {name: with_gaps(value) for name, value in schema.items()}
    if isinstance(schema.get("properties"), Mapping):
        required = schema.get("required", ())
        eased["properties"] = {
            name: sub if name in required or sub is True else {"anyOf": [sub, {"type": "null"}]}
            for name, sub in eased["properties"].items()
        }
    return eased
