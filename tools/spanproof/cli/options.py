"""What commands share: options, reading what they name, printing, progress, refusals."""

import shlex
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import click

from spanproof.corpus.documents import Corpus, demand_readable
from spanproof.corpus.repository import Repository
from spanproof.formats.addresses import with_addresses
from spanproof.formats.content import STANDARD_INPUT
from spanproof.formats.discovery import beside, read
from spanproof.formats.folders import files, others_in_words, passed_over, schema_beside
from spanproof.formats.schemas import chosen_schema, stated_schema
from spanproof.formats.sources import registries_in
from spanproof.schema.guess import said_unchecked
from spanproof.schema.node import SchemaError
from spanproof.schema.paths import Registries
from spanproof.schema.schema import Schema
from spanproof.text.display import visible

Outputs = Mapping[str, Callable[..., str | Iterable[str]]]
"""Name of a form (text, json, ...) to the function that makes it; that of text takes ``color`` as well."""


FILE = click.Path(path_type=Path)
FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
NEW_FOLDER = click.Path(path_type=Path, file_okay=False)

PATH = click.argument("path", type=FILE, required=False)
SCHEMA, STATED_SCHEMA, SCHEMA_ALONE = (
    click.option("--schema", "schema_file", type=FILE, help=f"Schema of a document; default: {default}.")
    for default in (
        "a file beside the corpus, else a guess",
        "a file beside the corpus, else the article's",
        "that of this repository, else the article's",
    )
)
"""Of a corpus that is read; of one that is made or annotated, where nothing is guessed; where there is no corpus."""
REGISTRY = click.option("--registry", type=FOLDER, help="Folder of the registries; default: beside the corpus.")
COLOR = click.option("--color/--no-color", default=None, help="Colours; default: on a terminal.")
RESAMPLES = click.option(
    "--resamples", type=click.IntRange(min=1), default=1000, show_default=True, help="Number of bootstrap resamples."
)


_SHOWN_EVERY = 0.2
"""Seconds between two counts of progress."""
_CLEARED = "\r\x1b[K"
"""Begins the line of a terminal anew, with nothing on it."""
QUIET = "spanproof.quiet"
"""Where the context of a command says that nothing is to be told beside the output."""


def output_option(outputs: Outputs) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return the option that chooses one of the forms in which a result can be printed; the first is the default."""
    forms = list(outputs)
    return click.option(
        "--output", type=click.Choice(forms), default=forms[0], show_default=True, help="Form of the output."
    )


def read_schema(file: Path | None, paths: Sequence[Path] | None = None) -> Schema:
    """Return the schema in a file, or the one that was stated for paths, or that of the annotated article.

    Nothing is guessed: it is for what makes documents. Refuse a schema that can't be used.

    Args:
        file: the file that was named; None where none was.
        paths: the corpora that were named: the schema of a dataset folder among them is theirs. Where none was named it
            is the repository's own corpus, with the schema that its pyproject.toml names. A schema that stands beside
            a corpus (``my.schema.json`` beside ``my.jsonl``) is its schema. None where a command has no corpus: then
            the schema of the repository that one stands in, if it is in one that names a schema.
    """
    try:
        if file is None and not paths:
            repository = _repository_here() if paths is None else own_repository()
            file = repository.root / repository.schema if repository and repository.schema else None
        return Schema.read(file) if file is not None else stated_schema(paths or ()) or Schema.article()
    except SchemaError as error:
        refuse(str(error))


def corpus_schema(
    file: Path | None, paths: Sequence[Path], names: Sequence[str] = (), *, checked: bool = False
) -> Schema:
    """Return the schema of corpora that are there: as :func:`read_schema` does, else that of what they are taken for.

    Say what they are taken for; refuse what is like nothing that is known.

    Args:
        file: the file that was named; None where none was.
        paths: the corpora that were named, which have one schema; where none was, it is the repository's own corpus.
        names: what they are called in messages; their paths by default.
        checked: whether they are checked, so that what isn't read is said with what else isn't checked.
    """
    if file is not None or not paths:
        return read_schema(file, paths)
    try:
        schema = chosen_schema(paths)
        if (place := schema_beside(paths)) is not None:
            say(f"{place}: used as the schema, since it is beside the corpus")
    except SchemaError as error:
        refuse(str(error))
    if schema.guess is None:
        return schema
    say(f"{', '.join(names or map(str, paths))}: {schema.guess.statements[0]}")
    if len(paths) == 1 and paths[0] != STANDARD_INPUT:
        say(f"`spanproof init {shlex.quote(str(paths[0]))}` writes a schema of this shape, which you can refine")
    if schema.guess.not_read and not checked:
        say(f"not read as annotations: {'; '.join(schema.guess.not_read)}")
    return schema


def say_unchecked(schema: Schema, paths: Sequence[Path]) -> None:
    """Say what a check leaves unchecked: what the schema is a guess of, or says itself, and files that aren't read."""
    if schema.guess or schema.unchecked:
        say(schema.guess.statements[1] if schema.guess else said_unchecked(schema.unchecked))
    for path in paths:
        if registries := registries_in(path, schema):
            say(f"{path}: read as registries, not as documents: {', '.join(file.name for file in registries)}")
        if files(path) and (others := passed_over(path)):
            say(f"{path}: not read as documents: {others_in_words(others)}")


