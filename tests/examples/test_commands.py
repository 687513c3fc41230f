"""Commands on the examples of foreign formats: each works on them as they lie, or says what it can't carry."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from spanproof.checks.check import check
from spanproof.cli import main
from spanproof.formats.discovery import read
from spanproof.labelstudio.precheck import precheck
from support.documents import ROOT

EXAMPLES = ROOT / "schema" / "examples"
NAMES = sorted(path.name.removesuffix(".schema.json") for path in EXAMPLES.glob("*.schema.json"))
LAYERS = {
    "spacy": "1.entities", "doccano": "label", "prodigy": "spans", "gliner": "ner", "dialogue": "slots",
    "pubtator": "annotations", "tokens-and-tags": "ner_tags",
}  # fmt: skip


def file_of(name: str, folder: Path) -> Path:
    """A copy of an example in a folder."""
    files = [path for path in EXAMPLES.iterdir() if path.name.split(".")[0] == name]
    for path in files:
        shutil.copy(path, folder)
    (file,) = (path for path in files if path.suffix != ".txt" and not path.name.endswith(".schema.json"))
    return folder / file.name


def run(file: Path, *arguments: Any) -> Any:
    schema = file.with_name(f"{file.stem}.schema.json")
    result = CliRunner().invoke(main, [*map(str, arguments), "--schema", str(schema)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_compared_shown_broken_and_laid_out(name: str, tmp_path: Path) -> None:
    file = file_of(name, tmp_path)
    for command in (
        ("check", file),
        ("diff", file, file),
        ("agree", file, file),
        ("show", file, "--out", tmp_path / "reader.html"),
        ("matrix", file),
    ):
        assert run(file, *command).exit_code == 0, command
    assert run(file, "labelstudio", "config").stdout.startswith("<View")
    assert precheck(read(file, file.with_name(f"{file.stem}.schema.json")).load(), check) == ()


@pytest.mark.parametrize("name", NAMES)
def test_every_example_is_scored_in_its_own_shape(name: str, tmp_path: Path) -> None:
    file = file_of(name, tmp_path)
    layer = LAYERS.get(name, "entities" if name == "bigbio" else None)
    options = ("--layer", layer) if layer else ()
    for task in (
        "annotations",
        *(["entities"] if name in LAYERS else []),
        *(["relations"] if name == "bigbio" else []),
    ):
        chosen = options if task != "relations" else ()
        result = run(
            file, "bench", "score", file, file, "--task", task, "--resamples", "20", "--output", "json", *chosen
        )
        assert result.exit_code == 0, result.output
        scores = json.loads(result.stdout)["boards"][0]["scores"][file.stem]
        assert {score["value"] for score in scores if score["measure"] == "exact" and score["n"][0]} == {1.0}
    refused = run(file, "bench", "score", file, file, "--task", "quotations")
    assert refused.exit_code == 2
    assert "0 layers of spans with quotation" in refused.output


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_no_input_ends_in_a_traceback_or_in_no_findings(name: str, tmp_path: Path) -> None:
    sound, folder = file_of(name, tmp_path), tmp_path / "other"
    text, lines = sound.read_text("utf-8"), sound.suffix == ".jsonl"
    inputs = (
        "" if lines else "[]",
        text[: len(text) // 3] + "}{",
        '{"a": 1}' if lines else '[1, null, {"a": []}]',
        "3",
    )
    folder.mkdir()
    file = file_of(name, folder)
    for content in inputs:
        file.write_text(content, "utf-8")
        checked = run(file, "check", file)
        assert checked.exit_code in (1, 2)
        assert "no findings" not in checked.output
        for command in (
            ("diff", sound, file),
            ("agree", sound, file),
            ("rebase", file, sound),
            ("show", file, "--out", tmp_path / "reader.html"),
            ("build", "--gold", file, "--out", tmp_path / "built"),
            ("matrix", file),
            ("bench", "score", sound, file, "--task", "annotations", "--resamples", "5"),
        ):
            assert run(file, *command).exit_code in (0, 1, 2)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_built(name: str, tmp_path: Path) -> None:
    file = file_of(name, tmp_path)
    result = run(file, "build", "--gold", file, "--out", tmp_path / "dataset")
    assert result.exit_code == 0, result.output


def test_annotations_follow_a_text_in_their_own_shape(tmp_path: Path) -> None:
    file = file_of("wikinews", tmp_path)
    (record,) = json.loads(file.read_text("utf-8"))
    (tmp_path / "new.txt").write_text("Wien. " + record["text"], "utf-8")
    out = tmp_path / "new.jsonl"
    assert run(file, "rebase", file, tmp_path / "new.txt", "--out", out).exit_code == 0
    after = json.loads(out.read_text("utf-8"))
    assert after["text"] == "Wien. " + record["text"]
    parts = [(a[part], b[part]) for a, b in zip(record["annotations"], after["annotations"], strict=True)
             for part in ("quote", "speaker", "cue")]  # fmt: skip
    assert all(b == {**a, "charBegin": a["charBegin"] + 6, "charEnd": a["charEnd"] + 6} for a, b in parts)


@pytest.mark.parametrize("name", ["pubtator", "bigbio"])
def test_annotations_follow_the_strings_that_a_text_is_put_together_of(name: str, tmp_path: Path) -> None:
    file = file_of(name, tmp_path)
    (title, abstract), out = (tmp_path / "title.txt", tmp_path / "abstract.txt"), tmp_path / "new.jsonl"
    title.write_text("New: aspirin in chronic headache.", "utf-8")
    abstract.write_text("We gave aspirin to 40 patients with severe and very chronic headache.", "utf-8")
    result = run(file, "rebase", file, title, "--out", out)
    assert result.exit_code == 2
    assert "put together of 2 strings" in result.output
    assert "expected the new text of each, in their order, not 1" in result.output
    assert not out.exists()
    result = run(file, "rebase", file, title, abstract, "--out", out)
    assert result.exit_code == 0, result.output
    assert run(file, "check", out).exit_code == 0
    after = json.loads(out.read_text("utf-8"))
    if name == "pubtator":
        assert (after["title"], after["abstract"]) == (title.read_text("utf-8"), abstract.read_text("utf-8"))
        assert after["annotations"][0]["text"] == "aspirin"
    else:
        strings = [passage["text"] for passage in after["passages"]]
        assert strings == [[title.read_text("utf-8")], [abstract.read_text("utf-8")]]
        assert [entity["text"] for entity in after["entities"]][:2] == [["aspirin"], ["headache"]]
