"""What tests share. Loads the Hypothesis profile, before any module of the tests makes settings of its own.

``sample`` draws the same examples each time, so that a change alone decides whether a test passes; ``quick`` draws few
of them, ``thorough`` five times as many, others each time.
"""

import importlib
import os
import pkgutil
from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

import spanproof

T = TypeVar("T")

settings.register_profile(
    "sample", deadline=None, derandomize=True, max_examples=25, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("quick", settings.get_profile("sample"), max_examples=10)
settings.register_profile(
    "thorough", settings.get_profile("sample"), derandomize=False, max_examples=120, print_blob=True
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "sample"))

# Hypothesis draws from the constants of the modules that are loaded, too: all are, so that the same examples are drawn
# whatever ran before in the same process.
for module in pkgutil.walk_packages(spanproof.__path__, "spanproof."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)


def examples(count: int) -> int:
    """Return how many examples to draw in a test of slow ones: so many of sixty."""
    return max(2, count * settings().max_examples // 60)


def drawn(strategy: SearchStrategy[T], count: int) -> list[T]:
    """Return examples of a strategy, for what is too slow to be asked about each alone: so many of sixty."""
    found: list[T] = []

    @settings(
        max_examples=examples(count), phases=[Phase.generate], database=None, suppress_health_check=[*HealthCheck]
    )
    @given(strategy)
    def gather(example: T) -> None:
        found.append(example)

    gather()
    return found
