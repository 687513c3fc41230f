"""What ``spanproof check`` does with corrections: shows, makes and takes them back."""

import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import click

from spanproof.checks.fix import counted, patches_of, refused_of
from spanproof.checks.kept import KeptFindings
from spanproof.checks.lines import stated_correction
from spanproof.checks.patch import Patch, root_of
from spanproof.checks.report import Seen, report_of, summary, verdict
from spanproof.checks.runs import Found
from spanproof.checks.tried import Tried, tried
from spanproof.checks.undo import record, restored, undo_file
from spanproof.cli.options import reason_of, refuse, say
from spanproof.cli.reporting import Reporting
from spanproof.corpus.documents import Corpus
from spanproof.corpus.findings import Finding
from spanproof.formats.addresses import is_fetched, with_addresses
from spanproof.formats.content import is_packed
from spanproof.formats.files import irreplaceable
from spanproof.formats.folders import files
from spanproof.formats.registry import format_in
from spanproof.schema.schema import Schema


def demand_unpacked(places: Sequence[Path]) -> None:
    """Refuse to correct what can't be written in its place."""
    for file in (file for place in places for file in files(place)):
        if is_packed(file):
            refuse(f"{file}: is packed, or the standard input; expected a file as it is, which can be corrected")


def promised(schema: Schema) -> Callable[[Finding], Finding]:
    """Return what takes the correction from a finding whose file can't hold it, and says once why that is."""
    reasons: dict[str, str] = {}

    def kept(finding: Finding) -> Finding:
        file = finding.file
        if file is not None and is_fetched(Path(file)):
            finding = replace(finding, file=with_addresses(file), message=with_addresses(finding.message))
        if not finding.fix or file is None:
            return finding
        if file not in reasons:
            reasons[file] = _uncorrected(Path(file), schema)
            if reasons[file] and [*filter(None, reasons.values())] == [reasons[file]]:
                say(f"{file}: {reasons[file]}")
        if not reasons[file]:
            return finding
        alone = len({edit.path[:-1] for edit in finding.fix}) == 1
        why = f"the {finding.level} one{stated_correction(finding) * alone} can't be written into this file"
        return replace(finding, fix=(), candidates=(), refused=why)

    return kept


def _uncorrected(file: Path, schema: Schema) -> str:
    if is_fetched(file):
        return "corrections aren't written to an address; a copy on this machine can be corrected"
    if is_packed(file):
        return "corrections aren't written into a packed file; unpacked it can be corrected"
    known = format_in(file, schema)
    return known.uncorrected if known else ""


def show_corrections(corpus: Corpus, reporting: Reporting, likely: bool) -> int:
    """Print the corrections and say what they leave; return the exit code of the check."""
    seen, findings, left = Seen(), list[Found](), list[Found]()

    def noted() -> Iterator[Tried]:
        for one in tried(
            corpus, select=reporting.select, ignore=reporting.ignore, settings=reporting.settings, seen=seen
        ):
            findings.extend(one.parts)
            left.extend(one.left(likely))
            yield one

    for patch in _patches(noted(), corpus, likely):
        click.echo((patch.diff() + patch.likely_diff()).encode("utf-8", "surrogateescape"), nl=False)
        if patch.before != patch.after:
            root = root_of(patch.file)
            where = "" if root == Path.cwd() else f"; `git apply` takes it in {root}"
            say(f"{patch.file}: would resolve {_counts(patch.ended)}{where}")
        if patch.likely is not None:
            say(f"{patch.file}: --fix --likely would resolve {_counts(patch.likely_ended)} more, which isn't proved")
    report, rest = (
        report_of(
            some,
            seen,
            select=reporting.select,
            ignore=reporting.ignore,
            waivers=corpus.waivers,
            baseline=reporting.baseline,
            settings=reporting.settings,
        )
        for some in (findings, left)
    )
    _say_refused(report.findings)
    say(f"before these corrections: {summary(report)}")
    say(f"after these corrections: {verdict(rest)}" if left != findings else "no correction can be made")
    return reporting.exit_code(report)


def make_corrections(
    corpus: Corpus, reporting: Reporting, likely: bool, paths: Sequence[Path]
) -> Callable[[Finding], Finding]:
    """Correct the files, each after the patch that undoes it is on the disk.

    Returns:
        What makes of a finding that is left one that promises no correction where the file can't be corrected.
    """
    undo = None
    left: dict[str, str] = {}
    trials = tried(corpus, select=reporting.select, ignore=reporting.ignore, settings=reporting.settings)
    for patch in _patches(trials, corpus, likely):
        if patch.before == patch.after:
            continue
        if why := irreplaceable(patch.file):
            say(f"{patch.file}: {why}; it is left as it is")
            left[str(patch.file)] = f"the file {why}"
            continue
        undo = undo or undo_file(paths[0])
        try:
            record(patch, undo)
        except OSError as error:
            refuse(f"{undo}: {error.strerror}; expected a place for the patch that undoes the corrections")
        try:
            patch.write()
        except OSError as error:
            refuse(f"{patch.file}: {error.strerror}; the file is as it was")
        say(f"{patch.file}: resolved {_counts(patch.ended)}")
    if undo:
        shown = undo.relative_to(Path.cwd()) if undo.is_relative_to(Path.cwd()) else undo
        say(f"`spanproof check --undo {shlex.quote(str(shown))}` takes this back")
    return lambda one: replace(one, fix=(), refused=left[one.file]) if one.fix and one.file in left else one


def undo_corrections(patch: Path) -> None:
    """Restore the files of a patch, all or none where one has changed since."""
    try:
        files = restored(patch)
    except (OSError, ValueError) as error:
        refuse(reason_of(error))
    for one in files:
        if why := one.changed and irreplaceable(one.file):
            refuse(f"{one.file}: {why}; nothing is undone")
    for one in files:
        try:
            one.write()
        except OSError as error:
            refuse(f"{one.file}: {error.strerror}; it and the files after it are as they were")
        say(f"{one.file}: {'as it was before' if one.changed else 'is as it was before already'}")


def _patches(trials: Iterator[Tried], corpus: Corpus, likely: bool) -> Iterator[Patch]:
    try:
        yield from patches_of(trials, corpus.schema, likely=likely)
    except (OSError, ValueError) as error:
        refuse(reason_of(error))


def _say_refused(findings: KeptFindings) -> None:
    """Say which corrections can't be made: how many of each code, and why the first of them can't."""
    refused = KeptFindings(refused_of(findings.found()))
    for code, number in counted(refused).items():
        first = next(finding for finding in refused if finding.code == code)
        place = " ".join(filter(None, [first.document, first.json_path]))
        say(f"{number:,} {code} can't be corrected, the first at {place}: {first.refused}")


def _counts(ended: KeptFindings) -> str:
    return ", ".join(f"{n} {code}" for code, n in counted(ended).items())
