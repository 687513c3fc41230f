"""The loss ledger: a row for each thing of a source that a target can't carry: what, where, and why."""

import json
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from spanproof.table import StyledLine, Table, terminal

What = Literal["document", "text", "span", "relation", "attribute", "metadata", "surface", "layer", "id", "order"]
_SHOWN = 40


@dataclass(frozen=True)
class LedgerRow:
    """One thing that is lost.

    Attributes:
        document: the identifier of the document.
        what: what it is.
        name: its name: the label of a span or relation, the name of an attribute or of a member of the document.
        why: why it is lost.
        id: the annotation that it is, or is of.
        start: where the annotation begins in the text (code points); None for none.
        end: where it ends.
        text: the words there.
        value: the value that is lost.
    """

    document: str
    what: What
    name: str
    why: str
    id: str = ""
    start: int | None = None
    end: int | None = None
    text: str = ""
    value: Any = None

    def json(self) -> dict[str, Any]:
        """Return the row as a JSON object, without what it doesn't have."""
        return {name: value for name, value in asdict(self).items() if value not in (None, "")}


def row_of(
    record: Mapping[str, Any], annotation: Mapping[str, Any], what: What, why: str, name: str = "", value: Any = None
) -> LedgerRow:
    """Return the row of a span or relation of a stand-off document, or of something of it.

    Args:
        record: the document.
        annotation: the span or relation.
        what: what is lost.
        why: why it is.
        name: the name of what is lost of it; its label by default.
        value: the value that is lost.
    """
    start, end = annotation.get("start"), annotation.get("end")
    words = record["text"][start:end] if start is not None and end is not None and start >= 0 else ""
    named = name or annotation.get("label", "")
    return LedgerRow(record["id"], what, named, why, annotation["id"], start, end, words, value)


def grouped(rows: Iterable[LedgerRow]) -> list[tuple[LedgerRow, int]]:
    """Return the first row of each kind of loss (what, name, why), with how many there are of it."""
    counts: dict[tuple[str, str, str], tuple[LedgerRow, int]] = {}
    for loss in rows:
        kind = (loss.what, _name(loss), _why(loss))
        first, count = counts.get(kind, (loss, 0))
        counts[kind] = (first, count + 1)
    return list(counts.values())


@dataclass(frozen=True)
class Ledger:
    """What a conversion carried and lost.

    Attributes:
        source: what was converted, in words.
        target: what it was converted to, in words.
        documents: how many documents the source has.
        spans: how many spans.
        rows: a row for each thing that is lost.
        notes: what else is to be known, a sentence each.
    """

    source: str
    target: str
    documents: int
    spans: int
    rows: Sequence[LedgerRow] = ()
    notes: tuple[str, ...] = ()


def as_text(ledger: Ledger, *, color: bool = False) -> str:
    """Return a table of what is lost, those of a kind in one row, and a line that counts."""
    return terminal(_parts(ledger), color=color)


def _parts(ledger: Ledger) -> Iterator[Table | StyledLine]:
    yield from ledger.notes
    kinds = grouped(ledger.rows)
    if kinds:
        rows = tuple((f"{n:,}", first.what, _name(first), _place(first), _why(first)) for first, n in kinds)
        yield Table(("lost", "what", "name", "first", "why"), rows, 5)
    nothing = (
        "nothing lost" if ledger.spans else "no span was read, so none could be lost; expected some, or --schema FILE"
    )
    lost = f"{len(ledger.rows):,} lost" if ledger.rows else nothing
    yield f"{counted(ledger.documents, 'document')}, {counted(ledger.spans, 'span')}: {lost}"


def counted(count: int, noun: str) -> str:
    """Return a number with its noun, ``1 span`` or ``2,000 spans``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _name(row: LedgerRow) -> str:
    """Return the name of what is lost; ids have none."""
    return "" if row.what == "id" else _short(row.name)


def _why(row: LedgerRow) -> str:
    """Return why it is lost, without what it becomes, which is different for each of a kind."""
    reason = row.why.rpartition(": ")[2] if row.why.startswith("becomes ") else ""
    return f"becomes another: {reason}" if reason else row.why


def _place(loss: LedgerRow) -> str:
    at = "" if loss.start is None else f" {loss.start}:{loss.end}"
    words = f" {_short(loss.text)!r}" if loss.text else ""
    return f"{loss.document}{f' {loss.id}' if loss.id else ''}{at}{words}"


def _short(words: str) -> str:
    return words if len(words) <= _SHOWN else f"{words[: _SHOWN - 1]}…"


def as_json(ledger: Ledger) -> Iterator[str]:
    """Yield the parts of a JSON object with what a ledger counts, and its rows, of which one is in memory at a time."""
    counts = {
        "source": ledger.source,
        "target": ledger.target,
        "documents": ledger.documents,
        "spans": ledger.spans,
        "notes": ledger.notes,
    }
    yield json.dumps(counts, ensure_ascii=False, indent=1).removesuffix("\n}") + ',\n "lost": ['
    for k, loss in enumerate(ledger.rows):
        row = json.dumps(loss.json(), ensure_ascii=False, indent=1)
        yield f"{',' * (k > 0)}\n{textwrap.indent(row, '  ')}"
    yield "\n ]\n}\n" if ledger.rows else "]\n}\n"


OUTPUTS: Mapping[str, Callable[..., str | Iterable[str]]] = {"text": as_text, "json": as_json}
"""The forms in which a ledger can be printed."""
