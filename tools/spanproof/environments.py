"""Environments of systems: what one runs on and this environment lacks, installed over it and beside the others.

An environment of a system is a folder in the cache: a virtual environment that sees the packages of this one and has
its own before them, with packages of npm in ``node_modules``. So systems whose pins contradict each other, or those of
this toolkit, are measured side by side, and removing one is removing a folder.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from spanproof.system import MissingSystemError, System


def home(system: System) -> Path:
    """Its folder: in ``$SPANPROOF_SYSTEMS_CACHE`` or the XDG cache, by what it asks for and what it lies over."""
    named, xdg = os.environ.get("SPANPROOF_SYSTEMS_CACHE"), os.environ.get("XDG_CACHE_HOME")
    cache = Path(named) if named else Path(xdg or Path.home() / ".cache") / "spanproof" / "systems"
    wanted = [system.requires, system.alone, system.node, sys.prefix, sys.version]
    return cache / f"{system.name.partition(':')[0]}-{hashlib.sha256(json.dumps(wanted).encode()).hexdigest()[:12]}"


def python(system: System) -> Path | None:
    """The interpreter in which a system can be had: this one, that of its environment, or None."""
    own = home(system)
    if system.missing is None:
        return Path(sys.executable)
    return own / "bin" / "python" if (own / "installed").exists() else None


def missing(system: System) -> str | None:
    """In one line what a system lacks here and in its environment, and the command that installs it."""
    return None if python(system) else system.missing


def install(system: System, say: Callable[[str], None]) -> Path:
    """Installs what a system runs on into its environment, or does nothing where it can be had; its interpreter.

    An interrupted installation leaves none behind that is taken for one.

    Raises:
        MissingSystemError: it is installed in another way, a program is missing, or an installer failed: with its last
            line, and where its log is.
    """
    found = python(system)
    if found:
        return found
    if system.install or not (system.requires or system.alone or system.node):
        raise MissingSystemError(f"{system.missing}")
    own = home(system)
    with _alone(own):
        if (own / "installed").exists():
            return own / "bin" / "python"
        say(f"installing {', '.join((*system.requires, *system.alone, *system.node))} into {own}")
        log = own.with_suffix(".log")
        with log.open("wb") as out:
            for command in _commands(system, own):
                if subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out).returncode:
                    lines = log.read_text("utf-8", "replace").split("\n")
                    said = next((line for line in reversed(lines) if line.strip()), "")
                    raise MissingSystemError(f"{system.name} can't be installed: {said} (log: {log})")
                _over_this(own)
        lacks = _said(own, system)
        if lacks:
            raise MissingSystemError(lacks)
        (own / "installed").touch()
    return own / "bin" / "python"


def _commands(system: System, own: Path) -> Iterator[Sequence[str]]:
    shutil.rmtree(own, ignore_errors=True)
    yield [sys.executable, "-m", "venv", "--without-pip", str(own)]
    pip = [sys.executable, "-m", "pip", "--python", str(own / "bin" / "python")]
    pip += ["install", "--no-input", "--disable-pip-version-check"]
    if system.requires:
        yield [*pip, *system.requires]
    if system.alone:
        yield [*pip, "--no-deps", *system.alone]
    if system.node:
        npm = shutil.which("npm")
        if npm is None:
            raise MissingSystemError(f"{system.name} needs {', '.join(system.node)} of npm, and there is no npm")
        yield [npm, "install", "--prefix", str(own), "--ignore-scripts", "--no-audit", "--no-fund", *system.node]


def _over_this(own: Path) -> None:
    """Lets the environment see the packages of this one, after its own."""
    place = own / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    paths = dict.fromkeys(sysconfig.get_paths()[each] for each in ("purelib", "platlib"))
    # addsitedir, since packages installed as editable are themselves lines of such a file.
    lines = [f"import site; site.addsitedir({path!r})" for path in paths]
    (place / "under.pth").write_text("\n".join([*lines, ""]))


def _said(own: Path, system: System) -> str | None:
    """What the environment itself says it lacks."""
    code = "import sys; from spanproof.systems import systems; print(systems().find(sys.argv[1]).missing or '')"
    command = [str(own / "bin" / "python"), "-P", "-c", code, system.name]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        return f"{system.name}: its environment doesn't work: {done.stderr.strip().splitlines()[-1:]}"
    return done.stdout.strip() or None


@contextmanager
def _alone(own: Path) -> Iterator[None]:
    """One process at a time prepares an environment."""
    own.parent.mkdir(parents=True, exist_ok=True)
    with own.with_suffix(".lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
