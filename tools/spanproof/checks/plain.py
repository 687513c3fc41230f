"""A report as plain values: a JSON object, and JSON Lines."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from itertools import islice
from types import MappingProxyType
from typing import Any

from spanproof._version import __version__
from spanproof.checks.groups import Group, by_layer, grouped, layer_of
from spanproof.checks.lines import PLAIN, Detail
from spanproof.checks.located import has_rows
from spanproof.checks.report import Report
from spanproof.checks.rules import rule_names
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
    name, items = _items(report, detail)
    return {**_HEAD, name: [*items], "summary": _whole_summary(report, detail)}


_HEAD: Mapping[str, Any] = {"version": VERSION, "spanproof": __version__}


def _items(report: Report, detail: Detail) -> tuple[str, Iterator[dict[str, Any]]]:
    """Return the member with the findings, or with groups of them, and what is in it."""
    if detail.show == "grouped":
        groups = grouped(report.findings)[: detail.most]
        return "groups", (_plain_group(group, report.names) for group in groups)
    shown = islice(report.findings, 0 if detail.show == "none" else detail.most)
    return "findings", (plain(finding, report.names) for finding in shown)


def _whole_summary(report: Report, detail: Detail) -> dict[str, Any]:
    """Return the summary, and how many findings aren't shown."""
    if detail.show == "grouped":
        shown = sum(group.count for group in grouped(report.findings)[: detail.most])
    else:
        shown = 0 if detail.show == "none" else len(range(len(report.findings))[: detail.most])
    return {**summary_of(report), "not_shown": len(report.findings) - shown}


def summary_of(report: Report) -> dict[str, Any]:
    """Return how much was checked, how far it is proved, how much was found of what, and what was guessed."""
    return {
        "documents": report.documents,
        "spans": report.spans,
        **proof_of(report),
        **report.counts,
        "codes": dict(sorted(report.findings.codes.items())),
        "layers": dict(by_layer(report.findings)),
        "fixable": report.findings.fixable["proved"],
        "likely_fixable": report.findings.fixable["likely"],
        "waived": len(report.waived),
        "known": len(report.known),
        "gone": report.gone,
        "unused_waivers": len(report.unused),
        "turned_off": dict(report.turned_off),
        "not_looked_up": report.not_looked_up,
        "interrupted": report.interrupted,
        "exit_code": report.exit_code,
        "guess": report.guess and asdict(report.guess),
        "unchecked": [*report.unchecked],
    }


def proof_of(report: Report) -> dict[str, int]:
    """Return how many spans are proved, in bounds only, unread, or have an error."""
    counts = ("proved", "in_bounds", "unread", "with_errors")
    return {name: getattr(report, name) for name in counts}


def plain(finding: Finding, names: Mapping[str, str] = MappingProxyType({})) -> dict[str, Any]:
    """Return a finding as plain values.

    Args:
        finding: the finding.
        names: the names of rules that the catalogue lacks, by their code.
    """
    cause = finding.cause
    numbered = "row" if finding.file and has_rows(finding.file) else "line"
    return {
        "code": finding.code,
        "rule": names.get(finding.code) or rule_names().get(finding.code),
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
            "readings": list(cause.readings or (cause.statement,)),
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


def _plain_group(group: Group, names: Mapping[str, str]) -> dict[str, Any]:
    first = plain(group.first, names)
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
    return "".join(json_parts(report, detail=detail))


def json_parts(report: Report, *, detail: Detail = PLAIN) -> Iterator[str]:
    """Yield the parts of :func:`as_json`, a finding at a time."""
    name, items = _items(report, detail)
    yield f"{json.dumps(dict(_HEAD), indent=1)[:-2]},\n {json.dumps(name)}: ["
    closing = "]"
    for number, item in enumerate(items):
        yield f"{',' if number else ''}\n  {_indented(item, 2)}"
        closing = "\n ]"
    yield f'{closing},\n "summary": {_indented(_whole_summary(report, detail), 1)}\n}}\n'


def _indented(value: Any, depth: int) -> str:
    """Return a value as JSON, its lines after the first indented as where it stands."""
    return json.dumps(value, indent=1).replace("\n", "\n" + " " * depth)


def finding_line(finding: Finding) -> str:
    """Return a finding as a line of JSON Lines."""
    return dump({"type": "finding", **plain(finding)}) + "\n"


def summary_line(report: Report) -> str:
    """Return the last line of JSON Lines, which says that nothing is missing before it."""
    return dump({"type": "summary", "version": VERSION, "spanproof": __version__, **summary_of(report)}) + "\n"
