"""Fixtures that all tests share."""

import shutil
from pathlib import Path

import pytest

from spanproof.schema.schema import Schema
from support.browser import chromium as chromium
from support.documents import LETTERS, ROOT
from support.labelstudio_server import label_studio as label_studio


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def letters() -> Schema:
    """A schema with other layers than ours, in JSON alone."""
    return Schema.of(LETTERS)


@pytest.fixture
def dataset_copy(tmp_path: Path) -> Path:
    """A copy of the published dataset, to spoil."""
    return Path(shutil.copytree(ROOT / "dataset", tmp_path / "dataset"))
