"""The command line: parse, call, print, exit code."""

import sys

import click

from spanproof._version import __version__
from spanproof.cli.commands import Commands

_HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
_PLACES = {
    "check": ("check:check", "Check every span, label, reference and date of a corpus, and correct what is proved."),
    "init": ("init:init", "Write the schema of a corpus that has none."),
    "verify": ("verify:verify", "Verify a certificate of proofs, independently of the check."),
    "explain": ("rules:explain", "Explain a rule by its code or name."),
    "rules": ("rules:rules", "List the rules."),
    "matrix": ("rules:matrix", "Break a sound corpus in every known way and see what the check finds."),
    "show": ("show:show", "Make a static HTML reader of a corpus."),
    "rebase": ("rebase:rebase", "Carry annotations over to a corrected text."),
    "convert": ("convert:convert", "Convert a corpus to another format, with a ledger of what is lost."),
    "formats": ("formats:formats", "List the formats of annotations, and what each keeps."),
    "strip": ("strip:strip", "Remove the texts from a corpus, so that its annotations can be shared."),
    "join": ("join:join", "Put the texts back into stripped annotations."),
    "diff": ("diff:diff", "Show what changed between two versions of a corpus."),
    "agree": ("agree:agree", "Measure the agreement of two annotations of the same texts."),
    "score": ("score:scoring", "Score predictions against gold: by label, with intervals, side by side."),
    "new": ("new:new", "Turn texts into article files that can be annotated."),
    "labelstudio": ("labelstudio:labelstudio", "Annotate in Label Studio: push, pull, serve a system."),
    "bench": ("bench:bench", "Run systems on a gold corpus and score them."),
    "build": ("build:build", "Build the Hugging Face dataset of a corpus."),
    "release": ("release:release", "Prepare a release of the dataset and publish it."),
}


@click.group(cls=Commands, places=_PLACES, context_settings=_HELP)
@click.version_option(__version__, message="spanproof %(version)s")
def main() -> None:
    """Check that annotations point at their words, say why if they don't, and correct what can be proved.

    \b
    spanproof check my.jsonl            check a corpus
    spanproof check my.jsonl --diff     see the corrections
    spanproof check my.jsonl --fix      make those that are proved
    spanproof explain SP106             what a code means

    Exit codes: 0 clean, 1 findings, 2 unusable input.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
