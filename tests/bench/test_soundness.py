"""Garbage is refused: what is said of gold and predictions that can't be scored, or not in full."""

import copy
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import regex
from click.testing import CliRunner

from spanproof.cli.bench import bench
from support.documents import ROOT

Document = dict[str, Any]
Change = Callable[[Document], object]

NAMES = {"Ana Silva": "PER", "Bo": "PER", "Rio": "LOC", "Acme": "ORG"}
TEXTS = ("😀😀 Ana Silva met Bo in Rio.", "In 😀 Rio, Bo left Acme.")
SPAN = {
    "type": "object",
    "spanOf": "text",
    "labelledBy": "label",
    "required": ["start", "end", "label"],
    "properties": {
        "start": {"type": "integer"},
        "end": {"type": "integer"},
        "label": {"type": "string", "enum": ["PER", "LOC", "ORG"]},
        "text": {"type": "string"},
    },
}
REQUIRED = {
    "type": "object",
    "key": "id",
    "required": ["id", "text", "entities"],
    "properties": {
        "id": {"type": "string"},
        "text": {"type": "string"},
        "entities": {"type": "array", "items": SPAN},
    },
}
OPTIONAL = {**REQUIRED, "required": ["id", "text"]}
OPEN_SPAN = {**SPAN, "properties": {**SPAN["properties"], "label": {"type": "string"}}}
OPEN = {**REQUIRED, "properties": {**REQUIRED["properties"], "entities": {"type": "array", "items": OPEN_SPAN}}}


def spans(text: str) -> list[Document]:
    return [
        {"start": m.start(), "end": m.end(), "label": NAMES[m[0]]}
        for m in regex.finditer(r"\L<names>", text, names=list(NAMES))
    ]


OTHER = {"PER": "PERSON", "LOC": "GPE", "ORG": "COMPANY"}
GOLD = [{"id": str(k), "text": text, "entities": spans(text)} for k, text in enumerate(TEXTS)]


def changed(change: Change) -> list[Document]:
    documents = copy.deepcopy(GOLD)
    for document in documents:
        change(document)
    return documents


def each(change: Callable[[Document, str], object]) -> list[Document]:
    """Gold with a change of each span, which sees the text."""
    return changed(lambda document: [change(span, document["text"]) for span in document["entities"]])


def utf16(text: str, at: int) -> int:
    return len(text[:at].encode("utf-16-le")) // 2


def in_utf16(span: Document, text: str) -> None:
    span |= {side: utf16(text, span[side]) for side in ("start", "end")}


def with_surface(span: Document, text: str) -> None:
    span["text"] = text[span["start"] : span["end"]]
    in_utf16(span, text)


ROWS = [{"id": one["id"], **span} for one in GOLD for span in one["entities"]]
CODE_POINTS = "expected offsets in code points, half open, like those of gold"

