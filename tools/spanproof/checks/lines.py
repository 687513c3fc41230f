"""Findings as lines of a terminal: one by one, or in groups of one kind; how many there are of each."""

import re
import reprlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import Any, Literal

from spanproof.checks.excerpts import WIDTH, shown
from spanproof.checks.groups import Group, as_kept, grouped, layer_of, statistics
from spanproof.checks.located import has_rows
from spanproof.checks.rules import rule_names
from spanproof.checks.runs import FindingRun
from spanproof.corpus.findings import Cause, Finding
from spanproof.table import StyledLine, Table
from spanproof.text.display import literal, visible

Show = Literal["all", "grouped", "none"]
FEW = 30
"""How many findings are shown one by one where nobody says how; and how many groups of more of them."""
_SURFACES = 3
_STYLE = {"error": "bold red", "warning": "bold yellow", "info": "bold blue"}


@dataclass(frozen=True)
class Detail:
    """How much of the findings is shown.

    Attributes:
        show: all of them, groups of one kind, or none; None: all where they are few, otherwise groups.
        most: at most so many findings or groups; None: all findings, and groups as far as they can be read.
        statistics: whether there is a table of how many there are of each code in each layer.
        quiet: whether nothing is said but the findings.
        width: how many cells a line of a text may have that a finding shows.
        names: the names of rules that the catalogue lacks, by their code.
    """

    show: Show | None = None
    most: int | None = None
    statistics: bool = False
    quiet: bool = False
    width: int = WIDTH
    names: Mapping[str, str] = field(default_factory=dict, hash=False)

    def name_of(self, finding: Finding) -> str:
        """Return the name of the rule of a finding; empty if it is unknown."""
        return self.names.get(finding.code) or rule_names().get(finding.code, "")

    def of(self, findings: Sequence[Finding]) -> Show:
        """Return how these findings are shown."""
        if self.show is not None:
            return self.show
        if self.statistics:
            return "none"
        return "all" if sum(1 for _ in islice(_blocks(findings), FEW + 1)) <= FEW else "grouped"


PLAIN = Detail()
"""The detail that a report has where nobody says how much."""


def where(finding: Finding) -> str:
    """Return file and line of a finding in the form that editors make links of; empty without a file."""
    place = finding.file or ""
    if not place or not finding.line:
        return place
    return f"{place} row {finding.line}" if has_rows(place) else f"{place}:{finding.line}"


def explained(cause: Cause, where: str = "") -> str:
    """Return a cause in words, with how many of the spans that it is about it fits, or is proved for.

    Args:
        cause: the cause.
        where: which spans these are, if it may be unclear.
    """
    some = f"all {cause.of}" if cause.agree == cause.of else f"{cause.agree} of {cause.of}"
    spans = {1: "the only wrong span", 2: f"{'both' if cause.agree == 2 else 'one of the two'} wrong spans"}
    subject = "each fits" if re.match(r"(one of )?\d+ explanations", cause.statement) else "it fits"
    if cause.level == "proved" and cause.agree < cause.of:
        subject = "proved for"  # it may fit others, too
    statement, shared = cause.statement, ""
    if match := re.search(r" \(((as in )?[\d,]+ of [\d,]+ [^()]*)\)$", statement):
        statement, shared = statement[: match.start()], f"{match[1]}; "
    fits = f"{shared}{subject} {spans.get(cause.of, f'{some} wrong spans')}{where}"
    return f"{statement} ({fits})" if cause.agree else cause.statement


def lines_of(findings: Sequence[Finding], detail: Detail) -> Iterator[StyledLine | Table]:
    """Yield what a terminal shows of findings.

    Args:
        findings: the findings.
        detail: how much of them.
    """
    show = detail.of(findings)
    if show == "all":
        number = left = 0
        for number, (first, size) in enumerate(_blocks(findings), 1):
            if detail.most is None or number <= detail.most:
                yield from _block_lines(first, size, detail)
            else:
                left += size
        if left:
            yield ((f"and {left:,} more finding{'s' * (left != 1)}: --max-findings {number}", "bold"),)
    elif show == "grouped":
        yield from _groups_lines(grouped(findings), detail)
    if detail.statistics and findings:
        yield _table_of(findings, detail)


