"""TimeML as gold: its expressions of time are asked of systems and scored with their values."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from spanproof.bench.times import with_times
from spanproof.cli import main
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.metrics.task_layers import unscored_layers
from spanproof.schema.schema import Schema

STAND_OFF = Path("schema/stand-off.schema.json")

TML = """<?xml version="1.0" ?>
<TimeML>
<DOCID>w1</DOCID>
<DCT><TIMEX3 tid="t0" type="DATE" value="2025-02-26" functionInDocument="CREATION_TIME">26 February</TIMEX3></DCT>
<TEXT>Ana <EVENT eid="e1" class="OCCURRENCE">left</EVENT> on <TIMEX3 tid="t1" type="DATE"
value="2025-02-24">Monday</TIMEX3> for <TIMEX3 tid="t2" type="DURATION" value="P3D">two days</TIMEX3>.</TEXT>
</TimeML>
"""


def run(folder: Path, content: str, *options: str) -> Result:
    (folder / "w1.tml").write_text(content, "utf-8")
    arguments = ["--corpus", str(folder / "w1.tml"), "--out", str(folder / "out"), "--resamples", "2"]
    return CliRunner().invoke(main, ["bench", "run", "timex-baseline", *arguments, "--output", "json", *options])


def test_times_and_the_creation_time_of_timeml_become_a_layer(tmp_path: Path) -> None:
    (tmp_path / "w1.tml").write_text(TML, "utf-8")
    corpus = with_times(read(tmp_path / "w1.tml"))
    (document,) = corpus.documents()
    text = document["text"]
    times = [(text[one["start"] : one["end"]], one["type"], one["value"]) for one in document["times"]]
    assert times == [("Monday", "DATE", "2025-02-24"), ("two days", "DURATION", "P3D")]
    assert [text[one["start"] : one["end"]] for one in document["spans"]] == ["left"]
    assert document["dct"] == {"value": "2025-02-26"}
    assert with_times(corpus) is corpus


def test_a_corpus_without_times_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "names.conll").write_text("Ana B-PER\nleft O\n", "utf-8")
    corpus = read(tmp_path / "names.conll")
    assert with_times(corpus) is corpus


@pytest.mark.slow
def test_a_system_is_asked_for_the_times_of_timeml_and_scored_with_their_values(tmp_path: Path) -> None:
    result = run(tmp_path, TML)
    assert result.exit_code == 0, result.output
    (board,) = json.loads(result.stdout)["boards"]
    values = {one["measure"]: one["value"] for one in board["scores"]["timex-baseline"] if one["part"] is None}
    # Both are found; "two days" isn't P3D, and Monday is known by the creation time alone.
    assert (board["task"], values["exact"], values["TempEval-3 value"]) == ("timex3", 1.0, 0.5)


@pytest.mark.parametrize("attribute", ['type="DATE"', 'value="2025-02-24"'])
def test_a_time_without_type_or_value_is_refused(tmp_path: Path, attribute: str) -> None:
    result = run(tmp_path, TML.replace(attribute, "", 2 if attribute.startswith("type") else 1))
    assert result.exit_code == 2, result.output
    assert attribute.partition("=")[0] in result.stderr


def test_a_label_that_is_called_timex3_and_has_no_value_anywhere_stays_a_label(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Ana left on Monday.", "utf-8")
    (tmp_path / "a.ann").write_text("T1\tPER 0 3\tAna\nT2\tTIMEX3 12 18\tMonday\n", "utf-8")
    corpus = read(tmp_path)
    assert with_times(corpus) is corpus


DATE = {"id": "t", "start": 3, "end": 9, "label": "TIMEX3", "attributes": {"type": "DATE", "value": "2025-02-24"}}
PARTS = [{"start": 10, "end": 13}, {"start": 14, "end": 17}]
APART = {"id": "s", "start": 10, "end": 17, "label": "X", "fragments": PARTS}


@pytest.mark.parametrize("span", [5, {}, {"id": "s", "start": 0, "end": 3}, {"id": "s", "end": 3, "label": "PER"}])
def test_spans_that_are_none_beside_times_are_told(tmp_path: Path, span: object) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps({"id": "a", "text": "On Monday Ana met.", "spans": [DATE, span]}) + "\n", "utf-8")
    arguments = ["--corpus", str(file), "--schema", "schema/stand-off.schema.json", "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(main, ["bench", "run", "timex-baseline", *arguments])
    assert (result.exit_code, "$.spans[0]" in result.stderr) == (2, True), result.output


def test_relations_with_roles_are_said_to_be_unscored(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Ana met Bo.", "utf-8")
    (tmp_path / "a.ann").write_text("T1\tPER 0 3\tAna\nT2\tPER 8 10\tBo\n", "utf-8")
    assert unscored_layers(read(tmp_path)) == []
    (tmp_path / "a.ann").open("a").write("R1\tKNOWS Arg1:T1 Arg2:T2\n")
    result = CliRunner().invoke(main, ["score", str(tmp_path), str(tmp_path), "--resamples", "2"])
    assert "not scored, since no measure knows relations with roles: relations of the gold" in result.stderr


def test_fragments_beside_times_are_kept() -> None:
    corpus = Corpus.of([{"id": "a", "text": "On Monday Ana met.", "spans": [DATE, APART]}], Schema.read(STAND_OFF))
    (document,) = with_times(corpus).documents()
    (span,) = document["spans"]
    assert [{name: part[name] for name in ("start", "end")} for part in span["fragments"]] == PARTS
