"""Mutants of sound schemas and documents: keywords and members moved, renamed, misspelt, of another type, left out."""

import copy
import random
from collections.abc import Iterator
from typing import Any

from spanproof.schema.vocabulary import vocabulary

Path = tuple[Any, ...]
KINDS = ("string", "integer", "number", "boolean", "object", "array")


def places(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value in a JSON value, with its path."""
    yield path, value
    if isinstance(value, dict | list):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(inner, (*path, step))


def at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def misspelt(word: str, draw: random.Random) -> str:
    """A word with another case, a letter less, more, or another, an underscore; never the word itself."""
    k = draw.randrange(len(word))
    ways = [word.lower(), word[:k] + word[k + 1 :], word[:k] + word[k] + word[k:], f"{word[:k]}_{word[k:]}"]
    ways += [word[:k] + "q" + word[k + 1 :], word.upper(), f"x-{word}"]
    return draw.choice([way for way in ways if way and way not in vocabulary()])


def keywords(schema: Any) -> list[tuple[Path, str]]:
    """The stand-off keywords of a schema, with the paths of the schemas that have them."""
    return [(path, name) for path, value in schemas(schema) for name in value if name in vocabulary()]


def schemas(schema: Any) -> list[tuple[Path, Any]]:
    """The schemas in a schema that are objects, as far as what makes columns and `$defs` lead."""
    found: list[tuple[Path, Any]] = []

    def below(value: Any, path: Path) -> None:
        if isinstance(value, dict):
            found.append((path, value))
            for keyword in ("properties", "$defs"):
                for name, inner in value.get(keyword, {}).items():
                    below(inner, (*path, keyword, name))
            for keyword in ("items", "additionalProperties"):
                below(value.get(keyword), (*path, keyword))
            for k, inner in enumerate(value.get("prefixItems", ())):
                below(inner, (*path, "prefixItems", k))

    below(schema, ())
    return found


def moved(schema: Any, draw: random.Random) -> str:
    path, name = draw.choice(keywords(schema))
    value = at(schema, path).pop(name)
    target = draw.choice(schemas(schema))[1]
    target[name] = value
    return f"{name} moved from {path}"


def misspelt_keyword(schema: Any, draw: random.Random) -> str:
    path, name = draw.choice(keywords(schema))
    wrong = misspelt(name, draw)
    at(schema, path)[wrong] = at(schema, path).pop(name)
    return f"{name} called {wrong} at {path}"


def unknown_keyword(schema: Any, draw: random.Random) -> str:
    path, name = draw.choice(keywords(schema))
    at(schema, path)["zzzzzz"] = at(schema, path).pop(name)
    return f"{name} called zzzzzz at {path}"


def retyped(schema: Any, draw: random.Random) -> str:
    path, value = draw.choice(schemas(schema))
    kind = draw.choice(KINDS)
    value["type"] = draw.choice([kind, [kind, "null"]])
    return f"type {value['type']} at {path}"


def renamed_member(schema: Any, draw: random.Random) -> str:
    path, value = draw.choice([(p, v) for p, v in schemas(schema) if v.get("properties")])
    name = draw.choice(list(value["properties"]))
    value["properties"] = {(f"{n}2" if n == name else n): sub for n, sub in value["properties"].items()}
    if "required" in value and draw.random() < 0.7:
        value["required"] = [n for n in value["required"] if n != name]
    return f"member {name} called {name}2 at {path}"


def wrapped(schema: Any, draw: random.Random) -> str:
    """A part below another keyword than where it stood."""
    path, value = draw.choice([(p, v) for p, v in schemas(schema) if p])
    owner = at(schema, path[:-1])
    way = draw.choice(["allOf", "anyOf", "if", "not", "then", "contains", "$ref", "prefixItems", "patternProperties"])
    whole = copy.deepcopy(value)
    if way == "$ref":
        schema.setdefault("$defs", {})["moved"] = whole
        owner[path[-1]] = {"$ref": "#/$defs/moved"}
    elif way == "allOf":
        owner[path[-1]] = {"allOf": [whole]}
    elif way in ("anyOf", "prefixItems"):
        owner[path[-1]] = {way: [whole, {"type": "string"}], **({"type": "array"} if way == "prefixItems" else {})}
    elif way == "patternProperties":
        owner[path[-1]] = {"type": "object", way: {"^e": whole}}
    else:
        owner[path[-1]] = {way: whole, **({"type": value["type"]} if "type" in value else {})}
    return f"{path} below {way}"


SCHEMA_MUTATIONS = (moved, misspelt_keyword, unknown_keyword, retyped, renamed_member, wrapped)


def of_schema(schema: Any, draw: random.Random) -> tuple[Any, str]:
    """A mutant of a schema, and what was done to it."""
    mutant = copy.deepcopy(schema)
    return mutant, draw.choice(SCHEMA_MUTATIONS)(mutant, draw)


def of_document(document: Any, draw: random.Random) -> tuple[Any, Path, str]:
    """A mutant of a document: a member renamed, null, left out, or of another type; where, and what was done."""
    mutant = copy.deepcopy(document)
    path = draw.choice([path for path, _ in places(document) if path])
    owner, step = at(mutant, path[:-1]), path[-1]
    way = draw.choice(["null", "drop", "rename", "retype"])
    if way == "null":
        owner[step] = None
    elif way == "retype":
        owner[step] = draw.choice([7, "7", 0.5, True, [], {}, [owner[step]], {"a": owner[step]}, str(owner[step])])
        way = "empty" if owner[step] in ([], {}) else way
    elif isinstance(owner, list):
        del owner[step]
        way = "drop"
    elif way == "drop":
        del owner[step]
    else:
        owner[f"{step}2"] = owner.pop(step)
    return mutant, path, way
