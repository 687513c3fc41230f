"""``spanproof labelstudio serve``."""

import ipaddress
import logging
import os
import secrets
import signal
import socket
import sys
from pathlib import Path
from typing import NoReturn

import click

from spanproof.checks.predictions import faults
from spanproof.cli.options import REGISTRY, SCHEMA_ALONE, own_corpus, read_registries, read_schema, refuse, say
from spanproof.formats.discovery import beside
from spanproof.schema.paths import Registries
from spanproof.schema.schema import Schema
from spanproof.systems import environments
from spanproof.systems.brief import Brief
from spanproof.systems.llm.question import schema_layers
from spanproof.systems.registry import systems
from spanproof.systems.system import System, unfit

PASSWORD = "SPANPROOF_SERVE_PASSWORD"


@click.command()
@click.option(
    "--system", "name", required=True, metavar="NAME", help="The system that predicts: spacy-sm, gazetteer, ..."
)
@SCHEMA_ALONE
@REGISTRY
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=9090, show_default=True, help="Port; 0 takes a free one."
)
def serve(name: str, schema_file: Path | None, registry: Path | None, host: str, port: int) -> None:
    """Let a system predict while people annotate: an ML backend for Label Studio.

    Connect a project to it under Settings, Model, or with the SDK: ml.create(project=ID, url="http://127.0.0.1:9090").
    Label Studio refuses the address of a backend on its own computer unless it was started with
    LABEL_STUDIO_USE_DEFAULT_BANNED_SUBNETS=false (LABEL_STUDIO_USER_ADDITIONAL_BANNED_SUBNETS names addresses that stay
    refused). The token that Label Studio sends is neither kept nor logged. With a --host that other computers can
    reach, each request needs the user and the password that are shown (Basic authentication); SPANPROOF_SERVE_PASSWORD
    sets the password. Ctrl-C stops the backend.

    \b
    spanproof labelstudio serve --system spacy-sm
    spanproof labelstudio serve --system gazetteer --registry annotations --port 9091
    spanproof labelstudio serve --system openai:MODEL@http://127.0.0.1:8080/v1#mine.txt --schema my.schema.json

    Exit codes: 0 stopped, 2 unusable input, a system that isn't available, or a port that is in use.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    logging.basicConfig(format="%(levelname)s: %(message)s")
    schema = read_schema(schema_file)
    try:
        system = systems().find(name)
        if system.adapt and unfit(system, schema):
            system = system.adapt(schema.canonical, Brief(schema_layers(schema)))
        _enter_environment(system)
        _answer(system, registry, schema, host, port)
    except ValueError as error:
        refuse(str(error))
    except OSError as error:
        refuse(f"{host}:{port}: {error.strerror or error}")
    except KeyboardInterrupt:
        say("stopped")


def _enter_environment(system: System) -> None:
    """Run this command again in the environment of a system, unless it runs there already."""
    python = environments.python(system)
    if python is None:
        refuse(f"{system.missing}")
    if python != Path(sys.executable):
        os.execve(python, [str(python), "-m", "spanproof", *sys.argv[1:]], environments.variables())


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _answer(system: System, registry: Path | None, schema: Schema, host: str, port: int) -> None:
    """Answer Label Studio until the process is told to stop."""
    from spanproof.labelstudio import backend

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family) as listening:
        say(f"loading {system.signature}")
        predict = system.load(_registries(registry, schema) if system.registry else None)
        password = _password(host)
        app = backend.backend(system, predict, schema, faults, password)
        shown = f"[{host}]" if ":" in host else host
        say(f"{system.signature} answers at http://{shown}:{listening.getsockname()[1]}; Ctrl-C stops it")
        if password is not None:
            secret = f"the one in {PASSWORD}" if os.environ.get(PASSWORD) else password
            say(f"it demands Basic authentication: user {backend.USER}, password {secret}")
        backend.serve(app, listening)


def _password(host: str) -> str | None:
    """Return the password that requests must bring; None on loopback, unless one is set."""
    if password := os.environ.get(PASSWORD):
        return password
    return None if _is_loopback(host) else secrets.token_urlsafe(18)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _registries(folder: Path | None, schema: Schema) -> Registries | None:
    """Return the registries in a folder; without one those beside this repository's corpus."""
    return beside(own_corpus(), schema)[0] if folder is None else read_registries(folder, schema)
