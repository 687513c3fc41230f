"""Corrected spans written back into a file of annotations, line by line, with all else as it was."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from spanproof.formats.leaf import Leaf, LocatedDocument, documents_in
from spanproof.formats.losses import Document

Changes = Mapping[int, Callable[[Any], Any]]
"""What makes the new document of the old one, by its line, or its position where a file is one document."""


def uncorrected(leaf: Leaf) -> str:
    """Return why no correction is written into files of a format, and what can be corrected; empty where they are."""
    if leaf.span_on_line is not None:
        return ""
    return (
        f"corrections aren't written into {leaf.title}; `spanproof convert` makes JSON Lines of it, which `spanproof "
        "check --fix` corrects"
    )


def amended(leaf: Leaf, path: Path, changes: Changes) -> bytes:
    """Return the content of a file with changed spans on their lines.

    Args:
        leaf: the format.
        path: the file.
        changes: what changes.

    Raises:
        ValueError: the format has no span on a line of its own, or more changes than places, words and labels.
        OSError: the file can't be read.
    """
    if why := uncorrected(leaf):
        raise ValueError(f"{path}: {why}")
    assert leaf.span_on_line is not None
    lines: list[str | None] = [*path.read_bytes().decode().split("\n")]
    windows = all(line is not None and line.endswith("\r") for line in lines[:-1])
    documents = (one for one in documents_in(leaf, path) if isinstance(one, LocatedDocument))
    for position, one in enumerate(documents):
        key = position if one.line is None else one.line
        if key not in changes:
            continue
        for number, span in _changed(one.document, changes[key](one.document), path):
            at = one.lines["spans", number] - 1
            before = lines[at] or ""
            mark = "\ufeff" if before.startswith("\ufeff") else ""
            lines[at] = None if span is None else f"{mark}{leaf.span_on_line(before, span)}{windows * chr(13)}"
    return "\n".join(line for line in lines if line is not None).encode()


def _changed(before: Document, after: Document, path: Path) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """Yield the positions of spans that change, each with what becomes of it; None for one that goes.

    Raises:
        ValueError: something else changes.
    """
    others = [{name: value for name, value in one.items() if name != "spans"} for one in (before, after)]
    spans = {span["id"]: span for span in after["spans"]}
    names = [span["id"] for span in before["spans"]]
    left = [span["id"] for span in after["spans"]]
    if others[0] != others[1] or len({*names}) < len(names) or [name for name in names if name in spans] != left:
        raise ValueError(f"{path}: more changes than spans with ids of their own, which can't be written here")
    for number, span in enumerate(before["spans"]):
        if spans.get(span["id"]) != span:
            yield number, spans.get(span["id"])