def _blocks(findings: Sequence[Finding]) -> Iterator[tuple[Finding, int]]:
    """Yield findings one by one, but those of a document that one cause explains together: the first, and how many."""

    def key(numbered: tuple[int, tuple[Finding, int]]) -> tuple[Any, ...]:
        k, (finding, _) = numbered
        return (finding.file, finding.document, finding.line, finding.listed, finding.cause) if finding.cause else (k,)

    for _, group in groupby(enumerate(_by_document(findings)), key):
        (_, (first, number)), *more = group
        yield first, number + sum(number for _, (_, number) in more)


def _by_document(findings: Sequence[Finding]) -> Iterator[tuple[Finding, int]]:
    """Yield findings one by one, but those kept as columns that have a cause by documents: the first, and how many."""
    for one in as_kept(findings):
        if not isinstance(one, FindingRun):
            yield one, 1
            continue
        for k, cause in enumerate(one.causes):
            low, high = one.bounds[k : k + 2]
            yield from [(one.example(low), high - low)] if cause else ((one.finding(n), 1) for n in range(low, high))


def _block_lines(first: Finding, size: int, detail: Detail) -> Iterator[StyledLine]:
    yield (*_head(first, detail), (f"  {'  '.join(filter(None, [where(first), _place(first)]))}", "bold cyan"))
    yield from _body(first, detail.width)
    if size > 1:
        yield ((f"  = and {size - 1} more in this document with the same cause", "blue"),)
    if first.candidates and not first.fix:
        yield ("  = ", "blue"), (_open(first.candidates, (first.start, first.end)), "blue")
    if first.fix:
        items = {edit.path[:-1] for edit in first.fix}
        whole = first.cause and (first.cause.level == "proved" or len(items) > 1)
        subject = "all spans of this text" if whole else "each of them" if size > 1 else "this annotation"
        makes = "--fix" if first.level == "proved" else "--fix --likely"
        stated = stated_correction(first) if subject == "this annotation" and len(items) == 1 else ""
        word = "fixable" if first.level == "proved" else f"likely{stated}, not proved"
        yield ("  = ", "blue"), (f"{word}: --diff shows the correction of {subject}, {makes} makes it", "green")
    if first.refused:
        yield ((f"  = no correction: {first.refused}", "blue"),)


def stated_correction(finding: Finding) -> str:
    """Return in words what a correction of one annotation makes of it: its offsets, else its members."""
    members = {str(edit.path[-1]): edit.value for edit in finding.fix if edit.path and not edit.remove}
    if members.keys() & {"start", "end"}:
        return f" at {members.get('start', finding.start)}:{members.get('end', finding.end)}"
    words = (
        f"{name} {literal(value) if isinstance(value, str) else reprlib.repr(value)}" for name, value in members.items()
    )
    return f", {''.join(map(visible, ', '.join(words)))}" if members else ""


def _open(candidates: Sequence[tuple[int, int]], stored: tuple[int | None, int | None]) -> str:
    """Return in words that a span may be meant at some places, one of which may be where it is stored."""
    if [*candidates] == [stored]:
        return (
            "open: the surface occurs only at these offsets, written otherwise; nothing proves which of the two is off"
        )
    places = ", ".join(f"{start}:{end}" for start, end in candidates)
    if len(candidates) == 1:
        return f"open: the only place that fits is {places}, but the annotated words may have been deleted"
    return f"open: the places that fit are {places}; nothing proves which one is meant"


def _head(finding: Finding, detail: Detail) -> StyledLine:
    style = _STYLE[finding.severity]
    return (f"{finding.severity}[{finding.code}]", style), (f" {detail.name_of(finding)}", style)


