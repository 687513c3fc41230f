"""Environments of packages that only some tests need."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest


def environment(folder: Path, *packages: str) -> Path:
    """The Python of an environment that has some packages, and beside them what the tests have."""
    python = python_with(folder, *packages)
    if python is None:
        pytest.skip(f"{' '.join(packages)} can't be installed here")
    return python


def python_with(folder: Path, *packages: str) -> Path | None:
    """The same, None where they can't be installed.

    Args:
        folder: where the environment is made, unless it is there.
        packages: their names. Where ``SPANPROOF_`` and the first in capitals is set in the environment, it names the
            Python.
    """
    if given := os.environ.get(f"SPANPROOF_{packages[0].upper()}"):
        return Path(given)
    python = folder / "bin" / "python"
    if (folder / "ready").exists():
        return python
    venv.create(folder, with_pip=False)
    paths = [path for path in sys.path if path.endswith("site-packages")]
    library = next((folder / "lib").glob("python*/site-packages"))
    (library / "tests.pth").write_text("\n".join(paths))
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-compile", *packages]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        return None
    (folder / "ready").touch()
    return python
