"""What ``spanproof check`` writes down of findings: a baseline in which they are known, waivers for them."""

from collections.abc import Sequence
from pathlib import Path

from spanproof.checks.baseline import baseline_bytes
from spanproof.checks.report import UNREAD, Report
from spanproof.cli.options import reason_of, refuse, say
from spanproof.corpus.findings import Finding
from spanproof.corpus.identity import identity_of
from spanproof.formats.content import STANDARD_INPUT
from spanproof.formats.discovery import companion
from spanproof.formats.files import replace_file
from spanproof.formats.folders import is_publication
from spanproof.formats.splice import spliced
from spanproof.parsing.json import dump, parse

WAIVERS = "waivers.json"


def write_baseline(report: Report, file: Path) -> None:
    """Write a baseline in which all findings of a report are known."""
    _demand_read(report, "a baseline")
    findings = (*report.known, *report.findings)
    _write(file, baseline_bytes(findings))
    count = len(findings)
    say(f"{file}: {count:,} finding{'s' * (count != 1)}; with --baseline {file} only others fail")


def add_waivers(report: Report, reason: str, paths: Sequence[Path]) -> None:
    """Write a waiver for each finding of a report into the waivers of its corpus.

    Args:
        report: what a check found.
        reason: why the findings are right as they are.
        paths: the corpus.
    """
    _demand_read(report, "waivers")
    if not reason.strip():
        refuse("--add-waiver has no reason; expected why the findings are right as they are")
    if not report.findings:
        say("nothing to waive")
        return
    file = waivers_place(paths[0])
    entries = {identity_of(finding): _entry(finding, reason) for finding in report.findings}
    try:
        text = file.read_text("utf-8") if file.exists() else ""
        there = parse(text) if text else []
        written = spliced(text, [*there, *entries.values()]) if there else _list_of([*entries.values()])
    except (OSError, ValueError) as error:
        refuse(reason_of(error) if isinstance(error, OSError) else f"{file}: {error}")
    _write(file, written.encode())
    say(f"{file}: {len(entries):,} waiver{'s' * (len(entries) != 1)} of {len(report.findings):,}")


def waivers_place(path: Path) -> Path:
    """Return where the waivers of a corpus stand, or would stand."""
    if path == STANDARD_INPUT:
        refuse("the standard input has no place for waivers; expected a file or a folder")
    if is_publication(path):
        refuse(f"{path} is a dataset folder, which is built; expected the corpus that it is built of")
    return companion(path, WAIVERS) or path.absolute().parent / WAIVERS


def _entry(finding: Finding, reason: str) -> dict[str, str]:
    members = {"code": finding.code, "document": finding.document, "text": finding.text}
    known = {name: value for name, value in members.items() if value is not None}
    return {**known, "identity": identity_of(finding), "reason": reason}


def _list_of(entries: Sequence[dict[str, str]]) -> str:
    return "[\n" + ",\n".join(map(dump, entries)) + "\n]\n"


def _demand_read(report: Report, what: str) -> None:
    unread = [finding for finding in report.findings if finding.code in UNREAD]
    if unread:
        refuse(f"{unread[0].file or unread[0].document}: {unread[0].message}; what isn't read can't be in {what}")


def _write(file: Path, content: bytes) -> None:
    try:
        replace_file(file, content)
    except OSError as error:
        refuse(f"{file}: {error.strerror}")
