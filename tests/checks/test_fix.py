"""Corrections: proved, shown as a patch, undone by it, and written whole."""

import json
import os
import random
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.checks.examples import sound
from spanproof.checks.fix import counted, fix
from spanproof.corpus.documents import Corpus
from spanproof.formats.article import layout, stand_off
from spanproof.formats.discovery import read
from spanproof.formats.jsonl import FORMAT as JSONL
from spanproof.formats.parquet import FORMAT as PARQUET
from spanproof.schema.schema import Schema
from support.checks import QUOTE, bare, correct
from support.documents import ROOT

TEXT = "😀 Zoë met Ana. 😀 Ana Silva met Zoë in Łódź. Then Bob left."


def entity(name: str, start: int, surface: str, **members: Any) -> dict[str, Any]:
    fixed = {"id": name, "start": start, "end": start + len(surface), "text": surface}
    return {**fixed, "label": "PERSON", "entity_id": None, **members}


SOUND = sound(
    text=TEXT,
    entities=[entity("e1", 2, "Zoë"), entity("e2", 10, "Ana"), entity("e3", 17, "Ana Silva"), entity("e4", 49, "Bob")],
)


def in_units(document: Any, encoding: str, size: int) -> Any:
    """The document with its offsets counted in the units of an encoding."""

    def count(at: int) -> int:
        return len(document["text"][:at].encode(encoding)) // size

    entities = [{**e, "start": count(e["start"]), "end": count(e["end"])} for e in document["entities"]]
    return {**document, "entities": entities}


def test_the_sound_document_is_sound() -> None:
    assert check(Corpus.of([SOUND])).findings == ()


@pytest.mark.parametrize(("encoding", "size", "name"), [("utf-16-le", 2, "utf-16"), ("utf-8", 1, "utf-8")])
def test_a_unit_is_named_proved_and_corrected(encoding: str, size: int, name: str) -> None:
    broken = in_units(SOUND, encoding, size)
    findings = check(Corpus.of([broken])).findings
    assert {f.cause.name for f in findings if f.cause} == {name}
    assert all(f.cause and f.cause.agree == f.cause.of == 4 for f in findings)
    assert correct(broken, Schema.article(), {})[0] == SOUND


def test_two_corrections_of_one_document_are_both_made() -> None:
    broken = {
        **SOUND,
        "entities": [{**SOUND["entities"][0], "start": "2"}, {**SOUND["entities"][3], "end": 53, "text": "Bob "}],
    }
    corrected, ended = correct(broken, Schema.article(), {})
    assert counted(ended) == {"SP101": 1, "SP107": 1}
    assert corrected["entities"] == [SOUND["entities"][0], SOUND["entities"][3]]


def test_a_correction_that_would_break_something_else_is_not_made() -> None:
    said = {"id": "q1", "type": "indirect", "start": 49, "end": 52, "text": "Bob", "source": None, "cue": None}
    quote = {**said, "speaker": None, "continues": None, "utterance": "u"}
    broken = {
        **SOUND,
        "quotes": [
            quote,
            {**quote, "id": "q2"},
            {**quote, "id": "q3", "start": 54, "end": 58, "text": "left", "continues": "q2"},
        ],
    }
    broken["quotes"][2]["start"], broken["quotes"][2]["end"] = 53, 57
    assert [f.code for f in check(Corpus.of([broken])).findings] == ["SP203"]
    assert correct(broken, Schema.article(), {}) == (broken, ())


def test_duplicates_go_one_after_the_other() -> None:
    first = SOUND["entities"][3]
    broken = {**SOUND, "entities": [first, {**first, "id": "e8"}, {**first, "id": "e9"}]}
    corrected, ended = correct(broken, Schema.article(), {})
    assert corrected["entities"] == [first]
    assert counted(ended) == {"SP203": 2}


