"""Shapes whose members are called otherwise in every corpus: the schema is made with the names that records use."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spanproof.schema.node import Json

_ENDS = (
    ("start_char", "end_char"), ("char_start", "char_end"), ("charBegin", "charEnd"),
    ("start", "end"), ("begin", "end"), ("start_offset", "end_offset"), ("startOffset", "endOffset"),
    ("beginOffset", "endOffset"), ("BeginOffset", "EndOffset"), ("begin_offset", "end_offset"),
    ("start_idx", "end_idx"),
    ("start_index", "end_index"), ("start_pos", "end_pos"), ("start", "exclusive_end"), ("from", "to"),
)  # fmt: skip
_LENGTHS = (("offset", "length"), ("start", "length"), ("begin", "length"))
_SURFACES = ("text", "surface", "value", "word", "words", "mention", "span", "quote", "form", "string", "entity_text",
             "span_text", "coveredText")  # fmt: skip
_SURELY = ("text", "surface", "entity_text", "span_text", "coveredText")
"""Names of surfaces that mean nothing else: where they stand nowhere in the text, that is a fault."""
_LABELS = ("label", "type", "tag", "entity_type", "entity_group", "entity", "category", "class", "labelName", "ner")
_TEXTS = ("text", "content", "body", "document", "sentence", "context", "raw_text", "originalText", "raw", "data")
_KEYS = ("id", "doc_id", "document_id", "docid", "uid", "_id", "key", "name", "title")
_TOKENS = ("tokens", "words")
_BIO = re.compile(r"[BI]-.+")
_ANY_SCHEME = re.compile(r"[A-Z]-.+")


@dataclass(frozen=True)
class NamesRead:
    """The names that records use, as a JSON Schema.

    Attributes:
        json: the schema; None where something is lacking.
        words: what was taken for what.
        lacking: what is lacking.
        distance: how many demands that is.
        unsure: what looked like a part of the shape, and wasn't taken for it.
    """

    json: Json | None
    words: str = ""
    lacking: tuple[str, ...] = ()
    distance: int = 0
    unsure: tuple[str, ...] = ()


def named_spans(records: Sequence[Any]) -> NamesRead:
    """Return the schema of objects with a text and lists of spans, which are objects or arrays.

    Args:
        records: values as files have them.
    """
    objects = [record for record in records if isinstance(record, Mapping)]
    text = _text(objects)
    layers = {name: items for name, items in _lists(objects).items() if _pairs(items) or _is_triples(items)}
    lacking = [] if text else ["a member with the text"]
    lacking += [] if layers else ["a list of objects with start and end, or of arrays [start, end, label]"]
    if not text or not layers:
        return NamesRead(None, lacking=tuple(lacking), distance=(not text) + 4 * (not layers))
    if text not in _TEXTS and (outside := [name for name in layers if not _most_within(objects, name, text)]):
        short = f"a text ({text!r} is too short for most of {', '.join(map(repr, outside))})"
        return NamesRead(None, lacking=(short,), distance=1)
    properties: dict[str, Any] = {text: {"type": "string"}}
    words, unsure = [], list[str]()
    for name, items in layers.items():
        surfaces = _with_texts(objects, name, text)
        span, said = _triple(text, items) if _is_triples(items) else _object(text, items, surfaces, unsure, name)
        layer: dict[str, Any] = {"type": "array", "items": span}
        properties[name] = {**layer, "policy": {"role": "tokens"}} if name in _TOKENS else layer
        words.append(f"{name!r} with {said}, of {text!r}")
        if without := sum(not isinstance(one.get(name), list) for one in objects):
            unsure.append(f"the spans of {without:,} of {len(objects):,} records, which have no list {name!r}")
    return NamesRead(_document(objects, properties, [text]), "; ".join(words), unsure=tuple(unsure))


def named_tags(records: Sequence[Any]) -> NamesRead:
    """Return the schema of objects with a list of tokens and a BIO tag for each.

    Args:
        records: values as files have them.
    """
    objects = [record for record in records if isinstance(record, Mapping)]
    lists = _lists(objects)
    tokens = next((name for name in _TOKENS if _all(lists.get(name, ()), str)), None)
    if tokens is None:
        return NamesRead(None, lacking=("a list 'tokens' of strings", "a list with a tag for each of them"), distance=4)
    tags = [name for name, items in lists.items() if name != tokens and _is_tags(items, _BIO)]
    if tags:
        properties = {tokens: {"type": "array", "items": {"type": "string"}}}
        for name in tags:
            binding = {"tokens": tokens, "tags": "BIO"}
            properties[name] = {"type": "array", "items": {"type": "string"}, "spanOf": binding}
        return NamesRead(_document(objects, properties, [tokens, *tags]), f"BIO tags in {', '.join(map(repr, tags))}")
    return NamesRead(None, lacking=tuple(_no_tags(tokens, lists)), distance=1)


def _no_tags(tokens: str, lists: Mapping[str, Sequence[Any]]) -> Iterator[str]:
    """Say why none of the lists beside tokens are BIO tags."""
    for name, items in lists.items():
        if name != tokens and _all(items, int) and len(items) == len(lists[tokens]):
            yield f'the names of the class numbers in {name!r}, which nothing says: "tags": ["O", ...] in a schema'
            return
        if name != tokens and _is_tags(items, _ANY_SCHEME):
            yield f"tags in BIO: those in {name!r} are of another scheme"
            return
    yield f"a list with a tag for each of {tokens!r}"


def _document(objects: Sequence[Json], properties: dict[str, Any], required: Sequence[str]) -> Json:
    key = next((name for name in _KEYS if name not in properties and _is_key(objects, name)), None)
    if key:
        properties = {key: {"type": "string", "minLength": 1}, **properties}
    keyed = {"key": key} if key else {}
    return {"type": "object", **keyed, "required": [*required], "properties": properties}


def _is_key(objects: Sequence[Json], name: str) -> bool:
    """Say whether a member is a string of most objects, and hardly ever the same."""
    values = [value for one in objects if isinstance(value := one.get(name), str) and value]
    return len(values) * 2 > len(objects) and len(set(values)) * 10 > len(values) * 9


def _text(objects: Sequence[Json]) -> str | None:
    """Return the member that holds the text: one that is called so, or the longest string of most objects."""
    strings = Counter(name for one in objects for name, value in one.items() if isinstance(value, str))
    often = [name for name, n in strings.items() if n * 2 >= len(objects)]
    called = next((name for name in _TEXTS if name in often), None)
    if called or not often:
        return called
    longest = max(often, key=lambda name: sum(len(value) for one in objects if isinstance(value := one.get(name), str)))
    return longest if longest not in _KEYS else None


def _lists(objects: Sequence[Json]) -> dict[str, list[Any]]:
    """Return the items of the lists that are members of objects, those of all objects together."""
    lists: dict[str, list[Any]] = {}
    for one in objects:
        for name, value in one.items():
            if isinstance(value, list):
                lists.setdefault(name, []).extend(value)
    return {name: items for name, items in lists.items() if items}


def _with_texts(objects: Sequence[Json], layer: str, text: str) -> list[tuple[Json, str]]:
    """Return the items of a layer that are objects, each with the text that it is in."""
    return [
        (item, one[text])
        for one in objects
        if isinstance(one.get(layer), list) and isinstance(one.get(text), str)
        for item in one[layer]
        if isinstance(item, Mapping)
    ]


def _most_within(objects: Sequence[Json], layer: str, text: str) -> bool:
    """Say whether most spans of a layer end within the text that they are taken to be in."""
    ends = [
        max(numbers, default=0) <= len(one[text])
        for one in objects
        if isinstance(one.get(layer), list) and isinstance(one.get(text), str)
        for item in one[layer]
        if (numbers := _offsets(item))
    ]
    return sum(ends) * 2 >= len(ends)


def _offsets(item: Any) -> list[int]:
    """Return the offsets of a span, a triple or an object with start and end; none of anything else."""
    if isinstance(item, list):
        return [number for number in item[:2] if _is_number(number)]
    return [item[name] for pair in _ENDS if _has_numbers(item, pair) for name in pair]


def _pairs(items: Sequence[Any]) -> list[tuple[str, str]]:
    """Return the pairs of members with start and end, or start and length, that most items have as numbers."""
    return [pair for pair in (*_ENDS, *_LENGTHS) if _most(items, lambda item, pair=pair: _has_numbers(item, pair))]


def _agreeing(pair: tuple[str, str], surface: str | None, within: Sequence[tuple[Json, str]]) -> int:
    """Count the spans whose words stand where a pair of members says, in code points."""
    return sum(
        _has_numbers(item, pair)
        and whole[item[pair[0]] :][: item[pair[1]] - (pair not in _LENGTHS) * item[pair[0]]] == item[surface]
        for item, whole in within
        if surface is not None and item.get(surface)
    )


def _has_numbers(item: Any, names: Sequence[str]) -> bool:
    return isinstance(item, Mapping) and all(_is_number(item.get(name)) for name in names)


def _is_triples(items: Sequence[Any]) -> bool:
    return _most(items, lambda item: isinstance(item, list) and len(item) >= 3 and _is_number(item[0])
                 and _is_number(item[1]) and isinstance(item[2], str))  # fmt: skip


def _triple(text: str, items: Sequence[Any]) -> tuple[Json, str]:
    number = min(len(item) for item in items if isinstance(item, list) and len(item) >= 3)
    parts = [{"type": "integer"}, {"type": "integer"}, {"type": "string"}]
    span = {"type": "array", "minItems": 3, "prefixItems": parts, "spanOf": {"text": text, "start": 0, "end": 1}}
    return {**span, **({"maxItems": 3} if number == 3 else {}), "labelledBy": 2}, "[start, end, label]"


def _object(
    text: str, items: Sequence[Any], surfaces: Sequence[tuple[Json, str]], unsure: list[str], layer: str
) -> tuple[Json, str]:
    """Return the schema of a span that is an object, and its members in words.

    Args:
        text: the member of the document with its text.
        items: some spans.
        surfaces: those that are objects, each with its text.
        unsure: takes what may be a surface and isn't taken for one.
        layer: the list of the spans.
    """
    surface = _surface(items, surfaces, unsure, layer)
    pairs = _pairs(items)
    start, end = chosen = max(pairs, key=lambda pair: _agreeing(pair, surface, surfaces))
    others = [", ".join(pair) for pair in pairs if not {*pair} & {*chosen}]
    if others:
        unsure.append(f"what {' and '.join(others)} of {layer!r} count")
    binding = {"text": text, "start": start, "length" if chosen in _LENGTHS else "end": end}
    properties: dict[str, Any] = {start: {"type": "integer"}, end: {"type": "integer"}}
    if surface is not None:
        binding["surface"] = surface
        properties[surface] = {"type": "string"}
    label = next((name for name in _LABELS if name != surface and _strings(items, name)), None)
    if label is not None:
        properties[label] = {"type": "string"}
    required = [start, end, *([label] if label else [])]
    span = {"type": "object", "spanOf": binding, **({"labelledBy": label} if label else {}), "required": required}
    return {**span, "properties": properties}, ", ".join(filter(None, [start, end, surface, label]))


def _surface(items: Sequence[Any], surfaces: Sequence[tuple[Json, str]], unsure: list[str], layer: str) -> str | None:
    """Return the member with the words of spans: one surely called so, or that stands in the text in half of them.

    Not all spans need to have it, but those that do are held to it.
    """
    for name in _SURFACES:
        of_name = [(item[name], whole) for item, whole in surfaces if isinstance(item.get(name), str)]
        there = sum(words in whole for words, whole in of_name)
        if (name in _SURELY and _strings_at_all(items, name)) or (of_name and there * 2 >= len(of_name)):
            return name
        if of_name:
            unsure.append(f"whether {name!r} of {layer!r} are the words: {there} of {len(of_name)} stand in the text")
    return None


def _strings_at_all(items: Sequence[Any], name: str) -> bool:
    return any(isinstance(item, Mapping) and isinstance(item.get(name), str) for item in items)


def _strings(items: Sequence[Any], name: str) -> bool:
    return _most(items, lambda item: isinstance(item, Mapping) and isinstance(item.get(name), str))


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _most(items: Sequence[Any], holds: Any) -> bool:
    """Say whether something is so of at least half of some items, and of one."""
    number = sum(bool(holds(item)) for item in items)
    return number > 0 and number * 2 >= len(items)


def _is_tags(items: Sequence[Any], tag: re.Pattern[str]) -> bool:
    """Say whether items are tags of a scheme but for a few that are broken: nine of ten, and of those that aren't O."""
    strings = [item for item in items if isinstance(item, str)]
    inside = [item for item in strings if item != "O"]
    of_scheme = sum(bool(tag.fullmatch(item)) for item in inside)
    return bool(strings) and len(strings) * 10 >= len(items) * 9 and of_scheme * 10 >= len(inside) * 9


def _all(items: Sequence[Any], kind: type) -> bool:
    return bool(items) and all(isinstance(item, kind) and not isinstance(item, bool) for item in items)
