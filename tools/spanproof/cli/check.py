"""``spanproof check``."""

import ctypes
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from spanproof.checks import render
from spanproof.checks.check import check as check_corpus
from spanproof.checks.fix import Patch, counted, patches
from spanproof.checks.rules import catalogue
from spanproof.cli.options import (
    COLOR,
    FILE,
    REGISTRY,
    SCHEMA,
    output_option,
    own_corpus,
    print_as,
    progress_of,
    read_registries,
    read_schema,
    refuse,
    say,
)
from spanproof.corpus.documents import Corpus
from spanproof.corpus.findings import Finding
from spanproof.formats.discovery import read

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
    color: bool | None,
) -> None:
    """Check a corpus: every span against its text, every label, reference and date.

    PATH is a file (.jsonl, .parquet, .json) or a folder of them; several are one corpus. Without one it is the corpus
    of the repository that you stand in. A dataset folder (with a card and data/) is checked as it would be published as
    well: features, counts, hashes, versions. Registries (entities.json, ...) and waivers.json are found beside the
    corpus.

    Prints findings, which name where, what is, what would be right and, where offsets are systematically off, why; then
    how much was checked. `spanproof explain CODE` says more of a code.

    \b
    spanproof check my.jsonl --schema my.schema.json
    spanproof check my.jsonl --select SP1 --diff
    spanproof check my.jsonl --output github     marks in a pull request

    Exit codes: 0 clean (information alone doesn't fail a check), 1 findings, 2 unusable input. With --diff: 0 nothing
    to correct, 1 corrections.
    """
    if diff and fix:
        refuse("--diff and --fix exclude one another: --diff shows what --fix would do")
    _keep_heap()
    schema = read_schema(schema_file, paths)
    codes = _codes(select), _codes(ignore)
    corpus = read(paths or (own_corpus(),), schema, read_registries(registry, schema))
    if diff:
        sys.exit(_print_patches(corpus, codes))
    if fix:
        _fix(corpus, codes)
    with progress_of("checking") as progress:
        report = check_corpus(corpus, select=codes[0], ignore=codes[1], progress=progress)
    print_as(render.OUTPUTS, output, report, color=color)
    unfit = {(finding.file, finding.row, finding.line) for finding in report.findings if finding.code == "SP002"}
    if schema_file is None and report.documents and len(unfit) == report.documents:
        say("spanproof: no document fits the schema of an article; name that of your corpus with --schema FILE")
    sys.exit(report.exit_code)


def _print_patches(corpus: Corpus, codes: Codes) -> int:
    """Print the corrections; return 1 if there are any, 0 if there are none."""
    any_patch = False
    for patch in _patches(corpus, codes):
        any_patch = True
        click.echo(patch.diff(), nl=False)
        say(f"{patch.file}: would end {_counts(patch.ended)}")
    if not any_patch:
        say("nothing to correct")
    return int(any_patch)


def _fix(corpus: Corpus, codes: Codes) -> None:
    for patch in _patches(corpus, codes):
        try:
            patch.write()
        except OSError as error:
            refuse(f"{patch.file}: {error.strerror}; the file is as it was")
        say(f"{patch.file}: ended {_counts(patch.ended)}")


def _patches(corpus: Corpus, codes: Codes) -> Iterator[Patch]:
    try:
        yield from patches(corpus, select=codes[0], ignore=codes[1])
    except (OSError, ValueError) as error:
        refuse(str(error))


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
