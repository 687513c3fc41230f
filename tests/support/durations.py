"""How long tests took on this machine: `make quick` leaves out those that were never fast, however busy it was."""

from collections import defaultdict

import pytest

SECONDS = 0.3
"""From how long on a test is slow."""
KEY = "spanproof/seconds"
_TAKEN: dict[str, float] = defaultdict(float)


def note(report: pytest.TestReport) -> None:
    """Add the time of a phase of a test."""
    name, _, group = report.nodeid.rpartition("@")  # what xdist adds to a test that has a group
    _TAKEN[name if name and "]" not in group else report.nodeid] += report.duration


def keep(config: pytest.Config) -> None:
    """Write the least time that each test has taken into the cache of pytest."""
    if getattr(config, "cache", None) is None or hasattr(config, "workerinput"):
        return
    known: dict[str, float] = config.cache.get(KEY, {})
    config.cache.set(KEY, merged(known, _TAKEN))


def merged(known: dict[str, float], taken: dict[str, float]) -> dict[str, float]:
    """Return the least time of each test."""
    return known | {name: round(min(seconds, known.get(name, seconds)), 2) for name, seconds in taken.items()}


def slow(config: pytest.Config) -> frozenset[str]:
    """Return the tests that were slow in every run that is known."""
    seconds: dict[str, float] = config.cache.get(KEY, {}) if config.cache else {}
    return frozenset(name for name, least in seconds.items() if least > SECONDS)
