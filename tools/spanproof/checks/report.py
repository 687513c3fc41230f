"""What a check says: findings in order, waived ones apart, how much was read; and all of it as text."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

import numpy as np

from spanproof.checks import proof
from spanproof.checks.baseline import NOTHING, Baseline
from spanproof.checks.doubts import doubtful
from spanproof.checks.groups import SEVERITIES
from spanproof.checks.kept import KeptFindings
from spanproof.checks.lines import PLAIN, Detail, lines_of
from spanproof.checks.runs import Found, asked_each, each, first_of
from spanproof.checks.selection import asked_for, selected
from spanproof.checks.view import View
from spanproof.corpus.findings import Finding, Severity
from spanproof.corpus.identity import identity_of
from spanproof.corpus.settings import UNSETTLED, Settings
from spanproof.corpus.waivers import Waived, Waiver
from spanproof.schema.guess import Guess, said_unchecked
from spanproof.table import StyledLine, Table, terminal_lines

UNREAD = frozenset({"SP001", "SP005", "SP006", "SP007", "SP008"})
"""The codes of what wasn't read: it wasn't checked, so it can't be left out or be right as it is."""


@dataclass(frozen=True, repr=False)
class Report:
    """What a check found. ``print(report)`` shows it as ``spanproof check`` does.

    Attributes:
        findings: the findings, batch by batch, in a batch by rule; those of rules across documents last.
        waived: the findings that a waiver covers.
        documents: how many documents were read.
        spans: how many spans they have.
        proved: how many of them have no error, and cut out their stored surface, stand where their stored context says,
            or are fragments that make the stored words of their annotation.
        in_bounds: how many store neither, or may agree by chance with a text that drifts as no proved model says, so
            that nothing can be said but that they lie within their text.
        unread: how many have no text or lack an offset.
        unused: the waivers that cover no finding.
        turned_off: how many findings the schema turns off in a layer, by the code of the rule.
        not_looked_up: how many references weren't looked up: into registries that documents in memory were given
            without, or into documents that weren't asked for.
        known: the findings that a baseline knows.
        gone: how many that it knows aren't found any more.
        interrupted: whether the check was ended before it was done: later documents, and rules across documents,
            aren't in it.
        names: the names of the rules that judged, by their code, where a check was given rules.
        guess: what the corpus was taken for, and what that left unchecked; None where its schema was stated.
        unchecked: what a stated schema says that it leaves unchecked.
    """

    findings: KeptFindings
    waived: KeptFindings = field(default_factory=KeptFindings)
    documents: int = 0
    spans: int = 0
    proved: int = 0
    in_bounds: int = 0
    unread: int = 0
    unused: tuple[Waiver, ...] = ()
    turned_off: Mapping[str, int] = field(default_factory=dict)
    not_looked_up: int = 0
    guess: Guess | None = None
    known: KeptFindings = field(default_factory=KeptFindings)
    gone: int = 0
    interrupted: bool = False
    names: Mapping[str, str] = field(default_factory=dict)
    unchecked: tuple[str, ...] = ()

    @property
    def with_errors(self) -> int:
        """Count the spans in which there is an error, waived ones too, or that aren't where they say."""
        return self.spans - self.proved - self.in_bounds - self.unread

    @property
    def guessed(self) -> tuple[str, ...]:
        """What a corpus without a schema was taken for, what wasn't checked; else what the schema leaves."""
        if self.guess:
            return self.guess.statements
        return (said_unchecked(self.unchecked),) if self.unchecked else ()

    @property
    def counts(self) -> Mapping[str, int]:
        """Count the findings of each severity."""
        return {severity: self.findings.severities[severity] for severity in SEVERITIES}

    @property
    def exit_code(self) -> int:
        """Return 0 if clean (or information alone), 1 for errors or warnings, 2 if something couldn't be read.

        Return 130 if it was interrupted, whatever was found until then.
        """
        if self.interrupted:
            return 130  # as a shell has it
        if self.findings.codes["SP001"]:
            return 2
        return 1 if self.fails("warning") else 0

    def fails(self, severity: Severity) -> bool:
        """Say whether there is a finding of a severity, or a graver one."""
        failing = SEVERITIES[: SEVERITIES.index(severity) + 1]
        return any(self.findings.severities[one] for one in failing)

    def __str__(self) -> str:
        """Return the report as the command line prints it, without colours."""
        return "".join(f"{statement}\n" for statement in self.guessed) + as_text(self)

    def __repr__(self) -> str:
        """Return one line: what was read, how far it is proved, how many findings, the first of the gravest."""
        gravest = min(self.findings, key=lambda finding: SEVERITIES.index(finding.severity), default=None)
        first = f"; {gravest.code} {gravest.document} {gravest.json_path} {gravest.message}" if gravest else ""
        return f"<Report of {summary(self)}{first}>"


