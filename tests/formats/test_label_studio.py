"""Label Studio's tasks: what is read of them, what is written, and what can't be placed."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given

from spanproof.cli import main
from spanproof.corpus.documents import ReadError
from spanproof.formats.label_studio import LEAF
from spanproof.formats.leaf import documents_in
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
    ],
)
def test_what_is_no_task_or_no_result_is_named(task: Any, tmp_path: Path) -> None:
    errors = [one for one in documents_in(LEAF, written(tmp_path, task)) if isinstance(one, ReadError)]
    assert len(errors) == 1
    assert errors[0].problem.startswith("task 1")


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
