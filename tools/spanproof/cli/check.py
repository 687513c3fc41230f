"""``spanproof check``."""

import ctypes
import errno
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import click

from spanproof.checks.check import check as check_corpus
from spanproof.checks.kept import KeptFindings
from spanproof.checks.processes import WorkerError
from spanproof.checks.report import CheckInterrupted, Report
from spanproof.checks.runs import changed
from spanproof.cli.apart import demand_apart
from spanproof.cli.corrections import (
    demand_unpacked,
    make_corrections,
    promised,
    show_corrections,
    undo_corrections,
)
from spanproof.cli.fetching import CORPUS, fetching
from spanproof.cli.options import (
    FILE,
    REGISTRY,
    SCHEMA,
    corpus_paths,
    corpus_schema,
    own_corpus,
    progress_of,
    read_registries,
    reason_of,
    refuse,
    say,
    say_unchecked,
)
from spanproof.cli.reporting import Reporting, reporting_options
from spanproof.corpus.documents import Corpus
from spanproof.corpus.findings import Finding
from spanproof.corpus.spool import UnwritableError
from spanproof.formats.addresses import is_fetched
from spanproof.formats.discovery import read
from spanproof.formats.files import replace_file
from spanproof.formats.folders import provable
from spanproof.formats.sources import Files

_MOST_JOBS = 61 if sys.platform == "win32" else 256
"""All processes are begun at once; Windows waits for 61 at most."""
_IN_PLACE = {"diff": "--diff", "fix": "--fix", "add_waiver": "--add-waiver"}
"""Options that are about files that can be changed."""


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=CORPUS)
@SCHEMA
@REGISTRY
@click.option("--diff", is_flag=True, help="Print the corrections as a patch; write nothing.")
@click.option("--fix", is_flag=True, help="Make the corrections, then check what is left.")
@click.option("--likely", is_flag=True, help="With --diff or --fix: also corrections that are likely but not proved.")
@click.option("--undo", metavar="PATCH", type=FILE, help="Take back what --fix did, with the patch that it wrote.")
@click.option("--certificate", metavar="FILE", type=FILE, help="Write the proofs to FILE, for `spanproof verify`.")
@click.option(
    "--jobs",
    type=click.IntRange(1, _MOST_JOBS),
    default=1,
    metavar="N",
    help="Check with N processes; the report is the same.",
)
@fetching("paths", refused=_IN_PLACE)
@reporting_options
def check(
    paths: tuple[Path, ...],
    schema_file: Path | None,
    registry: Path | None,
    diff: bool,
    fix: bool,
    likely: bool,
    undo: Path | None,
    certificate: Path | None,
    jobs: int,
    reporting: Reporting,
) -> None:
    """Check a corpus: every span against its text, and every label, reference and date.

    PATH is a file (JSON, JSON Lines, Parquet, Arrow or a format that `spanproof formats` lists; .gz and .zst too), a
    folder, - for standard input, or an address (s3://, hf://, https://). Several PATHs are one corpus. Without PATH,
    the `paths` of the settings are checked. A dataset folder (with a card and data/) is also checked as a publication:
    features, counts, hashes, versions. Registries (entities.json, ...), waivers.json and the schema (my.schema.json)
    are found beside the corpus. Without a schema, spanproof finds out from the content where the spans are, and the
    report says what wasn't checked.

    Each finding says where it is, what is there and what was expected. If the offsets of a document are systematically
    wrong, it also says why. The last line says how much was checked. Many findings are grouped by kind, with one
    example each (--show all prints every one). `spanproof explain CODE` explains a rule.

    \b
    spanproof check my.jsonl --schema my.schema.json
    spanproof check my.jsonl --select SP1,splits-word --diff
    spanproof check my.jsonl --statistics        counts by code and layer
    spanproof check my.jsonl --write-baseline known.json; spanproof check my.jsonl --baseline known.json
    spanproof check my.jsonl --output github     annotations in a pull request

    Every correction is tried out first: it must resolve its finding and cause no new error. --fix makes the proved
    ones. Before that, it writes a patch beside the corpus, with which --undo takes them back.

    Settings come from [tool.spanproof] in the nearest pyproject.toml above the corpus, or from spanproof.toml: paths,
    schema, select, ignore, per-path-ignores, baseline, output, show, fail-on, max-findings.

    Exit codes: 0 clean (info findings don't fail a check), 1 findings, 2 unusable input, 130 interrupted by Ctrl-C: the
    report covers what was checked so far, and says so. With --fix, the exit code tells whether findings are left.
    --fail-on error and --exit-zero can turn a 1 into a 0, never a 2."""
    if diff and fix:
        refuse("--diff and --fix can't be combined: --diff shows what --fix would do")
    if diff and jobs > 1:
        refuse("--jobs excludes --diff: corrections are made by one process")
    if likely and not diff and not fix:
        refuse("--likely belongs to --diff or --fix")
    if undo:
        if paths or diff or fix:
            refuse("--undo can't be combined with PATH, --diff or --fix: the patch names the files")
        return undo_corrections(undo)
    _keep_heap()
    demand_apart([*paths, schema_file], certificate, reporting.new_baseline)
    paths = tuple(corpus_paths(paths))
    schema = corpus_schema(schema_file, paths, checked=True)
    places = paths or (own_corpus(),)
    if schema_file is None:
        places = tuple(dict.fromkeys(map(_provable, places)))
    say_unchecked(schema, places)
    if diff or fix:
        demand_unpacked(places)
    corpus = read(places, schema, read_registries(registry, schema))
    if certificate:
        _certify(corpus, certificate)
    if diff:
        sys.exit(show_corrections(corpus, reporting, likely))
    left = make_corrections(corpus, reporting, likely, places) if fix else promised(schema)
    sys.exit(reporting.conclude(_checked(corpus, reporting, left, jobs, places), places))


