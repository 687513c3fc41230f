"""A report as JSON, SARIF and GitHub annotations, and every form that it can be had in."""

import json
from collections.abc import Mapping
from typing import Any

from spanproof._version import __version__
from spanproof.checks.report import Report, as_text, explained, rule_names, summary
from spanproof.checks.rules import catalogue
from spanproof.corpus.findings import Finding


def as_dict(report: Report) -> dict[str, Any]:
    """Return the report as plain values: ``findings`` and ``summary``."""
    return {
        "findings": [_plain(finding) for finding in report.findings],
        "summary": {
            "documents": report.documents,
            "spans": report.spans,
            **_proof(report),
            **report.counts,
            "fixable": sum(1 for finding in report.findings if finding.fix and finding.level == "proved"),
            "likely_fixable": sum(1 for finding in report.findings if finding.fix and finding.level == "likely"),
            "waived": len(report.waived),
            "unused_waivers": len(report.unused),
            "turned_off": dict(report.turned_off),
            "not_looked_up": report.not_looked_up,
            "exit_code": report.exit_code,
        },
    }


def _proof(report: Report) -> dict[str, int]:
    """Return how many spans are proved, in bounds only, unread, or have an error."""
    counts = ("proved", "in_bounds", "unread", "with_errors")
    return {name: getattr(report, name) for name in counts}


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
        "cause": cause
        and {
            "name": cause.name,
            "statement": cause.statement,
            "agree": cause.agree,
            "of": cause.of,
            "level": cause.level,
        },
        "fixable": bool(finding.fix) and finding.level == "proved",
        "correction": finding.level if finding.fix else None,
        "refused": finding.refused or None,
        "candidates": [list(place) for place in finding.candidates],
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
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "results": results,
                "properties": {"documents": report.documents, "spans": report.spans, **_proof(report)},
            }
        ],
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
    return f"{finding.message}; {explained(finding.cause)}" if finding.cause else finding.message


def as_github(report: Report) -> str:
    """Return the report as workflow commands, which GitHub shows in a pull request, and how much was checked."""

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
            "title": f"{finding.code} {rule_names().get(finding.code, '')}",
        }
        properties = ",".join(f"{name}={escaped(str(value), ':,')}" for name, value in options.items() if value)
        message = " ".join(filter(None, [finding.document, finding.json_path + ":", _with_cause(finding)]))
        lines.append(f"::{level[finding.severity]} {properties}::{escaped(message)}\n")
    return "".join(lines) + summary(report) + "\n"


OUTPUTS = {"text": as_text, "json": as_json, "sarif": as_sarif, "github": as_github}
