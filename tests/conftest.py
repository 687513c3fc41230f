"""What all tests share: fixtures and Hypothesis profiles."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from spanproof.schema.schema import Schema
from support.browser import chromium as chromium
from support.documents import LETTERS, ROOT
from support.labelstudio_server import label_studio as label_studio

settings.register_profile("ci", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", parent=settings.get_profile("ci"), max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def letters() -> Schema:
    """A schema with other layers than ours, in JSON alone."""
    return Schema.of(LETTERS)
