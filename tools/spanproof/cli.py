"""The command line: parse, call, print, exit code."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from spanproof import __version__

if TYPE_CHECKING:
    from spanproof.checking import Report
    from spanproof.schema import Schema

_FILE = click.Path(path_type=Path)
_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
_HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(context_settings=_HELP)
@click.version_option(__version__, message="spanproof %(version)s")
def main() -> None:
    """Prove stand-off annotations: every span, reference and date against its text.

    \b
    spanproof check                     this repository's corpus
    spanproof check my.jsonl            a corpus of your own
    spanproof check my.jsonl --diff     corrections as a patch
    spanproof explain SP106             what a code means

    Exit codes: 0 clean, 1 findings, 2 unusable input.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


@main.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=_FILE)
@click.option("--schema", "schema_file", type=_FILE, help="Schema of a document; default: the annotated article.")
@click.option("--registry", type=_FOLDER, help="Folder of the registries; default: beside the corpus.")
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

    Without a PATH it is the corpus of the repository that you stand in (annotations/gold). Registries
    (entities.json, ...) and waivers.json are found beside the corpus. Findings name where, what is, what would
    be right and, where offsets are systematically off, why. Information alone doesn't fail a check.
    """
    if diff and fix:
        _refuse("--diff and --fix exclude one another: --diff shows what --fix would do")
    _keep_heap()
    schema = _schema(schema_file)
    codes = {"select": _codes(select), "ignore": _codes(ignore)}
    paths = paths or (_own_corpus(),)
    registries = _registries(registry, schema)
    if diff:
        sys.exit(_patch(paths, schema, registries, codes))
    if fix:
        _correct(paths, schema, registries, codes)
    from spanproof.checking import check_paths

    with _progress("checking") as progress:
        try:
            report = check_paths(paths, schema, registries=registries, **codes, progress=progress)
        except ValueError as error:
            _refuse(str(error))
    _print(report, output, color)
    broken = {(finding.file, finding.row, finding.line) for finding in report.findings if finding.code == "SP002"}
    if schema_file is None and report.documents and len(broken) == report.documents:
        _say("spanproof: no document fits the schema of an article; name that of your corpus with --schema FILE")
    sys.exit(report.exit_code)


def _print(report: "Report", output: str, color: bool | None) -> None:
    from spanproof import report as reports

    if output == "text":
        color = sys.stdout.isatty() if color is None else color
        click.echo(reports.as_text(report, color=color), nl=False, color=color)
        return
    write = {"json": reports.as_json, "sarif": reports.as_sarif, "github": reports.as_github}
    click.echo(write[output](report), nl=False)


def _patch(paths: Sequence[Path], schema: "Schema", registries: Any, codes: Any) -> int:
    found = False
    for patch in _patches(paths, schema, registries, codes):
        found = True
        click.echo(patch.diff(), nl=False)
        _say(f"{patch.file}: would end {_counts(patch.ended)}")
    if not found:
        _say("nothing to correct")
    return int(found)


def _correct(paths: Sequence[Path], schema: "Schema", registries: Any, codes: Any) -> None:
    for patch in _patches(paths, schema, registries, codes):
        try:
            patch.write()
        except OSError as error:
            _refuse(f"{patch.file}: {error.strerror}; the file is as it was")
        _say(f"{patch.file}: ended {_counts(patch.ended)}")


def _patches(paths: Sequence[Path], schema: "Schema", registries: Any, codes: Any) -> Iterator[Any]:
    from spanproof.checking import registries_beside
    from spanproof.correcting import patches

    if registries is None:
        registries, _ = registries_beside(paths, schema)
    for path in paths:
        if not path.exists():
            _refuse(f"{path}: there is no such file or folder")
        try:
            yield from patches(path, schema, registries, **codes)
        except (OSError, ValueError) as error:
            _refuse(str(error))


def _counts(ended: Sequence[Any]) -> str:
    from spanproof.correcting import counted

    return ", ".join(f"{n} {code}" for code, n in counted(ended).items())


@main.command()
@click.option("--output", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True)
def rules(output: str) -> None:
    """List the rules: code, severity, name, what is wrong."""
    from spanproof import catalogue

    write = {"text": catalogue.as_text, "json": catalogue.as_json, "markdown": catalogue.as_markdown}
    click.echo(write[output](), nl=False)


@main.command()
@click.argument("code")
def explain(code: str) -> None:
    """Explain a rule, by code (SP106) or name (text-differs): why, an example that breaks it, its correction."""
    from spanproof import catalogue

    try:
        click.echo(catalogue.explain(code), nl=False)
    except KeyError as error:
        _refuse(str(error.args[0]))


@main.command()
@click.argument("a", type=_FILE)
@click.argument("b", type=_FILE)
@click.option("--schema", "schema_file", type=_FILE, help="Schema of a document; default: the annotated article.")
@click.option("--resamples", type=click.IntRange(min=1), default=1000, show_default=True, help="Bootstrap resamples.")
@click.option("--output", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True)
def agree(a: Path, b: Path, schema_file: Path | None, resamples: int, output: str) -> None:
    """Agreement of two corpora over the same texts: two annotators, two releases, a system and gold.

    Per layer and part: exact and overlap F1, token and unitizing alpha, kappa on matched labels, agreement of
    values and references, clustering of entities and utterances; each with a 95 % bootstrap interval.
    """
    from spanproof import tables
    from spanproof.agree import agree_paths

    schema = _schema(schema_file)
    try:
        found = agree_paths(a, b, schema, resamples=resamples)
    except ValueError as error:
        _refuse(str(error))
    write = {"text": tables.as_text, "json": tables.as_json, "markdown": tables.as_markdown}
    click.echo(write[output](found), nl=False)


@main.command()
@click.argument("path", required=False, type=_FILE)
@click.option("--schema", "schema_file", type=_FILE, help="Schema of a document; default: the annotated article.")
def matrix(path: Path | None, schema_file: Path | None) -> None:
    """Break a sound corpus in every known way and show what the check and the corrections make of it."""
    from spanproof.formats import read
    from spanproof.matrix import markdown
    from spanproof.matrix import matrix as matrix_

    schema = _schema(schema_file)
    corpus = read(path or _own_corpus(), schema)
    if corpus.errors:
        _refuse(f"{corpus.errors[0].path}: {corpus.errors[0].problem}")
    click.echo(markdown(matrix_(corpus.documents(), schema)), nl=False)


@main.command()
@click.option("--out", type=_FILE, help="Folder of the dataset; default: dataset/ of the repository.")
@click.option("--gold", type=_FOLDER, help="The corpus; default: annotations/gold of the repository.")
def build(out: Path | None, gold: Path | None) -> None:
    """Build the Hugging Face dataset of the corpus, load it back and summarise it.

    The corpus must pass the check. Files are replaced whole; the same corpus gives the same bytes.
    """
    from spanproof.building import BuildError, summary
    from spanproof.building import build as build_

    gold = gold or _own_corpus()
    out = out or gold.parent.parent / "dataset"
    try:
        built = build_(gold, out)
    except BuildError as error:
        if error.report is not None:
            _print(error.report, "text", None)
        _say(f"spanproof: {error}")
        sys.exit(error.exit_code)
    click.echo(summary(built, color=sys.stdout.isatty()), nl=False)


def _schema(file: Path | None) -> "Schema":
    from spanproof.schema import Schema, SchemaError, article

    try:
        return article() if file is None else Schema.read(file)
    except SchemaError as error:
        _refuse(str(error))


def _registries(folder: Path | None, schema: "Schema") -> Any:
    if folder is None:
        return None
    from spanproof.formats import beside

    found, errors = beside(folder / "corpus", schema)
    if errors:
        _refuse(f"{errors[0].path}: {errors[0].problem}")
    return found


def _codes(given: Sequence[str]) -> tuple[str, ...]:
    codes = tuple(code.strip().upper() for group in given for code in group.split(",") if code.strip())
    if codes:
        from spanproof.rules import CATALOGUE

        for code in codes:
            if not any(rule.code.startswith(code) for rule in CATALOGUE):
                _refuse(f"{code}: no rule has this code or prefix; `spanproof rules` lists them")
    return codes


def _own_corpus() -> Path:
    here = Path.cwd()
    above = (folder / "annotations" / "gold" for folder in (here, *here.parents))
    own = next((folder for folder in above if folder.is_dir()), None)
    if own is None:
        _refuse("there is no annotations/gold here or above; name the PATH of a corpus")
    return own.relative_to(here) if own.is_relative_to(here) else own


@contextmanager
def _progress(verb: str) -> Iterator[Callable[[int], None] | None]:
    """A counter on the terminal's error stream; nothing where there is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn(f"{verb} {{task.completed:,}} documents"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(verb, total=None)
        yield lambda n: bar.advance(task, n)


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


def _say(message: str) -> None:
    click.echo(message, err=True)


def _refuse(message: str) -> NoReturn:
    _say(f"spanproof: {message}")
    sys.exit(2)
