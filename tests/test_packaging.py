"""What is published of the package: a wheel and an sdist, installed where nothing else is."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from support.documents import ROOT
from support.pages import DOCS, blocks
from support.strangers import STRANGERS

pytestmark = [pytest.mark.full, pytest.mark.slow, pytest.mark.xdist_group("packaging")]
MOST_PACKAGES = 15
MOST_MIB = 300
MOST_MIB_FETCHED = 100
VERSIONS = ("3.11", "3.12", "3.13")
BIN = "Scripts" if os.name == "nt" else "bin"


def ran(*command: object, folder: Path, code: int = 0) -> str:
    """The output of a command in a folder, without what the environment of the tests says to Python."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    words = [str(word) for word in command]
    result = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == code, result.stdout + result.stderr
    return result.stdout + result.stderr


def environment_of(folder: Path, python: str, *packages: object) -> Path:
    """The folder of the programs of a new environment with some packages."""
    ran(python, "-m", "venv", folder, folder=folder.parent)
    ran(folder / BIN / "python", "-m", "pip", "install", "-q", "--no-compile", *packages, folder=folder.parent)
    return folder / BIN


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs that build packages and run them."""
    return environment_of(
        tmp_path_factory.mktemp("tools") / "env", sys.executable, "hatchling", "uv", "pipx", "pre-commit"
    )


@pytest.fixture(scope="module")
def built(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The sdist and the wheel of this repository."""
    folder = tmp_path_factory.mktemp("built")
    ran(tools / "python", "-m", "hatchling", "build", "-d", folder, folder=ROOT)
    (sdist,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return sdist, wheel


def test_an_sdist_holds_no_gold_and_makes_the_same_wheel(built: tuple[Path, Path], tools: Path, tmp_path: Path) -> None:
    sdist, wheel = built
    with tarfile.open(sdist) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]
        archive.extractall(tmp_path, filter="data")
    assert {name.partition("/")[0] for name in names} <= {
        *("tools", "schema", "pyproject.toml", "PKG-INFO", "README.md", "LICENSE", "CHANGELOG.md", "CITATION.cff"),
        ".gitignore",
    }
    (folder,) = tmp_path.iterdir()
    ran(tools / "python", "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path / "again", folder=folder)
    assert contents(tmp_path / "again" / wheel.name) == contents(wheel)


def test_a_plain_install_fetches_little(built: tuple[Path, Path], tools: Path, tmp_path: Path) -> None:
    ran(tools / "python", "-m", "pip", "download", "-q", "-d", tmp_path / "fetched", built[1], folder=tmp_path)
    fetched = [*(tmp_path / "fetched").iterdir()]
    assert len(fetched) <= MOST_PACKAGES + 1, fetched
    assert sum(file.stat().st_size for file in fetched) >> 20 <= MOST_MIB_FETCHED


def test_pre_commit_tries_the_hooks_of_this_repository(tools: Path, tmp_path: Path) -> None:
    """In a repository of the page about projects, whose output the page shows."""
    page = (DOCS / "how-to" / "check-in-a-project.md").read_text("utf-8")
    project = tmp_path / "project"
    project.mkdir()
    for block in blocks(page):
        if block.name:
            (project / block.name).write_text(block.code, "utf-8")
    (waivers,) = re.findall(r"(?m)^\$ cat waivers\.json\n(\[\n.*\n\])$", page)
    (project / "waivers.json").write_text(waivers, "utf-8")
    ran("git", "init", "-q", folder=project)
    ran("git", "add", "-A", folder=project)
    tried = [tools / "pre-commit", "try-repo", ROOT]
    (shown,) = (block.code for block in blocks(page) if block.code.startswith("spanproof check...."))
    assert shown in ran(*tried, "spanproof", "--all-files", folder=project, code=1)
    assert shown.splitlines()[-1] in ran(*tried, "spanproof-project", folder=project, code=1)


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_wheel_checks_files_of_strangers_from_an_empty_folder(
    version: str, built: tuple[Path, Path], tmp_path: Path
) -> None:
    python = interpreter(version)
    programs = environment_of(tmp_path / "env", python, built[1])
    packages = ran(programs / "python", "-m", "pip", "list", "--format=freeze", folder=tmp_path).splitlines()
    names = {line.partition("==")[0] for line in packages if "==" in line} - {"pip", "setuptools", "spanproof"}
    assert len(names) <= MOST_PACKAGES, sorted(names)
    files = [file for file in (tmp_path / "env").rglob("*") if file.is_file() and not file.is_symlink()]
    size = sum(file.stat().st_size for file in files if file.suffix != ".pyc") >> 20
    assert size <= MOST_MIB
    for name, stranger in STRANGERS.items():
        folder = tmp_path / name
        folder.mkdir()
        output = ran(programs / "spanproof", "check", stranger.written(folder, broken=False), folder=folder)
        assert "1 document, 3 spans: 3 " in output
        assert stranger.taken_for in output
        code = 2 if stranger.code == "SP001" else 1
        output = ran(programs / "spanproof", "check", stranger.written(folder, broken=True), folder=folder, code=code)
        assert f"error[{stranger.code}]" in output


def interpreter(version: str) -> str:
    """An interpreter of a version, of this machine; without one the test is left out."""
    if sys.version.startswith(f"{version}."):
        return sys.executable
    # What pyenv puts on the path for a version that isn't chosen starts nothing.
    of_pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")).glob(f"versions/{version}.*/bin/python")
    for found in filter(None, [shutil.which(f"python{version}"), *of_pyenv]):
        if subprocess.run([found, "-c", "import venv"], capture_output=True, check=False).returncode == 0:
            return str(found)
    pytest.skip(f"this machine has no Python {version}")


def test_a_wheel_runs_without_being_installed(built: tuple[Path, Path], tools: Path, tmp_path: Path) -> None:
    file = STRANGERS["brat"].written(tmp_path, broken=False)
    python, wheel = sys.executable, built[1]
    for command in (
        [tools / "uvx", "--no-cache", "--python", python, "--from", wheel],
        [tools / "python", "-m", "pipx", "run", "--no-cache", "--python", python, "--spec", wheel],
    ):
        assert "3 spans: 3 proved" in ran(*command, "spanproof", "check", file, folder=tmp_path)
