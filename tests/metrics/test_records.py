"""What is drawn where documents are parts of a record: the record, since turns of one dialogue resemble each other."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

import spanproof
from spanproof.arrays import Ints
from spanproof.bench.errors.analysis import analyse
from spanproof.cli import main
from spanproof.corpus.documents import Corpus
from spanproof.metrics import plain
from spanproof.metrics.agreement import Agreement, agree
from spanproof.metrics.annotators import agree_all
from spanproof.metrics.compare import compare
from spanproof.metrics.counts import Counts
from spanproof.metrics.intervals import score_intervals
from spanproof.metrics.records import records_of
from spanproof.metrics.render import as_text as agreement_as_text
from spanproof.metrics.resampling import Interval
from spanproof.metrics.score import score
from spanproof.schema.schema import Schema
from support.documents import ROOT
from support.simulation import RESAMPLES, Kind, share_held

SAMPLE = 300
TEXT = "Ana met Bo in Rio, and Eva."
PLACES = [(0, 3), (8, 10), (14, 17), (23, 26)]


def schema(documents: str = "/turns/*", key: Any = "conv_id") -> dict[str, Any]:
    written = json.loads((ROOT / "schema" / "examples" / "dialogue.schema.json").read_text("utf-8"))
    turns = written["properties"]["turns"]["items"]
    turns["properties"] = {"role": {"type": "string"}, "msg": {"type": "string"}, "ents": turns["properties"]["slots"]}
    turns["required"] = ["msg", "ents"]
    turns["properties"]["ents"]["items"] = {
        "type": "object",
        "labelledBy": "type",
        "spanOf": {"text": "2/msg", "start": "from", "end": "to", "surface": "value"},
        "properties": {
            "from": {"type": "integer"},
            "to": {"type": "integer"},
            "value": {"type": "string"},
            "type": {"type": "string"},
        },
    }
    properties = {"conv_id": {"type": "string"}, "channel": {"type": "string"}, "turns": written["properties"]["turns"]}
    return {"type": "object", "documents": documents, "key": key, "required": ["turns"], "properties": properties}


def dialogues(number: int, found: Any = None) -> list[dict[str, Any]]:
    """Dialogues of four turns; ``found`` says how many of the four names each turn of a dialogue has."""
    rng = np.random.default_rng(3)
    most = rng.integers(1, 5, number) if found is None else found
    return [
        {
            "conv_id": f"d{k}",
            "channel": "chat",
            "turns": [
                {
                    "role": "user",
                    "msg": TEXT,
                    "ents": [
                        {"from": start, "to": end, "value": TEXT[start:end], "type": "NAME"}
                        for start, end in PLACES[: most[k]]
                    ],
                }
                for _ in range(4)
            ],
        }
        for k in range(number)
    ]


def gold_of(number: int) -> list[dict[str, Any]]:
    return dialogues(number, [4] * number)


def test_records_are_drawn_and_exchanged_and_called_so() -> None:
    right = Schema.of(schema())
    gold = Corpus.of(gold_of(12), right)
    good = score(gold, Corpus.of(dialogues(12), right), "entities", resamples=200)
    poor = score(gold, Corpus.of(dialogues(12, [1] * 6 + [2] * 6), right), "entities", resamples=200)
    assert (good.documents, good.drawn, good.unit) == (48, 12, "records")
    assert np.bincount(good.document).tolist() == [len(good.document) // 12] * 12
    exact = good.find("exact")
    assert "random draws of records. There are only 12 records, so sentences of each are drawn too." in exact.caution
    (compared, *_) = compare(good, poor, n=1000)
    assert compared.difference.n <= 12
    few = score(Corpus.of(gold_of(1), right), Corpus.of(dialogues(1, [2]), right), "entities", resamples=200)
    assert few.find("exact").interval is None
    assert "It has no interval" in few.find("exact").caution


def test_counts_of_a_record_are_those_of_its_documents() -> None:
    right = Schema.of(schema())
    found = score(Corpus.of(gold_of(12), right), Corpus.of(dialogues(12), right), "entities", resamples=50)
    rows = found.counts[0].over_documents(found.document, found.drawn).rows
    order = sorted(range(12), key=lambda k: f"d{k}")
    expected = {k: 4 * len(document["turns"][0]["ents"]) for k, document in enumerate(dialogues(12))}
    assert sorted(rows[:, 2].tolist()) == sorted(float(expected[k]) for k in order)
    assert set(rows[:, 0].tolist()) == {16.0}


def test_a_file_that_only_holds_documents_is_no_record_of_them() -> None:
    rows = [{"turns": dialogue["turns"]} for dialogue in gold_of(1)]
    corpus = Corpus.of(rows, Schema.of(schema(key=["#"]))).load()
    assert records_of(corpus) is None
    plain = Corpus.of([{"id": "a", "text": "x", "sha256": "", "language": "en"}]).load()
    assert records_of(plain) is None


def test_the_command_says_records(tmp_path: Path) -> None:
    for name, documents in (("gold", gold_of(8)), ("mine", dialogues(8)), ("theirs", dialogues(8, [1] * 8))):
        lines = "".join(f"{json.dumps(document)}\n" for document in documents)
        (tmp_path / f"{name}.jsonl").write_text(lines, "utf-8")
    (tmp_path / "s.json").write_text(json.dumps(schema()), "utf-8")
    files = [str(tmp_path / f"{name}.jsonl") for name in ("gold", "mine", "theirs")]
    result = CliRunner().invoke(main, ["score", *files, "--schema", str(tmp_path / "s.json"), "--resamples", "50"])
    shown = " ".join(result.output.split())
    assert result.exit_code == 0, result.output
    assert "random draws of records. There are only 8 records, so sentences of each" in shown
    assert "exchanged at random, record by record" in shown


def test_records_of_gold_are_drawn_where_the_predictions_have_another_shape(tmp_path: Path) -> None:
    gold = gold_of(8)
    for k, dialogue in enumerate(gold):
        for n, turn in enumerate(dialogue["turns"]):
            turn["msg"] += f" {k} {n}"
    (tmp_path / "gold.schema.json").write_text(json.dumps(schema()), "utf-8")
    (tmp_path / "gold.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in gold), "utf-8")
    most = [1, 2, 3, 4, 1, 2, 3, 4]
    lists = [
        {"text": turn["msg"], "label": [[each["from"], each["to"], each["type"]] for each in turn["ents"][: most[k]]]}
        for k, dialogue in enumerate(gold)
        for turn in dialogue["turns"]
    ]
    (tmp_path / "mine.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in lists), "utf-8")
    files = [str(tmp_path / "gold.jsonl"), str(tmp_path / "mine.jsonl")]
    result = CliRunner().invoke(main, ["score", *files, "--resamples", "50"])
    assert result.exit_code == 0, result.output
    assert "random draws of records. There are only 8 records, so sentences of each" in " ".join(result.output.split())


def flat(number: int, most: list[int]) -> tuple[list[str], list[Any], list[Any], list[int]]:
    """The turns of dialogues as texts, their names, those that are found, and the dialogue of each."""
    turns = [(k, [(*place, "NAME") for place in PLACES]) for k in range(number) for _ in range(4)]
    return [TEXT] * len(turns), [spans for _, spans in turns], [s[: most[k]] for k, s in turns], [k for k, _ in turns]


@pytest.mark.parametrize("scored", [spanproof.score, plain.score])
def test_texts_in_memory_are_drawn_by_the_records_that_they_are_parts_of(scored: Any) -> None:
    most = [1, 2, 3, 4] * 3
    texts, gold, found, dialogue = flat(12, most)
    alone, together = scored(texts, gold, found), scored(texts, gold, found, records=dialogue)
    assert (alone.drawn, alone.unit, together.drawn, together.unit) == (48, "texts", 12, "records")
    widths = [one.find("exact").interval[1] - one.find("exact").interval[0] for one in (alone, together)]
    assert widths[0] < 0.75 * widths[1]
    assert "Each text counts as independent of the others (records= says which belong" in alone.find("exact").caution
    assert "random draws of records" in together.find("exact").caution
    with pytest.raises(ValueError, match="records has 2 entries; expected 48"):
        scored(texts, gold, found, records=[1, 2])
    with pytest.raises(TypeError, match="records is 'dialogues'; expected a list"):
        scored(texts, gold, found, records="dialogues")


def test_agreement_is_drawn_by_records() -> None:
    right = Schema.of(schema())
    most = [1, 2, 3, 4] * 3
    sides = [Corpus.of(dialogues(12, found), right) for found in ([4] * 12, most, most[::-1])]
    two = agree(*sides[:2], resamples=200)
    assert (two.documents, two.drawn, two.unit) == (48, 12, "records")
    assert "random draws of records. There are only 12 records" in agreement_as_text(two)
    turns = [[{"text": TEXT, "spans": [{"start": s, "end": e, "label": "NAME"} for s, e in PLACES[:n]]}
              for n in found for _ in range(4)] for found in ([4] * 12, most)]  # fmt: skip
    by_turn = agree(*turns, resamples=200)

    def width(agreement: Agreement) -> float:
        one = next(s for s in agreement.scores if (s.measure, s.part, s.member) == ("exact F1", None, None))
        assert one.low is not None
        assert one.high is not None
        return one.high - one.low

    assert width(by_turn) < 0.75 * width(two)
    team = agree_all(dict(zip("abc", sides, strict=True)), resamples=200)
    assert (team.drawn, team.unit) == (12, "records")
    assert [pair.agreement and pair.agreement.unit for pair in team.pairs] == ["records"] * 3


def test_errors_by_part_are_drawn_by_records() -> None:
    right = Schema.of(schema())
    gold, found = Corpus.of(gold_of(12), right), Corpus.of(dialogues(12, [1, 2, 3, 4] * 3), right)
    (system,) = analyse(gold, {"m": found}, task="entities", resamples=200).systems
    part = next(part for part in system.parts if part.by == "label")
    exact = score(gold, found, "entities", resamples=200).find("exact", part="NAME")
    assert part.interval == exact.interval


def by_turns(counts: Counts, document: Ints, documents: int, seed: int) -> Interval:
    turns = len(document)
    return score_intervals([counts], np.arange(turns), turns, RESAMPLES, seed)[0].value


def by_dialogues(counts: Counts, document: Ints, documents: int, seed: int) -> Interval:
    turns = counts.over_documents(np.arange(len(document)), len(document))
    of_dialogues = turns.over_records(document, documents)
    return score_intervals([of_dialogues], document, documents, RESAMPLES, seed)[0].value


@pytest.mark.slow
def test_intervals_hold_where_turns_of_a_dialogue_resemble_each_other() -> None:
    kind = Kind(1.6, 1.0)  # 30 dialogues of some ten turns
    assert share_held(kind, 30, SAMPLE, by_dialogues) > 0.88
    assert share_held(kind, 30, SAMPLE, by_turns) < 0.75
