"""The findings of a report, in order: the first are in memory, the others in a temporary file without a name."""

import pickle
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from itertools import islice
from operator import attrgetter
from typing import Any, overload

from spanproof.checks.runs import FindingRun, Found, each
from spanproof.corpus.edits import Edit
from spanproof.corpus.findings import Excerpt, Finding, Level, Severity
from spanproof.corpus.moved import MovedSpans, Moves
from spanproof.corpus.spool import Spool

_BLOCK = 2000
"""Findings that are read at a time; the first so many stay in memory."""
_PLAIN = tuple(member.name for member in fields(Finding) if member.name not in ("fix", "excerpt"))
"""The members of a finding that are packed as they are: objects of Python's own kinds are packed much faster."""
_plain = attrgetter(*_PLAIN)
_COLUMNS = tuple(member.name for member in fields(FindingRun) if member.name != "moves")
_columns = attrgetter(*_COLUMNS)


def _number_of(part: Found) -> int:
    return len(part) if isinstance(part, FindingRun) else 1


class _Corrections:
    """The corrections of findings, each packed once, however many findings of its document, or batch, share it."""

    def __init__(self) -> None:
        self._packed, self._number = Spool(), -1
        self._last: dict[type, tuple[Any, int]] = {}
        self._read: tuple[int, tuple[Edit, ...] | MovedSpans] = -1, ()
        self._moves: dict[int, Moves] = {}

    def number(self, fix: tuple[Edit, ...] | MovedSpans) -> int:
        """Return the number of a correction, which is packed if it isn't the last one of its kind; -1 for none."""
        if isinstance(fix, tuple) and not fix:
            return -1
        last, number = self._last.get(type(fix), ((), -1))
        if fix is last:
            return number
        self._number += 1
        self._packed.append([tuple(edit) for edit in fix] if isinstance(fix, tuple) else fix)
        self._last[type(fix)] = fix, self._number
        return self._number

    def __getitem__(self, number: int) -> Any:
        """Return the correction of a number."""
        if number != self._read[0]:
            fix = self._packed[number] if number >= 0 else ()
            self._moves = {}
            self._read = number, fix if isinstance(fix, MovedSpans) else tuple(Edit(*edit) for edit in fix)
        return self._read[1]

    def moves(self, number: int, texts: Iterable[int]) -> list[Moves]:
        """Return the corrections of some texts, given the number of that of their batch."""
        spans = self[number]
        return [self._moves.setdefault(text, Moves(spans, text)) for text in texts]


class KeptFindings(Sequence[Finding]):
    """Findings, which are added one by one and can be iterated again and again.

    Attributes:
        severities: how many there are of each severity.
        codes: how many of each code.
        fixable: how many offer a correction of which level.
    """

    def __init__(self, findings: Iterable[Found] = ()) -> None:
        """Begin with some findings."""
        self.severities, self.codes, self.fixable = Counter[Severity](), Counter[str](), Counter[Level]()
        self._first: list[Found] = []
        self._blocks: Spool | None = None
        self._corrections = _Corrections()
        self._last: list[Found] = []
        self._number, self._ends, self._waiting = 0, array("q"), 0
        for finding in findings:
            self.append(finding)

    def append(self, part: Found) -> None:
        """Add a finding, or several.

        Raises:
            UnwritableError: the temporary file can't be written.
        """
        number = _number_of(part)
        level: Level = "proved" if isinstance(part, FindingRun) else part.level
        if self._number + number <= _BLOCK and not self._last and not self._ends:
            self._first.append(part)
        else:
            self._last.append(part)
            self._waiting += number
        self._number += number
        self.severities[part.severity] += number
        self.codes[part.code] += number
        if isinstance(part, FindingRun) or part.fix:
            self.fixable[level] += number
        if self._waiting >= _BLOCK:
            self._blocks = Spool() if self._blocks is None else self._blocks
            block, self._last, self._waiting = self._last, [], 0
            self._ends.append(self._number)  # before it is written: an interrupted check has no finding twice
            self._blocks.append(self._packed(block))

    def _packed(self, block: Iterable[Found]) -> bytes:
        """Return findings as bytes: how many these are costs nothing to tell."""
        return pickle.dumps([self._row(part) for part in block], pickle.HIGHEST_PROTOCOL)

    def _row(self, part: Found) -> tuple[Any, ...]:
        if isinstance(part, FindingRun):
            spans = self._corrections.number(part.moves[0].spans)
            return spans, [one.text for one in part.moves], _columns(part), True
        return self._corrections.number(part.fix), part.excerpt and tuple(part.excerpt), _plain(part)

    def _unpacked(self, content: bytes) -> list[Found]:
        return [self._found(*row) for row in pickle.loads(content)]  # what this process packed itself

    def _found(self, number: int, more: Any, members: Sequence[Any], is_run: bool = False) -> Found:
        if is_run:
            moves = self._corrections.moves(number, more)
            return FindingRun(**dict(zip(_COLUMNS, members, strict=True)), moves=moves)
        fix = self._corrections[number]
        return Finding(**dict(zip(_PLAIN, members, strict=True)), fix=fix, excerpt=more and Excerpt(*more))

    def found(self) -> Iterator[Found]:
        """Yield the findings in the order in which they were added; those that are kept as columns as these."""
        yield from self._first
        for content in self._blocks or ():
            yield from self._unpacked(content)
        yield from self._last

    def __iter__(self) -> Iterator[Finding]:
        """Yield the findings in the order in which they were added."""
        return each(self.found())

    def __len__(self) -> int:
        """Count the findings."""
        return self._number

    @overload
    def __getitem__(self, k: int) -> Finding: ...

    @overload
    def __getitem__(self, k: slice) -> "tuple[Finding, ...]": ...

    def __getitem__(self, k: int | slice) -> "Finding | tuple[Finding, ...]":
        """Return one of the findings, or some of them as a tuple."""
        if isinstance(k, slice):
            numbers = range(len(self))[k]
            ordered = sorted({numbers[0], numbers[-1]}) if numbers else [0, -1]
            some = tuple(islice(self, ordered[0], ordered[-1] + 1))[:: abs(numbers.step)]
            return some if numbers.step > 0 else some[::-1]
        return self._at(range(len(self))[k])

    def _at(self, k: int) -> Finding:
        blocks = self._blocks if self._blocks is not None else ()
        kept = sum(map(_number_of, self._first))
        block = -1 if k < kept else bisect_right(self._ends, k)
        low = 0 if block < 0 else self._ends[block - 1] if block else kept
        some = self._first if block < 0 else self._unpacked(blocks[block]) if block < len(blocks) else self._last
        for part in some:
            number = _number_of(part)
            if k < low + number:
                return part.finding(k - low) if isinstance(part, FindingRun) else part
            low += number
        raise IndexError(k)

    def __eq__(self, other: object) -> bool:
        """Say whether others are the same findings in the same order."""
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(Finding.__eq__, self, other))

    __hash__ = None  # type: ignore[assignment]  # it grows

    def __reduce__(self) -> tuple[type["KeptFindings"], tuple[list[Finding]]]:
        """Go to another process, or into a copy, as a list: the file doesn't."""
        return KeptFindings, ([*self],)

    def __repr__(self) -> str:
        """Return one line: how many there are, and the first."""
        return f"<{len(self):,} findings, the first {self[0]}>" if len(self) else "<no findings>"
