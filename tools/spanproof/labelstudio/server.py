"""A private Label Studio: in an environment of its own, on loopback, with a user and token of its own.

The first start installs the pinned Label Studio into the cache and migrates a database there (minutes); each server
then copies that database and is there in seconds.
"""

import base64
import hashlib
import os
import secrets
import shutil
import socket
import sqlite3
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from spanproof.systems import environments, process
from spanproof.systems.environments import Environment, InstallationError, locked
from spanproof.systems.process import Process, last_message

VERSION = "1.23.2"
CACHE = "SPANPROOF_LABELSTUDIO_CACHE"
USER = "annotator@localhost.test"
_DATABASE = "label_studio.sqlite3"
_PATIENCE = 300
"""Seconds in which a server that was started has to answer."""
_SETTINGS = {
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    "LABEL_STUDIO_COLLECT_ANALYTICS": "false",
    "LABEL_STUDIO_LATEST_VERSION_CHECK": "false",
    "LABEL_STUDIO_SENTRY_DSN": "",
    "LABEL_STUDIO_FRONTEND_SENTRY_DSN": "",
    "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
    "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
    # A backend on this computer may be asked, other private networks may not.
    "LABEL_STUDIO_USE_DEFAULT_BANNED_SUBNETS": "false",
    "LABEL_STUDIO_USER_ADDITIONAL_BANNED_SUBNETS": "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,169.254.0.0/16,fc00::/7",
}


class ServerError(Exception):
    """The server can't be installed or doesn't start; the message says why, and where its log is."""


def _silent(_: str) -> None:
    """Report nothing."""


@dataclass(frozen=True)
class Server:
    """A running server.

    Attributes:
        url: its address.
        user: who may use it, an e-mail address.
        password: with which the user logs in.
        token: with which programs do.
        folder: where its database, its media and ``server.log`` are.
        process: its process.
    """

    url: str
    user: str
    password: str = field(repr=False)
    token: str = field(repr=False)
    folder: Path
    process: Process = field(repr=False)

    @property
    def port(self) -> int:
        """The port on loopback."""
        return int(self.url.rpartition(":")[2])

    def stop(self) -> None:
        """End the process and those that it started."""
        self.process.end(patience=10)
        self.process.log.close()


def cache() -> Path:
    """Return where the environment and the migrated database are kept.

    ``$SPANPROOF_LABELSTUDIO_CACHE``, or a folder of this version in the XDG cache.
    """
    python = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return environments.cache(CACHE, f"label-studio-{VERSION}-{python}")


def is_ready() -> bool:
    """Return whether a server can be started in seconds, with nothing to install first."""
    return _environment().usable and (cache() / "template" / _DATABASE).exists()


def _environment() -> Environment:
    return Environment(cache() / "environment", (f"label-studio=={VERSION}",), over_this=False)


@contextmanager
def running(folder: Path, report: Callable[[str], None] = _silent, port: int | None = None) -> Iterator[Server]:
    """Run a server over a folder while the context is entered; an empty or new folder becomes that of a new server.

    Args:
        folder: where its database is or comes to be.
        report: is told what takes long.
        port: that on loopback; a free one by default.

    Yields:
        The server.

    Raises:
        ServerError: it can't be installed or doesn't start.
    """
    server = start(folder, report, port)
    try:
        yield server
    finally:
        server.stop()


def start(folder: Path, report: Callable[[str], None] = _silent, port: int | None = None) -> Server:
    """Start a server, which the caller stops; see :func:`running` for the arguments.

    Raises:
        ServerError: it can't be installed or doesn't start.
    """
    program = _installed(report)
    _prepare_template(program, report)
    password, token = _credentials(folder)
    return _launch(program, folder, port or _free_port(), password, token)


def _installed(report: Callable[[str], None]) -> Path:
    """Return the command ``label-studio`` of the environment, which is made if it isn't there."""
    environment = _environment()
    with locked(environment.folder):
        if not environment.usable:
            report(f"installing Label Studio {VERSION} into {cache()} (about 1 GB; once, some minutes)")
            try:
                environment.install()
            except InstallationError as error:
                raise ServerError(f"Label Studio can't be installed: {error}") from None
    return environment.python.with_name("label-studio")


