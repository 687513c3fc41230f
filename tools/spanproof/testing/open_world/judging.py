"""What corrections make of a case: which spans they mend, leave, misplace, hide or remove."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from spanproof.checks.check import check
from spanproof.checks.fix import fix
from spanproof.corpus.documents import Corpus
from spanproof.table import Table, markdown
from spanproof.testing.open_world.cases import SCHEMA, Case

Fate = Literal["sound", "mended", "left", "misplaced", "hidden", "removed"]
FATES: Sequence[Fate] = ("sound", "mended", "left", "misplaced", "hidden", "removed")
"""What may become of a span.

``sound``: it was right and is as it was. ``mended``: it was wrong and is right. ``left``: it is wrong, or belongs
nowhere, is as it was, and the check says so. ``misplaced``: it was moved, or its surface was changed, and it isn't
where it belongs. ``hidden``: it is wrong, is as it was, and what the check said of it before it says no longer.
``removed``: it is gone.
"""


def fates(case: Case) -> Mapping[str, Fate]:
    """Return what the proved corrections make of each span of a case, by its identifier."""
    corpus = Corpus.of(case.documents, SCHEMA)
    corrected = fix(corpus).corpus
    before, after = _reported(corpus), _reported(corrected)
    now = {item["id"]: item for document in corrected.documents() for item in document["names"]}
    return {
        item["id"]: _fate(document["text"], item, now.get(item["id"]), place, item["id"] in before - after)
        for document, places in zip(case.documents, case.places, strict=True)
        for item, place in zip(document["names"], places, strict=True)
    }


def _reported(corpus: Corpus) -> set[str]:
    """Return the spans of which the check says something that isn't mere information."""
    return {finding.id for finding in check(corpus).findings if finding.id and finding.severity != "info"}


def _fate(
    text: str, was: Mapping[str, Any], now: Mapping[str, Any] | None, place: tuple[int, int] | None, silent: bool
) -> Fate:
    """Return what became of one span; ``silent`` says that the check no longer speaks of it."""
    if now is None:
        return "removed"
    if place is not None:
        words = None if was["text"] is None else text[slice(*place)]
        right = (*place, words)
        if (now["start"], now["end"], now["text"]) == right:
            return "sound" if (was["start"], was["end"], was["text"]) == right else "mended"
        if (now["start"], now["end"], now["text"]) == (*place, was["text"]):
            return "left"
    if any(was[name] != now[name] for name in ("start", "end", "text")):
        return "misplaced"
    return "hidden" if silent else "left"


def as_markdown(tallies: Mapping[str, tuple[int, Iterable[Fate]]]) -> str:
    """Return the fates of the spans by kind of case as a table.

    Args:
        tallies: kind to the number of its cases, and the fate of every span of them.
    """
    rows = []
    for kind, (cases, every) in tallies.items():
        counts = Counter(every)
        wrong = counts.total() - counts["sound"]
        share = f"{counts['mended'] / wrong:.0%}" if wrong else "-"
        rows.append((kind, *(str(n) for n in (cases, *(counts[fate] for fate in FATES))), share))
    header = ("kind of drift", "cases", *FATES, "mended of the wrong")
    return markdown(Table(header, tuple(rows), left=1)) + "\n"
