"""Environments of packages that only some tests need."""

import subprocess
import sys
import venv
from pathlib import Path

import pytest


def environment(folder: Path, *packages: str) -> Path:
    """The Python of an environment that has some packages, and beside them what the tests have."""
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    paths = [path for path in sys.path if path.endswith("site-packages")]
    library = next((folder / "lib").glob("python*/site-packages"))
    (library / "tests.pth").write_text("\n".join(paths))
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-compile", *packages]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip(f"{' '.join(packages)} can't be installed here")
    return python
