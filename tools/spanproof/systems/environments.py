"""Environments: what a system runs on and this environment lacks, installed beside it into a folder of the cache.

An environment is a virtual environment of Python, with npm packages in ``node_modules``. That of a system sees the
packages of this environment too, after its own. So systems whose pins contradict each other, or those of this toolkit,
are measured side by side, and removing one is removing a folder. Clones of this toolkit share them, as long as they
have the versions that an environment leans on.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution, version
from importlib.util import find_spec
from pathlib import Path

from spanproof.formats.files import replace_file
from spanproof.parsing.json import parse
from spanproof.systems import process
from spanproof.systems.pins import pinned, progress
from spanproof.systems.process import last_message
from spanproof.systems.spacy_pipelines import REUPLOADS
from spanproof.systems.system import MissingSystemError, System

_UNDER = "SPANPROOF_UNDER"
# addsitedir, since packages installed as editable are themselves lines of such a file.
_PTH = f"import os, site; list(map(site.addsitedir, filter(None, os.environ.get({_UNDER!r}, '').split(os.pathsep))))\n"
_ASK = """\
import json, sys
from spanproof.systems.environments import leans
from spanproof.systems.registry import systems
system = systems().find(sys.argv[1])
print(json.dumps([system.missing, leans(system)]))
"""


class InstallationError(Exception):
    """An environment that can't be made: the last line of the installer, and where its log is."""


@dataclass(frozen=True)
class Environment:
    """A virtual environment, there or to be made.

    Attributes:
        folder: where it is; its log and lock stand beside it.
        requires: distributions (PEP 508).
        alone: distributions to be installed without their dependencies.
        node: npm packages, each pinned.
        pins: a file of pinned requirements with their hashes, whole with all that they need; None where there is none.
        over_this: whether it sees the packages of this environment too, after its own.
    """

    folder: Path
    requires: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    node: tuple[str, ...] = ()
    pins: Path | None = None
    over_this: bool = True

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    @property
    def usable(self) -> bool:
        """Whether it is there whole, and this environment has what it leans on in the same versions."""
        try:
            leaning = parse((self.folder / "installed").read_bytes())
            return all(version(name) == needed for name, needed in leaning.items())
        except (OSError, PackageNotFoundError, ValueError, AttributeError):
            return False

    def install(
        self, leaning: Callable[[], Mapping[str, str]] = dict, report: Callable[[str], None] | None = None
    ) -> None:
        """Make it anew; one that is interrupted isn't usable, and what was downloaded for it isn't downloaded again.

        Args:
            leaning: tells, once all is installed, which distributions of this environment it leans on, with versions.
            report: is told how far it is, now and then.

        Raises:
            InstallationError: an installer failed, or there is none.
        """
        shutil.rmtree(self.folder, ignore_errors=True)
        log = _beside(self.folder, ".log")
        with log.open("a+b") as out:
            out.truncate(0)
            for command in self._commands():
                installer = process.start(command, out, env=variables())
                try:
                    installer.wait(glance=progress(out, report, self.pins) if report else None)
                finally:
                    installer.end()
                if installer.popen.returncode:
                    raise InstallationError(f"{last_message(out)} (log: {log})")
                if self.over_this:
                    self._look_under()
        replace_file(self.folder / "installed", json.dumps(leaning()).encode())

    def _commands(self) -> Iterator[Sequence[str]]:
        # Ours is faster than one of its own; environments that uv makes have none.
        has_pip = find_spec("pip") is not None
        yield [sys.executable, "-m", "venv", *(["--without-pip"] if has_pip else []), str(self.folder)]
        pip = [sys.executable, "-m", "pip", "--python"] if has_pip else []
        pip += [str(self.python), *([] if has_pip else ["-m", "pip"])]
        pip += ["install", "--no-input", "--disable-pip-version-check", "--progress-bar=off"]
        if self.pins:
            yield [*pip, "--require-hashes", "-r", str(self.pins)]
        if hashed := pinned(*self.requires, *self.alone):
            with tempfile.TemporaryDirectory(prefix="spanproof-") as folder:
                listed = Path(folder, "pinned.txt")
                listed.write_text("\n".join(hashed), "utf-8")
                yield [*pip, "--no-deps", "--require-hashes", "-r", str(listed)]
        if self.requires:
            yield [*pip, *self.requires]
        if self.alone:
            yield [*pip, "--no-deps", *self.alone]
        if self.node:
            npm = shutil.which("npm")
            if npm is None:
                raise InstallationError(f"it needs {', '.join(self.node)} of npm, and there is no npm")
            prefix = ["--prefix", str(self.folder), "--ignore-scripts", "--no-audit", "--no-fund"]
            yield [npm, "install", *prefix, *self.node]

    def _look_under(self) -> None:
        """Let it see the packages that :func:`variables` names, after its own."""
        python = f"python{sys.version_info.major}.{sys.version_info.minor}"
        (self.folder / "lib" / python / "site-packages" / "under.pth").write_text(_PTH)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Let one process at a time prepare a folder of the cache; the lock stands beside it."""
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _beside(folder, ".lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _beside(folder: Path, suffix: str) -> Path:
    return folder.with_name(folder.name + suffix)


def cache(variable: str, *parts: str) -> Path:
    """Return a folder of the cache: where an environment variable says, or in the XDG cache.

    Args:
        variable: the name of the environment variable.
        parts: the path of the folder below ``spanproof`` in the XDG cache.
    """
    if named := os.environ.get(variable):
        return Path(named).absolute()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "spanproof", *parts)


def environment_of(system: System) -> Environment:
    """Return the environment of a system, in ``$SPANPROOF_SYSTEMS_CACHE`` or the XDG cache, by what it asks for."""
    wanted = json.dumps([system.requires, system.alone, system.node, sys.version_info[:2]])
    name = f"{system.name.partition(':')[0]}-{hashlib.sha256(wanted.encode()).hexdigest()[:12]}"
    folder = cache("SPANPROOF_SYSTEMS_CACHE", "systems") / name
    return Environment(folder, system.requires, system.alone, system.node)


def python(system: System) -> Path | None:
    """Return the interpreter in which a system can be had: this one, that of its environment, or None.

    It is to be started with :func:`variables`.
    """
    if system.missing is None:
        return Path(sys.executable)
    environment = environment_of(system)
    return environment.python if environment.usable else None


def variables() -> dict[str, str]:
    """Return environment variables that let a process see the packages of this environment under its own."""
    paths = [sysconfig.get_paths()[scheme] for scheme in ("purelib", "platlib")]
    under = [path for path in os.environ.get(_UNDER, "").split(os.pathsep) if path]
    return {**os.environ, _UNDER: os.pathsep.join(dict.fromkeys([*paths, *under]))}


def leans(system: System) -> dict[str, str]:
    """Return the distributions that a system needs and has from the environment under this one, with their versions."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    leaning: dict[str, str] = {}
    seen: set[str] = set()
    wanted = [*system.requires, *system.alone]
    while wanted:
        requirement = Requirement(wanted.pop())
        name = canonicalize_name(requirement.name)
        if name in seen or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        seen.add(name)
        try:
            installed = distribution(name)
        except PackageNotFoundError:
            continue
        if not Path(str(installed.locate_file(""))).is_relative_to(sys.prefix):
            leaning[name] = installed.version
        wanted += installed.requires or []
    return leaning


