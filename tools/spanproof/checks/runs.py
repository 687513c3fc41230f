"""Findings of one rule about many spans of one document that share cause and correction: one value until each is asked.

A document that drifts has a finding for each of its spans. They are counted, grouped and kept as columns; a finding
with its message and its excerpt is made of those that a report shows.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from spanproof.checks.facts import excerpt_of
from spanproof.corpus.findings import Finding
from spanproof.schema.node import Place
from spanproof.schema.paths import Path

Saying = Callable[[str, int, int, str], str]
"""Takes a text, start and end of a span in it (code points), and its stored words; returns the message of a finding."""


@dataclass(frozen=True)
class FindingRun:
    """Findings that differ by their span alone.

    Attributes:
        first: the first of them.
        saying: what makes the message of each.
        document_text: the text that the spans point into.
        place: where in the schema they stand.
        at: their index in each list on the way, a sequence for each list.
        ids: their keys; None where they have none.
        starts: their offsets, as stored.
        ends: those after their last code point.
        words: their stored words.
        labels: their labels; None where they have none.
    """

    first: Finding
    saying: Saying
    document_text: str
    place: Place
    at: tuple[Sequence[int], ...]
    ids: Sequence[Any] | None
    starts: Sequence[int]
    ends: Sequence[int]
    words: Sequence[str]
    labels: Sequence[Any] | None

    def __len__(self) -> int:
        return len(self.starts)

    def __iter__(self) -> Iterator[Finding]:
        """Yield the findings."""
        return map(self.finding, range(len(self)))

    def finding(self, k: int) -> Finding:
        """Return one of the findings."""
        text, start, end, words = self.document_text, self.starts[k], self.ends[k], self.words[k]
        identifier, label = (None if values is None else values[k] for values in (self.ids, self.labels))
        return replace(
            self.first,
            message=self.saying(text, start, end, words),
            path=self._path(k),
            id=None if identifier is None else str(identifier),
            start=start,
            end=end,
            text=words,
            label=label if isinstance(label, str) else None,
            excerpt=excerpt_of(text, start, end) if 0 <= start <= end <= len(text) else None,
        )

    def paths(self) -> Iterator[Path]:
        """Yield where each of them is."""
        return map(self._path, range(len(self)))

    def _path(self, k: int) -> Path:
        index = (numbers[k] for numbers in self.at)
        return tuple(next(index) if step == "*" else step for step in self.place)


Found: TypeAlias = Finding | FindingRun
"""A finding, or several as columns."""


def each(findings: Iterable[Found]) -> Iterator[Finding]:
    """Yield findings one by one."""
    for one in findings:
        if isinstance(one, FindingRun):
            yield from one
        else:
            yield one


def first_of(one: Found) -> Finding:
    """Return a finding, or the first of several: they have code, severity, document, cause and correction in common."""
    return one.first if isinstance(one, FindingRun) else one


def changed(findings: Iterable[Found], change: Callable[[Finding], Finding]) -> Iterator[Found]:
    """Yield what a change makes of findings, which are still columns where it leaves the first of them as it is.

    Args:
        findings: those that are changed.
        change: makes of a finding another one, by its code, file and correction, or returns it as it is.
    """
    for one in findings:
        if isinstance(one, FindingRun):
            if change(one.first) is one.first:
                yield one
            else:
                yield from map(change, one)
        else:
            yield change(one)
