"""Findings that are kept in a file: the same as in a list, counted as they come, in memory that doesn't grow."""

import copy
import json
import pickle
import tracemalloc
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.checks import kept
from spanproof.checks.kept import KeptFindings
from spanproof.checks.lines import Detail
from spanproof.checks.plain import as_dict, as_json
from spanproof.checks.render import OUTPUTS
from spanproof.checks.report import Report, as_text
from spanproof.corpus import spool
from spanproof.corpus.edits import Edit
from spanproof.corpus.findings import Excerpt, Finding

FINDINGS = st.builds(
    Finding,
    st.sampled_from(["SP001", "SP106", "SP201"]),
    st.sampled_from(["error", "warning", "info"]),
    st.text(max_size=3),
    fix=st.sampled_from([(), (Edit(("a",), 1),)]),
    level=st.sampled_from(["proved", "likely"]),
)


@given(st.lists(FINDINGS, max_size=20), st.slices(20), st.integers(1, 5))
def test_kept_findings_are_a_sequence_as_a_list_is(findings: list[Finding], part: slice, block: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(kept, "_BLOCK", block)
        some = KeptFindings(findings)
        assert [*some] == [*some] == findings
        assert some == tuple(findings)
        assert (some == [*findings, Finding("SP1", "error", "")]) is False
        assert some[part] == tuple(findings[part])
        assert [some[k] for k in range(-len(findings), len(findings))] == [*findings, *findings]
        for k in (len(findings), -len(findings) - 1):
            with pytest.raises(IndexError):
                some[k]
        assert some.codes == Counter(finding.code for finding in findings)
        assert some.severities == Counter(finding.severity for finding in findings)
        assert some.fixable == Counter(finding.level for finding in findings if finding.fix)
        assert len(some) == len(findings)
        assert pickle.loads(pickle.dumps(some)) == copy.deepcopy(some) == some
        number = f"<{len(findings):,} findings, the first {findings[0]}>" if findings else "<no findings>"
        assert repr(some) == number


@given(st.lists(FINDINGS, max_size=8), st.sampled_from([None, "all", "grouped", "none"]), st.none() | st.integers(0, 4))
def test_json_in_parts_is_the_json_of_the_whole(findings: list[Finding], show: str | None, most: int | None) -> None:
    report, detail = Report(KeptFindings(findings)), Detail(show, most)  # type: ignore[arg-type]
    values = as_dict(report, detail=detail)
    assert as_json(report, detail=detail) == json.dumps(values, indent=1) + "\n"
    assert "".join(OUTPUTS["text"](report, detail=detail)) == as_text(report, detail=detail)
    shown = len(values["findings"]) if show != "grouped" else sum(group["count"] for group in values["groups"])
    assert values["summary"]["not_shown"] == len(findings) - shown


@pytest.mark.parametrize("form", ["text", "json"])
def test_findings_take_no_memory_beyond_what_their_kinds_have_in_common(
    form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "_IN_MEMORY", 1 << 16)
    monkeypatch.setattr(kept, "_BLOCK", 100)
    words = "met in the old town of Lisbon on a rainy Monday in the spring of that year " * 2

    def peak(number: int) -> int:
        tracemalloc.start()
        finding = (
            Finding(
                "SP106", "error", f"the text there is {k}", "d", ("spans", k), excerpt=Excerpt(f"{k} {words}", 0, 3)
            )
            for k in range(number)
        )
        report = Report(KeptFindings(finding))
        for part in OUTPUTS[form](report, detail=Detail("grouped" if form == "text" else "all")):
            assert part
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    few = peak(1_000)
    assert peak(4_000) < few + (1 << 20)
