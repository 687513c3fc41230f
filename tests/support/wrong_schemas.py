"""Lenient and wrong schemas, each with what must be said of it: the list of the faults that once passed unseen."""

import copy
from typing import Any

SPAN: dict[str, Any] = {
    "type": "object",
    "spanOf": "text",
    "labelledBy": "label",
    "properties": {
        "id": {"type": "string"},
        "start": {"type": "integer"},
        "end": {"type": "integer"},
        "text": {"type": "string"},
        "label": {"type": "string", "enum": ["PER", "LOC"]},
    },
}
OPEN: dict[str, Any] = {
    "type": "object",
    "key": "id",
    "properties": {
        "id": {"type": "string"},
        "text": {"type": "string"},
        "names": {"type": "array", "key": "id", "overlap": "forbid", "items": SPAN},
    },
}
"""A schema that requires nothing and forbids no other members."""
SOUND: dict[str, Any] = {
    "id": "d",
    "text": "Ana met Bo in Rome.",
    "names": [
        {"id": "1", "start": 0, "end": 3, "text": "Ana", "label": "PER"},
        {"id": "2", "start": 14, "end": 18, "text": "Rome", "label": "LOC"},
    ],
}
STRINGS = {"type": "array", "items": {"type": "string"}}
THING = {"type": "object", "properties": {"x": {"type": "string"}}}
MATRIX = {"type": "array", "items": {"type": "array", "items": SPAN}}
WITHOUT_SURFACE = {**SPAN, "properties": {n: sub for n, sub in SPAN["properties"].items() if n != "text"}}


def changed(path: str, value: Any) -> dict[str, Any]:
    """The open schema with another value at a place (`names.items.spanOf`); None takes it away."""
    schema = copy.deepcopy(OPEN)
    *way, last = path.split(".")
    part: Any = schema
    for step in way:
        part = part["properties"] if step == "" else part[step]
    if value is None:
        del part[last]
    else:
        part[last] = value
    return schema


def of(where: Any, to: str = "/names/*/id") -> dict[str, Any]:
    """A reference under conditions."""
    return {"type": "string", "refersTo": [{"to": to, "where": where}]}


def related(ends: list[Any], **more: Any) -> dict[str, Any]:
    """The open schema with a list of relations."""
    members = {name: {"type": "string"} for name in ("id", "a", "b")}
    return changed(
        ".links",
        {"type": "array", "items": {"type": "object", "relation": {"ends": ends}, "properties": members, **more}},
    )


