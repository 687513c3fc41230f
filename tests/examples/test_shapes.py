"""Every command takes every shape of the schemas in ``schema/examples``: what it says there is right."""

import copy
import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

import spanproof
from spanproof.cli import main
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.schema.paths import spans_in, values_at
from spanproof.schema.schema import Schema

EXAMPLES = Path("schema/examples").resolve()
LAYERS = {
    "bigbio": "entities/*", "dialogue": "slots/*", "doccano": "label/*", "gliner": "ner/*",
    "label-studio": "annotations/*/result/*", "pdnc": "quotations/*", "prodigy": "spans/*", "pubtator": "annotations/*",
    "spacy": "1/entities/*", "spert": "entities/*", "squad": "qas/*", "tokens-and-tags": "ner_tags/*",
    "wikinews": "annotations/*",
}  # fmt: skip
"""Where the annotations of each shape are, canonically."""
JSON = ("--resamples", "10", "--output", "json")
NAMES = sorted(path.name.removesuffix(".schema.json") for path in EXAMPLES.glob("*.schema.json"))


def test_all_shapes_are_here() -> None:
    assert sorted(LAYERS) == NAMES


class Example:
    """An example in a folder of its own, and a copy of it without the first annotation of its first document."""

    def __init__(self, name: str, folder: Path) -> None:
        """Copy the example."""
        (file,) = (path for path in EXAMPLES.iterdir() if path.stem == name and path.suffix in (".json", ".jsonl"))
        self.folder, self.schema = folder, Schema.read(EXAMPLES / f"{name}.schema.json")
        for path in (file, EXAMPLES / f"{name}.schema.json", *EXAMPLES.glob(f"{name}*.txt")):
            shutil.copy(path, folder)
        self.file, self.less = folder / file.name, folder / f"less{file.suffix}"
        self.stated = ("--schema", folder / f"{name}.schema.json")
        self.corpus = read(self.file, self.stated[1]).load()
        self.place = tuple(LAYERS[name].split("/"))
        self.spans = sum(len([*spans_in(document, self.schema)]) for document in self.documents)

    @property
    def documents(self) -> list[Any]:
        """The canonical documents."""
        return [*self.corpus.documents()]

    def write_less(self) -> int:
        """Write the copy, in the shape of the example; return how many spans were left out."""
        (batch,) = (batch for batch in self.corpus.batches if batch.columns.num_rows)
        document = copy.deepcopy(self.documents[0])
        path, _ = next(values_at(document, self.place))
        holder = document
        for step in path[:-1]:
            holder = holder[step]
        gone = holder.pop(path[-1])
        if self.place == ("entities", "*") and "relations" in document:  # which name the entity
            document["relations"] = []
        changed = batch.with_changes({0: document}, self.schema)
        spanproof.write(Corpus(self.schema, (changed,)), self.less)
        assert gone
        return len([*spans_in(self.documents[0], self.schema)]) - len([*spans_in(document, self.schema)])

    def run(self, *arguments: object, code: int = 0) -> Result:
        """Run a command with the schema of the example."""
        result = CliRunner().invoke(main, [str(argument) for argument in (*arguments, *self.stated)])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert result.exit_code == code, result.output
        return result


@pytest.fixture(params=NAMES)
def example(request: pytest.FixtureRequest, tmp_path: Path) -> Example:
    return Example(request.param, tmp_path)


def test_check(example: Example) -> None:
    assert f" {example.spans} spans: " in example.run("check", example.file).output
    gone = example.write_less()
    assert gone
    left = example.spans - gone
    assert f" {left} span{'s' * (left != 1)}: " in example.run("check", example.less).output


def test_diff_and_agree_and_score(example: Example) -> None:
    """A copy is the same, and one without an annotation isn't: each command says so of the layer."""
    example.write_less()
    layer = example.place[0]
    example.run("diff", example.file, example.file)
    told = example.run("diff", example.file, example.less, code=1).output
    assert re.search(r"^ +(removed|changed|relabelled) ", told, re.M), told
    assert layer in told
    for file, alike in ((example.file, True), (example.less, False)):
        output = example.run("agree", example.file, file, *JSON).stdout
        scores = [one for one in json.loads(output)["scores"] if one["layer"].startswith(layer)]
        values = [one["value"] for one in scores if one["value"] is not None and one["measure"] == "mean F1"]
        assert values
        assert (min(values) == 1) is alike
        # Without the entity its relation is gone too: no relation is left in one example, which the command tells.
        none_left = not alike and "relations" in example.documents[0] and len(example.documents) == 1
        scored = example.run("bench", "score", example.file, file, *JSON, code=int(none_left)).stdout
        scored = scored[: scored.rindex("}") + 1]
        boards = [board["scores"].values() for board in json.loads(scored)["boards"]]
        measured = [one for board in boards for scores in board for one in scores if one["measure"] == "exact"]
        assert measured
        assert all(one["value"] == 1 for one in measured) is alike


