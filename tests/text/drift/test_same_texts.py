"""Documents that have the same text are explained together: each question about a paragraph is a record of its own."""

import re
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from spanproof.testing.open_world.cases import KINDS, case
from spanproof.text.drift.pool import Annotated, explain_all
from spanproof.text.drift.span_columns import Span

Place = tuple[int, int]


def of_case(kind: str, number: int) -> tuple[Annotated, list[Place | None]]:
    """Return the first document of a case, and where its spans belong."""
    broken = case(kind, number)
    document = broken.documents[0]
    spans: list[Span] = [(item["start"], item["end"], item["text"] or "") for item in document["names"]]
    return Annotated(document["text"], spans), list(broken.places[0])


@settings(max_examples=15)
@given(st.sampled_from([kind for kind in KINDS if "one span" not in kind]), st.integers(0, 60), st.data())
def test_a_text_says_the_same_however_its_spans_are_divided(kind: str, number: int, data: st.DataObject) -> None:
    whole, places = of_case(kind, number)
    if not whole.spans:
        return
    of = data.draw(st.lists(st.integers(0, 4), min_size=len(whole.spans), max_size=len(whole.spans)))
    rows = [[k for k, row in enumerate(of) if row == part] for part in sorted(set(of))]
    told = explain_all([Annotated(whole.text, [whole.spans[k] for k in row]) for row in rows])
    [together] = explain_all([Annotated(whole.text, [whole.spans[k] for row in rows for k in row])])
    every = [placed for one in told for placed in one.placements]
    doubled = {span for span in whole.spans if list(whole.spans).count(span) > 1}
    for placed, other, k in zip(every, together.placements, [k for row in rows for k in row], strict=True):
        if not doubled:  # two records may have the same span; one that has it twice is another matter
            assert placed == other
        assert placed.level != "proved" or placed.place == places[k]


def test_questions_about_one_paragraph_prove_what_none_of_them_does() -> None:
    """Each paragraph lost another head, so that no shift is that of all records."""
    random, documents, right = Random(1), [], []
    for k in range(6):
        names = random.sample(["Ana", "Oslo", "Riga", "Izmir", "Vala", "Kemal", "Porto", "Dina"], 6)
        text = " ".join(f"{one} met {other}, and {one} left." for one in names for other in names if one != other)
        places = random.sample([match.span() for match in re.finditer("|".join(names), text)], 6)
        for low, high in places:
            documents.append(Annotated(text, [(low + 7 * k + 9, high + 7 * k + 9, text[low:high])]))
            right.append((low, high))
    told = explain_all(documents)
    placed = [(one.placements[0], at) for one, at in zip(told, right, strict=True)]
    proved = [placement.place == at for placement, at in placed if placement.level == "proved"]
    assert all(proved)
    assert len(proved) > 0.7 * len(documents)
    assert {one.witnesses for one in told} == {1}
    alone = explain_all(documents[::6])
    assert not any(one.placements[0].level == "proved" for one in alone)
