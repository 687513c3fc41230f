"""The shapes that are known without a schema: those of the bundled examples, without the policies of a corpus."""

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from spanproof.parsing.json import parse
from spanproof.schema.node import Json
from spanproof.schema.open_spans import named_spans
from spanproof.schema.open_tags import named_tags
from spanproof.schema.vocabulary import CONTRACT

_FIXED = ("squad", "pdnc", "wikinews", "bigbio", "dialogue", "pubtator", "spacy", "gliner")
"""The examples whose member names are those of their format; the others are open, and their names are read off."""
_POLICIES = ("enum", "overlap", "inOrder", "refersTo", "relation", "referredToBy", "consistent", "exhaustive")
"""What a corpus decides, and the shape of its records doesn't."""
_TRIED = 20
"""Items of a list that are looked at."""
STRIPPED = "spanproof stripped 1"
"""What a record says in ``form`` that ``spanproof strip`` has made: annotations, and no text."""
OVERLAPS = ("forbid", "nest")
"""The policies of overlap, the strictest first."""


@dataclass(frozen=True)
class Fit:
    """How records fit a shape.

    Attributes:
        title: what the shape is, in words.
        json: its JSON Schema with the names that these records use; None where they don't have the shape.
        share: which part of the records has it, 0 to 1.
        lacking: what the record that is nearest to the shape lacks.
        distance: how many demands of the shape that is.
        unsure: what of the records looked like a part of the shape, and wasn't taken for it.
        unread: those of them that are spans for sure.
    """

    title: str
    json: Json | None
    share: float = 0.0
    lacking: tuple[str, ...] = ()
    distance: int = 0
    unsure: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


def fits(records: Sequence[Any], weights: Sequence[float] | None = None) -> list[Fit]:
    """Return how some records of one corpus fit every known shape, the best first.

    Args:
        records: values as files have them.
        weights: how many records each of them stands for; itself alone by default.
    """
    weights = weights or [1] * len(records)
    every = [_fit(shape["title"], shape, records, weights) for shape in fixed_shapes()]
    for title, read_off in (("texts with spans", named_spans), ("tokens with tags", named_tags)):
        names = read_off(records)
        if names.json is None:
            every.append(Fit(title, None, lacking=names.lacking, distance=names.distance))
        else:
            every.append(
                replace(
                    _fit(f"{names.title or title}: {names.words}", names.json, records, weights),
                    unsure=names.unsure,
                    unread=names.unread,
                )
            )
    return sorted(every, key=lambda fit: (-fit.share, fit.distance))


def is_article(records: Sequence[Any]) -> bool:
    """Say whether records are annotated articles, broken ones too: most have most of an article's members."""
    demanded = demanded_members("article")
    like = [len(demanded & _names(record)) * 2 > len(demanded) for record in records]
    return sum(like) * 2 >= len(like)


def is_stripped(record: Any) -> bool:
    """Say whether a record is one of annotations whose text was taken out, so that nothing in it can be proved."""
    return isinstance(record, Mapping) and record.get("form") == STRIPPED


def is_web_annotation(record: Any) -> bool:
    """Say whether a record is a Web Annotation, or a page of some: it selects a part of a source, and has no text.

    A page lists its annotations in a member of any name: the search of Hypothes.is answers with ``rows``, in which
    ``text`` is the comment of a reader.
    """
    if not isinstance(record, Mapping):
        return False
    lists = [value for value in record.values() if isinstance(value, list) and value]
    if any(isinstance(value[0], Mapping) and _selects(value[0]) for value in lists):
        return True
    return _selects(record) or (
        record.get("type") in ("AnnotationPage", "AnnotationCollection")
        and "http://www.w3.org/ns/anno.jsonld" in str(record.get("@context"))
    )


def _selects(record: Json) -> bool:
    """Say whether an object has a target with a selector."""
    targets = _several(record.get("target"))
    selectors = [one for target in targets if isinstance(target, Mapping) for one in _several(target.get("selector"))]
    types = [selector.get("type") for selector in selectors if isinstance(selector, Mapping)]
    return any(isinstance(type_, str) and type_.endswith("Selector") for type_ in types)


def _several(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]


def may_be_stand_off(records: Sequence[Any]) -> bool:
    """Say whether most of some records have all members that a stand-off document must have."""
    demanded = demanded_members("stand-off")
    return sum(demanded <= _names(record) for record in records) * 2 > len(records)


@functools.cache
def demanded_members(name: str) -> frozenset[str]:
    """Return the members that documents of a bundled schema must have; to compile it would take longer than a check.

    Args:
        name: that of the schema, ``article``.
    """
    return frozenset(parse((CONTRACT / f"{name}.schema.json").read_bytes())["required"])


def unlisted(json: Json, records: Sequence[Any]) -> tuple[str, ...]:
    """Return where records hold lists or objects of which a schema doesn't speak: ``relations``, ``turns/*/links``."""
    return tuple(dict.fromkeys(place for record in records for place in _unlisted(json, record, "", json)))


def _unlisted(json: Any, value: Any, place: str, whole: Json) -> Iterator[str]:
    json = _resolved(json, whole)
    properties = json.get("properties", {})
    if isinstance(value, Mapping) and properties:
        for name, member in value.items():
            if name in properties:
                yield from _unlisted(properties[name], member, f"{place}{name}/", whole)
            elif isinstance(member, list | dict) and member:
                yield f"{place}{name}"
    elif isinstance(value, list) and isinstance(json.get("items"), Mapping):
        for item in value:
            yield from _unlisted(json["items"], item, f"{place}*/", whole)


