"""Label Studio's tasks: what is read of them, what is written, and what can't be placed."""

import json
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import spanproof
from spanproof.cli import main
from spanproof.corpus.documents import Corpus, ReadError
from spanproof.formats.label_studio import LEAF
from spanproof.formats.leaf import documents_in
from spanproof.schema.schema import Schema
from support.documents import ROOT
from support.stand_off import demand_law, stand_off_documents

LABELS = {"from_name": "ner", "to_name": "text", "type": "labels"}
TASK: dict[str, Any] = {
    "id": 7,
    "data": {"text": "Ana Silva 😀 met Bo.", "source": "desk"},
    "annotations": [
        {
            "result": [
                {"id": "a", **LABELS, "value": {"start": 0, "end": 9, "text": "Ana Silva", "labels": ["PER", "HOST"]}},
                {"id": "b", **LABELS, "value": {"start": 16, "end": 18, "text": "Bo", "labels": ["PER"]}},
                {
                    "id": "a",
                    "from_name": "sure",
                    "type": "choices",
                    "value": {"start": 0, "choices": ["yes"]},
                },
                {"id": "g", "from_name": "genre", "type": "choices", "value": {"choices": ["news", "talk"]}},
                {"type": "relation", "from_id": "a", "to_id": "b", "direction": "right", "labels": ["met"]},
            ]
        }
    ],
}


@given(stand_off_documents())
def test_what_is_written_is_read_back(document: Any) -> None:
    demand_law(LEAF, document, "d.label-studio.json")


def written(folder: Path, *tasks: Any) -> Path:
    file = folder / "export.json"
    file.write_text(json.dumps(tasks), "utf-8")
    return file


def test_regions_choices_and_relations_are_read(tmp_path: Path) -> None:
    (one,) = documents_in(LEAF, written(tmp_path, TASK))
    assert not isinstance(one, ReadError)
    ana, host, bo = one.document["spans"]
    assert (ana["id"], ana["label"], ana["layer"], ana["attributes"]) == ("a", "PER", "ner", {"sure": "yes"})
    assert (host["id"], host["label"]) == ("a.2", "HOST")
    assert (bo["start"], bo["end"], bo["text"]) == (16, 18, "Bo")
    (relation,) = one.document["relations"]
    assert (relation["label"], [end["target"] for end in relation["arguments"]]) == ("met", ["a", "b"])
    assert (one.document["id"], one.document["metadata"]) == ("7", {"source": "desk", "genre": ["news", "talk"]})


@pytest.mark.parametrize(("direction", "ends"), [("right", ["a", "b"]), ("bi", ["a", "b"]), ("left", ["b", "a"])])
def test_a_relation_goes_the_way_that_its_arrow_points(direction: str, ends: list[str], tmp_path: Path) -> None:
    *regions, relation = TASK["annotations"][0]["result"]
    turned = {**TASK, "annotations": [{"result": [*regions, {**relation, "direction": direction}]}]}
    (one,) = documents_in(LEAF, written(tmp_path, turned))
    assert not isinstance(one, ReadError)
    (related,) = one.document["relations"]
    assert [end["target"] for end in related["arguments"]] == ends


def test_two_annotations_of_a_task_stay_apart(tmp_path: Path) -> None:
    (one,) = documents_in(LEAF, written(tmp_path, {**TASK, "annotations": TASK["annotations"] * 2}))
    assert not isinstance(one, ReadError)
    assert {span["layer"] for span in one.document["spans"]} == {"annotations.1.ner", "annotations.2.ner"}
    assert len({span["id"] for span in one.document["spans"]}) == 6


@pytest.mark.parametrize(
    "task",
    [
        3,
        {},
        {"data": {}},
        {"data": {"text": 3}},
        {**TASK, "annotations": [{"result": [3]}]},
        {**TASK, "annotations": [{"result": [{"type": "labels"}]}]},
        {**TASK, "annotations": [{"result": [{"value": {"start": "/p[1]", "end": 3, "labels": ["PER"]}}]}]},
        {**TASK, "annotations": [{"result": [{"value": {"start": 0, "end": 3, "text": 5, "labels": ["PER"]}}]}]},
        {**TASK, "annotations": [{"result": [{"value": {"start": 0, "end": 3, "text": ["Ana"], "labels": ["PER"]}}]}]},
    ],
)
def test_what_is_no_task_or_no_result_is_named(task: Any, tmp_path: Path) -> None:
    errors = [one for one in documents_in(LEAF, written(tmp_path, task)) if isinstance(one, ReadError)]
    assert len(errors) == 1
    assert errors[0].problem.startswith("task 1")


def test_what_somebody_wrote_beside_words_is_not_taken_for_these(tmp_path: Path) -> None:
    note = {"id": "n", "from_name": "note", "type": "textarea", "value": {"start": 0, "end": 3, "text": ["Who?"]}}
    (one,) = documents_in(LEAF, written(tmp_path, {**TASK, "annotations": [{"result": [note]}]}))
    assert not isinstance(one, ReadError)
    (span,) = one.document["spans"]
    assert (span["attributes"], "text" in span) == ({"note": "Who?"}, False)


