"""The page of the command line shows what ``--help`` shows, and the README names nothing that isn't there."""

import os
import subprocess
import sys
from collections.abc import Iterator

import click

from spanproof.cli import main
from support.pages import DOCS

PAGE = DOCS / "reference" / "command-line.md"
HEAD = """\
# Command line

What does each command do, and which options does it take? This page shows what `spanproof COMMAND --help` prints. The
tests keep it up to date.

| exit code | meaning |
| ---: | --- |
| 0 | nothing is wrong; findings of severity `info` are allowed |
| 1 | there are findings, or something was lost or refused |
| 2 | something can't be read or used, such as a broken file or an unknown option |
| 130 | you pressed Ctrl-C |

Messages and progress go to standard error, results to standard output.
"""


def commands(command: click.Command, outer: click.Context | None = None) -> Iterator[click.Context]:
    """The context of every command."""
    name = command.name if outer else "spanproof"
    settings = command.context_settings | {"terminal_width": 100, "max_content_width": 100}
    context = command.context_class(command, outer, name, **settings)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            if not inner.hidden:
                yield from commands(inner, context)
    else:
        yield context


def page() -> str:
    """The page, written again."""
    parts = (
        f"## {context.command_path}\n\n```text\n{context.command.get_help(context).rstrip()}\n```\n"
        for context in commands(main)
    )
    return "\n".join([HEAD, *parts])


def test_the_page_of_the_command_line_is_fresh() -> None:
    """In a process of its own: click keeps the options of a command as they were when it was first called by a test."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, __file__, "--show"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    again = "PYTHONPATH=tests python tests/docs/test_command_line.py writes it anew"
    assert PAGE.read_text("utf-8") == done.stdout, again


if __name__ == "__main__":
    if sys.argv[1:] == ["--show"]:
        sys.stdout.write(page())
    else:
        PAGE.write_text(page(), "utf-8")
