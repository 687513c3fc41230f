"""What a report shows: what no waiver covers."""

from spanproof.checks.report import Seen, report_of
from spanproof.corpus.findings import Finding
from spanproof.corpus.waivers import Waiver


def test_no_waiver_covers_what_could_not_be_read() -> None:
    unread = Finding("SP001", "error", "not JSON", file="a.jsonl", line=1)
    waiver = Waiver("SP001", "for the test")
    report = report_of([unread], Seen(), waivers=[waiver], ignore=["SP"])
    assert (report.findings, report.waived, report.exit_code) == ((unread,), (), 2)
    assert report_of([unread], Seen(), waivers=[waiver]).unused == (waiver,)
