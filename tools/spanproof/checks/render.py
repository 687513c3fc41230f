"""A report as text, JSON, SARIF and GitHub annotations."""

import functools
import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from spanproof._version import __version__
from spanproof.checks.report import Report
from spanproof.checks.rules import catalogue
from spanproof.corpus.findings import Excerpt, Finding
from spanproof.table import StyledLine, terminal
from spanproof.text.display import visible

_STYLE = {"error": "bold red", "warning": "bold yellow", "info": "bold blue"}


@functools.cache
def _names() -> Mapping[str, str]:
    """The names of rules by their code."""
    return {rule.code: rule.name for rule in catalogue()}


def shown(excerpt: Excerpt) -> tuple[str, str]:
    """Return the line of an excerpt and the line of marks under its span, as wide as a terminal shows them."""
    from rich.cells import cell_len

    text = "".join(map(visible, excerpt.text))
    before = "".join(map(visible, excerpt.text[: excerpt.start]))
    inside = "".join(map(visible, excerpt.text[excerpt.start : excerpt.end]))
    return text, " " * cell_len(before) + "^" * max(1, cell_len(inside))


def where(finding: Finding) -> str:
    """Return file and line of a finding in the form that editors make links of; empty without a file."""
    place = finding.file or ""
    return f"{place}:{finding.line}" if place and finding.line else place


def _blocks(report: Report) -> Iterator[list[Finding]]:
    """Yield findings one by one, but those of a document that one cause explains together."""

    def key(pair: tuple[int, Finding]) -> tuple[Any, ...]:
        k, finding = pair
        return (finding.file, finding.document, finding.line, finding.cause) if finding.cause else (k,)

    for _, group in groupby(enumerate(report.findings), key):
        yield [finding for _, finding in group]


def as_text(report: Report, *, color: bool = False) -> str:
    """Return the findings with their places in the text, as a compiler shows them, and a summary."""
    return terminal(_lines(report), color=color)


def _lines(report: Report) -> Iterator[StyledLine]:
    for block in _blocks(report):
        yield from _block_lines(block)
    for waiver in report.unused:
        place = " ".join(filter(None, [waiver.document, waiver.text and repr(waiver.text)]))
        yield ((f"unused waiver: {waiver.code} {place}: {waiver.reason}", "yellow"),)
    yield ((summary(report), "bold green" if report.exit_code == 0 else "bold"),)


def _block_lines(block: Sequence[Finding]) -> Iterator[StyledLine]:
    first = block[0]
    style = _STYLE[first.severity]
    names = [first.document, first.json_path if first.path else None, first.id and f"({first.id})"]
    place = "  " + "  ".join(filter(None, [where(first), " ".join(filter(None, names))]))
    yield (f"{first.severity}[{first.code}]", style), (f" {_names().get(first.code, '')}", style), (place, "bold cyan")
    yield "  " + "".join(map(visible, first.message))
    if first.excerpt:
        line, marks = shown(first.excerpt)
        yield ((f"  | {line}", "blue"),)
        yield ("  | ", "blue"), (marks, style)
    if first.cause:
        proof = f"{first.cause.agree} of {first.cause.of} agree"
        yield ("  = ", "blue"), (f"cause: {first.cause.statement} ({proof})", "bold blue")
    if len(block) > 1:
        yield ((f"  = and {len(block) - 1} more of this document with this cause", "blue"),)
    if first.fix:
        subject = "the whole document" if first.cause else "this annotation"
        yield ("  = ", "blue"), (f"fixable: --diff shows, --fix makes the correction of {subject}", "green")


def summary(report: Report) -> str:
    """Return one line that says how much was checked and what was found."""
    severities = ", ".join(_counted(n, name) for name, n in report.counts.items() if n)
    fixable = sum(1 for finding in report.findings if finding.fix)
    sizes = f"{_counted(report.documents, 'document')}, {_counted(report.spans, 'span')}"
    parts = [f"{sizes}: {severities or 'no findings'}"]
    parts += [f"{fixable:,} fixable"] if fixable else []
    parts += [f"{len(report.waived):,} waived"] if report.waived else []
    return "; ".join(parts)


