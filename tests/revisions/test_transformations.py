"""Rewritten texts: spans forth and back, and gold that stays sound."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import spanproof
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.revisions.transformations.catalogue import TRANSFORMATIONS, Transformation, chosen, rewriting
from spanproof.revisions.transformations.rewriting import Piece, Rewriting, Swap, carry, follow
from spanproof.schema.paths import Registries
from spanproof.schema.schema import Schema
from spanproof.testing.strategies import documents, texts
from support.documents import LETTERS, ROOT
from support.rewritten import DOCUMENT, REGISTRIES, TEXT

GOLD = ROOT / "annotations" / "gold"


def made(name: str, document: Mapping[str, Any] = DOCUMENT, registries: Registries = REGISTRIES) -> Rewriting:
    return rewriting(chosen((name,))[0], document, Schema.article(), registries)


def words(document: Mapping[str, Any], layer: str = "entities") -> list[str]:
    return [span["text"] for span in document[layer]]


def new(name: str) -> dict[str, Any]:
    return carry(DOCUMENT, made(name), Schema.article())


@st.composite
def rewritings(draw: st.DrawFn) -> Rewriting:
    """Any rewriting of any text: cut anywhere, replaced or kept, with insertions, in any order."""
    text = draw(texts())
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=6)) | {0, len(text)})
    pieces = []
    for start, end in pairwise(cuts):
        pieces.append(Piece(start, end, draw(st.none() | st.sampled_from(["", "x", "y\u0301z"]))))
        if draw(st.booleans()):
            pieces.append(Piece(end, end, draw(st.sampled_from(["", "i"]))))
    return Rewriting(text, tuple(draw(st.permutations(pieces)) if draw(st.booleans()) else pieces))


def slow_extent(rewriting_: Rewriting, start: int, end: int) -> tuple[int, int] | None:
    """Atom by atom: a kept character or a replaced piece, each with what it becomes."""
    atoms = [
        (low, high, new)
        for p in rewriting_.pieces
        for low, high, new in (
            [(k, k + 1, rewriting_.text[k]) for k in range(p.start, p.end)]
            if p.new is None
            else [(p.start, p.end, p.new)]
        )
    ]
    inside = [a[0] >= start and a[1] <= end and (a[0] < a[1] or start < a[0] < end) for a in atoms]
    if any(
        not held and low < end and high > start and low < high
        for held, (low, high, _) in zip(inside, atoms, strict=True)
    ):
        return None
    own = [k for k, held in enumerate(inside) if held]
    if own != list(range(own[0], own[0] + len(own))) or [atoms[k][:2] for k in own] != sorted(
        atoms[k][:2] for k in own
    ):
        return None
    low = sum(len(atom[2]) for atom in atoms[: own[0]])
    high = low + sum(len(atoms[k][2]) for k in own)
    return (low, high) if low < high else None


@given(rewritings(), st.data())
def test_a_span_is_where_its_characters_are(rewriting_: Rewriting, data: st.DataObject) -> None:
    if rewriting_.text:
        start = data.draw(st.integers(0, len(rewriting_.text) - 1))
        end = data.draw(st.integers(start + 1, len(rewriting_.text)))
        found = rewriting_.extent(start, end)
        assert found == slow_extent(rewriting_, start, end)
        if found and all(piece.new != "" for piece in rewriting_.pieces):  # of what is gone no edge is known
            assert rewriting_.inverse.extent(*found) == (start, end)
        if found:
            assert 0 <= rewriting_.near(start) <= len(rewriting_.new)


@given(rewritings())
def test_the_inverse_is_one(rewriting_: Rewriting) -> None:
    assert rewriting_.inverse.new == rewriting_.text
    assert rewriting_.inverse.text == rewriting_.new
    assert rewriting_.inverse.inverse.new == rewriting_.new


@pytest.mark.parametrize("pieces", [[(0, 2)], [(0, 2), (1, 3)], [(0, 4)], [(1, 3)], [(0, 1), (2, 3)]])
def test_pieces_that_are_not_the_text_are_refused(pieces: Sequence[tuple[int, int]]) -> None:
    with pytest.raises(ValueError, match="expected each part once"):
        Rewriting("abc", tuple(Piece(*piece) for piece in pieces))


def fitting(document: Mapping[str, Any]) -> Registries:
    """Registries in which everything that a document refers to has aliases of its own."""
    named = {span["entity_id"]: span["text"] for span in document["entities"] if span.get("entity_id")}
    other = {key: f"{'Zed' if text[0].isupper() else 'zed'}{k}" for k, (key, text) in enumerate(named.items())}
    return {"entities": {key: {"aliases": [named[key], other[key]]} for key in named}}


def faults(document: Mapping[str, Any], schema: Schema) -> Counter[str]:
    found = spanproof.check(Corpus.of([document], schema)).findings
    return Counter(each.code for each in found if each.severity != "info")


@pytest.mark.slow
@given(transformation=st.sampled_from(TRANSFORMATIONS), document=documents())
def test_sound_documents_stay_sound_and_come_back(transformation: Transformation, document: dict[str, Any]) -> None:
    rewriting_ = rewriting(transformation, document, Schema.article(), fitting(document))
    carried = carry(document, rewriting_, Schema.article())
    assert not faults(carried, Schema.article())
    assert bare(carry(carried, rewriting_.inverse, Schema.article())) == bare(document)


@given(transformation=st.sampled_from(TRANSFORMATIONS), document=documents(Schema.of(LETTERS)))
def test_other_schemas_stay_sound(transformation: Transformation, document: dict[str, Any]) -> None:
    schema = Schema.of(LETTERS)
    rewriting_ = rewriting(transformation, document, schema, {})
    carried = carry(document, rewriting_, schema)
    assert not faults(carried, schema)
    assert bare(carry(carried, rewriting_.inverse, schema)) == bare(document)


@pytest.mark.parametrize("wrong", [{"start": "0"}, {"end": None}, {"end": True}])
def test_offsets_that_are_none_are_named(wrong: Mapping[str, Any]) -> None:
    broken = {**DOCUMENT, "entities": [{**DOCUMENT["entities"][0], **wrong}]}
    with pytest.raises(ValueError, match=r"entities/0 is at .*expected two integers"):
        made("dates-iso", broken)
    with pytest.raises(ValueError, match=r"entities/0 is at .*expected two integers"):
        carry(broken, Rewriting.of(TEXT, ()), Schema.article())


def bare(value: Any) -> Any:
    """Without contexts: where the new text ended they could not be as long as they were."""
    if isinstance(value, Mapping):
        return {name: bare(each) for name, each in value.items() if name not in ("prefix", "suffix")}
    return [bare(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("transformation", TRANSFORMATIONS, ids=lambda each: each.name)
def test_gold_stays_sound_and_comes_back(transformation: Transformation) -> None:
    gold = read(GOLD)
    changed = 0
    for document in gold.documents():
        rewriting_ = rewriting(transformation, document, gold.schema, gold.registries)
        carried = carry(document, rewriting_, gold.schema)
        assert not faults(carried, gold.schema)
        assert carry(carried, rewriting_.inverse, gold.schema) == document
        changed += rewriting_.changes
    assert changed


def test_what_is_said_is_made() -> None:
    assert words(new("aliases"))[1] == "Kyiv"
    assert words(new("aliases"))[0] in ("Silva", "SILVA")
    assert words(new("nfd"))[5] == "Tu\u0308rkiye"
    assert '"We meet' in TEXT
    assert "“We meet in Kiev. All of us,” and" in new("marks-curly")["text"]
    assert "«We meet in Kiev. All of us,» and" in new("marks-guillemets")["text"]
    assert "Silva's friend" in new("marks-straight")["text"]
    assert words(new("dates-dmy"), "dates") == ["18 February 2025", "18 February", "19 February"]
    assert words(new("dates-mdy"), "dates") == ["February 18, 2025", "February 18", "February 19"]
    assert words(new("dates-iso"), "dates") == ["2025-02-18", "2025-02-18", "2025-02-19"]
    assert [date["value"] for date in new("dates-iso")["dates"]] == ["2025-02-18", "2025-02-18", "2025-02-19"]
    assert words(new("upper"))[5] == "TÜRKIYE"
    assert "\r\n\r\n" in new("crlf")["text"]
    assert words(new("blanks-doubled"))[0] == "Ana  Silva"


def test_days_move_with_their_values_unless_something_rests_on_them() -> None:
    first, second, third = new("days-moved")["dates"]
    assert first["value"] != "2025-02-18"
    assert first["text"] == f"February {int(first['value'][-2:])}, 2025"
    assert (second["text"], second["value"]) == ("Feb.18", "2025-02-18")
    assert third["text"] == f"{int(third['value'][-2:])} February"


def test_persons_have_one_new_name_throughout() -> None:
    ana, _, silva, bo, _, _, capitals = words(new("persons"))
    assert len({ana.split()[1], silva, capitals.title()}) == 1
    assert capitals.isupper()
    assert silva not in ("Silva", bo.split()[1])
    assert new("persons")["text"].count(silva) == 2
    assert [span["entity_id"] for span in new("persons")["entities"]] == [e["entity_id"] for e in DOCUMENT["entities"]]


def test_what_a_quotation_runs_over_stays_together() -> None:
    lines = new("paragraphs")["text"].split("\n")
    assert sorted(lines) == sorted(TEXT.split("\n"))
    assert lines != TEXT.split("\n")
    assert "We meet in Kiev. All of us," in new("sentences")["text"]


def test_an_alias_never_runs_on_into_a_word() -> None:
    document = {**DOCUMENT, "text": "It is Zo’s.", "quotes": [], "dates": [], "zones": []}
    mark = {"id": "e1", "start": 8, "end": 9, "text": "’", "label": "PERSON", "entity_id": "zo"}
    registries = {"entities": {"zo": {"aliases": ["’", "ed", "-"]}}}
    (made,) = {
        rewriting(chosen(("aliases",))[0], {**document, "entities": [mark]}, Schema.article(), registries, n).new
        for n in range(9)
    }
    assert made == "It is Zo-s."


def test_the_same_seed_makes_the_same_text() -> None:
    for each in TRANSFORMATIONS:
        one, other = (rewriting(each, DOCUMENT, Schema.article(), REGISTRIES, 7) for _ in range(2))
        assert one == other
    assert (
        len({rewriting(chosen(("persons",))[0], DOCUMENT, Schema.article(), REGISTRIES, n).new for n in range(9)}) > 1
    )


def test_an_edit_across_a_span_s_end_is_refused_or_left_out() -> None:
    cutting = Rewriting.of(TEXT, [Piece(4, 14, "X")])
    with pytest.raises(ValueError, match=r"cuts entities/0, quotes/0; expected edits wholly inside or outside"):
        carry(DOCUMENT, cutting, Schema.article())
    kept = follow(DOCUMENT, cutting, Schema.article())
    begins = cutting.near(DOCUMENT["quotes"][0]["start"])
    assert kept.lost == ((("entities", 0), 0), (("quotes", 0), begins))
    assert len(kept.document["entities"]) == 6
    with pytest.raises(ValueError, match="another text"):
        carry(DOCUMENT, Rewriting("abc", (Piece(0, 3),)), Schema.article())


def test_a_swapped_value_goes_both_ways() -> None:
    date = DOCUMENT["dates"][0]
    swap = Swap(("dates", "*"), (date["start"], date["end"]), "value", ("2025-02-18", "2025-02-03"))
    there = Rewriting.of(TEXT, [Piece(date["start"] + 9, date["start"] + 11, "3")], [swap])
    carried = carry(DOCUMENT, there, Schema.article())
    assert (carried["dates"][0]["text"], carried["dates"][0]["value"]) == ("February 3, 2025", "2025-02-03")
    assert carry(carried, there.inverse, Schema.article()) == DOCUMENT
    unmoved = {**carried, "dates": [{**carried["dates"][0], "value": "2025-02-18"}, *carried["dates"][1:]]}
    assert carry(unmoved, there.inverse, Schema.article())["dates"][0]["value"] == "2025-02-03"


def test_an_unknown_transformation_is_named() -> None:
    with pytest.raises(ValueError, match="no transformation 'capitals'; expected one of marks-straight, "):
        chosen(("capitals",))