def _place(finding: Finding) -> str:
    path = finding.json_path if finding.path or finding.written else None
    names = [finding.document, path, finding.id and f"({finding.id})"]
    return " ".join("".join(map(visible, str(name))) for name in names if name)


def _body(finding: Finding, width: int, where: str = "") -> Iterator[StyledLine]:
    """Yield the message, the place in its text, and the cause, with which spans this is told of."""
    yield "  " + "".join(map(visible, finding.message))
    if finding.excerpt:
        line, marks = shown(finding.excerpt, width - 4)
        yield ((f"  | {line}", "blue"),)
        yield ("  | ", "blue"), (marks, _STYLE[finding.severity])
    if finding.cause:
        yield ("  = ", "blue"), (f"cause ({finding.cause.level}): {explained(finding.cause, where)}", "bold blue")


def _groups_lines(groups: Sequence[Group], detail: Detail) -> Iterator[StyledLine]:
    most = FEW if detail.most is None else detail.most
    for group in groups[:most]:
        if group.count == 1:
            yield from _block_lines(group.first, 1, detail)
        else:
            yield from _group_lines(group, detail)
    if rest := groups[most:]:
        count = sum(group.count for group in rest)
        kinds = f"{len(rest):,} more kind{'s' * (len(rest) != 1)}"
        yield ((f"and {count:,} finding{'s' * (count != 1)} of {kinds}: --max-findings {len(groups)}", "bold"),)
    if detail.show is None:
        count = sum(group.count for group in groups)
        kinds = f"{len(groups):,} kind{'s' * (len(groups) != 1)}"
        yield ((f"{count:,} findings of {kinds}; one example of each is shown, --show all shows every one", "bold"),)


def _group_lines(group: Group, detail: Detail) -> Iterator[StyledLine]:
    first = group.first
    within = f"  {layer_of(first)}" + (f" {''.join(map(visible, first.label))}" if first.label else "")
    documents = f"  in {len(group.documents):,} documents" if len(group.documents) > 1 else "  in one document"
    yield (*_head(first, detail), (f" x {group.count:,}", "bold"), (within, "bold cyan"), (documents, ""))
    yield (("  for example ", ""), ("  ".join(filter(None, [where(first), _place(first)])), "cyan"))
    yield from _body(first, detail.width, " of this document" if len(group.documents) > 1 else "")
    if group.surfaces and len(group.surfaces) < group.count:
        yield ("  = ", "blue"), (_words(group), "blue")
    if proved := group.fixable["proved"]:
        which = "all of them" if proved == group.count else f"{proved:,} of them"
        yield ("  = ", "blue"), (f"fixable: {which}; --diff shows the corrections, --fix makes them", "green")
    if likely := group.fixable["likely"]:
        yield ("  = ", "blue"), (f"likely, not proved: {likely:,} of them; only --fix --likely", "green")
    if group.refused:
        why = f", the first: {first.refused}" if first.refused else ""
        yield ((f"  = no correction of {group.refused:,} of them{why}", "blue"),)


def _words(group: Group) -> str:
    """Return the words that most findings of a group are about, with their numbers."""
    common = group.surfaces.most_common(_SURFACES)
    words = [f"{literal(surface)} x {count:,}" for surface, count in common if count > 1]
    others = group.surfaces.total() - sum(count for _, count in common if count > 1)
    more = f"{others:,} other{'s' * (others != 1)}"
    return ", ".join([*words, *([more] if others else [])])


def _table_of(findings: Sequence[Finding], detail: Detail) -> Table:
    rows = [
        (
            first.code,
            detail.name_of(first),
            first.severity,
            layer,
            f"{group.count:,}",
            f"{len(group.documents):,}",
            f"{group.fixable['proved']:,}",
        )
        for first, layer, group in statistics(findings)
    ]
    return Table(("code", "rule", "severity", "layer", "findings", "documents", "fixable"), tuple(rows), left=4)
