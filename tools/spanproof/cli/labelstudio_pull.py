"""``spanproof labelstudio pull``."""

import re
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import click

from spanproof.checks.check import check
from spanproof.cli.labelstudio_project import PROJECT, URL, connected, layable_corpus, print_findings, refusing
from spanproof.cli.options import COLOR, FILE, PATH, STATED_SCHEMA, own_corpus, print_as, say
from spanproof.conversion.ledger import counted
from spanproof.corpus.documents import Corpus
from spanproof.corpus.findings import Finding
from spanproof.formats.article_folder import write_articles
from spanproof.formats.discovery import companion
from spanproof.formats.discovery import write as write_corpus
from spanproof.formats.files import replace_file
from spanproof.formats.splice import spliced
from spanproof.labelstudio.adjudication import Adjudication
from spanproof.labelstudio.passes import LEFT_OUT
from spanproof.labelstudio.projects import existing, title_of
from spanproof.labelstudio.pull import Decision, Pull
from spanproof.labelstudio.pull import pull as pull_corpus
from spanproof.labelstudio.tasks import by_name, digest
from spanproof.labelstudio.telling import tell
from spanproof.labelstudio.write_back import alone, rewritten, save, unshared
from spanproof.parsing.json import dump
from spanproof.revisions import render
from spanproof.revisions.diff import diff

_UNDECIDED = ("several-annotators", "several-stars", "begun-again")
"""What is told of documents of which no version counts yet."""


@click.command()
@PATH
@STATED_SCHEMA
@URL
@PROJECT
@click.option("--write", is_flag=True, help="Write the changes into the files of PATH.")
@click.option("--with-errors", is_flag=True, help="Also take changes that cause an error; default: hold them back.")
@click.option("--register", is_flag=True, help="Add new names and spellings to the registries; default: hold back.")
@click.option("--tell", "telling", is_flag=True, help="Show on the page of each task which changes are held back.")
@click.option("--out", type=FILE, help="Write the corpus as it is annotated: to a file, or into a folder.")
@click.option("--passes", type=FILE, help="Write each annotator's version into a subfolder, for `spanproof agree`.")
@click.option("--decisions", type=FILE, help="Record whose version of each document counts, and who chose it (.jsonl).")
@click.option("--adjudication", type=FILE, help="Record what was decided where annotators differ, and why (.jsonl).")
@COLOR
def pull(
    path: Path | None,
    schema_file: Path | None,
    url: str | None,
    title: str | None,
    write: bool,
    with_errors: bool,
    register: bool,
    telling: bool,
    out: Path | None,
    passes: Path | None,
    decisions: Path | None,
    adjudication: Path | None,
    color: bool | None,
) -> None:
    """Show what annotators changed, and apply it with --write or --out.

    Prints each change and who made it, and lists drafts, unfinished tasks and deleted tasks. Texts are never taken from
    Label Studio. The rules of `spanproof check` are applied to what comes back: only a change that can't be read or
    causes an error is held back. It is reported with its words, the reason and the address of its task. If several
    people annotated a document, the version with the star is taken; if none has the star, none is taken. --passes
    writes all versions; --decisions records whose version was chosen, and by whom. A name that is missing from a
    registry is also held back, unless --register adds it.

    \b
    spanproof labelstudio pull --project Talks            what would change
    spanproof labelstudio pull --project Talks --write    apply the changes

    Exit codes: 0 pulled, 1 findings (the changes that they are about aren't written), 2 unusable input or no server.
    """
    corpus = layable_corpus(path, schema_file)
    with refusing():
        sdk = connected(url)
        pulled = pull_corpus(corpus, sdk, None if with_errors else check, title, register=register)
    code = take_over(corpus, pulled, path or own_corpus(), write, out, passes, decisions, adjudication, color)
    if telling:
        with refusing():
            pages = tell(pulled, existing(sdk, title_of(corpus.schema, title)))
        say(f"what is held back is shown on the tasks' pages: {counted(pages, 'page')} changed")
    sys.exit(code)


