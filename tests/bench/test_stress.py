"""Rewritten texts: spans forth and back, sound gold, systems whose breaks are known, the smallest text of a break."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import regex
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

import spanproof
from spanproof.bench.stress.consistency import common, differ
from spanproof.bench.stress.measuring import ComparedLayer, stress, variants
from spanproof.bench.stress.rewriting import Piece, Rewriting, Swap, carry, follow
from spanproof.bench.stress.shrinking import Trial, smallest
from spanproof.bench.stress.transformations import TRANSFORMATIONS, Transformation, chosen, rewriting
from spanproof.cli.bench_stress import stress as command
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.metrics.score import score
from spanproof.schema.paths import Registries
from spanproof.schema.schema import Schema
from spanproof.systems.adapters import gazetteer
from spanproof.systems.adapters import quotes_baseline as quotes
from spanproof.systems.adapters import timex_baseline as times
from spanproof.systems.system import Source, System
from spanproof.testing.strategies import documents, texts
from support.documents import LETTERS, ROOT
from support.offered import offered
from support.predictions import annotate

GOLD = ROOT / "annotations" / "gold"
TEXT = (
    'Ana Silva said on February 18, 2025: "We meet in Kiev. All of us," and left.\n'
    "Silva’s friend Bo Ek came to Kiev on Feb.18, or the 19 February.\n\n"
    "Türkiye was SILVA country."
)
REGISTRIES: Registries = {
    "entities": {
        "ana": {"type": "PERSON", "aliases": ["Ana Silva", "Silva", "SILVA"]},
        "bo": {"type": "PERSON", "aliases": ["Bo Ek"]},
        "kyiv": {"type": "GPE", "aliases": ["Kiev", "Kyiv", "kyiv"]},
        "turkey": {"type": "GPE", "aliases": ["Türkiye"]},
    },
    "utterances": {"u": {}},
}


def spans(*surfaces: tuple[str, int, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Annotations of the nth occurrences of surfaces."""
    made = []
    for k, (surface, nth, members) in enumerate(surfaces):
        start = [match.start() for match in regex.finditer(regex.escape(surface), TEXT)][nth]
        made.append({"id": f"x{k}", "start": start, "end": start + len(surface), "text": surface, **members})
    return made


def named(surface: str, nth: int, label: str, entity: str) -> tuple[str, int, dict[str, Any]]:
    return surface, nth, {"label": label, "entity_id": entity}


def dated(surface: str, day: int, anchor: str | None = None) -> tuple[str, int, dict[str, Any]]:
    return surface, 0, {"type": "DATE", "value": f"2025-02-{day}", "mod": None, "anchor": anchor}


def part(surface: str) -> dict[str, Any]:
    start = TEXT.index(surface)
    return {"start": start, "end": start + len(surface), "text": surface}


DOCUMENT: dict[str, Any] = {
    "id": "a",
    "text": TEXT,
    "sha256": hashlib.sha256(TEXT.encode()).hexdigest(),
    "language": "en",
    "dct": {"value": "2025-02-20", "source": "inferred", "evidence": "February 18, 2025"},
    "zones": [],
    "entities": spans(
        named("Ana Silva", 0, "PERSON", "ana"),
        named("Kiev", 0, "GPE", "kyiv"),
        named("Silva", 1, "PERSON", "ana"),
        named("Bo Ek", 0, "PERSON", "bo"),
        named("Kiev", 1, "GPE", "kyiv"),
        named("Türkiye", 0, "GPE", "turkey"),
        named("SILVA", 0, "PERSON", "ana"),
    ),
    "quotes": [
        {
            **spans(("We meet in Kiev. All of us,", 0, {"type": "direct", "speaker": "ana"}))[0],
            "source": part("Ana Silva"),
            "cue": part("said"),
            "continues": None,
            "utterance": "u",
        }
    ],
    "dates": spans(dated("February 18, 2025", 18), dated("Feb.18", 18, "dct"), dated("19 February", 19, "x1")),
}
CORPUS = Corpus.of([DOCUMENT], None, REGISTRIES)


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


def system(name: str, pattern: str, label: str = "PERSON", flags: int = 0) -> System:
    """A system that finds what a pattern finds."""
    found = regex.compile(pattern, flags)

    def predict(sources: Sequence[Source]) -> Iterable[Mapping[str, Any]]:
        for source in sources:
            yield {
                "entities": [{"start": m.start(), "end": m.end(), "label": label} for m in found.finditer(source.text)]
            }

    return System(name, "1", "MIT", None, {"entities": (label,)}, "None.", lambda _: predict)


