"""A report for GitHub: workflow commands, which it shows in a pull request, and a page, its summary of a step."""

from collections.abc import Iterator, Sequence

from spanproof.checks.groups import SEVERITIES, Group, grouped, layer_of
from spanproof.checks.lines import FEW, PLAIN, Detail, where
from spanproof.checks.report import Report, summary
from spanproof.checks.sarif import with_cause
from spanproof.corpus.findings import Finding
from spanproof.table import Table, markdown
from spanproof.text.display import visible

_LEVEL = {"error": "error", "warning": "warning", "info": "notice"}
_A_STEP = 10
"""How many annotations of each level GitHub keeps of one step; it drops the rest without a word."""


def as_github(report: Report, *, detail: Detail = PLAIN) -> str:
    """Return the report as workflow commands, and how much was checked.

    Of each level there are as many as GitHub shows. Where there are more findings, each stands for those of its kind.

    Args:
        report: what a check found.
        detail: at most how many findings.
    """
    commands = [command for severity in SEVERITIES for command in _commands(report, severity)]
    lines = [] if detail.show == "none" else commands[: detail.most]
    title = "no schema" if report.guess else "not checked"
    guessed = [f"::notice title={title}::{_escaped(statement)}" for statement in report.guessed]
    return "".join(f"{line}\n" for line in (*lines, *guessed, summary(report)))


def _commands(report: Report, severity: str) -> Iterator[str]:
    findings = [finding for finding in report.findings if finding.severity == severity]
    name_of = Detail(names=report.names).name_of
    if len(findings) <= _A_STEP:
        yield from (_command(finding, "", name_of(finding)) for finding in findings)
        return
    for group in grouped(findings)[:_A_STEP]:
        others = f" ({group.count:,} like this)" if group.count > 1 else ""
        yield _command(group.first, others, name_of(group.first))


def _command(finding: Finding, others: str, name: str) -> str:
    options = {
        "file": finding.file,
        "line": finding.line,
        "title": f"{finding.code} {name}",
    }
    properties = ",".join(f"{name}={_escaped(str(value), ':,')}" for name, value in options.items() if value)
    message = " ".join(filter(None, [finding.document, finding.json_path + ":", with_cause(finding)]))
    return f"::{_LEVEL[finding.severity]} {properties}::{_escaped(message + others)}"


def _escaped(text: str, also: str = "") -> str:
    text = "".join(character if character in "\r\n" else visible(character) for character in text)
    for character in "%\r\n" + also:
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def as_markdown(report: Report, *, detail: Detail = PLAIN) -> str:
    """Return the report as a page: how much was checked, and a row for each kind of finding.

    Args:
        report: what a check found.
        detail: at most how many kinds.
    """
    lines = ["## spanproof check", "", summary(report)]
    lines += [line for statement in report.guessed for line in ("", _cell(statement))]
    groups = [] if detail.show == "none" else grouped(report.findings)
    most = FEW if detail.most is None else detail.most
    if groups[:most]:
        lines += ["", markdown(_table_of(groups[:most], Detail(names=report.names)))]
    if rest := groups[most:]:
        lines += ["", f"and {sum(group.count for group in rest):,} findings of {len(rest):,} more kinds"]
    return "\n".join(lines) + "\n"


def _table_of(groups: Sequence[Group], detail: Detail) -> Table:
    rows = []
    for group in groups:
        first = group.first
        place = " ".join(filter(None, [where(first), first.document, first.json_path]))
        cells = (first.severity, f"{first.code} {detail.name_of(first)}", layer_of(first), first.label or "")
        rows.append((*map(_cell, (*cells, with_cause(first), place)), f"{group.count:,}"))
    return Table(("severity", "rule", "layer", "label", "for example", "at", "findings"), tuple(rows), left=6)


def _cell(text: str) -> str:
    """Return a text of a stranger as words of a cell: no markup, no line end, nothing that reorders the page."""
    text = "".join(map(visible, " ".join(text.split())))
    for character in "\\`*_<>[]&":
        text = text.replace(character, f"&#{ord(character)};" if character in "<>&" else f"\\{character}")
    return text
