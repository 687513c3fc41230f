"""Which strings of records are texts, and which text is that of an object in a record."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from spanproof.schema.node import Json, Place, pointer
from spanproof.schema.open_shapes import KEYS, TOKENS, all_of, members_called, most

TEXTS = ("text", "content", "body", "document", "sentence", "context", "raw_text", "originaltext", "raw", "data")


@dataclass(frozen=True)
class InnerItem:
    """An object or an array in a record, with the objects around it, the record first.

    ``columns`` says that it is a row of an object of lists (``{"start": [0, 9], "end": [3, 12]}``), ``keyed`` that it
    is a member of an object of objects by their ids (``{"T1": {"start": 0, "end": 3}}``).
    """

    value: Any
    around: tuple[tuple[Place, Json], ...]
    columns: bool = False
    keyed: bool = False


@dataclass(frozen=True)
class TextAt:
    """Where a text is, or the tokens that stand for one: the place of the document, and the steps from there.

    ``second`` leads to a string that follows the first after ``separator``: both together are the text.
    """

    document: Place
    steps: Place
    tokens: bool = False
    second: Place = ()
    separator: str = ""

    @property
    def binding(self) -> Json:
        """What ``spanOf`` says of it."""
        if self.tokens:
            return {"tokens": self.steps[0]}
        if self.second:
            return {"text": [pointer(self.steps), pointer(self.second)], "joinedBy": self.separator}
        return {"text": self.steps[0] if len(self.steps) == 1 else pointer(self.steps)}

    @property
    def shown(self) -> str:
        """Its name in a message."""
        names = [repr("/".join((*self.document, *steps))) for steps in (self.steps, self.second) if steps]
        return " + ".join([names[0], *([repr(self.separator)] if self.separator else []), *names[1:]])

    def of(self, item: InnerItem) -> Any:
        """Return the text around an object; None where there is none."""
        outer = dict(item.around).get(self.document)
        value = _value_in(outer, self.steps)
        if self.tokens:
            return value if all_of(value or (), str) else None
        if self.second and isinstance(value, str):
            behind = _value_in(outer, self.second)
            return value + self.separator + behind if isinstance(behind, str) else None
        return value if isinstance(value, str) else None

    def followed_by(self, other: "TextAt", separator: str) -> "TextAt":
        """Return this text and another one as one."""
        return replace(self, second=other.steps, separator=separator)


def _value_in(value: Any, steps: Place) -> Any:
    for step in steps:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def texts_in(document: Place, objects: Sequence[Json]) -> Iterator[TextAt]:
    """Yield where the text of some objects may be: a member that is called so, one of ``data``, tokens, a string.

    Args:
        document: the place of the objects.
        objects: the objects.
    """
    if called := text_called(objects):
        yield TextAt(document, (called,))
        return
    data = [inner for one in objects if isinstance(inner := one.get("data"), Mapping)]
    if data and (name := text_called(data) or longest_text(data)):
        yield TextAt(document, ("data", name))
        return
    tokens = next((name for name in TOKENS if most((one.get(name) or () for one in objects), _are_strings)), None)
    if tokens:
        yield TextAt(document, (tokens,), tokens=True)
    elif document:
        yield from (TextAt(document, (name,)) for name in _strings(objects))
    elif name := longest_text(objects):
        yield TextAt(document, (name,))


def strings_in(document: Place, objects: Sequence[Json]) -> Iterator[TextAt]:
    """Yield every string of some objects, those in their ``data``, and lists of tokens.

    Args:
        document: the place of the objects.
        objects: the objects.
    """
    yield from (TextAt(document, (name,)) for name in _strings(objects))
    data = [inner for one in objects if isinstance(inner := one.get("data"), Mapping)]
    yield from (TextAt(document, ("data", name)) for name in _strings(data))
    tokens = (name for name in TOKENS if most((one.get(name) or () for one in objects), _are_strings))
    yield from (TextAt(document, (name,), tokens=True) for name in tokens)


def text_called(objects: Sequence[Json]) -> str | None:
    """Return the member that is called as texts are, and is a string in most objects."""
    called = members_called(TEXTS, objects)
    return next((name for name in called if most((one.get(name) for one in objects), _is_string)), None)


def longest_text(objects: Sequence[Json]) -> str | None:
    """Return the longest string of most objects; None where that is an identifier."""
    lengths = {name: sum(len(str(one.get(name, ""))) for one in objects) for name in _strings(objects)}
    longest = max(lengths, key=lambda name: lengths[name], default=None)
    return longest if longest not in KEYS else None


def _strings(objects: Sequence[Json]) -> list[str]:
    """Return the members that are strings in most objects."""
    strings = Counter(name for one in objects for name, value in one.items() if isinstance(value, str))
    return [name for name, number in strings.items() if number * 2 >= len(objects)]


def _is_string(value: Any) -> bool:
    return isinstance(value, str)


def _are_strings(value: Any) -> bool:
    return all_of(value, str)
