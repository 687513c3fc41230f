"""Findings in groups and numbers: none is lost, none is counted twice."""

from hypothesis import given
from hypothesis import strategies as st

from spanproof.checks.groups import by_layer, grouped, layer_of, statistics
from spanproof.checks.lines import FEW, Detail, lines_of
from spanproof.corpus.findings import Cause, Finding
from spanproof.table import terminal

CAUSES = st.sampled_from([None, Cause("utf-16", "offsets are UTF-16", 3, 3), Cause("open", "unclear", 0, 2, "open")])
FINDINGS = st.lists(
    st.builds(
        Finding,
        code=st.sampled_from(["SP106", "SP109", "SP201"]),
        severity=st.sampled_from(["error", "warning", "info"]),
        message=st.just("is wrong"),
        document=st.sampled_from([None, "a", "b"]),
        path=st.sampled_from([(), ("id",), ("entities", 0), ("entities", 7, "label"), ("quotes", 1, "source", "text")]),
        text=st.sampled_from([None, "Lucy", "Emma"]),
        label=st.sampled_from([None, "PERSON"]),
        layer=st.sampled_from([None, "", "entities"]),
        line=st.sampled_from([None, 1, 2]),
        cause=CAUSES,
    ),
    max_size=2 * FEW + 10,
)


@given(FINDINGS)
def test_groups_and_numbers_add_up(findings: list[Finding]) -> None:
    groups = grouped(findings)
    assert sum(group.count for group in groups) == len(findings)
    assert sum(n for _, _, group in statistics(findings) for n in [group.count]) == len(findings)
    assert sum(by_layer(findings).values()) == len(findings)
    for group in groups:
        assert group.first in findings
        assert sum(group.surfaces.values()) <= group.count
        assert 1 <= len(group.documents) <= group.count
    ranks = [(not group.explained, ["error", "warning", "info"].index(group.first.severity)) for group in groups]
    assert ranks == sorted(ranks)


@given(FINDINGS, st.none() | st.integers(0, 70), st.sampled_from([None, "all", "grouped"]))
def test_what_is_shown_and_what_is_said_to_be_left_are_all(
    findings: list[Finding], most: int | None, show: str
) -> None:
    shown = terminal(lines_of(findings, Detail(show=show, most=most)))  # type: ignore[arg-type]
    heads = [line for line in shown.splitlines() if line.partition("[")[0] in ("error", "warning", "info")]
    counts = [int(line.partition(" x ")[2].split()[0]) if " x " in line else 1 for line in heads]
    with_cause = [line for line in shown.splitlines() if "in this document with the same cause" in line]
    counts += [int(line.split()[2]) for line in with_cause]
    left = [line for line in shown.splitlines() if line.startswith("and ")]
    counts += [int(line.split()[1].replace(",", "")) for line in left]
    assert sum(counts) == len(findings)


def test_few_are_shown_one_by_one_and_many_in_groups() -> None:
    def shown(number: int) -> list[str]:
        findings = [Finding("SP109", "warning", f"{k}", document=f"d{k}", path=("a", 0)) for k in range(number)]
        return terminal(lines_of(findings, Detail())).splitlines()

    assert sum(line.startswith("warning[SP109]") for line in shown(FEW)) == FEW
    many = shown(FEW + 1)
    assert many[0] == f"warning[SP109] splits-word x {FEW + 1}  a  in {FEW + 1} documents"
    assert many[-1] == f"{FEW + 1} findings of 1 kind; one example of each is shown, --show all shows every one"
    assert terminal(lines_of([], Detail(statistics=True))) == ""


def test_the_layer_of_a_finding_is_a_list_of_the_schema() -> None:
    def of(*path: str | int) -> str:
        return layer_of(Finding("SP1", "error", "", path=path))

    assert (of(), of("id"), of("entities", 3), of("entities", 3, "label"), of("a", 1, "b", 2, "c")) == (
        *("document", "document", "entities", "entities", "a.b"),
    )
