"""What a report shows: the codes that are selected, and what no waiver covers."""

from hypothesis import given
from hypothesis import strategies as st

from spanproof.checks.report import Seen, report_of, selected
from spanproof.corpus.findings import Finding
from spanproof.corpus.waivers import Waiver


@given(
    st.lists(st.sampled_from(["SP1", "SP10", "SP106", "SP"])),
    st.lists(st.sampled_from(["SP1", "SP10", "SP106", "SP2"])),
)
def test_the_longer_prefix_wins(select: list[str], ignore: list[str]) -> None:
    wanted = max(map(len, select), default=0)
    refused = max((len(prefix) for prefix in ignore if "SP106".startswith(prefix)), default=-1)
    assert selected("SP106", select, ignore) == (wanted >= refused)
    assert not selected("SP301", ["SP2"], [])


def test_a_rule_is_asked_for_by_its_name_too() -> None:
    assert selected("SP106", ["text-differs"])
    assert not selected("SP107", ["text-differs"])
    assert not selected("SP106", ["SP1"], ["text-differs"])
    assert selected("SP106", ["text-differs"], ["SP1"])
    assert not selected("SP106", ["text"])


def test_no_waiver_covers_what_could_not_be_read() -> None:
    unread = Finding("SP001", "error", "not JSON", file="a.jsonl", line=1)
    waiver = Waiver("SP001", "for the test")
    report = report_of([unread], Seen(), waivers=[waiver], ignore=["SP"])
    assert (report.findings, report.waived, report.exit_code) == ((unread,), (), 2)
    assert report_of([unread], Seen(), waivers=[waiver]).unused == (waiver,)
