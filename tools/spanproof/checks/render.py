"""A report as text, JSON, SARIF and GitHub annotations."""

import functools
import json
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from spanproof._version import __version__
from spanproof.checks.report import Report
from spanproof.checks.rules import catalogue
from spanproof.corpus.findings import Excerpt, Finding
from spanproof.text.display import visible

_STYLE = {"error": "bold red", "warning": "bold yellow", "info": "bold blue"}


@functools.cache
def _names() -> Mapping[str, str]:
    """The names of rules by their code."""
    return {rule.code: rule.name for rule in catalogue()}


def shown(excerpt: Excerpt) -> tuple[str, str]:
    """The line of an excerpt and the line of marks under its span, as wide as a terminal shows them."""
    from rich.cells import cell_len

    text = "".join(map(visible, excerpt.text))
    before = "".join(map(visible, excerpt.text[: excerpt.start]))
    inside = "".join(map(visible, excerpt.text[excerpt.start : excerpt.end]))
    return text, " " * cell_len(before) + "^" * max(1, cell_len(inside))


def where(finding: Finding) -> str:
    """File and line, as editors make links of them."""
    place = finding.file or ""
    return f"{place}:{finding.line}" if place and finding.line else place


def _blocks(report: Report) -> Iterator[list[Finding]]:
    """Findings one by one; those of a document that one cause explains together."""

    def key(pair: tuple[int, Finding]) -> tuple[Any, ...]:
        k, finding = pair
        return (finding.file, finding.document, finding.line, finding.cause) if finding.cause else (k,)

    for _, group in groupby(enumerate(report.findings), key):
        yield [finding for _, finding in group]


def as_text(report: Report, *, color: bool = False, width: int = 120) -> str:
    """Findings with their place in the text, as a compiler shows them, and a summary."""
    import io

    from rich.console import Console
    from rich.text import Text

    out = io.StringIO()
    console = Console(file=out, force_terminal=color, no_color=not color, width=width, highlight=False, soft_wrap=True)
    for block in _blocks(report):
        first = block[0]
        head = Text(f"{first.severity}[{first.code}]", _STYLE[first.severity])
        head.append(f" {_names().get(first.code, '')}", "bold")
        names = [first.document, first.json_path if first.path else None, first.id and f"({first.id})"]
        head.append("  " + "  ".join(filter(None, [where(first), " ".join(filter(None, names))])), "cyan")
        console.print(head)
        console.print(Text("  " + "".join(map(visible, first.message))))
        if first.excerpt:
            line, marks = shown(first.excerpt)
            console.print(Text("  | ", "blue") + Text(line))
            console.print(Text("  | ", "blue") + Text(marks, _STYLE[first.severity]))
        if first.cause:
            proof = f"{first.cause.agree} of {first.cause.of} agree"
            console.print(Text("  = ", "blue") + Text(f"cause: {first.cause.statement} ({proof})", "bold"))
        if len(block) > 1:
            console.print(Text("  = ", "blue") + Text(f"and {len(block) - 1} more of this document with this cause"))
        if first.fix:
            what = "the whole document" if first.cause else "this annotation"
            console.print(
                Text("  = ", "blue") + Text(f"fixable: --diff shows, --fix makes the correction of {what}", "green")
            )
    for waiver in report.unused:
        place = " ".join(filter(None, [waiver.document, waiver.text and repr(waiver.text)]))
        console.print(Text(f"unused waiver: {waiver.code} {place}: {waiver.reason}", "yellow"))
    console.print(Text(summary(report), "bold green" if report.exit_code == 0 else "bold"))
    return out.getvalue()


def summary(report: Report) -> str:
    """One line: how much was checked and what was found."""
    found = ", ".join(_counted(n, name) for name, n in report.counts.items() if n)
    fixable = sum(1 for finding in report.findings if finding.fix)
    what = f"{_counted(report.documents, 'document')}, {_counted(report.spans, 'span')}"
    parts = [f"{what}: {found or 'no findings'}"]
    parts += [f"{fixable:,} fixable"] if fixable else []
    parts += [f"{len(report.waived):,} waived"] if report.waived else []
    return "; ".join(parts)


def _counted(n: int, name: str) -> str:
    return f"{n:,} {name}{'' if n == 1 or name == 'info' else 's'}"


def as_dict(report: Report) -> dict[str, Any]:
    """The report as plain values: ``findings`` and ``summary``."""
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
    """The report as a JSON object."""
    return json.dumps(as_dict(report), indent=1) + "\n"


def as_sarif(report: Report) -> str:
    """The report as a SARIF 2.1.0 log, for code scanning services."""
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
    """The report as workflow commands, which GitHub shows at the lines of a pull request."""

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
        given = ",".join(f"{name}={escaped(str(value), ':,')}" for name, value in options.items() if value)
        message = " ".join(filter(None, [finding.document, finding.json_path + ":", _with_cause(finding)]))
        lines.append(f"::{level[finding.severity]} {given}::{escaped(message)}\n")
    return "".join(lines)
