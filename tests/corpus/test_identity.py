"""The identity of a finding: what it outlives, and what it doesn't."""

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.checks.examples import sound
from spanproof.corpus.documents import Corpus
from spanproof.corpus.findings import Finding
from spanproof.corpus.identity import identity_of, numbered

TEXT = "Ana Silva met Bob in Lisbon. Ana Silva left Porto."
NAMES = {"Ana Silva": "PERSON", "Bob": "PERSN", "Lisbo": "GPE", "Porto ": "GPE", "Silva": "PLACE"}


def entities(before: str = "") -> list[dict[str, Any]]:
    """Entities of which each is wrong in another way."""
    text = before + TEXT
    spans = [(name, text.find(name, len(before)), label) for name, label in NAMES.items()]
    return [
        {"id": f"e{k}", "start": at, "end": at + len(name), "text": name, "label": label, "entity_id": None}
        for k, (name, at, label) in enumerate(spans)
        if at >= 0
    ]


def identities(text: str, spans: list[dict[str, Any]], **members: Any) -> Counter[str]:
    report = check(Corpus.of([sound(text=text, entities=spans, **members)]), ignore=["SP12"])
    return Counter(map(identity_of, report.findings))


SOUND_BEFORE = st.text(alphabet="ab é😀中.\n", max_size=20).map(lambda text: f"{text}. " if text else "")


@given(SOUND_BEFORE, st.randoms())
def test_it_outlives_text_before_and_another_order(before: str, random: Any) -> None:
    spans = entities(before)
    random.shuffle(spans)
    assert identities(before + TEXT, spans) == identities(TEXT, entities())


def test_each_thing_that_a_finding_says_is_in_it() -> None:
    finding = Finding("SP201", "error", "is 'x1'", "d", ("entities", 3, "label"), "e1", 4, 7, "Bob", label="PERSN")
    others = {
        "code": "SP202",
        "message": "is 'x2'",
        "document": "e",
        "path": ("dates", 3, "label"),
        "id": "e2",
        "text": "Rob",
        "label": "PERSON",
    }
    for name, value in others.items():
        assert identity_of(Finding(**{**_members(finding), name: value})) != identity_of(finding), name
    same = {"start": 9, "end": 12, "line": 7, "file": "other.jsonl", "path": ("entities", 8, "label")}
    for name, value in same.items():
        assert identity_of(Finding(**{**_members(finding), name: value})) == identity_of(finding), name


def test_numbers_that_are_not_quoted_do_not_count_and_doubles_are_numbered() -> None:
    one, other = (Finding("SP003", "error", f"isn't the first, line {k} has '17' too") for k in (4, 5))
    assert identity_of(one) == identity_of(other)
    assert identity_of(one) != identity_of(Finding("SP003", "error", "isn't the first, line 4 has '18' too"))
    assert [number for _, number in numbered([one, other, one])] == [1, 2, 3]
    assert len(identity_of(Finding("SP001", "error", "\ud800"))) == 16


def _members(finding: Finding) -> dict[str, Any]:
    return {name: getattr(finding, name) for name in finding.__dataclass_fields__}