_ITEM = ".names.items"
REFUSED: list[tuple[dict[str, Any], str]] = [
    # misspelt: case, a letter less, more, or other, an underscore, a prefix
    (changed(f"{_ITEM}.spanof", "text"), "#/properties/names/items: unknown keyword 'spanof'; did you mean 'spanOf'"),
    (changed(f"{_ITEM}.span_of", "text"), "did you mean 'spanOf'"),
    (changed(f"{_ITEM}.labeledBy", "label"), "did you mean 'labelledBy'"),
    (changed(f"{_ITEM}.labelBy", "label"), "did you mean 'labelledBy'"),
    (changed(".names.overlaps", "forbid"), "#/properties/names: unknown keyword 'overlaps'; did you mean 'overlap'"),
    (changed(".names.Key", "id"), "did you mean 'key'"),
    (changed(".names.x-consistent", ["label"]), "did you mean 'consistent'"),
    (changed(f"{_ITEM}..label.refersto", ["registry:a"]), "/properties/label: unknown keyword 'refersto'"),
    (changed("propertys", {"more": SPAN}), "unknown keyword 'propertys', which holds .*; did you mean 'properties'"),
    # on the wrong kind of node
    (changed("spanOf", "text"), "#: spanOf is used on the document; expected an object below the document"),
    (changed(".text.spanOf", "text"), "#/properties/text: spanOf is used on a string"),
    (changed(".names.spanOf", "text"), "#/properties/names: spanOf is used on a list of spans"),
    (changed(f"{_ITEM}.overlap", "nest"), "#/properties/names/items: overlap is used on a span; expected a list of"),
    (changed(f"{_ITEM}.inOrder", True), "inOrder is used on a span; expected a list of"),
    (changed(".text.overlap", "nest"), "overlap is used on a string"),
    (changed("overlap", "nest"), "#: overlap is used on the document"),
    (changed("inOrder", True), "#: inOrder is used on the document"),
    (changed(f"{_ITEM}.key", "id"), "#/properties/names/items: key is used on a span; expected a list of objects"),
    (changed(".text.key", "id"), "key is used on a string"),
    (changed(".tags", {**STRINGS, "key": "id"}), "key is used on a list of strings"),
    (changed(".names.labelledBy", "label"), "labelledBy is used on a list of spans; expected a span"),
    (changed("labelledBy", "text"), "#: labelledBy is used on the document"),
    (
        changed(".names.refersTo", ["registry:a"]),
        "refersTo is used on a list of spans; expected a string or an",
    ),
    (changed(".tags", {**STRINGS, "refersTo": ["/names/*/id"]}), "refersTo is used on a list of strings"),
    (changed(f"{_ITEM}.refersTo", ["/names/*/id"]), "refersTo is used on a span"),
    (changed(f"{_ITEM}..label.acyclic", True), "acyclic is used on a string; expected a reference"),
    (changed(".names.hashOf", "text"), "hashOf is used on a list of spans"),
    (
        changed(f"{_ITEM}..label.hashOf", "text"),
        "hashOf is used on a string; expected a string that is a member",
    ),
    (changed(".names.timex3", {"value": "id"}), "timex3 is used on a list of spans; expected an object"),
    (changed(".text.timex3", {"value": "id"}), "timex3 is used on a string"),
    (changed(".names.quotation", {"type": "label", "direct": "PER", "parts": []}), "quotation is used on a list of"),
    (changed("quotation", {"type": "id", "direct": "PER", "parts": []}), "#: quotation is used on the document"),
    (changed(f"{_ITEM}.bars", {"where": {"label": ["PER"]}, "layers": ["/names"]}), "bars is used on a span"),
    (changed("bars", {"where": {"id": ["PER"]}, "layers": ["/names"]}), "#: bars is used on the document"),
    (changed(f"{_ITEM}.exhaustive", {"registry": "a", "member": "id"}), "exhaustive is used on a span"),
    (changed("exhaustive", {"registry": "a", "member": "id"}), "#: exhaustive is used on the document"),
    (changed(f"{_ITEM}.consistent", ["label"]), "consistent is used on a span"),
    (changed("consistent", ["id"]), "#: consistent is used on the document"),
    (changed(f"{_ITEM}.policy", {"role": "tokens"}), "policy is used on a span"),
    (changed(f"{_ITEM}.sameText", "allowed"), "sameText is used on a span; expected the document"),
    (changed(f"{_ITEM}.documents", "/names/*"), "documents is used on a span; expected the root of the schema"),
    (changed(f"{_ITEM}.temporal", {}), "temporal is used on a span; expected a labelled relation"),
    (changed(f"{_ITEM}.referredToBy", ["/names/*/id"]), "referredToBy is used on a span; expected a list with a key"),
    # names what isn't there, or has another type
    (
        changed(f"{_ITEM}.spanOf", "body"),
        "spanOf names 'body', which isn't a member there; expected a member of the",
    ),
    (changed(".text", {"type": "integer"}), "spanOf names 'text', which is an integer; expected string"),
    (changed(f"{_ITEM}..start", {"type": "string"}), "spanOf names 'start', which is a string; expected integer"),
    (changed(f"{_ITEM}..end", {"type": "number"}), "spanOf names 'end', which is a number; expected integer"),
    (changed(f"{_ITEM}..start", None), r"spanOf names 'start', which isn't a member there; .* \(it has id, end, text"),
    (changed(f"{_ITEM}..text", {"type": "integer"}), "spanOf names 'text', which is an integer; expected string"),
    (changed(f"{_ITEM}..prefix", {"type": "boolean"}), "spanOf names 'prefix', which is a boolean"),
    (changed(f"{_ITEM}..label", THING), "labelledBy names 'label', which is an object; expected string"),
    (changed(f"{_ITEM}.labelledBy", "lable"), "labelledBy names 'lable', which isn't a member there"),
    (changed(".names.key", "n"), "#/properties/names: key names 'n', which isn't a member there"),
    (changed(f"{_ITEM}..id", {"type": "boolean"}), "key names 'id', which is a boolean; expected string or integer"),
    (changed(".names.consistent", ["lable"]), "consistent names 'lable', which isn't a member there"),
    (changed(".names", {"type": "array", "consistent": ["label"], "items": WITHOUT_SURFACE}), "without a surface"),
    (changed(f"{_ITEM}..label.refersTo", ["/nobody/*/id"]), "refersTo names '/nobody/\\*/id', which isn't a place"),
    (changed(f"{_ITEM}..label.refersTo", ["/names/*/start"]), "which is an integer, from a string; expected two"),
    (changed(".of", {"type": "string", "refersTo": ["/names/*/id"], "acyclic": True}), "acyclic is used on refersTo"),
    # conditions that nothing can be asked of
    (
        changed(".of", of({"lable": ["PER"]})),
        r"where, which names 'lable', which isn't a member there; .*\(which has id",
    ),
    (
        changed(".of", of({"start": ["1"]})),
        "where, which names 'start', which is an integer; expected a string of its target",
    ),
    (changed(".of", of({"label": ["PERS"]})), "where, which names 'PERS'; expected one of PER, LOC"),
    (
        changed(".of", of({"label": {"member": "role"}})),
        "which names 'role', which isn't a member there; expected a string of the",
    ),
    (changed(".of", of({"label": {"member": "id", "allowed": {"x": ["PERS"]}}})), "where, which names 'PERS'"),
    (changed(".of", of({"label": ["PER"]}, "/names/*/label")), "expected the key of a list, since several"),
    (changed(".of", of({"label": ["PER"]}, "/text")), "where with '/text'; expected the key of a list"),
    (
        changed(".of", of({"label": {"member": "role"}}, "registry:a")),
        "which names 'role', which isn't a member there; expected a string of the",
    ),
    (changed(".of", of({"label": ["PER"]}, "registry:a/*/x")), "where with 'registry:a/\\*/x'; expected registry:NAME"),
    (changed(".of", {"type": "string", "refersTo": ["/names/*/id", *of({"label": ["PER"]})["refersTo"]]}), "twice"),
    (changed(".of", of({})), "#/properties/of/refersTo"),
    (changed(".of", of({"label": []})), "#/properties/of/refersTo"),
    # ends of relations
    (related(["a", "c"]), "relation names 'c', which isn't a member there"),
    (related([["a", "b"], "c"]), "relation names 'c', which isn't a member there"),
    (related([["a", "b"], "b"]), "relation names a member twice in its ends"),
    (related([["a", "b"], "id"], required=["a"]), "relation names a and b for one end, and a is always there"),
    (related([[], "a"]), "relation/ends"),
    (changed(".sha", {"type": "string", "hashOf": "names"}), "hashOf names 'names', which is a list of spans"),
    (
        changed(f"{_ITEM}.quotation", {"type": "label", "direct": "direct", "parts": []}),
        "quotation calls direct speech 'direct'; expected one of PER, LOC",
    ),
    (
        changed(f"{_ITEM}.quotation", {"type": "label", "direct": "PER", "parts": ["id"]}),
        "quotation names 'id', which is a string; expected object or array with spanOf",
    ),
    (
        changed(".names.bars", {"where": {"label": ["PER"]}, "layers": ["/text"]}),
        "bars names 'text', which is a string; expected object or array with spanOf",
    ),
    # where nothing reads it
    (
        changed(".names", {"type": "array", "items": {**THING, "not": SPAN}}),
        "labelledBy isn't read below #/properties/names/items/not",
    ),
    (changed(".more", {"type": "object", "patternProperties": {"^a": SPAN}}), "isn't read below .*patternProperties"),
    (changed(".more", {"type": "object", "additionalProperties": SPAN}), "a dictionary of spans; expected key"),
    (changed(".more", {"type": "string", "if": {"items": SPAN}}), "isn't read below #/properties/more/if"),
    (changed(".more", {"type": "array", "items": {"type": "string"}, "contains": SPAN}), "/more/contains"),
    (changed("dependentSchemas", {"id": {"properties": {"more": SPAN}}}), "isn't read below #/dependentSchemas/id"),
    (changed(".more", MATRIX), "in no list of lists"),
    # no columns can be made of it
    (changed(".tags", {"type": "array"}), "#/properties/tags: an array without `items`; expected the schema of its"),
    (changed(".tags", {}), "#/properties/tags: has no type; expected exactly one type"),
    (changed(".tags", {"allOf": [{"spanOf": "text"}, {"spanOf": "id"}]}), "expected it to be said once"),
]
"""Schemas that are refused, and a pattern of what is said of each."""

