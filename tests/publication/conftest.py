"""Fixtures of the published dataset."""

import pytest

from spanproof.publication.configs import Config
from support.publication import GOLD, by_name


@pytest.fixture(scope="session")
def ours() -> dict[str, Config]:
    """The configurations of the gold, by name."""
    return by_name(GOLD)
