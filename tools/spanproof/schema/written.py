"""A schema as it is written: where schemas stand in its file, what it refers to, which keywords nobody knows."""

import difflib
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from spanproof.schema.node import Json, SchemaError
from spanproof.schema.vocabulary import vocabulary

POINTERS = "$written"
"""A keyword that only a marked schema has: the JSON Pointers of all that it was made of, its own first."""

_OF_MEMBERS = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies")
_OF_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_SINGLE = (
    *("items", "additionalProperties", "contains", "not", "if", "then", "else", "propertyNames"),
    *("unevaluatedItems", "unevaluatedProperties", "contentSchema"),
)
_DEFINITIONS = ("$defs", "definitions")
_PLAIN = frozenset(
    [
        *("$schema", "$id", "$ref", "$anchor", "$dynamicRef", "$dynamicAnchor", "$vocabulary", "$comment"),
        *("type", "enum", "const", "multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum"),
        *("maxLength", "minLength", "pattern", "maxItems", "minItems", "uniqueItems", "maxContains", "minContains"),
        *("maxProperties", "minProperties", "required", "dependentRequired"),
        *("title", "description", "default", "deprecated", "readOnly", "writeOnly", "examples"),
        *("format", "contentEncoding", "contentMediaType"),
    ]
)
_HOLDING = frozenset((*_OF_MEMBERS, *_OF_LISTS, *_SINGLE))
"""The keywords in which other schemas stand."""
KNOWN = _PLAIN | {POINTERS, *_OF_MEMBERS, *_OF_LISTS, *_SINGLE}
"""The keywords of JSON Schema 2020-12, and those of older drafts that its meta-schema still describes."""


def _step(pointer: str, *names: str | int) -> str:
    return "/".join([pointer, *(str(name).replace("~", "~0").replace("/", "~1") for name in names)])


def pointer_of(schema: Json) -> str:
    """Return where a marked schema was written; that of the whole where it was made of nothing written."""
    return next(iter(schema.get(POINTERS, ())), "#")


