"""A baseline knows what it was made of, as often as it was there, and nothing else."""

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.checks.baseline import baseline_bytes, baseline_in
from spanproof.checks.report import UNREAD, Seen, report_of
from spanproof.corpus.findings import Finding
from spanproof.corpus.identity import identity_of

FINDINGS = st.lists(
    st.builds(
        Finding,
        code=st.sampled_from(["SP106", "SP201", *sorted(UNREAD)[:1]]),
        severity=st.sampled_from(["error", "warning", "info"]),
        message=st.sampled_from(["one 1", "one 2", "two", "\ud800"]),
        document=st.sampled_from([None, "a"]),
        path=st.just(("entities", 0)),
        start=st.integers(0, 3),
        text=st.sampled_from([None, "Ana"]),
    ),
    max_size=12,
)


@given(FINDINGS, FINDINGS)
def test_only_what_is_new_is_reported_and_what_is_unread_always(old: list[Finding], new: list[Finding]) -> None:
    baseline = baseline_in(baseline_bytes(old))
    report = report_of(new, Seen(), baseline=baseline)
    assert Counter([*report.findings, *report.known]) == Counter(new)
    were, are = (Counter(map(identity_of, some)) for some in (old, new))
    unread = [finding for finding in new if finding.code in UNREAD]
    readable = are - Counter(map(identity_of, unread))
    assert Counter(map(identity_of, report.findings)) == (readable - were) + Counter(map(identity_of, unread))
    assert report.gone == (were - readable).total()
    assert report.exit_code == (2 if unread else report.exit_code)


@given(FINDINGS)
def test_a_baseline_is_the_same_for_the_same_findings_in_any_order(findings: list[Finding]) -> None:
    unlike = {identity_of(finding): finding for finding in findings}
    assert baseline_bytes(unlike.values()) == baseline_bytes(list(unlike.values())[::-1])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("3", 'has no list "findings"'),
        ("{", "not JSON"),
        ('{"version": 7, "findings": []}', "is of version 7; expected 1"),
        ('{"version": 1, "findings": [3]}', "finding 1 has no identity"),
        (json.dumps({"version": 1, "findings": [{"identity": "a", "code": "SP1", "count": True}]}), "finding 1"),
    ],
)
def test_what_is_no_baseline_is_refused(content: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        baseline_in(content.encode())
