"""Which findings are asked for, and what no rule has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.checks.fix import fix
from spanproof.checks.selection import codes_of, selected, with_codes
from spanproof.corpus.settings import Settings


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


def test_codes_are_taken_in_any_case_and_what_no_rule_has_is_refused() -> None:
    assert codes_of(["sp1", "Text-Differs", "SP502"]) == ("SP1", "SP106", "SP502")
    for name in ("SP99", "text-difers", "", "S P"):
        with pytest.raises(ValueError, match="no rule has this code"):
            codes_of([name])
    for settings in (Settings(select=("SP99",)), Settings(ignore=("SP99",)), Settings(per_path={"*": ("SP99",)})):
        with pytest.raises(ValueError, match="SP99"):
            with_codes(settings)


def test_a_code_that_no_rule_has_is_no_clean_corpus_in_python() -> None:
    document = {"text": "Ana", "entities": [{"start": 0, "end": 9, "label": "PER"}]}
    for job in (check, fix):
        for asked in ({"select": ["SP99"]}, {"ignore": ["text-difers"]}):
            with pytest.raises(ValueError, match="no rule has this code"):
                job([document], **asked)
        with pytest.raises(TypeError, match="got the string 'SP105'"):
            job([document], select="SP105")
    assert check([document], select=["sp105"]).counts["error"] == 1, "in any case"
