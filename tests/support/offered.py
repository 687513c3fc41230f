"""A package of somebody else, on the path of this process and of those that it starts, with its entry points."""

import os
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest


def offered(
    folder: Path, monkeypatch: pytest.MonkeyPatch, module: str, code: str, points: Mapping[str, str]
) -> ModuleType:
    """Install a module that offers systems, an object of it for each name, and import it."""
    about = folder / f"{module}-1.dist-info"
    about.mkdir(parents=True)
    (folder / f"{module}.py").write_text(code, "utf-8")
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1\n")
    lines = "".join(f"{name} = {module}:{member}\n" for name, member in points.items())
    (about / "entry_points.txt").write_text(f"[spanproof.systems]\n{lines}")
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    monkeypatch.delitem(sys.modules, module, raising=False)
    return import_module(module)