_BARE = {name: value for name, value in SOUND.items() if name != "names"}
_ONE = SOUND["names"][0]


def lacking(*names: str, **members: Any) -> dict[str, Any]:
    return {**{name: value for name, value in SOUND.items() if name not in names}, **members}


FOUND: list[tuple[dict[str, Any], list[Any], list[str], tuple[int, int, int]]] = [
    (OPEN, [SOUND], [], (2, 0, 0)),
    (OPEN, [lacking("text", content=SOUND["text"])], ["SP006"], (0, 0, 2)),
    (OPEN, [lacking(text=None)], ["SP006"], (0, 0, 2)),
    (OPEN, [lacking(text=7)], ["SP002"], (0, 0, 2)),
    (OPEN, [lacking(names=[{"begin": 0, "stop": 3}])], ["SP005", "SP006"], (0, 0, 1)),
    (OPEN, [lacking(names=[{"id": "1", "start": 0, "end": 3, "type": "X"}])], ["SP005"], (0, 1, 0)),
    (OPEN, [lacking(names=[{"n": "1", "start": 0, "end": 3, "label": "PER"}])], ["SP005"], (0, 1, 0)),
    (changed(".sha", {"type": "string", "hashOf": "text"}), [SOUND], ["SP005"], (2, 0, 0)),
    (OPEN, [lacking(names=[{**_ONE, "start": None}])], ["SP006"], (0, 0, 1)),
    (OPEN, [lacking(names=[{**_ONE, "end": "3"}])], ["SP101"], (0, 0, 1)),
    (OPEN, [lacking("names", ents=SOUND["names"])], ["SP008"], (0, 0, 0)),
    (OPEN, [SOUND, lacking("names", ents=SOUND["names"], id="e", text="Ana met Bo in Rom.")], ["SP008"], (2, 0, 0)),
    (OPEN, [_BARE], ["SP005"], (0, 0, 0)),
    (OPEN, [lacking(names=None)], ["SP005"], (0, 0, 0)),
    (OPEN, [lacking(names=[])], [], (0, 0, 0)),
    (changed(".names.policy", {"absent": "allowed"}), [_BARE], [], (0, 0, 0)),
    (changed(".names.type", ["array", "null"]), [_BARE], [], (0, 0, 0)),
    (OPEN, [], ["SP007"], (0, 0, 0)),
    ({"type": "object", "key": "id", "properties": {"id": {"type": "string"}}}, [SOUND], ["SP007"], (0, 0, 0)),
    (changed(f"{_ITEM}.myOwn", 1), [SOUND], ["SP009"], (2, 0, 0)),
    (changed("id", "x"), [SOUND], ["SP009"], (2, 0, 0)),
    (OPEN, [lacking(names=[{**_ONE, "text": None}])], [], (0, 1, 0)),
    (OPEN, [lacking(names=[{n: _ONE[n] for n in ("id", "start", "end", "label")}])], [], (0, 1, 0)),
    (OPEN, [lacking(names=[{**_ONE, "end": 4000}])], ["SP105"], (0, 0, 0)),
    (OPEN, [lacking(names=[{**_ONE, "label": "ORG"}])], ["SP201"], (0, 0, 0)),
    (changed(_ITEM, {"allOf": [SPAN]}), [lacking(names=[{**_ONE, "end": 4000}])], ["SP105"], (0, 0, 0)),
    (
        {**changed(_ITEM, {"allOf": [{"$ref": "#/$defs/span"}, {"required": ["id"]}]}), "$defs": {"span": SPAN}},
        [lacking(names=[{"start": 0, "end": 3, "text": "Ann", "label": "PER"}])],
        ["SP002"],
        (0, 0, 0),
    ),
    ({**OPEN, "$defs": {"nobody": {"spanOf": "nowhere", "overlap": "nest"}}}, [SOUND], [], (2, 0, 0)),
]
"""Schema, documents, the codes of what is found, and how many spans are proved, in bounds only, and unread."""
