"""A report as a SARIF 2.1.0 log (OASIS, 2020), for code scanning services."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from spanproof._version import __version__
from spanproof.checks.lines import PLAIN, Detail, explained
from spanproof.checks.located import extents_of, has_rows
from spanproof.checks.plain import proof_of
from spanproof.checks.report import Report, summary
from spanproof.checks.rules import catalogue
from spanproof.corpus.findings import Finding
from spanproof.corpus.identity import identity_of, numbered
from spanproof.formats.addresses import is_address
from spanproof.formats.content import STANDARD_INPUT
from spanproof.formats.extents import Extent

_LEVEL = {"error": "error", "warning": "warning", "info": "note"}


def as_sarif(report: Report, *, detail: Detail = PLAIN) -> str:
    """Return the report as a SARIF log.

    Args:
        report: what a check found.
        detail: at most how many findings.
    """
    findings = report.findings[: detail.most]
    extents = extents_of(findings)
    rules = _rules(report.names)
    places = {rule["id"]: k for k, rule in enumerate(rules)}
    results = [
        {
            "ruleId": finding.code,
            **({"ruleIndex": places[finding.code]} if finding.code in places else {}),
            "level": _LEVEL[finding.severity],
            "message": {"text": with_cause(finding)},
            "locations": [_location(finding, extents.get(k))],
            "partialFingerprints": {"spanproof/v1": f"{identity_of(finding)}:{number}"},
        }
        for k, (finding, number) in enumerate(numbered(findings))
    ]
    driver = {"name": "spanproof", "version": __version__, "rules": rules}
    counts = {"documents": report.documents, "spans": report.spans, **proof_of(report)}
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "results": results,
                "invocations": [
                    {
                        "executionSuccessful": not report.interrupted,
                        "toolExecutionNotifications": _notifications(report),
                    }
                ],
                "properties": {**counts, "not_shown": len(report.findings) - len(findings)},
            }
        ],
    }
    return json.dumps(log, indent=1) + "\n"


def _rules(names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the rules of the catalogue, and the names of those that a check was given beside them."""
    known = [
        {
            "id": rule.code,
            "name": rule.name,
            "shortDescription": {"text": rule.title},
            "fullDescription": {"text": rule.doc},
            "help": {"text": rule.doc, "markdown": rule.doc},
            "defaultConfiguration": {"level": _LEVEL[rule.severity]},
        }
        for rule in catalogue()
    ]
    codes = {rule["id"] for rule in known}
    return [*known, *({"id": code, "name": name} for code, name in names.items() if code not in codes)]


def _notifications(report: Report) -> list[Mapping[str, Any]]:
    """Say what a corpus without a schema was taken for, and what wasn't checked."""
    notes = [{"level": "note", "message": {"text": statement}} for statement in report.guessed]
    interrupted = [{"level": "error", "message": {"text": summary(report)}}] if report.interrupted else []
    return [*notes, *interrupted]


def _location(finding: Finding, extent: Extent | None) -> Mapping[str, Any]:
    name = f"{finding.document or ''}{finding.json_path}"
    location: dict[str, Any] = {"logicalLocations": [{"fullyQualifiedName": name}]}
    if not finding.file or Path(finding.file) == STANDARD_INPUT:
        return location
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(finding.file)}}
    if has_rows(finding.file):
        location["properties"] = {"row": finding.line}
    elif extent is not None:
        physical["region"] = {
            "startLine": extent.line,
            "startColumn": extent.column,
            "endLine": extent.end_line,
            "endColumn": extent.end_column,
        }
    else:
        physical["region"] = {"startLine": finding.line or 1}
    return {**location, "physicalLocation": physical}


def _uri(file: str) -> str:
    """Return a path as a reference of RFC 3986: relative to where one stands, or with its scheme."""
    if is_address(file):
        return quote(file, safe=":/")
    path = Path(file)
    if path.is_absolute() and path.is_relative_to(Path.cwd()):
        path = path.relative_to(Path.cwd())
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


def with_cause(finding: Finding) -> str:
    """Return the message of a finding with its cause, if that is known."""
    return f"{finding.message}; {explained(finding.cause)}" if finding.cause else finding.message