def missing(system: System) -> str | None:
    """Return in one line what a system lacks here and in its environment, and the command that installs it."""
    return None if python(system) else system.missing


def unofficial(system: System) -> list[str]:
    """Return a sentence on each package of weights that a system needs and its makers didn't upload."""
    names = {name: re.split(r"[^\w.-]", name)[0] for name in (*system.requires, *system.alone)}
    return [
        f"{requirement} is an unofficial upload: {REUPLOADS[name]}, by a third party; nobody vouches for the weights"
        for requirement, name in names.items()
        if name in REUPLOADS
    ]


def install(system: System, report: Callable[[str], None]) -> Path:
    """Install what a system runs on into its environment, or do nothing where it can be had; return its interpreter.

    Args:
        system: the system.
        report: is told what takes long.

    Raises:
        MissingSystemError: it is installed in another way, a program is missing, or an installer failed: with its last
            line, and where its log is.
    """
    interpreter = python(system)
    if interpreter:
        return interpreter
    if system.install or not (system.requires or system.alone or system.node):
        raise MissingSystemError(f"{system.missing}")
    environment = environment_of(system)
    with locked(environment.folder):
        if not environment.usable:
            wanted = ", ".join((*system.requires, *system.alone, *system.node))
            for notice in unofficial(system):
                report(notice)
            report(f"installing {wanted} into {environment.folder}")
            try:
                environment.install(lambda: _leaning(environment, system), report)
            except InstallationError as error:
                raise MissingSystemError(f"{system.name} can't be installed: {error}") from None
    return environment.python


def _leaning(environment: Environment, system: System) -> dict[str, str]:
    """Return what the environment itself says it leans on.

    Raises:
        MissingSystemError: it doesn't work, or lacks something still.
    """
    command = [str(environment.python), "-P", "-c", _ASK, system.name]
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=variables())
    if ended.returncode:
        message = next(iter(ended.stderr.strip().splitlines()[-1:]), "")
        raise MissingSystemError(f"{system.name}: its environment doesn't work: {message}")
    lacks, leaning = parse(ended.stdout.splitlines()[-1])
    if lacks:
        raise MissingSystemError(lacks)
    return dict(leaning)