def test_show(example: Example) -> None:
    example.run("show", example.file, "--out", example.folder / "pages")
    pages = "".join(path.read_text("utf-8") for path in (example.folder / "pages").rglob("*.html"))
    for text in example.schema.texts:
        for place in [node.place for node in example.schema.spans][:1]:
            for document in example.documents:
                span = next((span for _, span in values_at(document, place)), None)
                assert span is None or document[text][span["start"] : span["end"]] in pages


@pytest.mark.full
def test_build(example: Example) -> None:
    told = example.run("build", "--gold", example.file, "--out", example.folder / "dataset").output
    assert "files changed" in told
    again = CliRunner().invoke(main, ["check", str(example.folder / "dataset"), "--ignore", "SP7"])
    assert again.exit_code == 0, again.output
    assert re.search(r"\b\d+ spans: ", again.output), again.output


@pytest.mark.full
def test_matrix(example: Example) -> None:
    """What is broken is found, except where the page of the matrix says that nobody can."""
    told = example.run("matrix", example.file).output
    rows = [[cell.strip() for cell in line.split("|")] for line in told.splitlines() if re.match(r"\| +\d+ ", line)]
    assert len(rows) > 40
    assert any(row[4].isdigit() and int(row[4]) for row in rows), told


def test_labelstudio(example: Example) -> None:
    """The config lists the labels; the tasks that a push would send hold each span at its words."""
    config = ElementTree.fromstring(example.run("labelstudio", "config").stdout)
    labels = {value for node in example.schema.spans for value in node.labels if value is not None}
    assert labels <= {element.get("value") for element in config.iter("Label")}
    out = example.folder / "tasks"
    example.run("labelstudio", "export", example.file, "--out", out)
    regions = [*_regions(json.loads((out / "tasks.json").read_text("utf-8")))]
    assert regions
    assert all(text[value["start"] : value["end"]] == value["text"] for text, value in regions)


def _regions(tasks: Sequence[Any]) -> Any:
    for task in tasks:
        for annotation in task["annotations"]:
            for region in annotation["result"]:
                if isinstance(region.get("value", {}).get("text"), str):  # what was written beside a span is a list
                    yield task["data"][region["to_name"]], region["value"]


def test_rebase(example: Example) -> None:
    """The last word of the last string of the text gets a full stop more: all spans stay, in the shape of the file."""
    schema, lens = example.schema, example.schema.lens
    document = example.documents[0]
    whole = document[schema.texts[0]]
    places = [piece for text in (lens.texts if lens else ()) for piece in text.pieces if piece[-1] != "*"]
    pieces = [value for place in places for _, value in values_at(document, place)] or [whole]
    if example.place[0] == "entities" and "passages" in document:
        pieces = [fragment["text"] for _, fragment in values_at(document, ("passages", "*", "offsets", "*"))]
    files = []
    for k, piece in enumerate(pieces):
        files.append(example.folder / f"{k}.txt")
        files[-1].write_text(piece + ("!" if k == len(pieces) - 1 else ""), "utf-8")
    key = schema.key
    which = () if len(example.documents) == 1 else ("--id", document[key] if key else 1)
    out = example.folder / f"new{example.file.suffix}"
    result = example.run("rebase", example.file, *files, *which, "--out", out)
    assert re.search(r"\b0 moved, 0 refused", result.output), result.output
    report = spanproof.check(read(out, example.stated[1]))
    assert report.exit_code == 0
    records = [record for batch in example.corpus.batches for record, _ in batch.within] or [
        *range(len(example.documents))
    ]
    beside = [one for one, record in zip(example.documents, records, strict=True) if record == records[0]]
    assert report.spans == sum(len([*spans_in(one, schema)]) for one in beside)
