"""The folder of a private Label Studio: its database, its password and token, who runs over it."""

import base64
import fcntl
import hashlib
import secrets
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import IO

DATABASE = "label_studio.sqlite3"
USER = "annotator@localhost.test"


class ServerError(Exception):
    """The server can't be installed or doesn't start; the message says why, and where its log is."""


def secrets_of(folder: Path) -> tuple[str, str]:
    """Return password and token of a folder, which are made if they aren't there."""
    kept = folder / "secrets"
    if not kept.exists():
        new = folder / "secrets.new"
        new.touch(mode=0o600)
        new.write_text(f"{secrets.token_urlsafe(12)}\n{secrets.token_hex(20)}\n", "utf-8")
        new.replace(kept)
    password, token = kept.read_text("utf-8").split()
    return password, token


def credentials(folder: Path, template: Path) -> tuple[str, str]:
    """Return password and token of a folder's server; a new folder gets the migrated database, and its own of both.

    The folder is closed to other users of the machine: the database holds the token too. The database comes last and
    whole, so that a folder which has one is complete.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    if (folder / DATABASE).exists() and not (folder / "secrets").exists():
        raise ServerError(f"{folder} holds a Label Studio that was not made here; expected an empty or new folder")
    try:
        password, token = secrets_of(folder)
    except ValueError:
        raise ServerError(f"{folder / 'secrets'} isn't a password and token; expected an empty or new folder") from None
    if not (folder / DATABASE).exists():
        new = folder / "database.new"
        new.touch(mode=0o600)
        shutil.copyfile(template, new)
        new.replace(folder / DATABASE)
    with closing(sqlite3.connect(folder / DATABASE)) as database, database:
        whose = "(SELECT id FROM htx_user WHERE email = ?)"
        database.execute(f"UPDATE authtoken_token SET key = ? WHERE user_id = {whose}", (token, USER))
        database.execute("UPDATE htx_user SET password = ? WHERE email = ?", (_hashed(password), USER))
    return password, token


def _hashed(password: str) -> str:
    """Return a password as Django keeps it: PBKDF2 with SHA-256."""
    rounds, salt = 1_000_000, secrets.token_hex(11)
    digest = hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), rounds)
    return f"pbkdf2_sha256${rounds}${salt}${base64.b64encode(digest).decode()}"


def demand_alone(log: IO[bytes], folder: Path) -> None:
    """Lock a folder by its log, for as long as a process has that open: this one, and the server that is started.

    Raises:
        ServerError: another one has it locked.
    """
    try:
        fcntl.flock(log, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        process_id = folder / "process"
        number = process_id.read_text("utf-8") if process_id.exists() else "unknown"
        message = f"a Label Studio runs over {folder} already (process {number}); expected it ended, or another folder"
        raise ServerError(message) from None


def steps_done(folder: Path) -> int:
    """Return how many steps of the making of a database are done; it is read without a lock."""
    place = (folder.absolute() / DATABASE).as_uri()
    try:
        with closing(sqlite3.connect(f"{place}?mode=ro&immutable=1", uri=True)) as database:
            return int(database.execute("SELECT count(*) FROM django_migrations").fetchone()[0])
    except sqlite3.Error:
        return 0
