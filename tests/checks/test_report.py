"""What a report shows: the codes that are selected."""

from hypothesis import given
from hypothesis import strategies as st

from spanproof.checks.report import selected


@given(
    st.lists(st.sampled_from(["SP1", "SP10", "SP106", "SP"])),
    st.lists(st.sampled_from(["SP1", "SP10", "SP106", "SP2"])),
)
def test_the_longer_prefix_wins(select: list[str], ignore: list[str]) -> None:
    wanted = max(map(len, select), default=0)
    refused = max((len(prefix) for prefix in ignore if "SP106".startswith(prefix)), default=-1)
    assert selected("SP106", select, ignore) == (wanted >= refused)
    assert not selected("SP301", ["SP2"], [])