def trial(system_: System, name: str, gold: Corpus = CORPUS) -> Trial:
    predict = system_.load(gold.registries)
    return Trial(system_, partial(annotate, system_, predict), gold, chosen((name,))[0])


def shrunk(system_: System, name: str, gold: Corpus = CORPUS) -> tuple[str, str] | None:
    found = smallest(trial(system_, name, gold), list(gold.documents()), 200)
    return found and (found.before["text"], found.after["text"])


CASED = system("cased", r"\b\p{Lu}\p{Ll}+\b")
STRAIGHT = system("straight", r'"[^"\s][^"]*"', "WORK_OF_ART")


def test_the_smallest_text_of_a_break_is_a_word() -> None:
    before, after = shrunk(CASED, "lower") or ("", "")
    assert len(before.split()) == 1
    assert after == before.lower() != before
    assert regex.fullmatch(r"\p{Lu}\p{Ll}+", before)
    assert shrunk(CASED, "crlf") is None
    assert shrunk(system("any", r"\w+"), "upper") is None


def test_a_system_that_knows_straight_marks_breaks_between_two() -> None:
    before, after = shrunk(STRAIGHT, "marks-curly") or ("", "")
    assert regex.fullmatch(r'"\w+ ?"', before)
    assert after == f"“{before[1:-1]}{'“' if before[-2] == ' ' else '”'}"
    assert shrunk(STRAIGHT, "marks-straight") is None


def test_words_that_break_together_stay() -> None:
    before, _ = shrunk(system("pair", r"said(?=.*left)", flags=regex.DOTALL), "upper") or ("", "")
    assert before == "said left"


def test_a_break_across_sentences_is_found() -> None:
    text = "Ana left. It rained. The day was long. Bo came. He sat."
    document = {**DOCUMENT, "text": text, "entities": [], "quotes": [], "dates": []}
    document["sha256"] = hashlib.sha256(text.encode()).hexdigest()
    found = shrunk(system("far", r"Ana(?=.*Bo)"), "lower", Corpus.of([document]))
    assert found == ("Ana Bo", "ana bo")


@pytest.mark.slow
def test_the_baselines_shrink_to_their_limits() -> None:
    gold = read(GOLD)
    assert shrunk(gazetteer.SYSTEM, "persons", gold) is not None
    before, _ = shrunk(times.SYSTEM, "lower", gold) or ("", "")
    assert len(before.split()) == 1
    before, _ = shrunk(quotes.SYSTEM, "upper", gold) or ("", "")
    assert regex.search(r'^["“«].*["”»]', before)


@pytest.mark.parametrize("unsound", [{"start": 5, "end": 2}, {"start": 0, "end": 10**6}])
def test_an_unsound_answer_is_no_break(unsound: Mapping[str, int]) -> None:
    def predict(sources: Sequence[Source]) -> Iterable[Mapping[str, Any]]:
        return [{"entities": [{**unsound, "label": "PERSON"}]} for _ in sources]

    broken = System("broken", "1", "MIT", None, {"entities": ("PERSON",)}, "None.", lambda _: predict)
    assert shrunk(broken, "lower") is None


@pytest.mark.slow
def test_before_is_what_the_benchmark_scores(tmp_path: Path) -> None:
    gold = read(GOLD)
    for each, task in ((times.SYSTEM, "timex3"), (gazetteer.SYSTEM, "entities"), (quotes.SYSTEM, "quotations")):
        found = stress(each, gold, chosen(("crlf", "lower")), tmp_path, resamples=50)
        assert found.run.problem is None
        guess = list(read(found.run.path, gold.schema, {}).documents())[: len(gold)]
        layer = next(iter(each.predicts))
        right = score(gold, Corpus.of(guess, gold.schema), task, resamples=0).find("exact", layer)  # type: ignore[arg-type]
        returns, lower = (found.effects[name][0] for name in ("crlf", "lower"))
        assert (returns.before, returns.after) == pytest.approx((right.value, right.value), abs=1e-6)
        assert returns.same == 1
        assert returns.interval is None  # all draws are alike
        assert returns.broken == ()
        low, high = lower.interval or (0, 0)
        assert low <= (lower.after or 0) - (lower.before or 0) <= high
    again = stress(times.SYSTEM, gold, chosen(("crlf", "lower")), tmp_path, resamples=50)
    assert again.run.kept