def parts(schema: Json) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the schemas that stand right in a schema, each with the way to it: a keyword, and a name or an index."""
    if _HOLDING.isdisjoint(schema):
        return
    for keyword in _OF_MEMBERS:
        members = schema.get(keyword)
        yield from ((((keyword, name), sub) for name, sub in members.items()) if isinstance(members, Mapping) else ())
    for keyword in _OF_LISTS:
        items = schema.get(keyword)
        yield from (((keyword, str(k)), sub) for k, sub in enumerate(items if isinstance(items, list) else ()))
    yield from (((keyword,), schema[keyword]) for keyword in _SINGLE if keyword in schema)


def marked(schema: Any, pointer: str = "#") -> Any:
    """Return a schema in which each schema says where it was written (``POINTERS``).

    What is made of it by merging and rewriting then still knows where each part comes from.
    """
    if not isinstance(schema, Mapping):
        return schema
    copy: dict[str, Any] = {**schema, POINTERS: (pointer,)}
    for way, sub in parts(schema):
        inner = marked(sub, _step(pointer, *way))
        if len(way) == 1:
            copy[way[0]] = inner
        elif isinstance(schema[way[0]], Mapping):
            copy[way[0]] = {**copy[way[0]], way[1]: inner}
        else:
            copy[way[0]] = [*copy[way[0]][: int(way[1])], inner, *copy[way[0]][int(way[1]) + 1 :]]
    return copy


def unmarked(value: Any) -> Any:
    """Return a marked schema, or a value in it, as it was written."""
    if isinstance(value, Mapping):
        return {keyword: unmarked(inner) for keyword, inner in value.items() if keyword != POINTERS}
    return [unmarked(inner) for inner in value] if isinstance(value, list | tuple) else value


def referred(schema: Json, whole: Json) -> Any:
    """Return the schema that the ``$ref`` of a schema leads to.

    Args:
        schema: one with a ``$ref``, marked.
        whole: the whole file, marked.

    Raises:
        SchemaError: it leads to another file, or nowhere.
    """
    target: Any = whole
    ref = schema["$ref"]
    try:
        if not (ref == "#" or ref.startswith("#/")):
            raise KeyError(ref)
        for step in ref.split("/")[1:]:
            step = step.replace("~1", "/").replace("~0", "~")
            target = target[int(step)] if isinstance(target, list) else target[step]
    except (KeyError, TypeError, ValueError, IndexError) as error:
        expected = "expected a place of the same file, such as #/$defs/span"
        raise SchemaError(f"{pointer_of(schema)}: $ref leads to {ref!r}; {expected}") from error
    return target


def stand_off_in(part: Any, whole: Json) -> Iterator[tuple[str, str]]:
    """Yield the stand-off keywords in a part of a schema, and in what it refers to: pointer and keyword.

    Args:
        part: a part of the file, marked; definitions in it count where something refers to them.
        whole: the whole file, marked.
    """
    seen, todo = set[str](), [part]
    while todo:
        part = todo.pop()
        if isinstance(part, Mapping) and pointer_of(part) not in seen:
            seen.add(pointer_of(part))
            yield from ((pointer_of(part), keyword) for keyword in sorted(part.keys() & vocabulary()))
            todo += [referred(part, whole)] if "$ref" in part else []
            todo += [sub for way, sub in parts(part) if way[0] not in _DEFINITIONS]


def demand_reached(schema: Json, reached: Collection[str]) -> None:
    """Raise SchemaError where a stand-off keyword stands in a part of a schema that no node was made of.

    Definitions that nothing refers to may hold what they want.

    Args:
        schema: the whole file, marked.
        reached: the pointers of all that nodes were made of.
    """
    seen, todo = set[str](), [schema]
    while todo:
        part = todo.pop()
        if not isinstance(part, Mapping) or pointer_of(part) in seen:
            continue
        seen.add(pointer_of(part))
        todo += [referred(part, schema)] if "$ref" in part else []
        for way, sub in parts(part):
            where = _step(pointer_of(part), *way)
            if where in reached:
                todo.append(sub)
            elif way[0] not in _DEFINITIONS:
                for pointer, keyword in stand_off_in(sub, schema):
                    expected = "expected it where `properties` and `items` lead to from the root"
                    if way[0] == "additionalProperties":
                        expected = "expected `key` beside it, the member that holds the key of an entry"
                    raise SchemaError(f"{pointer}: {keyword} isn't read below {where}; {expected}")


def demand_spelt(schema: Json) -> None:
    """Raise SchemaError for a keyword that nobody knows and that looks like one of ours, or hides one.

    Args:
        schema: the whole file, marked.
    """
    for pointer, keyword, value in _strange(schema):
        if near := _resembled(keyword):
            raise SchemaError(f"{pointer}: unknown keyword {keyword!r}; did you mean {near!r}?")
        for hidden in _hidden(value):
            meant = next(iter(difflib.get_close_matches(keyword, [*_OF_MEMBERS, *_OF_LISTS, *_SINGLE], 1)), None)
            hint = f"did you mean {meant!r}?" if meant else "expected `properties` or `items`"
            raise SchemaError(f"{pointer}: unknown keyword {keyword!r}, which holds {hidden}; {hint}")


def unknown_keywords(schema: Json) -> tuple[tuple[str, str], ...]:
    """Return the keywords that nobody knows, each with the pointer of the schema that has it.

    Args:
        schema: the whole file, marked.
    """
    return tuple((pointer, keyword) for pointer, keyword, _ in _strange(schema))


def _strange(schema: Any) -> Iterator[tuple[str, str, Any]]:
    """Yield the keywords that are neither ours nor of JSON Schema: pointer of their schema, keyword, value."""
    if isinstance(schema, Mapping):
        for keyword in schema:
            if keyword not in KNOWN and keyword not in vocabulary():
                yield pointer_of(schema), keyword, schema[keyword]
        for _, sub in parts(schema):
            yield from _strange(sub)


def _hidden(value: Any) -> Iterator[str]:
    """Yield the stand-off keywords within the value of an unknown keyword, where it looks like a schema."""
    if isinstance(value, Mapping):
        if value.keys() & {"type", "$ref", "properties", "items"}:
            yield from sorted(value.keys() & vocabulary())
        for inner in value.values():
            yield from _hidden(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _hidden(inner)


def _resembled(keyword: str) -> str | None:
    """Return the stand-off keyword that an unknown one looks like: by case, signs, one letter, or mostly."""
    plain = _plain(keyword)
    words = {_plain(word): word for word in sorted(vocabulary())}
    near = (word for word in words if _shortened(plain) & _shortened(word))
    close = next(near, None) or next(iter(difflib.get_close_matches(plain, words, 1, 0.8)), None)
    return words[close] if close is not None else None


def _plain(keyword: str) -> str:
    return "".join(filter(str.isalnum, keyword.lower().removeprefix("x-")))


def _shortened(word: str) -> set[str]:
    """Return a word, and all that it is without one letter: two words that share one differ in one letter or so."""
    return {word, *(word[:k] + word[k + 1 :] for k in range(len(word)))}