@functools.cache
def fixed_shapes() -> tuple[Json, ...]:
    """Return the schemas of the shapes whose names are fixed, without policies."""
    return tuple(without_policies(parse((CONTRACT / "examples" / f"{n}.schema.json").read_bytes())) for n in _FIXED)


def without_policies(json: Any) -> Any:
    """Return a JSON Schema without what is the policy of a corpus: label sets, overlap, references, relations."""
    if isinstance(json, list):
        return [without_policies(item) for item in json]
    if not isinstance(json, Mapping):
        return json
    return {
        name: {k: without_policies(sub) for k, sub in value.items()}
        if name in ("properties", "$defs")
        else without_policies(value)
        for name, value in json.items()
        if name not in _POLICIES
    }


def observed(json: Json, steps: Sequence[str], **keywords: Any) -> Json:
    """Return a JSON Schema with further keywords on a part of it.

    Args:
        json: the schema.
        steps: the steps that lead to the part: ``("properties", "entities")``.
        keywords: the keywords, ``overlap`` or ``$comment``.
    """
    changed: Json = _with(json, tuple(steps), keywords)
    return changed


def span_lists(json: Any, whole: Json, steps: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the steps to each list of spans of a JSON Schema.

    Args:
        json: the part of the schema that is looked through.
        whole: the schema.
        steps: those to the part.
    """
    if not isinstance(json, Mapping):
        return
    items = _resolved(json.get("items"), whole)
    if isinstance(items, Mapping) and "spanOf" in items:
        yield steps
    elif isinstance(items, Mapping) and "$ref" not in json.get("items", {}):
        yield from span_lists(items, whole, (*steps, "items"))
    for name, sub in json.get("properties", {}).items():
        yield from span_lists(sub, whole, (*steps, "properties", name))
    for k, sub in enumerate(json.get("prefixItems", ())):
        yield from span_lists(sub, whole, (*steps, "prefixItems", str(k)))


def _with(json: Any, steps: tuple[str, ...], keywords: Json) -> Any:
    if not steps:
        return {**keywords, **json}
    if isinstance(json, list):
        k = int(steps[0])
        return [*json[:k], _with(json[k], steps[1:], keywords), *json[k + 1 :]]
    return {**json, steps[0]: _with(json[steps[0]], steps[1:], keywords)}


def _fit(title: str, json: Json, records: Sequence[Any], weights: Sequence[float]) -> Fit:
    every = [dict(_lacks(json, record, "", json)) for record in records]
    share = sum(weight for lacks, weight in zip(every, weights, strict=True) if not lacks) / sum(weights)
    nearest = min(every, key=_distance)
    return Fit(title, json if share else None, share, tuple(nearest), _distance(nearest))


def _distance(lacks: Mapping[str, int]) -> int:
    return sum(lacks.values())


def _lacks(json: Any, value: Any, place: str, whole: Json) -> Iterator[tuple[str, int]]:
    """Yield what a value lacks to be of a schema, each with how many demands it is.

    Of a list its best item speaks for all, as some may be broken.
    """
    json = _resolved(json, whole)
    properties = json.get("properties", {})
    if (kinds := _kinds(json)) and not any(_is_of(value, kind) for kind in kinds):
        yield f"{place or 'the record '}as {' or '.join(kinds)}", _demands(json, whole)
    elif isinstance(value, Mapping):
        there = {name for name, member in value.items() if member is not None}
        for name in json.get("required", ()):
            if not {name, f"{name}_file"} & there:
                yield f"{place}{name!r}", 1 + _demands(properties.get(name), whole)
        for name in there & {*properties}:
            yield from _lacks(properties[name], value[name], f"{place}{name!r} ", whole)
    elif isinstance(value, list) and "prefixItems" in json:
        parts = json["prefixItems"]
        if not json.get("minItems", len(parts)) <= len(value) <= json.get("maxItems", len(value)):
            yield f"{place or 'the record '}of {len(parts)} items", _demands(json, whole)
        for k, (sub, item) in enumerate(zip(parts, value, strict=False)):
            yield from _lacks(sub, item, f"{place}item {k} ", whole)
    elif isinstance(value, list) and value and "items" in json:
        every = (dict(_lacks(json["items"], item, f"{place}items ", whole)) for item in value[:_TRIED])
        yield from min(every, key=_distance).items()


def _demands(json: Any, whole: Json) -> int:
    """Count what a schema demands of a value and of all in it."""
    json = _resolved(json, whole)
    if not isinstance(json, dict):
        return 0
    properties = json.get("properties", {})
    inner = [properties.get(name) for name in json.get("required", ())]
    parts = [*inner, *json.get("prefixItems", ()), json.get("items")]
    return 1 + sum(_demands(part, whole) for part in parts)


def _kinds(json: Json) -> list[str]:
    kinds = json.get("type", ())
    return [kinds] if isinstance(kinds, str) else list(kinds)


def _is_of(value: Any, kind: str) -> bool:
    return isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str, "integer": int, "number": (int, float), "boolean": bool, "object": Mapping, "array": list,
    "null": type(None),
}  # fmt: skip


def _resolved(json: Any, whole: Json) -> Any:
    """Return a part of a bundled schema, what ``$ref`` names and what may be null as such."""
    if isinstance(json, dict) and "$ref" in json:
        return whole["$defs"][json["$ref"].rpartition("/")[2]]
    if isinstance(json, dict) and "anyOf" in json:
        inner = _resolved(json["anyOf"][0], whole)
        return {**inner, "type": [inner["type"], "null"]}
    return json


def _names(record: Any) -> set[str]:
    """Return the members of a record, one with the name of a text file as the member that the text becomes."""
    return {name.removesuffix("_file") for name in record} if isinstance(record, Mapping) else set()
