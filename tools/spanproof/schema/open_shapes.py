"""Shapes whose members are called otherwise in every corpus: what reads their names off the records has in common."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spanproof.schema.node import Json

TOKENS = ("tokens", "words")
"""What lists of tokens are called."""
KEYS = ("id", "doc_id", "document_id", "docid", "uid", "_id", "orig_id", "key", "name", "title")
"""What identifiers are called."""
_SURE_KEYS = ("id", "uid", "_id")
"""Those that are called so and are the same in two records are a fault, not another kind of member."""
_IDENTIFIERS = KEYS[:7]
_LONGEST_NAME, _MOST_WORDS = 100, 4  # of an identifier: its characters and words


@dataclass(frozen=True)
class NamesRead:
    """The names that records use, as a JSON Schema.

    Attributes:
        json: the schema; None where something is lacking.
        words: what was taken for what.
        lacking: what is lacking.
        distance: how many demands that is.
        unsure: what looked like a part of the shape, and wasn't taken for it.
        title: what records with such names are of; empty for nothing in particular.
        unread: those of ``unsure`` that are spans for sure.
    """

    json: Json | None
    words: str = ""
    lacking: tuple[str, ...] = ()
    distance: int = 0
    unsure: tuple[str, ...] = ()
    title: str = ""
    unread: tuple[str, ...] = ()


def document_of(objects: Sequence[Json], properties: Mapping[str, Any], required: Sequence[str]) -> Json:
    """Return the schema of documents, with the member that identifies them if there is one.

    Args:
        objects: some documents.
        properties: the members that are known.
        required: those that a document must have.
    """
    key = key_among(objects, properties)
    if key:
        properties = {key: {"type": "string", "minLength": 1}, **properties}
    keyed = {"key": key} if key else {}
    return {"type": "object", **keyed, "required": [*required], "properties": properties}


def key_among(objects: Sequence[Json], known: Iterable[str]) -> str | None:
    """Return the member that identifies some objects of one corpus; None if there is none.

    Args:
        objects: the objects.
        known: members that are known for something else.
    """
    named, taken = dict.fromkeys([*members_called(KEYS, objects), *_ending_in_id(objects)]), {*known}
    return next((name for name in named if name not in taken and _is_key(objects, name)), None)


def _ending_in_id(objects: Sequence[Json]) -> Iterator[str]:
    """Yield members that are called as identifiers often are: ``conv_id``, ``articleId``."""
    yield from (member for one in objects for member in one if member.lower().endswith("id"))


def is_identifier(name: str) -> bool:
    """Say whether a member of a span is called as identifiers are; its ``name``, ``title`` or ``key`` may be words."""
    return name.lower() in _IDENTIFIERS or name.lower().endswith("id")


def _is_key(objects: Sequence[Json], name: str) -> bool:
    """Say whether a member is a string of most objects, and hardly ever the same (``id``: not in most of them)."""
    values = [value for one in objects if isinstance(value := one.get(name), str) and value]
    least = 0.5 if name.lower() in _SURE_KEYS else 0.9
    return len(values) * 2 > len(objects) and len(set(values)) > least * len(values)


def possible_key(records: Sequence[Any], known: Iterable[str]) -> tuple[str, str] | None:
    """Return the first member that has another value in each of some records, and so may identify them; its type.

    Args:
        records: the records, two at least.
        known: members that are known for something else.
    """
    objects = [record for record in records if isinstance(record, Mapping)]
    taken = {*known}
    for name in (name for name in objects[0] if name not in taken) if 1 < len(objects) == len(records) else ():
        values = [one.get(name) for one in objects]
        kind = "string" if all(map(_is_name, values)) else "integer" if all(map(is_number, values)) else ""
        if kind and len({*values}) == len(values):
            return str(name), kind
    return None


def _is_name(value: Any) -> bool:
    """Say whether a value may be an identifier: a short string with something else than letters, and no sentence.

    So a verdict (``accept``) is none, nor are an answer and a question.
    """
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_NAME or not value.isprintable():
        return False
    words = value.split()
    return len(words) <= _MOST_WORDS and not all(map(str.isalpha, words)) and value[-1] not in ".?!"


def members_called(names: Iterable[str], objects: Iterable[Any]) -> Iterator[str]:
    """Yield the members of objects that are called like one of some names, in the order of the names.

    Args:
        names: the names; upper and lower case are the same.
        objects: some values, those that are objects with their members.
    """
    of_name: dict[str, dict[str, None]] = {}
    for one in objects:
        for member in one if isinstance(one, Mapping) else ():
            of_name.setdefault(str(member).lower(), {})[member] = None
    for name in names:
        yield from of_name.get(name.lower(), ())


def most(items: Iterable[Any], holds: Callable[[Any], object]) -> bool:
    """Say whether something is so of at least half of some items, and of one."""
    answers = [bool(holds(item)) for item in items]
    return any(answers) and sum(answers) * 2 >= len(answers)


def is_number(value: Any) -> bool:
    """Say whether a value is an integer, and no boolean."""
    return isinstance(value, int) and not isinstance(value, bool)


def all_of(items: Sequence[Any], kind: type) -> bool:
    """Say whether there are items and all are of a type."""
    return bool(items) and all(isinstance(item, kind) and not isinstance(item, bool) for item in items)