def _counted(n: int, name: str) -> str:
    return f"{n:,} {name}{'' if n == 1 or name == 'info' else 's'}"


def as_dict(report: Report) -> dict[str, Any]:
    """Return the report as plain values: ``findings`` and ``summary``."""
    return {
        "findings": [_plain(finding) for finding in report.findings],
        "summary": {
            "documents": report.documents,
            "spans": report.spans,
            **report.counts,
            "fixable": sum(1 for finding in report.findings if finding.fix),
            "waived": len(report.waived),
            "unused_waivers": len(report.unused),
            "exit_code": report.exit_code,
        },
    }


def _plain(finding: Finding) -> dict[str, Any]:
    cause = finding.cause
    return {
        "code": finding.code,
        "severity": finding.severity,
        "document": finding.document,
        "path": finding.json_path,
        "id": finding.id,
        "start": finding.start,
        "end": finding.end,
        "text": finding.text,
        "message": finding.message,
        "cause": cause and {"name": cause.name, "statement": cause.statement, "agree": cause.agree, "of": cause.of},
        "fixable": bool(finding.fix),
        "file": finding.file,
        "line": finding.line,
    }


def as_json(report: Report) -> str:
    """Return the report as a JSON object."""
    return json.dumps(as_dict(report), indent=1) + "\n"


def as_sarif(report: Report) -> str:
    """Return the report as a SARIF 2.1.0 log (OASIS, 2020), for code scanning services."""
    level = {"error": "error", "warning": "warning", "info": "note"}
    rules = [
        {
            "id": rule.code,
            "name": rule.name,
            "shortDescription": {"text": rule.title},
            "fullDescription": {"text": rule.doc},
            "defaultConfiguration": {"level": level[rule.severity]},
        }
        for rule in catalogue()
    ]
    results = [
        {
            "ruleId": finding.code,
            "level": level[finding.severity],
            "message": {"text": _with_cause(finding)},
            "locations": [_location(finding)],
        }
        for finding in report.findings
    ]
    driver = {"name": "spanproof", "version": __version__, "rules": rules}
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }
    return json.dumps(log, indent=1) + "\n"


def _location(finding: Finding) -> Mapping[str, Any]:
    name = f"{finding.document or ''}{finding.json_path}"
    location: dict[str, Any] = {"logicalLocations": [{"fullyQualifiedName": name}]}
    if finding.file:
        physical: dict[str, Any] = {"artifactLocation": {"uri": finding.file.replace("\\", "/")}}
        location["physicalLocation"] = {**physical, "region": {"startLine": finding.line or 1}}
    return location


def _with_cause(finding: Finding) -> str:
    cause = finding.cause
    return f"{finding.message}; {cause.statement} ({cause.agree} of {cause.of} agree)" if cause else finding.message


def as_github(report: Report) -> str:
    """Return the report as workflow commands, which GitHub shows at the lines of a pull request."""

    def escaped(text: str, also: str = "") -> str:
        for character in "%\r\n" + also:
            text = text.replace(character, f"%{ord(character):02X}")
        return text

    level = {"error": "error", "warning": "warning", "info": "notice"}
    lines = []
    for finding in report.findings:
        options = {
            "file": finding.file,
            "line": finding.line,
            "title": f"{finding.code} {_names().get(finding.code, '')}",
        }
        properties = ",".join(f"{name}={escaped(str(value), ':,')}" for name, value in options.items() if value)
        message = " ".join(filter(None, [finding.document, finding.json_path + ":", _with_cause(finding)]))
        lines.append(f"::{level[finding.severity]} {properties}::{escaped(message)}\n")
    return "".join(lines)


OUTPUTS = {"text": as_text, "json": as_json, "sarif": as_sarif, "github": as_github}
