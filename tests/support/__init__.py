"""What tests share. Loads the Hypothesis profile, before any module of the tests makes settings of its own.

``sample`` draws the same examples each time, so that a change alone decides whether a test passes; ``quick`` draws few
of them, ``thorough`` many, others each time.
"""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("sample", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
settings.register_profile("quick", settings.get_profile("sample"), max_examples=10)
settings.register_profile(
    "thorough", settings.get_profile("sample"), derandomize=False, print_blob=True, max_examples=2000
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "sample"))
