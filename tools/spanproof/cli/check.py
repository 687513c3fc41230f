"""``spanproof check``."""

import ctypes
import json
import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from spanproof.checks import render
from spanproof.checks.check import Tried, tried
from spanproof.checks.check import check as check_corpus
from spanproof.checks.fix import counted, patches_of
from spanproof.checks.patch import Patch, root_of
from spanproof.checks.report import Seen, report_of, summary, verdict
from spanproof.checks.rules import catalogue
from spanproof.checks.undo import record, restored, undo_file
from spanproof.cli.options import (
    COLOR,
    FILE,
    REGISTRY,
    SCHEMA,
    chosen_schema,
    output_option,
    own_corpus,
    print_as,
    progress_of,
    read_registries,
    reason_of,
    refuse,
    say,
    say_passed_over,
)
from spanproof.corpus.documents import Corpus
from spanproof.corpus.findings import Finding
from spanproof.formats.content import is_packed
from spanproof.formats.discovery import read
from spanproof.formats.files import irreplaceable, replace_file
from spanproof.formats.folders import files

Codes = tuple[tuple[str, ...], tuple[str, ...]]
"""The prefixes of codes that are selected, and those that are ignored."""


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=FILE)
@SCHEMA
@REGISTRY
@click.option("--select", metavar="CODES", multiple=True, help="Report these codes or prefixes alone (SP1,SP502).")
@click.option("--ignore", metavar="CODES", multiple=True, help="Don't report these codes or prefixes.")
@output_option(render.OUTPUTS)
@click.option("--diff", is_flag=True, help="Print the corrections as a patch; write nothing.")
@click.option("--fix", is_flag=True, help="Make the corrections, then check what is left.")
@click.option("--likely", is_flag=True, help="With --diff or --fix: those that are likely but not proved, too.")
@click.option("--undo", metavar="PATCH", type=FILE, help="Take back what --fix did, by the patch that it wrote.")
@click.option("--certificate", metavar="FILE", type=FILE, help="Write the proofs to FILE, for `spanproof verify`.")
@COLOR
def check(
    paths: tuple[Path, ...],
    schema_file: Path | None,
    registry: Path | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    output: str,
    diff: bool,
    fix: bool,
    likely: bool,
    undo: Path | None,
    certificate: Path | None,
    color: bool | None,
) -> None:
    """Check a corpus: every span against its text, every label, reference and date.

    PATH is a file (JSON, JSON Lines, Parquet, Arrow; .gz and .zst too), - for the standard input, or a folder, read to
    any depth; several are one corpus. Without one it is the corpus of the repository that you stand in. A dataset
    folder (with a card and data/) is checked as it would be published as well: features, counts, hashes, versions.
    Registries (entities.json, ...), waivers.json and the schema (my.schema.json) are found beside the corpus. Where
    there is no schema, it says what it takes the corpus for by its content, and what it didn't check.

    Prints findings, which name where, what is, what would be right and, where offsets are systematically off, why; then
    how much was checked. `spanproof explain CODE` says more of a code.

    \b
    spanproof check my.jsonl --schema my.schema.json
    spanproof check my.jsonl --select SP1 --diff
    spanproof check my.jsonl --output github     marks in a pull request

    A correction is tried before it is told: it ends its finding and brings no error. Proved ones are made by --fix,
    which first writes beside the corpus a patch that takes them back (--undo).

    Exit codes: 0 clean (information alone doesn't fail a check), 1 findings, 2 unusable input; the same with --diff,
    and with --fix for what is left.
    """
    if diff and fix:
        refuse("--diff and --fix exclude one another: --diff shows what --fix would do")
    if likely and not diff and not fix:
        refuse("--likely belongs to --diff or --fix")
    if undo:
        if paths or diff or fix:
            refuse("--undo stands alone: the patch names the files")
        return _undo(undo)
    _keep_heap()
    schema = chosen_schema(schema_file, paths)
    codes = _codes(select), _codes(ignore)
    places = paths or (own_corpus(),)
    say_passed_over(places)
    if diff or fix:
        _demand_unpacked(places)
    corpus = read(places, schema, read_registries(registry, schema))
    if certificate:
        _certify(corpus, certificate)
    if diff:
        sys.exit(_diff(corpus, codes, likely))
    if fix:
        _fix(corpus, codes, likely, places)
    with progress_of("checking") as progress:
        report = check_corpus(corpus, select=codes[0], ignore=codes[1], progress=progress)
    print_as(render.OUTPUTS, output, report, color=color)
    sys.exit(report.exit_code)