REFUSED: dict[str, tuple[list[Document], list[Document], Document, str]] = {
    "a member ents for entities": (
        GOLD,
        changed(lambda d: d.update(ents=d.pop("entities"))),
        REQUIRED,
        "error[SP008] 0 $.ents: looks like spans but isn't listed in the schema; expected 'entities', which is missing",
    ),
    "ents where entities may be absent": (
        GOLD,
        changed(lambda d: d.update(ents=d.pop("entities"))),
        OPTIONAL,
        "error[SP008] 0 $.ents: looks like spans but isn't listed in the schema; expected 'entities', which is missing",
    ),
    "gold with ents": (changed(lambda d: d.update(ents=d.pop("entities"))), GOLD, OPTIONAL, "error[SP008]"),
    "no layer": (
        GOLD,
        changed(lambda d: d.pop("entities")),
        OPTIONAL,
        "error[SP005]",
    ),
    "rows of Hugging Face as gold": (
        ROWS,
        GOLD,
        REQUIRED,
        "holds no documents of the schema: they lack entities, text and have start, end, label",
    ),
    "rows as a prediction": (GOLD, ROWS, REQUIRED, "holds no documents of the schema"),
    "offsets in UTF-16": (
        GOLD,
        each(in_utf16),
        REQUIRED,
        "6 of 6 do if offsets are UTF-16 code units",
    ),
    "offsets in UTF-16 with surfaces": (
        GOLD,
        each(with_surface),
        REQUIRED,
        "explanations give the same correction: offsets are UTF-16 code units",
    ),
    "offsets from one": (
        GOLD,
        each(lambda s, _: s.update(start=s["start"] + 1, end=s["end"] + 1)),
        REQUIRED,
        "counted from one",
    ),
    "ends of the last character": (
        GOLD,
        each(lambda s, _: s.update(end=s["end"] - 1)),
        REQUIRED,
        f"if an end is the offset of the last character, not the one after it; {CODE_POINTS}",
    ),
    "lengths for ends": (
        GOLD,
        each(lambda s, _: s.update(end=s["end"] - s["start"])),
        REQUIRED,
        "cause: entities: 0 of 6 predicted spans match gold; 6 of 6 do if the second number is a length, not an end",
    ),
    "an end beyond the text": (
        GOLD,
        changed(lambda d: d["entities"][0].update(end=999)),
        REQUIRED,
        "error[SP105] 0 $.entities[0]: 3:999 ends past the text, which has 27 code points",
    ),
    "labels of another set": (
        GOLD,
        each(lambda s, _: s.update(label={"PER": "PERSON", "LOC": "GPE"}.get(s["label"], "ORG"))),
        REQUIRED,
        'error[SP201] 0 $.entities[0].label: is "PERSON"; expected one of PER, LOC, ORG; did you mean',
    ),
    "no label of gold, whose schema lists none": (
        GOLD,
        each(lambda s, _: s.update(label=OTHER[s["label"]])),
        OPEN,
        "predicted.jsonl: not scored: gold has none of its labels. It has COMPANY (1), GPE (2), PERSON (3), "
        "gold has PER (3), LOC (2), ORG (1); expected labels of gold, or --map PREDICTED=GOLD for each",
    ),
    "no labels": (GOLD, each(lambda s, _: s.pop("label")), REQUIRED, "$.entities[0].label: is missing or null"),
    "numbers as strings": (
        GOLD,
        each(lambda s, _: s.update(start=str(s["start"]))),
        REQUIRED,
        'error[SP101] 0 $.entities[0].start: is "3", a string; expected an integer; and 5 more',
    ),
    "lists for spans": (
        GOLD,
        changed(lambda d: d.update(entities=[list(s.values()) for s in d["entities"]])),
        REQUIRED,
        '$.entities[0]: is [3, 12, "PER"], an array; expected an object',
    ),
    "another text": (
        GOLD,
        changed(lambda d: d.update(text=d["text"] + " x")),
        REQUIRED,
        'text differs in "0", "1"; expected two corpora over the same texts',
    ),
    "no text": (GOLD, changed(lambda d: d.pop("text")), REQUIRED, "$.text: is missing or null"),
    "a document twice": (GOLD, GOLD + GOLD[:1], REQUIRED, 'id "0" is shared by 2 documents'),
    "documents that gold lacks": (
        GOLD,
        changed(lambda d: d.update(id="x" + d["id"])),
        REQUIRED,
        'the gold has no document "x0", "x1"',
    ),
    "no document": (GOLD, [], REQUIRED, "the file holds no document"),
    "gold without a document": ([], GOLD, REQUIRED, "the file holds no document"),
    "gold without a span": (
        changed(lambda d: d.update(entities=[])),
        GOLD,
        REQUIRED,
        "has no entities in 2 documents; expected gold with some",
    ),
}  # fmt: skip
TOLD: dict[str, tuple[list[Document], list[Document], Document, float, str]] = {
    "one of two documents": (
        GOLD,
        GOLD[:1],
        REQUIRED,
        2 / 3,
        'predicted answers 1 of 2 documents; the others have no entities and count as empty: "1"\n',
    ),
    "a layer in one of two": (
        GOLD,
        [GOLD[0], {"id": "1", "text": TEXTS[1]}],
        OPTIONAL,
        2 / 3,
        'predicted answers 1 of 2 documents; the others have no entities and count as empty: "1"\n',
    ),
    "gold in one of two": (
        [GOLD[0], {"id": "1", "text": TEXTS[1]}],
        GOLD,
        OPTIONAL,
        1,
        'predicted isn\'t scored where gold has no entities, not even an empty list: "1"\n',
    ),
    "a label that gold doesn't have": (
        GOLD,
        each(lambda s, _: s.update(label="GPE" if s["label"] == "LOC" else s["label"])),
        OPEN,
        2 / 3,
        "predicted has labels that gold doesn't have: GPE (2); what has them counts as spurious "
        "(--map, or renamed= in Python, says what gold calls them)\n",
    ),
    "empty lists": (
        GOLD,
        changed(lambda d: d.update(entities=[])),
        REQUIRED,
        0,
        "predicted has no entities in the 2 documents that it answers: all lists are empty\n",
    ),
}


