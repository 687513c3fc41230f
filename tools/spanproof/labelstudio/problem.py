"""What is wrong with a task, a document to be pushed, or an annotation that was pulled."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Problem:
    """One fault: a name like a code, the document, the place in it, what is, what would be right.

    An ``error`` means that something is lost or untrue; a ``warning`` that something was understood but looks unmeant;
    ``info`` is what a person should know of, such as an annotator's note.
    """

    name: str
    document: str | None
    place: str
    message: str
    right: str
    severity: Literal["error", "warning", "info"] = "error"

    def __str__(self) -> str:
        return f"{self.severity}[{self.name}] {self.document or ''} {self.place}: {self.message}; right is {self.right}"


def strings(value: Any, place: str = "$") -> Iterator[tuple[str, str]]:
    """Every string of a JSON value, names of members included, with its JSONPath."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from strings(name, f"{place} (name)")
            yield from strings(each, f"{place}.{name}")
    elif isinstance(value, list | tuple):
        for k, each in enumerate(value):
            yield from strings(each, f"{place}[{k}]")