class CheckInterrupted(KeyboardInterrupt):
    """A check was interrupted.

    Attributes:
        report: what was found until then.
    """

    def __init__(self, report: Report) -> None:
        """Keep the report."""
        super().__init__()
        self.report = report


@dataclass
class Seen:
    """What went by while findings stream: documents, spans and how far they are proved, findings turned off."""

    documents: int = 0
    spans: int = 0
    proved: int = 0
    in_bounds: int = 0
    unread: int = 0
    turned_off: Counter[str] = field(default_factory=Counter)
    not_looked_up: int = 0

    def add(self, other: "Seen") -> None:
        """Add what went by elsewhere."""
        for counted in fields(self):
            setattr(self, counted.name, getattr(self, counted.name) + getattr(other, counted.name))

    def count(self, view: View) -> None:
        """Count what is in a batch, after its rules have judged."""
        batch, by_words = Seen(len(view.documents)), proof.proved_by_words(view)
        for place, spans in view.spans.items():
            within = proof.in_bounds(spans) & spans.same
            sound = (proof.proved(spans) & ~doubtful(view, spans)) | (within & by_words.get(place, False))
            batch.spans += len(spans.items)
            batch.proved += int(np.count_nonzero(sound))
            batch.in_bounds += int(np.count_nonzero(within & ~sound))
            batch.unread += int(np.count_nonzero(~spans.known))
        self.add(batch)  # all at once, so that the numbers fit each other where the check is interrupted


def report_of(
    findings: Iterable[Found],
    seen: Seen,
    *,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    waivers: Sequence[Waiver] = (),
    baseline: Baseline = NOTHING,
    settings: Settings = UNSETTLED,
    reported: Callable[[Finding], None] | None = None,
) -> Report:
    """Return a report of the findings whose codes are asked for, waived ones and known ones apart.

    Args:
        findings: all findings; they may stream.
        seen: what went by while they streamed; read when they are at their end.
        select: prefixes of codes to report.
        ignore: prefixes of codes not to report. What wasn't read (``UNREAD``) is always reported.
        waivers: findings that are right as they are; none covers what wasn't read.
        baseline: findings that are known, of each identity as many as it says; never what wasn't read.
        settings: what a project doesn't want reported in which files.
        reported: called with each finding of the report, as soon as it is known.

    Raises:
        CheckInterrupted: Ctrl-C was pressed while they streamed.
    """
    kept, waived, known = KeptFindings(), KeptFindings(), KeptFindings()
    used, interrupted = set[Waiver](), False
    decided, left = Waived(waivers), Counter(baseline.counts)
    try:
        for part in each(findings) if reported else _parts(findings, decided, baseline):
            unread = (finding := first_of(part)).code in UNREAD
            if not unread and not asked_for(finding, select, ignore, settings):
                continue
            covering = () if unread else decided.covering(finding)
            used.update(covering)
            if covering:
                waived.append(finding)
            elif left and not unread and left[identity_of(finding)] > 0:
                left[identity_of(finding)] -= 1
                known.append(finding)
            else:
                kept.append(part)
                if reported:
                    reported(finding)
    except KeyboardInterrupt:
        interrupted = True
    turned_off = {code: n for code, n in sorted(seen.turned_off.items()) if selected(code, select, ignore)}
    sizes = (seen.documents, seen.spans, seen.proved, seen.in_bounds, seen.unread)
    report = Report(kept, waived, *sizes, (), turned_off, seen.not_looked_up, None, known)
    if interrupted:  # a waiver or a known finding may belong to what comes later
        raise CheckInterrupted(replace(report, interrupted=True))
    unused = tuple(waiver for waiver in waivers if waiver not in used and selected(waiver.code, select, ignore))
    gone = sum(n for identity, n in left.items() if n > 0 and selected(baseline.codes[identity], select, ignore))
    return replace(report, unused=unused, gone=gone)


