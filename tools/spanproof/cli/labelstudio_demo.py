"""``spanproof labelstudio demo``: a private server with a corpus in it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from spanproof.cli.labelstudio import PATH, PROJECT, SCHEMA, print_findings, read_corpus, send, shown_schema
from spanproof.cli.options import FILE, refuse, say

if TYPE_CHECKING:
    from spanproof.labelstudio.server import Server


@click.command()
@PATH
@SCHEMA
@PROJECT
@click.option("--folder", type=FILE, help="Where its database is kept for the next time; default: nowhere.")
@click.option("--port", type=click.IntRange(1024, 65535), help="Port on loopback; default: a free one.")
def demo(path: Path | None, schema_file: Path | None, title: str | None, folder: Path | None, port: int | None) -> None:
    """Start a private Label Studio with a corpus in it; Ctrl-C stops it.

    The first time installs it into the cache (SPANPROOF_LABELSTUDIO_CACHE, or the XDG cache; about 1 GB, some minutes).
    It listens on loopback alone and has a user, a password and a token of its own.
    """
    import signal
    import tempfile

    from spanproof.checks.check import check
    from spanproof.labelstudio.client import ClientError, connect
    from spanproof.labelstudio.precheck import precheck
    from spanproof.labelstudio.server import ServerError, running

    corpus = read_corpus(path, shown_schema(schema_file))
    if findings := precheck(corpus, check):  # asked before the minutes that a first start takes
        sys.exit(print_findings(findings))
    again = [] if path is None else [str(path)]
    for option, value in (("--schema", schema_file), ("--project", title)):
        again += [] if value is None else [option, str(value)]
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    with tempfile.TemporaryDirectory(prefix="spanproof-", ignore_cleanup_errors=True) as fresh:
        try:
            with running(folder or Path(fresh), say, port) as server:
                pushed = send(corpus, connect(server.url, server.token), title, None, update_config=False)
                print_findings(pushed.findings)
                click.echo(f"address   {pushed.project.address if pushed.project else server.url}")
                _print_access(server, again)
                say("Ctrl-C stops it")
                if server.process.wait():
                    raise ServerError(f"Label Studio ended; its log is {server.folder / 'server.log'}")
        except (ServerError, ClientError, ValueError) as error:
            refuse(str(error))
        except KeyboardInterrupt:
            say("stopped")


def _print_access(server: "Server", again: list[str]) -> None:
    """Print who may log in, and the commands that pull; ``again`` are the arguments that name the corpus."""
    import shlex

    click.echo(f"user      {server.user}")
    click.echo(f"password  {server.password}")
    click.echo("pull with")
    click.echo(f"  export LABEL_STUDIO_URL={server.url}")
    click.echo(f"  export LABEL_STUDIO_API_KEY=$(tail -n 1 {server.folder}/secrets)")
    click.echo(f"  spanproof labelstudio pull {shlex.join(again)}".rstrip())


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt
