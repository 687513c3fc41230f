"""A group of commands that imports a command's module when the command is asked for."""

import contextlib
import errno
import gc
import os
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import click

from spanproof.cli.interrupts import interrupts_held, tell_interruption
from spanproof.corpus.plugins import PluginError

_NO_ROOM = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EIO)
Places = Mapping[str, tuple[str, str]]
"""Name of a command to the place of its function (``module:function`` in this package) and a summary of one line."""


class Commands(click.Group):
    """A group whose list of commands costs no import.

    Every command imports at the top of its file what it needs, as Arrow; ``spanproof --help`` shows the summaries that
    stand here and imports none of that.
    """

    def __init__(self, *args: Any, places: Places, **kwargs: Any) -> None:
        """Make a group of the commands at some places, beside those that are added to it as they are."""
        super().__init__(*args, **kwargs)
        self.places = places

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of all commands, in the order in which one meets them."""
        return [*self.commands, *self.places]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, imported where it must be; None where there is none of this name."""
        if cmd_name not in self.places:
            return super().get_command(ctx, cmd_name)
        module, _, function = self.places[cmd_name][0].partition(":")
        command: click.Command = getattr(_imported(f"spanproof.cli.{module}"), function)
        return command

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line; what the system refuses is unusable input, whatever command meets it.

        Commands say more of the errors that they foresee: a full disk or a name that is too long may come anywhere. A
        stream that somebody closed is one that nobody reads or writes.
        """
        for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
            if getattr(sys, name) is None:
                setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115
        try:
            try:
                return super().main(*args, **kwargs)
            finally:
                sys.stdout.flush()  # else Python writes the rest as it ends, where no error can be told
        except OSError as error:
            _drop_output()
            if error.errno == errno.EPIPE:  # nobody reads on, as behind `head`
                sys.exit(1)
            where = "the output can't be written: " if error.errno in _NO_ROOM else ""
            where = where if error.filename is None else f"{error.filename}: "
            click.echo(f"spanproof: {where}{error.strerror or error}", err=True)
            sys.exit(2)

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Read the words of the command line; Ctrl-C meanwhile is told as it is later."""
        try:
            return super().make_context(*args, **kwargs)
        except KeyboardInterrupt:
            tell_interruption()

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a package that can't be used, or isn't there, is unusable input, Ctrl-C an exit of 130."""
        try:
            return super().invoke(ctx)
        except ModuleNotFoundError as error:
            from spanproof.corpus.extras import missing

            if (message := missing(error)) is None:
                raise
            click.echo(f"spanproof: {message}", err=True)
            ctx.exit(2)
        except KeyboardInterrupt:
            tell_interruption()
        except PluginError as error:
            click.echo(f"spanproof: {error}", err=True)
            ctx.exit(2)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands of the help."""
        own = {name: command.get_short_help_str(100) for name, command in self.commands.items() if not command.hidden}
        with formatter.section("Commands"):
            formatter.write_dl(list((own | {name: summary for name, (_, summary) in self.places.items()}).items()))


def _drop_output() -> None:
    """Let what is still to be written go nowhere: Python would try again as it ends, and exit with another code."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _imported(name: str) -> ModuleType:
    """Import a module without looking for garbage: what is imported stays, and looking takes a quarter of a start."""
    if name in sys.modules or not gc.isenabled():
        return import_module(name)
    gc.disable()
    try:
        with interrupts_held():
            return import_module(name)
    finally:
        gc.freeze()
        gc.enable()
