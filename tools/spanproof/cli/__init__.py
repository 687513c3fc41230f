"""The command line: parse, call, print, exit code."""

import sys
from typing import Any

import click

from spanproof._version import __version__
from spanproof.cli.agree import agree
from spanproof.cli.bench import bench
from spanproof.cli.bench_report import reporting
from spanproof.cli.bench_stress import stress
from spanproof.cli.build import build
from spanproof.cli.check import check
from spanproof.cli.diff import diff
from spanproof.cli.labelstudio import labelstudio
from spanproof.cli.labelstudio_demo import demo
from spanproof.cli.labelstudio_serve import serve
from spanproof.cli.options import refuse
from spanproof.cli.rebase import rebase
from spanproof.cli.release import release
from spanproof.cli.rules import explain, matrix, rules
from spanproof.cli.show import show

_COMMANDS = (check, rules, explain, agree, diff, rebase, matrix, show, build, release, labelstudio, bench)
_HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class _Main(click.Group):
    """The command line; what can't be used of other packages is unusable input."""

    def invoke(self, context: click.Context) -> Any:
        """Run a command."""
        from spanproof.corpus.plugins import PluginError

        try:
            return super().invoke(context)
        except PluginError as error:
            refuse(str(error))


@click.group(cls=_Main, context_settings=_HELP)
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