def test_a_duplicate_whose_words_stand_elsewhere_too_is_likely_put_there_and_never_removed() -> None:
    first = SOUND["entities"][0]
    (finding,) = check(Corpus.of([{**SOUND, "entities": [first, {**first, "id": "e2"}]}])).findings
    assert (finding.code, finding.level, [edit.value for edit in finding.fix]) == ("SP203", "likely", [31, 34])
    assert (
        "another mention that a search put on the first occurrence: 'Zoë' also occurs unannotated at 31"
        in finding.message
    )
    broken = {**SOUND, "entities": [first, {**first, "id": "e2"}, {**first, "id": "e3"}]}
    assert correct(broken, Schema.article(), {}) == (broken, ())


@pytest.mark.parametrize(
    ("entities", "code"),
    [
        ([entity("e1", 49, "Bob"), entity("e2", 49, "Bob", entity_id="bob")], "SP203"),
        ([entity("e1", 49, "Bob"), entity("e2", 49, "Bob"), {**entity("e3", 2, "Zoë"), "start": 30}], "SP203"),
        ([entity("e1", 49, "Bob "), {**entity("e3", 2, "Zoë"), "start": 30}], "SP107"),
    ],
)
def test_nothing_is_removed_or_trimmed_that_its_document_does_not_prove(entities: list[Any], code: str) -> None:
    by_code = {finding.code: finding.fix for finding in check(Corpus.of([{**SOUND, "entities": entities}])).findings}
    assert by_code[code] == ()


def test_what_no_surface_proves_is_not_trimmed() -> None:
    (finding,) = check(Corpus.of([{"text": TEXT, "names": [{"start": 49, "end": 53}]}], bare())).findings
    assert (finding.code, finding.fix) == ("SP107", ())


def test_what_may_be_cut_at_a_line_break_is_named_and_not_trimmed() -> None:
    cut = sound(text="We meet\nin Lisbon.", entities=[entity("e1", 0, "We meet\n")])
    (finding,) = check(Corpus.of([cut])).findings
    assert (finding.code, finding.fix) == ("SP107", ())
    assert "cut at the line break" in finding.message


def test_a_surface_of_one_line_of_its_span_is_named_and_left() -> None:
    cut = sound(text="We meet\nin Lisbon.", entities=[{**entity("e1", 0, "We meet\nin Lisbon"), "text": "We meet"}])
    (finding,) = check(Corpus.of([cut])).findings
    assert (finding.code, finding.fix) == ("SP106", ())
    assert "cut at the line break" in finding.message


def test_what_follows_from_a_corrected_member_is_renewed() -> None:
    integers = {name: {"type": "integer"} for name in ("start", "end")}
    span = {"type": "object", "spanOf": "text", "properties": {**integers, "text": {"type": "string"}}}
    unit = {"fragments": "pieces", "text": "words", "joinedBy": " "}
    members = {"pieces": {"type": "array", "items": span}, "words": {"type": "string"}}
    mentions = {"type": "array", "items": {"type": "object", "annotationOf": unit, "properties": members}}
    schema = Schema.of({"type": "object", "properties": {"text": {"type": "string"}, "mentions": mentions}})
    pieces = [{"start": 3, "end": 8, "text": "gave "}, {"start": 11, "end": 13, "text": "up"}]
    broken = {"text": "He gave it up.", "mentions": [{"pieces": pieces, "words": "gave  up"}]}
    corrected, ended = correct(broken, schema, {})
    assert counted(ended) == {"SP107": 1}
    assert corrected["mentions"][0]["words"] == "gave up"
    assert check(Corpus.of([corrected], schema)).findings == ()


