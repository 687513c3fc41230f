"""Fixtures that all tests share, the tiers that tests belong to, and a start that doesn't depend on the caller's."""

import gc
import os
import shutil
import signal
from pathlib import Path

import pytest

from spanproof.schema.schema import Schema
from support import durations
from support.browser import chromium as chromium
from support.documents import LETTERS, ROOT
from support.labelstudio_server import label_studio as label_studio

# Tests with one of these fixtures are no fast ones.
SLOW_FIXTURES = {"chromium", "label_studio"}
# They change what is printed, and who starts the tests may have set them.
TERMINAL = ("COLUMNS", "LINES", "CLICOLOR_FORCE", "FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE")


def pytest_configure() -> None:
    """Gives processes that tests start the same surroundings however the tests were started."""
    # A shell ignores SIGINT for what it starts in the background, and a process inherits that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for name in TERMINAL:
        os.environ.pop(name, None)
    # What is imported for the tests stays: no search for garbage finds any there, and each walks through all of it.
    gc.disable()


def pytest_collection_finish() -> None:
    """Collects the garbage of the tests alone."""
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test is fast, or slow by its mark, a fixture or its time; whole-corpus and endless ones are marked full."""
    slow = durations.slow(config)
    for item in items:
        if SLOW_FIXTURES & set(getattr(item, "fixturenames", ())) or item.nodeid in slow:
            item.add_marker("slow")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Notes how long a test took."""
    durations.note(report)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Remembers how long the tests took, for `make quick`."""
    durations.keep(session.config)


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
