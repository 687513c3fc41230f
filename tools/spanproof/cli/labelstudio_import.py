"""``spanproof labelstudio import``."""

import sys
from pathlib import Path

import click

from spanproof.checks.check import check
from spanproof.cli.labelstudio_project import layable_corpus, refusing
from spanproof.cli.labelstudio_pull import take_over
from spanproof.cli.options import COLOR, FILE, PATH, STATED_SCHEMA, own_corpus
from spanproof.labelstudio.exchange import read_tasks_of
from spanproof.labelstudio.pull import annotated


@click.command("import")
@click.argument("tasks", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@PATH
@STATED_SCHEMA
@click.option("--write", is_flag=True, help="Write the changes into the files of PATH.")
@click.option("--with-errors", is_flag=True, help="Also take changes that cause an error; default: hold them back.")
@click.option("--register", is_flag=True, help="Add new names and spellings to the registries; default: hold back.")
@click.option("--out", type=FILE, help="Write the corpus as it is annotated: to a file, or into a folder.")
@click.option("--passes", type=FILE, help="Write each annotator's version into a subfolder, for `spanproof agree`.")
@click.option("--decisions", type=FILE, help="Record whose version of each document counts, and who chose it (.jsonl).")
@click.option("--adjudication", type=FILE, help="Record what was decided where annotators differ, and why (.jsonl).")
@COLOR
def import_(
    tasks: Path,
    path: Path | None,
    schema_file: Path | None,
    write: bool,
    with_errors: bool,
    register: bool,
    out: Path | None,
    passes: Path | None,
    decisions: Path | None,
    adjudication: Path | None,
    color: bool | None,
) -> None:
    """Show what annotators changed in a file that Label Studio exported, and apply it: pull without a server.

    TASKS is the JSON export (not JSON-MIN) of a project whose tasks came from spanproof labelstudio export. Everything
    works as with pull, but annotators are identified by numbers, since the file has no addresses.

    \b
    spanproof labelstudio import project-1.json my.jsonl --write

    Exit codes: 0 applied, 1 findings (the changes that they are about aren't written), 2 unusable input.
    """
    corpus = layable_corpus(path, schema_file)
    with refusing():
        pulled = annotated(corpus, read_tasks_of(corpus, tasks), {}, None if with_errors else check, register=register)
    sys.exit(take_over(corpus, pulled, path or own_corpus(), write, out, passes, decisions, adjudication, color))