def scored(folder: Path, gold: Sequence[Document], predicted: Sequence[Document], schema: Document, *asked: str) -> Any:
    for name, documents in (("gold", gold), ("predicted", predicted)):
        lines = "".join(json.dumps(document) + "\n" for document in documents)
        (folder / f"{name}.jsonl").write_text(lines, "utf-8")
    (folder / "names.schema.json").write_text(json.dumps(schema), "utf-8")
    files = [str(folder / name) for name in ("gold.jsonl", "predicted.jsonl", "names.schema.json")]
    options = ("--task", "entities", "--layer", "entities", "--resamples", "2", "--output", "json")
    return CliRunner().invoke(bench, ["score", *files[:2], "--schema", files[2], *options, *asked])


@pytest.mark.parametrize("kind", REFUSED)
def test_garbage_has_no_number_and_a_reason(kind: str, tmp_path: Path) -> None:
    *case, reason = REFUSED[kind]
    result = scored(tmp_path, *case)
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    assert reason in result.stderr


FOREIGN = each(lambda s, _: s.update(label=OTHER[s["label"]]))
MAPS = {
    "a label that is in no prediction": (
        ("--map", "GPR=LOC"),
        "--map GPR=LOC: no prediction has the label GPR; expected one of COMPANY, GPE, PERSON",
    ),
    "a label that gold doesn't have": (
        ("--map", "GPE=PLACE"),
        "--map GPE=PLACE: the gold doesn't have the label PLACE; expected one of LOC, ORG, PER",
    ),
    "the other direction": (("--map", "PER=PERSON"), "--map PER=PERSON: no prediction has the label PER"),
    "a table without some labels": (
        ("--labels", "table.json"),
        'label is "ORG"; expected one of GPE, LOC, PER, PERSON',
    ),
    "a table that makes of them what gold doesn't have": (("--labels", "all.json"), "gold has none of its labels"),
}


@pytest.mark.parametrize("kind", MAPS)
def test_labels_that_are_renamed_to_nothing_are_refused(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "table.json").write_text('{"PERSON": "PER", "GPE": "LOC"}', "utf-8")
    every = {**dict(zip(OTHER, OTHER, strict=True)), "PERSON": "Person", "GPE": "Place", "COMPANY": "Company"}
    (tmp_path / "all.json").write_text(json.dumps(every), "utf-8")
    asked, reason = MAPS[kind]
    result = scored(tmp_path, GOLD, FOREIGN, OPEN, *asked)
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    assert reason in result.stderr


def test_labels_that_are_renamed_are_those_of_gold(tmp_path: Path) -> None:
    pairs = [word for label, other in OTHER.items() for word in ("--map", f"{other}={label}")]
    assert scored(tmp_path, GOLD, FOREIGN, OPEN, *pairs).exit_code == 0
    (tmp_path / "table.json").write_text(json.dumps({other: label for label, other in OTHER.items()}), "utf-8")
    assert scored(tmp_path, GOLD, FOREIGN, OPEN, "--labels", str(tmp_path / "table.json")).exit_code == 0


def test_a_label_that_the_schema_lists_is_known_to_gold(tmp_path: Path) -> None:
    persons = changed(lambda d: d.update(entities=[s for s in d["entities"] if s["label"] == "PER"]))
    assert scored(tmp_path, persons, GOLD, REQUIRED).exit_code == 0
    assert scored(tmp_path, persons, GOLD, OPEN).exit_code == 1


@pytest.mark.parametrize("kind", TOLD)
def test_what_was_not_looked_at_is_told_beside_the_number(kind: str, tmp_path: Path) -> None:
    *case, value, told = TOLD[kind]
    result = scored(tmp_path, *case)
    assert result.exit_code == 1, result.output
    (board,) = json.loads(result.stdout)["boards"]
    exact = next(one for one in board["scores"]["predicted"] if (one["measure"], one["part"]) == ("exact", None))
    assert exact["value"] == pytest.approx(value, abs=1e-6)
    assert told == result.stderr
    coverage = board["coverage"]["predicted"]
    assert (coverage["layers"], coverage["documents"]) == (["entities"], 2 - len(coverage["not_scored"]))


def test_a_sound_prediction_says_nothing_more(tmp_path: Path) -> None:
    result = scored(tmp_path, GOLD, changed(lambda d: d["entities"].pop()), REQUIRED)
    assert (result.exit_code, result.stderr) == (0, "")


def test_the_published_rows_are_no_gold() -> None:
    """Neither under the schema of articles nor as what they are taken for."""
    rows, gold = ROOT / "dataset" / "data" / "entities", ROOT / "annotations" / "gold"
    asked = ["score", str(rows), str(gold), "--task", "entities", "--resamples", "2"]
    for schema in ([], ["--schema", str(ROOT / "schema" / "article.schema.json")]):
        result = CliRunner().invoke(bench, [*asked, *schema])
        assert (result.exit_code, result.stdout) == (2, ""), result.output
    assert "holds no documents of the schema" in result.stderr
