"""The command line: parse, call, print, exit code."""

import sys

import click

from spanproof import __version__
from spanproof.cli.benchmarking import bench
from spanproof.cli.catalogue import explain, matrix, rules
from spanproof.cli.checking import check
from spanproof.cli.comparing import agree
from spanproof.cli.demo import demo
from spanproof.cli.differing import diff
from spanproof.cli.labelstudio import labelstudio
from spanproof.cli.publishing import build
from spanproof.cli.rebasing import rebase
from spanproof.cli.releasing import release
from spanproof.cli.reporting import reporting
from spanproof.cli.serving import serve
from spanproof.cli.showing import show
from spanproof.cli.stressing import stress

_COMMANDS = (check, rules, explain, agree, diff, rebase, matrix, show, build, release, labelstudio, bench)
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


for command in _COMMANDS:
    main.add_command(command)
for command in (demo, serve):
    labelstudio.add_command(command)
for command in (reporting, stress):
    bench.add_command(command)
