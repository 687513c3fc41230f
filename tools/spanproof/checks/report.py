"""What a check says: findings in order, waived ones apart, how much was read."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from spanproof.corpus.findings import Finding, Severity
from spanproof.corpus.waivers import Waiver

_ORDER: tuple[Severity, ...] = get_args(Severity)


@dataclass(frozen=True, repr=False)
class Report:
    """What a check found. ``print(report)`` shows it as ``spanproof check`` does.

    Attributes:
        findings: the findings, in the order of the documents; those of rules across documents last.
        waived: the findings that a waiver covers.
        documents: how many documents were read.
        spans: how many spans they have.
        unused: the waivers that cover no finding.
    """

    findings: tuple[Finding, ...]
    waived: tuple[Finding, ...] = ()
    documents: int = 0
    spans: int = 0
    unused: tuple[Waiver, ...] = ()

    @property
    def counts(self) -> Mapping[str, int]:
        """Count the findings of each severity."""
        severities = Counter(finding.severity for finding in self.findings)
        return {severity: severities[severity] for severity in _ORDER}

    @property
    def exit_code(self) -> int:
        """Return 0 if clean (or information alone), 1 for errors or warnings, 2 if something couldn't be read."""
        if any(finding.code == "SP001" for finding in self.findings):
            return 2
        return 1 if any(finding.severity != "info" for finding in self.findings) else 0

    def __str__(self) -> str:
        """Return the report as the command line prints it, without colours."""
        from spanproof.checks.render import as_text

        return as_text(self, color=False)

    def __repr__(self) -> str:
        """Return one line: what was read, how many findings, the first of the gravest."""
        counts = ", ".join(f"{number} {severity}" for severity, number in self.counts.items() if number)
        gravest = min(self.findings, key=lambda finding: _ORDER.index(finding.severity), default=None)
        first = f"; {gravest.code} {gravest.document} {gravest.json_path} {gravest.message}" if gravest else ""
        return f"<Report of {self.documents} documents, {self.spans} spans: {counts or 'no findings'}{first}>"


@dataclass
class Seen:
    """How many documents and spans went by, counted while findings stream."""

    documents: int = 0
    spans: int = 0


def selected(code: str, select: Sequence[str] = (), ignore: Sequence[str] = ()) -> bool:
    """Say whether a code is asked for.

    Args:
        code: the code of a rule, ``SP106``.
        select: prefixes of codes to report; all where it is empty.
        ignore: prefixes of codes not to report. The longer prefix wins, ``select`` where they
            are equal.
    """
    chosen = max((len(prefix) for prefix in select if code.startswith(prefix)), default=-1 if select else 0)
    refused = max((len(prefix) for prefix in ignore if code.startswith(prefix)), default=-1)
    return chosen >= 0 and chosen >= refused


def report_of(
    findings: Iterable[Finding],
    seen: Seen,
    *,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    waivers: Sequence[Waiver] = (),
) -> Report:
    """Return a report of the findings whose codes are asked for, waived ones apart.

    Args:
        findings: all findings; they may stream.
        seen: what went by while they streamed; read when they are at their end.
        select: prefixes of codes to report.
        ignore: prefixes of codes not to report. What can't be read (SP001) is always reported.
        waivers: findings that are right as they are.
    """
    kept: list[Finding] = []
    waived: list[Finding] = []
    used: set[Waiver] = set()
    for finding in findings:
        if finding.code != "SP001" and not selected(finding.code, select, ignore):
            continue
        covering = {waiver for waiver in waivers if waiver.covers(finding)}
        used |= covering
        (waived if covering else kept).append(finding)
    unused = tuple(waiver for waiver in waivers if waiver not in used and selected(waiver.code, select, ignore))
    return Report(tuple(kept), tuple(waived), seen.documents, seen.spans, unused)