@pytest.mark.slow
def test_after_is_the_score_of_the_transformed_gold(tmp_path: Path) -> None:
    gold = read(GOLD)
    asked = chosen(("lower", "paragraphs", "days-moved", "no-break-spaces", "aliases", "dates-iso"))
    found = stress(times.SYSTEM, gold, asked, tmp_path, resamples=1)
    said = list(read(found.run.path, gold.schema, {}).documents())
    rows = list(zip(variants(gold, asked), said[len(gold) :], strict=True))
    for each in asked:
        told = {variant.row: (variant.document, answer) for variant, answer in rows if variant.transformation == each}
        pairs = [told.get(row, (truth, said[row])) for row, truth in enumerate(gold.documents())]
        truth, guess = (Corpus.of([pair[k] for pair in pairs], gold.schema) for k in (0, 1))
        right = score(truth, guess, "timex3", resamples=0).find("exact", "dates")
        assert found.effects[each.name][0].after == pytest.approx(right.value, abs=1e-6), each.name


def test_lost_spans_equal_nothing() -> None:
    layer = ComparedLayer.of("entities", CASED, Schema.article())
    there = follow(DOCUMENT, Rewriting.of(TEXT, [Piece(4, 14, "X")]), Schema.article())
    lost, whole = layer.carried(there), layer.annotations(DOCUMENT)
    assert len(lost) == len(whole) == 7
    assert len(common(whole, whole, "whole")) == 7
    assert differ(whole, lost)
    assert common(lost, whole, "exact") == []


FAKES = """
import os
from spanproof.systems.system import System

def fake(name, predict):
    return System(name, "1", "MIT", None, {"entities": ("PERSON",)}, "None known.", lambda registries: predict,
                  install=f"pip install {name}")

def dies(sources):
    os._exit(3)

def mortal(sources):
    for source in sources:
        if len(source.text) < 1000:
            os._exit(3)
        yield {"entities": [{"start": 0, "end": 1, "label": "PERSON"}] if source.text.islower() else []}

DIES, MORTAL = fake("dies", dies), fake("mortal", mortal)
"""


@pytest.fixture
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Systems of a package of somebody else."""
    names = ("DIES", "MORTAL")
    offered(tmp_path / "site", monkeypatch, "stress_fakes", FAKES, {name.lower(): name for name in names})


def told(*arguments: object) -> Result:
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.mark.slow
def test_the_command_measures_and_shrinks(tmp_path: Path) -> None:
    asked = ["timex-baseline", "--corpus", GOLD, "--out", tmp_path, "--resamples", 50, "--examples", 20, "--shrink"]
    asked += ["--transformation", "crlf", "--transformation", "lower"]
    text, page, data = (told(*asked, "--output", output) for output in ("text", "markdown", "json"))
    assert [each.exit_code for each in (text, page, data)] == [0, 0, 0]
    assert "lower breaks on" in text.stdout
    assert "crlf breaks on" not in text.stdout
    assert "| crlf | 5 |" in page.stdout
    (found,) = json.loads(data.stdout)["systems"]
    assert found["problem"] is None
    assert {name: effects[0]["same"] == 1 for name, effects in found["effects"].items()} == {
        "crlf": True,
        "lower": False,
    }
    (broken,) = found["broken"]
    assert len(broken["before"]["text"].split()) == 1
    assert told(*asked, "--output", "text").stdout == text.stdout


@pytest.mark.slow
@pytest.mark.usefixtures("fakes")
def test_a_failing_system_and_unusable_input(tmp_path: Path) -> None:
    result = told("dies", "timex-baseline", "--corpus", GOLD, "--out", tmp_path, "--transformation", "nfc")
    assert result.exit_code == 1
    assert "dies failed: " in result.stderr
    assert "dates, exact" in result.stdout
    result = told("timex-baseline", "--corpus", GOLD, "--out", tmp_path, "--transformation", "no")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "no transformation 'no'" in result.stderr


@pytest.mark.slow
@pytest.mark.usefixtures("fakes")
def test_a_system_that_ends_while_shrinking_is_told_of(tmp_path: Path) -> None:
    asked = ("--corpus", GOLD, "--out", tmp_path, "--transformation", "lower", "--transformation", "nfc", "--shrink")
    result = told("mortal", *asked)
    assert result.exit_code == 1
    assert "mortal ended: " in result.stderr
    assert "entities, exact" in result.stdout
    assert "breaks on" not in result.stdout
