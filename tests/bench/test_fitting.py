"""Systems on corpora of strangers: names under other labels, times and quotations in other words, layers that lack."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from spanproof.bench.fitting import fit_to, known_labels
from spanproof.cli import main
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.schema.schema import Schema
from spanproof.systems.fitting import SystemFit, fit_of, fitted
from spanproof.systems.labels import NAMES, TIMES
from spanproof.systems.registry import systems
from spanproof.systems.system import Source, System, per_text
from support.documents import ROOT

Json = dict[str, Any]

TEXT = "“We will stay here,” Ana Silva said in Lisbon on 26 February 2025."
OFFSETS = {"start": {"type": "integer"}, "end": {"type": "integer"}}


def span(required: list[str], properties: Json, **keywords: Any) -> Json:
    members = {"type": "object", "spanOf": "text", "required": ["start", "end", *required]}
    return {**members, "properties": {**OFFSETS, **properties}, **keywords}


def schema(**layers: Json) -> Json:
    lists = {name: {"type": "array", "items": items} for name, items in layers.items()}
    return {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}, **lists}}


TIMEML = schema(timexes=span(["kind", "val"], {
    "kind": {"type": "string", "enum": list(TIMES)}, "val": {"type": "string"},
}, timex3={"type": "kind", "value": "val"}))  # fmt: skip
CONLL = schema(names=span(["ne"], {"ne": {"type": "string", "enum": ["PER", "LOC", "ORG", "MISC"]}}, labelledBy="ne"))
SAID = schema(speech=span(["mode"], {
    "mode": {"type": "string", "enum": ["oratio recta", "oratio obliqua"]},
}, quotation={"type": "mode", "direct": "oratio recta", "parts": []}))  # fmt: skip


def at(words: str) -> Json:
    start = TEXT.index(words)
    return {"start": start, "end": start + len(words)}


def run(folder: Path, documents: list[Json], schema: Json | None, *arguments: object) -> Result:
    (folder / "mine.jsonl").write_text("".join(json.dumps(one) + "\n" for one in documents), "utf-8")
    if schema:
        (folder / "mine.schema.json").write_text(json.dumps(schema), "utf-8")
    options = ["--corpus", folder / "mine.jsonl", "--out", folder / "out", "--resamples", 2, "--output", "json"]
    return CliRunner().invoke(main, [str(part) for part in ("bench", "run", *arguments, *options)])


def exact(result: Result) -> dict[str, float]:
    assert result.exit_code == 0, result.output
    boards = json.loads(result.stdout)["boards"]
    return {
        board["task"]: next(s["value"] for s in scores if (s["measure"], s["part"]) == ("exact", None))
        for board in boards
        for scores in board["scores"].values()
    }


@pytest.mark.slow
def test_times_are_asked_in_the_words_of_the_corpus(tmp_path: Path) -> None:
    times = [{**at("26 February 2025"), "kind": "DATE", "val": "2025-02-26"}]
    result = run(tmp_path, [{"text": TEXT, "timexes": times}], TIMEML, "timex-baseline")
    assert exact(result) == {"timex3": 1}
    (predicted,) = read(tmp_path / "out" / "timex-baseline.jsonl", Schema.of(TIMEML)).documents()
    assert predicted["timexes"] == times


@pytest.mark.slow
def test_quotations_are_asked_in_the_words_of_the_corpus(tmp_path: Path) -> None:
    result = run(
        tmp_path,
        [{"text": TEXT, "speech": [{**at("We will stay here"), "mode": "oratio recta"}]}],
        SAID,
        "quotes-baseline",
    )
    assert exact(result) == {"quotations": 1}


@pytest.mark.slow
def test_names_have_the_labels_of_the_corpus_and_what_it_lacks_is_not_asked(tmp_path: Path) -> None:
    if problem := systems().find("spacy-sm").missing:
        pytest.skip(problem)
    names = [{**at("Ana Silva"), "ne": "PER"}, {**at("Lisbon"), "ne": "LOC"}]
    document = {"text": TEXT, "names": names}
    found = {
        arguments: run(tmp_path, [document], CONLL, "spacy-sm", *arguments)
        for arguments in ((), ("--map", "GPE=LOC"), ("--labels", "conll-4"))
    }
    assert [list(exact(result)) for result in found.values()] == [["entities"]] * 3, "no times in gold"
    alone, mapped, tabled = (exact(result)["entities"] for result in found.values())
    assert alone < mapped == tabled == 1
    assert "not asked of spacy-sm, since gold has none: the layers dates; " in found[()].stderr
    assert "GPE" in found[()].stderr
    assert "GPE" not in found["--map", "GPE=LOC"].stderr
    signatures = [
        json.loads(result.stdout)["boards"][0]["scores"]["spacy-sm"][0]["signature"] for result in found.values()
    ]
    assert "|labels:own,map(GPE=LOC)|" in signatures[1]
    assert "|labels:conll-4|" in signatures[2]
    # doccano, without a schema: offsets and a label in lists.
    own = [[one["start"], one["end"], {"PER": "person", "LOC": "place"}[one["ne"]]] for one in names]
    (tmp_path / "mine.schema.json").unlink()
    result = run(tmp_path, [{"id": 1, "text": TEXT, "label": own}], None, "spacy-sm", "--map", "GPE=place", "--again")
    assert exact(result) == {"entities": 1}


APART = schema(said={"type": "object", "annotationOf": {"fragments": "pieces", "text": "words", "joinedBy": " … "},
    "quotation": {"type": "mode", "direct": "direct", "parts": []}, "required": ["pieces", "words", "mode"],
    "properties": {"pieces": {"type": "array", "items": span([], {})}, "words": {"type": "string"},
                   "mode": {"type": "string", "enum": ["direct", "indirect"]}}})  # fmt: skip


@pytest.mark.slow
def test_discontinuous_quotations_are_answered_by_one_piece_and_what_that_costs_is_told(tmp_path: Path) -> None:
    text = "“We will all stay here,” Ana Silva said. Then she left. “Nobody won this time,” Ana Silva said."
    pieces = [{"start": text.index(words), "end": text.index(words) + len(words)}
              for words in ("We will all stay here", "Nobody won this time")]  # fmt: skip
    words = "We will all stay here … Nobody won this time"
    whole = {"pieces": pieces, "words": words, "mode": "direct"}
    alone = {"pieces": pieces[:1], "words": words.partition(" … ")[0], "mode": "direct"}
    documents = [{"text": text, "said": [whole]}, {"text": f"{text} ", "said": [alone, {**alone, "pieces": pieces[1:],
                  "words": words.partition(" … ")[2]}]}]  # fmt: skip
    result = run(tmp_path, documents, APART, "quotes-baseline")
    (board,) = json.loads(result.stdout)["boards"]
    (scores,) = board["scores"].values()
    found = {one["measure"]: (one["n"], one["value"]) for one in scores if one["part"] is None}
    assert found["exact"] == ([3, 4], pytest.approx(4 / 7, abs=1e-6))
    assert found["exact, several fragments"] == ([1, 0], 0)
    arguments = ["--corpus", tmp_path / "mine.jsonl", "--out", tmp_path / "out", "--resamples", 2]
    shown = CliRunner().invoke(main, [str(part) for part in ("bench", "run", "quotes-baseline", *arguments)])
    told = "so exact recall can't be above 0.667 here, and exact F1 not above 0.800."
    assert told in " ".join(shown.stdout.split())


def test_what_fits_already_stays_as_it_is() -> None:
    gold = read(ROOT / "annotations" / "gold").load()
    for name in ("spacy-sm", "timex-baseline", "quotes-baseline", "gazetteer"):
        system = systems().find(name)
        assert fit_to(gold, system, None, {}, None) == (system, None)


def test_an_absent_layer_is_not_known_and_an_empty_one_is() -> None:
    of = Schema.of(
        schema(names=CONLL["properties"]["names"]["items"], timexes=TIMEML["properties"]["timexes"]["items"])
    )
    assert list(known_labels(Corpus.of([{"text": "a", "names": []}], of))) == ["names"]
    assert list(known_labels(Corpus.of([{"text": "a"}], of))) == []
    gold = Corpus.of([{"text": "a", "names": []}], of)
    system = systems().find("timex-baseline")
    assert fit_to(gold, system, None, {}, None) == (system, None)


LABELS = st.sampled_from([*NAMES, "PER", "person", "LOCATION", "place", "X"])


@given(st.lists(LABELS, min_size=1, unique=True), st.lists(LABELS, min_size=1, unique=True), st.data())
def test_every_answer_has_a_label_of_gold_and_none_is_guessed(
    own: list[str], known: list[str], data: st.DataObject
) -> None:
    renamed = data.draw(st.dictionaries(st.sampled_from(own), st.sampled_from([*known, "nowhere"]), max_size=2))
    of = Schema.of(schema(names=span(["ne"], {"ne": {"type": "string", "enum": known}}, labelledBy="ne")))
    items = [{"start": 0, "end": 1, "label": label, "more": 1} for label in own]
    system = System(
        "s", "1", "MIT", None, {"entities": tuple(own)}, "-", lambda _: per_text(lambda _: {"entities": items})
    )
    fit = fit_of(system, of, {"names": known}, renamed=renamed)
    for label in own:
        to = fit.labels.get("entities", {}).get(label)
        assert to is None or to in known
        if label in renamed:
            assert to == (renamed[label] if renamed[label] in known else None)
        elif label in known:
            assert to == label
    if not fit.layers:
        return
    other = fitted(system, fit, of)
    (answer,) = other.load()([Source("a", "abc")])
    assert [item["ne"] for item in answer["names"]] == [
        fit.labels["entities"][k] for k in own if k in fit.labels["entities"]
    ]
    assert all(set(item) == {"start", "end", "ne"} for item in answer["names"])
    assert set(other.predicts["names"]) == {item["ne"] for item in answer["names"]}
    assert SystemFit(**json.loads(json.dumps(fit.as_json))) == fit
