"""Rules of TIMEX3 (SP3xx), case by case."""

import pytest

from spanproof.checks.examples import sound
from support.checks import codes


@pytest.mark.parametrize("value", ["2025-02-XX", "2025-XX-26", "XXXX-02-26", "2025-02-26T25:00", "2025-W09-33"])
def test_a_creation_time_names_a_whole_day(value: str) -> None:
    assert codes(sound(dct={"value": value, "source": "stated", "evidence": ""})) == ["SP304"]
