"""A private Label Studio: an environment of its own, loopback, its own user and token, stopped by process id.

The first start installs the pinned Label Studio into the cache and migrates a database there (minutes); each server
then copies that database and is there in seconds.
"""

import base64
import fcntl
import hashlib
import os
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

VERSION = "1.23.2"
CACHE = "SPANPROOF_LABELSTUDIO_CACHE"
USER = "annotator@localhost.test"
_DATABASE = "label_studio.sqlite3"
_PATIENCE = 300
_QUIET = {
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
    """Says nothing."""


@dataclass(frozen=True)
class Server:
    """A running server: its address, who may use it, its folder (database, media, ``server.log``), its process."""

    url: str
    user: str
    password: str = field(repr=False)
    token: str = field(repr=False)
    folder: Path
    process: "subprocess.Popen[bytes]" = field(repr=False)

    @property
    def port(self) -> int:
        """The port on loopback."""
        return int(self.url.rpartition(":")[2])

    def stop(self) -> None:
        """Ends the process and those it started; again, if it is over already, nothing."""
        for number, patience in ((signal.SIGTERM, 10), (signal.SIGKILL, 10)):
            if self.process.poll() is not None:
                return
            os.killpg(self.process.pid, number)
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                continue


def cache() -> Path:
    """Where the environment and the migrated database are kept.

    ``$SPANPROOF_LABELSTUDIO_CACHE``, or a folder of this version in the XDG cache.
    """
    if named := os.environ.get(CACHE):
        return Path(named)
    xdg = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(xdg) / "spanproof" / f"label-studio-{VERSION}-python{sys.version_info.major}.{sys.version_info.minor}"


def is_ready() -> bool:
    """Whether a server can be started in seconds, with nothing to install first."""
    return (cache() / "template" / _DATABASE).exists()


@contextmanager
def running(folder: Path, say: Callable[[str], None] = _silent, port: int | None = None) -> Iterator[Server]:
    """A server over a folder while it is entered; an empty or new folder becomes that of a new server.

    Args:
        folder: where its database is or comes to be.
        say: is told what takes long.
        port: that on loopback; a free one by default.

    Raises:
        ServerError: it can't be installed or doesn't start.
    """
    server = start(folder, say, port)
    try:
        yield server
    finally:
        server.stop()


def start(folder: Path, say: Callable[[str], None] = _silent, port: int | None = None) -> Server:
    """A running server, which the caller stops; see :func:`running`."""
    program = _program(say)
    _template(program, say)
    password, token = _own(folder)
    return _launch(program, folder, port or _free_port(), password, token)


def _program(say: Callable[[str], None]) -> Path:
    """The command ``label-studio`` of the environment, which is made if it isn't there."""
    home = cache()
    program, done = home / "environment" / "bin" / "label-studio", home / "installed"
    with _alone(home):
        if done.exists() and program.exists():
            return program
        say(f"installing Label Studio {VERSION} into {home} (about 1 GB; once, some minutes)")
        shutil.rmtree(home / "environment", ignore_errors=True)
        log = home / "install.log"
        python = home / "environment" / "bin" / "python"
        make = [sys.executable, "-m", "venv", str(home / "environment")]
        install = [str(python), "-m", "pip", "install", "--no-input", f"label-studio=={VERSION}"]
        with log.open("wb") as out:
            for command in (make, install):
                if subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, check=False).returncode:
                    raise ServerError(f"Label Studio can't be installed: {_tail(log)}")
        done.touch()
    return program


def _template(program: Path, say: Callable[[str], None]) -> None:
    """A migrated database in the cache, made by a first start if it isn't there."""
    home = cache()
    with _alone(home):
        if is_ready():
            return
        say("preparing its database (once, one or two minutes)")
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


def _own(folder: Path) -> tuple[str, str]:
    """Password and token of a folder's server; a new folder gets the migrated database, and secrets of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "secrets"
    if not (folder / _DATABASE).exists():
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
    """A password as Django keeps it."""
    rounds, salt = 1_000_000, secrets.token_hex(11)
    digest = hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), rounds)
    return f"pbkdf2_sha256${rounds}${salt}${base64.b64encode(digest).decode()}"


def _launch(program: Path, folder: Path, port: int, password: str, token: str) -> Server:
    """Starts the process and waits until it answers.

    The environment is empty but for what it needs: Label Studio reads USERNAME, HOST, PORT, DEBUG too.
    """
    log = folder / "server.log"
    home = folder / "home"
    home.mkdir(exist_ok=True)
    environment = _QUIET | {
        "PATH": f"{program.parent}{os.pathsep}{os.defpath}",
        "HOME": str(home),
        "LABEL_STUDIO_BASE_DATA_DIR": str(folder),
        "LABEL_STUDIO_USERNAME": USER,
        "LABEL_STUDIO_PASSWORD": password,
        "LABEL_STUDIO_USER_TOKEN": token,
    }
    command = [str(program), "start", "--no-browser", "--internal-host", "127.0.0.1", "--port", str(port)]
    with log.open("ab") as out:
        process = subprocess.Popen(
            [*command, "--log-level", "WARNING"],
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    server = Server(f"http://127.0.0.1:{port}", USER, password, token, folder, process)
    try:
        _await(server, log)
    except BaseException:
        server.stop()
        raise
    return server


def _await(server: Server, log: Path) -> None:
    """Waits until the server knows its own token: what else listens on the port doesn't."""
    request = urllib.request.Request(
        f"{server.url}/api/current-user/whoami", headers={"Authorization": f"Token {server.token}"}
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        if server.process.poll() is not None:
            raise ServerError(f"Label Studio ended with code {server.process.returncode}: {_tail(log)}")
        try:
            with direct.open(request, timeout=5):
                return
        except urllib.error.HTTPError as error:
            if error.code in (401, 403):
                raise ServerError(f"{server.url} is not the server that was started, or lost its token") from error
        except OSError:
            pass
        time.sleep(0.1)
    raise ServerError(f"Label Studio doesn't answer after {_PATIENCE} s: {_tail(log)}")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _tail(log: Path) -> str:
    last = [line for line in log.read_text("utf-8", "replace").splitlines() if line.strip()][-3:]
    return " / ".join(last) + f" (all of it: {log})"


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """One process at a time prepares the cache."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
