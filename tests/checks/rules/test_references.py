"""Rules of references (SP501 to SP503): dangling, circular, missing in a registry."""

from typing import Any

import pytest

from spanproof.checks.examples import sound
from support.checks import QUOTE, codes


def date(name: str, anchor: str | None) -> dict[str, Any]:
    return {
        "id": name,
        "start": 18,
        "end": 24,
        "text": "Monday",
        "type": "DATE",
        "value": "2025-02-24",
        "mod": None,
        "anchor": anchor,
    }


def test_an_anchor_may_be_the_creation_time_if_there_is_one() -> None:
    assert codes(sound(dates=[date("d1", "dct")])) == []
    missing = {k: v for k, v in sound(dates=[date("d1", "dct")]).items() if k != "dct"}
    assert codes(missing) == ["SP002", "SP501"]


@pytest.mark.parametrize(
    ("anchors", "cycles"), [("b-", 0), ("ba", 1), ("a-", 1), ("bca", 1), ("bcb", 1), ("badc", 2), ("bcd-", 0)]
)
def test_cycles_are_found_once_each(anchors: str, cycles: int) -> None:
    text = " ".join(["Monday"] * len(anchors))
    dates = [
        {**date(chr(97 + k), None if anchor == "-" else anchor), "start": 7 * k, "end": 7 * k + 6}
        for k, anchor in enumerate(anchors)
    ]
    assert codes(sound(text=text, dates=dates)) == ["SP502"] * cycles


def test_long_chains_are_no_cycles() -> None:
    size = 80
    dates = [
        {**date(f"d{k}", f"d{k + 1}" if k + 1 < size else None), "start": 7 * k, "end": 7 * k + 6} for k in range(size)
    ]
    assert codes(sound(text=" ".join(["Monday"] * size), dates=dates)) == []
    dates[-1]["anchor"] = "d40"
    assert codes(sound(text=" ".join(["Monday"] * size), dates=dates)) == ["SP502"]


def test_a_speaker_may_be_in_the_registry_alone() -> None:
    document = sound(quotes=[{**QUOTE, "speaker": "crowd"}])
    assert codes(document) == ["SP501"]
    crowd = {"crowd": {"name": "Crowd", "type": "NORP", "aliases": []}}
    said = {"gist": "", "speaker": None, "renderings": []}
    assert codes(document, registries={"entities": crowd, "utterances": {"u": said}}) == []
    assert codes(document, registries={"entities": crowd, "utterances": {"v": said}}) == ["SP503"]
