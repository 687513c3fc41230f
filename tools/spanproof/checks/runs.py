"""Findings of one rule about many spans, of which those of a document share cause and correction: columns until asked.

A document that drifts has a finding for each of its spans. They are counted, grouped, tried and kept as columns; a
finding with its message and its excerpt is made of those that a report shows.
"""

import functools
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, NamedTuple, TypeAlias

import pyarrow as pa

from spanproof.checks.facts import excerpt_of
from spanproof.corpus.edits import Edit
from spanproof.corpus.findings import Cause, Finding, Severity
from spanproof.corpus.moved import Moves
from spanproof.schema.node import Place
from spanproof.schema.paths import Path, path_at

Column: TypeAlias = pa.Array | Sequence[Any]
"""Values of spans: as they are read, or as a list."""
Saying = Callable[[str, int, int, str], str]
"""Takes a text, start and end of a span in it (code points), and its stored words; returns the message of a finding."""


class SpanRows(NamedTuple):
    """Spans at one place of the schema, as columns.

    Attributes:
        at: the index of each in each list on the way, a column for each list.
        ids: their keys; None where they have none.
        starts: their offsets, as stored.
        ends: those after their last code point.
        words: their stored words.
        labels: their labels; None where they have none.
    """

    at: tuple[Column, ...]
    ids: Column | None
    starts: Column
    ends: Column
    words: Column
    labels: Column | None

    def each(self, change: Callable[[Column], Column]) -> "SpanRows":
        """Return what a function makes of the columns."""
        ids, labels = (None if one is None else change(one) for one in (self.ids, self.labels))
        at = tuple(map(change, self.at))
        return SpanRows(at, ids, change(self.starts), change(self.ends), change(self.words), labels)


@dataclass(frozen=True)
class FindingRun:
    """Findings about spans at one place of the documents of one file, as columns.

    Attributes:
        code: the code of the rule.
        severity: that of each.
        layer: the list that the spans stand in.
        file: that of the documents.
        saying: what makes the message of each, or the messages.
        place: where in the schema they stand.
        names: the keys of the documents.
        lines: where the documents stand in their file.
        rows: which documents of their batch they are.
        texts: the texts that their spans point into.
        causes: why the offsets of each are off.
        moves: the correction of each.
        bounds: the first finding of each document, and the end.
        columns: the spans.
        listed: whether the file is one list of these documents, and nothing else tells them apart.
        written_place: where they stand in a record of another shape; None where documents are written as they are.
    """

    code: str
    severity: Severity
    layer: str
    file: str | None
    saying: Saying | Sequence[str]
    place: Place
    names: Sequence[str | None]
    lines: Sequence[int | None]
    rows: Sequence[int]
    texts: Sequence[str]
    causes: Sequence[Cause | None]
    moves: Sequence[Moves]
    bounds: Sequence[int]
    columns: SpanRows
    listed: bool = False
    written_place: Place | None = None

    @functools.cached_property
    def spans(self) -> SpanRows:
        """Return the spans as lists."""
        return self.columns.each(lambda column: column.to_pylist() if isinstance(column, pa.Array) else column)

    def __len__(self) -> int:
        return self.bounds[-1]

    def __iter__(self) -> Iterator[Finding]:
        """Yield the findings."""
        return map(self.finding, range(len(self)))

    def finding(self, k: int) -> Finding:
        """Return one of the findings."""
        return self._finding(k, self.moves[bisect_right(self.bounds, k) - 1].edits)

    def _finding(self, k: int, fix: tuple[Edit, ...]) -> Finding:
        of, spans = bisect_right(self.bounds, k) - 1, self.spans
        text, start, end, words = self.texts[of], spans.starts[k], spans.ends[k], spans.words[k]
        identifier, label = (None if values is None else values[k] for values in (spans.ids, spans.labels))
        path = self.path(k)
        return Finding(
            self.code,
            self.severity,
            self.saying(text, start, end, words) if callable(self.saying) else self.saying[k],
            self.names[of],
            path,
            None if identifier is None else str(identifier),
            start,
            end,
            words,
            self.causes[of],
            fix,
            file=self.file,
            line=self.lines[of],
            row=self.rows[of],
            written=self._written(of, k),
            excerpt=excerpt_of(text, start, end) if 0 <= start <= end <= len(text) else None,
            label=label if isinstance(label, str) else None,
            layer=self.layer,
        )

    def path(self, k: int) -> Path:
        """Return where the span of one of the findings is in its document."""
        return path_at(self.place, [numbers[k] for numbers in self.spans.at])

    def _written(self, of: int, k: int) -> Path | None:
        """Return the path that a report says, as :func:`~spanproof.checks.facts.told_path` does."""
        written = path_at(self.written_place, [numbers[k] for numbers in self.spans.at]) if self.written_place else None
        return (self.rows[of], *(written or self.path(k))) if self.listed else written

    def example(self, k: int) -> Finding:
        """Return one of the findings, with the first edit of its correction, for who asks what all have."""
        return self._finding(k, self.moves[bisect_right(self.bounds, k) - 1].first)

    @functools.cached_property
    def first(self) -> Finding:
        """Return the first of the findings as an example."""
        return replace(self, columns=self.columns.each(lambda column: column[:1])).example(0)

    def of_documents(self, low: int, high: int) -> "FindingRun":
        """Return the findings about some of the documents, from one number to another."""
        first, end = self.bounds[low], self.bounds[high]
        of = {name: getattr(self, name)[low:high] for name in ("names", "lines", "rows", "texts", "causes", "moves")}
        bounds = [bound - first for bound in self.bounds[low : high + 1]]
        saying = self.saying if callable(self.saying) else self.saying[first:end]
        return replace(self, **of, saying=saying, bounds=bounds, columns=self.spans.each(lambda one: one[first:end]))

    def parts(self, chosen: Sequence[bool]) -> Iterator[tuple["FindingRun", bool]]:
        """Yield the findings in parts, those of documents that are chosen apart from those of others."""
        for is_chosen, some in groupby(range(len(chosen)), chosen.__getitem__):
            of = list(some)
            yield self if len(of) == len(chosen) else self.of_documents(of[0], of[-1] + 1), is_chosen


Found: TypeAlias = Finding | FindingRun
"""A finding, or several as columns."""


def each(findings: Iterable[Found]) -> Iterator[Finding]:
    """Yield findings one by one."""
    for one in findings:
        if isinstance(one, FindingRun):
            yield from one
        else:
            yield one


def asked_each(findings: Iterable[Found], asked: Callable[[str, str | None], bool]) -> Iterator[Found]:
    """Yield findings, one by one those whose code and document are asked for."""
    for one in findings:
        if not isinstance(one, FindingRun):
            yield one
            continue
        for part, is_asked in one.parts([asked(one.code, name) for name in one.names]):
            yield from part if is_asked else [part]


def first_of(one: Found) -> Finding:
    """Return a finding, or the first of several: they have code, severity, level and file in common, and a fix."""
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
