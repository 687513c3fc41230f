"""``spanproof labelstudio demo``: a private server with a corpus in it."""

import shlex
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click

from spanproof.checks.check import check
from spanproof.cli.labelstudio_project import PROJECT, layable_corpus, print_findings, refusing, send
from spanproof.cli.options import FILE, PATH, STATED_SCHEMA, reason_of, refuse, say
from spanproof.labelstudio.client import ClientError, connect
from spanproof.labelstudio.precheck import precheck
from spanproof.labelstudio.server import Server, running
from spanproof.labelstudio.server_folder import ServerError
from spanproof.labelstudio.tasks import by_name


@click.command()
@PATH
@STATED_SCHEMA
@PROJECT
@click.option("--folder", type=FILE, help="Folder that keeps its database between runs; default: none.")
@click.option("--port", type=click.IntRange(1024, 65535), help="Port on this computer; default: a free one.")
def demo(path: Path | None, schema_file: Path | None, title: str | None, folder: Path | None, port: int | None) -> None:
    """Start a private Label Studio with a corpus in it; Ctrl-C stops it.

    The first start installs Label Studio into the cache (SPANPROOF_LABELSTUDIO_CACHE, or the XDG cache; about 1 GB,
    some minutes). All versions are pinned and their hashes checked. If the installation is interrupted, the next start
    continues it. The server can be reached only from this computer, and has its own user, password and token.

    Prints the address, the user and the password, and the commands that bring back what was annotated.

    \b
    spanproof labelstudio demo my.jsonl --schema my.schema.json --folder demo

    Exit codes: 0 stopped, 1 Label Studio would change or lose annotations of some documents, 2 unusable input or no
    server.
    """
    corpus = layable_corpus(path, schema_file)
    with refusing():  # asked before the minutes that a first start takes
        if findings := precheck(corpus, check):
            sys.exit(print_findings(findings))
        by_name(corpus)
    arguments = [] if path is None else [str(path)]
    for option, value in (("--schema", schema_file), ("--project", title)):
        arguments += [] if value is None else [option, str(value)]
    # SIGINT too: a process that was started in the background ignores it unless it says otherwise.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        with (
            tempfile.TemporaryDirectory(prefix="spanproof-", ignore_cleanup_errors=True) as fresh,
            running(folder or Path(fresh), say, port) as server,
        ):
            pushed = send(corpus, connect(server.url, server.token), title, None)
            print_findings(pushed.findings)
            _print_access(server, pushed.project.address if pushed.project else server.url, arguments)
            if server.process.popen.wait():
                raise ServerError(f"Label Studio ended; its log is {server.folder / 'server.log'}")
    except (ServerError, ClientError, OSError, ValueError) as error:
        refuse(reason_of(error))
    except KeyboardInterrupt:
        say("stopped")


def _print_access(server: Server, address: str, arguments: Sequence[str]) -> None:
    """Print who may log in, and the commands that pull; ``arguments`` name the corpus."""
    click.echo(f"address   {address}")
    click.echo(f"user      {server.user}")
    click.echo(f"password  {server.password}")
    click.echo("pull with")
    click.echo(f"  export LABEL_STUDIO_URL={server.url}")
    click.echo(f"  export LABEL_STUDIO_API_KEY=$(tail -n 1 {server.folder}/secrets)")
    click.echo(f"  spanproof labelstudio pull {shlex.join(arguments)}".rstrip())
    say("Ctrl-C stops it")


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt
