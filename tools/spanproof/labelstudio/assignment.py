"""Who is to annotate which document, as a hint on its task's page: the Community edition assigns nothing to anybody."""

from collections.abc import Mapping, Sequence
from typing import Any

_FOR, _END = "[for ", "] "


def shares(documents: Sequence[str], annotators: Sequence[str], overlap: int) -> dict[str, tuple[str, ...]]:
    """Return who is to annotate each document: everybody as many as everybody else, but for one.

    Args:
        documents: the names of the documents, in order.
        annotators: the people.
        overlap: how many are to annotate each document.

    Raises:
        ValueError: somebody is named twice, a name can't stand in a hint, or fewer people are named than are to
            annotate each document.
    """
    if len(set(annotators)) < len(annotators):
        raise ValueError("an annotator is named twice; expected each once")
    if wrong := [name for name in annotators if not name.strip() or set(name) & set(",]")]:
        raise ValueError(f"{wrong[0]!r} can't be distinguished from others in a hint; expected an address")
    if annotators and len(annotators) < overlap:
        raise ValueError(f"{len(annotators)} annotators for {overlap} a document; expected at least as many")
    if not annotators:
        return {}
    turns = (range(k * overlap, (k + 1) * overlap) for k in range(len(documents)))
    people = (tuple(annotators[turn % len(annotators)] for turn in of_document) for of_document in turns)
    return dict(zip(documents, people, strict=True))


def hinted(data: Mapping[str, Any], people: Sequence[str], before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the data of a task with a hint for whom it is; one that is there already stays.

    Args:
        data: the data of the task.
        people: who is to annotate it; nobody where nobody is named.
        before: the data that the task has on the server.
    """
    line = str(data.get("about") or "-")
    known = hint_of(before or data) or ", ".join(people)
    return {**data, "about": line if not known or hint_of(data) else f"{_FOR}{known}{_END}{line}"}


def hint_of(data: Mapping[str, Any]) -> str:
    """Return for whom a task is, as its page says; empty where it doesn't say."""
    line = data.get("about")
    return line[len(_FOR) :].partition(_END)[0] if isinstance(line, str) and line.startswith(_FOR) else ""