def _provable(place: Path) -> Path:
    """Return what is checked for a path, and say so where that is the dataset folder around a table."""
    if (folder := provable(place)) != place:
        say(
            f"{place} is a table of a dataset, whose rows point into texts of another; checked is the dataset, {folder}"
        )
    return folder


def _checked(
    corpus: Corpus, reporting: Reporting, left: Callable[[Finding], Finding], jobs: int, places: Sequence[Path]
) -> Report:
    """Check a corpus; no finding promises a correction that can't be made."""
    try:
        files = corpus.batches
        with progress_of("checking", files.expected if isinstance(files, Files) else lambda: None) as progress:
            report = check_corpus(
                corpus,
                select=reporting.select,
                ignore=reporting.ignore,
                baseline=reporting.baseline,
                settings=reporting.settings,
                progress=progress,
                reported=reporting.stream(left),
                jobs=jobs,
            )
    except CheckInterrupted as interruption:
        report = interruption.report
    except WorkerError as error:
        refuse(str(error))
    except UnwritableError as error:
        refuse(reason_of(error))
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        refuse(f"{reason_of(error)}; expected room for the findings, and for what is kept of the corpus meanwhile")
    changes = report.findings.fixable or any(map(is_fetched, places))
    return replace(report, findings=KeptFindings(changed(report.findings.found(), left))) if changes else report


def _certify(corpus: Corpus, file: Path) -> None:
    """Write the proofs of a corpus as it is."""
    from spanproof.checks.certificate import certificate_of

    proofs = certificate_of(corpus)
    try:
        replace_file(file, (json.dumps(proofs.value, indent=1) + "\n").encode())
    except OSError as error:
        refuse(f"{file}: {error.strerror}")
    rest = "; too few spans bear out the others by themselves" * (proofs.stated < proofs.proved)
    if not proofs.proved:
        say(f"{file}: no drift is proved in this corpus, so the certificate holds no proofs and can't be verified")
        return
    say(f"{file}: proofs of {proofs.stated} of {proofs.proved} spans whose correction is proved{rest}")


def _keep_heap() -> None:
    """Tell glibc to keep freed batches: returned to the kernel, they cost a page fault for each 4 KiB of a batch.

    What is larger than the parts of any batch, such as a text of 200 MB, it gives back.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return
    m_trim_threshold, m_mmap_threshold = -1, -3
    mallopt(m_mmap_threshold, 1 << 26)
    mallopt(m_trim_threshold, 1 << 28)