def _parts(findings: Iterable[Found], decided: Waived, baseline: Baseline) -> Iterator[Found]:
    """Yield findings, one by one those of which one may be waived or known."""
    known = {*baseline.codes.values()}
    return asked_each(findings, lambda code, document: code in known or decided.may_cover(code, document))


def as_text(report: Report, *, detail: Detail = PLAIN, color: bool = False) -> str:
    """Return the findings with their places in the text, as a compiler shows them, and a summary.

    Args:
        report: what a check found.
        detail: how much of it is shown.
        color: whether text has colours.
    """
    return "".join(text_lines(report, detail=detail, color=color))


def text_lines(report: Report, *, detail: Detail = PLAIN, color: bool = False) -> Iterator[str]:
    """Yield the lines of :func:`as_text`; only what a kind of findings has in common is kept of them."""
    yield from terminal_lines(_lines(report, detail), color=color)


def _lines(report: Report, detail: Detail) -> Iterator[StyledLine | Table]:
    yield from lines_of(report.findings, replace(detail, names=report.names))
    if detail.quiet:
        return
    for waiver in report.unused:
        place = " ".join(filter(None, [waiver.document, waiver.text and repr(waiver.text), waiver.identity]))
        yield ((f"unused waiver: {waiver.code} {place}: {waiver.reason}", "yellow"),)
    yield ((summary(report), "bold green" if report.exit_code == 0 else "bold"),)


def summary(report: Report) -> str:
    """Return one line that says how much was checked, how far it is proved, and what was found."""
    sizes = f"{_counted(report.documents, 'document')}, {_counted(report.spans, 'span')}"
    return f"{sizes}: {_proof(report)}; {verdict(report)}"


def verdict(report: Report) -> str:
    """Return one line that says what was found."""
    severities = ", ".join(_counted(n, name) for name, n in report.counts.items() if n)
    levels = report.findings.fixable
    parts = [severities or ("no new findings" if report.known else "no findings")]
    if report.interrupted:
        parts = [f"{parts[0]} until it was interrupted; later documents and rules across documents weren't checked"]
    parts += [f"{levels['proved']:,} fixable"] if levels["proved"] else []
    parts += [f"{levels['likely']:,} likely fixable"] if levels["likely"] else []
    parts += [f"{len(report.waived):,} waived"] if report.waived else []
    parts += [f"{len(report.known):,} known from the baseline"] if report.known else []
    parts += [f"{report.gone:,} of the baseline gone"] if report.gone else []
    if report.turned_off:
        codes = ", ".join(report.turned_off)
        parts.append(f"{sum(report.turned_off.values()):,} turned off by the schema ({codes})")
    if report.not_looked_up:
        parts.append(f"{_counted(report.not_looked_up, 'reference')} not looked up")
    return "; ".join(parts)


def _proof(report: Report) -> str:
    """Say how far the spans are proved."""
    counts = [
        (report.proved, "proved"),
        (report.in_bounds, "in bounds only"),
        (report.unread, "unread"),
        (report.with_errors, "with an error" if report.with_errors == 1 else "with errors"),
    ]
    return ", ".join(f"{number:,} {words}" for number, words in counts if number) or "nothing to prove"


def _counted(n: int, name: str) -> str:
    return f"{n:,} {name}{'' if n == 1 or name == 'info' else 's'}"