LINES = "First line\r\nand Ana\nSilva, who said:\n\nyes."


def drawn(text: str, *offsets: tuple[int, int]) -> dict[str, Any]:
    """A task with regions as the page of Label Studio stores them: each line break is a backslash and an n."""
    cut = [(start, end, re.sub(r"[\n\r]", lambda _: "\\n", text[start:end])) for start, end in offsets]
    values = [{"start": start, "end": end, "text": words, "labels": ["PER"]} for start, end, words in cut]
    result = [{"id": f"r{k}", **LABELS, "value": value} for k, value in enumerate(values)]
    return {"id": 1, "data": {"text": text}, "annotations": [{"result": result}]}


@given(st.text(alphabet="a\n\r\\\u2028😀 n", min_size=1, max_size=30), st.data())
def test_line_breaks_of_the_page_are_those_of_the_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    task = drawn(text, (start, end), (0, len(text)))
    schema = Schema.read(ROOT / "schema/examples/label-studio.schema.json")
    report = spanproof.check(Corpus.of([task], schema))
    assert (report.spans, {finding.code for finding in report.findings} & {"SP101", "SP106"}) == (2, set())
    with TemporaryDirectory() as folder:
        (one,) = documents_in(LEAF, written(Path(folder), task))
    assert not isinstance(one, ReadError)
    assert [span["text"] for span in one.document["spans"]] == [text[start:end], text]


def test_regions_over_lines_are_proved_and_moved_ones_corrected_where_they_are_written(tmp_path: Path) -> None:
    extents = [(6, 19), (16, 25), (25, len(LINES)), (0, 5)]
    file = written(tmp_path, drawn(LINES, *extents))
    assert "4 spans: 4 proved" in CliRunner().invoke(main, ["check", str(file)]).output
    text = LINES.replace("\r", "")
    task = drawn(text, *[(start, end) for start, end in [(6, 18), (15, 24), (24, len(text)), (0, 5)]])
    for item in task["annotations"][0]["result"]:
        item["value"] |= {"start": item["value"]["start"] + 1, "end": item["value"]["end"] + 1}
    moved = written(tmp_path, task)
    before = [item["value"]["text"] for item in task["annotations"][0]["result"]]
    result = CliRunner().invoke(main, ["check", "--fix", str(moved)])
    assert "4 spans: 4 proved" in result.output, result.output
    after = [item["value"] for item in json.loads(moved.read_text("utf-8"))[0]["annotations"][0]["result"]]
    assert ([value["text"] for value in after], [value["start"] for value in after]) == (before, [6, 15, 24, 0])


def test_words_that_are_others_stay_wrong(tmp_path: Path) -> None:
    task = drawn(LINES, (6, 19))
    task["annotations"][0]["result"][0]["value"]["text"] = "line\\nand Ana"  # one line break, and the text has two
    result = CliRunner().invoke(main, ["check", str(written(tmp_path, task))])
    assert (result.exit_code, "SP106" in result.output) == (1, True)


def test_a_conversion_has_labels_and_comes_back(tmp_path: Path) -> None:
    source, target, back = written(tmp_path, TASK), tmp_path / "a.label-studio.json", tmp_path / "b.jsonl"
    result = CliRunner().invoke(main, ["convert", str(source), str(target)])
    assert result.exit_code == 0, result.output
    assert "3 spans: nothing lost" in result.output
    assert CliRunner().invoke(main, ["convert", str(target), str(back)]).exit_code == 0
    (document,) = map(json.loads, back.read_text("utf-8").splitlines())
    assert [span["label"] for span in document["spans"]] == ["PER", "HOST", "PER"]
    assert CliRunner().invoke(main, ["check", str(target)]).output.count("3 proved") == 1


def test_the_converter_of_label_studio_reads_what_is_written(tmp_path: Path) -> None:
    document = {"id": "d", "text": "Ana 😀 met Bo.", "spans": [
        {"id": "s1", "label": "PER", "start": 0, "end": 3, "text": "Ana", "layer": "ner"},
        {"id": "s2", "label": "PER", "start": 10, "end": 12, "text": "Bo", "layer": "ner"},
    ]}  # fmt: skip
    LEAF.write([document], tmp_path / "a.label-studio.json")
    label = '<Labels name="ner" toName="text"><Label value="PER"/></Labels>'
    from label_studio_sdk.converter import Converter  # brings seconds of other packages

    converter = Converter(f'<View>{label}<Text name="text" value="$text"/></View>', str(tmp_path))
    converter.convert_to_conll2003(str(tmp_path / "a.label-studio.json"), str(tmp_path), is_dir=False)
    lines = (tmp_path / "result.conll").read_text("utf-8").splitlines()
    assert [line.split(" ")[0] for line in lines if line.endswith("B-PER")] == ["Ana", "Bo"]
