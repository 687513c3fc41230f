"""Environments of systems: what one runs on and this environment lacks, installed over it and beside the others.

An environment of a system is a folder in the cache: a virtual environment that sees the packages of this one and has
its own before them, with packages of npm in ``node_modules``. So systems whose pins contradict each other, or those of
this toolkit, are measured side by side, and removing one is removing a folder. Clones of this toolkit share them, as
long as they have the versions that an environment leans on.
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
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

from spanproof.formats.files import replace_file
from spanproof.systems.system import MissingSystemError, System

_UNDER = "SPANPROOF_UNDER"
_PTH = f"import os, site; list(map(site.addsitedir, filter(None, os.environ.get({_UNDER!r}, '').split(os.pathsep))))\n"


def home(system: System) -> Path:
    """Its folder: in ``$SPANPROOF_SYSTEMS_CACHE`` or the XDG cache, by what it asks for."""
    named, xdg = os.environ.get("SPANPROOF_SYSTEMS_CACHE"), os.environ.get("XDG_CACHE_HOME")
    cache = Path(named) if named else Path(xdg or Path.home() / ".cache") / "spanproof" / "systems"
    wanted = [system.requires, system.alone, system.node, sys.version_info[:2]]
    return cache / f"{system.name.partition(':')[0]}-{hashlib.sha256(json.dumps(wanted).encode()).hexdigest()[:12]}"


def python(system: System) -> Path | None:
    """The interpreter in which a system can be had: this one, that of its environment, or None.

    It is to be started with :func:`variables`.
    """
    if system.missing is None:
        return Path(sys.executable)
    own = home(system)
    return own / "bin" / "python" if _holds(own / "installed") else None


def variables() -> dict[str, str]:
    """Variables of a process that lets it see the packages of this environment under its own."""
    return {**os.environ, _UNDER: os.pathsep.join(_places())}


def leans(system: System) -> dict[str, str]:
    """Asked in the environment of a system: what it needs and has from the one under it, with the versions."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    found: dict[str, str] = {}
    seen: set[str] = set()
    wanted = [*system.requires, *system.alone]
    while wanted:
        requirement = Requirement(wanted.pop())
        name = canonicalize_name(requirement.name)
        if name in seen or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        seen.add(name)
        try:
            held = distribution(name)
        except PackageNotFoundError:
            continue
        if not Path(str(held.locate_file(""))).is_relative_to(sys.prefix):
            found[name] = held.version
        wanted += held.requires or []
    return found


def _holds(installed: Path) -> bool:
    """Whether an environment is there whole, and what it leans on is here as it was."""
    if not installed.exists():
        return False
    try:
        return all(version(name) == wanted for name, wanted in json.loads(installed.read_bytes()).items())
    except (PackageNotFoundError, ValueError):
        return False


def missing(system: System) -> str | None:
    """In one line what a system lacks here and in its environment, and the command that installs it."""
    return None if python(system) else system.missing


def last_line(log: Path) -> str:
    """The last line of a log that says something; empty where none does."""
    lines = reversed(log.read_text("utf-8", "replace").splitlines())
    return next((line.strip() for line in lines if line.strip()), "")


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
        if _holds(own / "installed"):
            return own / "bin" / "python"
        say(f"installing {', '.join((*system.requires, *system.alone, *system.node))} into {own}")
        log = own.with_suffix(".log")
        with log.open("wb") as out:
            for command in _commands(system, own):
                if subprocess.run(
                    command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=variables()
                ).returncode:
                    raise MissingSystemError(f"{system.name} can't be installed: {last_line(log)} (log: {log})")
                _over_this(own)
        replace_file(own / "installed", json.dumps(_said(own, system)).encode())
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
    # addsitedir, since packages installed as editable are themselves lines of such a file.
    (place / "under.pth").write_text(_PTH)


def _places() -> list[str]:
    under = [path for path in os.environ.get(_UNDER, "").split(os.pathsep) if path]
    return list(dict.fromkeys([*(sysconfig.get_paths()[each] for each in ("purelib", "platlib")), *under]))


_ASKED = """\
import json, sys
from spanproof.systems.environments import leans
from spanproof.systems.registry import systems
system = systems().find(sys.argv[1])
print(json.dumps([system.missing, leans(system)]))
"""


def _said(own: Path, system: System) -> dict[str, str]:
    """What the environment itself says it leans on.

    Raises:
        MissingSystemError: it doesn't work, or lacks something still.
    """
    command = [str(own / "bin" / "python"), "-P", "-c", _ASKED, system.name]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=variables())
    if done.returncode:
        said = next(iter(done.stderr.strip().splitlines()[-1:]), "")
        raise MissingSystemError(f"{system.name}: its environment doesn't work: {said}")
    lacks, leaning = json.loads(done.stdout.splitlines()[-1])
    if lacks:
        raise MissingSystemError(lacks)
    found: dict[str, str] = leaning
    return found


@contextmanager
def _alone(own: Path) -> Iterator[None]:
    """One process at a time prepares an environment."""
    own.parent.mkdir(parents=True, exist_ok=True)
    with own.with_suffix(".lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
