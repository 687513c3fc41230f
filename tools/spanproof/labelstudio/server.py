"""A private Label Studio: in an environment of its own, on loopback, with a user and token of its own.

The first start installs the pinned Label Studio into the cache and migrates a database there (minutes); each server
then copies that database and is there in seconds.
"""

import os
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

from spanproof.labelstudio.server_folder import (
    DATABASE,
    USER,
    ServerError,
    credentials,
    demand_alone,
    secrets_of,
    steps_done,
)
from spanproof.systems import environments, process
from spanproof.systems.environments import Environment, InstallationError, locked
from spanproof.systems.process import Process

VERSION = "1.23.2"
CACHE = "SPANPROOF_LABELSTUDIO_CACHE"
_PINS = Path(__file__).with_name("label-studio.txt")
"""Label Studio and all that it needs, pinned, with hashes."""
PATIENCE = "SPANPROOF_LABELSTUDIO_PATIENCE"
"""Names the seconds in which a server that was started has to answer, or to get on with its database."""
_PATIENCE = 300
_REPORTING = 10
_PAUSE = 0.1
_STEPS = 396
"""Into how many steps Label Studio divides the making of its database."""
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
    return _environment().usable and (cache() / "template" / DATABASE).exists()


def _environment() -> Environment:
    return Environment(cache() / "environment", pins=_PINS, over_this=False)


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
    try:
        program = _installed(report)
        _prepare_template(program, report)
        password, token = credentials(folder, cache() / "template" / DATABASE)
        return _launch(program, folder.absolute(), port or _free_port(), password, token, report)
    except OSError as error:
        raise ServerError(f"{error.filename or folder}: {error.strerror or error}") from None
    except sqlite3.Error as error:
        raise ServerError(f"the database in {folder} can't be used: {error}") from None


def _installed(report: Callable[[str], None]) -> Path:
    """Return the command ``label-studio`` of the environment, which is made if it isn't there."""
    environment = _environment()
    with locked(environment.folder):
        if not environment.usable:
            report(f"installing Label Studio {VERSION} into {cache()} (about 1 GB; once, some minutes)")
            try:
                environment.install(report=report)
            except InstallationError as error:
                raise ServerError(f"Label Studio can't be installed: {error}") from None
    return environment.python.with_name("label-studio")


def _prepare_template(program: Path, report: Callable[[str], None]) -> None:
    """Make a migrated database in the cache by a first start, if it isn't there; one that was cut off goes on."""
    home = cache()
    with locked(home / "template"):
        if is_ready():
            return
        report("preparing its database (once, some minutes)")
        first = home / "first"
        first.mkdir(exist_ok=True, mode=0o700)
        server = _launch(program, first, _free_port(), *secrets_of(first), report)
        server.stop()
        with closing(sqlite3.connect(first / DATABASE)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (home / "template").mkdir(exist_ok=True)
        shutil.copy2(first / DATABASE, home / "template" / "whole")
        (home / "template" / "whole").replace(home / "template" / DATABASE)
        shutil.rmtree(first)


def _launch(
    program: Path, folder: Path, port: int, password: str, token: str, report: Callable[[str], None] | None = None
) -> Server:
    """Start the process and wait until it answers; ``report`` is told how far a first start is.

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
    demand_alone(log, folder)
    label_studio = process.start(command, log, env=variables, cwd=folder)
    (folder / "process").write_text(str(label_studio.popen.pid), "utf-8")
    server = Server(f"http://127.0.0.1:{port}", USER, password, token, folder, label_studio)
    try:
        _await_answer(server, report)
    except BaseException:
        server.stop()
        raise
    return server


def _patience() -> int:
    """Return how many seconds a server is waited for.

    Raises:
        ServerError: the environment has something else there.
    """
    wanted = os.environ.get(PATIENCE) or str(_PATIENCE)
    if not (wanted.isascii() and wanted.isdigit() and int(wanted)):
        raise ServerError(f"{PATIENCE} is {wanted!r}; expected a number of seconds, 1 or more")
    return int(wanted)


def _await_answer(server: Server, report: Callable[[str], None] | None) -> None:
    """Wait until the server knows its own token: what else listens on the port doesn't.

    One that gets on with its database is waited for as long as it does.

    Raises:
        ServerError: it ended, doesn't answer in time, or something else answers.
    """
    log = server.folder / "server.log"
    request = urllib.request.Request(
        f"{server.url}/api/current-user/whoami", headers={"Authorization": f"Token {server.token}"}
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    patience, began = _patience(), time.monotonic()
    end, done, next_report = began + patience, 0, began + _REPORTING
    while time.monotonic() < end:
        if report and time.monotonic() > next_report:
            next_report, before, done = time.monotonic() + _REPORTING, done, steps_done(server.folder)
            if done > before:
                end = time.monotonic() + patience
            waited = f"waiting for Label Studio to answer, {time.monotonic() - began:.0f} s so far"
            report(f"its database: {done} of {_STEPS} steps" if before < done < _STEPS else waited)
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
        time.sleep(_PAUSE)
    raise ServerError(
        f"Label Studio doesn't answer after {patience} s, though its process runs. A busy computer may need longer: "
        f"{PATIENCE}={2 * patience} waits {2 * patience} s. Its log is {log}"
    )


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])
