"""Commands on the examples of foreign formats: each works on them as they lie, or says what it can't carry."""

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from labelstudio.test_foreign_shapes import SHAPES
from spanproof.checks.check import check
from spanproof.cli import main
from spanproof.formats.discovery import read
from spanproof.labelstudio.precheck import precheck
from spanproof.schema.paths import values_at
from spanproof.schema.schema import Schema
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


def run(file: Path, *arguments: Any, env: Mapping[str, str] | None = None) -> Any:
    schema = file.with_name(f"{file.stem}.schema.json")
    result = CliRunner().invoke(main, [*map(str, arguments), "--schema", str(schema)], env=env)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def marks(command: str, name: str) -> list[pytest.MarkDecorator]:
    """The marks of a command on a format; some formats are pushed, changed and pulled elsewhere."""
    if command != "labelstudio push":
        return [pytest.mark.slow] * (command == "build")
    elsewhere = name in (shape.partition(".")[0] for shape in SHAPES)
    return [pytest.mark.slow, pytest.mark.xdist_group("label-studio"), *[pytest.mark.full] * elsewhere]


COMMANDS: dict[str, tuple[str, str]] = {
    "check": ("check {file}", r"\d+ spans: .*; no findings"),
    "diff": ("diff {file} {file}", r"(?m)^No record differs\.$"),
    "agree": ("agree {file} {file} --resamples 5", r"1\.000"),
    "rebase": ("rebase {file} {texts} {chosen} --out {out}.jsonl", r"\d+ kept, .* 0 refused"),
    "show": ("show {file} --out {out}.html", r"{count} documents?"),
    "build": ("build --gold {file} --out {out}", r"built and loaded back"),
    "matrix": ("matrix {file}", r"\| 01 "),
    "labelstudio config": ("labelstudio config", r"(?m)^<View"),
    "labelstudio push": ("labelstudio push {file} --project {name}", r"project '{name}': documents: {count} sent"),
    "bench score": ("bench score {file} {file} --task annotations --resamples 5 {layer}", r"1\.000"),
}
"""Each command with what it says where it carries a format: a pattern in which ``{count}`` is that of the documents."""
NOT_ALL = {
    ("labelstudio config", "bigbio"): "relations that Label Studio doesn't show (type has no enum",
    ("labelstudio push", "bigbio"): "relations that Label Studio doesn't show (type has no enum",
}
"""Which part of a format a command doesn't carry, as it says itself, by the command and the name of the format."""
CELLS = [
    pytest.param(command, name, id=f"{command} {name}", marks=marks(command, name))
    for command in COMMANDS
    for name in NAMES
]


def revised(file: Path, schema: Schema) -> list[str]:
    """The files with the new text of a document, one for each of its strings: the first has one letter more."""
    document = next(read(file, schema).load().documents())
    text = document[schema.texts[0]]
    strings = {"pubtator": ("title", "abstract"), "bigbio": ("passages", "*", "offsets", "*", "text")}.get(file.stem)
    values = [value for _, value in values_at(document, strings)] if strings and len(strings) > 2 else None
    texts = values or ([document[name] for name in strings] if strings else [text])
    files = [file.with_name(f"{k}.txt") for k in range(len(texts))]
    for path, content in zip(files, [f"{texts[0][0]}{texts[0]}", *texts[1:]], strict=True):
        path.write_text(content, "utf-8")
    return [str(path) for path in files]


@pytest.mark.parametrize(("command", "name"), CELLS)
def test_a_command_carries_a_format_or_says_what_of_it_it_cannot(
    command: str, name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    file, out = file_of(name, tmp_path), tmp_path / "out"
    schema = Schema.read(file.with_name(f"{file.stem}.schema.json"))
    documents = list(read(file, schema).load().documents())
    written, expected = COMMANDS[command]
    layer = LAYERS.get(name, "entities" if name == "bigbio" else None)
    chosen = str(documents[0][schema.key]) if schema.key else "1"
    words = written.format(
        file=file,
        out=out,
        name=name,
        texts=" ".join(revised(file, schema)),
        chosen=f"--id={chosen.replace(' ', '%20')}",
        layer=f"--layer={layer}" if layer else "",
    ).split()
    variables = {}
    if "push" in command:
        server = request.getfixturevalue("label_studio")
        variables = {"LABEL_STUDIO_URL": server.url, "LABEL_STUDIO_API_KEY": server.token}
    result = run(file, *(word.replace("%20", " ") for word in words), env=variables)
    assert NOT_ALL.get((command, name), "") in result.output
    assert result.exit_code == 0, result.output
    pattern = expected.replace("{count}", str(len(documents))).replace("{name}", name)
    assert re.search(pattern, result.output), result.output
    if command == "rebase":
        rebased = out.with_suffix(".jsonl")
        assert run(file, "check", rebased).exit_code == 0
        left = len(read(rebased, schema).load())
        assert re.search(rf"(?m)^documents +{len(documents)} +{left}\b", run(file, "diff", file, rebased).output)


@pytest.mark.parametrize("name", NAMES)
def test_the_tasks_of_an_example_are_sound(name: str, tmp_path: Path) -> None:
    file = file_of(name, tmp_path)
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