def _prepare_template(program: Path, report: Callable[[str], None]) -> None:
    """Make a migrated database in the cache by a first start, if it isn't there."""
    home = cache()
    with locked(home / "template"):
        if is_ready():
            return
        report("preparing its database (once, one or two minutes)")
        first = home / "first"
        shutil.rmtree(first, ignore_errors=True)
        first.mkdir()
        server = _launch(program, first, _free_port(), secrets.token_urlsafe(12), secrets.token_hex(20))
        server.stop()
        with closing(sqlite3.connect(first / _DATABASE)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (home / "template").mkdir(exist_ok=True)
        shutil.copy2(first / _DATABASE, home / "template" / "whole")
        (home / "template" / "whole").replace(home / "template" / _DATABASE)
        shutil.rmtree(first)


def _credentials(folder: Path) -> tuple[str, str]:
    """Return password and token of a folder's server; a new folder gets the migrated database, and its own of both.

    The folder is closed to other users of the machine: the database holds the token too.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    kept = folder / "secrets"
    if not (folder / _DATABASE).exists():
        (folder / _DATABASE).touch(mode=0o600)
        shutil.copyfile(cache() / "template" / _DATABASE, folder / _DATABASE)
        kept.touch(mode=0o600)
        kept.write_text(f"{secrets.token_urlsafe(12)}\n{secrets.token_hex(20)}\n", "utf-8")
    if not kept.exists():
        raise ServerError(f"{folder} holds a Label Studio that was not made here; right is an empty or new folder")
    password, token = kept.read_text("utf-8").split()
    with closing(sqlite3.connect(folder / _DATABASE)) as database, database:
        whose = "(SELECT id FROM htx_user WHERE email = ?)"
        database.execute(f"UPDATE authtoken_token SET key = ? WHERE user_id = {whose}", (token, USER))
        database.execute("UPDATE htx_user SET password = ? WHERE email = ?", (_hashed(password), USER))
    return password, token


def _hashed(password: str) -> str:
    """Return a password as Django keeps it: PBKDF2 with SHA-256."""
    rounds, salt = 1_000_000, secrets.token_hex(11)
    digest = hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), rounds)
    return f"pbkdf2_sha256${rounds}${salt}${base64.b64encode(digest).decode()}"


def _launch(program: Path, folder: Path, port: int, password: str, token: str) -> Server:
    """Start the process and wait until it answers.

    Its environment variables are those that it needs alone: Label Studio reads USERNAME, HOST, PORT, DEBUG too.
    """
    home = folder / "home"
    home.mkdir(exist_ok=True)
    variables = _SETTINGS | {
        "PATH": f"{program.parent}{os.pathsep}{os.defpath}",
        "HOME": str(home),
        "LABEL_STUDIO_BASE_DATA_DIR": str(folder),
        "LABEL_STUDIO_USERNAME": USER,
        "LABEL_STUDIO_PASSWORD": password,
        "LABEL_STUDIO_USER_TOKEN": token,
    }
    command = [str(program), "start", "--no-browser", "--internal-host", "127.0.0.1", "--port", str(port)]
    command += ["--log-level", "WARNING"]
    log = (folder / "server.log").open("a+b")
    label_studio = process.start(command, log, env=variables, cwd=folder)
    server = Server(f"http://127.0.0.1:{port}", USER, password, token, folder, label_studio)
    try:
        _await_answer(server)
    except BaseException:
        server.stop()
        raise
    return server


def _await_answer(server: Server) -> None:
    """Wait until the server knows its own token: what else listens on the port doesn't.

    Raises:
        ServerError: it ended, doesn't answer in time, or something else answers.
    """
    log = server.folder / "server.log"
    request = urllib.request.Request(
        f"{server.url}/api/current-user/whoami", headers={"Authorization": f"Token {server.token}"}
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        if not server.process.running:
            raise ServerError(f"Label Studio ended: {server.process.reason()} (log: {log})")
        try:
            with direct.open(request, timeout=5):
                return
        except urllib.error.HTTPError as error:
            if error.code in (401, 403):
                raise ServerError(f"{server.url} is not the server that was started, or lost its token") from error
        except OSError:
            pass
        time.sleep(0.1)
    message = last_message(server.process.log)
    raise ServerError(f"Label Studio doesn't answer after {_PATIENCE} s: {message} (log: {log})")


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])
