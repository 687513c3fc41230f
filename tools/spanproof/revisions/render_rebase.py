"""What became of the annotations of a rebased document, as text and JSON."""

import json
from collections.abc import Iterator
from dataclasses import asdict

from spanproof.revisions.rebase import Move, Rebased
from spanproof.schema.paths import json_path
from spanproof.table import StyledLine, terminal

REASONS = {
    "gone": "its words are gone",
    "ambiguous": "it could be in more than one place",
    "apart": "its parts are now in another order or far from each other",
    "part": "a part of it, or what it is a part of, can't follow",
    "reference": "it refers to an annotation that can't follow",
    "overlap": "it would overlap another annotation as its list forbids",
    "same": "with what is left of its words it would be where another annotation of its list does",
    "unsound": "its offsets or stored surface are wrong in the old text; run spanproof check",
}
"""What is said of a span that can't follow, by the reason."""
_STYLE = {"edited": "magenta", "moved": "yellow", "refused": "red"}
_SHOWN = 5  # places where a refused one could stand


def as_text(rebased: Rebased, *, color: bool = False) -> str:
    """Return a line for each span that was edited, moved or refused, and how many have each status."""
    return terminal(_lines(rebased), color=color)


def _lines(rebased: Rebased) -> Iterator[StyledLine]:
    for move in rebased.moves:
        if move.status in _STYLE:
            yield (f"{move.status:8}", _STYLE[move.status]), (f" {_description(move)}", "")
    for cut in rebased.cuts:
        yield f"cut      {json_path(cut.path)} named {cut.value!r}, which is refused; it is null now"
    yield ", ".join(f"{count} {status}" for status, count in rebased.counts.items())


def _description(move: Move) -> str:
    name = " ".join(str(part) for part in (move.label, move.id) if part is not None)
    offsets = "" if move.old is None else f" {move.old[0]}:{move.old[1]}"
    line = f"{json_path(move.path)} ({name}){offsets} {move.old_surface!r}"
    if move.new is not None:
        line += f" -> {move.new[0]}:{move.new[1]}" + (f" {move.new_surface!r}" if move.status == "edited" else "")
    if move.reason is not None:
        line += f": {REASONS[move.reason]}"
    if move.rivals:
        more = f" and {len(move.rivals) - _SHOWN} more" if len(move.rivals) > _SHOWN else ""
        line += "; the same words occur at " if move.reason == "gone" else ": "
        line += ", ".join(f"{start}:{end}" for start, end in move.rivals[:_SHOWN]) + more
    return line


def as_json(rebased: Rebased) -> str:
    """Return every span with its old and new offsets, and what was refused, as a JSON object."""
    report = {
        "counts": rebased.counts,
        "moves": [asdict(move) for move in rebased.moves],
        "refused": [{"path": path, "annotation": item} for path, item in rebased.refused],
        "cuts": [asdict(cut) for cut in rebased.cuts],
    }
    return json.dumps(report, ensure_ascii=False, indent=1) + "\n"


OUTPUTS = {"text": as_text, "json": as_json}