def take_over(
    corpus: Corpus,
    pulled: Pull,
    path: Path,
    write: bool,
    out: Path | None,
    passes: Path | None,
    decisions: Path | None,
    adjudication: Path | None,
    color: bool | None,
) -> int:
    """Print what annotators changed and what there is to say of it, and write what is asked for.

    Args:
        corpus: the corpus that was sent.
        pulled: what came of it.
        path: where the corpus is, beside its registries.
        write: take the changes over into the files of the corpus.
        out: the file, or the folder of article files, that takes the corpus as it is annotated.
        passes: the folder that takes each annotator's version.
        decisions: the file that takes whose version each document has.
        adjudication: the file that takes what was decided where annotators differ.
        color: whether to print in colours; None where that is a terminal.

    Returns:
        The exit code: 1 where a finding is an error.
    """
    with refusing():
        annotated = pulled.over(corpus)
        difference = diff(replace(corpus, registries={}), annotated)
    waiting = {str(one.document) for one in pulled.findings if one.code in _UNDECIDED}
    if difference.changes or not waiting:
        print_as({"text": render.changes_as_text}, "text", difference, color=color)
    if waiting:
        number = f"{counted(len(waiting), 'document')} wait{'s' if len(waiting) == 1 else ''}"
        click.echo(f"{number} for a decision: until then nothing is taken from what people annotated there.")
    is_comparing = passes is not None and not write and out is None
    asked = passes is not None or adjudication is not None
    findings = [one for one in pulled.findings if asked or one.code != LEFT_OUT]
    code = print_findings([_undecided(one) if is_comparing else one for one in findings], corpus)
    with refusing():
        if write:
            with unshared(corpus, path):
                _write(corpus, pulled, path)
        if out is not None:
            _write_out(rewritten(corpus, pulled.documents), out)
        if passes is not None:
            _write_passes(corpus, pulled, passes)
        if decisions is not None:
            _write_lines(pulled.decisions, decisions)
        if adjudication is not None:
            _write_lines(pulled.adjudications, adjudication)
    if difference.changes and not write and out is None:
        say("nothing is written; --write takes the changes over, --out FILE writes them elsewhere")
    return code


def _undecided(finding: Finding) -> Finding:
    """Return a finding as it is for who compares versions before one is chosen: that none has a star is no error."""
    return replace(finding, severity="info") if finding.code == "several-annotators" else finding


def _write(corpus: Corpus, pulled: Pull, path: Path) -> None:
    """Write changed documents into the files that they were read from, and what joins the registries, into theirs.

    Registries go first: cut off in between, a name is known that nothing has yet, and no document names what isn't.
    """
    for name, entries in pulled.entries.items():
        file = companion(path, f"{name}.json") or path.parent / f"{name}.json"
        text = file.read_bytes().decode() if file.exists() else "{}\n"
        replace_file(file, spliced(text, {**corpus.registries.get(name, {}), **entries}).encode())
        count = len(entries)
        say(f"{file}: {'1 entry is' if count == 1 else f'{count} entries are'} new, or got a new spelling")
    old, schema = by_name(corpus), corpus.schema
    changed = {
        name: document
        for name, document in pulled.documents.items()
        if digest(document, schema) != digest(old[name], schema)
    }
    for file in save(corpus, changed):
        say(f"{file}: written")


def _write_out(corpus: Corpus, out: Path) -> None:
    """Write a corpus to a file by its ending, or into a folder, which has none, as article files."""
    if out.suffix and not out.is_dir():
        write_corpus(corpus, out)
        say(f"{out}: written")
        return
    articles = write_articles(out, by_name(corpus), corpus.schema)
    say(f"{out}: {len(articles)} article files written")


def _write_passes(corpus: Corpus, pulled: Pull, folder: Path) -> None:
    """Write each annotator's version into a folder of its own."""
    for person, documents in pulled.passes.items():
        own = folder / re.sub(r"^\.|[^\w@.+-]", "_", person)
        write_corpus(alone(corpus, documents), own / "pass.jsonl")
        say(f"{own}: {counted(len(documents), 'document')}")


def _write_lines(rows: Sequence[Decision | Adjudication], file: Path) -> None:
    """Write decisions, one a line: whose version each document has, or what was decided where annotators differ."""
    replace_file(file, "".join(f"{dump(asdict(row))}\n" for row in rows).encode())
    say(f"{file}: {counted(len(rows), 'decision')}")
