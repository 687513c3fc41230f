"""``spanproof check``."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from spanproof.cli.options import FILE, FOLDER, own_corpus, progress_of, read_registries, read_schema, refuse, say

if TYPE_CHECKING:
    from spanproof.checks.fix import Patch
    from spanproof.checks.report import Report
    from spanproof.corpus.documents import Corpus
    from spanproof.corpus.findings import Finding
    from spanproof.schema.paths import Registries
    from spanproof.schema.schema import Schema

Codes = tuple[tuple[str, ...], tuple[str, ...]]
"""The prefixes of codes that are selected, and those that are ignored."""


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=FILE)
@click.option("--schema", "schema_file", type=FILE, help="Schema of a document; default: the annotated article.")
@click.option("--registry", type=FOLDER, help="Folder of the registries; default: beside the corpus.")
@click.option("--select", metavar="CODES", multiple=True, help="Report these codes or prefixes alone (SP1,SP502).")
@click.option("--ignore", metavar="CODES", multiple=True, help="Don't report these codes or prefixes.")
@click.option("--output", type=click.Choice(["text", "json", "sarif", "github"]), default="text", show_default=True)
@click.option("--diff", is_flag=True, help="Print the corrections as a patch; write nothing.")
@click.option("--fix", is_flag=True, help="Make the corrections, then check what is left.")
@click.option("--color/--no-color", default=None, help="Colours; default: on a terminal.")
def check(
    paths: tuple[Path, ...],
    schema_file: Path | None,
    registry: Path | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    output: str,
    diff: bool,
    fix: bool,
    color: bool | None,
) -> None:
    """Check a corpus: files (.jsonl, .parquet, .json) or folders of them.

    Without a PATH it is the corpus of the repository that you stand in (annotations/gold). A dataset folder
    (with a card and data/) is checked as it would be published as well: features, counts, hashes, versions. Registries
    (entities.json, ...) and waivers.json are found beside the corpus. Findings name where, what is, what would
    be right and, where offsets are systematically off, why. Information alone doesn't fail a check.
    """
    if diff and fix:
        refuse("--diff and --fix exclude one another: --diff shows what --fix would do")
    _keep_heap()
    schema = read_schema(schema_file)
    codes = _codes(select), _codes(ignore)
    corpus = _opened(paths or (own_corpus(),), schema, read_registries(registry, schema))
    if diff:
        sys.exit(_patch(corpus, codes))
    if fix:
        _correct(corpus, codes)
    from spanproof.checks.check import check as check_corpus

    with progress_of("checking") as progress:
        report = check_corpus(corpus, select=codes[0], ignore=codes[1], progress=progress)
    print_report(report, output, color)
    broken = {(finding.file, finding.row, finding.line) for finding in report.findings if finding.code == "SP002"}
    if schema_file is None and report.documents and len(broken) == report.documents:
        say("spanproof: no document fits the schema of an article; name that of your corpus with --schema FILE")
    sys.exit(report.exit_code)


def print_report(report: "Report", output: str, color: bool | None) -> None:
    """A report in one of the forms that it can be had in."""
    from spanproof.checks import render as reports

    if output == "text":
        color = sys.stdout.isatty() if color is None else color
        click.echo(reports.as_text(report, color=color), nl=False, color=color)
        return
    write = {"json": reports.as_json, "sarif": reports.as_sarif, "github": reports.as_github}
    click.echo(write[output](report), nl=False)


def _opened(paths: Sequence[Path], schema: "Schema", registries: "Registries | None") -> "Corpus":
    from spanproof.formats.discovery import read

    return read(paths, schema, registries)


def _patch(corpus: "Corpus", codes: Codes) -> int:
    """Prints the corrections; whether there are any."""
    any_patch = False
    for patch in _patches(corpus, codes):
        any_patch = True
        click.echo(patch.diff(), nl=False)
        say(f"{patch.file}: would end {_counts(patch.ended)}")
    if not any_patch:
        say("nothing to correct")
    return int(any_patch)


def _correct(corpus: "Corpus", codes: Codes) -> None:
    for patch in _patches(corpus, codes):
        try:
            patch.write()
        except OSError as error:
            refuse(f"{patch.file}: {error.strerror}; the file is as it was")
        say(f"{patch.file}: ended {_counts(patch.ended)}")


def _patches(corpus: "Corpus", codes: Codes) -> Iterator["Patch"]:
    from spanproof.checks.fix import patches

    try:
        yield from patches(corpus, select=codes[0], ignore=codes[1])
    except (OSError, ValueError) as error:
        refuse(str(error))


def _counts(ended: Sequence["Finding"]) -> str:
    from spanproof.checks.fix import counted

    return ", ".join(f"{n} {code}" for code, n in counted(ended).items())


def _codes(given: Sequence[str]) -> tuple[str, ...]:
    codes = tuple(code.strip().upper() for group in given for code in group.split(",") if code.strip())
    if codes:
        from spanproof.checks.rules import catalogue

        for code in codes:
            if not any(rule.code.startswith(code) for rule in catalogue()):
                refuse(f"{code}: no rule has this code or prefix; `spanproof rules` lists them")
    return codes


def _keep_heap() -> None:
    """glibc: keep freed batches instead of returning them to the kernel, a page fault for each 4 KiB of every batch."""
    import ctypes

    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return
    m_trim_threshold, m_mmap_threshold = -1, -3
    mallopt(m_mmap_threshold, 1 << 30)
    mallopt(m_trim_threshold, 1 << 30)
