"""Documents with spans, and schemas that write the same documents in random shapes."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

INTEGER, STRING = {"type": "integer"}, {"type": "string"}
LABEL = {"type": "string", "enum": ["PER", "LOC"]}

CANONICAL: dict[str, Any] = {
    "type": "object",
    "required": ["text", "mentions"],
    "properties": {
        "text": STRING,
        "mentions": {
            "type": "array",
            "key": "id",
            "overlap": "nest",
            "items": {
                "type": "object",
                "spanOf": "text",
                "labelledBy": "label",
                "required": ["id", "start", "end", "text", "label"],
                "properties": {"id": STRING, "start": INTEGER, "end": INTEGER, "text": STRING, "label": LABEL},
            },
        },
    },
}

PIECES = st.sampled_from(["Ana ", "Lisbon", " 😀 ", "e\u0301", "Zoë ", "\r\n", "Ö", "𝔄𝔫𝔞 ", ", ", "a"])


@st.composite
def canonical_documents(draw: st.DrawFn, broken: bool = True) -> dict[str, Any]:
    """A document of :data:`CANONICAL`; ``broken`` lets offsets, surfaces and labels be wrong."""
    text = "".join(draw(st.lists(PIECES, min_size=2, max_size=8)))
    mentions = []
    for k in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        surface, label = text[start:end], draw(st.sampled_from(["PER", "LOC"]))
        if broken and draw(st.integers(0, 2)) == 0:
            shift = draw(st.integers(-3, 4))
            start, end = start + shift, end + shift
            label = draw(st.sampled_from(["PER", "LOC", "loc"]))
        mentions.append({"id": f"m{k}", "start": start, "end": end, "text": surface, "label": label})
    return {"text": text, "mentions": mentions}


@st.composite
def shaped_schemas(draw: st.DrawFn) -> dict[str, Any]:
    """A schema that writes the documents of :data:`CANONICAL` in another shape."""
    binding: dict[str, Any] = {
        "unit": draw(st.sampled_from(["code point", "utf-16", "utf-8", "grapheme"])),
        "base": draw(st.integers(0, 1)),
    }
    end = draw(st.sampled_from(["end", "length"]))
    if end == "end":
        binding["inclusive"] = draw(st.booleans())
    keyed = draw(st.booleans())
    layout = draw(st.sampled_from(["members", "array", "pair", "string", "columns"]))
    item = LAYOUTS[layout](draw, binding, end, keyed or layout == "columns")
    mentions: dict[str, Any]
    if layout == "columns":
        columns = {name: {"type": "array", "items": member} for name, member in item["properties"].items()}
        mentions = {**item, "key": "id", "overlap": "nest", "properties": columns}
    elif keyed:
        mentions = {"type": "array", "key": "id", "overlap": "nest", "items": item}
        if layout == "array":
            mentions["key"] = "0"
    else:
        mentions = {"type": "object", "key": "id", "overlap": "nest", "additionalProperties": item}
    document = {
        "type": "object",
        "required": ["text", "mentions"],
        "properties": {"text": STRING, "mentions": mentions},
    }
    place = draw(st.sampled_from(["", "/turns/*", "/data/*/turns/*"]))
    record: dict[str, Any] = document
    for step in reversed(place.split("/")[1:]):
        record = {"type": "array", "items": record} if step == "*" else {"type": "object", "properties": {step: record}}
    if place and draw(st.booleans()):
        item["spanOf"]["text"] = "1/text" if layout == "columns" else "2/text"
        return record
    return {**record, "documents": place} if place else record


def _members(draw: st.DrawFn, binding: dict[str, Any], end: str, keyed: bool) -> dict[str, Any]:
    names = {"start": "from", end: "to", "surface": "start"} if draw(st.booleans()) else {"start": "b", end: "c"}
    members: Mapping[str, Any] = {names["start"]: INTEGER, names[end]: INTEGER, names.get("surface", "text"): STRING}
    return {
        "type": "object",
        "spanOf": {**binding, **names},
        "labelledBy": "label",
        "properties": {**({"id": STRING} if keyed else {}), **members, "label": LABEL},
    }


def _array(draw: st.DrawFn, binding: dict[str, Any], end: str, keyed: bool) -> dict[str, Any]:
    first = 1 if keyed else 0
    order = draw(st.permutations([("start", INTEGER), (end, INTEGER), ("surface", STRING), ("label", LABEL)]))
    at = {role: k + first for k, (role, _) in enumerate(order)}
    label = at.pop("label")
    items = [*([STRING] if keyed else []), *(schema for _, schema in order)]
    return {"type": "array", "spanOf": {**binding, **at}, "labelledBy": label, "prefixItems": items, "items": False}


def _pair(_: st.DrawFn, binding: dict[str, Any], end: str, keyed: bool) -> dict[str, Any]:
    del end
    at = {"type": "array", "prefixItems": [INTEGER, INTEGER]}
    return _with_offsets(binding, at, keyed)


def _string(draw: st.DrawFn, binding: dict[str, Any], end: str, keyed: bool) -> dict[str, Any]:
    literal = draw(st.sampled_from(["{start} {%s}", "{start}:{%s}", "[{start}, {%s}]"]))
    return _with_offsets({**binding, "notation": literal % end}, STRING, keyed)


def _with_offsets(binding: dict[str, Any], at: dict[str, Any], keyed: bool) -> dict[str, Any]:
    return {
        "type": "object",
        "spanOf": {**binding, "offsets": "at", "surface": "words"},
        "labelledBy": "label",
        "properties": {**({"id": STRING} if keyed else {}), "at": at, "words": STRING, "label": LABEL},
    }


LAYOUTS = {"members": _members, "array": _array, "pair": _pair, "string": _string, "columns": _members}
