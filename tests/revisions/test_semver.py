"""Versions: their form, the least one that may follow, what contradicts the changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.revisions.semver import Bump, contradiction, least, parse

NUMBER = st.integers(0, 30)
VERSIONS = st.tuples(NUMBER, NUMBER, NUMBER)
BUMPS: st.SearchStrategy[Bump | None] = st.sampled_from(["major", "minor", "patch", None])
RANK = {None: 0, "patch": 1, "minor": 2, "major": 3}


def written(version: tuple[int, int, int]) -> str:
    return ".".join(map(str, version))


@given(VERSIONS)
def test_a_version_is_its_numbers(version: tuple[int, int, int]) -> None:
    assert parse(written(version)) == version


@pytest.mark.parametrize(
    "text", ["v1.2.3", "1.2", "1.2.3rc1", "1.2.3-rc.1", "01.2.3", "1.2.3\n", " 1.2.3", "1.٢.3", ""]
)
def test_anything_else_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected x\.y\.z"):
        parse(text)


@given(VERSIONS, BUMPS, BUMPS)
def test_more_changes_ask_for_no_less(old: tuple[int, int, int], one: Bump | None, other: Bump | None) -> None:
    low, high = sorted((one, other), key=RANK.__getitem__)
    assert least(old, low) <= least(old, high)
    assert (least(old, low) == old) == (low is None)


@given(VERSIONS, VERSIONS, BUMPS)
def test_a_version_may_rise_by_more_and_never_by_less(
    old: tuple[int, int, int], new: tuple[int, int, int], bump: Bump | None
) -> None:
    problem = contradiction(written(old), written(new), bump)
    assert (problem is None) == (new >= least(old, bump))
    assert problem is None or written(least(old, bump)) in problem


@pytest.mark.parametrize(
    ("old", "bump", "right"),
    [
        ("1.2.3", "major", "2.0.0"),
        ("1.2.3", "minor", "1.3.0"),
        ("1.2.3", "patch", "1.2.4"),
        ("0.2.3", "major", "0.3.0"),
        ("0.2.3", "minor", "0.2.4"),
        ("0.2.3", "patch", "0.2.4"),
        ("0.2.3", None, "0.2.3"),
    ],
)
def test_the_rule(old: str, bump: Bump | None, right: str) -> None:
    assert written(least(parse(old), bump)) == right
