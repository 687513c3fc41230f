"""A report as plain values: a JSON object, and JSON Lines."""

import json
from dataclasses import asdict
from typing import Any

from spanproof._version import __version__
from spanproof.checks.lines import PLAIN, Detail
from spanproof.checks.located import has_rows
from spanproof.checks.report import Report
from spanproof.checks.rules import rule_names
from spanproof.checks.tally import Group, by_code, by_layer, grouped, layer_of
from spanproof.corpus.findings import Finding
from spanproof.corpus.identity import identity_of
from spanproof.parsing.json import dump

VERSION = 1
"""The version of the form: it grows where a member goes or gets another meaning, not where one is added."""


def as_dict(report: Report, *, detail: Detail = PLAIN) -> dict[str, Any]:
    """Return the report as plain values: the version, ``findings`` or ``groups``, and ``summary``.

    Args:
        report: what a check found.
        detail: ``groups`` are there in the place of findings where that is asked for.
    """
    values: dict[str, Any] = {"version": VERSION, "spanproof": __version__}
    if detail.show == "grouped":
        groups = grouped(report.findings)[: detail.most]
        values["groups"] = [_plain_group(group) for group in groups]
        left = len(report.findings) - sum(group.count for group in groups)
    else:
        shown = () if detail.show == "none" else report.findings[: detail.most]
        values["findings"] = [plain(finding) for finding in shown]
        left = len(report.findings) - len(shown)
    return {**values, "summary": {**summary_of(report), "not_shown": left}}


def summary_of(report: Report) -> dict[str, Any]:
    """Return how much was checked, how far it is proved, how much was found of what, and what was guessed."""
    return {
        "documents": report.documents,
        "spans": report.spans,
        **proof_of(report),
        **report.counts,
        "codes": dict(by_code(report.findings)),
        "layers": dict(by_layer(report.findings)),
        "fixable": sum(1 for finding in report.findings if finding.fix and finding.level == "proved"),
        "likely_fixable": sum(1 for finding in report.findings if finding.fix and finding.level == "likely"),
        "waived": len(report.waived),
        "known": len(report.known),
        "gone": report.gone,
        "unused_waivers": len(report.unused),
        "turned_off": dict(report.turned_off),
        "not_looked_up": report.not_looked_up,
        "interrupted": report.interrupted,
        "exit_code": report.exit_code,
        "guess": report.guess and asdict(report.guess),
    }


def proof_of(report: Report) -> dict[str, int]:
    """Return how many spans are proved, in bounds only, unread, or have an error."""
    counts = ("proved", "in_bounds", "unread", "with_errors")
    return {name: getattr(report, name) for name in counts}


def plain(finding: Finding) -> dict[str, Any]:
    """Return a finding as plain values."""
    cause = finding.cause
    numbered = "row" if finding.file and has_rows(finding.file) else "line"
    return {
        "code": finding.code,
        "rule": rule_names().get(finding.code),
        "severity": finding.severity,
        "document": finding.document,
        "path": finding.json_path,
        "layer": layer_of(finding),
        "label": finding.label,
        "id": finding.id,
        "start": finding.start,
        "end": finding.end,
        "text": finding.text,
        "message": finding.message,
        "identity": identity_of(finding),
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
        "line": None,
        "row": None,
        numbered: finding.line,
    }


def _plain_group(group: Group) -> dict[str, Any]:
    first = plain(group.first)
    return {
        **{name: first[name] for name in ("code", "rule", "severity", "layer", "label", "cause")},
        "count": group.count,
        "documents": len(group.documents),
        "fixable": group.fixable["proved"],
        "likely_fixable": group.fixable["likely"],
        "texts": dict(group.surfaces.most_common(10)),
        "example": first,
    }


def as_json(report: Report, *, detail: Detail = PLAIN) -> str:
    """Return the report as a JSON object."""
    return json.dumps(as_dict(report, detail=detail), indent=1) + "\n"


def finding_line(finding: Finding) -> str:
    """Return a finding as a line of JSON Lines."""
    return dump({"type": "finding", **plain(finding)}) + "\n"


def summary_line(report: Report) -> str:
    """Return the last line of JSON Lines, which says that nothing is missing before it."""
    return dump({"type": "summary", "version": VERSION, "spanproof": __version__, **summary_of(report)}) + "\n"
