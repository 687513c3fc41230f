"""Systems that tests run: installed where they can be; where not, the test is left out, but under CI it fails."""

import os
from pathlib import Path

import pytest

from spanproof.systems import environments
from spanproof.systems.system import MissingSystemError, System


def interpreter(system: System) -> Path:
    """The interpreter in which a system can be had."""
    try:
        return environments.install(system, print)
    except MissingSystemError as error:
        if "CI" in os.environ:
            raise
        pytest.skip(str(error))


def ready(system: System) -> System:
    interpreter(system)
    return system
