"""Stress tests: systems whose breaks are known, the smallest text of a break, what the command measures."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import regex
from click.testing import CliRunner, Result

from spanproof.bench.fitting import fit_to
from spanproof.bench.stress.consistency import common, differ
from spanproof.bench.stress.measuring import ComparedLayer, stress, variants
from spanproof.bench.stress.shrinking import Trial, smallest
from spanproof.cli.bench_stress import stress as command
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.metrics.score import score
from spanproof.revisions.transformations.catalogue import chosen
from spanproof.revisions.transformations.rewriting import Piece, Rewriting, follow
from spanproof.schema.schema import Schema
from spanproof.systems.adapters import gazetteer
from spanproof.systems.adapters import quotes_baseline as quotes
from spanproof.systems.adapters import timex_baseline as times
from spanproof.systems.system import Source, System
from support.documents import ROOT
from support.offered import offered
from support.predictions import annotate
from support.rewritten import CORPUS, DOCUMENT, TEXT

GOLD = ROOT / "annotations" / "gold"


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
    rows = list(zip(variants([*gold.documents()], gold.schema, gold.registries, asked), said[len(gold) :], strict=True))
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


@pytest.mark.slow
@pytest.mark.parametrize("number", [1, 4])
def test_dialogues_are_drawn_and_not_their_turns(number: int, tmp_path: Path) -> None:
    """Of a single dialogue there is no interval, however many turns it has."""
    span = {
        "type": "object", "spanOf": "msg", "timex3": {"type": "type", "value": "value"},
        "required": ["start", "end", "type", "value"],
        "properties": {"start": {"type": "integer"}, "end": {"type": "integer"},
                       "type": {"type": "string", "enum": ["DATE"]}, "value": {"type": "string"}},
    }  # fmt: skip
    turn = {"type": "object", "required": ["msg", "times"],
            "properties": {"msg": {"type": "string"}, "times": {"type": "array", "items": span}}}  # fmt: skip
    properties = {"id": {"type": "string"}, "turns": {"type": "array", "items": turn}}
    dialogue = {"type": "object", "documents": "/turns/*", "key": "id", "properties": properties}
    said = {"On 26 February 2025 we met.": (3, 19, "2025-02-26"), "We left on Monday.": (11, 17, "2025-02-24")}
    turns = [
        {"msg": text, "times": [{"start": start, "end": end, "type": "DATE", "value": day}]}
        for text, (start, end, day) in said.items()
    ]
    same = [{"msg": "On 2025-02-26 we met.", "times": [{"start": 3, "end": 13, "type": "DATE", "value": "2025-02-26"}]}]
    rows = [{"id": f"d{k}", "turns": same if k % 2 else turns} for k in range(number)]
    gold = Corpus.of(rows, Schema.of(dialogue)).load()
    system_, fit = fit_to(gold, times.SYSTEM, None, {}, None)
    found = stress(system_, gold, chosen(("lower",)), tmp_path, fit=fit, resamples=50)
    assert found.run.problem is None
    (effect, *_) = found.effects["lower"]
    assert effect.before != effect.after
    assert (effect.interval is None) == (number == 1)
