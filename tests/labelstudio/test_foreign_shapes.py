"""Corpora in shapes of others go to a server and come back as they were written, but for the label that was changed."""

import copy
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from spanproof.cli import main
from spanproof.formats.discovery import read
from spanproof.labelstudio import client, projects
from spanproof.labelstudio.layout import Layout
from spanproof.labelstudio.server import Server
from spanproof.schema.schema import Schema
from support.documents import ROOT
from support.labelstudio_server import Person

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("label-studio")]
SHAPES = ("dialogue.jsonl", "doccano.jsonl", "gliner.json", "spacy.json", "spert.jsonl", "tokens-and-tags.jsonl")
"""Arrays, strings with offsets elsewhere, tokens, BIO tags, turns with a joined text: files of schema/examples."""


def run(server: Server, *arguments: object) -> Result:
    variables = {"LABEL_STUDIO_URL": server.url, "LABEL_STUDIO_API_KEY": server.token}
    result = CliRunner().invoke(main, [*map(str, arguments)], env=variables)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result


def leaves(value: Any, path: tuple[Any, ...] = ()) -> dict[tuple[Any, ...], Any]:
    """What a JSON value has at which place."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if pairs is None:
        return {path: value}
    return {place: leaf for name, below in pairs for place, leaf in leaves(below, (*path, name)).items()}


def written(file: Path) -> Any:
    text = file.read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()] if file.suffix == ".jsonl" else json.loads(text)


@pytest.mark.parametrize("name", SHAPES)
def test_a_label_that_is_changed_is_all_that_changes(label_studio: Server, tmp_path: Path, name: str) -> None:
    file, schema_file = tmp_path / name, tmp_path / f"{name.partition('.')[0]}.schema.json"
    for copied in (file, schema_file):
        shutil.copy(ROOT / "schema" / "examples" / copied.name, copied)
    options, schema = ("--schema", schema_file, "--project", f"Shape {name}"), Schema.read(schema_file)
    before, labels = written(file), [label.value for label in Layout.of(read(file, schema).schema).labels]
    config = run(label_studio, "labelstudio", "config", "--schema", schema_file)
    assert all(f'value="{label}"' in config.output for label in labels)
    pushed = run(label_studio, "labelstudio", "push", file, *options)
    assert pushed.exit_code == 0, pushed.output
    ana = Person.of(label_studio, "ana@localhost.test")
    project = projects.existing(Person.of(label_studio).sdk, f"Shape {name}")
    task = next(task for task in client.fetch(project) if task["annotations"])
    (sent,) = task["annotations"]
    result = copy.deepcopy(sent["result"])
    region = next(item for item in result if item["type"] == "labels")
    (old,) = region["value"]["labels"]
    new = labels[(labels.index(old) + 1) % len(labels)]
    region["value"]["labels"] = [new]
    ana.edit(sent["id"], lambda _: result)
    pulled = run(label_studio, "labelstudio", "pull", file, *options, "--write", "--with-errors")
    assert pulled.exit_code == 0, pulled.output
    one, other = leaves(before), leaves(written(file))
    changed = {place for place in one.keys() | other.keys() if one.get(place) != other.get(place)}
    values = [str(tree[place]).rpartition("-")[2] for tree in (one, other) for place in sorted(changed, key=str)]
    if name == "tokens-and-tags.jsonl":  # tags are numbers, one for each token of the span
        assert changed
        assert {place[:-1] for place in changed} == {next(iter(changed))[:-1]}
    else:
        assert (len(changed), set(values)) == (1, {old, new}), pulled.output
    again = run(label_studio, "labelstudio", "pull", file, *options)
    assert "nothing is written" not in again.output