def _demand_unpacked(places: Sequence[Path]) -> None:
    """Refuse to correct what can't be written in its place."""
    for file in (file for place in places for file in files(place)):
        if is_packed(file):
            refuse(f"{file}: is packed, or the standard input; expected a file as it is, which can be corrected")


def _certify(corpus: Corpus, file: Path) -> None:
    """Write the proofs of a corpus as it is."""
    from spanproof.checks.certificate import certificate_of

    proofs = certificate_of(corpus)
    try:
        replace_file(file, (json.dumps(proofs.value, indent=1) + "\n").encode())
    except OSError as error:
        refuse(f"{file}: {error.strerror}")
    say(f"{file}: proofs of {proofs.stated} of {proofs.proved} spans whose correction is proved")


def _diff(corpus: Corpus, codes: Codes, likely: bool) -> int:
    """Print the corrections and say what they leave; return the exit code of the check."""
    seen, findings, left = Seen(), list[Finding](), list[Finding]()

    def noted() -> Iterator[Tried]:
        for one in tried(corpus, select=codes[0], ignore=codes[1], seen=seen):
            findings.extend(one.findings)
            left.extend(one.left(likely))
            yield one

    for patch in _patches(noted(), corpus, likely):
        click.echo((patch.diff() + patch.likely_diff()).encode("utf-8", "surrogateescape"), nl=False)
        if patch.before != patch.after:
            root = root_of(patch.file)
            where = "" if root == Path.cwd() else f"; `git apply` takes it in {root}"
            say(f"{patch.file}: would end {_counts(patch.ended)}{where}")
        if patch.likely is not None:
            say(f"{patch.file}: --fix --likely would end {_counts(patch.likely_ended)} more, which isn't proved")
    report, rest = (
        report_of(some, seen, select=codes[0], ignore=codes[1], waivers=corpus.waivers) for some in (findings, left)
    )
    _say_refused(report.findings)
    say(f"now {summary(report)}")
    say(f"then {verdict(rest)}" if left != findings else "nothing to correct")
    return report.exit_code


def _fix(corpus: Corpus, codes: Codes, likely: bool, paths: Sequence[Path]) -> None:
    """Correct the files, each after the patch that undoes it is on the disk."""
    undo = None
    for patch in _patches(tried(corpus, select=codes[0], ignore=codes[1]), corpus, likely):
        if patch.before == patch.after:
            continue
        if why := irreplaceable(patch.file):
            say(f"{patch.file}: {why}; it is left as it is")
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
        say(f"{patch.file}: ended {_counts(patch.ended)}")
    if undo:
        shown = undo.relative_to(Path.cwd()) if undo.is_relative_to(Path.cwd()) else undo
        say(f"`spanproof check --undo {shlex.quote(str(shown))}` takes this back")


def _undo(patch: Path) -> None:
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


def _say_refused(findings: Sequence[Finding]) -> None:
    """Say which corrections can't be made: how many of each code, and why the first of them can't."""
    refused = [finding for finding in findings if finding.refused]
    for code, number in counted(refused).items():
        first = next(finding for finding in refused if finding.code == code)
        place = " ".join(filter(None, [first.document, first.json_path]))
        say(f"{number:,} {code} can't be corrected, the first at {place}: {first.refused}")


def _counts(ended: Sequence[Finding]) -> str:
    return ", ".join(f"{n} {code}" for code, n in counted(ended).items())


def _codes(options: Sequence[str]) -> tuple[str, ...]:
    """Return the codes and prefixes of an option that may be repeated, each with several; refuse what no rule has."""
    codes = tuple(code.strip().upper() for option in options for code in option.split(",") if code.strip())
    for code in codes:
        if not any(rule.code.startswith(code) for rule in catalogue()):
            refuse(f"{code}: no rule has this code or prefix; `spanproof rules` lists them")
    return codes


def _keep_heap() -> None:
    """Tell glibc to keep freed batches: returned to the kernel, they cost a page fault for each 4 KiB of a batch."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return
    m_trim_threshold, m_mmap_threshold = -1, -3
    mallopt(m_mmap_threshold, 1 << 30)
    mallopt(m_trim_threshold, 1 << 30)
