"""``spanproof labelstudio export``."""

import sys
from pathlib import Path

import click

from spanproof.checks.check import check
from spanproof.cli.labelstudio_project import INSTRUCTIONS, layable_corpus, print_findings, refusing, shown_instructions
from spanproof.cli.options import FILE, PATH, STATED_SCHEMA, say
from spanproof.labelstudio.aids import not_listed
from spanproof.labelstudio.exchange import write_tasks
from spanproof.labelstudio.precheck import precheck


@click.command()
@PATH
@STATED_SCHEMA
@click.option("--out", type=FILE, required=True, metavar="FOLDER", help="Folder for tasks.json and config.xml.")
@click.option("--model-version", metavar="NAME", help="Export as predictions of this model; default: as gold.")
@INSTRUCTIONS
def export(
    path: Path | None, schema_file: Path | None, out: Path, model_version: str | None, instructions: Path | None
) -> None:
    """Write a corpus as files for a Label Studio that you have already, on your own server or in the cloud.

    Create a project there, paste config.xml into Settings, Labeling Interface, Code, and import tasks.json. To bring
    back what annotators did, export the project as JSON and run spanproof labelstudio import. If Label Studio would
    silently change or lose annotations of a document, the command refuses, and writes nothing.

    \b
    spanproof labelstudio export my.jsonl --schema my.schema.json --out for-label-studio

    Exit codes: 0 written, 1 Label Studio would change or lose annotations of some documents, 2 unusable input.
    """
    corpus = layable_corpus(path, schema_file)
    with refusing():
        if findings := precheck(corpus, check):
            say("nothing is written")
            sys.exit(print_findings(findings))
        print_findings(not_listed(corpus))
        guidelines = shown_instructions(instructions)
        for file in write_tasks(corpus, out, model_version, guidelines):
            say(f"{file}: written")