def test_only_the_codes_asked_for_are_corrected() -> None:
    broken = {
        **SOUND,
        "entities": [{**SOUND["entities"][0], "start": "2"}, {**SOUND["entities"][3], "end": 53, "text": "Bob "}],
    }
    corrected, ended = correct(broken, Schema.article(), {}, ignore=["SP107"])
    assert counted(ended) == {"SP101": 1}
    assert corrected["entities"][1] == broken["entities"][1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    broken = in_units(SOUND, "utf-16-le", 2)
    good = sound(id="good", text="Nothing to see.")
    JSONL.write(tmp_path / "a.jsonl", [good, broken, sound(id="c", text="Else.")], Schema.article())
    (tmp_path / "a.jsonl").write_bytes(
        (tmp_path / "a.jsonl").read_bytes().replace(b"Else", b"  Else ") + b"{no json\r\n"
    )
    (tmp_path / "b.txt").write_bytes(TEXT.encode())
    (tmp_path / "b.json").write_text(layout(stand_off({**broken, "id": "b"}, "b.txt", Schema.article())), "utf-8")
    PARQUET.write(tmp_path / "c.parquet", [{**broken, "id": "p"}], Schema.article())
    return tmp_path


def test_a_patch_is_taken_by_git_and_undone_by_it(folder: Path) -> None:
    git = ["git", "-c", "core.autocrlf=false"]
    subprocess.run([*git, "init", "-q"], cwd=folder, check=True)
    before = {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}

    here = Path.cwd()
    os.chdir(folder)
    try:
        found = {p.file.name: p for name in ("a.jsonl", "b.json") for p in fix(read(name, registries={})).patches}
    finally:
        os.chdir(here)
    assert set(found) == {"a.jsonl", "b.json"}
    for name, patch in found.items():
        diff = patch.diff().encode()
        subprocess.run([*git, "apply", "-"], input=diff, cwd=folder, check=True)
        assert (folder / name).read_bytes() == patch.after
        subprocess.run([*git, "apply", "-R", "-"], input=diff, cwd=folder, check=True)
        assert (folder / name).read_bytes() == before[name]


def test_files_are_corrected_and_every_other_byte_stays(folder: Path) -> None:
    before = (folder / "a.jsonl").read_bytes().split(b"\n")
    for patch in fix(read(folder, registries={})).patches:
        assert patch.diff().count("\n+") + patch.diff().count("\n# +") > 1
        patch.write()
    after = (folder / "a.jsonl").read_bytes().split(b"\n")
    assert [k for k in range(len(before)) if before[k] != after[k]] == [1]
    assert json.loads(after[1]).keys() == json.loads(before[1]).keys()
    assert fix(read(folder, registries={})).patches == ()
    fixed = {d["id"]: d for d in read(folder).documents()}
    for name in ("example", "b", "p"):
        got = [(e["start"], e["end"], e["text"]) for e in fixed[name]["entities"]]
        assert got == [(e["start"], e["end"], e["text"]) for e in SOUND["entities"]]
    codes = {f.code for f in check([folder]).findings}
    assert codes == {"SP001", "SP004", "SP603"} - ({"SP603"} if "SP603" not in codes else set())


@given(st.integers(0, 2**32), st.sampled_from(["utf-16-le", "utf-8"]))
def test_the_gold_is_restored_from_other_units(seed: int, encoding: str) -> None:
    document = random.Random(seed).choice(list(read(ROOT / "annotations" / "gold").documents()))
    size = 2 if encoding == "utf-16-le" else 1
    lean = json.loads(json.dumps({**document, "zones": [], "quotes": [], "dates": [], "damage": []}))
    prefix = "😀é "
    shifted = {**lean, "text": prefix + lean["text"], "sha256": None, "entities": []}
    moved = [{**e, "start": e["start"] + 3, "end": e["end"] + 3} for e in lean["entities"]]
    good = {**shifted, "entities": moved, **{k: v for k, v in sound(text=shifted["text"]).items() if k == "sha256"}}
    assert correct(in_units(good, encoding, size), Schema.article(), {})[0]["entities"] == moved


def test_files_of_no_format_have_no_corrections(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    assert fix(read(tmp_path / "a.txt")).patches == ()


def test_corrections_that_need_one_another_are_made_together() -> None:
    # The label alone would bring a duplicate, and the duplicate is one only with the label.
    bob = SOUND["entities"][3]
    corrected, ended = correct(
        {**SOUND, "entities": [bob, {**bob, "id": "e5", "label": "person"}]}, Schema.article(), {}
    )
    assert corrected["entities"] == [bob]
    assert counted(ended) == {"SP201": 1}


def test_a_trim_is_made_though_what_it_hid_stays() -> None:
    # White space at its edge hides that the span crosses another, which it does before and after.
    crossing = [entity("e1", 17, "Ana Silva "), entity("e2", 21, "Silva met")]
    broken = {**SOUND, "entities": crossing}
    corrected, ended = correct(broken, Schema.article(), {})
    assert counted(ended) == {"SP107": 1}
    assert [f.code for f in check(Corpus.of([corrected])).findings] == ["SP206"]


def test_a_refused_correction_says_why_and_is_not_told_as_fixable() -> None:
    # Trimmed, the content would be the quotation that continues another one of the same words.
    bob = {**entity("e1", 49, "Bob"), "entity_id": None}
    quote = {**QUOTE, "type": "indirect", "start": 49, "end": 52, "text": "Bob", "utterance": "u"}
    quotes = [
        quote,
        {**quote, "id": "q2"},
        {**quote, "id": "q3", "start": 53, "end": 57, "text": "left", "continues": "q2"},
    ]
    report = check(Corpus.of([{**SOUND, "entities": [bob], "quotes": quotes}]))
    (finding,) = report.findings
    assert (finding.code, finding.fix) == ("SP203", ())
    assert finding.refused.startswith("it would bring SP5")
    assert "no correction: it would bring SP5" in str(report)
    assert "fixable" not in str(report)


def test_removals_that_leave_references_without_a_target_are_refused_each_for_its_own() -> None:
    many = 80  # more than the trials that may fail in a document
    words = [f"N{k:03}" for k in range(many)]
    once = [{"id": f"a{k}", "label": "A", "start": 5 * k, "end": 5 * k + 4, "text": words[k]} for k in range(many)]
    again = [{**span, "id": f"b{k}"} for k, span in enumerate(once)]
    relations = [
        {"id": f"r{k}", "label": "of", "arguments": [{"role": "x", "target": f"b{k}"}]} for k in range(1, many)
    ]
    document = {"id": "d", "text": " ".join(words), "spans": [*once, *again], "relations": relations}
    fixed = fix(Corpus.of([document], Schema.stand_off()))
    assert counted(fixed.ended) == {"SP203": 1}
    (left,) = fixed.corpus.documents()
    assert [span["id"] for span in left["spans"]] == [span["id"] for span in [*once, *again[1:]]]
    places = [f"it would bring SP501 at $.relations[{k}].arguments[0].target" for k in range(many - 1)]
    assert [finding.refused for finding in fixed.refused] == places


ENTITIES = st.lists(
    st.builds(
        lambda start, length, label, typed, other: {
            **entity("e", start, TEXT[start : start + length], label=label),
            **({"start": str(start)} if typed else {}),
            **({"text": other} if other else {}),
        },
        st.integers(0, len(TEXT) - 8),
        st.integers(1, 8),
        st.sampled_from(["PERSON", "person", "GPE"]),
        st.booleans(),
        st.sampled_from(["", "", "Ana", "Zoë "]),
    ),
    max_size=6,
)


@given(ENTITIES)
def test_what_fix_says_is_so(entities: list[Any]) -> None:
    """What is told as fixable is ended, nothing that is left is, and correcting again changes nothing."""
    document = {**SOUND, "entities": [{**one, "id": f"e{k}"} for k, one in enumerate(entities)]}
    before = check([document])
    fixed = fix([document])
    after = check(fixed.corpus)
    assert fix(fixed.corpus).ended == ()
    assert not any(finding.fix and finding.level == "proved" for finding in after.findings)
    told = [finding for finding in before.findings if finding.fix and finding.level == "proved"]
    assert {(f.code, f.path) for f in told} <= {(f.code, f.path) for f in fixed.ended}