def read_registries(folder: Path | None, schema: Schema) -> Registries | None:
    """Return the registries in a folder, None without one; refuse those that can't be read."""
    if folder is None:
        return None
    registries, errors = beside(folder / "corpus", schema)
    if errors:
        refuse(f"{errors[0].path}: {errors[0].problem}")
    return registries


def read_corpus(path: Path | None, schema: Schema) -> Corpus:
    """Return the corpus at a path, the repository's own without one; refuse one of which anything can't be read."""
    try:
        return demand_readable(read(path or own_corpus(), schema))
    except ValueError as error:
        refuse(str(error))


_NAMED_BY = {
    "--corpus": "a --corpus",
    "--gold": "a --gold, and where --out",
    "--folder": "a --folder",
    "new": "NEW as well as OLD",
    "path": "the PATH of a corpus",
    "paths": "the PATH of a corpus",
    "--registry": "a --registry",
}
"""Parameter of a command to what names a corpus in it."""


def own_repository() -> Repository:
    """Return the repository that one stands in: the nearest whose pyproject.toml names a corpus."""
    repository = _repository_here()
    if repository is None:
        refuse(f"no pyproject.toml here or above names a corpus; expected {_instead()}")
    return repository


def _repository_here() -> Repository | None:
    try:
        return Repository.around(Path.cwd())
    except ValueError as error:
        refuse(str(error))


def own_corpus() -> Path:
    """Return the corpus of the repository that one stands in, relative to where one stands if it is below."""
    repository = own_repository()
    own = repository.root / repository.corpus
    if not own.exists():
        refuse(f"{own}, which pyproject.toml names as the corpus, doesn't exist; expected {_instead()}")
    return from_here(own)


def from_here(path: Path) -> Path:
    """Return a path from where one stands, if it is below."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def corpus_paths(paths: Sequence[Path]) -> Sequence[Path]:
    """Return the corpora that are named; none, which is the repository's own, where its root is named."""
    if len(paths) != 1 or not paths[0].is_dir():
        return paths
    root, here = paths[0].resolve(), Path.cwd()
    try:
        repository = Repository.around(here) if root in (here, *here.parents) else None
    except ValueError as error:
        refuse(str(error))
    if repository is None or repository.root != root:
        return paths
    say(f"{paths[0]}: the corpus {repository.corpus}, as pyproject.toml says")
    return ()


def _instead() -> str:
    """Say how the command that runs can be told of a corpus."""
    parameters = click.get_current_context().command.params
    names = {name for parameter in parameters for name in (*parameter.opts, parameter.name)}
    words = [words for name, words in _NAMED_BY.items() if name in names]
    setting = 'paths = ["PATH"]' if "--config" in names else 'corpus = "PATH"'
    return ", or ".join([*words[:1], f"{setting} under [tool.spanproof] in pyproject.toml"])


def print_as(outputs: Outputs, form: str, *values: Any, color: bool | None = None) -> None:
    """Print values in one of the forms that they can be had in.

    Args:
        outputs: the forms, each whole or in parts that are printed as they come.
        form: the one that was asked for.
        values: what the functions of ``outputs`` take.
        color: whether text has colours; None where it has them on a terminal.
    """
    if form == "text":
        color = sys.stdout.isatty() if color is None else color
        printed = outputs[form](*values, color=color)
    else:
        printed = outputs[form](*values)
    for part in (printed,) if isinstance(printed, str) else printed:
        click.echo(with_addresses(part), nl=False, color=color)


@contextmanager
def progress_of(
    verb: str, expected: Callable[[], int | None] = lambda: None, noun: str = "documents"
) -> Iterator[Callable[[int], None] | None]:
    """Count documents on the terminal's error stream; yield None where there is no terminal, or they want quiet.

    Args:
        verb: what is done to them.
        expected: about how many there are, so that the time that is left can be told; None where that isn't known.
        noun: what is counted.
    """
    if not sys.stderr.isatty() or click.get_current_context().meta.get(QUIET):
        yield None
        return
    number, begun = expected(), time.monotonic()
    shown = begun - _SHOWN_EVERY  # the first documents are shown at once
    done = 0

    def advance(more: int) -> None:
        nonlocal done, shown
        done += more
        now = time.monotonic()
        if now - shown > _SHOWN_EVERY:
            shown = now
            rate = done / max(now - begun, 1e-9)
            left = f", about {(number - done) / rate:.0f} s left" if number and number > done and rate else ""
            line = f"{_CLEARED}{verb} {done:,} {noun}, {now - begun:.0f} s, {rate:,.0f} a second{left}"
            click.echo(line, err=True, nl=False)

    try:
        yield advance
    finally:
        click.echo(_CLEARED, err=True, nl=False)


def end_on_sigterm() -> None:
    """Make a request to end an exit like others, in which processes that were started are ended too."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


def say(message: str) -> None:
    """Tell the person at the terminal something beside the output, unless they want quiet."""
    context = click.get_current_context(silent=True)
    if context is None or not context.meta.get(QUIET):
        click.echo(_harmless(message), err=True)


def _harmless(message: str) -> str:
    """Return a message in which names and labels of strangers can't act on a terminal or reorder a line.

    What was fetched is called by its address.
    """
    shown = with_addresses(message)
    return "".join(character if character in "\n\t" else visible(character) for character in shown)


def reason_of(error: Exception) -> str:
    """Return an error in words; of a file its name, and what the system says of it."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)


def refuse(message: str) -> NoReturn:
    """Say that the input is unusable, and exit with 2."""
    click.echo(_harmless(f"spanproof: {message}"), err=True)
    sys.exit(2)
