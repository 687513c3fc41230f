"""What commands share: how paths, schemas and registries are given, progress, refusals."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from spanproof.schema.schema import Schema

FILE = click.Path(path_type=Path)
FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)


def read_schema(file: Path | None) -> "Schema":
    """The schema in a file, the annotated article without one."""
    from spanproof.schema.node import SchemaError
    from spanproof.schema.schema import Schema, article

    try:
        return article() if file is None else Schema.read(file)
    except SchemaError as error:
        refuse(str(error))


def read_registries(folder: Path | None, schema: "Schema") -> Any:
    """The registries in a folder; None without one."""
    if folder is None:
        return None
    from spanproof.formats.discovery import beside

    found, errors = beside(folder / "corpus", schema)
    if errors:
        refuse(f"{errors[0].path}: {errors[0].problem}")
    return found


def own_corpus() -> Path:
    """``annotations/gold`` of the repository that one stands in."""
    here = Path.cwd()
    above = (folder / "annotations" / "gold" for folder in (here, *here.parents))
    own = next((folder for folder in above if folder.is_dir()), None)
    if own is None:
        refuse("there is no annotations/gold here or above; name the PATH of a corpus")
    return own.relative_to(here) if own.is_relative_to(here) else own


@contextmanager
def progress_of(verb: str) -> Iterator[Callable[[int], None] | None]:
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


def end_on_sigterm() -> None:
    """A request to end is an exit like others, in which processes that were started are ended too."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


def say(message: str) -> None:
    """Tells the person at the terminal, beside the output."""
    click.echo(message, err=True)


def refuse(message: str) -> NoReturn:
    """Unusable input: exit 2."""
    say(f"spanproof: {message}")
    sys.exit(2)
